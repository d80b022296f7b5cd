"""A heater that is on and does not heat: tripped, broken, or another plate than thought (hazard T09)."""

from ruggli.engine.alarm import Alarm
from ruggli.engine.heater_checks.look import Look
from ruggli.engine.heater_checks.trend import Trend
from ruggli.quantities.base import Seconds

GAIN, GAIN_SECONDS = 2.0, 180.0
"""K that a sensor far below its set point has to gain in this time."""

START_SECONDS = 120.0
"""A cold block takes so long until its flask follows."""

FAR = 10.0
"""K below the set point that count as far."""

NEAR, NEAR_GAIN, NEAR_SECONDS = 1.5, 0.5, 600.0
"""Nearer than `FAR` and further than this, a sensor has to gain a little, in ten minutes."""

LEAD = 5.0
"""K that a plate is hotter than its flask when it heats at all."""


class Gain:
    """Remembers since when a plate near its set point shows no sign of heating."""

    __slots__ = ("_idle_since", "_then", "_told_at")

    def __init__(self) -> None:
        self._idle_since: Seconds | None = None
        self._then = 0.0
        self._told_at = Seconds(-1e9)

    def check(self, look: Look, trend: Trend, gain: float, over: float) -> Alarm | None:
        """At every sample: what the controlling sensor has gained on its set point.

        Args:
            look: the plate.
            trend: its history.
            gain: K that it has to gain when it is far away.
            over: seconds in which.
        """
        sensor = look.plate if look.probe is None else look.probe
        if sensor is None or not look.heating or look.told_at != self._told_at:
            self._idle_since, self._told_at = None, look.told_at
            return None
        gap = look.set_point - sensor
        heats = look.probe is not None and look.plate is not None and look.plate > look.probe + LEAD
        if gap <= NEAR or heats:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since, self._then = look.now, sensor
        elif look.now - self._idle_since >= NEAR_SECONDS - 5.0 and sensor - self._then < NEAR_GAIN:
            return _alarm(look, sensor, sensor - self._then, look.now - self._idle_since, NEAR_GAIN)
        if gap <= FAR:
            return None
        before = trend.ago(over, look.now, Seconds(look.told_at + START_SECONDS))
        if before is None:
            return None
        then = before.plate if look.probe is None else before.probe
        if then is None or sensor - then >= gain:
            return None
        return _alarm(look, sensor, sensor - then, look.now - before.at, gain)


def _alarm(look: Look, sensor: float, gained: float, seconds: float, gain: float) -> Alarm:
    return Alarm(
        "A-NOT-HEATING",
        look.device,
        f"the heater is on and it gets no warmer ({sensor:.1f} degC, set {look.set_point:.1f} degC)",
        f"{gained:+.1f} K in {seconds / 60:.0f} min",
        f"at least {gain:+.1f} K",
    )
