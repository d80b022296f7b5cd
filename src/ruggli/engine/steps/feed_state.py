"""One feed of a dose while it runs."""

from dataclasses import dataclass
from enum import Enum

from ruggli.devices.capability import PumpCapability
from ruggli.engine.interval import Interval
from ruggli.engine.ledger import Episode, FeedLedger
from ruggli.plan.model import Feed
from ruggli.quantities.base import Millilitres, Seconds

STAGNATION_SECONDS = 60.0
"""A running pump's counter has to move within this time, if its resolution allows (hazard D07)."""


class Stage(Enum):
    """How far one feed is with arming."""

    NEW = "new"
    READING = "reading"
    CLEARING = "clearing"
    READY = "ready"
    ARMING = "arming"
    ARMED = "armed"
    STARTING = "starting"
    RUNNING = "running"
    REACHED = "reached"
    CHECKING = "checking"
    SETTLED = "settled"


@dataclass(slots=True)
class FeedState:
    """One feed while it runs.

    `feed.rate` is that of the segment under way. `counter` and `counter_at` are the latest reading since the start;
    `checked` and `checked_at` the latest one that came with the planned settings, `verified` and `verified_at` the one
    of the check before: cables may be exchanged in the middle of one. `distrusted`: the pump has held others since.
    `exchanged`: since then another pump may have answered in its place. `cut`: the pump told of a power cut as the gate
    stopped it.
    """

    feed: Feed
    capability: PumpCapability
    run_on: Seconds
    ledger: FeedLedger = FeedLedger()
    stage: Stage = Stage.NEW
    counter: Millilitres = Millilitres(0.0)
    counter_at: Seconds = Seconds(0.0)
    moved_at: Seconds = Seconds(0.0)
    patience: Seconds = Seconds(STAGNATION_SECONDS)
    lag: Millilitres = Millilitres(0.0)
    rechecked_at: Seconds = Seconds(0.0)
    recheck: Seconds = Seconds(60.0)
    odd: int = 0
    unheard: bool = False
    verified: Millilitres = Millilitres(0.0)
    verified_at: Seconds = Seconds(0.0)
    checked: Millilitres = Millilitres(0.0)
    checked_at: Seconds = Seconds(0.0)
    distrusted: bool = False
    exchanged: bool = False
    cut: bool = False

    def displaced(self) -> Interval:
        """By the ledger, with the latest reading; of a pump that is not heard, with what it may still do."""
        if self.ledger.episode is None:
            return self.ledger.settled
        seen = self.ledger.saw(self.counter, self.counter_at)
        if self.unheard:
            return seen.lost(Seconds(float("inf")), self.run_on).settled
        return seen.displaced

    def since_verified(self, episode: Episode, now: Seconds) -> Interval:
        """What the pump has given since the latest counter that is surely its own, if only its dead-man stopped it."""
        low = max(0.0, self.verified - episode.step)
        most = self.verified + episode.step + episode.rate * (now - self.verified_at + self.run_on)
        return Interval(Millilitres(low), Millilitres(min(episode.target, most)))
