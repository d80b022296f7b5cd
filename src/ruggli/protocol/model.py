"""What a protocol file says, after reading: frozen models, one class a kind of step."""

from enum import Enum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from ruggli.protocol.base import Model as Model
from ruggli.protocol.chemistry import Chemistry as Chemistry
from ruggli.protocol.chemistry import RingClosure as RingClosure
from ruggli.protocol.dose_steps import Chase as Chase
from ruggli.protocol.dose_steps import Dose as Dose
from ruggli.protocol.gate import Gate as Gate
from ruggli.protocol.interlock_settings import InterlockAction as InterlockAction
from ruggli.protocol.interlock_settings import Interlocks
from ruggli.protocol.keep import Keep as Keep
from ruggli.protocol.keep import Profile as Profile
from ruggli.protocol.keep import Ratio as Ratio
from ruggli.protocol.monitor_step import AnswerAction as AnswerAction
from ruggli.protocol.monitor_step import AnswerRule as AnswerRule
from ruggli.protocol.monitor_step import Measure
from ruggli.protocol.monitor_step import Monitor as Monitor
from ruggli.protocol.nitrogen_group import Removable
from ruggli.protocol.portion_steps import HeatCheck as HeatCheck
from ruggli.protocol.portion_steps import PortionGate as PortionGate
from ruggli.protocol.portion_steps import Portions as Portions
from ruggli.protocol.step import Asked as Asked
from ruggli.protocol.step import HoldPolicy as HoldPolicy
from ruggli.protocol.step import OnTimeout as OnTimeout
from ruggli.protocol.step import Step as Step
from ruggli.protocol.step import StepClass as StepClass
from ruggli.quantities.fields import (
    Amount,
    Bool,
    Concentration,
    Density,
    Duration,
    Equivalents,
    FlowRate,
    Mass,
    MolarMass,
    MolePercent,
    Name,
    Percent,
    Temperature,
    Text,
    Volume,
    whole,
)
from ruggli.quantities.fields import RotationalSpeed as Speed
from ruggli.quantities.formula import FormulaField

Times: TypeAlias = Annotated[int, whole(ge=1, le=20)]


class Role(Enum):
    """What a reagent is for."""

    SUBSTRATE = "substrate"
    REAGENT = "reagent"
    CATALYST = "catalyst"
    ACID = "acid"
    BASE = "base"
    REDUCTANT = "reductant"
    ADDITIVE = "additive"
    SCAVENGER = "scavenger"
    QUENCH = "quench"
    DRYING_AGENT = "drying_agent"
    SOLVENT = "solvent"


class Reagent(Model):
    """A substance. Exactly one of `amount`, `mass`, `equivalents`, `mole_percent`.

    None of them for a solvent, a drying agent, the solute of a stock solution (see `Solution`), and a liquid that a
    step charges by volume. `limiting: true` marks the basis of equivalents and mol%, one in a file. Whatever has an
    amount needs its molar mass: `molar_mass`, or a `formula` or (with RDKit) a `smiles` from which it follows.
    """

    name: Text
    role: Role
    smiles: Text | None = None
    formula: FormulaField | None = None
    cas: Text | None = None
    molar_mass: MolarMass | None = None
    density: Density | None = None
    purity: Percent | None = None
    boiling_point: Temperature | None = None
    limiting: Bool = False
    amount: Amount | None = None
    mass: Mass | None = None
    equivalents: Equivalents | None = None
    mole_percent: MolePercent | None = None
    note: Text | None = None
    source: Text | None = None


class Solution(Model):
    """A solution that a person makes up: one or several solutes in a solvent, by volume or by concentration.

    With `volume`, the solutes' whole amounts go into that volume. With `concentration` (one solute), the volume follows
    from the amount. With both (a stock such as saturated bicarbonate) the amount follows; the reagent then gives none.
    A reagent's amount goes into one solution, and a solution is used up by the first step that gives no volume.
    """

    solutes: tuple[Name, ...] = Field(min_length=1)
    solvent: Name
    volume: Volume | None = None
    concentration: Concentration | None = None
    density: Density | None = None
    note: Text | None = None
    source: Text | None = None


class VesselRole(Enum):
    """What a vessel is for."""

    REACTION = "reaction"
    WASTE = "waste"
    STORAGE = "storage"


class Vessel(Model):
    """A vessel the protocol needs; the rig says which glass that is."""

    role: VesselRole
    at_least: Volume | None = None
    condenser: Bool = False
    dried: Bool = False
    vented: Bool | None = None
    note: Text | None = None


class Parameter(Model):
    """A value that `--set NAME=VALUE` may change. Used in the file as `$NAME`, as a whole value.

    A value is allowed when it is one of `words`, or a quantity from `min` to `max`; with none of them, when it is of
    the dimension of `default`.
    """

    default: Text
    min: Text | None = None
    max: Text | None = None
    words: tuple[Text, ...] = ()
    description: Text


class Atmosphere(Model):
    """An inert gas over the reaction as a state: on before step `start`, off after step `end`."""

    gas: Literal["argon", "nitrogen"]
    start: Name
    end: Name
    source: Text | None = None


class Prompts(Model):
    """Defaults for every question to a person."""

    timeout: Duration | None = None
    on_timeout: OnTimeout | None = None


class Sparge(Asked):
    """Bubble inert gas through solvents, solutions or a vessel."""

    do: Literal["sparge"]
    what: tuple[Name, ...] = Field(min_length=1)
    gas: Literal["argon", "nitrogen"]
    duration: Duration


class Portion(Model):
    """Something that is put into a vessel: a solvent, a reagent or a solution, with a volume where it needs one.

    A solution without a volume is put in whole, or what the stated volumes of steps before leave of it.
    """

    what: Name
    volume: Volume | None = None


class Charge(Asked):
    """Put things into a vessel by hand."""

    do: Literal["charge"]
    vessel: Name
    contents: tuple[Portion, ...] = Field(min_length=1)
    removes: tuple[Removable, ...] = ()


class Stir(Asked):
    """Start, change or end stirring."""

    do: Literal["stir"]
    vessel: Name
    speed: Speed | Literal["off"]


class Heat(Asked):
    """Bring a vessel to a temperature, or to reflux, and keep it there."""

    do: Literal["heat"]
    vessel: Name
    to: Temperature | Literal["reflux"]
    class_: StepClass = Field(default=StepClass.HEAT_ONLY, alias="class")
    hold: HoldPolicy | None = None
    interlocks: Interlocks | None = None
    within: Duration | None = None


class Cool(Asked):
    """Let a vessel come down to a temperature, heater off."""

    do: Literal["cool"]
    vessel: Name
    to: Temperature
    within: Duration | None = None


class Quench(Asked):
    """Add a quench slowly, at a governed rate: the feed waits while the vessel is above the gate.

    `rate: by_vent` is the fastest that the `vent` of the rig's vessel and its head space bear.
    """

    do: Literal["quench"]
    into: Name
    solution: Name
    rate: FlowRate | Literal["by_vent"] | None = None
    duration: Duration | None = None
    gate: Gate
    chase: Chase | None = None
    class_: StepClass = Field(default=StepClass.QUENCH, alias="class")
    hold: HoldPolicy | None = None
    interlocks: Interlocks | None = None


class Hold(Asked):
    """Keep everything as it is for a time."""

    do: Literal["hold"]
    vessel: Name
    duration: Duration
    class_: StepClass = Field(default=StepClass.HEAT_ONLY, alias="class")
    hold: HoldPolicy | None = None
    interlocks: Interlocks | None = None


class Extract(Asked):
    """Extract the aqueous phase with an organic solvent, several times."""

    do: Literal["extract"]
    vessel: Name
    solvent: Name
    volume: Volume
    times: Times


class Dry(Asked):
    """Dry the organic phase over a drying agent."""

    do: Literal["dry"]
    vessel: Name
    agent: Name
    duration: Duration | None = None


class Filter(Asked):
    """Filter."""

    do: Literal["filter"]
    vessel: Name
    remove: Text


class Concentrate(Asked):
    """Remove the solvent under reduced pressure."""

    do: Literal["concentrate"]
    vessel: Name
    bath: Temperature | None = None


class Purify(Asked):
    """Purify the product; its mass and its purity can be asked."""

    do: Literal["purify"]
    vessel: Name
    method: Text
    product_mass: Literal["ask"] | None = None
    purity: Literal["ask"] | None = None


class Operator(Asked):
    """Anything else that a person does; `value` asks for a typed answer."""

    do: Literal["operator"]
    text: Text
    value: Measure | None = None
    takes: Duration | None = None
    removes: tuple[Removable, ...] = ()


AnyStep = Annotated[
    Sparge
    | Charge
    | Stir
    | Heat
    | Cool
    | Dose
    | Quench
    | Portions
    | Hold
    | Monitor
    | Extract
    | Dry
    | Filter
    | Concentrate
    | Purify
    | Operator,
    Field(discriminator="do"),
]


class Protocol(Model):
    """A whole protocol file."""

    ruggli: Literal["1"]
    name: Text
    description: Text | None = None
    source: Text | None = None
    unattended: Bool = False
    chemistry: Chemistry | None = None
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    prompts: Prompts = Prompts()
    atmosphere: Atmosphere | None = None
    reagents: dict[Name, Reagent]
    solutions: dict[Name, Solution] = Field(default_factory=dict)
    vessels: dict[Name, Vessel]
    steps: tuple[AnyStep, ...] = Field(min_length=1, max_length=10_000)
