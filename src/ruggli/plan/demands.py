"""What each dosing step has to deliver: solutions, volumes and, where the file decides it, the time."""

from collections.abc import Mapping
from dataclasses import dataclass

from ruggli.plan.chemicals import Chemicals
from ruggli.protocol.model import AnyStep, Dose, Portions, Protocol, Quench
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Seconds
from ruggli.quantities.reader import Reading


@dataclass(frozen=True, slots=True)
class Demand:
    """One solution of one step.

    Attributes:
        solution: its name.
        volume: volume that has to reach the vessel in all.
        count: 1, or the number of portions that the volume is split into.
    """

    solution: str
    volume: Millilitres
    count: int = 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything that one step delivers by pump.

    Attributes:
        index: 0-based number of the step.
        vessel: the protocol's vessel.
        demands: one for each solution.
        duration: time of the whole delivery (of portions: without the waits), or None where ceiling or vent decide.
        rate: rate of the first solution where the file gives a rate and no duration, else None.
    """

    index: int
    vessel: str
    demands: tuple[Demand, ...]
    duration: Seconds | None
    rate: MillilitresPerSecond | None

    def flow(self, demand: Demand) -> MillilitresPerSecond | None:
        """Flow of one solution before line and chase are counted, or None where a ceiling or a vent decides it."""
        return None if self.duration is None else MillilitresPerSecond(demand.volume / self.duration)


def deliveries_of(protocol: Protocol, chemicals: Chemicals) -> Mapping[int, Delivery]:
    """The deliveries of all dosing steps, by step index. A step that gives no volume takes the whole solution."""
    found = ((index, _delivery(index, step, chemicals)) for index, step in enumerate(protocol.steps))
    return {index: delivery for index, delivery in found if delivery is not None}


def _delivery(index: int, step: AnyStep, chemicals: Chemicals) -> Delivery | None:
    if isinstance(step, Dose):
        names = step.solutions
    elif isinstance(step, Quench):
        names = (step.solution,)
    elif isinstance(step, Portions):
        names = (step.what,)
    else:
        return None
    if any(name not in chemicals.mixtures for name in names):
        return None
    stated = step.volume if isinstance(step, Dose) else None
    count = step.count if isinstance(step, Portions) else 1
    demands = tuple(
        Demand(name, chemicals.mixtures[name].volume if stated is None else Millilitres(stated.base), count)
        for name in names
    )
    rate = MillilitresPerSecond(step.rate.base) if isinstance(step.rate, Reading) else None
    if not isinstance(step, Portions) and step.duration is not None:
        return Delivery(index, step.into, demands, Seconds(step.duration.base), None)
    duration = None if rate is None else Seconds(demands[0].volume / rate)
    return Delivery(index, step.into, demands, duration, rate)
