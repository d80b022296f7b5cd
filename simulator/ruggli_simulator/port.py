"""The wire between a host and one or several simulated devices."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from ruggli.errors import LinkLost
from ruggli.quantities.base import Seconds
from ruggli.world.clock import Timers
from ruggli_simulator.device import SimulatedDevice
from ruggli_simulator.wire_faults import COMMAND_FAULTS, REPLY_FAULTS, WireFault, spoil

BITS_PER_BYTE = 10
"""Start bit, eight data bits, stop bit."""
PIECE = 8
"""Bytes that a paced wire hands over at once, as a serial chip's buffer does."""
BUFFER = 65536
"""Bytes that the host's driver keeps when nobody reads; what a babbling device sends beyond them is lost."""
NO_TIME = Seconds(0.0)


@runtime_checkable
class SelfActing(Protocol):
    """A device that does things by itself at known times (a target reached, a dead-man expired).

    Attributes:
        wake: set by the port; asks for a call of `advance` at a time.
    """

    wake: Callable[[Seconds], None]


@runtime_checkable
class Chained(Protocol):
    """A device that must know whether it is the first on its line.

    Attributes:
        first: set by the port.
    """

    first: bool


class SimulatedPort:
    """One line with its devices; the host's end is a `ruggli.world.line.Line`.

    Every device on the line (a daisy chain) gets every byte. Without faults, latency and baud rate, bytes arrive in
    the same call. State belongs to the devices: closing, unplugging and opening again clears nothing in them.

    Args:
        port: the port as the rig file names it.
        timers: the clock of the bench.
        advance: brings the physics of the whole bench to `now`; called before bytes reach a device and before a read
            that finds nothing. By default the devices of this port are advanced.
        latency: turn-round time of the devices, between command and reply.
        baud: if given, both directions need the time that a real line needs and arrive in pieces.

    Attributes:
        writes: number of commands that the host has written.
        tap: if set, called with `>` (host to device) or `<` (device to host) and the bytes as they were sent.
        listener: if set, called with what the host writes before it goes anywhere; costs less than `tap`.
    """

    __slots__ = (
        "port",
        "writes",
        "tap",
        "listener",
        "_timers",
        "_advance",
        "_latency",
        "_baud",
        "_devices",
        "_arrived",
        "_on_bytes",
        "_open",
        "_present",
        "_straight",
        "_command_faults",
        "_reply_faults",
        "_babble",
        "_drowned",
        "_under_way",
        "_epoch",
        "_free_out",
        "_free_in",
    )

    def __init__(
        self,
        port: str,
        timers: Timers,
        *,
        advance: Callable[[], None] | None = None,
        latency: Seconds = NO_TIME,
        baud: int | None = None,
    ) -> None:
        self.port = port
        self.writes = 0
        self.tap: Callable[[str, bytes], None] | None = None
        self.listener: Callable[[bytes], None] | None = None
        self._timers = timers
        self._advance = advance or self._advance_own
        self._latency = latency
        self._baud = baud
        self._devices: list[SimulatedDevice] = []
        self._arrived = b""
        self._on_bytes: Callable[[], None] | None = None
        self._open = self._present = True
        self._command_faults: list[WireFault] = []
        self._reply_faults: list[WireFault] = []
        self._babble = 0
        self._drowned = False
        self._under_way = 0
        self._epoch = 0
        self._free_out = self._free_in = NO_TIME
        self._straight = self._is_straight()

    def attach(self, device: SimulatedDevice) -> None:
        """Put a device on the line, behind those that are there."""
        device.transmit = self._transmit
        if isinstance(device, SelfActing):
            device.wake = self._wake
        if isinstance(device, Chained):
            device.first = not self._devices
        self._devices.append(device)

    def detach(self) -> list[SimulatedDevice]:
        """Take all devices off the line (cables are swapped) and return them, first one first."""
        devices, self._devices = self._devices, []
        for device in devices:
            device.transmit = _nowhere
        return devices

    def write(self, data: bytes) -> None:
        """Send bytes to every device on the line. Raises `LinkLost`."""
        if not self._open:
            raise self._lost()
        self.writes += 1
        self._advance()
        if self.listener is not None:
            self.listener(data)
        if self._straight and self.tap is None:
            for device in self._devices:
                device.receive(data)
            return
        if self.tap is not None:
            self.tap(">", data)
        if not any([fault.strikes() for fault in self._command_faults]):
            now = self._timers.now()
            self._free_out = self._send(data, max(now, self._free_out), self._to_devices)
        self._straight = self._is_straight()

    def read(self) -> bytes:
        """Return all bytes that have arrived since the last call; never blocks. Raises `LinkLost`."""
        if not self._open:
            raise self._lost()
        if not self._arrived:
            self._advance()
        data, self._arrived = self._arrived, b""
        return data

    def open(self) -> None:
        """Open the port again after `close` or a replug. Raises `LinkLost` while it is unplugged."""
        if not self._present:
            raise self._lost()
        self._open = True

    def close(self) -> None:
        """Close the port; what has arrived and was not read is gone."""
        self._open = False
        self._arrived = b""

    def descriptor(self) -> int | None:
        """There is none: `on_bytes` tells of arrivals."""
        return None

    def on_bytes(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever bytes arrive, and when the port is lost."""
        self._on_bytes = call

    def inject(self, kind: str, settings: Mapping[str, Any]) -> None:
        """Apply a fault of the wire.

        Args:
            kind: with `count` (how many, default 1) and `after` (how many pass before, default 0): `lost-reply`,
                `late-reply` (`delay_s`, default 1), `doubled-reply`, `cut-reply` (`keep` bytes, default half),
                `garbled-reply` (`position`, `bit` or `seed`), `lost-command`. `babble`: endless bytes in place of
                replies (`size` bytes of value `byte` each `interval_s`; default 64 of 0x55 each 0.05 s) for
                `duration_s` or until `heal`. `unplug`, `replug`. `heal`: every fault of the wire ends.
            settings: as above.

        Raises:
            ValueError: for a fault that a wire does not know.
        """
        if kind in REPLY_FAULTS or kind in COMMAND_FAULTS:
            fault = WireFault(kind, int(settings.get("after", 0)), int(settings.get("count", 1)), dict(settings))
            (self._reply_faults if kind in REPLY_FAULTS else self._command_faults).append(fault)
        elif kind == "babble":
            self._start_babble(settings)
        elif kind == "unplug":
            self._present = self._open = False
            self._arrived = b""
            self._epoch += 1
            self._under_way = 0
            self._free_in = self._free_out = NO_TIME
            self._tell()
        elif kind == "replug":
            self._present = True
        elif kind == "heal":
            self._reply_faults.clear()
            self._command_faults.clear()
            self._babble += 1
            self._drowned = False
            self._present = True
        else:
            known = ", ".join(sorted(REPLY_FAULTS | COMMAND_FAULTS | {"babble", "unplug", "replug", "heal"}))
            raise ValueError(f"a wire does not know the fault {kind!r}; it knows {known}")
        self._straight = self._is_straight()

    def _transmit(self, data: bytes) -> None:
        if not self._straight or self.tap is not None:
            self._transmit_shaped(data)
        elif self._open:
            self._arrived += data
            if self._on_bytes is not None:
                self._on_bytes()

    def _transmit_shaped(self, data: bytes) -> None:
        if self.tap is not None:
            self.tap("<", data)
        if self._drowned:
            return
        pieces = [(NO_TIME, data)]
        for fault in self._reply_faults:
            if fault.strikes():
                pieces = [
                    (Seconds(delay + more), part) for delay, piece in pieces for more, part in spoil(fault, piece)
                ]
        now = self._timers.now()
        for delay, piece in pieces:
            start = Seconds(max(now + self._latency + delay, self._free_in))
            self._free_in = self._send(piece, start, self._to_host)
        self._straight = self._is_straight()

    def _send(self, data: bytes, start: Seconds, sink: Callable[[bytes], None]) -> Seconds:
        """Plan the arrival of `data`, sent from `start` on; returns when the line is free again."""
        if self._baud is None:
            self._arrive_at(start, data, sink)
            return start
        when = start
        for begin in range(0, len(data), PIECE):
            piece = data[begin : begin + PIECE]
            when = Seconds(when + len(piece) * BITS_PER_BYTE / self._baud)
            self._arrive_at(when, piece, sink)
        return when

    def _arrive_at(self, when: Seconds, data: bytes, sink: Callable[[bytes], None]) -> None:
        if when <= self._timers.now() and not self._under_way:
            sink(data)
            return
        epoch = self._epoch
        self._under_way += 1

        def arrive() -> None:
            if epoch != self._epoch:
                return
            self._under_way -= 1
            sink(data)
            self._straight = self._is_straight()

        self._timers.call_at(when, arrive)

    def _to_devices(self, data: bytes) -> None:
        self._advance()
        for device in self._devices:
            device.receive(data)

    def _to_host(self, data: bytes) -> None:
        if self._open and len(self._arrived) < BUFFER:
            self._arrived += data
            self._tell()

    def _start_babble(self, settings: Mapping[str, Any]) -> None:
        noise = bytes([int(settings.get("byte", 0x55)) & 0xFF]) * int(settings.get("size", 64))
        interval = float(settings.get("interval_s", 0.05))
        duration = settings.get("duration_s")
        until = None if duration is None else self._timers.now() + float(duration)
        self._babble += 1
        self._drowned = True
        run = self._babble

        def utter() -> None:
            now = self._timers.now()
            if run != self._babble:
                return
            if not self._present or (until is not None and now >= until):
                self._drowned = False
                self._straight = self._is_straight()
                return
            self._to_host(noise)
            self._timers.call_at(Seconds(now + interval), utter)

        utter()

    def _wake(self, when: Seconds) -> None:
        self._timers.call_at(when, self._advance)

    def _advance_own(self) -> None:
        now = self._timers.now()
        for device in self._devices:
            device.advance(now)

    def _tell(self) -> None:
        if self._on_bytes is not None:
            self._on_bytes()

    def _is_straight(self) -> bool:
        """Whether bytes may take the short way: nothing shapes them, and nothing is under way to be overtaken."""
        self._reply_faults = [fault for fault in self._reply_faults if fault.left > 0]
        self._command_faults = [fault for fault in self._command_faults if fault.left > 0]
        return (
            not self._reply_faults
            and not self._command_faults
            and self._baud is None
            and not self._latency
            and not self._drowned
            and self._under_way == 0
        )

    def _lost(self) -> LinkLost:
        if not self._present:
            return LinkLost("the port is unplugged; plug the device in again, then open the port", port=self.port)
        return LinkLost("the port is closed; open it again", port=self.port)


def _nowhere(data: bytes) -> None:
    """Where a device transmits that is on no line."""
