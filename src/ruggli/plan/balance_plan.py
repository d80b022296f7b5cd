"""The mass balance of the reaction that a plan carries out, as data."""

from dataclasses import dataclass

from ruggli.quantities.base import Grams, GramsPerMole, Millimoles


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """Something that goes in or comes out.

    Attributes:
        reagent: name in the file, "" for what forms.
        name: for people.
        steps: ids of the steps that bring it.
        amount: of it; 0 where it is no one substance.
        mass: of the pure substance, or None where the molar mass is not known.
        note: a remark, such as the volume of a gas.
    """

    reagent: str
    name: str
    steps: tuple[str, ...]
    amount: Millimoles
    mass: Grams | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BalancePlan:
    """The balance of the reaction vessel from the first charge to the end of the reaction, if all closes to the ring.

    Solvents stay and are left out.

    Attributes:
        vessel: where it happens.
        equation: the reaction in words.
        substrate: name of the open chain in the file.
        limiting: amount of the ring at best.
        product: formula of the ring, "" where that of the substrate is not known.
        molar_mass: of the ring.
        theoretical: mass of the ring at best.
        goes_in: reagents.
        comes_out: ring, by-products, what is left of the reagents.
        mass_in: sum of `goes_in`, or None where one mass is not known.
        mass_out: sum of `comes_out`; the same, for nothing is lost.
    """

    vessel: str
    equation: str
    substrate: str
    limiting: Millimoles
    product: str
    molar_mass: GramsPerMole
    theoretical: Grams
    goes_in: tuple[BalanceRow, ...]
    comes_out: tuple[BalanceRow, ...]
    mass_in: Grams | None
    mass_out: Grams | None
