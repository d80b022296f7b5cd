"""`ruggli notify test`: whether the channels of a notify file work."""

from __future__ import annotations

import click

from ruggli.cli.codes import COMPLETE, ENDED_OTHERWISE
from ruggli.cli.options import json_option
from ruggli.cli.output import write, write_json


@click.command()
@click.argument("file")
@json_option
def test(file: str, as_json: bool) -> int:
    """Send a test message through every channel of FILE and say what came of it. No address is shown."""
    from ruggli.app.notify_file import read_notify
    from ruggli.app.notify_trial import try_channels
    from ruggli.app.notifying import WORKER
    from ruggli.world.disk import read_file
    from ruggli.world.worker import Worker

    deliveries = try_channels(read_notify(read_file(file, "notify file"), file), lambda: Worker(WORKER))
    ok = all(delivery.ok for delivery in deliveries)
    if as_json:
        write_json({"ok": ok, "channels": [delivery.as_json() for delivery in deliveries]})
    else:
        for delivery in deliveries:
            came = f"delivered in {delivery.seconds:.1f} s" if delivery.ok else f"not delivered: {delivery.why}"
            write(f"{delivery.channel}: {came}")
    return COMPLETE if ok else ENDED_OTHERWISE
