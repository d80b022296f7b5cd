"""`ruggli rig check`: is the rig file right, are the ports there, who answers?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ruggli.cli.codes import COMPLETE, REFUSED
from ruggli.cli.options import accept_option, json_option, read_accepted
from ruggli.cli.output import summary, unaccepted, write, write_json, write_problems

if TYPE_CHECKING:
    from ruggli.app.rig_check import CheckedDevice


@click.command()
@click.argument("rig")
@click.option("--unattended", is_flag=True, help="Check it for runs with nobody there.")
@accept_option
@click.option("--no-connect", is_flag=True, help="Open no port: check the file, and whether the ports are there.")
@json_option
def check(rig: str, unattended: bool, accept: tuple[str, ...], no_connect: bool, as_json: bool) -> int:
    """Check RIG: the file, its ports, and with questions only the devices behind them. Nothing is energised."""
    accepted = read_accepted(accept)

    from ruggli.app.rig_check import check_rig

    checked = check_rig(rig, unattended=unattended, connect=not no_connect)
    blocking = checked.blocking(accepted)
    if as_json:
        problems = [problem.as_dict() for problem in checked.problems]
        devices = [device.as_json() for device in checked.devices]
        write_json({"ok": not blocking, "rig": checked.name, "devices": devices, "problems": problems})
    else:
        write_problems(checked.problems, checked.texts)
        for device in checked.devices:
            write(_line(device))
        write(f"{rig}: {summary(checked.problems)}")
        if unaccepted(blocking):
            write(unaccepted(blocking))
    return REFUSED if blocking else COMPLETE


def _line(device: CheckedDevice) -> str:
    told: Any = device.identity or device.state
    return f"{device.name}: {device.driver} {device.model} on {device.port}: {told}"
