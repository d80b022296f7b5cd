"""Gas from a reductive amination and its quench.

Each boron of NaBH(OAc)3 gives two AcOH net, whether or not its hydride was used, and hydride that was not used gives
one H2; bicarbonate and acid give one CO2 each.
"""

from dataclasses import dataclass
from typing import Final

from ruggli.quantities.base import Celsius, Millilitres, MillilitresPerSecond, Millimoles, Molar

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


BURST: Final = 3.0
"""Head space over a quench, in volumes of the gas of one minute: a supersaturated liquid gives its gas at once
(mark E)."""


@dataclass(frozen=True, slots=True)
class QuenchGas:
    """The gas of a quench while it comes off, at 25 degC and 101.325 kPa.

    Attributes:
        per_millilitre: mL of gas for each mL of the quench; 0 where none is expected.
        until: volume of the quench after which it ends: then the acid is used up.
    """

    per_millilitre: float
    until: Millilitres

    def flow(self, rate: MillilitresPerSecond) -> MillilitresPerSecond:
        """Flow of gas at a rate of the quench."""
        return MillilitresPerSecond(self.per_millilitre * rate)

    def fastest(self, vent: MillilitresPerSecond, head_space: Millilitres) -> MillilitresPerSecond:
        """Fastest rate of the quench that a vent and a head space bear (see `BURST`); there must be some gas."""
        return MillilitresPerSecond(min(vent, max(0.0, head_space) / BURST / 60.0) / self.per_millilitre)


def quench_gas(bicarbonate: Molar, acid: Millimoles, hydrogen: Millimoles, volume: Millilitres) -> QuenchGas:
    """The gas of a quench: one CO2 for each acid, and hydrogen that comes off evenly meanwhile (mark E).

    Args:
        bicarbonate: concentration in the quench, 0 where it is another one.
        acid: acid in the vessel; infinite where it is the solvent.
        hydrogen: hydrogen that hydride in the vessel may still give.
        volume: of the quench.
    """
    fizzes = bicarbonate > 0 and acid > 0
    until = Millilitres(min(volume, acid / bicarbonate) if fizzes else volume)
    dioxide = gas_volume(Millimoles(bicarbonate)) if fizzes else 0.0
    return QuenchGas(dioxide + gas_volume(hydrogen) / until, until)
