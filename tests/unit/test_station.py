"""Stations: one order at a time, a stop overtakes everything, late polls are skipped, a hanging driver is cut off."""

from datetime import UTC, datetime
from typing import cast

import pytest

from ruggli.devices.pump import PumpReading, PumpState
from ruggli.engine.orders import Order, Outcome, Verb
from ruggli.engine.station import ORDER_SECONDS, Device, Station
from ruggli.errors import LinkLost, NoReply, RuggliError
from ruggli.quantities.base import Millilitres, Seconds
from ruggli.world.loop import Loop
from ruggli.world.tasks import Task, Wait
from ruggli.world.time import VirtualTime

READING = PumpReading(PumpState.STOPPED, Millilitres(0.0))


class FakePump:
    """Takes its time, and notes what it does and what it was broken off in."""

    def __init__(self, name: str, loop: Loop, log: list[str], slow: float = 0.5) -> None:
        self.name, self._loop, self._log, self._slow = name, loop, log, slow
        self.poll_error: Exception | None = None
        self.stop_error: Exception | None = None

    def _work(self, what: str, seconds: float) -> Task[str]:
        self._log.append(f"{self.name} {what}")
        try:
            if seconds:
                yield Wait(Seconds(self._loop.now() + seconds))
        except GeneratorExit:
            self._log.append(f"{self.name} {what} broken off")
            raise
        return what

    def poll(self) -> Task[PumpReading]:
        yield from self._work("poll", self._slow)
        if self.poll_error is not None:
            raise self.poll_error
        return READING

    def arm(self, rate: float, target: float) -> Task[str]:
        return (yield from self._work(f"arm {rate:g} {target:g}", self._slow))

    def start(self) -> Task[str]:
        return (yield from self._work("start", self._slow))

    def stop(self) -> Task[str]:
        if self.stop_error is not None:
            raise self.stop_error
        return (yield from self._work("stop", 0.1))

    def read_settings(self) -> Task[str]:
        return (yield from self._work("read", 1000.0))


class Room:
    """A station with two pumps, and what it tells."""

    def __init__(self, slow: float = 0.5) -> None:
        self.loop = Loop(VirtualTime(datetime(2026, 11, 23, tzinfo=UTC)))
        self.log: list[str] = []
        self.ended: list[tuple[str, str]] = []
        self.failed: list[tuple[str, RuggliError]] = []
        self.read: list[tuple[str, float]] = []
        self.rests = 0
        self.pumps = {name: FakePump(name, self.loop, self.log, slow) for name in ("a", "b")}
        self.station = Station(
            self.loop,
            "sim://chain",
            cast(dict[str, Device], self.pumps),
            lambda name, reading, asked_at: self.read.append((name, self.loop.now())),
            self._end,
            lambda name, error: self.failed.append((name, error)),
            self._rest,
        )

    def _end(self, outcome: Outcome) -> None:
        error = "" if outcome.error is None else type(outcome.error).__name__
        self.ended.append((f"{outcome.order.device} {outcome.order.verb.value}", error))

    def _rest(self) -> None:
        self.rests += 1

    def wait(self, seconds: float) -> None:
        def sleep() -> Task[None]:
            yield Wait(Seconds(self.loop.now() + seconds))

        self.loop.run(self.loop.spawn(sleep()))


def test_orders_go_out_one_after_the_other() -> None:
    room = Room()
    for order in (Order("a", Verb.ARM, (0.1, 2.0)), Order("b", Verb.START), Order("a", Verb.START)):
        room.station.submit(order)
    assert room.log == ["a arm 0.1 2"] and room.station.busy
    room.wait(1.7)
    assert room.log == ["a arm 0.1 2", "b start", "a start"]
    assert room.ended == [("a arm", ""), ("b start", ""), ("a start", "")]
    assert not room.station.busy and room.rests == 1


def test_a_stop_overtakes_what_waits_and_breaks_off_what_is_under_way() -> None:
    room = Room()
    for order in (Order("a", Verb.ARM, (0.1, 2.0)), Order("a", Verb.START), Order("b", Verb.START)):
        room.station.submit(order)
    room.wait(0.2)
    room.station.overtake([Order("a", Verb.STOP), Order("b", Verb.STOP)])
    assert room.log == ["a arm 0.1 2", "a arm 0.1 2 broken off", "a stop"], "the stop is out in the same instant"
    room.wait(1.0)
    assert room.log[-1] == "b stop"
    assert room.ended == [
        ("a start", "NoReply"),
        ("b start", "NoReply"),
        ("a arm", "NoReply"),
        ("a stop", ""),
        ("b stop", ""),
    ]
    assert "a start" not in room.log and not room.station.busy


def test_a_stop_overtakes_a_poll() -> None:
    room = Room()
    room.station.poll()
    room.station.overtake([Order("b", Verb.STOP)])
    assert room.log == ["a poll", "a poll broken off", "b stop"]
    room.wait(1.0)
    assert room.read == []


def test_a_stop_at_rest_goes_out_at_once() -> None:
    room = Room()
    room.station.overtake([Order("a", Verb.STOP)])
    assert room.log == ["a stop"]


def test_late_polls_are_skipped_and_never_caught_up() -> None:
    room = Room(slow=1.3)
    for _ in range(6):
        room.station.poll()
        room.wait(1.0)
    assert room.log.count("a poll") == 2, "a poll of both takes 2.6 s"
    assert room.station.overdue == 2
    room.wait(10.0)
    assert room.log.count("a poll") == 2


def test_an_order_waits_for_the_poll_under_way_only() -> None:
    room = Room()
    room.station.poll()
    room.station.submit(Order("a", Verb.START))
    room.station.poll()
    room.wait(2.0)
    assert room.log == ["a poll", "b poll", "a start"]


def test_one_device_that_fails_does_not_hide_the_other() -> None:
    room = Room()
    room.pumps["a"].poll_error = LinkLost("gone")
    room.station.poll()
    room.wait(2.0)
    assert [name for name, _ in room.failed] == ["a"]
    assert [name for name, _ in room.read] == ["b"]


@pytest.mark.parametrize("bug", [KeyError("ML"), ValueError("no number"), AssertionError(), RecursionError()])
def test_a_bug_in_a_driver_is_trouble_with_its_device(bug: Exception) -> None:
    room = Room()
    room.pumps["a"].poll_error = room.pumps["a"].stop_error = bug
    room.station.poll()
    room.wait(2.0)
    name, error = room.failed[0]
    assert name == "a" and type(bug).__name__ in str(error)
    assert [name for name, _ in room.read] == ["b"]
    room.station.overtake([Order("a", Verb.STOP), Order("b", Verb.STOP)])
    room.wait(2.0)
    assert room.ended == [("a stop", "BadReply"), ("b stop", "")]


def test_a_driver_that_hangs_is_a_silent_device() -> None:
    room = Room()
    room.station.submit(Order("a", Verb.READ_SETTINGS))
    room.station.submit(Order("b", Verb.START))
    room.wait(ORDER_SECONDS + 1.0)
    assert room.ended == [("a read_settings", "NoReply"), ("b start", "")]


def test_the_limit_of_an_order_that_is_over_strikes_no_other() -> None:
    room = Room()
    room.station.submit(Order("a", Verb.START))
    room.wait(ORDER_SECONDS - 0.2)
    room.station.submit(Order("b", Verb.START))
    room.wait(2.0)
    assert room.ended == [("a start", ""), ("b start", "")]


def test_a_driver_that_answers_at_once_needs_no_wait() -> None:
    room = Room(slow=0.0)
    room.station.poll()
    room.station.submit(Order("a", Verb.START))
    assert room.log == ["a poll", "b poll", "a start"]
    assert room.ended == [("a start", "")] and not room.station.busy


def test_an_error_at_once_is_an_outcome() -> None:
    room = Room()
    room.pumps["a"].stop_error = NoReply("silent")
    room.station.overtake([Order("a", Verb.STOP), Order("b", Verb.STOP)])
    room.wait(1.0)
    assert room.ended == [("a stop", "NoReply"), ("b stop", "")]
