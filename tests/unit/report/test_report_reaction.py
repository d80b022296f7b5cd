"""The reaction in the report: what was really added goes to the solver, and its bands onto the page."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ruggli.app.reporting import solve
from ruggli.chemistry.kinetics.parameters import Parameter
from ruggli.chemistry.kinetics.worker import answer, read_schedule
from ruggli.errors import RuggliError
from ruggli.journal.reader import JournalView
from ruggli.quantities.base import Celsius, KilojoulesPerMole, Millilitres, Millimoles, Rpm, Seconds
from ruggli.report.account import account_of
from ruggli.report.make import build_report
from ruggli.report.plates import PlateTrack
from ruggli.report.reaction import _pieces, reaction_request
from ruggli.report.warmth import ACTIVATION, mean_kinetic, temperature_of

CONSTANTS = [
    {"name": "k_prime", "value": 1.0, "low": 0.1, "high": 10.0, "unit": "L/mol/s", "mark": "E", "source": "test"},
    {"name": "EM", "value": 0.5, "low": 0.03, "high": 10.0, "unit": "mol/L", "mark": "E", "source": "test"},
    {"name": "k_d", "value": 2e-5, "low": 4e-6, "high": 1e-4, "unit": "1/s", "mark": "E", "source": "test"},
    {"name": "phi", "value": 0.3, "low": 0.1, "high": 0.6, "unit": "1", "mark": "E", "source": "test"},
    {"name": "k_iso", "value": 0.5, "low": 0.1, "high": 2.5, "unit": "L/mol/s", "mark": "E", "source": "test"},
]


def with_reaction(view: JournalView) -> JournalView:
    """The same record of a plan that says which reaction it is."""
    first = view.records[0]
    plan: dict[str, Any] = json.loads(json.dumps(first.data["plan"]))
    dose = next(step["work"] for step in plan["steps"] if step["work"]["kind"] == "dose")
    solutes = [solute for feed in dose["feeds"] for solute in feed["solutes_mol_per_L"]]
    species = dict(zip(solutes, ("M", "Ru"), strict=False))
    plan["reaction"] = {
        "vessel": dose["vessel"],
        "species": species,
        "ring_size": 7,
        "catalyst": "Grubbs II",
        "temperature_degC": 40.0,
        "constants": CONSTANTS,
    }
    opened = replace(first, data={**first.data, "plan": plan})
    return replace(view, records=(opened, *view.records[1:]))


def test_what_was_added_goes_to_the_solver(complete: Any) -> None:
    account = account_of(with_reaction(complete.view))
    asked = reaction_request(account)
    assert asked is not None
    start, request = asked
    schedule = read_schedule(request["schedule"])
    track = next(vessel for vessel in account.vessels if vessel.name == account.plan["reaction"]["vessel"])
    substrate = next(name for name, what in account.plan["reaction"]["species"].items() if what == "M")
    given = track.concentrations[substrate][-1] * track.volumes[-1]
    assert schedule.put_in(schedule.end)["M"] == pytest.approx(given, rel=0.01)
    assert schedule.volume_at(schedule.end) == pytest.approx(track.volumes[-1], rel=0.01)
    begun = next(row.start for row in account.steps if account.plan["steps"][row.number - 1]["work"]["kind"] == "dose")
    assert begun is not None and abs(start - begun) < 5.0


def test_a_dose_that_was_cut_short_gives_less(complete: Any) -> None:
    """As much as came until the record breaks off, and no more."""
    view = with_reaction(complete.view)
    account = account_of(view)
    substrate = next(name for name, what in account.plan["reaction"]["species"].items() if what == "M")
    track = account.vessels[0]
    course = [c * v for c, v in zip(track.concentrations[substrate], track.volumes, strict=True)]
    middle = track.times[next(index for index, amount in enumerate(course) if amount > course[-1] / 2)]
    cut = replace(view, records=tuple(item.record for item in account.records if item.at <= middle))
    whole, half = reaction_request(account_of(view)), reaction_request(account_of(cut))
    assert whole is not None and half is not None
    parts = [read_schedule(asked[1]["schedule"]) for asked in (whole, half)]
    given = [schedule.put_in(schedule.end)["M"] for schedule in parts]
    assert 0.0 < given[1] < 0.8 * given[0]


def test_a_mean_kinetic_temperature_gives_the_mean_of_the_constants() -> None:
    assert mean_kinetic([40.0] * 5) == pytest.approx(40.0)
    at_40 = Parameter("k", 1.0, 0.5, 2.0, "1/s", "E", "x", KilojoulesPerMole(ACTIVATION / 1000.0), Celsius(40.0))
    readings = [40.0, 40.0, 20.0, 30.0]
    mean = sum(at_40.at_temperature(Celsius(reading)).value for reading in readings) / 4
    found = mean_kinetic(readings)
    assert at_40.at_temperature(found).value == pytest.approx(mean) and found > 32.5


def test_only_readings_in_the_vessel_while_it_reacts_count(complete: Any) -> None:
    account = account_of(with_reaction(complete.view))
    asked = reaction_request(account)
    assert asked is not None
    start, request = asked
    end = Seconds(start + request["schedule"]["end_s"])
    vessel = account.plan["reaction"]["vessel"]
    plan = {**account.plan, "devices": [{**row, "measured": row["name"] == "plate"} for row in account.plan["devices"]]}
    heat = {"work": {"kind": "heat", "hotplate": "plate", "vessel": vessel}}
    times = [Seconds(value) for value in (start - 10.0, start, start + 5.0, end, end + 10.0)]
    track = PlateTrack("plate", times, [Celsius(90.0), Celsius(30.0), None, Celsius(30.0), Celsius(90.0)])
    track.plate, track.speed = [None] * 5, [Rpm(0.0)] * 5
    here = replace(account, plan={**plan, "steps": [*plan["steps"], heat]}, plates=(track,))
    assert temperature_of(here, vessel, start, end) == pytest.approx(30.0)
    assert temperature_of(here, "another", start, end) is None
    assert temperature_of(replace(here, plan={**here.plan, "devices": []}), vessel, start, end) is None


def test_the_solver_brings_the_constants_to_the_temperature(complete: Any) -> None:
    asked = reaction_request(account_of(with_reaction(complete.view)))
    assert asked is not None
    known = {"activation_kJ_per_mol": 60.0, "reference_degC": 40.0}
    constants = [{**row, **known} if row["name"] == "k_prime" else row for row in CONSTANTS]
    request = {**asked[1], "samples": 2, "constants": constants}
    cold = answer({**request, "temperature_degC": 25.0})
    same = answer(
        {**request, "temperature_degC": None, "constants": [{**CONSTANTS[0], "value": 0.313689}, *CONSTANTS[1:]]}
    )
    assert cold["yields"]["C"]["value"] == pytest.approx(same["yields"]["C"]["value"], rel=1e-4)
    assert cold["yields"]["C"]["value"] < answer({**request, "temperature_degC": 40.0})["yields"]["C"]["value"]
    assert cold["temperature_degC"] == 25.0


def test_without_a_reaction_nothing_is_solved(complete: Any, no_drawing: Callable[..., Any]) -> None:
    def never(data: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError("nothing is to be solved")

    page = build_report(complete.view, no_drawing, solve=never).files["report.html"].decode()
    assert "expected in the flask" not in page


def test_the_page_has_bands_constants_and_the_caution(complete: Any, no_drawing: Callable[..., Any]) -> None:
    page = build_report(with_reaction(complete.view), no_drawing, solve=answer).files["report.html"].decode()
    for part in ("expected in the flask", "Ring of 7, Grubbs II", "nine in ten of 40 samples", "order of magnitude"):
        assert part in page
    assert "<!-- reaction -->" in page


def test_a_solver_that_fails_is_told(complete: Any, no_drawing: Callable[..., Any]) -> None:
    def fails(data: dict[str, Any]) -> dict[str, Any]:
        raise RuggliError("no scipy here")

    page = build_report(with_reaction(complete.view), no_drawing, solve=fails).files["report.html"].decode()
    assert "could not be solved" in page and "no scipy here" in page


def test_the_solver_is_a_process_of_its_own(complete: Any) -> None:
    asked = reaction_request(account_of(with_reaction(complete.view)))
    assert asked is not None
    request = {**asked[1], "samples": 4}
    assert solve(request) == json.loads(json.dumps(answer(request)))


def test_a_course_is_cut_where_it_bends() -> None:
    def row(time: float, amount: float) -> Any:
        return Seconds(time), Millilitres(10.0), {"M": Millimoles(amount)}

    rows = [row(time, min(time, 50.0)) for time in range(101)]
    cuts = [(float(before[0]), float(after[0])) for before, after in _pieces(rows)]
    assert cuts == [(0.0, 50.0), (50.0, 100.0)]
    held = [row(time, time if time < 30 else 30 if time < 60 else time - 30) for time in range(101)]
    cuts = [(float(before[0]), float(after[0])) for before, after in _pieces(held)]
    assert len(cuts) == 3 and 29.0 <= cuts[1][0] <= 31.0 and 59.0 <= cuts[1][1] <= 61.0
