"""The interlocks of a step as the file sets them: bounds within limits, time, and what follows."""

from enum import Enum
from typing import Annotated, TypeAlias

from pydantic import Field

from ruggli.protocol.base import Model
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.fields import field, refusal
from ruggli.quantities.plain_fields import TextField, text_of
from ruggli.quantities.reader import Reading


class InterlockAction(Enum):
    """What an interlock does: only tell, wait until it has cleared, hold and ask, stop the run, abort it."""

    NONE = "none"
    WAIT = "wait"
    HOLD = "hold"
    STOP = "stop"
    ABORT = "abort"


_WHY = {
    "none": "this interlock is for safety and may not be switched off",
    "wait": "this interlock asks a person before anything goes on",
}


def _action(*allowed: InterlockAction) -> TextField:
    words = [action.value for action in allowed]
    bound = ", ".join(words)

    def read(value: object) -> InterlockAction:
        if isinstance(value, InterlockAction):
            return value
        remedy = f"write one of: {bound}"
        text = text_of(value, remedy)
        if text not in words:
            known = text in {action.value for action in InterlockAction}
            code = "E-INTERLOCK" if known else "E-VALUE"
            raise refusal(
                code, _WHY.get(text, "this is no action of an interlock"), value=value, bound=bound, remedy=remedy
            )
        return InterlockAction(text)

    return TextField(read, {"enum": words, "description": bound})


_NONE, _WAIT, _HOLD, _STOP, _ABORT = InterlockAction

Firm: TypeAlias = Annotated[InterlockAction, _action(_HOLD, _STOP, _ABORT)]
Waiting: TypeAlias = Annotated[InterlockAction, _action(_WAIT, _HOLD, _STOP, _ABORT)]
Feeding: TypeAlias = Annotated[InterlockAction, _action(_WAIT, _HOLD, _STOP)]
Lenient: TypeAlias = Annotated[InterlockAction, _action(_NONE, _HOLD, _STOP, _ABORT)]


def _kelvin(least: str, most: str) -> TextField:
    return field(Dimension.TEMPERATURE_DIFFERENCE, ge=least, le=most)


def _time(least: str, most: str) -> TextField:
    return field(Dimension.DURATION, ge=least, le=most)


class Hot(Model):
    """A vessel above its temperature: its heat goes off."""

    above: Annotated[Reading, _kelvin("1 K", "20 K")] | None = None
    for_: Annotated[Reading, _time("1 s", "5 s")] | None = Field(default=None, alias="for")
    action: Firm | None = None


class Cold(Model):
    """A vessel below its temperature while something flows: reactant would pile up."""

    below: Annotated[Reading, _kelvin("1 K", "20 K")] | None = None
    for_: Annotated[Reading, _time("1 s", "3 s")] | None = Field(default=None, alias="for")
    action: Waiting | None = None


class Stirring(Model):
    """A stirrer below 80 % of its speed."""

    for_: Annotated[Reading, _time("1 s", "4 s")] | None = Field(default=None, alias="for")
    action: Waiting | None = None


class Probe(Model):
    """A temperature probe without a believable reading, or out of the flask: the heat goes off."""

    action: Firm | None = None


class FrozenReadings(Model):
    """Readings that stand still to the last digit while the heater is on or something flows: the heat goes off."""

    for_: Annotated[Reading, _time("5 min", "30 min")] | None = Field(default=None, alias="for")
    action: Lenient | None = None


class NotHeating(Model):
    """A heater that is on and gains too little on a set point that is more than 10 K away."""

    gain: Annotated[Reading, _kelvin("0.5 K", "20 K")] | None = None
    for_: Annotated[Reading, _time("1 min", "8 min")] | None = Field(default=None, alias="for")
    action: Lenient | None = None


class RunawayReaction(Model):
    """Heat that no heater gives: the vessel hotter than its plate, or warming by itself. The heat goes off."""

    above_plate: Annotated[Reading, _kelvin("2 K", "15 K")] | None = None
    ramp: Annotated[Reading, field(Dimension.TEMPERATURE_RAMP, ge="1 K/min", le="10 K/min")] | None = None
    for_: Annotated[Reading, _time("10 s", "30 s")] | None = Field(default=None, alias="for")
    action: Firm | None = None


class QuenchRise(Model):
    """A vessel that warms up above the temperature at which its quench began: too fast, or gas. The heat goes off."""

    above: Annotated[Reading, _kelvin("1 K", "15 K")] | None = None
    action: Firm | None = None


class Accumulation(Model):
    """A kept reagent that piles up unreacted: what would still react if its feed stopped now.

    As part of what the dose brings in all, reckoned from the pump's counter with the half-life of the file, slower
    where the vessel is colder than planned.
    """

    above: Annotated[Reading, field(Dimension.PERCENT, ge="1 %", le="80 %")]
    action: Feeding | None = None


class Interlocks(Model):
    """What is watched while a step runs; each has its standard where the file says nothing.

    No bound can be set looser than its range, and an interlock for safety can be changed but not switched off.
    """

    hot: Hot | None = None
    cold: Cold | None = None
    stirring: Stirring | None = None
    probe: Probe | None = None
    frozen: FrozenReadings | None = None
    heating: NotHeating | None = None
    runaway: RunawayReaction | None = None
    quench: QuenchRise | None = None
    accumulation: Accumulation | None = None
