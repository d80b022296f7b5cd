"""The commands that run something: simulate, run, runs, journal verify, report, resume; and what they refuse."""

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ruggli.app.builtin import find_rig
from ruggli.app.runs import find_run, runs_folder
from ruggli.cli.commands import command_of
from ruggli.cli.failures import problems_of
from ruggli.cli.program import run
from ruggli.cli.progress import PlainProgress
from ruggli.cli.shapes import output_schema
from ruggli.errors import ChangedError, InputError, JournalError

Captured = pytest.CaptureFixture[str]

SHORT = ("slow-addition", "--set", "addition_time=3 min", "--no-report")


@pytest.fixture(autouse=True)
def folder_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has its own folder of runs, and nobody sits at the terminal."""
    monkeypatch.setenv("RUGGLI_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return tmp_path / "runs"


def told(capsys: Captured, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the one object of a command with --json, which fits its schema."""
    code = run([*words, "--json"])
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, output_schema(command_of(list(words))))
    return code, data


def test_simulate_tells_everything(capsys: Captured, folder_of_runs: Path) -> None:
    code, data = told(capsys, "simulate", *SHORT)
    assert (code, data["ok"], data["verdict"]) == (0, True, "complete")
    (dose,) = data["doses"]
    least, most = dose["delivered_mL"]
    assert least <= most <= dose["planned_mL"] * 1.005
    assert dose["truth_mL"] == pytest.approx(dose["planned_mL"], rel=0.005)
    assert data["virtual_seconds"] > 180 and data["exchanges"] > 180
    assert {prompt["id"] for prompt in data["prompts"]} == {"charge", "add.load.pump_a"}
    assert Path(data["folder"]).parent == folder_of_runs


def test_a_rule_of_the_chemistry_stops_a_run_until_it_is_accepted_with_a_reason(capsys: Captured) -> None:
    from ruggli.app.library import open_run
    from ruggli.app.resuming import restore_request
    from ruggli.report.account import account_of
    from ruggli.report.deviations import deviations_of

    short = ("rcm-high-dilution", "--set", "addition_time=30 min", "--no-report")
    code, data = told(capsys, "simulate", *short)
    assert (code, data["verdict"]) == (2, "refused")
    assert {p["code"] for p in data["problems"] if p["severity"] != "note"} == {"W-RCM-04"}
    reason = "the syringe = the limit"
    code, data = told(capsys, "simulate", *short, "--accept", f"W-RCM-04={reason}")
    assert (code, data["verdict"]) == (0, "complete")
    view = open_run(data["folder"])
    opening = view.records[0].data
    assert (opening["accepted"], opening["accepted_reasons"]) == (["W-RCM-04"], {"W-RCM-04": reason})
    (shown,) = [item.text for item in deviations_of(account_of(view)) if item.kind == "accepted warning"]
    assert shown.startswith("W-RCM-04: ") and "L136" in shown and shown.endswith(f"; reason: {reason}")
    assert restore_request(view, answers=(), terminal=False, report=False).reasons == {"W-RCM-04": reason}


def test_an_acceptance_without_a_reason_tells_none(capsys: Captured) -> None:
    from ruggli.app.library import open_run

    _, data = told(capsys, "simulate", *SHORT, "--accept", "W-SLEEP")
    opening = open_run(data["folder"]).records[0].data
    assert opening["accepted"] == ["W-SLEEP"] and "accepted_reasons" not in opening


def test_simulate_says_the_result_and_nothing_of_control_codes(capsys: Captured) -> None:
    assert run(["simulate", *SHORT]) == 0
    streams = capsys.readouterr()
    assert streams.err == "" and "\x1b" not in streams.out and "\r" not in streams.out
    lines = streams.out.splitlines()
    steps = [line for line in lines if "  step " in line]
    assert len(steps) == len({line.split("step ")[1] for line in steps}) >= 3
    assert any(line.startswith("complete") for line in lines)
    assert any("add, substrate_solution by pump_a: " in line and "of 20.000 mL" in line for line in lines)


def test_the_report_is_the_last_line(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ruggli.app.reporting.write_report", lambda folder: f"{folder}/report.html")
    assert run(["simulate", *SHORT[:-1]]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("report: ") and last.endswith("report.html")


def test_progress_goes_to_stderr_with_json(capsys: Captured) -> None:
    run(["simulate", *SHORT, "--json"])
    streams = capsys.readouterr()
    assert "step 1 of" in streams.err
    assert json.loads(streams.out)["verdict"] == "complete"


def test_run_on_the_simulated_bench_without_terminal_ends_safely(capsys: Captured) -> None:
    code, data = told(capsys, "run", *SHORT, "--speed", "10000")
    assert code == 1
    assert data["verdict"] in ("held", "stopped", "aborted")
    assert data["doses"] == [] or data["doses"][0]["delivered_mL"][1] == 0


def test_answers_drive_a_run(capsys: Captured, tmp_path: Path) -> None:
    _, plan = told(capsys, "plan", *SHORT[:-1])
    answers = [{"id": prompt["id"], "answer": prompt["happy"], "after": "1 s"} for prompt in plan["prompts"]]
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(answers), encoding="utf-8")
    code, data = told(capsys, "run", *SHORT, "--speed", "200", "--answers", str(path))
    assert (code, data["verdict"]) == (0, "complete")
    assert all(prompt["after_s"] < 60 for prompt in data["prompts"])


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("- id: chagre\n  answer: done\n", "E-REF", "did you mean charge"),
        ("- id: charge\n  anser: done\n", "E-UNKNOWN-KEY", "did you mean `answer`"),
        ("- id: charge\n  answer: done\n  after: 5\n", "E-UNIT", "unit is missing"),
        ("- id: charge\n  answer: maybe\n", "E-VALUE", "write e.g. done"),
        ("id: charge\n", "E-TYPE", "begin each item"),
        ("", "E-EMPTY", "write a list"),
    ],
)
def test_a_wrong_answers_file_is_refused_at_its_place(
    capsys: Captured, tmp_path: Path, folder_of_runs: Path, text: str, code: str, words: str
) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(text, encoding="utf-8")
    exit_code, data = told(capsys, "simulate", *SHORT, "--answers", str(path))
    assert (exit_code, data["verdict"]) == (2, "refused")
    problem = data["problems"][0]
    assert (problem["code"], problem["file"]) == (code, str(path))
    assert problem["line"] >= 1 and words in problem["message"] + problem["remedy"]
    assert not folder_of_runs.exists()


@pytest.mark.parametrize("option", ["--answers", "--faults", "--rig"])
@pytest.mark.parametrize(
    ("path", "words"),
    [
        (os.curdir, "it is a folder"),
        pytest.param(
            "/dev/zero",
            "it is no regular file",
            marks=pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device here"),
        ),
    ],
)
def test_only_regular_files_are_read(capsys: Captured, option: str, path: str, words: str) -> None:
    code, data = told(capsys, "simulate", *SHORT, option, path)
    assert (code, data["verdict"]) == (2, "refused")
    assert words in data["problems"][0]["message"]


def test_a_journal_too_large_to_be_one_is_not_read(capsys: Captured, folder_of_runs: Path) -> None:
    code, data = told(capsys, "simulate", *SHORT)
    with open(Path(data["folder"]) / "journal.jsonl", "r+b") as file:
        file.truncate(513 * 2**20)
    for command in (("journal", "verify"), ("resume",), ("report",)):
        code, told_of = told(capsys, *command, data["run"])
        assert code == 2 and "at most 512 MiB" in told_of["problems"][0]["message"]
    code, told_of = told(capsys, "runs")
    assert (code, [row["verdict"] for row in told_of["runs"]]) == (0, ["unreadable"])


def test_questions_that_no_plan_has_may_be_answered(capsys: Captured, tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(
        "- {id: hold.1, answer: resume}\n- {id: diameter.pump_a, answer: set}\n"
        "- {id: add.doubt.pump_a, answer: stop}\n",
        encoding="utf-8",
    )
    code, _ = told(capsys, "simulate", *SHORT, "--answers", str(path))
    assert code == 0


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("- {target: pump_c, kind: stall}\n", "E-REF", "pump_c"),
        ("- {target: pump_a, kind: stal}\n", "E-FAULT", "stall"),
        ("- stall\n", "E-FAULT", "a fault is a map"),
    ],
)
def test_a_wrong_faults_file_is_refused(
    capsys: Captured, tmp_path: Path, folder_of_runs: Path, text: str, code: str, words: str
) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(text, encoding="utf-8")
    exit_code, data = told(capsys, "simulate", *SHORT, "--faults", str(path))
    assert exit_code == 2
    assert data["problems"][0]["code"] == code and words in data["problems"][0]["message"]
    assert not folder_of_runs.exists()


def test_a_fault_ends_a_dry_run_otherwise(capsys: Captured, tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text("- {at: 12 min, target: pump_a, kind: stall, lasting: true}\n", encoding="utf-8")
    code, data = told(capsys, "simulate", "slow-addition", "--no-report", "--faults", str(path))
    assert code == 1 and data["ok"] is False and data["verdict"] != "complete"
    assert data["alarms"] and data["alarms"][0]["device"] == "pump_a"


def test_a_protocol_with_errors_starts_nothing(capsys: Captured, folder_of_runs: Path) -> None:
    words = ("simulate", "slow-addition", "--set", "volume=500 mL")
    code, data = told(capsys, *words)
    assert (code, data["verdict"], data["ok"]) == (2, "refused", False)
    assert data["problems"][0]["code"] == "E-RANGE" and data["cause"]
    assert run(words) == 2
    assert "refused: 1 error; nothing was started" in capsys.readouterr().out
    assert not folder_of_runs.exists()


@pytest.mark.parametrize(("words", "code"), [(("--speed", "2"), "E-SPEED"), (("--faults", "f.yaml"), "E-FAULT")])
def test_real_ports_take_no_speed_and_no_faults(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, str], code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.yaml").write_text("- {target: pump_a, kind: stall}\n", encoding="utf-8")
    rig = find_rig("bench")[1].decode().replace("sim://plate", "socket://127.0.0.1:9")
    Path("rig.yaml").write_text(rig, encoding="utf-8")
    exit_code, data = told(capsys, "run", *SHORT, "--rig", "rig.yaml", *words)
    assert exit_code == 2 and code in {problem["code"] for problem in data["problems"]}


def test_ports_that_are_not_there_are_refused_at_their_place(capsys: Captured, folder_of_runs: Path) -> None:
    code, data = told(capsys, "run", "slow-addition", "--rig", "example-serial")
    assert (code, data["verdict"]) == (2, "refused")
    ports = [problem for problem in data["problems"] if problem["code"] == "E-PORT"]
    assert len(ports) == 3 and all(problem["line"] for problem in ports)
    assert not folder_of_runs.exists()


def test_runs_are_listed_and_verified(capsys: Captured, folder_of_runs: Path) -> None:
    code, data = told(capsys, "runs")
    assert (code, data["runs"]) == (0, [])
    _, first = told(capsys, "simulate", *SHORT)
    damaged = folder_of_runs / "damaged"
    damaged.mkdir()
    (damaged / "journal.jsonl").write_bytes(b"\xff\x00 no journal\n")
    (folder_of_runs / "something-else").mkdir()
    torn = folder_of_runs / "torn"
    torn.mkdir()
    whole = Path(first["folder"], "journal.jsonl").read_bytes()
    (torn / "journal.jsonl").write_bytes(whole[: len(whole) // 2])
    _, data = told(capsys, "runs")
    found = {row["run"]: row for row in data["runs"]}
    assert {name: row["verdict"] for name, row in found.items()} == {
        first["run"]: "complete",
        "damaged": "unreadable",
        "torn": "interrupted",
    }
    row = found[first["run"]]
    assert row["protocol"] == "Slow addition" and row["simulated"] is True
    assert row["duration_s"] == pytest.approx(first["virtual_seconds"], abs=2)
    assert run(["runs"]) == 0
    assert first["run"] in capsys.readouterr().out

    code, data = told(capsys, "journal", "verify", first["run"])
    assert (code, data["ok"], data["damage"]) == (0, True, "")
    code, data = told(capsys, "journal", "verify", str(torn))
    assert code == 1 and data["torn_bytes"] > 0 and not data["sealed"]
    code, data = told(capsys, "journal", "verify", "damaged")
    assert code == 2 and data["problems"][0]["code"] == "E-JOURNAL"
    assert "damaged/journal.jsonl" in data["problems"][0]["message"].replace("\\", "/")


def test_a_held_run_that_was_resumed_and_cut_is_interrupted(capsys: Captured, folder_of_runs: Path) -> None:
    _, done = told(capsys, "simulate", *SHORT)
    with Path(done["folder"], "journal.jsonl").open("ab") as file:
        file.write(b'{"n":999,"t":1.0,"wall":"2026-11-23T20:00:00+00:00","kind":"session"}\n{"n":1000,')
    _, data = told(capsys, "runs")
    assert [row["verdict"] for row in data["runs"]] == ["interrupted"]


def test_a_changed_record_is_damage(capsys: Captured, folder_of_runs: Path) -> None:
    _, done = told(capsys, "simulate", *SHORT)
    path = Path(done["folder"], "journal.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    lines[5] = lines[5].replace(b'"kind"', b'"kinD"', 1)
    path.write_bytes(b"".join(lines))
    code, data = told(capsys, "journal", "verify", done["run"])
    assert (code, data["records"]) == (1, 5) and "record 6" in data["damage"]


def test_a_record_that_cannot_be_kept_is_no_refusal(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise JournalError("the journal cannot be written: the disk is full")

    monkeypatch.setattr("ruggli.app.dry_run.execute", full)
    code, data = told(capsys, "simulate", *SHORT)
    assert (code, data["verdict"], data["problems"][0]["code"]) == (1, "error", "E-JOURNAL")


def test_errors_that_name_their_code_keep_it() -> None:
    (problem,) = problems_of(ChangedError("E-CHANGED p.yaml: the protocol file has changed"))
    assert (problem.code, problem.message) == ("E-CHANGED", "p.yaml: the protocol file has changed")
    (problem,) = problems_of(ZeroDivisionError("E-CHANGED is no code of a bug"))
    assert problem.code == "E-INTERNAL"


def test_a_dry_run_cannot_be_resumed(capsys: Captured) -> None:
    _, done = told(capsys, "simulate", *SHORT)
    code, data = told(capsys, "resume", done["run"])
    assert (code, data["verdict"]) == (2, "refused")


@pytest.mark.parametrize("command", [("report",), ("resume",), ("journal", "verify")])
def test_a_run_that_is_not_there(capsys: Captured, command: tuple[str, ...]) -> None:
    code, data = told(capsys, *command, "2026-01-01")
    assert code == 2 and "there is no such run" in data["problems"][0]["message"]


def test_report_again(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    _, done = told(capsys, "simulate", *SHORT)
    monkeypatch.setattr("ruggli.app.reporting.write_report", lambda folder: f"{folder}/report.html")
    code, data = told(capsys, "report", done["run"])
    assert (code, data["run"]) == (0, done["run"]) and data["report"].endswith("report.html")


def test_where_runs_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert runs_folder("here") == "here"
    assert runs_folder(None) == str(tmp_path / "runs")
    monkeypatch.delenv("RUGGLI_RUNS")
    monkeypatch.chdir(tmp_path)
    assert runs_folder(None) == os.path.join(os.getcwd(), "ruggli-runs")


def test_a_run_by_id_folder_or_journal(capsys: Captured, folder_of_runs: Path) -> None:
    _, done = told(capsys, "simulate", *SHORT)
    runs = str(folder_of_runs)
    for name in (done["run"], done["folder"], os.path.join(done["folder"], "journal.jsonl")):
        assert os.path.samefile(find_run(name, runs), done["folder"])
    with pytest.raises(InputError, match="did you mean"):
        find_run(done["run"][:-1], runs)


def test_a_printer_that_fails_ends_no_run() -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError(32, "gone")

    progress = PlainProgress(Gone(), virtual=True)
    progress.say("one")
    progress.say("two")


def test_rig_check_of_simulated_and_missing(capsys: Captured) -> None:
    code, data = told(capsys, "rig", "check", "bench")
    assert (code, data["ok"]) == (0, True)
    assert [device["name"] for device in data["devices"]] == ["pump_a", "pump_b", "plate"]
    code, data = told(capsys, "rig", "check", "example-serial")
    assert code == 2 and {problem["code"] for problem in data["problems"]} == {"E-PORT"}
    assert run(["rig", "check", "example-serial"]) == 2
    assert "^" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="paths of Unix")
@pytest.mark.parametrize(
    ("path", "words"), [("/dev/serial/by-id/none", "not there"), ("/", "a folder"), (__file__, "a plain file")]
)
def test_rig_check_of_paths(capsys: Captured, tmp_path: Path, path: str, words: str) -> None:
    rig = tmp_path / "rig.yaml"
    text = find_rig("bench")[1].decode().replace('{url: "sim://plate"}', f"{{path: {path}}}")
    rig.write_text(text, encoding="utf-8")
    _, data = told(capsys, "rig", "check", str(rig))
    assert any(problem["code"] == "E-PORT" and words in problem["message"] for problem in data["problems"])
