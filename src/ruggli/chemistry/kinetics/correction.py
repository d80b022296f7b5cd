"""A prediction corrected by what was measured: each sample of the constants counts by how well it fits.

The samples are those of `ruggli.chemistry.kinetics.forecast`, and more of the same sequence: the same ones at every
call. A sample weighs exp(-chi^2 / 2), where chi^2 is the sum of the squares of measured less expected conversion, each
over its standard deviation; the bands are those of the weighted samples. That is importance sampling of the constants
within their ranges (Bayes, with the ranges as the prior), nothing is fitted, and a measurement that no sample comes
near is said to be so instead of being followed beyond the ranges.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, inf
from typing import Any, Final

from ruggli.chemistry.kinetics.forecast import HIGH, LOW, TOLERANCE, Band, spread
from ruggli.chemistry.kinetics.measured import WANTED, Measured, measured_as_json
from ruggli.chemistry.kinetics.model import Model
from ruggli.chemistry.kinetics.parameters import Parameter
from ruggli.chemistry.kinetics.schedule import Schedule
from ruggli.chemistry.kinetics.solve import Moment, Solution, solve
from ruggli.quantities.base import Seconds

SAMPLES: Final = 256
"""More than a forecast has: most of them will not fit."""
NEAR: Final = 2.0
"""Standard deviations within which a sample comes near a measurement."""
FEWEST: Final = 5.0
"""Samples that must count, for a band: the square of the sum of the weights over the sum of their squares."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What is expected after what was measured; `value` of a band is its middle (median).

    Attributes:
        yields: at the end, by species, part of the substrate's units put in.
        conversion: at the end.
        reached: when `WANTED` of all substrate has reacted, s; infinite where that is not before the end.
        constants: by name.
    """

    yields: Mapping[str, Band]
    conversion: Band
    reached: Band
    constants: Mapping[str, Band]


@dataclass(frozen=True, slots=True)
class Correction:
    """Measured conversions against a prediction.

    Attributes:
        measured: what was measured.
        samples: number of samples.
        counting: how many of them count after the measurements.
        expected: for each measurement, the conversion with the defaults and where nine in ten of all samples lie.
        before: the conversion at the end with the defaults, and where nine in ten of all samples lie.
        reached_before: the same for the time at which `WANTED` has reacted.
        far: numbers (from 0) of measurements that no sample comes near, or () where they are only too unlike together.
        corrected: None where too few samples come near.
    """

    measured: tuple[Measured, ...]
    samples: int
    counting: float
    expected: tuple[Band, ...]
    before: Band
    reached_before: Band
    far: tuple[int, ...]
    corrected: Corrected | None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One sample: its constants, what follows from them, and the conversions at the times of the measurements."""

    constants: Mapping[str, float]
    solution: Solution
    conversions: tuple[float, ...]
    end: float
    reached: float


def correct(
    make: Callable[[Mapping[str, float]], Model],
    parameters: Sequence[Parameter],
    schedule: Schedule,
    times: Sequence[Seconds],
    measured: Sequence[Measured],
    *,
    samples: int = SAMPLES,
) -> Correction:
    """Weigh the samples of the constants by conversions that were measured.

    Args:
        make: the model with constants, by name.
        parameters: the constants.
        schedule: what is in the flask and what comes.
        times: between which the time of `WANTED` is looked for, from 0 s to the end of the schedule.
        measured: at least one, within these times, when some substrate was in.
        samples: how many; they are the same ones at every call.

    Raises:
        KineticsError: a set of constants cannot be solved.
    """
    marks = [*times, *(item.time for item in measured), schedule.end]

    def draw(constants: Mapping[str, float]) -> _Drawn:
        model = make(constants)
        solution = solve(model, schedule, marks, tolerance=TOLERANCE)
        told = solution.moments[len(times) :]
        *then, end = (_conversion(model.substrate, moment, schedule) for moment in told)
        return _Drawn(
            constants, solution, tuple(then), end, _reached(model.substrate, solution.moments[: len(times)], schedule)
        )

    defaults = draw({p.name: p.value for p in parameters})
    drawn = [draw(constants) for constants in spread(parameters, samples)]
    even = [1.0] * len(drawn)
    offs = [
        [(item.conversions[number] - found.conversion) / found.uncertainty for number, found in enumerate(measured)]
        for item in drawn
    ]
    squares = [fsum(off * off for off in row) for row in offs]
    least = min(squares)
    weights = [exp(-(square - least) / 2.0) for square in squares]
    counting = fsum(weights) ** 2 / fsum(weight * weight for weight in weights)
    far = tuple(number for number in range(len(measured)) if min(abs(row[number]) for row in offs) > NEAR)
    near = any(all(abs(off) <= NEAR for off in row) for row in offs)
    expected = tuple(
        _band([item.conversions[number] for item in drawn], even, defaults.conversions[number])
        for number in range(len(measured))
    )
    return Correction(
        measured=tuple(measured),
        samples=samples,
        counting=counting,
        expected=expected,
        before=_band([item.end for item in drawn], even, defaults.end),
        reached_before=_band([item.reached for item in drawn], even, defaults.reached),
        far=far,
        corrected=_corrected(drawn, weights) if near and counting >= FEWEST else None,
    )


def _corrected(drawn: Sequence[_Drawn], weights: Sequence[float]) -> Corrected:
    first = drawn[0]
    return Corrected(
        yields={name: _band([item.solution.yields[name] for item in drawn], weights) for name in first.solution.yields},
        conversion=_band([item.end for item in drawn], weights),
        reached=_band([item.reached for item in drawn], weights),
        constants={name: _band([item.constants[name] for item in drawn], weights) for name in first.constants},
    )


def _conversion(substrate: str, moment: Moment, schedule: Schedule) -> float:
    put_in = schedule.put_in(moment.time).get(substrate, 0.0)
    return 1.0 - moment.amounts[substrate] / put_in if put_in > 0.0 else 0.0


def _reached(substrate: str, moments: Sequence[Moment], schedule: Schedule) -> float:
    """When `WANTED` of all substrate has reacted, between two moments on a straight line; infinite where it has not."""
    in_all = schedule.put_in(schedule.end).get(substrate, 0.0)
    wanted = WANTED * in_all
    before, reacted_before = Seconds(0.0), 0.0
    for moment in moments:
        reacted = schedule.put_in(moment.time).get(substrate, 0.0) - moment.amounts[substrate]
        if in_all > 0.0 and reacted >= wanted:
            part = (wanted - reacted_before) / (reacted - reacted_before) if reacted > reacted_before else 1.0
            return before + part * (moment.time - before)
        before, reacted_before = moment.time, reacted
    return inf


def _band(values: Sequence[float], weights: Sequence[float], value: float | None = None) -> Band:
    """Where nine in ten of the weight lies, around a value or else around the middle."""
    ordered = sorted(zip(values, weights, strict=True))
    total = fsum(weights)

    def at(part: float) -> float:
        so_far = 0.0
        for found, weight in ordered:
            so_far += weight
            if so_far >= part * total:
                return found
        return ordered[-1][0]

    return Band(at(0.5) if value is None else value, at(LOW), at(HIGH))


def correction_as_json(found: Correction) -> dict[str, Any]:
    """A correction as plain data: times from the start of the schedule in s (null: not before its end), parts of 1."""
    corrected = found.corrected
    return {
        "samples": found.samples,
        "counting": found.counting,
        "measured": [
            {**measured_as_json(item), "expected": _json(band), "far": number in found.far}
            for number, (item, band) in enumerate(zip(found.measured, found.expected, strict=True))
        ],
        "conversion": _json(found.before),
        "reached_s": _json(found.reached_before),
        "corrected": None
        if corrected is None
        else {
            "yields": {name: _json(band) for name, band in corrected.yields.items()},
            "conversion": _json(corrected.conversion),
            "reached_s": _json(corrected.reached),
            "constants": {name: _json(band) for name, band in corrected.constants.items()},
        },
    }


def _json(band: Band) -> dict[str, float | None]:
    ends = {"value": band.value, "low": band.low, "high": band.high}
    return {name: None if value == inf else value for name, value in ends.items()}
