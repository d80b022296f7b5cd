"""What the drivers' dead-men do on the simulated devices when the mains fail in between."""

from contextlib import ExitStack
from typing import Any

from ruggli.app.benches import describe
from ruggli.app.connect import Lines
from ruggli.app.doors import simulated_ports
from ruggli.app.drivers import line_settings, make_driver
from ruggli.app.files import open_rig
from ruggli.quantities.base import Celsius, Rpm, Seconds
from ruggli.world.loop import Loop
from ruggli.world.ports import open_port
from ruggli.world.tasks import Task, Wait
from ruggli.world.time import VirtualTime, wall_now
from ruggli_simulator.bench import Bench


def test_a_feed_of_the_dead_man_covers_a_plate_that_lost_its_mains() -> None:
    with ExitStack() as stack:
        loop = Loop(VirtualTime(wall_now()))
        bench = Bench(describe(open_rig()), loop, 0)
        lines = Lines(loop, simulated_ports(bench, stack), open_port)
        stack.callback(lines.close)
        channel = lines.open("sim://plate", line_settings("ika-rct-digital", None))
        plate: Any = make_driver("ika-rct-digital", "plate", channel, "RCT digital", {})

        def drive(task: Task[Any]) -> None:
            job = loop.run(loop.spawn(task))
            assert job.error is None

        def wait(seconds: float) -> Task[None]:
            yield Wait(Seconds(loop.now() + seconds))

        drive(plate.set_temperature(Celsius(80.0)))
        drive(plate.arm_dead_man(Seconds(30.0), Celsius(45.0), Rpm(250.0)))
        drive(wait(10.0))
        bench.inject({"kind": "power-cycle", "target": "plate"})
        drive(wait(5.0))
        drive(plate.feed_dead_man())
        drive(wait(29.0))
        bench.advance()
        assert bench.truth()["devices"]["plate"]["set_temperature_degC"] == 80.0
        drive(wait(2.0))
        bench.advance()
        truth = bench.truth()["devices"]["plate"]
        assert (truth["set_temperature_degC"], truth["set_speed_rpm"], truth["display"]) == (45.0, 250.0, "WD")
