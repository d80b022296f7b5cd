"""The protocol's reagents and solutions with every amount, concentration and boiling point decided."""

from collections.abc import Mapping
from dataclasses import dataclass

from ruggli.chemistry.amounts import amount_of_mass, concentration_of, mass_of_amount, volume_of_mass
from ruggli.chemistry.solvents import solvent_named
from ruggli.plan.findings import Findings
from ruggli.protocol.model import Protocol, Reagent, Role
from ruggli.protocol.stoichiometry import amount_of, limiting_reagent, molar_mass_of, volume_of
from ruggli.protocol.uses import rest_of
from ruggli.quantities.base import Celsius, Grams, GramsPerMillilitre, GramsPerMole, Millilitres, Millimoles, Molar


@dataclass(frozen=True, slots=True)
class Substance:
    """A reagent or solvent.

    Attributes:
        key: name in the file.
        name: name for people; for a known solvent the one that benches use.
        role: see `Role`.
        amount: amount that the protocol asks for, 0 for solvents and where the file does not say.
        equivalents: against the limiting reagent, 0 where there is none.
        molar_mass: or None.
        density: or None.
        purity: mass fraction.
        boiling_point: at 101.325 kPa, or None.
        note: the file's note.
        smiles: the structure, "" where the file gives none.
        formula: molecular formula, "" where the file gives none.
    """

    key: str
    name: str
    role: Role
    amount: Millimoles
    equivalents: float
    molar_mass: GramsPerMole | None
    density: GramsPerMillilitre | None
    purity: float
    boiling_point: Celsius | None
    note: str
    smiles: str
    formula: str

    def mass(self, amount: Millimoles) -> Grams | None:
        """Mass to weigh for an amount, or None without a molar mass."""
        return None if self.molar_mass is None else mass_of_amount(amount, self.molar_mass, self.purity)

    def volume(self, amount: Millimoles) -> Millilitres | None:
        """Volume to measure for an amount of a liquid, or None without density or molar mass."""
        mass = self.mass(amount)
        return None if mass is None or self.density is None else volume_of_mass(mass, self.density)

    def amount_in(self, volume: Millilitres) -> Millimoles | None:
        """Amount in a volume of this neat liquid, or None without density or molar mass."""
        if self.density is None or self.molar_mass is None:
            return None
        return amount_of_mass(Grams(volume * self.density), self.molar_mass, self.purity)


@dataclass(frozen=True, slots=True)
class Mixture:
    """A solution.

    Attributes:
        key: name in the file.
        solvent: key of the solvent.
        solutes: concentrations by reagent.
        volume: volume that the protocol asks for, losses not included.
        rest: what a step that states no volume takes: `volume` without the parts that steps take with stated volumes.
        note: the file's note.
    """

    key: str
    solvent: str
    solutes: Mapping[str, Molar]
    volume: Millilitres
    rest: Millilitres
    note: str


@dataclass(frozen=True, slots=True)
class Chemicals:
    """Everything that has an amount."""

    substances: Mapping[str, Substance]
    mixtures: Mapping[str, Mixture]

    def solvent_name(self, key: str) -> str:
        """The name of a solvent that benches use."""
        known = self.substances.get(key)
        return known.name if known is not None else key

    def boiling_point(self, key: str) -> Celsius | None:
        """Boiling point of a solvent, or None where nobody says."""
        known = self.substances.get(key)
        return None if known is None else known.boiling_point


def chemicals_of(protocol: Protocol, findings: Findings) -> Chemicals:
    """Decide every amount and concentration.

    Args:
        protocol: the protocol; its references are known to hold.
        findings: takes `E-MISSING` where an amount or volume does not follow from the file.
    """
    mixtures: dict[str, Mixture] = {}
    stocks: dict[str, Millimoles] = {}
    for key, solution in protocol.solutions.items():
        volume = volume_of(protocol, key)
        if volume is None:
            findings.add(
                "E-MISSING",
                f"the volume of solution {key} does not follow from the file",
                ("solutions", key),
                bound="volume, or concentration with an amount of the solute",
                remedy=f"write `volume` in solution {key}",
            )
            continue
        solutes: dict[str, Molar] = {}
        for name in solution.solutes:
            amount = amount_of(protocol, protocol.reagents[name])
            if solution.concentration is not None:
                solutes[name] = Molar(solution.concentration.base)
                stocks.setdefault(name, Millimoles(solution.concentration.base * volume))
            elif amount is not None:
                solutes[name] = concentration_of(amount, volume)
            else:
                findings.add(
                    "E-MISSING",
                    f"the amount of {name} in solution {key} does not follow from the file",
                    ("reagents", name),
                    bound="amount, mass with molar_mass or formula, equivalents or mole_percent",
                    remedy=f"write `amount` in reagent {name}",
                )
        rest = rest_of(protocol, key) or Millilitres(0.0)
        mixtures[key] = Mixture(key, solution.solvent, solutes, volume, rest, solution.note or "")
    limiting = limiting_reagent(protocol)
    basis = None if limiting is None else amount_of(protocol, limiting)
    substances = {
        key: _substance(protocol, key, reagent, basis, stocks.get(key)) for key, reagent in protocol.reagents.items()
    }
    return Chemicals(substances, mixtures)


def _substance(
    protocol: Protocol, key: str, reagent: Reagent, basis: Millimoles | None, stock: Millimoles | None
) -> Substance:
    table = solvent_named(reagent.name) or solvent_named(reagent.cas or "") or solvent_named(key)
    amount = amount_of(protocol, reagent)
    if amount is None:
        amount = Millimoles(0.0) if stock is None else stock
    solvent = reagent.role is Role.SOLVENT
    stated = (reagent.density, reagent.boiling_point)
    density, boiling_point = (None if value is None else value.base for value in stated)
    molar_mass = molar_mass_of(reagent)
    if table is not None:
        molar_mass = table.molar_mass if molar_mass is None else molar_mass
        boiling_point = table.boiling_point if boiling_point is None else boiling_point
        density = table.density if density is None and solvent else density
    return Substance(
        key=key,
        name=table.name if table is not None and solvent else reagent.name,
        role=reagent.role,
        amount=amount,
        equivalents=amount / basis if basis else 0.0,
        molar_mass=molar_mass,
        density=None if density is None else GramsPerMillilitre(density),
        purity=1.0 if reagent.purity is None else reagent.purity.base,
        boiling_point=None if boiling_point is None else Celsius(boiling_point),
        note=reagent.note or "",
        smiles=reagent.smiles or "",
        formula="" if reagent.formula is None else str(reagent.formula),
    )
