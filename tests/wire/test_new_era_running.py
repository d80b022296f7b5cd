"""The New Era driver against a scripted line: start, stop, poll, dead-man; what is never sent twice."""

from collections.abc import Sequence
from typing import Any

import pytest

from ruggli.devices.pump import PumpReading, PumpState
from ruggli.errors import BadReply, BenchError, DeviceAlarm, NoReply, NotRunning, Refused
from ruggli.quantities.base import Millilitres, Seconds
from ruggli_drivers.new_era_codec import encode


def ok(data: str = "", status: str = "S") -> bytes:
    return f"\x0200{status}{data}\x03".encode("ascii")


def safe(text: str) -> bytes:
    return encode(int(text[0]), text[1:], safe=True)


LOST: list[tuple[float, bytes]] = []


def test_start_sends_one_run(desk: Any) -> None:
    desk.running()
    assert desk.line.sent.count(b"0RUN\r") == 1


def test_one_arm_allows_one_start(desk: Any) -> None:
    pump = desk.running()
    desk.expect((b"0DIS\r", ok("I0.500W0.000ML")))
    with pytest.raises(Refused, match="arm before each start"):
        desk.drive(pump.start())


@pytest.mark.parametrize("status", "IWPTUX")
def test_start_refuses_a_pump_that_is_not_at_rest(desk: Any, status: str) -> None:
    pump = desk.armed()
    desk.expect((b"0DIS\r", ok("I0.000W0.000ML", status)))
    with pytest.raises(Refused, match="stop it first"):
        desk.drive(pump.start())


@pytest.mark.parametrize(
    "reply", [LOST, [(0.7, ok(status="I"))], b"\x0200\x7f\x03", b"\x0200I", ok("?COM", "I")], ids=str
)
def test_lost_late_or_damaged_reply_to_run_never_sends_a_second_run(
    desk: Any, reply: bytes | Sequence[tuple[float, bytes]]
) -> None:
    pump = desk.armed()
    desk.expect(desk.AT_REST, (b"0RUN\r", reply), (b"0DIS\r", ok("I0.010W0.000ML", "I")))
    desk.drive(pump.start())
    assert desk.line.sent.count(b"0RUN\r") == 1
    desk.expect((b"0DIS\r", ok("I0.500W0.000ML")))
    assert desk.drive(pump.poll()).state is PumpState.TARGET_REACHED


def test_lost_run_of_a_pump_that_stays_at_rest_is_the_callers_to_decide(desk: Any) -> None:
    pump = desk.armed()
    desk.expect(desk.AT_REST, (b"0RUN\r", LOST), desk.AT_REST)
    with pytest.raises(NoReply, match="RUN was sent once and the pump is stopped"):
        desk.drive(pump.start())
    assert desk.line.sent.count(b"0RUN\r") == 1


@pytest.mark.parametrize(("answer", "state"), [("P", "paused"), ("S", "stopped")])
def test_run_that_is_answered_by_a_pump_at_rest_was_stopped_at_its_panel(desk: Any, answer: str, state: str) -> None:
    pump = desk.armed()
    desk.expect(desk.AT_REST, (b"0RUN\r", ok("", answer)), (b"0DIS\r", ok("I0.000W0.000ML", answer)))
    with pytest.raises(NotRunning, match=f"the pump is {state}"):
        desk.drive(pump.start())
    assert desk.line.sent.count(b"0RUN\r") == 1


def test_lost_reply_to_a_run_that_is_over_already(desk: Any) -> None:
    pump = desk.armed()
    desk.expect(desk.AT_REST, (b"0RUN\r", LOST), (b"0DIS\r", ok("I0.500W0.000ML")))
    desk.drive(pump.start())


def test_silence_after_run_is_no_reply_and_still_one_run(desk: Any) -> None:
    pump = desk.armed()
    desk.expect(desk.AT_REST, (b"0RUN\r", LOST), *[(b"0DIS\r", LOST)] * 3)
    with pytest.raises(NoReply):
        desk.drive(pump.start())
    assert desk.line.sent.count(b"0RUN\r") == 1


@pytest.mark.parametrize(("letter", "kind"), [("R", "power"), ("S", "stall"), ("T", "dead-man"), ("E", "program")])
def test_alarm_reply_to_run_was_not_executed(desk: Any, letter: str, kind: str) -> None:
    pump = desk.armed()
    desk.expect(desk.AT_REST, (b"0RUN\r", f"\x0200A?{letter}\x03".encode()))
    with pytest.raises(DeviceAlarm) as caught:
        desk.drive(pump.start())
    assert caught.value.kind == kind
    desk.expect(desk.AT_REST)
    assert desk.drive(pump.poll()) == PumpReading(PumpState.STOPPED, Millilitres(0.0))


def test_alarm_between_arm_and_start_disarms(desk: Any) -> None:
    pump = desk.armed()
    desk.expect((b"0DIS\r", b"\x0200A?R\x03"), desk.AT_REST)
    assert desk.drive(pump.poll()).alarm == "power"
    with pytest.raises(Refused, match="arm before each start"):
        desk.drive(pump.start())


@pytest.mark.parametrize(("alarm", "kind"), [(b"R", "power"), (b"T", "dead-man")])
def test_a_stop_returns_the_alarm_that_it_met(desk: Any, alarm: bytes, kind: str) -> None:
    """Seed 74997: power that came back as the stop was sent; told once, and the counter reads zero after it."""
    desk.expect((b"0STP\r", b"\x0200A?" + alarm + b"\x03"), desk.AT_REST, desk.AT_REST)
    assert desk.drive(desk.pump.stop()) == kind
    assert desk.drive(desk.pump.poll()).alarm == kind, "and the next poll tells it too"


def test_pump_that_withdraws_after_run_is_stopped(desk: Any) -> None:
    pump = desk.armed()
    desk.expect(desk.AT_REST, (b"0RUN\r", ok(status="W")), (b"0DIS\r", ok("I0.000W0.010ML", "W")))
    desk.expect((b"0STP\r", ok(status="P")), (b"0STP\r", ok()), desk.AT_REST)
    with pytest.raises(Refused, match="withdrawing after RUN and was stopped"):
        desk.drive(pump.start())


def test_running_pump_is_paused_stopped_and_proved(desk: Any) -> None:
    desk.expect((b"0STP\r", ok(status="P")), (b"0STP\r", ok()), desk.AT_REST)
    desk.drive(desk.pump.stop())


@pytest.mark.parametrize("reply", [ok("?NA"), ok()])
def test_stop_of_a_pump_at_rest(desk: Any, reply: bytes) -> None:
    desk.expect((b"0STP\r", reply), desk.AT_REST)
    desk.drive(desk.pump.stop())


def test_alarm_reply_to_stop_is_verified_and_kept(desk: Any) -> None:
    desk.expect((b"0STP\r", b"\x0200A?S\x03"), (b"0DIS\r", ok("I0.250W0.000ML")), (b"0DIS\r", ok("I0.250W0.000ML")))
    desk.drive(desk.pump.stop())
    assert desk.drive(desk.pump.poll()) == PumpReading(PumpState.STALLED, Millilitres(0.25), "stall")


def test_lost_replies_to_stop_are_answered_by_more_stops(desk: Any) -> None:
    desk.expect(desk.AT_REST, (b"0STP\r", LOST), (b"0STP\r", LOST), (b"0STP\r", ok()), desk.AT_REST)
    desk.drive(desk.pump.poll())
    desk.drive(desk.pump.stop())
    assert desk.line.time < 2.5


def test_stop_is_not_believed_before_the_state_says_so(desk: Any) -> None:
    pumping = (b"0DIS\r", ok("I0.250W0.000ML", "I"))
    desk.expect(*[(b"0STP\r", ok()), pumping] * 4)
    with pytest.raises(Refused, match="status I after 4 stops"):
        desk.drive(desk.pump.stop())


def test_stop_of_a_silent_pump_says_that_it_is_not_proved(desk: Any) -> None:
    desk.expect(desk.AT_REST, *[(b"0STP\r", LOST)] * 4)
    desk.drive(desk.pump.poll())
    with pytest.raises(NoReply):
        desk.drive(desk.pump.stop())


def test_stop_overtakes_a_poll_that_was_given_up(desk: Any) -> None:
    late = ok("I0.250W0.000ML", "I")
    desk.expect((b"0DIS\r", [(0.3, late)]))
    desk.step_into(desk.pump.poll())
    # the poll's reply comes as if it answered STP, and the true one after it
    desk.expect((b"0STP\r", [(0.22, ok(status="P"))]), (b"0DIS\r", ok("I0.250W0.000ML", "P")))
    desk.expect((b"0STP\r", ok()), (b"0DIS\r", ok("I0.250W0.000ML")))
    desk.drive(desk.pump.stop())


def test_stopped_dose_cannot_be_started_again_without_arming(desk: Any) -> None:
    pump = desk.armed()
    desk.expect((b"0STP\r", ok("?NA")), desk.AT_REST, desk.AT_REST)
    desk.drive(pump.stop())
    with pytest.raises(Refused, match="arm before each start"):
        desk.drive(pump.start())


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
def test_poll_is_one_exchange(desk: Any, status: str, infused: str, state: PumpState) -> None:
    pump = desk.running()
    before = desk.channel.exchanges
    desk.expect(*[(b"0DIS\r", ok(f"I{infused}W0.000ML", status))] * 3)
    for _ in range(3):
        assert desk.drive(pump.poll()) == PumpReading(state, Millilitres(float(infused)))
    assert desk.channel.exchanges == before + 3


def test_stop_without_a_start_is_no_target_reached(desk: Any) -> None:
    desk.expect((b"0DIS\r", ok("I0.500W0.000ML")))
    assert desk.drive(desk.pump.poll()).state is PumpState.STOPPED


def test_target_counts_from_the_counter_at_the_start(desk: Any) -> None:
    pump = desk.armed()
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
    desk: Any, letter: str, state: PumpState, kind: str
) -> None:
    pump = desk.running()
    desk.expect((b"0DIS\r", ok("I0.250W0.000ML", "I")), (b"0DIS\r", f"\x0200A?{letter}\x03".encode()))
    desk.drive(pump.poll())
    assert desk.drive(pump.poll()) == PumpReading(state, Millilitres(0.25), kind)


def test_microlitre_counter(desk: Any) -> None:
    desk.expect((b"0DIS\r", ok("I250.0W0.000UL", "I")))
    assert desk.drive(desk.pump.poll()).infused == pytest.approx(0.25, rel=1e-12)


@pytest.mark.parametrize("bad", [LOST, b"\x0200II0.250W0.0", b"\x0200I\x03", b"\x0200I\xff\x03", ok("?")], ids=str)
def test_poll_repeats_its_question_once(desk: Any, bad: bytes | Sequence[tuple[float, bytes]]) -> None:
    desk.expect((b"0DIS\r", bad), (b"0DIS\r", ok("I0.250W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.25
    desk.expect((b"0DIS\r", bad), (b"0DIS\r", bad))
    with pytest.raises(BenchError, match="pump_a on scripted://new-era"):
        desk.drive(desk.pump.poll())
    desk.expect((b"0DIS\r", ok("I0.260W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.26


def test_late_reply_is_not_taken_for_the_next_answer(desk: Any) -> None:
    desk.expect((b"0DIS\r", [(0.6, ok("I0.100W0.000ML", "I"))]), (b"0DIS\r", ok("I0.200W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.2
    assert desk.line.time > 0.6
    desk.expect((b"0DIS\r", ok("I0.300W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.3


def test_very_late_reply_is_read_off_before_the_next_question(desk: Any) -> None:
    desk.expect((b"0DIS\r", [(1.2, ok("I0.100W0.000ML", "I"))]), (b"0DIS\r", ok("I0.200W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.2
    desk.line.time += 1
    desk.expect((b"0DIS\r", ok("I0.300W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.3


def test_no_question_is_sent_into_a_late_reply_to_a_repeated_one(desk: Any) -> None:
    desk.expect((b"0DIS\r", [(1.1, ok("I0.100W0.000ML", "I"))]), (b"0DIS\r", ok("I0.200W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.2
    desk.expect((b"0DIS\r", [(0.3, ok("I0.300W0.000ML", "I"))]))
    assert desk.drive(desk.pump.poll()).infused == 0.3


def test_poll_that_was_given_up_leaves_no_answer_behind(desk: Any) -> None:
    desk.expect((b"0DIS\r", [(0.3, ok("I0.100W0.000ML", "I"))]))
    desk.step_into(desk.pump.poll())
    desk.expect((b"0DIS\r", ok("I0.200W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.2


def test_doubled_reply_is_not_taken_for_the_next_answer(desk: Any) -> None:
    first = ok("I0.100W0.000ML", "I")
    desk.expect((b"0DIS\r", first + first), (b"0DIS\r", ok("I0.200W0.000ML", "I")))
    assert desk.drive(desk.pump.poll()).infused == 0.1
    desk.line.time += 1
    assert desk.drive(desk.pump.poll()).infused == 0.2


def test_dead_man_is_armed_in_whole_seconds_and_read_back(desk: Any) -> None:
    pump = desk.in_safe_mode()
    desk.expect((safe("0DIS"), safe("00II0.250W0.000ML")))
    assert desk.drive(pump.poll()).infused == 0.25
    desk.expect((safe("0SAF0"), ok()), (b"0SAF\r", ok("0")), desk.AT_REST)
    desk.drive(pump.disarm_dead_man())
    desk.drive(pump.poll())


@pytest.mark.parametrize("silence", [0.0, 0.9, 256.0, float("nan")])
def test_impossible_dead_man_sends_nothing(desk: Any, silence: float) -> None:
    with pytest.raises(Refused, match="1 s to 255 s"):
        desk.drive(desk.pump.arm_dead_man(Seconds(silence)))


def test_lost_reply_to_saf_is_settled_in_safe_framing(desk: Any) -> None:
    desk.expect((b"0SAF10\r", LOST), (safe("0SAF"), safe("00S10")))
    desk.drive(desk.pump.arm_dead_man(Seconds(10)))
    desk.expect((safe("0SAF0"), LOST), (safe("0SAF"), ok("0")), (b"0DIS\r", ok("I0.000W0.000ML")))
    desk.drive(desk.pump.disarm_dead_man())
    desk.drive(desk.pump.poll())


def test_dead_man_that_is_not_held_is_refused(desk: Any) -> None:
    desk.expect((b"0SAF10\r", safe("00S")), (safe("0SAF"), safe("00S20")))
    with pytest.raises(Refused, match="dead-man of 10 s was sent, the pump holds 20 s"):
        desk.drive(desk.pump.arm_dead_man(Seconds(10)))


@pytest.mark.parametrize(("letter", "kind"), [("S", "stall"), ("T", "dead-man")])
def test_unsolicited_alarm_surfaces_once_in_the_next_poll(desk: Any, letter: str, kind: str) -> None:
    pump = desk.in_safe_mode()
    desk.expect((safe("0DIS"), safe("00II0.250W0.000ML")))
    desk.drive(pump.poll())
    desk.line.arrive(0.1, safe(f"00A?{letter}"))
    desk.line.time += 1
    desk.expect((safe("0DIS"), safe(f"00A?{letter}")), (safe("0DIS"), safe("00SI0.260W0.000ML")))
    reading = desk.drive(pump.poll())
    assert (reading.alarm, reading.infused) == (kind, 0.25)
    assert desk.drive(pump.poll()) == PumpReading(PumpState.STOPPED, Millilitres(0.26))


def test_unsolicited_alarm_that_was_acknowledged_at_the_pump_is_remembered(desk: Any) -> None:
    pump = desk.in_safe_mode()
    desk.line.arrive(0.1, safe("00A?S"))
    desk.line.time += 1
    desk.expect((safe("0DIS"), safe("00SI0.250W0.000ML")))
    assert desk.drive(pump.poll()) == PumpReading(PumpState.STALLED, Millilitres(0.25), "stall")
    desk.expect((safe("0DIS"), safe("00SI0.250W0.000ML")))
    assert desk.drive(pump.poll()).alarm == ""


def test_unsolicited_alarm_in_front_of_the_reply_is_one_alarm(desk: Any) -> None:
    pump = desk.in_safe_mode()
    desk.expect((safe("0DIS"), safe("00A?S") + safe("00A?S")), (safe("0DIS"), safe("00SI0.250W0.000ML")))
    assert desk.drive(pump.poll()).alarm == "stall"
    assert desk.drive(pump.poll()) == PumpReading(PumpState.STOPPED, Millilitres(0.25))


def test_alarm_of_a_neighbour_on_the_line_is_not_ours(desk: Any) -> None:
    pump = desk.in_safe_mode()
    desk.expect((safe("0DIS"), safe("07A?S") + safe("00II0.250W0.000ML")))
    assert desk.drive(pump.poll()) == PumpReading(PumpState.INFUSING, Millilitres(0.25))


def test_wrong_crc_is_asked_again(desk: Any) -> None:
    pump = desk.in_safe_mode()
    bad = safe("00II0.250W0.000ML").replace(b"250", b"950")
    desk.expect((safe("0DIS"), bad), (safe("0DIS"), safe("00II0.250W0.000ML")))
    assert desk.drive(pump.poll()).infused == 0.25
    desk.expect(*[(safe("0DIS"), bad)] * 2)
    with pytest.raises(BadReply, match="wrong CRC") as caught:
        desk.drive(pump.poll())
    assert "I0.950W0.000ML" in caught.value.reply
    desk.expect((safe("0DIS"), safe("00II0.250W0.000ML")))
    desk.drive(pump.poll())
