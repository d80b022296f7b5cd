"""A dose as the file says it: solutions that flow together into a vessel, and what sets their pace."""

from typing import Literal

from pydantic import Field

from ruggli.protocol.base import Model
from ruggli.protocol.gate import Gate
from ruggli.protocol.interlock_settings import Interlocks
from ruggli.protocol.keep import Kept, Ratio
from ruggli.protocol.nitrogen_group import Removable
from ruggli.protocol.step import Asked, HoldPolicy, StepClass
from ruggli.quantities.fields import Bool, Duration, FlowRate, Name, Volume


class Chase(Model):
    """Push the contents of the line into the vessel with a solvent; the volume is the line's hold-up unless given."""

    solvent: Name
    volume: Volume | None = None


class Dose(Asked):
    """Deliver one or several solutions together, by duration, by rate, or by concentrations that are to be kept low.

    With `rate` and several solutions, the rate is that of the first; all take the same time. `volume` is for a part of
    one solution; without it each solution is dosed whole, or what the stated volumes of steps before leave of it.
    `keep` bounds the concentration of reagents, by name.

    `class: feed_at_reflux` needs a `heat` step before it. When that step keeps the vessel at 45 degC or below instead
    of at reflux, the dose counts as `feed` (`ruggli.protocol.classes.effective_class`), with a note (`N-CLASS`).
    """

    do: Literal["dose"]
    into: Name
    solutions: tuple[Name, ...] = Field(min_length=1, max_length=8)
    class_: StepClass = Field(alias="class")
    duration: Duration | None = None
    rate: FlowRate | None = None
    volume: Volume | None = None
    keep: dict[Name, Kept] | None = Field(default=None, min_length=1)
    ratio: Ratio | None = None
    chase: Chase | None = None
    gate: Gate | None = None
    stir: Bool = True
    removes: tuple[Removable, ...] = ()
    hold: HoldPolicy | None = None
    interlocks: Interlocks | None = None
