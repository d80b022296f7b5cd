"""A series of portions: by hand or by a pump, each only when the one before is over and every gate is open."""

from collections.abc import Callable, Mapping
from typing import Any

from ruggli.devices.pump import PumpSettings
from ruggli.engine.alarm import Alarm
from ruggli.engine.orders import DONE, NOTHING_TO_DO, Decision, Entry, Outcome
from ruggli.engine.phases import PORTION_EDGES, PortionPhase
from ruggli.engine.states import machine_of
from ruggli.engine.steps.dose import DoseRunner
from ruggli.engine.steps.gate import GateWait
from ruggli.engine.steps.heat_watch import HeatWatch
from ruggli.engine.steps.portion_questions import PortionQuestions
from ruggli.engine.steps.runner import PlainRunner, Progress
from ruggli.engine.view import View
from ruggli.plan.model import DoseWork, PlannedPrompt, PortionsWork
from ruggli.quantities.base import Millilitres, Seconds


class PortionsRunner(PlainRunner):
    """Runs a `PortionsWork`. The number of the portion is in the journal before it is given: none is given twice.

    Where a portion has to give heat, that is in the journal too. One that gives none holds the run; going on all the
    same is what a person decides with `resume`.
    """

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
        asked = work.asked
        self._questions = None if asked is None else PortionQuestions(step, asked, work.gate.patience)
        self._heat = None if work.heat is None else HeatWatch(work.heat, probe_of)
        self._told = False
        machine_of(self, PortionPhase, PortionPhase.GATE, PORTION_EDGES)

    def trigger(self, name: str) -> bool:
        """Fire an edge of the phase machine."""
        raise NotImplementedError

    def decide(self, view: View) -> Decision:
        """One look."""
        if self.phase is PortionPhase.DONE:
            return DONE
        if self.phase is PortionPhase.WARM:
            return self._warm(view)
        if self.phase is PortionPhase.GATE:
            if self._heat is not None:
                self._heat.note(view)
            return self._gate(view)
        if self._current is not None:
            if self._heat is not None:
                self._heat.look(view, counts=False)
            inner = self._current.decide(view)
            return self._added(view, inner) if inner.done else inner
        if self._heat is not None:
            self._heat.note(view)
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
        if self._heat is not None and not self._heat.ready(view):
            return NOTHING_TO_DO
        keeps_back = None if self._questions is None else self._questions.decide(self._given, view)
        if keeps_back is not None:
            return keeps_back
        if self._questions is not None:
            self._questions.again()
        self.trigger("open")
        self._asked = False
        if work.doses:
            if self._heat is not None:
                self._heat.begin(view)
            self._current = self._dose(f"{self._step}.{self._given + 1}", work.doses[self._given])
        note = {
            "step": self._step,
            "portion": self._given + 1,
            "of": self._count,
            "probe_degC": view.probe(self._probe_of),
        }
        return Decision(entries=(Entry("portion", note, durable=True),))

    def _added(self, view: View, inner: Decision) -> Decision:
        by_hand = self._current is None
        self._given += 1
        self._last = view.now
        self._before = {(row.solution, row.device): (row.at_least, row.at_most) for row in self.progress()}
        self._current = None
        told = {"step": self._step, "portion": self._given, "of": self._count}
        last = self._given >= self._count
        if self._heat is not None and self._watched:
            if by_hand:
                self._heat.begin(view)
            note = Entry("portion_given", {**told, "heat": self._heat.as_dict()}, durable=True)
            self.trigger("watch")
            return Decision(inner.orders, entries=(*inner.entries, note))
        self.trigger("finished" if last else "added")
        return Decision(inner.orders, entries=(*inner.entries, Entry("portion_given", told, durable=True)), done=last)

    # ---- the heat of a portion ----

    @property
    def _watched(self) -> bool:
        """Whether the latest portion has to give heat."""
        due = self._work.heat
        return due is not None and due.due[self._given - 1]

    def _warm(self, view: View) -> Decision:
        heat, due = self._heat, self._work.heat
        assert heat is not None and due is not None
        heat.look(view, counts=True)
        if heat.seen and not self._told:
            last = self._given >= self._count
            self.trigger("finished" if last else "warmed")
            return Decision(entries=(self._heat_entry("seen"),), done=last)
        if not heat.over or self._told:
            return NOTHING_TO_DO
        self._told = True
        then = "ends the series" if self._given >= self._count else "adds the next portion"
        text = (
            f"portion {self._given} of {self._count} of {due.what} gave no heat: what does not react piles up. Add no "
            f"more, warm carefully, analyse; resume {then} all the same"
        )
        bound = f"at least {due.rise:g} K within {due.within / 60:g} min"
        alarm = Alarm("A-NO-HEAT", self._probe_of or "", text, f"{heat.best:.1f} K", bound)
        return Decision(alarms=(alarm,), entries=(self._heat_entry("not seen"),))

    def _heat_entry(self, what: str) -> Entry:
        heat, due = self._heat, self._work.heat
        assert heat is not None and due is not None
        seen = {"rise_K": round(heat.best, 2), "bound_K": due.rise, "after_s": round(heat.gone, 1)}
        told = {"step": self._step, "portion": self._given, "of": self._count, "what": what}
        return Entry("portion_heat", {**told, **seen}, durable=True)

    def outcome(self, outcome: Outcome, view: View) -> Decision:
        """Hand it to the portion that is being dosed."""
        return NOTHING_TO_DO if self._current is None else self._current.outcome(outcome, view)

    def interrupt(self, view: View) -> None:
        """Interrupt the portion that is being dosed."""
        if self._heat is not None:
            self._heat.pause()
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
        """Go on with the portion, or ask again; after a portion that gave no heat this is a person's decision."""
        self._wait.over()
        self._asked = False
        if self._questions is not None:
            self._questions.again()
        if self._told:
            self._told = False
            entry = self._heat_entry("gone on")
            self.trigger("finished" if self._given >= self._count else "warmed")
            return Decision(entries=(entry,))
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
        told = {"phase": self.phase.value, "given": self._given, "before_mL": before, "dose": inner}
        if self._heat is not None:
            told["heat"] = self._heat.as_dict() if self.phase is PortionPhase.WARM else None
        return told

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Take up the number of portions given, the one that was being dosed, or the one whose heat is waited for.

        The interval begins anew, and so does the time for the heat.
        """
        self._given = int(snapshot.get("given", 0))
        self._before = {(str(s), str(d)): (float(lo), float(hi)) for s, d, lo, hi in snapshot.get("before_mL", [])}
        inner, heat = snapshot.get("dose"), snapshot.get("heat")
        if heat is not None and self._heat is not None:
            self.trigger("open")
            self.trigger("watch")
            self._heat.restore(heat)
        elif self._given >= self._count:
            self.trigger("open")
            self.trigger("finished")
        elif inner is not None:
            self.trigger("open")
            self._current = self._dose(f"{self._step}.{self._given + 1}", self._work.doses[self._given])
            self._current.restore(inner)
