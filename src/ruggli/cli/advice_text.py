"""Advice for people: a table of the trade-off, the words to use it, and what limits it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ruggli.chemistry.kinetics.parameters import HONEST
from ruggli.plan.advice.figures import FIGURES
from ruggli.quantities.reader import show

if TYPE_CHECKING:
    from ruggli.app.advising import Advice, Row
    from ruggli.plan.advice.levers import Lever

SHOWN = ("time", "solvent", "catalyst", "ring", "dimer", "peak")
"""Figures of the table; of the ring the band too."""


def advice_text(found: Advice) -> str:
    """Everything, in lines."""
    return "\n".join(_lines(found))


def _lines(found: Advice) -> Iterator[str]:
    asked = found.question
    targets = " and ".join(str(target) for target in asked.targets)
    sure = f", in {_percent(asked.confidence)} of the samples too" if asked.confidence > 0.0 else ""
    yield f"{targets}{sure}; least {asked.smallest} first"
    yield from _table(found)
    if found.rows:
        yield "to use a row:"
        for number, row in enumerate(found.rows, 1):
            yield f"  {number}: {_words(row.candidate.settings)}"
    elif found.nearest is not None:
        yield from _missed(found, found.nearest)
    yield from _search(found)
    yield from _pre_charge(found)
    yield HONEST


def _table(found: Advice) -> Iterator[str]:
    names = [lever.parameter for lever in found.levers.moving]
    head = ["", *names]
    for name in SHOWN:
        head += [name, "nine in ten"] if name == "ring" else [name]
    table = [[*head, "samples", "refills", "warnings"]]
    rows: list[tuple[str, Row]] = [] if found.now is None else [("now", found.now)]
    rows += [(str(number), row) for number, row in enumerate(found.rows, 1)]
    rows += [] if found.nearest is None else [("nearest", found.nearest)]
    for label, row in rows:
        settings = {lever.parameter: _value(lever, row) for lever in found.levers.moving}
        cells = [label, *(settings[name] for name in names)]
        for name in SHOWN:
            band = row.bands[name]
            cells.append(_shown(name, band["value"]))
            cells += [f"{_shown(name, band['low'])} to {_shown(name, band['high'])}"] if name == "ring" else []
        candidate = row.candidate
        warnings = " ".join(candidate.warnings) or "-"
        table.append([*cells, _percent(row.share), str(candidate.refills), warnings])
    widths = [max(len(cells[column]) for cells in table) for column in range(len(table[0]))]
    for cells in table:
        yield "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _value(lever: Lever, row: Row) -> str:
    return row.candidate.settings.get(lever.parameter) or show(lever.now, lever.dimension)


def _missed(found: Advice, row: Row) -> Iterator[str]:
    asked = found.question
    yield f"no candidate meets the target{'s' if len(asked.targets) > 1 else ''}; the nearest one:"
    for target in asked.targets:
        value = row.candidate.figures[target.figure]
        kept = "kept" if target.holds(row.candidate.figures) else "missed"
        yield f"  {target}: {_shown(target.figure, value)}, {kept}"
    if asked.confidence > 0.0:
        yield f"  {_percent(row.share)} of the samples meet them; {_percent(asked.confidence)} are asked for"
    for lever in found.levers.moving:
        yield f"  {lever.parameter} {_value(lever, row)}: {_edge(lever, row)}"
    yield f"  to use it: {_words(row.candidate.settings)}"


def _edge(lever: Lever, row: Row) -> str:
    """Whether a candidate stands at an end of a lever's range, and what sets the end."""
    text = row.candidate.settings[lever.parameter]
    low, high = lever.ends
    if text == low:
        return f"the lowest; {lever.range.low_by} sets it"
    if text == high:
        return f"the highest; {lever.range.high_by} sets it"
    return f"inside its range of {low} to {high}"


def _search(found: Advice) -> Iterator[str]:
    yield f"{found.tried} candidates tried: {found.planned} can be planned, {found.met} of them meet the targets"
    for code, number in found.refused.items():
        remedy = f" (--accept {code})" if code.startswith("W-") else ""
        yield f"  {number} refused by {code}{remedy}"
    for lever in found.levers.moving:
        low, high = lever.ends
        ends = f"{low} ({lever.range.low_by}) to {high} ({lever.range.high_by})"
        yield f"  {lever.kind.value}, {lever.parameter}: {ends}"
    for fixed in found.levers.fixed:
        yield f"  {fixed.kind.value}, kept: {fixed.why}"


def _pre_charge(found: Advice) -> Iterator[str]:
    row = next(iter(found.rows), None) or found.nearest or found.now
    if row is None or row.pre_charged is None:
        return
    of = "row 1" if found.rows else "the nearest candidate" if found.nearest else "the protocol as it stands"
    band = row.pre_charged
    between = f"{_percent(band['low'])} to {_percent(band['high'])}"
    yield f"{of} with all catalyst in the flask from the start: ring {_percent(band['value'])}, {between}"
    yield (
        "  To write it, charge the whole catalyst solution before the dose and leave it out of the dose; to write a "
        "part of it, charge it with a `volume`: the dose takes the rest. Rule RCM-05 warns (--accept W-RCM-05)."
    )


def _shown(name: str, value: float) -> str:
    from ruggli.quantities.dimension import Dimension

    return (
        _percent(value)
        if FIGURES[name].dimension is Dimension.PERCENT
        else show(float(f"{value:.4g}"), FIGURES[name].dimension)
    )


def _percent(part: float) -> str:
    from ruggli.chemistry.kinetics.told import share

    return share(part)


def _words(settings: Mapping[str, str]) -> str:
    return " ".join(f'--set {name}="{value}"' for name, value in settings.items())
