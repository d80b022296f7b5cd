"""Port addresses: which way a device is reached, as text and in parts."""

import re
from dataclasses import dataclass
from enum import Enum

from ruggli.rig.model import Port


class PortKind(Enum):
    """How a device is reached."""

    SIM = "sim"
    SOCKET = "socket"
    RFC2217 = "rfc2217"
    USB = "usb"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class PortAddress:
    """A port in parts.

    Attributes:
        kind: see `PortKind`.
        name: simulated line, USB serial number, path, or host (without the brackets of an IPv6 address).
        number: TCP port, 0 where the kind has none.
    """

    kind: PortKind
    name: str
    number: int = 0

    @property
    def text(self) -> str:
        """One line that `parse_port` reads back: `usb://A10K3XYZ`, `/dev/ttyUSB0`, `socket://127.0.0.1:4001`."""
        if self.kind is PortKind.PATH:
            return self.name
        if self.kind in NETWORK:
            host = f"[{self.name}]" if ":" in self.name else self.name
            return f"{self.kind.value}://{host}:{self.number}"
        return f"{self.kind.value}://{self.name}"

    @property
    def simulated(self) -> bool:
        """True for `sim://`."""
        return self.kind is PortKind.SIM

    @property
    def leaves_this_machine(self) -> bool:
        """True for a network port whose host is not `localhost`, in 127.0.0.0/8 or `::1`."""
        return self.kind in NETWORK and not _is_this_machine(self.name)


NETWORK = frozenset({PortKind.SOCKET, PortKind.RFC2217})
"""The kinds that go through TCP."""

_HOST_AND_NUMBER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})")
_SIM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_BY_ID = "/dev/serial/by-id/"
_PSEUDO_TERMINAL = re.compile(r"/dev/pts/[0-9]+|/dev/ttys[0-9]+")


class PortFormError(ValueError):
    """A port text has no form that is known; the text says which forms there are."""


def _is_this_machine(host: str) -> bool:
    from ipaddress import ip_address  # here, for a bench without network ports starts faster

    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def parse_url(url: str) -> PortAddress:
    """A `sim://`, `socket://` or `rfc2217://` URL in parts.

    Raises:
        PortFormError: another scheme, or not `NAME` or `HOST:PORT` after it.
    """
    scheme, slashes, rest = url.partition("://")
    if not slashes or scheme not in ("sim", "socket", "rfc2217"):
        raise PortFormError("sim://NAME, socket://HOST:PORT or rfc2217://HOST:PORT")
    kind = PortKind(scheme)
    if kind is PortKind.SIM:
        if not _SIM_NAME.fullmatch(rest):
            raise PortFormError("sim://NAME, the name of letters, digits, `_`, `-` and `.`")
        return PortAddress(kind, rest)
    match = _HOST_AND_NUMBER.fullmatch(rest)
    if match is None or not 1 <= int(match[2]) <= 65_535:
        raise PortFormError(f"{scheme}://HOST:PORT with a port number of 1 to 65535, and nothing after it")
    host = match[1].strip("[]")
    if match[1].startswith("["):
        from ipaddress import IPv6Address

        try:
            IPv6Address(host)
        except ValueError as error:
            raise PortFormError(f"{scheme}://[IPV6 ADDRESS]:PORT") from error
    return PortAddress(kind, host, int(match[2]))


def parse_port(text: str) -> PortAddress:
    """The inverse of `PortAddress.text`.

    Raises:
        PortFormError: a URL of another scheme, or a malformed one.
    """
    if text.startswith("usb://"):
        return PortAddress(PortKind.USB, text.removeprefix("usb://"))
    return parse_url(text) if "://" in text else PortAddress(PortKind.PATH, text)


def port_address(port: Port) -> PortAddress:
    """The port of a checked rig file in parts.

    Raises:
        PortFormError: the URL is malformed, a path looks like a URL, or not exactly one of the three keys is given.
    """
    given = [text for text in (port.usb_serial, port.path, port.url) if text is not None]
    if len(given) != 1:
        raise PortFormError("exactly one of usb_serial, path and url")
    if port.url is not None:
        return parse_url(port.url)
    if port.usb_serial is not None:
        return PortAddress(PortKind.USB, port.usb_serial)
    if "://" in given[0]:
        raise PortFormError("a path; a URL is written as `url`")
    return PortAddress(PortKind.PATH, given[0])


def port_text(port: Port) -> str:
    """The port of a checked rig file in one line, for people and for the door that opens it."""
    return port_address(port).text


def has_identity(address: PortAddress) -> bool:
    """False where replugging can silently exchange devices: a path by number, such as `COM3` or `/dev/ttyUSB0`.

    A USB serial number and a by-id path name one adapter; simulated and network ports and pseudo terminals (a
    served simulator) have no USB adapter at all.
    """
    if address.kind is not PortKind.PATH:
        return True
    return address.name.startswith(_BY_ID) or _PSEUDO_TERMINAL.fullmatch(address.name) is not None
