"""The wire of the simulator: at once without faults, and every way in which bytes go astray."""

from collections.abc import Callable
from typing import Any

import pytest

from ruggli.errors import LinkLost
from ruggli.quantities.base import Seconds
from ruggli.world.line import Line
from ruggli_simulator.port import SimulatedPort


class Parrot:
    """A device that repeats each line in capitals, and remembers how much it has heard and how late it is."""

    name = "parrot"

    def __init__(self, mark: bytes = b"") -> None:
        self.transmit: Callable[[bytes], None] = lambda data: None
        self.wake: Callable[[Seconds], None] = lambda when: None
        self.first = False
        self.mark, self.heard, self.part, self.time = mark, 0, b"", 0.0

    def receive(self, data: bytes) -> None:
        self.heard += len(data)
        *lines, self.part = (self.part + data).split(b"\r")
        for line in lines:
            self.transmit(self.mark + line.upper() + b"\r")

    def advance(self, now: Seconds) -> None:
        self.time = now

    def power_cycle(self) -> None:
        self.part = b""

    def inject(self, kind: str, settings: dict[str, Any]) -> None:
        raise ValueError(kind)

    def truth(self) -> dict[str, Any]:
        return {}


Wire = Callable[..., tuple[SimulatedPort, Parrot, Any]]


@pytest.fixture
def wire(hand_clock: Callable[[], Any]) -> Wire:
    def build(**options: Any) -> tuple[SimulatedPort, Parrot, Any]:
        clock, parrot = hand_clock(), Parrot()
        port = SimulatedPort("sim://parrot", clock, **options)
        port.attach(parrot)
        return port, parrot, clock

    return build


def test_it_is_a_line(wire: Wire) -> None:
    port, _, _ = wire()
    line: Line = port
    assert line.port == "sim://parrot" and line.descriptor() is None


def test_without_faults_bytes_arrive_in_the_same_call(wire: Wire) -> None:
    port, _, _ = wire()
    calls: list[int] = []
    port.on_bytes(lambda: calls.append(1))
    port.write(b"hel")
    assert port.read() == b"" and not calls
    port.write(b"lo\rwor")
    assert calls == [1] and port.read() == b"HELLO\r" and port.read() == b""


def test_the_physics_is_at_now_before_bytes_and_before_an_empty_read(wire: Wire) -> None:
    port, parrot, clock = wire()
    clock.to(5.0)
    port.write(b"a")
    assert parrot.time == 5.0
    clock.to(6.0)
    port.read()
    assert parrot.time == 6.0
    calls: list[float] = []
    hooked, other, later = wire(advance=lambda: calls.append(1.0))
    later.to(3.0)
    hooked.write(b"a\r")
    assert calls == [1.0] and other.time == 0.0


def test_every_device_on_the_line_hears_everything_and_knows_its_place(wire: Wire) -> None:
    port, first, clock = wire()
    second = Parrot(b"2")
    port.attach(second)
    port.write(b"x\r")
    assert port.read() == b"X\r2X\r"
    assert first.first and not second.first


def test_a_device_is_woken_when_it_asked(wire: Wire) -> None:
    port, parrot, clock = wire()
    parrot.wake(Seconds(7.0))
    clock.to(10.0)
    assert parrot.time == 7.0


@pytest.mark.parametrize(
    ("kind", "settings", "arrives"),
    [
        ("lost-reply", {}, [b"", b"TWO\r", b"THREE\r"]),
        ("lost-reply", {"count": 2}, [b"", b"", b"THREE\r"]),
        ("lost-reply", {"after": 1}, [b"ONE\r", b"", b"THREE\r"]),
        ("doubled-reply", {}, [b"ONE\rONE\r", b"TWO\r", b"THREE\r"]),
        ("cut-reply", {}, [b"ON", b"TWO\r", b"THREE\r"]),
        ("cut-reply", {"keep": 1}, [b"O", b"TWO\r", b"THREE\r"]),
        ("garbled-reply", {"position": 0, "bit": 1}, [b"MNE\r", b"TWO\r", b"THREE\r"]),
        ("lost-command", {}, [b"", b"TWO\r", b"THREE\r"]),
        ("lost-command", {"after": 2}, [b"ONE\r", b"TWO\r", b""]),
    ],
)
def test_faults_hit_the_calls_that_they_name(
    wire: Wire, kind: str, settings: dict[str, Any], arrives: list[bytes]
) -> None:
    port, _, _ = wire()
    port.inject(kind, settings)
    answers = []
    for command in (b"one\r", b"two\r", b"three\r"):
        port.write(command)
        answers.append(port.read())
    assert answers == arrives


def test_a_lost_command_is_never_heard_and_a_lost_reply_is(wire: Wire) -> None:
    port, parrot, _ = wire()
    port.inject("lost-command", {})
    port.write(b"one\r")
    assert parrot.heard == 0
    port.inject("lost-reply", {})
    port.write(b"one\r")
    assert parrot.heard == 4


def test_a_garbled_reply_follows_from_its_seed(wire: Wire) -> None:
    answers = []
    for seed in (1, 1, 2):
        port, _, _ = wire()
        port.inject("garbled-reply", {"seed": seed})
        port.write(b"a longer command\r")
        answers.append(port.read())
    assert answers[0] == answers[1] != answers[2]
    for answer in answers:
        differences = [a ^ b for a, b in zip(answer, b"A LONGER COMMAND\r", strict=True) if a != b]
        assert len(differences) == 1 and differences[0].bit_count() == 1


def test_a_late_reply_is_not_overtaken(wire: Wire) -> None:
    port, _, clock = wire()
    port.inject("late-reply", {"delay_s": 2.0})
    port.write(b"one\r")
    clock.to(1.0)
    port.write(b"two\r")
    assert port.read() == b""
    clock.to(1.9)
    assert port.read() == b""
    clock.to(2.0)
    assert port.read() == b"ONE\rTWO\r"
    port.write(b"three\r")
    assert port.read() == b"THREE\r", "the short way is open again"


def test_latency(wire: Wire) -> None:
    port, _, clock = wire(latency=Seconds(0.02))
    port.write(b"one\r")
    clock.to(0.019)
    assert port.read() == b""
    clock.to(0.021)
    assert port.read() == b"ONE\r"


def test_a_paced_line_needs_its_time_and_delivers_in_pieces(wire: Wire) -> None:
    port, parrot, clock = wire(baud=9600)
    text = b"a command of thirty-two bytes..\r"
    port.write(text)
    assert parrot.heard == 0
    clock.to(16 * 10 / 9600)
    assert parrot.heard == 16
    clock.to(32 * 10 / 9600 + 1e-9)
    assert parrot.heard == 32 and port.read() == b""
    clock.to(40 * 10 / 9600 + 1e-9)
    assert port.read() == text.upper()[:8]
    clock.to(64 * 10 / 9600 + 1e-9)
    assert port.read() == text.upper()[8:]


def test_babble_goes_on_until_it_is_healed(wire: Wire) -> None:
    port, _, clock = wire()
    port.inject("babble", {"size": 10, "interval_s": 0.1, "byte": 0x41})
    clock.to(1.05)
    assert port.read() == b"A" * 110
    port.inject("heal", {})
    clock.to(10.0)
    assert port.read() == b"" and not clock.planned
    port.inject("babble", {"size": 1, "interval_s": 1.0, "duration_s": 3})
    clock.to(100.0)
    assert len(port.read()) == 3


def test_unplugged_is_lost_until_replugged_and_opened_again(wire: Wire) -> None:
    port, parrot, _ = wire()
    told: list[int] = []
    port.on_bytes(lambda: told.append(1))
    port.write(b"hal")
    port.inject("unplug", {})
    assert told == [1], "a reader must wake up"
    for act in (lambda: port.write(b"f\r"), port.read, port.open):
        with pytest.raises(LinkLost, match=r"sim://parrot: the port is unplugged; plug"):
            act()
    port.inject("replug", {})
    with pytest.raises(LinkLost, match="the port is closed; open it again"):
        port.read()
    port.open()
    port.write(b"f\r")
    assert port.read() == b"HALF\r", "nothing was cleared in the device"


def test_what_is_under_way_at_an_unplug_is_lost(wire: Wire) -> None:
    port, parrot, clock = wire(latency=Seconds(1.0))
    port.write(b"one\r")
    port.inject("unplug", {})
    port.inject("replug", {})
    port.open()
    clock.to(5.0)
    assert port.read() == b""
    port.write(b"two\r")
    clock.to(6.0)
    assert port.read() == b"TWO\r"


def test_closing_and_opening_keeps_the_device_and_drops_what_was_not_read(wire: Wire) -> None:
    port, parrot, _ = wire()
    port.write(b"one\rha")
    port.close()
    with pytest.raises(LinkLost):
        port.write(b"x")
    port.open()
    port.write(b"lf\r")
    assert port.read() == b"HALF\r"


def test_the_tap_sees_both_directions(wire: Wire) -> None:
    port, _, _ = wire()
    seen: list[tuple[str, bytes]] = []
    port.tap = lambda direction, data: seen.append((direction, data))
    port.inject("lost-reply", {})
    port.write(b"one\r")
    assert seen == [(">", b"one\r"), ("<", b"ONE\r")] and port.read() == b""
    assert port.writes == 1


def test_an_unknown_fault_is_refused_with_what_there_is(wire: Wire) -> None:
    port, _, _ = wire()
    with pytest.raises(ValueError, match="does not know the fault 'gremlin'; it knows babble, cut-reply"):
        port.inject("gremlin", {})
