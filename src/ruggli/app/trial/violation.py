"""What must not be, and was."""

from dataclasses import dataclass

from ruggli.quantities.base import Seconds


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken invariant.

    Attributes:
        invariant: `I1` to `I18`, or a hazard such as `D11`.
        at: virtual seconds.
        text: what was seen, with values, bounds and units.
    """

    invariant: str
    at: Seconds
    text: str

    def __str__(self) -> str:
        return f"{self.invariant} at {self.at:.1f} s: {self.text}"
