"""Whether a rig file agrees with itself, as far as the file alone can tell: ports, syringes, vessels, references."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ruggli.documents.nodes import Document, Path
from ruggli.documents.problem import Problem, Severity
from ruggli.documents.validate import did_you_mean, problem_at
from ruggli.quantities.base import Millilitres, Millimetres
from ruggli.rig.catalogue import SOURCES, look_up, makes, unknown_syringe
from ruggli.rig.geometry import stroke
from ruggli.rig.model import Device, Port, Rig, Syringe
from ruggli.rig.ports import PortAddress, PortFormError, port_address

BORE_TOLERANCE = 0.01
"""Relative; 1 % of the bore is 2 % of every volume."""
SHORTEST_STROKE = Millimetres(20.0)
LONGEST_STROKE = Millimetres(250.0)
"""Plunger travels of all known syringes lie between; outside, size and bore cannot belong together."""


def rig_problems(rig: Rig, document: Document) -> tuple[Problem, ...]:
    """Every finding that needs neither drivers nor disk, in the order of the file's parts."""
    return (
        *_ports(rig, document),
        *_shared_lines(rig, document),
        *_syringes(rig, document),
        *_vessels(rig, document),
        *_references(rig, document),
    )


def _error(document: Document, path: Path, code: str, message: str, value: str, bound: str, remedy: str) -> Problem:
    return problem_at(document, path, code, Severity.ERROR, message, value=value, bound=bound, remedy=remedy)


def _ports(rig: Rig, document: Document) -> Iterator[Problem]:
    for name, device in rig.devices.items():
        yield from _port(device.port, document, ("devices", name, "port"))


def _port(port: Port, document: Document, path: Path) -> Iterator[Problem]:
    ways = {key: text for key in ("usb_serial", "path", "url") if (text := getattr(port, key)) is not None}
    bound = "exactly one of usb_serial, path, url"
    if not ways:
        yield _error(
            document, path, "E-MISSING", "the port says no way to reach the device", "", bound, "write one of the three"
        )
        return
    if len(ways) > 1:
        last = list(ways)[-1]
        message = "the port says several ways to reach the device"
        yield _error(document, (*path, last), "E-CONFLICT", message, ", ".join(ways), bound, "keep one of them")
        return
    ((key, text),) = ways.items()
    try:
        address = port_address(port)
    except PortFormError as error:
        message = "no such port form" if key == "path" else "scheme not allowed, or malformed"
        yield _error(document, (*path, key), "E-PORT", message, text, str(error), "write the port in this form")
        return
    if address.leaves_this_machine and not port.allow_network:
        yield _error(
            document,
            (*path, key),
            "E-PORT",
            "the port is on another machine",
            text,
            "localhost, 127.0.0.0/8 or [::1]",
            "write `allow_network: true` beside it where that is meant: the network can fail or be listened to",
        )


def _line_of(port: Port) -> str | None:
    """One text for one physical line, or None where the port is malformed."""
    try:
        address = port_address(port)
    except PortFormError:
        return None
    if address.name.casefold() == "localhost":
        address = PortAddress(address.kind, "127.0.0.1", address.number)
    return address.text.casefold() if address.text.casefold().startswith("com") else address.text


def _shared_lines(rig: Rig, document: Document) -> Iterator[Problem]:
    lines: dict[str, list[str]] = {}
    for name, device in rig.devices.items():
        line = _line_of(device.port)
        if line is None:
            continue
        for earlier in lines.get(line, []):
            yield from _chain(rig, document, earlier, name)
        lines.setdefault(line, []).append(name)


def _chain(rig: Rig, document: Document, first: str, second: str) -> Iterator[Problem]:
    one, two = rig.devices[first], rig.devices[second]
    port = ("devices", second, "port")
    text = _line_of(two.port) or ""
    if one.address is None or two.address is None:
        message = f"{second} has the same port as {first}"
        remedy = "give each its own port, or, where both hang on one chain, each its own `address`"
        yield _error(document, port, "E-PORT", message, text, "one device a port", remedy)
    elif one.driver != two.driver:
        message = f"{second} ({two.driver}) cannot share a line with {first} ({one.driver})"
        yield _error(document, port, "E-PORT", message, text, "one driver a line", "give each its own port")
    elif one.address == two.address:
        message = f"{second} has the same address as {first} on one chain"
        yield _error(
            document,
            ("devices", second, "address"),
            "E-ADDRESS",
            message,
            str(two.address),
            "a different address for each device of a chain, 0-99",
            "set another address at the device and write it here",
        )
    elif one.port.baud != two.port.baud:
        message = f"{second} has another baud rate than {first} on the same line"
        yield _error(
            document, port, "E-CONFLICT", message, _baud(two), _baud(one), "write the same `baud` at both devices"
        )


def _baud(device: Device) -> str:
    return "the driver's default" if device.port.baud is None else f"{device.port.baud} baud"


def _syringes(rig: Rig, document: Document) -> Iterator[Problem]:
    for name, device in rig.devices.items():
        if device.syringe is not None:
            yield from _syringe(device.syringe, document, ("devices", name, "syringe"))


def _syringe(syringe: Syringe, document: Document, path: Path) -> Iterator[Problem]:
    size = Millilitres(syringe.size.base)
    if syringe.make is None and syringe.bore is None:
        message = "the syringe's inner diameter is not known"
        remedy = f"write `make` (one of {', '.join(makes())}) or `bore`"
        yield _error(document, path, "E-MISSING", message, "", "make or bore", remedy)
        return
    entry = None if syringe.make is None else look_up(syringe.make, size)
    if syringe.bore is None:
        if entry is None:
            yield _unknown_syringe(syringe.make or "", size, document, path)
        elif entry.disputed:
            figures = ", ".join(f"{found.bore:g} mm ({SOURCES[found.source]})" for found in entry.bores)
            message = f"sources disagree on the bore of {entry.label}; {entry.bore:g} mm is used"
            remedy = "measure it and state `bore`"
            yield problem_at(document, path, "N-BORE", Severity.NOTE, message, value=figures, remedy=remedy)
        return
    bore = Millimetres(syringe.bore.base)
    if entry is not None and all(abs(bore - known.bore) > BORE_TOLERANCE * known.bore for known in entry.bores):
        known_bores = " or ".join(f"{known.bore:g} mm" for known in entry.bores)
        yield _error(
            document,
            (*path, "bore"),
            "E-CONFLICT",
            f"the stated bore is not that of a {entry.label} syringe",
            f"{syringe.bore}",
            f"{known_bores} within 1 %",
            "leave `bore` out, or leave `make` out if this is another syringe",
        )
    elif entry is None and syringe.make is not None:
        message = f"the catalogue has no {syringe.make} of {syringe.size}, so the stated bore is not checked against it"
        yield problem_at(document, (*path, "bore"), "N-BORE", Severity.NOTE, message, value=str(syringe.bore))
    travel = stroke(size, bore)
    if not SHORTEST_STROKE <= travel <= LONGEST_STROKE:
        yield _error(
            document,
            (*path, "bore"),
            "E-CONFLICT",
            "size and bore cannot belong to one syringe",
            f"{syringe.size} at {syringe.bore} is a plunger travel of {travel:.3g} mm",
            f"a travel of {SHORTEST_STROKE:g} to {LONGEST_STROKE:g} mm",
            "check the units of `size` and `bore`",
        )


def _unknown_syringe(make: str, size: Millilitres, document: Document, path: Path) -> Problem:
    found = unknown_syringe(make, size)
    key = "size" if found.value != make else "make"
    placed = problem_at(document, (*path, key), found.code, found.severity, found.message)
    return replace(placed, value=found.value, bound=found.bound, remedy=found.remedy)


def _vessels(rig: Rig, document: Document) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    for name, vessel in rig.vessels.items():
        path = ("vessels", name)
        if vessel.working_volume.base > vessel.capacity.base:
            yield _error(
                document,
                (*path, "working_volume"),
                "E-CAPACITY",
                f"the working volume of {name} is larger than the vessel",
                f"{vessel.working_volume}",
                f"at most its capacity, {vessel.capacity}",
                "a stirred or boiling vessel is filled to about two thirds",
            )
        if vessel.position is None:
            continue
        hotplate = vessel.position.hotplate
        place = (*path, "position", "hotplate")
        if hotplate not in rig.devices:
            yield _unknown(document, place, "device", hotplate, rig.devices)
        elif hotplate in taken:
            message = f"{hotplate} already carries {taken[hotplate]}"
            yield _error(document, place, "E-CONFLICT", message, name, "one vessel a hotplate", "move one of them")
        taken.setdefault(hotplate, name)


def _references(rig: Rig, document: Document) -> Iterator[Problem]:
    for name, device in rig.devices.items():
        if device.tubing is not None and device.tubing.to not in rig.vessels:
            yield _unknown(document, ("devices", name, "tubing", "to"), "vessel", device.tubing.to, rig.vessels)
    truth = rig.simulation
    tables: tuple[tuple[str, str, Iterable[str], Mapping[str, object]], ...] = (
        ("physical_bore", "device", truth.physical_bore, rig.devices),
        ("stored_bore", "device", truth.stored_bore, rig.devices),
        ("compliance", "device", truth.compliance, rig.devices),
        ("solvent", "vessel", truth.solvent, rig.vessels),
        ("contents", "vessel", truth.contents, rig.vessels),
    )
    for key, what, used, known in tables:
        for name in used:
            if name not in known:
                yield _unknown(document, ("simulation", key, name), what, name, known)


def _unknown(document: Document, path: Path, what: str, name: str, known: Iterable[str]) -> Problem:
    names = list(known)
    near = did_you_mean(name, names)
    remedy = f"did you mean `{near}`?" if near else f"name a {what} of this file"
    bound = ", ".join(names) or f"this file has no {what}"
    return _error(document, path, "E-REF", f"there is no {what} {name} in this rig", name, bound, remedy)
