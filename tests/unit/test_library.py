"""Ruggli from Python: what a notebook calls, loaded when it is used."""

import subprocess
import sys
from pathlib import Path

import pytest

import ruggli
from ruggli.errors import InputError


def test_a_protocol_is_loaded_planned_and_dry_run(tmp_path: Path) -> None:
    file = ruggli.load_protocol("slow-addition", {"addition_time": "5 min"})
    assert file.parameters["addition_time"] == "5 min"
    assert ruggli.load_rig().rig.name == "simulated bench"
    plan = ruggli.plan_protocol("slow-addition", settings={"addition_time": "5 min"})
    assert not plan.blocking(frozenset())
    outcome = ruggli.simulate("slow-addition", settings={"addition_time": "5 min"}, runs=str(tmp_path))
    assert outcome.verdict.value == "complete"
    (dose,) = outcome.doses
    assert dose["truth_mL"] == pytest.approx(20.0, rel=0.005)
    journal = ruggli.open_run(outcome.folder)
    assert journal.sealed and journal.last("end") is not None


def test_a_refused_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="E-NUMBER"):
        ruggli.simulate("slow-addition", settings={"addition_time": "5,5 h"}, runs=str(tmp_path))
    with pytest.raises(InputError):
        ruggli.plan_protocol("no-such-protocol")


def test_nothing_heavy_is_loaded_before_it_is_used() -> None:
    code = "import ruggli, sys; assert 'simulate' in dir(ruggli); print('ruggli.app' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    with pytest.raises(AttributeError):
        getattr(ruggli, "no_such_thing")  # noqa: B009
