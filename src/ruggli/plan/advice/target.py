"""Targets: texts such as `ring > 90 %`, read strictly; nothing of them is ever evaluated."""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ruggli.errors import InputError
from ruggli.plan.advice.figures import FIGURES
from ruggli.quantities.characters import described
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import QuantityError, read_quantity, show

LONGEST: Final = 80
"""Characters of a target."""

_TARGET: Final = re.compile(r" *([a-z_]+) *(<=|>=|<|>) *(\S(?:.*\S)?) *", re.ASCII)
_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)
_FORM: Final = 'write NAME, one of < <= > >=, and a quantity, e.g. "ring > 90 %"'


class TargetError(InputError):
    """A target is refused; the text begins with a code, and says what is wrong, what is allowed and what to write."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure has to be.

    Attributes:
        figure: name, see `FIGURES`.
        sign: `<`, `<=`, `>` or `>=`.
        bound: in the base unit of the figure's dimension.
    """

    figure: str
    sign: str
    bound: float

    def holds(self, figures: Mapping[str, float]) -> bool:
        """Whether the figures keep it."""
        return _HOLDS[self.sign](figures[self.figure], self.bound)

    def miss(self, figures: Mapping[str, float]) -> float:
        """By how much the figures miss it: as a part of the bound, of 100 % for a percentage; 0 where they keep it."""
        if self.holds(figures):
            return 0.0
        whole = 1.0 if FIGURES[self.figure].dimension is Dimension.PERCENT else abs(self.bound) or 1.0
        return abs(figures[self.figure] - self.bound) / whole

    def __str__(self) -> str:
        """For people; `read_target` reads it back."""
        return f"{self.figure} {self.sign} {show(self.bound, FIGURES[self.figure].dimension)}"


def read_target(text: str) -> Target:
    """Read one target.

    Raises:
        TargetError: it is none, names no figure, or its bound can never or always be kept.
    """
    if len(text) > LONGEST:
        raise TargetError(f"E-LENGTH --target has {len(text)} characters, at most {LONGEST}; {_FORM}")
    odd = next((character for character in text if not " " <= character <= "~"), None)
    if odd is not None:
        raise TargetError(f"E-CHAR --target {_shown(text)}: character {described(odd)} may not stand in it; {_FORM}")
    match = _TARGET.fullmatch(text)
    if match is None:
        raise TargetError(f"E-VALUE --target {_shown(text)}: this is no target; {_FORM}")
    name, sign, quantity = match.groups()
    if name not in FIGURES:
        raise TargetError(f"E-REF --target {_shown(text)}: there is no figure {name}; those are: {', '.join(FIGURES)}")
    dimension = FIGURES[name].dimension
    try:
        bound = read_quantity(quantity, dimension).base
    except QuantityError as error:
        told = f"{error.code} --target {_shown(text)}: {error.message}"
        raise TargetError(f"{told}; {name} is {dimension.phrase}; {error.remedy}") from None
    _check(text, name, sign, bound, dimension)
    return Target(name, sign, bound)


def read_targets(texts: Iterable[str]) -> tuple[Target, ...]:
    """Read every target.

    Raises:
        TargetError: see `read_target`; there is none; two of them exclude each other.
    """
    targets = tuple(dict.fromkeys(read_target(text) for text in texts))
    if not targets:
        raise TargetError(f"E-MISSING no target is given: what is to be reached? {_FORM} after --target")
    for lower in targets:
        for upper in targets:
            if lower.figure == upper.figure and ">" in lower.sign and "<" in upper.sign:
                both = ">=" == lower.sign and "<=" == upper.sign
                if lower.bound > upper.bound or (lower.bound == upper.bound and not both):
                    raise TargetError(f'E-CONFLICT --target "{lower}" and "{upper}" exclude each other; leave one out')
    return targets


def _check(text: str, name: str, sign: str, bound: float, dimension: Dimension) -> None:
    highest = 1.0 if dimension is Dimension.PERCENT else float("inf")
    if bound < 0.0 or bound > highest:
        allowed = "0 % to 100 %" if highest == 1.0 else f"at least 0 {dimension.example.split()[-1]}"
        raise TargetError(f"E-RANGE --target {_shown(text)}: {name} is never there; expected {allowed}")
    if (sign == ">" and bound >= highest) or (sign == "<" and bound <= 0.0):
        raise TargetError(f"E-RANGE --target {_shown(text)}: nothing can keep this; choose a bound that can be kept")


def _shown(text: str) -> str:
    printable = "".join(character if character.isprintable() else "?" for character in text)
    return f'"{printable}"'
