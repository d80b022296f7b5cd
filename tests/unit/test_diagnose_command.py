"""`ruggli diagnose`: with a file, with a scripted terminal, with what the journal of a run knows."""

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ruggli.app.run_answers import Known, answers_of
from ruggli.app.run_facts import RunFacts, facts_of
from ruggli.app.runs import list_runs
from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema
from ruggli.journal.reader import JournalView, Record, read_journal
from ruggli.quantities.base import Celsius, Molar, Seconds

Captured = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    """What a person types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUGGLI_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.chdir(tmp_path)


def answers(path: Path, **words: str) -> str:
    file = path / "answers.yaml"
    rows = "".join(f"  {key}: {word}\n" for key, word in words.items())
    file.write_text(f"ruggli: 1\nanswers:\n{rows}", "utf-8")
    return str(file)


def told(capsys: Captured, *words: str) -> tuple[int, dict[str, Any]]:
    code = run(["diagnose", *words, "--json"])
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, output_schema("diagnose"))
    return code, data


def typed(capsys: Captured, monkeypatch: pytest.MonkeyPatch, lines: str, *words: str) -> tuple[int, str]:
    monkeypatch.setattr("sys.stdin", Terminal(lines))
    code = run(["diagnose", *words])
    return code, capsys.readouterr().out


# ---- a file ----


def test_a_file_leads_to_a_leaf(capsys: Captured, tmp_path: Path) -> None:
    file = answers(tmp_path, root="metathesis", R1="no", R4="yes", R5="no", C1="yes")
    code, data = told(capsys, "--answers", file)
    assert (code, data["ok"], data["run"], data["leaf"]["id"]) == (0, True, None, "rec_BQ_then_catalyst")
    assert [(step["id"], step["answer"], step["from"]) for step in data["path"]] == [
        ("root", "metathesis", "file"), ("R1", "no", "file"), ("R4", "yes", "file"), ("R5", "no", "file"),
    ]  # fmt: skip
    assert data["unused"] == ["C1"]
    assert data["leaf"]["sources"] == [[68, 69]] and "disputed" in data["leaf"]["caution"]
    assert yaml.safe_load(data["leaf"]["changes"][0]["snippet"])["benzoquinone"]["role"] == "additive"


def test_the_text_has_way_source_caution_and_change(capsys: Captured, tmp_path: Path) -> None:
    file = answers(tmp_path, root="metathesis", R1="no", R4="yes", R5="yes", C1="yes")
    assert run(["diagnose", "--answers", file]) == 0
    out = capsys.readouterr().out
    for words in ("R5: Was the flask above 40 degC?\n    yes (from the answers file)", "not on this way: C1", "Do: Run",
                  "Source: L67", "Caution: L130", "`heat` step before the addition:\n    to: 40 degC"):  # fmt: skip
        assert words in out
    file = answers(tmp_path, root="amide", C1="no", C3="yes")
    assert run(["diagnose", "--answers", file]) == 0
    assert "No key of the protocol file" in capsys.readouterr().out


def test_a_sluggish_coupling_leads_to_the_panel(capsys: Captured, tmp_path: Path) -> None:
    file = answers(tmp_path, root="amide", C1="no", C3="no", C4="no", C5="yes")
    code, data = told(capsys, "--answers", file)
    assert (code, data["leaf"]["id"]) == (0, "rec_screen_panel")
    command = data["leaf"]["command"]
    assert run(["diagnose", "--answers", file]) == 0
    assert command in capsys.readouterr().out
    assert run(command.replace("PROTOCOL", "amide-macrocyclisation").split()[1:]) == 0
    assert "3 runs one after the other" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("settings", "leaf", "why"),
    [
        ((), "rec_PyBOP_HATU_DIPEA", "coupled with Oxyma and HATU"),
        (("--set", "coupling_reagent=edc"), "rec_PyBOP_HATU_DIPEA", "coupled with Oxyma and EDC hydrochloride"),
        (("bare",), "rec_HOBt_Oxyma", "coupled with EDC hydrochloride"),
    ],
)
def test_a_run_knows_its_coupling_reagent(
    capsys: Captured, tmp_path: Path, settings: tuple[str, ...], leaf: str, why: str
) -> None:
    from ruggli.app.builtin import find_protocol

    file, words = tmp_path / "amide.yaml", settings
    text = find_protocol("amide-macrocyclisation")[1].decode()
    if settings == ("bare",):
        text = text.replace("[substrate, $additive, weak_base, $coupling_reagent]", "[substrate, weak_base, edc]")
        words = ("--accept", "W-AC-02")
    file.write_text(text, "utf-8")
    fast = ("--set", "addition_time=3 min", "--set", "hold_time=1 min", "--no-report", "--json")
    assert run(["simulate", str(file), *words, *fast, "--runs", str(tmp_path)]) == 0
    name = json.loads(capsys.readouterr().out)["run"]
    code, data = told(capsys, name, "--runs", str(tmp_path), "--answers", answers(tmp_path, C1="yes"))
    assert (code, data["leaf"]["id"]) == (0, leaf)
    step = next(step for step in data["path"] if step["id"] == "C2")
    assert (step["from"], step["why"]) == ("run", why)


def test_without_a_terminal_an_open_question_is_refused(capsys: Captured, tmp_path: Path) -> None:
    code, data = told(capsys)
    (problem,) = data["problems"]
    assert (code, data["verdict"], problem["code"]) == (2, "refused", "E-MISSING")
    assert "root" in problem["message"] and problem["bound"] == "metathesis, reductive-amination, amide"
    assert "`root: metathesis`" in problem["remedy"] and "--answers" in problem["remedy"]
    file = answers(tmp_path, root="amide")
    assert run(["diagnose", "--answers", file]) == 2
    err = capsys.readouterr().err
    assert f"{file} E-MISSING the question C1 has no answer" in err and "expected: yes, no" in err


def test_json_asks_nothing_at_a_terminal(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("1\n"))
    assert told(capsys)[0] == 2


def test_a_wrong_file_is_refused_with_its_place(capsys: Captured, tmp_path: Path) -> None:
    file = answers(tmp_path, root="metathesys")
    code, data = told(capsys, "--answers", file)
    problem = data["problems"][0]
    assert (code, problem["code"], problem["file"], problem["line"], problem["column"]) == (2, "E-REF", file, 3, 9)


def test_schema_is_printed(capsys: Captured) -> None:
    assert run(["schema", "diagnosis"]) == 0
    assert "R8" in json.loads(capsys.readouterr().out)["properties"]["answers"]["properties"]


# ---- a terminal ----


def test_a_person_answers_by_number_and_by_word(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out = typed(capsys, monkeypatch, "3\nNO\n1\n")
    assert code == 0 and "Do: Activate the acid first" in out
    assert "  3  amide: amide coupling" in out and "from the answers file" not in out


def test_source_back_and_a_wrong_line(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out = typed(capsys, monkeypatch, "back\n4\n1\n?\nback\n3\n1\nback\n1\nyes\n")
    assert code == 0 and "Do: Add HOBt or Oxyma" in out
    assert "this is the first question" in out and "type 1 to 3, or metathesis" in out
    assert "Source:\n  L29 to L32" in out or "Source: L29 to L32" in out
    assert out.count("root: Which") == 3 and out.count("C1: Is the product") == 3


@pytest.mark.parametrize("lines", ["1\nq\n", "1\n"])
def test_ending_early_is_told_by_the_exit_code(capsys: Captured, monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    code, out = typed(capsys, monkeypatch, lines)
    assert code == 1 and "ended at R1, without a recommendation" in out and "Do:" not in out


# ---- a run ----


def dry_run(tmp_path: Path, capsys: Captured, protocol: str, *words: str) -> str:
    """Dry-run a protocol and return the run's id."""
    assert run(["simulate", protocol, *words, "--no-report"]) == 0
    capsys.readouterr()
    return list_runs(str(tmp_path / "runs"))[-1].run


def view_of(tmp_path: Path, name: str) -> JournalView:
    return read_journal((tmp_path / "runs" / name / "journal.jsonl").read_bytes())


def test_a_run_answers_what_its_journal_knows(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = dry_run(tmp_path, capsys, "rcm-high-dilution", "--set", "addition_time=2h", "--accept", "W-RCM-04")
    file = answers(tmp_path, R1="yes")
    code, data = told(capsys, name, "--answers", file)
    assert (code, data["run"], data["leaf"]["id"]) == (0, name, "rec_slow_add")
    assert [(step["id"], step["answer"], step["from"]) for step in data["path"]] == [
        ("root", "metathesis", "run"), ("R1", "yes", "file"), ("R2", "no", "run"), ("R3", "yes", "run"),
    ]  # fmt: skip
    assert data["path"][2]["why"].startswith("nominal final concentration 5 mM")
    assert data["path"][3]["why"] == "addition time 2 h"

    assert run(["diagnose", name, "--answers", file]) == 0
    out = capsys.readouterr().out
    assert "known from the run: nominal final concentration 5 mM" in out and "so: no)" in out

    answers(tmp_path, R1="yes", R2="yes")
    code, data = told(capsys, name, "--answers", file)
    assert data["leaf"]["id"] == "rec_dilute" and data["path"][2]["from"] == "file"
    assert data["path"][2]["why"].startswith("the run says: nominal final concentration 5 mM")

    code, out = typed(capsys, monkeypatch, "no\nno\nback\nyes\n", name)
    assert code == 0 and "Do: Add an inhibitor" in out, "the temperature of 39.8 degC is known"
    code, out = typed(capsys, monkeypatch, "no\nno\nyes\nno\nno\n", name)
    assert code == 0 and "Do: Degas the solvent" in out
    assert "degassed for 30 min, 5 mol% of catalyst, argon over the flask; whether" in " ".join(out.split())


def test_a_run_without_chemistry_is_asked_which_step(capsys: Captured, tmp_path: Path) -> None:
    name = dry_run(tmp_path, capsys, "slow-addition", "--set", "addition_time=3 min")
    first = view_of(tmp_path, name)
    assert facts_of(first).nominal == pytest.approx(1.0 / 70.0, rel=1e-6)
    assert facts_of(first).hottest is None, "nothing was heated"
    code, data = told(capsys, name, "--answers", answers(tmp_path, root="metathesis", R1="yes"))
    assert (code, data["leaf"]["id"]) == (0, "rec_dilute")
    assert data["path"][2]["why"] == "nominal final concentration 14.29 mM"


def test_a_step_that_did_not_end_tells_nothing(capsys: Captured, tmp_path: Path) -> None:
    view = view_of(tmp_path, dry_run(tmp_path, capsys, "slow-addition", "--set", "addition_time=3 min"))

    def cut(record: Record) -> bool:
        return record.kind == "step" and record.data["step"] == "add" and record.data["what"] == "end"

    held = JournalView(tuple(r for r in view.records if not cut(r)), "", False, 0, 0, "")
    assert len(held.records) == len(view.records) - 1
    assert answers_of(facts_of(held)) == answers_of(RunFacts(ring_closure=facts_of(view).ring_closure))


def test_a_protocol_of_another_version_tells_nothing_and_says_so(capsys: Captured, tmp_path: Path) -> None:
    view = view_of(tmp_path, dry_run(tmp_path, capsys, "slow-addition", "--set", "addition_time=3 min"))
    first = view.records[0]
    other = {**first.data, "protocol": {**first.data["protocol"], "text": "ruggli: 9\n"}}
    changed = JournalView((Record(1, 0.0, "", "open", other),), "", False, 0, 0, "")
    facts = facts_of(changed)
    assert answers_of(facts) == {} and "does not read the protocol" in facts.note


def test_a_reductive_amination_tells_acid_and_hydride(capsys: Captured, tmp_path: Path) -> None:
    view = view_of(tmp_path, dry_run(tmp_path, capsys, "reductive-amination"))
    assert facts_of(view).at_once is True
    view.records[0].data["plan"]["steps"][0]["do"] = "dose"
    assert facts_of(view).at_once is None, "a person may take hours over a dose by hand"
    known = answers_of(facts_of(view))
    assert known["A5"] == Known(None, "1.1 eq of acid before the hydride, 1.5 eq of hydride in 4 portions")
    assert known["R5"].word == "no" and "25 degC" in known["R5"].why


@pytest.mark.parametrize(
    ("facts", "question", "known"),
    [
        (RunFacts(nominal=Molar(0.01), at_once=False), "R2", "no"),
        (RunFacts(nominal=Molar(0.0101), at_once=False), "R2", "yes"),
        (RunFacts(nominal=Molar(0.005), at_once=True), "R2", "yes"),
        (RunFacts(nominal=Molar(0.005)), "R2", None),
        (RunFacts(addition_time=Seconds(14399.9), peak=Molar(0.005)), "R3", "no"),
        (RunFacts(addition_time=Seconds(14000), peak=Molar(0.005)), "R3", "yes"),
        (RunFacts(addition_time=Seconds(20000), peak=Molar(0.02)), "R3", None),
        (RunFacts(hottest=Celsius(40)), "R5", "no"),
        (RunFacts(hottest=Celsius(40.1)), "R5", "yes"),
        (RunFacts(degassed=Seconds(1200), loading=0.05, inert="argon"), "R8", "no"),
        (RunFacts(degassed=Seconds(1800), loading=0.0099), "R8", "no"),
        (RunFacts(degassed=Seconds(1800), loading=0.051), "R8", "no"),
        (RunFacts(degassed=Seconds(1800), loading=0.05, inert="argon"), "R8", None),
        (RunFacts(ring_closure="amide"), "root", "amide"),
    ],
)
def test_bounds(facts: RunFacts, question: str, known: str | None) -> None:
    found = answers_of(facts)
    assert list(found) == [question] and found[question].word == known and found[question].why


def test_an_unknown_run_is_refused(capsys: Captured) -> None:
    code, data = told(capsys, "no-such-run")
    assert code == 2 and "there is no such run" in data["problems"][0]["message"]
