"""The devices that a plan uses: settings, dead-man, and what an unattended run asks of them."""

import math
from collections.abc import Iterable, Mapping

from ruggli.devices.capability import Capability, DeadMan, HotplateCapability, PumpCapability
from ruggli.plan.context import Context
from ruggli.plan.heating import safe_set_point
from ruggli.plan.model import DevicePlan, DoseWork, PlannedStep, PortionsWork
from ruggli.plan.seats import model_of
from ruggli.plan.settings import PlanSettings
from ruggli.quantities.base import Seconds
from ruggli.rig.geometry import resolve_syringe
from ruggli.rig.model import Device, ProbePosition
from ruggli.rig.ports import port_text

_SHORTEST, _LONGEST, _PART = 5.0, 10.0, 0.005
_PLATE = Seconds(30.0)
"""Longest dead-man of a hotplate in an unattended run, and the one of a rig that gives none."""


def used_devices(steps: Iterable[PlannedStep]) -> frozenset[str]:
    """Names of all devices that some step commands or watches."""
    used: set[str] = set()
    for step in steps:
        work = step.work
        if step.guard.hotplate is not None:
            used.add(step.guard.hotplate)
        doses = (work,) if isinstance(work, DoseWork) else work.doses if isinstance(work, PortionsWork) else ()
        used.update(feed.device for dose in doses for feed in dose.feeds)
        hotplate = getattr(work, "hotplate", None)
        if isinstance(hotplate, str):
            used.add(hotplate)
    return frozenset(used)


def device_plans(context: Context, steps: Iterable[PlannedStep], settings: PlanSettings) -> tuple[DevicePlan, ...]:
    """Every used device in the order of the rig file; a missing dead-man is refused or noted."""
    used = used_devices(steps)
    plans: list[DevicePlan] = []
    for name, device in context.rig.devices.items():
        model = model_of(device, context.cards)
        if name not in used or model is None:
            continue
        capability = context.cards[device.driver].capabilities[model]
        _check_dead_man(context, name, device, capability, settings)
        syringe = resolve_syringe(device)
        pump = isinstance(capability, PumpCapability)
        plans.append(
            DevicePlan(
                name=name,
                driver=device.driver,
                model=model,
                port=port_text(device.port),
                options=driver_options(device),
                bore=syringe.bore if pump and syringe is not None else None,
                dead_man=_dead_man(context, name, device, capability),
                safe=safe_set_point(context, capability) if isinstance(capability, HotplateCapability) else None,
                measured=_in_a_vessel(context, name),
                room=context.ambient,
            )
        )
    return tuple(plans)


def _in_a_vessel(context: Context, hotplate: str) -> bool:
    positions = [vessel.position for vessel in context.rig.vessels.values()]
    return any(
        place is not None and place.hotplate == hotplate and place.probe is ProbePosition.FLASK for place in positions
    )


def driver_options(device: Device) -> Mapping[str, str | int | float]:
    """What the driver's `make` takes: the rig's options, numbers as numbers, and the address."""
    options: dict[str, str | int | float] = {name: _number_or_text(text) for name, text in device.options.items()}
    if device.address is not None:
        options["address"] = device.address
    return options


def _number_or_text(text: str) -> str | int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _dead_man(context: Context, name: str, device: Device, capability: Capability) -> Seconds | None:
    """The rig's time; a pump's is shortened to that of 0.5 % of its shortest dose, at least 5 s (reliability 2.1)."""
    declared: DeadMan | None = capability.dead_man
    if declared is None:
        return None
    wanted = _PLATE if device.dead_man is None else float(device.dead_man.base)
    if isinstance(capability, PumpCapability):
        flowing = context.shortest_dose.get(name, Seconds(_LONGEST / _PART))
        fitting = min(max(math.floor(_PART * flowing), _SHORTEST), _LONGEST)
        wanted = fitting if device.dead_man is None else min(fitting, wanted)
    return Seconds(min(max(wanted, declared.shortest), declared.longest))


def _check_dead_man(
    context: Context, name: str, device: Device, capability: Capability, settings: PlanSettings
) -> None:
    """An unattended run takes no actuator without a dead-man, and none that the rig file leaves to chance."""
    lacks, value, remedy = _lacks(name, device, capability)
    if not lacks:
        return
    at = ("devices", name)
    if not context.unattended:
        if capability.dead_man is None:
            remedy = "stay with it; an unattended run needs a waiver"
            context.findings.add("N-DEADMAN", f"{name} {lacks}", at, value=value, remedy=remedy, in_rig=True)
    elif name in settings.waivers:
        context.findings.add(
            "N-DEADMAN", f"{name} {lacks}; it runs unattended by waiver", at, value="waived", in_rig=True
        )
    else:
        context.findings.add(
            "E-DEADMAN",
            f"{name} {lacks}, and the run is unattended",
            at,
            value=value,
            bound="a dead-man for every actuator of an unattended run: a pump 5 s to 10 s, a hotplate at most 30 s",
            remedy=f"{remedy}, or waive it: --waive {name} --reason TEXT --by NAME",
            in_rig=True,
        )


def _lacks(name: str, device: Device, capability: Capability) -> tuple[str, str, str]:
    """What is wrong with the dead-man of a device, its value, and the remedy; "" where nothing is."""
    if capability.dead_man is None:
        return "does not stop by itself when the controller falls silent", "no dead-man", "take a device that has one"
    if device.dead_man is None:
        time = "30 s" if isinstance(capability, HotplateCapability) else "10 s"
        return "has no dead-man in the rig file", "no dead_man", f"write `dead_man: {time}`"
    if isinstance(capability, HotplateCapability) and device.dead_man.base > _PLATE:
        return "stays hot for long when the controller falls silent", str(device.dead_man), "write `dead_man: 30 s`"
    return "", "", ""
