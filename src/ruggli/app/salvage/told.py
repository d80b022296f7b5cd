"""Amounts of an option in words."""

from ruggli.app.salvage.future import Future
from ruggli.app.salvage.stand import Stand
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimoles, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show


def volume(value: Millilitres) -> str:
    """`20.38 mL`."""
    return show(value, Dimension.VOLUME)


def flow(value: MillilitresPerSecond) -> str:
    """`85.73 uL/min`."""
    return show(value, Dimension.FLOW_RATE)


def amount(value: Millimoles) -> str:
    """`0.68 mmol`."""
    return show(value, Dimension.AMOUNT)


def duration(value: Seconds) -> str:
    """`3.96 h`."""
    return show(value, Dimension.DURATION)


def rest(stand: Stand, pace: float = 1.0) -> tuple[str, ...]:
    """What is left of every solution, at which rate and for how long."""
    return tuple(
        f"{volume(feed.left)} of {feed.solution} by {feed.device} at {flow(MillilitresPerSecond(pace * feed.held))}, "
        f"for {duration(Seconds(feed.left / (pace * feed.held)))}"
        for feed in stand.coming
    )


def portions(stand: Stand) -> tuple[str, ...]:
    """The portions of a series that are still to come."""
    for row, step in zip(stand.account.steps, stand.account.plan["steps"], strict=True):
        work = step["work"]
        if work["kind"] != "portions" or row.end is not None or work["vessel"] != stand.vessel:
            continue
        number = max(len(work["prompts"]), len(work["doses"]))
        given = [
            int(item.record.data["portion"])
            for item in stand.account.records
            if item.record.kind == "portion_given" and item.record.data["step"] == step["id"]
        ]
        done = max(given, default=0)
        left = f"portion {number}" if number == done + 1 else f"portions {done + 1} to {number}"
        return (f"{left} of {number}, {duration(Seconds(work['interval_s']))} apart, each behind its gate",)
    return ()


def then(future: Future, hold: Seconds | None = None) -> str:
    """The hold at the end."""
    length = future.hold if hold is None else hold
    return f"then keep it as it is for {duration(length)}" if length > 0.0 else "then work up"


def molar(value: float) -> str:
    """`1.84 mM`."""
    return show(value, Dimension.CONCENTRATION)
