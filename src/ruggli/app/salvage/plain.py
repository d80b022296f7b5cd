"""The options of a run that no kinetic model foresees: amounts, rates and times, and no prediction."""

from collections.abc import Iterator, Mapping
from typing import Any

from ruggli.app.salvage import told
from ruggli.app.salvage.future import Future
from ruggli.app.salvage.option import Option, Standing
from ruggli.app.salvage.stand import Stand
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Seconds

Json = Mapping[str, Any]


def plain_options(stand: Stand, future: Future, closed: str) -> Iterator[Option]:
    """The options, those that are not open too.

    Args:
        stand: how the run stands.
        future: the rest of the plan.
        closed: why `ruggli resume` cannot go on, or "".
    """
    rest = (*told.rest(stand), *told.portions(stand))
    why = (f"`ruggli resume` cannot: {closed}; it takes a new protocol file for the rest",) if closed else ()
    yield Option("resume", "go on as planned", Standing.POSSIBLE, why, (*rest, told.then(future)), future.end)
    if rest:
        do = ("give nothing more; " + told.then(future),)
        yield Option("stop-feeding", "give nothing more, hold, work up", Standing.POSSIBLE, (), do, future.hold)
    if future.feeds:
        yield from (_paced(stand, future, id, pace) for id, pace in (("slower", 0.5), ("faster", 2.0)))
    quench = quench_now(stand)
    if quench is not None:
        yield quench


def unknown_options(stand: Stand) -> Iterator[Option]:
    """What stands before everything else: to read the syringes of which too little is known."""
    for feed in stand.unknown:
        why = (
            f"between {told.volume(feed.low)} and {told.volume(feed.high)} of {feed.solution} reached {feed.vessel}; "
            "no option can be reckoned before that is known",
        )
        do = (
            f"read the syringe in {feed.device}, then: "
            f'ruggli salvage {stand.account.run} --delivered {feed.solution}="{told.volume(feed.low)}"',
        )
        title = f"read what is left of {feed.solution}"
        yield Option("read-the-syringe", title, Standing.POSSIBLE, why, do, None)


def _paced(stand: Stand, future: Future, id: str, pace: float) -> Option:
    why = ["`ruggli resume` keeps the planned rate; it takes a new protocol file for the rest"]
    beyond = list(stand.beyond(pace))
    standing = Standing.NOT_POSSIBLE if beyond else Standing.POSSIBLE
    paced = future.at(pace)
    do = (*told.rest(stand, pace), told.then(paced))
    title = f"give the rest at {'half' if pace < 1.0 else 'twice'} the rate"
    return Option(id, title, standing, (*beyond, *why), do, paced.end)


def quench_now(stand: Stand) -> Option | None:
    """Quench now, as the plan has it."""
    step = next((step for step in stand.account.plan["steps"] if step["do"] == "quench"), None)
    if step is None:
        return None
    work = step["work"]
    feeds = work["feeds"] if work["kind"] == "dose" else ()
    rates = [MillilitresPerSecond(feed["rate"]["held_mL_per_s"]) for feed in feeds]
    do = tuple(
        f"{told.volume(Millilitres(feed['planned_mL']))} of {feed['solution']} at {told.flow(rate)}"
        for feed, rate in zip(feeds, rates, strict=True)
    ) or (str(work["prompt"]["text"]),)
    notes = tuple(str(problem["message"]) for problem in stand.account.plan["problems"] if problem["code"] == "N-GAS")
    return Option("quench", "quench now and work up", Standing.POSSIBLE, notes, do, Seconds(0.0))
