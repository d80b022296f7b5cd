"""An alarm: one for each fault, naming device, value, bound and what was done."""

from dataclasses import dataclass
from enum import Enum


class Action(Enum):
    """What the engine does on an alarm."""

    NONE = "none"
    WAIT = "wait"
    HOLD = "hold"
    HOLD_HEAT_OFF = "hold, heat off"
    STOP = "stop"
    STOP_HEAT_OFF = "stop, heat off"
    ABORT = "abort"


TELLS = frozenset({Action.NONE, Action.WAIT})
"""Actions after which the run goes on by itself."""
HOLDS = frozenset({Action.HOLD, Action.HOLD_HEAT_OFF})
STOPS = frozenset({Action.STOP, Action.STOP_HEAT_OFF})
HEAT_OFF = frozenset({Action.HOLD_HEAT_OFF, Action.STOP_HEAT_OFF, Action.ABORT})
"""Actions with which the heat goes off, whatever the class of the step says."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What was seen, where, against which bound, and what follows."""

    code: str
    device: str
    text: str
    value: str
    bound: str
    action: Action = Action.HOLD

    def as_dict(self) -> dict[str, str]:
        """Plain JSON data."""
        return {
            "code": self.code,
            "device": self.device,
            "text": self.text,
            "value": self.value,
            "bound": self.bound,
            "action": self.action.value,
        }
