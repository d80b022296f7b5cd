"""A seed has the trace that it had when it was pinned, on any Python from 3.11 on.

A trace is a hash over every record of a night and over what the bench holds at its end, so a change of any decision,
command or figure changes it. After a change that is meant: `python tests/long/seeds.py --pin`, in the same commit.
"""

import json
import math
import platform

from nights.world import DIGITS, PINNED, PINNED_SEEDS, World

from ruggli.app.trial.night_plan import NightPlan, night_plan
from ruggli.app.trial.person import Habits

LIBRARY = {"exp": "0x1.709f3d3f9f204p-2", "log": "-0x1.06e5bc9059ba6p+0", "pow": "0x1.11196c7c5a3edp-1"}
"""What `exp`, `log` and `pow` give for one argument on the system that pinned the traces."""


def library() -> dict[str, str]:
    return {"exp": math.exp(-1.0217).hex(), "log": math.log(0.3581).hex(), "pow": math.pow(0.3581, 0.612).hex()}


def test_the_pinned_seeds_have_the_traces_that_they_had() -> None:
    pinned = json.loads(PINNED.read_text("utf-8"))
    assert list(pinned) == [str(seed) for seed in PINNED_SEEDS]
    found = World.here().traces()
    other = {seed: (pinned[seed], trace) for seed, trace in found.items() if trace != pinned[seed]}
    hint = "" if library() == LIBRARY else f"; exp, log or pow of this system round otherwise: {library()}"
    assert other == {}, f"Python {platform.python_version()}{hint}; if meant: python tests/long/seeds.py --pin"


def test_a_trace_tells_nights_apart() -> None:
    pinned = json.loads(PINNED.read_text("utf-8"))
    assert len(set(pinned.values())) == len(pinned)
    assert all(len(trace) == DIGITS and int(trace, 16) >= 0 for trace in pinned.values())


def test_a_night_does_not_tell_how_many_went_before_it() -> None:
    """A port that is not there at the start: the text of the refusal names the bench by a number."""
    world = World.here()
    fault = {"kind": "unplug", "target": "pump_c", "at": 0.0}
    plan = NightPlan("all-phases", (fault,), habits=Habits(resumes=0))
    assert world.run(plan).trace == world.run(plan).trace


def test_a_plan_is_read_as_it_was_written() -> None:
    plan = NightPlan("all-phases", ({"kind": "power-cycle", "target": "pump_a", "at": 9.0},), 3, Habits(), True, True)
    assert night_plan(json.loads(json.dumps(plan.as_json()))) == plan
