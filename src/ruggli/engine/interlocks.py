"""Interlocks: level-triggered bounds on what is measured, each with its own patience."""

from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.view import View
from ruggli.plan.model import Guard
from ruggli.quantities.base import Seconds

LINK_SECONDS = 3.5
"""A device whose latest reading is older is lost (three missed polls of one second)."""

HOT_SECONDS = 5.0
"""Over-temperature has to last this long (hazard T04)."""

COLD_SECONDS = 3.0
"""Too cold to feed has to last this long (hazard T12)."""

STIR_SECONDS = 2.0
"""Too slow stirring has to last this long (hazard T13)."""

PROBE_SECONDS = 1.0
"""A probe without a believable reading, in two looks that follow each other (hazard T07)."""

STIR_PART = 0.8
"""Part of the commanded speed that counts as stirring."""

PLATE_EXCESS = 10.0
"""K above the declared cap of the plate."""


class Interlocks:
    """Remembers since when each bound is broken; `check` says which have been broken for too long."""

    def __init__(self) -> None:
        self._since: dict[str, Seconds] = {}

    def forget(self) -> None:
        """Start afresh (a new step, or a restart)."""
        self._since.clear()

    def check(self, guard: Guard, view: View, *, feeding: bool, heating: bool, stirring: bool) -> Alarm | None:
        """The first broken interlock, first cause first; None when all is well.

        Args:
            guard: bounds of the step.
            view: latest readings.
            feeding: whether anything flows; cold and stirring matter only then.
            heating: whether the heater is on.
            stirring: whether stirring was commanded.
        """
        hotplate = guard.hotplate
        reading = None if hotplate is None else view.plates.get(hotplate)
        if hotplate is None or reading is None:
            return None
        now, probe = view.now, reading.probe
        hottest = guard.hottest
        if hottest is not None and self._lasts("hot", probe is not None and probe > hottest, now, HOT_SECONDS):
            return Alarm(
                "A-OVER-TEMPERATURE",
                hotplate,
                "the vessel is too hot",
                f"{probe:.1f} degC",
                f"at most {hottest:.1f} degC",
                Action.HOLD_HEAT_OFF,
            )
        cap = guard.plate_cap
        plate = reading.plate
        if cap is not None and self._lasts("plate", plate is not None and plate > cap + PLATE_EXCESS, now, HOT_SECONDS):
            return Alarm(
                "A-PLATE",
                hotplate,
                "the plate is hotter than its declared cap",
                f"{plate:.1f} degC",
                f"at most {cap:.1f} degC",
                Action.HOLD_HEAT_OFF,
            )
        if self._lasts("probe", heating and probe is None and hottest is not None, now, PROBE_SECONDS):
            return Alarm(
                "A-PROBE",
                hotplate,
                "the temperature probe gives no believable reading",
                "none",
                "a temperature",
                Action.HOLD_HEAT_OFF,
            )
        slow = stirring and guard.speed > 0 and reading.speed < STIR_PART * guard.speed
        if self._lasts("stir", slow, now, STIR_SECONDS):
            return Alarm(
                "A-STIR",
                hotplate,
                "the stirrer is too slow or stands",
                f"{reading.speed:.0f} rpm",
                f"at least {STIR_PART * guard.speed:.0f} rpm",
            )
        coolest = guard.coolest
        cold = feeding and coolest is not None and (probe is None or probe < coolest)
        if self._lasts("cold", cold, now, COLD_SECONDS):
            return Alarm(
                "A-COLD",
                hotplate,
                "the vessel is too cold to feed: reactant would pile up",
                "no reading" if probe is None else f"{probe:.1f} degC",
                f"at least {coolest:.1f} degC",
            )
        return None

    def _lasts(self, name: str, broken: bool, now: Seconds, patience: float) -> bool:
        if not broken:
            if name in self._since:
                del self._since[name]
            return False
        return now - self._since.setdefault(name, now) >= patience


def link_alarm(device: str, age: Seconds, why: str, *, lost: bool) -> Alarm:
    """A device that is not heard any more; `lost` where its port is gone, which needs no patience."""
    text = f"no reading from {device}: {why}" if why else f"no reading from {device}"
    if lost:
        return Alarm("A-LINK", device, text, "no port", "an open port")
    return Alarm("A-LINK", device, text, f"{age:.1f} s", f"at most {LINK_SECONDS:.1f} s")
