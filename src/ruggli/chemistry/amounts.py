"""Stoichiometry: equivalents and mol% to amounts, amounts to masses and volumes, solutions to concentrations.

Pure arithmetic in base units: mmol, g, mL, mol/L (= mmol/mL), g/mol, g/mL. Purity is a mass fraction, 1 for pure.
"""

import math

from ruggli.quantities.base import (
    Grams,
    GramsPerMillilitre,
    GramsPerMole,
    Millilitres,
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
