"""The pace of a dose: what the file says, or the fastest that keeps every bound, at one rate or ramped."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ruggli.chemistry.feeding import Contents, Kinetics, highest, last
from ruggli.plan.feeding import Part, Piece
from ruggli.plan.kept import UsedUp
from ruggli.plan.legs import Leg, stretches_of
from ruggli.protocol.lengths import LONGEST
from ruggli.protocol.model import StepClass
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Molar, Seconds

MARGIN = 0.01
"""Part of a bound that a pace which is looked for stays below it: rates are held to a few digits only."""
MOST_PIECES = 12
"""Stretches of one rate each of a ramped dose, at most."""
SHORTEST_PIECE = Seconds(120.0)
"""A stretch that is shorter is not worth its arming."""
COUNTS = 0.002
"""Part of a dose that the counter may leave unknown at the ends of its stretches, all together."""
_QUICKEST = Seconds(600.0)
_QUICKEST_RAMP = Seconds(1200.0)
_OF_FASTEST = 0.5
_HALVINGS = 50


@dataclass(frozen=True, slots=True)
class Bounded:
    """A reagent with its bound, as the search sees it; `start` as if nothing had reacted before."""

    reagent: str
    below: Molar
    used_up: UsedUp
    start: Contents

    @property
    def kinetics(self) -> Kinetics:
        """For the integrator."""
        return Kinetics(self.used_up.constant, self.used_up.per_catalyst, self.used_up.decay)


Solutes = Callable[[str, str], Molar]
"""Concentration of a solute in a solution."""


@dataclass(frozen=True, slots=True)
class Pacer:
    """Looks for the pace of one dose.

    Attributes:
        parts: the feeds.
        bounds: what has to be kept.
        solutes: concentration of a solute in a solution.
        step_class: for the longest time.
    """

    parts: Sequence[Part]
    bounds: Sequence[Bounded]
    solutes: Solutes
    step_class: StepClass

    @property
    def tail(self) -> float:
        """Time of the longest chase against the time in which everything flows together."""
        return max(part.chase / part.displaced for part in self.parts)

    def constant(self) -> tuple[Piece, ...] | None:
        """One rate: the shortest whole number of minutes, chase included, or None where no time is long enough."""
        longest = LONGEST[self.step_class] / (1 + self.tail)
        if not self._holds([Piece(1.0, Seconds(longest))]):
            return None
        low, high = 0.0, longest
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if self._holds([Piece(1.0, Seconds(middle))]) else (middle, high)
        whole = max(self._fastest(), math.ceil(high * (1 + self.tail) / 60) * 60.0)
        return (Piece(1.0, Seconds(whole / (1 + self.tail))),)

    def ramped(self) -> tuple[Piece, ...] | None:
        """Up to the bound, then along it; None where no ramp is faster than one rate, or none is possible."""
        plain = self.constant()
        for count in range(MOST_PIECES, 1, -1):
            found = self._ramp(count)
            if found is None or not self._sensible(found):
                continue
            takes = math.fsum(piece.duration for piece in found)
            if plain is None or takes < (1 - MARGIN) * plain[0].duration:
                return found
        return plain

    def _ramp(self, count: int) -> tuple[Piece, ...] | None:
        quickest = max(_QUICKEST_RAMP, *(part.displaced / (_OF_FASTEST * part.seat.fastest) for part in self.parts))
        slowest = min(LONGEST[self.step_class], *(part.displaced / part.seat.slowest for part in self.parts))
        first = self._fill(quickest)
        pieces = [] if first is None else [first]
        done = 0.0 if first is None else first.part
        if done >= 1.0:
            return tuple(pieces)
        rest = count - len(pieces)
        states = [self._after(bound, pieces) for bound in self.bounds]
        for _ in range(rest):
            part = (1.0 - done) / rest
            piece = self._piece(states, part, quickest, slowest)
            if piece is None:
                return None
            pieces.append(piece)
            states = [self._after(bound, [piece], state) for bound, state in zip(self.bounds, states, strict=True)]
        return tuple(pieces)

    def _fill(self, quickest: float) -> Piece | None:
        """The first stretch, as fast as the pumps are asked to go; None where not even a short one fits."""

        def at(time: float) -> Piece:
            return Piece(min(1.0, time / quickest), Seconds(min(time, quickest)))

        starts = [bound.start for bound in self.bounds]
        low, high = 0.0, quickest
        if self._keeps(starts, at(quickest)):
            return at(quickest)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._keeps(starts, at(middle)) else (low, middle)
        if low >= SHORTEST_PIECE:
            return at(low)
        slow, fast = 0.0, SHORTEST_PIECE / quickest
        for _ in range(_HALVINGS):
            middle = (slow + fast) / 2
            fits = self._keeps(starts, Piece(middle, SHORTEST_PIECE))
            slow, fast = (middle, fast) if fits else (slow, middle)
        return Piece(slow, SHORTEST_PIECE) if slow * quickest > 1.0 else None

    def _piece(self, states: Sequence[Contents], part: float, quickest: float, slowest: float) -> Piece | None:
        short, long = part * quickest, part * slowest
        if not self._keeps(states, Piece(part, Seconds(long))):
            return None
        for _ in range(_HALVINGS):
            middle = (short + long) / 2
            short, long = (short, middle) if self._keeps(states, Piece(part, Seconds(middle))) else (middle, long)
        return Piece(part, Seconds(long))

    def _sensible(self, pieces: Sequence[Piece]) -> bool:
        """No stretch too short, and no counter too coarse for so many."""
        if any(piece.duration < SHORTEST_PIECE * (1 - 1e-9) for piece in pieces):
            return False
        for part in self.parts:
            size = Millilitres(part.displaced / len(pieces))
            step = part.seat.capability.counter_step(size, part.seat.syringe.bore)
            if step * len(pieces) > COUNTS * part.displaced:
                return False
        return True

    def _keeps(self, states: Sequence[Contents], piece: Piece) -> bool:
        if piece.part <= 0.0 or piece.duration <= 0.0:
            return True
        return all(
            highest(state, stretches_of([self._row(bound, piece)]), bound.kinetics) <= bound.below * (1 - MARGIN)
            for bound, state in zip(self.bounds, states, strict=True)
        )

    def _after(self, bound: Bounded, pieces: Sequence[Piece], start: Contents | None = None) -> Contents:
        rows = [self._row(bound, piece) for piece in pieces]
        return last(bound.start if start is None else start, stretches_of(rows), bound.kinetics)

    def _holds(self, pieces: Sequence[Piece]) -> bool:
        return all(self.peak(bound, pieces) <= bound.below * (1 - MARGIN) for bound in self.bounds)

    def peak(self, bound: Bounded, pieces: Sequence[Piece]) -> Molar:
        """Highest concentration with these pieces and the chase after them."""
        rows = [self._row(bound, piece) for piece in pieces]
        rows.append([self._leg(bound, part, pieces[-1], part.pushed, part.chase - part.pushed) for part in self.parts])
        return highest(bound.start, stretches_of(rows), bound.kinetics)

    def _row(self, bound: Bounded, piece: Piece) -> list[Leg]:
        return [self._leg(bound, part, piece, piece.part * part.displaced, 0.0) for part in self.parts]

    def _leg(self, bound: Bounded, part: Part, piece: Piece, solution: float, after: float) -> Leg:
        name = part.demand.solution
        rate = part.displaced * piece.part / piece.duration
        reagent, catalyst = self.solutes(name, bound.reagent), self.solutes(name, bound.used_up.catalyst)
        return Leg(MillilitresPerSecond(rate), Millilitres(solution), Millilitres(after), reagent, catalyst)

    def _fastest(self) -> float:
        """Shortest time that is asked of the pumps: half their fastest flow, and never less than 10 min."""
        return max(_QUICKEST, *(part.demand.volume / (_OF_FASTEST * part.seat.fastest) for part in self.parts))
