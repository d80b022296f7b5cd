"""`ruggli kinetics`: what happens in a flask, from constants that are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ruggli.cli.codes import COMPLETE
from ruggli.cli.options import json_option
from ruggli.cli.output import write, write_json

if TYPE_CHECKING:
    from ruggli.chemistry.kinetics.load import Case
    from ruggli.chemistry.kinetics.solve import Solution

NEXT_TO_NOTHING = 1e-12
"""mol/L; less is shown as 0."""


@click.command()
@click.argument("file")
@json_option
def kinetics(file: str, as_json: bool) -> int:
    """Solve the reactions of a kinetics FILE and tell what is in the flask at its times."""
    from ruggli.chemistry.kinetics.load import read_kinetics
    from ruggli.chemistry.kinetics.solve import solve
    from ruggli.chemistry.kinetics.told import solution_as_json
    from ruggli.world.disk import read_file

    case = read_kinetics(read_file(file, "kinetics file"), file)
    solution = solve(case.model, case.schedule, case.times)
    if as_json:
        write_json({"ok": True, **solution_as_json(case, solution)})
    else:
        _tell(file, case, solution)
    return COMPLETE


def _tell(file: str, case: Case, solution: Solution) -> None:
    from ruggli.quantities.dimension import Dimension
    from ruggli.quantities.reader import show

    write(f"{case.title or file}: {case.kinetics}, concentrations in mmol/L")
    names = [name for name in case.model.species if any(moment.amounts[name] for moment in solution.moments)]
    table = [("time", "volume", *names)]
    for moment in solution.moments:
        found = (_millimolar(moment.concentrations[name]) for name in names)
        table.append((show(moment.time, Dimension.DURATION), show(moment.volume, Dimension.VOLUME), *found))
    widths = [max(len(cells[column]) for cells in table) for column in range(len(table[0]))]
    for cells in table:
        write("  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)))
    end = show(case.schedule.end, Dimension.DURATION)
    parts = ", ".join(f"{name} {100 * part:.4g} %" for name, part in solution.yields.items() if abs(part) > 1e-9)
    write(f"of {case.model.substrate} put in, after {end}: {parts or 'nothing was put in'}")
    peak = solution.peak
    highest, when = show(peak.concentration, Dimension.CONCENTRATION), show(peak.time, Dimension.DURATION)
    write(f"highest concentration of {peak.species}: {highest} after {when}")
    write("The constants are those of the file; this solves them and says nothing of how well they are known.")


def _millimolar(concentration: float) -> str:
    return "0" if concentration < NEXT_TO_NOTHING else f"{1000 * concentration:.4g}"
