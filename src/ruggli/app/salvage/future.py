"""What is still to come into a vessel: the rest of the plan from now on, or another way to give it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Any

from ruggli.app.salvage.stand import Stand
from ruggli.chemistry.kinetics.schedule import Feed, Portion, Schedule
from ruggli.quantities.base import Millilitres, Millimoles, Seconds
from ruggli.report.planned import charges_of

Json = Mapping[str, Any]

BY_HAND = Seconds(60.0)
"""Time in which a person empties a syringe into a flask."""


@dataclass(frozen=True, slots=True)
class Future:
    """What comes from now on; times from now.

    Attributes:
        feeds: what flows in.
        portions: what is put in at once.
        dosed: when the last feed ends.
        hold: planned time between that and the end of the reaction.
    """

    feeds: tuple[Feed, ...]
    portions: tuple[Portion, ...]
    dosed: Seconds
    hold: Seconds

    @property
    def end(self) -> Seconds:
        """When the reaction ends."""
        return Seconds(self.dosed + self.hold)

    def amount(self, species: str) -> Millimoles:
        """What comes of a species."""
        flows, put = ([row.amounts.get(species, 0.0) for row in rows] for rows in (self.feeds, self.portions))
        return Millimoles(fsum((*flows, *put)))

    def at(self, pace: float) -> "Future":
        """At `pace` times the rate; what is put in at once comes accordingly earlier or later."""
        feeds = tuple(
            replace(feed, start=Seconds(feed.start / pace), duration=Seconds(feed.duration / pace))
            for feed in self.feeds
        )
        portions = tuple(replace(portion, time=Seconds(portion.time / pace)) for portion in self.portions)
        return Future(feeds, portions, Seconds(self.dosed / pace), self.hold)

    def at_once(self) -> "Future":
        """All by hand, now."""
        feeds = tuple(replace(feed, start=Seconds(0.0), duration=BY_HAND) for feed in self.feeds)
        portions = tuple(replace(portion, time=Seconds(0.0)) for portion in self.portions)
        return Future(feeds, portions, BY_HAND if feeds else Seconds(0.0), self.hold)

    def only(self, species: str, part: float) -> "Future":
        """Only what brings a species, and of that a part, at the same rate."""
        feeds = tuple(
            Feed(
                Millilitres(part * feed.volume),
                {name: Millimoles(part * amount) for name, amount in feed.amounts.items()},
                feed.start,
                Seconds(part * feed.duration),
            )
            for feed in self.feeds
            if feed.amounts.get(species) and part > 0.0
        )
        dosed = max((feed.end for feed in feeds), default=Seconds(0.0))
        return Future(feeds, (), dosed, self.hold)


def rest_of(stand: Stand, species: Mapping[str, str]) -> Future:
    """The rest of the plan, if it went on now: as resumed, without waits for hands and for warming up."""
    account = stand.account
    answered = {str(item.record.data["id"]) for item in account.records if item.record.kind == "answer"}
    charges = charges_of(account.plan)
    rows = {row.id: row for row in account.steps}
    feeds: list[Feed] = []
    portions: list[Portion] = []
    now = dosed = 0.0
    for step in account.plan["steps"]:
        row, work = rows[step["id"]], step["work"]
        if row.end is not None:
            continue
        if work["kind"] == "cool" and work["vessel"] == stand.vessel:
            break
        coming = [feed for feed in stand.feeds if feed.step == step["id"] and feed.left > 0.0]
        for feed in coming:
            amounts = {
                species[name]: Millimoles(molar * feed.left) for name, molar in feed.solutes.items() if name in species
            }
            feeds.append(Feed(feed.left, amounts, Seconds(now), Seconds(feed.left / feed.held)))
        for prompt in _prompts(work):
            if prompt["id"] in answered:
                continue
            for charge in charges.get(prompt["id"], ()):
                given = {species[name]: amount for name, amount in charge.solutes.items() if name in species}
                if charge.vessel == stand.vessel and given:
                    portions.append(Portion(Seconds(now), given))
        if coming:
            now = dosed = max(feed.end for feed in feeds)
        else:
            lasted = 0.0 if row.lasted is None else row.lasted - row.waited
            now += max(0.0, float(step["duration_s"]) - lasted)
    return Future(tuple(feeds), tuple(portions), Seconds(dosed), Seconds(now - dosed))


def joined(past: Schedule, future: Future, hold: Seconds | None = None) -> Schedule:
    """One schedule: what was, the time that it has stood (the end of `past`), what comes; `hold` instead of its own."""
    now = past.end
    end = Seconds(now + future.dosed + (future.hold if hold is None else hold))
    feeds = (*past.feeds, *(replace(feed, start=Seconds(now + feed.start)) for feed in future.feeds))
    portions = (*past.portions, *(replace(row, time=Seconds(now + row.time)) for row in future.portions))
    return Schedule(past.volume, past.amounts, feeds, portions, end)


def _prompts(work: Json) -> Sequence[Json]:
    return [work["prompt"]] if work["kind"] == "operator" else list(work.get("prompts", ()))
