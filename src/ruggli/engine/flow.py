"""Where a run stands, beside the state of its machine."""

from dataclasses import dataclass, field

from ruggli.engine.alarm import Alarm
from ruggli.engine.result import Verdict


@dataclass(slots=True)
class Flow:
    """Where the run stands. `ending` is set when the step loop has to end, with the reason."""

    index: int = 0
    ending: tuple[Verdict, str] | None = None
    hold_cause: Alarm | None = None
    heat_off: bool = False
    active: set[tuple[str, str]] = field(default_factory=set)
    told: set[tuple[str, str, str]] = field(default_factory=set)
    sampled_at: float = -1e9
    rechecked_at: dict[str, float] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    lost_counters: set[str] = field(default_factory=set)
    holds: int = 0
