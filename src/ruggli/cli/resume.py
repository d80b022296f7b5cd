"""`ruggli resume`: go on with an interrupted run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ruggli.cli.options import (
    accept_option,
    answers_option,
    json_option,
    notify_option,
    read_accepted,
    read_notify_path,
    read_reasons,
    report_option,
    runs_option,
)

if TYPE_CHECKING:
    from ruggli.world.operator import ScriptedAnswer


@click.command()
@click.argument("run")
@runs_option
@answers_option
@notify_option
@report_option
@accept_option
@json_option
def resume(
    run: str,
    runs: str | None,
    answers: str | None,
    notify: str | None,
    no_report: bool,
    accept: tuple[str, ...],
    as_json: bool,
) -> int:
    """Go on with RUN (its id or its folder) from the pumps' own counters; asks where it must, moves nothing before."""
    from ruggli.app.resuming import resume_run
    from ruggli.app.runs import find_run, runs_folder
    from ruggli.cli.progress import progress_on
    from ruggli.cli.running import show

    folder = find_run(run, runs_folder(runs))
    scripted: tuple[ScriptedAnswer, ...] = ()
    if answers is not None:
        from ruggli.app.answers import read_answers
        from ruggli.world.disk import read_file

        scripted = read_answers(read_file(answers, "answers file"), answers)
    path = read_notify_path(notify)
    settings = None
    if path is not None:
        from ruggli.app.notify_file import read_notify
        from ruggli.world.disk import read_file

        settings = read_notify(read_file(path, "notify file"), path)
    with progress_on(sys.stderr if as_json else sys.stdout, None, virtual=False) as progress:
        outcome = resume_run(
            folder,
            answers=scripted,
            terminal=sys.stdin is not None and sys.stdin.isatty(),
            report=not no_report,
            notify=settings,
            accept=read_accepted(accept),
            reasons=read_reasons(accept),
            say=progress.say,
            watch=progress.watch,
        )
    return show(outcome, as_json)
