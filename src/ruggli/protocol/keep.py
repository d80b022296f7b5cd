"""A concentration that a dose keeps low: the bound, what uses the reagent up, and how the flow follows from them."""

from enum import Enum
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from ruggli.protocol.base import Model
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.fields import Concentration, Duration, Equivalents, MolePercent, Name
from ruggli.quantities.plain_fields import refusal
from ruggli.quantities.reader import NUMBER_PATTERN
from ruggli.quantities.units import UNITS

_WORD: Final = "below "
_UNITS: Final = "|".join(UNITS[Dimension.CONCENTRATION])


class Profile(Enum):
    """How a feed flows: at one rate, or in stretches of one rate each, as fast as the bound allows."""

    CONSTANT = "constant"
    RAMPED = "ramped"


class Keep(Model):
    """An upper bound on the concentration of a reagent in the receiving vessel while a dose adds it.

    Without `half_life` nothing is assumed to react. With it the reagent is used up in first order, as the chemist
    knows or fears it; `predicted` takes the slow end of the constants that `ruggli predict` works with. A dose that
    gives neither duration nor rate then takes the shortest time in which the bound holds: at one rate (`constant`), or
    `ramped`: quickly up to the bound, and then along it.
    """

    below: Concentration
    half_life: Duration | Literal["predicted"] | None = None
    profile: Annotated[Profile, Field(strict=False)] = Profile.CONSTANT


def _from_short(value: Any) -> Any:
    """`below 5 mM` is short for `{below: 5 mM}`."""
    if not isinstance(value, str):
        return value
    if not value.startswith(_WORD):
        raise refusal(
            "E-VALUE",
            "a bound on a concentration is wanted",
            value=value,
            bound="below CONCENTRATION, or a map",
            remedy="write e.g. `below 5 mM`, or `{below: 5 mM, half_life: 20 min}`",
        )
    return {"below": value.removeprefix(_WORD).strip()}


_SHORT: Final = {
    "type": "string",
    "pattern": f"^{_WORD} *{NUMBER_PATTERN} *({_UNITS})$",
    "examples": ["below 5 mM"],
    "description": "upper bound on the concentration; e.g. below 5 mM",
    "patternErrorMessage": "write e.g. below 5 mM",
}


class _Short:
    """Reads the short form too, and tells editors of it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_from_short, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [dict(_SHORT), handler(schema)]}


Kept: TypeAlias = Annotated[Keep, _Short()]
"""A bound as a file may write it: `below 5 mM`, or a map."""


class Ratio(Model):
    """Two reagents that flow in one ratio for as long as the dose flows; each is in its own solution of the dose.

    Exactly one of `equivalents` and `mole_percent`: moles of `of` for each mole of `to`. Of the solution of `of` goes
    in what the ratio asks for, the rest of it stays behind.
    """

    of: Name
    to: Name
    equivalents: Equivalents | None = None
    mole_percent: MolePercent | None = None

    @property
    def moles(self) -> float:
        """Moles of `of` for each mole of `to`."""
        share = self.equivalents or self.mole_percent
        assert share is not None
        return share.base
