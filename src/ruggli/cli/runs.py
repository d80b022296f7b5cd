"""`ruggli runs`: the list of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ruggli.cli.options import json_option, runs_option
from ruggli.cli.output import write, write_json

if TYPE_CHECKING:
    from ruggli.app.runs import RunRow

_HEAD = ("run", "verdict", "protocol", "rig", "started", "took", "")


@click.command()
@runs_option
@json_option
def runs(runs: str | None, as_json: bool) -> None:
    """List the runs, oldest first: how each ended, what it was, when it began and how long it took."""
    from ruggli.app.runs import list_runs, runs_folder

    folder = runs_folder(runs)
    rows = list_runs(folder)
    if as_json:
        write_json({"folder": folder, "runs": [row.as_json() for row in rows]})
        return
    if not rows:
        write(f"no runs in {folder}")
        return
    table = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(_HEAD))]
    for cells in table:
        write("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())


def _cells(row: RunRow) -> tuple[str, ...]:
    from ruggli.plan.text import clock

    took = "-" if row.duration is None else clock(row.duration)
    kind = "dry run" if row.simulated else ""
    return (row.run, row.verdict, row.protocol or "-", row.rig or "-", row.started[:19] or "-", took, kind)
