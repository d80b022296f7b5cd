"""A short history of one plate: a sample every few seconds, ten minutes deep."""

from collections import deque
from typing import NamedTuple

from ruggli.quantities.base import Celsius, Seconds

GRID_SECONDS = 5.0
"""Seconds between two samples. Checks over a minute or more look only when one is taken."""

DEPTH_SECONDS = 620.0


class Sample(NamedTuple):
    """Both sensors at a time."""

    at: Seconds
    probe: Celsius | None
    plate: Celsius | None


class Trend:
    """Samples of one plate."""

    __slots__ = ("_samples", "_next")

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque(maxlen=int(DEPTH_SECONDS / GRID_SECONDS) + 1)
        self._next = Seconds(-1e9)

    def add(self, now: Seconds, probe: Celsius | None, plate: Celsius | None) -> bool:
        """Keep a sample when one is due; whether it was."""
        if now < self._next:
            return False
        self._next = Seconds(now + GRID_SECONDS - 0.5)
        self._samples.append(Sample(now, probe, plate))
        return True

    def ago(self, seconds: float, now: Seconds, since: Seconds) -> Sample | None:
        """The youngest sample that is at least this old; None where there is none after `since`."""
        latest = now - seconds
        if latest < since:
            return None
        for sample in reversed(self._samples):
            if sample.at <= latest:
                return sample if sample.at >= since else None
        return None
