"""The New Era driver against a scripted line: what it sends, what it repeats, what it never sends twice."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from ruggli.devices.pump import Identity, Pump, PumpReading, PumpSettings, PumpState
from ruggli.errors import BadReply, BenchError, DeviceAlarm, InputError, NoReply, Refused, WrongDevice
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Seconds
from ruggli.world.channel import Channel
from ruggli.world.tasks import Task
from ruggli_drivers.new_era import CARD, NewEraPump, make
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


class Desk:
    """A pump's driver, its scripted line and the clock."""

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


@pytest.fixture(params=["whole", "byte by byte"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    desk = Desk(pieces=request.param == "byte by byte")
    yield desk
    desk.finished()


def ok(data: str = "", status: str = "S") -> bytes:
    return f"\x0200{status}{data}\x03".encode("ascii")


def safe(text: str) -> bytes:
    return encode(int(text[0]), text[1:], safe=True)


LOST: list[tuple[float, bytes]] = []
AT_REST = (b"0DIS\r", ok("I0.000W0.000ML"))
RATE = MillilitresPerSecond(10 / 3600)
TARGET = Millilitres(0.5)

SETTINGS = [
    (b"0DIA\r", ok("26.59")),
    (b"0RAT\r", ok("10.00MH")),
    (b"0VOL\r", ok("0.500ML")),
    (b"0DIR\r", ok("INF")),
    AT_REST,
]
BEFORE_SETTINGS = [
    (b"0DIA\r", ok("26.59")),
    AT_REST,
    (b"0PF\r", ok("?")),
    (b"0PHN\r", ok("01")),
    (b"0PHN2\r", ok()),
    (b"0PHN\r", ok("02")),
    (b"0FUN\r", ok("RAT")),
    (b"0FUNSTP\r", ok()),
    (b"0FUN\r", ok("STP")),
    (b"0PHN\r", ok("02")),
    (b"0PHN1\r", ok()),
    (b"0PHN\r", ok("01")),
    (b"0FUN\r", ok("RAT")),
]
SET_RATE = [(b"0RAT\r", ok("1.000MH")), (b"0RAT10.00MH\r", ok()), (b"0RAT\r", ok("10.00MH"))]
SET_TARGET = [
    (b"0VOL\r", ok("0.000UL")),
    (b"0VOLML\r", ok()),
    (b"0VOL\r", ok("0.000ML")),
    (b"0VOL\r", ok("0.000ML")),
    (b"0VOL0.500\r", ok()),
    (b"0VOL\r", ok("0.500ML")),
]
SET_DIRECTION = [(b"0DIR\r", ok("WDR")), (b"0DIRINF\r", ok()), (b"0DIR\r", ok("INF"))]
HELD = PumpSettings(Millimetres(26.59), RATE, TARGET, True, Millilitres(0.0), PumpState.STOPPED)


def armed(desk: Desk) -> NewEraPump:
    desk.expect(*BEFORE_SETTINGS, *SET_RATE, *SET_TARGET, *SET_DIRECTION, *SETTINGS)
    assert desk.drive(desk.pump.arm(RATE, TARGET)) == HELD
    return desk.pump


def running(desk: Desk) -> NewEraPump:
    pump = armed(desk)
    desk.expect(AT_REST, (b"0RUN\r", ok(status="I")), (b"0DIS\r", ok("I0.000W0.000ML", "I")))
    desk.drive(pump.start())
    return pump


def in_safe_mode(desk: Desk) -> NewEraPump:
    desk.expect((b"0SAF10\r", safe("00S")), (safe("0SAF"), safe("00S10")))
    desk.drive(desk.pump.arm_dead_man(Seconds(10.9)))
    return desk.pump


def test_the_driver_is_a_pump(desk: Desk) -> None:
    pump: Pump = desk.pump
    assert pump.name == "pump_a"


# connect


def test_first_reply_after_power_up_is_an_alarm_and_is_not_lost(desk: Desk) -> None:
    desk.expect((b"0VER\r", b"\x0200A?R\x03"), (b"0VER\r", ok("NE1000V3.923")), AT_REST)
    assert desk.drive(desk.pump.connect()) == Identity("NE-1000", "3.923", 0)
    assert desk.drive(desk.pump.acknowledge()) == "power"


def test_alarm_met_at_connect_shows_in_the_next_poll(desk: Desk) -> None:
    desk.expect((b"0VER\r", b"\x0200A?R\x03"), (b"0VER\r", ok("NE1000V3.923")), AT_REST)
    desk.drive(desk.pump.connect())
    assert desk.drive(desk.pump.poll()) == PumpReading(PumpState.ALARM, Millilitres(0.0), "power")


def test_pump_left_in_safe_mode_is_found_with_questions_only(desk: Desk) -> None:
    desk.expect((b"0VER\r", LOST), (safe("0VER"), safe("00SNE1000V3.923")), (safe("0DIS"), safe("00SI1.000W0.000ML")))
    assert desk.drive(desk.pump.connect()).model == "NE-1000"
    assert desk.drive(desk.pump.poll()).infused == 1.0


def test_safe_mode_pump_that_complains_about_a_basic_packet_is_found(desk: Desk) -> None:
    desk.expect((b"0VER\r", safe("00S?COM")), (safe("0VER"), safe("00SNE1000V3.923")))
    assert desk.drive(desk.pump.connect()).model == "NE-1000"


def test_power_alarm_of_a_safe_mode_pump_at_connect(desk: Desk) -> None:
    desk.expect(
        (b"0VER\r", LOST),
        (safe("0VER"), safe("00A?R")),
        (safe("0VER"), safe("00SNE1000V3.923")),
        (safe("0DIS"), safe("00SI0.000W0.000ML")),
    )
    desk.drive(desk.pump.connect())
    assert desk.drive(desk.pump.acknowledge()) == "power"


@pytest.mark.parametrize("version", ["PHD 2000", "NE1010V3.923", "NE1000", ""])
def test_another_device_or_model_is_refused(desk: Desk, version: str) -> None:
    desk.expect((b"0VER\r", ok(version)))
    with pytest.raises(WrongDevice, match="pump_a on scripted://new-era"):
        desk.drive(desk.pump.connect())


def test_another_address_is_refused(desk: Desk) -> None:
    wrong = b"\x0203SNE1000V3.923\x03"
    desk.expect(*[(b"0VER\r", wrong), (safe("0VER"), wrong)] * 3)
    with pytest.raises(WrongDevice, match="address 3 answers for address 0"):
        desk.drive(desk.pump.connect())


def test_bytes_of_another_protocol_are_refused(desk: Desk) -> None:
    desk.expect(*[(b"0VER\r", b"\n11 ELITE\r\n:"), (safe("0VER"), b"\n:")] * 3)
    with pytest.raises(WrongDevice, match="baud rate"):
        desk.drive(desk.pump.connect())
    desk.expect(AT_REST)
    desk.drive(desk.pump.poll())


def test_silence_at_connect(desk: Desk) -> None:
    desk.expect(*[(b"0VER\r", LOST), (safe("0VER"), LOST)] * 3)
    with pytest.raises(NoReply, match="power, cable"):
        desk.drive(desk.pump.connect())


# settings


@pytest.mark.parametrize("number", ["1699.", "1699"])
def test_numbers_of_both_spellings(desk: Desk, number: str) -> None:
    desk.expect((b"0DIA\r", ok("26.59")), (b"0RAT\r", ok(number + "MH")), *SETTINGS[2:])
    settings = desk.drive(desk.pump.read_settings())
    assert settings.rate == pytest.approx(1699 / 3600, rel=1e-15)


def test_settings_of_a_phase_without_rate_and_volume(desk: Desk) -> None:
    na = ok("?NA")
    desk.expect((b"0DIA\r", ok("14.00")), (b"0RAT\r", na), (b"0VOL\r", na), (b"0DIR\r", na))
    desk.expect((b"0DIS\r", ok("I250.0W0.000UL", "P")))
    settings = desk.drive(desk.pump.read_settings())
    assert settings == PumpSettings(
        Millimetres(14.0), MillilitresPerSecond(0), Millilitres(0), False, Millilitres(0.25), PumpState.PAUSED
    )


@pytest.mark.parametrize("held", ["14.57", "14.571"])
def test_bore_is_written_once_read_back_and_the_counter_read_again(desk: Desk, held: str) -> None:
    desk.expect(AT_REST, (b"0DIA\r", ok("26.59")), (b"0DIA14.57\r", ok()), (b"0DIA\r", ok(held)))
    if held == "14.57":
        desk.expect(AT_REST)
        desk.drive(desk.pump.set_bore(Millimetres(14.57)))
    else:
        with pytest.raises(Refused, match=r"bore 14.57 mm was sent, the pump holds 14.571"):
            desk.drive(desk.pump.set_bore(Millimetres(14.57)))


def test_bore_that_is_held_is_not_written(desk: Desk) -> None:
    desk.expect(AT_REST, (b"0DIA\r", ok("26.59")), AT_REST)
    desk.drive(desk.pump.set_bore(Millimetres(26.59)))


def test_bore_is_not_changed_while_pumping(desk: Desk) -> None:
    desk.expect((b"0DIS\r", ok("I0.250W0.000ML", "I")))
    with pytest.raises(Refused, match="stop it first"):
        desk.drive(desk.pump.set_bore(Millimetres(14.57)))


@pytest.mark.parametrize("bore", [0.0, 0.05, 50.1, float("nan")])
def test_impossible_bore_sends_nothing(desk: Desk, bore: float) -> None:
    with pytest.raises(Refused, match="outside 0.1 mm to 50 mm"):
        desk.drive(desk.pump.set_bore(Millimetres(bore)))


# arm


def test_arm_writes_and_reads_back_everything(desk: Desk) -> None:
    armed(desk)


def test_arm_writes_nothing_that_is_held_but_the_phase_selection(desk: Desk) -> None:
    held = [step if step[0] != b"0FUN\r" else (b"0FUN\r", ok("STP")) for step in BEFORE_SETTINGS[:7]]
    desk.expect(*held, *BEFORE_SETTINGS[9:], *SETTINGS[1:2], *SETTINGS[2:3] * 2, *SETTINGS[3:4], *SETTINGS)
    assert desk.drive(desk.pump.arm(RATE, TARGET)) == HELD


def test_narrow_syringe_is_armed_in_microlitres_rounded_down(desk: Desk) -> None:
    narrow = [(b"0DIA\r", ok("4.699")), *BEFORE_SETTINGS[1:]]
    settings = [(b"0DIA\r", ok("4.699")), (b"0RAT\r", ok("2.058UM")), (b"0VOL\r", ok("123.4UL"))]
    desk.expect(*narrow, (b"0RAT\r", ok("1.000MH")), (b"0RAT2.058UM\r", ok()), settings[1])
    desk.expect((b"0VOL\r", ok("0.000UL")), (b"0VOL\r", ok("0.000UL")), (b"0VOL123.4\r", ok()), settings[2])
    desk.expect((b"0DIR\r", ok("INF")), *settings, *SETTINGS[3:])
    held = desk.drive(desk.pump.arm(MillilitresPerSecond(0.123456 / 3600), Millilitres(0.12349)))
    assert held.target == 0.1234
    assert held.rate == pytest.approx(0.002058 / 60, rel=1e-12)


@pytest.mark.parametrize("target", [0.0, -1.0, float("nan")])
def test_zero_target_sends_nothing(desk: Desk, target: float) -> None:
    with pytest.raises(Refused, match="for ever"):
        desk.drive(desk.pump.arm(RATE, Millilitres(target)))


@pytest.mark.parametrize("target", [0.0009, 10000.0])
def test_target_that_the_wire_cannot_carry_is_refused_before_any_setting(desk: Desk, target: float) -> None:
    desk.expect((b"0DIA\r", ok("26.59")))
    with pytest.raises(Refused, match="0.001 to 9999"):
        desk.drive(desk.pump.arm(RATE, Millilitres(target)))


@pytest.mark.parametrize("status", "IWPTUX")
def test_arm_refuses_a_pump_that_is_not_at_rest(desk: Desk, status: str) -> None:
    desk.expect((b"0DIA\r", ok("26.59")), (b"0DIS\r", ok("I0.000W0.000ML", status)))
    with pytest.raises(Refused, match=f"status {status}"):
        desk.drive(desk.pump.arm(RATE, TARGET))


def test_power_fail_restart_is_switched_off(desk: Desk) -> None:
    desk.expect(*BEFORE_SETTINGS[:2], (b"0PF\r", ok("1")), (b"0PF0\r", ok()), (b"0PF\r", ok("1")))
    with pytest.raises(Refused, match="no restart when power returns was sent, the pump holds 1"):
        desk.drive(desk.pump.arm(RATE, TARGET))


def test_rate_out_of_range_names_the_range(desk: Desk) -> None:
    desk.expect(*BEFORE_SETTINGS, (b"0RAT\r", ok("1.000MH")), (b"0RAT100.0MM\r", ok("?OOR")))
    with pytest.raises(Refused, match=r"rate 100.0 mL/min .*0.02335 mL/h to 1699 mL/h.*out of range.*0RAT100.0MM"):
        desk.drive(desk.pump.arm(MillilitresPerSecond(100 / 60), TARGET))


def test_not_applicable_is_refused(desk: Desk) -> None:
    desk.expect(*BEFORE_SETTINGS, (b"0RAT\r", ok("1.000MH")), (b"0RAT10.00MH\r", ok("?NA")))
    with pytest.raises(Refused, match="not applicable now"):
        desk.drive(desk.pump.arm(RATE, TARGET))


def test_read_back_mismatch_is_refused(desk: Desk) -> None:
    desk.expect(*BEFORE_SETTINGS, *SET_RATE[:2], (b"0RAT\r", ok("10.01MH")))
    with pytest.raises(Refused, match=r"rate 10.00 mL/h .* was sent, the pump holds 10.01MH"):
        desk.drive(desk.pump.arm(RATE, TARGET))


def test_setting_with_a_lost_reply_is_asked_for_and_not_sent_again(desk: Desk) -> None:
    desk.expect(*BEFORE_SETTINGS, SET_RATE[0], (SET_RATE[1][0], LOST), SET_RATE[2])
    desk.expect(*SET_TARGET, *SET_DIRECTION, *SETTINGS)
    assert desk.drive(desk.pump.arm(RATE, TARGET)) == HELD


@pytest.mark.parametrize(("reply", "error"), [(LOST, NoReply), (ok("?COM"), Refused), (b"\x0200S\x7f\x03", BadReply)])
def test_setting_whose_fate_was_unknown_and_that_is_not_held(
    desk: Desk, reply: bytes | Sequence[tuple[float, bytes]], error: type[BenchError]
) -> None:
    desk.expect(*BEFORE_SETTINGS, SET_RATE[0], (SET_RATE[1][0], reply), (b"0RAT\r", ok("1.000MH")))
    with pytest.raises(error):
        desk.drive(desk.pump.arm(RATE, TARGET))


def test_settings_that_change_while_arming_are_noticed(desk: Desk) -> None:
    desk.expect(*BEFORE_SETTINGS, *SET_RATE, *SET_TARGET, *SET_DIRECTION)
    desk.expect(SETTINGS[0], (b"0RAT\r", ok("50.00MM")), *SETTINGS[2:])
    with pytest.raises(Refused, match="changed while arming"):
        desk.drive(desk.pump.arm(RATE, TARGET))


def test_power_cycle_while_arming_is_an_alarm(desk: Desk) -> None:
    desk.expect(*BEFORE_SETTINGS, SET_RATE[0], (SET_RATE[1][0], b"\x0200A?R\x03"))
    with pytest.raises(DeviceAlarm, match="not executed") as caught:
        desk.drive(desk.pump.arm(RATE, TARGET))
    assert caught.value.kind == "power"


# start


def test_start_sends_one_run(desk: Desk) -> None:
    running(desk)
    assert desk.line.written.count(b"0RUN\r") == 1


def test_one_arm_allows_one_start(desk: Desk) -> None:
    pump = running(desk)
    desk.expect((b"0DIS\r", ok("I0.500W0.000ML")))
    with pytest.raises(Refused, match="arm before each start"):
        desk.drive(pump.start())


@pytest.mark.parametrize("status", "IWPTUX")
def test_start_refuses_a_pump_that_is_not_at_rest(desk: Desk, status: str) -> None:
    pump = armed(desk)
    desk.expect((b"0DIS\r", ok("I0.000W0.000ML", status)))
    with pytest.raises(Refused, match="stop it first"):
        desk.drive(pump.start())


@pytest.mark.parametrize(
    "reply", [LOST, [(0.7, ok(status="I"))], b"\x0200\x7f\x03", b"\x0200I", ok("?COM", "I")], ids=str
)
def test_lost_late_or_damaged_reply_to_run_never_sends_a_second_run(
    desk: Desk, reply: bytes | Sequence[tuple[float, bytes]]
) -> None:
    pump = armed(desk)
    desk.expect(AT_REST, (b"0RUN\r", reply), (b"0DIS\r", ok("I0.010W0.000ML", "I")))
    desk.drive(pump.start())
    assert desk.line.written.count(b"0RUN\r") == 1
    desk.expect((b"0DIS\r", ok("I0.500W0.000ML")))
    assert desk.drive(pump.poll()).state is PumpState.TARGET_REACHED


def test_lost_run_of_a_pump_that_stays_at_rest_is_the_callers_to_decide(desk: Desk) -> None:
    pump = armed(desk)
    desk.expect(AT_REST, (b"0RUN\r", LOST), AT_REST)
    with pytest.raises(NoReply, match="RUN was sent once and the pump is stopped"):
        desk.drive(pump.start())
    assert desk.line.written.count(b"0RUN\r") == 1


def test_lost_reply_to_a_run_that_is_over_already(desk: Desk) -> None:
    pump = armed(desk)
    desk.expect(AT_REST, (b"0RUN\r", LOST), (b"0DIS\r", ok("I0.500W0.000ML")))
    desk.drive(pump.start())


def test_silence_after_run_is_no_reply_and_still_one_run(desk: Desk) -> None:
    pump = armed(desk)
    desk.expect(AT_REST, (b"0RUN\r", LOST), *[(b"0DIS\r", LOST)] * 3)
    with pytest.raises(NoReply):
        desk.drive(pump.start())
    assert desk.line.written.count(b"0RUN\r") == 1


@pytest.mark.parametrize(("letter", "kind"), [("R", "power"), ("S", "stall"), ("T", "dead-man"), ("E", "program")])
def test_alarm_reply_to_run_was_not_executed(desk: Desk, letter: str, kind: str) -> None:
    pump = armed(desk)
    desk.expect(AT_REST, (b"0RUN\r", f"\x0200A?{letter}\x03".encode()))
    with pytest.raises(DeviceAlarm) as caught:
        desk.drive(pump.start())
    assert caught.value.kind == kind
    desk.expect(AT_REST)
    assert desk.drive(pump.poll()) == PumpReading(PumpState.STOPPED, Millilitres(0.0))


def test_alarm_between_arm_and_start_disarms(desk: Desk) -> None:
    pump = armed(desk)
    desk.expect((b"0DIS\r", b"\x0200A?R\x03"), AT_REST)
    assert desk.drive(pump.poll()).alarm == "power"
    with pytest.raises(Refused, match="arm before each start"):
        desk.drive(pump.start())


def test_pump_that_withdraws_after_run_is_stopped(desk: Desk) -> None:
    pump = armed(desk)
    desk.expect(AT_REST, (b"0RUN\r", ok(status="W")), (b"0DIS\r", ok("I0.000W0.010ML", "W")))
    desk.expect((b"0STP\r", ok(status="P")), (b"0STP\r", ok()), AT_REST)
    with pytest.raises(Refused, match="withdrawing after RUN and was stopped"):
        desk.drive(pump.start())


# stop


def test_running_pump_is_paused_stopped_and_proved(desk: Desk) -> None:
    desk.expect((b"0STP\r", ok(status="P")), (b"0STP\r", ok()), AT_REST)
    desk.drive(desk.pump.stop())


@pytest.mark.parametrize("reply", [ok("?NA"), ok()])
def test_stop_of_a_pump_at_rest(desk: Desk, reply: bytes) -> None:
    desk.expect((b"0STP\r", reply), AT_REST)
    desk.drive(desk.pump.stop())


def test_alarm_reply_to_stop_is_verified_and_kept(desk: Desk) -> None:
    desk.expect((b"0STP\r", b"\x0200A?S\x03"), (b"0DIS\r", ok("I0.250W0.000ML")), (b"0DIS\r", ok("I0.250W0.000ML")))
    desk.drive(desk.pump.stop())
    assert desk.drive(desk.pump.poll()) == PumpReading(PumpState.STALLED, Millilitres(0.25), "stall")


def test_lost_replies_to_stop_are_answered_by_more_stops(desk: Desk) -> None:
    desk.expect((b"0STP\r", LOST), (b"0STP\r", LOST), (b"0STP\r", ok()), AT_REST)
    desk.drive(desk.pump.stop())
    assert desk.clock.time < 2.5


def test_stop_is_not_believed_before_the_state_says_so(desk: Desk) -> None:
    pumping = (b"0DIS\r", ok("I0.250W0.000ML", "I"))
    desk.expect(*[(b"0STP\r", ok()), pumping] * 4)
    with pytest.raises(Refused, match="status I after 4 stops"):
        desk.drive(desk.pump.stop())


def test_stop_of_a_silent_pump_says_that_it_is_not_proved(desk: Desk) -> None:
    desk.expect(*[(b"0STP\r", LOST)] * 4)
    with pytest.raises(NoReply):
        desk.drive(desk.pump.stop())


def test_stop_overtakes_a_poll_that_was_given_up(desk: Desk) -> None:
    late = ok("I0.250W0.000ML", "I")
    desk.expect((b"0DIS\r", [(0.3, late)]))
    desk.step_into(desk.pump.poll())
    # the poll's reply comes as if it answered STP, and the true one after it
    desk.expect((b"0STP\r", [(0.22, ok(status="P"))]), (b"0DIS\r", ok("I0.250W0.000ML", "P")))
    desk.expect((b"0STP\r", ok()), (b"0DIS\r", ok("I0.250W0.000ML")))
    desk.drive(desk.pump.stop())


def test_stopped_dose_cannot_be_started_again_without_arming(desk: Desk) -> None:
    pump = armed(desk)
    desk.expect((b"0STP\r", ok("?NA")), AT_REST, AT_REST)
    desk.drive(pump.stop())
    with pytest.raises(Refused, match="arm before each start"):
        desk.drive(pump.start())


# poll


@pytest.mark.parametrize(
    ("status", "infused", "state"),
    [
        ("I", "0.250", PumpState.INFUSING),
        ("X", "0.250", PumpState.INFUSING),
        ("W", "0.250", PumpState.WITHDRAWING),
        ("P", "0.250", PumpState.PAUSED),
        ("S", "0.250", PumpState.STOPPED),
        ("S", "0.498", PumpState.STOPPED),
        ("S", "0.499", PumpState.TARGET_REACHED),
        ("S", "0.500", PumpState.TARGET_REACHED),
        ("I", "0.500", PumpState.INFUSING),
    ],
)
def test_poll_is_one_exchange(desk: Desk, status: str, infused: str, state: PumpState) -> None:
    pump = running(desk)
    before = desk.channel.exchanges
    desk.expect(*[(b"0DIS\r", ok(f"I{infused}W0.000ML", status))] * 3)
    for _ in range(3):
        assert desk.drive(pump.poll()) == PumpReading(state, Millilitres(float(infused)))
    assert desk.channel.exchanges == before + 3


def test_stop_without_a_start_is_no_target_reached(desk: Desk) -> None:
    desk.expect((b"0DIS\r", ok("I0.500W0.000ML")))
    assert desk.drive(desk.pump.poll()).state is PumpState.STOPPED


def test_target_counts_from_the_counter_at_the_start(desk: Desk) -> None:
    pump = armed(desk)
    desk.expect((b"0DIS\r", ok("I2.000W0.000ML")), (b"0RUN\r", ok(status="I")), (b"0DIS\r", ok("I2.000W0.000ML", "I")))
    desk.drive(pump.start())
    desk.expect((b"0DIS\r", ok("I2.100W0.000ML")), (b"0DIS\r", ok("I2.500W0.000ML")))
    assert desk.drive(pump.poll()).state is PumpState.STOPPED
    assert desk.drive(pump.poll()).state is PumpState.TARGET_REACHED


@pytest.mark.parametrize(
    ("letter", "state", "kind"),
    [
        ("S", PumpState.STALLED, "stall"),
        ("T", PumpState.ALARM, "dead-man"),
        ("R", PumpState.ALARM, "power"),
        ("O", PumpState.ALARM, "program"),
        ("Q", PumpState.ALARM, "other"),
    ],
)
def test_alarm_in_a_poll_is_data_with_the_last_known_volume(
    desk: Desk, letter: str, state: PumpState, kind: str
) -> None:
    pump = running(desk)
    desk.expect((b"0DIS\r", ok("I0.250W0.000ML", "I")), (b"0DIS\r", f"\x0200A?{letter}\x03".encode()))
    desk.drive(pump.poll())
    assert desk.drive(pump.poll()) == PumpReading(state, Millilitres(0.25), kind)


def test_microlitre_counter(desk: Desk) -> None:
    desk.expect((b"0DIS\r", ok("I250.0W0.000UL", "I")))
    assert desk.drive(desk.pump.poll()).infused == pytest.approx(0.25, rel=1e-12)


@pytest.mark.parametrize("bad", [LOST, b"\x0200II0.250W0.0", b"\x0200I\x03", b"\x0200I\xff\x03", ok("?")], ids=str)
def test_poll_repeats_its_question_once(desk: Desk, bad: bytes | Sequence[tuple[float, bytes]]) -> None:
    desk.expect((b"0DIS\r", bad), (b"0DIS\r", ok("I0.250W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.25
    desk.expect((b"0DIS\r", bad), (b"0DIS\r", bad))
    with pytest.raises(BenchError, match="pump_a on scripted://new-era"):
        desk.drive(desk.pump.poll())
    desk.expect((b"0DIS\r", ok("I0.260W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.26


def test_late_reply_is_not_taken_for_the_next_answer(desk: Desk) -> None:
    desk.expect((b"0DIS\r", [(0.6, ok("I0.100W0.000ML", "I"))]), (b"0DIS\r", ok("I0.200W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.2
    assert desk.clock.time > 0.6
    desk.expect((b"0DIS\r", ok("I0.300W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.3


def test_very_late_reply_is_read_off_before_the_next_question(desk: Desk) -> None:
    desk.expect((b"0DIS\r", [(1.2, ok("I0.100W0.000ML", "I"))]), (b"0DIS\r", ok("I0.200W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.2
    desk.clock.time += 1
    desk.expect((b"0DIS\r", ok("I0.300W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.3


def test_no_question_is_sent_into_a_late_reply_to_a_repeated_one(desk: Desk) -> None:
    desk.expect((b"0DIS\r", [(1.1, ok("I0.100W0.000ML", "I"))]), (b"0DIS\r", ok("I0.200W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.2
    desk.expect((b"0DIS\r", [(0.3, ok("I0.300W0.000ML", "I"))]))
    assert desk.drive(desk.pump.poll()).infused == 0.3


def test_poll_that_was_given_up_leaves_no_answer_behind(desk: Desk) -> None:
    desk.expect((b"0DIS\r", [(0.3, ok("I0.100W0.000ML", "I"))]))
    desk.step_into(desk.pump.poll())
    desk.expect((b"0DIS\r", ok("I0.200W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.2


def test_doubled_reply_is_not_taken_for_the_next_answer(desk: Desk) -> None:
    first = ok("I0.100W0.000ML", "I")
    desk.expect((b"0DIS\r", first + first), (b"0DIS\r", ok("I0.200W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.1
    desk.clock.time += 1
    assert desk.drive(desk.pump.poll()).infused == 0.2


# safe mode


def test_dead_man_is_armed_in_whole_seconds_and_read_back(desk: Desk) -> None:
    pump = in_safe_mode(desk)
    desk.expect((safe("0DIS"), safe("00II0.250W0.000ML")))
    assert desk.drive(pump.poll()).infused == 0.25
    desk.expect((safe("0SAF0"), ok()), (b"0SAF\r", ok("0")), AT_REST)
    desk.drive(pump.disarm_dead_man())
    desk.drive(pump.poll())


@pytest.mark.parametrize("silence", [0.0, 0.9, 256.0, float("nan")])
def test_impossible_dead_man_sends_nothing(desk: Desk, silence: float) -> None:
    with pytest.raises(Refused, match="1 s to 255 s"):
        desk.drive(desk.pump.arm_dead_man(Seconds(silence)))


def test_lost_reply_to_saf_is_settled_in_safe_framing(desk: Desk) -> None:
    desk.expect((b"0SAF10\r", LOST), (safe("0SAF"), safe("00S10")))
    desk.drive(desk.pump.arm_dead_man(Seconds(10)))
    desk.expect((safe("0SAF0"), LOST), (safe("0SAF"), ok("0")), (b"0DIS\r", ok("I0.000W0.000ML")))
    desk.drive(desk.pump.disarm_dead_man())
    desk.drive(desk.pump.poll())


def test_dead_man_that_is_not_held_is_refused(desk: Desk) -> None:
    desk.expect((b"0SAF10\r", safe("00S")), (safe("0SAF"), safe("00S20")))
    with pytest.raises(Refused, match="dead-man of 10 s was sent, the pump holds 20 s"):
        desk.drive(desk.pump.arm_dead_man(Seconds(10)))


@pytest.mark.parametrize(("letter", "kind"), [("S", "stall"), ("T", "dead-man")])
def test_unsolicited_alarm_surfaces_once_in_the_next_poll(desk: Desk, letter: str, kind: str) -> None:
    pump = in_safe_mode(desk)
    desk.expect((safe("0DIS"), safe("00II0.250W0.000ML")))
    desk.drive(pump.poll())
    desk.line.arrive(0.1, safe(f"00A?{letter}"))
    desk.clock.time += 1
    desk.expect((safe("0DIS"), safe(f"00A?{letter}")), (safe("0DIS"), safe("00SI0.260W0.000ML")))
    reading = desk.drive(pump.poll())
    assert (reading.alarm, reading.infused) == (kind, 0.25)
    assert desk.drive(pump.poll()) == PumpReading(PumpState.STOPPED, Millilitres(0.26))


def test_unsolicited_alarm_that_was_acknowledged_at_the_pump_is_remembered(desk: Desk) -> None:
    pump = in_safe_mode(desk)
    desk.line.arrive(0.1, safe("00A?S"))
    desk.clock.time += 1
    desk.expect((safe("0DIS"), safe("00SI0.250W0.000ML")))
    assert desk.drive(pump.poll()) == PumpReading(PumpState.STALLED, Millilitres(0.25), "stall")
    desk.expect((safe("0DIS"), safe("00SI0.250W0.000ML")))
    assert desk.drive(pump.poll()).alarm == ""


def test_unsolicited_alarm_in_front_of_the_reply_is_one_alarm(desk: Desk) -> None:
    pump = in_safe_mode(desk)
    desk.expect((safe("0DIS"), safe("00A?S") + safe("00A?S")), (safe("0DIS"), safe("00SI0.250W0.000ML")))
    assert desk.drive(pump.poll()).alarm == "stall"
    assert desk.drive(pump.poll()) == PumpReading(PumpState.STOPPED, Millilitres(0.25))


def test_alarm_of_a_neighbour_on_the_line_is_not_ours(desk: Desk) -> None:
    pump = in_safe_mode(desk)
    desk.expect((safe("0DIS"), safe("07A?S") + safe("00II0.250W0.000ML")))
    assert desk.drive(pump.poll()) == PumpReading(PumpState.INFUSING, Millilitres(0.25))


def test_wrong_crc_is_asked_again(desk: Desk) -> None:
    pump = in_safe_mode(desk)
    bad = safe("00II0.250W0.000ML").replace(b"250", b"950")
    desk.expect((safe("0DIS"), bad), (safe("0DIS"), safe("00II0.250W0.000ML")))
    assert desk.drive(pump.poll()).infused == 0.25
    desk.expect(*[(safe("0DIS"), bad)] * 2)
    with pytest.raises(BadReply, match="wrong CRC") as caught:
        desk.drive(pump.poll())
    assert "I0.950W0.000ML" in caught.value.reply
    desk.expect((safe("0DIS"), safe("00II0.250W0.000ML")))
    desk.drive(pump.poll())


# counter and alarms


def test_counter_is_cleared_once_and_read_back(desk: Desk) -> None:
    full = (b"0DIS\r", ok("I0.500W0.000ML"))
    desk.expect(full, (b"0CLDINF\r", LOST), AT_REST)
    desk.drive(desk.pump.clear_counter())
    desk.expect(full, (b"0CLDINF\r", ok()), full)
    with pytest.raises(Refused, match="reads 0.5 mL after it was cleared"):
        desk.drive(desk.pump.clear_counter())


def test_acknowledge_returns_the_kind_and_clears(desk: Desk) -> None:
    desk.expect((b"0DIS\r", b"\x0200A?T\x03"), AT_REST, AT_REST)
    assert desk.drive(desk.pump.acknowledge()) == "dead-man"
    assert desk.drive(desk.pump.acknowledge()) == ""


def test_alarm_that_does_not_clear_is_said(desk: Desk) -> None:
    desk.expect(*[(b"0DIS\r", b"\x0200A?S\x03")] * 3)
    with pytest.raises(Refused, match="does not clear"):
        desk.drive(desk.pump.acknowledge())


def test_power_alarm_in_any_question_is_raised(desk: Desk) -> None:
    desk.expect((b"0DIA\r", b"\x0200A?R\x03"))
    with pytest.raises(DeviceAlarm) as caught:
        desk.drive(desk.pump.read_settings())
    assert caught.value.kind == "power"


def test_question_is_repeated_twice_and_no_more(desk: Desk) -> None:
    desk.expect((b"0DIA\r", LOST), (b"0DIA\r", b"\x0200S26.5"), (b"0DIA\r", ok("26.59")), *SETTINGS[1:])
    desk.drive(desk.pump.read_settings())
    desk.expect(*[(b"0DIA\r", LOST)] * 3)
    with pytest.raises(NoReply, match=r"sent '0DIA'"):
        desk.drive(desk.pump.read_settings())


def test_refused_question_is_not_repeated(desk: Desk) -> None:
    desk.expect((b"0DIA\r", ok("?OOR")))
    with pytest.raises(Refused, match="DIA not answered"):
        desk.drive(desk.pump.read_settings())


# make


def test_address_goes_into_every_packet() -> None:
    desk = Desk(pieces=False)
    pump = make("pump_b", desk.channel, "NE-4000", {"address": 7, "reply_timeout": 1})
    desk.expect((b"7VER\r", b"\x0207SNE4000V3.9\x03"), (b"7DIS\r", b"\x0207SI0.000W0.000ML\x03"))
    assert desk.drive(pump.connect()) == Identity("NE-4000", "3.9", 7)
    desk.drive(pump.poll())
    desk.finished()


@pytest.mark.parametrize(
    ("model", "options", "word"),
    [
        ("NE-9000", {}, "NE-1000 or NE-4000"),
        ("NE-1000", {"adress": 1}, "'adress'"),
        ("NE-1000", {"address": 100}, "0 to 99"),
        ("NE-1000", {"address": "1"}, "0 to 99"),
        ("NE-1000", {"reply_timeout": 0.1}, "0.25 s"),
        ("NE-1000", {"reply_timeout": "1 s"}, "0.25 s"),
    ],
)
def test_wrong_options_are_refused(model: str, options: dict[str, str | int | float], word: str) -> None:
    with pytest.raises(InputError, match=word):
        make("pump_a", Desk(pieces=False).channel, model, options)


@pytest.mark.parametrize(
    ("model", "bore", "fastest_ml_h", "slowest_ml_h"),
    [
        ("NE-1000", 26.59, 1699, 0.02335),
        ("NE-1000", 4.699, 0.8845 * 60, 0.000729),
        ("NE-4000", 26.59, 100.3 * 60, 0.02335),
    ],
)
def test_limits_give_the_published_flows(model: str, bore: float, fastest_ml_h: float, slowest_ml_h: float) -> None:
    capability = NewEraPump("pump_a", Desk(pieces=False).channel, model).capability
    assert CARD.capabilities[model] is capability
    assert capability.fastest(Millimetres(bore)) * 3600 == pytest.approx(fastest_ml_h, rel=2e-3)
    assert capability.slowest(Millimetres(bore)) * 3600 == pytest.approx(slowest_ml_h, rel=2e-3)


@pytest.mark.parametrize(("bore", "unit"), [(4.699, "UL"), (14.0, "UL"), (14.01, "ML"), (26.59, "ML")])
def test_volume_unit_follows_the_bore(bore: float, unit: str) -> None:
    for model in ("NE-1000", "NE-4000"):
        capability = NewEraPump("pump_a", Desk(pieces=False).channel, model).capability
        assert [held.code for held in capability.volume_units(Millimetres(bore))] == [unit]
        assert [held.code for held in capability.counter_units(Millimetres(bore))] == [unit]
