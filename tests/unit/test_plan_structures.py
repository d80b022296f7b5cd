"""What a plan says about structures: SMILES, molar masses, ring sizes; with RDKit and without."""

import json
import re
import sys
from pathlib import Path

import pytest
from structures_data import A2, BOC, CBZ, CBZ_CHAIN, S7, S8, S13

from ruggli.app.files import open_rig
from ruggli.app.planning import Ask, prepare
from ruggli.chemistry.structures.find import find_structures
from ruggli.chemistry.structures.interface import Structures
from ruggli.documents.problem import Problem, Severity
from ruggli.plan.jsonable import plan_as_json
from ruggli.plan.make import make_plan
from ruggli.plan.model import Plan
from ruggli.plan.settings import PlanSettings
from ruggli.protocol.loader import read_protocol
from ruggli_drivers import ika_rct, new_era

CARDS = {module.CARD.name: module.CARD for module in (new_era, ika_rct)}
PROTOCOL = """\
ruggli: 1
name: structures
CHEMISTRY
reagents:
  diene: {name: the diene, role: substrate, WHAT, AMOUNT, limiting: true}
  toluene: {name: toluene, role: solvent}
solutions:
  a: {solutes: [diene], solvent: toluene, volume: 10 mL}
vessels:
  flask: {role: reaction}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: toluene, volume: 50 mL}]}
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
  - {id: add, do: dose, into: flask, solutions: [a], class: feed, duration: 1 h}
"""
RING = "chemistry: {ring_closure: metathesis, ring_size: 7}"


@pytest.fixture
def structures() -> Structures:
    pytest.importorskip("rdkit")
    found = find_structures()
    assert found is not None
    return found


def plan_of(structures: Structures | None, what: str, chemistry: str = "", amount: str = "amount: 1 mmol") -> Plan:
    text = PROTOCOL.replace("CHEMISTRY", chemistry).replace("WHAT", what).replace("AMOUNT", amount)
    return make_plan(read_protocol(text.encode(), "p.yaml"), open_rig(None), CARDS, PlanSettings(), structures)


RULE = re.compile(r"[EWN]-(RCM|RA|AC|PG|X|CONFLICT)-")


def told(plan: Plan, *codes: str) -> list[Problem]:
    """Errors and problems of these codes, but for what the rules of the chemistry say."""
    found = [problem for problem in plan.problems if problem.code in codes or problem.severity is Severity.ERROR]
    return [problem for problem in found if not RULE.match(problem.code)]


def smiles(text: str, molar_mass: str = "") -> str:
    return f"smiles: '{text}'" + (f", molar_mass: {molar_mass} g/mol" if molar_mass else "")


# ---- rings ----


def test_the_right_substrate_passes(structures: Structures) -> None:
    assert told(plan_of(structures, smiles(S7, "434.583"), RING), "N-RING", "N-STRUCTURE") == []


def test_the_diallyl_diene_is_refused_as_a_ring_of_8(structures: Structures) -> None:
    (problem,) = told(plan_of(structures, smiles(S8), RING))
    assert (problem.code, problem.path, problem.line) == ("E-RING", "chemistry.ring_size", 3)
    assert problem.message.startswith(
        "the diene closes by metathesis to a ring of 8, and the protocol says 7; "
        "the retro-metathesis of a 1,4-diazepine is an N-allyl-N'-vinyl diene"
    )
    assert "X-04" in problem.message and problem.value == "7 atoms" and problem.bound.startswith("8 atoms")


def test_the_reason_is_told_only_where_it_is_one(structures: Structures) -> None:
    (problem,) = told(plan_of(structures, smiles(S13), RING.replace("7", "9")))
    assert "to a ring of 7, and the protocol says 9" in problem.message and "retro" not in problem.message


@pytest.mark.parametrize("closure", ["metathesis", "amide"])
def test_what_cannot_close_that_way_is_refused(structures: Structures, closure: str) -> None:
    (problem,) = told(plan_of(structures, smiles(A2), RING.replace("metathesis", closure)))
    assert (problem.code, problem.path) == ("E-RING", "chemistry.ring_closure")
    assert "cannot close to a ring by " + closure in problem.message and "in one chain" in problem.bound


def test_an_amino_aldehyde_closes_to_7(structures: Structures) -> None:
    amination = "chemistry: {ring_closure: reductive-amination, ring_size: SIZE, substrate: diene}"
    assert told(plan_of(structures, smiles(A2), amination.replace("SIZE", "7"))) == []
    (problem,) = told(plan_of(structures, smiles(A2), amination.replace("SIZE", "6")))
    assert problem.code == "E-RING" and "by reductive amination to a ring of 7" in problem.message


AMIDE = "chemistry: {ring_closure: amide, ring_size: 7}"


@pytest.mark.parametrize("chain", [CBZ_CHAIN, f"[Cl-].[NH3+]CCN({CBZ})CCC(=O)O"])
def test_an_amino_acid_closes_to_7(structures: Structures, chain: str) -> None:
    assert told(plan_of(structures, smiles(chain), AMIDE), "N-RING", "N-STRUCTURE") == []
    (problem,) = told(plan_of(structures, smiles(chain), AMIDE.replace("7", "8")))
    assert (problem.code, problem.path, problem.line) == ("E-RING", "chemistry.ring_size", 3)
    assert problem.message == "the diene closes by amide to a ring of 7, and the protocol says 8 (X-04)"


def test_an_amino_acid_with_both_nitrogens_protected_cannot_close_unless_a_step_frees_one(
    structures: Structures,
) -> None:
    both = smiles(f"N({BOC})CCN({CBZ})CCC(=O)O")
    (problem,) = told(plan_of(structures, both, AMIDE))
    assert (problem.code, problem.path) == ("E-RING", "chemistry.ring_closure")
    text = PROTOCOL.replace("CHEMISTRY", AMIDE).replace("WHAT", both).replace("AMOUNT", "amount: 1 mmol")
    text = text.replace("steps:\n", "steps:\n  - {id: free, do: operator, text: TFA., removes: [Boc]}\n")
    plan = make_plan(read_protocol(text.encode(), "p.yaml"), open_rig(None), CARDS, PlanSettings(), structures)
    assert told(plan, "N-RING") == []


def test_nitrogens_that_the_smiles_does_not_show_are_refused(structures: Structures) -> None:
    stated = AMIDE.replace("7}", "7, nitrogens: [free, Boc]}")
    (problem,) = told(plan_of(structures, smiles(CBZ_CHAIN), stated))
    assert (problem.code, problem.path, problem.value) == ("E-CONFLICT", "chemistry.nitrogens", "free, Boc")
    assert problem.bound == "free, Cbz, from the SMILES"
    assert told(plan_of(structures, smiles(CBZ_CHAIN), stated.replace("Boc", "other"))) == []


def test_a_choice_of_rings_is_noted(structures: Structures) -> None:
    many = smiles("C=CCCC(C=C)CC=C")
    (problem,) = told(plan_of(structures, many, RING.replace("7", "5")), "N-RING")
    assert problem.code == "N-RING" and "a ring of 4 or 5 or 6; the protocol says 5" in problem.message
    (problem,) = told(plan_of(structures, many, RING), "N-RING")
    assert problem.code == "E-RING"


def test_a_substrate_without_structure_is_noted() -> None:
    (problem,) = told(plan_of(None, "molar_mass: 434.583 g/mol", RING), "N-STRUCTURE")
    assert problem.path == "chemistry" and "the diene has no SMILES" in problem.message


# ---- molar masses ----


def test_a_smiles_that_cannot_be_read_is_refused_at_its_place(structures: Structures) -> None:
    (problem,) = told(plan_of(structures, smiles("C1CC", "42"), RING))
    assert (problem.code, problem.line, problem.path) == ("E-VALUE", 5, "reagents.diene.smiles")
    assert problem.value == "C1CC"


def test_a_wrong_molar_mass_is_refused_with_both_values(structures: Structures) -> None:
    (problem,) = told(plan_of(structures, smiles(S7, "448.610")))
    assert (problem.code, problem.path) == ("E-CONFLICT", "reagents.diene.molar_mass")
    assert "448.61 g/mol" in problem.message and "434.583 g/mol" in problem.message


def test_a_formula_of_something_else_is_refused(structures: Structures) -> None:
    (problem,) = told(plan_of(structures, smiles(S7) + ", formula: C22H28N2O4S2"))
    assert (problem.code, problem.path) == ("E-CONFLICT", "reagents.diene.formula")
    assert problem.value == "C22H28N2O4S2" and problem.bound == "C21H26N2O4S2"
    assert told(plan_of(structures, smiles(S7) + ", formula: C21H26N2O4S2")) == []


def test_a_smiles_gives_the_molar_mass(structures: Structures) -> None:
    plan = plan_of(structures, smiles(S7), amount="mass: 434.569 mg")
    (row,) = (row for row in plan.reagents if row.reagent == "diene")
    assert told(plan) == [] and row.molar_mass == pytest.approx(434.569) and row.amount == pytest.approx(1.0)
    assert plan.peak["diene"] == pytest.approx(1 / 60, rel=0.01)
    labelled = plan_of(structures, smiles("[13CH3]O"))
    assert labelled.reagents[0].molar_mass == pytest.approx(33.03, abs=0.01)


def test_more_than_is_made_up_is_refused_where_only_the_smiles_tells(structures: Structures) -> None:
    text = PROTOCOL.replace("CHEMISTRY\n", "").replace("WHAT", smiles(S7)).replace("AMOUNT", "mass: 434.569 mg")
    text = text.replace("volume: 10 mL", "concentration: 0.1 M").replace(
        "duration: 1 h", "duration: 1 h, volume: 11 mL"
    )
    plan = make_plan(read_protocol(text.encode(), "p.yaml"), open_rig(None), CARDS, PlanSettings(), structures)
    assert "E-CAPACITY" in {problem.code for problem in plan.problems}


# ---- without RDKit ----


def test_without_rdkit_the_stated_molar_mass_counts_and_a_note_says_so_once() -> None:
    plan = plan_of(None, smiles(S8, "448.610"), RING)
    (problem,) = told(plan, "N-STRUCTURE")
    assert (problem.code, problem.severity, problem.path) == ("N-STRUCTURE", Severity.NOTE, "reagents.diene.smiles")
    assert "the structures (diene) and the ring size were not checked" in problem.message
    assert "ruggli[chem]" in problem.remedy
    assert plan.reagents[0].molar_mass == 448.61


def test_without_rdkit_a_formula_gives_the_molar_mass() -> None:
    plan = plan_of(None, smiles(S8) + ", formula: C22H28N2O4S2")
    assert told(plan) == [] and plan.reagents[0].molar_mass == pytest.approx(448.61, abs=0.02)


def test_without_rdkit_a_smiles_alone_is_not_enough() -> None:
    (problem,) = told(plan_of(None, smiles(S8)))
    assert (problem.code, problem.path) == ("E-MISSING", "reagents.diene")
    assert "formula" in problem.bound and "ruggli[chem]" in problem.remedy


def test_nothing_is_said_where_nothing_is_drawn() -> None:
    assert told(plan_of(None, "molar_mass: 434.583 g/mol"), "N-STRUCTURE") == []


@pytest.mark.parametrize("name", ["rcm-high-dilution", "reductive-amination", "amide-macrocyclisation"])
def test_the_shipped_protocols_are_clean_without_rdkit(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, "rdkit", None)
    problems = prepare(Ask(name)).problems
    assert {problem.severity for problem in problems} == {Severity.NOTE}
    assert [problem.code for problem in problems].count("N-STRUCTURE") == 1


@pytest.mark.parametrize("name", ["rcm-high-dilution", "reductive-amination", "amide-macrocyclisation"])
def test_the_shipped_protocols_are_clean_with_rdkit(structures: Structures, name: str) -> None:
    problems = prepare(Ask(name)).problems
    assert {problem.severity for problem in problems} == {Severity.NOTE}
    assert not {"N-STRUCTURE", "N-RING"} & {problem.code for problem in problems}


def test_the_homologue_is_refused_by_check(structures: Structures, tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "protocols" / "rcm-high-dilution.yaml"
    text = shipped.read_text("utf-8")
    assert S7 in text and "434.583 g/mol" in text
    changed = tmp_path / "diallyl.yaml"
    changed.write_text(text.replace(S7, S8).replace("434.583 g/mol", "448.610 g/mol"), "utf-8")
    prepared = prepare(Ask(str(changed)))
    assert [problem.code for problem in prepared.blocking(frozenset())] == ["E-RING"]


def test_the_plan_tells_structure_formula_and_molar_mass() -> None:
    data = json.loads(json.dumps(plan_as_json(plan_of(None, smiles(S7) + ", formula: C21H26N2O4S2"))))
    row = next(row for row in data["reagents"] if row["reagent"] == "diene")
    assert (row["smiles"], row["formula"]) == (S7, "C21H26N2O4S2")
    assert row["molar_mass_g_per_mol"] == pytest.approx(434.569)
