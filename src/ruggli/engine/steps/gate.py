"""Waiting at a shut gate: for a while, not for ever."""

from ruggli.engine.alarm import Alarm
from ruggli.engine.orders import NOTHING_TO_DO, Decision
from ruggli.engine.view import View
from ruggli.plan.model import GatePlan
from ruggli.quantities.base import Seconds


class GateWait:
    """Remembers since when a step waits for its vessel to cool.

    Args:
        probe_of: the hotplate whose probe tells the vessel's temperature, or None.
    """

    def __init__(self, probe_of: str | None) -> None:
        self._probe_of = probe_of
        self._since: Seconds | None = None

    def over(self) -> None:
        """The step does not wait."""
        self._since = None

    def too_warm(self, gate: GatePlan | None, view: View) -> bool:
        """Whether a gate is to be shut."""
        probe = view.probe(self._probe_of)
        return gate is not None and (probe is None or probe > gate.below)

    def stays_shut(self, gate: GatePlan | None, view: View) -> bool:
        """Whether a gate that is shut has to stay so."""
        probe = view.probe(self._probe_of)
        return gate is not None and (probe is None or probe > gate.below - gate.hysteresis)

    def decide(self, gate: GatePlan | None, view: View) -> Decision:
        """Wait at a gate; the alarm once that takes too long."""
        alarm = None if gate is None else self.alarm(gate, view)
        return NOTHING_TO_DO if alarm is None else Decision(alarms=(alarm,))

    def alarm(self, gate: GatePlan, view: View) -> Alarm | None:
        """An alarm once it has waited for as long as the step may stay held; the wait begins with the first call."""
        if self._since is None:
            self._since = view.now
        if view.now - self._since < gate.patience:
            return None
        probe, waited, self._since = view.probe(self._probe_of), view.now - self._since, None
        return Alarm(
            "A-GATE",
            self._probe_of or "",
            f"the vessel has not come below its gate in {waited / 60:.0f} min",
            "no reading" if probe is None else f"{probe:.1f} degC",
            f"below {gate.below:.1f} degC",
        )
