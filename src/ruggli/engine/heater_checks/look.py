"""One look at a hotplate, as the checks of heaters see it."""

from dataclasses import dataclass

from ruggli.quantities.base import Celsius, Seconds


@dataclass(slots=True)
class Look:
    """The latest reading of a plate with what it was told; one object a plate, filled anew at every look.

    Attributes:
        device: the hotplate.
        measured: whether the probe sits in the flask; else it says nothing about it.
        room: temperature of the room.
        now: time of this look.
        probe: external sensor, or None.
        plate: plate sensor, or None.
        heating: whether the heater was told to be on.
        set_point: the set point that was sent.
        feeding: whether anything flows.
        by_hand: whether a person works at the flask in this step.
        told_at: when the heater was last told something else, or a step or restart began that counts anew.
    """

    device: str
    measured: bool
    room: Celsius
    now: Seconds = Seconds(0.0)
    probe: Celsius | None = None
    plate: Celsius | None = None
    heating: bool = False
    set_point: Celsius = Celsius(0.0)
    feeding: bool = False
    by_hand: bool = False
    told_at: Seconds = Seconds(-1e9)
