"""`ruggli simulate --faults` with faults of the computer: killed, resumed and mended in one process."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validate

import ruggli
from ruggli.app.trial.host import HOST_KINDS
from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema
from ruggli.errors import InputError
from ruggli.quantities.base import Seconds
from ruggli.world.operator import ScriptedAnswer

SHORT = ("simulate", "slow-addition", "--set", "addition_time=10min", "--no-report", "--json")
KILL = {"kind": "kill", "target": "controller", "at": 120, "for": 120, "disk": "nothing"}
STALL = {"kind": "stall", "target": "pump_a", "at": 420}


@pytest.fixture(autouse=True)
def folder_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runs"
    monkeypatch.setenv("RUGGLI_RUNS", str(folder))
    return folder


def told(capsys: pytest.CaptureFixture[str], tmp_path: Path, faults: str, *words: str) -> tuple[int, dict[str, Any]]:
    path = tmp_path / "faults.yaml"
    path.write_text(faults, encoding="utf-8")
    capsys.readouterr()
    code = run([*SHORT, "--faults", str(path), *words])
    return code, json.loads(capsys.readouterr().out)


def test_a_killed_run_is_resumed_on_the_same_bench(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder_of_runs: Path
) -> None:
    code, data = told(capsys, tmp_path, json.dumps([KILL, STALL]))
    assert (code, data["verdict"]) == (0, "complete")
    validate(data, output_schema("simulate"))
    assert (data["sessions"], data["reactions"], data["violations"]) == (2, ["killed", "complete"], [])
    (dose,) = data["doses"]
    least, most = dose["delivered_mL"]
    assert least - 0.001 <= dose["truth_mL"] <= most + 0.001 and dose["truth_mL"] == pytest.approx(20.0, abs=0.1)
    assert [alarm["code"] for alarm in data["alarms"]] == ["A-STALL"]
    assert 600 + 120 < data["virtual_seconds"] < 900
    view = ruggli.open_run(data["folder"])
    assert view.sealed and not view.damage and Path(data["folder"]).parent == folder_of_runs
    assert [record.data["why"] for record in view.of("session")] == ["resumed"]
    assert view.records[0].data["faults"] == [KILL, STALL]


def test_the_record_of_all_sessions_can_be_reported_listed_and_verified(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, data = told(capsys, tmp_path, json.dumps([KILL]))
    assert run(["report", data["folder"]]) == 0
    assert run(["journal", "verify", data["folder"]]) == 0
    capsys.readouterr()
    assert run(["runs", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["runs"]
    assert (row["run"], row["verdict"]) == (data["run"], "complete")
    assert "kind kill" in (Path(data["folder"]) / "report.html").read_text("utf-8")


def test_two_dry_runs_of_one_second_have_their_own_folders(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ruggli.app.dry_run.wall_now", lambda: datetime(2026, 11, 24, 18, 0, tzinfo=UTC))
    names = [told(capsys, tmp_path, json.dumps([KILL]))[1]["run"] for _ in range(3)]
    assert names == ["2026-11-24-180000", "2026-11-24-180000-1", "2026-11-24-180000-2"]


def test_a_scripted_person_is_not_helped(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Without an answer for the hold the run ends held, and nobody takes it up again."""
    answers = tmp_path / "answers.yaml"
    answers.write_text("- {id: hold.2, answer: resume}\n", encoding="utf-8")
    code, data = told(capsys, tmp_path, json.dumps([KILL, STALL]), "--answers", str(answers))
    assert (code, data["reactions"][-1]) == (1, data["verdict"]) and data["verdict"] in ("held", "stopped")
    answers.write_text("- {id: hold.1, answer: resume, after: 5 min}\n", encoding="utf-8")
    code, data = told(capsys, tmp_path, json.dumps([KILL, STALL]), "--answers", str(answers))
    assert (code, data["reactions"]) == (0, ["killed", "complete"])


def test_what_must_not_be_is_told_and_is_a_failure(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pump whose dead-man does not act goes on when the program is dead."""
    monkeypatch.setattr("ruggli_drivers.new_era.NewEraPump.arm_dead_man", lambda pump, silence: iter(()))
    late = [{**KILL, "at": 300}]
    code, data = told(capsys, tmp_path, json.dumps(late))
    assert (code, data["ok"]) == (1, False)
    assert data["violations"][0].startswith("I4 at ") and "after the controller has gone" in data["violations"][0]
    validate(data, output_schema("simulate"))
    path = tmp_path / "faults.yaml"
    assert run([*SHORT[:-1], "--faults", str(path)]) == 1
    assert "  must not be: I4 at " in capsys.readouterr().out


def test_a_damaged_record_ends_the_dry_run_and_says_why(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, data = told(capsys, tmp_path, json.dumps([{**KILL, "damage": True}]))
    assert (code, data["verdict"], data["ok"]) == (1, "error", False)
    assert "E-JOURNAL" in data["cause"] and data["reactions"][0] == "killed"


def test_without_faults_of_the_computer_there_are_no_sessions(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, data = told(capsys, tmp_path, "- {at: 12 min, target: plate, kind: stirrer-stop}\n")
    assert "sessions" not in data and "reactions" not in data


def test_a_runs_folder_that_cannot_be_made_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("RUGGLI_RUNS", str(tmp_path / "file"))
    code, data = told(capsys, tmp_path, json.dumps([KILL]))
    assert code == 2 and "the folder cannot be made" in data["problems"][0]["message"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("- {kind: kil, target: controller, at: 1}", "E-FAULT", "did you mean kill"),
        ("- {kind: kill, target: pump_a, at: 1}", "E-FAULT", "expected controller"),
        ("- {kind: kill, target: controller}", "E-FAULT", "give 'at' (a time) or 'call'"),
        ("- {kind: kill, target: controller, at: 1, call: 2}", "E-FAULT", "give 'at' (a time) or 'call'"),
        ("- {kind: kill, target: controller, at: soon}", "E-FAULT", "'at'"),
        ("- {kind: kill, target: controller, at: -3 s}", "E-FAULT", "expected 0 s or more"),
        ("- {kind: kill, target: controller, at: 1, disk: half}", "E-FAULT", "all, nothing or torn"),
        ("- {kind: terminate, target: controller, at: 1, for: 2}", "E-FAULT", "it is over at once"),
        ("- {kind: absent, target: operator, at: 1, power: true}", "E-FAULT", "unknown key 'power'"),
        ("- {kind: driver-hangs, target: pump_x, at: 1}", "E-REF", "pump_x"),
        ("- {kind: [kill], target: controller, at: 1}", "E-FAULT", "unknown kind"),
    ],
)
def test_a_wrong_fault_of_the_computer_is_refused_at_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder_of_runs: Path, text: str, code: str, words: str
) -> None:
    exit_code, data = told(capsys, tmp_path, f"- {{kind: kill, target: controller, at: 1}}\n{text}\n")
    (problem,) = data["problems"]
    assert (exit_code, problem["code"], problem["line"]) == (2, code, 2)
    assert words in problem["message"]
    assert not folder_of_runs.exists()


def test_a_run_outside_a_dry_run_refuses_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder_of_runs: Path
) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(json.dumps([KILL]), encoding="utf-8")
    capsys.readouterr()
    assert run(["run", *SHORT[1:], "--faults", str(path)]) == 2
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["code"] == "E-FAULT" and "ruggli simulate" in problem["remedy"]
    assert not folder_of_runs.exists()


@pytest.mark.parametrize("kind", HOST_KINDS)
def test_every_kind_may_strike_and_the_doses_are_what_the_vessel_holds(kind: str) -> None:
    target = HOST_KINDS[kind].target
    lasts = {"for": 60} if HOST_KINDS[kind].lasts else {}
    fault = {"kind": kind, "target": "pump_a" if target == "device" else target, "at": 200, **lasts}
    outcome = ruggli.simulate("slow-addition", settings={"addition_time": "10 min"}, faults=[fault], report=False)
    (dose,) = outcome.doses
    least, most = dose["delivered_mL"]
    assert least - 0.02 <= dose["truth_mL"] <= most + 0.02
    assert outcome.verdict.value == ("stopped" if kind == "terminate" else "complete")


def test_a_person_who_is_away_answers_nothing_even_from_a_script() -> None:
    away = {"kind": "absent", "target": "operator", "at": 700, "for": 900}
    outcome = ruggli.simulate(
        "slow-addition",
        settings={"addition_time": "10 min"},
        faults=[away, {**STALL, "at": 720}],
        answers=[ScriptedAnswer("hold.1", "resume", Seconds(60.0))],
    )
    assert outcome.verdict.value == "complete" and outcome.virtual_seconds > 1600 + 400


def test_a_sweep_has_the_shape_that_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    words = ("faultsweep", *SHORT[1:4], "--times", "1", "--fault", "F26", "--jobs", "1", "--json")
    assert run(words) == 0
    data = json.loads(capsys.readouterr().out)
    validate(data, output_schema("faultsweep"))
    assert [(row["fault"], row["nights"]) for row in data["rows"]] == [("F26", 1)]


def test_a_wrong_fault_from_python_is_refused() -> None:
    with pytest.raises(InputError, match="expected controller"):
        ruggli.simulate("slow-addition", faults=[{"kind": "kill", "target": "pump_a", "at": 1}])
