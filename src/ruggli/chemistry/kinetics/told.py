"""A solution as data for others."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ruggli.chemistry.kinetics.schemes import MACROCYCLISATION, REDUCTIVE_AMINATION

if TYPE_CHECKING:
    from ruggli.chemistry.kinetics.load import Case
    from ruggli.chemistry.kinetics.solve import Solution

_RING_CLOSURE: Mapping[str, str] = MappingProxyType(
    {
        "C": "ring",
        "M": "substrate left over",
        "D": "linear dimer",
        "CD": "cyclic dimer",
        "I": "isomer",
        "U": "longer chains",
    }
)
_AMINATION: Mapping[str, str] = MappingProxyType(
    {
        "P": "ring",
        "A": "aldehyde left over",
        "I": "imine left over",
        "AL": "alcohol",
        "DM": "dimer",
        "J2": "imine of two",
        "OA": "over-alkylated ring",
        "J3": "its imine",
    }
)
_KEPT: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {MACROCYCLISATION: {"Ru": "live catalyst"}, REDUCTIVE_AMINATION: {"H": "hydride left over"}}
)
_DRAWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {MACROCYCLISATION: ("C", "M", "D", "I"), REDUCTIVE_AMINATION: ("P", "A", "I", "H")}
)


def words_of(scheme: str) -> Mapping[str, str]:
    """What people call the species that hold the substrate, the wanted one first."""
    return _AMINATION if scheme == REDUCTIVE_AMINATION else _RING_CLOSURE


def kept_words(scheme: str) -> Mapping[str, str]:
    """What people call what is left of the reagents, as a part of what was put in."""
    return _KEPT[scheme]


def drawn(scheme: str) -> Mapping[str, str]:
    """The species whose courses are drawn, with their words."""
    words = {**words_of(scheme), **_KEPT[scheme]}
    return {name: words[name] for name in _DRAWN[scheme]}


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
