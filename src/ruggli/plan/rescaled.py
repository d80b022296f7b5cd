"""A plan before and after rescaling: what changes in amounts, syringes, rates and glass, and what physics changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ruggli.documents.problem import Problem, Severity
from ruggli.plan.model import DoseWork, Feed, Plan, PlannedStep, PortionsWork
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

SAME = 1e-6
"""Relative difference that counts as none."""
_MEASURED = (("amount", Dimension.AMOUNT), ("mass", Dimension.MASS), ("volume", Dimension.VOLUME))


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure before and after, as texts; "" where it is not there."""

    part: str
    name: str
    what: str
    before: str
    after: str


def changed(before: Plan, after: Plan) -> tuple[Changed, ...]:
    """Everything that differs: what to weigh, solutions, syringes, rates, refills, times, glass."""
    rows = [*_reagents(before, after), *_solutions(before, after), *_feeds(before, after)]
    rows += [*_times(before, after), *_vessels(before, after)]
    return tuple(row for row in rows if row.before != row.after)


def new_problems(before: Plan, after: Plan) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Errors and warnings that are new, and those that are gone, told apart by code and place."""

    def told(plan: Plan) -> dict[tuple[str, str], Problem]:
        found = (problem for problem in plan.problems if problem.severity is not Severity.NOTE)
        return {(problem.code, problem.path): problem for problem in found}

    old, new = told(before), told(after)
    return (
        tuple(problem for key, problem in new.items() if key not in old),
        tuple(problem for key, problem in old.items() if key not in new),
    )


def physical(factor: float, before: Plan, after: Plan) -> Iterator[str]:
    """What changes although no value of the file says so."""
    surface = factor ** (-1 / 3)
    slower = (
        "slower; heating and cooling take longer" if factor > 1 else "faster; cold spots and evaporation count more"
    )
    yield f"surface to volume: about {surface:.2g} times, in glass of the same shape, so heat leaves {slower}"
    old = {step.id: step for step in before.steps}
    kept, longer = list[str](), list[str]()
    for step in after.steps:
        if step.id not in old or not isinstance(step.work, DoseWork | PortionsWork):
            continue
        ratio = step.duration / old[step.id].duration if old[step.id].duration else 1.0
        (longer if step.do == "quench" and abs(ratio - factor) < 0.25 * factor else kept).append(step.id)
    if kept:
        check = "; check cooling, gates and vent" if factor > 1 else ""
        yield f"{', '.join(kept)}: about the same time, so heat and gas a minute are {factor:.3g} times as much{check}"
    if longer:
        same = "the rate stays, so heat and gas a minute stay"
        yield f"{', '.join(longer)}: {same}, and it takes {factor:.3g} times as long"
    solids = [step.id for step in after.steps if isinstance(step.work, PortionsWork) and not step.work.doses]
    if solids:
        yield f"{', '.join(solids)}: as many portions as before, each {factor:.3g} times as large"


def _reagents(before: Plan, after: Plan) -> Iterator[Changed]:
    old = {row.reagent: row for row in before.reagents}
    for row in after.reagents:
        was = old.get(row.reagent)
        for key, dimension in _MEASURED:
            if row.role != "solvent" or key == "volume":
                yield Changed("weigh and measure", row.name, key, *_pair(was, row, key, dimension))


def _pair(was: object, now: object, key: str, dimension: Dimension) -> tuple[str, str]:
    return _shown(getattr(was, key, None), dimension), _shown(getattr(now, key, None), dimension)


def _shown(value: float | None, dimension: Dimension) -> str:
    return show(float(f"{value:.6g}"), dimension) if value else ""


def _solutions(before: Plan, after: Plan) -> Iterator[Changed]:
    old = {row.solution: row for row in before.solutions}
    for row in after.solutions:
        was = old.get(row.solution)
        yield Changed("solution", row.solution, "make up", *_pair(was, row, "make_up", Dimension.VOLUME))
        pump, syringe = (f"{was.device}, {was.syringe}", was) if was is not None else ("", None)
        yield Changed("solution", row.solution, "syringe", pump, f"{row.device}, {row.syringe}")
        yield Changed("solution", row.solution, "fillings", str(syringe.fillings) if syringe else "", str(row.fillings))


def _all_feeds(plan: Plan) -> Iterator[tuple[PlannedStep, Feed]]:
    for step in plan.steps:
        doses = step.work.doses[:1] if isinstance(step.work, PortionsWork) else ()
        doses = (step.work,) if isinstance(step.work, DoseWork) else doses
        for dose in doses:
            for feed in dose.feeds:
                yield step, feed


def _feeds(before: Plan, after: Plan) -> Iterator[Changed]:
    old: Mapping[tuple[str, str], Feed] = {(step.id, feed.solution): feed for step, feed in _all_feeds(before)}
    for step, feed in _all_feeds(after):
        was = old.get((step.id, feed.solution))
        rates = ("" if known is None else show(known.rate.held, Dimension.FLOW_RATE) for known in (was, feed))
        yield Changed("rate", f"{step.id}, {feed.solution}", "as held", *rates)


def _times(before: Plan, after: Plan) -> Iterator[Changed]:
    old = {step.id: step for step in before.steps}
    for step in after.steps:
        was = old.get(step.id)
        if was is not None and abs(step.duration - was.duration) > SAME * max(step.duration, 1.0):
            told = (show(float(f"{value:.4g}"), Dimension.DURATION) for value in (was.duration, step.duration))
            yield Changed("time", step.id, "takes", *told)
    totals = (show(float(f"{plan.duration:.4g}"), Dimension.DURATION) for plan in (before, after))
    yield Changed("time", "the whole protocol", "takes", *totals)


def _vessels(before: Plan, after: Plan) -> Iterator[Changed]:
    fullest = [_fullest(plan) for plan in (before, after)]
    for name in fullest[1]:
        told = [_fill(rows.get(name)) for rows in fullest]
        yield Changed("vessel", name, "fullest", told[0], told[1])


def _fullest(plan: Plan) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for row in plan.volumes:
        found[row.vessel] = max(found.get(row.vessel, (0.0, 0.0)), (row.after, row.working_volume))
    return found


def _fill(found: tuple[float, float] | None) -> str:
    if found is None:
        return ""
    volume, room = (show(float(f"{value:.4g}"), Dimension.VOLUME) for value in found)
    return f"{volume} of {room}"
