"""What a rig file says, after reading: frozen models."""

from enum import Enum
from typing import Literal

from pydantic import Field

from ruggli.documents.model import Model
from ruggli.quantities.fields import (
    Bool,
    Duration,
    Length,
    Name,
    Temperature,
    Text,
    Volume,
    whole,
)


class Port(Model):
    """Where a device is reached; exactly one of `usb_serial`, `path`, `url`.

    `url` is `sim://NAME`, `socket://HOST:PORT` or `rfc2217://HOST:PORT`.
    """

    usb_serial: Text | None = None
    path: Text | None = None
    url: Text | None = None
    baud: whole(300, 921_600) | None = None  # type: ignore[valid-type]
    allow_network: Bool = False


class Syringe(Model):
    """The syringe in a pump: `make` and `size` from the catalogue, or a stated `bore` and `size`.

    Where both a catalogue syringe and a bore are given they must agree. `dead_volume` stays in the syringe.
    """

    make: Text | None = None
    size: Volume
    bore: Length | None = None
    dead_volume: Volume | None = None
    gas_tight: Bool | None = None


class Tubing(Model):
    """The line from a syringe to a vessel; its volume is the hold-up."""

    bore: Length
    length: Length
    to: Name


class Device(Model):
    """One device on the bench."""

    driver: Text
    model: Text | None = None
    port: Port
    address: whole(0, 99) | None = None  # type: ignore[valid-type]
    syringe: Syringe | None = None
    tubing: Tubing | None = None
    dead_man: Duration | None = None
    plate_cap: Temperature | None = None
    options: dict[Name, Text] = Field(default_factory=dict)


class ProbePosition(Enum):
    """Where the external temperature probe of a hotplate sits."""

    FLASK = "flask"
    BLOCK = "block"
    NONE = "none"


class Position(Model):
    """A vessel's place on a hotplate."""

    hotplate: Name
    probe: ProbePosition
    contact: Literal["block", "bath", "bare"] = "block"


class Vessel(Model):
    """A vessel on the bench."""

    capacity: Volume
    working_volume: Volume
    position: Position | None = None
    condenser: Bool = False
    stirred: Bool = True


class Limits(Model):
    """Bounds that hold for every protocol on this rig."""

    highest_temperature: Temperature | None = None
    ambient: Temperature | None = None
    longest_silence: Duration | None = None


class BenchTruth(Model):
    """How a simulated bench differs from what this file says; never read by the controller.

    `physical_bore` by device, `stored_bore` (what the pump's memory holds at the start) by device, `compliance` of the
    syringe and line by device, `contents` of a vessel at the start (solvent and volume).
    """

    physical_bore: dict[Name, Length] = Field(default_factory=dict)
    stored_bore: dict[Name, Length] = Field(default_factory=dict)
    compliance: dict[Name, Volume] = Field(default_factory=dict)
    solvent: dict[Name, Text] = Field(default_factory=dict)
    contents: dict[Name, Volume] = Field(default_factory=dict)


class Rig(Model):
    """A whole rig file."""

    ruggli: Literal["1"]
    name: Text
    description: Text | None = None
    devices: dict[Name, Device]
    vessels: dict[Name, Vessel]
    limits: Limits = Limits()
    simulation: BenchTruth = BenchTruth()
