"""The run's states and edges, as data (the words are those of ISA-88)."""

import logging
from enum import Enum
from typing import Any

from transitions import Machine

# For each of its convenience methods that a model does not declare (`is_...`, `may_...`) the library logs a warning at
# every construction; writing them took half of the time.
logging.getLogger("transitions.core").setLevel(logging.ERROR)


class RunState(Enum):
    """State of a run. The states that end in -ing take time; the others rest."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    HOLDING = "holding"
    HELD = "held"
    RESTARTING = "restarting"
    STOPPING = "stopping"
    STOPPED = "stopped"
    ABORTING = "aborting"
    ABORTED = "aborted"
    COMPLETE = "complete"


FINAL = frozenset({RunState.STOPPED, RunState.ABORTED, RunState.COMPLETE})

WATCHED = frozenset({RunState.PREPARING, RunState.RUNNING, RunState.RESTARTING})
"""States in which a gap means that nobody watched what goes on."""

_LIVE = [RunState.PREPARING, RunState.RUNNING, RunState.HOLDING, RunState.HELD, RunState.RESTARTING]

RUN_EDGES: tuple[tuple[str, tuple[RunState, ...], RunState], ...] = (
    ("prepare", (RunState.IDLE,), RunState.PREPARING),
    ("start", (RunState.PREPARING,), RunState.RUNNING),
    ("hold", (RunState.PREPARING, RunState.RUNNING, RunState.RESTARTING), RunState.HOLDING),
    ("rest", (RunState.HOLDING,), RunState.HELD),
    ("restart", (RunState.HELD, RunState.PREPARING), RunState.RESTARTING),
    ("go_on", (RunState.RESTARTING,), RunState.RUNNING),
    ("stop", tuple(_LIVE), RunState.STOPPING),
    ("stopped", (RunState.STOPPING,), RunState.STOPPED),
    ("abort", (*_LIVE, RunState.STOPPING), RunState.ABORTING),
    ("aborted", (RunState.ABORTING,), RunState.ABORTED),
    ("finish", (RunState.RUNNING,), RunState.COMPLETE),
)
"""Trigger, states it is allowed in, state it leads to. A run that ends held rests in HELD."""


class RunMachine:
    """The one state machine of a run; a trigger that is not allowed in a state raises `MachineError`."""

    state: RunState

    def __init__(self) -> None:
        Machine(
            model=self,
            states=RunState,
            initial=RunState.IDLE,
            auto_transitions=False,
            model_override=True,
            transitions=[
                {"trigger": trigger, "source": list(sources), "dest": target} for trigger, sources, target in RUN_EDGES
            ],
        )

    def trigger(self, name: str) -> bool:
        """Fire an edge by its name (see `RUN_EDGES`). Raises `MachineError` where it is not allowed."""
        raise NotImplementedError


def allowed(state: RunState) -> tuple[str, ...]:
    """Triggers that are allowed in a state."""
    return tuple(trigger for trigger, sources, _ in RUN_EDGES if state in sources)


def machine_of(
    model: Any, states: type[Enum], initial: Enum, edges: tuple[tuple[str, tuple[Enum, ...], Enum], ...]
) -> None:
    """Attach a phase machine to a step's runner; triggers are fired with `model.fire(name)`."""
    Machine(
        model=model,
        states=states,
        initial=initial,
        auto_transitions=False,
        model_override=True,
        model_attribute="phase",
        transitions=[{"trigger": name, "source": list(sources), "dest": target} for name, sources, target in edges],
    )
