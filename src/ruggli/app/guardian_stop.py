"""The second half of the guardian's process: the ports are opened, everything is stopped, and a record is kept."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from ruggli.app.connect import real_place
from ruggli.app.guardian_diary import Diary
from ruggli.app.mastery import become_master
from ruggli.app.reach import OrderReach
from ruggli.engine.guardian import StopOrder
from ruggli.engine.last_stop import stop_all
from ruggli.errors import PortsTaken
from ruggli.quantities.base import Seconds
from ruggli.world.loop import Loop
from ruggli.world.ports import LineSettings, PyserialLine, open_beside
from ruggli.world.tasks import Task
from ruggli.world.time import RealTime, boot_seconds, wait_really

OPENING = Seconds(5.0)
"""Longest wait for one port to open."""


TAKE_OVER = 1.0
"""Seconds within which the system has lifted the locks of a process that died."""


def _take_over(orders: Sequence[StopOrder], stack: ExitStack) -> None:
    """Become master of the ports of a controller that is no more. Raises `PortsTaken`: somebody else was faster."""
    until = boot_seconds() + TAKE_OVER
    while True:
        try:
            become_master((order.port for order in orders), stack, "the guardian of a run that died")
            return
        except PortsTaken:
            if boot_seconds() >= until:
                raise
            wait_really(Seconds(0.05))


def stop_everything(orders: Sequence[StopOrder], bauds: Mapping[str, int], diary: Diary) -> int:
    """Stop every device on its real port and keep a record of it.

    Args:
        orders: what to stop.
        bauds: baud rates by device, where the rig gives another than the factory's.
        diary: takes the records.

    Returns:
        0 when every stop is proved, else 1.
    """
    with ExitStack() as stack:
        try:
            _take_over(orders, stack)
        except PortsTaken as taken:
            diary.write({"device": "controller", "what": "left alone", "error": str(taken)})
            return 1
        loop = Loop(RealTime())
        stack.callback(loop.close)

        def opening(port: str, settings: LineSettings) -> Task[PyserialLine]:
            return (yield from open_beside(loop.now, real_place(port), settings, OPENING))

        reach = OrderReach(loop, opening, bauds)
        stack.callback(reach.close)
        told = stop_all(loop, tuple(orders), reach, lambda entry: diary.write(entry.as_json()))
        records = loop.run(loop.spawn(told)).value or ()
    return 0 if all(not entry.error for entry in records) else 1
