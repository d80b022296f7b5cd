"""A part of the catalyst is charged and the rest dosed: what the simulated flask holds in the end."""

from typing import Any

import pytest

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
