"""`ruggli check`: everything that is wrong with a protocol on a rig."""

from typing import Any

import click

from ruggli.cli.codes import COMPLETE, REFUSED
from ruggli.cli.options import json_option, planning_options, read_accepted, read_ask
from ruggli.cli.output import summary, unaccepted, write, write_json, write_problems


@click.command()
@planning_options
@json_option
def check(as_json: bool, accept: tuple[str, ...], **options: Any) -> int:
    """Say what is wrong with PROTOCOL on the rig. Nothing is energised, nothing is written."""
    accepted = read_accepted(accept)

    from ruggli.app.planning import prepare

    prepared = prepare(read_ask(options))
    blocking = prepared.blocking(accepted)
    if as_json:
        write_json({"ok": not blocking, "problems": [problem.as_dict() for problem in prepared.problems]})
    else:
        write_problems(prepared.problems, prepared.texts)
        write(f"{options['protocol']}: {summary(prepared.problems)}")
        if unaccepted(blocking):
            write(unaccepted(blocking))
    return REFUSED if blocking else COMPLETE
