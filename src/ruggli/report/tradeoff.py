"""Draws a trade-off: `python -m ruggli.report.tradeoff`, JSON in, JSON with one SVG text out.

In: `axis` (label of the cost that is made small), `rows` (`label`, `now`, `at` and `values`: by panel `value`, `low`,
`high`) and `panels` (`name`, `axis`, `bounds` that targets set). A program of its own, as `ruggli.report.plots`.
"""

import json
import sys
from typing import TYPE_CHECKING, Any

from ruggli.report.plots import COLOURS, GREY, RED, prepare_drawing, svg_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, LEFT, RIGHT, TOP, BELOW = 7.1, 0.85, 0.15, 0.3, 0.45
HEIGHT, BETWEEN = 1.35, 0.14
"""Inches."""


def draw(data: dict[str, Any]) -> str:
    """The SVG text: a panel for each figure over the cost, each row a mark with its band."""
    prepare_drawing("tradeoff")
    from matplotlib.figure import Figure

    panels = data["panels"]
    total = TOP + len(panels) * (HEIGHT + BETWEEN) - BETWEEN + BELOW
    figure = Figure(figsize=(WIDTH, total))
    for number, panel in enumerate(panels):
        y = total - TOP - number * (HEIGHT + BETWEEN) - HEIGHT
        axes = figure.add_axes((LEFT / WIDTH, y / total, (WIDTH - LEFT - RIGHT) / WIDTH, HEIGHT / total))
        _fill(axes, data["rows"], panel, COLOURS[number % len(COLOURS)])
        if number == 0:
            _label(axes, data["rows"])
        last = number == len(panels) - 1
        axes.tick_params(labelsize=7.5, length=2.5, labelbottom=last)
        if last:
            axes.set_xlabel(data["axis"], fontsize=8, labelpad=2)
    return svg_of(figure, "trade-off")


def _fill(axes: "Axes", rows: list[dict[str, Any]], panel: dict[str, Any], colour: str) -> None:
    for row in rows:
        found = row["values"][panel["name"]]
        own = "#000000" if row["now"] else colour
        band: dict[str, Any] = {"color": own, "alpha": 0.35, "linewidth": 4.0, "solid_capstyle": "butt", "zorder": 2}
        axes.plot([row["at"]] * 2, [found["low"], found["high"]], **band)
        axes.plot([row["at"]], [found["value"]], marker="D" if row["now"] else "o", markersize=4, color=own, zorder=3)
    told = sorted((row["at"], row["values"][panel["name"]]["value"]) for row in rows if not row["now"])
    axes.plot([at for at, _ in told], [value for _, value in told], color=colour, linewidth=0.8, zorder=2.5)
    for bound in panel["bounds"]:
        axes.axhline(bound, color=RED, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    axes.set_ylabel(panel["axis"], fontsize=8)
    axes.yaxis.set_label_coords(-0.62 / (WIDTH - LEFT - RIGHT), 0.5)
    ends = [row["values"][panel["name"]][end] for row in rows for end in ("low", "high")]
    highest = max([0.0, *ends, *panel["bounds"]])
    axes.set_ylim(0, 1.08 * highest if highest > 0 else 1.0)
    axes.margins(x=0.06)
    axes.grid(axis="y", color="#E4E4E4", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.locator_params(axis="y", nbins=5)
    axes.ticklabel_format(axis="both", style="plain", useOffset=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _label(axes: "Axes", rows: list[dict[str, Any]]) -> None:
    """What each row is called, above the axes."""
    across = axes.get_xaxis_transform()
    for row in rows:
        style: dict[str, Any] = {"fontsize": 7, "color": GREY, "ha": "center", "va": "bottom", "transform": across}
        axes.text(row["at"], 1.1 if row["now"] else 1.01, row["label"], **style)


def main() -> None:
    """Read JSON on standard input, write JSON on standard output."""
    data = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps({"tradeoff": draw(data)}).encode())


if __name__ == "__main__":
    main()
