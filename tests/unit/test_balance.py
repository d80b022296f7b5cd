"""The mass balance: formulas, the shipped protocols, what is typed of the product, and the report."""

import json
import re
from html import unescape
from pathlib import Path

import jsonschema
import pytest

from ruggli.app.builtin import find_protocol
from ruggli.app.planning import Ask, prepare
from ruggli.chemistry.balance import ETHYLENE, less
from ruggli.chemistry.structures.find import find_structures
from ruggli.cli.program import run
from ruggli.documents.problem import ProblemsError
from ruggli.engine.desk import refusal
from ruggli.journal.reader import read_journal
from ruggli.plan.balance import balance_of
from ruggli.plan.balance_plan import BalancePlan
from ruggli.plan.jsonable import plan_as_json
from ruggli.plan.model import OperatorWork, Plan
from ruggli.protocol.loader import read_protocol
from ruggli.protocol.model import Protocol
from ruggli.protocol.schema import protocol_schema
from ruggli.quantities.formula import read_formula
from ruggli.report.account import account_of
from ruggli.report.balance import balance_view, isolated_of

METHOD = "    method: flash column chromatography\n"
WEIGHED = METHOD + "    product_mass: ask\n    purity: ask\n"


def planned(name: str, text: str | None = None, tmp_path: Path | None = None) -> tuple[Protocol, Plan]:
    if text is not None and tmp_path is not None:
        name = str(tmp_path / "mine.yaml")
        Path(name).write_text(text, encoding="utf-8")
    ready = prepare(Ask(name)).ready
    assert ready is not None
    return ready.protocol.protocol, ready.plan


def balance(name: str) -> BalancePlan:
    protocol, plan = planned(name)
    found = balance_of(protocol, plan, find_structures())
    assert found is not None
    return found


def shipped(name: str) -> str:
    return find_protocol(name)[1].decode()


def test_formulas_are_subtracted() -> None:
    assert str(less(read_formula("C21H26N2O4S2"), ETHYLENE)) == "C19H22N2O4S2"
    assert str(less(read_formula("H3N"), read_formula("H"))) == "H2N"
    assert less(read_formula("CH4"), ETHYLENE) is None
    assert str(less(read_formula("C2H4Br"), ETHYLENE)) == "Br"


@pytest.mark.parametrize(
    ("name", "ring", "molar_mass"),
    [
        ("rcm-high-dilution", "C19H22N2O4S2", 406.53),
        ("reductive-amination", "C10H20N2O2", 200.282),
        ("amide-macrocyclisation", "C13H16N2O3", 248.28),
    ],
)
def test_a_shipped_protocol_is_in_balance(name: str, ring: str, molar_mass: float) -> None:
    """Molar masses of the rings as the chemistry's reference and the drawn structures have them."""
    pytest.importorskip("rdkit")
    found = balance(name)
    assert found.product == ring and found.molar_mass == pytest.approx(molar_mass, abs=0.006)
    assert found.mass_in is not None and found.mass_out == pytest.approx(found.mass_in, rel=1e-6)
    assert found.theoretical == pytest.approx(found.limiting * found.molar_mass / 1000)
    assert all(row.amount > 0.0 and row.steps for row in found.goes_in)


def test_what_becomes_of_the_hydride_is_its_acetate() -> None:
    """NaBH(OAc)3 and AcOH less H2 is NaB(OAc)4."""
    rows = {row.name: row for row in balance("reductive-amination").comes_out}
    borates = rows["borates"]
    assert borates.mass is not None
    acetate = read_formula("C8H12BNaO8").molar_mass
    assert borates.mass == pytest.approx(borates.amount * acetate / 1000, rel=1e-4)
    assert rows["sodium triacetoxyborohydride"].amount == pytest.approx(5.0)
    assert rows["acetic acid"].amount == pytest.approx(1.0)
    assert rows["water"].amount == rows["ring"].amount == pytest.approx(10.0)


def test_ethylene_has_its_volume() -> None:
    (gas,) = [row for row in balance("rcm-high-dilution").comes_out if row.name == "ethylene"]
    assert gas.note == "24.47 mL of gas at 25 degC and 1 atm" and gas.amount == pytest.approx(1.0)


def test_too_little_hydride_leaves_substrate(tmp_path: Path) -> None:
    text = shipped("reductive-amination").replace("equivalents: 1.5 eq", "equivalents: 0.7 eq")
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    ready = prepare(Ask(str(path))).ready
    assert ready is not None and ready.plan.balance is not None
    found = ready.plan.balance
    rows = {row.reagent: row.amount for row in found.comes_out if row.reagent}
    assert found.limiting == pytest.approx(7.0) and rows["amine"] == pytest.approx(3.0)
    assert found.mass_out == pytest.approx(found.mass_in, rel=1e-9)


def test_without_structures_molar_masses_do(tmp_path: Path) -> None:
    protocol, plan = planned("rcm-high-dilution")
    bare = balance_of(protocol, plan, None)
    assert bare is not None and bare.product == "" and bare.molar_mass == pytest.approx(406.529, abs=1e-3)
    salt, of_salt = planned("amide-macrocyclisation")
    assert balance_of(salt, of_salt, None) is None, "which part of a salt closes, only its structure says"


def test_a_protocol_that_says_nothing_has_none() -> None:
    _, plan = planned("slow-addition")
    assert plan.balance is None and "balance" not in plan_as_json(plan)


def test_a_coupling_reagent_is_not_called_left_over() -> None:
    """HATU takes up the water, and the bases hold the acid: their masses stay, they themselves do not."""
    remarks = {row.reagent: row.note for row in balance("amide-macrocyclisation").comes_out if row.reagent}
    assert remarks["hatu"] == remarks["dipea"] == "or what becomes of it"
    hydride = {row.reagent: row.note for row in balance("reductive-amination").comes_out if row.reagent}
    assert hydride["hydride"] == "left over"


def test_the_plan_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "reductive-amination"]) == 0
    told = capsys.readouterr().out
    assert "Mass balance of the reaction" in told and "theoretical yield: 2.00282 g of ring" in told


def weighed(tmp_path: Path, mass: str, purity: str, *options: str, method: str = WEIGHED) -> Path:
    """A dry run in which somebody typed the mass of the product."""
    (tmp_path / "mine.yaml").write_text(shipped("rcm-high-dilution").replace(METHOD, method), encoding="utf-8")
    answers = f"- {{id: purify, answer: {mass}}}\n"
    if "purity" in method:
        answers += f"- {{id: purify.purity, answer: {purity}}}\n"
    (tmp_path / "answers.yaml").write_text(answers, encoding="utf-8")
    words = ["simulate", str(tmp_path / "mine.yaml"), "--set", "addition_time=4h", "--runs", str(tmp_path / "runs")]
    assert run([*words, "--answers", str(tmp_path / "answers.yaml"), "--no-report", *options]) == 0
    (found,) = (tmp_path / "runs").iterdir()
    return found


def test_what_was_weighed_is_in_the_report(tmp_path: Path) -> None:
    folder = weighed(tmp_path, "325 mg", "97.5 %")
    account = account_of(read_journal((folder / "journal.jsonl").read_bytes()))
    product = isolated_of(account)
    assert product is not None and (product.weighed, product.purity, product.told) == (0.325, 0.975, True)
    fed = sum(row["delivered_mL"][0] + row["delivered_mL"][1] for row in account.end["doses"][:1]) / 2 / 30.0
    assert product.share == pytest.approx(0.325 * 0.975 / (fed * 0.406529), rel=1e-4)
    assert run(["report", str(folder)]) == 0
    page = unescape(re.sub(r"<[^>]+>", " ", (folder / "report.html").read_text("utf-8")))
    assert "Isolated: 325 mg, purity 97.5 % as typed: isolated yield 78.0 % on substrate." in page
    assert "Theoretical yield of what went in" in page


def test_without_a_purity_the_product_counts_as_pure(tmp_path: Path) -> None:
    folder = weighed(tmp_path, "500 mg", "", method=METHOD + "    product_mass: ask\n")
    account = account_of(read_journal((folder / "journal.jsonl").read_bytes()))
    view = balance_view(account)
    assert view is not None
    told = " ".join(view.sentences)
    assert "500 mg, taken for pure: isolated yield 123 %" in told and "more than all of it can give" in told


@pytest.mark.parametrize("question", ["purify", "purify.purity"])
def test_a_crash_at_a_question_asks_it_again(tmp_path: Path, question: str) -> None:
    """Killed while the question stands: after the resume it is asked again, and the answers are those that count."""
    (tmp_path / "one").mkdir()
    whole = weighed(tmp_path / "one", "325 mg", "97.5 %")
    rows = [json.loads(line) for line in (whole / "journal.jsonl").read_bytes().splitlines()]
    asked = next(row["t"] for row in rows if row["kind"] == "prompt" and row["id"] == question)
    faults = tmp_path / "faults.yaml"
    faults.write_text(f"- {{at: {asked + 30:.0f} s, target: controller, kind: kill, for: 1 min}}\n", encoding="utf-8")
    (tmp_path / "two").mkdir()
    folder = weighed(tmp_path / "two", "325 mg", "97.5 %", "--faults", str(faults))
    view = read_journal((folder / "journal.jsonl").read_bytes())
    prompts = [record.data["id"] for record in view.of("prompt") if record.data["id"].startswith("purify")]
    assert prompts.count(question) == 2 and len(view.of("session")) == 1
    assert prompts.count("purify") == (2 if question == "purify" else 1), "what was answered is not asked again"
    product = isolated_of(account_of(view))
    last = {record.data["id"]: record.data["answer"] for record in view.of("answer")}
    assert product is not None
    assert product.weighed == (0.325 if question != "purify" else 0.0), "the script answers once"
    assert product.purity == float(last["purify.purity"].removesuffix(" %")) / 100


def test_what_is_no_mass_and_no_purity_is_refused(tmp_path: Path) -> None:
    _, plan = planned("", shipped("rcm-high-dilution").replace(METHOD, WEIGHED), tmp_path)
    work = next(step.work for step in plan.steps if step.id == "purify")
    assert isinstance(work, OperatorWork) and work.more is not None
    mass, (purity,) = work.prompt, work.more
    assert "below zero" in refusal(mass, "-1 g") and refusal(mass, "1 mL") and not refusal(mass, "0.3 g")
    assert refusal(purity, "120 %") and refusal(purity, "-1 %") and not refusal(purity, "98 %")


@pytest.mark.parametrize(
    ("lines", "code", "words"),
    [
        ("    purity: ask\n", "E-MISSING", "product_mass: ask"),
        ("    product_mass: 3 g\n", "E-VALUE", "ask"),
    ],
)
def test_half_of_it_is_refused(lines: str, code: str, words: str) -> None:
    text = shipped("rcm-high-dilution").replace(METHOD, METHOD + lines)
    with pytest.raises(ProblemsError) as caught:
        read_protocol(text.encode(), "p.yaml")
    (problem,) = [found for found in caught.value.problems if found.code == code]
    assert words in f"{problem.message} {problem.bound} {problem.remedy}" and problem.line > 1


def test_the_schema_has_the_keys() -> None:
    step = {"id": "p", "do": "purify", "vessel": "flask", "method": "column", "product_mass": "ask", "purity": "ask"}
    schema = protocol_schema()
    purify = {"$ref": "#/$defs/Purify", "$defs": schema["$defs"]}
    jsonschema.validate(step, purify)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**step, "purity": "98 %"}, purify)
