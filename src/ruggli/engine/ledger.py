"""The dose ledger: what was intended, what the pump's own counter says, what is therefore known.

One `FeedLedger` keeps one solution of one dose. An episode is one energising: an intent (durable before any byte),
a finite target, a counter reading before, then readings, then its settlement. All functions are pure: they return a
new ledger.
"""

import math
from dataclasses import dataclass, replace

from ruggli.engine.interval import NOTHING, Interval
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Seconds

BLIND_SECONDS = 8.0
"""Longest time for which a counter may have moved unrecorded: a sample comes at least every 5 s, is on the disk 2 s
later, and a tick lies between (reliability 6.6: the cap on an unknown volume is r x (dead-man + G))."""


AHEAD_SECONDS = 5.0
"""Seconds of flow that arming, starting and polling may shift a counter by."""

NEVER = Seconds(float("inf"))
"""When a pump started that was not told to."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One energising of a pump.

    Attributes:
        target: volume that the pump was told to deliver; it stops there by itself.
        rate: held rate.
        before: the counter before the start.
        step: resolution of the counter at that size.
        started: time of the start, `NEVER` before it.
        seen: latest volume read in this episode (counter minus `before`).
        seen_at: time of that reading.
    """

    target: Millilitres
    rate: MillilitresPerSecond
    before: Millilitres
    step: Millilitres
    started: Seconds
    seen: Millilitres
    seen_at: Seconds

    def bounds(self) -> Interval:
        """What the latest reading proves: never below what was seen, never above the target."""
        low = max(0.0, min(self.seen - self.step, self.target - self.step))
        return Interval(Millilitres(low), Millilitres(min(self.target, self.seen + self.step)))

    def believes(self, counter: Millilitres, now: Seconds, *, forgets: bool) -> bool:
        """Whether a counter read at rest can be that of this episode; one that has run back cannot.

        Of a pump that `forgets` its counter with its power and does not tell, neither can one that stands at zero
        although the pump had time to move; nor, after a crash, of any other: one that tells of a power cut tells once,
        and a program that died since may have heard it. Nor can one that has moved further than the rate allows: that
        is the counter of another pump (after a crash, when the start is not known, only the target bounds it).
        """
        moved = counter - self.before
        if moved < self.seen - self.step:
            return False
        most = self.rate * (now - self.started + AHEAD_SECONDS) + 3 * self.step if self.started != NEVER else 0.0
        if moved > min(most, self.target + 2 * self.step):
            return False
        forgets = forgets or self.started == -math.inf
        return not forgets or moved > self.step or self.rate * (now - self.started) <= 3 * self.step

    def is_foreign(self, counter: Millilitres) -> bool:
        """Whether a counter that is not believed is that of another pump: neither near what was seen, nor cleared."""
        return counter > self.step and abs(counter - self.before - self.seen) > 3 * self.step


@dataclass(frozen=True, slots=True)
class FeedLedger:
    """The account of one solution in one dose.

    Attributes:
        settled: sum of the closed episodes.
        episode: the open one, or None.
    """

    settled: Interval = NOTHING
    episode: Episode | None = None

    @property
    def displaced(self) -> Interval:
        """What the plunger has displaced so far, by the counter."""
        return self.settled if self.episode is None else self.settled + self.episode.bounds()

    def open(
        self,
        target: Millilitres,
        rate: MillilitresPerSecond,
        before: Millilitres,
        step: Millilitres,
        now: Seconds,
    ) -> "FeedLedger":
        """Intend to deliver `target`. Raises `ValueError` for a zero target or while an episode is open."""
        if target <= 0:
            raise ValueError("an intent needs a target above 0 mL: zero means endless on some pumps")
        if self.episode is not None:
            raise ValueError("the episode before is not settled")
        return replace(self, episode=Episode(target, rate, before, step, NEVER, Millilitres(0.0), now))

    def started(self, now: Seconds) -> "FeedLedger":
        """The pump was seen to start: its progress counts from here (arming over a bad line takes its time)."""
        return self if self.episode is None else replace(self, episode=replace(self.episode, started=now))

    def saw(self, counter: Millilitres, now: Seconds) -> "FeedLedger":
        """Take a counter reading; a reading below the one before is ignored (a counter never runs back)."""
        episode = self.episode
        if episode is None or counter - episode.before < episode.seen:
            return self
        seen = Millilitres(counter - episode.before)
        held = Episode(episode.target, episode.rate, episode.before, episode.step, episode.started, seen, now)
        return FeedLedger(self.settled, held)

    def reached(self) -> "FeedLedger":
        """The pump stopped at its target: delivered is the target, or one step of the counter less."""
        episode = self.episode
        if episode is None:
            return self
        low = max(0.0, episode.target - episode.step)
        return FeedLedger(self.settled + Interval(Millilitres(low), episode.target))

    def interrupted(self) -> "FeedLedger":
        """The pump rests and its counter was read: the latest reading settles the episode."""
        return self if self.episode is None else FeedLedger(self.settled + self.episode.bounds())

    def lost(self, now: Seconds, run_on: Seconds) -> "FeedLedger":
        """The counter is lost (power cycle) or cannot be read: assume the worst that time and target allow.

        Args:
            now: when the pump is known to rest, or the present.
            run_on: for how long the pump may have run after the latest reading (its dead-man, plus the gap between
                durable records); infinite where it has no dead-man.
        """
        episode = self.episode
        if episode is None:
            return self
        elapsed = max(0.0, min(now - episode.seen_at, run_on + BLIND_SECONDS))
        low = episode.bounds().low
        high = min(episode.target, episode.seen + episode.step + episode.rate * elapsed)
        return FeedLedger(self.settled + Interval(low, Millilitres(high)))

    def assume(self, displaced: Millilitres) -> "FeedLedger":
        """A person has read the syringe: that volume was displaced, exactly as far as anyone knows."""
        return FeedLedger(Interval(displaced, displaced))

    def remaining(self, until: Millilitres) -> Millilitres:
        """What may still be delivered up to `until` without ever giving too much."""
        return Millilitres(max(0.0, until - self.displaced.high))
