"""Draws the figures of a report: `python -m ruggli.report.plots`, JSON in, JSON of SVG texts out.

A program of its own, so that drawing never takes time from a controller; matplotlib is imported only here.
"""

import json
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette, which all common kinds of colour vision tell apart; yellow left out, too pale on paper.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
STYLES: dict[str, tuple[Any, float]] = {
    "actual": ("-", 1.3),
    "planned": ((0, (4, 2)), 1.0),
    "second": ((0, (6, 1.5)), 1.1),
    "dotted": ((0, (1.2, 1.2)), 1.3),
    "dash-dot": ((0, (5, 1.5, 1, 1.5)), 1.1),
}
GREY, RED = "#555555", "#B03A00"
WIDTH, LEFT, RIGHT = 7.1, 0.62, 0.08
AXES_HEIGHT, SMALL_HEIGHT, BETWEEN = 1.5, 0.75, 0.12
ROW, RAIL, BELOW = 0.125, 0.14, 0.42
CHARACTER = 0.062
"""Width of a character of a step's label, inches at 7 pt."""


def draw(data: dict[str, Any]) -> dict[str, str]:
    """An SVG text for each panel of `ruggli.report.figures.figure_data`."""
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
    result = {}
    for number, panel in enumerate(data["panels"]):
        matplotlib.rcParams["svg.hashsalt"] = f"ruggli{number}"
        result[panel["name"]] = _svg(_panel(data, panel), panel["name"])
    return result


def _panel(data: dict[str, Any], panel: dict[str, Any]) -> "Figure":
    from matplotlib.figure import Figure

    labels = place_labels(data["steps"], data["end"], WIDTH - LEFT - RIGHT)
    rows = 1 + max((row for _, row, _ in labels), default=0)
    groups = panel["groups"]
    height = SMALL_HEIGHT if panel.get("small") else AXES_HEIGHT if len(groups) == 1 else 0.8 * AXES_HEIGHT
    entries = sum(len(group) for group in groups)
    legend = 0.17 * -(-entries // (2 if entries > 3 or _longest(groups) > 30 else 3)) + 0.04
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
            axes.yaxis.set_label_coords(-0.52 / (WIDTH - LEFT - RIGHT), 0.5 if len(groups) == 1 else 0.0)
        y -= height + BETWEEN
    if data["simulated"]:
        middle = (BELOW + legend + (total - top)) / 2 / total
        figure.text(
            0.5, middle, "SIMULATED", fontsize=30, color="#000000", alpha=0.06, ha="center", va="center", weight="bold"
        )
    _legend(figure, groups, total)
    return figure


def _longest(groups: Sequence[Sequence[dict[str, Any]]]) -> int:
    return max((len(line["label"]) for group in groups for line in group), default=0)


def _fill(axes: "Axes", data: dict[str, Any], group: Sequence[dict[str, Any]], panel: dict[str, Any], *, last: bool) -> None:
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
    for step in data["steps"]:
        axes.axvline(step["start"], color="#AAAAAA", linewidth=0.4, zorder=0.5)
    if data["last"] < 0.999 * data["end"]:
        axes.axvline(data["last"], color=GREY, linewidth=0.8, zorder=0.6)
    for alarm in data["alarms"]:
        axes.axvline(alarm["at"], color=RED, linewidth=0.8, linestyle=(0, (1, 1)), zorder=1)
    for line in group:
        style, width = STYLES[line["style"]]
        values = [float("nan") if value is None else value for value in line["values"]]
        behind = line["style"] == "planned"
        axes.plot(
            line["times"],
            values,
            color=COLOURS[line["colour"] % len(COLOURS)],
            linestyle=style,
            linewidth=width,
            label=line["label"],
            zorder=3 if behind else 2,
            alpha=0.75 if behind else 1.0,
        )
    axes.set_xlim(0, data["end"])
    axes.margins(y=0.08)
    if panel["zero"]:
        highest = max([0.0, *(value for line in group for value in line["values"] if value is not None)])
        axes.set_ylim(0, 1.12 * highest if highest > 0 else 1.0)
    axes.grid(axis="y", color="#E4E4E4", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=7.5, length=2.5, labelbottom=last)
    axes.locator_params(axis="y", nbins=5)
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if last:
        axes.set_xlabel(f"time from the start of the run ({data['unit']})", fontsize=8, labelpad=2)


def _rail(axes: "Axes", data: dict[str, Any], height: float) -> None:
    """Marks of questions, commands and alarms, above the axes."""
    across = axes.get_xaxis_transform()
    y = 1 + 0.5 * RAIL / height
    common = {"transform": across, "clip_on": False, "linestyle": "none", "zorder": 4}
    axes.plot(data["prompts"], [y] * len(data["prompts"]), marker="v", markersize=3, color=GREY, **common)
    axes.plot(data["commands"], [y] * len(data["commands"]), marker="s", markersize=3, color="#000000", **common)
    ends = -1.0
    for alarm in data["alarms"]:
        axes.plot([alarm["at"]], [y], marker="D", markersize=3.5, color=RED, **common)
        at = alarm["at"] + 0.007 * data["end"]
        if at > ends:
            axes.text(at, y, alarm["label"], transform=across, fontsize=6.5, color=RED, va="center", weight="bold")
            ends = at + 0.035 * data["end"]


def _strip(axes: "Axes", labels: Sequence[tuple[float, int, str]], height: float) -> None:
    """Numbers and names of the steps, above the rail."""
    across = axes.get_xaxis_transform()
    for at, row, text in labels:
        y = 1 + (RAIL + (row + 0.5) * ROW) / height
        axes.plot([at, at], [1, y + 0.4 * ROW / height], color="#AAAAAA", linewidth=0.4, transform=across, clip_on=False)
        axes.text(at, y, f" {text}", transform=across, fontsize=6.5, color="#333333", va="center", ha="left")


def place_labels(steps: Sequence[dict[str, Any]], end: float, width: float) -> list[tuple[float, int, str]]:
    """Where the steps' labels go: (time, row, text), none over another, none past the right edge.

    A step whose name finds no room shows its number; steps whose numbers find none share one (`3-5`).
    """
    per_inch = end / width
    free = [0.0, 0.0, 0.0]
    placed: list[tuple[float, int, str]] = []
    waiting: list[dict[str, Any]] = []

    def fit(at: float, text: str) -> int | None:
        need = (len(text) + 1.5) * CHARACTER * per_inch
        if at + need > end * 1.01:
            return None
        return next((row for row, until in enumerate(free) if at >= until), None)

    def put(at: float, row: int, text: str) -> None:
        free[row] = at + (len(text) + 1.5) * CHARACTER * per_inch
        placed.append((at, row, text))

    for index, step in enumerate(steps):
        at = step["start"]
        following = steps[index + 1]["start"] if index + 1 < len(steps) else end
        waiting.append(step)
        first, number = waiting[0]["number"], step["number"]
        numbers = f"{number}" if first == number else f"{first}–{number}"
        named = f"{numbers} {step['name']}"
        short = (following - at) < 0.25 * CHARACTER * per_inch
        row = None if short and index + 1 < len(steps) else fit(at, named)
        if row is not None:
            put(at, row, named)
            waiting.clear()
            continue
        row = None if short and index + 1 < len(steps) else fit(at, numbers)
        if row is not None:
            put(at, row, numbers)
            waiting.clear()
    if waiting and placed:
        at, row, text = placed.pop()
        numbers = text.split(" ")[0].split("–")[0]
        placed.append((at, row, f"{numbers}–{waiting[-1]['number']}"))
    return placed


def _legend(figure: "Figure", groups: Sequence[Sequence[dict[str, Any]]], total: float) -> None:
    handles, labels = [], []
    for axes in figure.axes:
        own, texts = axes.get_legend_handles_labels()
        handles += own
        labels += texts
    columns = 2 if len(labels) > 3 or _longest(groups) > 30 else 3
    figure.legend(
        handles,
        labels,
        loc="lower left",
        bbox_to_anchor=(LEFT / WIDTH, 0.0),
        ncol=columns,
        frameon=False,
        fontsize=7.5,
        handlelength=3.2,
        columnspacing=2.0,
        borderaxespad=0.0,
        borderpad=0.1,
        labelspacing=0.3,
    )


def _svg(figure: "Figure", name: str) -> str:
    import io

    out = io.StringIO()
    metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(out, format="svg", metadata=metadata)
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\s(width|height)="[0-9.]+pt"', "", text, count=2)
    label = re.sub(r"[^A-Za-z0-9 _.-]", " ", name)
    return text.replace("<svg ", f'<svg role="img" aria-label="{label} against time" ', 1)


def main() -> None:
    """Read JSON on standard input, write JSON on standard output."""
    data = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(draw(data)).encode())


if __name__ == "__main__":
    main()
