"""pydantic field types: a quantity of one dimension in one range, and the few plain values that a file may hold.

Every value arrives as text. `FlowRate`, `Volume` and their kin are above zero; for another range use
`Annotated[Reading, field(Dimension.VOLUME, ge="0 mL")]`. Refusals surface as pydantic errors whose type is the code
(`E-RANGE`) and whose context holds `message`, `value`, `bound`, `remedy` and `offset`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, TypeAlias

from ruggli.quantities.dimension import Dimension
from ruggli.quantities.plain_fields import Bool as Bool
from ruggli.quantities.plain_fields import Bound, TextField, bounds, bounds_text, text_of
from ruggli.quantities.plain_fields import Fraction as Fraction
from ruggli.quantities.plain_fields import Name as Name
from ruggli.quantities.plain_fields import Number as Number
from ruggli.quantities.plain_fields import Text as Text
from ruggli.quantities.plain_fields import Whole as Whole
from ruggli.quantities.plain_fields import number as number
from ruggli.quantities.plain_fields import refusal as refusal
from ruggli.quantities.plain_fields import whole as whole
from ruggli.quantities.reader import NUMBER_PATTERN, QuantityError, Reading, read_quantity
from ruggli.quantities.units import UNITS


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
    ends = bounds(gt, ge, lt, le)
    bound = bounds_text(ends)
    remedy = f"write {dimension.phrase}, e.g. {dimension.example}"

    @cache  # at the first value, so that the import of a model does not load pint
    def limits() -> tuple[tuple[Bound, float], ...]:
        return tuple((end, read_quantity(end.limit, dimension).base) for end in ends)

    def read(value: object) -> Reading:
        if isinstance(value, Reading) and value.dimension is dimension:
            reading = value
        else:
            try:
                reading = read_quantity(text_of(value, remedy), dimension)
            except QuantityError as error:
                raise refusal(
                    error.code, error.message, value=value, bound=bound, remedy=error.remedy, offset=error.offset
                ) from None
        for end, limit in limits():
            if not end.holds(reading.base, limit):
                message = f"{dimension.phrase} must be {end.words}"
                raise refusal("E-RANGE", message, value=str(reading), bound=bound, remedy=remedy)
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
