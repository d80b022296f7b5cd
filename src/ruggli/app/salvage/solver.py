"""Solves the flask of an interrupted run for what may still be done with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ruggli.app.salvage.option import Expected
from ruggli.chemistry.kinetics.forecast import TOLERANCE, Band, forecast
from ruggli.chemistry.kinetics.parameters import Parameter
from ruggli.chemistry.kinetics.schedule import Schedule
from ruggli.chemistry.kinetics.schemes import model_of
from ruggli.chemistry.kinetics.solve import Moment, solve
from ruggli.quantities.base import Millimoles, Seconds

SAMPLES = 40
STEPS = 24
"""Halvings of a search: a part of the range in 16 million."""


@dataclass(frozen=True, slots=True)
class Now:
    """The flask now.

    Attributes:
        yields: by species, part of the substrate that is in.
        live: part of the catalyst put in that lives; None where none was put in.
    """

    yields: Mapping[str, Band]
    live: Band | None


@dataclass(frozen=True, slots=True)
class Solver:
    """The model with its constants.

    Attributes:
        scheme: which reactions, see `model_of`.
        constants: with ranges, marks and sources.
        planned: substrate of the whole plan.
    """

    scheme: str
    constants: Sequence[Parameter]
    planned: Millimoles

    def expect(self, schedule: Schedule) -> Expected:
        """What is there at the end of a schedule, as bands. Raises `KineticsError`."""
        found = forecast(partial(model_of, self.scheme), self.constants, schedule, (), samples=SAMPLES)
        fed = Millimoles(schedule.put_in(schedule.end).get("M", 0.0))
        ring, part = found.yields["C"], fed / self.planned
        whole = Band(part * ring.value, part * ring.low, part * ring.high)
        return Expected(fed, found.yields, whole, found.peak)

    def now(self, past: Schedule) -> Now:
        """What is there at the end of what was. Raises `KineticsError`."""
        found = forecast(partial(model_of, self.scheme), self.constants, past, (past.end,), samples=SAMPLES)
        catalyst = past.put_in(past.end).get("Ru", 0.0)
        if not catalyst:
            return Now(found.yields, None)
        band, volume = found.courses["Ru"][0], past.volume_at(past.end)
        return Now(found.yields, Band(*(end * volume / catalyst for end in (band.value, band.low, band.high))))

    def course(self, schedule: Schedule, times: Sequence[Seconds]) -> Sequence[Moment]:
        """The flask at these times, with the default constants. Raises `KineticsError`."""
        model = model_of(self.scheme, {row.name: row.value for row in self.constants})
        return solve(model, schedule, times, tolerance=TOLERANCE).moments

    def converted(self, schedule: Schedule) -> float:
        """Part of the substrate that has reacted at the end, with the default constants. Raises `KineticsError`."""
        model = model_of(self.scheme, {row.name: row.value for row in self.constants})
        return 1.0 - solve(model, schedule, (), tolerance=TOLERANCE).yields.get("M", 0.0)


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
