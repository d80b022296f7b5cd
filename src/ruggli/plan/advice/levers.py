"""The levers of a protocol: parameters that drive addition time, solvent, catalyst and how much of it goes in first.

A parameter is a lever by what it drives in the file, whatever its name: it is followed through `$NAME`. What is written
as a plain value stays as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from ruggli.chemistry.rules.metathesis_feed import ADDITION, HIGHEST, LOADING, LOWEST
from ruggli.documents.nodes import Document, Path
from ruggli.plan.advice.ranges import Range, cut, levels
from ruggli.plan.model import DoseWork, Plan
from ruggli.plan.reaction_plan import ReactionPlan
from ruggli.protocol.model import Charge, Dose, Protocol
from ruggli.protocol.parameter_value import parameter_text
from ruggli.protocol.parameters import Use
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import QuantityError, read_quantity


class LeverKind(Enum):
    """What a lever moves; the value is the word for people."""

    TIME = "addition time"
    SOLVENT = "solvent in the flask before the addition"
    LOADING = "catalyst loading"
    PRE_CHARGE = "catalyst solution charged before the addition"


DIMENSIONS: Mapping[LeverKind, Dimension] = {
    LeverKind.TIME: Dimension.DURATION,
    LeverKind.SOLVENT: Dimension.VOLUME,
    LeverKind.LOADING: Dimension.MOLE_PERCENT,
    LeverKind.PRE_CHARGE: Dimension.VOLUME,
}


@dataclass(frozen=True, slots=True)
class Lever:
    """A parameter that the search may move.

    Attributes:
        kind: what it drives.
        parameter: its name in the file.
        now: its value as the protocol is asked for, in base units.
        range: where it may move, and what sets the ends.
    """

    kind: LeverKind
    parameter: str
    now: float
    range: Range

    @property
    def dimension(self) -> Dimension:
        """What it measures."""
        return DIMENSIONS[self.kind]

    @property
    def ends(self) -> tuple[str, str]:
        """Its lowest and its highest value that is tried, as texts."""
        found = levels(self.range, self.dimension, 2, even=True)
        return found[0], found[-1]


@dataclass(frozen=True, slots=True)
class Fixed:
    """Something that the search leaves as it is, and why."""

    kind: LeverKind
    why: str


@dataclass(frozen=True, slots=True)
class Levers:
    """What moves and what does not."""

    moving: tuple[Lever, ...]
    fixed: tuple[Fixed, ...]


@dataclass(frozen=True, slots=True)
class Driven:
    """A place of the file that a kind of lever drives, or why there is none."""

    kind: LeverKind
    path: Path | None
    lacks: str = ""


def levers_of(
    protocol: Protocol,
    document: Document,
    uses: Mapping[Path, Use],
    plan: Plan,
    reaction: ReactionPlan,
    accepted: frozenset[str],
    settled: frozenset[str],
) -> Levers:
    """Find the levers.

    Args:
        protocol: the protocol with its parameters in place.
        document: the file as written.
        uses: by path, where parameters are used.
        plan: its plan as it stands.
        reaction: which reaction it carries out.
        accepted: codes of accepted warnings: the rule of an accepted warning cuts no range.
        settled: parameters that the user has set; these stay.
    """
    moving: list[Lever] = []
    fixed: list[Fixed] = []
    for driven in _driven(protocol, reaction):
        found = _lever(driven, document, uses, plan, reaction, accepted, settled)
        if isinstance(found, Lever) and any(lever.parameter == found.parameter for lever in moving):
            found = Fixed(driven.kind, f"parameter {found.parameter} drives something else too, and moves with that")
        if isinstance(found, Lever):
            moving.append(found)
        else:
            fixed.append(found)
    return Levers(tuple(moving), tuple(fixed))


def _driven(protocol: Protocol, reaction: ReactionPlan) -> Iterator[Driven]:
    """Each kind with the place of the file that drives it."""
    substrate, catalyst = (
        next((name for name, species in reaction.species.items() if species == wanted), "") for wanted in ("M", "Ru")
    )
    index = _addition(protocol, substrate)
    step = None if index is None else protocol.steps[index]
    if index is None or not isinstance(step, Dose):
        told = "no `dose` step brings the substrate: no pump gives it a time"
        yield Driven(LeverKind.TIME, None, told)
        return
    if step.duration is None:
        yield Driven(LeverKind.TIME, None, f"step {step.id} has no `duration`")
    else:
        yield Driven(LeverKind.TIME, ("steps", index, "duration"))
    yield _charged(protocol, step, index)
    mole_percent = protocol.reagents[catalyst].mole_percent if catalyst in protocol.reagents else None
    if mole_percent is None:
        yield Driven(LeverKind.LOADING, None, f"{catalyst or 'the catalyst'} has no `mole_percent`")
    else:
        yield Driven(LeverKind.LOADING, ("reagents", catalyst, "mole_percent"))
    yield _pre_charged(protocol, step, index, catalyst)


def _addition(protocol: Protocol, substrate: str) -> int | None:
    """Index of the step that doses the substrate."""
    for index, step in enumerate(protocol.steps):
        if isinstance(step, Dose) and any(substrate in protocol.solutions[name].solutes for name in step.solutions):
            return index
    return None


def _charged(protocol: Protocol, addition: Dose, before: int) -> Driven:
    """The volume of a solvent that is put into the vessel before the addition."""
    for index, step in enumerate(protocol.steps[:before]):
        if isinstance(step, Charge) and step.vessel == addition.into:
            for number, portion in enumerate(step.contents):
                if portion.what in protocol.reagents and portion.volume is not None:
                    return Driven(LeverKind.SOLVENT, ("steps", index, "contents", number, "volume"))
    lacks = f"no `charge` step puts solvent into {addition.into} before step {addition.id}"
    return Driven(LeverKind.SOLVENT, None, lacks)


def _pre_charged(protocol: Protocol, addition: Dose, before: int, catalyst: str) -> Driven:
    """The volume of the catalyst's solution that is put into the vessel before the addition, which takes the rest."""
    kind = LeverKind.PRE_CHARGE
    solution = next((name for name in addition.solutions if catalyst in protocol.solutions[name].solutes), None)
    if solution is None or addition.volume is not None:
        return Driven(kind, None, f"step {addition.id} does not take the rest of a solution of the catalyst")
    if len(protocol.solutions[solution].solutes) > 1:
        return Driven(kind, None, f"{solution} brings something else too")
    for index, step in enumerate(protocol.steps[:before]):
        if isinstance(step, Charge) and step.vessel == addition.into:
            for number, portion in enumerate(step.contents):
                if portion.what == solution and portion.volume is not None:
                    return Driven(kind, ("steps", index, "contents", number, "volume"))
    lacks = (
        f"no `charge` step puts a part of {solution} into {addition.into} before step {addition.id}; to have it "
        f"searched, write `- what: {solution}` with `volume: $pre_charge` there and declare the parameter pre_charge"
    )
    return Driven(kind, None, lacks)


def _lever(
    driven: Driven,
    document: Document,
    uses: Mapping[Path, Use],
    plan: Plan,
    reaction: ReactionPlan,
    accepted: frozenset[str],
    settled: frozenset[str],
) -> Lever | Fixed:
    kind = driven.kind
    if driven.path is None:
        return Fixed(kind, driven.lacks)
    use = uses.get(driven.path)
    if use is None:
        mark = document.mark(driven.path)
        why = f"line {mark.line} has a plain value; write `$NAME` there and declare the parameter to have it searched"
        return Fixed(kind, why)
    if use.parameter in settled:
        return Fixed(kind, f"--set {use.parameter} keeps it at {use.value}")
    try:
        now = read_quantity(use.value, DIMENSIONS[kind]).base
    except QuantityError:
        return Fixed(kind, f"parameter {use.parameter} is {use.value}")
    limits = _limits(document, use.parameter, kind)
    found = cut(kind.name, now, limits, _by_rules(kind, plan, reaction, now, accepted))
    if isinstance(found, str):
        return Fixed(kind, f"parameter {use.parameter}: {found}")
    return Lever(kind, use.parameter, now, found)


def _limits(document: Document, parameter: str, kind: LeverKind) -> tuple[float | None, float | None]:
    """`min` and `max` of a parameter, in base units."""
    texts = [parameter_text(document, parameter, key) for key in ("min", "max")]
    low, high = (None if text is None else read_quantity(text, DIMENSIONS[kind]).base for text in texts)
    return low, high


def _by_rules(
    kind: LeverKind, plan: Plan, reaction: ReactionPlan, now: float, accepted: frozenset[str]
) -> list[tuple[str, float | None, float | None]]:
    """What rules and glass leave of a range: by whom, lowest, highest."""
    if kind is LeverKind.TIME:
        return [] if _accepted("RCM-04", accepted) else [("rule RCM-04", *ADDITION)]
    if kind is LeverKind.LOADING:
        return [] if _accepted("RCM-16", accepted) else [("rule RCM-16", *LOADING)]
    if kind is LeverKind.PRE_CHARGE:
        return [_left_to_dose(plan, reaction, now)]
    mine = [row for row in plan.volumes if row.vessel == reaction.vessel]
    substrate = next(name for name, species in reaction.species.items() if species == "M")
    number = max((index for index, row in enumerate(mine) if _brings(plan, row.step, substrate)), default=None)
    found: list[tuple[str, float | None, float | None]] = []
    if number is not None:
        amount = next(row.amount for row in plan.reagents if row.reagent == substrate)
        rest = mine[number].after - now
        found.append(("rule RCM-01", amount / HIGHEST - rest, None))
        if not _accepted("RCM-02", accepted):
            found.append(("rule RCM-02", None, amount / LOWEST - rest))
    room = min((row.working_volume - row.after for row in mine), default=0.0)
    found.append((f"the working volume of {reaction.vessel}", None, now + room))
    return found


def _left_to_dose(plan: Plan, reaction: ReactionPlan, now: float) -> tuple[str, float | None, float | None]:
    """The most that can be charged: the dose of the rest has to be more than its line holds."""
    catalyst = next(name for name, species in reaction.species.items() if species == "Ru")
    feeds = (feed for step in plan.steps if isinstance(step.work, DoseWork) for feed in step.work.feeds)
    feed = next(feed for feed in feeds if catalyst in feed.solutes)
    return f"the line of {feed.device}, which the dose has to fill", None, now + feed.planned - feed.syringe.hold_up


def _accepted(rule: str, accepted: frozenset[str]) -> bool:
    """Whether the warning of a rule was accepted."""
    return f"W-{rule}" in accepted


def _brings(plan: Plan, step_id: str, reagent: str) -> bool:
    """Whether a step doses a solution of a reagent."""
    step = next(step for step in plan.steps if step.id == step_id)
    return isinstance(step.work, DoseWork) and any(reagent in feed.solutes for feed in step.work.feeds)
