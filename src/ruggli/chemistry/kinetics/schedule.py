"""What goes into the flask and when, as plain numbers: mL, mmol, s."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import fsum, inf

from ruggli.quantities.base import Millilitres, Millimoles, Seconds

Amounts = Mapping[str, Millimoles]


@dataclass(frozen=True, slots=True)
class Feed:
    """Something that flows in evenly.

    Attributes:
        volume: of the whole feed; may be zero.
        amounts: of each species in the whole feed.
        start: when it begins.
        duration: how long it lasts, above zero.
    """

    volume: Millilitres
    amounts: Amounts
    start: Seconds
    duration: Seconds

    @property
    def end(self) -> Seconds:
        """When it is over."""
        return Seconds(self.start + self.duration)


@dataclass(frozen=True, slots=True)
class Portion:
    """Something that is put in at once; takes no room."""

    time: Seconds
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is in the flask at the start, and what comes.

    Attributes:
        volume: at the start, above zero.
        amounts: of each species at the start.
        feeds: in any order.
        portions: in any order.
        end: the last time of interest.
    """

    volume: Millilitres
    amounts: Amounts
    feeds: tuple[Feed, ...] = ()
    portions: tuple[Portion, ...] = ()
    end: Seconds = field(default=Seconds(0.0))

    def volume_at(self, time: Seconds) -> Millilitres:
        """Volume of the flask: no change on mixing."""
        came = fsum(feed.volume * min(1.0, max(0.0, (time - feed.start) / feed.duration)) for feed in self.feeds)
        return Millilitres(self.volume + came)

    def put_in(self, time: Seconds) -> dict[str, Millimoles]:
        """Amount of each species that was put in until then, a portion of that moment included."""
        found: dict[str, float] = dict(self.amounts)
        for feed in self.feeds:
            part = min(1.0, max(0.0, (time - feed.start) / feed.duration))
            for species, amount in feed.amounts.items():
                found[species] = found.get(species, 0.0) + part * amount
        for portion in self.portions:
            if portion.time <= time:
                for species, amount in portion.amounts.items():
                    found[species] = found.get(species, 0.0) + amount
        return {species: Millimoles(amount) for species, amount in found.items()}

    def spans(self) -> Iterator[tuple[Seconds, Seconds]]:
        """The spans between changes of dosing, from 0 s to `end`."""
        marks = {0.0, self.end}
        for feed in self.feeds:
            marks |= {feed.start, feed.end}
        marks |= {portion.time for portion in self.portions}
        inside = sorted(mark for mark in marks if 0.0 <= mark <= self.end and mark < inf)
        for start, end in zip(inside, inside[1:], strict=False):
            yield Seconds(start), Seconds(end)

    def flowing(self, start: Seconds, end: Seconds) -> tuple[float, dict[str, float]]:
        """Flow in mL/s and mmol/s by species while nothing changes between `start` and `end`."""
        flow, rates = 0.0, dict[str, float]()
        for feed in self.feeds:
            if feed.start <= start and feed.end >= end:
                flow += feed.volume / feed.duration
                for species, amount in feed.amounts.items():
                    rates[species] = rates.get(species, 0.0) + amount / feed.duration
        return flow, rates
