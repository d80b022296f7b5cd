"""Every edge of every phase table fires, and every other trigger is refused."""

from enum import Enum
from itertools import pairwise

import pytest
from transitions import MachineError

from ruggli.engine.phases import (
    ASK_EDGES,
    DOSE_EDGES,
    HEAT_EDGES,
    HOLD_EDGES,
    PORTION_EDGES,
    STIR_EDGES,
    AskPhase,
    DosePhase,
    Edges,
    HeatPhase,
    HoldPhase,
    PortionPhase,
    StirPhase,
)
from ruggli.engine.states import machine_of


class Model:
    """Has a phase."""

    phase: Enum

    def trigger(self, name: str) -> bool:
        raise NotImplementedError


TABLES: list[tuple[type[Enum], Enum, Edges, int]] = [
    (DosePhase, DosePhase.PRIME, DOSE_EDGES, 19),
    (HeatPhase, HeatPhase.SET, HEAT_EDGES, 12),
    (AskPhase, AskPhase.ASK, ASK_EDGES, 4),
    (PortionPhase, PortionPhase.GATE, PORTION_EDGES, 6),
    (StirPhase, StirPhase.SET, STIR_EDGES, 4),
    (HoldPhase, HoldPhase.HOLD, HOLD_EDGES, 1),
]

CASES = [
    (states, edges, state, trigger)
    for states, _, edges, _ in TABLES
    for state in states
    for trigger in dict.fromkeys(trigger for trigger, _, _ in edges)
]


def model_in(states: type[Enum], edges: Edges, state: Enum) -> Model:
    model = Model()
    machine_of(model, states, state, edges)
    return model


@pytest.mark.parametrize(("states", "edges", "state", "trigger"), CASES, ids=lambda value: getattr(value, "name", ""))
def test_edge(states: type[Enum], edges: Edges, state: Enum, trigger: str) -> None:
    model = model_in(states, edges, state)
    target = next((to for name, sources, to in edges if name == trigger and state in sources), None)
    if target is None:
        with pytest.raises(MachineError):
            model.trigger(trigger)
        assert model.phase is state
    else:
        model.trigger(trigger)
        assert model.phase is target


@pytest.mark.parametrize(
    ("states", "start", "edges", "count"), TABLES, ids=lambda value: getattr(value, "__name__", "")
)
def test_tables_are_whole(states: type[Enum], start: Enum, edges: Edges, count: int) -> None:
    pairs = [(source, trigger) for trigger, sources, _ in edges for source in sources]
    assert len(pairs) == len(set(pairs)) == count
    reached = {start}
    for _ in states:
        reached |= {target for _, sources, target in edges if reached & set(sources)}
    assert reached == set(states)
    leaving = {source for source, _ in pairs}
    assert set(states) - leaving == {state for state in states if state.name == "DONE"}


def test_a_dose_of_two_fillings_a_gate_and_a_chase() -> None:
    model = model_in(DosePhase, DOSE_EDGES, DosePhase.PRIME)
    story = ["primed", "armed", "gate_shut", "gate_open", "armed", "reached", "next_filling", "primed", "armed"]
    story += ["break_off", "arm_again", "armed", "reached", "next_chase", "primed", "armed", "reached", "finished"]
    for before, after in pairwise([*story, ""]):
        model.trigger(before)
        assert after == "" or model.phase is not DosePhase.DONE
    assert model.phase is DosePhase.DONE
