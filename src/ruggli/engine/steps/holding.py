"""A hold time: everything stays as it is."""

from collections.abc import Mapping
from typing import Any

from ruggli.engine.orders import DONE, NOTHING_TO_DO, Decision
from ruggli.engine.phases import HOLD_EDGES, HoldPhase
from ruggli.engine.states import machine_of
from ruggli.engine.steps.runner import PlainRunner
from ruggli.engine.view import View
from ruggli.plan.model import HoldWork
from ruggli.quantities.base import Seconds


class HoldRunner(PlainRunner):
    """Counts the time in which the run was running; a hold of the run does not count."""

    phase: HoldPhase

    def __init__(self, step: str, work: HoldWork) -> None:
        self._work = work
        self._gone = 0.0
        self._last: Seconds | None = None
        machine_of(self, HoldPhase, HoldPhase.HOLD, HOLD_EDGES)

    def trigger(self, name: str) -> bool:
        """Fire an edge of the phase machine."""
        raise NotImplementedError

    def decide(self, view: View) -> Decision:
        """One look."""
        if self.phase is HoldPhase.DONE:
            return DONE
        if self._last is not None:
            self._gone += view.now - self._last
        self._last = view.now
        if self._gone >= self._work.duration:
            self.trigger("over")
            return DONE
        return NOTHING_TO_DO

    def interrupt(self, view: View) -> None:
        """The clock of this step stands while the run is held."""
        self._last = None

    def restart(self, view: View) -> Decision:
        """The clock goes on."""
        self._last = view.now
        return NOTHING_TO_DO

    def snapshot(self) -> dict[str, Any]:
        """Time gone."""
        return {"phase": self.phase.value, "gone_s": self._gone}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Take up the time gone."""
        self._gone = float(snapshot.get("gone_s", 0.0))
