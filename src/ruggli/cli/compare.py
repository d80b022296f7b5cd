"""`ruggli compare`: what several runs came to, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from ruggli.cli.codes import COMPLETE
from ruggli.cli.options import json_option, runs_option
from ruggli.cli.output import write, write_json

if TYPE_CHECKING:
    from ruggli.app.comparing import Compared
    from ruggli.report.samples import ResultRow

_NONE = "-"


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="RUN...")
@runs_option
@json_option
def compare(names: tuple[str, ...], runs: str | None, as_json: bool) -> int:
    """Show settings that differ, verdict, time, volumes, results of analyses and typed answers of each RUN."""
    from ruggli.app.comparing import compare as compared
    from ruggli.app.comparing import differing
    from ruggli.app.runs import find_run, runs_folder

    folder = runs_folder(runs)
    found = compared(find_run(name, folder) for name in names)
    if as_json:
        write_json({"ok": True, "differing": list(differing(found)), "runs": [_as_json(run) for run in found]})
        return COMPLETE
    from ruggli.plan.text import section

    head, *rows = _table(found, differing(found))
    for line in section("Runs", head, rows):
        if line:
            write(line)
    return COMPLETE


def _table(runs: Sequence[Compared], settings: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The head, and a row for each run; a column that is empty in all of them is left out."""
    from ruggli.plan.text import clock

    results = dict.fromkeys((row.result, row.of) for run in runs for row in run.results)
    answers = dict.fromkeys(name for run in runs for name in run.answers)
    protocols = ["protocol"] if len({run.protocol for run in runs}) > 1 else []
    words = [" ".join(filter(None, (result.replace("_", " "), of))) for result, of in results]
    yield ("run", *protocols, *settings, "verdict", "took", "delivered", *words, *answers)
    for run in runs:
        figures = {(row.result, row.of): _figure(row) for row in run.results}
        least, most = (f"{end:.3f}" for end in run.delivered)
        yield (
            run.run,
            *([run.protocol] if protocols else []),
            *(run.settings.get(name, _NONE) for name in settings),
            f"{run.verdict}{' (dry run)' if run.simulated else ''}",
            clock(run.lasted),
            f"{least if least == most else f'{least} to {most}'} mL",
            *(figures.get(key, _NONE) for key in results),
            *(run.answers.get(name, _NONE) for name in answers),
        )


def _figure(row: ResultRow) -> str:
    return f"{row.value:.4g}{'' if row.unit == '1' else f' {row.unit}'}"


def _as_json(run: Compared) -> dict[str, Any]:
    return {
        "run": run.run,
        "folder": run.folder,
        "protocol": run.protocol,
        "simulated": run.simulated,
        "settings": dict(run.settings),
        "verdict": run.verdict,
        "duration_s": run.lasted,
        "delivered_mL": list(run.delivered),
        "results": [{"result": r.result, "of": r.of, "value": r.value, "unit": r.unit} for r in run.results],
        "answers": dict(run.answers),
    }
