"""`ruggli rig prove`: does every device stop by itself when nobody talks to it?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ruggli.cli.codes import COMPLETE, ENDED_OTHERWISE
from ruggli.cli.options import json_option
from ruggli.cli.output import write, write_json

if TYPE_CHECKING:
    from ruggli.app.proving import Consent, Row


@click.command()
@click.argument("rig")
@click.option("--device", "devices", multiple=True, metavar="NAME", help="Only this device; repeatable.")
@click.option("--yes", is_flag=True, help="Every pump's line ends over waste: let them infuse without asking.")
@json_option
def prove(rig: str, devices: tuple[str, ...], yes: bool, as_json: bool) -> int:
    """Prove that the devices of RIG stop by themselves: set each dead-man, fall silent, read what the device did.

    A pump infuses a small dose over waste, after you agree. A hotplate needs neither heat nor stirring. Proofs are
    kept beside the rig file; an unattended run asks for them.
    """
    if not yes and (as_json or sys.stdin is None or not sys.stdin.isatty()):
        raise click.UsageError("pumps will infuse and nobody can be asked; say --yes when their lines end over waste")

    from ruggli.app.files import open_rig
    from ruggli.app.proving import NOT_ASKED, NOT_PROVED, prove_rig

    checked = open_rig(rig)
    proving = prove_rig(checked, devices, (lambda question: True) if yes else _asked)
    ok = all(row.state not in (NOT_PROVED, NOT_ASKED) for row in proving.rows)
    if as_json:
        rows = [row.as_json() for row in proving.rows]
        write_json({"ok": ok, "rig": checked.rig.name, "devices": rows, "file": proving.file})
    else:
        for row in proving.rows:
            write(_line(row))
        write(f"kept in {proving.file}" if proving.file else "no proof was kept")
    return COMPLETE if ok else ENDED_OTHERWISE


def _asked(question: Consent) -> bool:
    return click.confirm(str(question))


def _line(row: Row) -> str:
    silence = "" if row.silence is None else f" within {row.silence:.0f} s"
    took = f" ({row.took:.0f} s)" if row.took else ""
    return f"{row.device}: {row.state}{silence}{took}: {row.seen}"
