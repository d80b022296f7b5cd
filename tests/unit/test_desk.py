"""Questions that stand, and whoever answers them: scripted, at a terminal, or nobody."""

import io
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ruggli.engine.desk import Desk, refusal
from ruggli.plan.model import PlannedPrompt
from ruggli.protocol.model import OnTimeout
from ruggli.quantities.base import Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.world.operator import Command, Operator, Question, ScriptedAnswer, ScriptedOperator, TerminalOperator
from ruggli.world.signals import SignalCommands


def prompt(
    name: str = "charge",
    *,
    choices: tuple[str, ...] = ("done",),
    happy: str = "done",
    dimension: Dimension | None = None,
    timeout: float | None = 600.0,
    on_timeout: OnTimeout = OnTimeout.HOLD,
) -> PlannedPrompt:
    limit = None if timeout is None else Seconds(timeout)
    return PlannedPrompt(name, "Charge the flask", choices, dimension, happy, Seconds(60.0), limit, on_timeout)


class Book:
    """Notes what the desk writes."""

    def __init__(self) -> None:
        self.kinds: list[tuple[str, bool]] = []

    def __call__(self, kind: str, data: Mapping[str, Any], durable: bool) -> None:
        assert data["id"]
        self.kinds.append((kind, durable))


def desk(operator: Operator) -> tuple[Desk, Book]:
    book = Book()
    return Desk(operator, book), book


def scripted(*answers: tuple[str, str, float | None], happy: bool = False) -> ScriptedOperator:
    script = tuple(ScriptedAnswer(a, b, None if c is None else Seconds(c)) for a, b, c in answers)
    return ScriptedOperator(script, happy=happy)


def at(table: Desk, second: float) -> tuple[dict[str, str], list[str]]:
    answers, expired = table.collect(Seconds(second))
    return answers, [item.prompt.id for item in expired]


def test_an_answer_comes_after_its_time_and_only_once() -> None:
    table, book = desk(scripted(("charge", " done ", 5.0)))
    table.ask(prompt(), Seconds(100.0))
    assert at(table, 104.9) == ({}, [])
    assert at(table, 105.0) == ({"charge": "done"}, [])
    assert at(table, 999.0) == ({}, []), "an answer is used up"
    assert book.kinds == [("prompt", True), ("answer", True)]
    assert table.history == [{"id": "charge", "text": "Charge the flask", "answer": "done", "after_s": 5.0}]


def test_the_happy_path_answers_after_the_time_that_it_takes() -> None:
    table, _ = desk(scripted(happy=True))
    table.ask(prompt(), Seconds(0.0))
    assert at(table, 59.0) == ({}, [])
    assert at(table, 60.0) == ({"charge": "done"}, [])


def test_a_question_without_a_happy_answer_is_for_nobody() -> None:
    table, book = desk(scripted(happy=True))
    table.ask(prompt(happy=""), Seconds(0.0))
    assert at(table, 0.0) == ({}, ["charge"])
    assert book.kinds[-1] == ("timeout", True)


def test_a_question_that_stands_is_not_put_twice() -> None:
    table, book = desk(scripted(("charge", "done", 5.0)))
    table.ask(prompt(), Seconds(0.0))
    table.ask(prompt(), Seconds(3.0))
    assert len(table.standing) == 1 and len(book.kinds) == 1


def test_a_refused_answer_leaves_the_question_standing() -> None:
    table, book = desk(scripted(("charge", "maybe", 5.0), ("charge", "done", 5.0)))
    table.ask(prompt(), Seconds(0.0))
    assert at(table, 5.0) == ({}, [])
    assert book.kinds[-1] == ("refused", False)
    assert at(table, 9.0) == ({}, [])
    assert at(table, 10.0) == ({"charge": "done"}, [])


@pytest.mark.parametrize("on_timeout", list(OnTimeout))
def test_a_late_question_expires_as_it_says(on_timeout: OnTimeout) -> None:
    table, _ = desk(scripted(("charge", "done", 9000.0)))
    table.ask(prompt(on_timeout=on_timeout), Seconds(0.0))
    assert at(table, 659.0) == ({}, [])
    answers, expired = table.collect(Seconds(660.0))
    assert [item.then for item in expired] == [on_timeout]
    assert answers == ({"charge": "done"} if on_timeout is OnTimeout.CONTINUE else {})
    assert table.standing == ()
    assert at(table, 9000.0) == ({}, []), "an answer to an old question is void"
    assert table.history[-1]["answer"] is None


def test_nobody_there_is_known_at_once_but_going_on_waits_its_time() -> None:
    nobody = scripted()
    table, _ = desk(nobody)
    table.ask(prompt(), Seconds(0.0))
    assert at(table, 0.0) == ({}, ["charge"])
    table.ask(prompt("rest", on_timeout=OnTimeout.CONTINUE), Seconds(0.0))
    assert at(table, 659.0) == ({}, [])
    assert at(table, 660.0) == ({"rest": "done"}, ["rest"])


def test_questions_are_withdrawn_together() -> None:
    operator = scripted(("a", "done", 5.0), ("b", "done", 5.0))
    table, book = desk(operator)
    for name in "ab":
        table.ask(prompt(name), Seconds(0.0))
    table.withdraw_all()
    assert table.standing == () and at(table, 100.0) == ({}, [])
    assert book.kinds[-2:] == [("withdrawn", False)] * 2


@pytest.mark.parametrize(
    ("question", "good", "bad"),
    [
        (prompt(choices=("set", "stop")), ["set", " stop "], ["", "SET", "s", "yes", "set stop"]),
        (prompt(choices=(), dimension=Dimension.VOLUME), ["1 mL", "0.5 mL"], ["", "1", "1,5 mL", "1 g", "NaN mL"]),
        (prompt(choices=()), ["anything"], ["", "  "]),
    ],
    ids=["choices", "volume", "text"],
)
def test_what_fits_a_question(question: PlannedPrompt, good: list[str], bad: list[str]) -> None:
    assert [refusal(question, text) for text in good] == [""] * len(good)
    assert all(refusal(question, text) for text in bad)


def test_the_hands_are_told_of_what_was_answered() -> None:
    told: list[tuple[str, str]] = []
    operator = ScriptedOperator((), happy=True, hands=lambda name, text: told.append((name, text)))
    table, _ = desk(operator)
    table.ask(prompt(), Seconds(0.0))
    at(table, 60.0)
    assert told == [("charge", "done")]


class TestTerminal:
    def make(self, typed: str, *answers: ScriptedAnswer) -> tuple[TerminalOperator, list[str]]:
        said: list[str] = []
        operator = TerminalOperator(said.append, "ada", answers, source=io.StringIO(typed))
        return operator, said

    def wait(self, what: Callable[[], Any]) -> Any:
        """The reader is a thread: what was typed arrives a little later."""
        deadline = time.monotonic() + 5.0
        while time.monotonic() < deadline:
            found = what()
            if found is not None:
                return found
        pytest.fail("nothing was typed")

    def question(self, name: str = "charge") -> Question:
        return Question(name, "Charge the flask", ("done",), "", "done", Seconds(60.0), Seconds(660.0), "hold")

    def test_a_typed_line_answers_the_question_that_stands(self) -> None:
        operator, said = self.make("\ndone\n")
        operator.ask(self.question(), Seconds(0.0))
        assert "charge" in said[0] and "[done]" in said[0] and "11 min" in said[0]
        assert self.wait(lambda: operator.answer(self.question(), Seconds(1.0))) == "done"
        assert operator.answer(self.question(), Seconds(2.0)) is None
        assert operator.can_answer(self.question())

    def test_the_first_question_is_answered_first(self) -> None:
        operator, _ = self.make("done\nreally\n")
        first, second = self.question("a"), self.question("b")
        operator.ask(first, Seconds(0.0))
        operator.ask(second, Seconds(0.0))
        assert operator.answer(second, Seconds(1.0)) is None
        assert self.wait(lambda: operator.answer(first, Seconds(1.0))) == "done"
        assert self.wait(lambda: operator.answer(second, Seconds(1.0))) == "really"

    def test_a_refused_line_is_asked_for_again_in_its_turn(self) -> None:
        operator, said = self.make("dne\ndone\n")
        first, second = self.question("a"), self.question("b")
        operator.ask(first, Seconds(0.0))
        operator.ask(second, Seconds(0.0))
        assert self.wait(lambda: operator.answer(first, Seconds(1.0))) == "dne"
        operator.refuse(first, "'dne' is no answer", Seconds(1.0))
        assert "'dne' is no answer" in said[-1]
        assert self.wait(lambda: operator.answer(first, Seconds(1.0))) == "done"

    @pytest.mark.parametrize(
        ("typed", "command"),
        [
            ("h", Command.HOLD),
            ("HOLD", Command.HOLD),
            ("pause", Command.HOLD),
            ("resume", Command.RESUME),
            ("stop", Command.STOP),
            ("abort", Command.ABORT),
            (":stop", Command.STOP),
        ],
    )
    def test_without_a_question_words_are_commands(self, typed: str, command: Command) -> None:
        operator, _ = self.make(f"{typed}\n")
        assert self.wait(operator.command) is command

    def test_while_a_question_stands_only_a_colon_makes_a_command(self) -> None:
        operator, _ = self.make("stop\n:abort\n")
        operator.ask(self.question(), Seconds(0.0))
        assert self.wait(operator.command) is Command.ABORT
        assert operator.command() is None
        assert self.wait(lambda: operator.answer(self.question(), Seconds(1.0))) == "stop"

    def test_an_unknown_word_is_told(self) -> None:
        operator, said = self.make("whatever\n")
        self.wait(lambda: operator.command() or (said or None))
        assert "commands" in said[0]

    def test_scripted_answers_come_first(self) -> None:
        operator, _ = self.make("", ScriptedAnswer("charge", "done", Seconds(3.0)))
        operator.ask(self.question(), Seconds(0.0))
        assert operator.answer(self.question(), Seconds(2.0)) is None
        assert operator.answer(self.question(), Seconds(3.0)) == "done"


class TestSignals:
    def test_once_holds_twice_stops_and_anew_after_it_has_settled(self) -> None:
        signals = SignalCommands()
        woken: list[int] = []
        signals.on_command(lambda: woken.append(1))
        signals.interrupt()
        signals.interrupt()
        signals.settled()
        signals.interrupt()
        signals.terminate()
        taken = [signals.take() for _ in range(5)]
        assert taken == [Command.HOLD, Command.STOP, Command.HOLD, Command.STOP, None]
        assert len(woken) == 4
