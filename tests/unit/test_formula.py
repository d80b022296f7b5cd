"""Molecular formulas: what is read, what is refused and where, and the atomic masses against RDKit's."""

import pytest

from ruggli.documents.problem import Problem, ProblemsError
from ruggli.protocol.loader import read_protocol
from ruggli.protocol.stoichiometry import amount_of, molar_mass_of
from ruggli.quantities.elements import ATOMIC_MASSES
from ruggli.quantities.formula import MAXIMUM_FORMULA, FormulaError, read_formula

MASSES = {
    # substrates, products and amines of the protocols
    "C21H26N2O4S2": 434.583,
    "C19H22N2O4S2": 406.529,
    "C22H28N2O4S2": 448.610,
    "C17H30N2O4": 326.437,
    "C15H26N2O4": 298.383,
    "C20H24N2O4S2": 420.556,
    "C10H20N2O3": 216.281,
    "C10H20N2O2": 200.282,
    "C5H12N2": 100.165,
    # reagents
    "C46H65Cl2N2PRu": 848.971,
    "C31H38Cl2N2ORu": 626.622,
    "C38H40Br2Cl2N4Ru": 884.535,
    "C6H4O2": 108.095,
    "C18H15P": 262.285,
    "C6H10BNaO6": 211.941,
    "CH3BNNa": 62.842,
    "NaHCO3": 84.007,
    "Na2SO4": 142.042,
}
"""Molar masses by RDKit, g/mol (the last two by hand)."""


@pytest.mark.parametrize("text", MASSES)
def test_molar_masses(text: str) -> None:
    assert read_formula(text).molar_mass == pytest.approx(MASSES[text], rel=5e-5)


def test_groups_and_order_do_not_matter() -> None:
    assert read_formula("(CH3)2CHOH").counts == read_formula("C3H8O").counts == (("C", 3), ("H", 8), ("O", 1))
    assert read_formula("Al2(SO4)3").counts == (("Al", 2), ("O", 12), ("S", 3))
    assert read_formula("Fe4(Fe(CN)6)3").counts == (("C", 18), ("Fe", 7), ("N", 18))
    assert read_formula("CDCl3").molar_mass == pytest.approx(120.38, abs=0.01)
    assert str(read_formula("C2H5OH")) == "C2H5OH"


REFUSALS = [
    ("", "E-VALUE", 0, "empty"),
    ("c6h6", "E-VALUE", 0, "small letter"),
    ("C6h6", "E-VALUE", 2, "small letter"),
    ("C6H6Xx", "E-VALUE", 4, "`Xx`"),
    ("TcO4", "E-VALUE", 0, "`Tc`"),
    ("CH0", "E-VALUE", 2, "count 0"),
    ("C06H6", "E-VALUE", 1, "count 06"),
    ("6C", "E-VALUE", 0, "before its element"),
    ("(CH3", "E-VALUE", 0, "not closed"),
    ("CH3)2", "E-VALUE", 3, "not opened"),
    ("C()2", "E-VALUE", 2, "empty group"),
    ("C(2H)", "E-VALUE", 2, "before its group"),
    ("NH4+", "E-VALUE", 3, "no charge"),
    ("SO4-2", "E-VALUE", 3, "no charge"),
    ("Na2SO4.10H2O", "E-VALUE", 6, "dot"),
    ("Na2SO4\u00b710H2O", "E-VALUE", 6, "dot"),
    ("[13C]H4", "E-VALUE", 0, "brackets"),
    ("C6 H6", "E-VALUE", 2, "spaces"),
    ("C\u2086H\u2086", "E-CHAR", 1, "character"),
    ("\u0421H4", "E-CHAR", 0, "character"),
    ("C_H4", "E-VALUE", 1, "`_`"),
    ("C" * (MAXIMUM_FORMULA + 1), "E-LENGTH", 0, "too long"),
    ("C999999999", "E-RANGE", 1, "too many"),
    ("(C99999)99999", "E-RANGE", 7, "too many"),
]


@pytest.mark.parametrize(("text", "code", "offset", "words"), REFUSALS)
def test_refusals(text: str, code: str, offset: int, words: str) -> None:
    with pytest.raises(FormulaError) as caught:
        read_formula(text)
    assert (caught.value.code, caught.value.offset) == (code, offset)
    assert words in caught.value.message and (caught.value.remedy or caught.value.bound)


def test_a_guess_is_given_for_two_elements() -> None:
    with pytest.raises(FormulaError) as caught:
        read_formula("NiCh")
    assert "CH" in caught.value.remedy


def test_atomic_masses_against_rdkit() -> None:
    chem = pytest.importorskip("rdkit.Chem")
    table = chem.GetPeriodicTable()
    others = {
        symbol: (mass, table.GetAtomicWeight(symbol))
        for symbol, mass in ATOMIC_MASSES.items()
        if symbol != "D" and mass != pytest.approx(table.GetAtomicWeight(symbol), rel=5e-4)
    }
    assert others == {}
    assert ATOMIC_MASSES["D"] == pytest.approx(table.GetMassForIsotope("H", 2), abs=1e-4)
    assert len(ATOMIC_MASSES) == 85


# ---- in a protocol ----

PROTOCOL = """\
ruggli: 1
name: formulas
reagents:
  diene: {name: diene, role: substrate, WHAT, mass: 434.57 mg, limiting: true}
  toluene: {name: toluene, role: solvent}
solutions:
  a: {solutes: [diene], solvent: toluene, concentration: 0.1 M}
vessels:
  flask: {role: reaction}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: toluene, volume: 50 mL}]}
"""


def refused(what: str) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsError) as caught:
        read_protocol(PROTOCOL.replace("WHAT", what).encode(), "p.yaml")
    return caught.value.problems


def test_a_formula_stands_for_the_molar_mass() -> None:
    protocol = read_protocol(PROTOCOL.replace("WHAT", "formula: C21H26N2O4S2").encode(), "p.yaml").protocol
    diene = protocol.reagents["diene"]
    assert molar_mass_of(diene) == pytest.approx(434.569)
    assert amount_of(protocol, diene) == pytest.approx(1.0, rel=1e-5)


def test_the_stated_molar_mass_counts_where_both_agree() -> None:
    both = "formula: C21H26N2O4S2, molar_mass: 434.583 g/mol"
    protocol = read_protocol(PROTOCOL.replace("WHAT", both).encode(), "p.yaml").protocol
    assert molar_mass_of(protocol.reagents["diene"]) == 434.583


@pytest.mark.parametrize(("mass", "agrees"), [("434.15", True), ("435.0", True), ("434.1", False), ("435.1", False)])
def test_they_may_differ_by_a_thousandth(mass: str, agrees: bool) -> None:
    text = PROTOCOL.replace("WHAT", f"formula: C21H26N2O4S2, molar_mass: {mass} g/mol").encode()
    if agrees:
        assert read_protocol(text, "p.yaml").problems == ()
    else:
        with pytest.raises(ProblemsError, match="E-CONFLICT"):
            read_protocol(text, "p.yaml")


def test_a_wrong_molar_mass_is_refused_with_both_values() -> None:
    (problem,) = refused("formula: C21H26N2O4S2, molar_mass: 448.610 g/mol")
    assert (problem.code, problem.line, problem.path) == ("E-CONFLICT", 4, "reagents.diene.molar_mass")
    assert "448.61 g/mol" in problem.message and "434.569 g/mol" in problem.message
    assert problem.value == "448.61 g/mol" and "0.1 %" in problem.bound and problem.remedy


def test_a_formula_that_is_none_is_refused_at_its_character() -> None:
    (problem,) = refused("formula: C21H26Nn2")
    assert (problem.code, problem.line) == ("E-VALUE", 4)
    assert PROTOCOL.replace("WHAT", "formula: C21H26Nn2").splitlines()[3][problem.column - 1 :].startswith("Nn2")


def test_without_any_of_them_the_molar_mass_is_missing() -> None:
    (problem,) = refused("note: nothing")
    assert problem.code == "E-MISSING" and "formula" in problem.remedy


def test_a_chemistry_needs_an_open_chain() -> None:
    text = PROTOCOL.replace("WHAT", "formula: CH4").replace(", limiting: true", "")
    with pytest.raises(ProblemsError) as caught:
        read_protocol((text + "chemistry: {ring_closure: amide, ring_size: 7}\n").encode(), "p.yaml")
    assert [(p.code, p.path) for p in caught.value.problems] == [("E-MISSING", "chemistry")]
