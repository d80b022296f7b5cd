"""A panel: one protocol planned several times with other settings, and what all its runs need together."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from ruggli.plan.model import Plan, ReagentRow
from ruggli.quantities.base import Grams, Millilitres, Millimoles


@dataclass(frozen=True, slots=True)
class ShoppingRow:
    """A reagent or solvent over all runs; losses in lines and syringes are in mass and volume.

    Attributes:
        reagent: name in the file.
        name: name for people.
        runs: how many runs use it.
        amount: what reaches the vessels.
        mass: to weigh, or None where a run does not know it.
        volume: to measure, or None where a run does not know it.
    """

    reagent: str
    name: str
    runs: int
    amount: Millimoles
    mass: Grams | None
    volume: Millilitres | None


def combinations(over: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], ...]:
    """The settings of every run: all combinations, the last name changing fastest."""
    return tuple(dict(zip(over, values, strict=True)) for values in product(*over.values()))


def shopping(plans: Iterable[Plan]) -> tuple[ShoppingRow, ...]:
    """What all runs need together, in the order in which the plans name it."""
    rows: dict[str, list[ReagentRow]] = {}
    for plan in plans:
        for row in plan.reagents:
            rows.setdefault(row.reagent, []).append(row)
    return tuple(
        ShoppingRow(
            reagent=reagent,
            name=found[0].name,
            runs=len(found),
            amount=Millimoles(math.fsum(row.amount for row in found)),
            mass=None if (mass := _total([row.mass for row in found])) is None else Grams(mass),
            volume=None if (volume := _total([row.volume for row in found])) is None else Millilitres(volume),
        )
        for reagent, found in rows.items()
    )


def _total(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) if len(known) == len(values) else None
