"""pydantic field types: a quantity of one dimension in one range, and the few plain values that a file may hold.

Every value arrives as text. `FlowRate`, `Volume` and their kin are above zero; for another range use
`Annotated[Reading, field(Dimension.VOLUME, ge="0 mL")]`. Refusals surface as pydantic errors whose type is the code
(`E-RANGE`) and whose context holds `message`, `value`, `bound`, `remedy` and `offset`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ruggli.quantities.characters import described
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import MAXIMUM_NUMBER_LENGTH, NUMBER_PATTERN, QuantityError, Reading, read_quantity
from ruggli.quantities.units import UNITS

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


def _text(value: object, remedy: str) -> str:
    if isinstance(value, str):
        return value
    kind = "a map" if isinstance(value, dict) else "a list" if isinstance(value, list) else type(value).__name__
    raise refusal("E-TYPE", f"{kind} stands where a single value is wanted", remedy=remedy)


def field(
    dimension: Dimension, *, gt: str | None = None, ge: str | None = None, lt: str | None = None, le: str | None = None
) -> TextField:
    """Asks for a quantity of one dimension within bounds; stands in `Annotated[Reading, ...]`.

    Args:
        dimension: what is measured.
        gt: the value must be above this, such as "0 mL".
        ge: at or above.
        lt: below.
        le: at or below.
    """
    signs = (("above", gt), ("at least", ge), ("below", lt), ("at most", le))
    bound = _bound_text(signs)
    remedy = f"write {dimension.phrase}, e.g. {dimension.example}"

    @cache  # at the first value, so that the import of a model does not load pint
    def bounds() -> tuple[tuple[str, Reading], ...]:
        return tuple((word, read_quantity(text, dimension)) for word, text in signs if text is not None)

    def read(value: object) -> Reading:
        if isinstance(value, Reading) and value.dimension is dimension:
            reading = value
        else:
            try:
                reading = read_quantity(_text(value, remedy), dimension)
            except QuantityError as error:
                raise refusal(
                    error.code, error.message, value=value, bound=bound, remedy=error.remedy, offset=error.offset
                ) from None
        for word, limit in bounds():
            if not _within(word, reading.base, limit.base):
                raise refusal(
                    "E-RANGE",
                    f"{dimension.label} must be {word} {limit}",
                    value=str(reading),
                    bound=bound,
                    remedy=remedy,
                )
        return reading

    units = "|".join(re.escape(name) for name in UNITS[dimension])
    return TextField(
        read,
        {
            "type": "string",
            "pattern": f"^{NUMBER_PATTERN} *({units})$",
            "examples": [dimension.example],
            "description": f"{dimension.label}{', ' + bound if bound else ''}; e.g. {dimension.example}",
            "patternErrorMessage": f"write a number and a unit of {dimension.label}, e.g. {dimension.example}",
        },
    )


def _bound_text(signs: tuple[tuple[str, str | None], ...]) -> str:
    return " and ".join(f"{word} {text}" for word, text in signs if text is not None)


def _within(word: str, value: float, limit: float) -> bool:
    return {"above": value > limit, "at least": value >= limit, "below": value < limit, "at most": value <= limit}[word]


def whole(*, ge: int = 0, le: int = 1_000_000) -> TextField:
    """Asks for a whole number within bounds; stands in `Annotated[int, ...]`."""
    bound = f"whole number {ge}-{le}"
    remedy = f"write a whole number from {ge} to {le}"

    def read(value: object) -> int:
        if type(value) is int and ge <= value <= le:
            return value
        text = _text(value, remedy)
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
    signs = (("above", gt), ("at least", ge), ("below", lt), ("at most", le))
    bounds = tuple((word, Decimal(text)) for word, text in signs if text is not None)
    bound = _bound_text(signs)
    remedy = f"write a plain number{' ' + bound if bound else ''}, e.g. {ge or gt or le or '0.5'}"

    def read(value: object) -> Decimal:
        text = str(value) if isinstance(value, Decimal) else _text(value, remedy)
        if len(text) > MAXIMUM_NUMBER_LENGTH or not re.fullmatch(NUMBER_PATTERN, text, re.ASCII):
            raise refusal("E-NUMBER", "a plain decimal number is wanted", value=value, bound=bound, remedy=remedy)
        result = Decimal(text)
        if result and abs(result.adjusted()) >= MAXIMUM_NUMBER_LENGTH:
            raise refusal("E-RANGE", "the number is too large or too small", value=value, bound=bound, remedy=remedy)
        for word, limit in bounds:
            if not _within(word, float(result), float(limit)):
                raise refusal("E-RANGE", f"the number must be {word} {limit}", value=value, bound=bound, remedy=remedy)
        return result

    pattern = {"type": "string", "pattern": f"^{NUMBER_PATTERN}$"}
    return TextField(read, {"anyOf": [{"type": "number"}, pattern], "description": f"number {bound}".strip()})


def _read_bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    remedy = "write true or false"
    text = _text(value, remedy)
    if text not in ("true", "false"):
        raise refusal("E-VALUE", "true or false is wanted", value=value, bound="true, false", remedy=remedy, offset=0)
    return text == "true"


def _read_name(value: object) -> str:
    remedy = "write letters a-z, A-Z, digits, `_` and `-`, a letter or digit first"
    text = _text(value, remedy)
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
    text = _text(value, "write text")
    if len(text) > MAXIMUM_TEXT:
        raise refusal(
            "E-LENGTH", "the text is too long", value=value, bound=f"{MAXIMUM_TEXT} characters", remedy="shorten it"
        )
    if not text.strip():
        raise refusal("E-VALUE", "the text is empty", remedy="write text, or leave the key out")
    return text


def _positive(dimension: Dimension) -> TextField:
    return field(dimension, gt=f"0 {UNITS[dimension][0]}")


Volume: TypeAlias = Annotated[Reading, _positive(Dimension.VOLUME)]
FlowRate: TypeAlias = Annotated[Reading, _positive(Dimension.FLOW_RATE)]
Duration: TypeAlias = Annotated[Reading, _positive(Dimension.DURATION)]
Temperature: TypeAlias = Annotated[Reading, field(Dimension.TEMPERATURE, gt="-273.15 degC")]
TemperatureDifference: TypeAlias = Annotated[Reading, _positive(Dimension.TEMPERATURE_DIFFERENCE)]
TemperatureRamp: TypeAlias = Annotated[Reading, _positive(Dimension.TEMPERATURE_RAMP)]
Amount: TypeAlias = Annotated[Reading, _positive(Dimension.AMOUNT)]
Mass: TypeAlias = Annotated[Reading, _positive(Dimension.MASS)]
Concentration: TypeAlias = Annotated[Reading, _positive(Dimension.CONCENTRATION)]
Equivalents: TypeAlias = Annotated[Reading, _positive(Dimension.EQUIVALENTS)]
MolePercent: TypeAlias = Annotated[Reading, _positive(Dimension.MOLE_PERCENT)]
Percent: TypeAlias = Annotated[Reading, field(Dimension.PERCENT, gt="0 %", le="100 %")]
Length: TypeAlias = Annotated[Reading, _positive(Dimension.LENGTH)]
RotationalSpeed: TypeAlias = Annotated[Reading, _positive(Dimension.ROTATIONAL_SPEED)]
Density: TypeAlias = Annotated[Reading, _positive(Dimension.DENSITY)]
MolarMass: TypeAlias = Annotated[Reading, _positive(Dimension.MOLAR_MASS)]
Power: TypeAlias = Annotated[Reading, _positive(Dimension.POWER)]

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
