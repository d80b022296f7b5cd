"""Waits of the conductor between two ticks: bounded, and with signs of life."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ruggli.quantities.base import Seconds
from ruggli.world.tasks import Task, Wait

if TYPE_CHECKING:
    from ruggli.engine.conductor import Conductor

T = TypeVar("T")

PERIOD = 1.0
"""Seconds between two looks; every device is read in each."""

LONGEST_ORDER = 10.0
"""Seconds after which an order has ended in any case: a station gives up before."""


def settle(conductor: Conductor, seconds: float, *, interruptible: bool = False) -> Task[bool]:
    """Wait until all stations rest, at most `seconds`; False when that was not enough.

    Where `interruptible`, a command that comes ends the waiting: a stop is not kept waiting by a slow device.
    """
    bench, until = conductor.bench, conductor.now + seconds
    while not (yield from bench.settle(min(PERIOD, until - conductor.now), interruptible=interruptible)):
        if conductor.now >= until or (interruptible and bench.poked):
            return False
        conductor.sign_of_life()
    return True


def awaiting(conductor: Conductor, task: Task[T]) -> Task[T]:
    """Driver's tasks in the conductor's own job; every one ends by itself when its device is silent."""
    try:
        while True:
            wait = next(task)
            conductor.sign_of_life()
            yield Wait(Seconds(min(wait.until, conductor.now + PERIOD)), wait.line)
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        task.close()
