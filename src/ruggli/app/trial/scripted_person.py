"""The person of a trial whose answers stand in a file."""

from ruggli.app.hands import Hands
from ruggli.quantities.base import Seconds
from ruggli.world.operator import Command, Question, ScriptedAnswer, ScriptedOperator


class ScriptedPerson:
    """An `Operator` who follows a script, by the happy path where it is silent, and who may be away.

    Args:
        script: the answers.
        hands: do on the bench what was answered.

    Attributes:
        away: until when nobody is there.
        holds: number of holds after which somebody came.
    """

    def __init__(self, script: tuple[ScriptedAnswer, ...], hands: Hands) -> None:
        self.name = "scripted answers"
        self.away = Seconds(-1.0)
        self.holds = 0
        self._script = ScriptedOperator(script, happy=True, hands=hands)

    def ask(self, question: Question, now: Seconds) -> None:
        """Look the answer up."""
        self._script.ask(question, now)

    def answer(self, question: Question, now: Seconds) -> str | None:
        """The answer of the script, when it is due and somebody is there."""
        return None if now < self.away else self._script.answer(question, now)

    def refuse(self, question: Question, why: str, now: Seconds) -> None:
        """A further answer of the script may follow."""
        self._script.refuse(question, why, now)

    def withdraw(self, question: Question) -> None:
        """Forget the question."""
        self._script.withdraw(question)

    def can_answer(self, question: Question) -> bool:
        """Only what stands in the script will ever be answered."""
        return self._script.can_answer(question)

    def command(self) -> Command | None:
        """Commands come as signals."""
        return None
