"""One name for one physical port, however a rig file writes it."""

import os
import re
import socket
from ipaddress import ip_address

_COM = re.compile(r"(?:\\\\\.\\)?(COM[0-9]+)", re.IGNORECASE)
_NETWORK = re.compile(r"(?:socket|rfc2217)://(\[[^\]]+\]|[^:/]+):([0-9]+)")


def port_key(place: str) -> str | None:
    """The name of the port behind what pyserial opens; None for a simulated port, which lives in one process.

    A path is followed through its links (`/dev/serial/by-id/...` and `/dev/ttyUSB0` are one port). A network port is
    its host, looked up where that can be done, and its number: `socket://` and `rfc2217://` to it are one port.

    Args:
        place: a path, a `COM` name or a URL.
    """
    if place.startswith("sim://"):
        return None
    network = _NETWORK.fullmatch(place)
    if network is not None:
        return f"tcp://{_host(network[1].strip('[]'))}:{int(network[2])}"
    com = _COM.fullmatch(place)
    if os.name == "nt" and com is not None:
        return com[1].upper()
    return os.path.realpath(place)


def _host(name: str) -> str:
    plain = name.casefold().rstrip(".")
    try:
        found = sorted({str(entry[4][0]) for entry in socket.getaddrinfo(plain, None, type=socket.SOCK_STREAM)})
    except OSError:
        return plain
    address = ip_address(found[0].partition("%")[0])
    return "this computer" if address.is_loopback else str(address)
