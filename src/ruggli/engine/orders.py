"""What a decision asks for, as data: device orders, questions, records, alarms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ruggli.engine.alarm import Alarm
from ruggli.errors import RuggliError
from ruggli.plan.model import PlannedPrompt
from ruggli.quantities.base import Celsius


class Verb(Enum):
    """What a device is told. The value is the name of the method of `Pump` or `Hotplate`."""

    CONNECT = "connect"
    ACKNOWLEDGE = "acknowledge"
    READ_SETTINGS = "read_settings"
    SET_BORE = "set_bore"
    ARM = "arm"
    START = "start"
    STOP = "stop"
    CLEAR_COUNTER = "clear_counter"
    SET_TEMPERATURE = "set_temperature"
    HEAT_ON = "heat_on"
    HEAT_OFF = "heat_off"
    SET_SPEED = "set_speed"
    STIR_ON = "stir_on"
    STIR_OFF = "stir_off"
    ARM_DEAD_MAN = "arm_dead_man"
    FEED_DEAD_MAN = "feed_dead_man"
    DISARM_DEAD_MAN = "disarm_dead_man"


QUESTIONS = frozenset({Verb.CONNECT, Verb.ACKNOWLEDGE, Verb.READ_SETTINGS})
"""Verbs that send nothing but questions; everything else needs a durable record first."""


@dataclass(frozen=True, slots=True)
class Order:
    """One thing for one device to do. `args` are in base units, in the order of the method's parameters."""

    device: str
    verb: Verb
    args: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an order ended: with what the device answered, or with an error.

    Attributes:
        order: the order.
        value: what the device answered.
        error: why it failed, or None.
        set_point: what a hotplate that was asked for its settings had been told by then; None with the heater off.
    """

    order: Order
    value: Any
    error: RuggliError | None
    set_point: Celsius | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A record for the journal; durable ones are on the disk before the orders of the same decision go out."""

    kind: str
    data: Mapping[str, Any]
    durable: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from one look at the bench.

    Attributes:
        orders: for devices, carried out after the durable entries are on the disk.
        ask: questions to put (again).
        alarms: what went wrong.
        entries: for the journal.
        done: the step has ended.
        stop: why the run has to stop ("" otherwise).
    """

    orders: tuple[Order, ...] = ()
    ask: tuple[PlannedPrompt, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    entries: tuple[Entry, ...] = ()
    done: bool = False
    stop: str = ""


NOTHING_TO_DO = Decision()
DONE = Decision(done=True)


@dataclass(slots=True)
class Draft:
    """A decision in the making."""

    orders: list[Order] = field(default_factory=list)
    ask: list[PlannedPrompt] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def decision(self) -> Decision:
        """The finished decision."""
        return Decision(tuple(self.orders), tuple(self.ask), tuple(self.alarms), tuple(self.entries))
