"""Structures by RDKit; the only module that uses it."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import rdChemReactions, rdMolDescriptors

from ruggli.chemistry.structures.interface import Group, Molecule, Reaction, Ring, SmilesError
from ruggli.chemistry.structures.patterns import ACIDS_OF_SALTS, CHIRAL_ACID, CLOSURES, GROUPS, NITROGENS, REMOVALS
from ruggli.quantities.base import GramsPerMole

MAXIMUM_ATOMS = 1000
"""Heavy atoms of the largest molecule that is looked at."""
MAXIMUM_WAYS = 200
"""Most ways of closing a ring that are followed in one molecule."""
WIDTH, HEIGHT = 260, 180
"""Size of a drawing, px."""


class RdkitStructures:
    """See `ruggli.chemistry.structures.interface.Structures`."""

    def molecule(self, smiles: str) -> Molecule:
        """Formula and molar mass."""
        with rdBase.BlockLogs():
            mol = _read(smiles)
            formula = rdMolDescriptors.CalcMolFormula(mol, separateIsotopes=True, abbreviateHIsotopes=True)
            hydrogen = Chem.GetPeriodicTable().GetAtomicWeight("H")
            mass = math.fsum(atom.GetMass() + hydrogen * atom.GetTotalNumHs() for atom in mol.GetAtoms())
            return Molecule(Chem.MolToSmiles(mol), re.sub(r"[+-][0-9]*$", "", formula), GramsPerMole(mass))

    def rings(self, smiles: str, reaction: Reaction) -> tuple[Ring, ...]:
        """Every different ring that the reaction can close in the molecule, smallest first."""
        with rdBase.BlockLogs():
            mol = _plain(_free(_read(smiles)) if reaction is not Reaction.METATHESIS else _read(smiles))
            found = {(ring.size, ring.product, ring.leaves): ring for ring in _closed(mol, reaction)}
        return tuple(found[key] for key in sorted(found))

    def groups(self, smiles: str) -> frozenset[Group]:
        """Which of the groups are in the molecule."""
        with rdBase.BlockLogs():
            mol = _read(smiles)
            return frozenset(g for g, text in GROUPS.items() if mol.HasSubstructMatch(Chem.MolFromSmarts(text)))

    def nitrogens(self, smiles: str) -> tuple[str, ...]:
        """What each amine-like nitrogen carries, in the order of the SMILES."""
        with rdBase.BlockLogs():
            mol = _read(smiles)
            found: dict[int, str] = {}
            for word, text in NITROGENS.items():
                for (index,) in mol.GetSubstructMatches(Chem.MolFromSmarts(text)):
                    found.setdefault(index, word)
            acids = len(mol.GetSubstructMatches(Chem.MolFromSmarts(ACIDS_OF_SALTS)))
            for index in [index for index in sorted(found) if found[index] == "free"][:acids]:
                found[index] = "salt"
            return tuple(found[index] for index in sorted(found))

    def freed(self, smiles: str, groups: Sequence[str]) -> str:
        """The canonical SMILES without these protecting groups."""
        with rdBase.BlockLogs():
            mol = _plain(_read(smiles))
            for group in groups:
                if group not in REMOVALS:
                    continue
                change = rdChemReactions.ReactionFromSmarts(REMOVALS[group])
                for _ in range(mol.GetNumAtoms()):
                    ways = change.RunReactants((mol,), maxProducts=1)
                    if not ways or Chem.SanitizeMol(ways[0][0], catchErrors=True):
                        break
                    mol = ways[0][0]
            return str(Chem.MolToSmiles(mol))

    def chiral_amino_acid(self, smiles: str) -> bool:
        """Whether a carbon between a carboxylic acid and a nitrogen is drawn with its configuration."""
        with rdBase.BlockLogs():
            mol = _read(smiles)
            centres = mol.GetSubstructMatches(Chem.MolFromSmarts(CHIRAL_ACID))
            tags = [mol.GetAtomWithIdx(match[0]).GetChiralTag() for match in centres]
            return any(tag != Chem.ChiralType.CHI_UNSPECIFIED for tag in tags)

    def drawing(self, smiles: str) -> str:
        """An SVG document that shows the structure."""
        from rdkit.Chem.Draw import rdMolDraw2D

        with rdBase.BlockLogs():
            picture = rdMolDraw2D.MolDraw2DSVG(WIDTH, HEIGHT)
            picture.drawOptions().clearBackground = False
            rdMolDraw2D.PrepareAndDrawMolecule(picture, _read(smiles))
            picture.FinishDrawing()
            return str(picture.GetDrawingText())


def _read(smiles: str) -> Any:
    if re.search(r"\s", smiles):
        raise SmilesError("a SMILES has no spaces")
    mol = Chem.MolFromSmiles(smiles, sanitize=False)
    if mol is None:
        raise SmilesError("its atoms, bonds, brackets or ring numbers do not fit together")
    if not 0 < mol.GetNumAtoms() <= MAXIMUM_ATOMS:
        raise SmilesError(f"it has {mol.GetNumAtoms()} atoms, and 1 to {MAXIMUM_ATOMS} are read")
    if any(atom.GetAtomicNum() == 0 for atom in mol.GetAtoms()):
        raise SmilesError("`*` stands for any atom, and a structure is wanted")
    wrong = [problem.Message() for problem in Chem.DetectChemistryProblems(mol)]
    if wrong:
        raise SmilesError("; ".join(wrong[:3]))
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        raise SmilesError("it is no molecule that RDKit can build")
    return mol


def _plain(mol: Any) -> Any:
    """Read again from its canonical SMILES, so that a bracket atom such as [NH2] keeps no fixed hydrogens."""
    plain = Chem.MolFromSmiles(Chem.MolToSmiles(mol))
    return mol if plain is None else plain


def _free(mol: Any) -> Any:
    """The molecule with ammonium ions as amines and carboxylates as acids: a base in the flask frees a salt."""
    given, mol = mol, Chem.Mol(mol)
    for atom in mol.GetAtoms():
        if atom.GetSymbol() == "N" and atom.GetFormalCharge() == 1 and atom.GetTotalNumHs() > 0:
            atom.SetNumExplicitHs(atom.GetTotalNumHs() - 1)
            atom.SetNoImplicit(True)
            atom.SetFormalCharge(0)
    for _, _, oxygen in mol.GetSubstructMatches(Chem.MolFromSmarts("[CX3](=O)[OX1-]")):
        atom = mol.GetAtomWithIdx(oxygen)
        atom.SetNumExplicitHs(1)
        atom.SetNoImplicit(True)
        atom.SetFormalCharge(0)
    return given if Chem.SanitizeMol(mol, catchErrors=True) else mol


def _closed(mol: Any, reaction: Reaction) -> Iterator[Ring]:
    closure = CLOSURES[reaction]
    change = rdChemReactions.ReactionFromSmarts(closure.smarts)
    for product, *others in change.RunReactants((mol,), maxProducts=MAXIMUM_WAYS):
        ends = {
            atom.GetIntProp("old_mapno"): atom.GetIntProp("react_atom_idx")
            for atom in product.GetAtoms()
            if atom.HasProp("old_mapno")
        }
        first, last = (ends[number] for number in closure.bond)
        path = Chem.GetShortestPath(mol, first, last)
        if len(path) < 3:  # in different parts of a salt, or neighbours already
            continue
        parts = [product, *others]
        if any(Chem.SanitizeMol(part, catchErrors=True) for part in parts):
            continue
        elements = tuple(mol.GetAtomWithIdx(index).GetSymbol() for index in path)
        ring, *leaves = (Chem.MolToSmiles(part) for part in parts)
        yield Ring(len(path), elements, ring, ".".join(leaves))
