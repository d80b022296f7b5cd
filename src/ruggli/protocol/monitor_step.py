"""An analysis: what is taken, what is entered, and what each answer or result does."""

from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from ruggli.protocol.base import Model
from ruggli.protocol.results import FractionBound, PercentBound, ResultKind, Threshold
from ruggli.protocol.step import Asked, StepClass
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.fields import Bool, Duration, Name, Percent, Text, Volume, refusal, whole
from ruggli.quantities.plain_fields import TextField

_FITTED = (
    Dimension.RATE_CONSTANT_1,
    Dimension.RATE_CONSTANT_2,
    Dimension.ASSOCIATION_CONSTANT,
    Dimension.MOLAR_ENERGY,
)
"""What nobody reads off an instrument."""
_MEASURES = {dimension.name.lower(): dimension for dimension in Dimension if dimension not in _FITTED}


def _read_dimension(value: object) -> Dimension:
    if isinstance(value, Dimension):
        return value
    if isinstance(value, str) and value in _MEASURES:
        return _MEASURES[value]
    words = ", ".join(_MEASURES)
    raise refusal(
        "E-VALUE", "this is nothing that can be measured", value=value, bound=words, remedy="write one of them"
    )


Measure: TypeAlias = Annotated[
    Dimension, TextField(_read_dimension, {"enum": list(_MEASURES), "description": "what a typed answer measures"})
]
"""What a typed answer measures: `temperature`, `percent`, `volume`, ..."""
Repeats: TypeAlias = Annotated[int, whole(ge=1, le=100)]

Quantity: TypeAlias = tuple[ResultKind, str]
"""One result of an analysis: of what kind, and of which substance ("" for the conversion)."""


class AnswerAction(Enum):
    """What an answer does."""

    GO_ON = "go_on"
    WAIT = "wait"
    STOP = "stop"


class When(Model):
    """Bounds on results; a row of a decision table applies where all of them hold."""

    conversion: PercentBound | None = None
    area_percent: dict[Name, PercentBound] = Field(default_factory=dict)
    rf: dict[Name, FractionBound] = Field(default_factory=dict)

    def bounds(self) -> Iterator[tuple[Quantity, Threshold]]:
        """Every bound with the result that it is on."""
        if self.conversion is not None:
            yield (ResultKind.CONVERSION, ""), self.conversion
        for name, bound in self.area_percent.items():
            yield (ResultKind.AREA_PERCENT, name), bound
        for name, bound in self.rf.items():
            yield (ResultKind.RF, name), bound


class AnswerRule(Model):
    """One possible answer and what it does; `wait` asks again after `after`, at most `at_most` times, then `then`.

    Where the analysis has `results`, a rule has `when` instead of `answer`; the first one that applies decides, and
    `when: otherwise` applies always.
    """

    answer: Text | None = None
    when: When | Literal["otherwise"] | None = None
    does: AnswerAction
    after: Duration | None = None
    at_most: Repeats | None = None
    then: Literal["go_on", "stop"] = "stop"

    @property
    def label(self) -> str:
        """The answer, or the bounds, for people."""
        if self.when is None or isinstance(self.when, str):
            return self.when or self.answer or ""
        return ", ".join(f"{kind.words(of)} {bound}" for (kind, of), bound in self.when.bounds())


class Results(Model):
    """What is entered after an analysis; `uncertainty` is one standard deviation of the conversion, in % points."""

    conversion: Bool = False
    uncertainty: Percent | None = None
    area_percent: tuple[Name, ...] = Field(default=(), max_length=12)
    rf: tuple[Name, ...] = Field(default=(), max_length=12)

    def quantities(self) -> tuple[Quantity, ...]:
        """Every result, in the order in which it is asked for."""
        found: list[Quantity] = [(ResultKind.CONVERSION, "")] if self.conversion else []
        found += [(ResultKind.AREA_PERCENT, name) for name in self.area_percent]
        return (*found, *((ResultKind.RF, name) for name in self.rf))


class Monitor(Asked):
    """An analysis by a person: a question, typed answers, and what each answer does.

    With `aliquot` or `results` a person takes a sample first; samples are numbered over the run.
    """

    do: Literal["monitor"]
    vessel: Name
    method: Literal["TLC", "LC-MS", "NMR", "GC-MS", "visual", "other"]
    question: Text
    aliquot: Volume | None = None
    results: Results | None = None
    answers: tuple[AnswerRule, ...] = Field(min_length=1)
    value: Measure | None = None
    class_: StepClass = Field(default=StepClass.HEAT_ONLY, alias="class")
