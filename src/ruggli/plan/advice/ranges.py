"""Where a lever may move, and which values of it are tried."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import read_quantity, show
from ruggli.quantities.units import unit

DIGITS = 3
"""Significant digits of a value that is tried."""


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high` in base units; `low_by` and `high_by` say what sets the ends."""

    low: float
    high: float
    low_by: str
    high_by: str


def cut(
    name: str,
    now: float,
    limits: tuple[float | None, float | None],
    others: Iterable[tuple[str, float | None, float | None]],
) -> Range | str:
    """The narrowest of several ranges, or why there is none.

    Args:
        name: what the lever is, for messages.
        now: the value as it stands.
        limits: `min` and `max` of the parameter.
        others: by whom, lowest, highest.
    """
    given = [("the parameter's min and max", *limits), *others]
    lows = [(low, by) for by, low, _ in given if low is not None]
    highs = [(high, by) for by, _, high in given if high is not None]
    if not lows or not highs:
        end = "min" if not lows else "max"
        return f"nothing bounds it; give it a `{end}`"
    low, low_by = max(lows)
    high, high_by = min(highs)
    if low > high:
        return f"{low_by} and {high_by} leave nothing of its range"
    return Range(low, high, low_by, high_by)


def levels(found: Range, dimension: Dimension, count: int, *, even: bool) -> tuple[str, ...]:
    """At most `count` values within a range as texts with units, rounded inwards to three digits, lowest first.

    Args:
        found: the range.
        dimension: what is measured.
        count: how many, at least 1; 1 gives the middle.
        even: equal distances; else equal ratios.
    """
    if count == 1 or found.low == found.high:
        parts = [0.5]
    else:
        parts = [index / (count - 1) for index in range(count)]
    spread = even or found.low <= 0.0
    values = (
        found.low + part * (found.high - found.low) if spread else found.low * (found.high / found.low) ** part
        for part in parts
    )
    texts = [_text(value, found, dimension) for value in values]
    once = {read_quantity(text, dimension).base: text for text in texts if text}
    return tuple(once.values())


def _text(value: float, found: Range, dimension: Dimension) -> str:
    """The nearest text of few digits that is inside, or "" where none is."""
    name = show(value, dimension).partition(" ")[2]
    own = unit(name)
    exact = Decimal(repr(value)) * own.denominator / own.numerator
    place = Decimal(1).scaleb(exact.adjusted() - DIGITS + 1)
    slack = 1e-9 * abs(found.high)
    for rounding in (ROUND_HALF_EVEN, ROUND_FLOOR, ROUND_CEILING):
        rounded = exact.quantize(place, rounding).normalize()
        text = f"{rounded:f} {name}"
        if found.low - slack <= read_quantity(text, dimension).base <= found.high + slack:
            return text
    return ""
