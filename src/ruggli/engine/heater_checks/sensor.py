"""A temperature sensor that cannot be believed: absurd, jumping, fallen out (hazards T06 and T07)."""

from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.heater_checks.look import Look
from ruggli.engine.heater_checks.trend import Trend
from ruggli.quantities.base import Celsius, Seconds

COLDEST, HOTTEST = -30.0, 350.0
"""degC between which a reading is believed."""

JUMP = 15.0
"""K between two looks that no flask makes."""

JUMP_WITHIN = 60.0
"""Two jumps within this many seconds are no hand that moved the probe."""

DOUBT_SECONDS = 10.0
"""After a jump, heat that no heater gives is not believed at once; a second jump explains it."""

PLATE_RISE, PROBE_RISE, OUT_SECONDS = 20.0, 2.0, 180.0
"""A plate that rises so far in this time takes the flask with it."""

FALLING_SECONDS = 60.0

NEAR = 5.0
"""K below the set point from which on the flask need not rise: it may boil."""


def believable(value: float | None) -> bool:
    """Whether a reading is a number that a flask or plate can have."""
    return value is not None and COLDEST <= value <= HOTTEST


class Sensor:
    """Watches the probe of one plate."""

    __slots__ = ("_last", "_jumped_at", "_plate_gone", "_plate_seen")

    def __init__(self) -> None:
        self._last: Celsius | None = None
        self._jumped_at = Seconds(-1e9)
        self._plate_gone: Seconds | None = None
        self._plate_seen = False

    def jumped(self, now: Seconds) -> bool:
        """Whether the probe has jumped a moment ago, so that nothing follows from what it says."""
        return now - self._jumped_at <= DOUBT_SECONDS

    def check(self, look: Look) -> Alarm | None:
        """At every look: jumps of the probe, and a plate sensor that no longer answers."""
        probe, before = look.probe, self._last
        self._last = probe
        if look.plate is None or not COLDEST <= look.plate <= HOTTEST:
            return self._without_plate(look)
        self._plate_seen, self._plate_gone = True, None
        if probe is None or before is None or -JUMP <= probe - before <= JUMP:
            return None
        again = look.now - self._jumped_at <= JUMP_WITHIN
        self._jumped_at = look.now
        if not again or not (look.heating or look.feeding):
            return None
        return Alarm(
            "A-PROBE",
            look.device,
            "the temperature probe jumps",
            f"{before:.1f} to {probe:.1f} degC in one look, twice",
            f"at most {JUMP:.0f} K",
            Action.HOLD_HEAT_OFF,
        )

    def _without_plate(self, look: Look) -> Alarm | None:
        if not self._plate_seen or not look.heating:
            return None
        if self._plate_gone is None:
            self._plate_gone = look.now
        if look.now - self._plate_gone < 1.0:
            return None
        value = "none" if look.plate is None else f"{look.plate:.1f} degC"
        text = "the plate's own sensor gives no believable reading"
        return Alarm("A-PROBE", look.device, text, value, "-30 to 350 degC", Action.HOLD_HEAT_OFF)


def probe_out(look: Look, trend: Trend) -> Alarm | None:
    """At every sample: the plate climbs and the probe, which should sit in the flask, does not follow."""
    probe, plate = look.probe, look.plate
    if not look.measured or not look.heating or probe is None or plate is None or probe > look.set_point - NEAR:
        return None
    # One that falls while the plate climbs tells it sooner, unless a person has poured something cold in.
    for seconds, least in ((OUT_SECONDS, PROBE_RISE), (FALLING_SECONDS, -PROBE_RISE)):
        before = trend.ago(seconds, look.now, look.told_at)
        if before is None or before.probe is None or before.plate is None or (look.by_hand and least < 0):
            continue
        rise, follows = plate - before.plate, probe - before.probe
        if rise >= PLATE_RISE and follows < least:
            return Alarm(
                "A-PROBE-OUT",
                look.device,
                "the plate gets hotter and the probe does not follow: it is not in the flask",
                f"plate {rise:+.1f} K, probe {follows:+.1f} K in {look.now - before.at:.0f} s",
                f"probe at least {least:+.1f} K when the plate rises {PLATE_RISE:.0f} K",
                Action.HOLD_HEAT_OFF,
            )
    return None
