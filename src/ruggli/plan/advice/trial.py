"""Tries one candidate: plan, figures, and how many of the samples meet the targets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil, fsum

from ruggli.chemistry.kinetics.forecast import SAMPLES, Band, band_of, draws, forecast
from ruggli.chemistry.kinetics.schemes import model_of
from ruggli.chemistry.kinetics.solve import Solution
from ruggli.plan.advice.figures import figures_of
from ruggli.plan.advice.front import Candidate
from ruggli.plan.advice.precharge import pre_charged
from ruggli.plan.advice.target import Target
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
            the part can no longer be reached; the share is then that of all samples if every one left out met them.

    Raises:
        InputError: there is no reaction to solve.
        KineticsError: it cannot be solved.
    """
    found = predict(protocol, plan, samples=0, points=0)
    figures = figures_of(plan, found.reaction, found.flask, found.forecast.nominal)
    candidate = Candidate(settings, figures, refills_of(plan), warnings_of(plan))
    if confidence <= 0.0 or not all(target.holds(figures) for target in targets):
        return candidate
    allowed = SAMPLES - ceil(confidence * SAMPLES - 1e-9)
    missed = 0
    for solution in draws(
        partial(model_of, found.reaction.model), found.reaction.constants, found.flask.schedule, (), SAMPLES
    ):
        drawn = figures_of(plan, found.reaction, found.flask, solution)
        missed += not all(target.holds(drawn) for target in targets)
        if missed > allowed:
            break
    return replace(candidate, share=(SAMPLES - missed) / SAMPLES)


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


def refills_of(plan: Plan) -> int:
    """Fillings of all syringes beyond the first of each solution."""
    return round(fsum(row.fillings - 1 for row in plan.solutions))


def warnings_of(plan: Plan) -> tuple[str, ...]:
    """Codes of the plan's warnings, each once."""
    return tuple(dict.fromkeys(problem.code for problem in plan.problems if problem.code.startswith("W-")))
