"""The judge of the nights can say each of its sentences: what is planted breaks an invariant, and it is told.

I13 (the date changes nothing) is a comparison of two nights, below; every hundredth seed is run twice for I17.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest
from nights.planted import BUGS, attribute
from nights.world import SPECIAL_ROWS, World

from ruggli.app.trial import night
from ruggli.app.trial.night_plan import NightPlan, night_plan
from ruggli.engine import prepare
from ruggli.engine.desk import Desk

Plant = Callable[[ExitStack], None]


def bug(name: str) -> Plant:
    """What plants a kept bug."""
    return next(bug.plant for bug in BUGS if bug.name == name)


def special(name: str) -> NightPlan:
    """The plan of a special night."""
    return night_plan(next(row["plan"] for row in SPECIAL_ROWS if row["name"] == name))


def plan(*faults: Mapping[str, Any]) -> NightPlan:
    """A plain night of the protocol that has every kind of step."""
    return NightPlan("all-phases", faults)


def _from_memory(true: Any) -> Any:
    kept: dict[str, Any] = {}

    def settings_of(conductor: Any, name: str) -> Any:
        if name not in kept:
            kept[name] = yield from true(conductor, name)
        return kept[name]

    return settings_of


def _free_locks(true: Any) -> Any:
    class Free:
        def release(self) -> None:
            """Nothing was taken."""

    return lambda *args: Free()


KILL = {"kind": "kill", "target": "controller", "at": 150.0, "for": 30.0}
STANDS = {"kind": "stirrer-stop", "target": "plate", "at": 150.0}
AWAY = {"kind": "absent", "target": "operator", "at": 1.0}
RUNAWAY = {"kind": "over-temperature", "target": "plate", "rate_K_per_min": 300, "at": 60.0}
WIDER = {"kind": "wrong-diameter", "target": "pump_a", "bore_mm": 20.3, "at": 100.0}

SCRIPTED: list[tuple[str, Plant, NightPlan]] = [
    ("I1", bug("the target is 3 % too large"), special("Ctrl-C in a dose")),
    ("I2", bug("the stored diameter is not compared"), plan(WIDER)),
    ("I3", bug("RUN is sent again after a lost reply"), plan({"kind": "lost-reply", "target": "pump_a", "call": 174})),
    ("I4", bug("a hold stops nothing"), special("asked to end in a dose")),
    ("I5", bug("the over-temperature alarm is off"), plan(RUNAWAY)),
    ("I6", bug("a hold stops the first pump only"), special("asked to end in a dose")),
    ("I7", bug("no record is synced before its command"), plan()),
    ("I8", bug("a dose begins before its syringe is there"), special("asked to end in a dose")),
    ("I9", attribute(prepare, "settings_of", _from_memory), plan(KILL)),
    ("I10", bug("the stall alarm is off"), special("a pump that stalls, and a dose that goes on after it")),
    (
        "I11",
        bug("a driver that fails is passed over"),
        plan({"kind": "driver-raises", "target": "pump_a", "at": 150.0}),
    ),
    (
        "I12",
        attribute(night, "take_ports", _free_locks),
        plan({"kind": "second-controller", "target": "controller", "at": 150.0}),
    ),
    ("I14", bug("the stirring alarm is off"), plan(STANDS)),
    ("I15", bug("RUN is sent again after a lost reply"), plan({"kind": "lost-reply", "target": "pump_a", "call": 174})),
    ("I16", attribute(Desk, "_is_over", lambda true: lambda *args: False), plan(AWAY)),
    ("I18", bug("a question's time is measured by the date"), special("the date an hour on while a question waits")),
]


@pytest.mark.parametrize(("invariant", "plant", "night_of"), SCRIPTED, ids=[row[0] for row in SCRIPTED])
def test_a_scripted_violation_is_told(invariant: str, plant: Plant, night_of: NightPlan) -> None:
    world = World.here()
    clean = world.row_of(night_of)
    assert clean.violations == (), "the plan breaks nothing by itself"
    with ExitStack() as stack:
        plant(stack)
        found = world.row_of(night_of)
    assert invariant in {text.partition(" ")[0].rstrip(":") for text in found.violations}, found.violations


def test_a_night_that_does_not_repeat_is_told() -> None:
    """I17: something that counts on from night to night."""
    from ruggli.journal.writer import Journal

    world = World.here()
    assert world.row_of(plan(), twice=True).violations == ()
    true = Journal.write
    numbers = count()

    def write(self: Any, kind: str, data: Mapping[str, Any], *, durable: bool = False) -> int:
        return true(self, kind, {**data, "number": next(numbers)}, durable=durable)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "write", write)
        assert world.row_of(plan(), twice=True).violations == ("I17: the same seed has another trace",)


@pytest.mark.parametrize("by", [-86_400.0, -3600.0, 3600.0, 30 * 86_400.0])
@pytest.mark.parametrize("at", [1.0, 60.0, 129.0, 160.0, 232.0, 288.5])
def test_a_step_of_the_date_changes_no_volume_and_no_dwell(at: float, by: float) -> None:
    """I13: but for the date, every record is the one of a night without it."""
    world = World.here()
    stepped = world.run(plan({"kind": "clock-step", "target": "clock", "by_s": by, "at": at}))
    assert _told(stepped.journal) == _told(world.run(plan()).journal)
    assert stepped.truth == world.run(plan()).truth


def _told(journal: bytes) -> list[dict[str, Any]]:
    records = [json.loads(line) for line in journal.splitlines()]
    dated = {"wall", "hash", "created", "run", "faults"}
    return [
        {key: value for key, value in record.items() if key not in dated}
        for record in records
        if record["kind"] != "seal"
    ]
