"""What can go wrong with bytes between two plugs, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruggli.quantities.base import Seconds

REPLY_FAULTS = frozenset({"lost-reply", "late-reply", "doubled-reply", "cut-reply", "garbled-reply"})
COMMAND_FAULTS = frozenset({"lost-command"})


@dataclass(slots=True)
class WireFault:
    """A fault that waits for its call number and is used up.

    Attributes:
        kind: one of `REPLY_FAULTS` or `COMMAND_FAULTS`.
        skip: how many replies or commands still pass unharmed before.
        left: how many are still to be hit.
        settings: see `SimulatedPort.inject`.
        hits: how many were hit.
    """

    kind: str
    skip: int
    left: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    hits: int = 0

    def strikes(self) -> bool:
        """Count one reply or command; whether this one is hit."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.left <= 0:
            return False
        self.left -= 1
        self.hits += 1
        return True


def spoil(fault: WireFault, reply: bytes) -> list[tuple[Seconds, bytes]]:
    """What arrives instead of `reply`, as pieces with their additional delay.

    Args:
        fault: a fault of `REPLY_FAULTS` that has struck.
        reply: what the device sent.
    """
    settings = fault.settings
    if fault.kind == "lost-reply":
        return []
    if fault.kind == "late-reply":
        return [(Seconds(float(settings.get("delay_s", 1.0))), reply)]
    if fault.kind == "doubled-reply":
        return [(Seconds(0.0), reply), (Seconds(0.0), reply)]
    if fault.kind == "cut-reply":
        return [(Seconds(0.0), reply[: int(settings.get("keep", len(reply) // 2))])]
    return [(Seconds(0.0), garble(reply, settings, fault.hits))]


def garble(reply: bytes, settings: Mapping[str, Any], hit: int) -> bytes:
    """Flip one bit of `reply`.

    Args:
        reply: what the device sent.
        settings: `position` and `bit` (0 the lowest) say which one; what is not given follows from `seed` (default 1).
        hit: number of the hit, so that a row of garbled replies is not garbled at one place.
    """
    if not reply:
        return reply
    mixed = (int(settings.get("seed", 1)) * 0x9E3779B1 + hit * 0x85EBCA6B) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    position = int(settings.get("position", mixed)) % len(reply)
    bit = int(settings.get("bit", (mixed >> 8) % 7)) % 8
    spoiled = bytearray(reply)
    spoiled[position] ^= 1 << bit
    return bytes(spoiled)
