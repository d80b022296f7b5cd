"""Numbers as a report prints them: always with their unit, never with an exponent."""

from math import floor, log10

from ruggli.quantities.base import Celsius, Grams, Millilitres, MillilitresPerSecond, Millimoles, Molar, Rpm, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

NONE = "–"
"""Stands where there is no value."""

HOURLY = 30.0
"""Flow rates below so many mL/h are told in mL/h, faster ones in mL/min."""


def plain(value: float, digits: int) -> str:
    """A number with that many significant digits, without exponent; a true minus sign."""
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - floor(log10(abs(value))))
    return f"{value:.{min(decimals, 12)}f}".replace("-", "−")


def volume(value: Millilitres) -> str:
    """`29.990 mL`: microlitres are the last digit that pumps know."""
    return f"{value:.3f} mL".replace("-", "−")


def between(low: Millilitres, high: Millilitres) -> str:
    """`29.980 to 29.990 mL`, or one value where both are the same."""
    return volume(low) if f"{low:.3f}" == f"{high:.3f}" else f"{low:.3f} to {volume(high)}"


def signed_volume(value: Millilitres, of: Millilitres) -> str:
    """A difference of volumes and its part of `of`: `+0.012 mL (+0.04 %)`."""
    text = f"{value:+.3f} mL"
    if of > 0:
        text += f" ({100 * value / of:+.2f} %)"
    return text.replace("-", "−")


def flow(value: MillilitresPerSecond, like: MillilitresPerSecond) -> str:
    """A flow rate in mL/h, or in mL/min where `like` is a fast one; five digits."""
    hourly = like * 3600 < HOURLY
    return f"{plain(value * (3600 if hourly else 60), 5)} {'mL/h' if hourly else 'mL/min'}"


def mass(value: Grams) -> str:
    """A mass in the unit that suits it."""
    return neat(show(value, Dimension.MASS))


def amount(value: Millimoles) -> str:
    """An amount of substance in the unit that suits it."""
    return neat(show(value, Dimension.AMOUNT))


def concentration(value: Molar) -> str:
    """A concentration in the unit that suits it."""
    return neat(show(value, Dimension.CONCENTRATION))


def measured_out(value: Millilitres) -> str:
    """A volume in the unit that suits it."""
    return neat(show(value, Dimension.VOLUME))


def temperature(value: Celsius) -> str:
    """`39.8 °C`."""
    return f"{value:.1f} °C".replace("-", "−")


def speed(value: Rpm) -> str:
    """`400 rpm`."""
    return f"{value:.0f} rpm"


def neat(text: str) -> str:
    """Our plain-text units as print has them: µ, °C."""
    for plain_unit, unit in ((" uL", " µL"), (" ug", " µg"), (" umol", " µmol"), (" uM", " µM"), ("degC", "°C")):
        text = text.replace(plain_unit, unit)
    return text


def clock(value: Seconds) -> str:
    """A time on the run's clock: `06:12:30`; hours go on beyond 24."""
    whole = round(max(0.0, value))
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def duration(value: Seconds) -> str:
    """A length of time: `45 s`, `12 min 30 s`, `6 h 02 min`."""
    sign, size = ("−" if value < 0 else ""), abs(value)
    if size < 59.95:
        return f"{sign}{size:.0f} s" if size >= 9.95 or size == 0 else f"{sign}{size:.1f} s"
    whole = round(size)
    if whole < 3600:
        return f"{sign}{whole // 60} min" + (f" {whole % 60:02d} s" if whole % 60 else "")
    minutes = round(size / 60)
    return f"{sign}{minutes // 60} h" + (f" {minutes % 60:02d} min" if minutes % 60 else "")


def longer(value: Seconds, of: Seconds) -> str:
    """A difference of two lengths of time and its part of `of`: `+2 min 10 s (+12 %)`."""
    if abs(value) < 0.5:
        return "0 s"
    text = ("+" if value > 0 else "") + duration(value)
    if of > 0:
        text += f" ({100 * value / of:+.0f} %)".replace("-", "−")
    return text


def date(wall: str) -> str:
    """A date and time of the journal without fractions of a second: `2026-11-23 04:31:08 +00:00`."""
    day, _, rest = wall.partition("T")
    return f"{day} {rest[:8]} {rest[8:].lstrip('.0123456789')}".strip()
