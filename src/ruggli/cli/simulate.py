"""`ruggli simulate`: the real program with a virtual clock and simulated ports."""

from typing import Any

import click

from ruggli.cli.options import running_options


@click.command()
@running_options
def simulate(**options: Any) -> int:
    """Dry-run PROTOCOL: the real engine and drivers, a virtual clock, the rig's ports replaced by simulated ones.

    Questions without a scripted answer are answered by the happy path.
    """
    from ruggli.cli.running import start

    return start(options, simulate=True)
