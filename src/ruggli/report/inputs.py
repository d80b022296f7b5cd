"""What went into a vessel, by reagent: planned, and by the record at least and at most."""

from dataclasses import dataclass
from math import fsum

from ruggli.quantities.base import Millimoles
from ruggli.report.account import Account
from ruggli.report.planned import charges_of, feeds_of


@dataclass(frozen=True, slots=True)
class Input:
    """One reagent in the vessel.

    Attributes:
        reagent: name in the file.
        name: for people.
        planned: what was to go in, all steps together.
        low: what went in, at least.
        high: what went in, at most.
    """

    reagent: str
    name: str
    planned: Millimoles
    low: Millimoles
    high: Millimoles

    @property
    def middle(self) -> Millimoles:
        """The middle of the interval."""
        return Millimoles((self.low + self.high) / 2)

    @property
    def left(self) -> Millimoles:
        """What is still to be given, by the middle of the interval."""
        return Millimoles(max(0.0, self.planned - self.middle))


def inputs_of(account: Account, vessel: str) -> tuple[Input, ...]:
    """Every reagent of a vessel, in planned order: charges that were confirmed, and what the feeds delivered."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    answered = {
        (str(item.record.data["id"]), str(item.record.data["answer"]))
        for item in account.records
        if item.record.kind == "answer"
    }
    for prompt, charges in charges_of(account.plan).items():
        for charge in charges:
            done = 1.0 if (prompt, charge.happy) in answered else 0.0
            for reagent, amount in charge.solutes.items() if charge.vessel == vessel else ():
                rows.setdefault(reagent, []).append((amount, done * amount, done * amount))
    tracks = {track.feed.key: track for track in account.feeds}
    for feed in feeds_of(account.plan):
        final = tracks[feed.key].final if feed.key in tracks else None
        low, high = (0.0, 0.0) if final is None else (final.low, final.high)
        for reagent, molar in feed.solutes.items() if feed.vessel == vessel else ():
            rows.setdefault(reagent, []).append((molar * feed.planned, molar * low, molar * high))
    names = {str(row["reagent"]): str(row["name"]) for row in account.plan["reagents"]}
    return tuple(
        Input(reagent, names.get(reagent, reagent), *(Millimoles(fsum(part)) for part in zip(*parts, strict=True)))
        for reagent, parts in rows.items()
    )
