"""Structures that are asked for again and again, such as by a search, and read once."""

from ruggli.chemistry.structures.interface import Group, Molecule, Reaction, Ring, Structures


class RememberedStructures:
    """See `Structures`; what could be read is kept.

    Args:
        structures: who reads.
    """

    def __init__(self, structures: Structures) -> None:
        self._structures = structures
        self._molecules: dict[str, Molecule] = {}
        self._rings: dict[tuple[str, Reaction], tuple[Ring, ...]] = {}
        self._groups: dict[str, frozenset[Group]] = {}

    def molecule(self, smiles: str) -> Molecule:
        """See `Structures`."""
        if smiles not in self._molecules:
            self._molecules[smiles] = self._structures.molecule(smiles)
        return self._molecules[smiles]

    def rings(self, smiles: str, reaction: Reaction) -> tuple[Ring, ...]:
        """See `Structures`."""
        key = smiles, reaction
        if key not in self._rings:
            self._rings[key] = self._structures.rings(smiles, reaction)
        return self._rings[key]

    def groups(self, smiles: str) -> frozenset[Group]:
        """See `Structures`."""
        if smiles not in self._groups:
            self._groups[smiles] = self._structures.groups(smiles)
        return self._groups[smiles]

    def drawing(self, smiles: str) -> str:
        """See `Structures`."""
        return self._structures.drawing(smiles)
