"""Faults as data: read strictly, struck at their time or call, healed after their duration."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ruggli.errors import InputError, LinkLost
from ruggli.quantities.base import Seconds
from ruggli.world.loop import Loop
from ruggli.world.tasks import Task, Wait
from ruggli.world.time import VirtualTime
from ruggli_simulator import faults
from ruggli_simulator.bench import Bench
from ruggli_simulator.description import BenchDescription
from ruggli_simulator.faults import KINDS, Fault, Where

S, I = b"\x0200S\x03", b"\x0200I\x03"  # noqa: E741 - the status letters of the pump


class Lab:
    def __init__(self) -> None:
        syringe, line = {"capacity_mL": 60, "bore_mm": 26.59}, {"to": "flask"}
        pump = {"driver": "new-era", "options": {"reset_alarm": False}, "syringe": syringe, "line": line}
        description = {
            "devices": [
                {**pump, "name": "a", "port": "A"},
                {**pump, "name": "b", "port": "B"},
                {"name": "plate", "driver": "ika-rct-digital", "port": "P"},
            ],
            "vessels": [
                {"name": "flask", "capacity_mL": 250, "hotplate": "plate", "condenser": True,
                 "contents": [{"name": "solvent", "solvent": "dcm", "volume_mL": 100}]}
            ],
        }  # fmt: skip
        self.loop = Loop(VirtualTime(datetime(2026, 1, 1, tzinfo=UTC)))
        self.bench = Bench(BenchDescription.from_dict(description), self.loop)

    def until(self, moment: float) -> None:
        def nap() -> Task[None]:
            while self.loop.now() < moment:
                yield Wait(Seconds(moment))

        self.loop.run(self.loop.spawn(nap()))

    def ask(self, port: str, command: bytes) -> bytes:
        line = self.bench.open(port)
        line.write(command)
        return line.read()

    def run(self, port: str = "A", rate: bytes = b"1.000MM", volume: bytes = b"30.00") -> None:
        for command in (b"0RAT" + rate, b"0VOL" + volume, b"0DIRINF"):
            assert self.ask(port, command + b"\r") == S
        assert self.ask(port, b"0RUN\r") == I

    def inject(self, target: str, kind: str, **more: Any) -> None:
        self.bench.inject({"target": target, "kind": kind, **more})

    def truth(self, device: str) -> dict[str, Any]:
        return dict(self.bench.truth()["devices"][device])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"target": "a", "kind": "stal"}, "did you mean 'stall'.*known are unplug"),
        ({"target": "a"}, "unknown kind None"),
        ({"kind": "stall"}, "expected the name of a device"),
        ({"target": "c", "kind": "stall"}, "no device 'c'.*a, b, plate"),
        ({"target": "plat", "kind": "frozen"}, "did you mean 'plate'"),
        ({"target": "plate", "kind": "stall"}, "strikes a pump"),
        ({"target": "a", "kind": "probe-out"}, "strikes a hotplate"),
        ({"target": "a", "kind": "stall", "dealy_s": 1}, "unknown key 'dealy_s'"),
        ({"target": "a", "kind": "late-reply", "dealy_s": 1}, "did you mean 'delay_s'"),
        ({"target": "a", "kind": "stall", "at": "2 mL"}, "'at'"),
        ({"target": "a", "kind": "stall", "at": "2h30"}, "'at'"),
        ({"target": "a", "kind": "stall", "at": -1}, "0 s or more"),
        ({"target": "a", "kind": "stall", "at": float("nan")}, "0 s or more"),
        ({"target": "a", "kind": "stall", "at": True}, "expected seconds"),
        ({"target": "a", "kind": "stall", "at": 1, "call": 2}, "not both"),
        ({"target": "a", "kind": "stall", "call": 0}, "whole number"),
        ({"target": "a", "kind": "power-cycle", "for": 5}, "no meaning"),
        ({"target": "a", "kind": "swap-ports"}, "'with' is missing"),
        ({"target": "a", "kind": "swap-ports", "with": "c"}, "no device 'c'"),
        ({"target": "plate", "kind": "probe-broken", "reply": "maybe"}, "none, last, plate"),
        ({"target": "a", "kind": "wrong-diameter", "bore_mm": 0}, "'bore_mm': got 0; expected a number from 0.1 to 50"),
        ({"target": "a", "kind": "slow", "factor": "NaN"}, "'factor'"),
        ({"target": "a", "kind": "slow", "factor": float("nan")}, "'factor'"),
        ({"target": "a", "kind": "leak", "fraction": 7}, "from 0 to 1"),
        ({"target": "a", "kind": "lost-reply", "count": -3}, "whole number from 1"),
        ({"target": "a", "kind": "lost-reply", "count": 1.5}, "whole number from 1"),
        ({"target": "a", "kind": "stall", "lasting": "no"}, "true or false"),
        ("stall", "expected an object"),
    ],
)
def test_a_bad_fault_is_refused_with_the_right_form(data: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Lab().bench.inject(data)


def test_one_bad_fault_in_a_list_stops_all() -> None:
    lab = Lab()
    with pytest.raises(InputError):
        faults.schedule(lab.bench, [{"target": "plate", "kind": "frozen"}, {"target": "a", "kind": "frozen"}])
    assert lab.truth("plate")["faults"] == []


def test_times_are_numbers_or_text() -> None:
    assert Fault.from_dict({"at": "2 h", "target": "a", "kind": "stall"}).at == 7200.0
    assert Fault.from_dict({"at": 90, "for": "1 min", "target": "a", "kind": "leak"}).duration == 60.0


def test_every_kind_has_a_meaning_and_strikes_something() -> None:
    settings = {"swap-ports": {"with": "b"}}
    for name, kind in KINDS.items():
        target = "plate" if kind.where is Where.HOTPLATE else "a"
        assert kind.meaning and "\n" not in kind.meaning
        Lab().inject(target, name, **settings.get(name, {}))
        if kind.heals:
            lab = Lab()
            lab.inject(target, name, **settings.get(name, {}), **{"for": 5})
            lab.until(10)
            assert lab.ask("P", b"IN_NAME\r\n") == b"RCT digital\r\n" and lab.ask("A", b"0\r")


def test_a_stall_at_its_time() -> None:
    lab = Lab()
    lab.inject("a", "stall", at="2 min")
    lab.run()
    lab.until(119.5)
    assert lab.ask("A", b"0\r") == I
    lab.until(121)
    assert lab.ask("A", b"0\r") == b"\x0200A?S\x03"
    assert lab.bench.truth()["vessels"]["flask"]["liquids_mL"]["a"] == pytest.approx(2.0)


def test_a_silent_stall_heals() -> None:
    lab = Lab()
    lab.inject("a", "silent-stall", at=60, **{"for": 60})
    lab.run()
    lab.until(119)
    assert lab.ask("A", b"0DIS\r") == b"\x0200II1.000W0.000ML\x03"
    lab.until(180)
    assert lab.ask("A", b"0DIS\r") == b"\x0200II2.000W0.000ML\x03"


def test_a_leak_moves_the_counter_and_not_the_truth() -> None:
    lab = Lab()
    lab.inject("a", "leak", at=60, fraction=0.5)
    lab.run()
    lab.until(120)
    assert lab.ask("A", b"0DIS\r") == b"\x0200II2.000W0.000ML\x03"
    assert lab.bench.truth()["vessels"]["flask"]["liquids_mL"]["a"] == pytest.approx(1.5)


def test_a_wrong_diameter_changes_what_the_counter_means() -> None:
    lab = Lab()
    lab.inject("a", "wrong-diameter", at=60, bore_mm=29.249)
    lab.run()
    lab.until(120)
    assert lab.ask("A", b"0DIS\r") == b"\x0200II2.000W0.000ML\x03"
    flask = lab.bench.truth()["vessels"]["flask"]
    assert flask["liquids_mL"]["a"] == pytest.approx(1.0 + (26.59 / 29.249) ** 2, rel=1e-3)


@pytest.mark.parametrize("call", [1, 3])
def test_a_lost_reply_at_its_call(call: int) -> None:
    lab = Lab()
    lab.inject("a", "lost-reply", call=call)
    assert [lab.ask("A", b"0\r") for _ in range(5)] == [b"" if k == call else S for k in range(1, 6)]


def test_several_calls_on_one_line_and_another_tap_before() -> None:
    lab = Lab()
    seen: list[str] = []
    lab.bench.port_of("a").tap = lambda direction, data: seen.append(direction)
    lab.inject("a", "lost-command", call=2)
    lab.inject("a", "doubled-reply", call=3)
    replies = [lab.ask("A", b"0\r") for _ in range(4)]
    assert replies == [S, b"", S + S, S]
    assert seen == [">", "<", ">", ">", "<", ">", "<"]


def test_a_call_that_is_past_is_refused() -> None:
    lab = Lab()
    lab.ask("A", b"0\r")
    with pytest.raises(InputError, match="past.*from 2 on"):
        lab.inject("a", "unplug", call=1)


def test_unplug_in_the_middle_of_a_command() -> None:
    lab = Lab()
    for command in (b"0RAT1.000MM\r", b"0VOL5.000\r", b"0DIRINF\r"):
        lab.ask("A", command)
    lab.inject("a", "unplug", call=4, **{"for": 30})
    line = lab.bench.open("A")
    line.write(b"0RUN\r")
    with pytest.raises(LinkLost):
        line.read()
    lab.until(60)
    assert lab.ask("A", b"0DIS\r") == b"\x0200II1.000W0.000ML\x03"


def test_replugged_under_another_name() -> None:
    lab = Lab()
    lab.inject("a", "unplug")
    lab.inject("a", "replug", port="A2")
    assert lab.ask("A2", b"0\r") == S
    with pytest.raises(LinkLost, match="no port 'A'"):
        lab.bench.open("A")
    with pytest.raises(InputError, match="already"):
        lab.inject("a", "replug", port="B")
    lab.inject("a", "swap-ports", **{"with": "b"})
    assert lab.ask("A2", b"0\r") == S


def test_lost_replies_for_a_while() -> None:
    lab = Lab()
    lab.inject("a", "lost-reply", at=10, **{"for": 10})
    lab.until(10)
    assert [lab.ask("A", b"0\r") for _ in range(3)] == [b""] * 3
    lab.until(21)
    assert lab.ask("A", b"0\r") == S


def test_power_cycle_and_power_off() -> None:
    lab = Lab()
    lab.run()
    lab.until(10)
    lab.inject("a", "power-cycle")
    assert lab.ask("A", b"0\r") == b"\x0200A?R\x03"
    lab.run()
    lab.inject("a", "power-off", **{"for": 20})
    assert lab.ask("A", b"0\r") == b""
    lab.until(31)
    assert lab.ask("A", b"0\r") == b"\x0200A?R\x03"


def test_swapped_cables_answer_as_the_other_device() -> None:
    lab = Lab()
    lab.inject("a", "swap-ports", at=10, **{"with": "plate", "for": 10})
    lab.until(15)
    assert lab.ask("A", b"IN_NAME\r\n") == b"RCT digital\r\n" and lab.ask("P", b"0\r") == S
    lab.until(21)
    assert lab.ask("P", b"IN_NAME\r\n") == b"RCT digital\r\n" and lab.ask("A", b"0\r") == S


def test_over_temperature_lifts_a_refluxing_flask() -> None:
    lab = Lab()
    for command in (b"OUT_SP_1 44", b"OUT_SP_4 300", b"START_1", b"START_4"):
        lab.ask("P", command + b"\r\n")
    lab.inject("plate", "over-temperature", at="20 min", rate_K_per_min=5)
    lab.until(1200)
    assert lab.bench.truth()["vessels"]["flask"]["temperature_degC"] == pytest.approx(39.8)
    lab.until(1500)
    assert lab.bench.truth()["vessels"]["flask"]["temperature_degC"] > 55


def test_a_lost_condenser_boils_the_flask_down() -> None:
    lab = Lab()
    for command in (b"OUT_SP_1 44", b"OUT_SP_4 300", b"START_1", b"START_4"):
        lab.ask("P", command + b"\r\n")
    lab.inject("plate", "condenser-lost", at="20 min", **{"for": "5 min"})
    lab.until(1200)
    assert lab.bench.truth()["vessels"]["flask"]["boiled_off_mL"] == 0
    lab.until(1600)
    gone = lab.bench.truth()["vessels"]["flask"]["boiled_off_mL"]
    assert gone > 5
    lab.until(3000)
    assert lab.bench.truth()["vessels"]["flask"]["boiled_off_mL"] == gone
