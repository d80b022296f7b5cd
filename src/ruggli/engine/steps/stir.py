"""A change of stirring speed, proved by the measured speed."""

from collections.abc import Mapping
from typing import Any

from ruggli.engine.alarm import Alarm
from ruggli.engine.orders import DONE, NOTHING_TO_DO, Decision, Entry, Order, Outcome, Verb
from ruggli.engine.phases import STIR_EDGES, StirPhase
from ruggli.engine.states import machine_of
from ruggli.engine.steps.runner import PlainRunner
from ruggli.engine.view import View
from ruggli.plan.model import StirWork
from ruggli.quantities.base import Seconds

RAMP_SECONDS = 30.0
"""A stirrer that does not turn at 80 % of its speed by then does not turn."""


class StirRunner(PlainRunner):
    """Runs a `StirWork`."""

    phase: StirPhase

    def __init__(self, step: str, work: StirWork) -> None:
        self._step = step
        self._work = work
        self._began: Seconds | None = None
        self._pending = 0
        machine_of(self, StirPhase, StirPhase.SET, STIR_EDGES)

    def trigger(self, name: str) -> bool:
        """Fire an edge of the phase machine."""
        raise NotImplementedError

    def decide(self, view: View) -> Decision:
        """One look."""
        work = self._work
        if self.phase is StirPhase.DONE:
            return DONE
        if self._began is None:
            self._began = view.now
            return self._set()
        if self._pending:
            return NOTHING_TO_DO
        if self.phase is StirPhase.SET:
            self.trigger("set_done")
        reading = view.plates.get(work.hotplate)
        if reading is not None and view.read_at[work.hotplate] > self._began:
            if reading.speed >= 0.8 * work.speed and (work.speed > 0 or reading.speed < 20):
                self.trigger("turning")
                return DONE
            if view.now - self._began > RAMP_SECONDS:
                value, bound = f"{reading.speed:.0f} rpm", f"{work.speed:.0f} rpm"
                text = "the stirrer does not follow its set speed"
                return Decision(alarms=(Alarm("A-STIR", work.hotplate, text, value, bound),))
        return NOTHING_TO_DO

    def _set(self) -> Decision:
        work = self._work
        if work.speed > 0:
            orders: tuple[Order, ...] = (
                Order(work.hotplate, Verb.SET_SPEED, (work.speed,)),
                Order(work.hotplate, Verb.STIR_ON),
            )
        else:
            orders = (Order(work.hotplate, Verb.STIR_OFF),)
        self._pending = len(orders)
        data = {"step": self._step, "device": work.hotplate, "speed_rpm": work.speed}
        return Decision(orders=orders, entries=(Entry("intent", data, durable=True),))

    def outcome(self, outcome: Outcome, view: View) -> Decision:
        """Count the orders that have ended."""
        if outcome.order.device == self._work.hotplate and outcome.order.verb in (
            Verb.SET_SPEED,
            Verb.STIR_ON,
            Verb.STIR_OFF,
        ):
            self._pending = max(0, self._pending - 1)
        return NOTHING_TO_DO

    def interrupt(self, view: View) -> None:
        """Stirring goes on."""
        if self.phase is not StirPhase.DONE:
            self.trigger("again")

    def restart(self, view: View) -> Decision:
        """Set it again."""
        self._began, self._pending = None, 0
        return NOTHING_TO_DO

    def snapshot(self) -> dict[str, Any]:
        """Only the phase, for people."""
        return {"phase": self.phase.value}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Start over."""
