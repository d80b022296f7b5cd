"""A solution as data for others."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ruggli.chemistry.kinetics.load import Case
    from ruggli.chemistry.kinetics.solve import Solution

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "C": "ring",
        "M": "substrate left over",
        "D": "linear dimer",
        "CD": "cyclic dimer",
        "I": "isomer",
        "U": "longer chains",
    }
)
"""What people call the species of a macrocyclisation, the wanted one first."""

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


def share(part: float) -> str:
    """A part of the substrate in percent, with three digits."""
    return "< 0.1 %" if part < 0.001 else f"{100 * part:.3g} %"
