"""A prediction as a band: the model solved with the defaults, and with constants spread over their ranges."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from ruggli.chemistry.kinetics.model import Model
from ruggli.chemistry.kinetics.parameters import Parameter
from ruggli.chemistry.kinetics.schedule import Schedule
from ruggli.chemistry.kinetics.solve import Solution, solve
from ruggli.quantities.base import Seconds

SAMPLES = 64
TOLERANCE = 1e-7
"""Relative; the constants are known to an order of magnitude."""
LOW, HIGH = 0.05, 0.95
"""Parts of the samples between which a band lies: nine in ten."""

_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53)


Changes = Sequence[tuple[Seconds, Sequence[Parameter]]]
"""From each of these times on, the same constants in the same order, at another temperature."""


@dataclass(frozen=True, slots=True)
class Band:
    """A figure with the defaults, and where nine in ten of the samples lie."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What may happen.

    Attributes:
        parameters: the constants, with their marks.
        nominal: the solution with the defaults.
        samples: number of samples.
        yields: by species, part of the substrate's units put in, at the end.
        kept: by species put in that holds none of these units, the part of it that is left at the end.
        peak: highest concentration of the substrate, mol/L.
        courses: by species, the band of its concentration in mol/L at each time of `nominal.moments`.
        drawn: the solution of each sample.
    """

    parameters: tuple[Parameter, ...]
    nominal: Solution
    samples: int
    yields: Mapping[str, Band]
    kept: Mapping[str, Band]
    peak: Band
    courses: Mapping[str, tuple[Band, ...]]
    drawn: tuple[Solution, ...] = ()


def forecast(
    make: Callable[[Mapping[str, float]], Model],
    parameters: Sequence[Parameter],
    schedule: Schedule,
    times: Sequence[Seconds],
    *,
    samples: int = SAMPLES,
    changes: Changes = (),
) -> Forecast:
    """Solve for the defaults and for samples of the constants.

    Args:
        make: the model with constants, by name.
        parameters: at most sixteen.
        schedule: what is in the flask and what comes.
        times: for the courses.
        samples: how many; they are the same ones at every call.
        changes: see `Changes`.

    Raises:
        KineticsError: a set of constants cannot be solved.
    """
    later = [(time, make({p.name: p.value for p in known})) for time, known in changes]
    first = make({p.name: p.value for p in parameters})
    nominal = solve(first, schedule, times, tolerance=TOLERANCE, changes=later)
    solutions = list(draws(make, parameters, schedule, times, samples, changes))
    yields = {
        name: band_of(value, [solution.yields[name] for solution in solutions])
        for name, value in nominal.yields.items()
    }
    kept = {
        name: band_of(value, [solution.kept[name] for solution in solutions]) for name, value in nominal.kept.items()
    }
    peak = band_of(nominal.peak.concentration, [solution.peak.concentration for solution in solutions])
    courses = {
        name: tuple(
            band_of(moment.concentrations[name], [s.moments[index].concentrations[name] for s in solutions])
            for index, moment in enumerate(nominal.moments)
        )
        for name in (nominal.moments[0].concentrations if nominal.moments else ())
    }
    return Forecast(tuple(parameters), nominal, samples, yields, kept, peak, courses, tuple(solutions))


def draws(
    make: Callable[[Mapping[str, float]], Model],
    parameters: Sequence[Parameter],
    schedule: Schedule,
    times: Sequence[Seconds],
    samples: int,
    changes: Changes = (),
) -> Iterator[Solution]:
    """The solution of each sample, one after the other; see `forecast`."""
    sets = [spread(known, samples) for known in (parameters, *(known for _, known in changes))]
    for drawn, *others in zip(*sets, strict=True):
        later = [(time, make(constants)) for (time, _), constants in zip(changes, others, strict=True)]
        yield solve(make(drawn), schedule, times, tolerance=TOLERANCE, changes=later)


def spread(parameters: Sequence[Parameter], samples: int) -> list[dict[str, float]]:
    """Sets of constants that fill the ranges evenly: multiples of square roots of primes, without their whole part."""
    steps = [sqrt(prime) for prime in _PRIMES[: len(parameters)]]
    return [
        {p.name: p.at((0.5 + number * step) % 1.0) for p, step in zip(parameters, steps, strict=True)}
        for number in range(1, samples + 1)
    ]


def band_of(value: float, found: list[float]) -> Band:
    """The band of some samples around the default; the default alone where there are none."""
    ordered = sorted(found)
    last = len(ordered) - 1
    return Band(value, ordered[round(LOW * last)], ordered[round(HIGH * last)]) if found else Band(value, value, value)
