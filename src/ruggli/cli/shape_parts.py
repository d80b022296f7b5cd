"""The parts of which the schemas of `ruggli.cli.shapes` are made."""

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
    """This, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def list_of(items: Shape) -> dict[str, Any]:
    """A list of these."""
    return {"type": "array", "items": items}


def object_of(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> dict[str, Any]:
    """An object with these keys, of which the optional ones may be missing."""
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}


def one_of(*values: object) -> dict[str, Any]:
    """One of these values."""
    return {"enum": list(values)}


BAND: Final = object_of({"value": NUMBER, "low": NUMBER, "high": NUMBER})
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
BANDS: Final = {"type": "object", "additionalProperties": BAND}
