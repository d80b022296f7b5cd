"""What a run kept low: reckoned from what the counters say at most, reacting as the plan assumes.

Worst case throughout: the upper end of what was delivered of the reagent, the lower end of all that dilutes it and of
its catalyst.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruggli.chemistry.feeding import Contents, Kinetics, Stretch, passed
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimoles, Molar, Seconds
from ruggli.report.contents import VesselTrack
from ruggli.report.feeds import FeedTrack, Point
from ruggli.report.planned import Json, steps_of
from ruggli.report.runclock import Timed

CLOSE = 0.001
"""Part of a bound by which the reckoning may pass it: the last digit of what is told."""


@dataclass(frozen=True, slots=True)
class KeptCourse:
    """One kept reagent in one step.

    Attributes:
        step: id of the step.
        reagent: name in the file.
        below: its bound.
        planned: highest planned concentration.
        assumed: how it is used up, for people.
        fed: what the plan brings in.
        times: times of the run.
        concentrations: at these times, at most.
        piled: most of it that was unreacted at one time, by this reckoning.
        watched: the same by the book of the interlock, which counts the temperature; None where none watched.
    """

    step: str
    reagent: str
    below: Molar
    planned: Molar
    assumed: str
    fed: Millimoles
    times: tuple[Seconds, ...]
    concentrations: tuple[Molar, ...]
    piled: Millimoles
    watched: Millimoles | None

    @property
    def highest(self) -> tuple[Seconds, Molar]:
        """When it was most concentrated, and how concentrated."""
        index = max(range(len(self.times)), key=lambda number: self.concentrations[number])
        return self.times[index], self.concentrations[index]

    @property
    def good(self) -> bool:
        """Whether the bound was kept."""
        return self.highest[1] <= self.below * (1 + CLOSE)


@dataclass(frozen=True, slots=True)
class RatioRow:
    """Two reagents of one step: moles of `of` for each mole of `to`, as wanted and as delivered."""

    step: str
    of: str
    to: str
    wanted: float
    low: float
    high: float


def kept_of(
    plan: Json,
    tracks: Sequence[FeedTrack],
    vessels: Sequence[VesselTrack],
    samples: Sequence[Timed],
    starts: Mapping[str, Seconds],
) -> tuple[KeptCourse, ...]:
    """Every kept reagent of every step that began."""
    found: list[KeptCourse] = []
    for step in steps_of(plan):
        name, work = str(step["id"]), step["work"]
        own = [track for track in tracks if track.feed.step == name and track.points]
        if work.get("kept") and own and name in starts:
            vessel = next((track for track in vessels if track.name == work["vessel"]), None)
            volume = None if vessel is None else vessel.volume_at(starts[name])
            found += [_course(name, row, own, volume, starts[name], samples) for row in work["kept"]]
    return tuple(found)


def _course(
    step: str,
    row: Json,
    tracks: Sequence[FeedTrack],
    volume: Millilitres | None,
    start: Seconds,
    samples: Sequence[Timed],
) -> KeptCourse:
    used, reagent = row["used_up"], str(row["reagent"])
    kinetics = Kinetics(float(used["constant"]), float(used["per_catalyst"]), float(used["decay"]))
    at_start = Millilitres(float(row["volume_mL"])) if volume is None else volume
    present = Millimoles(float(row["present_mmol"]))
    contents = Contents(at_start, present, Millimoles(float(row["catalyst_present_mmol"])))
    times = sorted({start, *(point.at for track in tracks for point in track.points if point.at > start)})
    before, last = _delivered(tracks, start, reagent, used["catalyst"]), start
    told, piled = [contents.concentration], float(contents.reagent)
    for now in times[1:]:
        after = _delivered(tracks, now, reagent, used["catalyst"])
        more = [max(0.0, new - old) for new, old in zip(after, before, strict=True)]
        span = now - last
        flow = MillilitresPerSecond(more[0] / span)
        contents = passed(contents, Stretch(Seconds(span), flow, more[1] / span, more[2] / span), kinetics)
        before, last = [max(new, old) for new, old in zip(after, before, strict=True)], now
        told.append(contents.concentration)
        piled = max(piled, contents.reagent)
    watched = [
        float(item.record.data["unreacted_mmol"][reagent][0])
        for item in samples
        if item.record.data.get("step") == step and reagent in item.record.data.get("unreacted_mmol", {})
    ]
    return KeptCourse(
        step=step,
        reagent=reagent,
        below=Molar(float(row["below_mol_per_L"])),
        planned=Molar(float(row["highest_mol_per_L"])),
        assumed=str(used["text"]),
        fed=Millimoles(float(row["fed_mmol"])),
        times=tuple(times),
        concentrations=tuple(told),
        piled=Millimoles(piled),
        watched=Millimoles(max(watched)) if watched else None,
    )


def _delivered(tracks: Sequence[FeedTrack], now: Seconds, reagent: str, catalyst: str) -> list[float]:
    """Volume at least, reagent at most, catalyst at least, since the start of the step."""
    volume = amount = live = 0.0
    for track in tracks:
        point = _at(track.points, now)
        if point is not None:
            volume += point.low
            amount += track.feed.solutes.get(reagent, 0.0) * point.high
            live += track.feed.solutes.get(catalyst, 0.0) * point.low
    return [volume, amount, live]


def _at(points: Sequence[Point], now: Seconds) -> Point | None:
    index = bisect_right(points, now, key=lambda point: point.at) - 1
    return points[index] if index >= 0 else None


def ratios_of(plan: Json, tracks: Sequence[FeedTrack]) -> tuple[RatioRow, ...]:
    """Every ratio that the plan asks for, as the counters prove it."""
    found: list[RatioRow] = []
    for step in steps_of(plan):
        asked: dict[str, Any] | None = step["work"].get("ratio")
        if asked is None:
            continue
        ends = {}
        for key in ("of", "to"):
            track = next(
                (t for t in tracks if t.feed.step == step["id"] and t.feed.solutes.get(asked[key])),
                None,
            )
            final = None if track is None else track.final
            if track is not None and final is not None:
                ends[key] = [value * track.feed.solutes[asked[key]] for value in (final.low, final.high)]
        if len(ends) == 2 and min(ends["to"]) > 0.0:
            of, to = ends["of"], ends["to"]
            row = RatioRow(str(step["id"]), asked["of"], asked["to"], asked["wanted"], of[0] / to[1], of[1] / to[0])
            found.append(row)
    return tuple(found)
