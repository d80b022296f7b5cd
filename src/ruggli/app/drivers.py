"""The drivers that ship: one table, from the name in a rig file to the module."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ruggli.devices.capability import Capability, DriverCard

if TYPE_CHECKING:
    from ruggli.engine.station import Device
    from ruggli.world.channel import Channel
    from ruggli.world.ports import LineSettings

MODULES: Mapping[str, str] = {
    "new-era": "ruggli_drivers.new_era",
    "harvard-pump-11-elite": "ruggli_drivers.harvard_elite11",
    "ika-rct-digital": "ruggli_drivers.ika_rct",
}

_LINES: Mapping[str, tuple[int, int, str, int]] = {
    "new-era": (19200, 8, "N", 1),
    "harvard-pump-11-elite": (115200, 8, "N", 1),
    "ika-rct-digital": (9600, 7, "E", 1),
}


def line_settings(driver: str, baud: int | None) -> LineSettings:
    """Line settings of a device: those of the factory, or with the baud rate that the rig file gives."""
    from ruggli.world.ports import LineSettings

    factory, data_bits, parity, stop_bits = _LINES[driver]
    return LineSettings(baud or factory, data_bits, parity, stop_bits)


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
