"""The simulated Pump 11 Elite against transcripts, recordings and the rules of its manuals."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Seconds
from ruggli_simulator.drive import Drive
from ruggli_simulator.harvard_elite11 import HarvardElite11, make
from ruggli_simulator.harvard_wire import write_number, write_rate, write_time, write_volume
from ruggli_simulator.line import Tubing
from ruggli_simulator.liquid import Liquid
from ruggli_simulator.port import SimulatedPort

BORE = 14.43


class Bench:
    """One pump with a 10 mL syringe and a flask."""

    def __init__(self, clock: Any, flask: Any, volume: float = 9.0, **options: Any) -> None:
        self.clock, self.flask = clock, flask
        self.drive = Drive(Tubing(Millilitres(0.0), self.flask))
        liquid = Liquid("substrate", "DCM")
        self.drive.load(
            Seconds(0.0), liquid, Millilitres(volume), Millimetres(BORE), capacity=Millilitres(max(10.0, volume))
        )
        self.port = SimulatedPort("sim", self.clock)
        self.pump = self.add(self.drive, {"bore_mm": BORE, **options})

    def add(self, drive: Drive, options: dict[str, Any]) -> HarvardElite11:
        pump = make("pump", "11 Elite", options, drive)
        self.port.attach(pump)
        return pump

    def ask(self, text: str) -> str:
        self.port.write(text.encode() + b"\r")
        return self.port.read().decode()

    def dose(self, rate: str = "5 ml/min", volume: str = "0.5 ml") -> None:
        for command in (f"irate {rate}", "civolume", "citime", f"tvolume {volume}"):
            assert self.ask(command) == "\n:"
        assert self.ask("irun") == "\n>"


Build = Callable[..., Bench]


@pytest.fixture
def new_bench(hand_clock: Callable[[], Any], measuring_flask: Callable[[], Any]) -> Build:
    return lambda **options: Bench(hand_clock(), measuring_flask(), **options)


def test_transcript(new_bench: Build) -> None:
    bench = new_bench()

    def says(command: bytes, reply: bytes) -> None:
        bench.port.write(command)
        assert bench.port.read() == reply, command

    says(b"ver\r", b"\n11 ELITE I/W Single 3.0.4\r\n:")
    says(b"diameter 14.43\r", b"\n:")
    says(b"diameter\r", b"\n14.4300 mm\r\n:")
    says(b"svolume 10 ml\r", b"\n:")
    says(b"irate lim\r", b"\n25.0404 nl/min to 26.0035 ml/min\r\n:")
    says(b"irate 5 ml/min\r", b"\n:")
    says(b"civolume\r", b"\n:")
    says(b"tvolume 0.5 ml\r", b"\n:")
    says(b"irun\r", b"\n>")
    bench.clock.to(3.0)
    says(b"status\r", b"\n83333333333 3000 250000000000 I...I.\r\n>")
    says(b"ivolume\r", b"\n250 ul\r\n>")
    bench.clock.to(5.999)
    assert bench.port.read() == b""
    bench.clock.to(6.0 + 1e-9)
    assert bench.port.read() == b"\nT*"
    says(b"ivolume\r", b"\n500 ul\r\nT*")
    says(b"status\r", b"\n0 6000 500000000000 i...IT\r\nT*")
    says(b"stp\r", b"\n:")
    assert bench.flask.volume == pytest.approx(0.5, abs=1e-12)


def test_a_recording_of_a_real_pump_of_the_family(new_bench: Build) -> None:
    """Bytes of a Legato 100, firmware 3.0.6, with poll on; replies that follow from its settings are left out."""
    bench = new_bench(bore_mm=14.43, firmware="3.0.6", serial_number="D101754")
    for command, reply in [
        ("@poll on", "\n:\x11"),
        ("@nvram none", "\n:\x11"),
        ("@load qs iw", "\n:\x11"),
        ("@version", "\nFirmware:      v3.0.6\r\nPump address:  0\r\nSerial number: D101754\r\n:\x11"),
        ("@irate 1 ml/min", "\n:\x11"),
        ("@irun", "\n>\x11"),
        ("@stp", "\n:\x11"),
        ("@wrate 1 ml/min", "\n:\x11"),
        ("@wrun", "\n<\x11"),
        ("@stp", "\n:\x11"),
        ("@force 15", "\n:\x11"),
        ("@force", "\n15%\r\n:\x11"),
        ("@addr 2", "\nPump address set to 2\r\n02:\x11"),
        ("@addr 0", "\nPump address set to 0\r\n:\x11"),
        ("@load qs i", "\n:\x11"),
        ("@load", "\nQuick Start - Infuse Only (qs i)\r\n:\x11"),
        ("@irate 199.49 ul/min", "\n:\x11"),
        ("@irate", "\n199.49 ul/min\r\n:\x11"),
        ("@irate lim", "\n25.0404 nl/min to 26.0035 ml/min\r\n:\x11"),
        ("@iramp", "\nRamp not set up.\r\n:\x11"),
        ("@cttime", "\n:\x11"),
        ("@svolume 8.6284 ml", "\n:\x11"),
        ("@svolume", "\n8.6284 ml\r\n:\x11"),
        ("@tvolume 2 l", "\nArgument error: 2\r\n   Target volume out of range\r\n:\x11"),
        ("@diameter 7.262", "\n:\x11"),
        ("@diameter", "\n7.2620 mm\r\n:\x11"),
        ("@syrmanu HOSHI 200 ml ", "\nArgument error: 200\r\n   Unknown syringe\r\n:\x11"),
        ("@syrmanu HOSHI 20 ml ", "\n:\x11"),
        ("@syrmanu", "\nHoshi, 20 ml, 20.45 mm\r\n:\x11"),
        ("@dim 15", "\n:\x11"),
    ]:
        bench.port.write(command.encode() + b"\r\n")
        answer = bench.port.read().decode()
        if command == "@addr 2":
            assert answer == "\n02:Pump address set to 2\r\n02:\x11", "every line of an addressed pump has a prefix"
        else:
            assert answer == reply, command


@pytest.mark.parametrize("mode", ["whole", "bytes", "trailing"])
def test_bytes_in_pieces(new_bench: Build, mode: str) -> None:
    bench = new_bench()
    commands = b"IRATE 5 ml/min\r\nirat\r@ivol\r\r"
    if mode == "bytes":
        for byte in commands:
            bench.port.write(bytes([byte]))
    elif mode == "whole":
        bench.port.write(commands)
    else:
        bench.port.write(commands + b"ve")
        bench.port.write(b"r\r")
    answers = b"\n:" + b"\n5 ml/min\r\n:" + b"\n0 ul\r\n:" + b"\n:"
    assert bench.port.read() == answers + (b"\n11 ELITE I/W Single 3.0.4\r\n:" if mode == "trailing" else b"")


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("", "\n:"),
        ("diam", "\n14.4300 mm\r\n:"),
        ("syrm bdp 10 ml", "\n:"),
        ("cive", "\nCommand error: cive\r\n   Unknown command\r\n:"),
        ("dia", "\nCommand error: dia\r\n   Unknown command\r\n:"),
        ("irate 30 ml/min", "\nArgument error: 30\r\n   Out of range\r\n:"),
        ("irate 20 nl/min", "\nArgument error: 20\r\n   Out of range\r\n:"),
        ("irate 5 furlong/min", "\nArgument error: furlong/min\r\n   Unknown units\r\n:"),
        ("irate 5,5 ml/min", "\nArgument error: 5,5\r\n   Invalid number\r\n:"),
        ("irate 6.0000000000 m/m", "\n:"),
        ("svolume 10.000000000000000 m", "\n:"),
        ("diameter 14.4300 mm", "\n:"),
        ("diameter 34", "\nArgument error: 34\r\n   Out of range\r\n:"),
        ("tvolume 11 ml", "\nArgument error: 11\r\n   Target volume out of range\r\n:"),
        ("tvolume 0 ml", "\nArgument error: 0\r\n   Target volume out of range\r\n:"),
        ("tvolume 10 ml", "\n:"),
        ("tvolume", "\nTarget volume not set\r\n:"),
        ("ttime", "\nTarget time not set\r\n:"),
        ("crate", "\nCommand error: crate\r\n   Pump is not running\r\n:"),
        ("address", "\nPump address is 0\r\n:"),
        ("poll", "\nOFF\r\n:"),
        ("echo", "\nOFF\r\n:"),
        ("force 101", "\nArgument error: 101\r\n   Out of range\r\n:"),
        ("0ver", "\n00:11 ELITE I/W Single 3.0.4\r\n00:"),
        ("00:ver", "\n00:11 ELITE I/W Single 3.0.4\r\n00:"),
        ("0 ", "\n00:"),
        ("1ver", ""),
    ],
)
def test_single_commands(new_bench: Build, command: str, reply: str) -> None:
    assert new_bench().ask(command) == reply


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0 ul"), (0.25, "250 ul"), (8.6284, "8.6284 ml"), (0.00169023, "1.69023 ul"), (1.0, "1 ml")]
    + [(10.0, "10 ml"), (25.0404e-6, "25.0404 nl"), (5e-10, "0.5 pl"), (1234567.8, "1234568 ml")],
)
def test_volumes_choose_their_unit(value: float, text: str) -> None:
    assert write_volume(Millilitres(value)) == text


def test_rates_keep_the_time_unit_in_which_they_were_given(new_bench: Build) -> None:
    bench = new_bench()
    bench.ask("irate 0.5 ml/hr")
    assert bench.ask("irate") == "\n500 ul/hr\r\n:"
    assert write_rate(MillilitresPerSecond(1.0), 1.0) == "1 ml/sec"
    assert [write_time(Seconds(time)) for time in (30, 180, 45000)] == ["30 seconds", "00:03:00", "12:30:00"]
    assert write_number(0.0000123) == "0.0000123"


@pytest.mark.parametrize(
    ("bore", "fastest", "slowest"),
    [(4.699, 2.7575, 2.6553), (7.28, 6.6185, 6.3734), (14.567, 26.4996, 25.5181), (26.59, 88.295, 85.025)],
)
def test_limits_by_bore(new_bench: Build, bore: float, fastest: float, slowest: float) -> None:
    low, high = new_bench(bore_mm=bore).ask("irate lim")[1:-3].split(" to ")
    assert float(low.removesuffix(" nl/min")) == pytest.approx(slowest, rel=2e-5)
    assert float(high.removesuffix(" ml/min")) == pytest.approx(fastest, rel=2e-5)


@pytest.mark.parametrize(
    ("rate", "volume"),
    [("6 ml/min", 6.0), ("6 m/m", 6.0), ("6000 ul/min", 6.0), ("6000 u/m", 6.0), ("360 ml/hr", 6.0), ("360 m/h", 6.0)]
    + [("100 ul/sec", 6.0), ("100 u/s", 6.0), ("60000 nl/min", 0.06), ("60000 n/m", 0.06), ("3600 u/h", 0.06)],
)
def test_rate_units(new_bench: Build, rate: str, volume: float) -> None:
    bench = new_bench()
    bench.ask(f"irate {rate}")
    bench.ask("irun")
    bench.clock.to(60.0)
    bench.ask("")
    assert bench.flask.volume == pytest.approx(volume, rel=1e-9)


@pytest.mark.parametrize("volume", ["0.5 ml", "0.5ml", "0.5 m", "500 ul", "500 u", "500000 nl", "0.0005 l"])
def test_volume_units(new_bench: Build, volume: str) -> None:
    bench = new_bench()
    bench.ask(f"tvolume {volume}")
    assert bench.ask("tvolume") == "\n500 ul\r\n:"


def test_min_and_max(new_bench: Build) -> None:
    bench = new_bench()
    bench.ask("irate max")
    assert bench.ask("irate") == "\n26.0035 ml/min\r\n:"
    bench.ask("wrate min")
    assert bench.ask("wrate") == "\n25.0404 nl/min\r\n:"


# Runs.


def test_a_rate_change_on_the_run_is_immediate(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose("6 ml/min", "1 ml")
    bench.clock.to(5.0)
    assert bench.ask("@irate 3 ml/min") == "\n>"
    assert bench.ask("crate") == "\nInfusing at 3 ml/min\r\n>"
    bench.clock.to(9.0)
    assert bench.ask("ivolume") == "\n700 ul\r\n>"
    assert bench.ask("status").startswith("\n50000000000 9000 700000000000 I")
    bench.clock.to(15.1)
    assert bench.port.read() == b"\nT*"
    assert bench.flask.volume == pytest.approx(1.0, abs=1e-12)


def test_stop_and_run_go_on_to_the_same_target(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose("6 ml/min", "1 ml")
    bench.clock.to(4.0)
    assert bench.ask("stop") == "\n:"
    bench.clock.to(100.0)
    assert bench.ask("ivolume") == "\n400 ul\r\n:"
    assert bench.ask("irun") == "\n>"
    bench.clock.to(200.0)
    assert bench.port.read() == b"\nT*"
    assert bench.flask.volume == pytest.approx(1.0, abs=1e-12)
    assert bench.ask("itime") == "\n10 seconds\r\nT*"


def test_a_reached_target_does_not_run_again_until_the_counter_is_cleared(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose()
    bench.clock.to(10.0)
    bench.port.read()
    assert bench.ask("irun") == "\nT*"
    assert bench.ask("civolume") == "\n:"
    assert bench.ask("irun") == "\n>"
    bench.clock.to(30.0)
    assert bench.flask.volume == pytest.approx(1.0, abs=1e-12)


def test_a_target_time_ends_a_run(new_bench: Build) -> None:
    bench = new_bench()
    bench.ask("irate 6 ml/min")
    bench.ask("ttime 00:00:20")
    assert bench.ask("ttime") == "\n20 seconds\r\n:"
    bench.ask("irun")
    bench.clock.to(60.0)
    assert bench.port.read() == b"\nT*"
    assert bench.flask.volume == pytest.approx(2.0, abs=1e-9)


def test_without_a_target_it_goes_on(new_bench: Build) -> None:
    bench = new_bench()
    bench.ask("irate 6 ml/min")
    bench.ask("irun")
    bench.clock.to(60.0)
    assert bench.ask("ivolume") == "\n6 ml\r\n>"


def test_withdrawing_counts_apart(new_bench: Build) -> None:
    bench = new_bench(volume=5.0)
    bench.ask("wrate 6 ml/min")
    assert bench.ask("wrun") == "\n<"
    bench.clock.to(10.0)
    assert bench.ask("wvolume") == "\n1 ml\r\n<"
    assert bench.ask("ivolume") == "\n0 ul\r\n<"
    assert bench.ask("status") == "\n100000000000 10000 1000000000000 W...W.\r\n<"
    bench.clock.to(100.0)
    assert bench.port.read() == b"\n*", "the plunger comes out at the capacity"


@pytest.mark.parametrize(
    "command", ["diameter 10", "svolume 5 ml", "tvolume 1 ml", "civolume", "ctvolume", "load qs w"]
)
def test_not_while_running(new_bench: Build, command: str) -> None:
    bench = new_bench()
    bench.dose()
    answer = bench.ask(command)
    assert answer.startswith("\nCommand error: ") and answer.endswith("\n>")


def test_a_method_forbids_a_direction(new_bench: Build) -> None:
    bench = new_bench()
    bench.ask("load qs i")
    assert bench.ask("wrun") == "\nCommand error: wrun\r\n   Direction not available in this method\r\n:"


def test_a_rate_that_no_longer_fits_the_diameter_does_not_run(new_bench: Build) -> None:
    bench = new_bench()
    bench.ask("irate 20 ml/min")
    bench.ask("diameter 4.699")
    assert bench.ask("irun") == "\nCommand error: irun\r\n   Out of range\r\n:"


# Events.


def test_the_end_of_the_syringe_is_a_stall(new_bench: Build) -> None:
    bench = new_bench(volume=0.3)
    bench.dose()
    bench.clock.to(60.0)
    assert bench.port.read() == b"\n*"
    assert bench.ask("status") == "\n0 3600 300000000000 i.S.I.\r\n*"
    assert bench.flask.volume == pytest.approx(0.3, abs=1e-12)
    assert bench.ask("stp") == "\n:"


def test_with_poll_on_nothing_comes_unasked(new_bench: Build) -> None:
    bench = new_bench(poll="on")
    bench.ask("tvolume 0.5 ml")
    assert bench.ask("@irun") == "\n>\x11"
    bench.clock.to(100.0)
    assert bench.port.read() == b""
    assert bench.ask("") == "\nT*\x11"


def test_faults_of_the_motor(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose()
    bench.clock.to(3.0)
    bench.port.read()
    bench.pump.inject("stall", {})
    assert bench.port.read() == b"\n*"
    silent = new_bench()
    silent.dose()
    silent.clock.to(3.0)
    silent.port.read()
    silent.pump.inject("silent-stall", {})
    silent.clock.to(3000.0)
    assert silent.ask("ivolume") == "\n250 ul\r\n>"
    assert silent.flask.volume == pytest.approx(0.25)
    with pytest.raises(ValueError, match="does not know the fault 'explode'"):
        silent.pump.inject("explode", {})


def test_a_wrong_stored_diameter_changes_the_truth_and_not_the_counter(new_bench: Build) -> None:
    bench = new_bench()
    bench.pump.inject("wrong-diameter", {"bore_mm": BORE / 2})
    assert bench.ask("diameter") == "\n7.2150 mm\r\n:"
    bench.dose()
    bench.clock.to(60.0)
    bench.port.read()
    assert bench.ask("ivolume") == "\n500 ul\r\nT*"
    assert bench.flask.volume == pytest.approx(2.0)


def test_a_power_cycle_keeps_the_settings_and_forgets_the_counters(new_bench: Build) -> None:
    bench = new_bench()
    bench.dose("6 ml/min", "1 ml")
    bench.clock.to(4.0)
    bench.port.read()
    bench.pump.power_cycle()
    bench.clock.to(100.0)
    assert bench.port.read() == b""
    assert bench.ask("ivolume") == "\n0 ul\r\n:"
    assert bench.ask("irate") == "\n6 ml/min\r\n:"
    assert bench.flask.volume == pytest.approx(0.4)


def test_what_is_set_with_nvram_off_is_lost_with_the_mains(new_bench: Build) -> None:
    bench = new_bench()
    bench.ask("irate 2 ml/min")
    bench.ask("nvram off")
    bench.ask("irate 3 ml/min")
    bench.ask("address 4")
    bench.pump.power_cycle()
    assert bench.ask("irate") == "\n04:2 ml/min\r\n04:"


def test_echo_repeats_what_was_typed(new_bench: Build) -> None:
    bench = new_bench()
    bench.ask("echo on")
    assert bench.ask("ver") == "ver\r\n11 ELITE I/W Single 3.0.4\r\n:"


def test_a_chain(new_bench: Build) -> None:
    bench = new_bench()
    second = bench.add(Drive(Tubing()), {"address": 3})
    assert not second.first
    assert bench.ask("3ver") == "\n03:11 ELITE I/W Single 3.0.4\r\n03:"
    assert bench.ask("ver") == "\n11 ELITE I/W Single 3.0.4\r\n:"
    assert bench.ask("3irate 50 ml/min") == "\n03:Argument error: 50\r\n03:   Out of range\r\n03:"
    bench.ask("3tvolume 0.1 ml")
    assert bench.ask("3irun") == "\n03>"
    bench.clock.to(60.0)
    assert bench.port.read() == b"\n03T*"


def test_a_single_pump_answers_without_address_whatever_its_own(new_bench: Build) -> None:
    assert new_bench(address=3).ask("") == "\n03:"


def test_metrics_and_tables(new_bench: Build) -> None:
    bench = new_bench()
    assert "Pump type string   11 ELITE I/W Single" in bench.ask("metrics")
    assert "\nhm2  Hamilton 1000\r" in bench.ask("syrmanu ?")
    assert bench.ask("syrmanu hm2 ?").startswith("\n1 ml\r\n2.5 ml\r\n")
    with pytest.raises(ValueError, match="there are 11 Elite"):
        make("pump", "12 Elite", {}, Drive(Tubing()))


def test_noise_never_wedges_the_pump(new_bench: Build) -> None:
    source, bench = random.Random(11), new_bench()
    for _ in range(300):
        bench.port.write(source.randbytes(source.randrange(1, 40)))
    bench.pump.power_cycle()
    bench.port.write(b"\r")
    bench.port.read()
    assert bench.ask("0stp").endswith(":")
