"""Opening lines through pyserial: real ports, network URLs and simulated ports, behind one interface."""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import serial
from serial.tools import list_ports

from ruggli.errors import LinkLost
from ruggli.quantities.base import Seconds
from ruggli.world.tasks import Task, Wait

WRITE_TIMEOUT = 0.5
"""Seconds; pyserial's default waits for ever (reliability rule 7)."""

PORT_ERRORS: tuple[type[BaseException], ...] = (OSError, TypeError, ValueError)
"""pyserial raises `SerialException` (an OSError), plain OSError, and TypeError when a port vanishes."""
if sys.platform != "win32":
    import termios

    PORT_ERRORS = (*PORT_ERRORS, termios.error)

MOST_AT_ONCE = 4096
"""Bytes that one read takes."""

NETWORK = ("socket://", "rfc2217://")
OPENING_SECONDS = 3.0
OPENING_LOOK = 0.01
"""Seconds between two looks at a port that is being opened."""

NO_DESCRIPTOR: tuple[type[BaseException], ...] = (AttributeError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Serial settings; meaningless over a network or in process, where they are ignored."""

    baud: int = 9600
    data_bits: int = 8
    parity: str = "N"
    stop_bits: int = 1


class PyserialLine:
    """A line over anything pyserial opens. Reads never block; one adapter turns every failure into `LinkLost`.

    Attributes:
        port: the port as the rig file names it.
        device: what pyserial opened.
    """

    def __init__(self, port: str, device: Any) -> None:
        self.port = port
        self.device = device
        self._read = device.read
        self._write = device.write
        self._descriptor = _descriptor_of(device)
        self._thread: threading.Thread | None = None
        self._arrived = bytearray()
        self._lock = threading.Lock()
        self._failed: BaseException | None = None
        self._tells = False
        self._news = True

    def write(self, data: bytes) -> None:
        """Hand bytes to the port."""
        try:
            self._write(data)
        except PORT_ERRORS as error:
            raise LinkLost(f"the port is gone: {error}", port=self.port) from error

    def read(self) -> bytes:
        """What has arrived, without waiting. Where the port tells of arrivals, nothing is looked for without news."""
        if not self._news:
            return b""
        if self._thread is None:
            try:
                data = bytes(self._read(MOST_AT_ONCE))
            except PORT_ERRORS as error:
                raise LinkLost(f"the port is gone: {error}", port=self.port) from error
            self._news = not self._tells or len(data) == MOST_AT_ONCE
            return data
        with self._lock:
            data = bytes(self._arrived)
            del self._arrived[:]
        if not data and self._failed is not None:
            raise LinkLost(f"the port is gone: {self._failed}", port=self.port)
        return data

    def close(self) -> None:
        """Close the port."""
        self._news = True
        try:
            self.device.close()
        except PORT_ERRORS:
            return

    def descriptor(self) -> int | None:
        """What `select` can wait on, or None."""
        return self._descriptor

    def on_bytes(self, call: Callable[[], None]) -> None:
        """Tell of arrivals: by the port itself where it is simulated, by a thread that only moves bytes elsewhere."""
        hook = getattr(self.device, "on_bytes", None)
        if hook is not None:

            def tell() -> None:
                self._news = True
                call()

            self._tells = True
            hook(tell)
            return
        self.device.timeout = 0.05
        self._thread = threading.Thread(target=self._pump, args=(call,), name=f"bytes of {self.port}", daemon=True)
        self._thread.start()

    def _pump(self, call: Callable[[], None]) -> None:
        while True:
            try:
                data = bytes(self._read(1))
            except PORT_ERRORS as error:
                self._failed = error
                call()
                return
            if data:
                with self._lock:
                    self._arrived += data
                call()


def _descriptor_of(device: Any) -> int | None:
    if sys.platform == "win32" or hasattr(device, "on_bytes"):
        return None
    try:
        return int(device.fileno())
    except PORT_ERRORS + NO_DESCRIPTOR:
        return None


def open_port(port: str, settings: LineSettings) -> PyserialLine:
    """Open a device path or any pyserial URL (`socket://`, `rfc2217://`, `sim://`).

    Args:
        port: path or URL.
        settings: serial settings for real ports. On a Linux pseudo-terminal parity cannot be kept; there 8N1 is used.

    Raises:
        LinkLost: the port is not there, is taken, or (over a network) does not open within 3 s: a controller that waits
            for longer counts as one that hangs.
    """
    if not port.startswith(NETWORK):
        return _open(port, settings)
    opening = _Opening(port, lambda: _open(port, settings))
    opening.ended.wait(OPENING_SECONDS)
    return opening.line()


def _open(port: str, settings: LineSettings) -> PyserialLine:
    data_bits, parity, stop_bits = settings.data_bits, settings.parity, settings.stop_bits
    if port.startswith("/dev/pts/"):
        data_bits, parity, stop_bits = 8, "N", 1
    only_here: dict[str, Any] = {} if "://" in port or sys.platform == "win32" else {"exclusive": True}
    try:
        device = serial.serial_for_url(
            port,
            baudrate=settings.baud,
            bytesize=data_bits,
            parity=parity,
            stopbits=stop_bits,
            timeout=0,
            write_timeout=WRITE_TIMEOUT,
            **only_here,
        )
    except PORT_ERRORS as error:
        raise LinkLost(f"the port cannot be opened: {error}; check the cable and the rig file", port=port) from error
    return PyserialLine(port, device)


class _Opening:
    """A port that is being opened in a thread of its own; one that opens after it was given up is closed again."""

    def __init__(self, port: str, open_it: Callable[[], PyserialLine]) -> None:
        self._port = port
        self._open_it = open_it
        self._found: PyserialLine | LinkLost | None = None
        self._given_up = threading.Event()
        self.ended = threading.Event()
        threading.Thread(target=self._work, name=f"opening {port}", daemon=True).start()

    def _work(self) -> None:
        try:
            self._found = self._open_it()
        except LinkLost as error:
            self._found = error
        self.ended.set()
        if self._given_up.is_set() and isinstance(self._found, PyserialLine):
            self._found.close()

    def line(self) -> PyserialLine:
        """What was opened. Raises `LinkLost`, also when it has not opened by now."""
        if self._found is None:
            self._given_up.set()
        if self._found is None:
            raise LinkLost("the port does not open in time; check cable and network", port=self._port)
        if isinstance(self._found, LinkLost):
            raise self._found
        return self._found


def open_beside(now: Callable[[], Seconds], port: str, settings: LineSettings, patience: Seconds) -> Task[PyserialLine]:
    """Open a port without keeping anybody else waiting: a network port whose host is off takes its time.

    Args:
        now: the clock of the loop.
        port: as `open_port`.
        settings: as `open_port`.
        patience: how long to wait for it.

    Raises:
        LinkLost: the port is not there, is taken, or does not open in time.
    """
    opening = _Opening(port, lambda: _open(port, settings))
    until = now() + patience
    while not opening.ended.is_set() and now() < until:
        yield Wait(Seconds(now() + OPENING_LOOK))
    return opening.line()


def path_of_usb_serial(number: str) -> str | None:
    """The device path of the USB adapter with this serial number, or None where it is not plugged in."""
    for found in sorted(list_ports.comports(), key=lambda port: port.device):
        if found.serial_number == number:
            return str(found.device)
    return None


def usb_serial_of_path(path: str) -> str | None:
    """The serial number of the USB adapter with this device path, or None where it has none."""
    for found in list_ports.comports():
        if str(found.device).casefold() == path.casefold():
            return None if found.serial_number is None else str(found.serial_number)
    return None


def use_url_handlers(package: str) -> None:
    """Let pyserial look for URL schemes in `package` too."""
    if package not in serial.protocol_handler_packages:
        serial.protocol_handler_packages.append(package)
