"""Ruggli from Python: what a notebook calls, loaded when it is used."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ruggli
from ruggli.documents.problem import ProblemsError
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


def test_a_warning_is_accepted_with_its_reason(tmp_path: Path) -> None:
    settings = {"addition_time": "3 h"}
    with pytest.raises(ProblemsError, match="W-RCM-04"):
        ruggli.simulate("rcm-high-dilution", settings=settings, runs=str(tmp_path))
    for accept, reasons in ((["W-RCM-04"], None), ({"W-RCM-04": "a test"}, {"W-RCM-04": "a test"})):
        outcome = ruggli.simulate(
            "rcm-high-dilution", settings=settings, accept=accept, runs=str(tmp_path), report=True
        )
        assert outcome.verdict.value == "complete" and outcome.report is not None
        first = ruggli.open_run(outcome.folder).records[0].data
        assert first["accepted"] == ["W-RCM-04"] and first.get("accepted_reasons") == reasons
        assert ("a test" in Path(outcome.report).read_text("utf-8")) == (reasons is not None)


@pytest.mark.parametrize("accept", ["W-RCM-04", ["E-RCM-01"], {"W-RCM-04": " "}])
def test_what_cannot_be_accepted_is_refused(tmp_path: Path, accept: Any) -> None:
    with pytest.raises(InputError, match="accept"):
        ruggli.simulate("rcm-high-dilution", accept=accept, runs=str(tmp_path))
    assert not list(tmp_path.iterdir())
