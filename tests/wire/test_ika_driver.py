"""Driver of the IKA RCT digital on a scripted line with a manual clock."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ruggli.devices.capability import HotplateCapability
from ruggli.devices.hotplate import HotplateReading, HotplateSettings
from ruggli.errors import BadReply, BenchError, InputError, LinkLost, NoReply, Refused, WrongDevice
from ruggli.quantities.base import Celsius, Rpm, Seconds
from ruggli_drivers.ika_rct import CARD, IkaRct, make

Build = Callable[..., tuple[IkaRct, Any]]


@pytest.fixture
def ika_plate(scripted_line: Callable[..., Any]) -> Iterator[Build]:
    lines: list[Any] = []

    def build(*script: tuple[str, object], **options: str | int | float) -> tuple[IkaRct, Any]:
        line = scripted_line(*[(command.encode() + b"\r\n", reply) for command, reply in script])
        lines.append(line)
        return make("plate", line.channel, "RCT digital", options), line

    yield build
    for line in lines:
        assert line.failed or line.never_read() + bytes(line.channel.buffer) == b"", "unread reply"


SPEED = ("IN_PV_4", b"300.0 4\r\n")
PLATE = ("IN_PV_2", b"98.0 2\r\n")
PROBE = ("IN_PV_1", b"45.3 1\r\n")
READING = HotplateReading(Celsius(45.3), Celsius(98.0), Rpm(300.0))
MODE = ("SET_MODE_A", None)
ARMING = [("OUT_SP_12@20", b"20.0\r\n"), ("OUT_SP_42@300", b"300.0\r\n"), ("OUT_WD2@60", b"60.0\r\n")]


@pytest.mark.parametrize("name", ["RCT digital", "IKA RCT digital", "RCT 5 digital", "IKARCT", "IKA RCT basic"])
def test_connect_asks_the_name_only(ika_plate: Build, name: str) -> None:
    plate, line = ika_plate(("IN_NAME", f"{name} \r\n".encode()))
    assert line.drive(plate.connect()).model == name


@pytest.mark.parametrize(
    ("reply", "times"), [(b"IKARET\r\n", 1), (b"C-MAG HS7\r\n", 1), (b"\x0200S?\x03", 3), (b"12.0 1\r\n", 3)]
)
def test_wrong_device(ika_plate: Build, reply: bytes, times: int) -> None:
    plate, line = ika_plate(*[("IN_NAME", reply)] * times)
    with pytest.raises(WrongDevice) as caught:
        line.drive(plate.connect())
    assert (caught.value.device, caught.value.port, caught.value.command) == ("plate", "script", "IN_NAME")
    assert caught.value.reply


def test_silent_port(ika_plate: Build) -> None:
    plate, line = ika_plate(*[("IN_NAME", None)] * 3)
    with pytest.raises(NoReply, match="check cable and power"):
        line.drive(plate.connect())


def test_settings(ika_plate: Build) -> None:
    plate, line = ika_plate(("IN_SP_1", b"60.0 1\r\n"), ("IN_SP_4", b"300.0 4\r\n"), ("IN_SP_3", b"370.0 3\r\n"))
    assert line.drive(plate.read_settings()) == HotplateSettings(Celsius(60.0), Rpm(300.0), Celsius(370.0))


def test_temperature_is_read_back_after_the_gap(ika_plate: Build) -> None:
    plate, line = ika_plate(("OUT_SP_1 60.0", None), ("IN_SP_1", b"60.0 1\r\n"))
    line.drive(plate.set_temperature(Celsius(60.04)))
    assert line.time == pytest.approx(0.05 + line.latency)


def test_speed_is_read_back(ika_plate: Build) -> None:
    plate, line = ika_plate(("OUT_SP_4 300", None), ("IN_SP_4", b"300.0 4\r\n"), gap=0.2)
    line.drive(plate.set_speed(Rpm(300.0)))
    assert line.time == pytest.approx(0.2 + line.latency)


def test_set_points_not_taken(ika_plate: Build) -> None:
    plate, line = ika_plate(
        ("OUT_SP_1 60.0", None), ("IN_SP_1", b"45.0 1\r\n"), ("OUT_SP_4 300", None), ("IN_SP_4", b"300.2 4\r\n")
    )
    with pytest.raises(Refused, match="sent 60 degC, the plate holds 45 degC"):
        line.drive(plate.set_temperature(Celsius(60)))
    with pytest.raises(Refused, match="sent 300 rpm, the plate holds 300.2 rpm"):
        line.drive(plate.set_speed(Rpm(300)))


def test_values_out_of_range_send_nothing(ika_plate: Build) -> None:
    plate, line = ika_plate()
    for temperature in (-1.0, 310.1, float("nan")):
        with pytest.raises(Refused, match="outside 0 to 310 degC"):
            line.drive(plate.set_temperature(Celsius(temperature)))
    for speed in (-1.0, 49.0, 1501.0, float("nan")):
        with pytest.raises(Refused, match="neither 0 nor 50 to 1500 rpm"):
            line.drive(plate.set_speed(Rpm(speed)))
    for silence in (19.9, 1501.0):
        with pytest.raises(Refused, match="outside 20 to 1500 s"):
            line.drive(plate.arm_dead_man(Seconds(silence), Celsius(20), Rpm(300)))


def test_zero_speed_is_allowed(ika_plate: Build) -> None:
    plate, line = ika_plate(("OUT_SP_4 0", None), ("IN_SP_4", b"0.0 4\r\n"))
    line.drive(plate.set_speed(Rpm(0)))


def test_switches_have_no_reply(ika_plate: Build) -> None:
    plate, line = ika_plate(("START_1", None), ("START_4", None), ("STOP_4", None))
    for task in (plate.heat_on(), plate.stir_on(), plate.stir_off()):
        line.drive(task)
    assert line.time == pytest.approx(3 * 0.05)


def test_heat_off_lowers_the_set_point_first(ika_plate: Build) -> None:
    plate, line = ika_plate(("OUT_SP_1 20.0", None), ("IN_SP_1", b"20.0 1\r\n"), ("STOP_1", None))
    line.drive(plate.heat_off(Celsius(20)))


@pytest.mark.parametrize(
    ("script", "error"),
    [([("IN_SP_1", b"60.0 1\r\n")], Refused), ([("IN_SP_1", None)] * 3, NoReply)],
    ids=["not taken", "silent"],
)
def test_heat_off_switches_off_also_where_the_set_point_is_in_doubt(
    ika_plate: Build, script: list[tuple[str, bytes | None]], error: type[BenchError]
) -> None:
    plate, line = ika_plate(("OUT_SP_1 20.0", None), *script, ("STOP_1", None))
    with pytest.raises(error):
        line.drive(plate.heat_off(Celsius(20)))


def test_heat_off_with_an_impossible_safe_value_still_switches_off(ika_plate: Build) -> None:
    plate, line = ika_plate(("STOP_1", None))
    with pytest.raises(Refused):
        line.drive(plate.heat_off(Celsius(-5)))


def test_poll(ika_plate: Build) -> None:
    plate, line = ika_plate(SPEED, PLATE, PROBE)
    assert line.drive(plate.poll()) == READING


def test_poll_byte_by_byte(ika_plate: Build) -> None:
    script = [(c, [(0.001 * i, bytes([b])) for i, b in enumerate(r, 1)]) for c, r in (SPEED, PLATE, PROBE)]
    plate, line = ika_plate(*script)
    assert line.drive(plate.poll()) == READING


@pytest.mark.parametrize("value", [b"--- 1", b"-273.1 1", b"850.0 1", b"Err 1"])
def test_probe_without_believable_value_is_missing_at_once(ika_plate: Build, value: bytes) -> None:
    plate, line = ika_plate(SPEED, PLATE, ("IN_PV_1", value + b"\r\n"))
    assert line.drive(plate.poll()) == HotplateReading(None, Celsius(98.0), Rpm(300.0))
    assert line.time < 0.1


@pytest.mark.parametrize("reply", [None, b"---\r\n", b"\xff\xfe"], ids=["silent", "text without channel", "garbage"])
def test_silent_probe_is_missing_and_then_asked_once_a_poll_until_it_answers(
    ika_plate: Build, reply: bytes | None
) -> None:
    lost = ("IN_PV_1", reply)
    first, later = [SPEED, PLATE, lost, lost], [SPEED, PLATE, lost]
    plate, line = ika_plate(*first, *later, SPEED, PLATE, PROBE, *first, SPEED, PLATE, PROBE)
    probes = []
    for _ in range(5):
        probes.append(line.drive(plate.poll()).probe)
        line.time += 1
    assert probes == [None, None, 45.3, None, 45.3]


def test_one_lost_probe_reply_is_asked_again(ika_plate: Build) -> None:
    plate, line = ika_plate(SPEED, PLATE, ("IN_PV_1", None), PROBE)
    assert line.drive(plate.poll()) == READING


def test_missing_plate_value(ika_plate: Build) -> None:
    plate, line = ika_plate(SPEED, *[("IN_PV_2", None)] * 2, PROBE)
    assert line.drive(plate.poll()) == HotplateReading(Celsius(45.3), None, Rpm(300.0))


def test_silent_plate_is_no_reply(ika_plate: Build) -> None:
    plate, line = ika_plate(*[("IN_PV_4", None)] * 3)
    with pytest.raises(NoReply) as caught:
        line.drive(plate.poll())
    assert (caught.value.device, caught.value.port, caught.value.command) == ("plate", "script", "IN_PV_4")
    assert line.time == pytest.approx(3 * 1.0 + 2 * 0.25)


@pytest.mark.parametrize("reply", [b"IN_PV_4\r\n", b"--- 4\r\n", b"98.0 2\r\n", b"300.0 4"])
def test_speed_that_is_no_speed_is_a_bad_reply(ika_plate: Build, reply: bytes) -> None:
    plate, line = ika_plate(*[("IN_PV_4", reply)] * 3)
    with pytest.raises(BadReply) as caught:
        line.drive(plate.poll())
    assert caught.value.reply == reply.decode().strip()


def test_late_reply_is_discarded_before_the_question_is_repeated(ika_plate: Build) -> None:
    plate, line = ika_plate(("IN_PV_4", [(1.1, b"111.0 4\r\n")]), SPEED, PLATE, PROBE)
    assert line.drive(plate.poll()) == READING


def test_late_reply_of_another_channel_is_never_the_answer(ika_plate: Build) -> None:
    pieces = [(0.005, b"222.0 1\r\n"), (0.01, b"60\r\n"), (0.02, b"98.0 2\r\n")]
    plate, line = ika_plate(SPEED, ("IN_PV_2", pieces), PROBE)
    assert line.drive(plate.poll()) == READING


def test_stale_line_in_the_buffer_is_dropped(ika_plate: Build) -> None:
    plate, line = ika_plate(SPEED, PLATE, PROBE)
    line.arrive(0.0, b"111.0 4\r\n111.0 4\r\n")
    assert line.drive(plate.poll()) == READING


def test_end_of_a_cut_stale_line_is_no_answer(ika_plate: Build) -> None:
    # "1" has come before the question, "11.0 4" comes after it: alone it would read as a speed.
    plate, line = ika_plate(("IN_PV_4", [(0.005, b"11.0 4\r\n"), (0.01, b"300.0 4\r\n")]), PLATE, PROBE)
    line.arrive(0.0, b"1")
    assert line.drive(plate.poll()) == READING


@pytest.mark.parametrize("echo", [b"%d\r\n", b"%d.0\r\n", b"%d.0 \r\n"])
def test_dead_man_is_armed_fed_and_disarmed(ika_plate: Build, echo: bytes) -> None:
    arming = [("OUT_SP_12@20", 20), ("OUT_SP_42@300", 300), ("OUT_WD2@60", 60)]
    steps = [*arming, *arming, ("OUT_WD2@0", 0)]
    plate, line = ika_plate(MODE, *[(command, echo % value) for command, value in steps])
    line.drive(plate.arm_dead_man(Seconds(60.9), Celsius(20), Rpm(300)))
    line.drive(plate.feed_dead_man())
    line.drive(plate.disarm_dead_man())


@pytest.mark.parametrize("at", [0, 1, 2])
def test_wrong_echo_is_refused(ika_plate: Build, at: int) -> None:
    plate, line = ika_plate(MODE, *ARMING[:at], (ARMING[at][0], b"99.0\r\n"))
    with pytest.raises(Refused, match="the plate echoes 99"):
        line.drive(plate.arm_dead_man(Seconds(60), Celsius(20), Rpm(300)))
    with pytest.raises(Refused, match="not armed"):
        line.drive(plate.feed_dead_man())


@pytest.mark.parametrize("at", [0, 1, 2])
def test_lost_echo_is_not_sent_again(ika_plate: Build, at: int) -> None:
    plate, line = ika_plate(MODE, *ARMING[:at], (ARMING[at][0], None))
    with pytest.raises(NoReply, match="not sent again"):
        line.drive(plate.arm_dead_man(Seconds(60), Celsius(20), Rpm(300)))


def test_lost_echo_of_a_feed_and_the_next_feed(ika_plate: Build) -> None:
    plate, line = ika_plate(MODE, *ARMING, *ARMING[:2], ("OUT_WD2@60", [(1.2, b"60.0\r\n")]), *ARMING)
    line.drive(plate.arm_dead_man(Seconds(60), Celsius(20), Rpm(300)))
    with pytest.raises(NoReply):
        line.drive(plate.feed_dead_man())
    line.failed = False
    line.time += 1
    line.drive(plate.feed_dead_man())


@pytest.mark.parametrize("reply", [b"60.0 2\r\n", b"6\xb00\r\n"])
def test_what_is_no_echo_is_a_bad_reply(ika_plate: Build, reply: bytes) -> None:
    plate, line = ika_plate(MODE, *ARMING, *ARMING[:2], ("OUT_WD2@60", reply))
    line.drive(plate.arm_dead_man(Seconds(60), Celsius(20), Rpm(300)))
    with pytest.raises(BadReply):
        line.drive(plate.feed_dead_man())


def test_late_reading_in_front_of_the_echo(ika_plate: Build) -> None:
    plate, line = ika_plate(MODE, *ARMING[:2], ("OUT_WD2@60", b"60.0 1\r\n60\r\n"))
    line.drive(plate.arm_dead_man(Seconds(60), Celsius(20), Rpm(300)))


def test_feeding_what_was_never_armed_sends_nothing(ika_plate: Build) -> None:
    plate, line = ika_plate()
    with pytest.raises(Refused, match="arm it"):
        line.drive(plate.feed_dead_man())


def test_unplugged(ika_plate: Build) -> None:
    plate, line = ika_plate(("IN_PV_4", [(0.01, LinkLost("the port is gone", port="script"))]))
    with pytest.raises(LinkLost) as caught:
        line.drive(plate.poll())
    assert (caught.value.device, caught.value.command) == ("plate", "IN_PV_4")


def test_golden_run(ika_plate: Build) -> None:
    """The transcript of heater-protocols.md 1.8, in the order of this driver."""
    heat = [("OUT_SP_1 60.0", None), ("IN_SP_1", b"60.0 1\r\n")]
    stir = [("OUT_SP_4 300", None), ("IN_SP_4", b"300.0 4\r\n"), ("START_4", None), ("START_1", None)]
    polled = [("IN_PV_4", b"300.0 4\r\n"), ("IN_PV_2", b"30.0 2\r\n"), ("IN_PV_1", b"25.0 1\r\n")]
    off = [("OUT_SP_1 20.0", None), ("IN_SP_1", b"20.0 1\r\n"), ("STOP_1", None), ("STOP_4", None)]
    name = ("IN_NAME", b"RCT digital\r\n")
    plate, line = ika_plate(name, MODE, *ARMING, *heat, *stir, *polled, *ARMING, *off, ("OUT_WD2@0", b"0.0\r\n"))
    line.drive(plate.connect())
    line.drive(plate.arm_dead_man(Seconds(60), Celsius(20), Rpm(300)))
    line.drive(plate.set_temperature(Celsius(60)))
    line.drive(plate.set_speed(Rpm(300)))
    line.drive(plate.stir_on())
    line.drive(plate.heat_on())
    assert line.drive(plate.poll()) == HotplateReading(Celsius(25.0), Celsius(30.0), Rpm(300.0))
    line.drive(plate.feed_dead_man())
    line.drive(plate.heat_off(Celsius(20)))
    line.drive(plate.stir_off())
    line.drive(plate.disarm_dead_man())


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        ("RET", {}, "no model 'RET'; write 'RCT digital'"),
        ("RCT digital", {"address": 1}, "no option 'address'"),
        ("RCT digital", {"reply_timeout": "1"}, "0.05 to 10"),
        ("RCT digital", {"gap": 3}, "0 to 2"),
    ],
)
def test_bad_options(
    scripted_line: Callable[..., Any], model: str, options: dict[str, str | int | float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        make("plate", scripted_line().channel, model, options)


def test_limits() -> None:
    capability = CARD.capabilities["RCT digital"]
    assert isinstance(capability, HotplateCapability)
    assert (capability.coolest, capability.hottest) == (Celsius(0), Celsius(310))
    assert (capability.slowest, capability.fastest) == (Rpm(50), Rpm(1500))
    assert capability.dead_man is not None
    assert (capability.dead_man.shortest, capability.dead_man.longest) == (Seconds(20), Seconds(1500))
