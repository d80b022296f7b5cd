"""A reagent that is fed into a growing volume and used up in first order: its course, its highest concentration.

Balance of the amount n in the volume V: dn/dt = f - k n, dV/dt = F. The volume drops out of the amount, so with a
constant k a step of any length is exact: n(t + s) = n e^(-ks) + f (1 - e^(-ks)) / k. Where k follows a catalyst that is
fed too and decays, it is taken in the middle of each step.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimoles, Molar, Seconds

STEPS = 48
"""Steps for each stretch; with a constant k they are exact and only the highest value lies between two of them."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which everything flows at one rate.

    Attributes:
        duration: how long.
        flow: of all feeds together.
        reagent: inflow of the reagent, mmol/s.
        catalyst: inflow of the catalyst, mmol/s.
    """

    duration: Seconds
    flow: MillilitresPerSecond
    reagent: float
    catalyst: float = 0.0


@dataclass(frozen=True, slots=True)
class Kinetics:
    """k = `constant` + `per_catalyst` x [catalyst]; the catalyst decays with `decay`. 1/s, L/mol/s, 1/s."""

    constant: float = 0.0
    per_catalyst: float = 0.0
    decay: float = 0.0


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in the vessel: volume, unreacted reagent, live catalyst."""

    volume: Millilitres
    reagent: Millimoles
    catalyst: Millimoles = Millimoles(0.0)

    @property
    def concentration(self) -> Molar:
        """Of the reagent."""
        return Molar(self.reagent / self.volume if self.volume > 0 else 0.0)


def passed(contents: Contents, stretch: Stretch, kinetics: Kinetics, part: float = 1.0) -> Contents:
    """The contents after a part of a stretch, in one step."""
    time = stretch.duration * part
    volume = contents.volume + stretch.flow * time
    catalyst = _fed(contents.catalyst, stretch.catalyst, kinetics.decay, time)
    constant = kinetics.constant
    if kinetics.per_catalyst > 0.0:
        halfway = _fed(contents.catalyst, stretch.catalyst, kinetics.decay, time / 2)
        middle = contents.volume + stretch.flow * time / 2
        constant += kinetics.per_catalyst * halfway / middle if middle > 0 else 0.0
    reagent = _fed(contents.reagent, stretch.reagent, constant, time)
    return Contents(Millilitres(volume), Millimoles(reagent), Millimoles(catalyst))


def _fed(amount: float, inflow: float, constant: float, time: float) -> float:
    if constant <= 0.0:
        return amount + inflow * time
    return amount * math.exp(-constant * time) - inflow * math.expm1(-constant * time) / constant


def course(contents: Contents, stretches: Sequence[Stretch], kinetics: Kinetics) -> list[tuple[Seconds, Contents]]:
    """Times from the start of the flow, and the contents then: the start, and `STEPS` steps for each stretch."""
    now, rows = 0.0, [(Seconds(0.0), contents)]
    for stretch in stretches:
        for number in range(1, STEPS + 1):
            contents = passed(contents, stretch, kinetics, 1 / STEPS)
            rows.append((Seconds(now + stretch.duration * number / STEPS), contents))
        now += stretch.duration
    return rows


def highest(contents: Contents, stretches: Sequence[Stretch], kinetics: Kinetics) -> Molar:
    """Highest concentration of the reagent in a course."""
    into_nothing = contents.volume <= 0
    if into_nothing and stretches and stretches[0].flow > 0:  # the first drop has the concentration of the feed
        return Molar(max(stretches[0].reagent / stretches[0].flow, _top(contents, stretches, kinetics)))
    return _top(contents, stretches, kinetics)


def _top(contents: Contents, stretches: Sequence[Stretch], kinetics: Kinetics) -> Molar:
    return Molar(max(row.concentration for _, row in course(contents, stretches, kinetics)))


def last(contents: Contents, stretches: Sequence[Stretch], kinetics: Kinetics) -> Contents:
    """What is in the vessel at the end."""
    return course(contents, stretches, kinetics)[-1][1]
