"""Driver of the Pump 11 Elite on a scripted line with a manual clock."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ruggli.devices.capability import PumpCapability
from ruggli.devices.pump import PumpReading, PumpState
from ruggli.errors import (
    BadReply,
    BenchError,
    DeviceAlarm,
    InputError,
    LinkLost,
    NoReply,
    NotRunning,
    Refused,
    WrongDevice,
)
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Seconds
from ruggli_drivers.harvard_elite11 import CARD, HarvardElite11, make

ML = 10**12


Build = Callable[..., tuple[HarvardElite11, Any]]


@pytest.fixture
def harvard_pump(scripted_line: Callable[..., Any]) -> Iterator[Build]:
    lines: list[Any] = []

    def build(*script: tuple[str, object], **options: str | int | float) -> tuple[HarvardElite11, Any]:
        line = scripted_line(*[(command.encode() + b"\r", reply) for command, reply in script])
        lines.append(line)
        return make("substrate pump", line.channel, "11 Elite", options), line

    yield build
    for line in lines:
        left = line.never_read() + (b"" if line.failed else bytes(line.channel.buffer))
        assert set(left) <= set(b"\n\x11:><T*"), "unread reply"


def status(volume: int, flags: str = "i...I.", prompt: str = ":", rate: int = 0) -> tuple[str, bytes]:
    return "status", f"\n{rate} 3000 {volume} {flags}\r\n{prompt}".encode()


IDLE = status(0)
RUNNING = status(ML // 4, "I...I.", ">", 83333333333)
DONE = status(ML // 2, "i...IT", "T*")
STALL = status(ML // 4, "i.S.I.", "*")
TARGET = ("tvolume", b"\n500 ul\r\n:")
SETTINGS = [("diameter", b"\n14.4300 mm\r\n:"), ("irate", b"\n5 ml/min\r\n:"), TARGET, IDLE]
ARMING = [
    IDLE,
    ("svolume", b"\n10 ml\r\n:"),
    ("irate lim", b"\n25.0404 nl/min to 26.0035 ml/min\r\n:"),
    ("irate 5 ml/min", b"\n:"),
    ("irate", b"\n5 ml/min\r\n:"),
    ("cttime", b"\n:"),
    ("ttime", b"\nTarget time not set\r\n:"),
    ("tvolume 0.5 ml", b"\n:"),
    TARGET,
]
FIVE_ML_MIN = MillilitresPerSecond(5 / 60)
HALF_ML = Millilitres(0.5)


def test_connect_asks_only(harvard_pump: Build) -> None:
    version = b"\nFirmware:      v3.0.4\r\nPump address:  0\r\nSerial number: D101754\r\n:"
    pump, line = harvard_pump(("ver", b"\n11 ELITE I/W Single 3.0.4\r\n:"), ("version", version))
    identity = line.drive(pump.connect())
    assert (identity.model, identity.firmware, identity.serial_number) == ("11 ELITE I/W Single", "3.0.4", "D101754")


def test_connect_without_version_command(harvard_pump: Build) -> None:
    unknown = ("version", b"\nUnknown command\r\n:")
    pump, line = harvard_pump(("ver", b"\n11 ELITE I/W Single 3.0.4\r\n:"), unknown, unknown, unknown)
    assert line.drive(pump.connect()).serial_number == ""


@pytest.mark.parametrize(
    ("address", "prefix", "reply"),
    [
        (0, "", b"\n00:11 ELITE 3.0.4\r\n00:"),
        (7, "7", b"\n07:11 ELITE 3.0.4\r\n07:"),
        (12, "12", b"\n12:11 ELITE 3.0.4\r\n12:"),
    ],
)
def test_address_prefixes(harvard_pump: Build, address: int, prefix: str, reply: bytes) -> None:
    version = reply.replace(b"11 ELITE 3.0.4", b"Serial number: D1\r\n%02d:a\r\n%02d:b" % (address, address))
    pump, line = harvard_pump((f"{prefix}ver", reply), (f"{prefix}version", version), address=address)
    identity = line.drive(pump.connect())
    assert (identity.firmware, identity.address, identity.serial_number) == ("3.0.4", address, "D1")


@pytest.mark.parametrize(
    ("reply", "times"),
    [
        (b"\nPHD ULTRA 2.1.0\r\n:", 1),
        (b"\n02:11 ELITE I/W Single 3.0.4\r\n02:", 3),
        (b"\x0200S?\x03", 3),
        (b"\nUnknown command\r\n:", 3),
    ],
    ids=["other model", "other address", "other protocol", "other family"],
)
def test_wrong_device(harvard_pump: Build, reply: bytes, times: int) -> None:
    pump, line = harvard_pump(*[("ver", reply)] * times)
    with pytest.raises(WrongDevice) as caught:
        line.drive(pump.connect())
    assert (caught.value.device, caught.value.port, caught.value.command) == ("substrate pump", "script", "ver")


def test_silence_is_no_reply_after_three_questions(harvard_pump: Build) -> None:
    pump, line = harvard_pump(*[("status", None)] * 3)
    with pytest.raises(NoReply) as caught:
        line.drive(pump.poll())
    assert (caught.value.device, caught.value.command) == ("substrate pump", "status")
    assert line.time == pytest.approx(3 * 0.5 + 2 * 0.25)


def test_settings(harvard_pump: Build) -> None:
    pump, line = harvard_pump(*SETTINGS)
    held = line.drive(pump.read_settings())
    assert (held.bore, held.target, held.infused) == (14.43, 0.5, 0.0)
    assert held.rate == pytest.approx(5 / 60)
    assert held.infusing
    assert held.state is PumpState.STOPPED


def test_settings_without_target_read_zero(harvard_pump: Build) -> None:
    pump, line = harvard_pump(*SETTINGS[:2], ("tvolume", b"\nTarget volume not set.\r\n:"), IDLE)
    assert line.drive(pump.read_settings()).target == 0.0


@pytest.mark.parametrize(("counts_from", "left"), [("counter", 0.25), ("start", 0.5)])
def test_settings_report_what_a_start_would_deliver(harvard_pump: Build, counts_from: str, left: float) -> None:
    pump, line = harvard_pump(*SETTINGS[:3], status(ML // 4), target_counts_from=counts_from)
    assert line.drive(pump.read_settings()).target == left


@pytest.mark.parametrize("reply", [b"\n:", None, b"\x11:"], ids=["acknowledged", "lost", "garbled"])
def test_bore_is_read_back(harvard_pump: Build, reply: bytes | None) -> None:
    pump, line = harvard_pump(("diameter 14.43", reply), ("diameter", b"\n14.4300 mm\r\n:"))
    line.drive(pump.set_bore(Millimetres(14.43)))


def test_bore_not_taken(harvard_pump: Build) -> None:
    pump, line = harvard_pump(("diameter 14.43", b"\n:"), ("diameter", b"\n14.4000 mm\r\n:"))
    with pytest.raises(Refused, match="sent 14.43 mm, the pump holds 14.4000 mm"):
        line.drive(pump.set_bore(Millimetres(14.43)))


def test_bore_out_of_range_sends_nothing(harvard_pump: Build) -> None:
    pump, line = harvard_pump()
    with pytest.raises(Refused, match="33.5 mm is outside 0.1 to 33.0 mm"):
        line.drive(pump.set_bore(Millimetres(33.5)))


def test_arm(harvard_pump: Build) -> None:
    pump, line = harvard_pump(*ARMING, *SETTINGS)
    held = line.drive(pump.arm(FIVE_ML_MIN, HALF_ML))
    assert held.rate == pytest.approx(5 / 60)
    assert held.target == 0.5


@pytest.mark.parametrize(("counts_from", "sent", "says"), [("counter", "0.8", "800 ul"), ("start", "0.5", "0.5 ml")])
def test_arm_with_volume_on_the_counter(harvard_pump: Build, counts_from: str, sent: str, says: str) -> None:
    counted = status(ML * 3 // 10)
    target = ("tvolume", f"\n{says}\r\n:".encode())
    script = [counted, *ARMING[1:7], (f"tvolume {sent} ml", b"\n:"), target, *SETTINGS[:2], target, counted]
    pump, line = harvard_pump(*script, target_counts_from=counts_from)
    held = line.drive(pump.arm(FIVE_ML_MIN, HALF_ML))
    assert (held.target, held.infused) == (0.5, 0.3)


def test_arm_makes_room_for_a_target_above_the_syringe_volume(harvard_pump: Build) -> None:
    room = [("svolume", b"\n0.4 ml\r\n:"), ("svolume 1 ml", b"\n:"), ("svolume", b"\n1.0000 ml\r\n:")]
    pump, line = harvard_pump(IDLE, *room, *ARMING[2:], *SETTINGS)
    line.drive(pump.arm(FIVE_ML_MIN, HALF_ML))


def test_arm_rounds_the_target_down(harvard_pump: Build) -> None:
    target = ("tvolume", b"\n12.3456 ml\r\n:")
    script = [IDLE, ("svolume", b"\n20 ml\r\n:"), *ARMING[2:7], ("tvolume 12.3456 ml", b"\n:"), target]
    pump, line = harvard_pump(*script, *SETTINGS[:2], target, IDLE)
    assert line.drive(pump.arm(FIVE_ML_MIN, Millilitres(12.34569))).target == 12.3456


@pytest.mark.parametrize("target", [0.0, 1e-10, -1.0, 1e7])
def test_arm_refuses_a_target_that_cannot_be_held(harvard_pump: Build, target: float) -> None:
    pump, line = harvard_pump(IDLE)
    with pytest.raises(Refused, match="zero or too large"):
        line.drive(pump.arm(FIVE_ML_MIN, Millilitres(target)))


def test_arm_refuses_a_target_lost_in_the_digits_of_the_counter(harvard_pump: Build) -> None:
    pump, line = harvard_pump(status(12_345_678_901_234))
    with pytest.raises(Refused, match="clear the counter"):
        line.drive(pump.arm(FIVE_ML_MIN, Millilitres(1e-5)))


@pytest.mark.parametrize("rate", [30 / 60, 1e-8 / 60])
def test_arm_refuses_a_rate_outside_the_limits_of_the_pump(harvard_pump: Build, rate: float) -> None:
    pump, line = harvard_pump(*ARMING[:3])
    with pytest.raises(Refused, match="0.001502424.* to 1560.2100 mL/h for the stored bore"):
        line.drive(pump.arm(MillilitresPerSecond(rate), HALF_ML))


def test_arm_refuses_while_running(harvard_pump: Build) -> None:
    pump, line = harvard_pump(RUNNING)
    with pytest.raises(Refused, match="running"):
        line.drive(pump.arm(FIVE_ML_MIN, HALF_ML))


@pytest.mark.parametrize(
    ("at", "reply", "message"),
    [
        (4, b"\n5 ml/hr\r\n:", "300 mL/h.*holds 5 mL/h"),
        (4, b"\n5 ul/min\r\n:", "holds 0.300 mL/h"),
        (6, b"\n00:03:00\r\n:", "target time"),
        (8, b"\n500 ml\r\n:", "sent 0.5 mL, the pump holds 500 mL"),
        (8, b"\nTarget volume not set\r\n:", "holds 0 mL"),
    ],
    ids=["x60", "mL for uL", "target time", "uL for mL", "no target"],
)
def test_arm_refuses_what_reads_back_otherwise(harvard_pump: Build, at: int, reply: bytes, message: str) -> None:
    script = ARMING[: at + 1]
    script[at] = (script[at][0], reply)
    pump, line = harvard_pump(*script)
    with pytest.raises(Refused, match=message):
        line.drive(pump.arm(FIVE_ML_MIN, HALF_ML))


def test_arm_with_every_acknowledgement_lost(harvard_pump: Build) -> None:
    script = [(command, None if reply == b"\n:" else reply) for command, reply in ARMING]
    pump, line = harvard_pump(*script, *SETTINGS)
    assert line.drive(pump.arm(FIVE_ML_MIN, HALF_ML)).target == 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Argument error: 2\r\n   Target volume out of range",
        "Command error: tvolume\r\n   Not now",
        "Unknown command",
        "Range error: 2\r\n   1 to 2",
        "Out of range",
    ],
)
def test_every_error_reply_to_a_command_is_refused_with_its_text(harvard_pump: Build, text: str) -> None:
    pump, line = harvard_pump(*ARMING[:7], ("tvolume 0.5 ml", f"\n{text}\r\n:".encode()))
    with pytest.raises(Refused) as caught:
        line.drive(pump.arm(FIVE_ML_MIN, HALF_ML))
    assert caught.value.command == "tvolume 0.5 ml"
    assert caught.value.reply.startswith(text.split("\r")[0])
    assert caught.value.reply.endswith(text.split("\n")[-1].strip() + " | :")


def test_error_reply_to_a_question_is_asked_again(harvard_pump: Build) -> None:
    pump, line = harvard_pump(("status", b"\nUnknown command\r\n:"), RUNNING)
    assert line.drive(pump.poll()).state is PumpState.INFUSING


def test_start(harvard_pump: Build) -> None:
    pump, line = harvard_pump(IDLE, TARGET, ("irun", b"\n>"))
    line.drive(pump.start())


@pytest.mark.parametrize("after", [RUNNING, DONE], ids=["runs", "ran to its target"])
@pytest.mark.parametrize("reply", [None, b"\nT*", b"\n:"], ids=["lost", "unasked target prompt", "idle prompt"])
def test_doubtful_start_is_settled_by_status_with_one_irun(
    harvard_pump: Build, reply: bytes | None, after: tuple[str, bytes]
) -> None:
    pump, line = harvard_pump(IDLE, TARGET, ("irun", reply), after)
    line.drive(pump.start())
    assert line.sent.count(b"irun\r") == 1


@pytest.mark.parametrize(
    "after", [IDLE, status(0, "i...IT", "T*"), status(0, "W...W.", "<")], ids=["idle", "old target", "withdraws"]
)
def test_start_that_did_not_happen_is_not_sent_again(harvard_pump: Build, after: tuple[str, bytes]) -> None:
    for reply, error in ((None, NoReply), (b"\n:", NotRunning)):
        pump, line = harvard_pump(IDLE, TARGET, ("irun", reply), after)
        with pytest.raises(error, match="not sent again"):
            line.drive(pump.start())
        assert line.sent.count(b"irun\r") == 1


def test_start_without_any_reply_stays_in_doubt(harvard_pump: Build) -> None:
    pump, line = harvard_pump(IDLE, TARGET, ("irun", None), *[("status", None)] * 3)
    with pytest.raises(NoReply):
        line.drive(pump.start())
    assert line.sent.count(b"irun\r") == 1


def test_late_answer_with_a_running_prompt_does_not_acknowledge_a_start(harvard_pump: Build) -> None:
    pump, line = harvard_pump(IDLE, TARGET, ("irun", [(0.005, RUNNING[1]), (0.01, b"\n:")]), IDLE)
    with pytest.raises(NotRunning, match="did not start"):
        line.drive(pump.start())


def test_start_into_a_stall_is_an_alarm(harvard_pump: Build) -> None:
    pump, line = harvard_pump(IDLE, TARGET, ("irun", b"\n*"), STALL)
    with pytest.raises(DeviceAlarm) as caught:
        line.drive(pump.start())
    assert caught.value.kind == "stall"


def test_refused_start_has_the_text_of_the_pump(harvard_pump: Build) -> None:
    pump, line = harvard_pump(IDLE, TARGET, ("irun", b"\nCommand error: irun\r\n   No syringe\r\n:"))
    with pytest.raises(Refused, match="No syringe"):
        line.drive(pump.start())


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ([RUNNING], Refused),
        ([STALL], DeviceAlarm),
        ([IDLE, ("tvolume", b"\nTarget volume not set\r\n:")], Refused),
        ([DONE, TARGET], Refused),
    ],
    ids=["runs already", "stalled", "no target", "target behind the counter"],
)
def test_start_is_not_sent(harvard_pump: Build, script: list[tuple[str, bytes]], error: type[BenchError]) -> None:
    pump, line = harvard_pump(*script)
    with pytest.raises(error):
        line.drive(pump.start())


def test_unplugged_in_the_start(harvard_pump: Build) -> None:
    pump, line = harvard_pump(IDLE, TARGET, ("irun", [(0.01, LinkLost("the port is gone", port="script"))]))
    with pytest.raises(LinkLost) as caught:
        line.drive(pump.start())
    assert (caught.value.device, caught.value.command) == ("substrate pump", "irun")


@pytest.mark.parametrize(
    ("answer", "reading"),
    [
        (RUNNING, PumpReading(PumpState.INFUSING, Millilitres(0.25))),
        (IDLE, PumpReading(PumpState.STOPPED, Millilitres(0.0))),
        (DONE, PumpReading(PumpState.TARGET_REACHED, HALF_ML)),
        (STALL, PumpReading(PumpState.STALLED, Millilitres(0.25), "stall")),
        (status(5, "W...W.", "<"), PumpReading(PumpState.WITHDRAWING, Millilitres(5e-12))),
        (status(0, "iI..I.", ">*"), PumpReading(PumpState.ALARM, Millilitres(0.0), "other")),
        (status(ML, "I...I.", "T*"), PumpReading(PumpState.INFUSING, Millilitres(1.0))),
        (status(ML, "i...i", "T*"), PumpReading(PumpState.TARGET_REACHED, Millilitres(1.0))),
        (status(ML, "i...i", ":", 5), PumpReading(PumpState.INFUSING, Millilitres(1.0))),
    ],
    ids=["runs", "idle", "done", "stall", "withdraws", "limit", "prompt ahead of flags", "five flags", "five, rate"],
)
def test_poll(harvard_pump: Build, answer: tuple[str, bytes], reading: PumpReading) -> None:
    pump, line = harvard_pump(answer)
    assert line.drive(pump.poll()) == reading


@pytest.mark.parametrize(
    "pieces",
    [
        [(0.01, b"\nT*\n0 6000 500000000000 i...IT\r\nT*")],
        [(0.01, b"\nT*"), (0.02, b"\n0 6000 500000000000 i...IT\r\nT*")],
        [(0.01, b"\n0 6000 5000"), (0.02, b"\nT*"), (0.03, b"00000000 i...IT\r\nT*")],
        [(0.01, b"\n0 6000 500000000000 i...IT\r"), (0.02, b"\nT*"), (0.03, b"\nT*")],
        [(0.01, b"\n0 6000 500000000000 i...IT\r\nT*"), (0.3, b"\nT*")],
        [(0.001 * i, bytes([byte])) for i, byte in enumerate(b"\n0 6000 500000000000 i...IT\r\nT*")],
        [(0.01, b"status\r\n0 6000 500000000000 i...IT\r\nT*\x11")],
    ],
    ids=["front", "front alone", "inside", "before the prompt", "behind", "byte by byte", "echo and XON"],
)
def test_poll_with_unasked_target_prompt_costs_no_second_question(
    harvard_pump: Build, pieces: list[tuple[float, bytes]]
) -> None:
    pump, line = harvard_pump(("status", pieces), DONE)
    for _ in range(2):
        assert line.drive(pump.poll()) == PumpReading(PumpState.TARGET_REACHED, HALF_ML)
        line.time += 1


def test_unasked_target_prompt_between_polls(harvard_pump: Build) -> None:
    pump, line = harvard_pump(RUNNING, DONE)
    line.drive(pump.poll())
    line.arrive(0.1, b"\nT*")
    line.time += 1
    assert line.drive(pump.poll()).state is PumpState.TARGET_REACHED


def test_late_reply_is_discarded_before_the_question_is_repeated(harvard_pump: Build) -> None:
    late = [(0.6, b"\n0 0 111 i...I.\r\n:")]
    pump, line = harvard_pump(("status", late), RUNNING)
    assert line.drive(pump.poll()).infused == 0.25


@pytest.mark.parametrize("reply", [b"\n83333\x00 3000 25", b"\n250 ul\r\n>", b"\n05:0 0 0 i...I.\r\n05:"])
def test_garbled_cut_and_foreign_replies_are_asked_again(harvard_pump: Build, reply: bytes) -> None:
    pump, line = harvard_pump(("status", reply), RUNNING)
    assert line.drive(pump.poll()).state is PumpState.INFUSING


def test_only_garbage_is_a_bad_reply(harvard_pump: Build) -> None:
    pump, line = harvard_pump(*[("status", b"\n8333\xff 1\r\n>")] * 3)
    with pytest.raises(BadReply) as caught:
        line.drive(pump.poll())
    assert caught.value.reply == "8333\\xff 1 | >"


def test_babble_is_a_bad_reply_of_this_pump(harvard_pump: Build) -> None:
    pump, line = harvard_pump(("status", b"\n" + b"8" * 5000))
    with pytest.raises(BadReply) as caught:
        line.drive(pump.poll())
    assert (caught.value.device, caught.value.command) == ("substrate pump", "status")


@pytest.mark.parametrize("reply", [b"\n:", None, b"\nT*", b"\nCommand error: stp\r\n   Not running\r\n:"])
def test_stop_is_proved_by_status(harvard_pump: Build, reply: bytes | None) -> None:
    pump, line = harvard_pump(("stp", reply), IDLE)
    line.drive(pump.stop())


def test_stop_waits_for_the_motor_to_rest(harvard_pump: Build) -> None:
    pump, line = harvard_pump(("stp", b"\n>"), RUNNING, IDLE)
    line.drive(pump.stop())


def test_lost_stop_is_sent_once_more_after_status(harvard_pump: Build) -> None:
    pump, line = harvard_pump(("stp", None), RUNNING, RUNNING, ("stp", b"\n:"), IDLE)
    line.drive(pump.stop())


def test_stop_that_cannot_be_proved(harvard_pump: Build) -> None:
    pump, line = harvard_pump(*[("stp", b"\n>"), RUNNING, RUNNING] * 2)
    with pytest.raises(Refused, match="by hand"):
        line.drive(pump.stop())


def test_stop_overtakes_a_poll(harvard_pump: Build) -> None:
    pump, line = harvard_pump(RUNNING, ("stp", b"\n:"), IDLE)
    poll = pump.poll()
    next(poll)
    poll.close()
    line.drive(pump.stop())


def test_clear_counter(harvard_pump: Build) -> None:
    pump, line = harvard_pump(DONE, ("civolume", b"\nT*"), ("ivolume", b"\n0 ul\r\n:"), IDLE)
    line.drive(pump.clear_counter())


@pytest.mark.parametrize(("volume", "after"), [(b"\n250 ul\r\n:", IDLE), (b"\n0 ul\r\n:", DONE)])
def test_counter_that_does_not_clear(harvard_pump: Build, volume: bytes, after: tuple[str, bytes]) -> None:
    pump, line = harvard_pump(DONE, ("civolume", b"\n:"), ("ivolume", volume), after)
    with pytest.raises(Refused, match="not cleared"):
        line.drive(pump.clear_counter())


def test_counter_is_not_cleared_while_running(harvard_pump: Build) -> None:
    pump, line = harvard_pump(RUNNING)
    with pytest.raises(Refused, match="rests"):
        line.drive(pump.clear_counter())


def test_acknowledge(harvard_pump: Build) -> None:
    pump, line = harvard_pump(STALL, ("stp", b"\n:"), IDLE, IDLE)
    assert line.drive(pump.acknowledge()) == "stall"
    assert line.drive(pump.acknowledge()) == ""


def test_acknowledge_that_does_not_help(harvard_pump: Build) -> None:
    pump, line = harvard_pump(STALL, ("stp", b"\n*"), STALL)
    with pytest.raises(DeviceAlarm, match="display"):
        line.drive(pump.acknowledge())


def test_no_dead_man(harvard_pump: Build) -> None:
    pump, line = harvard_pump()
    with pytest.raises(Refused, match="no communication watchdog"):
        line.drive(pump.arm_dead_man(Seconds(20)))
    line.drive(pump.disarm_dead_man())


@pytest.mark.parametrize("xon", [b"", b"\x11"], ids=["poll off", "poll on"])
def test_golden_run(harvard_pump: Build, xon: bytes) -> None:
    """The transcript of pump-protocols.md 2.9, in the order of this driver."""
    counter = [IDLE, ("civolume", b"\n:"), ("ivolume", b"\n0 ul\r\n:"), IDLE]
    bore = [("diameter 14.43", b"\n:"), ("diameter", b"\n14.4300 mm\r\n:")]
    run = [IDLE, TARGET, ("irun", b"\n>"), RUNNING, DONE, ("stp", b"\n:"), status(ML // 2)]
    script = [*bore, *counter, *ARMING, *SETTINGS, *run]
    pump, line = harvard_pump(*[(command, reply + xon) for command, reply in script])
    line.drive(pump.set_bore(Millimetres(14.43)))
    line.drive(pump.clear_counter())
    line.drive(pump.arm(FIVE_ML_MIN, HALF_ML))
    line.drive(pump.start())
    assert line.drive(pump.poll()).infused == 0.25
    assert line.drive(pump.poll()).state is PumpState.TARGET_REACHED
    line.drive(pump.stop())


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        ("PHD Ultra", {}, "no model 'PHD Ultra'; write '11 Elite'"),
        ("11 Elite", {"adress": 1}, "no option 'adress'"),
        ("11 Elite", {"address": 100}, "0 to 99"),
        ("11 Elite", {"address": "1"}, "0 to 99"),
        ("11 Elite", {"reply_timeout": 0}, "0.05 to 10"),
        ("11 Elite", {"target_counts_from": "zero"}, "neither 'counter' nor 'start'"),
    ],
)
def test_bad_options(
    scripted_line: Callable[..., Any], model: str, options: dict[str, str | int | float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        make("pump", scripted_line().channel, model, options)


def test_limits_agree_with_the_pump_that_was_recorded() -> None:
    capability = CARD.capabilities["11 Elite"]
    assert isinstance(capability, PumpCapability)
    bore = Millimetres(14.43)
    assert capability.fastest(bore) * 60 == pytest.approx(26.0035, rel=1e-5)
    assert capability.slowest(bore) * 60e6 == pytest.approx(25.0404, rel=1e-5)
    assert capability.counter_step(HALF_ML, bore) == pytest.approx(1.1268e-5, rel=1e-4)  # one motor step
    for rate, text, unit in [(5 / 60, "5", "mL/min"), (5 / 3600, "5", "mL/h"), (2.6553e-6 / 60, "2.6553", "nL/min")]:
        held = capability.held_rate(MillilitresPerSecond(rate))
        assert held is not None
        assert (held.text.rstrip("0").rstrip("."), held.unit.name) == (text, unit)
