"""Constants of ring closure by reductive amination, as data; see `ruggli.chemistry.kinetics.parameters` for the marks.

No measured rate constant of sodium triacetoxyborohydride was found. All of these are illustrative: they keep the order
that is known (imine before aldehyde, a secondary amine that is alkylated further), and nothing else.
"""

from typing import Final

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
