"""`ruggli new`: a copy of a shipped file to begin with."""

import click

from ruggli.cli.output import write

_EDITOR = "# yaml-language-server: $schema="


@click.command()
@click.argument("file")
@click.option("--from", "name", default="slow-addition", metavar="NAME", help="Another shipped protocol.")
def protocol(file: str, name: str) -> None:
    """Write FILE, a working protocol to change."""
    from ruggli.app.builtin import find_protocol

    _copy(find_protocol(name)[1], file, "protocol")
    write(f"check it:    ruggli check {file}")
    write(f"dry-run it:  ruggli simulate {file}")


@click.command()
@click.argument("file")
@click.option("--from", "name", default="bench", metavar="NAME", help="Another shipped rig, e.g. example-serial.")
def rig(file: str, name: str) -> None:
    """Write FILE, a working rig to change."""
    from ruggli.app.builtin import find_rig

    _copy(find_rig(name)[1], file, "rig")
    write(f"check it:  ruggli rig check {file}")


def _copy(data: bytes, file: str, what: str) -> None:
    from ruggli.world.disk import write_new_file

    schema = f"ruggli-{what}.schema.json"
    line = f"{_EDITOR}{schema}\n".encode()
    write_new_file(file, data if data.startswith(_EDITOR.encode()) else line + data)
    write(f"{file} written; for completion in an editor write the schema beside it:")
    write(f"             ruggli schema {what} > {schema}")
