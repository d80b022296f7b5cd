"""Parts that the shapes of several outputs have in common."""

from collections.abc import Mapping
from typing import Any, Final

Shape = Mapping[str, Any]

TEXT: Final[Shape] = {"type": "string"}
NUMBER: Final[Shape] = {"type": "number"}
WHOLE: Final[Shape] = {"type": "integer", "minimum": 0}
FLAG: Final[Shape] = {"type": "boolean"}
MAP: Final[Shape] = {"type": "object"}
TEXTS: Final[Shape] = {"type": "array", "items": TEXT}


def or_null(shape: Shape) -> dict[str, Any]:
    """This shape, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def list_of(items: Shape) -> dict[str, Any]:
    """A list of these."""
    return {"type": "array", "items": items}


def object_of(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> dict[str, Any]:
    """An object with these keys."""
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}


def one_of(*values: object) -> dict[str, Any]:
    """One of these values."""
    return {"enum": list(values)}


PROBLEM: Final = object_of(
    {
        "code": {"type": "string", "pattern": "^[EWN]-[A-Z0-9-]+$"},
        "severity": one_of("error", "warning", "note"),
        "message": TEXT,
        "file": TEXT,
        "line": WHOLE,
        "column": WHOLE,
        "value": TEXT,
        "bound": TEXT,
        "remedy": TEXT,
    },
    {"path": TEXT},
)
PROBLEMS: Final = list_of({"$ref": "#/$defs/problem"})

DOSE: Final = object_of(
    {
        "step": TEXT,
        "solution": TEXT,
        "device": TEXT,
        "planned_mL": NUMBER,
        "delivered_mL": {
            "type": "array",
            "items": NUMBER,
            "minItems": 2,
            "maxItems": 2,
            "description": "at least, at most",
        },
    },
    {"truth_mL": {"type": "number", "description": "volume of the solution in the vessel; in simulation only"}},
)
PARAMETER: Final = object_of(
    {
        "name": TEXT,
        "value": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "unit": TEXT,
        "mark": one_of("S", "V", "P", "C", "M", "E"),
        "source": TEXT,
        "activation_kJ_per_mol": or_null(NUMBER),
        "reference_degC": or_null(NUMBER),
    }
)
BAND: Final = object_of({"value": NUMBER, "low": NUMBER, "high": NUMBER})
BANDS: Final = {"type": "object", "additionalProperties": BAND}
