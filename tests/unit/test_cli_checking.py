"""The commands that only look: check, plan, new, schema, drivers; refusals, exit codes, one object of JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ruggli.app.builtin import protocol_names
from ruggli.cli.commands import COMMANDS, command_of
from ruggli.cli.program import run
from ruggli.cli.shapes import output_names, output_schema

Captured = pytest.CaptureFixture[str]


def told(capsys: Captured, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the one object of a command with --json, which fits its schema."""
    code = run([*words, "--json"])
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, output_schema(command_of(list(words))))
    return code, data


def text(capsys: Captured, *words: str) -> tuple[int, str, str]:
    code = run(words)
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def edited(tmp_path: Path, old: str, new: str) -> str:
    from ruggli.app.builtin import find_protocol

    data = find_protocol("slow-addition")[1].decode()
    assert old in data
    path = tmp_path / "mine.yaml"
    path.write_text(data.replace(old, new), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", protocol_names())
def test_shipped_protocols_are_clean(capsys: Captured, name: str) -> None:
    code, data = told(capsys, "check", name)
    assert (code, data["ok"]) == (0, True)
    assert all(problem["severity"] == "note" for problem in data["problems"])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("volume: 50 mL", "volume: 50 g", "E-DIMENSION"),
        ("volume: 50 mL", "volume: 5,5 mL", "E-NUMBER"),
        ("speed: 400 rpm", "speed: 400", "E-UNIT"),
    ],
)
def test_refusals_show_the_place(capsys: Captured, tmp_path: Path, old: str, new: str, code: str) -> None:
    path = edited(tmp_path, old, new)
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    line = next(number for number, line in enumerate(lines, 1) if new in line)
    exit_code, out, _ = text(capsys, "check", path)
    assert exit_code == 2
    assert f"{path}:{line}:" in out and code in out
    shown = out.splitlines()
    at = next(number for number, row in enumerate(shown) if row.strip() == new)
    assert shown[at + 1].strip() == "^"
    column = shown[at + 1].index("^") - shown[at].index(new)
    assert new.index(":") + 2 <= column <= len(new)  # a missing unit is missed behind the number
    assert "    got: " in out and "    do: " in out


def test_problems_carry_everything_in_json(capsys: Captured, tmp_path: Path) -> None:
    path = edited(tmp_path, "volume: 50 mL", "volume: 50 g")
    code, data = told(capsys, "check", path)
    assert (code, data["ok"]) == (2, False)
    problem = next(problem for problem in data["problems"] if problem["code"] == "E-DIMENSION")
    assert problem["file"] == path and problem["line"] > 1 and problem["column"] > 1
    assert problem["value"] == "50 g" and problem["remedy"]


def test_both_files_are_judged_at_once(capsys: Captured, tmp_path: Path) -> None:
    protocol = edited(tmp_path, "speed: 400 rpm", "speed: 400")
    rig = tmp_path / "rig.yaml"
    rig.write_text("ruggli: 1\nname: x\ndevices: {}\n", encoding="utf-8")
    code, data = told(capsys, "check", protocol, "--rig", str(rig))
    assert code == 2
    assert {problem["file"] for problem in data["problems"]} == {protocol, str(rig)}


def test_at_most_ten_errors_are_shown_and_all_told(capsys: Captured, tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text("ruggli: 1\nname: x\n" + "".join(f"key{n}: 1\n" for n in range(20)), encoding="utf-8")
    _, out, _ = text(capsys, "check", str(path))
    assert out.count(" E-") == 10 and "more errors" in out
    _, data = told(capsys, "check", str(path))
    assert len(data["problems"]) > 19


@pytest.mark.parametrize(
    ("words", "guess"),
    [
        (("check", "rcm-high-dilutoin"), "did you mean rcm-high-dilution"),
        (("check", "slow-addition", "--rig", "bench-havard"), "did you mean bench-harvard"),
        (("check", "slow-addition", "--set", "aditon_time=1 h"), "addition_time"),
        (("check", "slow-addition", "--waive", "pump_c", "--reason", "r", "--by", "b"), "did you mean pump_"),
        (("chekc", "slow-addition"), "Did you mean 'check'"),
        (("schema", "output", "simulat"), "did you mean 'simulate'"),
    ],
)
def test_did_you_mean(capsys: Captured, words: tuple[str, ...], guess: str) -> None:
    code, out, err = text(capsys, *words)
    assert code == 2
    assert guess in out + err


@pytest.mark.parametrize(
    "words",
    [
        ("--set", "addition_time"),
        ("--set", "=1 h"),
        ("--set", "addition_time=1 h", "--set", "addition_time=2 h"),
        ("--waive", "pump_a"),
        ("--reason", "because"),
        ("--accept", "E-UNIT"),
        ("--accept", "E-UNIT=I like it"),
        ("--accept", "W-PORT="),
        ("--accept", "W-PORT=one", "--accept", "W-PORT=another"),
        ("--no-such-option",),
    ],
)
def test_usage_errors(capsys: Captured, words: tuple[str, ...]) -> None:
    code, _, err = text(capsys, "check", "slow-addition", *words)
    assert code == 2 and "Error: " in err
    code, data = told(capsys, "check", "slow-addition", *words)
    assert code == 2
    assert (data["ok"], data["verdict"], data["problems"][0]["code"]) == (False, "refused", "E-USAGE")


def test_a_missing_file_is_one_object_too(capsys: Captured) -> None:
    code, data = told(capsys, "plan", "nowhere/at-all.yaml")
    assert code == 2 and data["verdict"] == "refused"
    assert "no such file" in data["problems"][0]["message"]


def test_an_internal_error_keeps_its_traceback(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("ruggli.app.planning.prepare", broken)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    code, data = told(capsys, "check", "slow-addition")
    assert (code, data["verdict"]) == (3, "error")
    kept = list(tmp_path.rglob("traceback.txt"))
    assert len(kept) == 1 and str(kept[0]) in data["problems"][0]["message"]
    assert "planted" in kept[0].read_text(encoding="utf-8")


def test_warnings_must_be_accepted(capsys: Captured, tmp_path: Path) -> None:
    from ruggli.app.builtin import find_rig

    data = find_rig("example-serial")[1].decode().replace("usb_serial: A10K3XYZ", "path: COM3")
    rig = tmp_path / "rig.yaml"
    rig.write_text(data, encoding="utf-8")
    code, out, _ = text(capsys, "check", "slow-addition", "--rig", str(rig))
    assert code == 2 and "--accept W-PORT" in out
    code, told_ = told(capsys, "check", "slow-addition", "--rig", str(rig), "--accept", "W-PORT")
    assert (code, told_["ok"]) == (0, True)
    assert any(problem["code"] == "W-PORT" for problem in told_["problems"])
    code, told_ = told(capsys, "check", "slow-addition", "--rig", str(rig), "--accept", "W-PORT = COM3 is soldered in")
    assert (code, told_["ok"]) == (0, True)
    code, told_ = told(capsys, "check", "slow-addition", "--rig", str(rig), "--accept", "W-PORT", "--unattended")
    assert code == 2 and any(problem["code"] == "E-PORT" for problem in told_["problems"])


@pytest.mark.skipif(os.name == "nt", reason="permission bits")
def test_a_rig_that_everybody_may_write_is_a_warning(capsys: Captured, tmp_path: Path) -> None:
    run(["new", "rig", str(tmp_path / "rig.yaml")])
    (tmp_path / "rig.yaml").chmod(0o666)
    capsys.readouterr()
    code, data = told(capsys, "check", "slow-addition", "--rig", str(tmp_path / "rig.yaml"))
    assert code == 2 and [p["code"] for p in data["problems"] if p["severity"] == "warning"] == ["W-PERM"]


def test_plan_lists_prompts(capsys: Captured) -> None:
    code, data = told(capsys, "plan", "slow-addition", "--set", "addition_time=10 h")
    assert code == 0 and data["parameters"]["addition_time"] == "10 h"
    assert data["prompts"] and all(prompt["id"] for prompt in data["prompts"])
    code, out, _ = text(capsys, "plan", "slow-addition", "--set", "addition_time=10 h")
    assert code == 0 and "Timeline" in out and "10 h" in out


def test_a_refused_plan_shows_why_and_nothing_else(capsys: Captured) -> None:
    code, out, _ = text(capsys, "plan", "slow-addition", "--set", "volume=500 mL")
    assert code == 2 and "E-RANGE" in out and "Timeline" not in out


@pytest.mark.parametrize("what", ["protocol", "rig"])
def test_new_then_check(capsys: Captured, tmp_path: Path, what: str) -> None:
    path = tmp_path / "mine.yaml"
    code, out, _ = text(capsys, "new", what, str(path))
    assert code == 0 and f"ruggli schema {what}" in out
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema=ruggli-{what}.schema.json"
    words = ["check", str(path)] if what == "protocol" else ["check", "slow-addition", "--rig", str(path)]
    code, data = told(capsys, *words)
    assert (code, data["ok"]) == (0, True)
    code, _, err = text(capsys, "new", what, str(path))
    assert code == 2 and "exists already" in err


@pytest.mark.parametrize("what", ["protocol", "rig"])
def test_schemas_of_files(capsys: Captured, what: str) -> None:
    code, out, _ = text(capsys, "schema", what)
    assert code == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(out))


@pytest.mark.parametrize("name", output_names())
def test_schemas_of_outputs(capsys: Captured, name: str) -> None:
    assert name in COMMANDS
    code, out, _ = text(capsys, "schema", "output", *name.split())
    assert code == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(out))


def test_drivers(capsys: Captured) -> None:
    code, data = told(capsys, "drivers")
    assert code == 0
    assert [driver["name"] for driver in data["drivers"]] == ["new-era", "harvard-pump-11-elite", "ika-rct-digital"]
    assert data["drivers"][1]["models"][0]["dead_man"] is None
    code, out, _ = text(capsys, "drivers")
    assert "hardware: no" in out and "new-era" in out


def test_help_names_every_command(capsys: Captured) -> None:
    code, out, _ = text(capsys, "--help")
    assert code == 0
    assert all(f"  {name} " in out for name in COMMANDS if " " not in name)


@pytest.mark.parametrize("name", [name for name in COMMANDS if COMMANDS[name].place])
def test_every_command_loads_and_has_help(capsys: Captured, name: str) -> None:
    code, out, _ = text(capsys, *name.split(), "--help")
    assert code == 0 and f"Usage: ruggli {name}" in out


def test_a_console_of_few_characters_never_crashes(tmp_path: Path) -> None:
    path = edited(tmp_path, "speed: 400 rpm", "speed: 400 \u2713\u03bc\u4e2d")
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-c", "from ruggli.cli import main; main()", "check", path],
        capture_output=True,
        env=environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert b"400 ?" in done.stdout and b"Traceback" not in done.stderr
