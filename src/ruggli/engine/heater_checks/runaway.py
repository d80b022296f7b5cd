"""Heat that no heater gives: the reaction runs away (hazard T11)."""

from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.heater_checks.look import Look
from ruggli.engine.heater_checks.trend import Trend
from ruggli.quantities.base import Celsius, Seconds

ABOVE_PLATE = 5.0
"""K that a flask may be hotter than its plate while it does not cool."""

TREND_SECONDS = 30.0
STILL_WARMING = 0.3
"""K in `TREND_SECONDS` that tell warming from noise."""

RAMP = 3.0 / 60
"""K/s that a settled flask may warm."""

RAMP_SECONDS = 30.0

BAND = 2.0
SETTLED_SECONDS = 300.0
"""A flask that has stayed within `BAND` for so long has settled."""


class Runaway:
    """Knows where the flask over one plate has settled."""

    __slots__ = ("_settled", "_centre", "_since", "_told_at", "_above")

    def __init__(self) -> None:
        self._settled: Celsius | None = None
        self._centre = -1e9
        self._since = Seconds(0.0)
        self._told_at = Seconds(-1e9)
        self._above = False

    def check(self, look: Look, trend: Trend, above_plate: float, ramp: float, seconds: float) -> Alarm | None:
        """At every look; bounds in K, K/s and s."""
        probe, plate = look.probe, look.plate
        if probe is None or plate is None or not look.measured:
            return None
        now = look.now
        if look.told_at != self._told_at:
            self._told_at, self._settled, self._since, self._centre = look.told_at, None, now, probe
        elif not -BAND <= probe - self._centre <= BAND:
            self._centre, self._since = probe, now
        elif now - self._since >= SETTLED_SECONDS:
            self._settled = self._centre = probe
            self._since = now
        above, self._above = self._above, probe - plate > above_plate
        if self._above:
            # Two looks in a row: one alone may be a bad reading.
            return self._hotter_than_plate(look, trend, above_plate) if above and not look.by_hand else None
        settled = self._settled
        if settled is None or probe <= settled + BAND or look.by_hand:
            return None
        if look.heating and probe <= look.set_point + BAND:
            return None  # a vessel that fell and comes back to its set point: its heater's doing
        return self._too_fast(look, trend, ramp, seconds)

    def _hotter_than_plate(self, look: Look, trend: Trend, bound: float) -> Alarm | None:
        probe, plate = look.probe, look.plate
        before = trend.ago(TREND_SECONDS, look.now, Seconds(-1e9))
        if probe is None or plate is None or before is None or before.probe is None:
            return None
        gain = probe - before.probe
        if gain < STILL_WARMING and not (look.heating and self._settled is not None and gain > -STILL_WARMING):
            return None
        return Alarm(
            "A-RUNAWAY",
            look.device,
            f"the vessel ({probe:.1f} degC) is hotter than its plate ({plate:.1f} degC) and does not cool: "
            f"the reaction heats it, or the probe stands still",
            f"{probe - plate:+.1f} K",
            f"at most {bound:+.1f} K",
            Action.HOLD_HEAT_OFF,
        )

    def _too_fast(self, look: Look, trend: Trend, ramp: float, seconds: float) -> Alarm | None:
        probe, plate = look.probe, look.plate
        before = trend.ago(seconds, look.now, look.told_at)
        if probe is None or plate is None or before is None or before.probe is None or before.plate is None:
            return None
        gone = look.now - before.at
        gain = probe - before.probe
        if gain <= ramp * gone or gain <= plate - before.plate:
            return None
        return Alarm(
            "A-RUNAWAY",
            look.device,
            "the vessel had settled and gets hot by itself",
            f"{gain / gone * 60:+.1f} K/min for {gone:.0f} s ({probe:.1f} degC)",
            f"at most {ramp * 60:.1f} K/min",
            Action.HOLD_HEAT_OFF,
        )
