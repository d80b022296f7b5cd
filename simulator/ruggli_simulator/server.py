"""The bench in real time, for other programs: a TCP port (and a pseudo-terminal) for each line, HTTP for control.

One thread, one selector, one bench. Everything listens on 127.0.0.1 only. The bench outlives its clients: a client
that dies changes nothing on the devices, and the truth can be asked afterwards.
"""

import heapq
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

from ruggli.errors import LinkLost, RuggliError
from ruggli.quantities.base import Seconds
from ruggli_simulator import control
from ruggli_simulator.bench import Bench
from ruggli_simulator.description import BenchDescription
from ruggli_simulator.port import SimulatedPort
from ruggli_simulator.pty_port import PtyPort

HOST = "127.0.0.1"
LONGEST_WAIT = 0.1
"""Seconds of real time after which the loop looks at everything again."""


class StopEvent(Protocol):
    """Tells the server to end (`threading.Event`)."""

    def is_set(self) -> bool:
        """Whether to end now."""


class RealTimers:
    """The computer's clock, `speed` times as fast, with planned calls; a call that is refused is noted, not raised."""

    def __init__(self, speed: float) -> None:
        self.problems: list[str] = []
        self._origin = time.monotonic()
        self._speed = speed
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0

    def now(self) -> Seconds:
        """Scaled seconds since the server was started."""
        return Seconds((time.monotonic() - self._origin) * self._speed)

    def wall(self) -> datetime:
        """Date and time, UTC."""
        return datetime.now(UTC)

    def call_at(self, when: Seconds, call: Callable[[], None]) -> None:
        """Call `call` when `now()` reaches `when`."""
        self._number += 1
        heapq.heappush(self._heap, (when, self._number, call))

    def run_due(self) -> float:
        """Make the calls that are due; returns the real seconds until the next."""
        while self._heap and self._heap[0][0] <= self.now():
            call = heapq.heappop(self._heap)[2]
            try:
                call()
            except RuggliError as problem:
                self.problems.append(str(problem))
        return max(0.0, (self._heap[0][0] - self.now()) / self._speed) if self._heap else LONGEST_WAIT


class ServedLine:
    """One line of the bench on a TCP port, one client at a time, and perhaps on a pseudo-terminal.

    An unplugged line drops its client and refuses others until it is plugged in again. Replies go to the side that
    has written last.
    """

    def __init__(self, line: SimulatedPort, selector: selectors.BaseSelector, pty: bool) -> None:
        self._line = line
        self._selector = selector
        self._client: socket.socket | None = None
        self._unsent = b""
        self._plugged = True
        self._to_pty = False
        self._listener: socket.socket | None = None
        self.number = self._listen(0)
        self.pty = PtyPort() if pty else None
        if self.pty is not None:
            selector.register(self.pty.descriptor, selectors.EVENT_READ, self._from_pty)
        line.on_bytes(self._to_host)

    def tend(self) -> None:
        """Notice a plug that has been pulled or put in again."""
        if self.pty is not None:
            self.pty.keep_configurable()
        try:
            self._line.open()
        except LinkLost:
            if self._plugged:
                self._unplug()
            return
        if not self._plugged:
            self._plugged = True
            self._listen(self.number)

    def close(self) -> None:
        """Give everything back."""
        self._unplug()
        if self.pty is not None:
            self._selector.unregister(self.pty.descriptor)
            self.pty.close()

    def _listen(self, number: int) -> int:
        listener = self._listener = socket.create_server((HOST, number), backlog=4)
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        return int(listener.getsockname()[1])

    def _accept(self) -> None:
        if self._listener is None:
            return
        with suppress(OSError):
            client, _ = self._listener.accept()
            self._from_client()  # The one before may have gone without our having looked.
            if self._client is not None:
                client.close()
                return
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._line.close()
            self._line.open()
            self._client = client
            self._selector.register(client, selectors.EVENT_READ, self._from_client)

    def _from_client(self) -> None:
        client = self._client
        if client is None:
            return
        if self._unsent:
            self._send(b"")
        try:
            data = client.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop_client()
            return
        self._to_pty = False
        self._to_device(data)

    def _from_pty(self) -> None:
        if self.pty is None:
            return
        self.pty.keep_configurable()
        data = self.pty.read()
        if data and self._plugged:
            self._to_pty = True
            self._to_device(data)

    def _to_device(self, data: bytes) -> None:
        try:
            self._line.write(data)
        except LinkLost:
            self._unplug()

    def _to_host(self) -> None:
        try:
            data = self._line.read()
        except LinkLost:
            self._unplug()
            return
        if data and self._to_pty and self.pty is not None:
            self.pty.write(data)
        elif data:
            self._send(data)

    def _send(self, data: bytes) -> None:
        client = self._client
        if client is None:
            return
        self._unsent += data
        try:
            self._unsent = self._unsent[client.send(self._unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self._drop_client()
            return
        both = selectors.EVENT_READ | selectors.EVENT_WRITE
        self._selector.modify(client, both if self._unsent else selectors.EVENT_READ, self._from_client)

    def _drop_client(self) -> None:
        if self._client is not None:
            self._selector.unregister(self._client)
            self._client.close()
            self._client = None
        self._unsent = b""

    def _unplug(self) -> None:
        self._plugged = False
        self._drop_client()
        if self._listener is not None:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None


class ControlPort:
    """The HTTP side: one short conversation a connection."""

    def __init__(self, bench: Bench, timers: RealTimers, selector: selectors.BaseSelector) -> None:
        self._bench = bench
        self._timers = timers
        self._selector = selector
        self._requests: dict[socket.socket, bytes] = {}
        self._listener = socket.create_server((HOST, 0), backlog=16)
        self._listener.setblocking(False)
        selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self.number = int(self._listener.getsockname()[1])

    def close(self) -> None:
        """Give everything back."""
        for client in list(self._requests):
            self._drop(client)
        self._selector.unregister(self._listener)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            client, _ = self._listener.accept()
            client.setblocking(False)
            self._requests[client] = b""
            self._selector.register(client, selectors.EVENT_READ, lambda: self._read(client))

    def _read(self, client: socket.socket) -> None:
        try:
            data = client.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        request = self._requests[client] = self._requests[client] + data
        if not data:
            self._drop(client)
        elif control.is_complete(request):
            reply = control.answer(self._bench, request, self._timers.problems)
            with suppress(OSError):
                client.settimeout(1.0)
                client.sendall(reply)
                client.shutdown(socket.SHUT_WR)
            self._drop(client)

    def _drop(self, client: socket.socket) -> None:
        self._selector.unregister(client)
        client.close()
        del self._requests[client]


def serve(
    description: BenchDescription,
    *,
    on_ready: Callable[[dict[str, Any]], None],
    stop_event: StopEvent,
    pty: bool = False,
    speed: float = 1.0,
    seed: int = 0,
) -> None:
    """Serve a bench in real time until `stop_event` is set.

    Args:
        description: what stands on the bench.
        on_ready: called once with `{"control": URL, "devices": [{"name", "driver", "url", "pty"}]}`.
        stop_event: ends the server within 0.1 s.
        pty: also a pseudo-terminal for each line.
        speed: how many times as fast as real time the bench lives.
        seed: for the noise of sensors.

    Raises:
        InputError: `pty` on a system that has none.
    """
    timers = RealTimers(speed)
    bench = Bench(description, timers, seed)
    with selectors.DefaultSelector() as selector:
        lines: dict[str, ServedLine] = {}
        command = ControlPort(bench, timers, selector)
        try:
            for name in bench.ports:
                lines[name] = ServedLine(bench.open(name), selector, pty)
            on_ready(_ready(description, lines, command.number))
            while not stop_event.is_set():
                for key, _ in selector.select(min(timers.run_due(), LONGEST_WAIT)):
                    key.data()
                bench.advance()
                for line in lines.values():
                    line.tend()
        finally:
            for line in lines.values():
                line.close()
            command.close()


def _ready(description: BenchDescription, lines: dict[str, ServedLine], control_number: int) -> dict[str, Any]:
    return {
        "control": f"http://{HOST}:{control_number}",
        "devices": [
            {
                "name": device.name,
                "driver": device.driver,
                "url": f"socket://{HOST}:{lines[device.port].number}",
                "pty": None if (served := lines[device.port].pty) is None else served.path,
            }
            for device in description.devices
        ],
    }
