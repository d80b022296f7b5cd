"""From the journal of an interrupted run back to what is certain."""

import math
from typing import Any

import pytest

from ruggli.engine.recover import Recovered, recover
from ruggli.journal.reader import JournalView, Record
from ruggli.quantities.base import Millilitres, Seconds


def view(*records: tuple[str, dict[str, Any]]) -> JournalView:
    found = tuple(
        Record(number, 1000.0 + number, "2026-11-23T05:00:00+00:00", kind, data)
        for number, (kind, data) in enumerate(records, 1)
    )
    return JournalView(found, "0" * 64, False, 0, 0, "")


def begin(step: str) -> tuple[str, dict[str, Any]]:
    return "step", {"step": step, "number": 1, "what": "begin"}


def finish(step: str) -> tuple[str, dict[str, Any]]:
    return "step", {"step": step, "number": 1, "what": "end"}


def phase(step: str, **snapshot: Any) -> tuple[str, dict[str, Any]]:
    return "phase", {"step": step, "phase": snapshot.get("phase", ""), "snapshot": snapshot}


def intent(device: str = "pump_a", target: float = 2.0, settled: tuple[float, float] = (0.0, 0.0)) -> Any:
    return "intent", {
        "step": "add",
        "solution": "s",
        "device": device,
        "segment": 0,
        "target_mL": target,
        "rate_mL_s": 0.01,
        "counter_before_mL": 0.0,
        "counter_step_mL": 0.001,
        "settled_mL": list(settled),
    }


def sample(step: str = "add", **counters: float) -> Any:
    return "sample", {"step": step, "pumps": {name: ["infusing", value] for name, value in counters.items()}}


def settled(device: str = "pump_a", low: float = 1.0, high: float = 1.1, step: str = "add") -> Any:
    return "settled", {"step": step, "solution": "s", "device": device, "settled_mL": [low, high]}


def orders(*told: tuple[str, str, list[float]]) -> Any:
    return "order", {"orders": [{"device": d, "verb": verb, "args": args} for d, verb, args in told]}


START = orders(("pump_a", "start", []))


def test_nothing_had_begun() -> None:
    assert recover(view(("open", {"format": 1}))) == Recovered(last_time=1001.0)


def test_the_step_under_way_is_the_last_that_began_and_has_not_ended() -> None:
    state = recover(view(begin("charge"), finish("charge"), begin("stir"), finish("stir"), begin("add")))
    assert (state.done, state.step) == (["charge", "stir"], "add")
    state = recover(view(begin("charge"), finish("charge")))
    assert (state.done, state.step) == (["charge"], "")


def test_the_latest_snapshot_of_that_step_counts() -> None:
    state = recover(
        view(
            begin("heat"),
            phase("heat", phase="set"),
            finish("heat"),
            begin("add"),
            phase("add", segment=0, phase="dose"),
            phase("add", segment=1, phase="arm"),
            phase("other", segment=7),
        )
    )
    assert state.snapshot == {"segment": 1, "phase": "arm"}


def test_the_time_of_a_hold_step_is_in_its_samples() -> None:
    state = recover(view(begin("rest"), ("sample", {"step": "rest", "snapshot": {"gone_s": 30.0}, "pumps": {}})))
    assert state.snapshot == {"gone_s": 30.0}


def test_an_intent_without_a_settlement_is_open_with_its_latest_counter() -> None:
    state = recover(view(begin("add"), intent(), START, sample(pump_a=0.4, pump_b=9.0), sample(pump_a=0.5)))
    ledger = state.ledgers["add", "pump_a"]
    assert ledger.episode is not None
    assert (ledger.episode.target, ledger.episode.seen) == (2.0, 0.5)
    assert ("add", "pump_b") not in state.ledgers


def test_a_counter_read_before_the_start_is_that_of_another_episode() -> None:
    """Seed 12151: a pump that lost its cable as it was armed was last read at the end of the filling before."""
    ledger = recover(view(begin("add"), intent(), sample(pump_a=2.0))).ledgers["add", "pump_a"]
    assert ledger.episode is not None and ledger.episode.seen == 0.0


def test_a_reading_of_another_session_is_no_moment_on_this_clock() -> None:
    """The boot clock may have started anew; what the pump did since is bounded by its dead-man, not by that clock."""
    ledger = recover(view(begin("add"), intent(), START, sample(pump_a=0.5))).ledgers["add", "pump_a"]
    assert ledger.episode is not None and ledger.episode.seen_at == -math.inf
    after_reboot = ledger.lost(Seconds(3.0), Seconds(10.0)).settled
    assert after_reboot.high == pytest.approx(0.501 + 0.01 * 18.0)
    assert ledger.lost(Seconds(3.0), Seconds(math.inf)).settled.high == 2.0


def test_a_counter_at_zero_is_believed_of_a_pump_that_was_never_told_to_start() -> None:
    for records, believed in (((), True), ((START,), False)):
        episode = recover(view(begin("add"), intent(), *records)).ledgers["add", "pump_a"].episode
        assert episode is not None
        assert episode.believes(Millilitres(0.0), Seconds(3.0), forgets=True) is believed


def test_a_settlement_closes_and_the_next_intent_goes_on_from_it() -> None:
    state = recover(view(begin("add"), intent(), START, sample(pump_a=1.05), settled(), sample(pump_a=7.0)))
    ledger = state.ledgers["add", "pump_a"]
    assert ledger.episode is None and (ledger.settled.low, ledger.settled.high) == (1.0, 1.1)
    state = recover(view(begin("add"), intent(), settled(), intent(target=0.9, settled=(1.0, 1.1))))
    ledger = state.ledgers["add", "pump_a"]
    assert ledger.episode is not None and ledger.episode.seen == 0.0
    assert ledger.displaced.high == pytest.approx(1.101)


def test_answers_of_the_step_under_way_are_kept() -> None:
    state = recover(
        view(
            begin("charge"),
            ("answer", {"id": "charge", "answer": "done"}),
            finish("charge"),
            begin("add"),
            ("answer", {"id": "add.load.pump_a", "answer": "done"}),
        )
    )
    assert state.answers == {"add.load.pump_a": "done"}


def test_what_a_plate_was_last_told() -> None:
    state = recover(
        view(
            orders(("plate", "set_speed", [400.0]), ("plate", "stir_on", [])),
            orders(("plate", "set_temperature", [60.0]), ("plate", "heat_on", [])),
            orders(("plate", "set_temperature", [45.0])),
            orders(("pump_a", "arm", [0.01, 2.0])),
        )
    )
    plate = state.plates["plate"]
    assert (plate.set_point, plate.heating, plate.speed) == (45.0, True, 400.0)
    state = recover(view(orders(("plate", "heat_on", []), ("plate", "heat_off", [20.0]), ("plate", "stir_off", []))))
    assert (state.plates["plate"].heating, state.plates["plate"].speed) == (False, 0.0)


def test_a_new_session_is_not_over_until_it_says_so() -> None:
    records: list[Any] = [begin("add"), ("end", {"verdict": "held"}), ("session", {"number": 2})]
    assert recover(view(*records)).verdict is None
    assert recover(view(*records[:2])).verdict == "held"


def test_intents_of_heating_and_stirring_open_no_ledger() -> None:
    state = recover(view(("intent", {"step": "warm", "device": "plate", "set_point_degC": 40.0, "heat": "on"})))
    assert state.ledgers == {}
