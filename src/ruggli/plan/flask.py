"""The planned reaction as a kinetic model sees it: what is in the flask when the substrate comes, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass

from ruggli.chemistry.kinetics.schedule import Feed, Portion, Schedule
from ruggli.plan.acts import ChargeVessel
from ruggli.plan.model import (
    CoolWork,
    DoseWork,
    HoldWork,
    MonitorWork,
    Plan,
    PlannedStep,
    SegmentKind,
    StirWork,
    prompts_of,
)
from ruggli.quantities.base import Celsius, Millilitres, Millimoles, Seconds


@dataclass(frozen=True, slots=True)
class PlannedFlask:
    """A reaction as planned.

    Attributes:
        vessel: where it happens.
        start: time of the plan at which the first of the species begins to flow: 0 s of the schedule.
        temperature: planned for the addition.
        schedule: what is there and what comes, by species of the model.
    """

    vessel: str
    start: Seconds
    temperature: Celsius
    schedule: Schedule


def planned_flask(plan: Plan, species: Mapping[str, str], substrate: str) -> PlannedFlask | None:
    """The flask into which a plan doses the substrate, or puts it at once; None where it does neither.

    Refills of a syringe and waits for a person's hands are not counted; the reaction ends where the vessel is cooled,
    or with the plan.

    Args:
        plan: the plan.
        species: by reagent of the file, the species of the model.
        substrate: the reagent that closes the ring.
    """
    steps = plan.steps
    first = next((step for step in steps if substrate in _goes_in(step)), None)
    if first is None:
        return None
    vessel = _vessels(first)[0]
    before = [step for step in steps if step.number < first.number]
    amounts: dict[str, float] = {}
    for step in before:
        for reagent, amount in _charged(step, vessel).items():
            if reagent in species:
                amounts[species[reagent]] = amounts.get(species[reagent], 0.0) + amount
    numbers = {step.id: step.number for step in steps}
    volume = next(
        (row.after for row in reversed(plan.volumes) if row.vessel == vessel and numbers[row.step] < first.number),
        Millilitres(0.0),
    )
    feeds: list[Feed] = []
    portions: list[Portion] = []
    end = Seconds(plan.duration)
    for step in steps[first.number - 1 :]:
        if isinstance(step.work, CoolWork) and step.work.vessel == vessel:
            end = step.start
            break
        begin = Seconds(step.start - first.start)
        if isinstance(step.work, DoseWork) and step.work.vessel == vessel:
            feeds += _feeds(step.work, begin, species)
        elif isinstance(step.work, HoldWork | MonitorWork | StirWork):
            continue
        else:
            found = {species[name]: amount for name, amount in _charged(step, vessel).items() if name in species}
            if found:
                portions.append(Portion(begin, {name: Millimoles(amount) for name, amount in found.items()}))
    if volume <= 0.0:
        return None
    held = {name: Millimoles(amount) for name, amount in amounts.items()}
    schedule = Schedule(volume, held, tuple(feeds), tuple(portions), Seconds(max(end - first.start, 0.0)))
    return PlannedFlask(vessel, first.start, _temperature(plan, vessel, first), schedule)


def _feeds(work: DoseWork, begin: Seconds, species: Mapping[str, str]) -> list[Feed]:
    """The feeds at their rates; a ramped one in its stretches, what the chase pushes at the rate of the last."""
    found = []
    for number, feed in enumerate(work.feeds):
        given, at = 0.0, float(begin)
        dose = [segment for segment in work.segments if segment.kind is SegmentKind.DOSE]
        ramped = any(segment.rates is not None for segment in dose)
        ends = [segment.until[number] for segment in dose[:-1]] if ramped else []
        for segment, end in enumerate([*ends, feed.planned]):
            volume = Millilitres(end - given)
            takes = Seconds(volume / work.rate_of(segment, number).held)
            amounts = {
                species[reagent]: Millimoles(concentration * volume)
                for reagent, concentration in feed.solutes.items()
                if reagent in species
            }
            found.append(Feed(volume, amounts, Seconds(at), takes))
            given, at = end, at + takes
    return found


def _goes_in(step: PlannedStep) -> set[str]:
    """Reagents that a step brings into any vessel."""
    if isinstance(step.work, DoseWork):
        return {reagent for feed in step.work.feeds for reagent in feed.solutes}
    return {reagent for vessel in _vessels(step) for reagent in _charged(step, vessel)}


def _vessels(step: PlannedStep) -> list[str]:
    if isinstance(step.work, DoseWork):
        return [step.work.vessel]
    acts = (act for prompt in prompts_of(step.work) for act in prompt.acts)
    return sorted({act.vessel for act in acts if isinstance(act, ChargeVessel)})


def _charged(step: PlannedStep, vessel: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for prompt in prompts_of(step.work):
        for act in prompt.acts:
            if isinstance(act, ChargeVessel) and act.vessel == vessel:
                for reagent, amount in act.solutes:
                    found[reagent] = found.get(reagent, 0.0) + amount
    return found


def _temperature(plan: Plan, vessel: str, step: PlannedStep) -> Celsius:
    rows = [row for row in plan.temperatures if row.vessel == vessel and row.start <= step.start]
    return rows[-1].expected if rows else plan.devices[0].room
