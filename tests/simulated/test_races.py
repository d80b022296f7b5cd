"""A few of the races of `tests/long/races.py`: one of several controllers is master, the others send nothing."""

import importlib
import random
from pathlib import Path
from typing import Any

import pytest

LONG = Path(__file__).resolve().parents[1] / "long"


@pytest.fixture
def races(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(LONG))
    return importlib.import_module("races")


def test_one_of_several_controllers_is_master(races: Any, tmp_path: Path) -> None:
    dice = random.Random(20)
    ports = races.CountingPorts()
    races.make_files(tmp_path, ports)
    racers = races.Racers(tmp_path)
    wrong = [races.one_race(racers, ports, dice.randint(2, races.MOST_RACERS)) for _ in range(20)]
    racers.end()
    assert [text for text in wrong if text] == []
    assert races.program_race(tmp_path, ports, 3) == ""


def test_a_second_master_would_be_seen(races: Any) -> None:
    one = [races.Counted(port, bytes=3) for port in races.PORTS]
    refusal = "another process is master of x: process 1 on y, since z"
    assert races.judge(one, ["won", "refused"], [refusal]) == ""
    assert races.judge(one, ["won", "won"], []) != ""
    assert races.judge([*one, races.Counted("plate")], ["won", "refused"], [refusal]) != ""
    assert races.judge(one, ["won", "refused"], ["another process is master of x"]) != ""
