"""Deliverability: which flow a pump can hold for its syringe, and what it really holds."""

import math
from collections.abc import Iterable

from ruggli.plan.context import Context
from ruggli.plan.findings import Path
from ruggli.plan.model import HeldRate
from ruggli.plan.seats import Seat
from ruggli.quantities.base import Millilitres, MillilitresPerSecond
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show
from ruggli.rig.catalogue import CATALOGUE, SyringeEntry

SMALL = 1e-3
"""Error of a held value that is only noted (0.1 %); above it the plan is refused."""
_EXACT = 1e-7


def flow_text(flow: float) -> str:
    """A flow rate for people."""
    return show(flow, Dimension.FLOW_RATE)


def hold_rate(
    context: Context,
    seat: Seat,
    solution: str,
    rate: MillilitresPerSecond,
    volume: Millilitres,
    at: Path,
    *,
    told: bool = True,
) -> HeldRate | None:
    """The rate as the pump will hold it, or None with the reason in the findings.

    Args:
        context: the plan so far.
        seat: pump, syringe and line.
        solution: name of the solution.
        rate: wanted flow.
        volume: volume of the dose, for the remedy.
        at: place of the duration or rate in the protocol.
        told: note a rounding; not where a dose has many rates.
    """
    findings, capability = context.findings, seat.capability
    if not seat.accepts_bore:
        return None  # `check_drivers` has said so
    if not seat.slowest <= rate <= seat.fastest:
        findings.add(
            "E-RANGE",
            f"{seat.device} cannot pump {solution} at this rate with the {seat.syringe.label} syringe",
            at,
            value=flow_text(rate),
            bound=f"{flow_text(seat.slowest)} to {flow_text(seat.fastest)}",
            remedy=_remedy(context, seat, rate, volume),
        )
        return None
    held = capability.held_rate(rate)
    if held is None or abs(held.value / rate - 1) > SMALL:
        shown = "zero, and zero means endless" if held is None else f"{held.text} {held.unit.name}"
        findings.add(
            "E-RESOLUTION",
            f"{seat.device} cannot hold the rate of {solution}: it would be {shown}",
            at,
            value=flow_text(rate),
            bound="an error of at most 0.1 %",
            remedy="choose a duration or rate that the pump can hold",
        )
        return None
    error = held.value / rate - 1
    text = f"{held.text} {held.unit.name}"
    if told and abs(error) > _EXACT:
        asked = f"{rate * float(held.unit.divisor / held.unit.factor):.7g} {held.unit.name}"
        findings.add(
            "N-RESOLUTION",
            f"{seat.device} holds {text} for {solution}, {_off(error)} than asked",
            at,
            value=asked,
            bound=text,
        )
    return HeldRate(rate, MillilitresPerSecond(held.value), text, seat.slowest, seat.fastest)


def check_volumes(
    context: Context, seat: Seat, solution: str, volumes: Iterable[float], planned: Millilitres, at: Path
) -> bool:
    """Whether the pump can hold the target volumes of a dose; notes or refuses the total error.

    Args:
        context: the plan so far.
        seat: pump, syringe and line.
        solution: name of the solution.
        volumes: target of each filling.
        planned: volume that has to reach the vessel; the error counts against it.
        at: place of the volume in the protocol.
    """
    wanted = [float(volume) for volume in volumes]
    sent = [held_down(seat, Millilitres(volume)) for volume in wanted]
    if 0.0 in sent:
        context.findings.add(
            "E-RESOLUTION",
            f"{seat.device} cannot hold the target volume of {solution}: it would be zero, and zero means endless",
            at,
            value=f"{min(wanted):.6g} mL",
            bound="at least one step of the pump's target volume",
            remedy="dose more of a weaker solution, or use a finer pump or syringe",
        )
        return False
    error = (math.fsum(sent) - math.fsum(wanted)) / planned
    if abs(error) <= _EXACT:
        return True
    refuse = abs(error) > SMALL
    context.findings.add(
        "E-RESOLUTION" if refuse else "N-RESOLUTION",
        f"{seat.device} holds {math.fsum(sent):.7g} mL in all for {solution}, {_off(error)} than the dose",
        at,
        value=f"{math.fsum(wanted):.9g} mL",
        bound="an error of at most 0.1 %" if refuse else f"{math.fsum(sent):.7g} mL",
        remedy=f"choose a volume that the pump can hold, e.g. {math.fsum(sent):.7g} mL" if refuse else "",
    )
    return not refuse


def held_down(seat: Seat, volume: Millilitres) -> Millilitres:
    """The target volume as the pump holds it, rounded down; 0 where it cannot be sent."""
    held = seat.capability.held_volume(Millilitres(round(volume, 9)), seat.syringe.bore)
    return Millilitres(0.0 if held is None else held.value)


def _off(error: float) -> str:
    return f"{abs(100 * error):.2g} % {'more' if error > 0 else 'less'}"


def _remedy(context: Context, seat: Seat, rate: MillilitresPerSecond, volume: Millilitres) -> str:
    fast, slow = volume / seat.fastest, volume / seat.slowest
    times = f"take {show(fast, Dimension.DURATION)} to {show(slow, Dimension.DURATION)} for it"
    other = next((found for found in context.seats if found.device != seat.device and _suits(seat, found, rate)), None)
    if other is not None:
        return f"use the {other.syringe.label} syringe of {other.device}, or {times}"
    fitting = [entry for entry in CATALOGUE if _suits_entry(seat, entry, rate)]
    if not fitting:
        return times
    best = min(fitting, key=lambda entry: (entry.make != seat.syringe.make, abs(entry.size - min(volume, 60.0))))
    return (
        f"use e.g. a {best.label} syringe (bore {best.bore:g} mm: {flow_text(seat.capability.slowest(best.bore))} to "
        f"{flow_text(seat.capability.fastest(best.bore))}), or {times}"
    )


def _suits(seat: Seat, other: Seat, rate: float) -> bool:
    bore, capability = other.syringe.bore, seat.capability
    accepted = capability.narrowest <= bore <= capability.widest
    return accepted and capability.slowest(bore) <= rate <= capability.fastest(bore)


def _suits_entry(seat: Seat, entry: SyringeEntry, rate: float) -> bool:
    capability = seat.capability
    accepted = capability.narrowest <= entry.bore <= capability.widest
    return accepted and capability.slowest(entry.bore) <= rate <= capability.fastest(entry.bore)
