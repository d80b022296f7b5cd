"""What a protocol step costs beside its exchanges and fsyncs: at most 0.5 ms.

    python bench/step_cost.py [--floor PATH/floor.py]

The same 10,000 s of hold as 10 and as 1000 steps, so that both runs poll alike; the difference is the steps. In one
process, with the time spent in fsync taken off. The cost of reading and planning a step is printed apart.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from generated import many_steps, rig_of
from measure import REFERENCE_SECONDS, timed, verdict

from ruggli.app.drivers import cards
from ruggli.app.request import RunRequest
from ruggli.app.run import execute
from ruggli.plan.make import make_plan
from ruggli.plan.settings import PlanSettings
from ruggli.protocol.loader import read_protocol
from ruggli.rig.loader import read_rig

SECONDS = 10_000.0
FEW, MANY = 10, 1000
MOST_MILLISECONDS = 0.5


class Stopwatch:
    """Counts and times the calls of a function."""

    def __init__(self, call: Callable[[int], None]) -> None:
        self._call = call
        self.seconds = 0.0
        self.calls = 0

    def __call__(self, descriptor: int) -> None:
        """Call it."""
        before = time.perf_counter()
        try:
            self._call(descriptor)
        finally:
            self.seconds += time.perf_counter() - before
            self.calls += 1


def one(steps: int, runs: str, synced: Stopwatch) -> tuple[float, float, int]:
    """Seconds for reading and planning, seconds for the run without its fsyncs, and exchanges."""
    began = time.perf_counter()
    protocol = read_protocol(many_steps(steps, SECONDS).encode(), "generated.yaml", {})
    rig = read_rig(rig_of(1).encode(), "rig.yaml")
    plan = make_plan(protocol, rig, cards(), PlanSettings())
    planned, before = time.perf_counter(), synced.seconds
    request = RunRequest(protocol, rig, plan, True, runs, report=False)
    outcome = execute(request, _nobody, _nobody)
    assert outcome.verdict.value == "complete", outcome
    return planned - began, time.perf_counter() - planned - (synced.seconds - before), outcome.exchanges


def _nobody(_: Any) -> None:
    """Nobody looks."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--floor", help="path of the reference program (see dry_run.py), to scale to nominal speed")
    options = parser.parse_args()
    rounds = options.rounds
    synced = Stopwatch(os.fsync)
    os.fsync = synced  # type: ignore[assignment]
    planning, running, references, exchanges = [], [], [], (0, 0)
    with tempfile.TemporaryDirectory() as runs:
        one(FEW, runs, synced)
        for _ in range(rounds):
            few, many = one(FEW, runs, synced), one(MANY, runs, synced)
            planning.append((many[0] - few[0]) / (MANY - FEW))
            running.append((many[1] - few[1]) / (MANY - FEW))
            exchanges = (few[2], many[2])
            if options.floor:
                references.append(timed([sys.executable, options.floor, "pydantic", "1"]).seconds)
    each, reading = 1e3 * statistics.median(running), 1e3 * statistics.median(planning)
    print(f"exchanges            {exchanges[0]} with {FEW} steps, {exchanges[1]} with {MANY}")
    nominal = each * REFERENCE_SECONDS / statistics.median(references) if references else each
    scale = "at nominal speed" if references else "as this machine is"
    print(f"a step in the run    {each:6.3f} ms")
    print(f"  {scale:18} {nominal:6.3f} ms  at most {MOST_MILLISECONDS} ms  {verdict(nominal, MOST_MILLISECONDS)}")
    print(f"reading and planning {reading:6.3f} ms a step")
    print(f"one fsync            {1e3 * synced.seconds / synced.calls:6.3f} ms  ({synced.calls} timed)")


if __name__ == "__main__":
    main()
