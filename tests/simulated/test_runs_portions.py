"""A series of portions against a flask that reacts: what the probe sees, and what really is in the flask."""

from typing import Any

import pytest

PORTION = 25.0
"""mmol of hydride; 50 mmol of substrate are used up by two of the three portions."""


def heats(trial: Any) -> list[tuple[int, str]]:
    return [(record["portion"], record["what"]) for record in trial.of("portion_heat")]


def given(trial: Any) -> list[int]:
    return [record["portion"] for record in trial.of("portion_given")]


def species(trial: Any) -> dict[str, float]:
    held: dict[str, float] = trial.bench.truth()["vessels"]["flask"]["reaction"]["species_mmol"]
    return held


def test_a_warm_flask_runs_through(desk: Any) -> None:
    trial = desk.portions()
    assert trial.verdict == "complete" and trial.alarms == []
    assert given(trial) == [1, 2, 3]
    assert heats(trial) == [(1, "seen"), (2, "seen")], "no substrate is left for the third"
    assert species(trial)["P"] > 40.0


def test_a_cold_flask_stops_the_series_and_holds_one_portion_only(desk: Any) -> None:
    """An ice-salt bath: hardly anything reacts, and nothing more is added to what piles up."""
    trial = desk.portions(ambient="-10 degC")
    assert trial.verdict == "held"
    assert trial.alarms == [("A-NO-HEAT", "plate")]
    assert given(trial) == [1] and heats(trial) == [(1, "not seen")]
    (record,) = trial.of("portion_heat")
    assert record["rise_K"] < 0.5 and record["after_s"] == 600.0
    assert 0.9 * PORTION < species(trial)["H"] <= PORTION, "it has piled up, and it is one portion"
    alarm = trial.outcome.alarms[0]
    assert "portion 1 of 3 of hydride" in alarm["text"] and alarm["bound"] == "at least 0.5 K within 10 min"


def test_the_question_of_the_hold_says_what_to_do(desk: Any) -> None:
    trial = desk.portions(ambient="-10 degC")
    question = next(record["text"] for record in trial.of("prompt") if record["id"] == "hold.1")
    assert "piles up" in question and "warm carefully, analyse" in question and "resume" in question


def test_going_on_all_the_same_is_in_the_record_and_ends_in_the_next_hold(desk: Any) -> None:
    trial = desk.portions(("hold.1", "resume"), ambient="-10 degC")
    assert trial.verdict == "held"
    assert heats(trial) == [(1, "not seen"), (1, "gone on"), (2, "not seen")]
    assert given(trial) == [1, 2]
    answer = next(record for record in trial.of("answer") if record["id"] == "hold.1")
    gone_on = next(record for record in trial.of("portion_heat") if record["what"] == "gone on")
    assert answer["answer"] == "resume" and answer["n"] < gone_on["n"]


def test_a_flask_taken_out_of_the_cold_warms_and_gives_no_heat(desk: Any) -> None:
    """Hardly anything reacts, and the flask warms by 0.3 K/min all the while, 3 K in the time of the watch."""
    ramp = [{"at": 3300.0, "kind": "over-temperature", "target": "plate", "rate_K_per_min": 0.3}]
    trial = desk.portions(ambient="-10 degC", faults=ramp)
    assert given(trial) == [1] and trial.verdict == "held"


def test_still_bubbling_keeps_the_next_portion_back(desk: Any) -> None:
    trial = desk.portions(("hydride.2.quiet", "still bubbling"), ("hydride.2.quiet", "still bubbling"),
                          ("hydride.2.quiet", "quiet"))  # fmt: skip
    assert trial.verdict == "complete"
    first, second, third = (record["t"] for record in trial.of("portion"))
    assert second - first > 900.0 + 600.0 > 900.0 < third - second < 960.0
    opened = [record["opens"] for record in trial.of("portion_gate") if record["id"] == "hydride.2.quiet"]
    assert opened == [False, False, True]


def test_the_quench_by_vent_stays_within_what_the_vent_bears(desk: Any) -> None:
    """The truth: the gas that really leaves the flask, of carbon dioxide and hydrogen together, mL/min."""
    trial = desk.portions()
    gas = trial.bench.truth()["vessels"]["flask"]["reaction"]["fastest_gas_mL_min"]
    assert 50.0 < gas["CO2"] + gas["H2"] <= 100.0
    (row,) = [row for row in trial.outcome.doses if row["solution"] == "saturated"]
    assert row["truth_mL"] == pytest.approx(40.0, rel=0.005)


def test_a_quench_faster_than_the_vent_would_have_been_too_much(desk: Any) -> None:
    """What the planner refuses is really too much: the same flask with a vent that bears it."""
    plan = desk.portions_planned("5 mL/min")
    assert "E-VENT" in {problem.code for problem in plan.problems}
    trial = desk.portions(rate="5 mL/min", vent="1 L/min")
    gas = trial.bench.truth()["vessels"]["flask"]["reaction"]["fastest_gas_mL_min"]
    assert gas["CO2"] > 100.0


BY_PUMP = """\
ruggli: 1
name: portions by pump
prompts: {timeout: 10 min, on_timeout: hold}
reagents:
  substrate: {name: substrate, role: substrate, molar_mass: 200 g/mol, limiting: true, amount: 10 mmol}
  reagent: {name: reagent, role: reagent, molar_mass: 100 g/mol, equivalents: 1 eq}
  toluene: {name: toluene, role: solvent}
solutions:
  reagent_solution: {solutes: [reagent], solvent: toluene, volume: 6 mL}
vessels:
  flask: {role: reaction}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: toluene, volume: 100 mL}, {what: substrate}]}
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
  - id: add
    do: portions
    into: flask
    what: reagent_solution
    rate: 2 mL/min
    count: 3
    interval: 5 min
    gate: {below: 30 degC}
    heat: {rise: 0.5 K, within: 5 min}
"""


def test_a_pump_that_gets_no_heat_for_a_portion_gives_no_other(desk: Any) -> None:
    trial = desk.run(BY_PUMP)
    assert trial.verdict == "held" and trial.alarms == [("A-NO-HEAT", "plate")]
    assert trial.dose("reagent_solution")["truth_mL"] == pytest.approx(2.0, abs=0.011)
    (record,) = trial.of("portion_heat")
    (end,) = trial.of("portion_given")
    assert record["t"] - end["t"] == pytest.approx(300.0, abs=1.5), "counted from the end of the portion"


def test_a_pump_goes_on_where_the_flask_warms_with_each_portion(desk: Any) -> None:
    """The bench warms the flask by 1 K in the minute after each portion began."""
    first = desk.run(BY_PUMP).of("portion")[0]["t"]
    ramp = {"kind": "over-temperature", "target": "plate", "rate_K_per_min": 1.0, "for": 60.0}
    trial = desk.run(BY_PUMP, faults=[{**ramp, "at": first + 30.0 + number * 360.0} for number in range(3)])
    assert trial.verdict == "complete", trial.outcome.cause
    assert heats(trial) == [(1, "seen"), (2, "seen"), (3, "seen")]
    trial.check_doses()
