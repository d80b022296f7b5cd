"""`ruggli simulator serve`: a rig's simulated devices for other programs, in real time."""

from __future__ import annotations

from typing import Any

import click

from ruggli.cli.options import json_option
from ruggli.cli.output import write, write_json


class _UntilSignal:
    """Set once Ctrl-C or a request to terminate has come."""

    def __init__(self) -> None:
        from ruggli.world.signals import SignalCommands

        self.signals = SignalCommands()
        self._set = False

    def is_set(self) -> bool:
        """Whether to end now."""
        self._set = self._set or self.signals.take() is not None
        return self._set


@click.command()
@click.argument("rig")
@click.option("--pty", is_flag=True, help="A pseudo-terminal for each line too, where the system has them.")
@click.option("--seed", type=click.IntRange(min=0), default=0, metavar="N", help="Seed of the noise of sensors.")
@json_option
def serve(rig: str, pty: bool, seed: int, as_json: bool) -> None:
    """Serve the simulated devices of RIG on TCP ports of 127.0.0.1, on one bench, until Ctrl-C.

    GET /truth of the control URL tells what is really in the vessels; POST /fault injects a fault. The bench outlives
    the programs that drive it.
    """
    from ruggli.app.benches import describe
    from ruggli.app.files import open_rig
    from ruggli_simulator.server import serve as serve_bench

    def ready(told: dict[str, Any]) -> None:
        if as_json:
            write_json(told, indent=None)
            return
        for device in told["devices"]:
            also = f" and {device['pty']}" if device["pty"] else ""
            write(f"{device['name']} ({device['driver']}): {device['url']}{also}")
        write(f"control: {told['control']} (GET /truth, POST /fault); Ctrl-C ends it")

    until = _UntilSignal()
    with until.signals.installed():
        serve_bench(describe(open_rig(rig)), on_ready=ready, stop_event=until, pty=pty, seed=seed)
