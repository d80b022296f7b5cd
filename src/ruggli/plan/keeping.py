"""What a dose keeps low: from the file's bounds to the pace, and from the laid dose to what it will really reach."""

import math
from collections.abc import Sequence

from ruggli.chemistry.feeding import Contents, course, highest
from ruggli.plan.context import Context, VesselState
from ruggli.plan.demands import Delivery
from ruggli.plan.dose_work import DoseWork
from ruggli.plan.feeding import Part, Piece
from ruggli.plan.kept import KeptReagent, PileRule
from ruggli.plan.legs import legs_of, stretches_of
from ruggli.plan.pacing import Bounded, Pacer
from ruggli.plan.used_up import used_up
from ruggli.protocol.lengths import LONGEST
from ruggli.protocol.model import Dose, InterlockAction, Keep, Profile
from ruggli.quantities.base import Celsius, Kelvin, Millimoles, Molar, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

ACTIVATION = Kelvin(9600.0)
"""E/R of a kept reagent's reaction where nobody knows it: 80 kJ/mol, a default and no measurement [E]. The higher it
is, the slower a cold vessel counts; a vessel warmer than planned never counts as faster."""
_ROUND = 1e-9


def bounds_of(context: Context, step: Dose, state: VesselState, delivery: Delivery) -> tuple[Bounded, ...] | None:
    """The bounds of a dose; None with the reason in the findings."""
    found: list[Bounded] = []
    for reagent, bound in (step.keep or {}).items():
        assumed = used_up(context, step, state, delivery, reagent, bound)
        if assumed is None:
            return None
        present = state.amounts.get(reagent, Millimoles(0.0))
        catalyst = state.amounts.get(assumed.catalyst, Millimoles(0.0))
        found.append(Bounded(reagent, Molar(bound.below.base), assumed, Contents(state.volume, present, catalyst)))
    return tuple(found)


def pieces_of(
    context: Context,
    step: Dose,
    state: VesselState,
    delivery: Delivery,
    parts: Sequence[Part],
    bounds: Sequence[Bounded],
) -> tuple[Piece, ...] | None:
    """The pace that keeps the bounds where the file gives none; None with `E-KEEP` where there is none."""

    def solutes(solution: str, solute: str) -> Molar:
        return context.chemicals.mixtures[solution].solutes.get(solute, Molar(0.0))

    pacer = Pacer(parts, bounds, solutes, step.class_)
    keep = step.keep or {}
    ramped = any(bound.profile is Profile.RAMPED for bound in keep.values())
    pieces = pacer.ramped() if ramped else pacer.constant()
    if pieces is not None:
        return pieces
    slowest = Piece(1.0, Seconds(LONGEST[step.class_] / (1 + pacer.tail)))
    peaks = [pacer.peak(bound, [slowest]) for bound in bounds]
    worst = max(range(len(bounds)), key=lambda number: peaks[number] / bounds[number].below)
    _refuse(context, step, state, delivery, bounds[worst], peaks[worst], None)
    return None


def kept_of(
    context: Context,
    step: Dose,
    state: VesselState,
    delivery: Delivery,
    work: DoseWork,
    bounds: Sequence[Bounded],
    parts: Sequence[Part],
) -> tuple[KeptReagent, ...] | None:
    """What a dose that is laid out will reach; None with `E-KEEP` where that is above a bound."""
    found: list[KeptReagent] = []
    good = True
    for bound in bounds:
        stretches = stretches_of(legs_of(work, bound.reagent, bound.used_up.catalyst))
        peak = highest(bound.start, stretches, bound.kinetics)
        if peak > bound.below * (1 + _ROUND):
            _refuse(context, step, state, delivery, bound, peak, parts)
            good = False
        piled_at, most = max(course(bound.start, stretches, bound.kinetics), key=lambda row: row[1].reagent)
        fed = math.fsum(feed.solutes.get(bound.reagent, 0.0) * feed.planned for feed in work.feeds)
        profile = Profile.CONSTANT if work.segments[0].rates is None else Profile.RAMPED
        found.append(
            KeptReagent(
                reagent=bound.reagent,
                below=bound.below,
                used_up=bound.used_up,
                profile=profile.value,
                volume=bound.start.volume,
                present=bound.start.reagent,
                catalyst_present=bound.start.catalyst,
                fed=Millimoles(fed),
                highest=peak,
                piled=most.reagent,
                piled_at=piled_at,
            )
        )
    return tuple(found) if good else None


def pile_rule(context: Context, step: Dose, state: VesselState) -> PileRule | None:
    """The interlock on what piles up; `E-INTERLOCK` where no probe tells how warm the vessel is."""
    asked = None if step.interlocks is None else step.interlocks.accumulation
    if asked is None:
        return None
    if not state.measured or context.plate(state) is None:
        context.findings.add(
            "E-INTERLOCK",
            f"step {step.id} watches what piles up in {state.name}, and no probe tells how warm that is",
            ("steps", context.index, "interlocks", "accumulation"),
            value=f"probe: {state.probe.value}",
            bound="probe: flask",
            remedy="put the probe into the vessel and write `probe: flask` in the rig file",
        )
    action = InterlockAction.WAIT if asked.action is None else asked.action
    return PileRule(asked.above.base, action, Celsius(state.temperature), ACTIVATION)


def check_pile(context: Context, step: Dose, rule: PileRule, kept: Sequence[KeptReagent]) -> None:
    """`E-INTERLOCK` where the dose as planned would already pile up more than its interlock allows."""
    for reagent in kept:
        if reagent.used_up.constant > 0 and reagent.share > rule.above:
            context.findings.add(
                "E-INTERLOCK",
                f"step {step.id} piles up more {reagent.reagent} than its interlock allows, even as planned",
                ("steps", context.index, "interlocks", "accumulation", "above"),
                value=f"{100 * reagent.share:.3g} % of the dose, with {reagent.used_up.text}",
                bound=f"at most {100 * rule.above:.3g} %",
                remedy="dose more slowly, lower the bound in `keep`, or allow more",
            )


def _refuse(
    context: Context,
    step: Dose,
    state: VesselState,
    delivery: Delivery,
    bound: Bounded,
    peak: Molar,
    parts: Sequence[Part] | None,
) -> None:
    mixtures = context.chemicals.mixtures
    dosed = math.fsum(demand.volume for demand in delivery.demands)
    fed = math.fsum(mixtures[d.solution].solutes.get(bound.reagent, 0.0) * d.volume for d in delivery.demands)
    needed = (fed + bound.start.reagent) / bound.below - dosed
    remedy = f"put at least {show(max(needed, 0.0), Dimension.VOLUME)} into {state.name} first"
    if bound.used_up.reacts and parts is not None:
        pacer = Pacer(parts, [bound], lambda name, solute: mixtures[name].solutes.get(solute, Molar(0.0)), step.class_)
        slower = pacer.constant()
        if slower is not None:
            takes = show(slower[0].duration * (1 + pacer.tail), Dimension.DURATION)
            remedy = f"dose over at least {takes}, or {remedy}"
    keep: Keep = (step.keep or {})[bound.reagent]
    assumed = "if nothing reacts" if not bound.used_up.reacts else f"with {bound.used_up.text}"
    if parts is None:
        assumed += f", even over {show(LONGEST[step.class_], Dimension.DURATION)}"
    context.findings.add(
        "E-KEEP",
        f"step {step.id}: the concentration of {bound.reagent} in {state.name} exceeds its bound {assumed}",
        ("steps", delivery.index, "keep", bound.reagent),
        value=show(peak, Dimension.CONCENTRATION),
        bound=f"below {keep.below}",
        remedy=remedy,
    )
