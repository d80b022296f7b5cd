"""A heater that was switched off and heats on: a welded relay, wet electronics (hazard T03)."""

from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.heater_checks.look import Look
from ruggli.engine.heater_checks.trend import Trend
from ruggli.quantities.base import Seconds

RISE = 2.0
"""K that a plate may rise in `RISE_SECONDS` with its heater off."""

RISE_SECONDS = 60.0

FALL = 2.0
"""K that a plate has to fall within `FALL_SECONDS` to prove that its heater is off."""

FALL_SECONDS = 180.0

WARM = 30.0
"""K above the room from which on a plate has to fall; a cooler one has only not to rise."""

WARMS = 1.0
"""K above its plate from which on a flask warms it."""


class StuckHeater:
    """Watches a plate from the moment at which its heater goes off.

    Attributes:
        stuck: whether it was found to heat on.
        proved: whether the plate has shown that its heater is off: it has fallen, or a cool one has not risen.
    """

    __slots__ = ("stuck", "proved", "_off_at", "_highest", "_alone_since", "_warmed")

    def __init__(self) -> None:
        self.stuck = False
        self._off_at: Seconds | None = None
        self._highest = -1e9
        self._alone_since: Seconds | None = None
        self._warmed = False
        self.proved = True

    def switched(self, look: Look) -> None:
        """The heater was told to be on or off."""
        self.stuck = False
        self._off_at, self._alone_since, self._highest, self.proved = None, None, -1e9, True
        if not look.heating:
            self._off_at, self.proved = look.now, False

    def check(self, look: Look, trend: Trend) -> Alarm | None:
        """At every sample."""
        plate = look.plate
        if plate is None:
            return None
        # A flask that is the hotter of the two warms the plate under it; a heater makes it the cooler one.
        if look.measured and look.probe is not None:
            self._warmed = look.probe > plate + WARMS
        if look.heating:
            return None
        since = Seconds(-1e9) if self._off_at is None else self._off_at
        self._highest = max(self._highest, plate)
        warmed = self._warmed
        if warmed or self._alone_since is None:
            self._alone_since = look.now if warmed else since
        gone = look.now - max(since, self._alone_since)
        fallen = self._highest - plate
        if fallen >= FALL:
            self.proved = True
        before = trend.ago(RISE_SECONDS, look.now, since)
        if before is not None and before.plate is not None:
            rise = plate - before.plate
            if rise > RISE and not warmed:
                value, bound = f"{rise:+.1f} K in {look.now - before.at:.0f} s", f"at most {RISE:.1f} K in 60 s"
                return self._alarm(look, f"the plate rises ({plate:.1f} degC)", value, bound)
            if plate <= look.room + WARM:
                self.proved = True
        if not self.proved and not warmed and gone >= FALL_SECONDS - 2.5:
            value, bound = f"-{fallen:.1f} K in {gone:.0f} s", f"at least -{FALL:.1f} K in {FALL_SECONDS:.0f} s"
            return self._alarm(look, f"the plate does not cool ({plate:.1f} degC)", value, bound)
        return None

    def _alarm(self, look: Look, seen: str, value: str, bound: str) -> Alarm:
        self.stuck, self.proved = True, False
        text = f"the heater was switched off and {seen}: go there and cut its mains"
        return Alarm("A-HEATER-STUCK", look.device, text, value, bound, Action.HOLD_HEAT_OFF)
