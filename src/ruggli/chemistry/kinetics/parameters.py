"""Constants of ring closure by metathesis, as data: each with its range, its mark and where it is from.

A constant holds at its reference temperature; at another it follows Arrhenius with its activation energy, and its range
widens, for the activation energies are defaults too.

Marks: S stated in the source document, V read in a published page, P from a table of properties, C computed, M from
memory and not verified, E a default that is no measurement. No table of rate constants, of effective molarities or of
half-lives of catalysts could be read in full; so everything here is M or E, and a prediction made with it is right to
an order of magnitude at best.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log
from typing import Final

from ruggli.chemistry.gas import GAS_CONSTANT
from ruggli.quantities.base import Celsius, KilojoulesPerMole

ZERO: Final = 273.15
"""0 degC in K."""

HONEST: Final = (
    "The structure of the model is checked against closed forms; its constants are not measured for this substrate. "
    "They are defaults with wide ranges, so read the band, and nothing finer than an order of magnitude."
)
"""What every prediction has to carry."""


_BROUGHT: Final = "; brought to "

ACTIVATION_UNSURE: Final = KilojoulesPerMole(20.0)
"""By how much an activation energy may be wrong either way, mark E; it widens a range away from its reference."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One constant.

    Attributes:
        name: as the kinetics file has it.
        value: the default, in `unit`.
        low: lower end of what is thought possible.
        high: upper end.
        unit: unit, "1" for a fraction.
        mark: S, V, P, C, M or E, see the module.
        source: where it is from, for people.
        activation: activation energy around `reference`, mark E; None for what no temperature changes.
        reference: temperature at which `value` holds, or None.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    mark: str
    source: str
    activation: KilojoulesPerMole | None = None
    reference: Celsius | None = None

    def at_temperature(self, temperature: Celsius) -> "Parameter":
        """The same constant at another temperature, by Arrhenius, with a range that is wider the further it is."""
        if self.activation is None or self.reference is None or temperature == self.reference:
            return self
        colder = 1.0 / (temperature + ZERO) - 1.0 / (self.reference + ZERO)
        factor = arrhenius(self.activation, self.reference, temperature)
        wider = widening(colder)
        return replace(
            self,
            value=self.value * factor,
            low=self.low * factor / wider,
            high=self.high * factor * wider,
            source=_brought(self.source, temperature, self.activation),
            reference=temperature,
        )

    def at(self, part: float) -> float:
        """The value at a part (0 to 1) of the range, on a logarithmic scale; a fraction on a linear one."""
        if self.unit == "1" or self.low <= 0.0:
            return self.low + part * (self.high - self.low)
        return exp(log(self.low) + part * (log(self.high) - log(self.low)))


def _brought(source: str, temperature: Celsius, activation: KilojoulesPerMole) -> str:
    """A source with the temperature to which the constant was brought last."""
    return f"{source.partition(_BROUGHT)[0]}{_BROUGHT}{temperature:.4g} degC with Ea {activation:.3g} kJ/mol [E]"


def arrhenius(activation: KilojoulesPerMole, reference: Celsius, temperature: Celsius) -> float:
    """What a rate constant is multiplied with to bring it from its reference to another temperature."""
    colder = 1.0 / (temperature + ZERO) - 1.0 / (reference + ZERO)
    return exp(-1000.0 * activation / GAS_CONSTANT * colder)


def widening(colder: float) -> float:
    """Factor by which a range widens either way, this far from the reference in 1/K."""
    return exp(1000.0 * ACTIVATION_UNSURE / GAS_CONSTANT * abs(colder))


_EM_SOURCE: Final = "order of ring sizes from lactonisation (Illuminati and Mandolini 1981, from memory)"
_EM_8: Final = "four 8-ring metathesis substrates spanned two orders of magnitude (Mitchell et al. 2008, abstract)"

_EFFECTIVE_MOLARITY: Final[tuple[tuple[int, float, float, float, str], ...]] = (
    (5, 100.0, 10.0, 1e4, _EM_SOURCE),
    (6, 10.0, 1.0, 1e3, _EM_SOURCE),
    (7, 0.5, 0.03, 10.0, _EM_SOURCE),
    (8, 0.02, 5e-4, 0.2, _EM_8),
    (9, 0.005, 5e-4, 0.05, _EM_SOURCE),
    (12, 0.03, 0.01, 0.1, "strain-free rings (Jacobson and Stockmayer, from memory)"),
)
"""From this ring size on, mol/L: default, low, high, source."""


def effective_molarity(ring_size: int) -> Parameter | None:
    """Kinetic effective molarity of a ring closure by metathesis, mol/L; None for rings below five."""
    index = bisect_right([row[0] for row in _EFFECTIVE_MOLARITY], ring_size) - 1
    if index < 0:
        return None
    _, value, low, high, source = _EFFECTIVE_MOLARITY[index]
    return Parameter("EM", value, low, high, "mol/L", "E", f"ring of {ring_size}: {source}")


@dataclass(frozen=True, slots=True)
class Catalyst:
    """A ruthenium catalyst.

    Attributes:
        name: for people.
        cas: CAS registry numbers under which it is sold.
        k_prime: ring closure of a 7-ring.
        decay: temperature and k_d in 1/s, coolest first; between them ln k_d is linear in 1/T.
        phi: part of the dead catalyst that isomerises.
        k_iso: isomerisation by it.
    """

    name: str
    cas: tuple[str, ...]
    k_prime: Parameter
    decay: tuple[tuple[Celsius, float], ...]
    phi: Parameter
    k_iso: Parameter

    def k_d(self, temperature: Celsius) -> Parameter:
        """Decay of the catalyst at a temperature, 1/s, with a factor of 5 either way, more away from the defaults.

        Its activation energy is that between the two nearest defaults.
        """
        value, activation = _along(self.decay, temperature)
        told = ", ".join(f"{at:g} degC" for at, _ in self.decay)
        off = min(abs(1.0 / (temperature + ZERO) - 1.0 / (at + ZERO)) for at, _ in self.decay)
        spread = 5.0 * widening(off)
        source = _brought(f"defaults at {told}", temperature, activation)
        return Parameter(
            "k_d", value, value / spread, value * spread, "1/s", "E", source, activation, reference=temperature
        )

    def at(self, temperature: Celsius) -> tuple[Parameter, ...]:
        """Every constant of the catalyst at a temperature."""
        k_prime, k_iso = self.k_prime.at_temperature(temperature), self.k_iso.at_temperature(temperature)
        return k_prime, self.k_d(temperature), self.phi, k_iso


def _along(points: Sequence[tuple[Celsius, float]], temperature: Celsius) -> tuple[float, KilojoulesPerMole]:
    """A constant at a temperature and its activation energy, from the two nearest points; straight on beyond them."""
    index = min(max(bisect_right([at for at, _ in points], temperature) - 1, 0), len(points) - 2)
    (cold, slow), (hot, fast) = points[index], points[index + 1]
    here, left, right = (1.0 / (at + ZERO) for at in (temperature, cold, hot))
    slope = (log(fast) - log(slow)) / (right - left)
    return exp(log(slow) + slope * (here - left)), KilojoulesPerMole(-slope * GAS_CONSTANT / 1000.0)


def _catalyst(
    name: str, cas: tuple[str, ...], k: tuple[float, float, float], decay: tuple[float, ...], k_iso: float
) -> Catalyst:
    temperatures = (25.0, 40.0, 110.0)
    return Catalyst(
        name,
        cas,
        Parameter("k_prime", *k, "L/mol/s", "E", "7-ring at 40 degC", KilojoulesPerMole(60.0), reference=Celsius(40.0)),
        tuple((Celsius(at), value) for at, value in zip(temperatures, decay, strict=False)),
        Parameter("phi", 0.3, 0.1, 0.6, "1", "E", "no measurement"),
        Parameter(
            "k_iso",
            k_iso,
            k_iso / 5.0,
            k_iso * 5.0,
            "L/mol/s",
            "E",
            "at 40 degC; more without phosphine (Nelson and Percy 2014)",
            KilojoulesPerMole(80.0),
            reference=Celsius(40.0),
        ),
    )


CATALYSTS: Final[tuple[Catalyst, ...]] = (
    _catalyst("Grubbs II", ("246047-72-3",), (1.0, 0.1, 10.0), (5e-6, 2e-5, 1e-2), 0.5),
    _catalyst("Hoveyda-Grubbs II", ("301224-40-8",), (1.5, 0.1, 10.0), (5e-6, 2e-5, 1e-2), 1.5),
    _catalyst("Grubbs III", ("900169-53-1",), (2.0, 0.2, 20.0), (1e-4, 4e-4), 1.5),
)

INHIBITION: Final = Parameter("q", 0.95, 0.8, 0.99, "1", "E", "10 mol% of 1,4-benzoquinone (Hong et al. 2005, opening)")
"""Part of the isomerisation that benzoquinone suppresses."""


def catalyst_of(cas: str) -> Catalyst | None:
    """The catalyst with this CAS registry number, or None where there are no defaults for it."""
    return next((catalyst for catalyst in CATALYSTS if cas in catalyst.cas), None)
