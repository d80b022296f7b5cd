"""Solves the flask of an interrupted run for what may still be done with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import fsum

from ruggli.app.salvage.option import Expected
from ruggli.app.salvage.scheme import SCHEMES, Scheme
from ruggli.chemistry.kinetics.forecast import TOLERANCE, Band, Forecast, band_of, forecast
from ruggli.chemistry.kinetics.parameters import Parameter
from ruggli.chemistry.kinetics.schedule import Schedule
from ruggli.chemistry.kinetics.schemes import model_of
from ruggli.chemistry.kinetics.solve import Solution, solve
from ruggli.quantities.base import Millimoles, Seconds

SAMPLES = 40
STEPS = 24
"""Halvings of a search: a part of the range in 16 million."""


@dataclass(frozen=True, slots=True)
class Now:
    """The flask now.

    Attributes:
        yields: by species, part of the substrate that is in.
        partner: part of the catalyst, or of the hydride, that is left; None where none was put in.
    """

    yields: Mapping[str, Band]
    partner: Band | None


@dataclass(frozen=True, slots=True)
class Solver:
    """The model with its constants.

    Attributes:
        model: which reactions, see `model_of`.
        constants: with ranges, marks and sources, at the planned temperature.
        changes: from each of these times on, the constants at another temperature.
        planned: substrate of the whole plan.
    """

    model: str
    constants: Sequence[Parameter]
    changes: Sequence[tuple[Seconds, Sequence[Parameter]]]
    planned: Millimoles

    @property
    def scheme(self) -> Scheme:
        """What its species are."""
        return SCHEMES[self.model]

    def expect(self, schedule: Schedule) -> Expected:
        """What is there at the end of a schedule, as bands. Raises `KineticsError`."""
        make = partial(model_of, self.model)
        found = forecast(make, self.constants, schedule, (), samples=SAMPLES, changes=self.changes)
        fed = Millimoles(schedule.put_in(schedule.end).get(self.scheme.substrate, 0.0))
        ring, part = found.yields[self.scheme.ring], fed / self.planned
        return Expected(
            fed=fed,
            yields=found.yields,
            ring=ring,
            coupled=_together(found, self.scheme.coupled),
            left=_together(found, self.scheme.left),
            whole=Band(part * ring.value, part * ring.low, part * ring.high),
            peak=found.peak,
        )

    def now(self, past: Schedule) -> Now:
        """What is there at the end of what was. Raises `KineticsError`."""
        make = partial(model_of, self.model)
        found = forecast(make, self.constants, past, (), samples=SAMPLES, changes=self.changes)
        return Now(found.yields, found.kept.get(self.scheme.partner))

    def course(self, schedule: Schedule, times: Sequence[Seconds]) -> Solution:
        """The flask at these times and at the end, with the default constants. Raises `KineticsError`."""
        first, *later = (
            model_of(self.model, {row.name: row.value for row in rows})
            for rows in (self.constants, *(rows for _, rows in self.changes))
        )
        changes = [(time, model) for (time, _), model in zip(self.changes, later, strict=True)]
        return solve(first, schedule, times, tolerance=TOLERANCE, changes=changes)

    def converted(self, schedule: Schedule) -> float:
        """Part of the substrate that has reacted at the end, with the default constants. Raises `KineticsError`."""
        yields = self.course(schedule, ()).yields
        return 1.0 - fsum(yields.get(name, 0.0) for name in self.scheme.left)


def _together(found: Forecast, species: Sequence[str]) -> Band:
    """The band of a sum of yields."""

    def sum_of(solution: Solution) -> float:
        return fsum(solution.yields.get(name, 0.0) for name in species)

    return band_of(sum_of(found.nominal), [sum_of(solution) for solution in found.drawn])


def least(keeps: Callable[[float], bool], most: float) -> float | None:
    """The smallest of 0 to `most` from which on `keeps` holds; None where it does not hold at `most`."""
    if keeps(0.0):
        return 0.0
    if not keeps(most):
        return None
    low, high = 0.0, most
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if keeps(middle) else (middle, high)
    return high


def greatest(keeps: Callable[[float], bool], most: float) -> float | None:
    """The greatest of 0 to `most` up to which `keeps` holds; None where it does not hold at 0."""
    if keeps(most):
        return most
    if not keeps(0.0):
        return None
    low, high = 0.0, most
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if keeps(middle) else (low, middle)
    return low
