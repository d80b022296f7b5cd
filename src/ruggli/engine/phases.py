"""Phases of every class of step, and the edges between them, as data."""

from enum import Enum

Edges = tuple[tuple[str, tuple[Enum, ...], Enum], ...]


class DosePhase(Enum):
    """Phases of a dose; VERIFY settles the ledger, CHASE changes to the solvent that pushes the line out."""

    PRIME = "prime"
    ARM = "arm"
    DOSE = "dose"
    GATED = "gated"
    VERIFY = "verify"
    CHASE = "chase"
    INTERRUPTED = "interrupted"
    DONE = "done"


DOSE_EDGES: Edges = (
    ("primed", (DosePhase.PRIME, DosePhase.CHASE), DosePhase.ARM),
    ("armed", (DosePhase.ARM,), DosePhase.DOSE),
    ("gate_shut", (DosePhase.DOSE,), DosePhase.GATED),
    ("gate_open", (DosePhase.GATED,), DosePhase.ARM),
    ("reached", (DosePhase.DOSE, DosePhase.ARM), DosePhase.VERIFY),
    ("next_filling", (DosePhase.VERIFY,), DosePhase.PRIME),
    ("next_chase", (DosePhase.VERIFY,), DosePhase.CHASE),
    ("finished", (DosePhase.VERIFY,), DosePhase.DONE),
    (
        "break_off",
        (DosePhase.PRIME, DosePhase.ARM, DosePhase.DOSE, DosePhase.GATED, DosePhase.VERIFY, DosePhase.CHASE),
        DosePhase.INTERRUPTED,
    ),
    ("prime_again", (DosePhase.INTERRUPTED,), DosePhase.PRIME),
    ("chase_again", (DosePhase.INTERRUPTED,), DosePhase.CHASE),
    ("arm_again", (DosePhase.INTERRUPTED,), DosePhase.ARM),
)


class HeatPhase(Enum):
    """Phases of heating and cooling; SETTLE waits for the plateau, TRIM brings the set point down."""

    SET = "set"
    APPROACH = "approach"
    SETTLE = "settle"
    TRIM = "trim"
    CONFIRM = "confirm"
    DONE = "done"


HEAT_EDGES: Edges = (
    ("set_done", (HeatPhase.SET,), HeatPhase.APPROACH),
    ("near", (HeatPhase.APPROACH,), HeatPhase.SETTLE),
    ("left", (HeatPhase.SETTLE,), HeatPhase.APPROACH),
    ("settled", (HeatPhase.SETTLE,), HeatPhase.TRIM),
    ("unmeasured", (HeatPhase.APPROACH,), HeatPhase.CONFIRM),
    ("confirmed", (HeatPhase.CONFIRM,), HeatPhase.TRIM),
    ("trimmed", (HeatPhase.TRIM,), HeatPhase.DONE),
    ("again", (HeatPhase.SET, HeatPhase.APPROACH, HeatPhase.SETTLE, HeatPhase.TRIM, HeatPhase.CONFIRM), HeatPhase.SET),
)


class AskPhase(Enum):
    """Phases of an operator step and of a monitor: ASK, for a monitor WAIT between two askings."""

    ASK = "ask"
    WAIT = "wait"
    DONE = "done"


ASK_EDGES: Edges = (
    ("wait", (AskPhase.ASK,), AskPhase.WAIT),
    ("again", (AskPhase.ASK, AskPhase.WAIT), AskPhase.ASK),
    ("answered", (AskPhase.ASK,), AskPhase.DONE),
)


class PortionPhase(Enum):
    """Phases of a series of portions: GATE waits for what opens it, ADD is one portion, WARM waits for its heat."""

    GATE = "gate"
    ADD = "add"
    WARM = "warm"
    DONE = "done"


PORTION_EDGES: Edges = (
    ("open", (PortionPhase.GATE,), PortionPhase.ADD),
    ("added", (PortionPhase.ADD,), PortionPhase.GATE),
    ("watch", (PortionPhase.ADD,), PortionPhase.WARM),
    ("warmed", (PortionPhase.WARM,), PortionPhase.GATE),
    ("finished", (PortionPhase.ADD, PortionPhase.WARM), PortionPhase.DONE),
)


class StirPhase(Enum):
    """Phases of a change of stirring speed."""

    SET = "set"
    CHECK = "check"
    DONE = "done"


STIR_EDGES: Edges = (
    ("set_done", (StirPhase.SET,), StirPhase.CHECK),
    ("turning", (StirPhase.CHECK,), StirPhase.DONE),
    ("again", (StirPhase.SET, StirPhase.CHECK), StirPhase.SET),
)


class HoldPhase(Enum):
    """Phases of a hold time."""

    HOLD = "hold"
    DONE = "done"


HOLD_EDGES: Edges = (("over", (HoldPhase.HOLD,), HoldPhase.DONE),)
