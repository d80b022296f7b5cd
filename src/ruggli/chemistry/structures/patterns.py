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

_AMINE = "[NX3,NX4+;!$(N=*);!$([N+]=O);!$(N#*)"
"""An amine-like nitrogen, without the closing bracket."""

NITROGENS: Mapping[str, str] = MappingProxyType(
    {
        "Boc": f"{_AMINE};$(NC(=O)OC([CH3])([CH3])[CH3])]",
        "Fmoc": f"{_AMINE};$(NC(=O)O[CH2][CH]1c2ccccc2-c2ccccc12)]",
        "Cbz": f"{_AMINE};$(NC(=O)O[CH2]c1ccccc1)]",
        "Ns": f"{_AMINE};$(NS(=O)(=O)c1ccccc1[N+](=O)[O-]),$(NS(=O)(=O)c1ccc([N+](=O)[O-])cc1)]",
        "Ts": f"{_AMINE};$(NS(=O)(=O)c1ccc([CH3])cc1)]",
        "amide": f"{_AMINE};$(N[CX3](=O)[#6,#1])]",
        "Bn": f"{_AMINE};$(N[CH2]c1ccccc1)]",
        "salt": "[NX4+;H3,H2]",
        "free": f"{_FREE_AMINE}]",
        "other": f"{_AMINE}]",
    }
)
"""SMARTS of what a nitrogen carries, by the words of `chemistry.nitrogens`; the first that fits counts."""

ACIDS_OF_SALTS = "[$([Cl,Br,I;D0;H1]),$([OX2H]C(=O)C(F)(F)F)]"
"""A strong acid beside an amine, which is how a salt is drawn too: `Cl.NCC`."""

REMOVALS: Mapping[str, str] = MappingProxyType(
    {
        "Boc": "[N:1]-C(=O)OC([CH3])([CH3])[CH3]>>[N:1]",
        "Cbz": "[N:1]-C(=O)O[CH2]c1ccccc1>>[N:1]",
        "Fmoc": "[N:1]-C(=O)O[CH2][CH]1c2ccccc2-c2ccccc12>>[N:1]",
        "Ts": "[N:1]-S(=O)(=O)c1ccc([CH3])cc1>>[N:1]",
        "Ns": "[N:1]-S(=O)(=O)c1ccc([N+](=O)[O-])cc1>>[N:1]",
        "Bn": "[N:1]-[CH2]c1ccccc1>>[N:1]",
    }
)
"""Reaction SMARTS that take a group off its nitrogen."""

CHIRAL_ACID = "[CX4;H1](-[#7])-C(=O)[OX2H1,OX1-]"
"""A carbon between a nitrogen and a carboxylic acid; Aib and glycine have none that can racemise."""

GROUPS: Mapping[Group, str] = MappingProxyType(
    {
        Group.THIOL: "[SX2H]",
        Group.AMINE: "[NX3;H2,H1;!$(N-[CX3]=[O,S,N]);!$(N-S(=O)=O);!$(N-P=O);!$(N-c);!$(N-C#N);!$(N=*)]",
        Group.TERTIARY_AMINE: "[NX3;H0;!$(N-[CX3]=[O,S,N]);!$(N-S(=O)=O);!$(N-P=O);!$(N-c);!$(N-C=C);!$(N-C#N);"
        "!$(N=*);!$([N+])]",
        Group.PYRIDINE: "[nX2]",
        Group.IMINE: "[NX2;!$(N-[O,N])]=[CX3]",
        Group.PHOSPHINE: "[PX3]",
        Group.N_VINYL: "[NX3;!$([N+])]-[CX3H1]=[CX3H2]",
        Group.AMINO_ALDEHYDE: "[NX3;!$([N+])]-[CX4]-[CX4;H1,H2]-[CX3H1]=[OX1]",
    }
)
"""SMARTS of each group."""
