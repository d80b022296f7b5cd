"""What the engine asks of a hotplate stirrer."""

from dataclasses import dataclass
from typing import Protocol

from ruggli.devices.pump import Identity
from ruggli.quantities.base import Celsius, Rpm, Seconds
from ruggli.world.tasks import Task


@dataclass(frozen=True, slots=True)
class HotplateReading:
    """One poll.

    Attributes:
        probe: external sensor (where the rig file says that it sits), or None where there is no believable reading.
        plate: plate sensor, or None.
        speed: measured stirring speed.
    """

    probe: Celsius | None
    plate: Celsius | None
    speed: Rpm


@dataclass(frozen=True, slots=True)
class HotplateSettings:
    """Set points and the hardware safety temperature, as the device holds them."""

    temperature: Celsius
    speed: Rpm
    safety_temperature: Celsius


class Hotplate(Protocol):
    """A hotplate stirrer. Errors as for `Pump`; set points are read back."""

    name: str

    def connect(self) -> Task[Identity]:
        """Find out who answers. Sends nothing but questions. Raises `WrongDevice`."""

    def read_settings(self) -> Task[HotplateSettings]:
        """Read set points and safety temperature."""

    def set_temperature(self, set_point: Celsius) -> Task[None]:
        """Set the temperature set point and read it back. Starts nothing."""

    def heat_on(self) -> Task[None]:
        """Start heating to the set point."""

    def heat_off(self, safe: Celsius) -> Task[None]:
        """Lower the set point to `safe`, read it back, then switch the heater off."""

    def set_speed(self, speed: Rpm) -> Task[None]:
        """Set the speed set point and read it back. Starts nothing."""

    def stir_on(self) -> Task[None]:
        """Start stirring at the speed set point."""

    def stir_off(self) -> Task[None]:
        """Stop stirring."""

    def poll(self) -> Task[HotplateReading]:
        """Probe, plate and speed."""

    def arm_dead_man(self, silence: Seconds, safe: Celsius, speed: Rpm) -> Task[None]:
        """Make the device fall to `safe` and `speed` after `silence` without `feed_dead_man`. Echo compared."""

    def feed_dead_man(self) -> Task[None]:
        """Renew the dead-man; the engine calls it from its tick, after its checks have passed. Echo compared."""

    def disarm_dead_man(self) -> Task[None]:
        """Clear and stop the dead-man."""
