"""Two feeds in one mole ratio: whether the solutions can give it, and what the pumps will hold of it."""

from ruggli.plan.context import Context
from ruggli.plan.demands import Delivery
from ruggli.plan.dose_work import DoseWork, SegmentKind
from ruggli.plan.kept import RatioPlan
from ruggli.plan.prompts import volume_text
from ruggli.protocol.model import Dose

CLOSE = 0.05
"""How far the ratio may be off while the feeds flow: a chase gives them what is in their lines at the end only."""
_TOLD = 1e-3
_ROUND = 1e-9


def check_ratio(context: Context, step: Dose, delivery: Delivery) -> bool:
    """Whether there is enough of the solution that is measured out; `E-RATIO` where not, `N-RATIO` where some stays."""
    ratio = step.ratio
    if ratio is None:
        return True
    mixtures = context.chemicals.mixtures
    demand = next(d for d in delivery.demands if mixtures[d.solution].solutes.get(ratio.of))
    whole = mixtures[demand.solution].rest
    possible = demand.volume <= whole * (1 + _ROUND)
    asked = f"{ratio.moles:.6g} mol of {ratio.of} for each mol of {ratio.to}"
    if not possible:
        gives = ratio.moles * whole / demand.volume
        context.findings.add(
            "E-RATIO",
            f"step {step.id}: {demand.solution} cannot give {asked}",
            ("steps", delivery.index, "ratio"),
            value=f"all of it, {volume_text(whole)}, gives {gives:.6g} eq",
            bound=f"{ratio.moles:.6g} eq, which is {volume_text(demand.volume)} of it",
            remedy=f"make up more of {demand.solution} (more {ratio.of}), or ask for {gives:.6g} eq",
        )
    elif demand.volume < whole * (1 - _ROUND):
        context.findings.add(
            "N-RATIO",
            f"step {step.id} takes a part of {demand.solution}, for {asked}",
            ("steps", delivery.index, "ratio"),
            value=volume_text(demand.volume),
            bound=f"{volume_text(whole)} would be all of it",
        )
    return possible


def ratio_of(context: Context, step: Dose, work: DoseWork) -> RatioPlan | None:
    """The ratio as the pumps hold it; `E-RATIO` where a chase bends it too far."""
    ratio = step.ratio
    if ratio is None:
        return None
    numbers = range(len(work.feeds))
    of = next(number for number in numbers if work.feeds[number].solutes.get(ratio.of))
    to = next(number for number in numbers if work.feeds[number].solutes.get(ratio.to))
    per_volume = work.feeds[of].solutes[ratio.of] / work.feeds[to].solutes[ratio.to]
    flowing = [
        per_volume * work.rate_of(number, of).held / work.rate_of(number, to).held
        for number, segment in enumerate(work.segments)
        if segment.kind is SegmentKind.DOSE
    ]
    whole = per_volume * work.feeds[of].planned / work.feeds[to].planned
    found = RatioPlan(ratio.of, ratio.to, ratio.moles, min(flowing), max(flowing), whole)
    off = max(abs(value / ratio.moles - 1) for value in flowing)
    if off > _TOLD:
        far = off > CLOSE
        context.findings.add(
            "E-RATIO" if far else "N-RATIO",
            f"step {step.id}: the ratio of {ratio.of} to {ratio.to} is {100 * off:.2g} % off while the feeds flow; the "
            "chase of the lines brings the rest at the end",
            ("steps", context.index, "ratio"),
            value=f"{found.lowest:.6g} to {found.highest:.6g} eq",
            bound=f"{ratio.moles:.6g} eq" + (f", off by at most {100 * CLOSE:g} %" if far else ""),
            remedy="leave the chase out, or take lines whose volumes stand to each other as the solutions do",
        )
    return found
