"""Bounds that the interlocks keep while a step runs, and the step's hold rule."""

from dataclasses import replace

from ruggli.plan.context import Context, VesselState
from ruggli.plan.heating import plate_cap
from ruggli.plan.model import Guard, HoldRule
from ruggli.plan.policy import POLICIES
from ruggli.plan.rules import STANDARD, Rule, Rules
from ruggli.protocol.classes import effective_class
from ruggli.protocol.interlock_settings import InterlockAction, Interlocks
from ruggli.protocol.model import AnyStep, Dose, Heat, Hold, HoldPolicy, Portions, Quench, StepClass
from ruggli.quantities.base import Celsius, Kelvin, KelvinPerSecond, Seconds
from ruggli.quantities.reader import Reading

OVER = Kelvin(10.0)
"""Above its target by this much a vessel is too hot (reliability T04)."""
WARM_ROOM = Celsius(25.0)
"""A room whose temperature the rig file does not state is at most this warm."""
UNDER = Kelvin(5.0)
"""Below its target by this much a vessel is too cold to feed: reactant would pile up (reliability T12)."""

QUENCH_RISE = Kelvin(5.0)
"""Above the temperature at its start by this much a quench is too fast (reliability T16)."""


def guard_of(context: Context, step: AnyStep, state: VesselState | None) -> Guard:
    """The bounds for a step, from the vessel's state once the step is under way.

    A step without a vessel is guarded by the vessel that is heated, else by the one that is stirred.
    """
    if state is None:
        candidates = [known for known in context.states.values() if context.plate(known) is not None]
        active = [known for known in candidates if known.target is not None]
        active += [known for known in candidates if known.speed > 0]
        if not active:
            return Guard()
        state = active[0]
    plate = context.plate(state)
    if plate is None:
        return Guard()
    name, device, _ = plate
    settings: Interlocks | None = getattr(step, "interlocks", None)
    limit = context.rig.limits.highest_temperature
    return Guard(
        hotplate=name,
        coolest=_coolest(step, state, settings),
        hottest=_hottest(context, step, state, settings),
        plate_cap=plate_cap(device),
        speed=state.speed,
        limit=None if limit is None or not state.measured else Celsius(limit.base),
        rules=rules_of(step, settings),
    )


def _hottest(context: Context, step: AnyStep, state: VesselState, settings: Interlocks | None) -> Celsius | None:
    """A vessel that nobody heats is measured against the room: what warms it then is the reaction."""
    basis = state.hottest_before if state.target is None else state.target
    if basis is None:
        if not state.measured:
            return None
        stated = context.rig.limits.ambient
        basis = WARM_ROOM if stated is None else Celsius(stated.base)
    if not state.measured and state.highest_set_point is not None:
        basis = max(basis, state.highest_set_point)
    if isinstance(step, Heat) and state.came_from is not None:
        basis = max(basis, state.came_from)  # a vessel that is to come down has been hotter
    hot = None if settings is None else settings.hot
    above = OVER if hot is None or hot.above is None else hot.above.base
    return Celsius(basis + above)


def _coolest(step: AnyStep, state: VesselState, settings: Interlocks | None) -> Celsius | None:
    if not isinstance(step, Dose | Quench | Portions | Hold) or state.target is None or not state.measured:
        return None
    cold = None if settings is None else settings.cold
    return Celsius(state.target - (UNDER if cold is None or cold.below is None else cold.below.base))


def rules_of(step: AnyStep, settings: Interlocks | None) -> Rules:
    """The interlocks of a step: the standard ones, with what the file says."""
    rises = QUENCH_RISE if isinstance(step, Quench) else None
    if settings is None:
        return replace(STANDARD, quench_rise=rises)
    heating, runaway, quench = settings.heating, settings.runaway, settings.quench
    if rises is not None and quench is not None and quench.above is not None:
        rises = Kelvin(quench.above.base)
    gain = None if heating is None else heating.gain
    above = None if runaway is None else runaway.above_plate
    ramp = None if runaway is None else runaway.ramp
    return Rules(
        hot=_rule(STANDARD.hot, settings.hot),
        cold=_rule(STANDARD.cold, settings.cold),
        stirring=_rule(STANDARD.stirring, settings.stirring),
        probe=_rule(STANDARD.probe, settings.probe),
        frozen=_rule(STANDARD.frozen, settings.frozen),
        heating=_rule(STANDARD.heating, heating),
        gain=STANDARD.gain if gain is None else Kelvin(gain.base),
        runaway=_rule(STANDARD.runaway, runaway),
        above_plate=STANDARD.above_plate if above is None else Kelvin(above.base),
        ramp=STANDARD.ramp if ramp is None else KelvinPerSecond(ramp.base),
        quench=_rule(STANDARD.quench, quench),
        quench_rise=rises,
    )


def _rule(standard: Rule, setting: object) -> Rule:
    patience: Reading | None = getattr(setting, "for_", None)
    action: InterlockAction | None = getattr(setting, "action", None)
    return Rule(
        standard.patience if patience is None else Seconds(patience.base),
        standard.action if action is None else action,
    )


def hold_rule(context: Context, index: int, step: AnyStep) -> HoldRule:
    """The class's policy, narrowed by what the file says."""
    step_class: StepClass = effective_class(context.protocol, index)
    longest = POLICIES[step_class].longest_hold
    policy: HoldPolicy | None = getattr(step, "hold", None)
    if policy is None:
        return HoldRule(step_class, longest)
    if policy.at_most.base > longest:
        context.findings.add(
            "N-HOLD",
            f"step {step.id} may stay held less long than the file says: its class allows less",
            ("steps", index, "hold", "at_most"),
            value=str(policy.at_most),
            bound=f"at most {longest / 3600:g} h for class {step_class.value}",
            remedy=f"{longest / 3600:g} h is used",
        )
    return HoldRule(step_class, Seconds(min(policy.at_most.base, longest)), policy.then)
