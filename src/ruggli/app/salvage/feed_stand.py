"""How one solution of a dose stands: what reached the vessel, and where the rest is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ruggli.engine.ledger import BLIND_SECONDS
from ruggli.engine.steps.doubt import DOUBT
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Molar, Seconds
from ruggli.report.account import Account
from ruggli.report.feeds import FeedTrack, Point

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeedStand:
    """One solution of one step.

    Attributes:
        step: id of the step.
        solution: name of the solution.
        device: the pump.
        vessel: receiving vessel.
        planned: volume that was to reach the vessel.
        low: what has reached it, at least.
        high: what has reached it, at most.
        in_syringe: what the syringe holds of the solution, dead volume included.
        in_line: what stands in the line.
        not_loaded: what was not in a syringe yet.
        loaded: when its syringe was last filled, on the time axis of the report; None where it was not.
        held: flow rate that the pump was to hold.
        slowest: slowest flow of this pump with this syringe.
        fastest: fastest flow.
        solutes: concentration of each solute.
        done: whether its step has ended, so that nothing more comes.
    """

    step: str
    solution: str
    device: str
    vessel: str
    planned: Millilitres
    low: Millilitres
    high: Millilitres
    in_syringe: Millilitres
    in_line: Millilitres
    not_loaded: Millilitres
    loaded: Seconds | None
    held: MillilitresPerSecond
    slowest: MillilitresPerSecond
    fastest: MillilitresPerSecond
    solutes: Mapping[str, Molar]
    done: bool

    @property
    def unknown(self) -> bool:
        """Whether so little is known that `ruggli resume` would ask a person to read the syringe."""
        return not self.done and self.high - self.low > DOUBT * self.planned

    @property
    def left(self) -> Millilitres:
        """What is still to be given, by the middle of the interval."""
        return Millilitres(0.0 if self.done else max(0.0, self.planned - (self.low + self.high) / 2))


def known(track: FeedTrack, account: Account, told: Millilitres | None) -> FeedTrack:
    """A course whose end is as narrow as the record and a person can make it.

    After a record that breaks off, a pump with a dead-man ran no longer than that.

    Args:
        track: the course by the record.
        account: the run.
        told: what a person read from the syringe: the volume that has reached the vessel, or None.
    """
    final = track.final
    if final is None:
        return track
    points, low, high = list(track.points), final.low, final.high
    if told is None:
        dead_man = next(
            (row["dead_man_s"] for row in account.plan["devices"] if row["name"] == track.feed.device), None
        )
        if not account.end and track.open is not None and dead_man is not None:
            further = track.open.rate * (float(dead_man) + BLIND_SECONDS)
            high = Millilitres(max(low, min(high, points[-1].high + further)))
    else:
        low = high = told
        points = [
            Point(point.at, *(Millilitres(min(max(end, 0.0), told)) for end in (point.low, point.high)))
            if point.high - point.low <= DOUBT * track.feed.planned
            else Point(point.at, told, told)
            for point in points
        ]
    last = Point(account.duration, low, high)
    runs = [run if run.end is not None else replace(run, end=account.duration) for run in track.episodes]
    return replace(track, points=[*(point for point in points if point.at < last.at), last], episodes=runs)


def _filling_ends(parts: Sequence[Json], index: int, device: str) -> list[float]:
    """What has left the syringe when each of its fillings is used up: a ramp has several segments in one filling."""
    following = [any(str(p["id"]).endswith(f".{device}") for p in part["prompts"]) for part in parts[1:]]
    ends = [part for part, refilled in zip(parts, [*following, True], strict=True) if refilled]
    return [float(part["until_mL"][index]) for part in ends]


def stand_of_feed(track: FeedTrack, account: Account) -> FeedStand:
    """How a feed stands; `track` as `known` gives it."""
    feed, final = track.feed, track.final
    low, high = (Millilitres(0.0), Millilitres(0.0)) if final is None else (final.low, final.high)
    step = next(row for row in account.plan["steps"] if row["id"] == feed.step)
    dose, planned = _dose(step, feed.solution, feed.device)
    loaded = _loaded(account, step, feed.solution, feed.device)
    syringe, rate = planned["syringe"], planned["rate"]
    hold_up = float(syringe["hold_up_mL"])
    middle = (low + high) / 2
    index = dose["feeds"].index(planned)
    marks = _filling_ends([part for part in dose["segments"] if part["kind"] == "dose"], index, feed.device)
    mark = next((mark for mark in marks if mark > middle), None)
    if loaded is None:
        here, line = 0.0, 0.0
    elif mark is None:
        here, line = 0.0, feed.planned - middle
    else:
        here, line = mark - middle + float(syringe["dead_volume_mL"]), hold_up
    return FeedStand(
        step=feed.step,
        solution=feed.solution,
        device=feed.device,
        vessel=feed.vessel,
        planned=feed.planned,
        low=low,
        high=high,
        in_syringe=Millilitres(here),
        in_line=Millilitres(line),
        not_loaded=Millilitres(feed.planned if loaded is None else marks[-1] - mark if mark is not None else 0.0),
        loaded=loaded,
        held=feed.held,
        slowest=MillilitresPerSecond(float(rate["slowest_mL_per_s"])),
        fastest=MillilitresPerSecond(float(rate["fastest_mL_per_s"])),
        solutes=feed.solutes,
        done=next(row.end for row in account.steps if row.id == feed.step) is not None,
    )


def _dose(step: Json, solution: str, device: str) -> tuple[Json, Json]:
    """The dose and the feed of it; of portions by pump the first, for they are alike."""
    doses = [step["work"]] if step["work"]["kind"] == "dose" else step["work"]["doses"]
    for dose in doses:
        for feed in dose["feeds"]:
            if (feed["solution"], feed["device"]) == (solution, device):
                return dose, feed
    raise LookupError(f"{step['id']} has no {solution} in {device}")


def _loaded(account: Account, step: Json, solution: str, device: str) -> Seconds | None:
    """When a person last said that this syringe is filled with this solution."""
    doses = [step["work"]] if step["work"]["kind"] == "dose" else step["work"]["doses"]
    prompts = {
        str(prompt["id"]): str(prompt["happy"])
        for dose in doses
        for segment in dose["segments"]
        for prompt in segment["prompts"]
        for act in prompt["acts"]
        if act["act"] == "load" and act["device"] == device and act["solution"] == solution
    }
    answers = [
        item.at
        for item in account.records
        if item.record.kind == "answer" and prompts.get(str(item.record.data["id"])) == item.record.data["answer"]
    ]
    return answers[-1] if answers else None
