"""What the planner knows while it walks through the steps; local to one call of `make_plan`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ruggli.devices.capability import DriverCard, HotplateCapability
from ruggli.plan.chemicals import Chemicals
from ruggli.plan.demands import Delivery
from ruggli.plan.findings import Findings
from ruggli.plan.model import TemperatureRow, VolumeRow
from ruggli.plan.seats import Seat, model_of
from ruggli.protocol.model import Protocol
from ruggli.quantities.base import Celsius, Millilitres, Millimoles, Molar, Rpm, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show
from ruggli.rig.model import Device, ProbePosition, Rig
from ruggli.rig.model import Vessel as Glass

ROOM = Celsius(20.0)
"""Room temperature where the rig file gives none."""


@dataclass(slots=True)
class VesselState:
    """A vessel as planned so far.

    Attributes:
        name: name in the plan: the rig's where there is one.
        glass: the rig's vessel, or None.
        temperature: expected temperature.
        volume: liquid in it.
        amounts: amount of each solute, without reaction.
        solvents: keys of the solvents in it.
        target: temperature that it is kept at, or None while the heater is off.
        reflux: kept at reflux.
        hottest_before: the last target, which the vessel may still have after the heater went off.
        came_from: temperature at the beginning of the latest heating; above `target` where it was to come down.
        set_point: set point of the hotplate, or None while the heater is off.
        highest_set_point: the highest since the heating began; a probe outside the vessel may show it for a while.
        speed: commanded stirring speed, or 0.
        open: False once a work-up has taken things out: volumes are not followed any further.
    """

    name: str
    glass: Glass | None
    temperature: Celsius
    volume: Millilitres = Millilitres(0.0)
    amounts: dict[str, Millimoles] = field(default_factory=dict)
    solvents: set[str] = field(default_factory=set)
    target: Celsius | None = None
    reflux: bool = False
    hottest_before: Celsius | None = None
    came_from: Celsius | None = None
    set_point: Celsius | None = None
    highest_set_point: Celsius | None = None
    speed: Rpm = Rpm(0.0)
    open: bool = True

    @property
    def hotplate(self) -> str | None:
        """The hotplate under the vessel, or None."""
        position = None if self.glass is None else self.glass.position
        return None if position is None else position.hotplate

    @property
    def probe(self) -> ProbePosition:
        """Where the probe sits."""
        position = None if self.glass is None else self.glass.position
        return ProbePosition.NONE if position is None else position.probe

    @property
    def measured(self) -> bool:
        """Whether a probe tells the vessel's own temperature."""
        return self.probe is ProbePosition.FLASK


@dataclass(slots=True)
class Line:
    """A pump's line as planned so far; `solution` is "" where only solvent is in it."""

    solution: str


@dataclass(slots=True)
class Use:
    """What becomes of a solution: volumes by destination, and the syringe it goes into."""

    dosed: Millilitres = Millilitres(0.0)
    lost: Millilitres = Millilitres(0.0)
    device: str = ""
    syringe: str = ""
    fillings: int = 0


@dataclass(slots=True)
class Context:
    """Everything that planning one step may look at or add to; `index` is the 0-based number of that step."""

    protocol: Protocol
    rig: Rig
    cards: Mapping[str, DriverCard]
    chemicals: Chemicals
    bound: Mapping[str, str]
    deliveries: Mapping[int, Delivery]
    seats: tuple[Seat, ...]
    seated: Mapping[tuple[int, str], Seat]
    findings: Findings
    unattended: bool
    index: int = 0
    now: Seconds = Seconds(0.0)
    states: dict[str, VesselState] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    uses: dict[str, Use] = field(default_factory=dict)
    poured: dict[str, Millilitres] = field(default_factory=dict)
    added: dict[str, Millimoles] = field(default_factory=dict)
    volumes: list[VolumeRow] = field(default_factory=list)
    temperatures: list[TemperatureRow] = field(default_factory=list)
    peak: dict[str, Molar] = field(default_factory=dict)
    shortest_dose: dict[str, Seconds] = field(default_factory=dict)

    @property
    def ambient(self) -> Celsius:
        """Temperature of the room."""
        stated = self.rig.limits.ambient
        return ROOM if stated is None else Celsius(stated.base)

    def state(self, vessel: str) -> VesselState:
        """The state of a vessel of the protocol."""
        if vessel not in self.states:
            name = self.bound.get(vessel)
            glass = None if name is None else self.rig.vessels[name]
            self.states[vessel] = VesselState(name or vessel, glass, self.ambient)
        return self.states[vessel]

    def plate(self, state: VesselState) -> tuple[str, Device, HotplateCapability] | None:
        """The hotplate under a vessel, or None where the rig has none that is known."""
        if state.hotplate is None:
            return None
        device = self.rig.devices[state.hotplate]
        model = model_of(device, self.cards)
        capability = None if model is None else self.cards[device.driver].capabilities[model]
        return (state.hotplate, device, capability) if isinstance(capability, HotplateCapability) else None

    def boiling_point(self, state: VesselState) -> Celsius | None:
        """Lowest boiling point of the solvents in a vessel, or None where none is known."""
        known = [self.chemicals.boiling_point(key) for key in sorted(state.solvents)]
        points = [point for point in known if point is not None]
        return min(points) if points else None

    def pour(self, state: VesselState, step: str, at: tuple[str | int, ...], volume: Millilitres) -> None:
        """Put a volume into a vessel and into the volume book; `E-CAPACITY` where it does not fit."""
        if volume <= 0 or not state.open:
            return
        state.volume = Millilitres(state.volume + volume)
        if state.glass is None:
            return
        working = Millilitres(state.glass.working_volume.base)
        self.volumes.append(VolumeRow(state.name, step, volume, state.volume, working))
        if state.volume > working * (1 + 1e-9):
            self.findings.add(
                "E-CAPACITY",
                f"step {step} fills {state.name} above its working volume",
                at,
                value=show(state.volume, Dimension.VOLUME),
                bound=f"at most {show(working, Dimension.VOLUME)}",
                remedy="put a larger vessel on the rig, or scale the protocol down",
            )

    def take(self, state: VesselState, step: str, at: tuple[str | int, ...], volume: Millilitres, times: int) -> None:
        """Take a volume out of a vessel and out of the volume book, with what is dissolved in it.

        Args:
            state: the vessel.
            step: the step that takes it.
            at: where the file says so.
            volume: of one sample.
            times: how often it may be taken at most; the book has the one that is planned, `E-CAPACITY` where the
                vessel does not hold them all.
        """
        if not state.open:
            return
        if volume * times > state.volume * (1 + 1e-9):
            self.findings.add(
                "E-CAPACITY",
                f"step {step} may take more out of {state.name} than is in it",
                at,
                value=f"{times} times {show(volume, Dimension.VOLUME)}",
                bound=f"at most {show(state.volume, Dimension.VOLUME)}",
                remedy="take smaller samples, or fewer",
            )
            return
        left = 1.0 - volume / state.volume
        state.volume = Millilitres(state.volume - volume)
        for solute, amount in state.amounts.items():
            state.amounts[solute] = Millimoles(left * amount)
        if state.glass is not None:
            working = Millilitres(state.glass.working_volume.base)
            self.volumes.append(VolumeRow(state.name, step, Millilitres(-volume), state.volume, working))

    def note_peak(self, state: VesselState) -> None:
        """Keep the highest concentration of every solute in a vessel, without reaction."""
        if state.volume <= 0 or not state.open:
            return
        for solute, amount in state.amounts.items():
            self.peak[solute] = Molar(max(self.peak.get(solute, 0.0), amount / state.volume))
