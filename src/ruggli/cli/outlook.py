"""`ruggli outlook`: what a run is expected to make, corrected by the conversions that were entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ruggli.cli.codes import COMPLETE
from ruggli.cli.options import json_option, runs_option
from ruggli.cli.output import write, write_json

if TYPE_CHECKING:
    from ruggli.app.outlook import Expected
    from ruggli.report.tables import Table


@click.command()
@click.argument("run")
@runs_option
@json_option
def outlook(run: str, runs: str | None, as_json: bool) -> int:
    """Tell what RUN (its id or its folder) is expected to make, corrected by the conversions entered so far.

    The run may go on: what was really added counts, and then the rest of the plan.
    """
    from ruggli.app.outlook import expected_of
    from ruggli.app.runs import find_run, runs_folder

    found = expected_of(find_run(run, runs_folder(runs)))
    if as_json:
        write_json(_as_json(found))
    else:
        _tell(found)
    return COMPLETE


def _tell(found: Expected) -> None:
    from ruggli.chemistry.kinetics.parameters import HONEST
    from ruggli.chemistry.kinetics.told import share, words_of
    from ruggli.report.corrected import correction_view
    from ruggli.report.numbers import clock, measured_out
    from ruggli.report.reaction import scheme_of

    seen, words = found.outlook, words_of(scheme_of(found.reaction))
    write(
        f"run {found.run} ({found.verdict}), record up to {clock(seen.now)}; the reaction began at {clock(seen.start)}"
    )
    rest = f"{measured_out(seen.to_come)} still to come, as planned; " if seen.to_come > 0.0 else ""
    write(f"{rest}the reaction is over at {clock(seen.end)}")
    view = correction_view(found.told, words, seen.start)
    if view is not None:
        _rows(view.measured)
        if view.table is not None:
            _rows(view.table)
        write(view.text)
    else:
        write("no conversion was entered, so this is the prediction with the constants' defaults")
        for name, word in words.items():
            band = found.told["yields"].get(name)
            if band is not None and band["high"] > 0.0:
                write(f"{word:>22}  {share(band['value']):>7}  {share(band['low'])} to {share(band['high'])}")
    write(HONEST)


def _rows(table: Table) -> None:
    rows = [table.head, *table.rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    for row in rows:
        cells = [
            cell.rjust(width) if column in table.right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        write("  ".join(cells).rstrip())


def _as_json(found: Expected) -> dict[str, Any]:
    from ruggli.chemistry.kinetics.parameters import HONEST
    from ruggli.report.reaction import scheme_of

    seen, told = found.outlook, found.told
    return {
        "ok": True,
        "run": found.run,
        "verdict": found.verdict,
        "model": scheme_of(found.reaction),
        "vessel": found.reaction["vessel"],
        "start_s": seen.start,
        "now_s": seen.now,
        "end_s": seen.end,
        "to_come_mL": seen.to_come,
        "samples": told["samples"],
        "yields": told["yields"],
        "peak_M": told["peak_M"],
        "correction": _from_start(told.get("correction"), seen.start),
        "caution": HONEST,
    }


def _from_start(correction: Any, start: float) -> Any:
    """A correction in times of the run."""
    if correction is None:
        return None

    def moved(band: dict[str, float | None]) -> dict[str, float | None]:
        return {name: None if value is None else start + value for name, value in band.items()}

    after = correction["corrected"]
    return {
        **correction,
        "measured": [{**row, "time_s": start + row["time_s"]} for row in correction["measured"]],
        "reached_s": moved(correction["reached_s"]),
        "corrected": None if after is None else {**after, "reached_s": moved(after["reached_s"])},
    }
