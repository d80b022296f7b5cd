"""The gas of a quench against what the vessel's vent and head space bear, where the rig file says it (rule X-12)."""

import math

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.gas import ACID_OF_BORON, BURST, QuenchGas, quench_gas
from ruggli.plan.context import Context, VesselState
from ruggli.plan.demands import Delivery
from ruggli.plan.known import is_known
from ruggli.protocol.lengths import LONGEST
from ruggli.protocol.model import Quench, Role
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimoles, Molar, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

AGREEMENT = 1.005
"""A pump holds a rate within its digits; so much more is no breach."""


def gas_of(context: Context, state: VesselState, delivery: Delivery) -> QuenchGas:
    """The gas that a quench sets free from what is in the vessel before it; base that came before took acid up."""
    reagents, chemicals = context.protocol.reagents, context.chemicals
    demand = delivery.demands[0]
    solutes = chemicals.mixtures[demand.solution].solutes
    bicarbonate = math.fsum(value for key, value in solutes.items() if is_known(reagents[key], Trait.BICARBONATE))
    acid, hydride, taken_up = 0.0, 0.0, 0.0
    for key, amount in state.amounts.items():
        if reagents[key].role is Role.ACID or is_known(reagents[key], Trait.ACETIC_ACID, Trait.STRONG_ACID):
            acid += amount
        elif is_known(reagents[key], Trait.TRIACETOXYBOROHYDRIDE):
            acid += ACID_OF_BORON * amount
            hydride += amount
        elif reagents[key].role is Role.BASE or is_known(reagents[key], Trait.BICARBONATE, Trait.NUCLEOPHILIC_BASE):
            taken_up += amount
    if any(is_known(reagents[key], Trait.ACETIC_ACID) for key in state.solvents):
        acid = math.inf
    used = math.fsum(amount for key, amount in state.amounts.items() if reagents[key].limiting)
    left = Millimoles(max(0.0, hydride - used))
    return quench_gas(Molar(bicarbonate), Millimoles(max(0.0, acid - taken_up)), left, demand.volume)


def rate_by_vent(
    context: Context, index: int, step: Quench, state: VesselState, delivery: Delivery
) -> MillilitresPerSecond | None:
    """The rate of `rate: by_vent`, or None with the reason in the findings."""
    gas, path = gas_of(context, state, delivery), ("steps", index, "rate")
    glass = state.glass
    if glass is None or glass.vent is None:
        context.findings.add(
            "E-MISSING",
            f"step {step.id} goes by the vent of {state.name}, and the rig file does not say what that bears",
            path,
            value="by_vent",
            bound="vent",
            remedy=f"write e.g. `vent: 100 mL/min` at vessel {state.name} of the rig file, or a rate here",
        )
        return None
    if gas.per_millilitre <= 0:
        context.findings.add(
            "E-VENT",
            f"step {step.id} goes by the vent of {state.name}, and no gas is expected in it",
            path,
            value="by_vent",
            bound="bicarbonate and acid, or triacetoxyborohydride that is left",
            remedy="write a rate, e.g. `rate: 1 mL/min`",
        )
        return None
    rate = gas.fastest(MillilitresPerSecond(glass.vent.base), _head_space(state, gas))
    slowest = MillilitresPerSecond(delivery.demands[0].volume / LONGEST[step.class_])
    if rate < slowest:
        context.findings.add(
            "E-VENT",
            f"step {step.id} would take longer than a quench may: vent and head space of {state.name} bear too little",
            path,
            value=_per_minute(rate),
            bound=f"at least {_per_minute(slowest)}",
            remedy="use a larger flask or a wider vent",
        )
        return None
    return rate


def _head_space(state: VesselState, gas: QuenchGas) -> Millilitres:
    assert state.glass is not None
    return Millilitres(state.glass.capacity.base - state.volume - gas.until)


def check_vent(
    context: Context, index: int, step: Quench, state: VesselState, delivery: Delivery, rate: MillilitresPerSecond
) -> None:
    """`E-VENT` and `W-HEADSPACE`, before the quench is in the books; nothing where the rig file gives no `vent`."""
    glass = state.glass
    if glass is None or glass.vent is None:
        return
    gas, vent = gas_of(context, state, delivery), MillilitresPerSecond(glass.vent.base)
    if gas.per_millilitre <= 0:
        return
    path = ("steps", index, "duration" if step.rate is None else "rate")
    flow, space = gas.flow(rate), _head_space(state, gas)
    at = f"at {_per_minute(rate)}"
    wanted = _per_minute(vent / gas.per_millilitre)
    if flow > vent * AGREEMENT:
        context.findings.add(
            "E-VENT",
            f"step {step.id} sets more gas free, while acid remains, than the vent of {state.name} bears",
            path,
            value=f"{_per_minute(flow)} of gas {at}",
            bound=f"at most {glass.vent}, {gas.per_millilitre:.3g} mL of gas for each mL of the quench",
            remedy=f"add it at {wanted} or more slowly, or write `rate: by_vent`",
        )
    need = Millilitres(BURST * 60.0 * flow)
    if need > space * AGREEMENT:
        slower = _per_minute(max(0.0, space) / BURST / 60.0 / gas.per_millilitre)
        context.findings.add(
            "W-HEADSPACE",
            f"step {step.id} may burst into gas when it begins, and {state.name} has little head space",
            path,
            value=f"{show(max(0.0, space), Dimension.VOLUME)} of {glass.capacity}",
            bound=f"at least {show(need, Dimension.VOLUME)}, {BURST:g} times the gas of one minute {at} (mark E)",
            remedy=f"add it at {slower} or more slowly, write `rate: by_vent`, or use a larger flask",
        )


def time_by_vent(context: Context, index: int, step: Quench, state: VesselState, delivery: Delivery) -> Seconds | None:
    """The time of `rate: by_vent`; None where it cannot be."""
    rate = rate_by_vent(context, index, step, state, delivery)
    return None if rate is None else Seconds(delivery.demands[0].volume / rate)


def _per_minute(rate: float) -> str:
    """A flow as it is written in files, and never more than it is."""
    digits = max(0, 2 - math.floor(math.log10(rate * 60.0))) if rate > 0 else 0
    return f"{math.floor(rate * 60.0 * 10**digits) / 10**digits:g} mL/min"
