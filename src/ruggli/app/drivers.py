"""The drivers that ship: one table, from the name in a rig file to the module."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ruggli.devices.capability import Capability, DriverCard
from ruggli.engine.station import Device
from ruggli.world.channel import Channel
from ruggli.world.ports import LineSettings

MODULES: Mapping[str, str] = {
    "new-era": "ruggli_drivers.new_era",
    "harvard-pump-11-elite": "ruggli_drivers.harvard_elite11",
    "ika-rct-digital": "ruggli_drivers.ika_rct",
}

LINES: Mapping[str, LineSettings] = {
    "new-era": LineSettings(19200, 8, "N", 1),
    "harvard-pump-11-elite": LineSettings(115200, 8, "N", 1),
    "ika-rct-digital": LineSettings(9600, 7, "E", 1),
}
"""Factory settings; a rig file may give another baud rate."""


def _module(name: str) -> Any:
    return import_module(MODULES[name])


def cards() -> dict[str, DriverCard]:
    """What every driver declares."""
    return {name: _module(name).CARD for name in MODULES}


def capability(driver: str, model: str) -> Capability:
    """Limits of one model."""
    card: DriverCard = _module(driver).CARD
    return card.capabilities[model]


def make_driver(driver: str, name: str, channel: Channel, model: str, options: Mapping[str, Any]) -> Device:
    """A driver object for one device."""
    device: Device = _module(driver).make(name, channel, model, options)
    return device
