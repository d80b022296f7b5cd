"""Opening the ports of a plan and putting drivers on them."""

from collections.abc import Callable, Mapping

from ruggli.app.drivers import capability, line_settings, make_driver
from ruggli.engine.bench import Connected
from ruggli.errors import InputError, LinkLost
from ruggli.plan.model import DevicePlan, Plan
from ruggli.rig.model import Rig
from ruggli.rig.ports import PortKind, parse_port
from ruggli.world.channel import Channel
from ruggli.world.loop import Loop
from ruggli.world.ports import LineSettings, PyserialLine, path_of_usb_serial

Place = Callable[[str], str]
"""From a port's text in the rig to what pyserial opens."""

OpenLine = Callable[[str, LineSettings], PyserialLine]
"""Opens what pyserial opens. Raises `LinkLost`."""


def real_place(port: str) -> str:
    """Where a port of a rig is on this computer. Raises `LinkLost`."""
    address = parse_port(port)
    if address.kind is not PortKind.USB:
        return port
    path = path_of_usb_serial(address.name)
    if path is None:
        raise LinkLost(
            f"no adapter with USB serial number {address.name} is plugged in; plug it in, or correct the rig file",
            port=port,
        )
    return path


def simulated_place(bench: str) -> Place:
    """Every port is the one of that name on a simulated bench."""
    from urllib.parse import quote

    return lambda port: f"sim://{bench}/{quote(port, safe='')}"


class Lines:
    """The opened lines of a run, one for each port."""

    def __init__(self, loop: Loop, place: Place, open_line: OpenLine) -> None:
        self._loop = loop
        self._place = place
        self._open_line = open_line
        self._lines: dict[str, PyserialLine] = {}
        self._settings: dict[str, LineSettings] = {}
        self.channels: dict[str, Channel] = {}

    def open(self, port: str, settings: LineSettings) -> Channel:
        """The channel on a port, opened at the first call. Raises `LinkLost`."""
        if port not in self.channels:
            line = self._open(port, settings)
            self._settings[port] = settings
            self._lines[port] = line
            self.channels[port] = self.channel_on(line)
        return self.channels[port]

    def channel_on(self, line: PyserialLine) -> Channel:
        """A new channel over a line."""
        return Channel(line, self._loop)

    def reopen(self, port: str) -> None:
        """Close and open a port again; its channel goes on over the new line. Raises `LinkLost`."""
        self._shut(port)
        line = self._open(port, self._settings[port])
        self._lines[port] = line
        self.channels[port].attach(line)

    def close(self) -> None:
        """Close all ports."""
        for port in list(self._lines):
            self._shut(port)

    def _open(self, port: str, settings: LineSettings) -> PyserialLine:
        line = self._open_line(self._place(port), settings)
        line.port = port
        self._loop.attach(line)
        return line

    def _shut(self, port: str) -> None:
        line = self._lines.pop(port, None)
        if line is not None:
            self._loop.detach(line)
            line.close()


def connect(plan: Plan, rig: Rig, lines: Lines) -> dict[str, Connected]:
    """Open the ports of a plan and make its drivers; sends nothing.

    Raises:
        LinkLost: a port is not there.
        InputError: two devices share a port and want different line settings.
    """
    settings: dict[str, LineSettings] = {}
    for device in plan.devices:
        wanted = _settings(rig, device)
        if settings.setdefault(device.port, wanted) != wanted:
            raise InputError(f"{device.name}: its line settings differ from those of another device on {device.port}")
    return {device.name: _connected(device, settings, lines) for device in plan.devices}


def _settings(rig: Rig, device: DevicePlan) -> LineSettings:
    return line_settings(device.driver, rig.devices[device.name].port.baud)


def _connected(device: DevicePlan, settings: Mapping[str, LineSettings], lines: Lines) -> Connected:
    port = device.port
    channel = lines.open(port, settings[port])
    return Connected(
        name=device.name,
        driver=make_driver(device.driver, device.name, channel, device.model, device.options),
        capability=capability(device.driver, device.model),
        port=port,
        reopen=lambda: lines.reopen(port),
        exchanges=lambda: channel.exchanges,
    )
