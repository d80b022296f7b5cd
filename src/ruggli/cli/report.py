"""`ruggli report`: write the report of a run again."""

import os

import click

from ruggli.cli.options import json_option, runs_option
from ruggli.cli.output import write, write_json


@click.command()
@click.argument("run")
@runs_option
@json_option
def report(run: str, runs: str | None, as_json: bool) -> None:
    """Write the report of RUN (its id or its folder) from its journal, interrupted and damaged ones too."""
    from ruggli.app.reporting import write_report
    from ruggli.app.runs import find_run, runs_folder

    folder = find_run(run, runs_folder(runs))
    path = write_report(folder)
    if as_json:
        name = os.path.basename(os.path.abspath(folder))
        write_json({"ok": True, "run": name, "report": path, "problems": []})
    else:
        write(f"report: {path}")
