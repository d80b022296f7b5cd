"""Everything that is watched of one plate's heater and sensors, in the order of causes."""

from ruggli.devices.hotplate import HotplateReading
from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.bench import Commanded
from ruggli.engine.heater_checks.frozen import Frozen
from ruggli.engine.heater_checks.gain import Gain
from ruggli.engine.heater_checks.look import Look
from ruggli.engine.heater_checks.runaway import Runaway
from ruggli.engine.heater_checks.sensor import Sensor, probe_out
from ruggli.engine.heater_checks.stuck import StuckHeater
from ruggli.engine.heater_checks.trend import Trend
from ruggli.engine.interlocks import STIR_PART
from ruggli.engine.reaction import reacting
from ruggli.plan.rules import Rules
from ruggli.quantities.base import Celsius, Rpm, Seconds

SILENT_SECONDS = 2.5
"""A plate that answers again after such a silence may have been without power."""


class HeaterWatch:
    """Watches one plate; `check` is called with every new reading.

    Args:
        device: name of the plate.
        measured: whether its probe sits in a flask.
        room: temperature of the room.
    """

    __slots__ = ("look", "_trend", "_stuck", "_sensor", "_frozen", "_gain", "_runaway", "_read_at", "_told")

    def __init__(self, device: str, measured: bool, room: Celsius) -> None:
        self.look = Look(device, measured, room)
        self._trend = Trend()
        self._stuck = StuckHeater()
        self._sensor = Sensor()
        self._frozen = Frozen()
        self._gain = Gain()
        self._runaway = Runaway()
        self._read_at: Seconds | None = None
        self._told: tuple[bool, Celsius] | None = None

    def unproved(self, told: Commanded) -> bool:
        """Whether the heater was switched off and the plate has not yet shown that it is."""
        return not told.heating and not self._stuck.stuck and (self.look.heating or not self._stuck.proved)

    @property
    def stuck(self) -> bool:
        """Whether the heater was found to heat although it was switched off."""
        return self._stuck.stuck

    def forget(self, now: Seconds) -> None:
        """Gains and settled temperatures count anew (a restart)."""
        self.look.told_at = now

    def check(
        self,
        reading: HotplateReading,
        read_at: Seconds,
        rules: Rules,
        told: Commanded,
        feeding: bool,
        by_hand: bool,
    ) -> tuple[Alarm, ...]:
        """What is wrong, first cause first; nothing where the reading is not new.

        Args:
            reading: both sensors and the speed.
            read_at: when they were read.
            rules: bounds of the current step.
            told: what the plate was told.
            feeding: whether anything flows.
            by_hand: whether a person works at the flask.
        """
        last, look = self._read_at, self.look
        if read_at == last:
            return ()
        self._read_at = read_at
        look.now, look.probe, look.plate = read_at, reading.probe, reading.plate
        look.feeding, look.by_hand = feeding, by_hand
        if self._told != (told.heating, told.set_point):
            self._tell(told.heating, told.set_point)
        if last is not None and read_at - last > SILENT_SECONDS and reading.speed < STIR_PART * told.speed:
            return (_lost_power(look, reading, told.speed, read_at - last),)
        alarm = self._sensor.check(look)
        if alarm is not None:
            return (reacting(alarm, rules.probe.action),)
        found: tuple[Alarm, ...] = ()
        if self._trend.add(read_at, reading.probe, reading.plate):
            found = self._slow_checks(rules)
        alarm = self._runaway.check(look, self._trend, rules.above_plate, rules.ramp, rules.runaway.patience)
        if alarm is not None and not self._sensor.jumped(read_at):
            found = (reacting(alarm, rules.runaway.action), *found)
        alarm = self._frozen.check(look, rules.frozen.patience)
        if alarm is not None:
            found = (*found, alarm if alarm.action is Action.NONE else reacting(alarm, rules.frozen.action))
        return found

    def _tell(self, heating: bool, set_point: Celsius) -> None:
        look, told = self.look, self._told
        self._told = (heating, set_point)
        look.told_at, look.heating, look.set_point = look.now, heating, set_point
        if told is not None and told[0] != heating:
            self._stuck.switched(look)

    def _slow_checks(self, rules: Rules) -> tuple[Alarm, ...]:
        look, trend = self.look, self._trend
        alarm = self._stuck.check(look, trend)
        if alarm is not None or not look.heating:
            return () if alarm is None else (alarm,)
        alarm = probe_out(look, trend)
        if alarm is not None:
            return (reacting(alarm, rules.probe.action),)
        alarm = self._gain.check(look, trend, rules.gain, rules.heating.patience)
        return () if alarm is None else (reacting(alarm, rules.heating.action),)


def _lost_power(look: Look, reading: HotplateReading, speed: Rpm, silent: float) -> Alarm:
    return Alarm(
        "A-POWER",
        look.device,
        f"the plate was silent for {silent:.1f} s and its stirrer has stopped: it was without power. It may heat "
        f"again by itself, so its heat is switched off",
        f"{reading.speed:.0f} rpm",
        f"at least {STIR_PART * speed:.0f} rpm",
        Action.HOLD_HEAT_OFF,
    )
