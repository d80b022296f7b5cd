"""Chance that can be repeated: the same seed gives the same numbers on every Python and every system.

Python's own `random` may change its helpers between versions. This is SplitMix64 (Steele, Lea and Flood, 2014): a
64-bit counter whose steps are mixed. Every component draws from a stream of its own, so that a further draw in one of
them does not shift the others.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15


class Chance:
    """One stream of numbers.

    Args:
        seed: any whole number; its lowest 64 bits count.
    """

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def stream(self, name: str) -> "Chance":
        """A stream of its own for a component; draws nothing from this one."""
        mixed = sha256(f"{self._state}:{name}".encode()).digest()
        return Chance(int.from_bytes(mixed[:8], "big"))

    def bits(self) -> int:
        """64 random bits."""
        self._state = (self._state + _STEP) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def below(self, bound: int) -> int:
        """A whole number from 0 to `bound` - 1."""
        return (self.bits() * bound) >> 64

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`, on a grid of 2**53 points."""
        return low + (high - low) * ((self.bits() >> 11) / (1 << 53))

    def happens(self, probability: float) -> bool:
        """True with this probability."""
        return (self.bits() >> 11) < probability * (1 << 53)

    def one_of(self, things: Sequence[T]) -> T:
        """One of several things."""
        return things[self.below(len(things))]
