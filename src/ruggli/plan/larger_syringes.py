"""Which syringe of the catalogue would spare refills: found by planning again with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import fsum

from ruggli.documents.problem import Severity
from ruggli.plan.model import Plan
from ruggli.plan.seats import Seat
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import read_quantity, show
from ruggli.rig.catalogue import CATALOGUE, SyringeEntry
from ruggli.rig.loader import RigFile
from ruggli.rig.model import Syringe


@dataclass(frozen=True, slots=True)
class LargerSyringe:
    """A syringe that spares refills.

    Attributes:
        device: the pump.
        now: label of the syringe that is in it.
        refills: of all syringes of the plan with that.
        label: label of the other one.
        fewer: refills of the plan with the other one; the planner may give the pump another solution then.
    """

    device: str
    now: str
    refills: int
    label: str
    fewer: int

    def __str__(self) -> str:
        """For people."""
        syringes = f"{self.label} in {self.device} instead of {self.now}"
        return f"{syringes}: {self.fewer} instead of {self.refills} refills in all"


def larger_syringes(
    plan: Plan, rig: RigFile, seats: tuple[Seat, ...], plan_on: Callable[[RigFile], Plan]
) -> Iterator[LargerSyringe]:
    """For each pump the syringe with which the plan has fewest refills, the smallest of these.

    None where no syringe spares any.

    Only syringes that the pump takes, and with which nothing new stands against the plan.

    Args:
        plan: the plan on the rig as it is.
        rig: the rig.
        seats: its pumps.
        plan_on: plans the same protocol on another rig.
    """
    now = refills(plan)
    for seat in seats if now else ():
        best: tuple[int, float, str] | None = None
        for entry in CATALOGUE:
            accepted = seat.capability.narrowest <= entry.bore <= seat.capability.widest
            if not accepted or entry.size <= seat.syringe.size:
                continue
            other = plan_on(_with(rig, seat.device, entry))
            rank = refills(other), entry.size, entry.label
            if rank[0] < now and _against(other) <= _against(plan) and (best is None or rank < best):
                best = rank
        if best is not None:
            yield LargerSyringe(seat.device, seat.syringe.label, now, best[2], best[0])


def refills(plan: Plan) -> int:
    """Fillings of all syringes beyond the first of each solution."""
    return round(fsum(row.fillings - 1 for row in plan.solutions))


def _with(rig: RigFile, device: str, entry: SyringeEntry) -> RigFile:
    size = read_quantity(show(entry.size, Dimension.VOLUME), Dimension.VOLUME)
    pump = rig.rig.devices[device].model_copy(update={"syringe": Syringe(make=entry.make, size=size)})
    devices = {**rig.rig.devices, device: pump}
    return replace(rig, rig=rig.rig.model_copy(update={"devices": devices}))


def _against(plan: Plan) -> frozenset[tuple[str, str]]:
    return frozenset((p.code, p.path) for p in plan.problems if p.severity is not Severity.NOTE)
