"""The JSON Schema of what a simulated flask held, part of what a dry run prints with `--json`."""

from collections.abc import Mapping
from typing import Any, Final

_NUMBER: Final = {"type": "number"}
_TEXT: Final = {"type": "string"}


def _by_species(meaning: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": _NUMBER, "description": meaning}


_PARTS: Final[Mapping[str, Any]] = {
    "vessel": _TEXT,
    "model": {"enum": ["macrocyclisation", "reductive-amination"]},
    "species_mmol": _by_species("in the flask, or made and gone off as gas"),
    "concentrations_mM": _by_species("at the end"),
    "peak_concentrations_mM": _by_species("highest"),
    "peak_concentration_times_s": _by_species("when it was highest"),
    "units_put_in_mmol": {**_NUMBER, "description": "of the substrate, as far as it is still in the flask"},
    "yields": _by_species("part of those units"),
    "gas_mL": _by_species("given off, at 25 degC and 1013.25 hPa"),
    "fastest_gas_mL_min": _by_species("highest rate of it"),
    "heat_J": {**_NUMBER, "description": "set free; negative where more was taken up"},
    "power_W": {**_NUMBER, "description": "heat of the reaction at the end"},
    "caution": _TEXT,
}

FLASK: Final[Mapping[str, Any]] = {
    "type": "object",
    "description": "what the flask of a simulated bench held at the end; its constants are defaults, not measured",
    "properties": _PARTS,
    "required": list(_PARTS),
}
