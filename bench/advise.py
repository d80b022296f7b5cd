"""What advice costs: 2,000 candidates of the shipped metathesis protocol, each planned on the bench and solved.

    python bench/advise.py

Printed with the goal of 30 s on two processors; then the same with a confidence, which solves up to 64 sets of
constants for every candidate that meets the target.
"""

import os
import time

from measure import verdict

from ruggli.app.advising import Advice, Question, advise
from ruggli.app.planning import Ask
from ruggli.plan.advice.target import read_targets
from ruggli.world.process import processors

GOAL = 30.0
CANDIDATES = 2000
ASKED = 2300
"""Some of them fall together when they are rounded to three digits."""


def timed(confidence: float, candidates: int) -> tuple[float, float, Advice]:
    """Seconds, processor seconds of the processes that search (0 where the system does not tell), and advice."""
    began, used = time.perf_counter(), os.times().children_user
    targets = read_targets(["ring > 90 %"])
    found = advise(Ask("rcm-high-dilution"), Question(targets, "time", confidence, candidates=candidates))
    return time.perf_counter() - began, os.times().children_user - used, found


def main() -> None:
    """Measure and print."""
    seconds, used, found = timed(0.0, ASKED)
    assert found.tried >= CANDIDATES, found.tried
    print(f"{found.tried} candidates on {processors()} processors: {seconds:.1f} s  {verdict(seconds, GOAL)}")
    each = used / found.tried * 1e3
    print(f"  {used:.1f} s of a processor, {each:.1f} ms each; {found.planned} planned, {found.met} meet the target")
    seconds, _, found = timed(0.8, 200)
    print(f"{found.tried} candidates with a confidence of 80 %: {seconds:.1f} s, {found.met} of them are sure enough")


if __name__ == "__main__":
    main()
