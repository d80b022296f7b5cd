"""Steps for the hotplate: stir, heat, cool and hold."""

import math

from ruggli.devices.capability import HotplateCapability
from ruggli.plan.acts import Warm
from ruggli.plan.context import Context, VesselState
from ruggli.plan.drafts import Draft, by_hand, refused
from ruggli.plan.model import CoolWork, HeatWork, HoldWork, PlannedPrompt, StirWork, TemperatureRow
from ruggli.plan.prompts import HANDS, LOOK, ask
from ruggli.protocol.model import Asked, Cool, Heat, Hold, Stir
from ruggli.quantities.base import Celsius, Kelvin, Rpm, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show
from ruggli.rig.model import Device

HEATING_K_PER_S = 6 / 60
"""Estimate for the timeline: a few hundred millilitres in a block on a 600 W plate."""
COOLING_TIME = Seconds(1800.0)
"""Estimate: the time in which flask, block and plate lose all but 37 % of what they are above the room."""
SETTLE = Seconds(300.0)
"""Reflux counts as reached after this time at the boiling point."""
_PATIENCE = Seconds(1800.0)
_NEAR_AMBIENT = Kelvin(1.0)
_OVER_BOILING = Kelvin(4.0)
_BLOCK_OVER_BOILING = Kelvin(25.0)
_BLOCK_HOLD = Kelvin(15.0)
_BELOW_CAP = Kelvin(5.0)
_UNDER_BOILING = Kelvin(0.5)


def temperature_text(value: float) -> str:
    """A temperature for people."""
    return show(value, Dimension.TEMPERATURE)


def plan_stir(context: Context, index: int, step: Stir) -> Draft:
    """Start, change or end stirring."""
    state = context.state(step.vessel)
    speed = Rpm(0.0) if step.speed == "off" else Rpm(step.speed.base)
    words = f"stir at {speed:g} rpm" if speed > 0 else "stop stirring"
    title = f"{state.name}: {words}"
    state.speed = speed
    plate = context.plate(state)
    if plate is None:
        why = f"no hotplate of the rig is under {state.name}"
        return by_hand(context, index, step, title, f"{title}.", LOOK, why, state=state)
    name, _, capability = plate
    if speed > 0 and not capability.slowest <= speed <= capability.fastest:
        context.findings.add(
            "E-RANGE",
            f"{name} cannot stir at this speed",
            ("steps", index, "speed"),
            value=f"{speed:g} rpm",
            bound=f"{capability.slowest:g} rpm to {capability.fastest:g} rpm",
            remedy="choose a speed in this range",
        )
    return Draft(title, StirWork(name, speed), Seconds(0.0), state)


def plan_heat(context: Context, index: int, step: Heat) -> Draft:
    """Bring a vessel to a temperature or to reflux."""
    state = context.state(step.vessel)
    reflux = step.to == "reflux"
    boiling = context.boiling_point(state)
    words = "reflux" if step.to == "reflux" else temperature_text(step.to.base)
    title = f"heat {state.name} to {words}"
    target = boiling if step.to == "reflux" else Celsius(step.to.base)
    if target is None:
        context.findings.add(
            "E-MISSING",
            f"step {step.id}: the boiling point of what is in {state.name} is not known",
            ("steps", index, "to"),
            value=", ".join(sorted(state.solvents)) or "nothing is in it yet",
            bound="a solvent with a known boiling point",
            remedy="charge the vessel first, or write `boiling_point` at the solvent",
        )
        return refused(context, step, title, state)
    _check_boiling(context, index, state, target, boiling, reflux)
    _check_room(context, index, state, target)
    plate = context.plate(state)
    start = state.temperature
    climb = Seconds(max(0.0, target - start) / HEATING_K_PER_S + (SETTLE if reflux else 0.0))
    climb = Seconds(climb + _fall(start, target, context.ambient))
    within = Seconds(max(_PATIENCE, 3 * climb) if step.within is None else step.within.base)
    state.came_from = start
    state.target, state.hottest_before, state.reflux, state.temperature = target, target, reflux, target
    if plate is None:
        why = f"no hotplate of the rig is under {state.name}"
        acts = (Warm(state.name, target),) if state.glass is not None else ()
        state.target = None
        return by_hand(context, index, step, title, f"{title} and keep it there.", climb, why, state=state, acts=acts)
    name, device, capability = plate
    first, hold = _set_points(state, device, capability, target, reflux)
    _check_set_point(context, index, name, device, capability, max(first, hold))
    state.set_point, state.highest_set_point = hold, max(first, hold)
    context.temperatures.append(TemperatureRow(state.name, Seconds(context.now + climb), hold, target))
    words = f"Answer when {state.name} has reached {words}."
    confirm = None if state.measured else _confirm(context, step, words, climb)
    work = HeatWork(
        hotplate=name,
        vessel=state.name,
        target=target,
        reflux=reflux,
        first_set_point=first,
        hold_set_point=hold,
        plate_cap=plate_cap(device),
        measured=state.measured,
        confirm=confirm,
        within=within,
    )
    return Draft(title, work, climb if confirm is None else confirm.takes, state)


def plate_cap(device: Device) -> Celsius | None:
    """The declared cap of a plate."""
    return None if device.plate_cap is None else Celsius(device.plate_cap.base)


def safe_set_point(context: Context, capability: HotplateCapability) -> Celsius:
    """Set point that counts as off: room temperature or 20 degC, whichever is cooler."""
    return Celsius(float(max(capability.coolest, math.floor(min(context.ambient, 20.0)))))


def _check_boiling(
    context: Context, index: int, state: VesselState, target: Celsius, boiling: Celsius | None, reflux: bool
) -> None:
    condenser = state.glass is None or state.glass.condenser
    at = ("steps", index, "to")
    if reflux and not condenser:
        context.findings.add(
            "E-LIMIT",
            f"{state.name} has no condenser: at reflux the solvent would leave",
            at,
            value=f"reflux, {temperature_text(target)}",
            bound=f"below {temperature_text(target)} without a condenser",
            remedy="fit a condenser and write `condenser: true` at the vessel in the rig file, or heat less",
        )
    elif not reflux and boiling is not None and target > boiling:
        remedy = "write `to: reflux`" if condenser else "fit a condenser and write `to: reflux`, or heat less"
        without = "" if condenser else ", and the vessel has no condenser"
        context.findings.add(
            "E-LIMIT",
            f"{state.name} cannot get hotter than its solvent boils{without}",
            at,
            value=temperature_text(target),
            bound=f"at most {temperature_text(boiling)}",
            remedy=remedy,
        )


def _check_room(context: Context, index: int, state: VesselState, target: Celsius) -> None:
    if context.plate(state) is None or target >= context.ambient - _NEAR_AMBIENT:
        return
    room = temperature_text(context.ambient)
    context.findings.add(
        "E-LIMIT",
        f"{state.name} stands on a hotplate, which cannot cool it below the room",
        ("steps", index, "to"),
        value=temperature_text(target),
        bound=f"at least {room}, the room",
        remedy=f"write {room} or more, or a `cool` step, which a person does in a bath",
    )


def _set_points(
    state: VesselState, device: Device, capability: HotplateCapability, target: Celsius, reflux: bool
) -> tuple[Celsius, Celsius]:
    """Set points while heating up and once there.

    A set point above the boiling point is never reached by a probe in the flask, and the plate would climb: once at
    reflux it comes down below the boiling point. A probe in the block, and a plate without a probe, have to be hotter
    than the flask, but stay below the plate's cap.
    """
    step = capability.set_point_step
    if not reflux:
        point = Celsius(float(round(target / step) * step))
        return point, point
    if state.measured:
        first = Celsius(float(round((target + _OVER_BOILING) / step) * step))
        return first, Celsius(float(math.floor(target - _UNDER_BOILING)))
    cap = plate_cap(device)
    top = capability.hottest if cap is None else cap
    up = min(target + _BLOCK_OVER_BOILING, top - capability.safety_margin)
    there = min(target + _BLOCK_HOLD, top - _BELOW_CAP, up)
    return Celsius(float(math.floor(up / step) * step)), Celsius(float(math.floor(there / step) * step))


def _check_set_point(
    context: Context, index: int, name: str, device: Device, capability: HotplateCapability, point: Celsius
) -> None:
    cap, limit = plate_cap(device), context.rig.limits.highest_temperature
    bounds = [(capability.hottest, f"{name} takes set points up to {temperature_text(capability.hottest)}")]
    if cap is not None:
        margin = capability.safety_margin
        most = Celsius(cap - margin)
        bounds.append((most, f"its plate cap {temperature_text(cap)} less {margin:g} K"))
    if limit is not None:
        bounds.append((Celsius(limit.base), f"the rig's limit {limit}"))
    most, why = min(bounds, key=lambda bound: bound[0])
    if point > most:
        context.findings.add(
            "E-LIMIT",
            f"the set point of {name} would be above a limit: {why}",
            ("steps", index, "to"),
            value=temperature_text(point),
            bound=f"at most {temperature_text(most)}",
            remedy="heat less, or take a solvent that boils lower",
        )


def _confirm(context: Context, step: Asked, text: str, needs: Seconds) -> PlannedPrompt:
    """Put when the heater goes on or off, and answered when the vessel is there: it takes that long as well."""
    return ask(context, step, f"{step.id}.confirm", text, Seconds(needs + LOOK))


def _fall(start: Celsius, target: Celsius, ambient: Celsius) -> Seconds:
    """How long cooling in still air takes: exponential towards the room, counted to 1 K above it at most."""
    above, left = start - ambient, max(target - ambient, _NEAR_AMBIENT)
    return Seconds(COOLING_TIME * math.log(above / left) if above > left else 0.0)


def plan_cool(context: Context, index: int, step: Cool) -> Draft:
    """Heater off; wait until the vessel is cool enough."""
    state = context.state(step.vessel)
    target = Celsius(step.to.base)
    title = f"cool {state.name} to {temperature_text(target)}"
    fall = _fall(state.temperature, target, context.ambient)
    cooler = target < context.ambient + _NEAR_AMBIENT
    plate = context.plate(state)
    state.target, state.reflux, state.set_point = None, False, None
    state.temperature = Celsius(min(state.temperature, target))
    context.temperatures.append(TemperatureRow(state.name, context.now, None, state.temperature))
    if plate is None or cooler:
        why = (
            f"no hotplate of the rig is under {state.name}"
            if plate is None
            else f"the room has {temperature_text(context.ambient)}, and a hotplate cannot cool below it"
        )
        off = "" if plate is None else f" Switch the heater of {plate[0]} off."
        acts = (Warm(state.name, target),) if state.glass is not None else ()
        takes = Seconds(max(fall, HANDS))
        return by_hand(context, index, step, title, f"{title}, in a bath.{off}", takes, why, state=state, acts=acts)
    within = Seconds(max(2 * _PATIENCE, 4 * fall) if step.within is None else step.within.base)
    words = f"Answer when {state.name} is at {temperature_text(target)} or below."
    confirm = None if state.measured else _confirm(context, step, words, fall)
    safe = safe_set_point(context, plate[2])
    work = CoolWork(plate[0], state.name, target, safe, state.measured, confirm, within)
    return Draft(title, work, fall if confirm is None else confirm.takes, state)


def plan_hold(context: Context, index: int, step: Hold) -> Draft:
    """Keep everything as it is."""
    state = context.state(step.vessel)
    duration = Seconds(step.duration.base)
    return Draft(f"keep {state.name} as it is for {step.duration}", HoldWork(state.name, duration), duration, state)
