"""What an analysis measures, how a typed result is read, and the bounds that a decision table sets on it."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Final, TypeAlias

from pydantic_core import PydanticCustomError

from ruggli.errors import InputError
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.fields import field, number, refusal
from ruggli.quantities.plain_fields import Bound, TextField, bounds, text_of
from ruggli.quantities.reader import NUMBER_PATTERN, Reading

_PERCENT: Final = field(Dimension.PERCENT, ge="0 %", le="100 %")
_FRACTION: Final = number(ge="0", le="1")


class ResultKind(Enum):
    """What an analysis measures; every value lies from 0 to 1.

    Attributes:
        word: as the protocol file has it.
        phrase: for people.
        example: the right form of an answer.
        unit: of the figure that is told, "1" for a pure number.
        methods: analyses that can tell it.
    """

    CONVERSION = ("conversion", "the conversion", "95 %", "%", ("TLC", "LC-MS", "NMR", "GC-MS", "other"))
    AREA_PERCENT = ("area_percent", "the area of", "80 %", "%", ("LC-MS", "GC-MS"))
    PURITY = ("purity", "the purity", "95 %", "%", ())
    RF = ("rf", "Rf of", "0.35", "1", ("TLC",))

    def __init__(self, word: str, phrase: str, example: str, unit: str, methods: tuple[str, ...]) -> None:
        self.word = word
        self.phrase = phrase
        self.example = example
        self.unit = unit
        self.methods = methods

    @property
    def wanted(self) -> str:
        """What an answer has to be, for people."""
        return "a number from 0 to 1" if self is ResultKind.RF else "a percentage from 0 % to 100 %"

    def read(self, text: str) -> float:
        """The value of an answer, from 0 to 1.

        Raises:
            InputError: the answer is none; says what is wanted.
        """
        try:
            return _value(self, text)
        except PydanticCustomError as error:
            context = error.context or {}
            message = context.get("message", "this is no answer")
            raise InputError(f"{text!r}: {message}; write {self.wanted}, e.g. {self.example}") from None

    def words(self, of: str) -> str:
        """The result of a substance, for people: `area_percent ring`."""
        return f"{self.word} {of}" if of else self.word

    def figure(self, value: float) -> float:
        """A value in `unit`."""
        return round(100 * value, 6) if self.unit == "%" else value

    def text(self, value: float) -> str:
        """A value for people, with its unit."""
        return f"{100 * value:.4g} %" if self.unit == "%" else f"{value:.3g}"


def _value(kind: ResultKind, text: object) -> float:
    found = (_FRACTION if kind is ResultKind.RF else _PERCENT).read(text)
    return found.base if isinstance(found, Reading) else float(found)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound of a row of a decision table, such as `at least 95 %`.

    Attributes:
        words: as it stands in the file.
        limit: from 0 to 1.
        end: says whether a value keeps to it.
    """

    words: str
    limit: float
    end: Bound

    def holds(self, value: float) -> bool:
        """Whether a value keeps to the bound."""
        return self.end.holds(value, self.limit)

    def __str__(self) -> str:
        return self.words


def _threshold(kind: ResultKind) -> TextField:
    remedy = f"write e.g. at least {kind.example} (or: above, at most, below)"

    def read(value: object) -> Threshold:
        if isinstance(value, Threshold):
            return value
        text = text_of(value, remedy)
        found = re.fullmatch(r"(at least|above|at most|below) (.+)", text)
        if found is None:
            bound = "at least, above, at most or below, and a value"
            raise refusal("E-VALUE", "this is no bound", value=value, bound=bound, remedy=remedy)
        word, limit = found[1], found[2]
        number_ = _value(kind, limit)
        given = {key: limit if key == word else None for key in ("above", "at least", "below", "at most")}
        (end,) = bounds(given["above"], given["at least"], given["below"], given["at most"])
        return Threshold(text, number_, end)

    unit = " *%" if kind.unit == "%" else ""
    return TextField(
        read,
        {
            "type": "string",
            "pattern": f"^(at least|above|at most|below) {NUMBER_PATTERN}{unit}$",
            "examples": [f"at least {kind.example}"],
            "description": f"a bound on {kind.wanted}; e.g. at least {kind.example}",
            "patternErrorMessage": remedy,
        },
    )


PercentBound: TypeAlias = Annotated[Threshold, _threshold(ResultKind.CONVERSION)]
FractionBound: TypeAlias = Annotated[Threshold, _threshold(ResultKind.RF)]
