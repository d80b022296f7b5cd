"""The simulated flask reacts while the real engine doses it: what goes wrong on the bench shows in ring and dimer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from ruggli.chemistry.kinetics.macrocyclisation import INPUTS
from ruggli.chemistry.kinetics.schedule import Feed, Schedule
from ruggli.chemistry.kinetics.schemes import model_of
from ruggli.chemistry.kinetics.solve import solve
from ruggli.cli.outcome import outcome_text
from ruggli.cli.shapes import output_schema
from ruggli.quantities.base import Millilitres, Millimoles, Seconds
from ruggli_simulator.description import ReactionDescription

QUICK = {"addition_time": "1 h", "hold_time": "30 min", "scavenger_time": "10 min"}
SMALL_EM = "reaction: {EM: 5 mM}"


def rig(simulation: str = SMALL_EM, ambient: str = "20 degC") -> Callable[[str], str]:
    """The built-in rig with a part `simulation`."""
    return lambda text: text.replace("devices:", f"simulation: {{{simulation}}}\ndevices:", 1).replace(
        "ambient: 20 degC", f"ambient: {ambient}"
    )


def flask(trial: Any) -> dict[str, Any]:
    told: dict[str, Any] = trial.bench.truth()["vessels"]["flask"]
    return told


def yields(trial: Any) -> dict[str, float]:
    told: dict[str, float] = flask(trial)["reaction"]["yields"]
    return told


def coupled(trial: Any) -> float:
    return sum(yields(trial)[name] for name in ("D", "CD", "U"))


def rcm(desk: Any, mend: Callable[[str], str] = rig(), **options: Any) -> Any:  # noqa: B008
    settings = {**QUICK, **options.pop("settings", {})}
    return desk.run("rcm-high-dilution", settings=settings, mend=mend, **options)


class Course:
    """The truth of the flask, every so many seconds; `looks` goes to the desk's `at`."""

    def __init__(self, until: float, every: float) -> None:
        self.rows: list[tuple[float, dict[str, Any]]] = []
        self.looks = {every * number: self._look for number in range(1, round(until / every))}

    def last_alive(self) -> float:
        """Live catalyst before the scavenger, mmol."""
        alive = [float(row["reaction"]["species_mmol"]["Ru"]) for _, row in self.rows]
        return next(amount for amount in reversed(alive) if amount > 0.0)

    def _look(self, bench: Any) -> None:
        truth = bench.truth()
        self.rows.append((truth["time_s"], truth["vessels"]["flask"]))


def solved(trial: Any, rows: list[tuple[float, dict[str, Any]]]) -> Mapping[str, float]:
    """Amounts at the last look, by the reference model, from what was in the flask at the first and came in."""
    reaction = trial.plan.reaction
    constants = {constant.name: constant.value for constant in reaction.constants} | {"EM": 0.005}
    start, held = rows[0]
    feeds = []
    for (since, before), (until, after) in zip(rows, rows[1:], strict=False):
        volume = Millilitres(after["volume_mL"] - before["volume_mL"])
        gain = {
            species: Millimoles(after["amounts_mmol"][name] - before["amounts_mmol"][name])
            for name, species in reaction.species.items()
        }
        if volume > 0:
            feeds.append(Feed(volume, gain, Seconds(since - start), Seconds(until - since)))
    model = model_of(reaction.model, constants)
    species = held["reaction"]["species_mmol"]
    inputs = {name: Millimoles(species[name]) for name in INPUTS if name in species}
    end = Seconds(rows[-1][0] - start)
    schedule = Schedule(Millilitres(held["volume_mL"]), inputs, tuple(feeds), (), end)
    return solve(model, schedule, (end,)).moments[-1].amounts


def test_a_whole_dry_run_agrees_with_the_reference_model(desk: Any) -> None:
    """The shipped metathesis, from its first minute to the end of the hold, with constants of one temperature."""

    def steady(bench: Any) -> None:
        bench.react("flask", replace(bench.vessel("flask").reaction.described, activation={}))

    course = Course(7200.0, 30.0)
    trial = rcm(desk, at=course.looks, before=steady)
    assert trial.verdict == "complete"
    begun = {record["step"]: record["t"] for record in trial.of("step") if record["what"] == "begin"}
    rows = [row for row in course.rows if begun["addition"] + 60 <= row[0] <= begun["analysis"]]
    assert len(rows) > 150
    expected, found = solved(trial, rows), rows[-1][1]["reaction"]["species_mmol"]
    assert found["C"] > 0.3
    assert found["D"] > 0.01
    assert found.keys() - expected.keys() == {"L"}
    for name in found.keys() & expected.keys():
        assert found[name] == pytest.approx(expected[name], rel=1e-3, abs=1e-6), name


def test_a_syringe_of_substrate_of_another_bore_than_believed_shows(desk: Any) -> None:
    """A narrow one feeds less and more slowly: less couples. A wide one feeds faster, until it is empty too early."""
    right = rcm(desk)
    narrow = rcm(desk, rig(f"{SMALL_EM}, physical_bore: {{pump_a: 29 mm}}"))
    wide = rcm(desk, rig(f"{SMALL_EM}, physical_bore: {{pump_a: 34.5 mm}}"))
    assert right.verdict == narrow.verdict == "complete"
    assert flask(narrow)["reaction"]["units_put_in_mmol"] < 0.85 * flask(right)["reaction"]["units_put_in_mmol"]
    assert coupled(narrow) < 0.95 * coupled(right)
    assert ("A-STALL", "pump_a") in wide.alarms
    highest = [flask(trial)["reaction"]["peak_concentrations_mM"]["M"] for trial in (narrow, right, wide)]
    assert highest[0] < 0.9 * highest[1]
    assert highest[1] < 0.97 * highest[2]


def test_a_syringe_of_catalyst_that_is_narrower_leaves_substrate_over(desk: Any) -> None:
    right = rcm(desk)
    narrow = rcm(desk, rig(f"{SMALL_EM}, physical_bore: {{pump_b: 12 mm}}"))
    assert flask(narrow)["amounts_mmol"]["grubbs_2"] < 0.5 * flask(right)["amounts_mmol"]["grubbs_2"]
    assert yields(narrow)["M"] > yields(right)["M"] + 0.05
    assert yields(narrow)["C"] < yields(right)["C"]


@pytest.mark.parametrize("pump", ["pump_a", "pump_b"])
def test_a_stalled_pump_that_goes_on_later_shows(desk: Any, pump: str) -> None:
    """Both feeds wait while what is in the flask reacts on: the open chain falls, ring is gained, dimer lost."""
    stall = [{"at": 2000.0, "kind": "stall", "target": pump}]
    course = Course(4000.0, 20.0)
    calm = rcm(desk)
    late = rcm(desk, faults=stall, answers=[("hold.1", "resume", 1500.0)], at=course.looks)
    assert late.verdict == "complete", late.outcome.cause
    assert late.alarms
    open_chain = {time: row["reaction"]["species_mmol"]["M"] for time, row in course.rows}
    assert open_chain[3400.0] < 0.8 * open_chain[2000.0]
    assert yields(late)["C"] > yields(calm)["C"]
    assert coupled(late) < coupled(calm)


def test_a_hold_of_the_hands_shows(desk: Any) -> None:
    """What is in the flask reacts on, and the catalyst dies, while the run waits for an answer."""
    early, late = Course(12000.0, 30.0), Course(12000.0, 30.0)
    short = rcm(desk, answers=[("analysis", "consumed", 1.0)], at=early.looks)
    long = rcm(desk, answers=[("analysis", "consumed", 500.0)], at=late.looks)
    assert late.last_alive() < early.last_alive()
    assert yields(long)["M"] < yields(short)["M"]
    assert yields(long)["C"] > yields(short)["C"]


def test_all_at_once_gives_dimer_and_slow_addition_ring(desk: Any) -> None:
    fast = rcm(desk, settings={"addition_time": "3 min"})
    slow = rcm(desk, settings={"addition_time": "8 h"})
    assert fast.verdict == slow.verdict == "complete"
    assert coupled(fast) > 1.3 * coupled(slow)
    assert yields(slow)["C"] > yields(fast)["C"]


def test_polls_and_looks_do_not_change_the_flask(desk: Any) -> None:
    calm = rcm(desk)
    looks = {1000.0 + 0.37 * number: (lambda bench: bench.truth()) for number in range(3000)}
    watched = rcm(desk, at=looks)
    for name, value in flask(calm)["reaction"].items():
        assert flask(watched)["reaction"][name] == (value if isinstance(value, str) else pytest.approx(value, rel=1e-9))


def test_off_in_the_rig_file_leaves_the_flask_alone(desk: Any) -> None:
    on, off = rcm(desk, rig("reaction: {}")), rcm(desk, rig("reaction: off"))
    assert "reaction" not in flask(off)
    assert off.outcome.flasks == ()
    assert on.outcome.flasks[0]["yields"] == yields(on)
    assert "default" in on.outcome.flasks[0]["caution"]
    without = {**flask(on)}
    without.pop("reaction")
    assert without == flask(off)
    assert on.outcome.exchanges == off.outcome.exchanges


def test_the_outcome_tells_the_flask_in_its_shape_and_in_words(desk: Any) -> None:
    trial = rcm(desk)
    told = json.loads(json.dumps({"ok": True, **trial.outcome.as_json()}))
    jsonschema.validate(told, output_schema("simulate"))
    assert told["simulated_flasks"][0]["yields"]["C"] == yields(trial)["C"]
    text = outcome_text(trial.outcome)
    assert f"ring {100 * yields(trial)['C']:.3g} %" in text
    assert "constants are defaults" in text
    assert "mL at 25 degC and 1 atm" in text
    (truth,) = trial.of("truth")
    assert truth["vessels"]["flask"]["reaction"]["yields"] == pytest.approx(yields(trial))
    assert "simulated_flasks" not in trial.of("end")[0]
    assert trial.plan.reaction is not None


def test_a_rig_file_changes_constants(desk: Any) -> None:
    quick = rcm(desk, rig("reaction: {k_prime: 10 L/mol/s, k_d: 0 1/s, k_red: 1 L/mol/s}"))
    assert yields(quick)["C"] > 0.99
    highest, litres = flask(quick)["reaction"]["peak_concentrations_mM"]["Ru"], flask(quick)["volume_mL"] / 1000
    assert highest * litres == pytest.approx(0.05, rel=1e-3)  # none died before the scavenger


def test_the_quench_of_the_shipped_amination_gives_the_gas_of_the_plan(desk: Any) -> None:
    trial = desk.run("reductive-amination")
    assert trial.verdict == "complete", trial.outcome.cause
    told = flask(trial)["reaction"]
    acid = 41.0 - told["species_mmol"]["AcOH"] - told["species_mmol"]["BA"] - 2 * told["species_mmol"]["H"]
    assert told["gas_mL"]["CO2"] == pytest.approx(24.4654 * acid, rel=1e-3)
    assert told["gas_mL"]["CO2"] > 900
    assert told["yields"]["P"] > 0.9
    assert told["heat_J"] > 1500
    assert trial.outcome.flasks[0]["gas_mL"] == told["gas_mL"]


HYDRIDE = """\
ruggli: 1
name: Hydride
description: A hydride is added in portions to an imine.
prompts: {timeout: 10 min, on_timeout: hold}
reagents:
  imine: {name: cyclic imine, role: substrate, molar_mass: 198.266 g/mol, limiting: true, amount: 120 mmol}
  hydride: {name: hydride, role: reagent, molar_mass: 211.941 g/mol, equivalents: 1.2 eq}
  dce: {name: "1,2-dichloroethane", role: solvent, cas: 107-06-2}
vessels:
  flask: {role: reaction, vented: true}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: dce, volume: 150 mL}, {what: imine}]}
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
STEPS
  - {id: reaction, do: hold, vessel: flask, duration: 2 h, class: feed, hold: {at_most: 2 h}}
  - {id: cool, do: cool, vessel: flask, to: 25 degC}
"""
WARM = "  - {id: warm, do: heat, vessel: flask, to: 35 degC, class: feed, hold: {at_most: 2 h}}\n"
PORTIONS = """\
  - id: hydride
    do: portions
    into: flask
    what: hydride
    count: 4
    interval: 20 min
    gate: {below: 40 degC, hysteresis: 1 K}
    class: portion_addition
    hold: {at_most: 60 min}
"""
REDUCTION = ReactionDescription.from_dict(
    {
        "model": "reductive-amination",
        "species": {"imine": "I", "hydride": "H"},
        "constants": {"k_red": 6e-3},
        "activation_kJ_mol": {"k_red": 90.0},
        "reference_degC": {"k_red": 35.0},
        "heats_kJ_mol": {"k_red": -150.0},
    }
)


def reduced(desk: Any, steps: str, course: Course) -> Any:
    return desk.run(
        HYDRIDE.replace("STEPS\n", steps),
        mend=rig("reaction: off", ambient="3 degC"),
        before=lambda bench: bench.react("flask", REDUCTION),
        at=course.looks,
    )


def test_hydride_that_accumulates_in_a_cold_flask_runs_away_and_is_caught(desk: Any) -> None:
    """Portion by portion in a cold flask nearly nothing reacts, and every gate passes; then the flask is warmed."""
    course = Course(7000.0, 10.0)
    trial = reduced(desk, PORTIONS + WARM, course)
    before = next(row for time, row in course.rows if time > 3605)["reaction"]["species_mmol"]
    assert before["H"] > 120
    assert before["I"] > 100
    assert ("A-RUNAWAY", "plate") in trial.alarms
    assert trial.verdict == "held"
    truth = trial.bench.truth()["devices"]["plate"]
    assert truth["heater_power_W"] == 0
    assert flask(trial)["max_temperature_degC"] > 40
    assert trial.plan.steps[3].id == "warm"
    assert [record["step"] for record in trial.of("step")][-1] == "warm"


def test_the_same_hydride_in_a_warm_flask_reacts_as_it_comes(desk: Any) -> None:
    trial = reduced(desk, WARM + PORTIONS, Course(10.0, 5.0))
    assert trial.verdict == "complete", trial.outcome.cause
    assert not trial.alarms
    assert flask(trial)["max_temperature_degC"] < 40
    assert flask(trial)["reaction"]["yields"]["P"] > 0.9


def test_a_scavenger_ends_a_metathesis(desk: Any) -> None:
    short, long = (rcm(desk, settings={"scavenger_time": time}) for time in ("10 min", "40 h"))
    assert flask(long)["reaction"]["species_mmol"]["Ru"] == 0.0
    assert yields(short)["M"] > 0.01  # or there would be nothing left to react
    assert yields(long) == pytest.approx(yields(short), abs=1e-6)
