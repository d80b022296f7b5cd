"""The trade-off: of all candidates that meet the targets, those that are not beaten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from ruggli.plan.advice.figures import COSTS
from ruggli.plan.advice.target import Target

SAME = 1e-9
"""Relative difference that counts as none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate that can be planned.

    Attributes:
        settings: its parameters.
        figures: see `FIGURES`, with default constants.
        refills: of all syringes.
        warnings: codes of the warnings that were accepted.
        share: part of the samples that meet the targets, as far as a confidence asks for it; else None.
    """

    settings: Mapping[str, str]
    figures: Mapping[str, float]
    refills: int
    warnings: tuple[str, ...]
    share: float | None = None

    def meets(self, targets: Sequence[Target], confidence: float) -> bool:
        """Whether the defaults meet the targets, and enough of the samples do."""
        sure = confidence <= 0.0 or (self.share is not None and self.share >= confidence)
        return sure and all(target.holds(self.figures) for target in targets)


@dataclass(frozen=True, slots=True)
class Order:
    """What is small, and against what the other costs count.

    Attributes:
        smallest: the cost that is to be small, one of `COSTS`.
        now: the figures of the protocol as it stands.
    """

    smallest: str
    now: Mapping[str, float]

    def first(self, candidate: Candidate) -> float:
        """The cost that is to be small."""
        return candidate.figures[self.smallest]

    def others(self, candidate: Candidate) -> float:
        """The other costs, each as a part of what it is now, added."""
        costs = (cost for cost in COSTS if cost != self.smallest)
        return fsum(candidate.figures[cost] / (self.now[cost] or 1.0) for cost in costs)

    def rank(self, candidate: Candidate) -> tuple[float, float, float]:
        """The cheapest first; of two of the same cost the one with more ring."""
        return self.first(candidate), self.others(candidate), -candidate.figures["ring"]


def front(found: Sequence[Candidate], order: Order) -> tuple[Candidate, ...]:
    """The trade-off between one cost and the others together: the cheapest in the one first.

    Each next row costs more of it and less of the others. No candidate beats a row in all three costs.

    Args:
        found: candidates that meet the targets.
        order: what is small.
    """
    rows: list[Candidate] = []
    for candidate in sorted(found, key=order.rank):
        if not rows or order.others(candidate) < order.others(rows[-1]) * (1.0 - SAME):
            rows.append(candidate)
    return tuple(rows)


def seeds(found: Sequence[Candidate], order: Order) -> tuple[Candidate, ...]:
    """For each value of the cost that is to be small, in three digits, the candidate that costs least of the others."""
    best: dict[str, Candidate] = {}
    for candidate in sorted(found, key=order.rank):
        key = f"{order.first(candidate):.3g}"
        if key not in best or order.others(candidate) < order.others(best[key]):
            best[key] = candidate
    return tuple(best.values())


def thinned(rows: Sequence[Candidate], most: int) -> tuple[Candidate, ...]:
    """At most `most` rows, evenly taken, the first and the last kept."""
    if len(rows) <= most:
        return tuple(rows)
    if most == 1:
        return (rows[0],)
    places = [round(index * (len(rows) - 1) / (most - 1)) for index in range(most)]
    return tuple(rows[place] for place in dict.fromkeys(places))


def nearest(found: Sequence[Candidate], targets: Sequence[Target]) -> Candidate | None:
    """The candidate that misses the targets least, or None where there are none."""

    def missed(candidate: Candidate) -> tuple[float, float]:
        miss = fsum(target.miss(candidate.figures) for target in targets)
        return miss, -(candidate.share or 0.0)

    return min(found, key=missed, default=None)
