"""A part of the catalyst is charged and the rest dosed: what the simulated flask holds in the end."""

import json
from pathlib import Path
from typing import Any

import pytest

from ruggli.app.builtin import find_protocol
from ruggli.cli.program import run

CHARGE = "contents: [{what: toluene, volume: 50 mL}"


def test_charged_and_dosed_catalyst_add_up_in_the_flask(desk: Any) -> None:
    text = desk.dual()
    assert CHARGE in text
    text = text.replace(CHARGE, f"{CHARGE}, {{what: catalyst_solution, volume: 1.5 mL}}")
    trial = desk.run(text, settings={"volume_a": "4 mL", "volume_b": "4 mL"})
    assert (trial.verdict, trial.alarms) == ("complete", [])
    trial.check_doses()
    (dosed,) = (row for row in trial.outcome.doses if row["solution"] == "catalyst_solution")
    assert dosed["planned_mL"] == 2.5 and dosed["truth_mL"] == pytest.approx(2.5, abs=0.01)
    flask = trial.bench.truth()["vessels"]["flask"]
    whole = desk.run(settings={"volume_a": "4 mL", "volume_b": "4 mL"}).bench.truth()["vessels"]["flask"]
    assert flask["liquids_mL"]["catalyst_solution"] == pytest.approx(4.0, abs=0.01)
    assert flask["amounts_mmol"]["catalyst"] == pytest.approx(0.05, rel=0.01)
    assert flask["amounts_mmol"] == pytest.approx(whole["amounts_mmol"], rel=0.01)


def test_a_sweep_of_faults_knows_what_was_charged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its baseline would break the judge's bound on what a vessel may hold of a solution."""
    file, charge = tmp_path / "charged.yaml", "        volume: $flask_volume\n"
    text = find_protocol("rcm-high-dilution")[1].decode()
    assert charge in text
    file.write_text(
        text.replace(charge, f"{charge}      - {{what: catalyst_solution, volume: 2 mL}}\n"), encoding="utf-8"
    )
    words = ("faultsweep", str(file), "--set", "addition_time=4 h", "--accept", "W-RCM-05", "--fault", "F22")
    assert run([*words, "--times", "1", "--jobs", "1", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert abs(row["worst_over_dose_percent"]) < 0.1
