"""What the guardian decides: the second process that stops everything when the controller dies or hangs.

Pure: messages and the time in, a decision out. The stopping itself is `engine.last_stop`. Imports next to nothing, for
the guardian's process is to listen at once.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Any

from ruggli.quantities.base import Celsius, Seconds

SILENCE = Seconds(5.0)
"""A controller that gives no sign of life for longer hangs (reliability 2.1)."""
AFTER_KILL = Seconds(1.0)
"""How long the end of a killed controller is awaited; then its devices are stopped whatever holds it up."""
AWAY = Seconds(2.0)
"""A guardian that itself comes back later than this (the computer slept) has seen no silence."""


@dataclass(frozen=True, slots=True)
class StopOrder:
    """How to reach one device, and what stopping it means now.

    Attributes:
        device: name in the rig.
        driver: driver name.
        model: model name in the driver's card.
        port: port as text; devices that share it share a line.
        options: what the driver's `make` takes.
        safe: set point (degC) that counts as off on a hotplate; None for a pump.
        keep_heat: whether the class of the current step keeps a hotplate's set point.
        dead_man: whether the controller has set the device's own stop.
    """

    device: str
    driver: str
    model: str
    port: str
    options: Mapping[str, str | int | float]
    safe: Celsius | None = None
    keep_heat: bool = False
    dead_man: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data; `from_json` reads it."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "StopOrder":
        """The inverse of `as_json`."""
        return StopOrder(**data)


class Act(Enum):
    """What the guardian does next."""

    WAIT = "wait"
    KILL = "kill"
    STOP = "stop"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Guard:
    """What a guardian knows. Times are seconds on its own clock.

    Attributes:
        beat_at: when the controller last gave a sign of life, or the watch began.
        looked_at: when the guardian last looked.
        orders: what to stop; none before the run's first step.
        bye: the controller said that it ends in good order.
        killed_at: when the controller was killed, or None.
    """

    beat_at: Seconds
    looked_at: Seconds
    orders: tuple[StopOrder, ...] = ()
    bye: bool = False
    killed_at: Seconds | None = None


def hear(guard: Guard, message: Mapping[str, Any], now: Seconds) -> Guard:
    """The state after a message of the controller: `{"orders": [...]}`, `{"beat": n}` or `{"bye": true}`."""
    if "orders" in message:
        orders = tuple(StopOrder.from_json(order) for order in message["orders"])
        return replace(guard, orders=orders, beat_at=now)
    if message.get("bye"):
        return replace(guard, bye=True)
    return replace(guard, beat_at=now)


def look(guard: Guard, now: Seconds) -> Guard:
    """The state at a look; after an absence of the guardian itself the controller gets its whole time again."""
    if now - guard.looked_at > AWAY and guard.killed_at is None:
        return replace(guard, looked_at=now, beat_at=now)
    return replace(guard, looked_at=now)


def decide(guard: Guard, now: Seconds, *, pipe_open: bool) -> Act:
    """What to do.

    Args:
        guard: what is known.
        now: the guardian's clock.
        pipe_open: whether the controller's end of the pipe is open: while it is, the controller's process exists.
    """
    if guard.bye:
        return Act.DONE
    if not pipe_open:
        return Act.STOP if guard.orders else Act.DONE
    if guard.killed_at is not None:
        return Act.STOP if now - guard.killed_at > AFTER_KILL else Act.WAIT
    if guard.orders and now - guard.beat_at > SILENCE:
        return Act.KILL
    return Act.WAIT
