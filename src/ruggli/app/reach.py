"""Reaching the devices of stop orders: a line for each port, and a driver on it, without a plan or a rig."""

from collections.abc import Callable, Mapping

from ruggli.app.connect import OpenLine, Place
from ruggli.app.drivers import line_settings, make_driver
from ruggli.engine.guardian import StopOrder
from ruggli.engine.station import Device
from ruggli.world.channel import Channel
from ruggli.world.loop import Loop
from ruggli.world.ports import LineSettings, PyserialLine
from ruggli.world.tasks import Task

Opening = Callable[[str, LineSettings], Task[PyserialLine]]
"""Opens the port of a rig; raises `LinkLost`."""


def opening_at_once(place: Place, open_line: OpenLine) -> Opening:
    """An opening that does not wait: of simulated ports."""

    def opening(port: str, settings: LineSettings) -> Task[PyserialLine]:
        return open_line(place(port), settings)
        yield  # a task like the one that waits

    return opening


class OrderReach:
    """Implements `ruggli.engine.last_stop.Reach`.

    Args:
        loop: where the lines are attached.
        opening: opens a port.
        bauds: baud rates by device, where the rig gives another than the factory's.
    """

    def __init__(self, loop: Loop, opening: Opening, bauds: Mapping[str, int]) -> None:
        self._loop = loop
        self._opening = opening
        self._bauds = bauds
        self._lines: dict[str, PyserialLine] = {}
        self._channels: dict[str, Channel] = {}

    def __call__(self, order: StopOrder, again: bool) -> Task[Device]:
        """The driver of an order's device; opens the port anew where `again` says so. Raises `RuggliError`."""
        if again:
            self._shut(order.port)
        if order.port not in self._lines:
            settings = line_settings(order.driver, self._bauds.get(order.device))
            line = yield from self._opening(order.port, settings)
            line.port = order.port
            self._loop.attach(line)
            self._lines[order.port] = line
            self._channels[order.port] = Channel(line, self._loop)
        return make_driver(order.driver, order.device, self._channels[order.port], order.model, order.options)

    def close(self) -> None:
        """Close all ports."""
        for port in tuple(self._lines):
            self._shut(port)

    def _shut(self, port: str) -> None:
        line = self._lines.pop(port, None)
        if line is not None:
            self._loop.detach(line)
            line.close()
