"""What a plan promises, prepared for the judge."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

from ruggli.app.trial.scenario import Scenario
from ruggli.devices.capability import PumpCapability
from ruggli.plan.acts import ChargeVessel
from ruggli.plan.model import DoseWork, Plan, PlannedStep, PortionsWork, SegmentKind
from ruggli.protocol.model import StepClass
from ruggli.quantities.base import Celsius, Millilitres, Seconds


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of a solution that may ever be in a vessel; mL."""

    vessel: str
    solution: str
    planned: Millilitres
    resolution: Millilitres
    most: Millilitres


@dataclass(frozen=True, slots=True)
class FeedFact:
    """A pump of a dose, and what it displaces until a chase begins."""

    device: str
    displaced: Millilitres


@dataclass(frozen=True, slots=True)
class StepFact:
    """What holds while a step runs; `rates` are planned, in mL/s, by pump."""

    step_class: StepClass
    speed: float
    coolest: Celsius | None
    hottest: Celsius | None
    feeds: tuple[FeedFact, ...]
    part_each_second: float
    rates: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PumpFact:
    """A pump of the plan."""

    driver: str
    port: str
    dead_man: Seconds | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the judge needs of a plan."""

    limits: tuple[Limit, ...]
    steps: Mapping[str, StepFact]
    pumps: Mapping[str, PumpFact]
    plate: str | None
    plate_dead_man: Seconds | None
    plate_cap: Celsius | None
    safe: Celsius

    def step_class(self, step: str) -> StepClass:
        """The class of a step; of none, that of heating."""
        fact = self.steps.get(step)
        return StepClass.HEAT_ONLY if fact is None else fact.step_class


def _charged(plan: Plan, vessel: str, solution: str) -> Millilitres:
    """What people put of a solution into a vessel, besides what pumps give."""
    acts = (act for prompt in plan.prompts for act in prompt.acts if isinstance(act, ChargeVessel))
    return Millilitres(fsum(act.volume for act in acts if (act.vessel, act.name) == (vessel, solution)))


def doses_of(step: PlannedStep) -> tuple[DoseWork, ...]:
    """The doses of a step."""
    if isinstance(step.work, DoseWork):
        return (step.work,)
    return step.work.doses if isinstance(step.work, PortionsWork) else ()


def facts_of(scenario: Scenario) -> Facts:
    """Prepare the facts of a scenario."""
    from ruggli.app.drivers import capability

    plan, rig = scenario.plan, scenario.request.rig.rig
    totals: dict[tuple[str, str], float] = {}
    steps: dict[str, StepFact] = {}
    coarsest: dict[tuple[str, str], float] = {}
    pumps, plate = {}, None
    for device in plan.devices:
        known = capability(device.driver, device.model)
        if isinstance(known, PumpCapability):
            pumps[device.name] = PumpFact(device.driver, device.port, device.dead_man)
        elif plate is None:
            plate = device
    known_pumps = {device.name: capability(device.driver, device.model) for device in plan.devices}
    for step in plan.steps:
        feeds: dict[tuple[str, str], float] = {}
        for dose in doses_of(step):
            for feed in dose.feeds:
                key = dose.vessel, feed.solution
                feeds[key] = feeds.get(key, 0.0) + feed.planned
                known = known_pumps[feed.device]
                assert isinstance(known, PumpCapability)
                fine = known.counter_step(feed.planned, feed.syringe.bore)
                coarsest[key] = max(coarsest.get(key, 0.0), fine)
        work = step.work
        facts: tuple[FeedFact, ...] = ()
        if isinstance(work, DoseWork):
            until = [segment.until for segment in work.segments if segment.kind is SegmentKind.DOSE][-1]
            facts = tuple(FeedFact(feed.device, volume) for feed, volume in zip(work.feeds, until, strict=True))
        for key, volume in feeds.items():
            totals[key] = totals.get(key, 0.0) + volume
        guard, fastest, rates = step.guard, 0.0, dict[str, float]()
        for dose in doses_of(step):
            for number, feed in enumerate(dose.feeds):
                held = max(dose.rate_of(segment, number).held for segment in range(len(dose.segments)))
                fastest = max(fastest, held / feeds[dose.vessel, feed.solution])
                rates[feed.device] = max(rates.get(feed.device, 0.0), held)
        steps[step.id] = StepFact(
            step.hold.step_class, guard.speed, guard.coolest, guard.hottest, facts, fastest, rates
        )
    limits = tuple(
        Limit(
            vessel,
            solution,
            Millilitres(volume),
            Millilitres(coarsest[vessel, solution]),
            Millilitres(
                volume + max(0.005 * volume, 2 * coarsest[vessel, solution]) + _charged(scenario.plan, vessel, solution)
            ),
        )
        for (vessel, solution), volume in totals.items()
    )
    told = None if plate is None else rig.devices[plate.name].plate_cap
    return Facts(
        limits,
        steps,
        pumps,
        None if plate is None else plate.name,
        None if plate is None else plate.dead_man,
        None if told is None else Celsius(told.base),
        Celsius(0.0) if plate is None or plate.safe is None else plate.safe,
    )
