"""The planned reaction as a kinetic model sees it: what is in the flask when the substrate comes, and what follows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import fsum

from ruggli.chemistry.kinetics.schedule import Feed, Portion, Schedule
from ruggli.plan.acts import ChargeVessel, Warm
from ruggli.plan.model import DoseWork, Plan, PlannedPrompt, PlannedStep, PortionsWork, SegmentKind, prompts_of
from ruggli.quantities.base import Celsius, Millilitres, Millimoles, Seconds

AIDS = ("AcOH", "B")
"""Species without which the reaction goes on all the same."""

ENDS = ("cool", "quench", "filter", "extract", "concentrate", "purify")
"""Steps with which a reaction is over, once all that it needs is in."""


@dataclass(frozen=True, slots=True)
class PlannedFlask:
    """A reaction as planned.

    Attributes:
        vessel: where it happens.
        start: time of the plan at which the substrate begins to flow, or is in: 0 s of the schedule.
        temperature: planned for the time when all that reacts comes together.
        over: id of the step with which the reaction is over, or None where it goes on to the end of the plan.
        schedule: what is there and what comes, by species of the model.
        solvent_names: names of the solvents in it, as they come.
    """

    vessel: str
    start: Seconds
    temperature: Celsius
    over: str | None
    schedule: Schedule
    solvent_names: tuple[str, ...]


def planned_flask(plan: Plan, species: Mapping[str, str], substrate: str) -> PlannedFlask | None:
    """The flask into which a plan brings the substrate; None where it does not, or into no liquid.

    Refills of a syringe and delays of people are not counted; the reaction ends where the vessel is cooled, quenched or
    worked up, or with the plan. What a person puts in is in when the time for it is over; a liquid comes evenly in it.

    Args:
        plan: the plan.
        species: by reagent of the file, the species of the model.
        substrate: the reagent that closes the ring.
    """
    firsts = {name: next((step for step in plan.steps if name in _goes_in(step)), None) for name in species}
    first = firsts[substrate]
    if first is None:
        return None
    vessel = _vessels(first)[0]
    needed = [step for name, step in firsts.items() if step is not None and species[name] not in AIDS]
    together = max(needed, key=lambda step: step.number)
    over = next((s for s in plan.steps if s.number > together.number and s.do in ENDS and _on(s, vessel)), None)
    start = _begin(first, vessel, substrate)
    end = Seconds((plan.duration if over is None else over.start) - start)
    steps = [step for step in plan.steps if over is None or step.number < over.number]
    volume = 0.0
    amounts: dict[str, float] = {}
    feeds: list[Feed] = []
    portions: list[Portion] = []
    solvents: dict[str, None] = {}
    for prompt in (prompt for step in steps for prompt in prompts_of(step.work)):
        done = Seconds(prompt.when + prompt.takes - start)
        for act in _charges(prompt, vessel):
            solvents |= {act.solvent: None} if act.solvent else {}
            found = {species[name]: amount for name, amount in act.solutes if name in species}
            if done <= 0.0:
                volume += act.volume
                for name, amount in found.items():
                    amounts[name] = amounts.get(name, 0.0) + amount
            elif act.volume > 0.0:
                brought = {name: Millimoles(amount) for name, amount in found.items()}
                feeds.append(Feed(act.volume, brought, Seconds(max(done - prompt.takes, 0.0)), prompt.takes))
            elif found:
                portions.append(Portion(done, {name: Millimoles(amount) for name, amount in found.items()}))
    for begin, work in (dose for step in steps for dose in _doses(step, vessel)):
        solvents |= dict.fromkeys(feed.solvent for feed in work.feeds)
        for feed in _feeds(work, Seconds(begin - start), species):
            if feed.end <= 0.0:
                volume += feed.volume
                for name, amount in feed.amounts.items():
                    amounts[name] = amounts.get(name, 0.0) + amount
            else:
                feeds.append(feed)
    if volume <= 0.0:
        return None
    held = {name: Millimoles(amount) for name, amount in amounts.items()}
    schedule = Schedule(Millilitres(volume), held, tuple(feeds), tuple(portions), Seconds(max(end, 0.0)))
    return PlannedFlask(
        vessel,
        start,
        _temperature(plan, vessel, together),
        None if over is None else over.id,
        schedule,
        tuple(solvents),
    )


def _begin(first: PlannedStep, vessel: str, substrate: str) -> Seconds:
    """When the substrate begins to flow, or is in."""
    if any(substrate in feed.solutes for _, dose in _doses(first, vessel) for feed in dose.feeds):
        return first.start
    return min(
        Seconds(prompt.when + prompt.takes)
        for prompt in prompts_of(first.work)
        for act in _charges(prompt, vessel)
        if substrate in dict(act.solutes)
    )


def _doses(step: PlannedStep, vessel: str) -> Iterator[tuple[Seconds, DoseWork]]:
    """Doses of a step into a vessel, with the planned time at which each begins to flow."""
    work = step.work
    if isinstance(work, DoseWork) and work.vessel == vessel:
        yield step.start, work
    elif isinstance(work, PortionsWork) and work.vessel == vessel:
        begin = step.start
        for number, dose in enumerate(work.doses):
            begin = Seconds(begin + fsum(prompt.takes for part in dose.segments for prompt in part.prompts))
            begin = Seconds(begin + (work.interval if number else 0.0))
            yield begin, dose
            begin = Seconds(begin + fsum(part.duration for part in dose.segments))


def _feeds(work: DoseWork, begin: Seconds, species: Mapping[str, str]) -> Iterator[Feed]:
    """The feeds at their rates; a ramped one in its stretches, what the chase pushes at the rate of the last."""
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
            yield Feed(volume, amounts, Seconds(at), takes)
            given, at = end, at + takes


def _goes_in(step: PlannedStep) -> set[str]:
    """Reagents that a step brings into any vessel."""
    return {
        reagent
        for vessel in _vessels(step)
        for reagents in (
            *(feed.solutes for _, dose in _doses(step, vessel) for feed in dose.feeds),
            *(dict(act.solutes) for prompt in prompts_of(step.work) for act in _charges(prompt, vessel)),
        )
        for reagent in reagents
    }


def _vessels(step: PlannedStep) -> list[str]:
    """Vessels into which a step brings something."""
    if isinstance(step.work, DoseWork | PortionsWork):
        return [step.work.vessel]
    acts = (act for prompt in prompts_of(step.work) for act in prompt.acts)
    return sorted({act.vessel for act in acts if isinstance(act, ChargeVessel)})


def _on(step: PlannedStep, vessel: str) -> bool:
    """Whether a step works on a vessel; one of which the plan does not say it may."""
    named = getattr(step.work, "vessel", None)
    vessels = (
        [named]
        if named is not None
        else [act.vessel for p in prompts_of(step.work) for act in p.acts if isinstance(act, ChargeVessel | Warm)]
    )
    return not vessels or vessel in vessels


def _charges(prompt: PlannedPrompt, vessel: str) -> list[ChargeVessel]:
    return [act for act in prompt.acts if isinstance(act, ChargeVessel) and act.vessel == vessel]


def _temperature(plan: Plan, vessel: str, step: PlannedStep) -> Celsius:
    rows = [row for row in plan.temperatures if row.vessel == vessel and row.start <= step.start]
    return rows[-1].expected if rows else plan.devices[0].room
