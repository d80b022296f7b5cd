"""The New Era driver against a scripted line: identity, settings, arming, counter."""

from collections.abc import Sequence
from typing import Any

import pytest

from ruggli.devices.capability import PumpCapability
from ruggli.devices.pump import Identity, Pump, PumpReading, PumpSettings, PumpState
from ruggli.errors import BadReply, BenchError, DeviceAlarm, InputError, NoReply, Refused, WrongDevice
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres
from ruggli_drivers.new_era import CARD, make
from ruggli_drivers.new_era_codec import encode


def ok(data: str = "", status: str = "S") -> bytes:
    return f"\x0200{status}{data}\x03".encode("ascii")


def safe(text: str) -> bytes:
    return encode(int(text[0]), text[1:], safe=True)


LOST: list[tuple[float, bytes]] = []


def test_the_driver_is_a_pump(desk: Any) -> None:
    pump: Pump = desk.pump
    assert pump.name == "pump_a"


def test_first_reply_after_power_up_is_an_alarm_and_is_not_lost(desk: Any) -> None:
    desk.expect((b"0VER\r", b"\x0200A?R\x03"), (b"0VER\r", ok("NE1000V3.923")), desk.AT_REST)
    assert desk.drive(desk.pump.connect()) == Identity("NE-1000", "3.923", 0)
    assert desk.drive(desk.pump.acknowledge()) == "power"


def test_alarm_met_at_connect_shows_in_the_next_poll(desk: Any) -> None:
    desk.expect((b"0VER\r", b"\x0200A?R\x03"), (b"0VER\r", ok("NE1000V3.923")), desk.AT_REST)
    desk.drive(desk.pump.connect())
    assert desk.drive(desk.pump.poll()) == PumpReading(PumpState.ALARM, Millilitres(0.0), "power")


def test_pump_left_in_safe_mode_is_found_with_questions_only(desk: Any) -> None:
    desk.expect((b"0VER\r", LOST), (safe("0VER"), safe("00SNE1000V3.923")), (safe("0DIS"), safe("00SI1.000W0.000ML")))
    assert desk.drive(desk.pump.connect()).model == "NE-1000"
    assert desk.drive(desk.pump.poll()).infused == 1.0


def test_a_pump_of_which_nothing_is_known_is_stopped_in_either_mode(desk: Any) -> None:
    """A program that falls while it takes a run up, and a guardian, stop pumps that they never asked who they are."""
    desk.expect(
        (b"0STP\r", LOST),
        (safe("0STP"), safe("00P")),
        (safe("0STP"), safe("00S")),
        (safe("0DIS"), safe("00SI1.000W0.000ML")),
    )
    desk.drive(desk.pump.stop())


def test_safe_mode_pump_that_complains_about_a_basic_packet_is_found(desk: Any) -> None:
    desk.expect((b"0VER\r", safe("00S?COM")), (safe("0VER"), safe("00SNE1000V3.923")))
    assert desk.drive(desk.pump.connect()).model == "NE-1000"


def test_power_alarm_of_a_safe_mode_pump_at_connect(desk: Any) -> None:
    desk.expect(
        (b"0VER\r", LOST),
        (safe("0VER"), safe("00A?R")),
        (safe("0VER"), safe("00SNE1000V3.923")),
        (safe("0DIS"), safe("00SI0.000W0.000ML")),
    )
    desk.drive(desk.pump.connect())
    assert desk.drive(desk.pump.acknowledge()) == "power"


@pytest.mark.parametrize("version", ["PHD 2000", "NE1010V3.923", "NE1000", ""])
def test_another_device_or_model_is_refused(desk: Any, version: str) -> None:
    desk.expect((b"0VER\r", ok(version)))
    with pytest.raises(WrongDevice, match="pump_a on scripted://new-era"):
        desk.drive(desk.pump.connect())


def test_another_address_is_refused(desk: Any) -> None:
    wrong = b"\x0203SNE1000V3.923\x03"
    desk.expect(*[(b"0VER\r", wrong), (safe("0VER"), wrong)] * 3)
    with pytest.raises(WrongDevice, match="address 3 answers for address 0"):
        desk.drive(desk.pump.connect())


def test_bytes_of_another_protocol_are_refused(desk: Any) -> None:
    desk.expect(*[(b"0VER\r", b"\n11 ELITE\r\n:"), (safe("0VER"), b"\n:")] * 3)
    with pytest.raises(WrongDevice, match="baud rate"):
        desk.drive(desk.pump.connect())
    desk.expect(desk.AT_REST)
    desk.drive(desk.pump.poll())


def test_silence_at_connect(desk: Any) -> None:
    desk.expect(*[(b"0VER\r", LOST), (safe("0VER"), LOST)] * 3)
    with pytest.raises(NoReply, match="power, cable"):
        desk.drive(desk.pump.connect())


@pytest.mark.parametrize("number", ["1699.", "1699"])
def test_numbers_of_both_spellings(desk: Any, number: str) -> None:
    desk.expect((b"0DIA\r", ok("26.59")), (b"0RAT\r", ok(number + "MH")), *desk.SETTINGS[2:])
    settings = desk.drive(desk.pump.read_settings())
    assert settings.rate == pytest.approx(1699 / 3600, rel=1e-15)


def test_settings_of_a_phase_without_rate_and_volume(desk: Any) -> None:
    na = ok("?NA")
    desk.expect((b"0DIA\r", ok("14.00")), (b"0RAT\r", na), (b"0VOL\r", na), (b"0DIR\r", na))
    desk.expect((b"0DIS\r", ok("I250.0W0.000UL", "P")))
    settings = desk.drive(desk.pump.read_settings())
    assert settings == PumpSettings(
        Millimetres(14.0), MillilitresPerSecond(0), Millilitres(0), False, Millilitres(0.25), PumpState.PAUSED
    )


@pytest.mark.parametrize("held", ["14.57", "14.571"])
def test_bore_is_written_once_read_back_and_the_counter_read_again(desk: Any, held: str) -> None:
    desk.expect(desk.AT_REST, (b"0DIA\r", ok("26.59")), (b"0DIA14.57\r", ok()), (b"0DIA\r", ok(held)))
    if held == "14.57":
        desk.expect(desk.AT_REST)
        desk.drive(desk.pump.set_bore(Millimetres(14.57)))
    else:
        with pytest.raises(Refused, match=r"bore 14.57 mm was sent, the pump holds 14.571"):
            desk.drive(desk.pump.set_bore(Millimetres(14.57)))


def test_bore_that_is_held_is_not_written(desk: Any) -> None:
    desk.expect(desk.AT_REST, (b"0DIA\r", ok("26.59")), desk.AT_REST)
    desk.drive(desk.pump.set_bore(Millimetres(26.59)))


def test_bore_is_not_changed_while_pumping(desk: Any) -> None:
    desk.expect((b"0DIS\r", ok("I0.250W0.000ML", "I")))
    with pytest.raises(Refused, match="stop it first"):
        desk.drive(desk.pump.set_bore(Millimetres(14.57)))


@pytest.mark.parametrize("bore", [0.0, 0.05, 50.1, float("nan")])
def test_impossible_bore_sends_nothing(desk: Any, bore: float) -> None:
    with pytest.raises(Refused, match="outside 0.1 mm to 50 mm"):
        desk.drive(desk.pump.set_bore(Millimetres(bore)))


def test_arm_writes_and_reads_back_everything(desk: Any) -> None:
    desk.armed()


def test_arm_writes_nothing_that_is_held_but_the_phase_selection(desk: Any) -> None:
    held = [step if step[0] != b"0FUN\r" else (b"0FUN\r", ok("STP")) for step in desk.BEFORE_SETTINGS[:7]]
    desk.expect(
        *held,
        *desk.BEFORE_SETTINGS[9:],
        *desk.SETTINGS[1:2],
        *desk.SETTINGS[2:3] * 2,
        *desk.SETTINGS[3:4],
        *desk.SETTINGS,
    )
    assert desk.drive(desk.pump.arm(desk.RATE, desk.TARGET)) == desk.HELD


def test_narrow_syringe_is_armed_in_microlitres_rounded_down(desk: Any) -> None:
    narrow = [(b"0DIA\r", ok("4.699")), *desk.BEFORE_SETTINGS[1:]]
    settings = [(b"0DIA\r", ok("4.699")), (b"0RAT\r", ok("2.058UM")), (b"0VOL\r", ok("123.4UL"))]
    desk.expect(*narrow, (b"0RAT\r", ok("1.000MH")), (b"0RAT2.058UM\r", ok()), settings[1])
    desk.expect((b"0VOL\r", ok("0.000UL")), (b"0VOL\r", ok("0.000UL")), (b"0VOL123.4\r", ok()), settings[2])
    desk.expect((b"0DIR\r", ok("INF")), *settings, *desk.SETTINGS[3:])
    held = desk.drive(desk.pump.arm(MillilitresPerSecond(0.123456 / 3600), Millilitres(0.12349)))
    assert held.target == 0.1234
    assert held.rate == pytest.approx(0.002058 / 60, rel=1e-12)


@pytest.mark.parametrize("target", [0.0, -1.0, float("nan")])
def test_zero_target_sends_nothing(desk: Any, target: float) -> None:
    with pytest.raises(Refused, match="for ever"):
        desk.drive(desk.pump.arm(desk.RATE, Millilitres(target)))


@pytest.mark.parametrize("target", [0.0009, 10000.0])
def test_target_that_the_wire_cannot_carry_is_refused_before_any_setting(desk: Any, target: float) -> None:
    desk.expect((b"0DIA\r", ok("26.59")))
    with pytest.raises(Refused, match="0.001 to 9999"):
        desk.drive(desk.pump.arm(desk.RATE, Millilitres(target)))


@pytest.mark.parametrize("status", "IWPTUX")
def test_arm_refuses_a_pump_that_is_not_at_rest(desk: Any, status: str) -> None:
    desk.expect((b"0DIA\r", ok("26.59")), (b"0DIS\r", ok("I0.000W0.000ML", status)))
    with pytest.raises(Refused, match=f"status {status}"):
        desk.drive(desk.pump.arm(desk.RATE, desk.TARGET))


def test_power_fail_restart_is_switched_off(desk: Any) -> None:
    desk.expect(*desk.BEFORE_SETTINGS[:2], (b"0PF\r", ok("1")), (b"0PF0\r", ok()), (b"0PF\r", ok("1")))
    with pytest.raises(Refused, match="no restart when power returns was sent, the pump holds 1"):
        desk.drive(desk.pump.arm(desk.RATE, desk.TARGET))


def test_rate_out_of_range_names_the_range(desk: Any) -> None:
    desk.expect(*desk.BEFORE_SETTINGS, (b"0RAT\r", ok("1.000MH")), (b"0RAT100.0MM\r", ok("?OOR")))
    with pytest.raises(Refused, match=r"rate 100.0 mL/min .*0.02335 mL/h to 1699 mL/h.*out of range.*0RAT100.0MM"):
        desk.drive(desk.pump.arm(MillilitresPerSecond(100 / 60), desk.TARGET))


def test_not_applicable_is_refused(desk: Any) -> None:
    desk.expect(*desk.BEFORE_SETTINGS, (b"0RAT\r", ok("1.000MH")), (b"0RAT10.00MH\r", ok("?NA")))
    with pytest.raises(Refused, match="not applicable now"):
        desk.drive(desk.pump.arm(desk.RATE, desk.TARGET))


def test_read_back_mismatch_is_refused(desk: Any) -> None:
    desk.expect(*desk.BEFORE_SETTINGS, *desk.SET_RATE[:2], (b"0RAT\r", ok("10.01MH")))
    with pytest.raises(Refused, match=r"rate 10.00 mL/h .* was sent, the pump holds 10.01MH"):
        desk.drive(desk.pump.arm(desk.RATE, desk.TARGET))


def test_setting_with_a_lost_reply_is_asked_for_and_not_sent_again(desk: Any) -> None:
    desk.expect(*desk.BEFORE_SETTINGS, desk.SET_RATE[0], (desk.SET_RATE[1][0], LOST), desk.SET_RATE[2])
    desk.expect(*desk.SET_TARGET, *desk.SET_DIRECTION, *desk.SETTINGS)
    assert desk.drive(desk.pump.arm(desk.RATE, desk.TARGET)) == desk.HELD


@pytest.mark.parametrize(("reply", "error"), [(LOST, NoReply), (ok("?COM"), Refused), (b"\x0200S\x7f\x03", BadReply)])
def test_setting_whose_fate_was_unknown_and_that_is_not_held(
    desk: Any, reply: bytes | Sequence[tuple[float, bytes]], error: type[BenchError]
) -> None:
    desk.expect(*desk.BEFORE_SETTINGS, desk.SET_RATE[0], (desk.SET_RATE[1][0], reply), (b"0RAT\r", ok("1.000MH")))
    with pytest.raises(error):
        desk.drive(desk.pump.arm(desk.RATE, desk.TARGET))


def test_settings_that_change_while_arming_are_noticed(desk: Any) -> None:
    desk.expect(*desk.BEFORE_SETTINGS, *desk.SET_RATE, *desk.SET_TARGET, *desk.SET_DIRECTION)
    desk.expect(desk.SETTINGS[0], (b"0RAT\r", ok("50.00MM")), *desk.SETTINGS[2:])
    with pytest.raises(Refused, match="changed while arming"):
        desk.drive(desk.pump.arm(desk.RATE, desk.TARGET))


def test_power_cycle_while_arming_is_an_alarm(desk: Any) -> None:
    desk.expect(*desk.BEFORE_SETTINGS, desk.SET_RATE[0], (desk.SET_RATE[1][0], b"\x0200A?R\x03"))
    with pytest.raises(DeviceAlarm, match="not executed") as caught:
        desk.drive(desk.pump.arm(desk.RATE, desk.TARGET))
    assert caught.value.kind == "power"


def test_counter_is_cleared_once_and_read_back(desk: Any) -> None:
    full = (b"0DIS\r", ok("I0.500W0.000ML"))
    desk.expect(full, (b"0CLDINF\r", LOST), desk.AT_REST)
    desk.drive(desk.pump.clear_counter())
    desk.expect(full, (b"0CLDINF\r", ok()), full)
    with pytest.raises(Refused, match="reads 0.5 mL after it was cleared"):
        desk.drive(desk.pump.clear_counter())


def test_acknowledge_returns_the_kind_and_clears(desk: Any) -> None:
    desk.expect((b"0DIS\r", b"\x0200A?T\x03"), desk.AT_REST, desk.AT_REST)
    assert desk.drive(desk.pump.acknowledge()) == "dead-man"
    assert desk.drive(desk.pump.acknowledge()) == ""


def test_alarm_that_does_not_clear_is_said(desk: Any) -> None:
    desk.expect(*[(b"0DIS\r", b"\x0200A?S\x03")] * 3)
    with pytest.raises(Refused, match="does not clear"):
        desk.drive(desk.pump.acknowledge())


def test_power_alarm_in_any_question_is_raised(desk: Any) -> None:
    desk.expect((b"0DIA\r", b"\x0200A?R\x03"))
    with pytest.raises(DeviceAlarm) as caught:
        desk.drive(desk.pump.read_settings())
    assert caught.value.kind == "power"


def test_question_is_repeated_twice_and_no_more(desk: Any) -> None:
    desk.expect((b"0DIA\r", LOST), (b"0DIA\r", b"\x0200S26.5"), (b"0DIA\r", ok("26.59")), *desk.SETTINGS[1:])
    desk.drive(desk.pump.read_settings())
    desk.expect(*[(b"0DIA\r", LOST)] * 3)
    with pytest.raises(NoReply, match=r"sent '0DIA'"):
        desk.drive(desk.pump.read_settings())


def test_refused_question_is_not_repeated(desk: Any) -> None:
    desk.expect((b"0DIA\r", ok("?OOR")))
    with pytest.raises(Refused, match="DIA not answered"):
        desk.drive(desk.pump.read_settings())


def test_address_goes_into_every_packet(desk: Any) -> None:
    pump = make("pump_b", desk.channel, "NE-4000", {"address": 7, "reply_timeout": 1})
    desk.expect((b"7VER\r", b"\x0207SNE4000V3.9\x03"), (b"7DIS\r", b"\x0207SI0.000W0.000ML\x03"))
    assert desk.drive(pump.connect()) == Identity("NE-4000", "3.9", 7)
    desk.drive(pump.poll())


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
def test_wrong_options_are_refused(desk: Any, model: str, options: dict[str, str | int | float], word: str) -> None:
    with pytest.raises(InputError, match=word):
        make("pump_a", desk.channel, model, options)


@pytest.mark.parametrize(
    ("model", "bore", "fastest_ml_h", "slowest_ml_h"),
    [
        ("NE-1000", 26.59, 1699, 0.02335),
        ("NE-1000", 4.699, 0.8845 * 60, 0.000729),
        ("NE-4000", 26.59, 100.3 * 60, 0.02335),
    ],
)
def test_limits_give_the_published_flows(model: str, bore: float, fastest_ml_h: float, slowest_ml_h: float) -> None:
    capability = CARD.capabilities[model]
    assert isinstance(capability, PumpCapability)
    assert capability.fastest(Millimetres(bore)) * 3600 == pytest.approx(fastest_ml_h, rel=2e-3)
    assert capability.slowest(Millimetres(bore)) * 3600 == pytest.approx(slowest_ml_h, rel=2e-3)


@pytest.mark.parametrize(("bore", "unit"), [(4.699, "UL"), (14.0, "UL"), (14.01, "ML"), (26.59, "ML")])
def test_volume_unit_follows_the_bore(bore: float, unit: str) -> None:
    for capability in CARD.capabilities.values():
        assert isinstance(capability, PumpCapability)
        assert [held.code for held in capability.volume_units(Millimetres(bore))] == [unit]
        assert [held.code for held in capability.counter_units(Millimetres(bore))] == [unit]
