"""What a kinetic model is."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from ruggli.quantities.base import Millilitres, Millimoles


class Model(Protocol):
    """A scheme of reactions with its constants.

    Attributes:
        species: what may be put in, and what is told, in order.
        states: what is integrated, in order.
        substrate: the species whose highest concentration is told.
    """

    species: tuple[str, ...]
    states: tuple[str, ...]
    substrate: str

    def added(self, amounts: Mapping[str, float]) -> list[float]:
        """What each state gains, in mmol or mmol/s, when these species come in."""

    def rates(self, amounts: Sequence[float], volume: Millilitres) -> list[float]:
        """Change of each state by reaction, in mmol/s, from amounts in mmol."""

    def told(self, amounts: Sequence[float], put_in: Mapping[str, Millimoles]) -> dict[str, Millimoles]:
        """Amount of every species, from the states and what was put in."""

    def yields(self, told: Mapping[str, Millimoles], put_in: Mapping[str, Millimoles]) -> dict[str, float]:
        """Part of the substrate's units put in that each species holds; empty where none were put in."""

    def imbalances(self, told: Mapping[str, Millimoles], put_in: Mapping[str, Millimoles]) -> dict[str, float]:
        """What must be zero, in mmol, by the name of what has to be conserved."""
