"""The plan as lines of plain text: what `ruggli plan` prints."""

from collections.abc import Iterator, Mapping, Sequence

from ruggli.documents.problem import errors_first
from ruggli.plan.balance_text import HEAD, balance_rows, theoretical
from ruggli.plan.model import DoseWork, Feed, HeldRate, MonitorWork, Plan, PlannedStep, PortionsWork, SegmentKind
from ruggli.quantities.base import Millilitres
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show
from ruggli.quantities.units import factor

_NONE = "-"


def clock(seconds: float) -> str:
    """A time from the start of the run as `12:05:00`."""
    whole = round(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def plan_text(plan: Plan) -> str:
    """The plan for people: problems, timeline, what to weigh and make up, rates, volumes, temperatures, prompts."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    yield f"{plan.protocol_name} on {plan.rig_name}{' (unattended)' if plan.unattended else ''}"
    if plan.parameters:
        yield "with " + ", ".join(f"{name} = {value}" for name, value in plan.parameters.items())
    yield from section("Problems", ("",), _problems(plan))
    yield from section("Timeline", ("step", "", "at", "takes", "device", "what"), _timeline(plan))
    if plan.atmosphere is not None:
        gas = plan.atmosphere
        yield ""
        yield f"{gas.gas} from {clock(gas.start)} ({gas.start_step}) to {clock(gas.end)} ({gas.end_step})"
    yield from section("Weigh and measure", ("reagent", "amount", "eq", "mass", "volume", "note"), _reagents(plan))
    head: tuple[str, ...] = ("solution", "contains", "dosed", "make up", "pump", "syringe", "fillings")
    if plan.balance is not None:
        yield from section("Mass balance of the reaction", HEAD, list(balance_rows(plan.balance)))
        yield f"  {theoretical(plan.balance)}"
    yield from section("Make up", head, _solutions(plan))
    head = ("step", "solution", "pump", "asked", "held", "error", "error in all", "pump's range")
    yield from section("Flow rates", head, _rates(plan))
    head = ("step", "reagent", "kept", "highest", "profile", "most of it unreacted at one time", "assumed")
    yield from section("Kept concentrations (times from the first drop)", head, _kept(plan))
    head = ("step", "", "asked", "whole dose", "while it flows")
    yield from section("Mole ratios", head, _ratios(plan))
    head = ("step", "solution", "pump", "a drop", "falls", "of the dose", "lifts in the flask")
    yield from section("Drops, from a line that ends above the liquid", head, _drops(plan))
    yield from section("Refills and changes", ("at", "prompt"), _refills(plan))
    head = ("vessel", "step", "change", "then in it", "working volume")
    yield from section("Volumes", head, _volumes(plan))
    peaks = [(solute, show(peak, Dimension.CONCENTRATION)) for solute, peak in plan.peak.items()]
    yield from section("Highest concentration, if nothing reacts", ("solute", "at most"), peaks)
    yield from section(
        "Temperatures (times are estimates)", ("at", "vessel", "set point", "vessel at"), _temperatures(plan)
    )
    yield from section("Needs a person", ("at", "prompt", "what"), _prompts(plan))
    yield ""
    yield f"ends after {clock(plan.duration)} ({show(plan.duration, Dimension.DURATION)})"


def section(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table with a title and a line before it; nothing without rows."""
    if not rows:
        return
    yield ""
    yield title
    table = [tuple(head), *rows] if any(head) else list(rows)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _problems(plan: Plan) -> list[tuple[str, ...]]:
    return [(problem.line_text(),) for problem in errors_first(plan.problems)]


def _devices(step: PlannedStep) -> str:
    work = step.work
    if isinstance(work, DoseWork):
        return ", ".join(feed.device for feed in work.feeds)
    if isinstance(work, PortionsWork) and work.doses:
        return work.doses[0].feeds[0].device
    hotplate = getattr(work, "hotplate", None)
    return hotplate if isinstance(hotplate, str) else "person" if _asks(step) else _NONE


def _asks(step: PlannedStep) -> bool:
    return hasattr(step.work, "prompt") or hasattr(step.work, "prompts")


def _timeline(plan: Plan) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for step in plan.steps:
        why = f" (by hand: {step.by_hand})" if step.by_hand else ""
        takes = show(step.duration, Dimension.DURATION) if step.duration > 0 else _NONE
        rows.append((str(step.number), step.id, clock(step.start), takes, _devices(step), f"{step.title}{why}"))
    return rows


def _reagents(plan: Plan) -> list[tuple[str, ...]]:
    return [
        (
            row.name,
            show(row.amount, Dimension.AMOUNT) if row.amount else _NONE,
            f"{row.equivalents:.4g}" if row.equivalents else _NONE,
            _NONE if row.mass is None else show(row.mass, Dimension.MASS),
            _NONE if row.volume is None else show(row.volume, Dimension.VOLUME),
            row.note,
        )
        for row in plan.reagents
    ]


def _contains(solutes: Mapping[str, float], solvent: str) -> str:
    parts = " + ".join(f"{show(value, Dimension.CONCENTRATION)} {name}" for name, value in solutes.items())
    return f"{parts} in {solvent}"


def _solutions(plan: Plan) -> list[tuple[str, ...]]:
    return [
        (
            row.solution,
            _contains(row.solutes, row.solvent),
            show(row.dosed, Dimension.VOLUME),
            show(row.make_up, Dimension.VOLUME),
            row.device or "by hand",
            row.syringe or _NONE,
            str(row.fillings),
        )
        for row in plan.solutions
    ]


def _doses(step: PlannedStep) -> tuple[DoseWork, ...]:
    if isinstance(step.work, DoseWork):
        return (step.work,)
    return step.work.doses if isinstance(step.work, PortionsWork) else ()


def _kept(plan: Plan) -> list[tuple[str, ...]]:
    return [
        (
            step.id,
            row.reagent,
            f"below {show(row.below, Dimension.CONCENTRATION)}",
            show(row.highest, Dimension.CONCENTRATION),
            row.profile,
            f"{show(row.piled, Dimension.AMOUNT)}, {100 * row.share:.3g} % of the dose, at {clock(row.piled_at)}",
            row.used_up.text,
        )
        for step in plan.steps
        if isinstance(step.work, DoseWork)
        for row in step.work.kept or ()
    ]


def _drops(plan: Plan) -> list[tuple[str, ...]]:
    return [
        (
            step.id,
            row.solution,
            row.device,
            show(row.size, Dimension.VOLUME),
            f"every {show(row.period, Dimension.DURATION)}",
            f"{100 * row.part:.2g} %",
            ", ".join(f"{name} by {show(spike, Dimension.CONCENTRATION)}" for name, spike in row.spikes.items()),
        )
        for step in plan.steps
        if isinstance(step.work, DoseWork)
        for row in step.work.drops or ()
    ]


def _ratios(plan: Plan) -> list[tuple[str, ...]]:
    return [
        (
            step.id,
            f"{row.of} to {row.to}",
            f"{row.wanted:.6g} eq",
            f"{row.whole:.6g} eq",
            f"{row.lowest:.6g} to {row.highest:.6g} eq",
        )
        for step in plan.steps
        if isinstance(step.work, DoseWork) and (row := step.work.ratio) is not None
    ]


def _rates(plan: Plan) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for step in plan.steps:
        doses = _doses(step)[: 1 if isinstance(step.work, PortionsWork) else None]
        rows += [row for dose in doses for number in range(len(dose.feeds)) for row in _rates_of(step, dose, number)]
    return rows


def _rates_of(step: PlannedStep, dose: DoseWork, number: int) -> list[tuple[str, ...]]:
    """A row for each rate of a feed; of a ramp, one for each of its stretches."""
    feed = dose.feeds[number]
    if all(segment.rates is None for segment in dose.segments):
        return [_rate(step.id, feed, feed.rate, feed.planned)]
    ends = [segment.until[number] for segment in dose.segments]
    rows = []
    for segment, (begin, end) in enumerate(zip((0.0, *ends), ends, strict=False)):
        given = Millilitres(end - begin)
        what = f"{step.id}, stretch {segment + 1}: {show(given, Dimension.VOLUME)}"
        rows.append(_rate(what, feed, dose.rate_of(segment, number), given))
    return rows


def _asked(rate: HeldRate) -> str:
    """The requested rate in the unit in which the pump holds it, so that the two can be compared."""
    unit = rate.text.rpartition(" ")[2]
    return f"{rate.requested / factor(unit):.6g} {unit}"


def _rate(what: str, feed: Feed, rate: HeldRate, volume: Millilitres) -> tuple[str, ...]:
    total = volume * rate.error
    return (
        what,
        feed.solution,
        feed.device,
        _asked(rate),
        rate.text,
        f"{100 * rate.error:+.3f} %",
        f"{total:+.4f} mL in the planned time",
        f"{show(rate.slowest, Dimension.FLOW_RATE)} to {show(rate.fastest, Dimension.FLOW_RATE)}",
    )


def _refills(plan: Plan) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for step in plan.steps:
        doses = _doses(step)
        for number, segment in enumerate(segment for dose in doses for segment in dose.segments):
            if number > 0 or segment.kind is SegmentKind.CHASE:
                rows += [(clock(prompt.when), prompt.id) for prompt in segment.prompts]
    return rows


def _volumes(plan: Plan) -> list[tuple[str, ...]]:
    return [
        (
            row.vessel,
            row.step,
            show(row.change, Dimension.VOLUME),
            show(row.after, Dimension.VOLUME),
            show(row.working_volume, Dimension.VOLUME),
        )
        for row in plan.volumes
    ]


def _temperatures(plan: Plan) -> list[tuple[str, ...]]:
    return [
        (
            clock(row.start),
            row.vessel,
            "off" if row.set_point is None else show(row.set_point, Dimension.TEMPERATURE),
            show(row.expected, Dimension.TEMPERATURE),
        )
        for row in plan.temperatures
    ]


def _prompts(plan: Plan) -> list[tuple[str, ...]]:
    works = (step.work for step in plan.steps if isinstance(step.work, MonitorWork))
    again = {p.id for work in works for asking in range(1, work.askings) for p in work.questions(asking)}
    return [(clock(prompt.when), prompt.id, prompt.text) for prompt in plan.prompts if prompt.id not in again]
