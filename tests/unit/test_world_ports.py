"""Ports: whatever pyserial raises is one error, and bytes are told of on every kind of port."""

import socket
import sys
import threading
import time
from typing import Any

import pytest
import serial

import ruggli.world.ports as ports
from ruggli.errors import LinkLost
from ruggli.quantities.base import Seconds
from ruggli.world.loop import Loop
from ruggli.world.ports import LineSettings, PyserialLine, open_port, path_of_usb_serial, use_url_handlers
from ruggli.world.time import RealTime


class Device:
    """A pyserial port that fails as told."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
        self.timeout: float | None = 0
        self.replies = [b"OK\r"]

    def _may_fail(self) -> None:
        if self.error is not None:
            raise self.error

    def read(self, size: int) -> bytes:
        self._may_fail()
        if self.timeout and not self.replies:
            time.sleep(0.001)
        return self.replies.pop(0) if self.replies else b""

    def write(self, data: bytes) -> int:
        self._may_fail()
        return len(data)

    def close(self) -> None:
        self._may_fail()

    def fileno(self) -> int:
        raise NotImplementedError


FAILURES: list[BaseException] = [
    serial.SerialException("device reports readiness to read but returned no data (device disconnected?)"),
    serial.SerialTimeoutException("Write timeout"),
    serial.PortNotOpenError(),
    OSError(5, "Input/output error"),
    BrokenPipeError(),
    ConnectionResetError(),
    TypeError("'NoneType' object cannot be interpreted as an integer"),
    ValueError("file descriptor cannot be a negative integer (-1)"),
]
if sys.platform != "win32":
    import termios

    FAILURES.append(termios.error(5, "Input/output error"))


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_every_failure_is_a_lost_link(error: BaseException) -> None:
    line = PyserialLine("COM7", Device(error))
    for act in (line.read, lambda: line.write(b"?")):
        with pytest.raises(LinkLost) as caught:
            act()
        assert caught.value.port == "COM7"
        assert caught.value.__cause__ is error
    line.close()


def test_a_bug_of_ours_is_none() -> None:
    with pytest.raises(ZeroDivisionError):
        PyserialLine("COM7", Device(ZeroDivisionError())).read()


def test_a_port_that_is_not_there() -> None:
    name = "COM250" if sys.platform == "win32" else "/dev/ttyUSB250"
    with pytest.raises(LinkLost, match="cannot be opened") as caught:
        open_port(name, LineSettings())
    assert caught.value.port == name


@pytest.mark.parametrize("url", ["sim://nowhere/pump_a", "bogus://x", "socket://127.0.0.1:1", "rfc2217://127.0.0.1:1"])
def test_an_address_that_leads_nowhere(url: str) -> None:
    use_url_handlers("ruggli_simulator.urls")
    use_url_handlers("ruggli_simulator.urls")
    assert serial.protocol_handler_packages.count("ruggli_simulator.urls") == 1
    with pytest.raises(LinkLost):
        open_port(url, LineSettings())


def test_real_ports_get_a_write_timeout_and_never_block_in_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def serial_for_url(url: str, **settings: Any) -> Device:
        asked.update(settings, url=url)
        return Device()

    monkeypatch.setattr("ruggli.world.ports.serial.serial_for_url", serial_for_url)
    open_port("/dev/ttyACM3", LineSettings(9600, 7, "E", 1))
    assert (asked["timeout"], asked["write_timeout"]) == (0, ports.WRITE_TIMEOUT)
    assert (asked["baudrate"], asked["bytesize"], asked["parity"], asked["stopbits"]) == (9600, 7, "E", 1)
    assert asked.get("exclusive") is (None if sys.platform == "win32" else True)
    open_port("/dev/pts/4", LineSettings(9600, 7, "E", 1))
    assert (asked["bytesize"], asked["parity"]) == (8, "N")


def test_where_nothing_can_be_waited_on_a_thread_moves_the_bytes() -> None:
    device, arrived = Device(), threading.Event()
    line = PyserialLine("COM7", device)
    assert line.descriptor() is None
    line.on_bytes(arrived.set)
    assert arrived.wait(5.0)
    assert line.read() == b"OK\r"
    assert line.read() == b""
    arrived.clear()
    device.error = OSError(5, "gone")
    assert arrived.wait(5.0), "the loss of the port is told of too"
    with pytest.raises(LinkLost):
        line.read()


def test_bytes_over_a_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = open_port(f"socket://127.0.0.1:{server.getsockname()[1]}", LineSettings())
        client, _ = server.accept()
        with client:
            line.write(b"?")
            assert client.recv(10) == b"?"
            assert line.read() == b""
            assert line.descriptor() is not None or sys.platform == "win32"
            client.sendall(b"half")
            deadline = time.monotonic() + 5.0
            got = b""
            while not got and time.monotonic() < deadline:
                got = line.read()
            assert got == b"half"
        with pytest.raises(LinkLost):
            while time.monotonic() < deadline:
                line.read()
        line.close()
        line.close()


def test_an_adapter_is_found_by_its_serial_number(monkeypatch: pytest.MonkeyPatch) -> None:
    class Found:
        def __init__(self, device: str, number: str | None) -> None:
            self.device, self.serial_number = device, number

    found = [Found("/dev/ttyUSB1", "A1"), Found("/dev/ttyUSB0", None)]
    monkeypatch.setattr("ruggli.world.ports.list_ports.comports", lambda: found)
    assert path_of_usb_serial("A1") == "/dev/ttyUSB1"
    assert path_of_usb_serial("A2") is None


def test_a_network_port_that_does_not_open_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that is off lets a connection hang; a controller that waits for it would count as one that hangs."""
    go_on, closed = threading.Event(), threading.Event()

    class Late(Device):
        def close(self) -> None:
            closed.set()

    def hanging(*words: Any, **options: Any) -> Device:
        assert go_on.wait(10)
        return Late()

    monkeypatch.setattr(serial, "serial_for_url", hanging)
    monkeypatch.setattr(ports, "OPENING_SECONDS", 0.1)
    began = time.monotonic()
    with pytest.raises(LinkLost, match="does not open in time"):
        open_port("socket://192.0.2.1:5000", LineSettings())
    assert time.monotonic() - began < 1.0
    go_on.set()
    assert closed.wait(5), "one that opens after all is closed again"


def test_ports_are_opened_beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def hanging(port: str, *words: Any, **options: Any) -> Device:
        assert port != "socket://192.0.2.1:5000" or go_on.wait(10)
        return Device()

    monkeypatch.setattr(serial, "serial_for_url", hanging)
    loop = Loop(RealTime())
    slow = loop.spawn(ports.open_beside(loop.now, "socket://192.0.2.1:5000", LineSettings(), Seconds(0.5)))
    quick = loop.run(loop.spawn(ports.open_beside(loop.now, "socket://192.0.2.2:5000", LineSettings(), Seconds(0.5))))
    assert quick.value is not None and not slow.done
    assert isinstance(loop.run(slow).error, LinkLost)
    go_on.set()
    loop.close()
