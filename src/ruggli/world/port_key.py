"""Names of a physical port that are the same however a rig file writes it."""

import os
import re
import socket
from ipaddress import ip_address

from ruggli.world.ports import path_of_usb_serial, usb_serial_of_path

_COM = re.compile(r"(?:\\\\\.\\)?(COM[0-9]+)", re.IGNORECASE)
_NETWORK = re.compile(r"(?:socket|rfc2217)://(\[[^\]]+\]|[^:/]+):([0-9]+)")


def port_keys(port: str) -> tuple[str, ...]:
    """The names of the port that a rig calls `port`; none for a simulated one, which lives in one process.

    A path is followed through its links: `/dev/serial/by-id/...` and `/dev/ttyUSB0` are one port. The serial number of
    a USB adapter is a name too, for the path changes when it is plugged in again. A network port is its host, looked
    up where that can be done, and its number, for `socket://` and `rfc2217://` alike.

    Args:
        port: a path, a `COM` name, a URL, or `usb://` and a serial number.
    """
    if port.startswith("sim://"):
        return ()
    network = _NETWORK.fullmatch(port)
    if network is not None:
        return (f"tcp://{_host(network[1].strip('[]'))}:{int(network[2])}",)
    if port.startswith("usb://"):
        path = path_of_usb_serial(port.removeprefix("usb://"))
        return (port,) if path is None else (_path(path), port)
    serial = usb_serial_of_path(os.path.realpath(port))
    return (_path(port),) if serial is None else (_path(port), f"usb://{serial}")


def _path(path: str) -> str:
    com = _COM.fullmatch(path)
    return com[1].upper() if os.name == "nt" and com is not None else os.path.realpath(path)


def _host(name: str) -> str:
    plain = name.casefold().rstrip(".")
    try:
        found = sorted({str(entry[4][0]) for entry in socket.getaddrinfo(plain, None, type=socket.SOCK_STREAM)})
    except OSError:
        return plain
    address = ip_address(found[0].partition("%")[0])
    return "this computer" if address.is_loopback else str(address)
