"""Proving a dead-man: set it, fall silent on purpose, and read what the device did by itself."""

from collections.abc import Callable
from dataclasses import dataclass

from ruggli.devices.capability import HotplateCapability, PumpCapability, barrel_area_mm2
from ruggli.devices.hotplate import Hotplate, HotplateSettings
from ruggli.devices.pump import Identity, Pump, PumpState
from ruggli.errors import BenchError, DeviceError
from ruggli.quantities.base import Celsius, Millilitres, MillilitresPerSecond, Millimetres, Rpm, Seconds
from ruggli.world.tasks import Task, Wait

MARGIN = Seconds(2.0)
"""The silence lasts this much longer than the dead-man's time."""
COUNTER_STEPS = 4
"""A proof flows at least so many steps of the pump's counter within the dead-man's time, or nothing could be told."""
PLUNGER_MM_S = 0.2 / 60
"""And the plunger moves at least this fast, so that a real motor turns."""
LONG_ENOUGH = 3
"""The dose lasts so many times as long as the silence: its end must not look like the dead-man."""
IDLE_RPM = 5.0
HIGH, LOW = Celsius(30.0), Celsius(22.0)
"""Set points of a plate before and after its watchdog acts; heater and motor stay off."""
FAST, SLOW = Rpm(120.0), Rpm(60.0)
AGREE = 0.6
"""Set points agree within this (K, rpm): the devices hold whole numbers."""

Now = Callable[[], Seconds]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of falling silent.

    Attributes:
        identity: who was tried.
        proved: whether the device stopped by itself.
        silence: the dead-man's time.
        seen: what was read afterwards, for people.
    """

    identity: Identity
    proved: bool
    silence: Seconds
    seen: str


@dataclass(frozen=True, slots=True)
class ProofDose:
    """The dose of a proof: `target` at `rate`, which nobody lets run to its end."""

    rate: MillilitresPerSecond
    target: Millilitres


def proof_dose(capability: PumpCapability, bore: Millimetres, silence: Seconds) -> ProofDose:
    """The smallest dose from which a stop can be told: slow, finite, and far from its end when the dead-man acts."""
    step = capability.counter_step(Millilitres(0.001), bore)
    visible = PLUNGER_MM_S * barrel_area_mm2(bore) / 1000
    rate = max(1.5 * capability.slowest(bore), visible, COUNTER_STEPS * step / silence)
    return ProofDose(MillilitresPerSecond(rate), Millilitres(rate * LONG_ENOUGH * (silence + MARGIN)))


def prove_pump(now: Now, pump: Pump, capability: PumpCapability, silence: Seconds) -> Task[Finding]:
    """Infuse the dose of the proof over waste, fall silent, and read alarm and counter. The pump rests afterwards.

    Args:
        now: the loop's clock.
        pump: at rest, with its line over waste.
        capability: its limits.
        silence: the dead-man's time.

    Raises:
        BenchError: it cannot be asked, it moves already, or it takes no dose; a pump that was started is stopped.
    """
    identity = yield from pump.connect()
    yield from pump.acknowledge()
    settings = yield from pump.read_settings()
    if settings.state not in (PumpState.STOPPED, PumpState.TARGET_REACHED):
        raise DeviceError(
            f"it is {settings.state.value}; stop it first, a proof is for a bench at rest", device=pump.name
        )
    dose = proof_dose(capability, settings.bore, silence)
    try:
        yield from pump.arm_dead_man(silence)
        held = yield from pump.arm(dose.rate, dose.target)
        yield from pump.start()
        running = yield from pump.poll()
        yield from _pause(now, Seconds(silence + MARGIN))
        after = yield from pump.poll()
        yield from pump.stop()
        yield from pump.acknowledge()
        rest = yield from pump.read_settings()
        yield from pump.disarm_dead_man()
    except BenchError:
        yield from pump.stop()
        raise
    step = capability.counter_step(held.target, held.bore)
    flowed = rest.infused - running.infused
    least = held.rate * (silence - MARGIN) - 2 * step
    most = held.rate * (silence + MARGIN / 2) + 2 * step
    bounds = f"{max(least, step) * 1000:.3g} to {most * 1000:.3g} uL"
    seen = f"alarm {after.alarm or 'none'}, {flowed * 1000:.3g} uL flowed ({bounds} in {silence:.0f} s)"
    return Finding(identity, after.alarm == "dead-man" and max(least, step) <= flowed <= most, silence, seen)


def prove_plate(now: Now, plate: Hotplate, capability: HotplateCapability, silence: Seconds) -> Task[Finding]:
    """Set points that only the watchdog can replace, silence, and set points read back. Heater and motor stay off.

    Args:
        now: the loop's clock.
        plate: idle.
        capability: its limits.
        silence: the dead-man's time.

    Raises:
        BenchError: it cannot be asked, it stirs, or it does not take the values.
    """
    identity = yield from plate.connect()
    before = yield from plate.read_settings()
    reading = yield from plate.poll()
    if reading.speed > IDLE_RPM:
        message = f"it stirs at {reading.speed:.0f} rpm; switch it off first, a proof is for a bench at rest"
        raise DeviceError(message, device=plate.name)
    low = max(LOW, capability.coolest)
    yield from plate.heat_off(low)
    try:
        yield from plate.set_speed(FAST)
        yield from plate.set_temperature(HIGH)
        yield from plate.arm_dead_man(silence, low, SLOW)
        held = yield from plate.read_settings()
        yield from _pause(now, Seconds(silence + MARGIN))
        after = yield from plate.read_settings()
    except BenchError:
        yield from _restore(plate, before)
        raise
    yield from _restore(plate, before)
    fell = abs(after.temperature - low) < AGREE and abs(after.speed - SLOW) < AGREE
    seen = (
        f"set points {held.temperature:.1f} degC, {held.speed:.0f} rpm before, "
        f"{after.temperature:.1f} degC, {after.speed:.0f} rpm after (wanted {low:.1f} degC, {SLOW:.0f} rpm)"
    )
    return Finding(identity, fell, silence, seen)


def _restore(plate: Hotplate, before: HotplateSettings) -> Task[None]:
    yield from plate.disarm_dead_man()
    yield from plate.set_speed(before.speed)
    yield from plate.set_temperature(before.temperature)


def _pause(now: Now, seconds: Seconds) -> Task[None]:
    until = Seconds(now() + seconds)
    while now() < until:
        yield Wait(until)
