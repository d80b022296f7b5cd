"""How a device writes numbers, as data, and which value it therefore really holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from enum import Enum


class Rounding(Enum):
    """Which neighbour is taken when a value has more digits than the wire carries."""

    DOWN = "down"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True)
class WireUnit:
    """One unit a device understands.

    Attributes:
        name: the unit for people (`mL/h`).
        code: the unit on the wire (`MH`).
        factor: base units (mL or mL/s) in one of this unit, as an exact decimal ratio numerator/denominator.
        divisor: see `factor`.
    """

    name: str
    code: str
    factor: Decimal
    divisor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The numbers a device takes: `digits` significant digits, at most `decimals` after the point, up to `largest`."""

    digits: int
    decimals: int
    largest: Decimal

    def text(self, value: Decimal, rounding: Rounding) -> str | None:
        """Plain decimal text of `value`, or None where the format cannot carry it."""
        if value < 0 or value > self.largest:
            return None
        whole = len(str(int(value))) if value >= 1 else 1
        places = min(self.decimals, max(0, self.digits - whole))
        mode = ROUND_DOWN if rounding is Rounding.DOWN else ROUND_HALF_EVEN
        rounded = value.quantize(Decimal(1).scaleb(-places), rounding=mode)
        if rounded >= 1 and len(str(int(rounded))) + places > self.digits:
            rounded = rounded.quantize(Decimal(1).scaleb(-(self.digits - len(str(int(rounded))))), rounding=mode)
        return None if rounded > self.largest else format(rounded, "f")


@dataclass(frozen=True, slots=True)
class Held:
    """A value as the device will hold it.

    Attributes:
        text: the number as it goes over the wire.
        unit: the unit it is sent in.
        value: what that means, in the base unit (mL or mL/s).
    """

    text: str
    unit: WireUnit
    value: float


def held(
    value: float, units: Sequence[WireUnit], number_format: NumberFormat, rounding: Rounding = Rounding.NEAREST
) -> Held | None:
    """The closest value that the device can hold, in the unit that carries it best.

    Args:
        value: wanted value in the base unit (mL or mL/s).
        units: the units to choose from, preferred first where two are equally exact.
        number_format: the digits that the wire carries.
        rounding: `DOWN` for volumes (a dose is never rounded up), `NEAREST` for rates.

    Returns:
        None where every unit would send zero or more than the largest number: zero means "for ever" on some pumps.
    """
    best: Held | None = None
    wanted = Decimal(repr(float(value)))
    for unit in units:
        text = number_format.text(wanted * unit.divisor / unit.factor, rounding)
        if text is None or Decimal(text) == 0:
            continue
        candidate = Held(text, unit, float(Decimal(text) * unit.factor / unit.divisor))
        if best is None or abs(candidate.value - value) < abs(best.value - value) * (1 - 1e-9):
            best = candidate
    return best
