"""Stoichiometry: equivalents and mol% to amounts, amounts to masses and volumes, solutions to concentrations.

Pure arithmetic in base units: mmol, g, mL, mol/L (= mmol/mL), g/mol, g/mL. Purity is a mass fraction, 1 for pure.
"""

import math

from ruggli.quantities.base import (
    Grams,
    GramsPerMillilitre,
    GramsPerMole,
    Millilitres,
    MillilitresPerSecond,
    Millimoles,
    Molar,
    Seconds,
)

NOTHING = Millimoles(0.0)


def amount_of_equivalents(equivalents: float, limiting: Millimoles) -> Millimoles:
    """Amount that `equivalents` mean against the limiting reagent."""
    return Millimoles(equivalents * limiting)


def amount_of_mass(mass: Grams, molar_mass: GramsPerMole, purity: float = 1.0) -> Millimoles:
    """Amount of substance in a weighed mass of the given purity."""
    return Millimoles(mass * purity / molar_mass * 1000)


def mass_of_amount(amount: Millimoles, molar_mass: GramsPerMole, purity: float = 1.0) -> Grams:
    """Mass to weigh for an amount: the impurities are weighed too."""
    return Grams(amount * molar_mass / 1000 / purity)


def volume_of_mass(mass: Grams, density: GramsPerMillilitre) -> Millilitres:
    """Volume of a liquid."""
    return Millilitres(mass / density)


def concentration_of(amount: Millimoles, volume: Millilitres) -> Molar:
    """Concentration of an amount in a volume."""
    return Molar(amount / volume)


def volume_of_solution(amount: Millimoles, concentration: Molar) -> Millilitres:
    """Volume of a solution of this concentration that holds the amount."""
    return Millilitres(amount / concentration)


def rate_constant(half_life: Seconds) -> float:
    """First-order rate constant in 1/s."""
    return math.log(2) / half_life


def dosed_peak(
    *,
    amount: Millimoles,
    into: Millilitres,
    flow: MillilitresPerSecond,
    duration: Seconds,
    constant: float = 0.0,
    present: Millimoles = NOTHING,
) -> Molar:
    """Highest concentration of a solute while it is fed at a constant rate into a growing volume.

    Balance: dn/dt = f - k n with f = amount / duration, c = n / (V0 + F t). The volume drops out of the amount, so
    n(t) = f/k (1 - exp(-k t)) + n0 exp(-k t); c has one maximum, where n'(t) (V0 + F t) = n(t) F.

    Args:
        amount: amount of the solute that is fed.
        into: volume in the vessel at the start.
        flow: total flow into the vessel, of all feeds.
        duration: time of the feed.
        constant: first-order consumption in 1/s; 0 where nothing is assumed to react.
        present: amount of the solute in the vessel at the start.
    """
    feed = amount / duration

    def left(t: float) -> float:
        if constant == 0:
            return present + feed * t
        return feed * -math.expm1(-constant * t) / constant + present * math.exp(-constant * t)

    def level(t: float) -> float:
        volume = into + flow * t
        return left(t) / volume if volume > 0 else (feed / flow if flow > 0 else 0.0)

    def growing(t: float) -> bool:
        gain = feed - constant * left(t)
        return gain * (into + flow * t) > left(t) * flow

    ends = max(level(0.0), level(duration))
    if constant == 0 or not growing(0.0) or growing(duration):
        return Molar(ends)
    low, high = 0.0, float(duration)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if growing(middle) else (low, middle)
    return Molar(max(ends, level(low)))


def shortest_dose(
    *,
    amount: Millimoles,
    into: Millilitres,
    volume: Millilitres,
    below: Molar,
    constant: float,
    longest: Seconds,
    present: Millimoles = NOTHING,
) -> Seconds | None:
    """Shortest time over which `volume` may be dosed at a constant rate so that a solute stays below a bound.

    Args:
        amount: amount of the solute that is fed.
        into: volume in the vessel at the start.
        volume: volume that is dosed in all.
        below: bound on the concentration in the vessel.
        constant: first-order consumption of the solute, 1/s.
        longest: longest time that is tried.
        present: amount of the solute in the vessel at the start.

    Returns:
        None where the bound does not hold even over `longest`.
    """

    def holds(duration: float) -> bool:
        peak = dosed_peak(
            amount=amount,
            into=into,
            flow=MillilitresPerSecond(volume / duration),
            duration=Seconds(duration),
            constant=constant,
            present=present,
        )
        return peak <= below

    if not holds(longest):
        return None
    low, high = 0.0, float(longest)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return Seconds(high)
