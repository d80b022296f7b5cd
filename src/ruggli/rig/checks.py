"""Checks of a rig that need a fact from outside the file: attended or not, what the disk says. All pure."""

from collections.abc import Iterator, Mapping
from enum import Enum

from ruggli.documents.problem import Problem, Severity
from ruggli.documents.validate import problem_at
from ruggli.rig.loader import RigFile
from ruggli.rig.ports import PortKind, has_identity, port_address

WRITABLE_BY_ALL = 0o002


class PathKind(Enum):
    """What a port's path is on this computer."""

    TERMINAL = "a serial port"
    MISSING = "not there"
    FOLDER = "a folder"
    FILE = "a plain file"
    BLOCK_DEVICE = "a disk"
    OTHER = "something else"


def port_paths(rig_file: RigFile) -> tuple[str, ...]:
    """The paths whose kind `check_path_kinds` wants to know."""
    addresses = (port_address(device.port) for device in rig_file.rig.devices.values())
    return tuple(dict.fromkeys(address.name for address in addresses if address.kind is PortKind.PATH))


def check_ports(rig_file: RigFile, unattended: bool) -> tuple[Problem, ...]:
    """Ports by number are a warning (`W-PORT`), in an unattended run an error (`E-PORT`).

    A number such as `COM3` or `/dev/ttyUSB0` names whatever was plugged in third. Network and simulated ports and
    pseudo terminals have no USB identity to give, and need none.
    """
    return tuple(_unnamed_ports(rig_file, unattended))


def _unnamed_ports(rig_file: RigFile, unattended: bool) -> Iterator[Problem]:
    for name, device in rig_file.rig.devices.items():
        address = port_address(device.port)
        if has_identity(address):
            continue
        yield problem_at(
            rig_file.document,
            ("devices", name, "port", "path"),
            "E-PORT" if unattended else "W-PORT",
            Severity.ERROR if unattended else Severity.WARNING,
            f"the port of {name} is a number that can change when something is plugged in",
            value=address.name,
            bound="a USB serial number or a path under /dev/serial/by-id/",
            remedy="write `usb_serial` with the adapter's serial number",
        )


def check_path_kinds(rig_file: RigFile, kinds: Mapping[str, PathKind]) -> tuple[Problem, ...]:
    """Paths that are no serial port (`E-PORT`).

    Args:
        rig_file: the rig.
        kinds: what each of `port_paths` is; a path that is left out is not judged.
    """
    return tuple(_wrong_paths(rig_file, kinds))


def _wrong_paths(rig_file: RigFile, kinds: Mapping[str, PathKind]) -> Iterator[Problem]:
    for name, device in rig_file.rig.devices.items():
        path = device.port.path
        kind = PathKind.TERMINAL if path is None else kinds.get(path, PathKind.TERMINAL)
        if kind is PathKind.TERMINAL:
            continue
        missing = kind is PathKind.MISSING
        yield problem_at(
            rig_file.document,
            ("devices", name, "port", "path"),
            "E-PORT",
            Severity.ERROR,
            f"the port of {name} is {kind.value}",
            value=path or "",
            bound="a serial port",
            remedy="plug the adapter in, or correct the path" if missing else "write the path of a serial port",
        )


def check_permissions(rig_file: RigFile, mode: int | None, unattended: bool) -> tuple[Problem, ...]:
    """A rig file that anybody may write: `W-PERM`, in an unattended run `E-PERM`.

    Args:
        rig_file: the rig.
        mode: permission bits of the file, or None where the system has none or the rig is a shipped one.
        unattended: whether nobody watches the run.
    """
    if mode is None or not mode & WRITABLE_BY_ALL:
        return ()
    return (
        Problem(
            "E-PERM" if unattended else "W-PERM",
            Severity.ERROR if unattended else Severity.WARNING,
            "every user of this computer may change the rig file",
            file=rig_file.document.file,
            value=f"mode {mode & 0o777:o}",
            bound="not writable by others",
            remedy=f"run: chmod o-w {rig_file.document.file}",
        ),
    )
