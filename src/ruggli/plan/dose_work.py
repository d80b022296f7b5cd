"""A dose with every number decided: feeds, stretches, and what is kept low meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from ruggli.plan.gate_plan import GatePlan
from ruggli.plan.kept import KeptReagent, PileRule, RatioPlan
from ruggli.plan.planned_prompt import PlannedPrompt
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Molar, Seconds


@dataclass(frozen=True, slots=True)
class HeldRate:
    """A flow rate as requested and as the pump will really hold it.

    Attributes:
        requested: mL/s.
        held: mL/s.
        text: as the pump holds it, for people (`2.500 mL/h`).
        slowest: slowest flow of this pump with this bore.
        fastest: fastest flow of this pump with this bore.
    """

    requested: MillilitresPerSecond
    held: MillilitresPerSecond
    text: str
    slowest: MillilitresPerSecond
    fastest: MillilitresPerSecond

    @property
    def error(self) -> float:
        """Relative error of the held rate (0.001 is 0.1 %)."""
        return self.held / self.requested - 1.0


@dataclass(frozen=True, slots=True)
class SyringePlan:
    """The syringe of a feed."""

    label: str
    bore: Millimetres
    capacity: Millilitres
    dead_volume: Millilitres
    hold_up: Millilitres


@dataclass(frozen=True, slots=True)
class Feed:
    """One solution of a dose, in one pump.

    Attributes:
        solution: name of the solution.
        device: name of the pump.
        syringe: see `SyringePlan`.
        planned: volume of the solution that has to reach the vessel.
        rate: see `HeldRate`.
        solvent: solvent of the solution.
        solutes: concentration of each solute, mol/L.
    """

    solution: str
    device: str
    syringe: SyringePlan
    planned: Millilitres
    rate: HeldRate
    solvent: str
    solutes: Mapping[str, Molar]


class SegmentKind(Enum):
    """Solution from the syringe, or solvent that pushes the line's contents out."""

    DOSE = "dose"
    CHASE = "chase"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a dose between two fillings; all feeds start and end it together.

    Attributes:
        kind: see `SegmentKind`.
        until: plunger volume that each feed has displaced in all when the segment ends, in the order of the feeds.
        prompts: questions that come first (load and prime, refill, change to chase).
        duration: planned time of the segment.
        rates: flow of each feed in this segment, in the order of the feeds; None where each keeps its own.
    """

    kind: SegmentKind
    until: tuple[Millilitres, ...]
    prompts: tuple[PlannedPrompt, ...]
    duration: Seconds
    rates: tuple[HeldRate, ...] | None = None


@dataclass(frozen=True, slots=True)
class DropPlan:
    """Drops of one feed from a line that ends above the liquid.

    Attributes:
        device: name of the pump.
        solution: name of the solution.
        tip: outer diameter of the end of the line.
        size: volume of a drop.
        period: time from drop to drop at the slowest rate of the dose.
        part: of the dose in one drop.
        spikes: by how much one drop lifts each solute in the stirred vessel, at the start of the dose.
    """

    device: str
    solution: str
    tip: Millimetres
    size: Millilitres
    period: Seconds
    part: float
    spikes: Mapping[str, Molar]


@dataclass(frozen=True, slots=True)
class DoseWork:
    """Deliver feeds together into a vessel.

    Attributes:
        vessel: receiving vessel.
        feeds: one for each solution.
        segments: see `Segment`.
        gate: see `GatePlan`, or None.
        kept: reagents whose concentration is kept low; None where the file keeps none.
        pile: how much of them may pile up, or None.
        ratio: two reagents that flow in one ratio, or None.
        drops: drops of the feeds that fall, or None where nobody asks for them.
    """

    vessel: str
    feeds: tuple[Feed, ...]
    segments: tuple[Segment, ...]
    gate: GatePlan | None = None
    kept: tuple[KeptReagent, ...] | None = None
    pile: PileRule | None = None
    ratio: RatioPlan | None = None
    drops: tuple[DropPlan, ...] | None = None

    def rate_of(self, segment: int, feed: int) -> HeldRate:
        """The flow of a feed in a segment, both by number."""
        own = self.segments[segment].rates
        return self.feeds[feed].rate if own is None else own[feed]
