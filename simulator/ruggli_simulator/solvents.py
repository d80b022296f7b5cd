"""Solvents as the bench knows them: its own table, independent of what the controller believes.

Figures at 25 degC and 101.325 kPa from the CRC Handbook, Perry and VDI, as collected in PyPI `chemicals` and `thermo`
(good to 1-2 %); density at 20 degC. Antoine constants give log10(p/Pa) = A - B/(T/K + C).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ruggli.quantities.base import Celsius, GramsPerMillilitre, GramsPerMole

STANDARD_PRESSURE_HPA = 1013.25
GAS_CONSTANT = 8.314462618
"""J/(mol K)."""
ZERO_CELSIUS = 273.15


@dataclass(frozen=True, slots=True)
class Solvent:
    """One pure liquid.

    Attributes:
        name: name in truths and balances.
        molar_mass: molar mass.
        boiling_point: at 1013.25 hPa.
        density: at 20 degC.
        heat_capacity: J/(g K).
        vaporisation_heat: J/g at the boiling point.
        antoine: A, B, C for log10(p/Pa) and T in kelvin, or None.
        known: False where the bench had to fall back to the figures of water.
    """

    name: str
    molar_mass: GramsPerMole
    boiling_point: Celsius
    density: GramsPerMillilitre
    heat_capacity: float
    vaporisation_heat: float
    antoine: tuple[float, float, float] | None = None
    known: bool = True

    def boiling_point_at(self, pressure_hpa: float) -> Celsius:
        """Boiling point at another pressure: shifted by Antoine where there are constants, else Clausius-Clapeyron."""
        if pressure_hpa == STANDARD_PRESSURE_HPA:
            return self.boiling_point
        if self.antoine is not None:
            shift = self._antoine_celsius(pressure_hpa) - self._antoine_celsius(STANDARD_PRESSURE_HPA)
            return Celsius(self.boiling_point + shift)
        kelvin = self.boiling_point + ZERO_CELSIUS
        ratio = GAS_CONSTANT / (self.vaporisation_heat * self.molar_mass)
        inverse = 1 / kelvin - ratio * math.log(pressure_hpa / STANDARD_PRESSURE_HPA)
        return Celsius(1 / inverse - ZERO_CELSIUS)

    def _antoine_celsius(self, pressure_hpa: float) -> float:
        assert self.antoine is not None
        a, b, c = self.antoine
        return b / (a - math.log10(pressure_hpa * 100)) - c - ZERO_CELSIUS


def _solvent(
    name: str,
    molar_mass: float,
    boiling_point: float,
    density: float,
    heat_capacity: float,
    vaporisation_heat: float,
    antoine: tuple[float, float, float] | None = None,
) -> Solvent:
    return Solvent(
        name,
        GramsPerMole(molar_mass),
        Celsius(boiling_point),
        GramsPerMillilitre(density),
        heat_capacity,
        vaporisation_heat,
        antoine,
    )


_TABLE: tuple[tuple[Solvent, tuple[str, ...]], ...] = (
    (
        _solvent("dichloromethane", 84.93, 39.8, 1.326, 1.19, 330, (9.07622, 1070.07, -49.91)),
        ("dcm", "methylene chloride", "ch2cl2"),
    ),
    (_solvent("toluene", 92.14, 110.6, 0.867, 1.70, 361, (9.05043, 1327.62, -55.525)), ("phme", "methylbenzene")),
    (
        _solvent("1,2-dichloroethane", 98.96, 83.5, 1.254, 1.30, 323, (9.28356, 1341.37, -43.1)),
        ("dce", "dichloroethane", "ethylene dichloride"),
    ),
    (_solvent("methanol", 32.04, 64.6, 0.791, 2.535, 1100, (10.20277, 1580.08, -33.65)), ("meoh",)),
    (
        _solvent("ethyl acetate", 88.11, 77.1, 0.900, 1.93, 364, (9.13361, 1195.13, -60.68)),
        ("etoac", "ea", "acoet", "ethylacetate"),
    ),
    (_solvent("tetrahydrofuran", 72.11, 65.9, 0.885, 1.72, 413, (9.12142, 1203.11, -46.795)), ("thf", "oxolane")),
    (_solvent("water", 18.015, 100.0, 0.998, 4.18, 2256, (10.11564, 1687.537, -42.98)), ("h2o", "aqueous", "brine")),
    (_solvent("acetonitrile", 41.05, 81.6, 0.782, 2.23, 725), ("mecn", "acn", "ch3cn")),
    (_solvent("ethanol", 46.07, 78.3, 0.790, 2.44, 844), ("etoh",)),
    (_solvent("2-propanol", 60.10, 82.3, 0.786, 2.58, 670), ("ipa", "isopropanol", "iproh", "i-proh", "propan-2-ol")),
    (_solvent("acetone", 58.08, 56.1, 0.791, 2.15, 501), ("propanone", "me2co")),
    (_solvent("n-heptane", 100.20, 98.4, 0.684, 2.24, 317), ("heptane",)),
    (_solvent("N,N-dimethylformamide", 73.09, 152.8, 0.949, 2.03, 540), ("dmf", "dimethylformamide")),
    (_solvent("1,4-dioxane", 88.11, 101.3, 1.033, 1.73, 389), ("dioxane",)),
    # Heat of vaporisation of acetic acid: 23.7 kJ/mol at the boiling point (the vapour is largely dimer).
    (_solvent("acetic acid", 60.052, 117.9, 1.047, 2.053, 395), ("acoh", "hoac", "ch3cooh", "ethanoic acid")),
)


_NAMES: Mapping[str, Solvent] = MappingProxyType(
    {name.casefold(): solvent for solvent, aliases in _TABLE for name in (solvent.name, *aliases)}
)


def solvent_named(name: str) -> Solvent:
    """The solvent of this name or alias; one that is not in the table gets the figures of water and `known=False`."""
    solvent = _NAMES.get(" ".join(name.split()).casefold())
    if solvent is not None:
        return solvent
    return replace(_NAMES["water"], name=name, known=False)
