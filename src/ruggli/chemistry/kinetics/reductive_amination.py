"""Ring closure by reductive amination: the scheme of chemistry.md B.7, for solvents in which pH has no meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from ruggli.quantities.base import Millilitres, Millimoles

SPECIES = ("A", "I", "H", "AcOH", "P", "AL", "J2", "DM", "J3", "OA", "H2")
"""A amino-aldehyde, I cyclic imine, H hydride, P product, AL alcohol, J2 imine of two A, DM its amine, J3 imine of P
and A, OA over-alkylated product, H2 hydrogen that was lost."""

UNITS_OF_A: Mapping[str, int] = {"A": 1, "I": 1, "P": 1, "AL": 1, "J2": 2, "DM": 2, "J3": 2, "OA": 2}
HYDRIDES: Mapping[str, int] = {"H": 1, "P": 1, "AL": 1, "DM": 1, "J3": 1, "OA": 2, "H2": 1}
"""Hydrides that each species holds or has used: P was made with one, so J3 and OA hold the one of their P."""


@dataclass(frozen=True, slots=True)
class Constants:
    """Event constants.

    Attributes:
        k_f: A to I, 1/s.
        k_r: I to A, 1/s.
        k_red: I with H, L/mol/s.
        k_ald: A with H, L/mol/s.
        k_c: A with A to J2, L/mol/s; two A an event.
        k_c_rev: J2 to two A, 1/s.
        k_red_j2: J2 with H, L/mol/s.
        k_o: P with A to J3, L/mol/s.
        k_o_rev: J3 to P and A, 1/s.
        k_red_j3: J3 with H, L/mol/s.
        k_h2: H with AcOH, L/mol/s; one of each an event.
    """

    k_f: float = 0.0
    k_r: float = 0.0
    k_red: float = 0.0
    k_ald: float = 0.0
    k_c: float = 0.0
    k_c_rev: float = 0.0
    k_red_j2: float = 0.0
    k_o: float = 0.0
    k_o_rev: float = 0.0
    k_red_j3: float = 0.0
    k_h2: float = 0.0


class ReductiveAmination:
    """See the module; a `Model`."""

    species: tuple[str, ...] = SPECIES
    states: tuple[str, ...] = SPECIES
    substrate = "A"

    def __init__(self, constants: Constants) -> None:
        self.constants = constants

    def added(self, amounts: Mapping[str, float]) -> list[float]:
        """See `Model`."""
        return [amounts.get(species, 0.0) for species in SPECIES]

    def rates(self, amounts: Sequence[float], volume: Millilitres) -> list[float]:
        """See `Model`."""
        a, i, h, acid, p, _, j2, _, j3, _, _ = amounts
        k = self.constants
        per = h / volume
        close = k.k_f * a - k.k_r * i
        reduce = k.k_red * i * per
        alcohol = k.k_ald * a * per
        pair = k.k_c * a * a / volume - k.k_c_rev * j2
        dimer = k.k_red_j2 * j2 * per
        over = k.k_o * p * a / volume - k.k_o_rev * j3
        tertiary = k.k_red_j3 * j3 * per
        lost = k.k_h2 * acid * per
        return [
            -close - alcohol - 2.0 * pair - over,
            close - reduce,
            -reduce - alcohol - dimer - tertiary - lost,
            -lost,
            reduce - over,
            alcohol,
            pair - dimer,
            dimer,
            over - tertiary,
            tertiary,
            lost,
        ]

    def told(self, amounts: Sequence[float], put_in: Mapping[str, Millimoles]) -> dict[str, Millimoles]:
        """See `Model`."""
        return {species: Millimoles(float(amount)) for species, amount in zip(SPECIES, amounts, strict=True)}

    def yields(self, told: Mapping[str, Millimoles], put_in: Mapping[str, Millimoles]) -> dict[str, float]:
        """See `Model`: on units of A put in as A, I or J2."""
        fed = put_in.get("A", 0.0) + put_in.get("I", 0.0) + 2.0 * put_in.get("J2", 0.0)
        if fed <= 0.0:
            return {}
        given = {species: 0.0 if species in ("A", "I", "J2") else put_in.get(species, 0.0) for species in UNITS_OF_A}
        return {species: number * (told[species] - given[species]) / fed for species, number in UNITS_OF_A.items()}

    def imbalances(self, told: Mapping[str, Millimoles], put_in: Mapping[str, Millimoles]) -> dict[str, float]:
        """See `Model`."""

        def gained(parts: Mapping[str, int]) -> float:
            return fsum(number * (told[name] - put_in.get(name, 0.0)) for name, number in parts.items())

        return {
            "units of A": gained(UNITS_OF_A),
            "hydride": gained(HYDRIDES),
            "acid": gained({"AcOH": 1, "H2": 1}),
        }
