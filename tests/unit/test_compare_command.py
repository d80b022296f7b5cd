"""`ruggli compare`: what several runs came to, by their journals."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema

Captured = pytest.CaptureFixture[str]
FAST = ("--set", "addition_time=3 min", "--set", "hold_time=1 min")


def simulated(capsys: Captured, runs: Path, answers: dict[str, str], *words: str) -> dict[str, Any]:
    """A dry run of the shipped amide with typed answers; returns its outcome."""
    file = runs / "answers.json"
    file.write_text(json.dumps([{"id": name, "answer": answer} for name, answer in answers.items()]), "utf-8")
    code = run(["simulate", "amide-macrocyclisation", *FAST, *words, "--runs", str(runs), "--no-report",
                "--answers", str(file), "--json"])  # fmt: skip
    outcome: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == 0, outcome
    return outcome


def compared(capsys: Captured, runs: Path, *names: str) -> dict[str, Any]:
    code = run(["compare", *names, "--runs", str(runs), "--json"])
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == 0
    jsonschema.validate(data, output_schema("compare"))
    return data


YIELDS = {"isolated_yield": "62 %"}


def test_runs_stand_side_by_side(capsys: Captured, tmp_path: Path) -> None:
    hatu = simulated(capsys, tmp_path, YIELDS)
    edc = simulated(capsys, tmp_path, {"isolated_yield": "41.5 %"}, "--set", "coupling_reagent=edc")
    data = compared(capsys, tmp_path, hatu["run"], edc["run"])
    assert data["differing"] == ["coupling_reagent"]
    first, second = data["runs"]
    assert (first["run"], first["verdict"], first["simulated"]) == (hatu["run"], "complete", True)
    assert first["settings"]["coupling_reagent"] == "hatu" and second["settings"]["coupling_reagent"] == "edc"
    assert (first["answers"], second["answers"]) == ({"isolated_yield": "62 %"}, {"isolated_yield": "41.5 %"})
    for one, outcome in ((first, hatu), (second, edc)):
        (dose,) = outcome["doses"]
        assert one["delivered_mL"] == dose["delivered_mL"]
        assert dose["truth_mL"] == pytest.approx(20.0, rel=0.005)
        assert one["duration_s"] == pytest.approx(outcome["virtual_seconds"], abs=5)
        assert {(row["result"], row["of"]) for row in one["results"]} == {
            ("conversion", ""), ("area_percent", "ring"), ("area_percent", "dimer")}  # fmt: skip
    assert run(["compare", edc["run"], hatu["run"], "--runs", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:3] == ["run", "coupling_reagent", "verdict"]
    assert lines[2].split()[:2] == [edc["run"], "edc"] and lines[2].endswith("41.5 %") and lines[3].endswith("62 %")
    assert "addition_time" not in lines[1]


def test_the_last_figure_of_an_analysis_counts(capsys: Captured, tmp_path: Path) -> None:
    """The first sample shows 80 %, so that the run waits 2 h and takes a second one."""
    outcome = simulated(capsys, tmp_path, {"analysis.conversion": "80 %"})
    asked = [prompt["id"] for prompt in outcome["prompts"] if "conversion" in prompt["id"]]
    assert len(asked) == 2
    (only,) = compared(capsys, tmp_path, outcome["run"])["runs"]
    values = {(row["result"], row["of"]): row["value"] for row in only["results"]}
    assert values["conversion", ""] == 95


def test_a_run_that_is_not_there_is_told(capsys: Captured, tmp_path: Path) -> None:
    outcome = simulated(capsys, tmp_path, YIELDS)
    assert run(["compare", outcome["run"], "nothing", "--runs", str(tmp_path)]) == 2
    assert "there is no such run" in capsys.readouterr().err


def test_an_interrupted_run_says_so(capsys: Captured, tmp_path: Path) -> None:
    outcome = simulated(capsys, tmp_path, YIELDS)
    journal = tmp_path / outcome["run"] / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[: len(lines) // 2]))
    (only,) = compared(capsys, tmp_path, outcome["run"])["runs"]
    assert (only["verdict"], only["delivered_mL"], only["answers"]) == ("interrupted", [0, 0], {})
