"""The half-duplex conversation of one owner over one line."""

from collections.abc import Callable

from ruggli.errors import BadReply
from ruggli.quantities.base import Seconds
from ruggli.world.clock import Clock
from ruggli.world.line import Line
from ruggli.world.tasks import Task, Wait

BUFFER_LIMIT = 4096
"""More unread bytes than this is no conversation any more: the device babbles."""


class Channel:
    """What a driver talks through. One owner, one exchange at a time.

    Attributes:
        port: the port as the rig file names it, for errors.
        buffer: bytes that have arrived and were not consumed yet; a driver's codec removes whole frames from it.
        exchanges: number of requests that were sent.
        now: the loop's clock.
    """

    __slots__ = ("port", "buffer", "exchanges", "now", "_line")

    def __init__(self, line: Line, clock: Clock) -> None:
        self.port = line.port
        self.buffer = bytearray()
        self.exchanges = 0
        self.now: Callable[[], Seconds] = clock.now
        self._line = line

    def attach(self, line: Line) -> None:
        """Talk over another line from now on (the port was opened again); bytes of the old one are void."""
        self._line = line
        del self.buffer[:]

    def send(self, data: bytes) -> None:
        """Write one request. Raises `LinkLost`."""
        self.exchanges += 1
        self._line.write(data)

    def fill(self) -> bool:
        """Move what has arrived into `buffer`, without waiting; False when nothing has.

        Raises:
            LinkLost: the port is gone.
            BadReply: the device babbles.
        """
        data = self._line.read()
        if not data:
            return False
        self.keep(data)
        return True

    def call(self, request: bytes) -> bytes:
        """Write one request and return what arrives in the same instant, b"" where the reply takes its time.

        What is returned is not in `buffer`: the caller has to `keep` what is no whole reply. Raises `LinkLost`.
        """
        self.exchanges += 1
        line = self._line
        line.write(request)
        return line.read()

    def keep(self, data: bytes) -> None:
        """Put bytes behind those in `buffer`. Raises `BadReply` when the device babbles."""
        self.buffer += data
        if len(self.buffer) > BUFFER_LIMIT:
            del self.buffer[:]
            raise BadReply(f"more than {BUFFER_LIMIT} bytes without a complete reply", port=self.port)

    def wait(self, until: Seconds) -> Task[bool]:
        """Wait for bytes and move them into `buffer`; False when `until` came first. Raises as `fill`."""
        while not self.fill():
            if self.now() >= until:
                return False
            yield Wait(until, self._line)
        return True

    def pause(self, seconds: Seconds) -> Task[None]:
        """Let `seconds` pass (a device's minimum gap between commands)."""
        until = Seconds(self.now() + seconds)
        while self.now() < until:
            yield Wait(until)
