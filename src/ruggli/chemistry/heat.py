"""Heat of a reductive amination: what a portion of hydride warms its flask by, if no heat is lost.

The hydride step gives off 150 kJ/mol, good to 50 (mark E): an estimate from the enthalpies of formation of a related
reaction, not a measurement. It is the figure of the simulated flask (`ruggli.chemistry.kinetics.heats`).
"""

from typing import Final

from ruggli.chemistry.kinetics.heats import HEATS
from ruggli.quantities.base import JoulesPerKelvin, Kelvin, KilojoulesPerMole, Millimoles

_STEP: Final = next(row for row in HEATS["reductive-amination"] if row.name == "k_red")
HYDRIDE_STEP: Final = KilojoulesPerMole(-_STEP.value)
"""Heat given off by the reduction of the iminium ion by a triacetoxy- or cyanoborohydride."""
LEAST, MOST = KilojoulesPerMole(-_STEP.high), KilojoulesPerMole(-_STEP.low)
"""Between which it lies."""


def adiabatic_rise(amount: Millimoles, heat: KilojoulesPerMole, capacity: JoulesPerKelvin) -> Kelvin:
    """By how much the contents of a vessel warm when an amount reacts at once and no heat is lost.

    Args:
        amount: what reacts.
        heat: given off by a mole of it.
        capacity: heat capacity of the contents, which must be above 0.
    """
    return Kelvin(amount * heat / capacity)


def used_by_portions(hydride: Millimoles, count: int, substrate: Millimoles) -> tuple[Millimoles, ...]:
    """How much substrate each of `count` equal portions of hydride uses, one for one, until none is left."""
    share = hydride / count
    left = [max(0.0, substrate - number * share) for number in range(count)]
    return tuple(Millimoles(min(share, rest)) for rest in left)
