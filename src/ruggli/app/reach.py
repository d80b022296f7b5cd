"""Reaching the devices of stop orders: a line for each port, and a driver on it, without a plan or a rig."""

from collections.abc import Mapping

from ruggli.app.connect import Lines
from ruggli.app.drivers import line_settings, make_driver
from ruggli.engine.guardian import StopOrder
from ruggli.engine.station import Device
from ruggli.world.tasks import Task


class OrderReach:
    """Implements `ruggli.engine.last_stop.Reach` over a `Lines`.

    Args:
        lines: opens the ports.
        bauds: baud rates by device, where the rig gives another than the factory's.
    """

    def __init__(self, lines: Lines, bauds: Mapping[str, int]) -> None:
        self._lines = lines
        self._bauds = bauds

    def __call__(self, order: StopOrder, again: bool) -> Task[Device]:
        """The driver of an order's device; opens the port anew where `again` says so. Raises `RuggliError`."""
        if again and order.port in self._lines.channels:
            self._lines.reopen(order.port)
        channel = self._lines.open(order.port, line_settings(order.driver, self._bauds.get(order.device)))
        return make_driver(order.driver, order.device, channel, order.model, order.options)
        yield  # a task like all others, for an opening that takes its time
