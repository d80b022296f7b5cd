"""A molecular formula, read strictly: element symbols with counts, and parentheses; gives the molar mass."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from ruggli.quantities.base import GramsPerMole
from ruggli.quantities.characters import described
from ruggli.quantities.elements import ATOMIC_MASSES
from ruggli.quantities.plain_fields import TextField, refusal, text_of

MAXIMUM_FORMULA: Final = 120
"""Longest formula, characters."""
MAXIMUM_ATOMS: Final = 100_000
"""Most atoms of one element in a formula."""
_EXAMPLE: Final = "C21H26N2O4S2"
_REMEDY: Final = f"write element symbols with counts, e.g. {_EXAMPLE}"
_PART: Final = re.compile(r"([A-Z][a-z]?|\(|\))([0-9]*)", re.ASCII)
_FOREIGN: Final = (
    (re.compile(r"[+-]"), "a formula has no charge", "leave the charge out"),
    (
        re.compile(r"[.*\u00b7\u2022]"),
        "a formula with a dot is not read",
        "write one sum, e.g. H20Na2O14S for Na2SO4.10H2O",
    ),
    (re.compile(r"[\[\]]"), "isotopes and brackets are not read", "write D for deuterium, and round parentheses"),
    (re.compile(r"\s"), "a formula has no spaces", "remove the space"),
    (re.compile(r"[a-z]"), "no element begins with a small letter", f"write symbols as in {_EXAMPLE}"),
)


class FormulaError(ValueError):
    """A text that is no formula.

    Attributes:
        code: `E-CHAR`, `E-LENGTH`, `E-RANGE` or `E-VALUE`.
        message: what is wrong.
        bound: what is allowed, or "".
        remedy: what to do.
        offset: the offending character, from 0.
    """

    def __init__(self, code: str, message: str, offset: int, *, bound: str = "", remedy: str = _REMEDY) -> None:
        super().__init__(message)
        self.code, self.message, self.offset, self.bound, self.remedy = code, message, offset, bound, remedy


@dataclass(frozen=True, slots=True)
class Formula:
    """A molecular formula.

    Attributes:
        text: as it was written.
        counts: atoms of each element, in alphabetical order of the symbols.
    """

    text: str
    counts: tuple[tuple[str, int], ...]

    @property
    def molar_mass(self) -> GramsPerMole:
        """Sum of the atomic masses of `ruggli.quantities.elements`."""
        return GramsPerMole(math.fsum(ATOMIC_MASSES[symbol] * count for symbol, count in self.counts))

    def __str__(self) -> str:
        """The text as written."""
        return self.text


def read_formula(text: str) -> Formula:
    """Read element symbols with counts, such as `C21H26N2O4S2` or `Ca(OH)2`; parentheses may be nested.

    Raises:
        FormulaError: anything else: an unknown element, a count of 0 or with a leading zero, a charge, a dot, a space,
            parentheses that do not match, more than `MAXIMUM_FORMULA` characters or `MAXIMUM_ATOMS` atoms.
    """
    if len(text) > MAXIMUM_FORMULA:
        raise FormulaError("E-LENGTH", "the formula is too long", 0, bound=f"{MAXIMUM_FORMULA} characters")
    if not text:
        raise FormulaError("E-VALUE", "the formula is empty", 0)
    open_groups: list[tuple[int, dict[str, int]]] = []
    counts: dict[str, int] = {}
    for offset, symbol, number in _parts(text):
        if symbol == "(":
            if number:
                raise FormulaError("E-VALUE", "a count stands before its group", offset + 1)
            open_groups.append((offset, counts))
            counts = {}
            continue
        many = _count(number, offset + len(symbol))
        if symbol == ")":
            if not open_groups or not counts:
                what = "an empty group" if open_groups else "a parenthesis closes that was not opened"
                raise FormulaError("E-VALUE", what, offset)
            inner, (_, counts) = counts, open_groups.pop()
        elif symbol in ATOMIC_MASSES:
            inner = {symbol: 1}
        else:
            raise FormulaError(
                "E-VALUE", f"`{symbol}` is no element with a standard atomic mass", offset, remedy=_guess(symbol)
            )
        counts = _sum(counts, inner, many, offset)
    if open_groups:
        raise FormulaError("E-VALUE", "a parenthesis is not closed", open_groups[-1][0])
    return Formula(text, tuple(sorted(counts.items())))


def _parts(text: str) -> Iterator[tuple[int, str, str]]:
    """Offset, symbol or parenthesis, and the digits after it."""
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            raise _foreign(text, at)
        yield at, part[1], part[2]
        at = part.end()


def _foreign(text: str, at: int) -> FormulaError:
    for pattern, message, remedy in _FOREIGN:
        if pattern.match(text, at):
            return FormulaError("E-VALUE", message, at, remedy=remedy)
    if not text[at].isascii():
        return FormulaError(
            "E-CHAR", f"character {described(text[at])} may not stand in a formula", at, remedy=f"e.g. {_EXAMPLE}"
        )
    what = "a count stands before its element" if text[at].isdigit() else f"`{text[at]}` may not stand in a formula"
    return FormulaError("E-VALUE", what, at)


def _count(number: str, offset: int) -> int:
    if number.startswith("0"):
        raise FormulaError("E-VALUE", f"the count {number} is not read", offset, bound="1 or more, no leading zero")
    if len(number) > len(str(MAXIMUM_ATOMS)):
        raise _too_many(offset)
    return int(number or "1")


def _sum(counts: Mapping[str, int], more: Mapping[str, int], many: int, offset: int) -> dict[str, int]:
    total = dict(counts)
    for symbol, count in more.items():
        total[symbol] = total.get(symbol, 0) + many * count
        if total[symbol] > MAXIMUM_ATOMS:
            raise _too_many(offset)
    return total


def _too_many(offset: int) -> FormulaError:
    return FormulaError("E-RANGE", "too many atoms of one element", offset, bound=f"at most {MAXIMUM_ATOMS}")


def _guess(symbol: str) -> str:
    """What may be meant: two elements, or a symbol that is misspelt."""
    if len(symbol) == 2 and symbol[0] in ATOMIC_MASSES and symbol[1].upper() in ATOMIC_MASSES:
        return f"did you mean `{symbol.upper()}`?"
    return _REMEDY


def _read(value: object) -> Formula:
    if isinstance(value, Formula):
        return value
    try:
        return read_formula(text_of(value, _REMEDY))
    except FormulaError as error:
        raise refusal(
            error.code, error.message, value=value, bound=error.bound, remedy=error.remedy, offset=error.offset
        ) from None


FormulaField: TypeAlias = Annotated[
    Formula,
    TextField(
        _read,
        {
            "type": "string",
            "pattern": "^[A-Z(][A-Za-z0-9()]*$",
            "maxLength": MAXIMUM_FORMULA,
            "description": f"molecular formula; e.g. {_EXAMPLE}",
            "examples": [_EXAMPLE],
            "patternErrorMessage": _REMEDY,
        },
    ),
]
"""A field of a file that holds a formula."""
