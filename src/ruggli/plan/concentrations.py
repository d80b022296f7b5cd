"""Planned concentrations in the receiving vessel: peaks without reaction, and ceilings."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ruggli.chemistry.amounts import dosed_peak, rate_constant, shortest_dose
from ruggli.plan.context import Context, VesselState
from ruggli.plan.demands import Delivery
from ruggli.protocol.lengths import LONGEST
from ruggli.protocol.model import Ceiling, Dose
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimoles, Molar, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

_QUICKEST = Seconds(600.0)
_OF_FASTEST = 0.5
_ROUND = 1e-9


@dataclass(frozen=True, slots=True)
class Inflow:
    """One feed as the vessel sees it: `solution` mL with solutes, then `after` mL of solvent, at one rate."""

    solutes: Mapping[str, Molar]
    rate: MillilitresPerSecond
    solution: Millilitres
    after: Millilitres


def peaks(state: VesselState, inflows: Sequence[Inflow]) -> dict[str, Molar]:
    """Highest concentration of each solute during a dose, without reaction.

    Between two moments at which a feed begins or ends, amounts and volume are straight lines in time and their
    quotient has no maximum inside: the ends decide.
    """
    moments = {0.0}
    for flow in inflows:
        moments |= {flow.solution / flow.rate, (flow.solution + flow.after) / flow.rate}
    result: dict[str, Molar] = {}
    for moment in sorted(moments):
        volume, amounts = float(state.volume), dict(state.amounts)
        for flow in inflows:
            volume += min(flow.rate * moment, flow.solution + flow.after)
            for solute, value in flow.solutes.items():
                arrived = value * min(flow.rate * moment, flow.solution)
                amounts[solute] = Millimoles(amounts.get(solute, 0.0) + arrived)
        if volume > 0:
            for solute, amount in amounts.items():
                result[solute] = Molar(max(result.get(solute, 0.0), amount / volume))
    return result


def _fed(context: Context, delivery: Delivery, solute: str) -> Millimoles:
    mixtures = context.chemicals.mixtures
    return Millimoles(math.fsum(mixtures[d.solution].solutes.get(solute, 0.0) * d.volume for d in delivery.demands))


def _peak(
    context: Context, state: VesselState, delivery: Delivery, ceiling: Ceiling, duration: Seconds, constant: float
) -> Molar:
    volume = math.fsum(demand.volume for demand in delivery.demands)
    return dosed_peak(
        amount=_fed(context, delivery, ceiling.solute),
        into=state.volume,
        flow=MillilitresPerSecond(volume / duration),
        duration=duration,
        constant=constant,
        present=state.amounts.get(ceiling.solute, Millimoles(0.0)),
    )


def dose_time(context: Context, step: Dose, state: VesselState, delivery: Delivery) -> Seconds | None:
    """The time of a dose: the file's, or the shortest that keeps the ceiling. None with `E-CEILING` in the findings.

    A ceiling with a half-life assumes that the solute is consumed in first order, and one without that nothing reacts.
    """
    ceiling, duration = step.ceiling, delivery.duration
    if ceiling is None:
        return duration
    below = Molar(ceiling.below.base)
    constant = 0.0 if ceiling.half_life is None else rate_constant(Seconds(ceiling.half_life.base))
    if duration is not None:
        peak = _peak(context, state, delivery, ceiling, duration, constant)
        if peak <= below * (1 + _ROUND):
            return duration
        _refuse(context, step, state, delivery, peak, constant)
        return None
    if ceiling.half_life is None:
        return _unhurried(context, step, state, delivery, below)
    shortest = shortest_dose(
        amount=_fed(context, delivery, ceiling.solute),
        into=state.volume,
        volume=Millilitres(math.fsum(demand.volume for demand in delivery.demands)),
        below=below,
        constant=constant,
        longest=LONGEST[step.class_],
        present=state.amounts.get(ceiling.solute, Millimoles(0.0)),
    )
    if shortest is None:
        _refuse(
            context,
            step,
            state,
            delivery,
            _peak(context, state, delivery, ceiling, LONGEST[step.class_], constant),
            constant,
        )
        return None
    return Seconds(max(_fastest(context, delivery), -(-shortest // 60) * 60.0))


def _fastest(context: Context, delivery: Delivery) -> float:
    """Shortest time that is asked of the pumps: half their fastest flow, and never less than 10 min."""
    seats = [context.seated[delivery.index, demand.solution] for demand in delivery.demands]
    times = [d.volume / (_OF_FASTEST * seat.fastest) for d, seat in zip(delivery.demands, seats, strict=True)]
    return max(_QUICKEST, *times)


def _unhurried(context: Context, step: Dose, state: VesselState, delivery: Delivery, below: Molar) -> Seconds | None:
    ceiling = step.ceiling
    if ceiling is None:
        return None
    duration = Seconds(_fastest(context, delivery))
    peak = _peak(context, state, delivery, ceiling, duration, 0.0)
    if peak > below * (1 + _ROUND):
        _refuse(context, step, state, delivery, peak, 0.0)
        return None
    context.findings.add(
        "W-CEILING",
        f"step {step.id}: the ceiling on {ceiling.solute} holds at any rate, so it does not say how fast to dose",
        ("steps", delivery.index, "ceiling"),
        value=f"at most {show(peak, Dimension.CONCENTRATION)} even if nothing reacts",
        bound=f"below {ceiling.below}",
        remedy=f"write `duration`; without it the dose takes {show(duration, Dimension.DURATION)}",
    )
    return duration


def _refuse(context: Context, step: Dose, state: VesselState, delivery: Delivery, peak: Molar, constant: float) -> None:
    ceiling = step.ceiling
    if ceiling is None:
        return
    dosed = math.fsum(demand.volume for demand in delivery.demands)
    amount = _fed(context, delivery, ceiling.solute) + state.amounts.get(ceiling.solute, 0.0)
    needed = amount / ceiling.below.base - dosed
    dilute = f"put at least {show(max(needed, 0.0), Dimension.VOLUME)} into {state.name} first"
    shortest = None
    if constant > 0:
        shortest = shortest_dose(
            amount=_fed(context, delivery, ceiling.solute),
            into=state.volume,
            volume=Millilitres(dosed),
            below=Molar(ceiling.below.base),
            constant=constant,
            longest=LONGEST[step.class_],
            present=state.amounts.get(ceiling.solute, Millimoles(0.0)),
        )
    slower = (
        "" if shortest is None else f"dose over at least {show(-(-shortest // 60) * 60.0, Dimension.DURATION)}, or "
    )
    assumed = "if nothing reacts" if constant == 0 else f"with a half-life of {ceiling.half_life}"
    context.findings.add(
        "E-CEILING",
        f"step {step.id}: the concentration of {ceiling.solute} in {state.name} exceeds its ceiling {assumed}",
        ("steps", delivery.index, "ceiling", "below"),
        value=show(peak, Dimension.CONCENTRATION),
        bound=f"below {ceiling.below}",
        remedy=f"{slower}{dilute}",
    )
