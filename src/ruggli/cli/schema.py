"""`ruggli schema`: JSON Schemas of what users write and of what commands print."""

import click

from ruggli.cli.output import write_json


@click.command()
def protocol() -> None:
    """Print the JSON Schema of protocol files."""
    from ruggli.protocol.schema import protocol_schema

    write_json(protocol_schema())


@click.command()
def rig() -> None:
    """Print the JSON Schema of rig files."""
    from ruggli.rig.schema import rig_schema

    write_json(rig_schema())


@click.command()
def kinetics() -> None:
    """Print the JSON Schema of kinetics files."""
    from ruggli.chemistry.kinetics.file import kinetics_schema

    write_json(kinetics_schema())


@click.command()
def diagnosis() -> None:
    """Print the JSON Schema of the answers file of `ruggli diagnose`."""
    from ruggli.chemistry.diagnosis.file import diagnosis_schema
    from ruggli.chemistry.diagnosis.low_yield import LOW_YIELD

    write_json(diagnosis_schema(LOW_YIELD))


@click.command()
def notify() -> None:
    """Print the JSON Schema of notify files."""
    from ruggli.app.notify_file import notify_schema

    write_json(notify_schema())


@click.command()
@click.argument("command", nargs=-1, required=True, metavar="COMMAND")
def output(command: tuple[str, ...]) -> None:
    """Print the JSON Schema of what COMMAND prints with --json, e.g. `ruggli schema output rig check`."""
    from difflib import get_close_matches

    from ruggli.cli.shapes import output_names, output_schema

    name = " ".join(command)
    names = output_names()
    if name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise click.UsageError(f"{name!r} is no command that takes --json; {hint}those are: {', '.join(names)}")
    write_json(output_schema(name))
