"""Time, as an object with few methods."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from ruggli.quantities.base import Seconds


class Clock(Protocol):
    """Where the program reads the time. Durations come from `now` only; `wall` is a label."""

    def now(self) -> Seconds:
        """Seconds on a clock that never steps and goes on while the computer sleeps."""

    def wall(self) -> datetime:
        """Date and time with UTC offset, for people and records."""


class Timers(Clock, Protocol):
    """A clock on which work can be planned."""

    def call_at(self, when: Seconds, call: Callable[[], None]) -> None:
        """Call `call` when `now()` reaches `when`; calls planned for one instant run in the order of planning."""
