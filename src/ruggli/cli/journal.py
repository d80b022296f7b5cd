"""`ruggli journal`: is the record of a run whole?"""

import os

import click

from ruggli.cli.codes import COMPLETE, ENDED_OTHERWISE
from ruggli.cli.options import json_option, runs_option
from ruggli.cli.output import count, write, write_json


@click.command()
@click.argument("run")
@runs_option
@json_option
def verify(run: str, runs: str | None, as_json: bool) -> int:
    """Check the journal of RUN (its id, its folder or its journal): every hash, every number, the seal.

    Exit code 0 when it is whole and sealed; 1 when it is damaged, torn, or has no seal (the run was interrupted, or
    goes on), so that records may be missing at its end.
    """
    from ruggli.app.records import journal_of, reserve_used
    from ruggli.app.runs import JOURNAL, RESERVE, find_run, runs_folder

    folder = find_run(run, runs_folder(runs))
    path = os.path.join(folder, JOURNAL)
    view = journal_of(folder)
    reserve = os.path.join(folder, RESERVE) if reserve_used(folder) else None
    if as_json:
        write_json(
            {
                "ok": view.sealed,
                "run": str(view.records[0].data.get("run", "")),
                "journal": path,
                "reserve": reserve,
                "records": len(view.records),
                "sealed": view.sealed,
                "head": view.head,
                "good_bytes": view.good_bytes,
                "torn_bytes": view.torn,
                "damage": view.damage,
            }
        )
    else:
        write(f"{path}: {count(len(view.records), 'good record')}, head {view.head}")
        if reserve is not None:
            write(f"the disk failed: the last of them are in {reserve}")
        if view.damage:
            write(f"damaged: {view.damage}; what comes before it is good")
        elif view.torn:
            write(f"not sealed: {view.torn} bytes of a torn record at the end; the run was interrupted")
        else:
            write("whole and sealed" if view.sealed else "not sealed: the run was interrupted, or goes on")
    return COMPLETE if view.sealed else ENDED_OTHERWISE
