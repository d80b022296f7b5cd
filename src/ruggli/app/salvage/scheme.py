"""What the options have to know of a scheme of reactions: the ring, what couples, what is left over."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ruggli.chemistry.kinetics.schemes import MACROCYCLISATION, REDUCTIVE_AMINATION


@dataclass(frozen=True, slots=True)
class Scheme:
    """The species of a scheme.

    Attributes:
        substrate: what closes.
        ring: what is wanted.
        partner: what the substrate needs: the catalyst, or the hydride.
        left: what is left over of the substrate.
        coupled: what is made of two molecules and more.
    """

    substrate: str
    ring: str
    partner: str
    left: tuple[str, ...]
    coupled: tuple[str, ...]


SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        MACROCYCLISATION: Scheme("M", "C", "Ru", ("M",), ("D", "CD", "U")),
        REDUCTIVE_AMINATION: Scheme("A", "P", "H", ("A", "I"), ("DM", "J2", "OA", "J3")),
    }
)
"""By the word of a plan."""
