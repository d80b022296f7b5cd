"""The closed, case-sensitive list of units, and their factors.

A unit that is not on the list does not exist for Ruggli. The factors are pint's (see `factors`).
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from ruggli.quantities.dimension import Dimension
from ruggli.quantities.factors import FACTORS

_VOLUMES: Final = ("mL", "L", "uL", "nL")
_TIMES: Final = ("s", "min", "h", "d")
_FLOWS: Final = tuple(f"{volume}/{time}" for time in ("h", "min", "s", "d") for volume in _VOLUMES)

UNITS: Final[dict[Dimension, tuple[str, ...]]] = {
    Dimension.VOLUME: _VOLUMES,
    Dimension.DURATION: _TIMES,
    Dimension.FLOW_RATE: _FLOWS,
    Dimension.TEMPERATURE: ("degC",),
    Dimension.TEMPERATURE_DIFFERENCE: ("K",),
    Dimension.TEMPERATURE_RAMP: ("K/h", "K/min"),
    Dimension.AMOUNT: ("mmol", "mol", "umol"),
    Dimension.MASS: ("g", "mg", "ug", "kg"),
    Dimension.CONCENTRATION: ("M", "mM", "uM", "mol/L", "mmol/L", "umol/L", "mmol/mL"),
    Dimension.EQUIVALENTS: ("eq",),
    Dimension.MOLE_PERCENT: ("mol%",),
    Dimension.PERCENT: ("%",),
    Dimension.LENGTH: ("mm", "cm", "m", "um"),
    Dimension.ROTATIONAL_SPEED: ("rpm",),
    Dimension.DENSITY: ("g/mL", "kg/L"),
    Dimension.MOLAR_MASS: ("g/mol",),
    Dimension.POWER: ("W",),
    Dimension.RATE_CONSTANT_1: ("1/s", "1/min", "1/h", "1/d"),
    Dimension.RATE_CONSTANT_2: ("L/mol/s", "L/mol/min", "L/mol/h", "mL/mmol/s"),
    Dimension.ASSOCIATION_CONSTANT: ("L/mol", "L/mmol", "mL/mmol"),
    Dimension.MOLAR_ENERGY: ("kJ/mol", "J/mol", "kcal/mol"),
}
"""Canonical units of each dimension, the usual one first."""

_SPELLINGS: Final = {"ul": "uL", "ml": "mL", "l": "L", "nl": "nL"}
_RATE_SPELLINGS: Final = {
    spelling.format(name): f"{front}/{name}"
    for name in ("s", "min", "h")
    for front, spellings in (("1", ("{}-1", "{}^-1", "/{}")), ("L/mol", ("1/M/{}", "L/(mol*{})")))
    for spelling in spellings
}
_PINT_NAMES: Final = {
    "degC": "degree_Celsius",
    "K": "delta_degree_Celsius",
    "K/s": "delta_degree_Celsius/second",
    "K/min": "delta_degree_Celsius/minute",
    "K/h": "delta_degree_Celsius/hour",
    "eq": "equivalent",
    "mol%": "mole_percent",
    "%": "percent",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the list.

    Attributes:
        name: the canonical spelling.
        dimension: what it measures.
        numerator: with `denominator` the exact factor to the base unit of the dimension.
        denominator: see `numerator`.
    """

    name: str
    dimension: Dimension
    numerator: int
    denominator: int


def canonical(spelling: str) -> tuple[str, bool]:
    """The canonical spelling of an alias, and whether only the case differed (worth a note).

    `µ` (U+00B5) and `μ` (U+03BC) mean `u`, `°C` means `degC`; `ul`, `ml`, `l`, `nl` are read as `uL`, `mL`, `L`, `nL`,
    also in front of `/h`; `s-1`, `s^-1` and `/s` as `1/s`, `1/M/s` and `L/(mol*s)` as `L/mol/s`. Anything else comes
    back as it is.
    """
    text = spelling.replace("\u00b5", "u").replace("\u03bc", "u")
    if text == "\u00b0C":
        return "degC", False
    if text in _RATE_SPELLINGS:
        return _RATE_SPELLINGS[text], False
    head, slash, tail = text.partition("/")
    proper = _SPELLINGS.get(head)
    if proper is None or (slash and tail not in _TIMES):
        return text, False
    return proper + slash + tail, True


@cache
def dimension_of(name: str) -> Dimension | None:
    """The dimension of a canonical unit, or None when the list does not have it."""
    return next((dimension for dimension, names in UNITS.items() if name in names), None)


@cache
def unit(name: str) -> Unit:
    """The unit with this canonical name.

    Raises:
        KeyError: the list does not have it.
    """
    dimension = dimension_of(name)
    if dimension is None:
        raise KeyError(name)
    numerator, denominator = FACTORS[name]
    return Unit(name, dimension, numerator, denominator)


def factor(name: str) -> float:
    """How many base units of its dimension one of this unit is: mL, s, mL/s, degC, K, K/s, mmol, g, mol/L, ...

    `%` and `mol%` are converted to the fraction: 5 % is 0.05.

    Raises:
        KeyError: the list does not have the unit.
    """
    found = unit(name)
    return found.numerator / found.denominator


def pint_name(name: str) -> str:
    """The name under which pint knows a canonical unit."""
    return _PINT_NAMES.get(name, name)
