"""What really happens on the bench, judged from outside of any controller."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import serial

from ruggli.errors import InputError, LinkLost
from ruggli.quantities.base import Seconds
from ruggli.world.loop import Loop
from ruggli.world.tasks import Task, Wait
from ruggli.world.time import VirtualTime
from ruggli_simulator.bench import Bench
from ruggli_simulator.description import BenchDescription
from ruggli_simulator.urls import protocol_sim

BORE = 26.59


def description(**changes: Any) -> dict[str, Any]:
    pump = {"driver": "new-era", "options": {"reset_alarm": False}, "syringe": {"capacity_mL": 60, "bore_mm": BORE}}
    return {
        "ambient_degC": 20.0,
        "devices": [
            {**pump, "name": "a", "port": "A", "line": {"holdup_mL": 0.3, "to": "flask"}},
            {**pump, "name": "b", "port": "B", "line": {"holdup_mL": 0.3, "to": "flask"}, **changes},
            {"name": "plate", "driver": "ika-rct-digital", "port": "P"},
        ],
        "vessels": [
            {
                "name": "flask",
                "capacity_mL": 250,
                "hotplate": "plate",
                "condenser": True,
                "contents": [{"name": "solvent", "solvent": "toluene", "volume_mL": 100}],
            }
        ],
    }


class Lab:
    """A bench on a virtual clock."""

    def __init__(self, data: dict[str, Any] | None = None, seed: int = 0) -> None:
        self.loop = Loop(VirtualTime(datetime(2026, 1, 1, tzinfo=UTC)))
        self.bench = Bench(BenchDescription.from_dict(data or description()), self.loop, seed)

    def wait(self, seconds: float) -> None:
        def nap() -> Task[None]:
            until = Seconds(self.loop.now() + seconds)
            while self.loop.now() < until:
                yield Wait(until)

        self.loop.run(self.loop.spawn(nap()))

    def ask(self, port: str, *commands: bytes) -> bytes:
        line = self.bench.open(port)
        reply = b""
        for command in commands:
            line.write(command)
            reply = line.read()
        return reply

    def dose(self, port: str, rate: str, volume: str, address: int = 0) -> bytes:
        head = str(address).encode()
        wanted = (b"RAT" + rate.encode(), b"VOL" + volume.encode(), b"DIRINF", b"RUN")
        return self.ask(port, *(head + command + b"\r" for command in wanted))

    def flask(self) -> dict[str, Any]:
        return dict(self.bench.truth()["vessels"]["flask"])


def load(lab: Lab, device: str, solution: str, volume: float, **solutes: float) -> None:
    act = {"act": "load", "device": device, "solution": solution, "solvent": "toluene", "volume_mL": volume}
    lab.bench.perform({**act, "solutes": solutes})
    lab.bench.perform({"act": "prime", "device": device})


def test_two_pumps_into_a_flask_balance() -> None:
    lab = Lab()
    load(lab, "a", "substrate solution", 35, substrate=0.1)
    load(lab, "b", "catalyst solution", 10, catalyst=0.005)
    assert lab.dose("A", "0.500MM", "30.00") == b"\x0200I\x03"
    assert lab.dose("B", "0.100MM", "6.000") == b"\x0200I\x03"
    lab.wait(3700)
    flask, devices = lab.flask(), lab.bench.truth()["devices"]
    assert flask["liquids_mL"] == pytest.approx({"solvent": 100, "substrate solution": 30, "catalyst solution": 6})
    assert flask["volume_mL"] == pytest.approx(136)
    assert flask["amounts_mmol"] == pytest.approx({"substrate": 3.0, "catalyst": 0.03})
    assert flask["concentrations_mM"]["substrate"] == pytest.approx(3000 / 136)
    assert flask["peak_concentrations_mM"]["substrate"] == pytest.approx(3000 / 136)
    assert devices["a"]["counter_infused_mL"] == pytest.approx(30)
    held = sum(slug["volume_mL"] for slug in devices["a"]["line"] + devices["a"]["syringe"]["content"])
    assert held + 30 == pytest.approx(35)


def test_a_new_syringe_on_an_old_line_brings_the_old_liquid_first() -> None:
    lab = Lab()
    act = {"act": "load", "device": "a", "solution": "chase", "solvent": "toluene", "volume_mL": 10}
    lab.bench.perform(act)
    lab.dose("A", "1.000MM", "2.000")
    lab.wait(150)
    assert lab.flask()["liquids_mL"] == pytest.approx({"solvent": 100, "a": 0.3, "chase": 1.7})


def test_an_empty_line_holds_back_what_the_counter_has_delivered() -> None:
    data = description()
    data["devices"][0]["syringe"] = None
    lab = Lab(data)
    lab.ask("A", b"0DIA26.59\r")
    act = {"act": "load", "device": "a", "solution": "s", "solvent": "toluene", "volume_mL": 20, "bore_mm": BORE}
    lab.bench.perform(act)
    lab.dose("A", "1.000MM", "5.000")
    lab.wait(400)
    assert lab.flask()["liquids_mL"]["s"] == pytest.approx(4.7)
    assert lab.bench.truth()["devices"]["a"]["counter_infused_mL"] == pytest.approx(5.0)


@pytest.mark.parametrize(("stored", "physical"), [(26.59, 28.60), (28.60, 26.59), (14.57, 26.59)])
def test_a_wrong_bore_changes_the_truth_and_not_the_counter(stored: float, physical: float) -> None:
    lab = Lab(description(syringe={"capacity_mL": 60, "bore_mm": physical, "stored_bore_mm": stored}))
    lab.dose("B", "1.000MM", "5.000")
    lab.wait(400)
    truth = lab.bench.truth()
    assert truth["devices"]["b"]["counter_infused_mL"] == pytest.approx(5.0)
    assert truth["vessels"]["flask"]["liquids_mL"]["b"] == pytest.approx(5.0 * (physical / stored) ** 2)


@pytest.mark.parametrize("seed", range(3))
def test_the_truth_does_not_depend_on_who_polls_when(seed: int) -> None:
    def play(times: list[float]) -> dict[str, Any]:
        lab = Lab()
        load(lab, "a", "substrate solution", 35, substrate=0.1)
        lab.ask("P", b"OUT_SP_1 60\r\nOUT_SP_4 300\r\nSTART_1\r\nSTART_4\r\nOUT_WD2@1500\r\n")
        lab.dose("A", "1.000MM", "20.00")
        for time in times:
            lab.wait(time - lab.loop.now())
            lab.ask(rng.choice("ABP"), b"0DIS\r")
        lab.wait(1800.25 - lab.loop.now())
        return lab.bench.truth()

    rng = random.Random(seed)
    alone = play([])
    polled = play(sorted(rng.uniform(0.01, 1800) for _ in range(2000)))
    flasks = alone["vessels"]["flask"], polled["vessels"]["flask"]
    for key in ("volume_mL", "temperature_degC", "max_temperature_degC"):
        assert flasks[1][key] == pytest.approx(flasks[0][key], rel=1e-9)
    assert flasks[1]["peak_concentrations_mM"] == pytest.approx(flasks[0]["peak_concentrations_mM"], rel=1e-9)
    plates = alone["devices"]["plate"], polled["devices"]["plate"]
    assert plates[1]["plate_temperature_degC"] == pytest.approx(plates[0]["plate_temperature_degC"], rel=1e-9)


def test_cold_feed_into_a_hot_flask_is_felt() -> None:
    lab = Lab()
    lab.ask("P", b"OUT_SP_1 60\r\nOUT_SP_4 300\r\nSTART_1\r\nSTART_4\r\n")
    lab.wait(1800)
    before = lab.flask()["temperature_degC"]
    lab.dose("A", "28.00MM", "50.00")
    lab.wait(100)
    assert lab.flask()["temperature_degC"] < before - 4


def test_an_unplugged_pump_goes_on() -> None:
    lab = Lab()
    line = lab.bench.open("A")
    lab.dose("A", "1.000MM", "20.00")
    lab.bench.inject({"target": "a", "kind": "unplug"})
    lab.wait(300)
    with pytest.raises(LinkLost):
        line.read()
    with pytest.raises(LinkLost):
        lab.bench.open("A")
    assert lab.flask()["liquids_mL"]["a"] == pytest.approx(5.0)
    lab.bench.inject({"target": "a", "kind": "replug"})
    assert lab.ask("A", b"0DIS\r") == b"\x0200II5.000W0.000ML\x03"


def test_two_pumps_on_one_line_answer_to_their_address() -> None:
    lab = Lab(description(port="A", address=7))
    assert lab.ask("A", b"0\r") == b"\x0200S\x03" and lab.ask("A", b"7\r") == b"\x0207S\x03"
    lab.dose("A", "1.000MM", "2.000", address=7)
    lab.wait(200)
    assert lab.flask()["liquids_mL"] == pytest.approx({"solvent": 100, "b": 2.0})


def test_a_pump_that_nobody_loads_is_full_and_primed() -> None:
    lab = Lab()
    lab.dose("A", "1.000MM", "1.000")
    lab.wait(90)
    assert lab.flask()["liquids_mL"]["a"] == pytest.approx(1.0)
    truth = lab.bench.truth()["devices"]["a"]
    assert truth["syringe"]["content"][0]["volume_mL"] == pytest.approx(59.0)


def test_hands_on_the_bench() -> None:
    lab = Lab()
    perform = lab.bench.perform
    perform({"act": "connect", "device": "a", "vessel": None})
    lab.dose("A", "5.000MM", "5.000")
    lab.wait(90)
    assert "a" not in lab.flask()["liquids_mL"]
    perform({"act": "charge", "vessel": "flask", "name": "hydride", "solutes": {"hydride": 1.5}})
    perform({"act": "remove", "vessel": "flask", "volume_mL": 50})
    assert lab.flask()["amounts_mmol"]["hydride"] == pytest.approx(0.75)
    perform({"act": "set", "vessel": "flask", "condenser": False})
    assert lab.flask()["condenser"] is False
    perform({"act": "empty", "vessel": "flask"})
    assert lab.flask()["volume_mL"] == 0
    perform({"act": "unload", "device": "a"})
    assert lab.bench.truth()["devices"]["a"]["syringe"] is None


def test_a_flask_taken_off_the_plate_cools_and_the_plate_does_not_heat_it() -> None:
    lab = Lab()
    lab.ask("P", b"OUT_SP_1 60\r\nOUT_SP_4 300\r\nSTART_1\r\nSTART_4\r\n")
    lab.wait(1800)
    lab.bench.perform({"act": "place", "vessel": "flask", "hotplate": None})
    lab.wait(6 * 3600)
    assert lab.flask()["temperature_degC"] == pytest.approx(20.0, abs=0.01)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"act": "laod"}, "did you mean 'load'"),
        ({"act": "prime"}, "device"),
        ({"act": "prime", "device": "c"}, "no pump 'c'"),
        ({"act": "empty", "vessel": "flask", "now": 1}, "now"),
        ({"act": "place", "vessel": "flask", "hotplate": "a"}, "no hotplate"),
        ({}, "unknown act"),
    ],
)
def test_acts_that_make_no_sense_are_refused(act: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Lab().bench.perform(act)


def test_the_same_seed_gives_the_same_readings_and_another_does_not() -> None:
    def readings(seed: int) -> list[bytes]:
        lab = Lab(seed=seed)
        found = []
        for _ in range(50):
            lab.wait(1.0)
            found.append(lab.ask("P", b"IN_PV_1\r\n"))
        return found

    assert readings(1) == readings(1) != readings(2)
    assert 2 <= len(set(readings(1))) <= 4


def test_a_description_survives_json_and_is_strict() -> None:
    data = description()
    read = BenchDescription.from_dict(data)
    assert BenchDescription.from_dict(json.loads(json.dumps(read.as_dict()))) == read


@pytest.mark.parametrize(
    ("place", "change", "words"),
    [
        (("devices", 0), {"drivr": "new-era"}, "did you mean 'driver'"),
        (("devices", 0), {"driver": "newera"}, "one of new-era"),
        (("devices", 0), {"name": "b"}, "same name"),
        (("devices", 2), {"options": {"reply_blnk": True}}, "'plate'.*reply_blnk"),
        (("devices", 0), {"model": "NE-9"}, "NE-1000"),
        (("devices", 0, "line"), {"to": "falsk"}, "no vessel"),
        (("devices", 0, "syringe"), {"bore_mm": "26 mm"}, "expected a number"),
        (("vessels", 0), {"capacity_mL": -1}, "a number above 0"),
        (("vessels", 0), {"hotplate": "a"}, "no hotplate"),
        (("vessels", 0), {"condenser": "yes"}, "true or false"),
        ((), {"vessels": {}}, "a list"),
    ],
)
def test_a_wrong_description_is_refused(place: tuple[Any, ...], change: dict[str, Any], words: str) -> None:
    data = json.loads(json.dumps(description()))
    target = data
    for step in place:
        target = target[step]
    target.update(change)
    with pytest.raises(InputError, match=words):
        Lab(data)


def test_a_line_is_given_by_its_volume_or_by_bore_and_length() -> None:
    data = description()
    data["devices"][0]["line"] = {"bore_mm": 0.8, "length_mm": 600, "to": "flask"}
    assert BenchDescription.from_dict(data).devices[0].line.volume == pytest.approx(0.3016, abs=1e-4)


@pytest.fixture
def url() -> Iterator[str]:
    package = "ruggli_simulator.urls"
    serial.protocol_handler_packages.append(package)
    name = protocol_sim.register(Lab(description(port="usb 1")).bench)
    yield f"sim://{name}/"
    protocol_sim.release(name)
    serial.protocol_handler_packages.remove(package)


def test_pyserial_opens_a_simulated_port(url: str) -> None:
    with serial.serial_for_url(url + "P", 9600, bytesize=7, parity="E", timeout=0) as port:
        assert port.write(b"IN_NAME\r\nIN_SP_3\r\n") == 18
        assert port.in_waiting == 22
        assert port.read(3) == b"RCT" and port.read(100) == b" digital\r\n370.0 3\r\n"
        assert port.read(1) == b"" and port.in_waiting == 0
        port.write(b"IN_NAME\r\n")
        assert port.readline() == b"RCT digital\r\n"
        port.write(b"IN_NAME\r\n")
        port.reset_input_buffer()
        assert port.in_waiting == 0
    with pytest.raises(serial.PortNotOpenError):
        port.read()
    with serial.serial_for_url(url + "usb%201", timeout=0) as pump:
        pump.write(b"0VER\r")
        assert pump.read(100) == b"\x0200SNE1000V3.923\x03"


@pytest.mark.parametrize("wrong", ["P9", "../nobench/P"])
def test_pyserial_finds_no_port_where_there_is_none(url: str, wrong: str) -> None:
    with pytest.raises(serial.SerialException):
        serial.serial_for_url(url + wrong if wrong == "P9" else "sim://nobench/P")
