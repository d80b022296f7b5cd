"""Whether the devices of a rig are what their drivers can drive: names, models, dead-man, limits, parts."""

from collections.abc import Iterator, Mapping

from ruggli.devices.capability import Capability, DriverCard, HotplateCapability, Kind, PumpCapability
from ruggli.documents.nodes import Path
from ruggli.documents.problem import Problem, Severity
from ruggli.documents.validate import did_you_mean, problem_at
from ruggli.quantities.base import Seconds
from ruggli.rig.geometry import resolve_syringe
from ruggli.rig.loader import RigFile
from ruggli.rig.model import Device

PUMP_DEAD_MAN = (Seconds(5.0), Seconds(10.0))
"""What a dose allows, whatever more the pump could do: 10 s of flow is the most that may run while nobody watches."""


def check_drivers(rig_file: RigFile, cards: Mapping[str, DriverCard]) -> tuple[Problem, ...]:
    """Check every device against the card of its driver.

    Args:
        rig_file: a checked rig.
        cards: the drivers there are, by name. Nothing else is ever loaded: a dotted path or a URL is an unknown name.

    Returns:
        Errors `E-DRIVER` (unknown driver), `E-REF` (unknown model; a vessel on something that is no hotplate),
        `E-RANGE` (dead-man, bore), `E-DEADMAN` (a dead-man where the device has none), `E-LIMIT` (plate cap),
        `E-MISSING` and `E-CONFLICT` (syringe, tubing, plate cap at the wrong kind of device), `E-ADDRESS`.
    """
    return tuple(_Checks(rig_file, cards).all())


def capability_of(device: Device, cards: Mapping[str, DriverCard]) -> Capability | None:
    """The limits of a device's model (the driver's first model where none is named), or None where it is unknown."""
    card = cards.get(device.driver)
    if card is None:
        return None
    return card.capabilities.get(device.model or next(iter(card.capabilities)))


class _Checks:
    def __init__(self, rig_file: RigFile, cards: Mapping[str, DriverCard]) -> None:
        self._rig, self._document, self._cards = rig_file.rig, rig_file.document, cards

    def all(self) -> Iterator[Problem]:
        for name, device in self._rig.devices.items():
            yield from self._device(name, device)
        for name, vessel in self._rig.vessels.items():
            if vessel.position is None:
                continue
            driver = self._rig.devices[vessel.position.hotplate].driver
            if driver in self._cards and self._cards[driver].kind is not Kind.HOTPLATE:
                hotplates = [
                    other
                    for other, device in self._rig.devices.items()
                    if device.driver in self._cards and self._cards[device.driver].kind is Kind.HOTPLATE
                ]
                yield self._error(
                    ("vessels", name, "position", "hotplate"),
                    "E-REF",
                    f"{vessel.position.hotplate} is no hotplate",
                    vessel.position.hotplate,
                    ", ".join(hotplates) or "this rig has no hotplate",
                    "name the hotplate on which the vessel stands",
                )

    def _error(self, path: Path, code: str, message: str, value: str, bound: str, remedy: str) -> Problem:
        return problem_at(self._document, path, code, Severity.ERROR, message, value=value, bound=bound, remedy=remedy)

    def _device(self, name: str, device: Device) -> Iterator[Problem]:
        path = ("devices", name)
        card = self._cards.get(device.driver)
        if card is None:
            near = did_you_mean(device.driver, self._cards)
            remedy = f"did you mean {near}?" if near else "take one of these; `ruggli drivers` says what each drives"
            message = f"{name}: there is no driver of this name"
            yield self._error(
                (*path, "driver"), "E-DRIVER", message, device.driver, ", ".join(sorted(self._cards)), remedy
            )
            return
        capability = capability_of(device, self._cards)
        if capability is None:
            near = did_you_mean(device.model or "", card.capabilities)
            remedy = f"did you mean {near}?" if near else "take one of these, or leave `model` out for the first"
            message = f"{name}: driver {card.name} does not know this model"
            yield self._error(
                (*path, "model"), "E-REF", message, device.model or "", ", ".join(card.capabilities), remedy
            )
            return
        yield from self._dead_man(name, device, capability)
        if isinstance(capability, PumpCapability):
            yield from self._pump(name, device, capability)
        else:
            yield from self._hotplate(name, device, capability)

    def _dead_man(self, name: str, device: Device, capability: Capability) -> Iterator[Problem]:
        if device.dead_man is None:
            return
        path = ("devices", name, "dead_man")
        own = capability.dead_man
        if own is None:
            message = f"{name} has no dead-man: it goes on when this computer falls silent"
            remedy = "remove `dead_man`; an unattended run then needs --waive DEVICE --reason TEXT --by NAME"
            yield self._error(path, "E-DEADMAN", message, str(device.dead_man), "no dead_man", remedy)
            return
        shortest, longest = own.shortest, own.longest
        if isinstance(capability, PumpCapability):
            shortest, longest = max(shortest, PUMP_DEAD_MAN[0]), min(longest, PUMP_DEAD_MAN[1])
        silence = device.dead_man.base
        if not shortest <= silence <= longest or silence != int(silence):
            bound = f"whole seconds from {shortest:g} s to {longest:g} s"
            message = f"{name} cannot hold this dead-man"
            yield self._error(path, "E-RANGE", message, str(device.dead_man), bound, "write a time in this range")

    def _pump(self, name: str, device: Device, capability: PumpCapability) -> Iterator[Problem]:
        path = ("devices", name)
        for key, what in (("syringe", "which syringe is in it"), ("tubing", "where its line ends and what it holds")):
            if getattr(device, key) is None:
                message = f"{name} is a pump, and the file does not say {what}"
                yield self._error(path, "E-MISSING", message, "", f"a `{key}`", f"write `{key}: {{...}}`")
        if device.plate_cap is not None:
            message = f"{name} is a pump and has no plate"
            yield self._error(
                (*path, "plate_cap"), "E-CONFLICT", message, str(device.plate_cap), "no plate_cap", "remove the key"
            )
        syringe = resolve_syringe(device)
        if syringe is not None and not capability.narrowest <= syringe.bore <= capability.widest:
            yield self._error(
                (*path, "syringe"),
                "E-RANGE",
                f"{name} does not take a syringe of this bore",
                f"{syringe.bore:g} mm",
                f"{capability.narrowest:g} mm to {capability.widest:g} mm",
                "use another syringe or another pump",
            )

    def _hotplate(self, name: str, device: Device, capability: HotplateCapability) -> Iterator[Problem]:
        path = ("devices", name)
        for key in ("syringe", "tubing"):
            if getattr(device, key) is not None:
                message = f"{name} is a hotplate and has no {key}"
                yield self._error((*path, key), "E-CONFLICT", message, "", f"no {key}", "remove the key")
        if device.address is not None:
            message = f"{name} is a hotplate and takes no address"
            yield self._error(
                (*path, "address"), "E-ADDRESS", message, str(device.address), "no address", "remove the key"
            )
        bound = f"{capability.coolest:g} degC to {capability.hottest:g} degC"
        if device.plate_cap is None:
            message = f"{name}: the hottest allowed plate is not said"
            yield self._error(
                path, "E-MISSING", message, "", bound, "write `plate_cap: 150 degC`, or what is safe here"
            )
        elif not capability.coolest <= device.plate_cap.base <= capability.hottest:
            message = f"{name} cannot keep this plate limit"
            yield self._error(
                (*path, "plate_cap"), "E-LIMIT", message, str(device.plate_cap), bound, "write a limit in this range"
            )
