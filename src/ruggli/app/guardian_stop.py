"""The second half of the guardian's process: the ports are opened, everything is stopped, and a record is kept."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack

from ruggli.app.connect import real_place
from ruggli.app.guardian_diary import Diary
from ruggli.app.mastery import become_master
from ruggli.app.reach import OrderReach
from ruggli.engine.guardian import StopOrder
from ruggli.engine.last_stop import PATIENCE, stop_all
from ruggli.errors import InputError, PortsTaken
from ruggli.quantities.base import Seconds
from ruggli.world.loop import Loop
from ruggli.world.ports import LineSettings, PyserialLine, open_beside
from ruggli.world.tasks import Task
from ruggli.world.time import RealTime, boot_seconds, wait_really

LOCK_LOOK = 0.1
"""Seconds between two tries to become master: a controller that has just died may hold its locks for a moment."""
OPENING = Seconds(5.0)
"""Longest wait for one port to open."""


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
        if not _is_master({order.port for order in orders}, diary, stack):
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


def _is_master(ports: Iterable[str], diary: Diary, stack: ExitStack) -> bool:
    """Become the one master of the ports; False where another process stays it, which then answers for the bench.

    Locks that cannot be used at all keep nothing from being stopped.
    """
    wanted, until = sorted(ports), boot_seconds() + PATIENCE
    while True:
        try:
            become_master(wanted, stack, "the guardian of a run that died")
            return True
        except PortsTaken as error:
            if boot_seconds() >= until:
                told = {"device": "controller", "what": "left alone", "proof": "", "counter_mL": None}
                diary.write({**told, "error": str(error)})
                return False
        except InputError as error:
            diary.note("without lock", str(error))
            return True
        wait_really(LOCK_LOOK)
