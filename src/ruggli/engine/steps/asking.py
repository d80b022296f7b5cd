"""Steps that are questions to a person: operator steps and analyses."""

from collections.abc import Mapping
from typing import Any

from ruggli.engine.orders import DONE, NOTHING_TO_DO, Decision, Entry
from ruggli.engine.phases import ASK_EDGES, AskPhase
from ruggli.engine.states import machine_of
from ruggli.engine.steps.runner import PlainRunner
from ruggli.engine.view import View
from ruggli.plan.model import MonitorWork, OperatorWork
from ruggli.protocol.model import AnswerAction, AnswerRule
from ruggli.quantities.base import Seconds


class OperatorRunner(PlainRunner):
    """Asks, one question after the other, and goes on when all are answered.

    Of several questions none is put again that was answered before a crash; a single one is.
    """

    phase: AskPhase

    def __init__(self, step: str, work: OperatorWork) -> None:
        self._prompts = (work.prompt, *(work.more or ()))
        self._several = len(self._prompts) > 1
        self._answered = 0
        self._asked = False
        machine_of(self, AskPhase, AskPhase.ASK, ASK_EDGES)

    def trigger(self, name: str) -> bool:
        """Fire an edge of the phase machine."""
        raise NotImplementedError

    def decide(self, view: View) -> Decision:
        """One look."""
        if self.phase is AskPhase.DONE:
            return DONE
        while (self._asked or self._several) and self._prompts[self._answered].id in view.answers:
            self._answered += 1
            self._asked = False
            if self._answered == len(self._prompts):
                self.trigger("answered")
                return DONE
        if not self._asked:
            self._asked = True
            return Decision(ask=(self._prompts[self._answered],))
        return NOTHING_TO_DO

    def restart(self, view: View) -> Decision:
        """Ask again what stood."""
        self._asked = False
        return NOTHING_TO_DO

    def snapshot(self) -> dict[str, Any]:
        """Only the phase, for people."""
        return {"phase": self.phase.value}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Ask again what stood; the answers are in the record."""


class MonitorRunner(PlainRunner):
    """Asks for the result of an analysis; each answer goes on, waits and asks again, or stops."""

    phase: AskPhase

    def __init__(self, step: str, work: MonitorWork) -> None:
        self._step = step
        self._work = work
        self._asking = 0
        self._asked = False
        self._again_at: Seconds | None = None
        machine_of(self, AskPhase, AskPhase.ASK, ASK_EDGES)

    def trigger(self, name: str) -> bool:
        """Fire an edge of the phase machine."""
        raise NotImplementedError

    def decide(self, view: View) -> Decision:
        """One look."""
        if self.phase is AskPhase.DONE:
            return DONE
        if self.phase is AskPhase.WAIT:
            if self._again_at is None or view.now < self._again_at:
                return NOTHING_TO_DO
            self._next_asking()
            self.trigger("again")
        return self._look(view)

    def _look(self, view: View) -> Decision:
        """One look while a question stands or is to be put."""
        prompt = self._work.prompts[self._asking]
        if not self._asked:
            self._asked = True
            return Decision(ask=(prompt,))
        answer = view.answers.get(prompt.id)
        if answer is None:
            return NOTHING_TO_DO
        return self._follow(next(rule for rule in self._work.rules if rule.answer == answer), answer, view.now)

    def _next_asking(self) -> None:
        self._asking = min(self._asking + 1, self._work.askings - 1)
        self._asked = False

    def _follow(self, rule: AnswerRule, answer: str, now: Seconds) -> Decision:
        """Do what a rule says.

        Args:
            rule: the rule that applies.
            answer: what was answered, for people.
            now: the run's clock.
        """
        if rule.does is AnswerAction.WAIT:
            last = self._asking + 1 >= self._work.askings or self._asking >= (rule.at_most or 1)
            if not last and rule.after is not None:
                self._again_at = Seconds(now + rule.after.base)
                self.trigger("wait")
                note = {"step": self._step, "answer": answer, "what": f"waits {rule.after} and asks again"}
                return Decision(entries=(Entry("monitor", note),))
            if rule.then == "stop":
                return self._stop(answer, f"asked {self._asking + 1} times, the last answer was {answer!r}")
        elif rule.does is AnswerAction.STOP:
            return self._stop(answer, f"the answer was {answer!r}")
        self.trigger("answered")
        return Decision(
            entries=(Entry("monitor", {"step": self._step, "answer": answer, "what": "goes on"}),), done=True
        )

    def _stop(self, answer: str, why: str) -> Decision:
        note = {"step": self._step, "answer": answer, "what": "stops"}
        return Decision(entries=(Entry("monitor", note),), stop=f"{self._step}: {why}")

    def restart(self, view: View) -> Decision:
        """Ask again where a question stood."""
        if self.phase is AskPhase.ASK:
            self._asked = False
        return NOTHING_TO_DO

    def snapshot(self) -> dict[str, Any]:
        """Which asking it is."""
        return {"phase": self.phase.value, "asking": self._asking}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Take up the number of the asking."""
        self._asking = int(snapshot.get("asking", 0))
