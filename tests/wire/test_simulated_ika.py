"""The simulated IKA RCT digital against the transcripts and rules of its manual."""

from typing import Any

import pytest

from ruggli.quantities.base import Celsius, Millilitres, Seconds
from ruggli_simulator.ika_rct import IkaRctDigital
from ruggli_simulator.thermal import Flask
from ruggli_simulator.vessel import Vessel


class Host:
    def __init__(self, probe: str | None = "flask", ambient: float = 25.0, **options: Any) -> None:
        self.device = IkaRctDigital("plate", Celsius(ambient), probe, {"noise_K": 0.0, **options})
        self.replies = b""
        self.device.transmit = self._take
        self.now = 0

    def _take(self, data: bytes) -> None:
        self.replies += data

    def ask(self, data: bytes) -> bytes:
        self.device.receive(data)
        replies, self.replies = self.replies, b""
        return replies

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1
            self.device.advance(Seconds(self.now))
            self.device.step(self.now)


TRANSCRIPT = [
    (b"IN_NAME", b"RCT digital\r\n"),
    (b"IN_SP_3", b"370.0 3\r\n"),
    (b"OUT_SP_12@20", b"20.0\r\n"),
    (b"OUT_SP_42@300", b"300.0\r\n"),
    (b"OUT_WD2@60", b"60.0\r\n"),
    (b"OUT_SP_1 60.0", b""),
    (b"OUT_SP_4 300", b""),
    (b"START_4", b""),
    (b"START_1", b""),
    (b"IN_SP_1", b"60.0 1\r\n"),
    (b"IN_PV_1", b"25.0 1\r\n"),
    (b"IN_PV_2", b"25.0 2\r\n"),
    (b"IN_SP_4", b"300.0 4\r\n"),
    (b"OUT_WD2@60", b"60.0\r\n"),
    (b"STOP_1", b""),
    (b"STOP_4", b""),
    (b"OUT_WD2@0", b"0.0\r\n"),
]
TERMINATORS = [b"\r\n", b" \r\n", b" \r \n", b"  \r\n"]


@pytest.mark.parametrize("end", TERMINATORS)
@pytest.mark.parametrize("pieces", [0, 1, 3])
def test_transcript_with_every_terminator_whole_and_in_pieces(end: bytes, pieces: int) -> None:
    host = Host()
    for command, reply in TRANSCRIPT:
        line = command + end
        if not pieces:
            assert host.ask(line) == reply, command
            continue
        got = b"".join(host.ask(line[k : k + pieces]) for k in range(0, len(line), pieces))
        assert got == reply, command


def test_several_commands_in_one_write_are_answered_in_order() -> None:
    host = Host()
    lines = b"OUT_SP_1 55.5\r\nOUT_SP_4 250\r\nSTART_4\r\nIN_SP_1\r\nIN_SP_4 \r\nIN_NA"
    assert host.ask(lines) == b"55.5 1\r\n250.0 4\r\n"
    assert host.ask(b"ME\r\n") == b"RCT digital\r\n"


@pytest.mark.parametrize(
    "line",
    [b"", b"NONSENSE", b"in_name", b"IN_SP_2", b"OUT_SP_1", b"OUT_SP_1 abc", b"OUT_SP_1 nan", b"OUT_SP_160",
     b"STATUS_1", b"OUT_WD2@19", b"OUT_WD2@1501", b"OUT_WD2 60", b"OUT_WD1@0", b"IN_NAME x", b"\xff\xfe", b"A" * 200],
)  # fmt: skip
def test_unknown_and_malformed_commands_are_answered_by_silence(line: bytes) -> None:
    host = Host()
    assert host.ask(line + b"\r\n") == b""
    assert host.ask(b"IN_NAME\r\n") == b"RCT digital\r\n"


def test_noise_without_end_of_line_does_not_grow_or_hide_the_next_command() -> None:
    host = Host()
    for _ in range(100):
        host.ask(b"U" * 64)
    assert host.ask(b"\r\nIN_NAME\r\n") == b"RCT digital\r\n"


def test_blank_before_crlf_as_the_manual_prints_it() -> None:
    assert Host(reply_blank=True).ask(b"IN_SP_3\r\n") == b"370.0 3 \r\n"


def test_commands_outside_the_manual_only_where_asked_for() -> None:
    host = Host(status_commands=True)
    assert host.ask(b"STATUS_1\r\nSTART_1\r\nSTATUS_1\r\nIN_TYPE\r\nIN_PV_7\r\n") == (
        b"12 1\r\n11 1\r\nRCT digital\r\n25.0 7\r\n"
    )


@pytest.mark.parametrize("value", ["-1", "311", "1e3"])
def test_set_point_out_of_range_is_ignored(value: str) -> None:
    host = Host()
    host.ask(b"OUT_SP_1 40\r\n" + f"OUT_SP_1 {value}\r\n".encode())
    assert host.ask(b"IN_SP_1\r\n") == b"40.0 1\r\n"


def test_set_point_stays_below_the_safety_temperature() -> None:
    host = Host(safety_temperature_degC=100.0)
    assert host.ask(b"OUT_SP_1 85\r\nOUT_SP_1 86\r\nIN_SP_1\r\n") == b"85.0 1\r\n"


def test_a_set_point_starts_nothing_and_survives_stop() -> None:
    host = Host()
    host.ask(b"OUT_SP_1 60\r\nOUT_SP_4 600\r\n")
    host.wait(60)
    assert host.ask(b"IN_PV_2\r\nIN_PV_4\r\n") == b"25.0 2\r\n0.0 4\r\n"
    host.ask(b"START_4\r\nSTART_1\r\n")
    host.wait(1)
    assert host.ask(b"IN_PV_4\r\n") == b"250.0 4\r\n"
    host.wait(5)
    assert host.ask(b"IN_PV_4\r\n") == b"600.0 4\r\n"
    host.ask(b"STOP_1\r\nSTOP_4\r\n")
    host.wait(5)
    assert host.ask(b"IN_PV_4\r\nIN_SP_1\r\nIN_SP_4\r\n") == b"0.0 4\r\n60.0 1\r\n600.0 4\r\n"


def test_watchdog_2_replaces_the_set_points_and_only_its_own_command_feeds_it() -> None:
    host = Host(probe=None)
    host.ask(b"OUT_SP_12@20\r\nOUT_SP_42@150\r\nOUT_SP_1 90\r\nOUT_SP_4 300\r\nSTART_1\r\nSTART_4\r\nOUT_WD2@20\r\n")
    for _ in range(3):
        host.wait(19)
        assert host.ask(b"OUT_WD2@20\r\n") == b"20.0\r\n"
    for _ in range(19):
        host.wait(1)
        host.ask(b"IN_PV_1\r\nIN_SP_1\r\n")
    assert host.ask(b"IN_SP_1\r\n") == b"90.0 1\r\n"
    host.wait(1)
    assert host.ask(b"IN_SP_1\r\nIN_SP_4\r\n") == b"20.0 1\r\n150.0 4\r\n"
    truth = host.device.truth()
    assert truth["display"] == "WD" and truth["heater"] and truth["stirrer"]
    host.wait(120)
    assert host.device.truth()["heater_power_W"] == 0.0
    assert host.ask(b"OUT_WD2@0\r\n") == b"0.0\r\n"
    assert host.device.truth()["display"] == ""


def test_watchdog_any_traffic_is_a_switch() -> None:
    host = Host(watchdog_any_traffic=True)
    host.ask(b"OUT_SP_1 90\r\nOUT_WD2@20\r\n")
    for _ in range(60):
        host.wait(1)
        host.ask(b"IN_PV_1\r\n")
    assert host.ask(b"IN_SP_1\r\n") == b"90.0 1\r\n"


def test_watchdog_1_switches_off_until_mains_are_cycled() -> None:
    host = Host()
    host.ask(b"OUT_SP_1 60\r\nOUT_SP_4 300\r\nSTART_1\r\nSTART_4\r\nOUT_WD1@30\r\n")
    host.wait(30)
    truth = host.device.truth()
    assert (truth["display"], truth["heater"], truth["stirrer"]) == ("Er02", False, False)
    host.ask(b"START_1\r\nSTART_4\r\nOUT_WD2@0\r\n")
    host.wait(5)
    assert not host.device.truth()["heater"] and host.ask(b"IN_PV_4\r\n") == b"0.0 4\r\n"
    host.device.power_cycle()
    host.wait(2)
    host.ask(b"START_1\r\n")
    assert host.device.truth()["heater"]


@pytest.mark.parametrize(("mode", "running"), [("A", False), ("B", True), ("D", False)])
def test_mains_back(mode: str, running: bool) -> None:
    host = Host()
    host.ask(f"SET_MODE_{mode}\r\n".encode() if mode != "D" else b"")
    host.ask(b"OUT_SP_1 60\r\nOUT_SP_4 300\r\nSTART_1\r\nSTART_4\r\nOUT_WD2@60\r\n")
    host.ask(b"SET_MODE_D\r\n" if mode == "D" else b"")
    host.wait(10)
    host.device.power_cycle()
    truth = host.device.truth()
    assert (truth["heater"], truth["stirrer"], truth["watchdog_mode"]) == (running, running, 0)
    assert host.ask(b"IN_SP_1\r\n") == b"", "it boots"
    host.wait(2)
    assert host.ask(b"IN_SP_1\r\n") == b"60.0 1\r\n"
    assert (host.device.truth()["speed_rpm"] > 0) is running


@pytest.mark.parametrize(("reply", "heard"), [("far", b"-999.0 1\r\n"), ("text", b"NaN 1\r\n"), ("none", b"")])
def test_a_broken_probe_answers_as_it_is_told(reply: str, heard: bytes) -> None:
    host = Host()
    host.device.inject("probe-broken", {"reply": reply})
    assert host.ask(b"IN_PV_1\r\n") == heard
    host.device.inject("probe-broken", {"heal": True})
    assert host.ask(b"IN_PV_1\r\n") == b"25.0 1\r\n"


def test_a_loose_probe_jumps_to_and_fro() -> None:
    host = Host()
    host.device.inject("probe-broken", {"reply": "jumps"})
    heard = set()
    for _ in range(12):
        host.wait(1)
        heard.add(host.ask(b"IN_PV_1\r\n"))
    assert heard == {b"25.0 1\r\n", b"65.0 1\r\n"}
    assert host.device.truth()["display"] == "", "the safety circuit stays closed"


def test_mode_d_takes_no_set_point_from_afar() -> None:
    assert Host(mode="D").ask(b"OUT_SP_1 60\r\nIN_SP_1\r\n") == b"25.0 1\r\n"


def test_no_mains_no_answer_and_no_heat() -> None:
    host = Host()
    host.ask(b"OUT_SP_1 60\r\nSTART_1\r\n")
    host.wait(10)
    host.device.inject("power-off", {})
    host.wait(1)
    assert host.ask(b"IN_NAME\r\n") == b"" and host.device.truth()["heater_power_W"] == 0
    host.device.inject("power-on", {})
    host.wait(2)
    assert host.ask(b"IN_NAME\r\n") == b"RCT digital\r\n"


def with_flask(host: Host, solvent: str = "toluene", volume: float = 200.0) -> Vessel:
    vessel = Vessel("flask", Millilitres(250), condenser=True, temperature=Celsius(25))
    vessel.charge("s", solvent, Millilitres(volume), {}, Seconds(0))
    host.device.plate.flask = Flask(vessel)
    host.ask(b"OUT_SP_1 60\r\nOUT_SP_4 300\r\nSTART_1\r\nSTART_4\r\n")
    return vessel


def probe(host: Host) -> float:
    return float(host.ask(b"IN_PV_1\r\n").split()[0])


def test_probe_out_reads_the_room_and_the_plate_climbs() -> None:
    host = Host(er05_after_s=0.0)
    with_flask(host)
    host.wait(1800)
    assert 59 < probe(host) < 61
    host.device.inject("probe-out", {})
    host.wait(300)
    assert probe(host) < 26 and host.device.truth()["plate_temperature_degC"] > 100
    host.device.inject("probe-out", {"heal": True})
    host.wait(120)
    assert probe(host) > 60


def test_er05_when_the_sensor_does_not_rise() -> None:
    host = Host()
    with_flask(host)
    host.device.inject("probe-out", {})
    host.wait(299)
    assert host.device.truth()["heater"]
    host.wait(2)
    assert host.device.truth()["display"] == "Er05" and not host.device.truth()["heater"]


@pytest.mark.parametrize(("reply", "expected"), [("none", None), ("last", 60.0), ("plate", 63.0)])
def test_broken_probe_answers_as_set_and_the_safety_circuit_opens(reply: str, expected: float | None) -> None:
    host = Host()
    with_flask(host)
    host.wait(3600)
    host.device.inject("probe-broken", {"reply": reply})
    answer = host.ask(b"IN_PV_1\r\n")
    if expected is None:
        assert answer == b""
    else:
        assert float(answer.split()[0]) == pytest.approx(expected, abs=1.5) and answer.endswith(b" 1\r\n")
    host.wait(2)
    assert host.device.truth()["display"] == "Er06" and host.device.truth()["heater_power_W"] == 0


def test_frozen_readings_stand_still() -> None:
    host = Host(noise_K=0.05)
    with_flask(host)
    host.wait(100)
    host.device.inject("frozen", {})
    before = host.ask(b"IN_PV_1\r\nIN_PV_2\r\n")
    host.wait(300)
    assert host.ask(b"IN_PV_1\r\nIN_PV_2\r\n") == before
    host.device.inject("frozen", {"heal": True})
    assert host.ask(b"IN_PV_1\r\nIN_PV_2\r\n") != before


def test_heater_stuck_heats_after_stop_until_the_safety_circuit_opens() -> None:
    host = Host(probe=None, safety_temperature_degC=150.0)
    with_flask(host)
    host.device.inject("heater-stuck", {})
    host.ask(b"STOP_1\r\n")
    host.wait(60)
    assert host.device.truth()["heater_power_W"] > 500
    host.wait(3600)
    assert host.device.truth()["display"] == "Er24"
    assert host.device.truth()["max_plate_temperature_degC"] < 152


def test_heater_dead() -> None:
    host = Host()
    with_flask(host)
    host.device.inject("heater-dead", {})
    host.wait(200)
    assert host.device.truth()["heater"] and probe(host) == pytest.approx(25.0, abs=0.1)


@pytest.mark.parametrize(("settings", "display", "heater"), [({}, "Er04", False), ({"er04": False}, "", True)])
def test_stirrer_stop(settings: dict[str, Any], display: str, heater: bool) -> None:
    host = Host()
    with_flask(host)
    host.wait(10)
    host.device.inject("stirrer-stop", settings)
    host.wait(3)
    assert host.ask(b"IN_PV_4\r\n") == b"0.0 4\r\n"
    assert (host.device.truth()["display"], host.device.truth()["heater"]) == (display, heater)


def test_stirrer_slip_keeps_the_reading() -> None:
    host = Host()
    with_flask(host)
    host.wait(10)
    host.device.inject("stirrer-slip", {})
    assert host.ask(b"IN_PV_4\r\nIN_PV_5\r\n") == b"300.0 4\r\n20.0 5\r\n"
    assert not host.device.truth()["stirred"]


def test_over_temperature_ramps_past_the_boiling_point() -> None:
    host = Host()
    vessel = with_flask(host, "dcm", 150.0)
    host.device.inject("over-temperature", {"rate_K_per_min": 6.0})
    host.wait(600)
    assert vessel.temperature > 60
    host.device.inject("over-temperature", {"heal": True})
    host.wait(1)
    assert vessel.temperature == pytest.approx(39.8)


def test_wrong_echo() -> None:
    host = Host()
    host.device.inject("wrong-echo", {"by": 5.0})
    assert host.ask(b"OUT_WD2@60\r\n") == b"65.0\r\n"


def test_hand_on_the_panel() -> None:
    host = Host()
    host.device.inject("panel", {"set_temperature_degC": 80.0, "heater": True})
    assert host.ask(b"IN_SP_1\r\n") == b"80.0 1\r\n" and host.device.truth()["heater"]


def test_unknown_fault_and_option_are_refused() -> None:
    with pytest.raises(ValueError, match="stirrer-slip"):
        Host().device.inject("stall", {})
    with pytest.raises(ValueError, match="noise_K"):
        Host(noise=1.0)
