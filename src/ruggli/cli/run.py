"""`ruggli run`: a protocol on the bench."""

from typing import Any

import click

from ruggli.cli.options import running_options


@click.command()
@running_options
def run(**options: Any) -> int:
    """Run PROTOCOL on the rig.

    At the terminal: type the answer to a question; hold, resume, stop and abort are commands (with a colon before
    while a question stands). Ctrl-C once holds and asks, twice stops. Without a terminal an unanswered question ends
    in the safe state.
    """
    from ruggli.cli.running import start

    return start(options, simulate=False)
