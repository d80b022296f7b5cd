"""What is in a vessel: charges by hand and what the feeds delivered, less the samples; nothing reacts or boils off."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ruggli.quantities.base import Millilitres, Molar, Seconds
from ruggli.report.feeds import FeedTrack, Point
from ruggli.report.planned import WORKED_UP, Json, charges_of, steps_of
from ruggli.report.runclock import Timed
from ruggli.report.samples import SampleRow


@dataclass(slots=True)
class VesselTrack:
    """The course of one vessel.

    Attributes:
        name: name of the vessel.
        times: times at which it is told.
        volumes: volume at these times.
        concentrations: of each solute at these times.
    """

    name: str
    times: list[Seconds] = field(default_factory=list)
    volumes: list[Millilitres] = field(default_factory=list)
    concentrations: dict[str, list[Molar]] = field(default_factory=dict)

    def volume_at(self, when: Seconds) -> Millilitres | None:
        """Volume at a time, None before the first charge."""
        found = None
        for at, volume in zip(self.times, self.volumes, strict=True):
            if at > when:
                break
            found = volume
        return found


def vessels_of(
    records: Sequence[Timed],
    times: Sequence[Seconds],
    plan: Json,
    tracks: Sequence[FeedTrack],
    samples: Sequence[SampleRow] = (),
) -> tuple[VesselTrack, ...]:
    """Every vessel that receives something by charge or dose, at the given times, up to its work-up.

    A sample takes its part of everything that is in the vessel when it is taken.
    """
    planned, ends = charges_of(plan), _work_up(records, plan)
    changes: dict[str, list[tuple[Seconds, float, dict[str, float]]]] = {}
    done: set[str] = set()
    for item in records:
        if item.record.kind != "answer":
            continue
        prompt, answer = str(item.record.data.get("id", "")), item.record.data.get("answer")
        charges = planned.get(prompt, ())
        if prompt in done or not charges or answer != charges[0].happy:
            continue
        done.add(prompt)
        for charge in charges:
            changes.setdefault(charge.vessel, []).append((item.at, charge.volume, dict(charge.solutes)))
    names = list(dict.fromkeys([*changes, *(track.feed.vessel for track in tracks if track.points)]))
    found = []
    for name in names:
        own = [track for track in tracks if track.feed.vessel == name and track.points]
        last = ends.get(name)
        until = [at for at in times if last is None or at <= last]
        taken = [(sample.at, sample.volume) for sample in samples if sample.vessel == name]
        found.append(_follow(name, until, changes.get(name, []), own, taken))
    return tuple(vessel for vessel in found if vessel.times)


def _work_up(records: Sequence[Timed], plan: Json) -> dict[str, Seconds]:
    """When the work-up began, for every vessel: its steps are for people, and the plan names no vessel in them."""
    kinds = {str(step["id"]): str(step["do"]) for step in steps_of(plan)}
    vessels = {str(step["work"].get("vessel", "")) for step in steps_of(plan)}
    for charges in charges_of(plan).values():
        vessels |= {charge.vessel for charge in charges}
    for item in records:
        data = item.record.data
        if item.record.kind == "step" and data.get("what") == "begin" and kinds.get(str(data["step"])) in WORKED_UP:
            return dict.fromkeys(vessels, item.at)
    return {}


@dataclass(slots=True)
class _Held:
    """What is in a vessel: what was left at the last sample and was charged since, and the feeds since then."""

    tracks: Sequence[FeedTrack]
    volume: float
    amounts: dict[str, float]
    before: list[float]

    def now(self, points: Sequence[Point | None]) -> tuple[float, dict[str, float]]:
        """Volume and amounts, with the feeds at these points."""
        volume, here = self.volume, dict(self.amounts)
        for feed, point, before in zip(self.tracks, points, self.before, strict=True):
            if point is not None:
                came = point.middle - before
                volume += came
                for solute, molar in feed.feed.solutes.items():
                    here[solute] += molar * came
        return volume, here

    def take(self, volume: Millilitres, points: Sequence[Point | None]) -> None:
        """Take a sample."""
        held, here = self.now(points)
        left = max(0.0, 1.0 - volume / held) if held > 0.0 else 1.0
        self.volume = left * held
        self.amounts = {solute: left * amount for solute, amount in here.items()}
        self.before = [0.0 if point is None else point.middle for point in points]


def _follow(
    name: str,
    times: Sequence[Seconds],
    changes: Sequence[tuple[Seconds, float, dict[str, float]]],
    tracks: Sequence[FeedTrack],
    taken: Sequence[tuple[Seconds, Millilitres]],
) -> VesselTrack:
    track = VesselTrack(name)
    fed = [solute for feed in tracks for solute in feed.feed.solutes]
    solutes = list(dict.fromkeys([*fed, *(solute for _, _, held in changes for solute in held)]))
    marks = sorted([(now, None) for now in times] + [(at, volume) for at, volume in taken], key=lambda mark: mark[0])
    delivered = [feed.at([at for at, _ in marks]) for feed in tracks]
    held, done = _Held(tracks, 0.0, dict.fromkeys(solutes, 0.0), [0.0] * len(tracks)), 0
    track.concentrations = {solute: [] for solute in solutes}
    for index, (now, sample) in enumerate(marks):
        while done < len(changes) and changes[done][0] <= now:
            held.volume += changes[done][1]
            for solute, amount in changes[done][2].items():
                held.amounts[solute] += amount
            done += 1
        points = [course[index] for course in delivered]
        if sample is not None:
            held.take(sample, points)
            continue
        volume, here = held.now(points)
        if volume <= 0:
            continue
        track.times.append(now)
        track.volumes.append(Millilitres(volume))
        for solute, series in track.concentrations.items():
            series.append(Molar(here[solute] / volume))
    return track
