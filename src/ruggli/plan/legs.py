"""A dose as its vessel sees it: which feed brings what, at which rate, one row for each stretch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ruggli.chemistry.feeding import Stretch
from ruggli.plan.dose_work import DoseWork, SegmentKind
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Molar, Seconds


@dataclass(frozen=True, slots=True)
class Leg:
    """One feed in one stretch: `solution`, then `after` mL of solvent, at one rate."""

    rate: MillilitresPerSecond
    solution: Millilitres
    after: Millilitres
    reagent: Molar
    catalyst: Molar


def stretches_of(rows: Sequence[Sequence[Leg]]) -> list[Stretch]:
    """Times of steady flow. All feeds of a row begin together, the next row begins when its last feed ends."""
    found: list[Stretch] = []
    for row in rows:
        flowing = [leg for leg in row if leg.rate > 0]
        ends = [leg.solution / leg.rate for leg in flowing]
        ends += [(leg.solution + leg.after) / leg.rate for leg in flowing]
        now = 0.0
        for end in sorted(ends):
            if end - now <= 1e-9:
                continue
            middle = (now + end) / 2
            with_solution = [leg for leg in flowing if middle < leg.solution / leg.rate]
            running = [leg for leg in flowing if middle < (leg.solution + leg.after) / leg.rate]
            found.append(
                Stretch(
                    Seconds(end - now),
                    MillilitresPerSecond(math.fsum(leg.rate for leg in running)),
                    math.fsum(leg.rate * leg.reagent for leg in with_solution),
                    math.fsum(leg.rate * leg.catalyst for leg in with_solution),
                )
            )
            now = end
    return found


def legs_of(work: DoseWork, reagent: str, catalyst: str) -> list[list[Leg]]:
    """The rows of a dose that is laid out, with the rates that the pumps hold."""
    rows: list[list[Leg]] = []
    before = [0.0] * len(work.feeds)
    for number, segment in enumerate(work.segments):
        row: list[Leg] = []
        for column, feed in enumerate(work.feeds):
            end = segment.until[column]
            solution = max(0.0, min(end, feed.planned) - before[column])
            if segment.kind is SegmentKind.DOSE:
                solution = end - before[column]
            row.append(
                Leg(
                    work.rate_of(number, column).held,
                    Millilitres(solution),
                    Millilitres(end - before[column] - solution),
                    feed.solutes.get(reagent, Molar(0.0)),
                    feed.solutes.get(catalyst, Molar(0.0)),
                )
            )
            before[column] = end
        rows.append(row)
    return rows
