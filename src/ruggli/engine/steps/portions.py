"""A series of portions: by hand or by a pump, each only when the one before is over and the vessel is cool enough."""

from collections.abc import Callable, Mapping
from typing import Any

from ruggli.devices.pump import PumpSettings
from ruggli.engine.orders import DONE, NOTHING_TO_DO, Decision, Entry, Outcome
from ruggli.engine.phases import PORTION_EDGES, PortionPhase
from ruggli.engine.states import machine_of
from ruggli.engine.steps.dose import DoseRunner
from ruggli.engine.steps.gate import GateWait
from ruggli.engine.steps.runner import PlainRunner, Progress
from ruggli.engine.view import View
from ruggli.plan.model import DoseWork, PlannedPrompt, PortionsWork
from ruggli.quantities.base import Millilitres, Seconds


class PortionsRunner(PlainRunner):
    """Runs a `PortionsWork`. The number of the portion is in the journal before it is given: none is given twice."""

    phase: PortionPhase

    def __init__(
        self, step: str, work: PortionsWork, probe_of: str | None, dose: Callable[[str, DoseWork], DoseRunner]
    ) -> None:
        self._step = step
        self._work = work
        self._probe_of = probe_of
        self._dose = dose
        self._given = 0
        self._count = len(work.doses) or len(work.prompts)
        self._last: Seconds | None = None
        self._current: DoseRunner | None = None
        self._asked = False
        self._before: dict[tuple[str, str], tuple[float, float]] = {}
        self._wait = GateWait(probe_of)
        machine_of(self, PortionPhase, PortionPhase.GATE, PORTION_EDGES)

    def trigger(self, name: str) -> bool:
        """Fire an edge of the phase machine."""
        raise NotImplementedError

    def decide(self, view: View) -> Decision:
        """One look."""
        if self.phase is PortionPhase.DONE:
            return DONE
        if self.phase is PortionPhase.GATE:
            return self._gate(view)
        if self._current is not None:
            inner = self._current.decide(view)
            return self._added(view, inner) if inner.done else inner
        prompt = self._work.prompts[self._given]
        if prompt.id in view.answers:
            return self._added(view, NOTHING_TO_DO)
        if not self._asked:
            self._asked = True
            return Decision(ask=(prompt,))
        return NOTHING_TO_DO

    def _gate(self, view: View) -> Decision:
        gate, work = self._work.gate, self._work
        if self._last is None and self._given:
            self._last = view.now
        if self._last is not None and view.now - self._last < work.interval:
            return NOTHING_TO_DO
        if view.waits:
            return NOTHING_TO_DO
        if self._probe_of is not None:
            probe = view.probe(self._probe_of)
            bound = gate.below if self._last is None else gate.below - gate.hysteresis
            if probe is None or probe > bound:
                return self._wait.decide(gate, view)
            self._wait.over()
        self.trigger("open")
        self._asked = False
        if work.doses:
            self._current = self._dose(f"{self._step}.{self._given + 1}", work.doses[self._given])
        note = {
            "step": self._step,
            "portion": self._given + 1,
            "of": self._count,
            "probe_degC": view.probe(self._probe_of),
        }
        return Decision(entries=(Entry("portion", note, durable=True),))

    def _added(self, view: View, inner: Decision) -> Decision:
        self._given += 1
        self._last = view.now
        self._before = {(row.solution, row.device): (row.at_least, row.at_most) for row in self.progress()}
        self._current = None
        note = Entry("portion_given", {"step": self._step, "portion": self._given, "of": self._count}, durable=True)
        last = self._given >= self._count
        self.trigger("finished" if last else "added")
        return Decision(inner.orders, entries=(*inner.entries, note), done=last)

    def outcome(self, outcome: Outcome, view: View) -> Decision:
        """Hand it to the portion that is being dosed."""
        return NOTHING_TO_DO if self._current is None else self._current.outcome(outcome, view)

    def interrupt(self, view: View) -> None:
        """Interrupt the portion that is being dosed."""
        if self._current is not None:
            self._current.interrupt(view)

    def counters(self, settings: Mapping[str, PumpSettings | None], lost: frozenset[str], view: View) -> list[Entry]:
        """Settle the portion that is being dosed."""
        return [] if self._current is None else self._current.counters(settings, lost, view)

    def unsettled(self) -> tuple[str, ...]:
        """See `Runner`."""
        return () if self._current is None else self._current.unsettled()

    def abandon(self, unheard: frozenset[str]) -> None:
        """As `DoseRunner.abandon`."""
        if self._current is not None:
            self._current.abandon(unheard)

    def doubts(self) -> tuple[PlannedPrompt, ...]:
        """Doubts about the portion that is being dosed."""
        return () if self._current is None else self._current.doubts()

    def restart(self, view: View) -> Decision:
        """Go on with the portion, or ask again."""
        self._wait.over()
        self._asked = False
        return NOTHING_TO_DO if self._current is None else self._current.restart(view)

    def progress(self) -> tuple[Progress, ...]:
        """Of all portions that a pump gives, summed."""
        planned: dict[tuple[str, str], float] = {}
        for dose in self._work.doses:
            for feed in dose.feeds:
                planned[feed.solution, feed.device] = planned.get((feed.solution, feed.device), 0.0) + feed.planned
        now = {} if self._current is None else {(row.solution, row.device): row for row in self._current.progress()}
        rows = []
        for (solution, device), volume in planned.items():
            low, high = self._before.get((solution, device), (0.0, 0.0))
            row = now.get((solution, device))
            if row is not None:
                low, high = low + row.at_least, high + row.at_most
            rows.append(Progress(solution, device, Millilitres(volume), Millilitres(low), Millilitres(high)))
        return tuple(rows)

    @property
    def current(self) -> DoseRunner | None:
        """The portion that is being dosed."""
        return self._current

    def snapshot(self) -> dict[str, Any]:
        """Portions given."""
        inner = None if self._current is None else self._current.snapshot()
        before = [[solution, device, *bounds] for (solution, device), bounds in self._before.items()]
        return {"phase": self.phase.value, "given": self._given, "before_mL": before, "dose": inner}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Take up the number of portions given, and the one that was being dosed; the interval begins anew."""
        self._given = int(snapshot.get("given", 0))
        self._before = {(str(s), str(d)): (float(lo), float(hi)) for s, d, lo, hi in snapshot.get("before_mL", [])}
        inner = snapshot.get("dose")
        if self._given >= self._count:
            self.trigger("open")
            self.trigger("finished")
        elif inner is not None:
            self.trigger("open")
            self._current = self._dose(f"{self._step}.{self._given + 1}", self._work.doses[self._given])
            self._current.restore(inner)
