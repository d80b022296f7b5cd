"""`sim://BENCH/PORT` for pyserial: a port of a bench in this process.

pyserial hands a URL handler nothing but the URL, so a table from the bench's id to the bench must live in a module:
`register` puts a bench in, `release` takes it out.
"""

from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import unquote, urlsplit

from serial import PortNotOpenError, SerialBase, SerialException

from ruggli.errors import LinkLost
from ruggli_simulator.bench import Bench
from ruggli_simulator.port import SimulatedPort

_benches: dict[str, Bench] = {}


def register(bench: Bench) -> str:
    """Make the ports of `bench` reachable; returns its id for URLs.

    The lowest that is free: messages name it, and a run that is repeated must say the same words.
    """
    name = next(name for name in (f"bench{number}" for number in count(1)) if name not in _benches)
    _benches[name] = bench
    return name


def release(name: str) -> None:
    """Forget a bench. Ports that are open stay open."""
    _benches.pop(name, None)


class Serial(SerialBase):
    """A serial port on a bench, as pyserial users know it.

    Never blocks: simulated devices answer in the same call, or when the bench's clock moves on, which no wait in here
    could bring about. So a read returns what is there, and the timeout does not matter.
    """

    def open(self) -> None:
        """Open the port of the URL. Raises `SerialException`."""
        parts = urlsplit(self.portstr or "")
        bench = _benches.get(parts.netloc)
        if parts.scheme != "sim" or bench is None:
            raise SerialException(f"no bench behind {self.portstr!r}; expected sim://BENCH/PORT of a registered bench")
        try:
            line = bench.open(unquote(parts.path.lstrip("/")))
        except LinkLost as lost:
            raise SerialException(str(lost)) from lost
        self._line: SimulatedPort | None = line
        self._rest = b""
        self._read_line = line.read
        self._write_line = line.write
        self.is_open = True

    def close(self) -> None:
        """Close the port."""
        if self.is_open:
            self.is_open = False
            if self._line is not None:
                self._line.close()

    def read(self, size: int = 1, /) -> bytes:
        """Up to `size` bytes of what has arrived. Raises `SerialException` when the port is gone."""
        if not self.is_open:
            raise PortNotOpenError()
        try:
            data = self._read_line()
        except LinkLost as lost:
            raise SerialException(str(lost)) from lost
        if self._rest:
            data = self._rest + data
        elif len(data) <= size:
            return data
        self._rest = data[size:]
        return data[:size]

    def write(self, data: Any, /) -> int:
        """Hand bytes to the devices. Raises `SerialException` when the port is gone."""
        if not self.is_open:
            raise PortNotOpenError()
        try:
            self._write_line(data if type(data) is bytes else bytes(data))
        except LinkLost as lost:
            raise SerialException(str(lost)) from lost
        return len(data)

    @property
    def in_waiting(self) -> int:
        """Number of bytes that can be read now."""
        if not self.is_open:
            raise PortNotOpenError()
        self._rest += self._arrived()
        return len(self._rest)

    def on_bytes(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever bytes arrive."""
        if self._line is not None:
            self._line.on_bytes(call)

    def flush(self) -> None:
        """Nothing waits to be sent."""

    def reset_input_buffer(self) -> None:
        """Throw away what has arrived."""
        self._arrived()
        self._rest = b""

    def reset_output_buffer(self) -> None:
        """Nothing waits to be sent."""

    def _arrived(self) -> bytes:
        try:
            return self._read_line()
        except LinkLost as lost:
            raise SerialException(str(lost)) from lost

    def _reconfigure_port(self, force_update: bool = False) -> None:
        """Line settings do not matter in process."""

    _update_dtr_state = _update_rts_state = _update_break_state = _reconfigure_port


def serial_class_for_url(url: str) -> tuple[str, type[Serial]]:
    """What pyserial asks a handler package for."""
    return url, Serial
