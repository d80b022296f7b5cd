"""A scripted serial line, and a desk that drives a New Era pump over it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from ruggli.devices.pump import PumpSettings, PumpState
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Seconds
from ruggli.world.channel import Channel
from ruggli.world.tasks import Task
from ruggli_drivers.new_era import NewEraPump, make
from ruggli_drivers.new_era_codec import encode

T = TypeVar("T")
BYTE_TIME = 0.0005
LATENCY = 0.01
Step = tuple[bytes, Sequence[tuple[float, bytes]]]


class ManualClock:
    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> Seconds:
        return Seconds(self.time)

    def wall(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)


class ScriptedLine:
    """Expects the writes of a transcript in order; each makes its replies arrive after their delays."""

    port = "scripted://new-era"

    def __init__(self, clock: ManualClock, pieces: bool) -> None:
        self.clock, self.pieces = clock, pieces
        self.script: list[Step] = []
        self.written: list[bytes] = []
        self.arriving: list[tuple[float, bytes]] = []

    def expect(self, *steps: tuple[bytes, bytes | Sequence[tuple[float, bytes]]]) -> None:
        for request, reply in steps:
            self.script.append((request, [(LATENCY, reply)] if isinstance(reply, bytes) else reply))

    def arrive(self, delay: float, data: bytes) -> None:
        parts = [data[i : i + 1] for i in range(len(data))] if self.pieces else [data]
        self.arriving += [(self.clock.time + delay + i * BYTE_TIME, part) for i, part in enumerate(parts)]
        self.arriving.sort(key=lambda item: item[0])

    def write(self, data: bytes) -> None:
        assert self.script, f"sent {data!r}, nothing more was expected"
        request, replies = self.script.pop(0)
        assert data == request
        self.written.append(data)
        for delay, reply in replies:
            self.arrive(delay, reply)

    def next_arrival(self) -> float | None:
        return self.arriving[0][0] if self.arriving else None

    def read(self) -> bytes:
        due = [part for when, part in self.arriving if when <= self.clock.time]
        del self.arriving[: len(due)]
        return b"".join(due)

    def close(self) -> None:
        pass

    def descriptor(self) -> int | None:
        return None

    def on_bytes(self, call: Callable[[], None]) -> None:
        pass


def new_era_reply(data: str = "", status: str = "S") -> bytes:
    return f"\x0200{status}{data}\x03".encode("ascii")


def new_era_packet(text: str) -> bytes:
    return encode(int(text[0]), text[1:], safe=True)


class NewEraDesk:
    """A pump's driver, its scripted line and the clock."""

    AT_REST = (b"0DIS\r", new_era_reply("I0.000W0.000ML"))
    RATE = MillilitresPerSecond(10 / 3600)
    TARGET = Millilitres(0.5)

    SETTINGS = [
        (b"0DIA\r", new_era_reply("26.59")),
        (b"0RAT\r", new_era_reply("10.00MH")),
        (b"0VOL\r", new_era_reply("0.500ML")),
        (b"0DIR\r", new_era_reply("INF")),
        AT_REST,
    ]
    BEFORE_SETTINGS = [
        (b"0DIA\r", new_era_reply("26.59")),
        AT_REST,
        (b"0PF\r", new_era_reply("?")),
        (b"0PHN\r", new_era_reply("01")),
        (b"0PHN2\r", new_era_reply()),
        (b"0PHN\r", new_era_reply("02")),
        (b"0FUN\r", new_era_reply("RAT")),
        (b"0FUNSTP\r", new_era_reply()),
        (b"0FUN\r", new_era_reply("STP")),
        (b"0PHN\r", new_era_reply("02")),
        (b"0PHN1\r", new_era_reply()),
        (b"0PHN\r", new_era_reply("01")),
        (b"0FUN\r", new_era_reply("RAT")),
    ]
    SET_RATE = [
        (b"0RAT\r", new_era_reply("1.000MH")),
        (b"0RAT10.00MH\r", new_era_reply()),
        (b"0RAT\r", new_era_reply("10.00MH")),
    ]
    SET_TARGET = [
        (b"0VOL\r", new_era_reply("0.000UL")),
        (b"0VOLML\r", new_era_reply()),
        (b"0VOL\r", new_era_reply("0.000ML")),
        (b"0VOL\r", new_era_reply("0.000ML")),
        (b"0VOL0.500\r", new_era_reply()),
        (b"0VOL\r", new_era_reply("0.500ML")),
    ]
    SET_DIRECTION = [
        (b"0DIR\r", new_era_reply("WDR")),
        (b"0DIRINF\r", new_era_reply()),
        (b"0DIR\r", new_era_reply("INF")),
    ]
    HELD = PumpSettings(Millimetres(26.59), RATE, TARGET, True, Millilitres(0.0), PumpState.STOPPED)

    def __init__(self, pieces: bool) -> None:
        self.clock = ManualClock()
        self.line = ScriptedLine(self.clock, pieces)
        self.channel = Channel(self.line, self.clock)
        self.pump = make("pump_a", self.channel, "NE-1000", {})

    def drive(self, task: Task[T]) -> T:
        while True:
            try:
                wait = next(task)
            except StopIteration as done:
                result: T = done.value
                return result
            assert wait.until > self.clock.time
            arrival = self.line.next_arrival() if wait.line is self.line else None
            self.clock.time = max(self.clock.time, min(wait.until, arrival if arrival is not None else wait.until))

    def step_into(self, task: Task[T]) -> None:
        """Run a task to its first wait, as a loop does that then gives it up."""
        next(task)
        task.close()

    def expect(self, *steps: tuple[bytes, bytes | Sequence[tuple[float, bytes]]]) -> None:
        self.line.expect(*steps)

    def finished(self) -> None:
        assert not self.line.script, f"never sent: {self.line.script}"
        assert not self.line.arriving, f"never read: {self.line.arriving}"
        assert not self.channel.buffer, f"read and left: {bytes(self.channel.buffer)!r}"

    def armed(self) -> NewEraPump:
        self.expect(*self.BEFORE_SETTINGS, *self.SET_RATE, *self.SET_TARGET, *self.SET_DIRECTION, *self.SETTINGS)
        assert self.drive(self.pump.arm(self.RATE, self.TARGET)) == self.HELD
        return self.pump

    def running(self) -> NewEraPump:
        pump = self.armed()
        self.expect(
            self.AT_REST, (b"0RUN\r", new_era_reply(status="I")), (b"0DIS\r", new_era_reply("I0.000W0.000ML", "I"))
        )
        self.drive(pump.start())
        return pump

    def in_safe_mode(self) -> NewEraPump:
        self.expect((b"0SAF10\r", new_era_packet("00S")), (new_era_packet("0SAF"), new_era_packet("00S10")))
        self.drive(self.pump.arm_dead_man(Seconds(10.9)))
        return self.pump


@pytest.fixture(params=["whole", "byte by byte"])
def new_era_desk(request: pytest.FixtureRequest) -> Iterator[NewEraDesk]:
    desk = NewEraDesk(pieces=request.param == "byte by byte")
    yield desk
    desk.finished()
