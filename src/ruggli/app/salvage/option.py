"""One thing that can be done with a run that stopped early, with its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from ruggli.chemistry.kinetics.forecast import Band
from ruggli.quantities.base import Millimoles, Seconds


class Standing(Enum):
    """Whether an option is open."""

    POSSIBLE = "possible"
    NOT_ADVISED = "not advised"
    NOT_POSSIBLE = "not possible"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the kinetic model says of an option at its end.

    Attributes:
        fed: substrate that is in then.
        yields: by species, part of the substrate that is in.
        ring: of these, what is wanted.
        coupled: of these, what is made of two molecules and more.
        left: of these, what is left over.
        whole: ring, as part of all the substrate that was planned.
        peak: highest concentration of the substrate from now to the end, or before.
    """

    fed: Millimoles
    yields: Mapping[str, Band]
    ring: Band
    coupled: Band
    left: Band
    whole: Band
    peak: Band


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    Attributes:
        id: its name, the same in every version.
        title: one line for people.
        standing: see `Standing`.
        why: reasons against it, or what to mind.
        do: what to do, with every amount and unit.
        takes: time from now to the end of the reaction; None where nothing is to be reckoned.
        expected: see `Expected`; None where it cannot be predicted.
    """

    id: str
    title: str
    standing: Standing
    why: tuple[str, ...]
    do: tuple[str, ...]
    takes: Seconds | None
    expected: Expected | None = None
