"""What each class of step does when it is held, and the state in which it may end: chemistry, not a freeze.

The table is reliability rule 2.2 with the room-temperature feed added: "everything off" is never the default.
"""

from dataclasses import dataclass
from enum import Enum

from ruggli.protocol.model import StepClass
from ruggli.quantities.base import Seconds


class Heat(Enum):
    """What the heater does."""

    KEEP = "keeps its set point"
    OFF = "goes off"


class Resume(Enum):
    """Who may continue a held step."""

    ASK = "after a person says so"
    NEVER = "never by itself; a person decides at the bench"


@dataclass(frozen=True, slots=True)
class ClassPolicy:
    """The safe behaviour of one class. Flows are 0, stirring, inert gas and condenser stay on, in every row.

    Attributes:
        hold_heat: heater while held.
        longest_hold: how long a step may stay held, unless the file says less.
        end_heat: heater when the run ends here otherwise than complete; also what the device's own dead-man falls to.
        resume: see `Resume`.
    """

    hold_heat: Heat
    longest_hold: Seconds
    end_heat: Heat
    resume: Resume


POLICIES: dict[StepClass, ClassPolicy] = {
    StepClass.FEED: ClassPolicy(Heat.KEEP, Seconds(4 * 3600), Heat.KEEP, Resume.ASK),
    StepClass.FEED_AT_REFLUX: ClassPolicy(Heat.KEEP, Seconds(3600), Heat.OFF, Resume.ASK),
    StepClass.PORTION_ADDITION: ClassPolicy(Heat.OFF, Seconds(3600), Heat.OFF, Resume.ASK),
    StepClass.QUENCH: ClassPolicy(Heat.OFF, Seconds(3600), Heat.OFF, Resume.NEVER),
    StepClass.HEAT_ONLY: ClassPolicy(Heat.OFF, Seconds(3600), Heat.OFF, Resume.ASK),
}
