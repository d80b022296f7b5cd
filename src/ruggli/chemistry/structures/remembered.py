"""Structures that are asked for again and again, such as by a search, and read once."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar, cast

from ruggli.chemistry.structures.interface import Group, Molecule, Reaction, Ring, Structures

T = TypeVar("T")


class RememberedStructures:
    """See `Structures`; what could be read is kept.

    Args:
        structures: who reads.
    """

    def __init__(self, structures: Structures) -> None:
        self._structures = structures
        self._kept: dict[tuple[Hashable, ...], Any] = {}

    def molecule(self, smiles: str) -> Molecule:
        """See `Structures`."""
        return self._once(("molecule", smiles), lambda: self._structures.molecule(smiles))

    def rings(self, smiles: str, reaction: Reaction) -> tuple[Ring, ...]:
        """See `Structures`."""
        return self._once(("rings", smiles, reaction), lambda: self._structures.rings(smiles, reaction))

    def groups(self, smiles: str) -> frozenset[Group]:
        """See `Structures`."""
        return self._once(("groups", smiles), lambda: self._structures.groups(smiles))

    def nitrogens(self, smiles: str) -> tuple[str, ...]:
        """See `Structures`."""
        return self._once(("nitrogens", smiles), lambda: self._structures.nitrogens(smiles))

    def freed(self, smiles: str, groups: Sequence[str]) -> str:
        """See `Structures`."""
        return self._once(("freed", smiles, *groups), lambda: self._structures.freed(smiles, groups))

    def chiral_amino_acid(self, smiles: str) -> bool:
        """See `Structures`."""
        return self._once(("chiral", smiles), lambda: self._structures.chiral_amino_acid(smiles))

    def drawing(self, smiles: str) -> str:
        """See `Structures`."""
        return self._structures.drawing(smiles)

    def _once(self, key: tuple[Hashable, ...], read: Callable[[], T]) -> T:
        if key not in self._kept:
            self._kept[key] = read()
        return cast("T", self._kept[key])
