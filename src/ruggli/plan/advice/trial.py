"""Tries one candidate: plan, figures, and how many of the samples meet the targets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil

from ruggli.chemistry.kinetics.forecast import SAMPLES, Band, band_of, draws, forecast
from ruggli.chemistry.kinetics.schemes import model_of
from ruggli.chemistry.kinetics.solve import Solution
from ruggli.plan.advice.figures import figures_of
from ruggli.plan.advice.front import Candidate
from ruggli.plan.advice.precharge import pre_charged
from ruggli.plan.advice.target import Target
from ruggli.plan.larger_syringes import refills
from ruggli.plan.model import Plan
from ruggli.plan.prediction import predict
from ruggli.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class Outlook:
    """A candidate in full.

    Attributes:
        bands: by figure, the default and where nine in ten of the samples lie.
        share: part of the samples that meet the targets.
        pre_charged: part of the substrate that becomes ring with all the catalyst in the flask from the start, or
            None where no feed of its own brings it.
    """

    bands: dict[str, Band]
    share: float
    pre_charged: Band | None


def try_candidate(
    protocol: Protocol, plan: Plan, settings: dict[str, str], targets: Sequence[Target], confidence: float
) -> Candidate:
    """The figures of a plan with default constants; the share of the samples where the defaults meet the targets.

    Args:
        protocol: the protocol with its parameters in place.
        plan: its plan; nothing blocks it.
        settings: its parameters.
        targets: what is to be reached.
        confidence: part of the samples that is asked for; with 0 none are solved. Samples are left out as soon as
            they can change nothing; the share is then at least, or at most, what it says.

    Raises:
        InputError: there is no reaction to solve.
        KineticsError: it cannot be solved.
    """
    found = predict(protocol, plan, samples=0, points=0)
    figures = figures_of(plan, found.reaction, found.flask, found.forecast.nominal)
    candidate = Candidate(settings, figures, refills(plan), warnings_of(plan))
    if confidence <= 0.0 or not all(target.holds(figures) for target in targets):
        return candidate
    needed, met, left = ceil(confidence * SAMPLES - 1e-9), 0, SAMPLES
    make = partial(model_of, found.reaction.model)
    for solution in draws(make, found.reaction.constants, found.flask.schedule, (), SAMPLES):
        drawn = figures_of(plan, found.reaction, found.flask, solution)
        met, left = met + all(target.holds(drawn) for target in targets), left - 1
        if met >= needed or met + left < needed:
            break
    return replace(candidate, share=met / SAMPLES if met >= needed else (met + left) / SAMPLES)


def outlook(protocol: Protocol, plan: Plan, targets: Sequence[Target]) -> Outlook:
    """Everything about one candidate.

    Raises:
        InputError: there is no reaction to solve.
        KineticsError: a set of constants cannot be solved.
    """
    found = predict(protocol, plan, points=0)

    def figures(solution: Solution) -> dict[str, float]:
        return figures_of(plan, found.reaction, found.flask, solution)

    drawn = [figures(solution) for solution in found.forecast.drawn]
    bands = {
        name: band_of(value, [row[name] for row in drawn]) for name, value in figures(found.forecast.nominal).items()
    }
    met = [row for row in drawn if all(target.holds(row) for target in targets)]
    schedule = pre_charged(found.flask.schedule)
    at_once = (
        None
        if schedule is None
        else forecast(partial(model_of, found.reaction.model), found.reaction.constants, schedule, ())
    )
    return Outlook(bands, len(met) / len(drawn), None if at_once is None else at_once.yields["C"])


def warnings_of(plan: Plan) -> tuple[str, ...]:
    """Codes of the plan's warnings, each once."""
    return tuple(dict.fromkeys(problem.code for problem in plan.problems if problem.code.startswith("W-")))
