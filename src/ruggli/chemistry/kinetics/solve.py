"""Solving a model over a schedule: from one change of dosing to the next, each part by LSODA."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import odeint
from scipy.optimize import brentq

from ruggli.chemistry.kinetics.model import Model
from ruggli.chemistry.kinetics.schedule import Schedule
from ruggli.errors import KineticsError
from ruggli.quantities.base import Millilitres, Millimoles, Molar, Seconds

TIGHT = 1e-12
"""Relative tolerance of `ruggli kinetics`: six digits, and more, of every amount that is not next to nothing."""

GRID = 64
"""Points of each span at which the substrate is looked at for its peak."""

NEXT_TO_NOTHING = 1e-9
"""Part of the highest concentration so far; a rise by less within a step of the grid is the solver's noise."""

MOST_STEPS = 200_000
IMBALANCE = 1e-6
"""Part of what was put in by which the books may be wrong before the solution counts as none."""

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moment:
    """The flask at one time.

    Attributes:
        time: since the start.
        volume: of the liquid.
        amounts: by species.
        concentrations: by species; of a gas as if it stayed.
    """

    time: Seconds
    volume: Millilitres
    amounts: dict[str, Millimoles]
    concentrations: dict[str, Molar]


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest concentration of the substrate in the whole run."""

    species: str
    concentration: Molar
    time: Seconds


@dataclass(frozen=True, slots=True)
class Solution:
    """What happens.

    Attributes:
        moments: at the times that were asked for, in their order.
        yields: at the end, by species, part of the substrate's units put in.
        peak: see `Peak`.
        kept: at the end, by species put in that holds none of these units, the part of it that is left.
    """

    moments: tuple[Moment, ...]
    yields: dict[str, float]
    peak: Peak
    kept: dict[str, float]


def solve(
    model: Model,
    schedule: Schedule,
    times: Iterable[Seconds],
    *,
    tolerance: float = TIGHT,
    changes: Sequence[tuple[Seconds, Model]] = (),
) -> Solution:
    """Solve a model.

    Args:
        model: the scheme.
        schedule: what is in the flask and what comes; the run ends at `schedule.end`.
        times: when the flask is to be told; from 0 s to `schedule.end`, in any order; a portion of that
            very moment is in.
        tolerance: relative, of each amount.
        changes: from each of these times on, the same scheme with other constants, such as those of another
            temperature; in the order of the times.

    Raises:
        KineticsError: the equations could not be solved.
    """
    asked = list(times)
    wanted = sorted(set(asked))
    run = _Run(model, schedule, tolerance, changes)
    states: dict[float, Vector] = {}
    state = np.array(model.added(schedule.amounts))
    state = run.with_portions(state, Seconds(0.0))
    states[0.0] = state
    run.look(Seconds(0.0), state)
    for start, end in _split(schedule.spans(), [time for time, _ in changes]):
        inside = [time for time in wanted if start < time < end]
        grid = sorted({*np.linspace(start, end, GRID).tolist(), *inside})
        values, rates = run.span(state, grid)
        states |= {time: value for time, value in zip(grid, values, strict=True) if time in wanted}
        run.find_peak(grid, values, rates)
        state = run.with_portions(values[-1], end)
        states[end] = state
        run.look(end, state)
    moments = {time: run.moment(Seconds(time), states[time]) for time in {*wanted, schedule.end}}
    last = moments[schedule.end].amounts
    put_in = schedule.put_in(schedule.end)
    run.check(last)
    yields = model.yields(last, put_in)
    kept = {name: last[name] / given for name, given in put_in.items() if given > 0.0 and name not in yields}
    return Solution(tuple(moments[time] for time in asked), yields, run.peak, kept)


def _split(spans: Iterable[tuple[Seconds, Seconds]], marks: Sequence[Seconds]) -> Iterator[tuple[Seconds, Seconds]]:
    """Spans, cut at the marks that lie within them."""
    for start, end in spans:
        ends = [start, *(mark for mark in marks if start < mark < end), end]
        yield from zip(ends, ends[1:], strict=False)


class _Run:
    """One solution on its way."""

    def __init__(
        self, model: Model, schedule: Schedule, tolerance: float, changes: Sequence[tuple[Seconds, Model]]
    ) -> None:
        self._model = model
        self._changes = changes
        self._schedule = schedule
        self._tolerance = tolerance
        scale = fsum(schedule.put_in(schedule.end).values())
        self._absolute = max(scale, 1e-12) * tolerance * 1e-6
        self._allowed = max(scale, 1e-12) * IMBALANCE
        self._substrate = model.states.index(model.substrate)
        self.peak = Peak(model.substrate, Molar(-1.0), Seconds(0.0))

    def with_portions(self, state: Vector, time: Seconds) -> Vector:
        """A state with the portions of this moment."""
        for portion in self._schedule.portions:
            if portion.time == time:
                state = state + np.array(self._model.added(portion.amounts))
        return state

    def span(self, state: Vector, grid: Sequence[float]) -> tuple[Vector, Callable[[Vector, float], list[float]]]:
        """The states at each point of a grid between two changes of dosing, and the right side of the equations."""
        start = Seconds(grid[0])
        flow, rates = self._schedule.flowing(start, Seconds(grid[-1]))
        volume, added = self._schedule.volume_at(start), self._model.added(rates)
        reaction = next((other for time, other in reversed(self._changes) if time <= start), self._model).rates

        def right_side(amounts: Vector, time: float) -> list[float]:
            made = reaction(amounts.tolist(), Millilitres(volume + flow * (time - start)))
            return [came + rate for came, rate in zip(added, made, strict=True)]

        return self._integrate(right_side, state, grid), right_side

    def _integrate(
        self, right_side: Callable[[Vector, float], list[float]], state: Vector, grid: Sequence[float]
    ) -> Vector:
        # of the end of a span nothing beyond is known
        values, told = odeint(
            right_side,
            state,
            grid,
            rtol=self._tolerance,
            atol=self._absolute,
            tcrit=[grid[-1]],
            mxstep=MOST_STEPS,
            full_output=True,
            printmessg=False,
        )
        if told["message"] != "Integration successful." or not np.isfinite(values).all():
            raise KineticsError(f"the equations could not be solved: {told['message']}")
        found: Vector = values
        return found

    def look(self, time: Seconds, state: Vector) -> None:
        """Keep the concentration of the substrate if it is the highest."""
        value = float(state[self._substrate]) / self._schedule.volume_at(time)
        if value > self.peak.concentration:
            self.peak = Peak(self.peak.species, Molar(value), time)

    def find_peak(self, grid: Sequence[float], values: Vector, right_side: Any) -> None:
        """Look for the highest concentration within a span: where it stops rising between two points of the grid."""
        flow = self._schedule.flowing(Seconds(grid[0]), Seconds(grid[-1]))[0]

        def rise(time: float, state: Vector) -> float:
            volume = self._schedule.volume_at(Seconds(time))
            gained = float(right_side(state, time)[self._substrate])
            return gained - float(state[self._substrate]) * flow / volume

        rises = [rise(time, state) for time, state in zip(grid, values, strict=True)]
        for index in range(len(grid) - 1):
            left, right, state = grid[index], grid[index + 1], values[index]
            best = max(self.peak.concentration, 0.0) * self._schedule.volume_at(Seconds(left))
            if not rises[index] > 0.0 >= rises[index + 1] or rises[index] * (right - left) <= NEXT_TO_NOTHING * best:
                continue

            def beyond(time: float, left: float = left, state: Vector = state) -> Vector:
                return state if time <= left else self._integrate(right_side, state, [left, time])[-1]

            def rising(time: float, beyond: Callable[[float], Vector] = beyond) -> float:
                return rise(time, beyond(time))

            top = right if rising(right) > 0.0 else brentq(rising, left, right, xtol=1e-9, rtol=1e-12)
            self.look(Seconds(top), beyond(top))

    def moment(self, time: Seconds, state: Vector) -> Moment:
        """The flask at a time, for people."""
        volume = self._schedule.volume_at(time)
        amounts = self._model.told(self._at_least_nothing(state), self._schedule.put_in(time))
        return Moment(time, volume, amounts, {name: Molar(amount / volume) for name, amount in amounts.items()})

    def _at_least_nothing(self, state: Vector) -> list[float]:
        """A state without the solver's noise below zero. Raises `KineticsError` where it is more than noise."""
        if state.min() < -self._allowed:
            raise KineticsError(f"the solution has a negative amount: {state.min():.3g} mmol")
        return [max(amount, 0.0) for amount in state.tolist()]

    def check(self, last: dict[str, Millimoles]) -> None:
        """Refuse a solution that makes or loses matter."""
        put_in = self._schedule.put_in(self._schedule.end)
        for name, wrong in self._model.imbalances(last, put_in).items():
            if abs(wrong) > self._allowed:
                raise KineticsError(f"the solution does not keep {name}: {wrong:.3g} mmol are wrong")
