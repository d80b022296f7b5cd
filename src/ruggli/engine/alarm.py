"""An alarm: one for each fault, naming device, value, bound and what was done."""

from dataclasses import dataclass
from enum import Enum


class Action(Enum):
    """What the engine does on an alarm."""

    NONE = "none"
    HOLD = "hold"
    HOLD_HEAT_OFF = "hold, heat off"
    STOP = "stop"
    ABORT = "abort"


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
