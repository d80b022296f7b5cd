"""Checking a rig: the file, its ports, and with questions only the devices behind them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ruggli.app.files import rig_source
from ruggli.documents.place import problem_at
from ruggli.documents.problem import Problem, ProblemsError, Severity, blocking, errors_first
from ruggli.errors import BenchError, RuggliError
from ruggli.rig.checks import check_permissions, check_ports
from ruggli.rig.loader import RigFile, read_rig
from ruggli.rig.ports import port_address, port_text

if TYPE_CHECKING:
    from ruggli.app.connect import Lines
    from ruggli.world.loop import Loop

SIMULATED = "simulated: lives in the process of a run, so there is nobody to ask"
NOT_ASKED = "not asked"
ANSWERS = "answers"
NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class CheckedDevice:
    """One device of a checked rig.

    Attributes:
        name: name in the rig.
        driver: driver name.
        model: model, as the rig says.
        port: port as text.
        state: one of the words of this module.
        identity: what the device says of itself, "" where it was not asked or did not answer.
    """

    name: str
    driver: str
    model: str
    port: str
    state: str
    identity: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "name": self.name,
            "driver": self.driver,
            "model": self.model,
            "port": self.port,
            "state": self.state,
            "identity": self.identity,
        }


@dataclass(frozen=True, slots=True)
class CheckedRig:
    """What came of a check; `texts` is for excerpts."""

    name: str
    devices: tuple[CheckedDevice, ...]
    problems: tuple[Problem, ...]
    texts: Mapping[str, str]

    def blocking(self, accepted: frozenset[str]) -> tuple[Problem, ...]:
        """Errors, and warnings whose code is not in `accepted`."""
        return blocking(self.problems, accepted)


def check_rig(name_or_path: str, *, unattended: bool, connect: bool) -> CheckedRig:
    """Check a rig file, and its devices when the file and its ports are right.

    Args:
        name_or_path: path or shipped name.
        unattended: judge it for runs with nobody there.
        connect: open the ports and ask the devices who they are. Nothing but questions is sent.

    Raises:
        InputError: there is no such file.
        PortsTaken: another process is master of a port; nothing was sent.
    """
    source = rig_source(name_or_path)
    texts = {source.file: source.text}
    try:
        rig = read_rig(source.data, source.file)
    except ProblemsError as error:
        return CheckedRig("", (), error.problems, texts)

    from ruggli.app.bench_ports import missing_ports
    from ruggli.app.drivers import cards
    from ruggli.plan.driver_checks import check_drivers

    known = cards()
    problems = [*rig.problems, *check_ports(rig, unattended), *check_permissions(rig, source.mode, unattended)]
    problems += check_drivers(rig, known)
    problems += missing_ports(rig)
    devices = tuple(
        CheckedDevice(
            name,
            device.driver,
            device.model or (next(iter(known[device.driver].capabilities)) if device.driver in known else ""),
            port_text(device.port),
            SIMULATED if port_address(device.port).simulated else NOT_ASKED,
        )
        for name, device in rig.rig.devices.items()
    )
    if connect and not any(problem.severity is Severity.ERROR for problem in problems):
        devices, found = _asked(rig, devices)
        problems += found
    return CheckedRig(rig.rig.name, devices, errors_first(dict.fromkeys(problems)), texts)


def _asked(rig: RigFile, devices: tuple[CheckedDevice, ...]) -> tuple[tuple[CheckedDevice, ...], list[Problem]]:
    """Every device that is not simulated, asked who it is."""
    if all(device.state == SIMULATED for device in devices):
        return devices, []

    from ruggli.app.connect import Lines, real_place
    from ruggli.app.mastery import become_master
    from ruggli.world.loop import Loop
    from ruggli.world.ports import open_port
    from ruggli.world.time import RealTime

    problems: list[Problem] = []
    with ExitStack() as stack:
        become_master((device.port for device in devices), stack, "ruggli rig check")
        loop = Loop(RealTime())
        stack.callback(loop.close)
        lines = Lines(loop, real_place, open_port)
        stack.callback(lines.close)
        asked = tuple(_ask(rig, device, loop, lines, problems) for device in devices)
    return asked, problems


def _ask(rig: RigFile, device: CheckedDevice, loop: Loop, lines: Lines, problems: list[Problem]) -> CheckedDevice:
    if device.state == SIMULATED:
        return device
    found = rig.rig.devices[device.name]

    from ruggli.app.drivers import line_settings, make_driver
    from ruggli.plan.equipment import driver_options

    try:
        channel = lines.open(device.port, line_settings(device.driver, found.port.baud))
        driver = make_driver(device.driver, device.name, channel, device.model, driver_options(found))
        job = loop.run(loop.spawn(driver.connect()))
        if job.value is None:
            raise job.error or BenchError("the device did not say who it is", device=device.name, port=device.port)
        identity = job.value
    except RuggliError as error:
        code = "E-BENCH" if isinstance(error, BenchError) else "E-INPUT"
        problems.append(
            problem_at(
                rig.document,
                ("devices", device.name, "port"),
                code,
                Severity.ERROR,
                str(error),
                value=device.port,
                bound=f"a {device.model}",
                remedy="check cable, mains, address and baud rate, or correct the rig file",
            )
        )
        return replace(device, state=NO_ANSWER)
    parts = (identity.model, identity.firmware, identity.serial_number)
    return replace(device, state=ANSWERS, identity=" ".join(part for part in parts if part))
