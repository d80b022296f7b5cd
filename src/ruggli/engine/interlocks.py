"""Interlocks of a step: level-triggered bounds on what is measured, each with its own patience."""

from ruggli.devices.hotplate import HotplateReading
from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.heater_checks.sensor import believable
from ruggli.engine.reaction import reacting
from ruggli.engine.view import View
from ruggli.plan.model import Guard
from ruggli.plan.rules import Rule
from ruggli.protocol.model import InterlockAction
from ruggli.quantities.base import Celsius, Seconds

LINK_SECONDS = 3.5
"""A device whose latest reading is older is lost (three missed polls of one second)."""

FRESH_SECONDS = 1.5
"""A speed that was read longer ago tells of the line, not of the stirrer; the line has its own alarm."""

STIR_PART = 0.8
"""Part of the commanded speed that counts as stirring."""

STIR_AGAIN = 0.85
"""Part of it at which a stirrer that was too slow counts as turning again."""

PLATE_EXCESS = 10.0
"""K above the declared cap of the plate."""

HYSTERESIS = 0.5
"""K by which a temperature has to come back before a broken bound counts as kept again."""

LIMIT_SECONDS = 1.0
"""A hard limit is passed in two looks that follow each other (hazard T04)."""


class Interlocks:
    """Remembers since when each bound is broken; `check` says which have been broken for too long.

    Attributes:
        waits: what the step waits for, "" where it need not wait (action `wait`).
    """

    def __init__(self) -> None:
        self.waits = ""
        self._since: dict[str, Seconds] = {}
        self._waits_since = Seconds(0.0)
        self._clear_since: Seconds | None = None
        self._quench_from: Celsius | None = None

    def begin(self) -> None:
        """A new step: what is too hot, or stands, is so since before it (T04, T13)."""
        self._quench_from = None
        self._go_on()

    def forget(self) -> None:
        """Start afresh within a step (a restart)."""
        self._since.clear()
        self._go_on()

    def _go_on(self) -> None:
        self.waits, self._clear_since = "", None

    def check(
        self,
        guard: Guard,
        view: View,
        *,
        feeding: bool,
        heating: bool,
        stirring: bool,
        longest_wait: float = 3600.0,
    ) -> Alarm | None:
        """The first broken interlock, first cause first; None when all is well.

        Args:
            guard: bounds of the step.
            view: latest readings.
            feeding: whether anything flows; cold and stirring matter only then.
            heating: whether the heater is on.
            stirring: whether the stirrer has to turn.
            longest_wait: seconds that a step may wait for an interlock to clear; then it holds.
        """
        hotplate = guard.hotplate
        reading = None if hotplate is None else view.plates.get(hotplate)
        if hotplate is None or reading is None:
            return None
        now, probe, rules = view.now, reading.probe, guard.rules
        broken = self._too_hot(guard, reading, now)
        if broken is not None:
            return reacting(broken, rules.hot.action)
        blind = (heating or feeding) and guard.hottest is not None and not believable(probe)
        if self._lasts("probe", blind and (heating or probe is not None), now, rules.probe):
            return reacting(
                Alarm(
                    "A-PROBE",
                    hotplate,
                    "the temperature probe gives no believable reading",
                    "none" if probe is None else f"{probe:.1f} degC",
                    "a temperature of -30 to 350 degC",
                    Action.HOLD_HEAT_OFF,
                ),
                rules.probe.action,
            )
        broken = self._quench_warms(guard, probe, now, feeding)
        if broken is not None:
            return reacting(broken, rules.quench.action)
        if self.waits:
            cleared = _cleared(guard, reading, stirring=stirring, fresh=_fresh(guard, view))
            broken = self._waiting(guard, reading, now, longest_wait, cleared=cleared)
            if broken is not None:
                return broken
        waits = bool(self.waits)
        slow = self._stands(guard, view, reading, stirring=stirring)
        if self._lasts("stir", slow, now, rules.stirring) and _fresh(guard, view) and self._slow_now(guard, reading):
            alarm = Alarm(
                "A-STIR",
                hotplate,
                "the stirrer is too slow or stands",
                f"{reading.speed:.0f} rpm",
                f"at least {STIR_PART * guard.speed:.0f} rpm",
            )
            return self._wait_or(alarm, rules.stirring, now, feeding or waits)
        coolest = guard.coolest
        cold = feeding and not waits and coolest is not None and (probe is None or self._below("cold", probe, coolest))
        if self._lasts("cold", cold, now, rules.cold) and coolest is not None and (probe is None or probe < coolest):
            alarm = Alarm(
                "A-COLD",
                hotplate,
                "the vessel is too cold to feed: reactant would pile up",
                "no reading" if probe is None else f"{probe:.1f} degC",
                f"at least {coolest:.1f} degC",
            )
            return self._wait_or(alarm, rules.cold, now, feeding)
        return None

    def _too_hot(self, guard: Guard, reading: HotplateReading, now: Seconds) -> Alarm | None:
        device, probe, plate = guard.hotplate or "", reading.probe, reading.plate
        limit = guard.limit
        if limit is not None and self._lasts_for("limit", probe is not None and probe > limit, now, LIMIT_SECONDS):
            text, value = "the vessel is hotter than any on this rig may be", f"{probe:.1f} degC"
            bound = f"at most {limit:.1f} degC"
            return Alarm("A-OVER-TEMPERATURE", device, text, value, bound, Action.HOLD_HEAT_OFF)
        hottest = guard.hottest
        hot = hottest is not None and probe is not None and self._above("hot", probe, hottest)
        if self._lasts("hot", hot, now, guard.rules.hot) and hottest is not None and probe is not None:
            if probe > hottest:
                bound = f"at most {hottest:.1f} degC"
                text, value = "the vessel is too hot", f"{probe:.1f} degC"
                return Alarm("A-OVER-TEMPERATURE", device, text, value, bound, Action.HOLD_HEAT_OFF)
        cap, most = guard.plate_cap, too_hot_plate(guard)
        hot = most is not None and plate is not None and self._above("plate", plate, most)
        if self._lasts("plate", hot, now, guard.rules.hot) and most is not None and plate is not None:
            if plate > most:
                text, value = "the plate is hotter than its declared cap", f"{plate:.1f} degC"
                return Alarm("A-PLATE", device, text, value, f"at most {cap:.1f} degC", Action.HOLD_HEAT_OFF)
        return None

    def _quench_warms(self, guard: Guard, probe: Celsius | None, now: Seconds, feeding: bool) -> Alarm | None:
        rise = guard.rules.quench_rise
        if rise is None or probe is None:
            return None
        if self._quench_from is None:
            if not feeding:
                return None
            self._quench_from = probe
        if not self._lasts("quench", probe >= self._quench_from + rise, now, guard.rules.quench):
            return None
        text = f"the vessel has warmed up since the quench began (at {self._quench_from:.1f} degC): too fast, or gas"
        bound = f"below {self._quench_from + rise:.1f} degC"
        return Alarm("A-QUENCH", guard.hotplate or "", text, f"{probe:.1f} degC", bound, Action.HOLD_HEAT_OFF)

    # ---- waiting ----

    def _wait_or(self, alarm: Alarm, rule: Rule, now: Seconds, adds: bool) -> Alarm:
        """The alarm as the step asks for it; with `wait` the step waits from now on, where it adds something."""
        if rule.action is not InterlockAction.WAIT:
            return reacting(alarm, rule.action)
        if not adds:
            return alarm
        if not self.waits:
            self.waits, self._waits_since = alarm.text, now
        return reacting(alarm, rule.action)

    def _waiting(
        self, guard: Guard, reading: HotplateReading, now: Seconds, longest: float, *, cleared: bool
    ) -> Alarm | None:
        if not cleared:
            self._clear_since = None
        elif self._clear_since is None:
            self._clear_since = now
        elif now - self._clear_since >= guard.rules.cold.patience:
            self._since.clear()
            self._go_on()
            return None
        if now - self._waits_since < longest:
            return None
        text = f"the step has waited for {(now - self._waits_since) / 60:.0f} min: {self.waits}"
        self._go_on()
        value = "no reading" if reading.probe is None else f"{reading.probe:.1f} degC"
        value += f", {reading.speed:.0f} rpm"
        return Alarm("A-WAIT", guard.hotplate or "", text, value, f"at most {longest / 60:.0f} min")

    # ---- bounds ----

    def _above(self, name: str, value: float, bound: float) -> bool:
        return value > (bound - HYSTERESIS if name in self._since else bound)

    def _below(self, name: str, value: float, bound: float) -> bool:
        return value < (bound + HYSTERESIS if name in self._since else bound)

    @staticmethod
    def _slow_now(guard: Guard, reading: HotplateReading) -> bool:
        return reading.speed < STIR_PART * guard.speed

    def _slow(self, guard: Guard, reading: HotplateReading) -> bool:
        return reading.speed < (STIR_AGAIN if "stir" in self._since else STIR_PART) * guard.speed

    def _stands(self, guard: Guard, view: View, reading: HotplateReading, *, stirring: bool) -> bool:
        """Whether the stirrer is too slow. A plate that is not heard has last been seen to turn when it was heard."""
        if not stirring or guard.speed <= 0:
            return False
        if _fresh(guard, view):
            return self._slow(guard, reading)
        assert guard.hotplate is not None
        self._since.setdefault("stir", view.asked_at[guard.hotplate])
        return True

    def _lasts(self, name: str, broken: bool, now: Seconds, rule: Rule) -> bool:
        return self._lasts_for(name, broken, now, rule.patience)

    def _lasts_for(self, name: str, broken: bool, now: Seconds, patience: float) -> bool:
        if not broken:
            if name in self._since:
                del self._since[name]
            return False
        return now - self._since.setdefault(name, now) >= patience


def too_hot_plate(guard: Guard) -> Celsius | None:
    """Above which temperature a plate is hotter than its declared cap allows, or None."""
    return None if guard.plate_cap is None else Celsius(guard.plate_cap + PLATE_EXCESS)


def _fresh(guard: Guard, view: View) -> bool:
    """Whether the plate was heard so lately that its speed tells of the stirrer, not of the line."""
    assert guard.hotplate is not None
    return view.now - view.asked_at[guard.hotplate] <= FRESH_SECONDS


def _cleared(guard: Guard, reading: HotplateReading, *, stirring: bool, fresh: bool) -> bool:
    """Whether a waiting feed may go on: warm again and stirred again, with hysteresis."""
    coolest, probe = guard.coolest, reading.probe
    warm = coolest is None or (probe is not None and probe >= coolest + HYSTERESIS)
    return warm and (not stirring or (fresh and reading.speed >= STIR_AGAIN * guard.speed))


def link_alarm(device: str, age: Seconds, why: str, *, lost: bool) -> Alarm:
    """A device that is not heard any more; `lost` where its port is gone, which needs no patience."""
    text = f"no reading from {device}: {why}" if why else f"no reading from {device}"
    if lost:
        return Alarm("A-LINK", device, text, "no port", "an open port")
    return Alarm("A-LINK", device, text, f"{age:.1f} s", f"at most {LINK_SECONDS:.1f} s")
