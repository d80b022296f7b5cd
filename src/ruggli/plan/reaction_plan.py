"""The reaction of a plan, for who solves it."""

from collections.abc import Mapping
from dataclasses import dataclass

from ruggli.chemistry.kinetics.parameters import Parameter
from ruggli.quantities.base import Celsius


@dataclass(frozen=True, slots=True)
class ReactionPlan:
    """The reaction that closes the ring, for who solves it.

    Attributes:
        vessel: where it happens.
        species: by reagent, the species of the model.
        ring_size: of the ring that is wanted.
        catalyst: whose constants these are.
        temperature: planned for the addition.
        constants: with ranges, marks and sources.
    """

    vessel: str
    species: Mapping[str, str]
    ring_size: int
    catalyst: str
    temperature: Celsius
    constants: tuple[Parameter, ...]
