"""Bounds that the interlocks keep while a step runs, and the step's hold rule."""

from ruggli.plan.context import Context, VesselState
from ruggli.plan.heating import plate_cap
from ruggli.plan.model import Guard, HoldRule
from ruggli.plan.policy import POLICIES
from ruggli.protocol.classes import effective_class
from ruggli.protocol.model import AnyStep, Dose, Heat, Hold, HoldPolicy, Portions, Quench, StepClass, Window
from ruggli.quantities.base import Celsius, Kelvin, Seconds

OVER = Kelvin(10.0)
"""Above its target by this much a vessel is too hot (reliability T04)."""
WARM_ROOM = Celsius(25.0)
"""A room whose temperature the rig file does not state is at most this warm."""
UNDER = Kelvin(5.0)
"""Below its target by this much a vessel is too cold to feed: reactant would pile up (reliability T12)."""


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
    window = step.window if isinstance(step, Dose | Hold) else None
    coolest = _coolest(step, state, window)
    return Guard(name, coolest, _hottest(context, step, state, window), plate_cap(device), state.speed)


def _hottest(context: Context, step: AnyStep, state: VesselState, window: Window | None) -> Celsius | None:
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
    above = OVER if window is None or window.above is None else window.above.base
    return Celsius(basis + above)


def _coolest(step: AnyStep, state: VesselState, window: Window | None) -> Celsius | None:
    if not isinstance(step, Dose | Quench | Portions) or state.target is None or not state.measured:
        return None
    return Celsius(state.target - (UNDER if window is None or window.below is None else window.below.base))


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
