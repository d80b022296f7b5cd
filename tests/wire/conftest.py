"""What the tests of the wire share: a scripted line for drivers, a clock and a flask for simulated devices."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from ruggli.devices.pump import PumpSettings, PumpState
from ruggli.errors import BenchError, LinkLost
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Seconds
from ruggli.world.channel import Channel
from ruggli.world.tasks import Task
from ruggli_drivers.new_era import NewEraPump, make
from ruggli_drivers.new_era_codec import encode
from ruggli_simulator.liquid import Liquid

T = TypeVar("T")
BYTE_TIME = 0.0005
START = datetime(2026, 11, 23, tzinfo=UTC)
Piece = bytes | LinkLost
Reply = bytes | Sequence[tuple[float, Piece]] | None


class ScriptedLine:
    """A line with its own clock. Expects the requests of a script in order; each makes its reply arrive.

    A reply is None (nothing comes), bytes (after `latency`), or pieces of (seconds after the request, bytes); a piece
    that is a `LinkLost` unplugs the line.
    """

    latency = 0.01

    def __init__(self, port: str, byte_by_byte: bool) -> None:
        self.port, self.byte_by_byte = port, byte_by_byte
        self.time = 0.0
        self.script: list[tuple[bytes, Reply]] = []
        self.sent: list[bytes] = []
        self.arriving: list[tuple[float, Piece]] = []
        self.failed = False
        self.channel = Channel(self, self)

    def now(self) -> Seconds:
        return Seconds(self.time)

    def wall(self) -> datetime:
        return START

    def expect(self, *steps: tuple[bytes, Reply]) -> None:
        self.script += steps

    def arrive(self, delay: float, piece: Piece) -> None:
        parts: Sequence[Piece] = [piece]
        if self.byte_by_byte and isinstance(piece, bytes):
            parts = [piece[i : i + 1] for i in range(len(piece))]
        self.arriving += [(self.time + delay + i * BYTE_TIME, part) for i, part in enumerate(parts)]
        self.arriving.sort(key=lambda item: item[0])

    def write(self, data: bytes) -> None:
        self.sent.append(data)
        assert self.script, f"sent {data!r}, nothing more was expected"
        request, reply = self.script.pop(0)
        assert data == request
        for delay, piece in [(self.latency, reply)] if isinstance(reply, bytes) else reply or ():
            self.arrive(delay, piece)

    def read(self) -> bytes:
        due = [piece for when, piece in self.arriving if when <= self.time]
        del self.arriving[: len(due)]
        return joined(due)

    def never_read(self) -> bytes:
        """What has arrived or is under way, and was not taken off the line."""
        return joined([piece for _, piece in self.arriving])

    def close(self) -> None: ...

    def descriptor(self) -> int | None:
        return None

    def on_bytes(self, call: Callable[[], None]) -> None: ...

    def drive(self, task: Task[T]) -> T:
        """Run a task to its end, and the clock with it."""
        try:
            while True:
                wait = next(task)
                assert wait.until > self.time, "a wait that is over before it begins"
                arrivals = [when for when, _ in self.arriving[:1]] if wait.line is self else []
                self.time = max(self.time, min([wait.until, *arrivals]))
        except StopIteration as end:
            result: T = end.value
            return result
        except BenchError:
            self.failed = True
            raise


def joined(pieces: list[Piece]) -> bytes:
    for piece in pieces:
        if isinstance(piece, LinkLost):
            raise piece
    return b"".join(piece for piece in pieces if isinstance(piece, bytes))


@pytest.fixture
def scripted_line() -> Iterator[Callable[..., ScriptedLine]]:
    """Makes lines; at the end of the test, all that their scripts expect must have been sent."""
    lines: list[ScriptedLine] = []

    def build(*steps: tuple[bytes, Reply], port: str = "script", byte_by_byte: bool = False) -> ScriptedLine:
        line = ScriptedLine(port, byte_by_byte)
        line.expect(*steps)
        lines.append(line)
        return line

    yield build
    for line in lines:
        assert not line.script, f"never sent: {line.script}"


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.time, self.planned = 0.0, list[tuple[float, int, Callable[[], None]]]()
        self.count = 0

    def now(self) -> Seconds:
        return Seconds(self.time)

    def wall(self) -> datetime:
        return START

    def call_at(self, when: Seconds, call: Callable[[], None]) -> None:
        self.count += 1
        heapq.heappush(self.planned, (when, self.count, call))

    def to(self, time: float) -> None:
        while self.planned and self.planned[0][0] <= time:
            when, _, call = heapq.heappop(self.planned)
            self.time = max(self.time, when)
            call()
        self.time = time


@pytest.fixture
def hand_clock() -> type[HandClock]:
    return HandClock


class MeasuringFlask:
    """Takes what flows in and knows how much it was."""

    def __init__(self) -> None:
        self.volume = 0.0

    def receive(self, liquid: Liquid, volume: Millilitres) -> None:
        self.volume += volume


@pytest.fixture
def measuring_flask() -> type[MeasuringFlask]:
    return MeasuringFlask


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

    def __init__(self, line: ScriptedLine) -> None:
        self.line, self.channel = line, line.channel
        self.expect, self.drive = line.expect, line.drive
        self.pump = make("pump_a", self.channel, "NE-1000", {})

    def step_into(self, task: Task[T]) -> None:
        """Run a task to its first wait, as a loop does that then gives it up."""
        next(task)
        task.close()

    def finished(self) -> None:
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
def desk(request: pytest.FixtureRequest, scripted_line: Callable[..., ScriptedLine]) -> Iterator[NewEraDesk]:
    line = scripted_line(port="scripted://new-era", byte_by_byte=request.param == "byte by byte")
    desk = NewEraDesk(line)
    yield desk
    desk.finished()
