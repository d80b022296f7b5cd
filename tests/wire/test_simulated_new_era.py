"""The simulated New Era pump against the transcripts and rules of its manual."""

import random
from binascii import crc_hqx
from collections.abc import Callable
from typing import Any

import pytest

from ruggli.quantities.base import Millilitres, Millimetres, Seconds
from ruggli_simulator.drive import Drive
from ruggli_simulator.line import Tubing
from ruggli_simulator.liquid import Liquid
from ruggli_simulator.new_era import NewEraPump, make
from ruggli_simulator.new_era_wire import whole_request, write_number
from ruggli_simulator.port import SimulatedPort

BORE = 26.59


class Bench:
    """One pump, awake (no alarm pending unless asked for), a 60 mL syringe, a flask."""

    def __init__(
        self, clock: Any, flask: Any, volume: float = 50.0, bore: float = BORE, model: str = "NE-1000", **options: Any
    ) -> None:
        self.clock, self.flask = clock, flask
        self.drive = Drive(Tubing(Millilitres(0.0), self.flask))
        self.drive.load(Seconds(0.0), Liquid("substrate", "DCM"), Millilitres(volume), Millimetres(bore))
        self.port = SimulatedPort("sim", self.clock)
        self.pump = self.add(self.drive, model, {"reset_alarm": False, **options})

    def add(self, drive: Drive, model: str, options: dict[str, Any]) -> NewEraPump:
        pump = make("pump", model, options, drive)
        self.port.attach(pump)
        return pump

    def ask(self, text: str) -> str:
        """Basic mode: what stands between STX and ETX of the reply."""
        self.port.write(text.encode() + b"\r")
        reply = self.port.read()
        assert reply[:1] == b"\x02" and reply[-1:] == b"\x03", reply
        return reply[1:-1].decode()

    def ask_safe(self, text: str) -> str:
        """Safe mode: the data of the reply, its frame checked."""
        self.port.write(packed(text))
        return unpacked(self.port.read())

    def dose(self, rate: str = "5.000MM", volume: str = "0.500") -> None:
        for command in (f"RAT{rate}", f"VOL{volume}", "DIRINF"):
            assert self.ask(command) == "00S"
        assert self.ask("RUN") == "00I"


Build = Callable[..., Bench]


@pytest.fixture
def new_bench(hand_clock: Callable[[], Any], measuring_flask: Callable[[], Any]) -> Build:
    return lambda **options: Bench(hand_clock(), measuring_flask(), **options)


def packed(text: str) -> bytes:
    body = text.encode()
    return bytes([2, len(body) + 4]) + body + crc_hqx(body, 0).to_bytes(2, "big") + b"\x03"


def unpacked(reply: bytes) -> str:
    assert reply[0] == 2 and reply[1] == len(reply) - 1 and reply[-1] == 3, reply
    assert crc_hqx(reply[2:-3], 0).to_bytes(2, "big") == reply[-3:-1]
    return reply[2:-3].decode()


# The golden transcript of basic mode.


def test_transcript(new_bench: Build) -> None:
    bench = new_bench(reset_alarm=True)

    def says(command: bytes, reply: bytes) -> None:
        bench.port.write(command)
        assert bench.port.read() == reply, command

    says(b"0VER\r", b"\x0200A?R\x03")
    says(b"0VER\r", b"\x0200SNE1000V3.923\x03")
    says(b"0DIA26.59\r", b"\x0200S\x03")
    says(b"0DIA\r", b"\x0200S26.59\x03")
    says(b"0RAT5.000MM\r", b"\x0200S\x03")
    says(b"0RAT100.0MM\r", b"\x0200S?OOR\x03")
    says(b"0RAT\r", b"\x0200S5.000MM\x03")
    says(b"0VOL0.500\r", b"\x0200S\x03")
    says(b"0VOL\r", b"\x0200S0.500ML\x03")
    says(b"0DIRINF\r", b"\x0200S\x03")
    says(b"0DIR\r", b"\x0200SINF\x03")
    for command in (b"0PHN2\r", b"0FUNSTP\r", b"0PHN1\r"):
        says(command, b"\x0200S\x03")
    says(b"0PHN\r", b"\x0200S01\x03")
    says(b"0FUN\r", b"\x0200SRAT\x03")
    says(b"0RUN\r", b"\x0200I\x03")
    bench.clock.to(3.0)
    says(b"0\r", b"\x0200I\x03")
    says(b"0DIS\r", b"\x0200II0.250W0.000ML\x03")
    bench.clock.to(6.1)
    says(b"0\r", b"\x0200S\x03")
    says(b"0DIS\r", b"\x0200SI0.500W0.000ML\x03")
    says(b"0CLDINF\r", b"\x0200S\x03")
    says(b"0DIS\r", b"\x0200SI0.000W0.000ML\x03")
    says(b"0RUN\r", b"\x0200I\x03")
    says(b"0STP\r", b"\x0200P\x03")
    says(b"0STP\r", b"\x0200S\x03")
    assert bench.flask.volume == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("mode", ["whole", "bytes", "trailing"])
def test_bytes_in_pieces(new_bench: Build, mode: str) -> None:
    bench = new_bench()
    commands = b"0 dia 26.59\r\n0DIA\r\n0rat 5.0 mm\r0RAT\r"
    if mode == "bytes":
        for byte in commands:
            bench.port.write(bytes([byte]))
    elif mode == "whole":
        bench.port.write(commands)
    else:
        bench.port.write(commands + b"0D")
        bench.port.write(b"IS\r")
    expected = b"\x0200S\x03\x0200S26.59\x03\x0200S\x03\x0200S5.000MM\x03"
    assert bench.port.read() == expected + (b"\x0200SI0.000W0.000ML\x03" if mode == "trailing" else b"")


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("VOL50", "00S"),
        ("RAT5000UM", "00S"),
        ("RATC5.000MH", "00S"),
        ("*RAT5.000MH", "00S"),
        ("DIR STP", "00S?"),
        ("XYZ", "00S?"),
        ("RAT5,0MM", "00S?"),
        ("RAT5.0ML", "00S?"),
        ("RAT", "00S0.000MH"),
        ("RAT5.0000MM", "00S?OOR"),
        ("VOL12345", "00S?OOR"),
        ("VOL0.0005", "00S?OOR"),
        ("VOL5ML", "00S?"),
        ("DIA50.1", "00S?OOR"),
        ("DIA.05", "00S?OOR"),
        ("SAF256", "00S?OOR"),
        ("PHN42", "00S?OOR"),
        ("RUN42", "00S?OOR"),
        ("RUN", "00S?OOR"),
        ("CLD", "00S?"),
        ("SAF", "00S0"),
        ("ADR", "00S00"),
        ("LN", "00S0"),
        ("AL1", "00S"),
        ("PF2", "00S?OOR"),
        ("TRG", "00SFT"),
        ("TRGLE", "00S"),
        ("STP", "00S"),
        ("STP1", "00S?"),
        ("IN2", "00S1"),
        ("FUNPAS10", "00S"),
        ("FUNJMP99", "00S?OOR"),
        ("FUNJMP", "00S?"),
    ],
)
def test_single_commands(new_bench: Build, command: str, reply: str) -> None:
    assert new_bench().ask(command) == reply


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.000"), (0.97449, "0.974"), (9.9994, "9.999"), (9.9996, "10.00"), (26.59, "26.59"), (99.996, "100.0")]
    + [(999.94, "999.9"), (999.96, "1000."), (1699.4, "1699."), (123456.0, "9999.")],
)
def test_numbers_have_four_digits_and_a_point(value: float, text: str) -> None:
    assert write_number(value) == text
    assert write_number(value, point_at_end=False) == text.rstrip(".")


@pytest.mark.parametrize(
    ("bore", "fastest"),
    [(4.699, 0.8845), (8.585, 2.952), (11.99, 5.759), (14.43, 8.341), (19.05, 14.54), (21.59, 18.67), (26.59, 28.32)],
)
def test_limits_by_bore(new_bench: Build, bore: float, fastest: float) -> None:
    bench = new_bench(bore_mm=bore)
    assert bench.ask(f"RAT{fastest * 0.999:.4f}"[:8] + "MM") == "00S"
    assert bench.ask(f"RAT{fastest * 1.002:.4f}"[:8] + "MM") == "00S?OOR"


def test_a_faster_model(new_bench: Build) -> None:
    assert new_bench(model="NE-4000").ask("RAT100.0MM") == "00S"
    assert new_bench(model="NE-4000").ask("VER") == "00SNE4000V3.923"
    assert new_bench(fastest_mm_per_min=1000.0).ask("RAT100.0MM") == "00S"
    with pytest.raises(ValueError, match="NE-1000, NE-4000"):
        new_bench(model="NE-9")


# The volume unit.


@pytest.mark.parametrize(("bore", "unit"), [("13.90", "UL"), ("14.00", "UL"), ("14.10", "ML")])
def test_the_diameter_sets_the_volume_unit_and_the_number_stays(new_bench: Build, bore: str, unit: str) -> None:
    bench = new_bench()
    bench.ask("VOL5.000")
    bench.ask(f"DIA{bore}")
    assert bench.ask("VOL") == f"00S5.000{unit}"
    assert bench.ask("DIS").endswith(unit)


def test_a_dose_in_microlitres(new_bench: Build) -> None:
    bench = new_bench(bore=4.699, bore_mm=4.699)
    bench.dose("100.0UM", "50.00")
    bench.clock.to(15.0)
    assert bench.ask("DIS") == "00II25.00W0.000UL"
    bench.clock.to(60.0)
    assert bench.flask.volume == pytest.approx(0.05, abs=1e-12)


@pytest.mark.parametrize(
    ("rate", "volume"), [("6.000MM", 6.0), ("6000.UM", 6.0), ("360.0MH", 6.0), ("3600.UH", 0.06), ("9.000MH", 0.15)]
)
def test_the_four_rate_units(new_bench: Build, rate: str, volume: float) -> None:
    bench = new_bench()
    bench.dose(rate, "0")
    bench.clock.to(60.0)
    bench.ask("")
    assert bench.flask.volume == pytest.approx(volume, rel=1e-9)


@pytest.mark.parametrize(("bore", "unit"), [(13.9, "UL"), (14.0, "UL"), (14.1, "ML")])
def test_a_pump_that_was_set_before_has_the_unit_of_its_bore(new_bench: Build, bore: float, unit: str) -> None:
    assert new_bench(bore_mm=bore).ask("VOL") == f"00S0.000{unit}"


def test_the_unit_is_set_apart_from_the_number(new_bench: Build) -> None:
    bench = new_bench()
    bench.ask("VOL500.0")
    assert bench.ask("VOLUL") == "00S"
    assert bench.ask("VOL") == "00S500.0UL"


# Pumping.


def test_volume_zero_goes_on_for_ever(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose("1.000MM", "0")
    bench.clock.to(1200.0)
    assert bench.ask("DIS") == "00II20.00W0.000ML"


def test_a_rate_change_while_pumping_takes_a_bare_number_and_is_not_stored(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose("6.000MM", "1.000")
    bench.clock.to(5.0)
    assert bench.ask("RAT3.000MM") == "00I?NA"
    assert bench.ask("RAT3.000") == "00I"
    assert bench.ask("RAT") == "00I3.000MM"
    bench.clock.to(9.0)
    assert bench.ask("DIS") == "00II0.700W0.000ML"
    bench.clock.to(14.9)
    assert bench.ask("") == "00I"
    bench.clock.to(15.1)
    assert bench.ask("") == "00S"
    assert bench.flask.volume == pytest.approx(1.0, abs=1e-12)
    bench.pump.power_cycle()
    bench.ask("")
    assert bench.ask("RAT") == "00S6.000MM"


@pytest.mark.parametrize("command", ["DIA10", "VOL1", "VOLUL", "DIRWDR", "CLDINF", "PHN2", "FUNSTP", "RUN", "PUR"])
def test_not_applicable_while_pumping(new_bench: Build, command: str) -> None:
    bench = new_bench()
    bench.dose()
    assert bench.ask(command) == "00I?NA"


def test_pause_and_resume_deliver_the_volume_once(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose("6.000MM", "1.000")
    bench.clock.to(4.0)
    assert bench.ask("STP") == "00P"
    bench.clock.to(100.0)
    assert bench.ask("DIS") == "00PI0.400W0.000ML"
    assert bench.ask("RUN") == "00I"
    bench.clock.to(200.0)
    assert bench.ask("DIS") == "00SI1.000W0.000ML"
    assert bench.flask.volume == pytest.approx(1.0, abs=1e-12)


def test_a_second_stop_resets_the_program(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose("6.000MM", "1.000")
    bench.clock.to(4.0)
    assert [bench.ask("STP"), bench.ask("STP"), bench.ask("STP")] == ["00P", "00S", "00S"]
    bench.ask("RUN")
    bench.clock.to(100.0)
    assert bench.ask("DIS") == "00SI1.400W0.000ML"


def test_withdrawing_counts_apart_and_direction_turns_in_a_continuous_run(new_bench: Build) -> None:
    bench = new_bench(volume=10.0)
    bench.dose("6.000MM", "0")
    bench.clock.to(10.0)
    assert bench.ask("DIRREV") == "00W"
    bench.clock.to(15.0)
    assert bench.ask("DIS") == "00WI1.000W0.500ML"
    assert bench.ask("DIR") == "00WWDR"


def test_the_program_goes_on_with_whatever_the_next_phase_holds(new_bench: Build) -> None:
    careless = new_bench(phases={2: {"function": "RAT", "rate": 6.0, "rate_unit": "MM", "volume": 2.0}})
    careless.dose("6.000MM", "1.000")
    careless.clock.to(1000.0)
    assert careless.flask.volume == pytest.approx(3.0, abs=1e-12)
    careful = new_bench(phases={2: {"function": "RAT", "rate": 6.0, "rate_unit": "MM", "volume": 2.0}})
    for command in ("PHN2", "FUNSTP", "PHN1"):
        assert careful.ask(command) == "00S"
    careful.dose("6.000MM", "1.000")
    careful.clock.to(1000.0)
    assert careful.flask.volume == pytest.approx(1.0, abs=1e-12)


def test_loops_and_pauses(new_bench: Build) -> None:
    bench = new_bench(
        phases={
            1: {"function": "LPS"},
            2: {"function": "RAT", "rate": 6.0, "rate_unit": "MM", "volume": 0.1},
            3: {"function": "PAS", "argument": "9"},
            4: {"function": "LOP", "argument": "3"},
            5: {"function": "STP"},
        }
    )
    assert bench.ask("RUN") == "00I"
    bench.clock.to(5.0)
    assert bench.ask("") == "00T"
    bench.clock.to(29.5)
    assert bench.ask("") == "00T"
    bench.clock.to(30.5)
    assert bench.ask("DIS") == "00SI0.300W0.000ML"


def test_an_endless_loop_and_an_unknown_function_are_program_errors(new_bench: Build) -> None:
    for function, argument in (("JMP", "1"), ("FIL", "")):
        bench = new_bench(phases={1: {"function": function, "argument": argument}})
        bench.ask("RUN")
        assert bench.ask("") == "00A?E"


def test_purge_runs_at_top_speed_until_stopped(new_bench: Build) -> None:
    bench = new_bench()
    assert bench.ask("PUR") == "00X"
    bench.clock.to(60.0)
    assert bench.ask("DIS") == "00XI28.32W0.000ML"
    assert bench.ask("STP") == "00S"


# Alarms.


def test_an_alarm_is_told_once_and_its_command_is_not_executed(new_bench: Build) -> None:
    bench = new_bench(reset_alarm=True)
    assert bench.ask("VOL1.000") == "00A?R"
    assert bench.ask("VOL") == "00S0.000ML"


def test_nonsense_does_not_acknowledge_an_alarm(new_bench: Build) -> None:
    bench = new_bench(reset_alarm=True)
    assert bench.ask("HELLO") == "00S?"
    assert bench.ask("RUN") == "00A?R"


def test_the_end_of_the_syringe_is_a_stall(new_bench: Build) -> None:
    bench = new_bench(volume=0.3)
    bench.dose()
    bench.clock.to(60.0)
    assert bench.ask("DIS") == "00A?S"
    assert bench.ask("DIS") == "00SI0.300W0.000ML"
    assert bench.flask.volume == pytest.approx(0.3, abs=1e-12)


def test_a_stall_fault_is_noticed_and_a_silent_one_is_not(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose()
    bench.clock.to(3.0)
    bench.port.read()
    bench.pump.inject("stall", {})
    assert bench.ask("") == "00A?S"
    assert bench.ask("") == "00S"
    silent = new_bench()
    silent.dose()
    silent.clock.to(3.0)
    silent.port.read()
    silent.pump.inject("silent-stall", {})
    silent.clock.to(3000.0)
    assert silent.ask("DIS") == "00II0.250W0.000ML"
    assert silent.flask.volume == pytest.approx(0.25)


def test_a_power_cycle_keeps_settings_and_loses_counters(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose()
    bench.clock.to(3.0)
    bench.port.read()
    bench.pump.power_cycle()
    bench.clock.to(100.0)
    assert bench.ask("") == "00A?R"
    assert bench.ask("DIS") == "00SI0.000W0.000ML"
    assert [bench.ask(query) for query in ("DIA", "RAT", "VOL")] == ["00S26.59", "00S5.000MM", "00S0.500ML"]
    assert bench.flask.volume == pytest.approx(0.25)


def test_power_fail_mode_restarts_the_program_from_its_beginning(new_bench: Build) -> None:
    bench = new_bench(power_fail_restart=True)
    bench.dose()
    bench.clock.to(3.0)
    bench.port.read()
    bench.pump.power_cycle()
    bench.clock.to(100.0)
    assert bench.flask.volume == pytest.approx(0.75)


def test_a_pump_without_power_is_silent_and_stands(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose()
    bench.clock.to(3.0)
    bench.port.read()
    bench.pump.inject("power-off", {})
    bench.clock.to(60.0)
    bench.port.write(b"0\r")
    assert bench.port.read() == b""
    bench.pump.inject("power-on", {})
    assert bench.ask("") == "00A?R"
    assert bench.flask.volume == pytest.approx(0.25)


def test_a_wrong_stored_diameter_changes_speed_and_truth(new_bench: Build) -> None:
    bench = new_bench()
    bench.pump.inject("wrong-diameter", {"bore_mm": 13.29})
    assert bench.ask("DIA") == "00S13.29"
    assert bench.ask("VOL") == "00S0.000ML", "the unit does not follow a silent change"
    bench.dose("1.000MM", "0.500")
    bench.clock.to(60.0)
    assert bench.ask("DIS") == "00SI0.500W0.000ML"
    assert bench.flask.volume == pytest.approx(0.5 * (BORE / 13.29) ** 2)


def test_an_ignored_command_leaves_the_pump_as_it_was(new_bench: Build) -> None:
    bench = new_bench()
    bench.pump.inject("ignored-command", {"count": 1})
    assert bench.ask("DIS") == "00SI0.000W0.000ML"
    assert bench.ask("VOL1.000") == "00S?IGN"
    assert bench.ask("VOL") == "00S0.000ML"
    with pytest.raises(ValueError, match="does not know the fault 'explode'"):
        bench.pump.inject("explode", {})


# Safe mode.


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("SAF0", "02 08 53 41 46 30 55 43 03"),
        ("0SAF0", "02 09 30 53 41 46 30 59 AD 03"),
        ("0VER", "02 08 30 56 45 52 48 09 03"),
        ("0", "02 05 30 36 53 03"),
        ("0SAF10", "02 0A 30 53 41 46 31 30 63 BE 03"),
        ("0RUN", "02 08 30 52 55 4E 44 07 03"),
        ("0STP", "02 08 30 53 54 50 B3 F9 03"),
        ("0DIS", "02 08 30 44 49 53 30 46 03"),
    ],
)
def test_the_packets_of_the_manual_are_understood(text: str, packet: str) -> None:
    assert packed(text) == bytes.fromhex(packet)
    request = whole_request(bytes.fromhex(packet))
    assert request is not None and request.intact and request.safe
    assert whole_request(text.encode() + b"\r") == request._replace(safe=False)


def test_safe_mode_transcript(new_bench: Build) -> None:
    bench = new_bench(reset_alarm=True)
    bench.port.write(bytes.fromhex("02 08 53 41 46 30 55 43 03"))
    assert bench.port.read() == b"\x0200A?R\x03", "basic framed: the pump is in basic mode"
    bench.port.write(bytes.fromhex("02 0A 30 53 41 46 31 30 63 BE 03"))
    assert bench.port.read() == bytes.fromhex("02 07 30 30 53 AA A6 03")
    bench.port.write(bytes.fromhex("02 08 30 56 45 52 48 09 03"))
    assert bench.port.read() == bytes.fromhex("02 13 30 30 53 4E 45 31 30 30 30 56 33 2E 39 32 33 96 49 03")
    assert bench.ask_safe("0RAT5.000MM") == "00S"
    bench.port.write(bytes.fromhex("02 08 30 52 55 4E 44 07 03"))
    assert bench.port.read() == bytes.fromhex("02 07 30 30 49 19 DD 03")
    bench.port.write(bytes.fromhex("02 08 30 53 54 50 B3 F9 03"))
    assert bench.port.read() == bytes.fromhex("02 07 30 30 50 9A C5 03")
    assert bench.ask_safe("SAF") == "00P10"
    bench.port.write(packed("SAF0"))
    assert bench.port.read() == b"\x0200P\x03", "back in basic mode the reply is basic"


def test_an_alarm_in_the_reply_to_saf_is_framed_as_asked(new_bench: Build) -> None:
    bench = new_bench(reset_alarm=True)
    assert bench.ask_safe("0SAF20") == "00A?R"
    assert bench.ask("SAF") == "00S0", "it was not executed"
    bench.ask_safe("0SAF20")
    bench.pump.power_cycle()
    bench.port.read()
    assert bench.ask_safe("") == "00A?R"
    bench.pump.power_cycle()
    bench.port.read()
    bench.port.write(packed("0SAF0"))
    assert bench.port.read() == b"\x0200A?R\x03"
    assert bench.ask_safe("SAF") == "00S20"


def test_the_timer_stops_the_pump_and_tells_it_by_itself(new_bench: Build) -> None:
    bench = new_bench(safe_mode_s=5)
    for command in ("RAT6.000MM", "VOL5.000"):
        assert bench.ask_safe(command) == "00S"
    assert bench.ask_safe("RUN") == "00I"
    for second in (4.0, 8.0, 12.0):
        bench.clock.to(second)
        assert bench.ask_safe("") == "00I"
    bench.clock.to(16.9)
    assert bench.port.read() == b""
    bench.clock.to(60.0)
    assert bench.port.read() == bytes.fromhex("02 09 30 30 41 3F 54 05 40 03")
    assert bench.flask.volume == pytest.approx(1.7, abs=1e-9)
    assert bench.ask_safe("DIS") == "00A?T", "what it sends by itself acknowledges nothing"
    assert bench.ask_safe("DIS") == "00SI1.700W0.000ML"


def test_after_an_alarm_the_timer_starts_with_the_next_packet(new_bench: Build) -> None:
    bench = new_bench(safe_mode_s=5)
    bench.ask_safe("")
    bench.clock.to(100.0)
    assert bench.port.read() == packed("00A?T")
    bench.clock.to(1000.0)
    assert bench.port.read() == b""
    assert bench.ask_safe("") == "00A?T"
    bench.clock.to(1005.5)
    assert bench.port.read() == packed("00A?T")


def test_only_a_valid_packet_keeps_the_pump_alive(new_bench: Build) -> None:
    bench = new_bench(safe_mode_s=5)
    bench.ask_safe("")
    bench.clock.to(4.0)
    bad = bytearray(packed("0DIS"))
    bad[3] ^= 1
    bench.port.write(bytes(bad))
    assert unpacked(bench.port.read()) == "00S?COM"
    bench.port.write(b"0DIS\r")
    assert bench.port.read() == b"", "basic commands are not answered in safe mode"
    bench.clock.to(5.1)
    assert bench.port.read() == packed("00A?T")


def test_safe_mode_survives_a_power_cycle_with_the_timer_off(new_bench: Build) -> None:
    bench = new_bench(safe_mode_s=5)
    bench.ask_safe("")
    bench.pump.power_cycle()
    assert bench.port.read() == packed("00A?R")
    bench.clock.to(100.0)
    assert bench.port.read() == b""
    assert bench.ask_safe("SAF") == "00A?R"
    assert bench.ask_safe("SAF") == "00S5"


def test_a_stall_is_told_by_itself_in_safe_mode_only(new_bench: Build) -> None:
    bench = new_bench(safe_mode_s=60, volume=0.3)
    bench.ask_safe("RAT6.000MM")
    bench.ask_safe("RUN")
    bench.clock.to(10.0)
    assert bench.port.read() == packed("00A?S")
    basic = new_bench(volume=0.3)
    basic.dose()
    basic.clock.to(10.0)
    assert basic.port.read() == b""


def test_a_gap_inside_a_packet_discards_it(new_bench: Build) -> None:
    bench = new_bench(safe_mode_s=5)
    whole = packed("0VER")
    bench.port.write(whole[:4])
    bench.clock.to(0.4)
    bench.port.write(whole[4:6])
    bench.clock.to(0.8)
    bench.port.write(whole[6:])
    assert unpacked(bench.port.read()) == "00SNE1000V3.923"
    bench.port.write(whole[:4])
    bench.clock.to(1.4)
    bench.port.write(whole[4:])
    assert bench.port.read() == b""
    assert bench.ask_safe("0VER") == "00SNE1000V3.923"


def test_a_safe_packet_is_accepted_in_basic_mode_byte_by_byte(new_bench: Build) -> None:
    bench = new_bench()
    for byte in packed("0VER"):
        bench.port.write(bytes([byte]))
    assert bench.port.read() == b"\x0200SNE1000V3.923\x03"


def test_noise_never_wedges_the_pump(new_bench: Build) -> None:
    source, bench = random.Random(11), new_bench()
    for _ in range(300):
        bench.port.write(source.randbytes(source.randrange(1, 40)))
    bench.clock.to(10.0)
    bench.pump.power_cycle()
    bench.port.read()
    bench.port.write(packed("*SAF0"))
    bench.port.write(packed("*SAF0"))
    bench.port.read()
    bench.port.write(b"*ADR0\r")
    bench.port.read()
    assert bench.ask("0VER") == "00SNE1000V3.923"


# Several pumps on one line.


def test_only_the_addressed_pump_answers(new_bench: Build) -> None:
    bench = new_bench()
    second = bench.add(Drive(Tubing()), "NE-4000", {"address": 12, "reset_alarm": False})
    assert bench.ask("12VER") == "12SNE4000V3.923"
    assert bench.ask("0VER") == "00SNE1000V3.923"
    bench.port.write(b"7VER\r")
    assert bench.port.read() == b""
    bench.port.write(b"*\r")
    assert bench.port.read() == b"\x0200S\x03\x0212S\x03"
    assert bench.ask("12ADR5") == "05S"
    assert second.memory.address == 5


def test_reset_makes_a_pump_like_new(new_bench: Build) -> None:
    bench = new_bench(address=7, safe_mode_s=5)
    bench.port.write(packed("*RESET"))
    assert bench.port.read() == b"\x0200S\x03"
    assert bench.ask("PHN") == "00S01"
