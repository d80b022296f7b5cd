"""One station for each line: the only one that talks to its devices. A stop overtakes everything that waits."""

from collections import deque
from collections.abc import Callable
from typing import Any

from ruggli.devices.hotplate import Hotplate, HotplateReading
from ruggli.devices.pump import Pump, PumpReading
from ruggli.engine.orders import Order, Outcome
from ruggli.errors import BadReply, NoReply, RuggliError
from ruggli.quantities.base import Seconds
from ruggli.world.loop import Job, Loop
from ruggli.world.tasks import Task, Wait

ORDER_SECONDS = 8.0
"""No order takes longer; a driver that hangs counts as a silent device."""

Device = Pump | Hotplate
Reading = PumpReading | HotplateReading


class Station:
    """Talks to the devices of one line, one order at a time.

    Args:
        loop: where jobs run.
        port: the port, for people.
        devices: devices on this line, by name.
        read: called with every reading, and when its first question was put: nothing in it is older.
        ended: called with the end of every order.
        failed: called with a device and why a poll failed.
        woke: called when the station comes to rest.

    Attributes:
        port: as above.
        devices: as above.
        busy: whether something is under way or waits.
        overdue: polls in a row that were skipped because the station was busy.
    """

    def __init__(
        self,
        loop: Loop,
        port: str,
        devices: dict[str, Device],
        read: Callable[[str, Reading, Seconds], None],
        ended: Callable[[Outcome], None],
        failed: Callable[[str, RuggliError], None],
        woke: Callable[[], None],
    ) -> None:
        self.port = port
        self.devices = devices
        self._devices = tuple(devices.items())
        self._loop = loop
        self._read = read
        self._ended = ended
        self._failed = failed
        self._woke = woke
        self._orders: deque[Order] = deque()
        self._job: Job[Any] | None = None
        self._order: Order | None = None
        self._asked = ""
        self.busy = False
        self.overdue = 0

    def submit(self, order: Order) -> None:
        """Queue an order."""
        self._orders.append(order)
        self._next()

    def overtake(self, orders: list[Order]) -> None:
        """Drop what waits, break off what is under way, and carry these out now."""
        for order in self._orders:
            self._ended(Outcome(order, None, NoReply("overtaken by a stop", device=order.device, port=self.port)))
        self._orders.clear()
        if self._job is not None:
            self._job.cancel("overtaken by a stop")
        self._orders.extend(orders)
        self._next()

    def poll(self) -> None:
        """Read every device once, unless the station is still busy (late polls are skipped, never caught up)."""
        if self.busy:
            self.overdue += 1
            return
        self.overdue = 0
        self._begin(self._poll(), None)

    def _poll(self) -> Task[None]:
        for name, device in self._devices:
            self._asked, asked_at = name, self._loop.now()
            try:
                reading = yield from device.poll()
            except RuggliError as error:
                self._failed(name, error)
            except Exception as error:
                self._failed(name, self._bug(name, error))
            else:
                self._read(name, reading, asked_at)

    def _next(self) -> None:
        while self._job is None and self._orders:
            order = self._orders.popleft()
            self._begin(self._carry_out(order), order)

    def _carry_out(self, order: Order) -> Task[Any]:
        try:
            return (yield from getattr(self.devices[order.device], order.verb.value)(*order.args))
        except RuggliError:
            raise
        except Exception as error:
            raise self._bug(order.device, error) from error

    def _bug(self, device: str, error: Exception) -> BadReply:
        """A driver's own bug counts as a device that is not understood: its partners stop like with any other."""
        return BadReply(f"the driver failed with {type(error).__name__}: {error}", device=device, port=self.port)

    def _begin(self, task: Task[Any], order: Order | None) -> None:
        """Run a task at once as far as it goes without waiting; only one that waits becomes a job."""
        value, error = None, None
        try:
            wait = next(task)
        except StopIteration as end:
            value = end.value
        except RuggliError as trouble:
            error = trouble
        else:
            self._wait(task, wait, order)
            return
        if order is not None:
            self._ended(Outcome(order, value, error))

    def _wait(self, task: Task[Any], wait: Wait, order: Order | None) -> None:
        job: Job[Any] = Job(self._loop, task)
        job.on_done = self._finish
        self._job, self._order, self.busy = job, order, True
        job.park(wait)
        limit = Seconds(self._loop.now() + ORDER_SECONDS)
        self._loop.call_at(limit, lambda: job.cancel(f"no end within {ORDER_SECONDS:.0f} s"))

    def _finish(self) -> None:
        job, order = self._job, self._order
        assert job is not None
        self._job = self._order = None
        if order is not None:
            self._ended(Outcome(order, job.value, job.error))
        elif job.error is not None:
            self._failed(self._asked, job.error)
        self._next()
        if self._job is None:
            self.busy = False
            self._woke()
