"""Liquids as the bench knows them: what is really there, whatever the controller believes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ruggli.quantities.base import Millilitres, Molar


@dataclass(frozen=True, slots=True)
class Liquid:
    """A homogeneous liquid: a solution or a pure solvent.

    Attributes:
        name: name of the solution, for the balance (`syringe_a`, `catalyst solution`).
        solvent: name of the solvent.
        solutes: concentration of each declared solute.
    """

    name: str
    solvent: str
    solutes: Mapping[str, Molar] = field(default_factory=dict)


class Receiver(Protocol):
    """Where a line ends: a vessel, or waste."""

    def receive(self, liquid: Liquid, volume: Millilitres) -> None:
        """Take up `volume` of `liquid`."""
