"""Portions as the file says them: what the next one waits for, and the heat that each has to give."""

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from ruggli.protocol.base import Model
from ruggli.protocol.gate import Gate
from ruggli.protocol.interlock_settings import Interlocks
from ruggli.protocol.nitrogen_group import Removable
from ruggli.protocol.step import Asked, HoldPolicy, StepClass
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.fields import Duration, FlowRate, Name, field, number, whole
from ruggli.quantities.reader import Reading

PortionCount: TypeAlias = Annotated[int, whole(ge=1, le=200)]
PH: TypeAlias = Annotated[Decimal, number(ge="0", le="14")]


class PhWindow(Model):
    """The pH at which a portion may be added, both ends included. Only where the vessel holds water or an alcohol."""

    from_: PH = Field(alias="from")
    to: PH


class PortionGate(Gate):
    """What the next portion waits for: the temperature, and what a person sees and measures.

    `quiet: ask` asks before every further portion whether the effervescence has died down. `ph` asks for the pH before
    every portion. An answer that does not open the gate is asked for again after 5 min.
    """

    quiet: Literal["ask"] | None = None
    ph: PhWindow | None = None


class HeatCheck(Model):
    """The heat that a portion has to give, else the series holds: what does not react piles up.

    The rise is counted from the probe's temperature when the portion was given. What a vessel without heater was
    warming by itself before does not count; with one it is counted from the temperature that it is kept at, at least.
    """

    rise: Annotated[Reading, field(Dimension.TEMPERATURE_DIFFERENCE, ge="0.2 K", le="20 K")]
    within: Annotated[Reading, field(Dimension.DURATION, ge="1 min", le="2 h")]


class Portions(Asked):
    """Add a reagent in portions: each an operator's act or, for a solution, a device step."""

    do: Literal["portions"]
    into: Name
    what: Name
    count: PortionCount
    interval: Duration
    gate: PortionGate
    heat: HeatCheck | None = None
    class_: StepClass = Field(default=StepClass.PORTION_ADDITION, alias="class")
    rate: FlowRate | None = None
    removes: tuple[Removable, ...] = ()
    hold: HoldPolicy | None = None
    interlocks: Interlocks | None = None
