"""Instruments that stand here: environment variables name them; a test without its instrument is skipped."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_mock import MockerFixture

from ruggli.app.connect import Lines, real_place
from ruggli.app.drivers import cards, line_settings, make_driver
from ruggli.world.loop import Loop
from ruggli.world.ports import PyserialLine, open_port
from ruggli.world.tasks import Task
from ruggli.world.time import RealTime

VARIABLES = {
    "new-era": "RUGGLI_HARDWARE_NEW_ERA",
    "harvard-pump-11-elite": "RUGGLI_HARDWARE_HARVARD",
    "ika-rct-digital": "RUGGLI_HARDWARE_IKA",
}


class Instrument:
    """One device behind its own driver, asked over a port that is open for one test.

    Attributes:
        driver: the driver.
        sent: everything that was written to the port.
    """

    def __init__(self, name: str, variable: str, port: str, spy: Any) -> None:
        model = os.environ.get(f"{variable}_MODEL") or next(iter(cards()[name].capabilities))
        address, baud = os.environ.get(f"{variable}_ADDRESS"), os.environ.get(f"{variable}_BAUD")
        self._spy = spy
        self._loop = Loop(RealTime())
        self._lines = Lines(self._loop, real_place, open_port)
        try:
            channel = self._lines.open(port, line_settings(name, int(baud) if baud else None))
            options = {"address": int(address)} if address else {}
            self.driver: Any = make_driver(name, "instrument", channel, model, options)
        except BaseException:
            self.close()
            raise

    @property
    def sent(self) -> list[bytes]:
        return [call.args[1] for call in self._spy.call_args_list]

    def ask(self, task: Task[Any]) -> Any:
        """What a task of the driver comes to."""
        job = self._loop.run(self._loop.spawn(task))
        if job.error is not None:
            raise job.error
        return job.value

    def close(self) -> None:
        self._lines.close()
        self._loop.close()


@pytest.fixture
def instrument(mocker: MockerFixture) -> Iterator[Callable[[str], Instrument]]:
    """Opens the instrument of a driver; skips where none is named."""
    opened: list[Instrument] = []

    def open_instrument(name: str) -> Instrument:
        variable = VARIABLES[name]
        port = os.environ.get(variable)
        if not port:
            pytest.skip(f"needs an instrument: set {variable} to its port (tests/hardware/README.md)")
        opened.append(Instrument(name, variable, port, mocker.spy(PyserialLine, "write")))
        return opened[-1]

    yield open_instrument
    for one in opened:
        one.close()
