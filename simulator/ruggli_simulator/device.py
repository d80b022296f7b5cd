"""What every simulated device is to its port and to the bench: a wire half and a physics half."""

from collections.abc import Callable
from typing import Any, Protocol

from ruggli.quantities.base import Seconds


class SimulatedDevice(Protocol):
    """A device on the bench.

    The wire half is `receive` (raw bytes from the host, in any pieces) and `transmit` (raw bytes to the host,
    set by the port). The physics half is `advance`: the model moves with time, never because it was polled.
    A device without power neither moves nor answers.
    """

    name: str
    transmit: Callable[[bytes], None]

    def receive(self, data: bytes) -> None:
        """Take bytes from the host and answer through `transmit` as the manual says (silence is an answer)."""

    def advance(self, now: Seconds) -> None:
        """Move the physics on to `now`; called by the bench before any byte is handled and before any truth is read."""

    def power_cycle(self) -> None:
        """Lose and regain mains, with what the device keeps and what it forgets."""

    def inject(self, kind: str, settings: dict[str, Any]) -> None:
        """Apply a device fault (`stall`, `wrong-diameter`, ...). Raises `ValueError` for one that it does not know."""

    def truth(self) -> dict[str, Any]:
        """Physical state as plain JSON data, units in the key names."""
