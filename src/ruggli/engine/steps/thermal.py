"""Heating, reflux and cooling of a vessel on a hotplate."""

from collections.abc import Mapping
from typing import Any

from ruggli.engine.alarm import Alarm
from ruggli.engine.orders import DONE, NOTHING_TO_DO, Decision, Entry, Order, Outcome, Verb
from ruggli.engine.phases import HEAT_EDGES, HeatPhase
from ruggli.engine.states import machine_of
from ruggli.engine.steps.runner import PlainRunner
from ruggli.engine.view import View
from ruggli.plan.model import CoolWork, HeatWork
from ruggli.quantities.base import Celsius, Seconds

REFLUX_BAND = 2.0
"""K around the boiling point that count as reflux."""

REFLUX_SECONDS = 300.0
"""How long the vessel has to stay in that band."""

REACHED_BAND = 1.0
"""K around a target temperature that count as reached."""

REACHED_SECONDS = 60.0
"""How long the vessel has to stay there."""

PLATE_MARGIN = 10.0
"""K below the plate's cap at which the set point comes down while heating up."""

PLATE_RELIEF = 30.0
"""K below the plate's cap at which the set point may go up again."""


class HeatRunner(PlainRunner):
    """Brings a vessel to a temperature or to reflux, then trims the set point; the plate stays below its cap."""

    phase: HeatPhase

    def __init__(self, step: str, work: HeatWork) -> None:
        self._step = step
        self._work = work
        self._pending = 0
        self._since: Seconds | None = None
        self._began: Seconds | None = None
        self._asked = False
        self._eased = False
        self._trimmed = False
        machine_of(self, HeatPhase, HeatPhase.SET, HEAT_EDGES)

    def trigger(self, name: str) -> bool:
        """Fire an edge of the phase machine."""
        raise NotImplementedError

    def decide(self, view: View) -> Decision:
        """One look."""
        phase, work = self.phase, self._work
        if phase is HeatPhase.DONE:
            return DONE
        if self._began is None:
            self._began = view.now
            return self._set(work.first_set_point, heat=True)
        if self._pending:
            return NOTHING_TO_DO
        if phase is HeatPhase.SET:
            self.trigger("set_done")
        late = self._late(view)
        if late is not None:
            return Decision(alarms=(late,))
        if self.phase is HeatPhase.CONFIRM:
            return self._confirm(view)
        if self.phase is HeatPhase.TRIM:
            return self._trim()
        if not work.measured:
            self.trigger("unmeasured")
            return self._confirm(view)
        eased = self._ease(view)
        if eased is not None:
            return eased
        return self._approach(view)

    def _approach(self, view: View) -> Decision:
        work, probe = self._work, view.probe(self._work.hotplate)
        band = REFLUX_BAND if work.reflux else REACHED_BAND
        inside = probe is not None and abs(probe - work.target) <= band
        if self.phase is HeatPhase.APPROACH and inside:
            self._since = view.now
            self.trigger("near")
        elif self.phase is HeatPhase.SETTLE and not inside:
            self.trigger("left")
        if self.phase is HeatPhase.SETTLE and self._since is not None:
            seconds = REFLUX_SECONDS if work.reflux else REACHED_SECONDS
            if view.now - self._since >= seconds:
                self.trigger("settled")
                return self._trim()
        return NOTHING_TO_DO

    def _ease(self, view: View) -> Decision | None:
        """The set point comes down before the plate reaches its cap: an unreachable set point makes the plate climb."""
        work = self._work
        reading = view.plates.get(work.hotplate)
        if work.plate_cap is None or reading is None or reading.plate is None:
            return None
        if not self._eased and reading.plate > work.plate_cap - PLATE_MARGIN:
            self._eased = True
            return self._set(work.hold_set_point, heat=False)
        if self._eased and reading.plate < work.plate_cap - PLATE_RELIEF:
            self._eased = False
            return self._set(work.first_set_point, heat=False)
        return None

    def _confirm(self, view: View) -> Decision:
        prompt = self._work.confirm
        if prompt is None or prompt.id in view.answers:
            self.trigger("confirmed")
            return self._trim()
        if not self._asked:
            self._asked = True
            return Decision(ask=(prompt,))
        return NOTHING_TO_DO

    def _trim(self) -> Decision:
        if self._trimmed or self._work.hold_set_point == self._work.first_set_point:
            self.trigger("trimmed")
            return DONE
        self._trimmed = True
        return self._set(self._work.hold_set_point, heat=False)

    def _late(self, view: View) -> Alarm | None:
        work = self._work
        assert self._began is not None
        if self.phase in (HeatPhase.CONFIRM, HeatPhase.TRIM) or view.now - self._began <= work.within:
            return None
        probe = view.probe(work.hotplate)
        too_warm = probe is not None and probe > work.target
        return Alarm(
            "A-NOT-COOLING" if too_warm else "A-NOT-HEATING",
            work.hotplate,
            f"{work.vessel} has not {'cooled' if too_warm else 'come'} to its target in {work.within / 60:.0f} min",
            "no reading" if probe is None else f"{probe:.1f} degC",
            f"{work.target:.1f} degC",
        )

    def _set(self, set_point: Celsius, *, heat: bool) -> Decision:
        device = self._work.hotplate
        orders = [Order(device, Verb.SET_TEMPERATURE, (set_point,))]
        if heat:
            orders.append(Order(device, Verb.HEAT_ON))
        self._pending = len(orders)
        data = {"step": self._step, "device": device, "set_point_degC": set_point, "heat": "on"}
        return Decision(orders=tuple(orders), entries=(Entry("intent", data, durable=True),))

    def outcome(self, outcome: Outcome, view: View) -> Decision:
        """Count the orders of this step that have ended."""
        if outcome.order.verb in (Verb.SET_TEMPERATURE, Verb.HEAT_ON) and outcome.order.device == self._work.hotplate:
            self._pending = max(0, self._pending - 1)
        return NOTHING_TO_DO

    def interrupt(self, view: View) -> None:
        """Heat is the conductor's while held."""
        if self.phase is not HeatPhase.DONE:
            self.trigger("again")

    def restart(self, view: View) -> Decision:
        """Heat again from the first set point."""
        self._began, self._since, self._pending = None, None, 0
        self._asked = self._eased = self._trimmed = False
        return NOTHING_TO_DO

    def snapshot(self) -> dict[str, Any]:
        """Only the phase, for people."""
        return {"phase": self.phase.value}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Start over: heating is the same from any temperature."""


class CoolRunner(PlainRunner):
    """Heater off, then wait until the vessel is at its target or below."""

    phase: HeatPhase

    def __init__(self, step: str, work: CoolWork) -> None:
        self._step = step
        self._work = work
        self._began: Seconds | None = None
        self._pending = 0
        self._asked = False
        machine_of(self, HeatPhase, HeatPhase.SET, HEAT_EDGES)

    def trigger(self, name: str) -> bool:
        """Fire an edge of the phase machine."""
        raise NotImplementedError

    def decide(self, view: View) -> Decision:
        """One look."""
        work = self._work
        if self.phase is HeatPhase.DONE:
            return DONE
        if self._began is None:
            self._began, self._pending = view.now, 1
            data = {
                "step": self._step,
                "device": work.hotplate,
                "set_point_degC": work.safe_set_point,
                "heat": "off",
            }
            order = Order(work.hotplate, Verb.HEAT_OFF, (work.safe_set_point,))
            return Decision(orders=(order,), entries=(Entry("intent", data, durable=True),))
        if self._pending:
            return NOTHING_TO_DO
        if self.phase is HeatPhase.SET:
            self.trigger("set_done")
        if not work.measured and self.phase is HeatPhase.APPROACH:
            self.trigger("unmeasured")
        probe = view.probe(work.hotplate)
        if self.phase is HeatPhase.CONFIRM:
            return self._confirm(view)
        if probe is not None and probe <= work.target + REACHED_BAND:
            for edge in ("near", "settled", "trimmed"):
                self.trigger(edge)
            return DONE
        if view.now - self._began > work.within:
            value = "no reading" if probe is None else f"{probe:.1f} degC"
            text = f"{work.vessel} has not cooled down in {work.within / 60:.0f} min"
            bound = f"{work.target:.1f} degC"
            return Decision(alarms=(Alarm("A-NOT-COOLING", work.hotplate, text, value, bound),))
        return NOTHING_TO_DO

    def _confirm(self, view: View) -> Decision:
        prompt = self._work.confirm
        if prompt is None or prompt.id in view.answers:
            self.trigger("confirmed")
            self.trigger("trimmed")
            return DONE
        if not self._asked:
            self._asked = True
            return Decision(ask=(prompt,))
        return NOTHING_TO_DO

    def outcome(self, outcome: Outcome, view: View) -> Decision:
        """The heater is off."""
        if outcome.order.verb is Verb.HEAT_OFF and outcome.order.device == self._work.hotplate:
            self._pending = 0
        return NOTHING_TO_DO

    def interrupt(self, view: View) -> None:
        """The heater is off anyway."""
        if self.phase is not HeatPhase.DONE:
            self.trigger("again")

    def restart(self, view: View) -> Decision:
        """Switch off again and wait."""
        self._began, self._asked, self._pending = None, False, 0
        return NOTHING_TO_DO

    def snapshot(self) -> dict[str, Any]:
        """Only the phase, for people."""
        return {"phase": self.phase.value}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Start over."""
