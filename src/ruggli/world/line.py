"""A serial line as the rest of the program sees it: bytes out, bytes in, never blocking."""

from collections.abc import Callable
from typing import Protocol


class Line(Protocol):
    """One opened serial line (a USB or RS-232 port, a TCP connection, or a simulated port).

    Attributes:
        port: the port as the rig file names it.
    """

    port: str

    def write(self, data: bytes) -> None:
        """Hand `data` to the port. Raises `LinkLost`."""

    def read(self) -> bytes:
        """Return what has arrived since the last call, b"" if nothing. Never blocks. Raises `LinkLost`."""

    def close(self) -> None:
        """Close the port. Never raises."""

    def descriptor(self) -> int | None:
        """The descriptor that `select` can wait on, or None when `on_bytes` tells of arrivals."""

    def on_bytes(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever bytes arrive on a line without a descriptor."""
