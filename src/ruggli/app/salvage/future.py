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
        dosed: when the last of it is in.
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

    @property
    def brings(self) -> bool:
        """Whether anything comes."""
        return bool(self.feeds or self.portions)

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
        """All by hand, now; what was time for it is hold."""
        feeds = tuple(replace(feed, start=Seconds(0.0), duration=BY_HAND) for feed in self.feeds)
        portions = tuple(replace(portion, time=Seconds(0.0)) for portion in self.portions)
        dosed = BY_HAND if feeds else Seconds(0.0)
        return Future(feeds, portions, dosed, Seconds(self.end - dosed))

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
    """The rest of the plan, if it went on now: as resumed, without delays of people and without warming up.

    Portions keep their planned distances.
    """
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
        if step["id"] == stand.over_step:
            break
        coming = [feed for feed in stand.coming if feed.step == step["id"]]
        for feed in coming:
            amounts = {
                species[name]: Millimoles(molar * feed.left) for name, molar in feed.solutes.items() if name in species
            }
            feeds.append(Feed(feed.left, amounts, Seconds(now), Seconds(feed.left / feed.held)))
        prompts = [prompt for prompt in _prompts(work) if prompt["id"] not in answered]
        first = float(prompts[0]["when_s"]) if prompts else 0.0
        for prompt in prompts:
            at = Seconds(now + float(prompt["when_s"]) - first)
            for charge in charges.get(prompt["id"], ()):
                given = {species[name]: amount for name, amount in charge.solutes.items() if name in species}
                if charge.vessel == stand.vessel and given:
                    portions.append(Portion(at, given))
                    dosed = max(dosed, at)
        if coming:
            now = dosed = max(feed.end for feed in feeds)
        elif work["kind"] == "portions" and prompts:
            now += float(step["start_s"]) + float(step["duration_s"]) - first
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
