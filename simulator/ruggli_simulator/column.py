"""Liquids that stand one behind the other in a bore, without mixing."""

import math
from dataclasses import dataclass

from ruggli.quantities.base import Millilitres
from ruggli_simulator.liquid import Liquid


@dataclass(slots=True)
class Slug:
    """A stretch of one liquid, or of air where `liquid` is None."""

    liquid: Liquid | None
    volume: Millilitres


class Column:
    """A row of slugs between a near end (towards the plunger) and a far end (towards the vessel).

    Equal neighbours are merged, so that a column in steady use holds one slug.

    Attributes:
        slugs: near end first.
    """

    __slots__ = ("slugs",)

    def __init__(self, liquid: Liquid | None, volume: Millilitres) -> None:
        self.slugs: list[Slug] = [Slug(liquid, volume)] if volume > 0 else []

    @property
    def volume(self) -> Millilitres:
        """Liquid and air together."""
        return Millilitres(math.fsum(slug.volume for slug in self.slugs))

    def add_near(self, liquid: Liquid | None, volume: Millilitres) -> None:
        """Put `volume` at the near end."""
        self._add(0, liquid, volume)

    def add_far(self, liquid: Liquid | None, volume: Millilitres) -> None:
        """Put `volume` at the far end."""
        self._add(-1, liquid, volume)

    def take_near(self, volume: Millilitres) -> list[Slug]:
        """Take up to `volume` from the near end, nearest first."""
        return self._take(0, volume)

    def take_far(self, volume: Millilitres) -> list[Slug]:
        """Take up to `volume` from the far end, farthest first."""
        return self._take(-1, volume)

    def _add(self, end: int, liquid: Liquid | None, volume: Millilitres) -> None:
        if volume <= 0:
            return
        if self.slugs and (self.slugs[end].liquid is liquid or self.slugs[end].liquid == liquid):
            self.slugs[end].volume = Millilitres(self.slugs[end].volume + volume)
        else:
            self.slugs.insert(0 if end == 0 else len(self.slugs), Slug(liquid, volume))

    def _take(self, end: int, volume: Millilitres) -> list[Slug]:
        taken: list[Slug] = []
        left = float(volume)
        while left > 0 and self.slugs:
            slug = self.slugs[end]
            if slug.volume > left:
                slug.volume = Millilitres(slug.volume - left)
                taken.append(Slug(slug.liquid, Millilitres(left)))
                return taken
            taken.append(self.slugs.pop(end))
            left -= slug.volume
        return taken
