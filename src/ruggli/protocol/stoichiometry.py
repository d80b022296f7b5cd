"""Amounts of reagents and volumes of solutions as far as the protocol alone decides them."""

from ruggli.protocol.model import Protocol, Reagent
from ruggli.quantities.base import GramsPerMole, Millilitres, Millimoles


def limiting_reagent(protocol: Protocol) -> Reagent | None:
    """The basis of equivalents and mol%, or None."""
    return next((reagent for reagent in protocol.reagents.values() if reagent.limiting), None)


def molar_mass_of(reagent: Reagent) -> GramsPerMole | None:
    """The molar mass as stated, else as the formula gives it, else None."""
    if reagent.molar_mass is not None:
        return GramsPerMole(reagent.molar_mass.base)
    return None if reagent.formula is None else reagent.formula.molar_mass


def amount_of(protocol: Protocol, reagent: Reagent) -> Millimoles | None:
    """The amount of a reagent, or None where the file does not decide it."""
    if reagent.amount is not None:
        return Millimoles(reagent.amount.base)
    molar_mass = molar_mass_of(reagent)
    if reagent.mass is not None and molar_mass is not None:
        purity = 1.0 if reagent.purity is None else reagent.purity.base
        return Millimoles(1000.0 * reagent.mass.base * purity / molar_mass)
    share = reagent.equivalents or reagent.mole_percent
    basis = limiting_reagent(protocol)
    if share is None or basis is None or basis is reagent or basis.equivalents or basis.mole_percent:
        return None
    amount = amount_of(protocol, basis)
    return None if amount is None else Millimoles(share.base * amount)


def volume_of(protocol: Protocol, solution_name: str) -> Millilitres | None:
    """The volume of a solution before losses, or None where the file does not decide it."""
    solution = protocol.solutions.get(solution_name)
    if solution is None:
        return None
    if solution.volume is not None:
        return Millilitres(solution.volume.base)
    solute = protocol.reagents.get(solution.solutes[0])
    amount = None if solute is None else amount_of(protocol, solute)
    if solution.concentration is None or amount is None:
        return None
    return Millilitres(amount / solution.concentration.base)
