"""What a rig file says, after reading: frozen models."""

from enum import Enum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from ruggli.documents.model import Model
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.fields import Bool, Duration, Name, Temperature, Text, Volume, field, whole
from ruggli.quantities.reader import Reading
from ruggli.rig.bench_reaction import BenchReaction, ReactionTruth

Bore: TypeAlias = Annotated[Reading, field(Dimension.LENGTH, ge="0.1 mm", le="50 mm")]
"""Inner diameter of a syringe: from a 0.5 uL microsyringe to a 140 mL plastic one."""
TubeBore: TypeAlias = Annotated[Reading, field(Dimension.LENGTH, ge="0.02 mm", le="20 mm")]
TubeLength: TypeAlias = Annotated[Reading, field(Dimension.LENGTH, ge="1 mm", le="50 m")]
VentFlow: TypeAlias = Annotated[Reading, field(Dimension.FLOW_RATE, ge="1 mL/min", le="100 L/min")]
Baud: TypeAlias = Annotated[int, whole(ge=300, le=921_600)]
Address: TypeAlias = Annotated[int, whole(ge=0, le=99)]


class Port(Model):
    """Where a device is reached; exactly one of `usb_serial`, `path`, `url`.

    `url` is `sim://NAME`, `socket://HOST:PORT` or `rfc2217://HOST:PORT`; a host that is not this machine needs
    `allow_network: true`. Devices that have the same port and different addresses are one chain.
    """

    usb_serial: Text | None = None
    path: Text | None = None
    url: Text | None = None
    baud: Baud | None = None
    allow_network: Bool = False


class Syringe(Model):
    """The syringe in a pump: `make` and `size` from the catalogue, or a stated `bore` and `size`.

    Where both a catalogue syringe and a bore are given they must agree within 1 %, and the stated bore is used.
    `dead_volume` is what stays in the syringe with the plunger home; left out, a default by size stands for it.
    """

    make: Text | None = None
    size: Volume
    bore: Bore | None = None
    dead_volume: Volume | None = None
    gas_tight: Bool | None = None


class Outlet(Enum):
    """Where a line ends: above the liquid, from where it drips, or in it."""

    ABOVE = "above"
    SUBMERGED = "submerged"


class Tubing(Model):
    """The line from a syringe to a vessel; its volume is the hold-up. `tip` is the outer diameter of its end."""

    bore: TubeBore
    length: TubeLength
    to: Name
    outlet: Annotated[Outlet, Field(strict=False)] | None = None
    tip: TubeBore | None = None


class Device(Model):
    """One device on the bench.

    `syringe` and `tubing` are for pumps, `plate_cap` (the hottest that the plate may get, whatever the probe says) is
    for hotplates. `dead_man` is the silence after which the device stops by itself. `model` is one of the driver's;
    left out, its first. `options` are the driver's own.
    """

    driver: Text
    model: Text | None = None
    port: Port
    address: Address | None = None
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
    probe: Annotated[ProbePosition, Field(strict=False)]
    contact: Literal["block", "bath", "bare"] = "block"


class Vessel(Model):
    """A vessel on the bench. `working_volume` is the most that may be in it; `stirred` where a stirring bar is in.

    `vent` is the flow of gas that its way out (condenser, bubbler, scrubber) bears.
    """

    capacity: Volume
    working_volume: Volume
    position: Position | None = None
    condenser: Bool = False
    stirred: Bool = True
    vent: VentFlow | None = None


class Limits(Model):
    """Bounds that hold for every protocol on this rig.

    `highest_temperature` of any vessel; `ambient` is the room.
    """

    highest_temperature: Temperature | None = None
    ambient: Temperature | None = None


class BenchTruth(Model):
    """How a simulated bench differs from what this file says; never read by the controller.

    `physical_bore` by device, `stored_bore` (what the pump's memory holds at the start) by device, `compliance` of the
    syringe and line by device, `solvent` and `contents` (its volume) of a vessel at the start. `reaction`: constants of
    what reacts in the flask of a dry run, or `off` where nothing is to react.
    """

    physical_bore: dict[Name, Bore] = Field(default_factory=dict)
    stored_bore: dict[Name, Bore] = Field(default_factory=dict)
    compliance: dict[Name, Volume] = Field(default_factory=dict)
    solvent: dict[Name, Text] = Field(default_factory=dict)
    contents: dict[Name, Volume] = Field(default_factory=dict)
    reaction: ReactionTruth = BenchReaction()


class Rig(Model):
    """A whole rig file."""

    ruggli: Literal["1"]
    name: Text
    description: Text | None = None
    devices: dict[Name, Device]
    vessels: dict[Name, Vessel]
    limits: Limits = Limits()
    simulation: BenchTruth = BenchTruth()
