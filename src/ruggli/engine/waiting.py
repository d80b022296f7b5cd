"""Waits of the conductor between two ticks: bounded, and with signs of life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ruggli.world.tasks import Task

if TYPE_CHECKING:
    from ruggli.engine.conductor import Conductor

PERIOD = 1.0
"""Seconds between two looks; every device is read in each."""

LONGEST_ORDER = 10.0
"""Seconds after which an order has ended in any case: a station gives up before."""


def settle(conductor: Conductor, seconds: float, *, interruptible: bool = False) -> Task[bool]:
    """As `Bench.settle`, with a sign of life for each second."""
    bench, until = conductor.bench, conductor.now + seconds
    while not (yield from bench.settle(min(PERIOD, until - conductor.now), interruptible=interruptible)):
        if conductor.now >= until or (interruptible and bench.poked):
            return False
        conductor.sign_of_life()
    return True
