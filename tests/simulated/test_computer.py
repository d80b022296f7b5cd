"""The computer that the controller lives on: it sleeps, its date is set, another process takes its bench."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ruggli.app.doors import Doors
from ruggli.app.mastery import Mastery
from ruggli.errors import LeaseLost
from ruggli.quantities.base import Seconds
from ruggli.world.time import VirtualTime

LONG = {"addition_time": "2 h"}
DOSING = 1500.3
"""Seconds after the start; both pumps run."""
NIGHT = 1800.0


def sleeps(*naps: tuple[float, float]) -> Callable[[Doors], None]:
    """A computer that sleeps at a moment for so many seconds."""

    def world(doors: Doors) -> None:
        for at, seconds in naps:
            doors.loop.call_at(Seconds(at), partial(doors.loop.pass_time, Seconds(at + seconds)))

    return world


def gaps(trial: Any) -> list[str]:
    return [row["text"] for row in trial.of("note") if "slept" in row["text"]]


@pytest.mark.parametrize("within", [0.0, 0.3, 0.699, 0.95])
def test_after_a_sleep_in_mid_dose_flows_are_stopped_and_it_is_asked(desk: Any, within: float) -> None:
    desk.world = sleeps((DOSING + within, NIGHT))
    awake = DOSING + within + NIGHT
    trial = desk.run(settings=LONG, answers=[("hold.1", "resume", 60.0)], watch=[awake + 3.0])
    assert trial.alarms[0] == ("A-AWAY", "controller")
    assert trial.outcome.alarms[0]["value"] in ("1800 s", "1799 s")
    assert not any(trial.flows[awake + 3.0].values())
    assert trial.verdict == "complete", trial.outcome.cause
    trial.check_doses()
    assert trial.outcome.virtual_seconds > 7200 + NIGHT, "no rate was raised to catch up"


def test_a_short_pause_of_the_process_is_no_alarm(desk: Any) -> None:
    desk.world = sleeps((DOSING, 2.0))
    trial = desk.run(settings=LONG)
    assert (trial.verdict, trial.alarms) == ("complete", [])


def test_a_sleep_while_a_question_stands_holds_the_run(desk: Any) -> None:
    desk.world = sleeps((100.0, 60.0))
    trial = desk.run(answers=[("charge", "done", 300.0), ("hold.1", "resume", 60.0)])
    assert trial.alarms == [("A-AWAY", "controller")]
    assert trial.verdict == "complete", trial.outcome.cause


def test_a_sleep_while_the_run_is_held_is_noted(desk: Any) -> None:
    desk.world = sleeps((DOSING + 100, NIGHT))
    trial = desk.run(
        settings=LONG,
        at={DOSING: lambda bench: desk.signals.interrupt()},
        answers=[("hold.1", "resume", NIGHT + 300.0)],
        watch=[DOSING + 100 + NIGHT + 3],
    )
    assert len(gaps(trial)) == 1
    assert "1800 s" in gaps(trial)[0] or "1799 s" in gaps(trial)[0]
    assert not any(trial.flows[DOSING + 100 + NIGHT + 3].values())
    assert trial.verdict == "complete", trial.outcome.cause
    trial.check_doses()


def test_a_sleep_while_a_restart_waits_holds_the_run_again(desk: Any) -> None:
    """The stirrer is stuck, so the restart waits for it when the computer falls asleep."""
    desk.world = sleeps((DOSING + 100, 60.0))
    trial = desk.run(
        settings=LONG,
        faults=[{"at": DOSING, "kind": "stirrer-stop", "target": "plate", "for": "300 s", "er04": False}],
        answers=[("hold.1", "resume", 60.0), ("hold.1", "resume", 600.0)],
    )
    assert trial.alarms == [("A-STIR", "plate"), ("A-AWAY", "controller")]
    assert any("not resumed" in row["text"] and "slept" in row["text"] for row in trial.of("note"))
    states = [row["to"] for row in trial.of("state")]
    assert states[2:9] == ["holding", "held", "restarting", "holding", "held", "restarting", "running"]
    assert trial.verdict == "complete", trial.outcome.cause
    trial.check_doses()


SLOW = [
    {"at": DOSING - 10.0, "kind": "late-reply", "target": name, "count": 40, "delay_s": 0.4}
    for name in ("pump_a", "pump_b", "plate")
]
"""Every reply takes 0.4 s: a look at the bench is under way when something happens."""


def stops(trial: Any) -> dict[str, float]:
    """When the first stop command went to each pump."""
    found: dict[str, float] = {}
    for second, port, direction, data in trial.wire:
        if direction == ">" and b"STP" in data and second >= DOSING:
            found.setdefault(port, second)
    return found


@pytest.mark.parametrize("after", [0.01, 0.1, 0.35, 0.5, 0.69, 0.75])
def test_a_stop_waits_for_no_reply(desk: Any, after: float) -> None:
    def terminate(bench: Any) -> None:
        desk.signals.terminate()

    trial = desk.run(settings=LONG, faults=SLOW, at={DOSING + after: terminate}, tapped=True)
    assert trial.verdict == "stopped"
    assert len(stops(trial)) == 2
    assert max(stops(trial).values()) - DOSING - after <= 0.01
    trial.check_doses(complete=False)


def test_a_sleep_while_the_run_ends_ends_it_all_the_same(desk: Any) -> None:
    desk.world = sleeps((DOSING + 0.2, NIGHT))
    trial = desk.run(settings=LONG, faults=SLOW, at={DOSING: lambda bench: desk.signals.terminate()}, tapped=True)
    assert trial.verdict == "stopped"
    assert max(stops(trial).values()) == pytest.approx(DOSING)
    assert trial.outcome.virtual_seconds > NIGHT
    assert trial.records[-1]["kind"] == "seal"
    assert not any(device.get("motor_mm_per_s") for device in trial.bench.truth()["devices"].values())
    trial.check_doses(complete=False)


TEN_YEARS = 10 * 365 * 86400.0


@pytest.mark.parametrize("step", [TEN_YEARS, -TEN_YEARS, 3600.0, -1.0])
def test_a_date_that_is_set_changes_nothing(desk: Any, step: float) -> None:
    def world(doors: Doors) -> None:
        source = doors.loop._source
        assert isinstance(source, VirtualTime)
        for at in (0.5, 200.0, DOSING, DOSING + 1000.7):
            doors.loop.call_at(Seconds(at), lambda: source.step_wall(step))

    def told(trial: Any) -> list[dict[str, Any]]:
        rows = [{key: row[key] for key in row if key not in ("wall", "hash")} for row in trial.records[1:-1]]
        return [{key: row[key] for key in row if key != "wall_seconds"} for row in rows]

    plain = desk.run(settings=LONG)
    desk.world = world
    stepped = desk.run(settings=LONG)
    assert told(stepped) == told(plain)
    assert stepped.records[-1]["wall"][:4] != plain.records[-1]["wall"][:4] or abs(step) < TEN_YEARS
    assert [data for *_, data in stepped.wire] == [data for *_, data in plain.wire]


class Overtaken:
    """The locks of a process that another one takes for dead at a moment."""

    def __init__(self, doors: Doors, at: float) -> None:
        self.at, self.doors, self.asked = at, doors, 0

    def verify(self) -> None:
        self.asked += 1
        if self.doors.loop.now() >= self.at:
            raise LeaseLost("pump_a: this process is not master any more")


@pytest.mark.parametrize("at", [0.0, 1.5, DOSING, DOSING + 0.5, 5000.0])
def test_a_process_that_is_not_master_any_more_sends_nothing(desk: Any, at: float) -> None:
    def world(doors: Doors) -> None:
        doors.mastery = mastery = Mastery.__new__(Mastery)
        mastery._lock = Overtaken(doors, at)  # type: ignore[assignment]
        mastery._looked_at = 0.0
        mastery.sign = lambda run: None  # type: ignore[method-assign]
        mastery.record = lambda: {"lease": 7}  # type: ignore[method-assign]

    desk.world = world
    trial = desk.run(settings=LONG, tapped=True)
    assert trial.verdict == "error"
    assert "not master any more" in trial.outcome.cause
    late = [data for second, _, direction, data in trial.wire if direction == ">" and second > at + 1.0]
    assert late == []
    assert trial.of("lease")[0]["lease"] == 7
    assert trial.of("end")[0]["verdict"] == "error"
