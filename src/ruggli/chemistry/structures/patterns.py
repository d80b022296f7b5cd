"""Reaction SMARTS of ring closures, and SMARTS of groups; plain data, read by RDKit."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ruggli.chemistry.structures.interface import Group, Reaction

_FREE_AMINE = "[NX3;H2,H1;!$(N-[CX3]=[O,S,N]);!$(N-S(=O)=O);!$(N-P=O);!$(N-C#N);!$(N=*)"
"""Anilines included, which condense with aldehydes and acids; without the closing bracket."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A ring closure.

    Attributes:
        smarts: reaction SMARTS; both ends stand in one molecule, and the first product is the ring.
        bond: map numbers of the two atoms that the new bond joins.
    """

    smarts: str
    bond: tuple[int, int]


CLOSURES: Mapping[Reaction, Closure] = MappingProxyType(
    {
        Reaction.METATHESIS: Closure(
            "([CH2,$([CH]-[CH3]):1]=[CH:2].[CH:3]=[CH2,$([CH]-[CH3]):4])>>([CH:2]=[CH:3]).[C:1]=[C:4]", (2, 3)
        ),
        Reaction.REDUCTIVE_AMINATION: Closure(
            f"({_FREE_AMINE}:1].[CX3H1;$(C-[#6]):2]=[O:3])>>([N:1]-[C:2]).[O:3]", (1, 2)
        ),
        Reaction.AMIDE: Closure(
            f"({_FREE_AMINE}:1].[CX3;$(C-[#6]):2](=[O:4])-[OX2H1:3])>>([N:1]-[C:2]=[O:4]).[O:3]", (1, 2)
        ),
    }
)
"""How each reaction closes a ring."""

GROUPS: Mapping[Group, str] = MappingProxyType(
    {
        Group.THIOL: "[SX2H]",
        Group.AMINE: "[NX3;H2,H1;!$(N-[CX3]=[O,S,N]);!$(N-S(=O)=O);!$(N-P=O);!$(N-c);!$(N-C#N);!$(N=*)]",
        Group.TERTIARY_AMINE: "[NX3;H0;!$(N-[CX3]=[O,S,N]);!$(N-S(=O)=O);!$(N-P=O);!$(N-c);!$(N-C=C);!$(N-C#N);"
        "!$(N=*);!$([N+])]",
        Group.PYRIDINE: "[nX2]",
        Group.IMINE: "[NX2;!$(N-[O,N])]=[CX3]",
        Group.PHOSPHINE: "[PX3]",
    }
)
"""SMARTS of each group."""
