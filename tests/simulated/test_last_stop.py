"""The guardian's stopping on a virtual clock: the real drivers, the simulated bench, and the truth on it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from ruggli.app.benches import describe
from ruggli.app.connect import Lines, simulated_place
from ruggli.app.doors import simulated_ports
from ruggli.app.drivers import line_settings, make_driver
from ruggli.app.files import open_rig
from ruggli.app.reach import OrderReach, opening_at_once
from ruggli.engine.guardian import StopOrder
from ruggli.engine.last_stop import StopRecord, stop_all
from ruggli.quantities.base import Celsius, Seconds
from ruggli.world.loop import Loop
from ruggli.world.ports import open_port, use_url_handlers
from ruggli.world.tasks import Task, Wait
from ruggli.world.time import VirtualTime, wall_now
from ruggli_simulator.bench import Bench
from ruggli_simulator.faults import schedule
from ruggli_simulator.urls.protocol_sim import register, release

PUMPS = ("pump_a", "pump_b")
DRIVERS = {
    "pump_a": ("new-era", "NE-1000"),
    "pump_b": ("new-era", "NE-1000"),
    "plate": ("ika-rct-digital", "RCT digital"),
}


@dataclass
class Scene:
    """Two pumps that infuse, a plate that heats; the controller is gone."""

    loop: Loop
    bench: Bench
    name: str

    def drive(self, task: Task[Any]) -> Any:
        job = self.loop.run(self.loop.spawn(task))
        if job.error is not None:
            raise job.error
        return job.value

    def wait(self, seconds: float) -> None:
        def waiting() -> Task[None]:
            yield Wait(Seconds(self.loop.now() + seconds))

        self.drive(waiting())

    def begin(self, *, heat: float = 60.0, dead_man: float = 10.0) -> None:
        lines = Lines(self.loop, simulated_place(self.name), open_port)
        for name, (driver, model) in DRIVERS.items():
            channel = lines.open(f"sim://{name}", line_settings(driver, None))
            device: Any = make_driver(driver, name, channel, model, {})
            self.drive(device.connect() if name == "plate" else device.acknowledge())
            if name == "plate":
                self.drive(device.set_temperature(Celsius(heat)))
                self.drive(device.heat_on())
            else:
                if dead_man:
                    self.drive(device.arm_dead_man(Seconds(dead_man)))
                self.drive(device.arm(0.01, 5.0))
                self.drive(device.start())
        lines.close()

    def stop(
        self, *, keep_heat: bool = False, armed: bool = True, patience: float = 30.0
    ) -> dict[tuple[str, str], StopRecord]:
        orders = tuple(
            StopOrder(name, driver, model, f"sim://{name}", {}, Celsius(20.0) if name == "plate" else None,
                      keep_heat and name == "plate", armed)
            for name, (driver, model) in DRIVERS.items()
        )  # fmt: skip
        reach = OrderReach(self.loop, opening_at_once(simulated_place(self.name), open_port), {})
        told: list[StopRecord] = []
        task = stop_all(self.loop, orders, reach, told.append, Seconds(patience))
        records = self.drive(task)
        reach.close()
        assert list(records) == told
        return {(record.device, record.what): record for record in told}

    def truth(self) -> Mapping[str, Any]:
        self.bench.advance()
        devices: Mapping[str, Any] = self.bench.truth()["devices"]
        return devices


@pytest.fixture
def scene() -> Iterator[Scene]:
    use_url_handlers("ruggli_simulator.urls")
    loop = Loop(VirtualTime(wall_now()))
    bench = Bench(describe(open_rig()), loop, 1)
    name = register(bench)
    yield Scene(loop, bench, name)
    release(name)
    loop.close()


def test_everything_is_stopped_and_proved(scene: Scene) -> None:
    scene.begin()
    scene.wait(5.0)
    assert all(scene.truth()[name]["motor_mm_per_s"] > 0 for name in PUMPS)
    began = scene.loop.now()
    records = scene.stop()
    truth = scene.truth()
    for name in PUMPS:
        record = records[name, "flow stopped"]
        assert truth[name]["motor_mm_per_s"] == 0
        assert record.at - began <= 3.0
        assert "stopped" in record.proof and not record.error
        assert record.counter == pytest.approx(truth[name]["counter_infused_mL"])
        assert record.counter is not None and 0 < record.counter < 5.0
    assert not truth["plate"]["heater"]
    assert truth["plate"]["set_temperature_degC"] == 20.0
    assert records["plate", "heat off"].at - began <= 3.0


@pytest.mark.parametrize("set_by_controller", [True, False])
@pytest.mark.parametrize("told", [True, False])
def test_the_framing_of_a_pump_is_found_whatever_is_told(scene: Scene, set_by_controller: bool, told: bool) -> None:
    """A crash may fall between the order to set a dead-man and its setting."""
    scene.begin(dead_man=10.0 if set_by_controller else 0.0)
    began = scene.loop.now()
    records = scene.stop(armed=told)
    for name in PUMPS:
        assert records[name, "flow stopped"].at - began <= (0.2 if told else 2.0)
        assert scene.truth()[name]["motor_mm_per_s"] == 0


def test_a_hot_plate_is_seen_to_fall(scene: Scene) -> None:
    scene.begin(heat=110.0)
    scene.wait(900.0)
    assert scene.truth()["plate"]["plate_temperature_degC"] > 90
    record = scene.stop()["plate", "plate falls"]
    assert "->" in record.proof and not record.error


def test_a_heater_that_sticks_on_is_not_called_off(scene: Scene) -> None:
    scene.begin(heat=110.0)
    scene.wait(900.0)
    scene.bench.inject({"kind": "heater-stuck", "target": "plate"})
    records = scene.stop()
    assert records["plate", "heat off"].proof
    assert "no fall" in records["plate", "plate falls"].error


def test_a_class_that_keeps_its_heat_keeps_it(scene: Scene) -> None:
    scene.begin()
    records = scene.stop(keep_heat=True)
    assert [what for device, what in records if device == "plate"] == ["heat kept"]
    assert "60.0 degC" in records["plate", "heat kept"].proof
    assert scene.truth()["plate"]["heater"]
    assert all(scene.truth()[name]["motor_mm_per_s"] == 0 for name in PUMPS)


def test_a_line_that_is_gone_does_not_delay_the_others(scene: Scene) -> None:
    scene.begin()
    scene.bench.inject({"kind": "unplug", "target": "pump_a"})
    began = scene.loop.now()
    records = scene.stop()
    assert "gone" in records["pump_a", "flow stopped"].error or "open" in records["pump_a", "flow stopped"].error
    assert records["pump_a", "flow stopped"].at - began >= 29.0
    assert records["pump_b", "flow stopped"].at - began <= 3.0
    truth = scene.truth()
    assert truth["pump_b"]["motor_mm_per_s"] == 0
    assert truth["pump_a"]["motor_mm_per_s"] == 0, "its own dead-man"


def test_a_line_that_comes_back_is_stopped_then(scene: Scene) -> None:
    scene.begin(dead_man=200.0)
    scene.bench.inject({"kind": "unplug", "target": "pump_a", "for": 12})
    began = scene.loop.now()
    record = scene.stop()["pump_a", "flow stopped"]
    assert 12.0 <= record.at - began <= 15.0 and record.proof
    assert scene.truth()["pump_a"]["motor_mm_per_s"] == 0


def test_a_line_that_goes_in_the_middle_and_comes_back_is_opened_again(scene: Scene) -> None:
    scene.begin(dead_man=200.0)
    now = scene.loop.now() - scene.bench.started
    scene.bench.inject({"kind": "lost-reply", "target": "pump_a", "count": 3})
    schedule(scene.bench, [{"kind": "unplug", "target": "pump_a", "at": now + 0.7, "for": 5}])
    began = scene.loop.now()
    record = scene.stop()["pump_a", "flow stopped"]
    assert record.proof and 5.0 <= record.at - began <= 9.0
    assert scene.truth()["pump_a"]["motor_mm_per_s"] == 0


@pytest.mark.parametrize("kind", ["lost-reply", "garbled-reply", "lost-command", "cut-reply"])
def test_lost_and_broken_replies_do_not_keep_it_from_stopping(scene: Scene, kind: str) -> None:
    scene.begin(dead_man=200.0)
    scene.bench.inject({"kind": kind, "target": "pump_a", "count": 3})
    began = scene.loop.now()
    record = scene.stop()["pump_a", "flow stopped"]
    assert record.proof and record.at - began <= 10.0
    assert scene.truth()["pump_a"]["motor_mm_per_s"] == 0


def test_a_stalled_pump_is_stopped_with_its_alarm_told(scene: Scene) -> None:
    scene.begin()
    scene.bench.inject({"kind": "stall", "target": "pump_a"})
    record = scene.stop()["pump_a", "flow stopped"]
    assert "stall" in record.proof
    assert record.counter is not None


def test_a_plate_without_power_is_told_as_not_proved(scene: Scene) -> None:
    scene.begin()
    scene.bench.inject({"kind": "power-off", "target": "plate"})
    records = scene.stop()
    assert "no reply" in records["plate", "heat off"].error
    assert all(records[name, "flow stopped"].proof for name in PUMPS)


def test_pumps_of_all_drivers() -> None:
    """A Harvard pump is stopped in the same way, which has no dead-man."""
    with ExitStack() as stack:
        loop = Loop(VirtualTime(wall_now()))
        bench = Bench(describe(open_rig("bench-harvard")), loop, 1)
        place = simulated_ports(bench, stack)
        lines = Lines(loop, place, open_port)
        scene = Scene(loop, bench, "")
        channel = lines.open("sim://pump_b", line_settings("harvard-pump-11-elite", None))
        pump: Any = make_driver("harvard-pump-11-elite", "pump_b", channel, "11 Elite", {})
        scene.drive(pump.connect())
        scene.drive(pump.arm(0.01, 5.0))
        scene.drive(pump.start())
        lines.close()
        scene.wait(5.0)
        assert scene.truth()["pump_b"]["motor_mm_per_s"] > 0
        reach = OrderReach(loop, opening_at_once(place, open_port), {})
        order = StopOrder("pump_b", "harvard-pump-11-elite", "11 Elite", "sim://pump_b", {})
        records = scene.drive(stop_all(loop, (order,), reach, lambda record: None))
        assert [(record.what, record.error) for record in records] == [("flow stopped", "")]
        assert scene.truth()["pump_b"]["motor_mm_per_s"] == 0
        assert records[0].counter == pytest.approx(0.05, abs=0.01)
        reach.close()
