"""Gas from a reductive amination and its quench.

Each boron of NaBH(OAc)3 gives two AcOH net, whether or not its hydride was used, and hydride that was not used gives
one H2; bicarbonate and acid give one CO2 each.
"""

from dataclasses import dataclass
from typing import Final

from ruggli.quantities.base import Celsius, Millilitres, Millimoles, Molar

GAS_CONSTANT: Final = 8.314462618
"""J/(mol K), CODATA 2018."""
ROOM: Final = Celsius(25.0)
ATMOSPHERE: Final = 101325.0
"""Pa."""
SATURATED_BICARBONATE: Final = Molar(1.105)
"""Saturated NaHCO3 in water at 20 degC: 9.6 g in 100 mL of water, 1.06 g/mL (mark M)."""
ACID_OF_BORON: Final = 2.0


def gas_volume(amount: Millimoles, temperature: Celsius = ROOM) -> Millilitres:
    """Volume of a gas at 101.325 kPa."""
    return Millilitres(amount * GAS_CONSTANT * (temperature + 273.15) / ATMOSPHERE * 1000.0)


@dataclass(frozen=True, slots=True)
class QuenchBudget:
    """What a quench with saturated bicarbonate has to deal with at most.

    Attributes:
        acid: acid that bicarbonate meets.
        carbon_dioxide: gas from it, at 25 degC and 101.325 kPa.
        bicarbonate: least volume of saturated NaHCO3.
        hydrogen: gas from hydride that was not used, at 25 degC and 101.325 kPa.
    """

    acid: Millimoles
    carbon_dioxide: Millilitres
    bicarbonate: Millilitres
    hydrogen: Millilitres


def quench_budget(substrate: Millimoles, acid: Millimoles, triacetoxyborohydride: Millimoles) -> QuenchBudget:
    """The budget of a batch in which each substrate uses one hydride.

    Args:
        substrate: amino-aldehyde.
        acid: acetic acid put in.
        triacetoxyborohydride: NaBH(OAc)3 put in.
    """
    met = Millimoles(acid + ACID_OF_BORON * triacetoxyborohydride)
    unused = Millimoles(max(0.0, triacetoxyborohydride - substrate))
    return QuenchBudget(met, gas_volume(met), Millilitres(met / SATURATED_BICARBONATE), gas_volume(unused))
