"""Figures of the rules as text, each with its unit, and bounds that rounding does not break."""

from ruggli.quantities.base import Molar, Seconds

ROUND = 1e-9
"""Relative slack of every bound."""


def over(value: float, bound: float) -> bool:
    """Whether a value is above a bound by more than rounding."""
    return value > bound + abs(bound) * ROUND


def outside(value: float, low: float, high: float) -> bool:
    """Whether a value is outside a range by more than rounding."""
    return over(low, value) or over(value, high)


def molar(value: Molar) -> str:
    """A concentration in mM."""
    return f"{1000 * value:.4g} mM"


def hours(value: Seconds) -> str:
    """A time in h, or in min below 1 h."""
    return f"{value / 3600:.4g} h" if value >= 3600 else f"{value / 60:.4g} min"
