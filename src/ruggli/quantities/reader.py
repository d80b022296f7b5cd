"""The strict reader: text such as `5 mL/h` to an exact number with a unit of the closed list.

User text is never handed to pint, which reads `5,5 mL` as 55 mL and `1 000 mL` as 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from ruggli.errors import InputError
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.units import canonical, dimension_of, pint_name, unit

if TYPE_CHECKING:
    import pint

    Quantity: TypeAlias = pint.Quantity[float]

MAXIMUM_NUMBER_LENGTH: Final = 15
"""Characters of a number, sign and exponent included."""
LARGEST_EXPONENT: Final = 15
"""A number is below 10 to this power, and above 10 to minus this power."""
NUMBER_PATTERN: Final = r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"

_QUANTITY: Final = re.compile(rf"({NUMBER_PATTERN}) *((?<= )1/[a-zA-Z/]+|[^\s0-9+*(;,][^\s]*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd about a text that was accepted.

    Attributes:
        code: stable name, such as `N-UNIT-CASE`.
        message: one sentence.
        offset: index of the first odd character in the text.
    """

    code: str
    message: str
    offset: int = 0


class QuantityError(InputError):
    """A text is no quantity of the dimension that is wanted.

    Attributes:
        code: `E-NUMBER`, `E-RANGE`, `E-TIME`, `E-CHAR`, `E-UNIT` or `E-DIMENSION`.
        message: what is wrong.
        remedy: what to write.
        offset: index of the offending character in the text.
    """

    def __init__(self, code: str, message: str, remedy: str, offset: int = 0) -> None:
        super().__init__(f"{code} {message}; {remedy}")
        self.code, self.message, self.remedy, self.offset = code, message, remedy, offset


@dataclass(frozen=True, slots=True)
class Reading:
    """A number with a unit, as it was written.

    Attributes:
        number: the exact decimal.
        unit: canonical unit, such as `uL/min`.
        dimension: what it measures.
        base: the value in the base unit of the dimension (`Dimension.base`), for inner loops.
        notes: what was odd about the text.
    """

    number: Decimal
    unit: str
    dimension: Dimension
    base: float
    notes: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def quantity(self) -> Quantity:
        """The same as a pint Quantity."""
        from ruggli.quantities.registry import registry

        return registry().Quantity(float(self.number), pint_name(self.unit))

    def __str__(self) -> str:
        """Canonical text; `read_quantity` reads it back to the same value."""
        return f"{_number_text(self.number)} {self.unit}"


def read_quantity(text: str, dimension: Dimension) -> Reading:
    """Reads `[+-]digits[.digits][e[+-]digits] unit`, for exactly one dimension.

    Signs and zero pass: ranges belong to the field that asks (`ruggli.quantities.fields`).

    Raises:
        QuantityError: the text is not such a quantity, or its number is outside 1e-15 to 1e15.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise _refusal(text, dimension)
    digits, spelling = match.groups()
    found = _unit_for(spelling, dimension) if len(digits) <= MAXIMUM_NUMBER_LENGTH else None
    if found is None:
        raise _refusal(text, dimension)
    number = Decimal(digits)
    if "e" in digits and number and abs(number.adjusted()) >= LARGEST_EXPONENT:
        raise _refusal(text, dimension)
    name, numerator, denominator, notes = found
    if notes:
        notes = tuple(Finding(note.code, note.message, match.start(2)) for note in notes)
    return Reading(number, name, dimension, float(digits) * numerator / denominator + 0.0, notes)


@lru_cache(maxsize=512)
def _unit_for(spelling: str, dimension: Dimension) -> tuple[str, int, int, tuple[Finding, ...]] | None:
    """Canonical name, factor as numerator and denominator, notes; None when it is no unit of the dimension."""
    name, odd_case = canonical(spelling)
    if dimension_of(name) is not dimension:
        return None
    note = Finding("N-UNIT-CASE", f"read `{spelling}` as {name}")
    listed = unit(name)
    return name, listed.numerator, listed.denominator, (note,) if odd_case else ()


def _refusal(text: str, dimension: Dimension) -> QuantityError:
    from ruggli.quantities.refusal import explain

    return explain(text, dimension)


def _number_text(number: Decimal) -> str:
    if not number:
        return "0"
    sign, digits, exponent = number.normalize().as_tuple()
    plain = f"{number.normalize():f}"
    if len(plain) <= MAXIMUM_NUMBER_LENGTH:
        return plain
    return f"{'-' if sign else ''}{''.join(map(str, digits))}e{exponent}"


_SHOWN_UNITS: Final[dict[Dimension, tuple[str, ...]]] = {
    Dimension.VOLUME: ("L", "mL", "uL", "nL"),
    Dimension.DURATION: ("d", "h", "min", "s"),
    Dimension.FLOW_RATE: ("mL/min", "mL/h", "uL/min", "uL/h", "nL/h"),
    Dimension.AMOUNT: ("mol", "mmol", "umol"),
    Dimension.MASS: ("kg", "g", "mg", "ug"),
    Dimension.CONCENTRATION: ("M", "mM", "uM"),
    Dimension.LENGTH: ("m", "mm", "um"),
    Dimension.TEMPERATURE_RAMP: ("K/min", "K/h"),
}


def show(base: float, dimension: Dimension) -> str:
    """A value in base units as people want to see it: `41.67 uL/min`, `12 h`, `5 mM`, `39.8 degC`.

    Four to six significant digits, never an exponent; the unit is the largest in which the value is at least 1.
    """
    names = _SHOWN_UNITS.get(dimension) or (_shown_unit(dimension),)
    if dimension is Dimension.DURATION and abs(base) < 2 * 86400:
        names = names[1:]
    scaled = [(base * unit(name).denominator / unit(name).numerator, name) for name in names]
    value, name = next(((value, name) for value, name in scaled if abs(value) >= 0.99995), scaled[-1])
    return f"{_short(value)} {name}" if base else f"0 {_shown_unit(dimension)}"


def _shown_unit(dimension: Dimension) -> str:
    from ruggli.quantities.units import UNITS

    return UNITS[dimension][0]


def _short(value: float) -> str:
    """Four digits, or five or six where these give the value exactly."""
    leading = Decimal(repr(value)).adjusted()
    texts = [f"{value:.{min(max(0, digits - 1 - leading), 12)}f}" for digits in (4, 5, 6)]
    text = next((text for text in texts if abs(float(text) - value) <= 1e-9 * abs(value)), texts[0])
    return text.rstrip("0").rstrip(".") if "." in text else text
