"""Readings that stand still to the last digit: the device has hung up, whatever it says (hazard T08)."""

from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.heater_checks.look import Look
from ruggli.quantities.base import Celsius, Seconds

FROZEN_SECONDS = 1800.0

IDLE = 10.0
"""K above the room up to which a plate may well stand still: it hardly heats. There the alarm only tells."""


class Frozen:
    """Remembers since when both sensors of one plate read the same."""

    __slots__ = ("_probe", "_plate", "_since")

    def __init__(self) -> None:
        self._probe: Celsius | None = None
        self._plate: Celsius | None = None
        self._since = Seconds(-1e9)

    def check(self, look: Look, patience: float) -> Alarm | None:
        """At every look."""
        plate = look.plate
        if plate != self._plate or look.probe != self._probe or not (look.heating or look.feeding) or plate is None:
            self._probe, self._plate, self._since = look.probe, plate, look.now
            return None
        if look.now - self._since < patience:
            return None
        probe = "none" if look.probe is None else f"{look.probe:.1f} degC"
        return Alarm(
            "A-FROZEN",
            look.device,
            "the temperature readings stand still to the last digit",
            f"probe {probe}, plate {plate:.1f} degC for {(look.now - self._since) / 60:.0f} min",
            f"at most {patience / 60:.0f} min",
            Action.NONE if plate <= look.room + IDLE else Action.HOLD_HEAT_OFF,
        )
