"""Heats of the reactions in a simulated flask, and the constants that only it needs; marks as in `parameters`.

A reaction enthalpy is that of one event, negative where heat is set free, and stands under the name of the rate
constant of its step; `couple` is the coupling of chains, `quench` acid with bicarbonate.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ruggli.chemistry.kinetics.parameters import Parameter
from ruggli.quantities.base import Celsius, KilojoulesPerMole

_IMINE: Final = "condensation to an imine: what is left of -200 +/- 50 kJ/mol overall"
_HYDRIDE: Final = "hydride step: about -150 of -200 +/- 50 kJ/mol overall, from heats of formation and memory"
_GAS: Final = "B-H and H+ instead of H2 add about -60 kJ/mol, from memory"
_RING: Final = "slightly endothermic (5 to 27 kJ/mol for model dienes) and slow: below 1 mW for 1 mmol over 8 h"


def _heat(name: str, value: float, low: float, high: float, source: str, mark: str = "E") -> Parameter:
    return Parameter(name, value, low, high, "kJ/mol", mark, source)


HEATS: Final[Mapping[str, tuple[Parameter, ...]]] = MappingProxyType(
    {
        "macrocyclisation": (_heat("k_prime", 0.0, 0.0, 27.0, _RING), _heat("couple", 0.0, 0.0, 27.0, _RING)),
        "reductive-amination": (
            _heat("k_f", -50.0, -75.0, -25.0, _IMINE),
            _heat("k_r", 50.0, 25.0, 75.0, _IMINE),
            _heat("k_red", -150.0, -200.0, -100.0, _HYDRIDE),
            _heat("k_ald", -150.0, -200.0, -100.0, _HYDRIDE),
            _heat("k_c", -50.0, -75.0, -25.0, _IMINE),
            _heat("k_c_rev", 50.0, 25.0, 75.0, _IMINE),
            _heat("k_red_J2", -150.0, -200.0, -100.0, _HYDRIDE),
            _heat("k_o", -50.0, -75.0, -25.0, _IMINE),
            _heat("k_o_rev", 50.0, 25.0, 75.0, _IMINE),
            _heat("k_red_J3", -150.0, -200.0, -100.0, _HYDRIDE),
            _heat("k_H2", -60.0, -90.0, -30.0, _GAS),
            _heat("k_quench", -60.0, -90.0, -30.0, _GAS),
            _heat("quench", 10.0, 5.0, 15.0, "acetic acid and bicarbonate, endothermic", "M"),
        ),
    }
)
"""By model."""

BICARBONATE: Final = "144-55-8"
"""CAS number of what a quench takes up acid with."""

QUENCH: Final = Parameter(
    "k_quench",
    0.02,
    0.002,
    0.2,
    "L/mol/s",
    "E",
    "loss of hydride to the water of a quench, times bicarbonate",
    KilojoulesPerMole(60.0),
    Celsius(25.0),
)
"""Some minutes for half of a triacetoxyborohydride in aqueous bicarbonate."""
