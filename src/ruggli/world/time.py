"""The two clocks: a virtual one that jumps, and the computer's."""

import sys
import time
from datetime import UTC, datetime, timedelta

from ruggli.quantities.base import Seconds


def boot_seconds() -> float:
    """Seconds since some fixed moment, going on while the computer sleeps where the system can tell.

    `time.monotonic` stops in suspend on Linux, so CLOCK_BOOTTIME is read there; Windows' and macOS' clocks are taken
    as they come.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def wall_now() -> datetime:
    """The computer's date and time, UTC."""
    return datetime.now(UTC)


def cpu_wall_seconds() -> float:
    """Seconds of real time for measuring how long something took, whatever clock the run is under."""
    return time.perf_counter()


def wait_really(seconds: float) -> None:
    """Do nothing for so long, in real time; never while a loop runs."""
    time.sleep(seconds)


class VirtualTime:
    """Time that jumps to the next planned moment; starts at 0 s, and at a date that is only a label."""

    __slots__ = ("seconds", "_start")

    def __init__(self, start: datetime) -> None:
        self.seconds = Seconds(0.0)
        self._start = start

    def now(self) -> Seconds:
        """Virtual seconds since the start."""
        return self.seconds

    def wall(self) -> datetime:
        """The start date plus the virtual seconds."""
        return self._start + timedelta(seconds=self.seconds)

    def step_wall(self, seconds: float) -> None:
        """Set the date: somebody, or a time server, has corrected it."""
        self._start += timedelta(seconds=seconds)


class RealTime:
    """The computer's time, `speed` times as fast (for runs in which every port is simulated in this process)."""

    __slots__ = ("_origin", "_speed", "_wall")

    def __init__(self, speed: float = 1.0) -> None:
        self._origin = boot_seconds()
        self._speed = speed
        self._wall = wall_now()

    def now(self) -> Seconds:
        """Seconds since the computer started, or scaled seconds since this object was made."""
        if self._speed == 1.0:
            return Seconds(boot_seconds())
        return Seconds((boot_seconds() - self._origin) * self._speed)

    def wall(self) -> datetime:
        """Date and time with UTC offset."""
        return wall_now()

    def real_delay(self, seconds: float) -> float:
        """How long to wait really for `seconds` of this clock."""
        return max(0.0, seconds / self._speed)
