"""Every decision of the guardian, at its bounds."""

from dataclasses import replace

import pytest

from ruggli.engine.guardian import AFTER_KILL, SILENCE, Act, Guard, StopOrder, decide, hear, look
from ruggli.quantities.base import Celsius, Seconds

PUMP = StopOrder("pump", "new-era", "NE-1000", "socket://127.0.0.1:1", {"address": 3})
PLATE = StopOrder("plate", "ika-rct-digital", "RCT digital", "COM4", {}, Celsius(20.0), keep_heat=True)
WATCHING = Guard(beat_at=Seconds(100.0), looked_at=Seconds(100.0), orders=(PUMP, PLATE))


@pytest.mark.parametrize(
    ("guard", "now", "pipe_open", "act"),
    [
        (WATCHING, 100.0, True, Act.WAIT),
        (WATCHING, 100.0 + SILENCE, True, Act.WAIT),
        (WATCHING, 100.1 + SILENCE, True, Act.KILL),
        (WATCHING, 100.0, False, Act.STOP),
        (replace(WATCHING, orders=()), 200.0, True, Act.WAIT),
        (replace(WATCHING, orders=()), 200.0, False, Act.DONE),
        (replace(WATCHING, bye=True), 200.0, True, Act.DONE),
        (replace(WATCHING, bye=True), 200.0, False, Act.DONE),
        (replace(WATCHING, killed_at=Seconds(106.0)), 106.0 + AFTER_KILL, True, Act.WAIT),
        (replace(WATCHING, killed_at=Seconds(106.0)), 106.1, False, Act.STOP),
        (replace(WATCHING, killed_at=Seconds(106.0)), 106.1 + AFTER_KILL, True, Act.STOP),
    ],
)
def test_decision(guard: Guard, now: float, pipe_open: bool, act: Act) -> None:
    assert decide(guard, Seconds(now), pipe_open=pipe_open) is act


def test_a_sign_of_life_gives_the_whole_time_again() -> None:
    guard = hear(WATCHING, {"beat": 7}, Seconds(104.9))
    assert decide(guard, Seconds(109.8), pipe_open=True) is Act.WAIT
    assert decide(guard, Seconds(110.0), pipe_open=True) is Act.KILL


def test_orders_replace_orders_and_survive_the_pipe() -> None:
    guard = hear(WATCHING, {"orders": [PLATE.as_json()]}, Seconds(101.0))
    assert guard.orders == (PLATE,)
    assert guard.beat_at == 101.0
    assert hear(guard, {"bye": True}, Seconds(102.0)).bye


def test_a_guardian_that_was_away_itself_has_seen_no_silence() -> None:
    slept = look(WATCHING, Seconds(5000.0))
    assert decide(slept, Seconds(5000.0), pipe_open=True) is Act.WAIT
    assert decide(look(slept, Seconds(5001.0)), Seconds(5005.1), pipe_open=True) is Act.KILL
    # Looks that come in time change nothing: the silence goes on.
    guard = WATCHING
    for tick in range(1, 23):
        guard = look(guard, Seconds(100 + 0.25 * tick))
    assert decide(guard, Seconds(105.5), pipe_open=True) is Act.KILL
