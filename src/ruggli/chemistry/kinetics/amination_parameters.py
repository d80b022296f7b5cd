"""Constants of ring closure by reductive amination, as data; see `ruggli.chemistry.kinetics.parameters` for the marks.

No measured rate constant of sodium triacetoxyborohydride was found. All of these are illustrative: they keep the order
that is known (imine before aldehyde, a secondary amine that is alkylated further), and nothing else.
"""

from dataclasses import replace
from typing import Final

from ruggli.chemistry.kinetics.acidity import Acidity
from ruggli.chemistry.kinetics.parameters import Parameter
from ruggli.quantities.base import Celsius, KilojoulesPerMole

REFERENCE: Final = Celsius(25.0)
FACTOR: Final = 10.0
"""A range is this many times the default, either way."""

HYDRIDES: Final[tuple[str, ...]] = ("56553-60-7", "25895-60-7")
"""CAS numbers of the hydrides for which the scheme is meant: sodium triacetoxyborohydride, sodium cyanoborohydride."""

_DEFAULTS: Final[tuple[tuple[str, float, str, float, str], ...]] = (
    ("k_f", 2e-3, "1/s", 50.0, "ring closure to the imine"),
    ("k_r", 4e-5, "1/s", 80.0, "its opening; 50 times slower"),
    ("k_red", 2e-2, "L/mol/s", 50.0, "reduction of the imine"),
    ("k_ald", 2e-4, "L/mol/s", 60.0, "reduction of the aldehyde, slower than that of the imine (DFT in DCE, abstract)"),
    ("k_c", 1e-3, "L/mol/s", 50.0, "imine of two molecules"),
    ("k_c_rev", 1e-4, "1/s", 80.0, "its opening"),
    ("k_red_J2", 2e-2, "L/mol/s", 50.0, "reduction of the imine of two molecules"),
    ("k_o", 3e-3, "L/mol/s", 50.0, "imine of product and aldehyde"),
    ("k_o_rev", 3e-4, "1/s", 80.0, "its opening"),
    ("k_red_J3", 4e-2, "L/mol/s", 50.0, "reduction of the imine of product and aldehyde"),
    ("k_H2", 2e-5, "L/mol/s", 60.0, "loss of hydride to acid"),
)
"""Name, default at 25 degC, unit, activation energy in kJ/mol, what it is of."""

AMINATION: Final[tuple[Parameter, ...]] = tuple(
    Parameter(
        name,
        value,
        value / FACTOR,
        value * FACTOR,
        unit,
        "E",
        f"{of}; illustrative, at 25 degC",
        KilojoulesPerMole(activation),
        reference=REFERENCE,
    )
    for name, value, unit, activation, of in _DEFAULTS
)
"""The constants at 25 degC."""

REFERENCE_PH: Final = 6.0
"""pH in water or an alcohol for which the constants are taken, mark E: amongst those that favour the imine, 5 to 7."""
ACID_REDUCTION: Final = 20.0
"""L/mol/s, mark E; times 10^-pH it is added to `k_ald`: at pH 3 as much as the imine has, next to nothing at pH 6."""
PKA_UNSURE: Final = 1.0
"""By how much each pKa may be wrong, mark E."""


def at_ph(constant: Parameter, ph: float) -> Parameter:
    """The same constant at a pH in water or an alcohol, from that at pH 6; pKa 10 and 7 (mark M), see `Acidity`."""
    told = f"{constant.source}; from pH {REFERENCE_PH:g} to pH {ph:g} [M]"
    if constant.name == "k_ald":
        more = ACID_REDUCTION * Acidity(ph).proton
        low, high = constant.low + more / FACTOR, constant.high + more * FACTOR
        return replace(constant, value=constant.value + more, low=low, high=high, source=told)
    off = (0.0, -PKA_UNSURE, PKA_UNSURE)
    ratios = [_ratio(constant.name, ph, amine, imine) for amine in off for imine in off]
    return replace(
        constant,
        value=constant.value * ratios[0],
        low=constant.low * min(ratios),
        high=constant.high * max(ratios),
        source=constant.source if set(ratios) == {1.0} else told,
    )


def _ratio(name: str, ph: float, amine: float, imine: float) -> float:
    """What a constant is multiplied with, for pKa that are off by so much."""
    usual = Acidity(ph)
    here, there = (
        Acidity(value, usual.pka_amine + amine, usual.pka_imine + imine).factors() for value in (ph, REFERENCE_PH)
    )
    return here[name] / there[name] if name in here else 1.0
