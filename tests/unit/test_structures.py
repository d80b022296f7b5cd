"""Structures by RDKit: formulas and molar masses, ring closures, groups; and that nothing needs RDKit."""

import subprocess
import sys

import pytest
from structures_data import A1, A2, BOC, CBZ, CBZ_CHAIN, CBZ_RING, P7, P7B, P8, PB, S7, S7B, S7P, S8, S13, TS

from ruggli.chemistry.structures.find import find_structures
from ruggli.chemistry.structures.interface import Group, Reaction, SmilesError, Structures
from ruggli.protocol.model import RingClosure


@pytest.fixture
def structures() -> Structures:
    pytest.importorskip("rdkit")
    found = find_structures()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("smiles", "formula", "molar_mass"),
    [
        (S7, "C21H26N2O4S2", 434.583),
        (P7, "C19H22N2O4S2", 406.529),
        (S7P, "C22H28N2O4S2", 448.610),
        (S7B, "C17H30N2O4", 326.437),
        (P7B, "C15H26N2O4", 298.383),
        (S8, "C22H28N2O4S2", 448.610),
        (P8, "C20H24N2O4S2", 420.556),
        (S13, "C21H26N2O4S2", 434.583),
        ("C=C", "C2H4", 28.054),
        ("CC=C", "C3H6", 42.081),
        (A1, "C10H20N2O3", 216.281),
        (A2, "C10H20N2O3", 216.281),
        (PB, "C10H20N2O2", 200.282),
        ("[2H]C(Cl)(Cl)Cl", "CDCl3", 120.384),
        ("[13CH4]", "[13C]H4", 17.035),
        ("C[N+](C)(C)C.[Cl-]", "C4H12ClN", 109.600),
        ("C[NH3+]", "CH6N", 32.066),
    ],
)
def test_formula_and_molar_mass(structures: Structures, smiles: str, formula: str, molar_mass: float) -> None:
    molecule = structures.molecule(smiles)
    assert molecule.formula == formula and molecule.molar_mass == pytest.approx(molar_mass, abs=0.002)


@pytest.mark.parametrize(
    ("smiles", "reaction", "size", "product", "leaves"),
    [
        (S7, Reaction.METATHESIS, 7, P7, "C=C"),
        (S7P, Reaction.METATHESIS, 7, P7, "C=CC"),
        (S7B, Reaction.METATHESIS, 7, P7B, "C=C"),
        (S8, Reaction.METATHESIS, 8, P8, "C=C"),
        (S13, Reaction.METATHESIS, 7, f"C9=CCN({TS})CN({TS})C9", "C=C"),
        (f"C/C=C/N({TS})CCN({TS})C=CC", Reaction.METATHESIS, 6, f"C9=CN({TS})CCN9{TS}", "CC=CC"),
        (A1, Reaction.REDUCTIVE_AMINATION, 7, PB, "O"),
        (A2, Reaction.REDUCTIVE_AMINATION, 7, PB, "O"),
        ("[NH2]CCC[CH]=O", Reaction.REDUCTIVE_AMINATION, 5, "C1CCNC1", "O"),
        ("CNCCCCC=O", Reaction.REDUCTIVE_AMINATION, 6, "CN1CCCCC1", "O"),
        ("NCCCCCC(=O)O", Reaction.AMIDE, 7, "O=C1CCCCCN1", "O"),
        (f"NCCN({BOC})CCC(=O)O", Reaction.AMIDE, 7, f"O=C9CCN({BOC})CCN9", "O"),
        (CBZ_CHAIN, Reaction.AMIDE, 7, CBZ_RING, "O"),
        (f"[Cl-].[NH3+]CCN({CBZ})CCC(=O)O", Reaction.AMIDE, 7, CBZ_RING, "O"),
        (f"Cl.{CBZ_CHAIN}", Reaction.AMIDE, 7, CBZ_RING, "O"),
        (f"[NH3+]CCN({CBZ})CCC(=O)[O-]", Reaction.AMIDE, 7, CBZ_RING, "O"),
        ("NCCCCCC(=O)O.c1cc[nH+]cc1", Reaction.AMIDE, 7, "O=C1CCCCCN1", "O"),
        ("NCCCCCC(=O)O.C1CC[N+]2(CC1)CCCC2", Reaction.AMIDE, 7, "O=C1CCCCCN1", "O"),
        (f"NCCCN({CBZ})CC(=O)O", Reaction.AMIDE, 7, f"O=C9CN({CBZ})CCCN9", "O"),
        (f"NCCCN({CBZ})CCC(=O)O", Reaction.AMIDE, 8, f"O=C9CCN({CBZ})CCCN9", "O"),
    ],
)
def test_ring_closure(
    structures: Structures, smiles: str, reaction: Reaction, size: int, product: str, leaves: str
) -> None:
    (ring,) = structures.rings(smiles, reaction)
    assert ring.size == size == len(ring.elements)
    assert ring.product == structures.molecule(product).smiles
    assert ring.leaves == structures.molecule(leaves).smiles


@pytest.mark.parametrize(
    ("smiles", "reaction"),
    [
        (P7, Reaction.METATHESIS),  # nothing left to close
        ("C=CC=C", Reaction.METATHESIS),  # neighbours
        ("C=CC.C=CC", Reaction.METATHESIS),  # two molecules
        ("C=C(C)CCCCC=C", Reaction.METATHESIS),  # no terminal R-CH=CH2
        (A2, Reaction.METATHESIS),
        (S7, Reaction.REDUCTIVE_AMINATION),
        ("CC(C)(C)OC(=O)NCCCCC=O", Reaction.REDUCTIVE_AMINATION),  # a carbamate is no amine
        ("NCCCCN(C)C=O", Reaction.REDUCTIVE_AMINATION),  # a formamide is no aldehyde
        ("NCCCCC(C)=O", Reaction.REDUCTIVE_AMINATION),  # nor is a ketone
        ("NCCCCC(=O)OC", Reaction.AMIDE),  # an ester
        ("CN(C)CCCCC(=O)O", Reaction.AMIDE),  # a tertiary amine
        ("C[NH+](C)CCCCC(=O)O", Reaction.AMIDE),  # nor is its salt one that closes
        ("C[N+](C)(C)CCCCC(=O)O", Reaction.AMIDE),
        (f"N({BOC})CCN({CBZ})CCC(=O)O", Reaction.AMIDE),  # both protected
    ],
)
def test_no_ring_closure(structures: Structures, smiles: str, reaction: Reaction) -> None:
    assert structures.rings(smiles, reaction) == ()


def test_a_canonical_smiles_that_rdkit_does_not_read_again(structures: Structures) -> None:
    """Found by mutating SMILES."""
    assert structures.rings("[Ru]=BCc1Ncccc~Nccccc1", Reaction.METATHESIS) == ()


def test_several_rings_come_smallest_first(structures: Structures) -> None:
    rings = structures.rings("C=CCCC(C=C)CC=C", Reaction.METATHESIS)
    assert [ring.size for ring in rings] == [4, 5, 6]


@pytest.mark.parametrize(
    ("smiles", "groups"),
    [
        (S7, {Group.N_VINYL}),
        (S7B, {Group.N_VINYL}),
        ("C=CCN(CC=C)c1ccccc1", set()),
        ("C=CC[NH2+]CC=C.[Cl-]", set()),
        ("C=CCNCCNCC=C", {Group.AMINE}),
        (f"C=CCNCCN({BOC})CC=C", {Group.AMINE}),
        (f"C=CCN({TS})C(CS)CN({TS})CC=C", {Group.THIOL}),
        ("CCN(CC)CC", {Group.TERTIARY_AMINE}),
        ("C1CCC2=NCCCN2CC1", {Group.IMINE}),
        ("c1ccncc1", {Group.PYRIDINE}),
        ("c1ccc(cc1)P(c1ccccc1)c1ccccc1", {Group.PHOSPHINE}),
        (A1, {Group.AMINE, Group.AMINO_ALDEHYDE}),
        (A2, {Group.AMINE}),
        (S7P, set()),
        ("C=CC=O", set()),
        ("O=CCCN", {Group.AMINE, Group.AMINO_ALDEHYDE}),
        ("O=CC(C)(C)CN", {Group.AMINE}),
        ("CC=CN(C)C=C", {Group.N_VINYL}),
    ],
)
def test_groups(structures: Structures, smiles: str, groups: set[Group]) -> None:
    assert structures.groups(smiles) == groups


@pytest.mark.parametrize(
    ("smiles", "words"),
    [
        ("C(", "do not fit together"),
        ("C1CC", "do not fit together"),
        ("CX", "do not fit together"),
        ("c1cccc1", "kekulize"),
        ("CC(C)(C)(C)C", "valence"),
        ("CC C", "no spaces"),
        ("*CC", "any atom"),
        ("CC>>CC", "do not fit together"),
        ("C" * 1001, "1001 atoms"),
    ],
)
def test_what_cannot_be_read(
    structures: Structures, capfd: pytest.CaptureFixture[str], smiles: str, words: str
) -> None:
    for ask in (
        structures.molecule,
        structures.groups,
        structures.nitrogens,
        structures.chiral_amino_acid,
        structures.drawing,
    ):
        with pytest.raises(SmilesError, match=words):
            ask(smiles)
    with pytest.raises(SmilesError, match=words):
        structures.rings(smiles, Reaction.AMIDE)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("smiles", "words"),
    [
        (S7, ("Ts", "Ts")),
        (S7B, ("Boc", "Boc")),
        (A2, ("free", "Boc")),
        (CBZ_CHAIN, ("free", "Cbz")),
        (f"[Cl-].[NH3+]CCN({CBZ})CCC(=O)O", ("salt", "Cbz")),
        (f"Cl.{CBZ_CHAIN}", ("salt", "Cbz")),
        (f"{CBZ_CHAIN}.OC(=O)C(F)(F)F", ("salt", "Cbz")),
        (f"N({BOC})CCN({CBZ})CCC(=O)O", ("Boc", "Cbz")),
        ("O=C(O)CNC(=O)OCC1c2ccccc2-c2ccccc12", ("Fmoc",)),
        ("CCNS(=O)(=O)c1ccccc1[N+](=O)[O-]", ("Ns",)),
        ("CCN(C)Cc1ccccc1", ("Bn",)),
        ("CC(=O)NCC", ("amide",)),
        ("CCN(C)C", ("other",)),
        ("CC#N", ()),
        ("c1ccncc1", ()),
        ("CC[N+](=O)[O-]", ()),
    ],
)
def test_what_a_nitrogen_carries(structures: Structures, smiles: str, words: tuple[str, ...]) -> None:
    assert structures.nitrogens(smiles) == words


def test_a_nitrogen_s_words_are_those_of_the_file() -> None:
    from ruggli.chemistry.structures.patterns import NITROGENS, REMOVALS
    from ruggli.protocol.nitrogen_group import NitrogenGroup, Removable

    assert set(NITROGENS) == {group.value for group in NitrogenGroup}
    assert set(REMOVALS) == {group.value for group in Removable} - {"alkene"}


@pytest.mark.parametrize(
    ("groups", "bare"),
    [
        ((), f"N({BOC})CCN({CBZ})CCC(=O)O"),
        (("Boc",), CBZ_CHAIN),
        (("Cbz",), f"N({BOC})CCNCCC(=O)O"),
        (("Boc", "Cbz", "alkene"), "NCCNCCC(=O)O"),
        (("Ts",), f"N({BOC})CCN({CBZ})CCC(=O)O"),
    ],
)
def test_groups_are_taken_off(structures: Structures, groups: tuple[str, ...], bare: str) -> None:
    assert structures.freed(f"N({BOC})CCN({CBZ})CCC(=O)O", groups) == structures.molecule(bare).smiles


def test_a_group_is_taken_off_everywhere(structures: Structures) -> None:
    assert structures.freed(f"C[NH]({BOC})", ("Boc",)) == "CN"
    assert structures.freed(S7, ("Ts",)) == structures.molecule("C=CCNCCNC=C").smiles
    assert structures.freed(f"CN({BOC})C1CCN({BOC})CC1", ("Boc",)) == structures.molecule("CNC1CCNCC1").smiles


@pytest.mark.parametrize(
    ("smiles", "chiral"),
    [
        ("C[C@H](N)C(=O)O", True),
        (f"C[C@@H](N{CBZ})C(=O)[O-]", True),
        ("CC(N)C(=O)O", False),
        ("NCC(=O)O", False),
        ("C[C@H](O)CCC(N)C(=O)O", False),
        ("CC[C@](C)(N)C(=O)O", False),
        ("C[C@H](N)CC(=O)O", False),
    ],
)
def test_what_can_racemise(structures: Structures, smiles: str, chiral: bool) -> None:
    """An alpha-amino acid with a hydrogen at its drawn centre; a racemate, Aib and a beta-amino acid lose nothing."""
    assert structures.chiral_amino_acid(smiles) is chiral


def test_the_reactions_are_those_of_the_file() -> None:
    assert [reaction.value for reaction in Reaction] == [closure.value for closure in RingClosure]


def test_without_rdkit_there_is_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rdkit", None)
    assert find_structures() is None


def test_rdkit_is_not_imported_before_it_is_used() -> None:
    program = (
        "import sys, ruggli.chemistry.structures.find, ruggli.plan.make, ruggli.app.planning, ruggli.report.plots\n"
        "print('rdkit' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
