"""The syringe that really sits in a pump, whatever the pump has stored."""

from math import exp, inf, pi

from ruggli.quantities.base import Millilitres, Millimetres
from ruggli_simulator.column import Column
from ruggli_simulator.liquid import Liquid

NOTHING = Millilitres(0.0)
UNLIMITED = Millilitres(inf)


def millilitres_per_millimetre(bore: Millimetres) -> float:
    """Volume swept by 1 mm of plunger travel at an inner diameter of `bore`, in mL/mm."""
    return pi / 4 * bore * bore / 1000


class Syringe:
    """A syringe with its physical bore and what is in it.

    The plunger bottoms when nothing is enclosed any more, and comes out at `capacity`.
    Compliance is modelled by volume, not by time, so that it does not depend on the rate: the first millilitres of
    travel compress plunger, syringe and line; the compressed volume approaches `compliance` exponentially with travel
    and is taken up again on reversal. It is released when a line is primed or a syringe changed, not by waiting.

    Attributes:
        bore: physical inner diameter.
        sweep: mL per mm of travel at the physical bore.
        enclosed: volume between plunger and outlet.
        content: liquids in the barrel, the outlet is the far end.
        capacity: enclosed volume at which the plunger cannot go back any further.
        compliance: see above.
        compressed: volume now compressed, negative under suction.
    """

    __slots__ = ("bore", "sweep", "enclosed", "content", "capacity", "compliance", "compressed")

    def __init__(
        self,
        liquid: Liquid | None,
        volume: Millilitres,
        bore: Millimetres,
        *,
        capacity: Millilitres = UNLIMITED,
        compliance: Millilitres = NOTHING,
    ) -> None:
        if volume < 0 or volume > capacity:
            raise ValueError(f"a syringe of {capacity} mL cannot be loaded with {volume} mL")
        if bore <= 0:
            raise ValueError(f"a bore of {bore} mm is no bore; give the inner diameter in mm, above 0")
        self.bore = bore
        self.sweep = millilitres_per_millimetre(bore)
        self.enclosed = volume
        self.content = Column(liquid, volume)
        self.capacity = capacity
        self.compliance = compliance
        self.compressed = NOTHING

    def travel_left(self, infusing: bool) -> Millimetres:
        """How far the plunger can still go."""
        room = self.enclosed if infusing else self.capacity - self.enclosed
        return Millimetres(max(0.0, room) / self.sweep)

    def displace(self, volume: Millilitres) -> Millilitres:
        """Move the plunger by `volume` (positive: infuse); returns what leaves at the outlet (negative: enters)."""
        self.enclosed = Millilitres(max(0.0, self.enclosed - volume))
        if not self.compliance:
            return volume
        before, limit = self.compressed, self.compliance if volume > 0 else -self.compliance
        self.compressed = Millilitres(limit - (limit - before) * exp(-abs(volume) / self.compliance))
        return Millilitres(volume - (self.compressed - before))

    def relax(self) -> None:
        """Let the pressure go: the plunger stands where the content ends."""
        self.enclosed = Millilitres(self.enclosed + self.compressed)
        self.compressed = NOTHING
