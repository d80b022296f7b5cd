"""Whether the ports of a rig are there, without opening one."""

from collections.abc import Iterator

from ruggli.documents.problem import Problem, Severity
from ruggli.rig.checks import PathKind, check_path_kinds, port_paths
from ruggli.rig.loader import RigFile
from ruggli.rig.ports import PortKind, port_address


def only_simulated(rig: RigFile) -> bool:
    """Whether every port of the rig is `sim://`."""
    return all(port_address(device.port).simulated for device in rig.rig.devices.values())


def missing_ports(rig: RigFile) -> tuple[Problem, ...]:
    """Paths that are no serial port, and USB adapters that are not plugged in (`E-PORT`), at their places.

    Network ports are not judged: only opening them tells.
    """
    from ruggli.world.paths import what_is

    kinds = {path: PathKind[what_is(path).upper()] for path in port_paths(rig)}
    return (*check_path_kinds(rig, kinds), *_unplugged(rig))


def _unplugged(rig: RigFile) -> Iterator[Problem]:
    for name, device in rig.rig.devices.items():
        address = port_address(device.port)
        if address.kind is not PortKind.USB:
            continue

        from ruggli.documents.place import problem_at
        from ruggli.world.ports import path_of_usb_serial

        if path_of_usb_serial(address.name) is None:
            yield problem_at(
                rig.document,
                ("devices", name, "port", "usb_serial"),
                "E-PORT",
                Severity.ERROR,
                f"the USB adapter of {name} is not plugged in",
                bound="an adapter with this serial number",
                remedy="plug it in, or correct the number",
            )
