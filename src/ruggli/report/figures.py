"""What is to be drawn, as plain JSON data: panels of lines over one time axis, thinned out but with every extreme."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

from ruggli.quantities.base import Seconds
from ruggli.report.account import Account
from ruggli.report.feeds import FeedTrack
from ruggli.report.happenings import Span, SpanKind
from ruggli.report.numbers import HOURLY
from ruggli.report.reaction import Reaction, reaction_panel
from ruggli.report.structures import structure_data

BUCKETS = 500
"""Stretches of time into which a line is cut; of each its first, last, lowest and highest point are drawn."""

APART = 8.0
"""Lines whose highest values differ by more than this factor get axes of their own."""

LEAST_SPAN = 10.0
"""K that an axis of temperatures shows at least, so that the last digit of a thermometer does not fill it."""

Line = dict[str, Any]


def thinned(times: Sequence[float], values: Sequence[float | None]) -> tuple[list[float], list[float | None]]:
    """The line with at most four points a stretch of time: first, last, lowest, highest; gaps stay gaps."""
    if len(times) <= 4 * BUCKETS:
        return list(times), list(values)
    width = (times[-1] - times[0]) / BUCKETS or 1.0
    keep: set[int] = set()
    first = 0
    while first < len(times):
        until = times[0] + width * (int((times[first] - times[0]) / width) + 1)
        last = max(first + 1, bisect_left(times, until, first))
        real = [index for index in range(first, last) if values[index] is not None]
        keep |= {first, last - 1}
        if real:
            keep |= {
                min(real, key=lambda index: values[index] or 0.0),
                max(real, key=lambda index: values[index] or 0.0),
            }
        if 0 < len(real) < last - first:
            keep.update(index for index in range(first, last) if _gap_edge(values, index))
        first = last
    kept = sorted(keep)
    return [times[index] for index in kept], [values[index] for index in kept]


def _gap_edge(values: Sequence[float | None], index: int) -> bool:
    missing = values[index] is None
    before = index > 0 and (values[index - 1] is None) != missing
    after = index + 1 < len(values) and (values[index + 1] is None) != missing
    return before or after


def figure_data(account: Account, reaction: Reaction | None = None) -> dict[str, Any]:
    """Everything that the drawing program needs."""
    end = max([account.duration, *_planned_ends(account)], default=account.duration)
    hours = end > 2 * 3600
    scale = 3600.0 if hours else 60.0
    data: dict[str, Any] = {
        "unit": "h" if hours else "min",
        "end": max(end, 1.0) / scale,
        "simulated": account.simulated,
        "steps": [
            {"number": row.number, "name": row.id, "start": row.start / scale}
            for row in account.steps
            if row.start is not None
        ],
        "last": account.duration / scale,
        "spans": [
            {"start": span.start / scale, "end": span.end / scale, "hold": span.kind is SpanKind.HOLD}
            for span in account.happenings.spans
        ],
        "alarms": [
            {"at": row.at / scale, "label": f"A{number}"}
            for number, row in enumerate(account.happenings.alarms, start=1)
        ],
        "prompts": [row.asked / scale for row in account.happenings.prompts],
        "commands": [row.at / scale for row in account.happenings.notes if row.kind == "command"],
        "panels": [],
        "structures": structure_data(account.plan),
    }
    gaps = [span for span in account.happenings.spans if span.kind is SpanKind.GAP]
    panels = [*_panels(account), *(() if reaction is None else (reaction_panel(reaction),))]
    for panel in panels:
        groups = [group for group in panel["groups"] if group]
        if groups:
            drawn = [[_scaled(_broken(line, gaps), scale) for line in group] for group in groups]
            data["panels"].append({**panel, "groups": drawn})
    return data


def _panels(account: Account) -> list[dict[str, Any]]:
    return [
        _flow(account),
        _volumes(account),
        _temperatures(account),
        *_contents(account),
        *_kept(account),
        _stirring(account),
    ]


def _planned_ends(account: Account) -> Iterable[float]:
    begun = {row.id: row.start for row in account.steps}
    for track in account.feeds:
        start = begun.get(track.feed.step)
        if start is not None and track.feed.stretches:
            yield start + track.feed.stretches[-1].end


def _broken(line: Line, gaps: Sequence[Span]) -> Line:
    """A measured line, broken where nothing was measured."""
    if line["style"] == "planned" or "low" in line or not gaps:
        return line
    times, values = list(line["times"]), list(line["values"])
    for gap in gaps:
        index = bisect_right(times, gap.start)
        if 0 < index < len(times):
            times.insert(index, float(gap.start))
            values.insert(index, None)
    return {**line, "times": times, "values": values}


def _scaled(line: Line, scale: float) -> Line:
    times, values = thinned(line["times"], line["values"])
    return {**line, "times": [time / scale for time in times], "values": values}


def _line(label: str, times: Sequence[float], values: Sequence[float | None], colour: int, style: str) -> Line:
    return {"label": label, "times": list(times), "values": list(values), "colour": colour, "style": style}


def _grouped(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines of like size together; a planned line goes with the actual one of its colour."""
    size: dict[int, float] = {}
    for line in lines:
        size[line["colour"]] = max([size.get(line["colour"], 0.0), *(v for v in line["values"] if v is not None)])
    groups: list[list[int]] = []
    for colour in sorted(size, key=lambda colour: -size[colour]):
        if groups and size[colour] * APART >= size[groups[-1][0]]:
            groups[-1].append(colour)
        else:
            groups.append([colour])
    return [[line for line in lines if line["colour"] in group] for group in groups]


def _begun(account: Account) -> list[tuple[int, FeedTrack, Seconds]]:
    starts = {row.id: row.start for row in account.steps}
    return [
        (index, track, start)
        for index, track in enumerate(account.feeds)
        if (start := starts.get(track.feed.step)) is not None
    ]


def _name(track: FeedTrack) -> str:
    return f"{track.feed.solution} ({track.feed.device})"


def _flow(account: Account) -> dict[str, Any]:
    fastest = max((part.rate for track in account.feeds for part in track.feed.stretches), default=0.0)
    factor, unit = (3600.0, "mL/h") if fastest * 3600 < HOURLY else (60.0, "mL/min")
    lines: list[Line] = []
    for colour, track, start in _begun(account):
        lines.append(_planned_flow(track, start, colour, factor))
        times, values = [0.0], [0.0]
        for episode in track.episodes:
            rates = episode.rates()
            if rates:
                times += [episode.times[0], *episode.times, episode.times[-1]]
                values += [0.0, *(rate * factor for rate in rates), 0.0]
        times.append(account.duration)
        values.append(0.0)
        lines.append(_line(f"{_name(track)}, from the counter", times, values, colour, "actual"))
    return {"name": "flow", "axis": f"flow rate ({unit})", "zero": True, "groups": _grouped(lines)}


def _planned_flow(track: FeedTrack, start: Seconds, colour: int, factor: float) -> Line:
    times, values = [float(start)], [0.0]
    for part in track.feed.stretches:
        held = part.rate * factor
        times += [start + part.start, start + part.start, start + part.end, start + part.end]
        values += [0.0, held, held, 0.0]
    return _line(f"{_name(track)}, planned", times, values, colour, "planned")


def _volumes(account: Account) -> dict[str, Any]:
    lines: list[Line] = []
    for colour, track, start in _begun(account):
        times, values = [float(start)], [0.0]
        for part in track.feed.stretches:
            times += [start + part.start, start + part.end]
            values += [part.low, part.high]
        lines.append(_line(f"{_name(track)}, planned", times, values, colour, "planned"))
        own = [point.at for point in track.points]
        middle = [point.middle for point in track.points]
        lines.append(_line(f"{_name(track)}, delivered", own, middle, colour, "actual"))
    return {"name": "volume", "axis": "delivered volume (mL)", "zero": True, "groups": _grouped(lines)}


def _temperatures(account: Account) -> dict[str, Any]:
    lines: list[Line] = []
    for number, plate in enumerate(account.plates):
        prefix = f"{plate.name}: " if len(account.plates) > 1 else ""
        colour = 2 * number
        if any(value is not None for value in plate.probe):
            lines.append(_line(f"{prefix}probe", plate.times, plate.probe, colour, "actual"))
        if any(value is not None for value in plate.plate):
            lines.append(_line(f"{prefix}plate", plate.times, plate.plate, colour + 1, "second"))
        times, values = _stairs(plate.told, account.duration)
        if any(value is not None for value in values):
            lines.append(_line(f"{prefix}set point", times, values, colour, "planned"))
    return {"name": "temperature", "axis": "temperature (°C)", "zero": False, "span": LEAST_SPAN, "groups": [lines]}


def _stirring(account: Account) -> dict[str, Any]:
    lines = [
        _line(
            f"{plate.name}: stirring speed" if len(account.plates) > 1 else "stirring speed",
            plate.times,
            plate.speed,
            number,
            "actual",
        )
        for number, plate in enumerate(account.plates)
        if any(plate.speed)
    ]
    return {"name": "stirring", "axis": "speed (rpm)", "zero": True, "small": True, "groups": [lines]}


def _stairs(told: Sequence[tuple[Seconds, Any]], end: Seconds) -> tuple[list[float], list[float | None]]:
    times: list[float] = []
    values: list[float | None] = []
    for index, (at, value) in enumerate(told):
        until = told[index + 1][0] if index + 1 < len(told) else end
        times += [at, until]
        values += [value, value]
    return times, values


def _contents(account: Account) -> list[dict[str, Any]]:
    panels = []
    for vessel in account.vessels:
        lines = [
            _line(solute, vessel.times, [1000 * value for value in series], colour, STYLES[colour % len(STYLES)])
            for colour, (solute, series) in enumerate(vessel.concentrations.items())
            if any(series)
        ]
        panels.append(
            {
                "name": f"concentration in {vessel.name}",
                "axis": "concentration (mM)",
                "zero": True,
                "groups": _grouped(lines),
            }
        )
    return panels


def _kept(account: Account) -> list[dict[str, Any]]:
    """Each kept reagent with its bound."""
    lines: list[Line] = []
    for colour, row in enumerate(account.kept):
        name = row.reagent if len({other.step for other in account.kept}) == 1 else f"{row.step}: {row.reagent}"
        values = [1000 * value for value in row.concentrations]
        lines.append(_line(f"{name}, at most", row.times, values, colour, "actual"))
        ends = [row.times[0], row.times[-1]]
        lines.append(_line(f"{name}, its bound", ends, [1000 * row.below] * 2, colour, "planned"))
    return [{"name": "kept", "axis": "unreacted (mM)", "zero": True, "groups": _grouped(lines)}] if lines else []


STYLES = ("actual", "second", "dotted", "dash-dot")
