"""What a decision may look at: the latest readings, when they were taken, and the answers that came."""

from dataclasses import dataclass, field

from ruggli.devices.hotplate import HotplateReading
from ruggli.devices.pump import PumpReading
from ruggli.quantities.base import Celsius, Seconds


@dataclass(slots=True)
class View:
    """The bench as last seen. Filled by the conductor each tick; decisions only read it.

    Attributes:
        now: time of this look.
        pumps: latest reading of each pump.
        plates: latest reading of each hotplate.
        read_at: when each device was last read.
        asked_at: when that reading was asked for: nothing in it is older.
        answers: answers by prompt id.
        waits: what an interlock has the step wait for, "" where nothing.
    """

    now: Seconds = Seconds(0.0)
    pumps: dict[str, PumpReading] = field(default_factory=dict)
    plates: dict[str, HotplateReading] = field(default_factory=dict)
    read_at: dict[str, Seconds] = field(default_factory=dict)
    asked_at: dict[str, Seconds] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    waits: str = ""

    def probe(self, hotplate: str | None) -> Celsius | None:
        """Temperature at the probe of a hotplate, or None where there is none."""
        reading = None if hotplate is None else self.plates.get(hotplate)
        return None if reading is None else reading.probe
