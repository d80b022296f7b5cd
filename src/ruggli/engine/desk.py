"""Questions that stand: put, answered, refused, timed out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ruggli.errors import InputError
from ruggli.plan.model import PlannedPrompt
from ruggli.protocol.model import OnTimeout
from ruggli.protocol.results import ResultKind
from ruggli.quantities.base import Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import read_quantity
from ruggli.world.operator import Operator, Question

Write = Callable[[str, Mapping[str, Any], bool], None]


@dataclass(slots=True)
class Standing:
    """A question that waits for its answer."""

    prompt: PlannedPrompt
    question: Question
    asked: Seconds


@dataclass(frozen=True, slots=True)
class Expired:
    """A question that nobody answered in time."""

    prompt: PlannedPrompt
    then: OnTimeout


class Desk:
    """Keeps the standing questions; every question and every answer is a record.

    Args:
        operator: who answers.
        write: the journal.
    """

    def __init__(self, operator: Operator, write: Write) -> None:
        self._operator = operator
        self._write = write
        self._standing: dict[str, Standing] = {}
        self.history: list[dict[str, Any]] = []

    @property
    def waits(self) -> bool:
        """Whether any question waits."""
        return bool(self._standing)

    @property
    def standing(self) -> tuple[PlannedPrompt, ...]:
        """Questions that wait."""
        return tuple(item.prompt for item in self._standing.values())

    def ask(self, prompt: PlannedPrompt, now: Seconds) -> None:
        """Put a question."""
        if prompt.id in self._standing:
            return
        question = Question(
            prompt.id,
            prompt.text,
            prompt.choices,
            f"{prompt.wanted}, e.g. {prompt.example}" if prompt.wanted else "any text",
            prompt.happy,
            prompt.takes,
            None if prompt.timeout is None else Seconds(prompt.timeout + prompt.takes),
            prompt.on_timeout.value,
        )
        self._standing[prompt.id] = Standing(prompt, question, now)
        data = {"id": prompt.id, "text": prompt.text, "choices": list(prompt.choices), "timeout_s": prompt.timeout}
        self._write("prompt", {**data, "on_timeout": prompt.on_timeout.value}, True)
        self._operator.ask(question, now)

    def withdraw_all(self) -> None:
        """No question stands any more."""
        for item in self._standing.values():
            self._operator.withdraw(item.question)
            self._write("withdrawn", {"id": item.prompt.id}, False)
        self._standing.clear()

    def collect(self, now: Seconds) -> tuple[dict[str, str], list[Expired]]:
        """Answers that have come, checked, and questions that have timed out."""
        answers: dict[str, str] = {}
        expired: list[Expired] = []
        for prompt_id, item in list(self._standing.items()):
            text = self._operator.answer(item.question, now)
            if text is not None:
                why = refusal(item.prompt, text)
                if why:
                    self._write("refused", {"id": prompt_id, "answer": text, "why": why}, False)
                    self._operator.refuse(item.question, why, now)
                    continue
                answers[prompt_id] = text.strip()
                self._close(item, text.strip(), now)
            elif self._is_over(item, now):
                self._operator.withdraw(item.question)
                del self._standing[prompt_id]
                self._write("timeout", {"id": prompt_id, "then": item.prompt.on_timeout.value}, True)
                self.history.append(
                    {"id": prompt_id, "text": item.prompt.text, "answer": None, "after_s": now - item.asked}
                )
                if item.prompt.on_timeout is OnTimeout.CONTINUE:
                    answers[prompt_id] = item.prompt.happy
                expired.append(Expired(item.prompt, item.prompt.on_timeout))
        return answers, expired

    def _is_over(self, item: Standing, now: Seconds) -> bool:
        timeout = item.prompt.timeout
        waits = item.prompt.on_timeout is OnTimeout.CONTINUE and timeout is not None
        if not waits and not self._operator.can_answer(item.question):
            return True
        return timeout is not None and now - item.asked >= timeout + item.prompt.takes

    def _close(self, item: Standing, answer: str, now: Seconds) -> None:
        del self._standing[item.prompt.id]
        self._write("answer", {"id": item.prompt.id, "answer": answer, "by": self._operator.name}, True)
        after = now - item.asked
        self.history.append({"id": item.prompt.id, "text": item.prompt.text, "answer": answer, "after_s": after})


def refusal(prompt: PlannedPrompt, answer: str) -> str:
    """Why an answer does not fit its question, "" when it does."""
    text = answer.strip()
    if prompt.choices:
        return (
            ""
            if text in prompt.choices
            else f"{text!r} is no answer to {prompt.id}; answers: {', '.join(prompt.choices)}"
        )
    if prompt.result is not None:
        return _result_refusal(text, prompt.result)
    if prompt.dimension is None:
        return "" if text else f"{prompt.id} needs an answer"
    return typed_refusal(text, prompt.dimension)


def typed_refusal(text: str, dimension: Dimension) -> str:
    """Why a text is no quantity of that dimension, "" when it is one."""
    try:
        reading = read_quantity(text, dimension)
    except InputError as error:
        return str(error)
    return f"{text!r}: a mass is not below zero" if dimension is Dimension.MASS and reading.base < 0.0 else ""


def _result_refusal(text: str, result: ResultKind) -> str:
    try:
        result.read(text)
    except InputError as error:
        return str(error)
    return ""
