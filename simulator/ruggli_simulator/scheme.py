"""Schemes of reactions that a vessel can carry out, as elementary steps with their stoichiometry.

Rate constants are event constants: a step `M + M` takes two M an event. Amounts are in mmol and volumes in mL, so that
amount over volume is mol/L. Chains of three and more are one species, L, with the units in them, U: every chain couples
as fast as any other, so that their lengths do not matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

CATALYST = "Ru"

VARIANTS = ("step-growth", "dimer-terminal")


@dataclass(frozen=True, slots=True)
class Step:
    """One elementary step.

    Attributes:
        constant: name of the constant whose activation energy and heat it has.
        k: rate constant at its reference temperature; 1/s for one reactant, L/mol/s for two, L2/mol2/s for three.
        reactants: whose concentrations the rate is proportional to.
        changes: mmol of each species for one mmol of events.
    """

    constant: str
    k: float
    reactants: tuple[str, ...]
    changes: Mapping[str, float]

    @property
    def bounds(self) -> Mapping[str, float]:
        """Amount of each species in mmol that one mmol of events needs."""
        return {species: -change for species, change in self.changes.items() if change < 0}


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme with its constants.

    Attributes:
        species: states, in order.
        steps: those that take time.
        at_once: those between ions, as fast as they are mixed; constant and `k` have no meaning but for the heat.
        units: units of the substrate in each species.
        sums: what is told beside the species, as a sum of some of them.
        gases: species that leave as gas.
    """

    species: tuple[str, ...]
    steps: tuple[Step, ...]
    at_once: tuple[Step, ...] = ()
    units: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gases: tuple[str, ...] = ()


CONSTANTS: Mapping[str, tuple[str, ...]] = {
    "macrocyclisation": ("k_intra", "k_prime", "EM", "k_d", "phi", "k_iso", "q", "k_cd"),
    "reductive-amination": (
        *("k_f", "k_r", "k_red", "k_ald", "k_c", "k_c_rev", "k_red_J2"),
        *("k_o", "k_o_rev", "k_red_J3", "k_H2", "k_quench"),
    ),
}
"""For each model the names of its constants."""

INPUTS: Mapping[str, tuple[str, ...]] = {
    "macrocyclisation": ("M", CATALYST, "H", "D", "C", "CD", "I"),
    "reductive-amination": ("A", "I", "H", "AcOH", "P", "AL", "J2", "DM", "J3", "OA", "HCO3"),
}
"""For each model what may be put in."""

AT_ONCE_CONSTANT = "quench"
"""Name under which the heat of acid with bicarbonate stands."""


def macrocyclisation(constants: Mapping[str, float], variant: str = VARIANTS[0]) -> Scheme:
    """Ring closure against coupling of chains, by a catalyst (`k_prime`) or by itself (`k_intra`).

    Args:
        constants: `k_intra` in 1/s or `k_prime` in L/mol/s; `EM` in mol/L, where it is missing nothing couples; `k_d`
            decay of the catalyst in 1/s; `phi` part of the dead catalyst that isomerises; `k_iso` in L/mol/s, of which
            an inhibitor suppresses the part `q`; `k_cd` closure of the linear dimer, as the ring closure.
        variant: `step-growth` where all chains couple, `dimer-terminal` where only two monomers do.
    """
    get = constants.get
    by_itself = "k_intra" in constants
    ring, k_ring = ("k_intra", constants["k_intra"]) if by_itself else ("k_prime", get("k_prime", 0.0))
    helper = () if by_itself else (CATALYST,)
    k_couple = k_ring / constants["EM"] if "EM" in constants else 0.0
    steps = [
        Step(ring, k_ring, (*helper, "M"), {"M": -1, "C": 1, "E": 1}),
        Step("couple", k_couple, (*helper, "M", "M"), {"M": -2, "D": 1, "E": 1}),
    ]
    if variant == VARIANTS[0]:
        for first, second, twice, changes in (
            ("M", "D", 2.0, {"M": -1, "D": -1, "L": 1, "U": 3}),
            ("M", "L", 2.0, {"M": -1, "U": 1}),
            ("D", "D", 1.0, {"D": -2, "L": 1, "U": 4}),
            ("D", "L", 2.0, {"D": -1, "U": 2}),
            ("L", "L", 1.0, {"L": -1}),
        ):
            steps.append(Step("couple", twice * k_couple, (*helper, first, second), {**changes, "E": 1}))
    steps += [
        Step("k_d", get("k_d", 0.0), (CATALYST,), {CATALYST: -1, "H": get("phi", 0.0)}),
        Step("k_iso", get("k_iso", 0.0) * (1.0 - get("q", 0.0)), ("H", "M"), {"M": -1, "I": 1}),
        Step("k_cd", get("k_cd", 0.0), (*helper, "D"), {"D": -1, "CD": 1, "E": 1}),
    ]
    return Scheme(
        species=("M", CATALYST, "H", "D", "L", "U", "C", "CD", "I", "E"),
        steps=tuple(step for step in steps if step.k > 0.0),
        units={"M": 1, "D": 2, "C": 1, "CD": 2, "I": 1, "U": 1},
        sums={"N": ("M", "D", "L")},
        gases=("E",),
    )


def reductive_amination(constants: Mapping[str, float]) -> Scheme:
    """Ring closure by imine and hydride, and its quench.

    A amino-aldehyde, I imine, H hydride, P product, AL alcohol, J2 and DM imine and amine of two A, J3 and OA imine and
    amine of P and A; BA acid that boron has bound and gives to bicarbonate (HCO3), two for each hydride that was used.
    Bicarbonate takes up acid at once; the water that comes with it destroys hydride (`k_quench`, in L/mol/s of
    bicarbonate, which is not used up by it).

    Args:
        constants: `k_f`, `k_r`, `k_c_rev`, `k_o_rev` in 1/s, the others in L/mol/s.
    """
    used = {"H": -1, "BA": 2}
    k = {name: constants.get(name, 0.0) for name in CONSTANTS["reductive-amination"]}
    steps = (
        Step("k_f", k["k_f"], ("A",), {"A": -1, "I": 1}),
        Step("k_r", k["k_r"], ("I",), {"I": -1, "A": 1}),
        Step("k_red", k["k_red"], ("I", "H"), {"I": -1, "P": 1, **used}),
        Step("k_ald", k["k_ald"], ("A", "H"), {"A": -1, "AL": 1, **used}),
        Step("k_c", k["k_c"], ("A", "A"), {"A": -2, "J2": 1}),
        Step("k_c_rev", k["k_c_rev"], ("J2",), {"J2": -1, "A": 2}),
        Step("k_red_J2", k["k_red_J2"], ("J2", "H"), {"J2": -1, "DM": 1, **used}),
        Step("k_o", k["k_o"], ("P", "A"), {"P": -1, "A": -1, "J3": 1}),
        Step("k_o_rev", k["k_o_rev"], ("J3",), {"J3": -1, "P": 1, "A": 1}),
        Step("k_red_J3", k["k_red_J3"], ("J3", "H"), {"J3": -1, "OA": 1, **used}),
        Step("k_H2", k["k_H2"], ("H", "AcOH"), {"H": -1, "AcOH": -1, "BA": 3, "H2": 1}),
        Step("k_quench", k["k_quench"], ("H", "HCO3"), {**used, "H2": 1}),
    )
    return Scheme(
        species=("A", "I", "H", "AcOH", "P", "AL", "J2", "DM", "J3", "OA", "H2", "BA", "HCO3", "CO2"),
        steps=tuple(step for step in steps if step.k > 0.0),
        at_once=(
            Step(AT_ONCE_CONSTANT, 0.0, ("AcOH", "HCO3"), {"AcOH": -1, "HCO3": -1, "CO2": 1}),
            Step(AT_ONCE_CONSTANT, 0.0, ("BA", "HCO3"), {"BA": -1, "HCO3": -1, "CO2": 1}),
        ),
        units={"A": 1, "I": 1, "P": 1, "AL": 1, "J2": 2, "DM": 2, "J3": 2, "OA": 2},
        gases=("H2", "CO2"),
    )
