"""What Ruggli asks about structures, and the answers. Nothing here needs RDKit."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from ruggli.quantities.base import GramsPerMole


class SmilesError(ValueError):
    """A SMILES that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Molecule:
    """What a SMILES says.

    Attributes:
        smiles: canonical SMILES.
        formula: molecular formula in Hill order without charge, such as `C21H26N2O4S2`; deuterium is `D`, other
            isotopes stand in brackets (`[13C]H4`).
        molar_mass: with RDKit's table of atomic masses.
    """

    smiles: str
    formula: str
    molar_mass: GramsPerMole


class Reaction(Enum):
    """A reaction that closes a ring in one molecule; the values are the words of the protocol file."""

    METATHESIS = "metathesis"
    """Two terminal or propenyl alkenes R-CH=CH2, R-CH=CH-CH3; ethylene, propene or 2-butene leaves."""
    REDUCTIVE_AMINATION = "reductive-amination"
    """A primary or secondary amine and an aldehyde; the amine is the product."""
    AMIDE = "amide"
    """A primary or secondary amine and a carboxylic acid; the lactam is the product."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A way in which a molecule closes on itself.

    Attributes:
        size: atoms in the ring that is formed (the smallest one that holds the new bond).
        elements: symbols of its atoms in order; the new bond is between the last and the first.
        product: canonical SMILES of the ring.
        leaves: canonical SMILES of what leaves (ethylene, water), "" for nothing.
    """

    size: int
    elements: tuple[str, ...]
    product: str
    leaves: str


class Group(Enum):
    """A group that a rule asks for, such as one that a metathesis catalyst does not bear; the values are for people."""

    THIOL = "free thiol"
    AMINE = "free primary or secondary amine"
    TERTIARY_AMINE = "free tertiary amine"
    PYRIDINE = "pyridine-like nitrogen"
    IMINE = "imine or amidine"
    PHOSPHINE = "phosphine"
    N_VINYL = "N-vinyl group"
    AMINO_ALDEHYDE = "3-amino-aldehyde"


class Structures(Protocol):
    """What can be asked about a SMILES. Every method raises `SmilesError` for one that cannot be read."""

    def molecule(self, smiles: str) -> Molecule:
        """Formula and molar mass."""

    def rings(self, smiles: str, reaction: Reaction) -> tuple[Ring, ...]:
        """Every different ring that the reaction can close in the molecule, smallest first; () where it cannot."""

    def groups(self, smiles: str) -> frozenset[Group]:
        """Which of the groups are in the molecule.

        An amine counts as free where its nitrogen has no acyl, sulfonyl, phosphoryl, aryl or cyano group; an ammonium
        salt and an enamine are not flagged.
        """

    def nitrogens(self, smiles: str) -> tuple[str, ...]:
        """What each amine-like nitrogen carries, in the order of the SMILES: the words of `chemistry.nitrogens`.

        Nitrogens of nitro groups, nitriles, imines and aromatic rings are left out.
        """

    def freed(self, smiles: str, groups: Sequence[str]) -> str:
        """The canonical SMILES without these protecting groups (words as above), each taken off wherever it is."""

    def chiral_amino_acid(self, smiles: str) -> bool:
        """Whether a carbon between a carboxylic acid and a nitrogen is drawn with its configuration."""

    def drawing(self, smiles: str) -> str:
        """An SVG document that shows the structure, as RDKit writes it."""
