"""What each feed delivered, and how fast: from the ledger's settlements, the samples and the pump's counter."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Seconds
from ruggli.report.planned import PlannedFeed
from ruggli.report.runclock import Timed

SHORTEST_WINDOW = 30.0
"""Seconds over which a flow rate is taken from the counter, at least."""

COUNTS_IN_WINDOW = 40.0
"""Counts of the counter in that window, at least: one count more or less is then 2.5 % of the rate."""


@dataclass(frozen=True, slots=True)
class Point:
    """Delivered volume at a time: at least `low`, at most `high`."""

    at: Seconds
    low: Millilitres
    high: Millilitres

    @property
    def middle(self) -> Millilitres:
        """Middle of the interval."""
        return Millilitres((self.low + self.high) / 2)


@dataclass(slots=True)
class Episode:
    """One time that a pump ran.

    Attributes:
        start: the pump was started.
        target: volume after which it stops by itself.
        rate: flow rate that it held.
        count: resolution of its counter.
        settled_low: delivered before, at least.
        settled_high: delivered before, at most.
        times: times of the readings, from `start`.
        counter: counter at these times.
        end: it was found at rest, or None where the journal does not say.
    """

    start: Seconds
    target: Millilitres
    rate: MillilitresPerSecond
    count: Millilitres
    settled_low: Millilitres
    settled_high: Millilitres
    times: list[float] = field(default_factory=list)
    counter: list[float] = field(default_factory=list)
    end: Seconds | None = None

    def rates(self) -> list[MillilitresPerSecond]:
        """Flow rate at each reading: slope of the straight line that fits the counter best in a window around it."""
        times, counter = self.times, self.counter
        if len(times) < 3:
            return [self.rate] * len(times)
        width = max(SHORTEST_WINDOW, COUNTS_IN_WINDOW * self.count / self.rate if self.rate > 0 else 0.0)
        sums = _sums([time - times[0] for time in times], counter)
        low = high = 0
        found: list[MillilitresPerSecond] = []
        for now in times:
            start = max(times[0], min(now - width / 2, times[-1] - width))
            while times[low] < start:
                low += 1
            while high + 1 < len(times) and times[high + 1] <= start + width:
                high += 1
            first = low if low < high else max(0, high - 1)
            slope = _slope(sums[first], sums[high + 1], high + 1 - first)
            found.append(MillilitresPerSecond(max(0.0, self.rate if slope is None else slope)))
        return found


_Sums = tuple[float, float, float, float]


def _sums(times: Sequence[float], values: Sequence[float]) -> list[_Sums]:
    """Running sums of t, v, t*t and t*v, from nothing on."""
    found = [(0.0, 0.0, 0.0, 0.0)]
    t = v = tt = tv = 0.0
    for time, value in zip(times, values, strict=True):
        t, v, tt, tv = t + time, v + value, tt + time * time, tv + time * value
        found.append((t, v, tt, tv))
    return found


def _slope(before: _Sums, after: _Sums, count: int) -> float | None:
    """Slope of the least-squares line through `count` points, from running sums; None where they are at one time."""
    t, v, tt, tv = (late - early for late, early in zip(after, before, strict=True))
    spread = count * tt - t * t
    return (count * tv - t * v) / spread if spread > 1e-6 else None


@dataclass(slots=True)
class FeedTrack:
    """The course of one feed.

    Attributes:
        feed: what was planned.
        points: delivered volume of the solution, in time; never above what was planned.
        episodes: the times that the pump ran for it.
        extra: solvent that followed the solution (a chase past the planned volume).
    """

    feed: PlannedFeed
    points: list[Point] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    extra: Millilitres = Millilitres(0.0)

    @property
    def open(self) -> Episode | None:
        """The episode of which the journal knows no end."""
        last = self.episodes[-1] if self.episodes else None
        return last if last is not None and last.end is None else None

    @property
    def final(self) -> Point | None:
        """What is known in the end; an episode without an end may have gone on to its target."""
        if not self.points:
            return None
        last, open_ = self.points[-1], self.open
        if open_ is None:
            return last
        high = min(self.feed.planned, max(last.high, open_.settled_high + open_.target))
        return Point(last.at, last.low, Millilitres(high))

    def at(self, times: Sequence[float]) -> list[Point | None]:
        """The latest point at each of `times` (ascending)."""
        marks = [point.at for point in self.points]
        indices = (bisect_right(marks, now) - 1 for now in times)
        return [self.points[index] if index >= 0 else None for index in indices]

    def rate_at(self, times: Sequence[float]) -> list[MillilitresPerSecond]:
        """Flow rate at each of `times` (ascending): 0 while the pump rests."""
        found = [MillilitresPerSecond(0.0)] * len(times)
        for episode in self.episodes:
            if not episode.times:
                continue
            rates = episode.rates()
            first = bisect_right(times, episode.start)
            for index in range(first, len(times)):
                if times[index] > episode.times[-1]:
                    break
                found[index] = rates[bisect_right(episode.times, times[index]) - 1]
        return found


def tracks_of(records: Sequence[Timed], feeds: Sequence[PlannedFeed]) -> tuple[FeedTrack, ...]:
    """The course of every planned feed, in planned order."""
    reader = _Reader(feeds)
    for item in records:
        reader.take(item)
    return tuple(reader.tracks)


@dataclass(slots=True)
class _Sum:
    """What portions before the current one came to, and the current one."""

    low: float = 0.0
    high: float = 0.0
    now_low: float = 0.0
    now_high: float = 0.0
    given: bool = False


class _Reader:
    """Goes through the records once."""

    def __init__(self, feeds: Sequence[PlannedFeed]) -> None:
        self.tracks = [FeedTrack(feed) for feed in feeds]
        self._sums = [_Sum() for _ in feeds]
        self._by_key = {feed.key: index for index, feed in enumerate(feeds)}
        self._by_inner = {(name, feed.device): index for index, feed in enumerate(feeds) for name in feed.inner}
        self._intents: dict[int, Episode] = {}
        self._take = {
            "sample": self._sample,
            "intent": self._intent,
            "started": self._started,
            "settled": self._settled,
            "portion_given": self._portion_given,
        }

    def take(self, item: Timed) -> None:
        """Take one record."""
        take = self._take.get(item.record.kind)
        if take is not None:
            take(item)

    def _sample(self, item: Timed) -> None:
        data = item.record.data
        for solution, device, low, high in data.get("dosed_mL", ()):
            index = self._by_key.get((data.get("step", ""), solution, device))
            if index is not None:
                self._point(index, item.at, float(low), float(high))
        pumps = data.get("pumps", {})
        for track in self.tracks:
            episode = track.open
            if episode is not None and track.feed.device in pumps:
                count = float(pumps[track.feed.device][1])
                if count >= episode.counter[-1]:
                    episode.times.append(item.at)
                    episode.counter.append(count)

    def _intent(self, item: Timed) -> None:
        data = item.record.data
        index = self._by_inner.get((str(data.get("step", "")), str(data.get("device", ""))))
        if index is None or "target_mL" not in data:
            return
        low, high = data["settled_mL"]
        base = self._sums[index]
        self._intents[index] = Episode(
            start=item.at,
            target=Millilitres(float(data["target_mL"])),
            rate=MillilitresPerSecond(float(data["rate_mL_s"])),
            count=Millilitres(float(data["counter_step_mL"])),
            settled_low=Millilitres(base.low + float(low)),
            settled_high=Millilitres(base.high + float(high)),
        )
        self.tracks[index].episodes.append(self._intents[index])
        self._intents[index].times.append(item.at)
        self._intents[index].counter.append(float(data["counter_before_mL"]))

    def _started(self, item: Timed) -> None:
        data = item.record.data
        index = self._by_inner.get((str(data.get("step", "")), str(data.get("device", ""))))
        episode = None if index is None else self._intents.get(index)
        if episode is not None and episode.end is None:
            episode.start = item.at
            episode.times[:], episode.counter[:] = [item.at], [episode.counter[0]]

    def _settled(self, item: Timed) -> None:
        data = item.record.data
        inner = str(data.get("step", ""))
        index = self._by_inner.get((inner, str(data.get("device", ""))))
        if index is None:
            return
        track = self.tracks[index]
        low, high = (float(value) for value in data["settled_mL"])
        planned = track.feed.inner[inner]
        track.extra = Millilitres(max(track.extra, (low + high) / 2 - planned))
        self._point(index, item.at, min(low, planned), min(high, planned))
        episode = track.open
        if episode is not None:
            episode.end = item.at
            counter = data.get("counter_mL")
            if counter is not None and float(counter) >= episode.counter[-1]:
                episode.times.append(item.at)
                episode.counter.append(float(counter))

    def _portion_given(self, item: Timed) -> None:
        for track, base in zip(self.tracks, self._sums, strict=True):
            if track.feed.step == item.record.data.get("step"):
                base.low, base.high = base.low + base.now_low, base.high + base.now_high
                base.now_low = base.now_high = 0.0

    def _point(self, index: int, at: Seconds, low: float, high: float) -> None:
        base, points = self._sums[index], self.tracks[index].points
        base.now_low, base.now_high = low, high
        point = Point(at, Millilitres(base.low + low), Millilitres(base.high + high))
        if points and points[-1].at == at:
            points[-1] = point
        else:
            points.append(point)
