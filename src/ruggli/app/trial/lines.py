"""Lines whose calls are counted, and channels whose driver can be made to fail."""

from collections.abc import Callable
from typing import Any

from ruggli.app.connect import Lines, Place
from ruggli.app.trial.calls import Calls
from ruggli.quantities.base import Seconds
from ruggli.world.channel import Channel
from ruggli.world.loop import Loop
from ruggli.world.ports import LineSettings, PyserialLine, open_port
from ruggli.world.tasks import Task, Wait

NEVER = Seconds(1e12)


class SpoilableChannel(Channel):
    """A channel that makes the driver that uses it fail.

    Attributes:
        spoilt: "" for none, `raises` or `hangs`.
    """

    __slots__ = ("spoilt",)

    def __init__(self, line: PyserialLine, loop: Loop) -> None:
        super().__init__(line, loop)
        self.spoilt = ""

    def call(self, request: bytes) -> bytes:
        """See `Channel`."""
        if self.spoilt == "raises":
            raise ZeroDivisionError("an error in the driver")
        return super().call(request) if not self.spoilt else b""

    def send(self, data: bytes) -> None:
        """See `Channel`."""
        if self.spoilt == "raises":
            raise ZeroDivisionError("an error in the driver")
        super().send(data)

    def wait(self, until: Seconds) -> Task[bool]:
        """See `Channel`."""
        while self.spoilt == "hangs":
            yield Wait(NEVER)
        return (yield from super().wait(until))


class CountedLine(PyserialLine):
    """A line that counts its calls."""

    def __init__(self, port: str, device: Any, calls: Calls) -> None:
        super().__init__(port, device)
        self._calls = calls

    def write(self, data: bytes) -> None:
        """See `Line`."""
        self._calls.moment("write")
        super().write(data)
        self._calls.moment("write")

    def read(self) -> bytes:
        """See `Line`."""
        self._calls.moment("read")
        data = super().read()
        self._calls.moment("read")
        return data


class TrialLines(Lines):
    """The lines of a session of a trial.

    Args:
        loop: the session's loop.
        place: where ports are.
        calls: what counts the calls, or None.
    """

    def __init__(self, loop: Loop, place: Place, calls: Calls | None) -> None:
        super().__init__(loop, place, open_port if calls is None else _counted(calls))
        self._made = loop

    def channel_on(self, line: PyserialLine) -> Channel:
        """See `Lines`."""
        return SpoilableChannel(line, self._made)


def _counted(calls: Calls) -> Callable[[str, LineSettings], PyserialLine]:
    def open_line(port: str, settings: LineSettings) -> PyserialLine:
        line = open_port(port, settings)
        return CountedLine(line.port, line.device, calls)

    return open_line
