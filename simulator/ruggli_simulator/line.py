"""The tubing between a syringe and a vessel: what goes in at one end comes out later at the other."""

from typing import Any

from ruggli.quantities.base import Millilitres
from ruggli_simulator.column import Column, Slug
from ruggli_simulator.liquid import Liquid, Receiver
from ruggli_simulator.syringe import NOTHING


class Tubing:
    """A line with a hold-up, filled with air until somebody primes it.

    Plug flow: liquids follow each other without mixing. Air that comes out delivers nothing.

    Attributes:
        hold_up: inner volume.
        content: what stands in the line, syringe end nearest.
        receiver: where the line ends, None over waste.
        delivered: liquid that has left the line into any receiver (or waste) since the bench was built.
        received: the part of it that a receiver took.
    """

    __slots__ = ("hold_up", "content", "receiver", "delivered", "received")

    def __init__(self, hold_up: Millilitres = NOTHING, receiver: Receiver | None = None) -> None:
        self.hold_up = hold_up
        self.content = Column(None, hold_up)
        self.receiver = receiver
        self.delivered = self.received = NOTHING

    def push(self, liquid: Liquid | None, volume: Millilitres) -> None:
        """Push `volume` in at the syringe end; the same volume leaves at the far end."""
        if not self.hold_up:
            self._deliver(liquid, volume)
            return
        self.content.add_near(liquid, volume)
        for slug in self.content.take_far(volume):
            self._deliver(slug.liquid, slug.volume)

    def pull(self, volume: Millilitres) -> list[Slug]:
        """Draw `volume` out at the syringe end, nearest first; air follows at the far end."""
        if not self.hold_up:
            return [Slug(None, volume)]
        self.content.add_far(None, volume)
        return self.content.take_near(volume)

    def to_first_drop(self, liquid: Liquid | None) -> Millilitres:
        """The volume of `liquid` that must still be pushed in until the line holds nothing else."""
        behind = 0.0
        for slug in self.content.slugs:
            if slug.liquid is None or slug.liquid != liquid:
                return Millilitres(self.content.volume - behind)
            behind += slug.volume
        return NOTHING

    def truth(self) -> list[dict[str, Any]]:
        """What stands in the line, syringe end first."""
        return [
            {"liquid": slug.liquid.name if slug.liquid else "air", "volume_mL": slug.volume}
            for slug in self.content.slugs
        ]

    def _deliver(self, liquid: Liquid | None, volume: Millilitres) -> None:
        if liquid is None or volume <= 0:
            return
        self.delivered = Millilitres(self.delivered + volume)
        if self.receiver is not None:
            self.received = Millilitres(self.received + volume)
            self.receiver.receive(liquid, volume)
