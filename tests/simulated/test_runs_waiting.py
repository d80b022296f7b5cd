"""Interlocks that wait, stop or abort instead of holding, as the step asks for it."""

from typing import Any

import pytest

LONG = {"addition_time": "40 min"}
REFLUX_BEGINS, WARM_BEGINS = 462.0, 565.0
"""As in the tests of heaters."""
STAY = ("hold.1", "stop", 100.0)


def with_interlocks(protocol: str, settings: str) -> str:
    return protocol.replace(
        "    duration: $addition_time\n", f"    duration: $addition_time\n    interlocks: {settings}\n"
    )


def gates(trial: Any) -> list[str]:
    return [record["what"] for record in trial.of("gate")]


def test_a_feed_waits_until_its_vessel_is_warm_again_and_goes_on_by_itself(desk: Any) -> None:
    at = WARM_BEGINS + 60.0
    watch = desk.watch(at, 900)
    protocol = with_interlocks(desk.warm(), "{cold: {action: wait}}")
    fault = {"at": at, "kind": "heater-dead", "target": "plate", "for": "4 min"}
    trial = desk.run(protocol, settings=LONG, faults=[fault], at=watch.at)
    assert (trial.verdict, trial.alarms) == ("complete", [("A-COLD", "plate")])
    alarm = trial.outcome.alarms[0]
    assert (alarm["action"], alarm["done"]) == ("wait", "the flows stop and the step waits")
    assert [record["to"] for record in trial.of("state")] == ["preparing", "running", "complete"], "nobody was asked"
    told = gates(trial)
    assert told[0] == "the vessel is too cold to feed: reactant would pile up: the feed waits"
    assert told[1::2] == ["the feed goes on"] * (len(told) // 2)
    assert all(record["probe_degC"] >= 75.5 for record in trial.of("gate")[1::2])
    assert not any(
        row["pump_a"]["motor_mm_per_s"] and row["plate"]["probe_temperature_degC"] < 74.5 for row in watch.rows.values()
    )
    both = [bool(r["pump_a"]["motor_mm_per_s"]) == bool(r["pump_b"]["motor_mm_per_s"]) for r in watch.rows.values()]
    assert both.count(False) <= 2, "partners stop and start together"
    trial.check_doses()


def test_a_feed_waits_until_the_stirrer_turns_again(desk: Any) -> None:
    at = REFLUX_BEGINS + 60.0
    watch = desk.watch(at, 60)
    protocol = with_interlocks(desk.reflux(), "{stirring: {action: wait}}")
    fault = {"at": at, "kind": "stirrer-stop", "target": "plate", "er04": False, "for": "20 s"}
    trial = desk.run(protocol, settings=LONG, faults=[fault], at=watch.at)
    assert (trial.verdict, trial.alarms) == ("complete", [("A-STIR", "plate")])
    still = [s for s, row in watch.rows.items() if row["pump_a"]["motor_mm_per_s"] == 0]
    assert min(still) - at <= 5.0 and 20.0 <= max(still) - at <= 30.0
    assert len(trial.of("intent")) == len({str(record) for record in trial.of("intent")})
    trial.check_doses()


def test_a_wait_that_does_not_end_holds_after_the_steps_hold_time(desk: Any) -> None:
    at = WARM_BEGINS + 60.0
    protocol = with_interlocks(desk.warm(), "{cold: {action: wait}, heating: {action: none}}")
    protocol = protocol.replace("at_most: 1 h", "at_most: 15 min")
    fault = {"at": at, "kind": "heater-dead", "target": "plate"}
    trial = desk.run(protocol, settings=LONG, faults=[fault], answers=[STAY])
    assert [code for code, _ in trial.alarms if code != "A-NOT-HEATING"] == ["A-COLD", "A-WAIT"]
    first, last = trial.outcome.alarms[0], trial.outcome.alarms[-1]
    assert last["time_s"] - first["time_s"] == pytest.approx(900.0, abs=3)
    assert "waited for 15 min" in last["text"] and last["action"] == "hold"
    told = next(row for row in trial.outcome.alarms if row["code"] == "A-NOT-HEATING")
    assert (told["action"], told["done"]) == ("none", "the run goes on")
    trial.check_doses(complete=False)


def test_a_hold_while_the_feed_waits_resumes_to_the_right_total(desk: Any) -> None:
    at = WARM_BEGINS + 60.0
    protocol = with_interlocks(desk.warm(), "{cold: {action: wait}}")
    faults = [
        {"at": at, "kind": "heater-dead", "target": "plate", "for": "6 min"},
        {"at": at + 240, "kind": "stirrer-stop", "target": "plate", "er04": False, "for": "20 s"},
    ]
    trial = desk.run(protocol, settings=LONG, faults=faults, answers=[("hold.1", "resume", 60.0)])
    assert trial.verdict == "complete", trial.outcome.cause
    assert [code for code, _ in trial.alarms] == ["A-COLD", "A-STIR"]
    trial.check_doses()


@pytest.mark.parametrize(("action", "verdict"), [("stop", "stopped"), ("abort", "aborted")])
def test_a_step_may_ask_for_the_end_instead_of_a_hold(desk: Any, action: str, verdict: str) -> None:
    at = WARM_BEGINS + 400.0
    watch = desk.watch(at, 120)
    protocol = with_interlocks(desk.warm(), f"{{runaway: {{action: {action}}}}}")
    fault = {"at": at, "kind": "over-temperature", "target": "plate", "rate_K_per_min": 20}
    trial = desk.run(protocol, settings=LONG, faults=[fault], at=watch.at)
    assert trial.verdict == verdict
    alarm = trial.outcome.alarms[0]
    assert (alarm["code"], alarm["action"].partition(",")[0]) == ("A-RUNAWAY", action)
    assert watch.flows_end() - alarm["time_s"] <= 3.0
    truth = trial.bench.truth()["devices"]["plate"]
    assert truth["heater"] is False and truth["speed_rpm"] == pytest.approx(400, abs=5)
    assert "flows 0 after" in alarm["done"] and "heat off, stirring goes on" in alarm["done"]
    trial.check_doses(complete=False)


def test_a_stop_by_heat_switches_off_what_the_class_would_keep(desk: Any) -> None:
    protocol = with_interlocks(desk.dual(), "{hot: {above: 3 K, action: stop}}")
    fault = {"at": 180.0, "kind": "heater-stuck", "target": "plate", "for": "80 s"}
    trial = desk.run(protocol, settings=LONG, faults=[fault])
    assert trial.verdict == "stopped" and trial.alarms[0] == ("A-OVER-TEMPERATURE", "plate")
    assert trial.bench.truth()["devices"]["plate"]["heater"] is False
