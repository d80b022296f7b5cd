"""What has to be so at a time of a night."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Due:
    """Something that has to be so at a time, unless the fault has ended before; `by_itself` by a device's dead-man."""

    at: float
    fault: str
    standing: Callable[[], bool]
    who: Callable[[str], bool]
    by_itself: bool = False
