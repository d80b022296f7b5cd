"""What a driver declares about its devices, as data: limits, number formats, dead-man, evidence."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from ruggli.devices.numbers import Held, NumberFormat, Rounding, WireUnit, held
from ruggli.quantities.base import Celsius, Kelvin, Millilitres, MillilitresPerSecond, Millimetres, Rpm, Seconds


class Kind(Enum):
    """What a device is, to the planner and the engine."""

    PUMP = "syringe pump"
    HOTPLATE = "hotplate stirrer"


class StopProof(Enum):
    """How a stop is proved: by the state read back, or by set point lowered, read back, and the trend."""

    STATE = "state read back"
    SET_POINT_AND_TREND = "set point read back and temperature falls"


@dataclass(frozen=True, slots=True)
class DeadMan:
    """A stop inside the device that acts when the host falls silent.

    Attributes:
        shortest: shortest time that can be set.
        longest: longest time that can be set.
        effect: what the device does, for people.
    """

    shortest: Seconds
    longest: Seconds
    effect: str


def barrel_area_mm2(bore: Millimetres) -> float:
    """Cross-section of a syringe barrel in mm2, which is also uL for each mm of plunger travel."""
    return math.pi / 4 * bore * bore


@dataclass(frozen=True, slots=True)
class PumpCapability:
    """Limits of one model of syringe pump.

    Attributes:
        slowest_mm_s: slowest plunger speed, mm/s.
        fastest_mm_s: fastest plunger speed, mm/s.
        narrowest: smallest bore that the pump accepts.
        widest: largest bore.
        number_format: digits of rates and volumes on the wire.
        rate_units: units in which a rate can be sent, preferred first.
        volume_units: units in which a target volume can be sent for a bore.
        counter_units: units in which the delivered volume is read for a bore.
        counter_format: digits of the counter in a reply.
        longest_travel_mm: longest travel of the pusher block, or None where not known.
        forgets_silently: whether the pump loses its counter with its power and does not tell that it had none.
        dead_man: see `DeadMan`; None where the pump runs on when the host is gone.
        stop_proof: see `StopProof`.
        motor_step_mm: plunger travel of one motor step, or None where not known; the counter cannot resolve less.
    """

    slowest_mm_s: float
    fastest_mm_s: float
    narrowest: Millimetres
    widest: Millimetres
    number_format: NumberFormat
    rate_units: tuple[WireUnit, ...]
    volume_units: Callable[[Millimetres], tuple[WireUnit, ...]]
    counter_units: Callable[[Millimetres], tuple[WireUnit, ...]]
    counter_format: NumberFormat
    longest_travel_mm: float | None
    dead_man: DeadMan | None
    stop_proof: StopProof = StopProof.STATE
    forgets_silently: bool = False
    motor_step_mm: float | None = None

    def slowest(self, bore: Millimetres) -> MillilitresPerSecond:
        """Slowest flow with a syringe of this bore."""
        return MillilitresPerSecond(barrel_area_mm2(bore) * self.slowest_mm_s / 1000)

    def fastest(self, bore: Millimetres) -> MillilitresPerSecond:
        """Fastest flow with a syringe of this bore."""
        return MillilitresPerSecond(barrel_area_mm2(bore) * self.fastest_mm_s / 1000)

    def held_rate(self, rate: MillilitresPerSecond, rounding: Rounding = Rounding.NEAREST) -> Held | None:
        """The rate as the pump will hold it (`value` in mL/s); None where it cannot be sent."""
        return held(rate, self.rate_units, self.number_format, rounding)

    def held_volume(self, volume: Millilitres, bore: Millimetres) -> Held | None:
        """The target volume as the pump will hold it (`value` in mL), rounded down; None where it would be zero."""
        return held(volume, self.volume_units(bore), self.number_format, Rounding.DOWN)

    def counter_step(self, volume: Millilitres, bore: Millimetres) -> Millilitres:
        """Resolution of the delivered volume when the counter reads about `volume`: its digits, or one motor step."""
        shown = held(max(volume, 1e-9), self.counter_units(bore), self.counter_format)
        unit = self.counter_units(bore)[0] if shown is None else shown.unit
        text = "0." + "0" * self.counter_format.decimals if shown is None else shown.text
        places = len(text.partition(".")[2])
        digit = float(unit.factor / unit.divisor) * 10.0**-places
        return Millilitres(max(digit, self.motor_step(bore) or 0.0))

    def motor_step(self, bore: Millimetres) -> Millilitres | None:
        """Volume of one motor step with a syringe of this bore, or None where the step is not known."""
        return None if self.motor_step_mm is None else Millilitres(barrel_area_mm2(bore) * self.motor_step_mm / 1000)


@dataclass(frozen=True, slots=True)
class HotplateCapability:
    """Limits of one model of hotplate stirrer.

    Attributes:
        hottest: highest set point that the device takes.
        coolest: lowest set point.
        safety_margin: the set point must stay at least this far below the adjustable safety temperature.
        set_point_step: resolution of the set point.
        slowest: lowest stirring speed.
        fastest: highest stirring speed.
        dead_man: see `DeadMan`.
        stop_proof: see `StopProof`.
    """

    hottest: Celsius
    coolest: Celsius
    safety_margin: Kelvin
    set_point_step: Kelvin
    slowest: Rpm
    fastest: Rpm
    dead_man: DeadMan | None
    stop_proof: StopProof = StopProof.SET_POINT_AND_TREND


Capability = PumpCapability | HotplateCapability


@dataclass(frozen=True, slots=True)
class DriverCard:
    """What `ruggli drivers` shows of one driver, and what the planner knows of it.

    Attributes:
        name: name in the rig file (`new-era`).
        devices: makers and models, for people.
        kind: see `Kind`.
        capabilities: by model name; the first is the default.
        settings: line settings for people (`19200 baud 8N1`).
        verified: on what it was verified, one sentence each (transcripts, client libraries, hardware: no).
    """

    name: str
    devices: str
    kind: Kind
    capabilities: dict[str, Capability]
    settings: str
    verified: tuple[str, ...]
