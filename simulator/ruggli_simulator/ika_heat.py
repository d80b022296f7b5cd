"""The heating controller inside an IKA RCT digital."""

from ruggli_simulator.thermal import STEP_S, USABLE_POWER_W

HOTTEST = 310.0
"""degC, highest set point and highest plate temperature."""
SAFETY_MARGIN = 15.0
"""K, set point below the adjustable safety temperature."""

PLATE_LEAD = 5.0
"""The plate is led hotter than the medium by this many times the medium's error."""
INTEGRAL_S = 400.0
FORESIGHT_S = 90.0
"""The medium's error is taken as far ahead as it takes the plate to give its stored heat away."""
RATE_FILTER_S = 10.0
INTEGRAL_BAND_K = 8.0
PLATE_BAND_K = 10.0
"""Proportional band of the plate's own loop at full power."""

ER05_BELOW = 50.0
ER05_GAP_K = 5.0
ER05_RISE_K = 0.5


class HeatControl:
    """Controls the medium by the external sensor where there is one, else the plate.

    A cascade that throttles early: the outer loop sets how hot the plate may be, the inner one the power. Overshoot
    stays in the class of 1-3 K that the vendor's PID mode is said to keep. A set point above the boiling point is never
    reached: the outer loop winds up and the plate climbs.

    Attributes:
        error: code on the display (`Er05`, ...), "" where there is none. Shown there only, never on the wire.
        er05_after: seconds without rise at the external sensor after which the heater goes off, 0 = never.
    """

    __slots__ = ("error", "er05_after", "_integral", "_rate", "_last", "_waited", "_lowest")

    def __init__(self, er05_after: float = 300.0) -> None:
        self.error = ""
        self.er05_after = er05_after
        self._integral = 0.0
        self._rate = 0.0
        self._last: float | None = None
        self._waited = 0.0
        self._lowest = 0.0

    def restart(self, sensor: float | None) -> None:
        """Start afresh at START_1 or after mains."""
        self._integral = 0.0
        self._rate = 0.0
        self._last = sensor
        self._waited = 0.0
        self._lowest = 0.0 if sensor is None else sensor

    def power_w(self, set_point: float, plate: float, sensor: float | None) -> float:
        """Power for the next grid step, W."""
        target = set_point
        if sensor is not None:
            gap = set_point - sensor
            if self._last is not None:
                self._rate += ((sensor - self._last) / STEP_S - self._rate) * STEP_S / RATE_FILTER_S
            self._last = sensor
            if -INTEGRAL_BAND_K < gap < INTEGRAL_BAND_K:
                self._integral = max(-HOTTEST, min(HOTTEST, self._integral + gap * STEP_S * PLATE_LEAD / INTEGRAL_S))
            else:
                self._integral = 0.0 if gap > 0 else min(0.0, self._integral)
            target += PLATE_LEAD * (gap - FORESIGHT_S * self._rate) + self._integral
            if self.er05_after and sensor < ER05_BELOW and gap > ER05_GAP_K:
                self._watch_rise(sensor)
            else:
                self._waited = 0.0
                self._lowest = sensor
        duty = (min(target, HOTTEST) - plate) / PLATE_BAND_K
        return 0.0 if duty <= 0 else USABLE_POWER_W if duty >= 1 else duty * USABLE_POWER_W

    def _watch_rise(self, sensor: float) -> None:
        if sensor > self._lowest + ER05_RISE_K:
            self._lowest = sensor
            self._waited = 0.0
            return
        self._waited += STEP_S
        if self._waited >= self.er05_after:
            self.error = "Er05"
