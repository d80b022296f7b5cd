"""Steps that add something slowly: dose and quench."""

from dataclasses import replace

from ruggli.plan.acts import ChargeVessel
from ruggli.plan.concentrations import Inflow, peaks
from ruggli.plan.context import Context, Use, VesselState
from ruggli.plan.demands import Delivery
from ruggli.plan.drafts import Draft, by_hand, refused
from ruggli.plan.drops import check_smooth, drops_of
from ruggli.plan.feeding import Laid, Piece, lay_dose, parts_of, stated_pace
from ruggli.plan.keeping import bounds_of, check_pile, kept_of, pieces_of, pile_rule
from ruggli.plan.model import DoseWork, Feed, GatePlan
from ruggli.plan.policy import POLICIES
from ruggli.plan.prompts import solution_text, volume_text
from ruggli.plan.ratio import check_ratio, ratio_of
from ruggli.plan.venting import check_vent, time_by_vent
from ruggli.protocol.classes import effective_class
from ruggli.protocol.model import Chase, Dose, Gate, HoldPolicy, Quench, Role, StepClass
from ruggli.quantities.base import Celsius, Kelvin, Millilitres, MillilitresPerSecond, Millimoles, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

HYSTERESIS = Kelvin(2.0)
"""How far below its gate a vessel has to be before a waiting feed goes on, where the file does not say."""
_DEAD_MAN = Seconds(5.0)
_DEAD_MAN_PART = 0.005
_BY_HAND_ROLES = frozenset({Role.ACID, Role.BASE, Role.QUENCH, Role.SCAVENGER})


def plan_dose(context: Context, index: int, step: Dose | Quench) -> Draft:
    """A dose or a quench: by pumps, or by hand where a person may do it."""
    state = context.state(step.into)
    delivery = context.deliveries.get(index)
    names = ", ".join(step.solutions if isinstance(step, Dose) else (step.solution,))
    title = f"add {names} to {state.name}"
    if delivery is None:
        return refused(context, step, title, state)
    may_flow = check_stirred(context, index, step.id, state)
    if isinstance(step, Quench) and step.rate == "by_vent":
        timed = time_by_vent(context, index, step, state, delivery)
        if timed is None:
            arrive(context, step.id, state, delivery, (), step.chase)
            return refused(context, step, title, state)
        delivery = replace(delivery, duration=timed)
    if any((index, demand.solution) not in context.seated for demand in delivery.demands):
        return _without_pumps(context, step, state, delivery, title)
    gate = check_gate(context, index, step.id, state, step.gate)
    laid = _laid(context, step, state, delivery, gate)
    if laid is None or not may_flow:
        arrive(context, step.id, state, delivery, (), step.chase)
        return refused(context, step, title, state)
    watch_dead_man(context, index, step.id, laid.work, laid.flowing)
    if isinstance(step, Quench):
        check_vent(context, index, step, state, delivery, laid.work.feeds[0].rate.held)
    arrive(context, step.id, state, delivery, laid.work.feeds, step.chase)
    return Draft(f"{title} over {show(laid.flowing, Dimension.DURATION)}", laid.work, laid.duration, state)


def _laid(
    context: Context, step: Dose | Quench, state: VesselState, delivery: Delivery, gate: GatePlan | None
) -> Laid | None:
    if isinstance(step, Dose) and not check_ratio(context, step, delivery):
        return None
    parts = parts_of(context, delivery, step.chase)
    bounds = bounds_of(context, step, state, delivery) if isinstance(step, Dose) else ()
    if parts is None or bounds is None:
        return None
    pieces: tuple[Piece, ...] | None = None
    if delivery.duration is not None:
        pieces = stated_pace(delivery, delivery.duration, parts)
    elif isinstance(step, Dose):
        pieces = pieces_of(context, step, state, delivery, parts, bounds)
    laid = None if pieces is None else lay_dose(context, step, state, delivery, parts, pieces, step.chase, gate)
    if laid is None:
        return None
    check_smooth(context, laid.work, parts)
    if not isinstance(step, Dose):
        return replace(laid, work=replace(laid.work, drops=drops_of(context, state, laid.work, parts)))
    kept = kept_of(context, step, state, delivery, laid.work, bounds, parts)
    if kept is None:
        return None
    pile = pile_rule(context, step, state)
    if pile is not None:
        check_pile(context, step, pile, kept)
    ratio = ratio_of(context, step, laid.work)
    work = replace(laid.work, kept=kept or None, pile=pile, ratio=ratio)
    return replace(laid, work=replace(work, drops=drops_of(context, state, work, parts)))


def check_stirred(context: Context, index: int, step_id: str, state: VesselState) -> bool:
    """Whether the vessel is stirred; `E-INTERLOCK` where not."""
    glass = state.glass
    if state.speed > 0 and (glass is None or glass.stirred):
        return True
    context.findings.add(
        "E-INTERLOCK",
        f"step {step_id} adds to {state.name}, which is not stirred",
        ("steps", index, "into"),
        value="no stirring bar" if glass is not None and not glass.stirred else "stirring off",
        bound="stirring on",
        remedy="put a `stir` step before it, and a stirring bar into the vessel",
    )
    return False


def check_gate(context: Context, index: int, step_id: str, state: VesselState, gate: Gate | None) -> GatePlan | None:
    """The gate of a step that a device waits at; `E-INTERLOCK` where no probe tells the vessel's temperature."""
    if gate is None:
        return None
    if not state.measured or context.plate(state) is None:
        context.findings.add(
            "E-INTERLOCK",
            f"step {step_id} waits for a temperature of {state.name} that no probe tells",
            ("steps", index, "gate"),
            value=f"probe: {state.probe.value}",
            bound="probe: flask",
            remedy="put the probe into the vessel and write `probe: flask` in the rig file",
        )
    return gate_plan(context, index, gate)


def gate_plan(context: Context, index: int, gate: Gate) -> GatePlan:
    """The gate with its hysteresis decided; a step waits at it for as long as it may stay held."""
    hysteresis = HYSTERESIS if gate.hysteresis is None else Kelvin(gate.hysteresis.base)
    longest = POLICIES[effective_class(context.protocol, index)].longest_hold
    policy: HoldPolicy | None = getattr(context.protocol.steps[index], "hold", None)
    patience = longest if policy is None else Seconds(min(longest, policy.at_most.base))
    return GatePlan(Celsius(gate.below.base), hysteresis, patience)


def watch_dead_man(context: Context, index: int, step_id: str, work: DoseWork, flowing: Seconds) -> None:
    """Keep the shortest dose of each pump, which decides its dead-man; told where that is coarse.

    A ramp counts as the dose that it would be at the rate of its fastest stretch.
    """
    ramped = any(segment.rates is not None for segment in work.segments)
    for number, feed in enumerate(work.feeds):
        fastest = max(work.rate_of(segment, number).held for segment in range(len(work.segments)))
        shortest = min(flowing, feed.planned / fastest) if ramped else flowing
        known = context.shortest_dose.get(feed.device, shortest)
        context.shortest_dose[feed.device] = Seconds(min(known, shortest))
        part = _DEAD_MAN * fastest / feed.planned
        if part > _DEAD_MAN_PART:
            context.findings.add(
                "W-DEADMAN-COARSE" if context.unattended else "N-DEADMAN-COARSE",
                f"step {step_id} is so fast that even a pump's own stop after {_DEAD_MAN:g} s of silence is coarse "
                f"for {feed.solution}",
                ("steps", index),
                value=f"{100 * part:.1f} % of the dose",
                bound=f"{100 * _DEAD_MAN_PART:g} %",
                remedy="dose more slowly, in portions, or stay with it; the device's target still bounds the dose",
            )


def arrive(
    context: Context,
    step_id: str,
    state: VesselState,
    delivery: Delivery,
    feeds: tuple[Feed, ...],
    chase: Chase | None,
) -> None:
    """Put what a dose brings into the books of the vessel."""
    inflows: list[Inflow] = []
    total = 0.0
    for number, demand in enumerate(delivery.demands):
        mixture = context.chemicals.mixtures[demand.solution]
        after = 0.0
        if feeds and chase is not None and chase.volume is not None:
            after = max(0.0, chase.volume.base - feeds[number].syringe.hold_up)
        rate = feeds[number].rate.held if feeds else MillilitresPerSecond(demand.volume)
        inflows.append(Inflow(mixture.solutes, rate, demand.volume, Millilitres(after)))
        total += demand.volume + after
    for solute, peak in peaks(state, inflows).items():
        context.peak[solute] = max(context.peak.get(solute, peak), peak)
    for demand in delivery.demands:
        mixture = context.chemicals.mixtures[demand.solution]
        state.solvents.add(mixture.solvent)
        for solute, value in mixture.solutes.items():
            state.amounts[solute] = Millimoles(state.amounts.get(solute, 0.0) + value * demand.volume)
    if chase is not None:
        state.solvents.add(chase.solvent)
    context.pour(state, step_id, ("steps", delivery.index), Millilitres(total))


def _without_pumps(context: Context, step: Dose | Quench, state: VesselState, delivery: Delivery, title: str) -> Draft:
    pumps = [seat.device for seat in context.seats if seat.vessel == state.name]
    why = f"{len(delivery.demands)} pump(s) needed, and the lines of {len(pumps)} end in {state.name}"
    roles = {
        context.chemicals.substances[solute].role
        for demand in delivery.demands
        for solute in context.chemicals.mixtures[demand.solution].solutes
    }
    governed = isinstance(step, Dose) and (step.keep is not None or step.ratio is not None)  # no hand is that even
    feeds = step.class_ in (StepClass.FEED, StepClass.FEED_AT_REFLUX)
    if governed or (feeds and not roles <= _BY_HAND_ROLES):
        context.findings.add(
            "E-NO-PUMP",
            f"step {step.id} has not enough pumps: {why}",
            ("steps", delivery.index),
            value=", ".join(pumps) or "no pump with syringe and tubing",
            bound=f"{len(delivery.demands)} pump(s) with tubing to {state.name}",
            remedy=f"add the pump to the rig file, with `syringe` and with `tubing` to {state.name}",
        )
        arrive(context, step.id, state, delivery, (), None)
        return refused(context, step, title, state)
    takes = delivery.duration or Seconds(600.0)
    what = " and ".join(f"{volume_text(d.volume)} of {solution_text(context, d.solution)}" for d in delivery.demands)
    gate = "" if step.gate is None else f", only while it is below {step.gate.below}"
    text = f"Add {what} to {state.name} by hand, evenly over {show(takes, Dimension.DURATION)}{gate}."
    acts = () if state.glass is None else tuple(_charge(context, state, d.solution, d.volume) for d in delivery.demands)
    if isinstance(step, Quench):
        by_hand_rate = MillilitresPerSecond(delivery.demands[0].volume / takes)
        check_vent(context, delivery.index, step, state, delivery, by_hand_rate)
    for demand in delivery.demands:
        use = context.uses.setdefault(demand.solution, Use())
        use.dosed = Millilitres(use.dosed + demand.volume)
    arrive(context, step.id, state, delivery, (), None)
    return by_hand(context, delivery.index, step, title, text, takes, why, state=state, acts=acts)


def _charge(context: Context, state: VesselState, solution: str, volume: Millilitres) -> ChargeVessel:
    mixture = context.chemicals.mixtures[solution]
    amounts = tuple((solute, value * volume) for solute, value in mixture.solutes.items())
    solvent = context.chemicals.solvent_name(mixture.solvent)
    return ChargeVessel(state.name, solution, solvent, volume, amounts)
