"""`ruggli plan`: the timeline, the tables and the prompts of a protocol on a rig."""

from typing import Any

import click

from ruggli.cli.codes import COMPLETE, REFUSED
from ruggli.cli.options import json_option, planning_options, read_accepted, read_ask
from ruggli.cli.output import summary, unaccepted, write, write_json, write_problems
from ruggli.documents.problem import Severity


@click.command()
@planning_options
@json_option
def plan(as_json: bool, accept: tuple[str, ...], **options: Any) -> int:
    """Show what PROTOCOL comes to on the rig: times, amounts, rates as held, refills, volumes, prompts, end."""
    accepted = read_accepted(accept)

    from ruggli.app.planning import prepare

    prepared = prepare(read_ask(options))
    blocking = prepared.blocking(accepted)
    ready = prepared.ready
    if as_json:
        from ruggli.plan.jsonable import plan_as_json

        told = {} if ready is None else plan_as_json(ready.plan)
        problems = [problem.as_dict() for problem in prepared.problems]
        write_json({"ok": not blocking, **told, "problems": problems})
    elif ready is None or any(problem.severity is Severity.ERROR for problem in blocking):
        write_problems(prepared.problems, prepared.texts)
        write(f"{options['protocol']}: {summary(prepared.problems)}; no plan")
    else:
        from datetime import timedelta

        from ruggli.plan.text import plan_text
        from ruggli.world.time import wall_now

        write(plan_text(ready.plan))
        end = wall_now().astimezone() + timedelta(seconds=ready.plan.duration)
        write(f"started now, it ends about {end:%a %d %b %H:%M}")
        if unaccepted(blocking):
            write(unaccepted(blocking))
    return REFUSED if blocking else COMPLETE
