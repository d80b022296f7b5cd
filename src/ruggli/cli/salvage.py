"""`ruggli salvage`: what can still be made of a run that stopped early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ruggli.cli.codes import COMPLETE
from ruggli.cli.options import json_option, runs_option
from ruggli.cli.output import write, write_json

if TYPE_CHECKING:
    from ruggli.quantities.dimension import Dimension


@click.command()
@click.argument("run")
@runs_option
@click.option("--stood", metavar="DURATION", help="Time since the record ended; else by the clock, 0 s for a dry run.")
@click.option(
    "--delivered",
    multiple=True,
    metavar="SOLUTION=VOLUME",
    help="What has reached the vessel, as you read it from the syringe; repeatable.",
)
@json_option
def salvage(run: str, runs: str | None, stood: str | None, delivered: tuple[str, ...], as_json: bool) -> int:
    """Say how RUN (its id or its folder) stands, and list what can still be made of it, with numbers.

    It moves nothing and leaves the record as it is.
    """
    from ruggli.app.runs import find_run, runs_folder
    from ruggli.app.salvage.find import salvage as found
    from ruggli.cli.salvage_text import lines, salvage_as_json
    from ruggli.quantities.base import Millilitres, Seconds
    from ruggli.quantities.dimension import Dimension

    since = None if stood is None else Seconds(_read("--stood", stood, Dimension.DURATION))
    volumes: dict[str, Millilitres] = {}
    for text in delivered:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f'--delivered {text}: write --delivered SOLUTION=VOLUME, e.g. "diene=9.6 mL"')
        if name.strip() in volumes:
            raise click.UsageError(f"--delivered {name.strip()} stands twice; keep one")
        volumes[name.strip()] = Millilitres(_read(f"--delivered {name.strip()}", value, Dimension.VOLUME))
    told = found(find_run(run, runs_folder(runs)), stood=since, delivered=volumes)
    if as_json:
        write_json(salvage_as_json(told))
    else:
        for line in lines(told):
            write(line)
    return COMPLETE


def _read(option: str, text: str, dimension: Dimension) -> float:
    from ruggli.errors import InputError
    from ruggli.quantities.reader import QuantityError, read_quantity

    try:
        reading = read_quantity(text.strip(), dimension)
    except QuantityError as error:
        raise InputError(f"{option}: {error}") from None
    if reading.base < 0.0:
        raise InputError(f"{option}: {text.strip()} is below zero")
    return float(reading.base)
