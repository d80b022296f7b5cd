"""Draws the figures of a report: `python -m ruggli.report.plots`, JSON in, JSON of SVG texts out.

A program of its own, so that drawing never takes time from a controller; matplotlib and RDKit are imported only here.
"""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ruggli.report.structures import draw_structures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette, which all common kinds of colour vision tell apart; without yellow (too pale on paper) and
# black (the plan).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
STYLES: dict[str, tuple[Any, float]] = {
    "actual": ("-", 1.5),
    "planned": ((0, (3, 3)), 0.7),
    "second": ((0, (6, 1.5)), 1.1),
    "dotted": ((0, (1.2, 1.2)), 1.3),
    "dash-dot": ((0, (5, 1.5, 1, 1.5)), 1.1),
}
GREY, RED = "#555555", "#B03A00"
WIDTH, LEFT, RIGHT = 7.1, 0.66, 0.08
AXES_HEIGHT, SMALL_HEIGHT, BETWEEN = 1.25, 0.7, 0.12
ROW, RAIL, BELOW = 0.125, 0.14, 0.36
CHARACTER = 0.06
"""Width of a character of a step's label at 6.5 pt, inches."""
SHORT_ROWS = 3
"""Rows for the labels of short steps."""


def draw(data: dict[str, Any]) -> dict[str, str]:
    """An SVG text for each panel of `ruggli.report.figures.figure_data`, and the structures."""
    return {**_plots(data), **draw_structures(data["structures"])}


def _plots(data: dict[str, Any]) -> dict[str, str]:
    if not data["panels"]:
        return {}
    result = {}
    for number, panel in enumerate(data["panels"]):
        prepare_drawing(str(number))
        result[panel["name"]] = svg_of(_panel(data, panel), f"{panel['name']} against time")
    return result


def prepare_drawing(name: str) -> None:
    """Set what every figure has in common; `name` keeps the marks of one SVG apart from those of another on a page."""
    import matplotlib

    matplotlib.rcParams.update(
        {
            "svg.fonttype": "none",
            "font.size": 8,
            "font.family": ["DejaVu Sans"],
            "axes.linewidth": 0.6,
            "xtick.major.width": 0.6,
            "ytick.major.width": 0.6,
            "path.simplify": False,
        }
    )
    matplotlib.rcParams["svg.hashsalt"] = f"ruggli{name}"


def _panel(data: dict[str, Any], panel: dict[str, Any]) -> "Figure":
    from matplotlib.figure import Figure

    labels = place_labels(data["steps"], data["end"], WIDTH - LEFT - RIGHT)
    rows = 1 + max((label.row for label in labels), default=0)
    groups = panel["groups"]
    height = SMALL_HEIGHT if panel.get("small") else AXES_HEIGHT if len(groups) == 1 else 0.8 * AXES_HEIGHT
    entries = sum(len(group) for group in groups)
    legend = 0.15 * -(-entries // _columns(groups)) + 0.05
    top = rows * ROW + RAIL + 0.05
    total = top + len(groups) * (height + BETWEEN) - BETWEEN + BELOW + legend
    figure = Figure(figsize=(WIDTH, total))
    y = total - top - height
    for index, group in enumerate(groups):
        box = (LEFT / WIDTH, y / total, (WIDTH - LEFT - RIGHT) / WIDTH, height / total)
        axes = figure.add_axes(box)
        _fill(axes, data, group, panel, last=index == len(groups) - 1)
        if index == 0:
            _rail(axes, data, height)
            _strip(axes, labels, height)
            axes.set_ylabel(panel["axis"], fontsize=8)
            axes.yaxis.set_label_coords(-0.47 / (WIDTH - LEFT - RIGHT), 0.5 if len(groups) == 1 else 0.0)
        y -= height + BETWEEN
    _legend(figure, groups, total)
    return figure


def _columns(groups: Sequence[Sequence[dict[str, Any]]]) -> int:
    """Columns of the legend, by the longest label."""
    return 3 if max((len(line["label"]) for group in groups for line in group), default=0) <= 30 else 2


def _fill(
    axes: "Axes", data: dict[str, Any], group: Sequence[dict[str, Any]], panel: dict[str, Any], *, last: bool
) -> None:
    for span in data["spans"]:
        axes.axvspan(
            span["start"],
            max(span["end"], span["start"] + 0.001 * data["end"]),
            facecolor="#FFFFFF" if span["hold"] else "#DDDDDD",
            edgecolor="#999999",
            hatch="////" if span["hold"] else "....",
            linewidth=0.3,
            alpha=0.7,
            zorder=0,
        )
    across = axes.get_xaxis_transform()
    starts = [step["start"] for step in data["steps"]]
    axes.vlines(starts, 0, 1, colors="#AAAAAA", linewidth=0.4, zorder=0.5, transform=across)
    if data["last"] < 0.999 * data["end"]:
        axes.axvline(data["last"], color=GREY, linewidth=0.8, zorder=0.6)
    alarms = [alarm["at"] for alarm in data["alarms"]]
    axes.vlines(alarms, 0, 1, colors=RED, linewidth=0.8, linestyle=(0, (1, 1)), zorder=1, transform=across)
    for line in group:
        style, width = STYLES[line["style"]]
        planned = line["style"] == "planned"
        values = [float("nan") if value is None else value for value in line["values"]]
        if "low" in line:
            colour = COLOURS[line["colour"] % len(COLOURS)]
            axes.fill_between(line["times"], line["low"], line["high"], color=colour, alpha=0.18, linewidth=0, zorder=1)
        axes.plot(
            line["times"],
            values,
            color="#000000" if planned else COLOURS[line["colour"] % len(COLOURS)],
            linestyle=style,
            linewidth=width,
            label=line["label"],
            zorder=3 if planned else 2,
        )
    if data["simulated"]:
        mark: dict[str, Any] = {"fontsize": 24, "color": "#000000", "alpha": 0.07, "weight": "bold", "zorder": 0.4}
        axes.text(0.5, 0.5, "SIMULATED", transform=axes.transAxes, ha="center", va="center", **mark)
    axes.set_xlim(0, 1.004 * data["end"])
    axes.margins(y=0.08)
    told = [value for line in group for value in (*line["values"], *line.get("high", ())) if value is not None]
    if panel["zero"]:
        highest = max([0.0, *told])
        axes.set_ylim(0, 1.12 * highest if highest > 0 else 1.0)
    elif told and max(told) - min(told) < panel.get("span", 0.0):
        middle = (max(told) + min(told)) / 2
        axes.set_ylim(middle - panel["span"] / 2, middle + panel["span"] / 2)
    axes.grid(axis="y", color="#E4E4E4", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=7.5, length=2.5, labelbottom=last)
    axes.locator_params(axis="y", nbins=5)
    axes.locator_params(axis="x", nbins=10, steps=[1, 2, 5, 10])
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if last:
        axes.set_xlabel(f"time from the start of the run ({data['unit']})", fontsize=8, labelpad=2)


def _rail(axes: "Axes", data: dict[str, Any], height: float) -> None:
    """Marks of questions, commands and alarms, above the axes."""
    across = axes.get_xaxis_transform()
    y = 1 + 0.5 * RAIL / height
    common: dict[str, Any] = {"transform": across, "clip_on": False, "linestyle": "none", "zorder": 4}
    axes.plot(data["prompts"], [y] * len(data["prompts"]), marker="v", markersize=3, color=GREY, **common)
    axes.plot(data["commands"], [y] * len(data["commands"]), marker="s", markersize=3, color="#000000", **common)
    ends = -1.0
    for alarm in data["alarms"]:
        axes.plot([alarm["at"]], [y], marker="D", markersize=3.5, color=RED, **common)
        at = alarm["at"] + 0.007 * data["end"]
        if at > ends:
            axes.text(at, y, alarm["label"], transform=across, fontsize=6.5, color=RED, va="center", weight="bold")
            ends = at + 0.035 * data["end"]


def _strip(axes: "Axes", labels: "Sequence[Label]", height: float) -> None:
    """Numbers and names of the steps, above the rail."""
    across = axes.get_xaxis_transform()
    gap = 0.02 / (WIDTH - LEFT - RIGHT) * axes.get_xlim()[1]
    starts = [label.at for label in labels]
    tops = [1 + (RAIL + (label.row + 0.9) * ROW) / height for label in labels]
    axes.vlines(starts, 1, tops, colors="#AAAAAA", linewidth=0.4, transform=across, clip_on=False)
    for label in labels:
        y = 1 + (RAIL + (label.row + 0.5) * ROW) / height
        axes.text(
            label.begin + gap,
            y,
            label.text,
            transform=across,
            fontsize=6.5,
            color="#333333",
            va="center",
            bbox={"facecolor": "#FFFFFF", "edgecolor": "none", "pad": 0.4},
        )


@dataclass(frozen=True, slots=True)
class Label:
    """A label above the axes: the time of its step, where the text begins, its row, the text."""

    at: float
    begin: float
    row: int
    text: str


def place_labels(steps: Sequence[dict[str, Any]], end: float, width: float) -> list[Label]:
    """Labels of the steps, none over another and none past the right edge.

    Steps that last long enough have number and name in the lowest row. Runs of short steps stand above: by name where
    all names find room, else by number; what finds none shares the label before it (`3-5`).
    """
    scale = CHARACTER * end / width

    def need(text: str) -> float:
        return (len(text) + 1.5) * scale

    placed: list[Label] = []
    cluster: list[dict[str, Any]] = []
    free = [0.0] * SHORT_ROWS

    def flush() -> None:
        if not cluster:
            return
        for texts in (
            [f"{step['number']} {step['name']}" for step in cluster],
            [str(step["number"]) for step in cluster],
        ):
            rows, found = list(free), list[Label]()
            for step, text in zip(cluster, texts, strict=True):
                begin = min(step["start"], end - need(text))
                row = next((row for row, until in enumerate(rows) if begin >= until), None)
                if row is not None:
                    rows[row] = begin + need(text)
                    found.append(Label(step["start"], begin, row + 1, text))
                elif found and texts[0] == str(cluster[0]["number"]):
                    before = found.pop()
                    text = f"{before.text.split('–')[0]}–{step['number']}"
                    begin = min(before.begin, end - need(text))
                    rows[before.row - 1] = begin + need(text)
                    found.append(Label(before.at, begin, before.row, text))
                else:
                    break
            else:
                placed.extend(found)
                free[:] = rows
                break
        cluster.clear()

    for index, step in enumerate(steps):
        following = steps[index + 1]["start"] if index + 1 < len(steps) else end
        text = f"{step['number']} {step['name']}"
        if following - step["start"] >= need(text):
            flush()
            placed.append(Label(step["start"], step["start"], 0, text))
        else:
            cluster.append(step)
    flush()
    return placed


def _legend(figure: "Figure", groups: Sequence[Sequence[dict[str, Any]]], total: float) -> None:
    handles, labels = [], []
    for axes in figure.axes:
        own, texts = axes.get_legend_handles_labels()
        handles += own
        labels += texts
    figure.legend(
        handles,
        labels,
        loc="lower left",
        bbox_to_anchor=(LEFT / WIDTH, 0.0),
        ncol=_columns(groups),
        frameon=False,
        fontsize=7.5,
        handlelength=3.2,
        columnspacing=2.0,
        borderaxespad=0.0,
        borderpad=0.1,
        labelspacing=0.3,
    )


def svg_of(figure: "Figure", name: str) -> str:
    """A figure as SVG text without dates and sizes; `name` is its label for those who cannot see it."""
    import io

    out = io.StringIO()
    metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(out, format="svg", metadata=metadata)
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\s(width|height)="[0-9.]+pt"', "", text, count=2)
    label = re.sub(r"[^A-Za-z0-9 _.-]", " ", name)
    return text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def main() -> None:
    """Read JSON on standard input, write JSON on standard output."""
    data = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(draw(data)).encode())


if __name__ == "__main__":
    main()
