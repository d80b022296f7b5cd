"""The candidates: every combination of a few values of each lever, and finer ones beside the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from ruggli.plan.advice.levers import Lever, LeverKind
from ruggli.plan.advice.ranges import levels
from ruggli.quantities.reader import read_quantity

Settings = dict[str, str]
"""By parameter, the text for `--set`."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The values of each lever that are combined, lowest first."""

    levers: tuple[Lever, ...]
    values: tuple[tuple[str, ...], ...]

    @property
    def candidates(self) -> tuple[Settings, ...]:
        """Every combination."""
        names = [lever.parameter for lever in self.levers]
        return tuple(dict(zip(names, found, strict=True)) for found in product(*self.values))

    def lines(self, settings: Mapping[str, str], number: int) -> tuple[Settings, ...]:
        """One lever after the other moved from its next lower to its next higher value in `number` steps each.

        Args:
            settings: a candidate of this grid.
            number: values of each lever.
        """
        found: list[Settings] = []
        for lever, values in zip(self.levers, self.values, strict=True):
            place = values.index(settings[lever.parameter])
            ends = values[max(place - 1, 0)], values[min(place + 1, len(values) - 1)]
            low, high = (read_quantity(text, lever.dimension).base for text in ends)
            between = levels(
                replace(lever.range, low=low, high=high), lever.dimension, number, even=lever.kind is LeverKind.TIME
            )
            found += [{**settings, lever.parameter: text} for text in between]
        return tuple(found)


def grid_of(levers: Sequence[Lever], number: int) -> Grid:
    """A grid over all levers: at least `number` candidates where the ranges have room for as many values.

    Times have equal distances, solvent and catalyst equal ratios.
    """
    counts = counts_for(len(levers), number)
    return Grid(
        tuple(levers),
        tuple(
            levels(lever.range, lever.dimension, count, even=lever.kind is LeverKind.TIME)
            for lever, count in zip(levers, counts, strict=True)
        ),
    )


def counts_for(levers: int, number: int) -> list[int]:
    """How many values each of some levers gets, nearly the same for all, so that at least `number` combine."""
    counts = [1] * levers
    while levers and prod(counts) < number:
        counts[counts.index(min(counts))] += 1
    return counts
