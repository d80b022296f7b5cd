"""Every call of a program to a port or to the disk, counted, so that it can be struck before or after any of them."""

from collections.abc import Callable


class Calls:
    """Counts moments: each call has one before and one after it.

    Attributes:
        count: moments so far.
        at: by number, what happens at that moment.
    """

    __slots__ = ("count", "at")

    def __init__(self) -> None:
        self.count = 0
        self.at: dict[int, Callable[[], None]] = {}

    def moment(self, _what: str = "") -> None:
        """One moment has come."""
        strike = self.at.get(self.count)
        self.count += 1
        if strike is not None:
            strike()
