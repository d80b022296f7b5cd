"""The bench: devices, lines, vessels and heat on one clock; the truth that tests judge by."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from ruggli.errors import InputError, LinkLost
from ruggli.quantities.base import Seconds
from ruggli.world.clock import Timers
from ruggli_simulator import acts, faults, new_era
from ruggli_simulator.column import Column
from ruggli_simulator.description import BenchDescription, DeviceDescription, ReactionDescription, SyringeDescription
from ruggli_simulator.device import SimulatedDevice
from ruggli_simulator.drive import Drive
from ruggli_simulator.ika_rct import IkaRctDigital
from ruggli_simulator.line import Tubing
from ruggli_simulator.liquid import Liquid
from ruggli_simulator.port import SimulatedPort
from ruggli_simulator.thermal import CONTACTS, STEP_S, Flask
from ruggli_simulator.vessel import Vessel

T = TypeVar("T")

DEFAULT_SOLVENT = "water"
"""Of the liquid that stands in a pump which nobody has loaded."""


class Bench:
    """Everything that stands on one bench.

    Heat moves on a grid of whole seconds from the bench's start; at each grid point devices are brought up to that
    point first. Between grid points only what was asked is moved. So the truth does not depend on who polls when.

    Args:
        description: what stands there.
        timers: the clock.
        seed: for the noise of sensors.

    Raises:
        InputError: a device does not have a model or an option that the description gives it.

    Attributes:
        description: as given.
        timers: as given.
        now: the time to which everything was last moved.
        devices: by name.
        on_fault: if set, called with each fault when it has struck.
        watcher: if set, called at each grid point once everything has been moved there: who judges by the truth.
    """

    def __init__(self, description: BenchDescription, timers: Timers, seed: int = 0) -> None:
        self.description = description
        self.timers = timers
        self.now = timers.now()
        self.started = self.now
        self.devices: dict[str, SimulatedDevice] = {}
        self.watcher: Callable[[Seconds], None] | None = None
        self.on_fault: Callable[[faults.Fault], None] | None = None
        self._standing: list[faults.Fault] = []
        self._seed = seed
        self._described = {device.name: device for device in description.devices}
        self._drives: dict[str, Drive] = {}
        self._plates: dict[str, IkaRctDigital] = {}
        self._flasks: dict[str, Flask] = {}
        self._ports: dict[str, SimulatedPort] = {}
        self._homes: dict[str, SimulatedPort] = {}
        self._lines: dict[str, list[SimulatedDevice]] = {}
        self._movers: list[SimulatedDevice] = []
        self._free: list[Flask] = []
        self._reacting: list[Flask] = []
        self._grid = 0
        self._next = self.now + STEP_S
        for vessel in description.vessels:
            self._add_vessel(vessel.name)
        for device in description.devices:
            try:
                self._add_device(device)
            except ValueError as problem:
                raise InputError(f"bench: device {device.name!r}: {problem}") from problem
        for vessel in description.vessels:
            self.place(vessel.name, vessel.hotplate)

    # What the host reaches.

    @property
    def ports(self) -> Mapping[str, SimulatedPort]:
        """The lines by the name of their port."""
        return self._ports

    def open(self, port: str) -> SimulatedPort:
        """Open a port; the host's end of the line. Raises `LinkLost` where there is none or it is unplugged."""
        line = self._ports.get(port)
        if line is None:
            raise LinkLost(f"there is no port {port!r} on this bench; it has {', '.join(self._ports)}", port=port)
        line.open()
        return line

    # Time.

    def advance(self) -> None:
        """Move everything on to the clock's present time; does nothing when it has not moved."""
        now = self.timers.now()
        if now == self.now:
            return
        if now >= self._next:
            self._step_to(now)
        for device in self._movers:
            device.advance(now)
        self.now = now

    def _advance_these(self, devices: Sequence[SimulatedDevice]) -> Callable[[], None]:
        """What a port calls: the grid for all, the rest of the way for the devices on its line only."""
        last = self.now
        clock = self.timers.now

        def advance() -> None:
            nonlocal last
            now = clock()
            if now == last:
                return
            last = now
            if now >= self._next:
                self._step_to(now)
            for device in devices:
                device.advance(now)

        return advance

    def _step_to(self, now: float) -> None:
        at = self._next
        movers, plates, free, flasks = self._movers, self._plates.values(), self._free, self._flasks.values()
        ambient, reacting = self.description.ambient, self._reacting
        while at <= now:
            self._grid += 1
            when = Seconds(at)
            for device in movers:
                device.advance(when)
            for flask in reacting:
                flask.react(when)
            for plate in plates:
                plate.step(self._grid)
            for flask in free:
                flask.cool(ambient)
            for flask in flasks:
                flask.vessel.settle(when)
            if self.watcher is not None:
                self.watcher(when)
            at = self.started + (self._grid + 1) * STEP_S
        self._next = at

    # What the operator, the faults and the tests reach.

    def perform(self, act: Mapping[str, Any]) -> dict[str, Any]:
        """Do what the operator's hands do, see `acts`. Raises `ValueError`."""
        return acts.perform(self, act)

    def inject(self, fault: Mapping[str, Any]) -> None:
        """Apply a fault, now or at the time or call that it names, see `faults`. Raises `InputError`."""
        faults.schedule(self, [fault])

    def note_fault(self, fault: "faults.Fault", *, over: bool) -> None:
        """A fault has struck; it stands until it is mended, unless it is over at once."""
        if not over:
            self._standing.append(fault)
        if self.on_fault is not None:
            self.on_fault(fault)

    def note_mended(self, fault: "faults.Fault") -> None:
        """A fault has ended."""
        self._standing.remove(fault)

    def standing_faults(self) -> "tuple[faults.Fault, ...]":
        """Faults that have struck and not ended."""
        return tuple(self._standing)

    def truth(self) -> dict[str, Any]:
        """What is really there, as plain JSON data."""
        self.advance()
        for flask in self._flasks.values():
            flask.vessel.settle(self.now)
        return {
            "time_s": self.now - self.started,
            "vessels": {name: flask.vessel.truth() for name, flask in self._flasks.items()},
            "devices": {name: device.truth() for name, device in self.devices.items()},
        }

    def drive(self, device: str) -> Drive:
        """The drive of a pump. Raises `ValueError`."""
        return _found(self._drives, device, "pump")

    def plate(self, device: str) -> IkaRctDigital:
        """A hotplate. Raises `ValueError`."""
        return _found(self._plates, device, "hotplate")

    def syringe(self, device: str) -> SyringeDescription | None:
        """The syringe described for a pump."""
        return self._described[device].syringe

    def vessel(self, name: str) -> Vessel:
        """The contents of a vessel. Raises `ValueError`."""
        return _found(self._flasks, name, "vessel").vessel

    def port_of(self, device: str) -> SimulatedPort:
        """The line that a device is on. Raises `ValueError`."""
        return _found(self._homes, device, "device")

    def place(self, vessel: str, hotplate: str | None) -> None:
        """Put a vessel on a plate (what stood there stands aside), or aside. Raises `ValueError`."""
        flask = _found(self._flasks, vessel, "vessel")
        target = None if hotplate is None else _found(self._plates, hotplate, "hotplate")
        for plate in self._plates.values():
            if plate.plate.flask is flask or plate is target:
                plate.plate.flask = None
        if target is not None:
            target.plate.flask = flask
        standing = [plate.plate.flask for plate in self._plates.values()]
        self._free = [flask for flask in self._flasks.values() if not any(flask is other for other in standing)]

    def react(self, vessel: str, described: ReactionDescription | None) -> None:
        """Let the contents of a vessel react as described, or (None) no longer. Raises `ValueError`."""
        flask = _found(self._flasks, vessel, "vessel")
        flask.vessel.react(described, self.now)
        flask.power = 0.0
        self._reacting = [flask for flask in self._flasks.values() if flask.vessel.reaction is not None]

    def seat_probe(self, vessel: str, place: str) -> None:
        """Put the probe of the plate under a vessel elsewhere: `flask`, `block` or `air`. Raises `ValueError`."""
        flask = _found(self._flasks, vessel, "vessel")
        for plate in self._plates.values():
            if plate.plate.flask is flask and plate.probe is not None and place in ("flask", "block", "air"):
                plate.probe.place = place
                return
        raise ValueError(f"no probe of {vessel!r} can be put into {place!r}; places are flask, block, air")

    def set_condenser(self, hotplate: str, working: bool) -> None:
        """Condenser water of the flask on a plate. Raises `ValueError` where none stands there."""
        flask = _found(self._plates, hotplate, "hotplate").plate.flask
        if flask is None:
            raise ValueError(f"nothing stands on {hotplate!r}")
        flask.vessel.condenser = working

    def is_pump(self, device: str) -> bool:
        """Whether a device is a pump."""
        return device in self._drives

    def swap(self, first: str, second: str) -> None:
        """Exchange the cables of two devices: what is on one line goes to the other. Raises `ValueError`."""
        one, other = self.port_of(first), self.port_of(second)
        mine, theirs = one.detach(), other.detach()
        for port, devices in ((one, theirs), (other, mine)):
            self._lines[port.port].clear()
            for device in devices:
                self._plug(device, port)

    def rename_port(self, device: str, name: str) -> None:
        """Let the line of a device turn up under another name. Raises `ValueError` where the name is taken."""
        port = self.port_of(device)
        if name == port.port:
            return
        if name in self._ports:
            raise ValueError(f"there is a port {name!r} already")
        self._lines[name] = self._lines.pop(port.port)
        self._ports[name] = self._ports.pop(port.port)
        port.port = name

    def _plug(self, device: SimulatedDevice, port: SimulatedPort) -> None:
        port.attach(device)
        self._homes[device.name] = port
        self._lines[port.port].append(device)

    # Building.

    def _add_vessel(self, name: str) -> None:
        described = next(vessel for vessel in self.description.vessels if vessel.name == name)
        vessel = Vessel(
            name,
            described.capacity,
            condenser=described.condenser,
            temperature=self.description.ambient,
            pressure_hpa=self.description.pressure_hpa,
        )
        for content in described.contents:
            vessel.charge(content.name, content.solvent, content.volume, dict(content.solutes), self.now)
        self._flasks[name] = Flask(vessel, CONTACTS[described.contact])
        self.react(name, described.reaction)

    def _add_device(self, described: DeviceDescription) -> None:
        device: SimulatedDevice
        if described.driver == "ika-rct-digital":
            seat = next((v.probe for v in self.description.vessels if v.hotplate == described.name), "none")
            place = None if seat == "none" else seat
            plate = IkaRctDigital(described.name, self.description.ambient, place, described.options, self._seed)
            device = self._plates[described.name] = plate
        else:
            device = self._make_pump(described)
        self.devices[described.name] = device
        self._movers.append(device)
        if described.port not in self._ports:
            line = self._lines[described.port] = []
            advance = self._advance_these(line)
            self._ports[described.port] = SimulatedPort(described.port, self.timers, advance=advance)
        self._plug(device, self._ports[described.port])

    def _make_pump(self, described: DeviceDescription) -> SimulatedDevice:
        line = described.line
        to = None if line.to is None else self._flasks[line.to].vessel
        drive = self._drives[described.name] = Drive(Tubing(line.volume, to), compliance=line.compliance)
        syringe = described.syringe
        options = dict(described.options)
        if described.address is not None:
            options["address"] = described.address
        if syringe is not None:
            liquid = Liquid(described.name, DEFAULT_SOLVENT)
            drive.load(self.now, liquid, syringe.capacity, syringe.bore, capacity=syringe.capacity)
            drive.tubing.content = Column(liquid, line.volume)
            options["bore_mm"] = syringe.stored_bore or syringe.bore
        if described.driver == "new-era":
            return new_era.make(described.name, described.model or "NE-1000", options, drive)
        from ruggli_simulator import harvard_elite11

        return harvard_elite11.make(described.name, described.model or "11 Elite", options, drive)


def _found(things: Mapping[str, T], name: Any, what: str) -> T:
    if name not in things:
        raise ValueError(f"there is no {what} {name!r} on this bench; it has {', '.join(things) or 'none'}")
    return things[name]
