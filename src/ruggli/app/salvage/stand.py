"""How an interrupted run stands: what is in its vessel, what is left, how warm and for how long it has stood."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ruggli.app.salvage.feed_stand import FeedStand, known, stand_of_feed
from ruggli.errors import InputError
from ruggli.plan.flask import ENDS
from ruggli.quantities.base import Celsius, Millilitres, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show
from ruggli.report.account import Account, StepRow
from ruggli.report.contents import vessels_of
from ruggli.report.inputs import Input, inputs_of
from ruggli.report.planned import charges_of, feeds_of

Json = Mapping[str, Any]

ALIVE = Seconds(30.0)
"""A record whose last line is not older than this may be that of a program that lives: a sample comes every 5 s."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a run stands.

    Attributes:
        account: the run, its courses as narrow as the record and a person can make them.
        step: the step under way, or the next one; None where all are done.
        vessel: where the reaction is; "" where nothing goes into any.
        volume: what is in it, None where nothing is.
        reagents: what went in and what was to.
        feeds: every solution that pumps dose into it.
        stood: time since the record ended.
        heating: whether the heater was left on by the last command.
        temperature: last reading of the probe, or None.
        planned_temperature: of the vessel when the run broke off, or None where no heater is planned for it.
        room: temperature of the room.
        over_step: id of the step with which the reaction is over (cooled, quenched, worked up), or None.
        over: why nothing can be salvaged any more, or "".
    """

    account: Account
    step: StepRow | None
    vessel: str
    volume: Millilitres | None
    reagents: tuple[Input, ...]
    feeds: tuple[FeedStand, ...]
    stood: Seconds
    heating: bool
    temperature: Celsius | None
    planned_temperature: Celsius | None
    room: Celsius
    over_step: str | None
    over: str

    @property
    def standing_temperature(self) -> Celsius:
        """Taken for the time since the record ended: that of the hold while the heater is on, else the room's."""
        if not self.heating:
            return self.room
        return self.temperature if self.temperature is not None else self.planned_temperature or self.room

    @property
    def unknown(self) -> tuple[FeedStand, ...]:
        """Feeds of which too little is known."""
        return tuple(feed for feed in self.feeds if feed.unknown)

    @property
    def coming(self) -> tuple[FeedStand, ...]:
        """Feeds of which something is still to be given before the reaction is over."""
        numbers = {row.id: row.number for row in self.account.steps}
        last = numbers.get(self.over_step or "", len(numbers) + 1)
        return tuple(feed for feed in self.feeds if feed.left > 0.0 and numbers[feed.step] < last)

    def beyond(self, pace: float) -> Iterator[str]:
        """The pumps that cannot give the rest at `pace` times the planned rate, in words."""
        for feed in self.coming:
            rate = pace * feed.held
            if not feed.slowest <= rate <= feed.fastest:
                slowest, fastest, wanted = (
                    show(value, Dimension.FLOW_RATE) for value in (feed.slowest, feed.fastest, rate)
                )
                yield f"{feed.device} cannot give {wanted}: it goes from {slowest} to {fastest} with this syringe"

    def age(self, loaded: Seconds) -> Seconds:
        """For how long a syringe has been filled."""
        return Seconds(self.account.duration + self.stood - loaded)


def stand_of(account: Account, stood: Seconds, told: Mapping[str, Millilitres]) -> Stand:
    """How a run stands. Pure.

    Args:
        account: the run.
        stood: time since the record ended.
        told: by solution, what a person has read: the volume that has reached the vessel.

    Raises:
        InputError: the record is of a version that did not write down what this needs.
    """
    if any("room_degC" not in device for device in account.plan["devices"]):
        raise InputError(
            f"run {account.run}: its record is of an older version of Ruggli, whose plan has no temperature of the "
            "room; nothing can be reckoned with it; `ruggli report` shows what went in"
        )
    tracks = tuple(known(track, account, told.get(track.feed.solution)) for track in account.feeds)
    times = [*(item.at for item in account.samples), account.duration]
    vessels = vessels_of(account.records, times, account.plan, tracks)
    account = replace(account, feeds=tracks, vessels=vessels)
    vessel = _vessel(account)
    feeds = tuple(stand_of_feed(track, account) for track in tracks if track.feed.vessel == vessel)
    step = next((row for row in account.steps if row.end is None), None)
    temperature, heating = _plate(account, vessel, stood)
    over = _over_step(account, vessel)
    volume = next((track.volumes[-1] for track in vessels if track.name == vessel), None)
    return Stand(
        account=account,
        step=step,
        vessel=vessel,
        volume=volume,
        reagents=inputs_of(account, vessel),
        feeds=feeds,
        stood=stood,
        heating=heating,
        temperature=temperature,
        planned_temperature=_planned_temperature(account, vessel, step),
        room=Celsius(float(account.plan["devices"][0]["room_degC"])),
        over_step=over,
        over=_over(account, over),
    )


def _vessel(account: Account) -> str:
    """Of the reaction, as the plan has it; else of the first dose, else of the first charge."""
    reaction = account.plan.get("reaction")
    if reaction is not None:
        return str(reaction["vessel"])
    doses = [feed.vessel for feed in feeds_of(account.plan)]
    charges = [charge.vessel for row in charges_of(account.plan).values() for charge in row]
    return next(iter([*doses, *charges]), "")


def _plate(account: Account, vessel: str, stood: Seconds) -> tuple[Celsius | None, bool]:
    """Last reading in a vessel, and whether its heater was left on; a dead-man turns it off where nobody talks."""
    works = [step["work"] for step in account.plan["steps"]]
    name = next(
        (work["hotplate"] for work in works if work["kind"] in ("heat", "cool") and work["vessel"] == vessel), ""
    )
    track = next((track for track in account.plates if track.name == name), None)
    if track is None:
        return None, False
    device = next(row for row in account.plan["devices"] if row["name"] == name)
    silent = not account.end and stood > ALIVE and device["dead_man_s"] is not None
    heating = bool(track.told) and track.told[-1][1] is not None and not silent
    return next((value for value in reversed(track.probe) if value is not None), None), heating


def _planned_temperature(account: Account, vessel: str, step: StepRow | None) -> Celsius | None:
    until = account.duration if step is None else step.planned_start
    rows = [row for row in account.plan["temperatures"] if row["vessel"] == vessel and float(row["start_s"]) <= until]
    return Celsius(float(rows[-1]["expected_degC"])) if rows else None


def _over_step(account: Account, vessel: str) -> str | None:
    """As the plan of the reaction has it; else the first step of those kinds once all feeds and portions are in."""
    reaction = account.plan.get("reaction")
    if reaction is not None and "over" in reaction:
        return None if reaction["over"] is None else str(reaction["over"])
    steps = account.plan["steps"]
    brings = [step["number"] for step in steps if step["do"] in ("dose", "portions", "charge")]
    fed = [step["number"] for step in steps if step["do"] in ("dose", "portions") and step["work"]["vessel"] == vessel]
    last = max(fed or brings, default=0)
    return next((str(step["id"]) for step in steps if step["number"] > last and step["do"] in ENDS), None)


def _over(account: Account, step: str | None) -> str:
    row = next((row for row in account.steps if row.id == step and row.start is not None), None)
    if row is not None:
        return f"step {row.number}, {row.title}, has begun: the reaction is over"
    return "the run is complete" if account.verdict == "complete" else ""
