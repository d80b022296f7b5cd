"""A bench as plain data: which devices stand where, which syringes, lines and vessels there are.

The application writes it from a rig file; a description can also be kept as JSON. Keys carry their units.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import pi
from typing import Any, TypeVar

from ruggli.errors import InputError
from ruggli.quantities.base import Celsius, Millilitres, Millimetres, Millimoles
from ruggli_simulator.scheme import AT_ONCE_CONSTANT, CONSTANTS, INPUTS, VARIANTS
from ruggli_simulator.solvents import STANDARD_PRESSURE_HPA

D = TypeVar("D")


FASTEST = 1e20
"""Largest rate constant; mixing is slower by far."""

DRIVERS = ("new-era", "harvard-pump-11-elite", "ika-rct-digital")
CONTACT_NAMES = ("bare", "block", "bath")
PROBE_PLACES = ("flask", "block", "none")


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("a number")
    return float(value)


def _positive(value: Any) -> float:
    number = _number(value)
    if not 0 < number < 1e9:
        raise TypeError("a number above 0")
    return number


def _volume(value: Any) -> float:
    number = _number(value)
    if not 0 <= number < 1e9:
        raise TypeError("a number, 0 or above")
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _one_of(names: Sequence[str]) -> Callable[[Any], Any]:
    def read(value: Any) -> str:
        if value not in names:
            raise TypeError(f"one of {', '.join(names)}")
        return str(value)

    return read


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError("an object")
    return {str(key): item for key, item in value.items()}


def _amounts(value: Any) -> dict[str, Any]:
    return {name: _volume(amount) for name, amount in _table(value).items()}


def _rates(value: Any) -> dict[str, Any]:
    found = {name: _number(k) for name, k in _table(value).items()}
    if not all(0 <= k <= FASTEST for k in found.values()):
        raise TypeError(f"numbers from 0 to {FASTEST:g}")
    return found


def _numbers(value: Any) -> dict[str, Any]:
    return {name: _number(amount) for name, amount in _table(value).items()}


def _names(value: Any) -> dict[str, Any]:
    return {name: _text(other) for name, other in _table(value).items()}


def _table_of(key: str, read: Callable[[Any], Any]) -> Any:
    return field(default_factory=dict, metadata={"key": key, "read": read})


def _key(name: str, read: Callable[[Any], Any], default: Any = dataclasses.MISSING, **more: Any) -> Any:
    """A field of a description: its key in JSON and how it is read."""
    return field(default=default, metadata={"key": name, "read": read}, **more)


def _part(name: str, part: Callable[[], type], many: bool = False, default: Any = None) -> Any:
    return field(default=() if many else default, metadata={"key": name, "part": part, "many": many, "absent": default})


@dataclass(frozen=True, slots=True)
class SyringeDescription:
    """The syringe that sits in a pump at the start.

    Attributes:
        capacity: volume at which the plunger cannot go back any further; also its content at the start.
        bore: physical inner diameter.
        stored_bore: what the pump has stored at the start, None where it is the physical one.
    """

    capacity: Millilitres = _key("capacity_mL", _positive)
    bore: Millimetres = _key("bore_mm", _positive)
    stored_bore: Millimetres | None = _key("stored_bore_mm", _optional(_positive), None)


@dataclass(frozen=True, slots=True)
class LineDescription:
    """The tubing at a pump's outlet.

    Attributes:
        holdup: inner volume from the syringe to the end, None where bore and length give it.
        bore: inner diameter of the tubing.
        length: length of the tubing.
        to: name of the vessel where it ends, None over waste.
        compliance: volume of travel that is lost on pressing plunger and line together.
    """

    holdup: Millilitres | None = _key("holdup_mL", _optional(_volume), None)
    bore: Millimetres | None = _key("bore_mm", _optional(_positive), None)
    length: Millimetres | None = _key("length_mm", _optional(_positive), None)
    to: str | None = _key("to", _optional(_text), None)
    compliance: Millilitres = _key("compliance_mL", _volume, Millilitres(0.0))

    @property
    def volume(self) -> Millilitres:
        """Inner volume: the stated one, else from bore and length, else none."""
        if self.holdup is not None:
            return self.holdup
        if self.bore is None or self.length is None:
            return Millilitres(0.0)
        return Millilitres(pi / 4 * self.bore**2 * self.length / 1000)


@dataclass(frozen=True, slots=True)
class DeviceDescription:
    """One device.

    Attributes:
        name: its name on the bench.
        driver: see `DRIVERS`.
        port: the port's name; devices with the same port share one line.
        model: model name of the driver, "" for its first.
        address: address on the line, None where the device has none.
        options: switches of the simulated device.
        syringe: what sits in a pump.
        line: a pump's outlet.
    """

    name: str = _key("name", _text)
    driver: str = _key("driver", _one_of(DRIVERS))
    port: str = _key("port", _text)
    model: str = _key("model", _text, "")
    address: int | None = _key("address", _optional(lambda value: int(_volume(value))), None)
    options: Mapping[str, Any] = field(default_factory=dict, metadata={"key": "options", "read": _table})
    syringe: SyringeDescription | None = _part("syringe", lambda: SyringeDescription)
    line: LineDescription = _part("line", lambda: LineDescription, default=LineDescription())


@dataclass(frozen=True, slots=True)
class ContentDescription:
    """Something that is in a vessel at the start.

    Attributes:
        name: name of the liquid.
        solvent: its solvent, None for a solid.
        volume: its volume.
        solutes: amount of each solute.
    """

    name: str = _key("name", _text)
    solvent: str | None = _key("solvent", _optional(_text), None)
    volume: Millilitres = _key("volume_mL", _volume, Millilitres(0.0))
    solutes: Mapping[str, Millimoles] = field(default_factory=dict, metadata={"key": "solutes_mmol", "read": _amounts})


@dataclass(frozen=True, slots=True)
class ReactionDescription:
    """What reacts in a vessel.

    Attributes:
        model: `macrocyclisation` or `reductive-amination`, see `scheme`.
        species: the species of the model by the name of the solute that is it.
        constants: by name, in s, L and mol.
        variant: of a macrocyclisation, `step-growth` or `dimer-terminal`.
        activation: activation energy of a constant, kJ/mol; without one it is the same at every temperature.
        reference: temperature at which a constant with an activation energy has its value, 25 degC where it is missing.
        heats: reaction enthalpy by the name of the rate constant, kJ/mol of events, negative where heat is set free;
            `couple` for the coupling of chains, `quench` for acid with bicarbonate.
    """

    model: str = _key("model", _one_of(tuple(CONSTANTS)))
    species: Mapping[str, str] = _key("species", _names)
    constants: Mapping[str, float] = _key("constants", _rates)
    variant: str = _key("variant", _one_of(VARIANTS), VARIANTS[0])
    activation: Mapping[str, float] = _table_of("activation_kJ_mol", _amounts)
    reference: Mapping[str, Celsius] = _table_of("reference_degC", _numbers)
    heats: Mapping[str, float] = _table_of("heats_kJ_mol", _numbers)

    @staticmethod
    def from_dict(data: Any) -> "ReactionDescription":
        """Read plain data. Raises `InputError` naming the place, the value and the right form."""
        reaction = _read(ReactionDescription, data, "reaction")
        _check_reaction(reaction, "reaction")
        return reaction


@dataclass(frozen=True, slots=True)
class VesselDescription:
    """One vessel.

    Attributes:
        name: its name.
        capacity: brimful volume.
        hotplate: device that it stands on, or None.
        contact: `bare`, `block` or `bath`.
        condenser: True where vapour comes back.
        probe: where the plate's external sensor sits: `flask`, `block`, or `none` (a plug instead).
        contents: what is in it at the start.
        reaction: what reacts in it, None where nothing does.
    """

    name: str = _key("name", _text)
    capacity: Millilitres = _key("capacity_mL", _positive)
    hotplate: str | None = _key("hotplate", _optional(_text), None)
    contact: str = _key("contact", _one_of(CONTACT_NAMES), "block")
    condenser: bool = _key("condenser", _flag, False)
    probe: str = _key("probe", _one_of(PROBE_PLACES), "flask")
    contents: tuple[ContentDescription, ...] = _part("contents", lambda: ContentDescription, many=True)
    reaction: ReactionDescription | None = _part("reaction", lambda: ReactionDescription)


@dataclass(frozen=True, slots=True)
class BenchDescription:
    """The bench.

    Attributes:
        ambient: room temperature.
        pressure_hpa: air pressure, hPa; it moves the boiling points.
        devices: see `DeviceDescription`.
        vessels: see `VesselDescription`.
    """

    ambient: Celsius = _key("ambient_degC", _number, Celsius(20.0))
    pressure_hpa: float = _key("pressure_hPa", _positive, STANDARD_PRESSURE_HPA)
    devices: tuple[DeviceDescription, ...] = _part("devices", lambda: DeviceDescription, many=True)
    vessels: tuple[VesselDescription, ...] = _part("vessels", lambda: VesselDescription, many=True)

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "BenchDescription":
        """Read plain data. Raises `InputError` naming the place, the value and the right form."""
        bench = _read(BenchDescription, data, "bench")
        _check(bench)
        return bench

    def as_dict(self) -> dict[str, Any]:
        """Plain data that `from_dict` reads back to the same description."""
        return _write(self)


def _read(kind: type[D], data: Any, path: str) -> D:
    if not isinstance(data, Mapping):
        raise InputError(f"{path}: got {data!r}; expected an object")
    fields = {f.metadata["key"]: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for key in data:
        if key not in fields:
            near = get_close_matches(str(key), fields, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise InputError(f"{path}: unknown key {key!r}{hint} Known are {', '.join(fields)}")
    values: dict[str, Any] = {}
    for key, described in fields.items():
        if key not in data:
            if described.default is dataclasses.MISSING and described.default_factory is dataclasses.MISSING:
                raise InputError(f"{path}: {key!r} is missing")
            continue
        values[described.name] = _value(described.metadata, data[key], f"{path}.{key}")
    return kind(**values)


def _value(metadata: Mapping[str, Any], value: Any, path: str) -> Any:
    if "part" in metadata:
        part = metadata["part"]()
        if not metadata["many"]:
            return metadata["absent"] if value is None else _read(part, value, path)
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise InputError(f"{path}: got {value!r}; expected a list")
        return tuple(_read(part, item, f"{path}[{k}]") for k, item in enumerate(value))
    try:
        return metadata["read"](value)
    except TypeError as problem:
        raise InputError(f"{path}: got {value!r}; expected {problem}") from None


def _write(described: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for f in dataclasses.fields(described):
        value = getattr(described, f.name)
        if "part" in f.metadata:
            value = [_write(item) for item in value] if f.metadata["many"] else None if value is None else _write(value)
        elif isinstance(value, Mapping):
            value = dict(value)
        found[f.metadata["key"]] = value
    return found


def _check(bench: BenchDescription) -> None:
    devices = {device.name: device for device in bench.devices}
    vessels = {vessel.name for vessel in bench.vessels}
    if len(devices) < len(bench.devices) or len(vessels) < len(bench.vessels):
        raise InputError("bench: two devices or two vessels have the same name; give each its own")
    for device in bench.devices:
        if device.line is not None and device.line.to is not None and device.line.to not in vessels:
            raise InputError(f"bench: the line of {device.name!r} ends in {device.line.to!r}, which is no vessel here")
    plates: set[str] = set()
    for vessel in bench.vessels:
        if vessel.reaction is not None:
            _check_reaction(vessel.reaction, f"bench: the reaction in {vessel.name!r}")
        if vessel.hotplate is None:
            continue
        if vessel.hotplate not in devices or devices[vessel.hotplate].driver != "ika-rct-digital":
            raise InputError(f"bench: {vessel.name!r} stands on {vessel.hotplate!r}, which is no hotplate here")
        if vessel.hotplate in plates:
            raise InputError(f"bench: two vessels stand on {vessel.hotplate!r}; one fits")
        plates.add(vessel.hotplate)


def _check_reaction(reaction: ReactionDescription, path: str) -> None:
    constants = CONSTANTS[reaction.model]
    inputs = INPUTS[reaction.model]
    heats = (*constants, "couple", AT_ONCE_CONSTANT)
    for what, named, known in (
        ("constants", reaction.constants, constants),
        ("activation_kJ_mol", reaction.activation, constants),
        ("reference_degC", reaction.reference, constants),
        ("heats_kJ_mol", reaction.heats, heats),
        ("species", reaction.species.values(), inputs),
    ):
        for name in named:
            if name not in known:
                near = get_close_matches(name, known, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise InputError(f"{path}.{what}: unknown name {name!r}{hint} Known are {', '.join(known)}")
    for name, temperature in reaction.reference.items():
        if temperature <= -273.15:
            raise InputError(f"{path}.reference_degC: {name!r} is at {temperature:g} degC, below absolute zero")
    if reaction.model == "macrocyclisation":
        if ("k_intra" in reaction.constants) == ("k_prime" in reaction.constants):
            raise InputError(f"{path}.constants: a macrocyclisation has either 'k_prime' or 'k_intra'")
        if reaction.constants.get("EM") == 0.0:
            raise InputError(f"{path}.constants: 'EM' is 0; leave it out where nothing couples")
