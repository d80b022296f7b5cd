"""A slow feed is no stream: drops, how often one falls, and what each does to the flask; a pump at its slowest."""

from ruggli.chemistry.drops import TIP, drop_volume
from ruggli.plan.context import Context, VesselState
from ruggli.plan.dose_work import DoseWork, DropPlan
from ruggli.plan.feeding import Part
from ruggli.plan.rates import flow_text
from ruggli.plan.seats import Seat
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Molar, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show
from ruggli.rig.catalogue import CATALOGUE, SyringeEntry
from ruggli.rig.model import Outlet, Tubing

LONGEST_PERIOD = Seconds(10.0)
"""A stirred flask mixes within a few seconds; drops that are further apart are single additions to it."""
LARGEST_PART = 0.002
"""A drop more or less is then nearly the 0.5 % to which a dose is delivered."""
NEAR_SLOWEST = 3.0
"""Below so many times its slowest rate a pump moves in single steps, with pauses between them."""
WELL_ABOVE = 10.0
"""A syringe is suggested with which the rate is at least so many times the slowest."""
LONGEST_STEP = Seconds(1.0)
"""Time between two steps of a motor above which a flow counts as pulsed."""


def drops_of(
    context: Context, state: VesselState, work: DoseWork, parts: tuple[Part, ...]
) -> tuple[DropPlan, ...] | None:
    """The drops of each feed from a line that ends above the liquid; None where nobody asks for them.

    Asked for are they where the rig file says that the line ends above (`outlet: above`), and in a dose that keeps a
    concentration low, where a line of which nothing is said is taken to end above.
    """
    found: list[DropPlan] = []
    for number, part in enumerate(parts):
        tubing = context.rig.devices[part.seat.device].tubing
        outlet = None if tubing is None else tubing.outlet
        if tubing is None or outlet is Outlet.SUBMERGED or (outlet is None and not work.kept):
            continue
        found.append(_drops(context, state, work, number, tubing))
    for drops in found:
        _check(context, drops, work)
    return tuple(found) or None


def _drops(context: Context, state: VesselState, work: DoseWork, number: int, tubing: Tubing) -> DropPlan:
    feed = work.feeds[number]
    mixture = context.chemicals.mixtures[feed.solution]
    known = context.chemicals.substances.get(mixture.solvent)
    tip = TIP if tubing.tip is None else Millimetres(tubing.tip.base)
    size = drop_volume(feed.solvent, None if known is None else known.density, tip)
    slowest = min(work.rate_of(segment, number).held for segment in range(len(work.segments)))
    into = state.volume + size
    spikes = {solute: Molar(value * size / into) for solute, value in feed.solutes.items()}
    return DropPlan(feed.device, feed.solution, tip, size, Seconds(size / slowest), size / feed.planned, spikes)


def _check(context: Context, drops: DropPlan, work: DoseWork) -> None:
    why = []
    if drops.period > LONGEST_PERIOD:
        why.append(f"one falls every {drops.period:.3g} s")
    if drops.part > LARGEST_PART:
        why.append(f"each is {100 * drops.part:.2g} % of the dose")
    for row in work.kept or ():
        spike = drops.spikes.get(row.reagent, Molar(0.0))
        if row.highest + spike > row.below:
            higher = show(spike, Dimension.CONCENTRATION)
            why.append(f"each lifts {row.reagent} by {higher}, past its bound")
    if not why:
        return
    feed = next(feed for feed in work.feeds if feed.device == drops.device)
    strongest = max(feed.solutes.values(), default=Molar(0.0))
    local = show(strongest, Dimension.CONCENTRATION)
    context.findings.add(
        "N-DROPS",
        f"{drops.solution} falls in single drops from {drops.device}: {', and '.join(why)}; where a drop falls the "
        f"flask sees the solution itself ({local}) until it is mixed",
        ("steps", context.index),
        value=f"drops of {show(drops.size, Dimension.VOLUME)} from a tip of {drops.tip:g} mm (Tate's law, mark M)",
        bound=f"at most {LONGEST_PERIOD:g} s from drop to drop, {100 * LARGEST_PART:g} % of the dose a drop",
        remedy="put the end of the line under the surface (`outlet: submerged` in the rig file), take a thinner tip, "
        "or dose more of a weaker solution",
    )


def check_smooth(context: Context, work: DoseWork, parts: tuple[Part, ...]) -> None:
    """`N-SYRINGE` where a pump runs so slowly that it moves in single steps, with a syringe that suits better."""
    for number, part in enumerate(parts):
        seat = part.seat
        rate = min(work.rate_of(segment, number).held for segment in range(len(work.segments)))
        step = seat.capability.motor_step(seat.syringe.bore)
        pulsed = step is not None and step / rate > LONGEST_STEP
        if rate >= NEAR_SLOWEST * seat.slowest and not pulsed:
            continue
        better = better_syringe(seat, rate, part.displaced)
        remedy = "dose faster, or more of a weaker solution"
        if better is not None:
            slow, fast = seat.capability.slowest(better.bore), seat.capability.fastest(better.bore)
            refills = "" if better.size >= part.displaced else ", with refills"
            remedy = (
                f"use e.g. a {better.label} syringe (bore {better.bore:g} mm: {flow_text(slow)} to {flow_text(fast)}"
                f"{refills}), or {remedy}"
            )
        context.findings.add(
            "N-SYRINGE",
            f"{seat.device} pumps {part.demand.solution} so slowly with the {seat.syringe.label} syringe that it "
            "moves in single steps",
            ("steps", context.index),
            value=flow_text(rate),
            bound=f"at least {flow_text(NEAR_SLOWEST * seat.slowest)}, {NEAR_SLOWEST:g} times its slowest rate",
            remedy=remedy,
        )


def better_syringe(seat: Seat, rate: MillilitresPerSecond, volume: Millilitres) -> SyringeEntry | None:
    """The catalogue's syringe with which a rate is well inside the pump's range: large, of the same make first."""
    capability = seat.capability
    fitting = [
        entry
        for entry in CATALOGUE
        if capability.narrowest <= entry.bore <= capability.widest
        and WELL_ABOVE * capability.slowest(entry.bore) <= rate <= capability.fastest(entry.bore)
    ]
    whole = [entry for entry in fitting if entry.size >= volume]
    same = [entry for entry in whole or fitting if entry.make == seat.syringe.make]
    return max(same or whole or fitting, key=lambda entry: entry.size, default=None)
