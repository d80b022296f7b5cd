"""What is in a vessel: charges by hand and what the feeds delivered; nothing reacts and nothing boils off."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ruggli.quantities.base import Millilitres, Molar, Seconds
from ruggli.report.feeds import FeedTrack
from ruggli.report.planned import WORKED_UP, Json, charges_of, steps_of
from ruggli.report.runclock import Timed


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
    records: Sequence[Timed], times: Sequence[Seconds], plan: Json, tracks: Sequence[FeedTrack]
) -> tuple[VesselTrack, ...]:
    """Every vessel that receives something by charge or dose, at the given times, up to its work-up."""
    planned, ends = charges_of(plan), _work_up(records, plan)
    changes: dict[str, list[tuple[Seconds, float, dict[str, float]]]] = {}
    taken: set[str] = set()
    for item in records:
        if item.record.kind != "answer":
            continue
        prompt, answer = str(item.record.data.get("id", "")), item.record.data.get("answer")
        charges = planned.get(prompt, ())
        if prompt in taken or not charges or answer != charges[0].happy:
            continue
        taken.add(prompt)
        for charge in charges:
            changes.setdefault(charge.vessel, []).append((item.at, charge.volume, dict(charge.solutes)))
    names = list(dict.fromkeys([*changes, *(track.feed.vessel for track in tracks if track.points)]))
    found = []
    for name in names:
        own = [track for track in tracks if track.feed.vessel == name and track.points]
        last = ends.get(name)
        until = [at for at in times if last is None or at <= last]
        found.append(_follow(name, until, changes.get(name, []), own))
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


def _follow(
    name: str,
    times: Sequence[Seconds],
    changes: Sequence[tuple[Seconds, float, dict[str, float]]],
    tracks: Sequence[FeedTrack],
) -> VesselTrack:
    track = VesselTrack(name)
    fed = [solute for feed in tracks for solute in feed.feed.solutes]
    solutes = list(dict.fromkeys([*fed, *(solute for _, _, held in changes for solute in held)]))
    delivered = [feed.at(times) for feed in tracks]
    charged, amounts, done = 0.0, dict.fromkeys(solutes, 0.0), 0
    track.concentrations = {solute: [] for solute in solutes}
    for index, now in enumerate(times):
        while done < len(changes) and changes[done][0] <= now:
            charged += changes[done][1]
            for solute, amount in changes[done][2].items():
                amounts[solute] += amount
            done += 1
        volume, here = charged, dict(amounts)
        for feed, points in zip(tracks, delivered, strict=True):
            point = points[index]
            if point is not None:
                volume += point.middle
                for solute, molar in feed.feed.solutes.items():
                    here[solute] += molar * point.middle
        if volume <= 0:
            continue
        track.times.append(now)
        track.volumes.append(Millilitres(volume))
        for solute, series in track.concentrations.items():
            series.append(Molar(here[solute] / volume))
    return track
