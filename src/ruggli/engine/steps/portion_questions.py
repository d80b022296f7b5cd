"""The questions before a portion: has the gas died down, what is the pH? A portion waits until each opens its gate."""

from ruggli.engine.alarm import Alarm
from ruggli.engine.orders import NOTHING_TO_DO, Decision, Entry
from ruggli.engine.view import View
from ruggli.plan.model import PlannedPrompt
from ruggli.plan.portion_gates import ASK_AGAIN, PortionGates
from ruggli.quantities.base import Seconds


class PortionQuestions:
    """Asks what a portion waits for, one question after the other.

    Args:
        step: id of the step.
        gates: the questions.
        patience: for how long the answers may keep a gate shut; then the run holds.
    """

    def __init__(self, step: str, gates: PortionGates, patience: Seconds) -> None:
        self._step = step
        self._gates = gates
        self._patience = patience
        self._passed = 0
        self._asked = False
        self._again_at: Seconds | None = None
        self._shut_since: Seconds | None = None

    def again(self) -> None:
        """A new portion, or a restart: whatever was answered before is old."""
        self._passed, self._asked, self._again_at, self._shut_since = 0, False, None, None

    def decide(self, given: int, view: View) -> Decision | None:
        """What to do before the portion after `given` others; None when nothing keeps it back."""
        questions = self._gates.before(given)
        if self._passed >= len(questions):
            return None
        prompt = questions[self._passed]
        if self._again_at is not None and view.now < self._again_at:
            return NOTHING_TO_DO
        if not self._asked:
            self._asked, self._again_at = True, None
            return Decision(ask=(prompt,))
        answer = view.answers.get(prompt.id)
        return NOTHING_TO_DO if answer is None else self._answered(prompt, answer, given, view.now)

    def _answered(self, prompt: PlannedPrompt, answer: str, given: int, now: Seconds) -> Decision:
        self._asked = False
        opens = self._gates.opens(prompt, answer)
        if opens is None:
            why = "the pH is a number from 0 to 14, e.g. 5.2"
            return Decision(entries=(Entry("refused", {"id": prompt.id, "answer": answer, "why": why}),))
        note = {"step": self._step, "portion": given + 1, "id": prompt.id, "answer": answer, "opens": opens}
        entry = Entry("portion_gate", note, durable=True)
        if opens:
            self._passed += 1
            self._shut_since = None
            return Decision(entries=(entry,))
        self._again_at = Seconds(now + ASK_AGAIN)
        self._shut_since = now if self._shut_since is None else self._shut_since
        if now - self._shut_since < self._patience:
            return Decision(entries=(entry,))
        waited = now - self._shut_since
        self._shut_since = None
        return Decision(alarms=(self._alarm(prompt, answer, waited),), entries=(entry,))

    def _alarm(self, prompt: PlannedPrompt, answer: str, waited: float) -> Alarm:
        if prompt.choices:
            text, bound = f"the effervescence has not died down in {waited / 60:.0f} min", "quiet"
        else:
            text = f"the pH has not come into its window in {waited / 60:.0f} min"
            bound = f"pH {self._gates.lowest:g} to {self._gates.highest:g}"
        return Alarm("A-GATE", "operator", text, answer, bound)
