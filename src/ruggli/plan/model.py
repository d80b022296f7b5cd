"""The Plan: a protocol bound to a rig, every number decided, frozen. The engine executes it and decides no number."""

from collections.abc import Mapping
from dataclasses import dataclass

from ruggli.documents.problem import Problem, blocking
from ruggli.plan.balance_plan import BalancePlan
from ruggli.plan.dose_work import DoseWork as DoseWork
from ruggli.plan.dose_work import Feed as Feed
from ruggli.plan.dose_work import HeldRate as HeldRate
from ruggli.plan.dose_work import Segment as Segment
from ruggli.plan.dose_work import SegmentKind as SegmentKind
from ruggli.plan.dose_work import SyringePlan as SyringePlan
from ruggli.plan.gate_plan import GatePlan as GatePlan
from ruggli.plan.monitor_work import MonitorWork as MonitorWork
from ruggli.plan.planned_prompt import PlannedPrompt as PlannedPrompt
from ruggli.plan.portion_gates import HeatDue, PortionGates
from ruggli.plan.reaction_plan import ReactionPlan
from ruggli.plan.rules import STANDARD, Rules
from ruggli.protocol.model import StepClass
from ruggli.quantities.base import (
    Celsius,
    Grams,
    GramsPerMole,
    Millilitres,
    Millimetres,
    Millimoles,
    Molar,
    Rpm,
    Seconds,
)


@dataclass(frozen=True, slots=True)
class HoldRule:
    """The step's hold policy: its class, with what the file narrows.

    Attributes:
        step_class: see `StepClass`.
        longest: longest hold.
        then: `stop` or `heat_off` after it.
    """

    step_class: StepClass
    longest: Seconds
    then: str = "stop"


@dataclass(frozen=True, slots=True)
class Guard:
    """Bounds that the interlocks keep while a step runs.

    Attributes:
        hotplate: the device that heats and stirs the step's vessel, or None.
        coolest: feed, and count a hold time after a restart, only while the vessel is at least this warm, or None.
        hottest: vessel temperature that is over-temperature, or None.
        plate_cap: hottest plate temperature, or None.
        speed: commanded stirring speed that must be kept, 0 where none.
        limit: hottest vessel of the rig, which two readings in a row must not pass, or None.
        rules: patience and action of each interlock.
    """

    hotplate: str | None = None
    coolest: Celsius | None = None
    hottest: Celsius | None = None
    plate_cap: Celsius | None = None
    speed: Rpm = Rpm(0.0)
    limit: Celsius | None = None
    rules: Rules = STANDARD


@dataclass(frozen=True, slots=True)
class OperatorWork:
    """A person does something; also every step that the rig has no device for. `more` is asked after it, in order."""

    prompt: PlannedPrompt
    more: tuple[PlannedPrompt, ...] | None = None


@dataclass(frozen=True, slots=True)
class StirWork:
    """Set the stirring speed; 0 stops."""

    hotplate: str
    speed: Rpm


@dataclass(frozen=True, slots=True)
class HeatWork:
    """Bring a vessel to `target`, or to reflux, and leave it there.

    Attributes:
        hotplate: device.
        vessel: vessel.
        target: temperature to reach in the vessel (for reflux: the boiling point).
        reflux: reached when the vessel stays within 2 K of the boiling point for 5 min.
        first_set_point: set point while heating up.
        hold_set_point: set point once reached.
        plate_cap: the plate never gets hotter than this, or None.
        measured: False where no probe tells the vessel's temperature; then a person confirms.
        confirm: the question for that case.
        within: longest time to get there.
    """

    hotplate: str
    vessel: str
    target: Celsius
    reflux: bool
    first_set_point: Celsius
    hold_set_point: Celsius
    plate_cap: Celsius | None
    measured: bool
    confirm: PlannedPrompt | None
    within: Seconds


@dataclass(frozen=True, slots=True)
class CoolWork:
    """Heater off; wait until the vessel is at `target` or below."""

    hotplate: str
    vessel: str
    target: Celsius
    safe_set_point: Celsius
    measured: bool
    confirm: PlannedPrompt | None
    within: Seconds


@dataclass(frozen=True, slots=True)
class PortionsWork:
    """`len(prompts)` portions by hand, or `len(doses)` by a pump, with a shortest interval and a temperature gate.

    Attributes:
        vessel: receiving vessel.
        prompts: see above.
        doses: see above.
        interval: shortest time from the end of a portion to the next.
        gate: see `GatePlan`.
        asked: what a person is asked before a portion, or None.
        heat: the heat that each portion has to give, or None.
    """

    vessel: str
    prompts: tuple[PlannedPrompt, ...]
    doses: tuple[DoseWork, ...]
    interval: Seconds
    gate: GatePlan
    asked: PortionGates | None = None
    heat: HeatDue | None = None


@dataclass(frozen=True, slots=True)
class HoldWork:
    """Keep everything as it is for `duration`."""

    vessel: str
    duration: Seconds


Work = OperatorWork | StirWork | HeatWork | CoolWork | DoseWork | PortionsWork | HoldWork | MonitorWork


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of the plan.

    Attributes:
        id: the step's id in the file.
        number: 1-based.
        do: the word in the file (`dose`, `heat`, ...).
        title: one line for people.
        source: where the step comes from in the procedure that the protocol transcribes.
        by_hand: why a person does a step that a device could do ("" otherwise).
        start: planned time from the start of the run.
        duration: planned time.
        hold: see `HoldRule`.
        guard: see `Guard`.
        work: what is done.
        line: line of the step in the protocol file.
    """

    id: str
    number: int
    do: str
    title: str
    source: str
    by_hand: str
    start: Seconds
    duration: Seconds
    hold: HoldRule
    guard: Guard
    work: Work
    line: int


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """A device that the plan uses.

    Attributes:
        name: name in the rig.
        driver: driver name.
        model: model name in the driver's card.
        port: port as text.
        options: what the driver's `make` takes (address and the rig's options).
        bore: bore that the pump must hold, or None for other devices.
        dead_man: the device's own stop after this silence, or None (then a waiver is needed when unattended).
        safe: set point that counts as off on a hotplate.
        measured: whether the probe of a hotplate sits in a vessel.
        room: temperature of the room.
    """

    name: str
    driver: str
    model: str
    port: str
    options: Mapping[str, str | int | float]
    bore: Millimetres | None
    dead_man: Seconds | None
    safe: Celsius | None
    measured: bool = False
    room: Celsius = Celsius(20.0)


@dataclass(frozen=True, slots=True)
class ReagentRow:
    """What to weigh or measure.

    Attributes:
        reagent: name in the file.
        name: name for people.
        role: the word of the file.
        amount: what reaches the vessel.
        equivalents: against the limiting reagent, 0 where there is none.
        mass: to weigh, the losses in lines and syringes included, or None.
        volume: to measure, losses included, or None.
        note: a remark.
        smiles: the structure, "" where the file gives none.
        formula: molecular formula, "" where the file gives none.
        molar_mass: with which was reckoned, or None.
    """

    reagent: str
    name: str
    role: str
    amount: Millimoles
    equivalents: float
    mass: Grams | None
    volume: Millilitres | None
    note: str
    smiles: str = ""
    formula: str = ""
    molar_mass: GramsPerMole | None = None


@dataclass(frozen=True, slots=True)
class SolutionRow:
    """What to make up, and into which syringe it goes. `make_up` includes line hold-up and dead volume."""

    solution: str
    solvent: str
    solutes: Mapping[str, Molar]
    dosed: Millilitres
    make_up: Millilitres
    device: str
    syringe: str
    fillings: int


@dataclass(frozen=True, slots=True)
class VolumeRow:
    """The volume book: one entry for each change of a vessel."""

    vessel: str
    step: str
    change: Millilitres
    after: Millilitres
    working_volume: Millilitres


@dataclass(frozen=True, slots=True)
class TemperatureRow:
    """Planned temperature of a vessel from `start` on; `set_point` None while the heater is off."""

    vessel: str
    start: Seconds
    set_point: Celsius | None
    expected: Celsius


@dataclass(frozen=True, slots=True)
class AtmospherePlan:
    """Inert gas from the start of one step to the end of another."""

    gas: str
    start_step: str
    end_step: str
    start: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True)
class Plan:
    """A protocol bound to a rig. `peak` is the highest planned concentration of each solute in its vessel, mol/L.

    `reaction` is None where the file does not say what it makes, or nobody has constants for it; `balance` is
    None where the file does not say it, or the substrate has no molar mass.
    """

    protocol_name: str
    rig_name: str
    parameters: Mapping[str, str]
    unattended: bool
    steps: tuple[PlannedStep, ...]
    devices: tuple[DevicePlan, ...]
    reagents: tuple[ReagentRow, ...]
    solutions: tuple[SolutionRow, ...]
    volumes: tuple[VolumeRow, ...]
    temperatures: tuple[TemperatureRow, ...]
    atmosphere: AtmospherePlan | None
    peak: Mapping[str, Molar]
    duration: Seconds
    problems: tuple[Problem, ...]
    reaction: ReactionPlan | None = None
    balance: BalancePlan | None = None

    @property
    def prompts(self) -> tuple[PlannedPrompt, ...]:
        """Every question, in planned order."""
        return tuple(sorted((p for step in self.steps for p in prompts_of(step.work)), key=lambda p: p.when))

    def blocking(self, accepted: frozenset[str]) -> tuple[Problem, ...]:
        """Errors, and warnings that were not accepted."""
        return blocking(self.problems, accepted)


def prompts_of(work: Work) -> tuple[PlannedPrompt, ...]:
    """Every question that a work may ask."""
    if isinstance(work, OperatorWork):
        return (work.prompt, *(work.more or ()))
    if isinstance(work, HeatWork | CoolWork):
        return () if work.confirm is None else (work.confirm,)
    if isinstance(work, DoseWork):
        return tuple(prompt for segment in work.segments for prompt in segment.prompts)
    if isinstance(work, PortionsWork):
        asked = () if work.asked is None else work.asked.prompts
        return work.prompts + asked + tuple(prompt for dose in work.doses for prompt in prompts_of(dose))
    if isinstance(work, MonitorWork):
        return tuple(prompt for asking in range(work.askings) for prompt in work.questions(asking))
    return ()
