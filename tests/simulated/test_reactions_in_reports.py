"""The reaction of a recorded run goes to the solver as it was really fed."""

import json
from pathlib import Path
from typing import Any

import pytest

from ruggli.app.records import records_of
from ruggli.chemistry.kinetics.worker import answer, read_schedule
from ruggli.cli.program import run
from ruggli.journal.reader import read_journal
from ruggli.report.account import account_of
from ruggli.report.reaction import reaction_request


def asked_of(tmp_path: Path, capsys: pytest.CaptureFixture[str], *answers: dict[str, str]) -> dict[str, Any]:
    """Simulate the shipped reductive amination, and what the report would have solved."""
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(answers), encoding="utf-8")
    runs = tmp_path / "runs"
    words = ("reductive-amination", "--answers", str(file), "--runs", str(runs), "--no-report", "--json")
    run(["simulate", *words])
    folder = json.loads(capsys.readouterr().out)["folder"]
    asked = reaction_request(account_of(read_journal(records_of(folder))))
    assert asked is not None
    return asked[1]


def test_portions_and_acid_are_as_they_were_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request = asked_of(tmp_path, capsys)
    schedule = read_schedule(request["schedule"])
    assert request["model"] == "reductive-amination" and schedule.amounts["A"] == pytest.approx(10.0)
    given = schedule.put_in(schedule.end)
    assert given["H"] == pytest.approx(15.0, rel=0.01) and given["AcOH"] == pytest.approx(11.0, rel=0.01)
    assert schedule.volume_at(schedule.end) == pytest.approx(111.0, rel=0.01)
    assert request["temperature_degC"] == pytest.approx(25.0, abs=1.0)
    told = answer({**request, "samples": 2})
    assert told["yields"]["P"]["value"] == pytest.approx(0.955, abs=0.01)
    assert told["kept"]["H"]["value"] == pytest.approx(1 / 3, abs=0.02)


def test_half_the_hydride_leaves_the_imine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody adds the third portion: 7.5 mmol for 10 mmol of imine."""
    request = asked_of(tmp_path, capsys, {"id": "hydride.3", "answer": "done", "after": "60 h"})
    schedule = read_schedule(request["schedule"])
    assert schedule.put_in(schedule.end)["H"] == pytest.approx(7.5, rel=0.01)
    told = answer({**request, "samples": 2})
    assert told["yields"]["I"]["value"] > 0.2 and told["kept"]["H"]["value"] < 0.2
