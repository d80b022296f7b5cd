"""What each dosing step has to deliver: solutions, volumes and, where the file decides it, the time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ruggli.plan.chemicals import Chemicals
from ruggli.protocol.model import AnyStep, Dose, Portions, Protocol, Quench, Ratio
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Seconds
from ruggli.quantities.reader import Reading

_SAME = 1e-6
"""A volume that is this close to the whole solution is the whole solution."""


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
        duration: time of the whole delivery (of portions: without the waits), or None where a bound or a vent decides.
        rate: rate of the first solution where the file gives a rate and no duration, else None.
    """

    index: int
    vessel: str
    demands: tuple[Demand, ...]
    duration: Seconds | None
    rate: MillilitresPerSecond | None

    def flow(self, demand: Demand) -> MillilitresPerSecond | None:
        """Flow of one solution before line and chase are counted, or None where a bound or a vent decides it."""
        return None if self.duration is None else MillilitresPerSecond(demand.volume / self.duration)


def deliveries_of(protocol: Protocol, chemicals: Chemicals) -> Mapping[int, Delivery]:
    """The deliveries of all dosing steps, by step index. A step that gives no volume takes what is left."""
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
        Demand(name, chemicals.mixtures[name].rest if stated is None else Millilitres(stated.base), count)
        for name in names
    )
    if isinstance(step, Dose) and step.ratio is not None:
        demands = _in_ratio(demands, step.ratio, chemicals)
    rate = MillilitresPerSecond(step.rate.base) if isinstance(step.rate, Reading) else None
    if not isinstance(step, Portions) and step.duration is not None:
        return Delivery(index, step.into, demands, Seconds(step.duration.base), None)
    duration = None if rate is None else Seconds(demands[0].volume / rate)
    return Delivery(index, step.into, demands, duration, rate)


def _in_ratio(demands: tuple[Demand, ...], ratio: Ratio, chemicals: Chemicals) -> tuple[Demand, ...]:
    """The demands with as much of the solution of `of` as the ratio asks for, be there enough of it or not."""

    def holder(reagent: str) -> Demand | None:
        return next((d for d in demands if chemicals.mixtures[d.solution].solutes.get(reagent)), None)

    of, to = holder(ratio.of), holder(ratio.to)
    if of is None or to is None:
        return demands
    moles = ratio.moles * chemicals.mixtures[to.solution].solutes[ratio.to] * to.volume
    volume = moles / chemicals.mixtures[of.solution].solutes[ratio.of]
    if abs(volume / of.volume - 1) <= _SAME:
        return demands
    return tuple(replace(d, volume=Millilitres(volume)) if d is of else d for d in demands)
