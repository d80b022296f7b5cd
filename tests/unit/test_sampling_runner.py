"""Decisions of an analysis with samples: numbers, what is asked, and what survives a hold and a crash."""

import json
from typing import Any

import pytest

from ruggli.engine.orders import Decision
from ruggli.engine.steps.sampling import SamplingRunner
from ruggli.engine.view import View
from ruggli.plan.model import MonitorWork, PlannedPrompt
from ruggli.plan.monitor_work import PlannedSample, ResultQuestion, Sampling
from ruggli.protocol.model import AnswerRule, OnTimeout
from ruggli.protocol.results import ResultKind
from ruggli.quantities.base import Millilitres, Seconds

ROWS = (
    {"when": {"conversion": "at least 95 %"}, "does": "go_on"},
    {"when": {"conversion": "below 50 %"}, "does": "stop"},
    {"when": "otherwise", "does": "wait", "after": "30 min", "at_most": "2"},
)


def prompt(name: str, result: ResultKind | None = None) -> PlannedPrompt:
    choices = () if result else ("done",)
    return PlannedPrompt(name, "?", choices, None, "done", Seconds(60.0), Seconds(600.0), OnTimeout.HOLD, result=result)


def work() -> MonitorWork:
    samples = tuple(
        PlannedSample(
            prompt(f"look.{number}.sample"),
            (
                ResultQuestion(ResultKind.CONVERSION, "", prompt(f"look.{number}.conversion", ResultKind.CONVERSION)),
                ResultQuestion(ResultKind.RF, "diene", prompt(f"look.{number}.rf.diene", ResultKind.RF)),
            ),
        )
        for number in (1, 2, 3)
    )
    rules = tuple(AnswerRule.model_validate(row) for row in ROWS)
    return MonitorWork("flask", (), rules, Sampling("TLC", Millilitres(0.05), None, samples))


class Play:
    """A runner that is looked at until it asks, waits or ends; keeps its questions and records."""

    def __init__(self, before: int = 0) -> None:
        self.before = before
        self.runner = SamplingRunner("look", work(), before)
        self.view = View()
        self.asked: list[str] = []
        self.texts: list[str] = []
        self.records: list[tuple[str, dict[str, Any]]] = []

    def look(self, seconds: float = 1.0) -> Decision:
        self.view.now = Seconds(self.view.now + seconds)
        while True:
            decision = self.runner.decide(self.view)
            self.records += [(entry.kind, dict(entry.data)) for entry in decision.entries]
            for item in decision.ask:
                self.view.answers.pop(item.id, None)
                self.asked.append(item.id)
                self.texts.append(item.text)
            if decision.done or decision.stop or not (decision.entries or decision.orders):
                return decision

    def answer(self, *texts: str) -> Decision:
        decision = self.look()
        for text in texts:
            self.view.answers[self.asked[-1]] = text
            decision = self.look()
        return decision

    def crash(self, **durable: Any) -> None:
        """A new process: the snapshot as the journal has it, and the answers."""
        snapshot = {**json.loads(json.dumps(self.runner.snapshot())), **durable}
        self.runner = SamplingRunner("look", work(), self.before)
        self.runner.restore(snapshot)

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.records]


def test_a_sample_is_taken_then_its_results_are_entered_one_by_one() -> None:
    play = Play(before=2)
    assert play.answer("done", "97 %", "0.4").done
    assert play.asked == ["look.1.sample", "look.1.conversion", "look.1.rf.diene"]
    assert all(text.startswith("S3: ") for text in play.texts)
    assert play.kinds() == ["aliquot", "analysis", "monitor"]
    aliquot, analysis = play.records[0][1], play.records[1][1]
    assert (aliquot["number"], aliquot["volume_mL"], aliquot["prompt"]) == (3, 0.05, "look.1.sample")
    assert analysis["results"] == [
        {"result": "conversion", "of": "", "value": 97.0, "unit": "%"},
        {"result": "rf", "of": "diene", "value": 0.4, "unit": "1"},
    ]


def test_every_sample_has_its_own_number() -> None:
    play = Play()
    play.answer("done", "60 %", "0.4")
    assert play.asked[-1] == "look.1.rf.diene"
    assert play.look(1790.0).ask == () and play.asked[-1] == "look.1.rf.diene"
    play.look(20.0)
    assert play.asked[-1] == "look.2.sample" and play.texts[-1].startswith("S2: ")
    play.answer("done", "70 %", "0.4")
    play.look(2000.0)
    stopped = play.answer("done", "80 %", "0.4")
    assert "asked 3 times" in stopped.stop
    assert [data["number"] for kind, data in play.records if kind == "aliquot"] == [1, 2, 3]


def test_the_table_stops() -> None:
    play = Play()
    assert "conversion 40 %" in play.answer("done", "40 %", "0.4").stop


def test_a_hold_asks_again_what_stood_and_keeps_the_number() -> None:
    play = Play()
    play.answer("done", "97 %")
    play.runner.interrupt(play.view)
    play.runner.restart(play.view)
    play.look()
    assert play.asked == ["look.1.sample", "look.1.conversion", "look.1.rf.diene", "look.1.rf.diene"]
    play.view.answers["look.1.rf.diene"] = "0.4"
    assert play.look().done
    assert play.kinds().count("aliquot") == 1


@pytest.mark.parametrize("given", [0, 1, 2])
def test_a_crash_asks_only_what_is_missing(given: int) -> None:
    play = Play()
    texts = ("done", "97 %", "0.4")
    play.answer(*texts[:given])
    before = len(play.asked)
    play.crash()
    assert play.answer(*texts[given:]).done
    assert play.asked[before:] == ["look.1.sample", "look.1.conversion", "look.1.rf.diene"][given:]
    assert [data["number"] for kind, data in play.records if kind == "aliquot"] == [1]
    assert play.kinds().count("analysis") == 1


def test_a_crash_after_the_results_records_them_once() -> None:
    play = Play()
    play.answer("done", "97 %")
    play.view.answers["look.1.rf.diene"] = "0.4"
    decision = play.runner.decide(play.view)
    assert [entry.kind for entry in decision.entries] == ["analysis"] and not decision.done
    play.crash()
    assert play.look().done
    assert play.kinds().count("analysis") == 0


def test_a_crash_while_it_waits_takes_the_next_sample_at_once() -> None:
    play = Play()
    play.answer("done", "60 %", "0.4")
    play.crash()
    play.look()
    assert play.asked[-1] == "look.2.sample" and play.texts[-1].startswith("S2: ")
