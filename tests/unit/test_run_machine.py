"""Every edge of the run's machine fires, and every other trigger is refused."""

import pytest
from transitions import MachineError

from ruggli.engine.states import FINAL, RUN_EDGES, RunMachine, RunState, allowed

TRIGGERS = tuple(trigger for trigger, _, _ in RUN_EDGES)
LEGAL = {(source, trigger): target for trigger, sources, target in RUN_EDGES for source in sources}

WAYS: dict[RunState, tuple[str, ...]] = {
    RunState.IDLE: (),
    RunState.PREPARING: ("prepare",),
    RunState.RUNNING: ("prepare", "start"),
    RunState.HOLDING: ("prepare", "start", "hold"),
    RunState.HELD: ("prepare", "start", "hold", "rest"),
    RunState.RESTARTING: ("prepare", "start", "hold", "rest", "restart"),
    RunState.STOPPING: ("prepare", "start", "stop"),
    RunState.STOPPED: ("prepare", "start", "stop", "stopped"),
    RunState.ABORTING: ("prepare", "start", "abort"),
    RunState.ABORTED: ("prepare", "start", "abort", "aborted"),
    RunState.COMPLETE: ("prepare", "start", "finish"),
}


def machine_in(state: RunState) -> RunMachine:
    machine = RunMachine()
    for trigger in WAYS[state]:
        machine.trigger(trigger)
    assert machine.state is state
    return machine


def test_the_edges_are_the_ones_that_were_designed() -> None:
    assert len(LEGAL) == 23
    assert len(set(TRIGGERS)) == len(RUN_EDGES) == 11


@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_edge(state: RunState, trigger: str) -> None:
    machine = machine_in(state)
    target = LEGAL.get((state, trigger))
    if target is None:
        with pytest.raises(MachineError):
            machine.trigger(trigger)
        assert machine.state is state
    else:
        machine.trigger(trigger)
        assert machine.state is target
    assert (trigger in allowed(state)) is (target is not None)


def test_final_states_have_no_way_out_and_all_others_can_be_aborted() -> None:
    for state in RunState:
        ways = allowed(state)
        assert (not ways) is (state in FINAL)
        if state not in FINAL | {RunState.IDLE, RunState.ABORTING}:
            assert "abort" in ways


def test_every_state_can_be_reached_and_only_by_its_triggers() -> None:
    assert {target for _, _, target in RUN_EDGES} | {RunState.IDLE} == set(RunState)
    with pytest.raises(AttributeError):
        RunMachine().trigger("to_running")


def test_two_machines_share_nothing() -> None:
    first, second = RunMachine(), RunMachine()
    first.trigger("prepare")
    assert second.state is RunState.IDLE
