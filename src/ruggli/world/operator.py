"""The person: questions go out, answers and commands come in. At a terminal, scripted, or absent."""

import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TextIO

from ruggli.quantities.base import Seconds


class Command(Enum):
    """What a person may ask of a run at any moment."""

    HOLD = "hold"
    RESUME = "resume"
    STOP = "stop"
    ABORT = "abort"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a person sees it.

    Attributes:
        id: stable id.
        text: the question, with amounts and units.
        choices: allowed answers, () for a typed one.
        expects: what a typed answer looks like, "" otherwise.
        happy: the answer when all is well, "" where there is none.
        takes: how long a person needs.
        timeout: how long the question waits, or None for ever.
        on_timeout: what follows, for people.
    """

    id: str
    text: str
    choices: tuple[str, ...]
    expects: str
    happy: str
    takes: Seconds
    timeout: Seconds | None
    on_timeout: str


class Operator(Protocol):
    """Whoever answers."""

    name: str

    def ask(self, question: Question, now: Seconds) -> None:
        """Put the question. Does not wait."""

    def answer(self, question: Question, now: Seconds) -> str | None:
        """The answer, if it has come."""

    def refuse(self, question: Question, why: str, now: Seconds) -> None:
        """Say why an answer was not taken; the question stays."""

    def withdraw(self, question: Question) -> None:
        """The question no longer stands."""

    def can_answer(self, question: Question) -> bool:
        """Whether waiting for an answer makes sense: False where nobody is there and nothing is prepared."""

    def command(self) -> Command | None:
        """A command that has come, or None."""


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    """An answer prepared in a file: to which question, what, how long after it was put."""

    id: str
    answer: str
    after: Seconds | None = None


class ScriptedOperator:
    """Answers from a script; where the script is silent, by the happy path when `happy` is set.

    `hands` is told of every answer that was given, so that a simulated bench can do what a person's hands would.
    Several answers to one id are given in their order, one each time the question is put.
    """

    def __init__(
        self,
        answers: tuple[ScriptedAnswer, ...] = (),
        *,
        happy: bool,
        name: str = "scripted",
        hands: Callable[[str, str], None] | None = None,
    ) -> None:
        self.name = name
        self._script: dict[str, deque[ScriptedAnswer]] = {}
        for answer in answers:
            self._script.setdefault(answer.id, deque()).append(answer)
        self._happy = happy
        self._hands = hands
        self._due: dict[str, tuple[float, str]] = {}

    def ask(self, question: Question, now: Seconds) -> None:
        """Look the answer up and note when it is due."""
        waiting = self._script.get(question.id)
        if waiting:
            scripted = waiting.popleft()
            after = question.takes if scripted.after is None else scripted.after
            self._due[question.id] = (now + after, scripted.answer)
        elif self._happy and question.happy:
            self._due[question.id] = (now + question.takes, question.happy)

    def answer(self, question: Question, now: Seconds) -> str | None:
        """The scripted answer, once its time has come."""
        due = self._due.get(question.id)
        if due is None or now < due[0]:
            return None
        del self._due[question.id]
        if self._hands is not None:
            self._hands(question.id, due[1])
        return due[1]

    def refuse(self, question: Question, why: str, now: Seconds) -> None:
        """A scripted answer that is refused is not repeated; a further one for this id may follow."""
        self.ask(question, now)

    def withdraw(self, question: Question) -> None:
        """Forget the question."""
        self._due.pop(question.id, None)

    def can_answer(self, question: Question) -> bool:
        """Only what is due will ever be answered."""
        return question.id in self._due

    def command(self) -> Command | None:
        """A script gives no commands."""
        return None


KEYS: Mapping[str, Command] = {
    "h": Command.HOLD,
    "hold": Command.HOLD,
    "p": Command.HOLD,
    "pause": Command.HOLD,
    "r": Command.RESUME,
    "resume": Command.RESUME,
    "s": Command.STOP,
    "stop": Command.STOP,
    "abort": Command.ABORT,
}


class TerminalOperator:
    """A person at a terminal. Lines are read by a thread that does nothing else; scripted answers come first.

    A line is the answer to the question that stands; `:hold`, `:resume`, `:stop` and `:abort` (and without the colon
    while no question stands) are commands.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        name: str,
        answers: tuple[ScriptedAnswer, ...] = (),
        arrived: Callable[[], None] | None = None,
        hands: Callable[[str, str], None] | None = None,
        source: TextIO | None = None,
    ) -> None:
        self.name = name
        self._say = say
        self._hands = hands
        self._script = ScriptedOperator(answers, happy=False, hands=hands)
        self._lines: deque[str] = deque()
        self._commands: deque[Command] = deque()
        self._standing: list[str] = []
        self._arrived = arrived
        self._source = sys.stdin if source is None else source
        threading.Thread(target=self._read, name="terminal", daemon=True).start()

    def ask(self, question: Question, now: Seconds) -> None:
        """Print the question."""
        self._script.ask(question, now)
        self._standing.append(question.id)
        how = f" [{'/'.join(question.choices)}]" if question.choices else f" ({question.expects})"
        limit = ""
        if question.timeout is not None:
            limit = f"\n  (unanswered after {question.timeout / 60:.0f} min: {question.on_timeout})"
        self._say(f"? {question.id}: {question.text}{how}{limit}")

    def answer(self, question: Question, now: Seconds) -> str | None:
        """The line that was typed since, if it is not a command."""
        scripted = self._script.answer(question, now)
        if scripted is None and self._lines and self._standing and self._standing[0] == question.id:
            scripted = self._lines.popleft()
            if self._hands is not None:
                self._hands(question.id, scripted)
        if scripted is not None and question.id in self._standing:
            self._standing.remove(question.id)
        return scripted

    def refuse(self, question: Question, why: str, now: Seconds) -> None:
        """Say why and wait for another line."""
        self._standing.insert(0, question.id)
        self._script.ask(question, now)
        self._say(f"! {why}")

    def withdraw(self, question: Question) -> None:
        """The question no longer stands."""
        self._script.withdraw(question)
        if question.id in self._standing:
            self._standing.remove(question.id)

    def can_answer(self, question: Question) -> bool:
        """A person may always come back."""
        return True

    def command(self) -> Command | None:
        """A command that was typed."""
        if not self._standing:
            while self._lines:
                word = self._lines.popleft().strip().lower()
                if word in KEYS:
                    self._commands.append(KEYS[word])
                elif word:
                    self._say("! commands: hold, resume, stop, abort")
        return self._commands.popleft() if self._commands else None

    def _read(self) -> None:
        for line in self._source:
            word = line.strip()
            if word.startswith(":") and word[1:].lower() in KEYS:
                self._commands.append(KEYS[word[1:].lower()])
            elif word:
                self._lines.append(word)
            if self._arrived is not None:
                self._arrived()
