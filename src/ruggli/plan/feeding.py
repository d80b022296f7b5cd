"""Lays out a dose: feeds, fillings, chase, prompts, and what reaches the vessel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ruggli.plan.acts import Load, Prime
from ruggli.plan.context import Context, Line, Use, VesselState
from ruggli.plan.demands import Delivery, Demand
from ruggli.plan.fillings import MOST, Run, charges, split
from ruggli.plan.findings import Path
from ruggli.plan.model import DoseWork, Feed, GatePlan, HeldRate, PlannedPrompt, Segment, SegmentKind, SyringePlan
from ruggli.plan.prompts import LOAD, ask, chase_text, load_text, refill_text, volume_text
from ruggli.plan.rates import check_volumes, held_down, hold_rate
from ruggli.plan.seats import Seat
from ruggli.protocol.model import Asked, Chase
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Seconds

_SLIVER = 0.002
"""Part of a dose that is too little for a segment of its own."""


@dataclass(frozen=True, slots=True)
class Part:
    """One solution of a dose on its pump.

    Attributes:
        demand: what has to reach the vessel.
        seat: pump, syringe and line.
        primed: the line is full of this solution already.
        pushed: solution in the line that the chase pushes into the vessel.
        chase: solvent that the chase displaces, 0 without chase.
    """

    demand: Demand
    seat: Seat
    primed: bool
    pushed: Millilitres
    chase: Millilitres

    @property
    def displaced(self) -> Millilitres:
        """Solution that the plunger displaces."""
        return Millilitres(self.demand.volume - self.pushed)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part (0 to 1) of what the plungers displace, and the time in which all feeds give it; then the next follows."""

    part: float
    duration: Seconds


@dataclass(frozen=True, slots=True)
class Cut:
    """A segment to be: in which filling, at which piece's rates, and what the plungers have displaced at its end."""

    filling: int
    piece: int
    until: tuple[Millilitres, ...]


@dataclass(frozen=True, slots=True)
class Laid:
    """A dose with its planned time; `flowing` is the time without the prompts."""

    work: DoseWork
    duration: Seconds
    flowing: Seconds


def parts_of(context: Context, delivery: Delivery, chase: Chase | None) -> tuple[Part, ...] | None:
    """The feeds of a dose, each on its pump; None with the reason in the findings where a line or a chase is too large.

    With a chase each pump displaces its volume less its line, and then its line.
    """
    parts = tuple(_part(context, delivery, demand, chase) for demand in delivery.demands)
    return parts if _lines_fit(context, parts, ("steps", delivery.index)) else None


def stated_pace(delivery: Delivery, duration: Seconds, parts: Sequence[Part]) -> tuple[Piece, ...]:
    """One rate, as the file says; `duration` is the time until the last chase has ended."""
    tail = max(part.chase / part.displaced for part in parts)
    if delivery.rate is not None:
        return (Piece(1.0, Seconds(parts[0].displaced / delivery.rate)),)
    return (Piece(1.0, Seconds(duration / (1 + tail))),)


def lay_dose(
    context: Context,
    step: Asked,
    state: VesselState,
    delivery: Delivery,
    parts: Sequence[Part],
    pieces: Sequence[Piece],
    chase: Chase | None,
    gate: GatePlan | None,
) -> Laid | None:
    """Lay out a dose of one or several solutions that flow together.

    The solutions start and end together, whatever their lines hold; the start is the first drop in the vessel, because
    the lines are full by then.

    Returns:
        None where the dose cannot be laid; the findings say why.
    """
    at: Path = ("steps", delivery.index)
    place = (*at, "rate") if delivery.rate is not None else (*at, "duration")
    rates = [_rates(context, parts, piece, place, told=len(pieces) == 1) for piece in pieces]
    runs = [Run(part.seat, part.displaced, Millilitres(0.0 if part.primed else part.seat.hold_up)) for part in parts]
    rows = split(runs)
    if rows is None:
        _too_large(context, parts, at)
        return None
    cuts = _cuts(parts, pieces, rows)
    ends = [cut.until for cut in cuts]
    good = [
        check_volumes(context, part.seat, part.demand.solution, _targets(ends, column), part.demand.volume, at)
        for column, part in enumerate(parts)
    ]
    held = [rate for rate in rates if rate is not None]
    if len(held) < len(pieces) or not all(good):
        return None
    segments = _dose_segments(context, step, state, parts, runs, rows, cuts, held)
    if chase is not None:
        segments.append(_chase_segment(context, step, parts, rows[-1], held, chase, segments))
    _keep_books(context, parts, segments, chase)
    feeds = tuple(_feed(context, part, rate) for part, rate in zip(parts, held[-1], strict=True))
    flowing = Seconds(math.fsum(segment.duration for segment in segments))
    return Laid(DoseWork(state.name, feeds, tuple(segments), gate), _ends(segments), flowing)


def _cuts(parts: Sequence[Part], pieces: Sequence[Piece], rows: Sequence[tuple[Millilitres, ...]]) -> list[Cut]:
    """Where segments end: at the end of every filling, and at the end of every piece inside one."""
    ends = [math.fsum(piece.part for piece in pieces[: number + 1]) for number in range(len(pieces) - 1)]
    found: list[Cut] = []
    piece, before = 0, tuple(Millilitres(0.0) for _ in parts)
    for filling, row in enumerate(rows):
        while piece < len(ends):
            wanted = [ends[piece] * part.displaced for part in parts]
            left = row[0] - wanted[0]
            if left < _SLIVER * parts[0].displaced:
                break
            steps = [
                held_down(part.seat, Millilitres(end - begin))
                for part, begin, end in zip(parts, before, wanted, strict=True)
            ]
            if min(steps) > 0.0:
                before = tuple(Millilitres(begin + step) for begin, step in zip(before, steps, strict=True))
                found.append(Cut(filling, piece, before))
            piece += 1
        found.append(Cut(filling, piece, row))
        before = row
        if piece < len(ends) and row[0] >= (ends[piece] - _SLIVER) * parts[0].displaced:
            piece += 1
    return found


def _part(context: Context, delivery: Delivery, demand: Demand, chase: Chase | None) -> Part:
    seat = context.seated[delivery.index, demand.solution]
    line = context.lines.get(seat.device)
    primed = line is not None and line.solution == demand.solution
    if chase is None:
        return Part(demand, seat, primed, Millilitres(0.0), Millilitres(0.0))
    volume = seat.hold_up if chase.volume is None else Millilitres(chase.volume.base)
    return Part(demand, seat, primed, Millilitres(min(volume, seat.hold_up)), volume)


def _lines_fit(context: Context, parts: Sequence[Part], at: Path) -> bool:
    fits = True
    for part in parts:
        seat, name = part.seat, part.demand.solution
        if part.displaced <= 0:
            context.findings.add(
                "E-CAPACITY",
                f"the line of {seat.device} alone holds more than the dose of {name}",
                at,
                value=f"line {volume_text(seat.hold_up)}",
                bound=f"less than the dose, {volume_text(part.demand.volume)}",
                remedy="use a shorter or narrower line, or dose a weaker solution",
            )
            fits = False
        if part.chase + seat.syringe.dead_volume > seat.stroke_volume:
            context.findings.add(
                "E-CAPACITY",
                f"the chase of {name} does not fit into the syringe of {seat.device}",
                (*at, "chase"),
                value=volume_text(part.chase + seat.syringe.dead_volume),
                bound=f"at most {volume_text(seat.stroke_volume)}",
                remedy="use a larger syringe or a shorter line",
            )
            fits = False
    return fits


def _too_large(context: Context, parts: Sequence[Part], at: Path) -> None:
    def fillings(part: Part) -> float:
        room = part.seat.stroke_volume - part.seat.syringe.dead_volume - part.seat.hold_up
        return part.displaced / room if room > 0 else float("inf")

    most = max(fillings(part) for part in parts)
    for part in parts:
        seat = part.seat
        if fillings(part) < min(most, MOST / 2):
            continue
        kept = volume_text(seat.syringe.dead_volume + seat.hold_up)
        context.findings.add(
            "E-CAPACITY",
            f"the {seat.syringe.label} syringe of {seat.device} is too small for {part.demand.solution}",
            at,
            value=f"{volume_text(part.demand.volume)}, and {kept} stay in line and syringe",
            bound=f"{volume_text(seat.stroke_volume)} a filling, at most {MOST} fillings",
            remedy="put a larger syringe into the pump and into the rig file, or use a shorter line",
        )


def _rates(
    context: Context, parts: Sequence[Part], piece: Piece, at: Path, *, told: bool
) -> tuple[HeldRate, ...] | None:
    found = []
    for part in parts:
        wanted = MillilitresPerSecond(part.displaced * piece.part / piece.duration)
        found.append(hold_rate(context, part.seat, part.demand.solution, wanted, part.demand.volume, at, told=told))
    held = tuple(rate for rate in found if rate is not None)
    return held if len(held) == len(parts) else None


def _targets(rows: Sequence[Sequence[Millilitres]], column: int) -> list[float]:
    ends = [row[column] for row in rows]
    return [end - begin for begin, end in zip((0.0, *ends), ends, strict=False)]


def _ends(segments: Sequence[Segment]) -> Seconds:
    answers = math.fsum(prompt.takes for segment in segments for prompt in segment.prompts)
    return Seconds(answers + math.fsum(segment.duration for segment in segments))


def _dose_segments(
    context: Context,
    step: Asked,
    state: VesselState,
    parts: Sequence[Part],
    runs: Sequence[Run],
    rows: Sequence[tuple[Millilitres, ...]],
    cuts: Sequence[Cut],
    rates: Sequence[tuple[HeldRate, ...]],
) -> list[Segment]:
    fills = [charges(run, [row[column] for row in rows]) for column, run in enumerate(runs)]
    refills = [0] * len(parts)
    segments: list[Segment] = []
    filled = -1
    for cut in cuts:
        prompts: list[PlannedPrompt] = []
        for column, part in enumerate(parts):
            fill = fills[column][cut.filling] if cut.filling > filled else None
            if fill is None:
                continue
            after = Seconds(_ends(segments) + math.fsum(prompt.takes for prompt in prompts))
            if cut.filling == 0:
                prompts.append(_load(context, step, state, part, fill, after))
            else:
                refills[column] += 1
                prompts.append(_refill(context, step, part, fill, refills[column], after))
        filled = cut.filling
        before = segments[-1].until if segments else tuple(Millilitres(0.0) for _ in parts)
        own = rates[cut.piece]
        longest = max((end - begin) / rate.held for begin, end, rate in zip(before, cut.until, own, strict=True))
        varied = own if len(rates) > 1 else None
        segments.append(Segment(SegmentKind.DOSE, cut.until, tuple(prompts), Seconds(longest), varied))
    return segments


def _load_act(context: Context, part: Part, fill: Millilitres) -> Load:
    mixture, syringe = context.chemicals.mixtures[part.demand.solution], part.seat.syringe
    return Load(
        device=part.seat.device,
        solution=mixture.key,
        solvent=context.chemicals.solvent_name(mixture.solvent),
        volume=fill,
        bore=syringe.bore,
        capacity=syringe.size,
        solutes=tuple((solute, float(value)) for solute, value in mixture.solutes.items()),
    )


def _load(
    context: Context, step: Asked, state: VesselState, part: Part, fill: Millilitres, after: Seconds
) -> PlannedPrompt:
    seat, name = part.seat, part.demand.solution
    load = _load_act(context, part, fill)
    prompt_id = f"{step.id}.load.{seat.device}"
    if part.primed:
        return ask(context, step, prompt_id, refill_text(context, seat, name, fill), LOAD, acts=(load,), after=after)
    line = context.lines.get(seat.device)
    text = load_text(context, seat, name, fill, state.name, line.solution if line is not None else None)
    return ask(context, step, prompt_id, text, LOAD, acts=(load, Prime(seat.device)), after=after)


def _refill(context: Context, step: Asked, part: Part, fill: Millilitres, number: int, after: Seconds) -> PlannedPrompt:
    seat, name = part.seat, part.demand.solution
    context.findings.add(
        "N-REFILL",
        f"{name} is more than the {seat.syringe.label} syringe of {seat.device} holds: a person refills it",
        ("steps", context.index),
        value=volume_text(part.demand.volume),
        bound=f"{volume_text(seat.stroke_volume)} less line and dead volume",
        remedy="the plan shows when; all feeds of the step rest meanwhile",
    )
    text = refill_text(context, seat, name, fill)
    prompt_id = f"{step.id}.refill{number}.{seat.device}"
    return ask(context, step, prompt_id, text, LOAD, acts=(_load_act(context, part, fill),), after=after)


def _chase_segment(
    context: Context,
    step: Asked,
    parts: Sequence[Part],
    done: tuple[Millilitres, ...],
    rates: Sequence[tuple[HeldRate, ...]],
    chase: Chase,
    segments: Sequence[Segment],
) -> Segment:
    prompts: list[PlannedPrompt] = []
    name = context.chemicals.solvent_name(chase.solvent)
    for part in parts:
        seat, syringe = part.seat, part.seat.syringe
        fill = Millilitres(part.chase + syringe.dead_volume)
        load = Load(seat.device, name, name, fill, syringe.bore, syringe.size, ())
        text = chase_text(context, seat, chase.solvent, part.demand.solution, fill, part.chase)
        after = Seconds(_ends(segments) + math.fsum(prompt.takes for prompt in prompts))
        prompts.append(ask(context, step, f"{step.id}.chase.{seat.device}", text, LOAD, acts=(load,), after=after))
    until = tuple(Millilitres(end + part.chase) for end, part in zip(done, parts, strict=True))
    longest = max(part.chase / rate.held for part, rate in zip(parts, rates[-1], strict=True))
    varied = rates[-1] if len(rates) > 1 else None
    return Segment(SegmentKind.CHASE, until, tuple(prompts), Seconds(longest), varied)


def _keep_books(context: Context, parts: Sequence[Part], segments: Sequence[Segment], chase: Chase | None) -> None:
    for part in parts:
        seat, name = part.seat, part.demand.solution
        use = context.uses.setdefault(name, Use())
        use.dosed = Millilitres(use.dosed + part.demand.volume)
        if not part.primed:
            use.lost = Millilitres(use.lost + seat.hold_up - part.pushed + seat.syringe.dead_volume)
        loads = [act for s in segments for p in s.prompts for act in p.acts if isinstance(act, Load)]
        use.fillings += sum(1 for act in loads if act.device == seat.device and act.solution == name)
        use.device, use.syringe = seat.device, seat.syringe.label
        context.lines[seat.device] = Line(name if chase is None else "")
        if chase is not None:
            before = context.poured.get(chase.solvent, 0.0)
            context.poured[chase.solvent] = Millilitres(before + part.chase + seat.syringe.dead_volume)


def _feed(context: Context, part: Part, rate: HeldRate) -> Feed:
    mixture, syringe = context.chemicals.mixtures[part.demand.solution], part.seat.syringe
    return Feed(
        solution=mixture.key,
        device=part.seat.device,
        syringe=SyringePlan(syringe.label, syringe.bore, syringe.size, syringe.dead_volume, part.seat.hold_up),
        planned=part.demand.volume,
        rate=rate,
        solvent=context.chemicals.solvent_name(mixture.solvent),
        solutes=mixture.solutes,
    )
