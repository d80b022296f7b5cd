"""The trade-off of an advice as a picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ruggli.plan.advice.figures import COSTS, FIGURES
from ruggli.quantities.base import Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.world.process import run_module

if TYPE_CHECKING:
    from ruggli.app.advising import Advice, Row

DRAWING_SECONDS = Seconds(120.0)
"""Longest time for drawing; the first time on a computer, the fonts are looked for."""

UNITS = {
    Dimension.DURATION: ("h", 1 / 3600.0),
    Dimension.VOLUME: ("mL", 1.0),
    Dimension.MOLE_PERCENT: ("mol%", 100.0),
    Dimension.PERCENT: ("%", 100.0),
    Dimension.CONCENTRATION: ("mM", 1000.0),
}
"""Unit of an axis, and what makes it from base units."""


def draw_advice(found: Advice) -> str:
    """An SVG text, drawn by a process of its own. Raises `RuggliError`."""
    answer = json.loads(run_module("ruggli.report.tradeoff", json.dumps(plot_data(found)).encode(), DRAWING_SECONDS))
    return str(answer["tradeoff"])


def plot_data(found: Advice) -> dict[str, Any]:
    """What `ruggli.report.tradeoff` draws: ring, dimer and the other costs over the cost that is made small."""
    smallest = found.question.smallest
    names = ["ring", "dimer", *(cost for cost in COSTS if cost != smallest)]
    names += [t.figure for t in found.question.targets if FIGURES[t.figure].predicted and t.figure not in names]
    rows = [("now", found.now)] if found.now is not None else []
    rows += [(str(number), row) for number, row in enumerate(found.rows, 1)]
    rows += [("nearest", found.nearest)] if found.nearest is not None else []
    return {
        "axis": f"{_axis(smallest)}; bars: nine in ten of the samples; dashed: the targets",
        "rows": [
            {
                "label": label,
                "now": label == "now",
                "at": _band(row, smallest)["value"],
                "values": {name: _band(row, name) for name in dict.fromkeys(names)},
            }
            for label, row in rows
        ],
        "panels": [
            {
                "name": name,
                "axis": _axis(name),
                "bounds": [_scaled(name, t.bound) for t in found.question.targets if t.figure == name],
            }
            for name in dict.fromkeys(names)
        ],
    }


def _axis(name: str) -> str:
    return f"{name.replace('_', ' ')} ({UNITS[FIGURES[name].dimension][0]})"


def _scaled(name: str, value: float) -> float:
    return value * UNITS[FIGURES[name].dimension][1]


def _band(row: Row, name: str) -> dict[str, float]:
    return {end: _scaled(name, value) for end, value in row.bands[name].items()}
