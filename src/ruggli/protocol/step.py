"""What every step of a protocol has."""

from enum import Enum
from typing import Literal

from ruggli.protocol.base import Model
from ruggli.quantities.fields import Duration, Name, Text


class StepClass(Enum):
    """What a step is to the chemistry, and so what is safe when it has to pause or end early."""

    FEED = "feed"
    FEED_AT_REFLUX = "feed_at_reflux"
    PORTION_ADDITION = "portion_addition"
    QUENCH = "quench"
    HEAT_ONLY = "heat_only"


class OnTimeout(Enum):
    """What happens when nobody answers."""

    HOLD = "hold"
    STOP = "stop"
    CONTINUE = "continue"


class HoldPolicy(Model):
    """How long a step may stay held, and what follows; the rest is the step's class."""

    at_most: Duration
    then: Literal["stop", "heat_off"] = "stop"


class Step(Model):
    """What every step has."""

    id: Name
    note: Text | None = None
    source: Text | None = None


class Asked(Step):
    """A step that asks a person."""

    timeout: Duration | None = None
    on_timeout: OnTimeout | None = None
