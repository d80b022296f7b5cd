"""Faults in the middle of a dose of two feeds: held, both flows 0, one alarm that names device and cause."""

from typing import Any

import pytest

STRIKES = 180.0
"""Virtual second at which the fault comes; the dose runs from about 137 s to 377 s."""

LONG = {"addition_time": "4 min"}
STAY = ("hold.1", "stop", 90.0)


def flowing(trial: Any, second: float) -> list[str]:
    return [name for name, speed in trial.flows[second].items() if speed > 0]


FAULTS = [
    ({"kind": "stall", "target": "pump_a"}, "A-STALL", "pump_a", 3.0),
    ({"kind": "stall", "target": "pump_b"}, "A-STALL", "pump_b", 3.0),
    ({"kind": "unplug", "target": "pump_a"}, "A-LINK", "pump_a", 3.0),
    ({"kind": "unplug", "target": "pump_b"}, "A-LINK", "pump_b", 3.0),
    ({"kind": "unplug", "target": "plate"}, "A-LINK", "plate", 3.0),
    ({"kind": "power-cycle", "target": "pump_a"}, "A-POWER", "pump_a", 3.0),
    ({"kind": "stirrer-stop", "target": "plate"}, "A-STIR", "plate", 5.0),
    ({"kind": "stirrer-stop", "target": "plate", "er04": False}, "A-STIR", "plate", 5.0),
    ({"kind": "panel", "target": "plate", "set_speed_rpm": 0}, "A-STIR", "plate", 6.0),
    ({"kind": "silent-stall", "target": "pump_a"}, "A-PROGRESS", "pump_a", 12.0),
    ({"kind": "slow", "target": "pump_b"}, "A-PROGRESS", "pump_b", 20.0),
    ({"kind": "over-temperature", "target": "plate", "rate_K_per_min": 240}, "A-RUNAWAY", "plate", 18.0),
    ({"kind": "power-cycle", "target": "plate"}, "A-POWER", "plate", 6.0),
    ({"kind": "wrong-diameter", "target": "pump_a"}, "A-BORE", "pump_a", 60.0),
    ({"kind": "panel", "target": "plate", "set_temperature_degC": 90}, "A-PANEL", "plate", 61.0),
    ({"kind": "wrong-echo", "target": "plate"}, "A-REFUSED", "plate", 12.0),
]


@pytest.mark.parametrize(("fault", "code", "device", "within"), FAULTS, ids=lambda value: str(value)[:60])
def test_a_fault_holds_the_run_and_stops_the_partner(
    desk: Any, fault: dict[str, Any], code: str, device: str, within: float
) -> None:
    trial = desk.run(
        settings=LONG,
        faults=[{"at": STRIKES, **fault}],
        watch=[STRIKES - 1, STRIKES + within + 0.001],
        answers=[STAY],
        quick=True,
    )
    assert flowing(trial, STRIKES - 1) == ["pump_a", "pump_b"]
    still = flowing(trial, STRIKES + within + 0.001)
    # A pump behind a cut cable goes on until its own dead-man stops it.
    assert still == ([device] if fault["kind"] == "unplug" and device != "plate" else [])
    assert trial.alarms == [(code, device)]
    alarm = trial.outcome.alarms[0]
    assert alarm["text"] and alarm["value"] and alarm["bound"] and alarm["action"].startswith("hold")
    states = [record["to"] for record in trial.of("state")]
    assert states == ["preparing", "running", "holding", "held", "stopping", "stopped"]
    trial.check_doses(complete=False)
    assert trial.outcome.cause


@pytest.mark.parametrize("rig", ["bench", "bench-harvard"])
@pytest.mark.parametrize("target", ["pump_a", "pump_b"])
def test_a_pump_without_mains_is_missed_and_the_partner_stops(desk: Any, rig: str, target: str) -> None:
    trial = desk.run(
        rig=rig,
        settings=LONG,
        faults=[{"at": STRIKES, "kind": "power-off", "target": target}],
        watch=[STRIKES + 6.5],
        answers=[STAY],
    )
    assert flowing(trial, STRIKES + 6.5) == []
    assert trial.alarms == [("A-LINK", target)]
    assert [(sign["code"], sign["device"]) for sign in trial.outcome.alarms[0]["signs"]] == [
        ("A-STOP-UNPROVED", target)
    ]
    trial.check_doses(complete=False)


def test_a_pump_behind_a_cut_cable_is_stopped_by_its_own_dead_man(desk: Any) -> None:
    trial = desk.run(
        settings=LONG,
        faults=[{"at": STRIKES, "kind": "unplug", "target": "pump_a"}],
        watch=[STRIKES + 3.5, STRIKES + 6.0],
        answers=[STAY],
    )
    assert trial.plan.devices[0].dead_man == 5.0, "the rig's 10 s are shortened for so short a dose"
    assert flowing(trial, STRIKES + 3.5) == ["pump_a"]
    assert flowing(trial, STRIKES + 6.0) == []
    low, high = trial.dose("substrate_solution")["delivered_mL"]
    assert low <= trial.dose("substrate_solution")["truth_mL"] <= high


def test_without_a_temperature_the_feeds_stop(desk: Any) -> None:
    trial = desk.run(
        settings=LONG,
        faults=[{"at": STRIKES, "kind": "probe-broken", "target": "plate"}],
        watch=[STRIKES + 5.0],
        answers=[STAY],
    )
    assert flowing(trial, STRIKES + 5.0) == []
    assert {device for _, device in trial.alarms} == {"plate"}
    trial.check_doses(complete=False)


def test_a_probe_out_of_the_flask_stops_feed_and_heat(desk: Any) -> None:
    protocol = desk.dual(solvent="dichloromethane", to="reflux", step_class="feed_at_reflux")
    calm = desk.run(protocol, settings=LONG)
    began = next(record["t"] for record in calm.of("started"))
    trial = desk.run(
        protocol,
        settings=LONG,
        faults=[{"at": began + 30.0, "kind": "probe-out", "target": "plate"}],
        answers=[("hold.1", "stop", 600.0)],
    )
    assert trial.alarms[0] == ("A-COLD", "plate")
    plates = [record["plates"]["plate"][1] for record in trial.of("sample")]
    assert max(plates) <= 150.0
    trial.check_doses(complete=False)


REPLIES = ["lost-reply", "late-reply", "garbled-reply", "doubled-reply", "cut-reply", "lost-command"]


@pytest.mark.parametrize("rig", ["bench", "bench-harvard"])
@pytest.mark.parametrize("kind", REPLIES)
def test_a_bad_reply_now_and_then_is_no_alarm(desk: Any, kind: str, rig: str) -> None:
    more = {"delay_s": 0.8} if kind == "late-reply" else {}
    faults = [
        {"at": second, "kind": kind, "target": target, **more}
        for second, target in ((150.3, "pump_a"), (160.3, "pump_b"), (170.3, "plate"), (190.3, "pump_a"))
    ]
    trial = desk.run(rig=rig, settings=LONG, faults=faults, tapped=True)
    assert (trial.verdict, trial.alarms) == ("complete", [])
    trial.check_doses()
    starts = [data for data in trial.sent("sim://pump_a") if b"RUN" in data]
    assert len(starts) == 1


@pytest.mark.parametrize("kind", ["lost-reply", "garbled-reply", "lost-command", "cut-reply", "doubled-reply"])
@pytest.mark.parametrize("call", range(6, 60, 3))
def test_a_bad_reply_at_any_exchange_of_arming_never_doses_twice(desk: Any, kind: str, call: int) -> None:
    """Whatever comes of it, RUN goes out once for each intent and nothing is overdosed."""
    trial = desk.run(
        "slow-addition",
        settings={"addition_time": "1 min", "volume": "2 mL"},
        faults=[{"call": call, "kind": kind, "target": "pump_a", **({"seed": call} if "garbled" in kind else {})}],
        answers=[("hold.1", "resume", 5.0), ("hold.2", "resume", 5.0)],
        tapped=True,
    )
    starts = [data for data in trial.sent("sim://pump_a") if b"RUN" in data]
    assert len(starts) <= len(trial.of("intent")) - 1, "one intent is that of stirring"
    assert trial.verdict == "complete", trial.outcome.cause
    trial.check_doses()


def test_babble_on_a_line_starves_nobody(desk: Any) -> None:
    trial = desk.run(
        settings=LONG,
        faults=[{"at": STRIKES, "kind": "babble", "target": "pump_a", "for": "8 s"}],
        answers=[("hold.1", "resume", 20.0)],
    )
    assert trial.verdict == "complete"
    trial.check_doses()


def test_swapped_cables_are_noticed(desk: Any) -> None:
    trial = desk.run(
        rig="bench-harvard",
        settings=LONG,
        faults=[{"at": STRIKES, "kind": "swap-ports", "target": "pump_a", "with": "pump_b"}],
        answers=[("hold.1", "resume", 30.0), ("hold.1", "stop", 5.0)],
    )
    assert trial.verdict == "stopped"
    assert any("not resumed" in record.get("text", "") for record in trial.of("note"))
    trial.check_doses(complete=False)


def test_a_frozen_counter_of_a_running_pump_is_no_progress(desk: Any) -> None:
    trial = desk.run(
        settings={"addition_time": "10 min"},
        faults=[{"at": STRIKES, "kind": "silent-stall", "target": "pump_b"}],
        answers=[("hold.1", "resume", 5.0)],
    )
    assert trial.alarms[0] == ("A-PROGRESS", "pump_b")
    assert trial.verdict == "complete", "a new start frees the motor"
    trial.check_doses()


def test_a_driver_with_a_bug_is_a_lost_device(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import ruggli_drivers.new_era as driver

    real = driver.NewEraPump.poll

    def poll(self: Any) -> Any:
        if self.name == "pump_a" and self._link.channel.now() >= STRIKES:
            raise KeyError("ML")
        return (yield from real(self))

    monkeypatch.setattr(driver.NewEraPump, "poll", poll)
    trial = desk.run(settings=LONG, watch=[STRIKES + 6.0], answers=[STAY])
    assert flowing(trial, STRIKES + 6.0) == []
    assert ("A-LINK", "pump_a") in trial.alarms
    assert "KeyError" in trial.outcome.alarms[0]["text"]
