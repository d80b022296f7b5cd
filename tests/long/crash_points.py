"""Killed before and after every call to a port or the disk, and resumed: never too much, and all of it.

    python tests/long/crash_points.py                 # every moment x three disks x counters kept or lost
    python tests/long/crash_points.py --every 37      # each 37th of them (the commit tier)
    python tests/long/crash_points.py --double 5000   # two crashes at random moments

Four scenarios. A moment is before or after one write to a port, one read of it, one record, one sync. After the crash
the disk has everything that was written, only what was synced, or a torn part; the devices kept their mains or lost
them. What was delivered in the end is looked up in the flask.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nights.world import source  # noqa: E402

from ruggli.app.builtin import find_protocol, find_rig  # noqa: E402
from ruggli.app.trial.night import Night  # noqa: E402
from ruggli.app.trial.night_plan import NightPlan  # noqa: E402
from ruggli.app.trial.person import Habits  # noqa: E402
from ruggli.app.trial.scenario import Scenario, make_scenario  # noqa: E402
from ruggli.quantities.base import Seconds  # noqa: E402
from ruggli.world.chance import Chance  # noqa: E402

SCENARIOS = ("crash-feeds", "crash-refill", "crash-portions", "crash-heat")
DISKS = ("all", "nothing", "torn")
HABITS = Habits(answers_after=Seconds(1.0), comes_after=Seconds(5.0), resumes=3)
KEPT, LOST = 0.005, 0.02
"""Part of the planned volume that may be missing after one crash with the counter kept, and with it lost."""

Point = tuple[str, tuple[tuple[int, str, bool], ...]]
"""A scenario, and for each crash its moment, what the disk keeps, and whether the mains go."""


@cache
def scenario(name: str) -> Scenario:
    """A scenario, planned once in a process."""
    return make_scenario(name, source(f"{name}.yaml", find_protocol), source("small-syringes.yaml", find_rig))


def moments(name: str) -> int:
    """How many moments a run without a crash has."""
    return Night(scenario(name), NightPlan(name, habits=HABITS), count_calls=True).run().calls


def crash(point: Point) -> tuple[Point, str, float, list[str]]:
    """One night; the point, the verdict, the worst error as a part of planned, and what is wrong."""
    name, kills = point
    faults = tuple(
        {"kind": "kill", "target": "controller", "call": moment, "disk": disk, "power": power, "for": 13 + moment % 9}
        for moment, disk, power in kills
    )
    try:
        result = Night(scenario(name), NightPlan(name, faults, habits=HABITS)).run()
    except Exception as error:
        return point, "fell", 0.0, [f"the program fell with {type(error).__name__}: {error}"]
    wrong = [str(violation) for violation in result.violations]
    planned = {feed.solution: 0.0 for feed in _feeds(scenario(name))}
    for feed in _feeds(scenario(name)):
        planned[feed.solution] += feed.planned
    held = result.truth["vessels"]["flask"]["liquids_mL"]
    allowed = LOST if any(power for _, _, power in kills) else KEPT * len(kills)
    worst = 0.0
    for solution, volume in planned.items():
        away = held.get(solution, 0.0) / volume - 1
        worst = max(worst, abs(away))
        if away > 0.005 or (result.verdict == "complete" and away < -allowed):
            wrong.append(f"{solution}: {100 * away:+.2f} % of {volume:g} mL")
    if result.verdict != "complete":
        wrong.append(f"ended {result.verdict}: {result.reactions}")
    return point, result.verdict, worst, wrong


def _feeds(made: Scenario) -> list[Any]:
    from ruggli.app.trial.expectations import doses_of

    return [feed for step in made.plan.steps for dose in doses_of(step) for feed in dose.feeds]


def single(every: int) -> Iterator[Point]:
    """Every moment, or each n-th of them."""
    number = 0
    for name in SCENARIOS:
        for moment in range(moments(name)):
            for disk in DISKS:
                for power in (False, True):
                    if number % every == 0:
                        yield name, ((moment, disk, power),)
                    number += 1


def double(count: int, seed: int) -> Iterator[Point]:
    """Two crashes: the second in the first seconds of what follows the first."""
    chance = Chance(seed).stream("double crashes")
    lengths = {name: moments(name) for name in SCENARIOS}
    for _ in range(count):
        name = chance.one_of(SCENARIOS)
        first = chance.below(lengths[name])
        second = first + 1 + chance.below(250)
        yield (
            name,
            tuple((at, chance.one_of(DISKS), chance.happens(0.3)) for at in (first, second)),
        )


def run(points: Iterator[Point], jobs: int) -> int:
    """Run all; returns how many are wrong."""
    began, bad, worst = time.perf_counter(), 0, 0.0
    verdicts: Counter[str] = Counter()
    with ProcessPoolExecutor(jobs) as pool:
        for point, verdict, away, wrong in pool.map(crash, points, chunksize=64):
            verdicts[verdict] += 1
            worst = max(worst, away)
            if wrong:
                bad += 1
                print(f"WRONG {point}: {'; '.join(wrong)}", flush=True)
    seconds = time.perf_counter() - began
    told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
    print(f"{verdicts.total():,} crash points: {bad} wrong; {told}; worst error {100 * worst:.2f} %; {seconds:.0f} s")
    return bad


def main() -> int:
    """0 when nothing is wrong."""
    parser = argparse.ArgumentParser(description="Crash points.")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--double", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    points = double(options.double, options.seed) if options.double else single(options.every)
    return 1 if run(points, options.jobs) else 0


if __name__ == "__main__":
    sys.exit(main())
