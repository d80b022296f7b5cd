"""Ring closure against coupling: the semi-batch model of chemistry.md B.2 in its two variants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import fsum

from ruggli.quantities.base import Millilitres, Millimoles, Molar

SPECIES = ("M", "Ru", "H", "N", "D", "C", "CD", "I", "E", "U", "B", "Ru0")
"""M monomer, Ru live catalyst, H species that isomerises, N all linear chains with M, D linear dimer, C ring, CD cyclic
dimer, I isomer, E ethylene, U units of M in chains of three and more, B amine that inhibits, Ru0 catalyst that has yet
to start."""

INPUTS = ("M", "Ru", "H", "D", "C", "CD", "I", "E", "B", "Ru0")
"""What may be put in; N and U follow from it."""

ROUNDING = 1e-12
"""Part of the units put in; a difference of large numbers that is smaller is nothing."""

UNITS_OF_M: Mapping[str, int] = {"M": 1, "D": 2, "C": 1, "CD": 2, "I": 1}


class Variant(Enum):
    """Which chains couple: only two monomers with each other, or all."""

    DIMER_TERMINAL = "dimer-terminal"
    STEP_GROWTH = "step-growth"


@dataclass(frozen=True, slots=True)
class Constants:
    """Event constants.

    Attributes:
        k_ring: ring closure; in L/mol/s and times [Ru], or in 1/s where `catalysed` is false.
        catalysed: whether `k_ring` and `k_cd` are times [Ru].
        effective_molarity: k_ring over k of coupling; None where nothing couples.
        k_d: decay of Ru, 1/s.
        phi: part of the dead Ru that isomerises.
        k_iso: isomerisation of M by H, L/mol/s.
        q: part of it that an inhibitor suppresses.
        k_cd: closure of the linear dimer; as `k_ring`.
        k_d2: decay of Ru of second order, L/mol/s: [Ru] falls at k_d2 [Ru]^2.
        k_bind: binding of Ru by B, L/mol; the part 1/(1 + k_bind [B]) is active.
        k_b: decay of Ru by B, L/mol/s.
        k_init: start of Ru0, 1/s.
    """

    k_ring: float
    catalysed: bool = True
    effective_molarity: Molar | None = None
    k_d: float = 0.0
    phi: float = 0.0
    k_iso: float = 0.0
    q: float = 0.0
    k_cd: float = 0.0
    k_d2: float = 0.0
    k_bind: float = 0.0
    k_b: float = 0.0
    k_init: float = 0.0


class Macrocyclisation:
    """See the module; a `Model`."""

    species: tuple[str, ...] = SPECIES
    states: tuple[str, ...] = ("M", "Ru", "H", "N", "D", "C", "CD", "I", "E", "B", "Ru0")
    substrate = "M"

    def __init__(self, constants: Constants, variant: Variant = Variant.STEP_GROWTH) -> None:
        self.constants = constants
        self.variant = variant
        molarity = constants.effective_molarity
        self._k_couple = 0.0 if molarity is None else constants.k_ring / molarity
        self._k_iso = (1.0 - constants.q) * constants.k_iso
        self._grows = variant is Variant.STEP_GROWTH
        self._inhibited = constants.k_bind > 0.0 or constants.k_b > 0.0

    def added(self, amounts: Mapping[str, float]) -> list[float]:
        """See `Model`."""
        values = {state: amounts.get(state, 0.0) for state in self.states}
        values["N"] = values["M"] + values["D"]
        return [values[state] for state in self.states]

    def rates(self, amounts: Sequence[float], volume: Millilitres) -> list[float]:
        """See `Model`."""
        m, ru, h, n, d = amounts[:5]
        known = self.constants
        decay = known.k_d + known.k_d2 * ru / volume
        # times `ru` once: amounts over volume are concentrations, and a rate times volume is mmol/s
        each = ru / volume if known.catalysed else 1.0
        if self._inhibited:
            base = amounts[9] / volume
            decay += known.k_b * base
            each = each / (1.0 + known.k_bind * base) if known.catalysed else each
        partner = n if self._grows else m
        couple = self._k_couple * each / volume
        ring = known.k_ring * each * m
        pairs = couple * partner * partner
        isomer = self._k_iso * h * m / volume
        closed = known.k_cd * each * d
        grown = 2.0 * couple * d * n if self._grows else 0.0
        died = decay * ru
        started = known.k_init * amounts[10]
        return [
            -ring - 2.0 * couple * m * partner - isomer,
            started - died,
            known.phi * died,
            -ring - pairs - isomer - closed,
            couple * m * m - grown - closed,
            ring,
            closed,
            isomer,
            ring + pairs + closed,
            0.0,
            -started,
        ]

    def told(self, amounts: Sequence[float], put_in: Mapping[str, Millimoles]) -> dict[str, Millimoles]:
        """See `Model`; U is what is missing to the units put in."""
        found = dict(zip(self.states, amounts, strict=True))
        units = fsum(number * put_in.get(species, 0.0) for species, number in UNITS_OF_M.items())
        missing = units - fsum(number * found[species] for species, number in UNITS_OF_M.items())
        found["U"] = missing if abs(missing) > ROUNDING * units else 0.0
        return {species: Millimoles(float(found[species])) for species in SPECIES}

    def yields(self, told: Mapping[str, Millimoles], put_in: Mapping[str, Millimoles]) -> dict[str, float]:
        """See `Model`: on units of M put in as monomer or linear dimer."""
        fed = put_in.get("M", 0.0) + 2.0 * put_in.get("D", 0.0)
        if fed <= 0.0:
            return {}
        found = {species: number * told[species] for species, number in UNITS_OF_M.items()} | {"U": told["U"]}
        for species in ("C", "CD", "I"):
            found[species] -= UNITS_OF_M[species] * put_in.get(species, 0.0)
        return {species: amount / fed for species, amount in found.items()}

    def imbalances(self, told: Mapping[str, Millimoles], put_in: Mapping[str, Millimoles]) -> dict[str, float]:
        """See `Model`: one ethylene for each closure and coupling; no negative chains; no long ones where none grow."""
        given = {species: put_in.get(species, 0.0) for species in INPUTS}
        made = given["M"] + given["D"] - (told["I"] - given["I"]) - told["N"]
        missing = min(0.0, told["U"]) if self._grows else told["U"]
        ruthenium = told["Ru"] + told["Ru0"] - given["Ru"] - given["Ru0"]
        dead = told["H"] - given["H"] + self.constants.phi * ruthenium
        return {"ethylene": told["E"] - given["E"] - made, "units of M": missing, "ruthenium": dead}
