"""Fillings: how a dose is split at planned refills, and what goes into the syringe each time. Pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass

from ruggli.plan.rates import held_down
from ruggli.plan.seats import Seat
from ruggli.quantities.base import Millilitres

MOST = 100
"""More fillings of one dose than this are a mistake."""
_ROUND = 1e-9


@dataclass(frozen=True, slots=True)
class Run:
    """One feed's way through its dose.

    Attributes:
        seat: pump, syringe and line.
        displaced: volume that the plunger displaces from the solution in all.
        first: volume that the hands push into the line while priming, 0 for a line that is full already.
    """

    seat: Seat
    displaced: Millilitres
    first: Millilitres

    def room(self, start: bool) -> float:
        """Most that one filling can give to the dose."""
        return self.seat.stroke_volume - self.seat.syringe.dead_volume - (self.first if start else 0.0)


def split(runs: Sequence[Run]) -> tuple[tuple[Millilitres, ...], ...] | None:
    """Cumulative plunger volumes at the end of each filling, one row a filling, one column a feed.

    Equal parts, rounded down to what the pump can hold; the last part takes the rest. All feeds share the boundaries,
    so that the partner rests while one is refilled. None where no reasonable number of fillings is enough.
    """
    for parts in range(1, MOST + 1):
        rows = tuple(tuple(_cut(run, part, parts) for run in runs) for part in range(1, parts + 1))
        before: tuple[Millilitres, ...] = tuple(Millilitres(0.0) for _ in runs)
        for number, row in enumerate(rows):
            if any(
                end - begin > run.room(number == 0) + _ROUND for run, begin, end in zip(runs, before, row, strict=True)
            ):
                break
            before = row
        else:
            return rows
    return None


def _cut(run: Run, part: int, parts: int) -> Millilitres:
    if part == parts:
        return run.displaced
    piece = held_down(run.seat, Millilitres(run.displaced / parts))  # a sum may be more than one target can be
    return Millilitres(piece * part)


def charges(run: Run, cumulative: Sequence[Millilitres]) -> tuple[Millilitres | None, ...]:
    """What the syringe is filled to before each part, or None where it still holds enough.

    A filling takes as many parts as fit, and the dead volume; the first one also what fills the line.
    """
    pieces = [end - begin for begin, end in zip((0.0, *cumulative), cumulative, strict=False)]
    result: list[Millilitres | None] = []
    left = 0.0
    for number, piece in enumerate(pieces):
        if left >= piece - _ROUND:
            left -= piece
            result.append(None)
            continue
        room, taken = run.room(number == 0), 0.0
        for following in pieces[number:]:
            if taken + following > room + _ROUND:
                break
            taken += following
        left = taken - piece
        extra = run.seat.syringe.dead_volume + (run.first if number == 0 else 0.0)
        result.append(Millilitres(taken + extra))
    return tuple(result)
