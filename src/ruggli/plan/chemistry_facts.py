"""The planned protocol as the rules of the chemistry see it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ruggli.chemistry.rules.facts import Closure, Event, Facts, Flask, Species, Stream
from ruggli.chemistry.structures.interface import Group, SmilesError, Structures
from ruggli.plan.context import Context
from ruggli.plan.demands import Demand
from ruggli.plan.known import compound_of
from ruggli.plan.model import DoseWork, PlannedStep, SegmentKind
from ruggli.protocol.classes import vessel_of
from ruggli.protocol.model import (
    AnyStep,
    Charge,
    Cool,
    Dose,
    Dry,
    Extract,
    Heat,
    Hold,
    Operator,
    Portion,
    Portions,
    Quench,
    Reagent,
    Role,
    Sparge,
    Stir,
)
from ruggli.quantities.base import Celsius, Millilitres, Millimoles, Rpm, Seconds


@dataclass(frozen=True, slots=True)
class _State:
    """A vessel on the way through the steps."""

    temperature: Celsius
    reflux: bool = False
    speed: Rpm = Rpm(0.0)
    solvents: frozenset[str] = field(default_factory=frozenset)

    def boiling_point(self, context: Context) -> Celsius | None:
        """Lowest boiling point of the solvents in it, or None where none is known."""
        points = [point for key in sorted(self.solvents) if (point := context.chemicals.boiling_point(key)) is not None]
        return min(points, default=None)


def facts_of(context: Context, steps: tuple[PlannedStep, ...], structures: Structures | None) -> Facts:
    """Everything that a rule may look at.

    Args:
        context: what the planner found out; all steps are planned.
        steps: the planned steps, one for each step of the protocol.
        structures: what reads a SMILES, or None.
    """
    protocol, chemistry = context.protocol, context.protocol.chemistry
    limiting = next((key for key, reagent in protocol.reagents.items() if reagent.limiting), "")
    substrate = (None if chemistry is None else chemistry.substrate) or limiting
    return Facts(
        closure=None if chemistry is None else Closure(chemistry.ring_closure.value),
        ring_size=0 if chemistry is None else chemistry.ring_size,
        substrate=substrate,
        limiting=limiting,
        species={key: _species(context, key, reagent, structures) for key, reagent in protocol.reagents.items()},
        flasks={key: _flask(context, key) for key in protocol.vessels},
        events=_events(context, steps),
        nitrogens=() if chemistry is None else tuple(group.value for group in chemistry.nitrogens),
        seen=_nitrogens(protocol.reagents.get(substrate), structures),
        hindered=chemistry is not None and chemistry.hindered,
    )


def _nitrogens(substrate: Reagent | None, structures: Structures | None) -> tuple[str, ...]:
    if structures is None or substrate is None or substrate.smiles is None:
        return ()
    try:
        return structures.nitrogens(substrate.smiles)
    except SmilesError:
        return ()  # `check_structures` tells it


def _species(context: Context, key: str, reagent: Reagent, structures: Structures | None) -> Species:
    substance = context.chemicals.substances[key]
    return Species(
        key=key,
        name=substance.name,
        role=reagent.role.value,
        compound=compound_of(reagent),
        chiral=_chiral(reagent, structures),
        groups=_groups(reagent, structures),
    )


def _chiral(reagent: Reagent, structures: Structures | None) -> bool:
    """An amino acid with its configuration; without RDKit any stereocentre counts."""
    smiles = reagent.smiles or ""
    if structures is None or "@" not in smiles:
        return "@" in smiles
    try:
        return structures.chiral_amino_acid(smiles)
    except SmilesError:
        return False  # `check_structures` tells it


def _groups(reagent: Reagent, structures: Structures | None) -> frozenset[Group] | None:
    if structures is None or reagent.smiles is None:
        return None
    try:
        return structures.groups(reagent.smiles)
    except SmilesError:
        return None  # `check_structures` tells it


def _flask(context: Context, key: str) -> Flask:
    vessel = context.protocol.vessels[key]
    bound = context.bound.get(key)
    glass = None if bound is None else context.rig.vessels[bound]
    return Flask(vessel.condenser if glass is None else glass.condenser, vessel.dried, vessel.vented)


def _events(context: Context, steps: tuple[PlannedStep, ...]) -> tuple[Event, ...]:
    protocol = context.protocol
    ids = [step.id for step in protocol.steps]
    gas = protocol.atmosphere
    inert = range(0) if gas is None else range(ids.index(gas.start), ids.index(gas.end) + 1)
    states: dict[str, _State] = {}
    events: list[Event] = []
    for index, (step, planned) in enumerate(zip(protocol.steps, steps, strict=True)):
        vessel = vessel_of(step) or ""
        event = _arriving(context, index, step, planned)
        state = _after(context, states.get(vessel, _State(context.ambient)), step, event)
        states[vessel] = state
        events.append(
            replace(
                event,
                vessel=vessel,
                start=planned.start,
                temperature=state.temperature,
                boiling_point=state.boiling_point(context),
                reflux=state.reflux,
                speed=state.speed,
                inert=index in inert,
            )
        )
    return tuple(events)


def _after(context: Context, state: _State, step: AnyStep, event: Event) -> _State:
    """The vessel once a step has begun."""
    reagents = context.protocol.reagents
    poured = {key for key in event.amounts if reagents[key].role is Role.SOLVENT}
    state = replace(state, solvents=state.solvents | poured)
    if isinstance(step, Stir):
        return replace(state, speed=Rpm(0.0) if step.speed == "off" else Rpm(step.speed.base))
    if isinstance(step, Cool):
        return replace(state, temperature=Celsius(step.to.base), reflux=False)
    if isinstance(step, Heat):
        if step.to == "reflux":
            return replace(state, temperature=state.boiling_point(context) or state.temperature, reflux=True)
        return replace(state, temperature=Celsius(step.to.base), reflux=False)
    return state


def _arriving(context: Context, index: int, step: AnyStep, planned: PlannedStep) -> Event:
    """What a step is and what it brings; where and when is added by the caller."""
    removes = step.removes if isinstance(step, Charge | Dose | Portions | Operator) else ()
    bare = Event(step.id, step.do, duration=planned.duration, removes=tuple(group.value for group in removes))
    if isinstance(step, Charge):
        poured = [context.chemicals.mixtures.get(portion.what) for portion in step.contents]
        mixtures = tuple(tuple(mixture.solutes) for mixture in poured if mixture is not None)
        return replace(_with(bare, [_portion(context, portion) for portion in step.contents]), mixtures=mixtures)
    if isinstance(step, Dose | Quench):
        chase = () if step.chase is None else (step.chase.solvent,)
        return replace(_fed(context, index, bare), duration=_feeding(context, index, planned), what=chase)
    if isinstance(step, Portions):
        if index in context.deliveries:
            return replace(_fed(context, index, bare), count=step.count)
        return replace(_with(bare, [_portion(context, Portion(what=step.what))]), count=step.count)
    if isinstance(step, Sparge):
        return replace(bare, duration=Seconds(step.duration.base), what=step.what)
    if isinstance(step, Hold):
        return replace(bare, duration=Seconds(step.duration.base))
    if isinstance(step, Extract):
        return replace(bare, count=step.times, what=(step.solvent,))
    return replace(bare, what=(step.agent,)) if isinstance(step, Dry) else bare


_Arrival = tuple[Mapping[str, Millimoles], Millilitres]


def _with(event: Event, arrivals: list[_Arrival]) -> Event:
    amounts: dict[str, Millimoles] = {}
    for found, _ in arrivals:
        for key, amount in found.items():
            amounts[key] = Millimoles(amounts.get(key, 0.0) + amount)
    return replace(event, amounts=amounts, volume=Millilitres(math.fsum(volume for _, volume in arrivals)))


def _portion(context: Context, portion: Portion) -> _Arrival:
    """Amounts and volume of something that is charged; a solvent has an amount of 0."""
    chemicals = context.chemicals
    stated = None if portion.volume is None else Millilitres(portion.volume.base)
    mixture = chemicals.mixtures.get(portion.what)
    if mixture is not None:
        volume = mixture.rest if stated is None else stated
        return _mixed(context, portion.what, volume), volume
    substance = chemicals.substances.get(portion.what)
    if substance is None:
        return {}, Millilitres(0.0)
    if substance.role is Role.SOLVENT:
        return {substance.key: Millimoles(0.0)}, stated or Millilitres(0.0)
    amount = substance.amount if stated is None else substance.amount_in(stated) or substance.amount
    liquid = stated if stated is not None else substance.volume(amount)
    return {substance.key: amount}, liquid or Millilitres(0.0)


def _mixed(context: Context, key: str, volume: Millilitres) -> dict[str, Millimoles]:
    mixture = context.chemicals.mixtures[key]
    amounts = {solute: Millimoles(value * volume) for solute, value in mixture.solutes.items()}
    return {**amounts, mixture.solvent: Millimoles(amounts.get(mixture.solvent, 0.0))}


def _fed(context: Context, index: int, event: Event) -> Event:
    delivery = context.deliveries.get(index)
    if delivery is None:
        return event
    arrivals: list[_Arrival] = [(_mixed(context, d.solution, d.volume), d.volume) for d in delivery.demands]
    return replace(_with(event, arrivals), streams=tuple(_stream(context, index, d) for d in delivery.demands))


def _stream(context: Context, index: int, demand: Demand) -> Stream:
    mixture = context.chemicals.mixtures[demand.solution]
    seat = context.seated.get((index, demand.solution))
    amounts = {solute: Millimoles(value * demand.volume) for solute, value in mixture.solutes.items()}
    gas_tight = None if seat is None else seat.syringe.gas_tight
    return Stream(demand.solution, mixture.solvent, demand.volume, amounts, gas_tight)


def _feeding(context: Context, index: int, planned: PlannedStep) -> Seconds:
    """Time of a delivery: the file's, else that of the planned segments."""
    delivery = context.deliveries.get(index)
    if delivery is not None and delivery.duration is not None:
        return delivery.duration
    if isinstance(planned.work, DoseWork):
        segments = planned.work.segments
        return Seconds(math.fsum(s.duration for s in segments if s.kind is SegmentKind.DOSE))
    return planned.duration
