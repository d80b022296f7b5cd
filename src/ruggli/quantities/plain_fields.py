"""pydantic field types for what a file holds beside quantities: whole and plain numbers, true and false, names, text.

Every value arrives as text. Refusals surface as pydantic errors whose type is the code (`E-RANGE`) and whose context
holds `message`, `value`, `bound`, `remedy` and, where known, `offset`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ruggli.quantities.characters import described
from ruggli.quantities.reader import LARGEST_EXPONENT, MAXIMUM_NUMBER_LENGTH, NUMBER_PATTERN

MAXIMUM_TEXT: Final = 4096
MAXIMUM_NAME: Final = 64
_MAXIMUM_SHOWN: Final = 60


def refusal(
    code: str, message: str, *, value: object = "", bound: str = "", remedy: str = "", offset: int | None = None
) -> PydanticCustomError:
    """A pydantic error that the document layer turns into a `Problem` without losing anything."""
    shown = value if isinstance(value, str) else ""
    if len(shown) > _MAXIMUM_SHOWN:
        shown = shown[: _MAXIMUM_SHOWN - 3] + "..."
    context: dict[str, Any] = {"message": message, "value": shown, "bound": bound, "remedy": remedy}
    if offset is not None:
        context["offset"] = offset
    return PydanticCustomError(code, "{message}", context)


@dataclass(frozen=True, eq=False)
class TextField:
    """Marks a field whose text is read by `read`; goes into `Annotated[...]`.

    Attributes:
        read: text (or an already read value) to value; raises `PydanticCustomError`.
        json_schema: what an editor is told.
    """

    read: Callable[[object], Any]
    json_schema: dict[str, Any]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Reads by `read`, writes by `str`."""
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(_written)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The schema for editors."""
        return dict(self.json_schema)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def text_of(value: object, remedy: str) -> str:
    """The text that a field was given; refuses lists and maps."""
    if isinstance(value, str):
        return value
    kind = "a map" if isinstance(value, dict) else "a list" if isinstance(value, list) else type(value).__name__
    raise refusal("E-TYPE", f"{kind} stands where a single value is wanted", remedy=remedy)


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range.

    Attributes:
        words: how it reads, such as "at least 0 mL".
        limit: its text, such as "0 mL".
        holds: value and limit to whether the value is in the range.
    """

    words: str
    limit: str
    holds: Callable[[float, float], bool]


def bounds(gt: str | None, ge: str | None, lt: str | None, le: str | None) -> tuple[Bound, ...]:
    """The ends of a range that are given."""
    every = (
        ("above", gt, operator.gt),
        ("at least", ge, operator.ge),
        ("below", lt, operator.lt),
        ("at most", le, operator.le),
    )
    return tuple(Bound(f"{word} {limit}", limit, holds) for word, limit, holds in every if limit is not None)


def bounds_text(ends: tuple[Bound, ...]) -> str:
    """A range for people: "above 0 mL and at most 5 mL"."""
    return " and ".join(end.words for end in ends)


def whole(*, ge: int = 0, le: int = 1_000_000) -> TextField:
    """Asks for a whole number within bounds; stands in `Annotated[int, ...]`."""
    bound = f"whole number {ge}-{le}"
    remedy = f"write a whole number from {ge} to {le}"

    def read(value: object) -> int:
        if type(value) is int and ge <= value <= le:
            return value
        text = text_of(value, remedy)
        plain = re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", text, re.ASCII)
        if plain is None or not ge <= int(text) <= le:
            raise refusal(
                "E-RANGE", f"a whole number from {ge} to {le} is wanted", value=value, bound=bound, remedy=remedy
            )
        return int(text)

    message = {"patternErrorMessage": remedy, "description": bound, "examples": [str(ge)]}
    # Editors see an unquoted number as a number, we as text: both forms are right.
    return TextField(
        read,
        {
            "anyOf": [{"type": "integer", "minimum": ge, "maximum": le}, {"type": "string", "pattern": "^-?[0-9]+$"}],
            **message,
        },
    )


def number(*, gt: str | None = None, ge: str | None = None, lt: str | None = None, le: str | None = None) -> TextField:
    """Asks for a plain decimal number without unit, within bounds; stands in `Annotated[Decimal, ...]`."""
    ends = bounds(gt, ge, lt, le)
    limits = tuple((end, float(end.limit)) for end in ends)
    bound = bounds_text(ends)
    remedy = f"write a plain number{' ' + bound if bound else ''}, e.g. {ge or gt or le or '0.5'}"

    def read(value: object) -> Decimal:
        text = str(value) if isinstance(value, Decimal) else text_of(value, remedy)
        if len(text) > MAXIMUM_NUMBER_LENGTH or not re.fullmatch(NUMBER_PATTERN, text, re.ASCII):
            raise refusal("E-NUMBER", "a plain decimal number is wanted", value=value, bound=bound, remedy=remedy)
        result = Decimal(text)
        if result and abs(result.adjusted()) >= LARGEST_EXPONENT:
            raise refusal("E-RANGE", "the number is too large or too small", value=value, bound=bound, remedy=remedy)
        for end, limit in limits:
            if not end.holds(float(result), limit):
                raise refusal("E-RANGE", f"the number must be {end.words}", value=value, bound=bound, remedy=remedy)
        return result

    pattern = {"type": "string", "pattern": f"^{NUMBER_PATTERN}$"}
    return TextField(read, {"anyOf": [{"type": "number"}, pattern], "description": f"number {bound}".strip()})


def _read_bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    remedy = "write true or false"
    text = text_of(value, remedy)
    if text not in ("true", "false"):
        raise refusal("E-VALUE", "true or false is wanted", value=value, bound="true, false", remedy=remedy, offset=0)
    return text == "true"


def _read_name(value: object) -> str:
    remedy = "write letters a-z, A-Z, digits, `_` and `-`, a letter or digit first"
    text = text_of(value, remedy)
    if len(text) > MAXIMUM_NAME:
        raise refusal(
            "E-LENGTH", "the name is too long", value=value, bound=f"{MAXIMUM_NAME} characters", remedy="shorten it"
        )
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", text, re.ASCII):
        return text
    odd = re.search(r"[^A-Za-z0-9_-]", text)
    if odd and not odd[0].isascii():
        message = f"character {described(odd[0])} may not stand in a name"
        raise refusal("E-CHAR", message, value=value, remedy=remedy, offset=odd.start())
    raise refusal("E-VALUE", "this is no name", value=value, remedy=remedy, offset=odd.start() if odd else 0)


def _read_text(value: object) -> str:
    text = text_of(value, "write text")
    if len(text) > MAXIMUM_TEXT:
        raise refusal(
            "E-LENGTH", "the text is too long", value=value, bound=f"{MAXIMUM_TEXT} characters", remedy="shorten it"
        )
    if not text.strip():
        raise refusal("E-VALUE", "the text is empty", remedy="write text, or leave the key out")
    return text


Whole: TypeAlias = Annotated[int, whole()]
Number: TypeAlias = Annotated[Decimal, number()]
Fraction: TypeAlias = Annotated[Decimal, number(ge="0", le="1")]
Bool: TypeAlias = Annotated[
    bool,
    TextField(
        _read_bool, {"anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}], "description": "true or false"}
    ),
]
Name: TypeAlias = Annotated[
    str, TextField(_read_name, {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$", "maxLength": MAXIMUM_NAME})
]
Text: TypeAlias = Annotated[str, TextField(_read_text, {"type": "string", "minLength": 1, "maxLength": MAXIMUM_TEXT})]
