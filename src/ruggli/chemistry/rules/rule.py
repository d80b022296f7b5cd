"""What a rule of the chemistry is, and what a check says."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from ruggli.chemistry.rules.facts import Facts


class Weight(Enum):
    """How much a broken rule weighs; the value is the letter of its code."""

    ERROR = "E"
    WARNING = "W"
    ADVICE = "N"


class Mark(Enum):
    """Where a rule and its figures come from."""

    STATED = "S"
    """stated in the source document"""
    COMPUTED = "C"
    """computed or derived"""
    MEMORY = "M"
    """remembered from the literature, not looked up again"""
    DEFAULT = "E"
    """chosen by engineering judgement; not a measurement"""
    PUBLISHED = "V"
    """read in a public page, mostly an abstract"""


class Cause(Enum):
    """Why a rule cannot be checked from a protocol file."""

    ANALYSIS = "only an analysis shows it; it belongs to diagnosis"
    STRUCTURE = "needs the structure of the substrate"
    RING = "told as `E-RING`, where RDKit is installed"
    VENT = "told as `E-VENT` and `W-HEADSPACE`, where the rig file gives the `vent` of the vessel"
    PREDICTION = "needs a prediction; `ruggli predict` tells it where there are constants"
    NO_WORD = "the file has no word for it; the operator has to see to it"


class NotApplicable(Enum):
    """The one value that says that a rule does not apply, or that the file does not say enough."""

    HERE = "not applicable"


NOT_APPLICABLE: Literal[NotApplicable.HERE] = NotApplicable.HERE


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the protocol file: a part of it, a name in that part (for `steps` the id), and a key of that."""

    part: Literal["steps", "reagents", "solutions", "vessels", "chemistry", "atmosphere"]
    name: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken rule: what was found, with its unit, and where. `weight` where it is not the rule's usual one."""

    value: str
    place: Place
    weight: Weight | None = None


Outcome = Breach | None | Literal[NotApplicable.HERE]
"""Broken, kept (None), or not applicable."""
Check = Callable[[Facts], Outcome]


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Why a rule is not checked from the file, and what exactly is missing."""

    cause: Cause
    lacks: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Attributes:
        id: stable name such as `RCM-08`; a finding has the code `E-RCM-08`, `W-...` or `N-...`.
        statement: what it asks, one sentence.
        bound: quantity and range as text, with unit.
        remedy: what to do when it is broken.
        weight: usual weight.
        source: lines of the source document, such as `L130`; "added" where it says nothing of the kind.
        marks: see `Mark`; the first is that of the statement, the others those of tolerances.
        check: the check, or why there is none.
        varies: when a breach has another weight, in words.
    """

    id: str
    statement: str
    bound: str
    remedy: str
    weight: Weight
    source: str
    marks: tuple[Mark, ...]
    check: Check | Unchecked
    varies: str = ""


ERROR, WARNING, ADVICE = Weight.ERROR, Weight.WARNING, Weight.ADVICE
S, C, M, E, V = Mark.STATED, Mark.COMPUTED, Mark.MEMORY, Mark.DEFAULT, Mark.PUBLISHED


def at_step(step: str, key: str = "") -> Place:
    """The place of a step."""
    return Place("steps", step, key)


def at_reagent(name: str, key: str = "") -> Place:
    """The place of a reagent."""
    return Place("reagents", name, key)


CHEMISTRY = Place("chemistry")
