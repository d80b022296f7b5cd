"""`ruggli faultsweep`: every fault at many times of one's own protocol."""

import sys
from typing import Any

import click

from ruggli.cli.codes import COMPLETE, ENDED_OTHERWISE, REFUSED
from ruggli.cli.options import json_option, planning_options, read_accepted, read_ask


@click.command()
@planning_options
@click.option("--times", type=click.IntRange(1, 1000), default=5, metavar="N", help="How often each fault strikes.")
@click.option("--fault", "faults", multiple=True, metavar="F", help="Only this fault (F1 to F34); repeatable.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, metavar="N", help="Seed for sizes and targets of faults."
)
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes; else one a processor.")
@json_option
def faultsweep(**options: Any) -> int:
    """Strike PROTOCOL with every fault of the matrix at many times of its dry run, and print what came of it.

    Each night is judged by what the simulated bench really holds. Exit code 1 where an invariant was broken.
    """
    accepted = read_accepted(options["accept"])
    ask = read_ask(options)
    as_json: bool = options["as_json"]

    from ruggli.app.planning import prepare
    from ruggli.app.trial.matrix import EXPECTED
    from ruggli.cli.failures import failure
    from ruggli.cli.output import write, write_json, write_problems

    unknown = [name for name in options["faults"] if name not in EXPECTED]
    if unknown:
        raise click.UsageError(f"--fault {unknown[0]}: there is no such fault; there are {', '.join(EXPECTED)}")
    prepared = prepare(ask)
    if prepared.blocking(accepted) or prepared.ready is None:
        if as_json:
            write_json(failure("faultsweep", "refused", prepared.problems))
        else:
            write_problems(prepared.problems, prepared.texts, notes=False)
            write("refused: the protocol cannot be planned on this rig; nothing was struck")
        return REFUSED

    from ruggli.app.trial.sweeping import sweep
    from ruggli.cli.faultsweep_table import sweep_text

    def progress(done: int, of: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done} of {of} nights")
            sys.stderr.flush()

    rows = sweep(
        prepared.ready,
        dict(ask.settings),
        options["faults"] or tuple(EXPECTED),
        options["times"],
        seed=options["seed"],
        jobs=options["jobs"],
        progress=progress,
    )
    broken = any(row.violations for row in rows)
    if as_json:
        write_json({"ok": not broken, "seed": options["seed"], "rows": [row.as_json() for row in rows]})
    else:
        write(sweep_text(rows))
    return ENDED_OTHERWISE if broken else COMPLETE
