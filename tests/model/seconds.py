"""A model of who may keep a bench energised, in whole seconds, small enough to look at every state.

Two controllers, a guardian, the two lines, a pump that stops itself when it hears nothing, a plate that falls back when
its watchdog is not fed. Each second something may go wrong; then everybody acts once. The rules of the program stand in
`Rules`, so that each can be broken by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from ruggli.engine.guardian import SILENCE
from ruggli.engine.interlocks import LINK_SECONDS

GONE = -1
LATEST = 12
"""Seconds of standing still that are told apart; more of them change nothing."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the program promises; one `False` is a bug.

    Attributes:
        pump_silence: s after which a pump that hears nothing stops itself.
        watchdog: s after which a plate that is not fed falls back.
        alive_from_tick: signs of life go out from the control loop, not from beside it.
        lease_checked: a controller looks whether it is still master before it sends.
        locks_kept: a newcomer is refused while the first one lives.
        guardian_kills: the guardian ends a controller that stands still before it stops the bench itself.
        stops_on_loss: what flows is stopped when another line is lost.
        arms_before_heat: the watchdog is armed before the heater is switched on.
    """

    pump_silence: int = 10
    watchdog: int = 30
    alive_from_tick: bool = True
    lease_checked: bool = True
    locks_kept: bool = True
    guardian_kills: bool = True
    stops_on_loss: bool = True
    arms_before_heat: bool = True


class State(NamedTuple):
    """One second.

    Attributes:
        first: seconds since the first controller's latest tick, or `GONE`.
        second: whether a second one is master.
        guardian: of the first one: 0 dead, 1 watches, 2 has stopped the bench.
        pump_line: whether bytes reach the pump.
        plate_line: whether they reach the plate.
        flows: whether the pump infuses.
        unheard: seconds since the pump heard anything.
        heats: whether the heater is on.
        unfed: seconds since the plate's watchdog was fed; -1 where it is not armed.
        lost: seconds for which a controller that ticks has not reached the plate.
        sent: who sent an actuating command in this second: 0 nobody, 1 the first, 2 the second, 3 both.
    """

    first: int
    second: bool
    guardian: int
    pump_line: bool
    plate_line: bool
    flows: bool
    unheard: int
    heats: bool
    unfed: int
    lost: int
    sent: int


def start(rules: Rules) -> State:
    """A feed into a warm flask, everybody well."""
    armed = 0 if rules.arms_before_heat else -1
    return State(0, False, 1, True, True, True, 0, True, armed, 0, 0)


def successors(state: State, rules: Rules) -> Iterator[tuple[str, State]]:
    """Everything that may be so a second later, with what happened."""
    for name, changed in _events(state, rules):
        for ticks in (True, False) if changed.first != GONE else (False,):
            yield f"{name}{'' if ticks else ', no tick'}", _second_passes(changed, rules, ticks=ticks)


def _events(state: State, rules: Rules) -> Iterator[tuple[str, State]]:
    yield "nothing", state
    if state.first != GONE:
        yield "the first controller is killed", state._replace(first=GONE)
    if state.guardian:
        yield "the guardian is killed", state._replace(guardian=0)
    yield "the pump's cable", state._replace(pump_line=not state.pump_line)
    yield "the plate's cable", state._replace(plate_line=not state.plate_line)
    if not state.second and (state.first == GONE or not rules.locks_kept or state.first > SILENCE):
        # One that stands still may lose its place: the lock file was removed by hand.
        yield "a second controller starts", state._replace(second=True)


def _second_passes(state: State, rules: Rules, *, ticks: bool) -> State:
    late = state.first if state.first == GONE else 0 if ticks else min(LATEST, state.first + 1)
    now = state._replace(first=late, unheard=state.unheard + 1, sent=0)
    if now.unfed >= 0:
        now = now._replace(unfed=now.unfed + 1)
    if ticks:
        now = _first_acts(now, rules)
    elif not rules.alive_from_tick and late != GONE:
        now = _signs_of_life(now)
    if now.second:
        now = _second_acts(now)
    if now.guardian and not now.second and (now.first == GONE or now.first > SILENCE):
        now = _guardian_acts(now, rules)
    if now.unheard >= rules.pump_silence:
        now = now._replace(flows=False, unheard=rules.pump_silence)
    if now.unfed >= rules.watchdog:
        now = now._replace(heats=False, unfed=rules.watchdog)
    return now


def _signs_of_life(now: State) -> State:
    if now.pump_line:
        now = now._replace(unheard=0)
    if now.plate_line and now.unfed >= 0:
        now = now._replace(unfed=0)
    return now


def _first_acts(now: State, rules: Rules) -> State:
    if now.second and rules.lease_checked:
        return now._replace(first=GONE)
    lost = 0 if now.plate_line else min(int(LINK_SECONDS) + 1, now.lost + 1)
    now = _signs_of_life(now)._replace(lost=lost, sent=now.sent | 1)
    if lost > LINK_SECONDS and rules.stops_on_loss and now.pump_line:
        now = now._replace(flows=False)
    return now


def _second_acts(now: State) -> State:
    """It has stopped what it found, read everything, and goes on with signs of life of its own."""
    now = _signs_of_life(now)._replace(sent=now.sent | 2)
    return now._replace(flows=False) if now.pump_line else now


def _guardian_acts(now: State, rules: Rules) -> State:
    if rules.guardian_kills:
        now = now._replace(first=GONE)
    return now._replace(guardian=2, flows=now.flows and not now.pump_line, heats=now.heats and not now.plate_line)


def broken(state: State, rules: Rules) -> str:
    """The property that a state breaks, or ""."""
    if state.flows and state.unheard >= rules.pump_silence:
        return "a pump infuses that has heard nothing for its dead-man's time"
    if state.heats and (state.unfed < 0 or state.unfed >= rules.watchdog):
        return "a plate heats whose watchdog is not armed, or was not fed for its time"
    if state.sent == 3:
        return "two controllers send in one second"
    if state.second and 0 <= state.first <= SILENCE:
        return "a second controller is master beside one that lives"
    if state.guardian == 2 and state.sent & 1:
        return "a controller goes on after its guardian has stopped the bench"
    stands = state.first > LATEST - 1 or (state.first == GONE and not state.second)
    if state.flows and state.guardian and stands and state.pump_line:
        return "a pump infuses although its controller is gone and a guardian lives"
    if state.flows and state.first == 0 and not state.second and state.pump_line and state.lost > LINK_SECONDS:
        return "a pump infuses although the plate has been lost for longer than may be"
    if state.flows and state.first == LATEST and state.pump_line and state.unheard == 0:
        return "a pump that nobody watches is told that somebody does"
    return ""


@dataclass(frozen=True, slots=True)
class Search:
    """What came of looking at every state.

    Attributes:
        states: how many there are.
        broken: the first property that does not hold, or "".
        path: what happened on the shortest way there.
    """

    states: int
    broken: str = ""
    path: tuple[str, ...] = ()


def search(rules: Rules) -> Search:
    """Every state that can be reached, breadth first, up to the first that breaks a property."""
    first = start(rules)
    came_from: dict[State, tuple[State, str] | None] = {first: None}
    edge = [first]
    while edge:
        following = []
        for state in edge:
            why = broken(state, rules)
            if why:
                return Search(len(came_from), why, tuple(_way(state, came_from)))
            for name, after in successors(state, rules):
                if after not in came_from:
                    came_from[after] = state, name
                    following.append(after)
        edge = following
    return Search(len(came_from))


def _way(state: State, came_from: dict[State, tuple[State, str] | None]) -> list[str]:
    steps = []
    while (before := came_from[state]) is not None:
        state, name = before
        steps.append(name)
    return steps[::-1]


def without(name: str) -> Rules:
    """The rules but for one."""
    return replace(Rules(), **{name: False})
