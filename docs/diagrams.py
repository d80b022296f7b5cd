"""State diagrams (Mermaid) drawn from the tables that the engine runs by."""

from collections.abc import Iterable
from enum import Enum

from ruggli.engine.phases import (
    ASK_EDGES,
    DOSE_EDGES,
    HEAT_EDGES,
    HOLD_EDGES,
    PORTION_EDGES,
    STIR_EDGES,
    AskPhase,
    DosePhase,
    HeatPhase,
    HoldPhase,
    PortionPhase,
    StirPhase,
)
from ruggli.engine.states import FINAL, RUN_EDGES, RunState

Edges = Iterable[tuple[str, tuple[Enum, ...], Enum]]

PHASES: tuple[tuple[str, Edges, Enum, tuple[Enum, ...]], ...] = (
    ("dose, quench", DOSE_EDGES, DosePhase.PRIME, (DosePhase.DONE,)),
    ("heat, cool", HEAT_EDGES, HeatPhase.SET, (HeatPhase.DONE,)),
    ("portions", PORTION_EDGES, PortionPhase.GATE, (PortionPhase.DONE,)),
    ("stir", STIR_EDGES, StirPhase.SET, (StirPhase.DONE,)),
    ("monitor, and every step that a person does", ASK_EDGES, AskPhase.ASK, (AskPhase.DONE,)),
    ("hold", HOLD_EDGES, HoldPhase.HOLD, (HoldPhase.DONE,)),
)


def diagram(edges: Edges, first: Enum, last: Iterable[Enum]) -> str:
    """A table of edges as a fenced Mermaid state diagram."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {_name(first)}"]
    for trigger, sources, target in edges:
        lines += [f"    {_name(source)} --> {_name(target)}: {trigger}" for source in sources]
    lines += sorted(f"    {_name(state)} --> [*]" for state in last)
    return "\n".join([*lines, "```"])


def run_diagram() -> str:
    """States of a run."""
    return diagram(RUN_EDGES, RunState.IDLE, FINAL)


def phase_diagrams() -> str:
    """Phases of every kind of step, each under its heading."""
    parts = [f"**{title}**\n\n{diagram(edges, first, last)}" for title, edges, first, last in PHASES]
    return "\n\n".join(parts)


def _name(state: Enum) -> str:
    return str(state.value).replace(" ", "_")
