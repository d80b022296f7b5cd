"""One alarm for each fault: what is a sign of the one before, and what is an alarm of its own."""

from typing import Any

import pytest

from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.alarm_book import TOGETHER_SECONDS, AlarmBook
from ruggli.quantities.base import Seconds


class Play:
    """A book and what it wrote."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.written: list[tuple[str, dict[str, Any]]] = []
        self.book = AlarmBook(self.rows, lambda kind, data, durable: self.written.append((kind, dict(data))))

    def take(self, code: str, device: str, at: float, action: Action = Action.HOLD) -> None:
        self.book.take(Alarm(code, device, "what", "1", "2", action), Seconds(at), "add")

    @property
    def told(self) -> list[tuple[str, list[str]]]:
        return [
            (f"{row['code']} {row['device']}", [f"{sign['code']} {sign['device']}" for sign in row["signs"]])
            for row in self.rows
        ]


def test_a_hub_that_is_cut_is_one_alarm_with_the_rest_under_it() -> None:
    play = Play()
    for device in ("pump_a", "pump_b", "pump_c", "plate"):
        play.take("A-LINK", device, 100.0)
    play.take("A-STOP-UNPROVED", "pump_b", 106.0)
    play.take("A-STIR", "plate", 107.0)
    assert play.told == [
        (
            "A-LINK pump_a",
            ["A-LINK pump_b", "A-LINK pump_c", "A-LINK plate", "A-STOP-UNPROVED pump_b", "A-STIR plate"],
        )
    ]
    assert [kind for kind, _ in play.written] == ["alarm"] + ["sign"] * 5
    assert play.written[1][1]["of"] == "A-LINK" and play.written[1][1]["of_device"] == "pump_a"


def test_another_device_after_a_minute_is_another_fault_the_same_one_is_not() -> None:
    play = Play()
    play.take("A-STALL", "pump_a", 100.0)
    play.take("A-LINK", "pump_b", 100.0 + TOGETHER_SECONDS)
    play.take("A-LINK", "plate", 101.0 + 2 * TOGETHER_SECONDS)
    play.take("A-POWER", "pump_a", 5000.0)
    assert play.told == [("A-STALL pump_a", ["A-LINK pump_b", "A-POWER pump_a"]), ("A-LINK plate", [])]


def test_no_loss_explains_heat() -> None:
    play = Play()
    play.take("A-STALL", "pump_a", 100.0)
    play.take("A-RUNAWAY", "plate", 101.0)
    play.take("A-OVER-TEMPERATURE", "plate", 110.0)
    assert play.told == [("A-STALL pump_a", []), ("A-RUNAWAY plate", ["A-OVER-TEMPERATURE plate"])]


def test_a_stuck_heater_is_always_an_alarm() -> None:
    play = Play()
    play.take("A-OVER-TEMPERATURE", "plate", 100.0)
    play.take("A-HEATER-STUCK", "plate", 165.0)
    assert [name for name, _ in play.told] == ["A-OVER-TEMPERATURE plate", "A-HEATER-STUCK plate"]


def test_a_stop_that_is_not_proved_is_a_sign_only_of_what_is_not_heard() -> None:
    play = Play()
    play.take("A-STALL", "pump_a", 100.0)
    play.take("A-STOP-UNPROVED", "pump_b", 106.0)
    play.take("A-STOP-UNPROVED", "pump_a", 106.0)
    assert [name for name, _ in play.told] == ["A-STALL pump_a", "A-STOP-UNPROVED pump_b", "A-STOP-UNPROVED pump_a"]
    play = Play()
    play.take("A-LINK", "pump_a", 100.0)
    play.take("A-STOP-UNPROVED", "pump_a", 300.0)
    assert play.told == [("A-LINK pump_a", ["A-STOP-UNPROVED pump_a"])]


def test_that_nobody_answers_explains_nothing() -> None:
    play = Play()
    play.take("A-PROMPT", "operator", 100.0)
    play.take("A-STALL", "pump_a", 101.0)
    play.take("A-PROMPT", "operator", 102.0)
    assert [signs for _, signs in play.told] == [[], [], []]


@pytest.mark.parametrize("action", [Action.NONE, Action.WAIT])
def test_what_only_tells_or_waits_explains_nothing_and_is_done_at_once(action: Action) -> None:
    play = Play()
    play.take("A-COLD", "plate", 100.0, action)
    assert play.rows[0]["done"] and play.book.waits_for_done is None
    play.take("A-STIR", "plate", 101.0)
    assert [signs for _, signs in play.told] == [[], []]


def test_after_a_restart_the_same_is_a_new_fault() -> None:
    play = Play()
    play.take("A-LINK", "pump_a", 100.0)
    play.book.settled()
    play.take("A-LINK", "pump_b", 101.0)
    assert len(play.rows) == 2


def test_what_was_done_is_told_once_for_every_alarm_that_waits_for_it() -> None:
    play = Play()
    play.take("A-LINK", "pump_a", 100.0)
    assert play.book.waits_for_done == 100.0
    play.book.done("flows 0 after 0.4 s")
    play.book.done("flows 0 after 9 s")
    assert play.rows[0]["done"] == "flows 0 after 0.4 s"
    assert [kind for kind, _ in play.written] == ["alarm", "done"]
