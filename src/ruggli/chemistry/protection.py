"""What protecting groups, and the alkene of a metathesis, survive: the compatibility matrix as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ruggli.chemistry.compounds import Trait

Mark = Literal["S", "M"]
"""Stated in the source document, or remembered and not looked up again."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a group under a condition.

    Attributes:
        survives: "yes", "mostly" or "no".
        mark: where that comes from.
        note: line of the source document, or more about it.
    """

    survives: Literal["yes", "mostly", "no"]
    mark: Mark
    note: str = ""


CONDITIONS: tuple[Trait, ...] = (
    Trait.ACETIC_ACID,
    Trait.STRONG_ACID,
    Trait.HARSH_ACID,
    Trait.HYDROGENOLYSIS,
    Trait.TRIACETOXYBOROHYDRIDE,
    Trait.CYANOBOROHYDRIDE,
    Trait.STRONG_HYDRIDE,
    Trait.RUTHENIUM,
    Trait.TAKES_FMOC,
    Trait.DISSOLVING_METAL,
    Trait.THIOLATE,
)
"""The columns, by what brings the condition."""

_YES = Fate("yes", "M")
_NO = Fate("no", "M")
_ROWS: Mapping[str, Mapping[Trait, Fate]] = {
    "Boc": {
        Trait.STRONG_ACID: Fate("no", "S", "L91"),
        Trait.HARSH_ACID: _NO,
        Trait.STRONG_HYDRIDE: Fate("no", "M", "becomes N-methyl"),
        Trait.RUTHENIUM: Fate("yes", "S", "L73"),
    },
    "Cbz": {
        Trait.STRONG_ACID: Fate("mostly", "M", "TFA at room temperature"),
        Trait.HARSH_ACID: _NO,
        Trait.HYDROGENOLYSIS: Fate("no", "S", "L92"),
        Trait.STRONG_HYDRIDE: Fate("no", "M", "becomes N-methyl"),
    },
    "Fmoc": {
        Trait.HYDROGENOLYSIS: Fate("mostly", "M", "slowly lost"),
        Trait.STRONG_HYDRIDE: Fate("no", "M", "becomes N-methyl"),
        Trait.TAKES_FMOC: _NO,
        Trait.THIOLATE: Fate("mostly", "M", "lost where the thiol is used with a base"),
    },
    "Ts": {
        Trait.HARSH_ACID: Fate("no", "M", "hot"),
        Trait.RUTHENIUM: Fate("yes", "S", "L73"),
        Trait.DISSOLVING_METAL: _NO,
    },
    "Ns": {
        Trait.HYDROGENOLYSIS: Fate("mostly", "M", "its nitro group is reduced"),
        Trait.DISSOLVING_METAL: _NO,
        Trait.THIOLATE: _NO,
    },
    "Bn": {Trait.HYDROGENOLYSIS: _NO, Trait.RUTHENIUM: Fate("mostly", "M", "the amine is basic")},
    "amide": {
        Trait.STRONG_HYDRIDE: Fate("no", "M", "becomes an amine"),
        Trait.RUTHENIUM: Fate("yes", "S", "L73"),
    },
    "alkene": {Trait.HYDROGENOLYSIS: _NO, Trait.RUTHENIUM: Fate("no", "M", "it is what closes the ring")},
}
SURVIVAL: Mapping[str, Mapping[Trait, Fate]] = MappingProxyType(
    {group: MappingProxyType({trait: row.get(trait, _YES) for trait in CONDITIONS}) for group, row in _ROWS.items()}
)
"""By group and condition. What the source does not say is common knowledge of the trade, from memory."""


def taken_by(group: str, traits: frozenset[Trait]) -> Trait | None:
    """The condition of a compound that takes a group off, or None; a metathesis takes no group off."""
    row = SURVIVAL.get(group, {})
    wanted = (trait for trait in CONDITIONS if trait in traits and trait is not Trait.RUTHENIUM)
    return next((trait for trait in wanted if trait in row and row[trait].survives == "no"), None)


def removal(group: str) -> str:
    """What takes a group off, for people: `strong acid or ...`; "" for a group that nobody knows."""
    row = SURVIVAL.get(group, {})
    return " or ".join(t.value for t in CONDITIONS if t in row and t is not Trait.RUTHENIUM and row[t].survives == "no")
