"""Steps that add something in portions: by hand, or a solution by a pump."""

import math

from ruggli.plan.acts import ChargeVessel, Load, Prime
from ruggli.plan.context import Context, Line, Use, VesselState
from ruggli.plan.demands import Delivery
from ruggli.plan.dosing import arrive, check_gate, check_stirred, gate_plan, watch_dead_man
from ruggli.plan.drafts import Draft, refused
from ruggli.plan.model import DoseWork, Feed, PlannedPrompt, PortionsWork, Segment, SegmentKind, SyringePlan
from ruggli.plan.portion_asking import looks, portion_gates
from ruggli.plan.portion_gates import PortionGates
from ruggli.plan.portion_heat import heat_due
from ruggli.plan.prompts import LOAD, WEIGH, ask, load_text, refill_text, remark, solution_text, volume_text
from ruggli.plan.rates import check_volumes, hold_rate
from ruggli.plan.seats import Seat
from ruggli.protocol.model import Portions
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimoles, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show


def plan_portions(context: Context, index: int, step: Portions) -> Draft:
    """Portions of a solid or a liquid by hand, or of a solution by a pump."""
    state = context.state(step.into)
    title = f"add {step.what} to {state.name} in {step.count} portions"
    may_flow = check_stirred(context, index, step.id, state)
    delivery = context.deliveries.get(index)
    if delivery is None or (index, step.what) not in context.seated:
        draft = _portions_by_hand(context, index, step, state, title)
        return draft if may_flow else refused(context, step, title, state)
    seat = context.seated[index, step.what]
    gate = check_gate(context, index, step.id, state, step.gate)
    heat = heat_due(context, index, step, state)
    period = Seconds(step.interval.base + (delivery.duration or 0.0) / step.count + looks(step))
    asked = portion_gates(context, index, step, state, lambda number: Seconds(number * period), by_hand=False)
    work = _portions_by_pump(context, index, step, state, delivery, seat)
    laid = None if work is None else _total(work, Seconds(step.interval.base), asked)
    arrive(context, step.id, state, delivery, () if work is None else work[0].feeds, None)
    if work is None or laid is None or gate is None or not may_flow:
        return refused(context, step, title, state)
    watch_dead_man(context, index, step.id, work[0], work[0].segments[0].duration)
    portions = PortionsWork(state.name, (), work, Seconds(step.interval.base), gate, asked, heat)
    return Draft(title, portions, laid, state)


def _total(doses: tuple[DoseWork, ...], interval: Seconds, asked: PortionGates | None) -> Seconds:
    one = doses[0].segments[0].duration
    answers = math.fsum(prompt.takes for dose in doses for segment in dose.segments for prompt in segment.prompts)
    return Seconds((interval + one) * (len(doses) - 1) + one + answers + _looking(asked))


def _looking(asked: PortionGates | None) -> Seconds:
    return Seconds(math.fsum(prompt.takes for prompt in (() if asked is None else asked.prompts)))


def _portions_by_hand(context: Context, index: int, step: Portions, state: VesselState, title: str) -> Draft:
    mixture = context.chemicals.mixtures.get(step.what)
    heat = heat_due(context, index, step, state)
    if mixture is not None:
        context.findings.add(
            "N-BY-HAND",
            f"step {step.id} is done by hand: no line of a pump ends in {state.name}",
            ("steps", index),
            remedy="the prompts say what to do; or add a pump to the rig file",
        )
        share = Millilitres(mixture.rest / step.count)
        what = f"{volume_text(share)} of {solution_text(context, step.what)}"
        amounts = tuple((solute, Millimoles(value * share)) for solute, value in mixture.solutes.items())
        solvent, volume = context.chemicals.solvent_name(mixture.solvent), share
        state.solvents.add(mixture.solvent)
        use = context.uses.setdefault(step.what, Use())
        use.dosed = Millilitres(use.dosed + mixture.rest)
    else:
        substance = context.chemicals.substances[step.what]
        amount = Millimoles(substance.amount / step.count)
        mass, liquid = substance.mass(amount), substance.volume(amount)
        measured = [show(mass, Dimension.MASS)] if mass is not None else []
        measured += [volume_text(liquid)] if liquid is not None else []
        what = f"{' = '.join(measured) or show(amount, Dimension.AMOUNT)} of {substance.name}"
        amounts, solvent = ((step.what, amount),), ""
        volume = Millilitres(0.0 if liquid is None else liquid)
        context.added[step.what] = Millimoles(context.added.get(step.what, 0.0) + substance.amount)
    note = remark(step.note)
    interval, look = Seconds(step.interval.base), looks(step)

    def begins(number: int) -> Seconds:
        return Seconds(number * (interval + look + WEIGH))

    asked = portion_gates(context, index, step, state, begins, by_hand=True)
    prompts: list[PlannedPrompt] = []
    for number in range(step.count):
        acts = (ChargeVessel(state.name, step.what, solvent, volume, amounts),) if state.glass is not None else ()
        text = f"Add portion {number + 1} of {step.count}, {what}, to {state.name}.{note}"
        after = Seconds(begins(number) + look)
        prompts.append(ask(context, step, f"{step.id}.{number + 1}", text, WEIGH, acts=acts, after=after))
        for solute, amount in amounts:
            state.amounts[solute] = Millimoles(state.amounts.get(solute, 0.0) + amount)
        context.pour(state, step.id, ("steps", index), volume)
    context.note_peak(state)
    gate = gate_plan(context, index, step.gate)
    work = PortionsWork(state.name, tuple(prompts), (), interval, gate, asked, heat)
    why = "" if mixture is None else f"no line of a pump ends in {state.name}"
    total = Seconds((interval + WEIGH) * (step.count - 1) + WEIGH + _looking(asked))
    return Draft(title, work, total, state, why)


def _portions_by_pump(
    context: Context, index: int, step: Portions, state: VesselState, delivery: Delivery, seat: Seat
) -> tuple[DoseWork, ...] | None:
    demand, mixture = delivery.demands[0], context.chemicals.mixtures[step.what]
    share = Millilitres(demand.volume / step.count)
    wanted = MillilitresPerSecond(demand.volume / (delivery.duration or Seconds(1.0)))
    rate = hold_rate(context, seat, step.what, wanted, share, ("steps", index, "rate"))
    if rate is None or not check_volumes(
        context, seat, step.what, [share] * step.count, demand.volume, ("steps", index)
    ):
        return None
    line = context.lines.get(seat.device)
    primed = line is not None and line.solution == step.what
    first = Millilitres(0.0 if primed else seat.hold_up)
    room = seat.stroke_volume - seat.syringe.dead_volume
    if share > room - first:
        context.findings.add(
            "E-CAPACITY",
            f"one portion of {step.what} is more than the {seat.syringe.label} syringe of {seat.device} gives",
            ("steps", index, "count"),
            value=volume_text(share),
            bound=f"at most {volume_text(max(room - first, 0.0))}",
            remedy="make more portions, or put a larger syringe into the pump",
        )
        return None
    use = context.uses.setdefault(step.what, Use())
    use.dosed = Millilitres(use.dosed + demand.volume)
    use.lost = Millilitres(use.lost + (0.0 if primed else first + seat.syringe.dead_volume))
    use.device, use.syringe = seat.device, seat.syringe.label
    syringe = SyringePlan(
        seat.syringe.label, seat.syringe.bore, seat.syringe.size, seat.syringe.dead_volume, seat.hold_up
    )
    solvent = context.chemicals.solvent_name(mixture.solvent)
    feed = Feed(step.what, seat.device, syringe, share, rate, solvent, mixture.solutes)
    flowing = Seconds(share / rate.held)
    period = step.interval.base + flowing
    doses: list[DoseWork] = []
    left = refills = answers = 0.0
    for number in range(step.count):
        prompts: tuple[PlannedPrompt, ...] = ()
        if left < share - 1e-9:
            taken = min(step.count - number, int((room - (first if number == 0 else 0.0)) / share + 1e-9))
            fill = Millilitres(taken * share + seat.syringe.dead_volume + (first if number == 0 else 0.0))
            after = Seconds(number * period + answers)
            prompts = (_portion_load(context, step, state, seat, fill, int(refills), primed, after),)
            answers += LOAD
            refills += 1
            left = taken * share
        left -= share
        doses.append(DoseWork(state.name, (feed,), (Segment(SegmentKind.DOSE, (share,), prompts, flowing),)))
    use.fillings += int(refills)
    context.lines[seat.device] = Line(step.what)
    return tuple(doses)


def _portion_load(
    context: Context,
    step: Portions,
    state: VesselState,
    seat: Seat,
    fill: Millilitres,
    refills: int,
    primed: bool,
    after: Seconds,
) -> PlannedPrompt:
    mixture = context.chemicals.mixtures[step.what]
    load = Load(
        seat.device,
        step.what,
        context.chemicals.solvent_name(mixture.solvent),
        fill,
        seat.syringe.bore,
        seat.syringe.size,
        tuple((solute, float(value)) for solute, value in mixture.solutes.items()),
    )
    if refills or primed:
        purpose = f"refill{refills}" if refills else "load"
        text = refill_text(context, seat, step.what, fill)
        return ask(context, step, f"{step.id}.{purpose}.{seat.device}", text, LOAD, acts=(load,), after=after)
    line = context.lines.get(seat.device)
    text = load_text(context, seat, step.what, fill, state.name, None if line is None else line.solution)
    acts = (load, Prime(seat.device))
    return ask(context, step, f"{step.id}.load.{seat.device}", text, LOAD, acts=acts, after=after)
