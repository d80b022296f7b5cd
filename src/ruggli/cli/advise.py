"""`ruggli advise`: which settings of a protocol reach a target, and what they cost."""

from __future__ import annotations

from typing import Any

import click

from ruggli.cli.codes import COMPLETE, ENDED_OTHERWISE
from ruggli.cli.options import json_option, planning_options, read_accepted, read_ask
from ruggli.cli.output import write, write_json


@click.command()
@planning_options
@click.option("--target", "targets", multiple=True, metavar="TEXT", help='Such as "ring > 90 %"; repeatable.')
@click.option(
    "--minimise",
    type=click.Choice(["time", "solvent", "catalyst"]),
    default="time",
    help="What is to be small; else time.",
)
@click.option(
    "--confidence", default="0 %", metavar="PERCENT", help="Part of the samples that has to meet the targets."
)
@click.option(
    "--candidates", type=click.IntRange(10, 100_000), default=2000, metavar="N", help="About how many are tried."
)
@click.option(
    "--rows", type=click.IntRange(1, 100), default=10, metavar="N", help="How many to show, at most; else 10."
)
@click.option("--plot", metavar="FILE", help="Draw the trade-off into a new SVG file.")
@json_option
def advise(as_json: bool, accept: tuple[str, ...], plot: str | None, **options: Any) -> int:
    """Search the parameters of PROTOCOL for settings that meet every --target on the rig and cost little.

    Exit code 1 where no candidate meets the targets.
    """
    accepted = read_accepted(accept)
    ask = read_ask(options)

    from ruggli.app.advising import Question
    from ruggli.app.advising import advise as search
    from ruggli.plan.advice.target import read_targets

    question = Question(
        read_targets(options["targets"]),
        options["minimise"],
        _share(options["confidence"]),
        options["candidates"],
        options["rows"],
        accepted,
    )
    found = search(ask, question)
    if plot is not None:
        from ruggli.app.advice_plot import draw_advice
        from ruggli.world.disk import write_new_file

        write_new_file(plot, draw_advice(found).encode())
    if as_json:
        from ruggli.cli.advice_json import advice_as_json

        write_json(advice_as_json(found))
    else:
        from ruggli.cli.advice_text import advice_text

        write(advice_text(found))
        if plot is not None:
            write(f"trade-off: {plot}")
    return COMPLETE if found.rows else ENDED_OTHERWISE


def _share(text: str) -> float:
    """`--confidence` as a part of 1. Raises `click.UsageError`."""
    from ruggli.quantities.dimension import Dimension
    from ruggli.quantities.reader import QuantityError, read_quantity

    try:
        share = read_quantity(text, Dimension.PERCENT).base
    except QuantityError as error:
        raise click.UsageError(f"--confidence {text}: {error.message}; {error.remedy}") from None
    if not 0.0 <= share <= 1.0:
        raise click.UsageError(f"--confidence {text}: expected 0 % to 100 %")
    return share
