"""The herald follows a journal: what it hands to a worker, when it repeats, and what it makes of failures."""

import json
from typing import Any

import pytest

from ruggli.app.notify_file import NotifyFile, read_notify
from ruggli.app.notifying import FAREWELL, LONGEST_DELIVERY, RESTART_SECONDS, Herald
from ruggli.errors import InputError
from ruggli.quantities.base import Seconds

OPEN = {"run": "r1", "protocol": {"name": "p"}, "rig": {"name": "b"}}
ALARM = {"code": "A-STALL", "device": "a", "text": "stalled", "value": "1", "bound": "2", "action": "hold"}
HELD = {"id": "hold.1", "text": "Held", "choices": ["resume"], "timeout_s": None, "on_timeout": "stop"}
SECRET = "hunter2secret"


def settings(more: str = "") -> NotifyFile:
    text = f"ruggli: 1\nchannels: [{{name: a, url: 'json://{SECRET}'}}, {{name: b, url: 'json://h'}}]\n{more}"
    return read_notify(text.encode(), "n")


class FakeWorker:
    """Takes lines; answers what the test puts into `answers`."""

    def __init__(self, ready: dict[str, Any] | None = None) -> None:
        self.gone = False
        self.full = False
        self.closed = False
        self.got: list[dict[str, Any]] = []
        self.answers: list[str] = [json.dumps(ready or {"ready": True, "why": "", "refused": []})]

    def send(self, line: str) -> bool:
        if self.gone or self.full:
            return False
        self.got.append(json.loads(line))
        return True

    def take(self) -> list[str]:
        found, self.answers = self.answers, []
        return found

    def wait(self, timeout: Seconds) -> str | None:
        return self.answers.pop(0) if self.answers else None

    def close(self, timeout: Seconds) -> None:
        self.closed = True

    def messages(self) -> list[dict[str, Any]]:
        return [line for line in self.got if line["do"] == "send"]

    def answer(self, number: int, channel: str, ok: bool = True, why: str = "") -> None:
        self.answers.append(json.dumps({"number": number, "channel": channel, "ok": ok, "why": why, "seconds": 0.5}))


class Desk:
    """A herald with its workers and its clock."""

    def __init__(self, more: str = "") -> None:
        self.now = 100.0
        self.workers: list[FakeWorker] = []
        self.herald = Herald(settings(more), self.start, self.clock)
        self.herald.wrote("open", OPEN)

    def start(self) -> FakeWorker:
        self.workers.append(FakeWorker())
        return self.workers[-1]

    def clock(self) -> float:
        self.now += 0.001
        return self.now

    def after(self, seconds: float) -> list[tuple[str, dict[str, Any]]]:
        self.now += seconds
        return [(kind, dict(data)) for kind, data in self.herald.beat()]


def test_the_worker_gets_channels_a_will_and_messages() -> None:
    desk = Desk()
    desk.herald.wrote("alarm", ALARM)
    assert desk.after(1) == []
    got = desk.workers[0].got
    assert [line["do"] for line in got] == ["channels", "will", "send"]
    assert got[0]["channels"][0] == {"name": "a", "url": f"json://{SECRET}"}
    assert "CRASHED" in got[1]["title"] and got[2]["type"] == "failure"


def test_the_will_is_another_one_as_soon_as_a_guardian_watches_or_is_lost() -> None:
    desk = Desk()
    desk.herald.wrote("lease", {"number": 1})
    desk.herald.wrote("computer", {})
    desk.herald.wrote("alarm", {**ALARM, "code": "A-GUARDIAN", "device": "guardian"})
    wills = [line["body"] for line in desk.workers[0].got if line["do"] == "will"]
    assert ["guardian" in will for will in wills] == [False, True, True]
    assert ["was lost" in will for will in wills] == [False, False, True]


def test_what_came_of_a_message_is_recorded_channel_by_channel() -> None:
    desk = Desk()
    desk.herald.wrote("alarm", ALARM)
    desk.after(1)
    desk.workers[0].answer(1, "a")
    desk.workers[0].answer(1, "b", False, "no route")
    (good, bad) = desk.after(1)
    assert good[0] == "notified" and good[1]["channel"] == "a" and good[1]["event"] == "alarm"
    assert bad == ("not_notified", {"channel": "b", "title": good[1]["title"], "why": "no route"})
    assert SECRET not in str((good, bad))


def test_alarms_of_one_moment_go_out_as_one() -> None:
    desk = Desk()
    for device in "abcd":
        desk.herald.wrote("alarm", {**ALARM, "device": device})
    desk.after(1)
    (message,) = desk.workers[0].messages()
    assert "(and 3 more)" in message["title"]


def test_an_unanswered_hold_is_told_again_until_somebody_answers() -> None:
    desk = Desk("repeat: {hold: 60 s, at_most: 30}\n")
    desk.herald.wrote("prompt", HELD)
    for _ in range(5):
        desk.after(30)
    assert [line["title"].count("told again") for line in desk.workers[0].messages()] == [0, 1, 1]
    desk.herald.wrote("answer", {"id": "hold.1"})
    desk.after(600)
    assert len(desk.workers[0].messages()) == 3


def test_it_is_told_again_at_most_so_often() -> None:
    desk = Desk("repeat: {hold: 60 s, at_most: 2}\n")
    desk.herald.wrote("prompt", HELD)
    desk.after(1)
    for _ in range(10):
        desk.after(61)
    assert len(desk.workers[0].messages()) == 3


def test_a_prompt_is_told_again_by_its_own_interval() -> None:
    desk = Desk()
    desk.herald.wrote("prompt", {**HELD, "id": "analysis"})
    desk.after(599)
    assert len(desk.workers[0].messages()) == 1
    desk.after(2)
    assert len(desk.workers[0].messages()) == 2


def test_only_the_events_that_are_asked_for_are_told() -> None:
    desk = Desk("events: [end]\n")
    desk.herald.wrote("alarm", ALARM)
    desk.herald.wrote("prompt", HELD)
    desk.after(300)
    assert [line["do"] for line in desk.workers[0].got] == ["channels"]


def test_a_worker_that_is_gone_is_told_once_and_started_again() -> None:
    desk = Desk()
    desk.herald.wrote("prompt", HELD)
    desk.after(1)
    desk.workers[0].gone = True
    found = desk.after(1)
    assert [(kind, data["channel"]) for kind, data in found] == [("not_notified", "a"), ("not_notified", "b")]
    assert all("worker" in data["why"] for _, data in found)
    assert desk.after(1) == [] and len(desk.workers) == 1
    desk.after(RESTART_SECONDS)
    assert [line["do"] for line in desk.workers[1].got] == ["channels", "will", "send"]
    assert "told again" in desk.workers[1].messages()[0]["title"]


def test_a_worker_that_does_not_keep_up_is_an_event() -> None:
    desk = Desk()
    desk.workers[0].full = True
    desk.herald.wrote("alarm", ALARM)
    assert [(kind, data["why"]) for kind, data in desk.after(1)] == [
        ("not_notified", "the worker does not keep up"),
        ("not_notified", "the worker does not keep up"),
    ]


def test_a_silent_worker_is_an_event() -> None:
    desk = Desk()
    desk.herald.wrote("alarm", ALARM)
    desk.after(1)
    assert desk.after(LONGEST_DELIVERY - 2) == []
    assert {data["why"] for _, data in desk.after(5)} == {"nothing was heard of it within 90 s"}
    assert desk.after(1000) == []


def test_the_end_waits_for_its_message_and_says_farewell() -> None:
    desk = Desk()
    desk.herald.wrote("end", {"verdict": "complete", "cause": "done", "doses": []})
    desk.workers[0].answer(1, "a")
    desk.workers[0].answer(1, "b")
    found = desk.herald.close()
    assert [kind for kind, _ in found] == ["notified", "notified"]
    assert desk.workers[0].got[-1] == {"do": "bye"} and desk.workers[0].closed


def test_the_end_does_not_wait_for_ever() -> None:
    desk = Desk()
    desk.herald.wrote("alarm", ALARM)
    began = desk.now
    found = desk.herald.close()
    assert [data["why"] for _, data in found] == ["nothing was heard of it before the run ended"] * 2
    assert desk.now - began == pytest.approx(FAREWELL, abs=1.0)


def test_a_failing_program_says_no_farewell() -> None:
    desk = Desk()
    desk.herald.abandon()
    assert desk.workers[0].closed and desk.workers[0].got[-1]["do"] == "will"


def test_our_own_bug_is_an_event_and_no_exception() -> None:
    desk = Desk()
    desk.herald.wrote("alarm", {})
    assert [(kind, data["why"]) for kind, data in desk.after(1)] == [("not_notified", "KeyError: 'code'")]
    desk.workers[0].answers.append("no json")
    ((kind, data),) = desk.after(1)
    assert kind == "not_notified" and "JSONDecodeError" in data["why"]


@pytest.mark.parametrize(
    ("ready", "words"),
    [
        (
            {"ready": False, "why": 'Apprise is not installed: pip install "ruggli[notify]"', "refused": []},
            "ruggli[notify]",
        ),
        ({"ready": True, "why": "", "refused": ["b"]}, "the address of b"),
    ],
)
def test_a_run_does_not_begin_with_channels_that_cannot_work(ready: dict[str, Any], words: str) -> None:
    worker = FakeWorker(ready)
    with pytest.raises(InputError, match="E-NOTIFY") as caught:
        Herald(settings(), lambda: worker, lambda: 0.0)
    assert words in str(caught.value) and SECRET not in str(caught.value)
    assert worker.closed
