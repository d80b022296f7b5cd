"""What a rig file says about the reaction in a simulated flask: constants that are others than a prediction's."""

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from ruggli.documents.model import Model
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.fields import Concentration, Fraction, field
from ruggli.quantities.reader import Reading

FirstOrder: TypeAlias = Annotated[Reading, field(Dimension.RATE_CONSTANT_1, ge="0 1/s")]
SecondOrder: TypeAlias = Annotated[Reading, field(Dimension.RATE_CONSTANT_2, ge="0 L/mol/s")]


def _named(name: str) -> Any:
    """A constant by its name in the file."""
    return Field(default=None, alias=name)


class BenchReaction(Model):
    """Constants of what reacts in the simulated flask; one that is left out is the default of the prediction.

    They hold at the planned temperature of the reaction. Those of the scheme that a protocol does not use change
    nothing. The names are those of the kinetics file; `k_quench` is the loss of hydride to the water of a quench, times
    bicarbonate.
    """

    k_prime: SecondOrder | None = None
    EM: Concentration | None = None
    k_d: FirstOrder | None = None
    phi: Fraction | None = None
    k_iso: SecondOrder | None = None
    q: Fraction | None = None
    k_cd: SecondOrder | None = None
    k_f: FirstOrder | None = None
    k_r: FirstOrder | None = None
    k_red: SecondOrder | None = None
    k_ald: SecondOrder | None = None
    k_c: SecondOrder | None = None
    k_c_rev: FirstOrder | None = None
    k_red_j2: SecondOrder | None = _named("k_red_J2")
    k_o: SecondOrder | None = None
    k_o_rev: FirstOrder | None = None
    k_red_j3: SecondOrder | None = _named("k_red_J3")
    k_h2: SecondOrder | None = _named("k_H2")
    k_quench: SecondOrder | None = None

    def constants(self) -> dict[str, float]:
        """Those that are given, by their name in the file, in s, L and mol."""
        found: dict[str, float] = {}
        for name, described in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None:
                found[described.alias or name] = value.base if isinstance(value, Reading) else float(value)
        return found


NONE: Final = "off"
"""The word for a flask in which nothing reacts."""


def _which(value: object) -> str:
    return NONE if isinstance(value, str) else "constants"


ReactionTruth: TypeAlias = Annotated[
    Annotated[BenchReaction, Tag("constants")] | Annotated[Literal["off"], Tag(NONE)], Discriminator(_which)
]
"""Constants, or `off`."""
