"""The dose ledger: never above the target, and the truth always inside the interval."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from ruggli.engine.interval import NOTHING, Interval
from ruggli.engine.ledger import BLIND_SECONDS, Episode, FeedLedger
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Seconds

PLANNED = 10.0
STEP = 0.001
RATE = 0.01
RUN_ON = 10.0
ML = Millilitres


def opened(target: float = 2.0, settled: Interval = NOTHING, step: float = STEP) -> FeedLedger:
    ledger = FeedLedger(settled)
    return ledger.open(ML(target), MillilitresPerSecond(RATE), ML(0.0), ML(step), Seconds(100.0))


def bounds(ledger: FeedLedger) -> tuple[float, float]:
    return ledger.settled.low, ledger.settled.high


def test_an_intent_needs_a_target() -> None:
    for target in (0.0, -1.0):
        with pytest.raises(ValueError, match="above 0"):
            opened(target)


def test_one_intent_at_a_time() -> None:
    with pytest.raises(ValueError, match="not settled"):
        opened().open(ML(1.0), MillilitresPerSecond(RATE), ML(0.0), ML(STEP), Seconds(0.0))


def test_a_counter_never_runs_back() -> None:
    ledger = opened().saw(ML(1.0), Seconds(200.0)).saw(ML(0.4), Seconds(210.0))
    assert ledger.episode is not None
    assert (ledger.episode.seen, ledger.episode.seen_at) == (1.0, 200.0)


def test_a_counter_above_the_target_proves_no_more_than_the_target() -> None:
    assert bounds(opened().saw(ML(2.5), Seconds(300.0)).interrupted()) == pytest.approx((1.999, 2.0))


def test_reached_is_the_target_or_one_step_less() -> None:
    assert bounds(opened().reached()) == pytest.approx((1.999, 2.0))
    assert bounds(opened(target=0.0005).reached()) == (0.0, 0.0005)


def test_interrupted_is_what_the_counter_says() -> None:
    assert bounds(opened().saw(ML(0.5), Seconds(150.0)).interrupted()) == pytest.approx((0.499, 0.501))


def test_lost_assumes_the_worst_that_time_and_dead_man_allow() -> None:
    ledger = opened().saw(ML(0.5), Seconds(150.0))
    assert bounds(ledger.lost(Seconds(155.0), Seconds(RUN_ON)))[1] == pytest.approx(0.5 + STEP + 5 * RATE)
    most = 0.5 + STEP + (RUN_ON + BLIND_SECONDS) * RATE
    assert bounds(ledger.lost(Seconds(9999.0), Seconds(RUN_ON)))[1] == pytest.approx(most)
    assert bounds(ledger.lost(Seconds(9999.0), Seconds(math.inf)))[1] == 2.0
    assert bounds(ledger.lost(Seconds(100.0), Seconds(RUN_ON)))[1] == pytest.approx(0.5 + STEP), (
        "a clock that went back"
    )


def test_a_reading_of_another_session_counts_as_long_ago() -> None:
    ledger = opened().saw(ML(0.5), Seconds(-math.inf))
    most = 0.5 + STEP + (RUN_ON + BLIND_SECONDS) * RATE
    assert bounds(ledger.lost(Seconds(3.0), Seconds(RUN_ON)))[1] == pytest.approx(most)
    assert bounds(ledger.lost(Seconds(3.0), Seconds(math.inf)))[1] == 2.0


def test_a_counter_at_zero_is_believed_only_of_a_pump_that_had_no_time() -> None:
    ledger = opened()
    running = ledger.started(Seconds(100.0)).episode
    assert running is not None
    assert running.believes(ML(0.0), Seconds(100.3), forgets=True)
    assert not running.believes(ML(0.0), Seconds(100.4), forgets=True)
    assert running.believes(ML(0.0), Seconds(9999.0), forgets=False)
    assert running.believes(ML(0.002), Seconds(9999.0), forgets=True)
    moved = ledger.started(Seconds(100.0)).saw(ML(0.5), Seconds(150.0)).episode
    assert moved is not None
    assert moved.believes(ML(0.499), Seconds(150.0), forgets=False)
    assert not moved.believes(ML(0.498), Seconds(150.0), forgets=False)
    assert ledger.episode is not None and ledger.episode.believes(ML(0.0), Seconds(9999.0), forgets=True)
    long_ago = ledger.started(Seconds(-math.inf)).episode
    assert long_ago is not None and not long_ago.believes(ML(0.0), Seconds(3.0), forgets=True)


def test_a_person_settles_it() -> None:
    ledger = FeedLedger(Interval(ML(1.0), ML(2.0))).assume(ML(1.4))
    assert bounds(ledger) == (1.4, 1.4)
    assert ledger.remaining(ML(3.0)) == pytest.approx(1.6)


def test_nothing_remains_of_a_dose_that_is_over() -> None:
    assert FeedLedger(Interval(ML(2.9), ML(3.1))).remaining(ML(3.0)) == 0.0


def test_settling_without_an_episode_changes_nothing() -> None:
    ledger = FeedLedger(Interval(ML(1.0), ML(1.1)))
    assert ledger.reached() is ledger.interrupted() is ledger.lost(Seconds(1.0), Seconds(1.0)) is ledger
    assert ledger.saw(ML(5.0), Seconds(1.0)) is ledger.started(Seconds(1.0)) is ledger


@dataclass(frozen=True)
class Stretch:
    """What happens to one energising: how long it runs, how often it is looked at, how it ends."""

    runs: float
    looks: int
    end: str
    unseen: float
    rounding: str


def shown(volume: float, rounding: str) -> float:
    """The counter as the pump shows it."""
    steps = volume / STEP
    return STEP * (math.floor(steps + 1e-9) if rounding == "down" else round(steps))


STRETCHES = st.builds(
    Stretch,
    runs=st.floats(0.0, 1500.0),
    looks=st.integers(0, 5),
    end=st.sampled_from(["interrupted", "lost", "reached", "lost after a restart of the computer"]),
    unseen=st.floats(0.0, RUN_ON + BLIND_SECONDS),
    rounding=st.sampled_from(["down", "nearest"]),
)


@seed(20261123)
@settings(max_examples=400, deadline=None)
@given(st.lists(STRETCHES, max_size=8))
def test_the_truth_is_inside_and_never_above_the_plan(stretches: list[Stretch]) -> None:
    truth, now, ledger = 0.0, 1000.0, FeedLedger()
    for stretch in stretches:
        target = math.floor(ledger.remaining(ML(PLANNED)) / STEP) * STEP
        if target <= 0:
            break
        ledger = ledger.open(ML(target), MillilitresPerSecond(RATE), ML(0.0), ML(STEP), Seconds(now))
        ran = min(stretch.runs, target / RATE) if stretch.end != "reached" else target / RATE
        for look in range(1, stretch.looks + 1):
            part = ran * look / stretch.looks
            ledger = ledger.saw(ML(min(target, shown(part * RATE, stretch.rounding))), Seconds(now + part))
        seen_at = now if not stretch.looks else now + ran
        if stretch.end == "reached":
            truth, now, ledger = truth + target, now + ran, ledger.reached()
        elif stretch.end == "interrupted":
            truth += ran * RATE
            now += ran
            ledger = ledger.saw(ML(min(target, shown(ran * RATE, stretch.rounding))), Seconds(now)).interrupted()
        else:
            seen = 0.0 if not stretch.looks else ran
            total = min(target / RATE, seen + stretch.unseen)
            truth += total * RATE
            if stretch.end == "lost":
                now = seen_at + stretch.unseen + 1.0
                ledger = ledger.lost(Seconds(now), Seconds(RUN_ON))
            else:
                assert ledger.episode is not None
                ledger = ledger.saw(ledger.episode.seen, Seconds(-math.inf))
                now = 5.0
                ledger = ledger.lost(Seconds(now), Seconds(RUN_ON))
        assert ledger.settled.low - 1e-9 <= truth <= ledger.settled.high + 1e-9
        assert ledger.settled.high <= PLANNED + 1e-9
        assert ledger.episode is None
    assert truth <= PLANNED + 1e-9


def test_an_interval_adds_up_and_reads_well() -> None:
    total = Interval(ML(1.0), ML(2.0)) + Interval(ML(0.5), ML(0.5))
    assert (total.low, total.high, total.width) == (1.5, 2.5, 1.0)
    assert total.text() == "1.5 to 2.5 mL"
    assert Interval(ML(1.0), ML(1.0)).text() == "1 mL"


def test_a_counter_of_another_pump_is_told_from_one_that_was_cleared_or_is_a_step_off() -> None:
    """Seed 66724: cables exchanged between two stops; the pump that runs on has answered nothing."""
    step = Millilitres(0.001)
    rate = MillilitresPerSecond(0.1)
    seen = Millilitres(2.359)
    episode = Episode(Millilitres(7.7), rate, Millilitres(0.0), step, Seconds(0.0), seen, Seconds(24.0))
    told = {counter: episode.is_foreign(Millilitres(counter)) for counter in (0.0, 0.001, 1.207, 2.357, 2.361, 3.9)}
    assert told == {0.0: False, 0.001: False, 1.207: True, 2.357: False, 2.361: False, 3.9: True}
