"""Before the first step: connect, identify, read, refuse; and only then set."""

from ruggli.devices.capability import HotplateCapability
from ruggli.devices.hotplate import HotplateSettings
from ruggli.devices.pump import Identity, PumpSettings, PumpState
from ruggli.engine.conductor import Conductor
from ruggli.engine.orders import Order, Verb
from ruggli.engine.steps.dose_alarms import BORE_TOLERANCE
from ruggli.errors import BadReply, BenchError, DeviceError, WrongDevice
from ruggli.plan.model import DevicePlan, HeatWork, PlannedPrompt
from ruggli.protocol.model import OnTimeout
from ruggli.quantities.base import Seconds
from ruggli.world.tasks import Task


def identify(conductor: Conductor, device: DevicePlan) -> Task[None]:
    """Find out who answers on a device's port; questions only. Raises `BenchError`, also for an unproved one.

    A name that is no device's, or another's, is asked for once more: on a line without check sums one letter may be.
    """
    try:
        identity = yield from _identity(conductor, device)
    except (WrongDevice, BadReply):
        identity = yield from _identity(conductor, device)
    record = {
        "device": device.name,
        "driver": device.driver,
        "port": device.port,
        "model": identity.model,
        "firmware": identity.firmware,
        "address": identity.address,
        "serial_number": identity.serial_number,
    }
    conductor.journal.write("identity", record)


def _identity(conductor: Conductor, device: DevicePlan) -> Task[Identity]:
    identity: Identity = yield from conductor.ask_device(Order(device.name, Verb.CONNECT))
    proved = conductor.settings.proved.get(device.name)
    if proved is not None and identity != proved:
        raise WrongDevice(
            f"the dead-man was proved on another device ({told_identity(proved)}), this one is "
            f"{told_identity(identity)}; prove this one: ruggli rig prove RIG --device {device.name}",
            device=device.name,
            port=device.port,
        )
    return identity


def told_identity(identity: Identity) -> str:
    """An identity for people."""
    address = "" if identity.address is None else f"address {identity.address}"
    return " ".join(part for part in (identity.model, identity.firmware, address, identity.serial_number) if part)


def settings_of(conductor: Conductor, name: str) -> Task[PumpSettings | HotplateSettings]:
    """All settings of a device, recorded. Raises `BenchError`."""
    settings: PumpSettings | HotplateSettings = yield from conductor.ask_device(Order(name, Verb.READ_SETTINGS))
    if isinstance(settings, PumpSettings):
        record: dict[str, object] = {
            "bore_mm": settings.bore,
            "rate_mL_s": settings.rate,
            "target_mL": settings.target,
            "infusing": settings.infusing,
            "infused_mL": settings.infused,
            "state": settings.state.value,
        }
    else:
        record = {
            "set_point_degC": settings.temperature,
            "speed_rpm": settings.speed,
            "safety_temperature_degC": settings.safety_temperature,
        }
    conductor.journal.write("settings", {"device": name, **record})
    return settings


def question_bore(device: DevicePlan, stored: float) -> PlannedPrompt:
    """The question about a stored syringe diameter that is not the planned one."""
    return PlannedPrompt(
        id=f"diameter.{device.name}",
        text=(
            f"{device.name} holds a syringe diameter of {stored:.4g} mm, the plan has {device.bore:.4g} mm. "
            f"Is the syringe of the plan in the pump? 'set' stores {device.bore:.4g} mm and reads it back"
        ),
        choices=("set", "stop"),
        dimension=None,
        happy="set",
        takes=Seconds(30.0),
        timeout=Seconds(600.0),
        on_timeout=OnTimeout.STOP,
    )


def prepare(conductor: Conductor) -> Task[str]:
    """Check every device with questions only, then store what has to be stored. "" or the reason to refuse."""
    plan = conductor.plan
    wrong_bores: list[tuple[DevicePlan, float]] = []
    for device in plan.devices:
        try:
            yield from identify(conductor, device)
            settings = yield from settings_of(conductor, device.name)
        except BenchError as error:
            return f"{device.name}: {error}"
        conductor.view.read_at[device.name] = conductor.now
        if isinstance(settings, PumpSettings):
            if settings.state in (PumpState.INFUSING, PumpState.WITHDRAWING):
                return (
                    f"{device.name} is {settings.state.value} already ({settings.infused:.5g} mL so far); "
                    f"stop it at its panel, find out why, and start again"
                )
            if device.bore is not None and abs(settings.bore - device.bore) > BORE_TOLERANCE:
                wrong_bores.append((device, settings.bore))
        else:
            why = _too_hot(conductor, device, settings)
            if why:
                return why
    why = yield from _ask_bores(conductor, wrong_bores)
    if why:
        return why
    orders = [Order(device.name, Verb.SET_BORE, (device.bore or 0.0,)) for device, _ in wrong_bores]
    orders += [
        Order(device.name, Verb.ARM_DEAD_MAN, (device.dead_man,))
        for device in plan.devices
        if device.bore is not None and device.dead_man is not None
    ]
    for order in orders:
        outcomes = yield from conductor.order_now([order])
        for outcome in outcomes:
            if outcome.error is not None:
                return f"{order.device}: {outcome.error}"
    return ""


def _too_hot(conductor: Conductor, device: DevicePlan, settings: HotplateSettings) -> str:
    capability = conductor.bench.devices[device.name].capability
    assert isinstance(capability, HotplateCapability)
    set_points = [
        max(step.work.first_set_point, step.work.hold_set_point)
        for step in conductor.plan.steps
        if isinstance(step.work, HeatWork) and step.work.hotplate == device.name
    ]
    bound = settings.safety_temperature - capability.safety_margin
    if set_points and max(set_points) > bound:
        return (
            f"{device.name}: the plan's set point of {max(set_points):.1f} degC is above {bound:.1f} degC, which is "
            f"{capability.safety_margin:.0f} K below the safety temperature that is set on the device "
            f"({settings.safety_temperature:.1f} degC); set that screw higher or heat less"
        )
    return ""


def _ask_bores(conductor: Conductor, wrong: list[tuple[DevicePlan, float]]) -> Task[str]:
    if not wrong or conductor.settings.set_diameter:
        return ""
    prompts = [question_bore(device, stored) for device, stored in wrong]
    for prompt in prompts:
        conductor.ask(prompt)
    while conductor.flow.ending is None and any(prompt.id not in conductor.view.answers for prompt in prompts):
        yield from conductor.tick(feeding=False, watched=False)
        if conductor.flow.hold_cause is not None:
            return conductor.flow.hold_cause.text
    if any(alarm["code"] == "A-PROMPT" for alarm in conductor.result.alarms):
        conductor.flow.ending = None
    for (device, stored), prompt in zip(wrong, prompts, strict=True):
        if conductor.view.answers.get(prompt.id) != "set":
            return (
                f"{device.name} holds a syringe diameter of {stored:.4g} mm, the plan has {device.bore:.4g} mm; "
                f"put the planned syringe in and run again with --set-diameter, or correct the rig file"
            )
    return ""


def reconnect(conductor: Conductor) -> Task[str]:
    """Before a restart: open lost ports, identify, read alarms, stop what moves, read everything; "" or why not."""
    bench, plan = conductor.bench, conductor.plan
    for device in plan.devices:
        connected = bench.devices[device.name]
        trouble = bench.trouble.get(device.name)
        try:
            if trouble is not None:
                connected.reopen()
            yield from identify(conductor, device)
            if device.bore is not None:
                yield from _reconnect_pump(conductor, device)
            else:
                settings = yield from settings_of(conductor, device.name)
                assert isinstance(settings, HotplateSettings)
                bench.commanded[device.name].set_point = settings.temperature
        except DeviceError as error:
            return f"{device.name}: {error}"
        except BenchError as error:
            return f"{device.name} does not answer: {error}"
        bench.trouble.pop(device.name, None)
        conductor.view.read_at[device.name] = conductor.now
    return ""


def reach_again(conductor: Conductor, device: DevicePlan) -> Task[bool]:
    """Open the port of a lost device once more; True where that device answers there, so that it can be stopped."""
    try:
        conductor.bench.devices[device.name].reopen()
        yield from identify(conductor, device)
    except (DeviceError, BenchError):
        return False
    conductor.bench.trouble.pop(device.name, None)
    return True


def _reconnect_pump(conductor: Conductor, device: DevicePlan) -> Task[None]:
    kind: str = yield from conductor.ask_device(Order(device.name, Verb.ACKNOWLEDGE))
    if kind == "power":
        conductor.flow.lost_counters.add(device.name)
    if kind:
        conductor.journal.write("note", {"text": f"{device.name} reported the alarm {kind}"})
    settings = yield from settings_of(conductor, device.name)
    assert isinstance(settings, PumpSettings)
    if settings.state in (PumpState.INFUSING, PumpState.WITHDRAWING):
        conductor.journal.write("note", {"text": f"{device.name} still ran; it is being stopped"}, durable=True)
        yield from conductor.ask_device(Order(device.name, Verb.STOP))
    if device.bore is not None and abs(settings.bore - device.bore) > BORE_TOLERANCE:
        conductor.flow.lost_counters.add(device.name)
        raise DeviceError(
            f"the stored syringe diameter is {settings.bore:.4g} mm, the plan has {device.bore:.4g} mm; what was "
            f"delivered by this counter cannot be trusted. Check the syringe and start a new run",
            device=device.name,
        )
    if device.dead_man is not None:
        yield from conductor.ask_device(Order(device.name, Verb.ARM_DEAD_MAN, (device.dead_man,)))
