"""`ruggli rescale`: a protocol at another scale, planned again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ruggli.cli.codes import COMPLETE, REFUSED
from ruggli.cli.options import accept_option, json_option, read_accepted
from ruggli.cli.output import unaccepted, write, write_json, write_problems

if TYPE_CHECKING:
    from ruggli.app.rescaling import Comparison


@click.command()
@click.argument("protocol")
@click.option("--to", required=True, metavar="AMOUNT", help="New amount of the limiting reagent, such as 5 mmol.")
@click.option("--rig", metavar="RIG", help="Rig file, or the name of a shipped one; else the simulated bench.")
@click.option("--output", metavar="FILE", help="Write the new protocol into a new file; else it is only compared.")
@accept_option
@json_option
def rescale(protocol: str, to: str, rig: str | None, output: str | None, accept: tuple[str, ...], as_json: bool) -> int:
    """Scale PROTOCOL, check and plan it again, and tell what changes: amounts, syringes, rates, refills, glass, times.

    Concentrations, equivalents and times stay. Exit code 2 where the new one cannot be planned on the rig.
    """
    accepted = read_accepted(accept)

    from ruggli.app.rescaling import rescaled

    found = rescaled(protocol, rig, to, output or f"{protocol} at {to}")
    if output is not None:
        from ruggli.world.disk import write_new_file

        write_new_file(output, found.data)
    blocking = found.plan.blocking(accepted)
    if as_json:
        write_json({"ok": not blocking, **_as_json(found, output)})
    else:
        for line in _lines(found, to):
            write(line)
        if found.new:
            write("new:")
            write_problems(found.new, {output or f"{protocol} at {to}": found.data.decode("utf-8-sig")})
        if output is not None:
            write(f"{output} written")
        if blocking:
            write(unaccepted(blocking) or "it cannot be planned on this rig")
    return REFUSED if blocking else COMPLETE


def _lines(found: Comparison, to: str) -> Iterator[str]:
    yield f"{found.file} to {to}: {float(found.factor):.6g} times"
    table = [("", "", "", "before", "after")]
    table += [(row.part, row.name, row.what, row.before or "-", row.after or "-") for row in found.changed]
    widths = [max(len(row[column]) for row in table) for column in range(5)]
    for row in table:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield from found.physical
    yield from map(str, found.larger)
    for problem in found.gone:
        yield f"gone: {problem.code} {problem.message}"
    yield f"{len(found.edits)} values of the file changed, the rest stays as it is"
    if found.stale:
        lines = ", ".join(map(str, found.stale))
        yield f"words that tell an amount, mass or volume stay too; read line{'s' * (len(found.stale) > 1)} {lines}"


def _as_json(found: Comparison, output: str | None) -> dict[str, Any]:
    return {
        "factor": float(found.factor),
        "file": output,
        "edits": [{"line": edit.line, "before": edit.before, "after": edit.after} for edit in found.edits],
        "changed": [
            {"part": row.part, "name": row.name, "what": row.what, "before": row.before, "after": row.after}
            for row in found.changed
        ],
        "new": [problem.as_dict() for problem in found.new],
        "gone": [problem.as_dict() for problem in found.gone],
        "physical": list(found.physical),
        "syringes": [str(larger) for larger in found.larger],
        "read_again": list(found.stale),
        "problems": [problem.as_dict() for problem in found.plan.problems],
    }
