"""Nights with faults: the commit tier, its canary, what has to have happened in it, and the plans that once failed."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from nights.planted import BUGS, planted
from nights.tally import seen_by_cell
from nights.world import SPECIAL_ROWS, Row, World, rows_of

from ruggli.app.trial import night
from ruggli.app.trial.matrix import EXPECTED, cells
from ruggli.app.trial.night import Night
from ruggli.app.trial.night_plan import NightPlan, night_plan
from ruggli.app.trial.shrink import shrink

COMMIT = 2_000
BATCH = 25
REGRESS = sorted((Path(__file__).parents[1] / "regress" / "nights").glob("*.json"))


@pytest.fixture(scope="module")
def rows() -> Iterator[list[Row]]:
    """The commit tier: 2,000 nights, on all processors."""
    firsts = range(0, COMMIT, BATCH)
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        yield [row for found in pool.map(rows_of, firsts, [BATCH] * len(firsts)) for row in found]


@pytest.mark.timeout(1200)
def test_no_night_of_the_commit_tier_breaks_an_invariant(rows: list[Row]) -> None:
    broken = [f"seed {row.seed}: {'; '.join(row.violations)}" for row in rows if row.violations]
    assert broken == []


def test_every_cell_of_the_matrix_was_struck(rows: list[Row]) -> None:
    struck = Counter(row.cell for row in rows if row.cell is not None)
    assert set(struck) == set(cells())
    assert min(struck.values()) >= 2


def test_nights_react_as_the_evidence_says(rows: list[Row]) -> None:
    """A reaction that the tally does not have is a change of behaviour: look at it, then take the tally again."""
    kept = seen_by_cell()
    other = [(row.seed, row.cell, row.seen) for row in rows if row.cell is not None and row.seen not in kept[row.cell]]
    assert other == []


def test_every_kind_of_fault_took_effect(rows: list[Row]) -> None:
    struck = {kind for row in rows for kind in row.struck}
    wanted = {
        *("lost-reply", "late-reply", "doubled-reply", "cut-reply", "garbled-reply", "lost-command", "babble"),
        *("unplug", "replug", "power-cycle", "power-off", "stall", "silent-stall", "leak", "short-fill"),
        *("wrong-diameter", "swap-ports", "pump-panel", "panel", "probe-out", "probe-broken", "frozen"),
        *("heater-stuck", "heater-dead", "stirrer-stop", "stirrer-slip", "over-temperature"),
        *("suspend", "hang", "kill", "second-controller", "disk-full", "sync-fails", "clock-step", "absent"),
        *("driver-raises", "driver-hangs"),
    }
    assert wanted - struck == set()


def test_every_alarm_that_a_night_can_bring_was_raised(rows: list[Row]) -> None:
    raised = {code for row in rows for code in row.alarms} | {code for row in SPECIAL_ROWS for code in row["alarms"]}
    wanted = {
        *(
            "A-AWAY",
            "A-BORE",
            "A-COLD",
            "A-COUNTER",
            "A-GATE",
            "A-HEATER-STUCK",
            "A-LINK",
            "A-NOT-COOLING",
            "A-NOT-HEATING",
        ),
        *("A-OVER-TEMPERATURE", "A-PANEL", "A-POWER", "A-PROBE", "A-PROGRESS", "A-PROMPT", "A-SETTING", "A-STALL"),
        "A-STIR",
    }
    assert wanted - raised == set()


def test_every_edge_of_the_run_was_gone(rows: list[Row]) -> None:
    gone = {edge for row in rows for edge in row.edges}
    wanted = {
        *("idle>preparing", "preparing>running", "running>holding", "holding>held", "held>restarting"),
        *("restarting>running", "restarting>holding", "held>stopping", "stopping>stopped", "running>complete"),
        *("preparing>restarting",),
    }
    assert wanted - gone == set()


@pytest.mark.timeout(300)
def test_the_canary_sings() -> None:
    """A bug that the nights must find: records are not synced before their commands."""
    world = World.here()
    with planted(BUGS[0]):
        assert any(world.row(seed).violations for seed in range(5))


@pytest.mark.parametrize("row", SPECIAL_ROWS, ids=lambda row: str(row["name"]))
def test_a_night_for_what_the_seeds_do_not_bring(row: dict[str, Any]) -> None:
    assert World.here().wrong_with(row) == ""


@pytest.mark.parametrize("path", REGRESS, ids=lambda path: path.stem)
def test_a_plan_that_once_failed(path: Path) -> None:
    plan = night_plan(json.loads(path.read_text(encoding="utf-8")))
    result = World.here().run(plan)
    assert [str(violation) for violation in result.violations] == []


def test_the_same_plan_has_the_same_trace_and_another_seed_another() -> None:
    world = World.here()
    plan = world.short.plan(57)
    assert world.run(plan).trace == world.run(plan).trace
    assert world.run(replace(plan, seed=58)).trace != world.run(plan).trace


def test_a_plan_survives_being_written_down() -> None:
    plan = World.here().short.plan(1234)
    assert night_plan(json.loads(json.dumps(plan.as_json()))) == plan


def test_a_failing_plan_is_shrunk_to_what_fails() -> None:
    faults = tuple({"kind": kind, "target": "pump_a", "at": at} for at, kind in enumerate(("stall", "unplug", "slow")))
    smaller = shrink(NightPlan("x", faults), lambda plan: any(fault["kind"] == "unplug" for fault in plan.faults))
    assert [fault["kind"] for fault in smaller.faults] == ["unplug"]


def test_the_matrix_has_all_its_rows() -> None:
    assert len(EXPECTED) == 33 and len(cells()) == 326


def test_a_night_without_faults_is_complete_and_silent() -> None:
    world = World.here()
    for name in ("all-phases", "reflux", "refill"):
        result = Night(world.scenarios[name], NightPlan(name)).run()
        assert (result.verdict, result.alarms, result.violations) == ("complete", [], [])


def test_a_session_without_end_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A controller that polls for ever: the night breaks it off and says so."""
    world = World.here()
    plan = NightPlan("all-phases")
    assert world.run(plan).violations == []
    planned = world.scenarios["all-phases"].plan.duration
    monkeypatch.setattr(night, "ENDLESS", 60.0 - 3.0 * planned)
    found = world.run(plan)
    assert [violation.invariant for violation in found.violations] == ["I11"]
    assert found.violations[0].at == pytest.approx(60.0, abs=1.0)
