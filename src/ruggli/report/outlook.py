"""What a run is expected to make: what was really added so far, and what of the plan is still to come.

Steps that are not done follow the record one after another as planned: a dose goes on with what is left of it at its
planned rates, and what hands put in comes when the plan has it. A run that has ended has nothing more to come.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import fsum
from typing import Any

from ruggli.errors import InputError
from ruggli.quantities.base import Millilitres, Millimoles, Seconds
from ruggli.report.account import INTERRUPTED, Account
from ruggli.report.corrected import measured_of
from ruggli.report.planned import Json, PlannedFeed, charges_of, feeds_of, steps_of
from ruggli.report.reaction import reaction_request

GOES_ON = frozenset({INTERRUPTED, "held"})
"""Verdicts of a run that goes on or can be taken up."""
AT_ONCE = Seconds(1.0)
"""How long a charge by hand takes to the solver."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the solver needs, and the times that people are told with it.

    Attributes:
        start: time of the run at which the substrate began to flow.
        now: time of the last record.
        end: time of the run at which the reaction is over, by record or by plan.
        to_come: how much is still to be added.
        asked: what the solver takes.
    """

    start: Seconds
    now: Seconds
    end: Seconds
    to_come: Millilitres
    asked: dict[str, Any]


def outlook_of(account: Account) -> Outlook:
    """The reaction of a run, with the rest that is planned.

    Raises:
        InputError: the plan of the run has no reaction with constants, or nothing of it has begun.
    """
    reaction = account.plan.get("reaction")
    if reaction is None:
        raise InputError("the plan of this run has no reaction with constants, so nothing is expected of it")
    found = reaction_request(account)
    if found is None:
        raise InputError("by its record, no substrate is in the flask of this run yet; `ruggli predict` tells of plans")
    start, asked = found
    seen = Seconds(start + float(asked["schedule"]["end_s"]))
    feeds, end = _rest(account, reaction, seen) if account.verdict in GOES_ON else ([], seen)
    rest = [{**feed, "start_s": feed["start_s"] - start} for feed in feeds]
    schedule = {**asked["schedule"], "feeds": [*asked["schedule"]["feeds"], *rest], "end_s": end - start}
    measured = measured_of(account, str(reaction["vessel"]), start, Seconds(end - start))
    to_come = Millilitres(fsum(feed["volume_mL"] for feed in rest))
    return Outlook(start, account.duration, end, to_come, {**asked, "schedule": schedule, "measured": measured})


def _rest(account: Account, reaction: Json, seen: Seconds) -> tuple[list[dict[str, Any]], Seconds]:
    """What is still to come, in times of the run, and when the reaction is over."""
    rows = {row.id: row for row in account.steps}
    given = {track.feed.key: track.points[-1].middle for track in account.feeds if track.points}
    answered = {str(record.data["id"]) for record in account.view.of("answer")}
    charges = {prompt: put for prompt, put in charges_of(account.plan).items() if prompt not in answered}
    asked_at = {str(prompt["id"]): float(prompt["when_s"]) for prompt in account.plan.get("prompts", ())}
    vessel, species, over = str(reaction["vessel"]), reaction["species"], reaction.get("over")
    feeds: list[dict[str, Any]] = []
    begin = seen
    for step in steps_of(account.plan):
        row, work = rows[str(step["id"])], step["work"]
        ends_it = row.id == over if over is not None else work["kind"] == "cool" and work.get("vessel") == vessel
        if ends_it:
            break
        if row.end is not None:
            continue
        gone = 0.0 if row.start is None else seen - row.start
        begun = row.start is not None
        took = max(0.0, float(step["duration_s"]) - gone)
        own_feeds = [feed for feed in feeds_of(account.plan) if feed.step == row.id and feed.vessel == vessel]
        if begun and own_feeds:
            took = 0.0  # the planned time is for hands too, and they are done
        for feed in own_feeds:
            for after, volume, lasts in _left(feed, given.get(feed.key, Millilitres(0.0)), begun=begun):
                amounts = {name: Millimoles(molar * volume) for name, molar in feed.solutes.items()}
                feeds.append(_feed(volume, amounts, species, Seconds(begin + after), lasts))
                took = max(took, after + lasts)
        for prompt, put in charges.items():
            if prompt == row.id or prompt.startswith(f"{row.id}."):
                at = Seconds(begin + max(0.0, asked_at[prompt] - float(step["start_s"]) - gone))
                own = (charge for charge in put if charge.vessel == vessel)
                feeds += [_feed(charge.volume, charge.solutes, species, at, AT_ONCE) for charge in own]
        begin = Seconds(begin + took)
    useful = [feed for feed in feeds if feed["volume_mL"] > 0.0 or any(feed["amounts_mmol"].values())]
    return useful, begin


def _left(feed: PlannedFeed, given: Millilitres, *, begun: bool) -> Iterator[tuple[Seconds, Millilitres, Seconds]]:
    """What is left of a feed: after which time, how much, and how long; ramps, refills and portions as planned.

    Args:
        feed: the feed.
        given: how much is in already.
        begun: whether its step has begun; then the rest follows at once.
    """
    first: float | None = None if begun else 0.0
    for part in feed.stretches:
        volume = part.high - max(part.low, given)
        if volume > 0.0:
            lasts = volume / part.rate
            start = part.end - lasts
            first = start if first is None else first
            yield Seconds(start - first), Millilitres(volume), Seconds(lasts)


def _feed(
    volume: Millilitres, amounts: Mapping[str, Millimoles], species: Mapping[str, str], at: Seconds, lasts: Seconds
) -> dict[str, Any]:
    known = {species[name]: amount for name, amount in amounts.items() if name in species}
    return {"volume_mL": volume, "amounts_mmol": known, "start_s": at, "duration_s": lasts}
