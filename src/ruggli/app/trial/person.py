"""The person of a trial: answers after a while, mends what is broken, reads syringes, goes home."""

from collections.abc import Callable
from dataclasses import dataclass

from ruggli.app.hands import Hands
from ruggli.plan.model import Plan
from ruggli.quantities.base import Millilitres, Seconds
from ruggli.world.operator import Command, Question
from ruggli_simulator.bench import Bench
from ruggli_simulator.faults import mend


@dataclass(frozen=True, slots=True)
class Habits:
    """What a person does.

    Attributes:
        answers_after: how long an answer takes.
        comes_after: how long it takes to come to a held run.
        resumes: how often a held run is resumed before it is stopped for good.
    """

    answers_after: Seconds = Seconds(2.0)
    comes_after: Seconds = Seconds(40.0)
    resumes: int = 3


class Person:
    """An `Operator` who acts on the simulated bench.

    Args:
        bench: the bench.
        plan: whose prompts carry acts.
        habits: see `Habits`.
        displaced: what has really left a syringe since a dose began, by step and device.

    Attributes:
        away: until when nobody is there.
        holds: number of holds that were answered.
    """

    def __init__(self, bench: Bench, plan: Plan, habits: Habits, displaced: Callable[[str, str], Millilitres]) -> None:
        self.name = "trial"
        self.away = Seconds(-1.0)
        self.holds = 0
        self._bench = bench
        self._habits = habits
        self._hands = Hands(bench, plan)
        self._displaced = displaced
        self._due: dict[str, float] = {}

    def ask(self, question: Question, now: Seconds) -> None:
        """Hear the question."""
        held = question.id.startswith("hold.")
        self._due[question.id] = now + (self._habits.comes_after if held else self._habits.answers_after)

    def answer(self, question: Question, now: Seconds) -> str | None:
        """The answer, when it is due and somebody is there."""
        due = self._due.get(question.id)
        if due is None or now < due or now < self.away:
            return None
        del self._due[question.id]
        if question.id.startswith("hold."):
            return self._decide()
        step, mark, device = question.id.partition(".doubt.")
        if mark:
            return f"{self._displaced(step, device):.4f} mL"
        answer = question.happy or "stop"
        self._hands(question.id, answer)
        return answer

    def _decide(self) -> str:
        mend(self._bench)
        self.holds += 1
        return "resume" if self.holds <= self._habits.resumes else "stop"

    def refuse(self, question: Question, why: str, now: Seconds) -> None:
        """Try again."""
        self.ask(question, now)

    def withdraw(self, question: Question) -> None:
        """Forget the question."""
        self._due.pop(question.id, None)

    def can_answer(self, question: Question) -> bool:
        """A person may always come back."""
        return True

    def command(self) -> Command | None:
        """Commands come as signals."""
        return None
