"""A volume that is known to lie between two bounds."""

from dataclasses import dataclass

from ruggli.quantities.base import Millilitres


@dataclass(frozen=True, slots=True)
class Interval:
    """At least `low`, at most `high` mL."""

    low: Millilitres
    high: Millilitres

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(Millilitres(self.low + other.low), Millilitres(self.high + other.high))

    @property
    def width(self) -> Millilitres:
        """What is not known."""
        return Millilitres(self.high - self.low)

    def text(self) -> str:
        """For people: `12.34 to 12.36 mL`."""
        return f"{self.low:.4g} mL" if self.width < 1e-9 else f"{self.low:.5g} to {self.high:.5g} mL"


NOTHING = Interval(Millilitres(0.0), Millilitres(0.0))
