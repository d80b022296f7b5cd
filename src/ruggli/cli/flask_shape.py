"""The JSON Schema of what a simulated flask held, part of what a dry run prints with `--json`."""

from collections.abc import Mapping
from typing import Any, Final

from ruggli.cli.shape_parts import NUMBER, TEXT, Shape, object_of, one_of


def _by_species(meaning: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": NUMBER, "description": meaning}


_PARTS: Final[Mapping[str, Shape]] = {
    "vessel": TEXT,
    "model": one_of("macrocyclisation", "reductive-amination"),
    "species_mmol": _by_species("in the flask, or made and gone off as gas"),
    "concentrations_mM": _by_species("at the end"),
    "peak_concentrations_mM": _by_species("highest"),
    "peak_concentration_times_s": _by_species("when it was highest"),
    "units_put_in_mmol": {**NUMBER, "description": "of the substrate, as far as it is still in the flask"},
    "yields": _by_species("part of those units"),
    "gas_mL": _by_species("given off, at 25 degC and 1013.25 hPa"),
    "fastest_gas_mL_min": _by_species("highest rate of it"),
    "heat_J": {**NUMBER, "description": "set free; negative where more was taken up"},
    "power_W": {**NUMBER, "description": "heat of the reaction at the end"},
    "caution": TEXT,
}

FLASK: Final[Shape] = {
    **object_of(_PARTS),
    "description": "what the flask of a simulated bench held at the end; its constants are defaults, not measured",
}
