"""Hold, restart, stop, abort, nobody there: what a run does, and the state in which it leaves the bench."""

from typing import Any

import pytest

from ruggli.world.operator import Command

STRIKES = 180.0
LONG = {"addition_time": "4 min"}


def plate(trial: Any) -> Any:
    return trial.bench.truth()["devices"]["plate"]


def states(trial: Any) -> list[str]:
    return [record["to"] for record in trial.of("state")]


RESTARTS = [
    [{"at": STRIKES, "kind": "stall", "target": "pump_a"}],
    [{"at": STRIKES, "kind": "unplug", "target": "pump_a"}, {"at": STRIKES + 30, "kind": "replug", "target": "pump_a"}],
    [{"at": STRIKES, "kind": "unplug", "target": "pump_b"}, {"at": STRIKES + 30, "kind": "replug", "target": "pump_b"}],
    [{"at": STRIKES, "kind": "unplug", "target": "plate"}, {"at": STRIKES + 30, "kind": "replug", "target": "plate"}],
    [{"at": STRIKES, "kind": "stirrer-stop", "target": "plate", "for": "20 s", "er04": False}],
    [
        {"at": STRIKES, "kind": "stirrer-stop", "target": "plate", "for": "20 s"},
        {"at": STRIKES + 30, "kind": "power-cycle", "target": "plate"},
    ],
    [{"at": STRIKES, "kind": "power-off", "target": "plate", "for": "20 s"}],
]


@pytest.mark.parametrize("rig", ["bench", "bench-harvard"])
@pytest.mark.parametrize("faults", RESTARTS, ids=lambda faults: f"{faults[0]['kind']}-{faults[0]['target']}")
def test_a_mended_fault_goes_on_to_the_right_total(desk: Any, faults: list[dict[str, Any]], rig: str) -> None:
    trial = desk.run(rig=rig, settings=LONG, faults=faults, answers=[("hold.1", "resume", 60.0)], tapped=True)
    assert trial.verdict == "complete", trial.outcome.cause
    assert len(trial.alarms) == 1
    trial.check_doses()
    assert states(trial) == ["preparing", "running", "holding", "held", "restarting", "running", "complete"]
    for port, device in (("sim://pump_a", "pump_a"), ("sim://pump_b", "pump_b")):
        starts = [data for data in trial.sent(port) if b"RUN" in data.upper() and b"?" not in data]
        intents = [record for record in trial.of("intent") if record.get("device") == device]
        if rig == "bench" or device == "pump_a":
            assert len(starts) == len(intents) == 2


def test_a_power_cut_of_a_pump_is_asked_about_and_never_overdoses(desk: Any) -> None:
    faults = [{"at": STRIKES, "kind": "power-off", "target": "pump_a", "for": "20 s"}]
    answers = [("hold.1", "resume", 60.0), ("add.doubt.pump_a", "0.358 mL", 5.0)]
    trial = desk.run(settings=LONG, faults=faults, answers=answers)
    assert trial.verdict == "complete", trial.outcome.cause
    asked = [prompt["id"] for prompt in trial.outcome.prompts]
    assert "add.doubt.pump_a" in asked
    trial.check_doses()


def test_a_doubt_that_nobody_settles_stops_the_run(desk: Any) -> None:
    faults = [{"at": STRIKES, "kind": "power-off", "target": "pump_a", "for": "20 s"}]
    trial = desk.run(settings=LONG, faults=faults, answers=[("hold.1", "resume", 60.0)])
    assert trial.verdict == "stopped"
    low, high = trial.dose("substrate_solution")["delivered_mL"]
    assert low <= trial.dose("substrate_solution")["truth_mL"] <= high


def test_a_doubt_is_asked_again_after_a_wrong_answer(desk: Any) -> None:
    faults = [{"at": STRIKES, "kind": "power-off", "target": "pump_a", "for": "20 s"}]
    doubt = "add.doubt.pump_a"
    answers = [("hold.1", "resume", 60.0), (doubt, "0,358 mL", 5.0), (doubt, "0.358 degC", 5.0), (doubt, "0.358 mL")]
    trial = desk.run(settings=LONG, faults=faults, answers=answers)
    assert trial.verdict == "complete"
    assert len(trial.of("refused")) == 2
    trial.check_doses()


def test_a_hot_vessel_is_cooled_and_the_planned_heat_comes_back(desk: Any) -> None:
    faults = [{"at": STRIKES, "kind": "over-temperature", "target": "plate", "rate_K_per_min": 120, "for": "25 s"}]
    answers = [("hold.1", "resume", 30.0), ("hold.1", "resume", 300.0)]
    trial = desk.run(settings=LONG, faults=faults, answers=answers)
    assert trial.alarms == [("A-RUNAWAY", "plate")]
    assert trial.signs == [("A-OVER-TEMPERATURE", "plate")]
    assert "let it cool first" in trial.of("prompt")[-1]["text"]
    assert trial.verdict == "complete", trial.outcome.cause
    trial.check_doses()
    held_at = next(r["t"] for r in trial.of("state") if r["to"] == "held")
    verbs = [order["verb"] for r in trial.of("order") if r["t"] >= held_at - 2 for order in r["orders"]]
    assert verbs.index("heat_off") < verbs.index("set_temperature") < verbs.index("heat_on")
    began_again = [r["t"] for r in trial.of("started")][-1]
    warm = [r["plates"]["plate"][0] for r in trial.of("sample") if r["t"] >= began_again]
    assert max(warm) <= 35.0


def test_temperature_is_watched_while_the_run_is_held(desk: Any) -> None:
    faults = [
        {"at": STRIKES, "kind": "stall", "target": "pump_a"},
        {"at": STRIKES + 30, "kind": "over-temperature", "target": "plate", "rate_K_per_min": 120},
    ]
    trial = desk.run(settings=LONG, faults=faults, answers=[("hold.1", "stop", 120.0)])
    assert trial.alarms == [("A-STALL", "pump_a"), ("A-RUNAWAY", "plate")], "no stall explains heat"
    assert plate(trial)["heater"] is False


def test_an_operator_who_resumes_by_command_leaves_no_question_behind(desk: Any) -> None:
    def interrupt(bench: Any) -> None:
        desk.signals.interrupt()

    def resume(bench: Any) -> None:
        desk.signals._commands.append(Command.RESUME)

    trial = desk.run(
        settings={"addition_time": "3 h"},
        at={STRIKES: interrupt, STRIKES + 60: resume},
        answers=[("hold.1", "stop", 9000.0)],
    )
    assert trial.verdict == "complete", trial.outcome.cause
    assert trial.alarms == []
    trial.check_doses()


def test_ctrl_c_once_holds_and_a_second_stops(desk: Any) -> None:
    trial = desk.run(
        settings=LONG,
        at={STRIKES: lambda bench: desk.signals.interrupt(), STRIKES + 20: lambda bench: desk.signals.interrupt()},
        answers=[("hold.1", "resume", 600.0)],
        watch=[STRIKES + 3],
    )
    assert trial.verdict == "stopped"
    assert states(trial) == ["preparing", "running", "holding", "held", "stopping", "stopped"]
    assert not any(trial.flows[STRIKES + 3].values())
    trial.check_doses(complete=False)


def test_after_a_resume_ctrl_c_holds_again(desk: Any) -> None:
    trial = desk.run(
        settings=LONG,
        at={second: lambda bench: desk.signals.interrupt() for second in (STRIKES, STRIKES + 60)},
        answers=[("hold.1", "resume", 20.0), ("hold.2", "resume", 20.0)],
    )
    assert trial.verdict == "complete"
    assert states(trial).count("held") == 2
    trial.check_doses()


@pytest.mark.parametrize(("command", "verdict", "heater"), [("stop", "stopped", True), ("abort", "aborted", False)])
def test_stop_keeps_what_the_class_keeps_and_abort_does_not(
    desk: Any, command: str, verdict: str, heater: bool
) -> None:
    trial = desk.run(
        settings=LONG,
        at={STRIKES: lambda bench: desk.signals._commands.append(Command(command))},
        watch=[STRIKES + 2.001],
    )
    assert trial.verdict == verdict
    assert states(trial)[-2:] == [{"stop": "stopping", "abort": "aborting"}[command], verdict]
    assert plate(trial)["heater"] is heater
    assert plate(trial)["speed_rpm"] == pytest.approx(400, abs=5)
    assert any("heats to" in line for line in trial.outcome.still_on) is heater
    trial.check_doses(complete=False)


def test_a_feed_at_reflux_ends_with_the_heat_off_and_stirring(desk: Any) -> None:
    protocol = desk.dual(solvent="dichloromethane", to="reflux", step_class="feed_at_reflux")
    calm = desk.run(protocol, settings=LONG)
    began = calm.of("started")[0]["t"]
    trial = desk.run(protocol, settings=LONG, faults=[{"at": began + 30, "kind": "stall", "target": "pump_a"}])
    assert trial.verdict == "held"
    assert plate(trial)["heater"] is False
    assert plate(trial)["speed_rpm"] == pytest.approx(400, abs=5)
    later = desk.run(
        protocol,
        settings=LONG,
        faults=[{"at": began + 30, "kind": "stall", "target": "pump_a"}],
        answers=[("hold.1", "resume", 1200.0)],
    )
    assert later.verdict == "complete"
    kept = [r["plates"]["plate"][0] for r in later.of("sample") if began + 60 < r["t"] < began + 1200]
    assert min(kept) > 37.0, "reflux goes on while the run is held"
    later.check_doses()


def test_a_feed_at_room_temperature_ends_warm_unless_the_file_says_heat_off(desk: Any) -> None:
    stall = [{"at": STRIKES, "kind": "stall", "target": "pump_a"}]
    trial = desk.run(settings=LONG, faults=stall)
    assert trial.verdict == "held"
    assert plate(trial)["heater"] is True
    off = desk.dual().replace("hold: {at_most: 2 h}", "hold: {at_most: 2 h, then: heat_off}")
    trial = desk.run(off, settings=LONG, faults=stall)
    assert trial.verdict == "held"
    assert plate(trial)["heater"] is False


def test_the_longest_hold_ends_the_run(desk: Any) -> None:
    protocol = desk.dual().replace("at_most: 2 h", "at_most: 10 min")
    trial = desk.run(
        protocol,
        settings=LONG,
        faults=[{"at": STRIKES, "kind": "stall", "target": "pump_a"}],
        answers=[("hold.1", "resume", 3600.0)],
    )
    assert trial.verdict == "held"
    assert trial.of("sample")[-1]["t"] == pytest.approx(STRIKES + 600, abs=5)


def test_a_question_that_nobody_answers_holds_the_run(desk: Any) -> None:
    trial = desk.run(answers=[("charge", "done", 3600.0)])
    assert trial.verdict == "held"
    assert trial.alarms == [("A-PROMPT", "operator")]
    assert trial.of("timeout")[0]["id"] == "charge"
    assert trial.outcome.doses == ()


def test_an_unattended_run_needs_dead_men_or_a_waiver(desk: Any) -> None:
    refused = desk.plan(rig="bench-harvard", unattended=True)[2]
    assert any("pump_b" in problem.message for problem in refused.blocking(frozenset()))
    trial = desk.run(rig="bench-harvard", unattended=True, waivers=["pump_b"])
    assert trial.verdict == "complete"
    assert trial.records[0]["unattended"] is True
    assert trial.records[0]["waivers"] == [{"device": "pump_b", "reason": "a test", "by": "tester"}]


def test_a_restart_that_fails_stays_held_and_asks_again(desk: Any) -> None:
    faults = [
        {"at": STRIKES, "kind": "unplug", "target": "pump_a"},
        {"at": STRIKES + 100, "kind": "replug", "target": "pump_a"},
    ]
    answers = [("hold.1", "resume", 30.0), ("hold.1", "resume", 120.0)]
    trial = desk.run(settings=LONG, faults=faults, answers=answers)
    assert trial.verdict == "complete"
    assert any("not resumed: pump_a" in record.get("text", "") for record in trial.of("note"))
    trial.check_doses()


def test_another_diameter_in_mid_run_cannot_be_resumed(desk: Any) -> None:
    trial = desk.run(
        settings=LONG,
        faults=[{"at": STRIKES, "kind": "wrong-diameter", "target": "pump_a"}],
        answers=[("hold.1", "resume", 30.0), ("hold.1", "stop", 30.0)],
    )
    assert trial.verdict == "stopped"
    assert any("diameter" in record.get("text", "") for record in trial.of("note"))
    trial.check_doses(complete=False)


def test_a_portion_by_hand_that_was_answered_is_not_asked_for_again(desk: Any) -> None:
    trial = desk.run(
        "reductive-amination",
        settings={"acid_time": "3 min", "portion_interval": "1 min", "reaction_time": "1 min"},
    )
    given = [record["portion"] for record in trial.of("portion_given")]
    assert given == [1, 2, 3, 4]
    times = [record["t"] for record in trial.of("portion")]
    assert all(after - before >= 60.0 for before, after in zip(times, times[1:], strict=False))


def test_a_rig_without_a_plate_makes_heating_a_step_by_hand(desk: Any) -> None:
    def without_plate(text: str) -> str:
        start, end = text.index("  plate:\n"), text.index("vessels:\n")
        return (text[:start] + text[end:]).replace(
            "    position: {hotplate: plate, probe: flask, contact: block}\n", ""
        )

    trial = desk.run(mend=without_plate)
    assert trial.verdict == "complete", trial.outcome.cause
    trial.check_doses()
