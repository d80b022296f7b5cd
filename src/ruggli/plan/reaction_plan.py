"""The reaction of a plan, for who solves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ruggli.chemistry.kinetics.parameters import Parameter
from ruggli.quantities.base import Celsius

ReactionModel: TypeAlias = Literal["macrocyclisation", "reductive-amination"]
"""A scheme of reactions, by the word that a kinetics file has for it."""


@dataclass(frozen=True, slots=True)
class ReactionPlan:
    """The reaction that closes the ring, for who solves it.

    Attributes:
        model: the scheme.
        vessel: where it happens.
        species: by reagent, the species of the model.
        ring_size: of the ring that is wanted.
        catalyst: whose constants these are, or None for a reaction without one.
        temperature: planned for the reaction; the constants are those at it.
        over: id of the step with which the reaction is over (cooled, quenched, worked up), or None.
        constants: with ranges, marks and sources; with `activation` and `reference` they follow at another temperature.
        remark: what the constants leave out or take into account beside the temperature, for people; or "".
    """

    model: ReactionModel
    vessel: str
    species: Mapping[str, str]
    ring_size: int
    catalyst: str | None
    temperature: Celsius
    over: str | None
    constants: tuple[Parameter, ...]
    remark: str = ""
