"""A solution as data for others."""

from typing import Any

from ruggli.chemistry.kinetics.load import Case
from ruggli.chemistry.kinetics.solve import Solution

PER_LITRE = 1000.0
"""mL and mmol to L and mol."""


def solution_as_json(case: Case, solution: Solution) -> dict[str, Any]:
    """Plain data: times in s, volumes in L, amounts in mol, concentrations in mol/L, yields as fractions."""
    return {
        "title": case.title,
        "kinetics": case.kinetics,
        "substrate": case.model.substrate,
        "times": [
            {
                "time_s": moment.time,
                "volume_L": moment.volume / PER_LITRE,
                "amounts_mol": {name: amount / PER_LITRE for name, amount in moment.amounts.items()},
                "concentrations_M": dict(moment.concentrations),
            }
            for moment in solution.moments
        ],
        "yields": solution.yields,
        "peak": {
            "species": solution.peak.species,
            "value": solution.peak.concentration,
            "value_unit": "mol/L",
            "time": solution.peak.time,
            "time_unit": "s",
        },
    }
