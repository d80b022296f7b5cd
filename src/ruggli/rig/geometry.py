"""Volumes and areas that follow from bores and lengths, and a device's syringe with every figure resolved."""

import math
from dataclasses import dataclass

from ruggli.quantities.base import Millilitres, Millimetres
from ruggli.rig.catalogue import default_dead_volume, find, look_up, size_text
from ruggli.rig.model import Device, Syringe, Tubing


@dataclass(frozen=True, slots=True)
class SyringeSpec:
    """A syringe with every figure decided.

    Attributes:
        make: canonical make, or "" where the file states a bore only.
        size: nominal volume, the most that a filling holds.
        bore: inner diameter that the pump has to hold.
        dead_volume: liquid that stays behind when the plunger is home.
        gas_tight: None where nobody says.
        label: for people, with make or bore and size.
    """

    make: str
    size: Millilitres
    bore: Millimetres
    dead_volume: Millilitres
    gas_tight: bool | None
    label: str

    @property
    def stroke(self) -> Millimetres:
        """Plunger travel from full to empty."""
        return stroke(self.size, self.bore)


def area_mm2(bore: Millimetres) -> float:
    """Cross-section of a round bore in mm2, which is also uL for each mm of length."""
    return math.pi / 4 * bore * bore


def stroke(size: Millilitres, bore: Millimetres) -> Millimetres:
    """Plunger travel that displaces `size`."""
    return Millimetres(size * 1000 / area_mm2(bore))


def hold_up(tubing: Tubing) -> Millilitres:
    """Volume inside a line: pi/4 x bore^2 x length."""
    bore = Millimetres(tubing.bore.base)
    return Millilitres(area_mm2(bore) * tubing.length.base / 1000)


def spec_of(syringe: Syringe) -> SyringeSpec:
    """The syringe of a rig file, resolved against the catalogue. A stated bore is used before the catalogue's.

    Raises:
        ProblemsError: `E-REF`: neither a stated bore nor a catalogue syringe.
    """
    size = Millilitres(syringe.size.base)
    entry = look_up(syringe.make or "", size)
    bore = Millimetres(syringe.bore.base) if syringe.bore is not None else find(syringe.make or "", size).bore
    make = entry.make if entry is not None else syringe.make or ""
    return SyringeSpec(
        make=make,
        size=size,
        bore=bore,
        dead_volume=Millilitres(syringe.dead_volume.base) if syringe.dead_volume else default_dead_volume(size),
        gas_tight=entry.gas_tight if syringe.gas_tight is None and entry is not None else syringe.gas_tight,
        label=f"{make} {size_text(size)}" if make else f"{size_text(size)} syringe of bore {bore:g} mm",
    )


def resolve_syringe(device: Device) -> SyringeSpec | None:
    """The resolved syringe of a pump, or None where the device has none. Raises as `spec_of`."""
    return None if device.syringe is None else spec_of(device.syringe)
