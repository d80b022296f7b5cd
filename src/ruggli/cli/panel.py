"""`ruggli panel`: one protocol with several settings, as a plan for several runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ruggli.cli.codes import COMPLETE, ENDED_OTHERWISE, REFUSED
from ruggli.cli.options import (
    json_option,
    planning_options,
    read_accepted,
    read_ask,
    read_over,
    read_reasons,
    runs_option,
)
from ruggli.cli.output import write, write_json, write_problems

if TYPE_CHECKING:
    from ruggli.app.panel import PanelRun
    from ruggli.app.request import RunOutcome


@click.command()
@planning_options
@click.option(
    "--over",
    multiple=True,
    required=True,
    metavar="NAME=VALUE,VALUE",
    help="A parameter and the values that it takes; repeatable: then all combinations.",
)
@click.option("--simulate", is_flag=True, help="Dry-run every run, without reports.")
@runs_option
@json_option
def panel(
    over: tuple[str, ...], simulate: bool, runs: str | None, as_json: bool, accept: tuple[str, ...], **options: Any
) -> int:
    """Plan PROTOCOL once for each value of a parameter: what each run takes, what all need, how to start each.

    The runs follow each other on one rig. Exit code 2 where a run is refused, 1 where a dry run does not complete.
    """
    accepted = read_accepted(accept)
    values = read_over(over, options["settings"])

    from ruggli.app.panel import plan_panel
    from ruggli.cli.panel_text import panel_as_json, panel_text

    ask = read_ask(options)
    planned = plan_panel(ask, values, accepted)
    came: dict[int, RunOutcome] = {}
    if simulate:
        came = _simulated(planned, accepted, read_reasons(accept), runs, quiet=as_json)
    if as_json:
        write_json(panel_as_json(ask, values, planned, accept, came))
    else:
        for run in planned:
            if run.blocking:
                write(f"run {run.number}:")
                write_problems(run.blocking, run.prepared.texts)
        write(panel_text(ask, values, planned, accept, came))
    if any(run.blocking for run in planned):
        return REFUSED
    return COMPLETE if all(outcome.verdict.value == "complete" for outcome in came.values()) else ENDED_OTHERWISE


def _simulated(
    planned: tuple[PanelRun, ...], accepted: frozenset[str], reasons: dict[str, str], runs: str | None, *, quiet: bool
) -> dict[int, RunOutcome]:
    """The outcome of each run that nothing blocks, by its number."""
    from ruggli.app.panel import dry_run_of
    from ruggli.app.runs import runs_folder

    folder = runs_folder(runs)
    came: dict[int, RunOutcome] = {}
    for run in planned:
        if run.blocking:
            continue
        came[run.number] = dry_run_of(run, accepted, reasons, folder)
        text = f"run {run.number} of {len(planned)}: {came[run.number].verdict.value}"
        write(text, sys.stderr if quiet else sys.stdout)
    return came
