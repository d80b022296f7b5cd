"""Heat and reaction gone wrong, by the truth of the bench: heater power, plunger speeds, plate and flask, and when."""

from collections.abc import Callable
from typing import Any

import pytest

LONG = {"addition_time": "40 min"}
STAY = ("hold.1", "stop", 400.0)
REFLUX_BEGINS, WARM_BEGINS = 462.0, 565.0
"""Virtual seconds at which the dose begins at reflux of dichloromethane, and at 80 degC in toluene."""
HEAT_BEGINS = 3.0


def test_the_times_of_this_file(desk: Any) -> None:
    for protocol, begins in ((desk.reflux(), REFLUX_BEGINS), (desk.warm(), WARM_BEGINS)):
        trial = desk.run(protocol, settings=LONG)
        assert (trial.verdict, trial.alarms) == ("complete", [])
        assert trial.of("started")[0]["t"] == pytest.approx(begins, abs=2)
        assert next(r["t"] for r in trial.of("step") if r["step"] == "warm") == pytest.approx(HEAT_BEGINS, abs=1)


def test_t03_a_heater_that_goes_on_after_the_end_is_found_within_180_s(desk: Any) -> None:
    sticks = WARM_BEGINS + 2400 + 50
    trial = desk.run(desk.warm(), settings=LONG, faults=[{"at": sticks, "kind": "heater-stuck", "target": "plate"}])
    off = next(r["t"] for r in trial.of("order") if r["orders"][-1]["verb"] == "heat_off")
    alarm = trial.outcome.alarms[-1]
    assert (alarm["code"], alarm["device"]) == ("A-HEATER-STUCK", "plate")
    assert alarm["time_s"] - off <= 180.0 and "cut its mains" in alarm["text"]
    assert trial.verdict == "stopped" and "does not go off" in trial.outcome.cause
    assert trial.bench.truth()["devices"]["plate"]["heater_power_W"] > 0, "it is the truth"
    trial.check_doses()


def test_t03_an_end_is_proved_by_the_plate_that_falls(desk: Any) -> None:
    trial = desk.run(desk.warm(), settings=LONG)
    off = next(r["t"] for r in trial.of("order") if r["orders"][-1]["verb"] == "heat_off")
    complete = trial.of("state")[-1]
    plates = [r["plates"]["plate"][1] for r in trial.of("sample") if r["t"] >= off]
    assert complete["to"] == "complete" and 2.0 <= complete["t"] - off <= 180.0
    assert max(plates) - plates[-1] >= 2.0
    assert trial.bench.truth()["devices"]["plate"]["heater_power_W"] == 0


def test_t03_while_held(desk: Any) -> None:
    faults = [
        {"at": REFLUX_BEGINS + 60, "kind": "heater-stuck", "target": "plate"},
        {"at": REFLUX_BEGINS + 60, "kind": "probe-broken", "target": "plate"},
    ]
    trial = desk.run(desk.reflux(), settings=LONG, faults=faults, answers=[STAY])
    assert trial.alarms == [("A-PROBE", "plate"), ("A-HEATER-STUCK", "plate")]
    first, second = trial.outcome.alarms
    assert second["time_s"] - first["time_s"] <= 180.0
    assert "heat off was sent again" in second["done"]
    stops = [o for r in trial.of("order") for o in r["orders"] if o["verb"] == "heat_off"]
    assert len(stops) >= 2


def test_t03_a_computer_that_goes_down_does_not_wait_for_the_proof(desk: Any) -> None:
    protocol = desk.warm()
    ends = WARM_BEGINS + 300.0
    trial = desk.run(protocol, settings=LONG, at={ends: lambda bench: desk.signals.terminate()})
    assert trial.verdict == "stopped"
    assert trial.of("seal")[-1]["t"] - ends <= 3.0
    assert any("not proved" in record["text"] for record in trial.of("note"))
    assert trial.bench.truth()["devices"]["plate"]["heater"] is False


def test_t04_a_vessel_too_hot_by_its_heater(desk: Any) -> None:
    watch = desk.watch(WARM_BEGINS + 60, 400)
    trial = desk.run(
        desk.warm(),
        settings=LONG,
        faults=[{"at": WARM_BEGINS + 60, "kind": "panel", "target": "plate", "set_temperature_degC": 300}],
        answers=[STAY],
        at=watch.at,
    )
    assert trial.alarms[0][0] in ("A-PANEL", "A-OVER-TEMPERATURE")
    assert watch.heat_ends() - trial.outcome.alarms[0]["time_s"] <= 3.0
    assert watch.flows_end() - trial.outcome.alarms[0]["time_s"] <= 3.0


def test_t04_the_hottest_that_the_rig_allows_counts_in_two_looks(desk: Any) -> None:
    watch = desk.watch(WARM_BEGINS + 10, 60)

    def low(text: str) -> str:
        return str(text.replace("highest_temperature: 130 degC", "highest_temperature: 84 degC"))

    trial = desk.run(
        desk.warm(),
        settings=LONG,
        faults=[{"at": WARM_BEGINS + 10, "kind": "over-temperature", "target": "plate", "rate_K_per_min": 60}],
        answers=[STAY],
        at=watch.at,
        mend=low,
    )
    signs = trial.outcome.alarms[0]["signs"]
    told = [row for row in [*trial.outcome.alarms, *signs] if row["code"] == "A-OVER-TEMPERATURE"]
    assert told[0]["bound"] == "at most 84.0 degC"
    assert watch.heat_ends() <= told[0]["time_s"] + 1.0


@pytest.mark.parametrize(("begins", "at"), [("warm", HEAT_BEGINS + 20), ("reflux", REFLUX_BEGINS + 60)])
def test_t06_a_probe_out_of_the_flask(desk: Any, begins: str, at: float) -> None:
    watch = desk.watch(at, 240)
    trial = desk.run(
        desk.warm() if begins == "warm" else desk.reflux(),
        settings=LONG,
        faults=[{"at": at, "kind": "probe-out", "target": "plate"}],
        answers=[STAY],
        at=watch.at,
    )
    told = [*trial.alarms, *trial.signs]
    assert ("A-PROBE-OUT", "plate") in told
    assert watch.heat_ends() - at <= 180.0
    assert trial.bench.truth()["devices"]["plate"]["max_plate_temperature_degC"] <= 150.0
    if begins == "reflux":
        assert told[0] == ("A-COLD", "plate") and watch.flows_end() - at <= 15.0


@pytest.mark.parametrize(("reply", "code"), [("far", "A-PROBE"), ("text", "A-PROBE"), ("jumps", "A-PROBE")])
def test_t07_an_absurd_probe_stops_heat_and_feeds(desk: Any, reply: str, code: str) -> None:
    at = REFLUX_BEGINS + 60.0
    watch = desk.watch(at, 30)
    trial = desk.run(
        desk.reflux(),
        settings=LONG,
        faults=[{"at": at, "kind": "probe-broken", "target": "plate", "reply": reply}],
        answers=[STAY],
        at=watch.at,
    )
    assert trial.alarms == [(code, "plate")]
    absurd_twice = 6.0 if reply == "jumps" else 0.0
    assert watch.flows_end() - at <= 3.0 + absurd_twice
    assert watch.heat_ends() - at <= 3.0 + absurd_twice
    trial.check_doses(complete=False)


def test_t08_readings_that_stand_still(desk: Any) -> None:
    at = REFLUX_BEGINS + 60.0
    watch = desk.watch(at + 1790, 30)
    trial = desk.run(
        desk.reflux(),
        settings=LONG,
        faults=[{"at": at, "kind": "frozen", "target": "plate"}],
        answers=[("hold.1", "abort", 30.0)],
        at=watch.at,
    )
    assert trial.alarms[0] == ("A-FROZEN", "plate")
    assert watch.heat_ends() - at <= 1803.0 and watch.flows_end() - at <= 1803.0


def test_t08_near_the_room_it_is_only_told(desk: Any) -> None:
    trial = desk.run(settings=LONG, faults=[{"at": 180.0, "kind": "frozen", "target": "plate"}])
    assert (trial.verdict, trial.alarms) == ("complete", [("A-FROZEN", "plate")])
    assert (trial.outcome.alarms[0]["action"], trial.outcome.alarms[0]["done"]) == ("none", "the run goes on")
    trial.check_doses()


def test_what_was_only_told_still_holds_where_it_has_to(desk: Any) -> None:
    first = "  - {id: near, do: heat, vessel: flask, to: 25 degC}\n"
    first += "  - {id: look, do: hold, vessel: flask, duration: 40 min}\n"
    protocol = desk.warm().replace("  - {id: warm,", f"{first}  - {{id: warm,")
    trial = desk.run(
        protocol,
        settings=LONG,
        faults=[{"at": 300.0, "kind": "frozen", "target": "plate", "for": "35 min"}],
        before=lambda bench: bench.timers.call_at(3400.0, lambda: bench.devices["plate"].inject("frozen", {})),
        answers=[("hold.1", "abort", 30.0)],
    )
    assert [alarm["action"] for alarm in trial.outcome.alarms if alarm["code"] == "A-FROZEN"] == [
        "none",
        "hold, heat off",
    ]


@pytest.mark.parametrize(("to", "within"), [("80 degC", 600.0), ("25 degC", 605.0)])
def test_t09_a_heater_that_does_not_heat_ends_the_wait_within_ten_minutes(desk: Any, to: str, within: float) -> None:
    protocol = desk.dual(to=to, step_class="feed_at_reflux" if to == "80 degC" else "feed")
    trial = desk.run(
        protocol,
        settings=LONG,
        faults=[{"at": HEAT_BEGINS + 1, "kind": "heater-dead", "target": "plate"}],
        answers=[STAY],
    )
    assert trial.alarms == [("A-NOT-HEATING", "plate")]
    assert trial.outcome.alarms[0]["time_s"] - HEAT_BEGINS <= within


@pytest.mark.parametrize("rate", [5, 20, 240])
@pytest.mark.parametrize("place", ["room", "warm", "reflux"])
def test_t11_a_runaway_stops_feeds_and_heat_and_stirring_goes_on(desk: Any, place: str, rate: float) -> None:
    protocol, at = {
        "room": (desk.dual(), 480.0),
        "warm": (desk.warm(), WARM_BEGINS + 400),
        "reflux": (desk.reflux(), REFLUX_BEGINS + 400),
    }[place]
    watch = desk.watch(at, 240)
    trial = desk.run(
        protocol,
        settings=LONG,
        faults=[{"at": at, "kind": "over-temperature", "target": "plate", "rate_K_per_min": rate}],
        answers=[STAY],
        at=watch.at,
    )
    assert trial.alarms == [("A-RUNAWAY", "plate")]
    alarm = trial.outcome.alarms[0]
    assert watch.flows_end() - alarm["time_s"] <= 3.0 and watch.heat_ends() - alarm["time_s"] <= 3.0
    # The ramp fights what the flask gives away; by then it is at most this much too hot.
    assert alarm["time_s"] - at <= 30.0 + 60.0 * 8 / rate
    assert watch.rows[at + 200.4]["plate"]["speed_rpm"] == pytest.approx(400, abs=5)
    assert "flows 0 after" in alarm["done"] and "heat off, stirring goes on" in alarm["done"]
    trial.check_doses(complete=False)


def test_t12_no_feed_into_a_cold_vessel(desk: Any) -> None:
    at = WARM_BEGINS + 60.0
    watch = desk.watch(at, 400)
    cold: list[float] = []

    def look(second: float) -> Callable[[Any], None]:
        def note(bench: Any) -> None:
            if bench.truth()["devices"]["plate"]["probe_temperature_degC"] < 75.0:
                cold.append(second)

        return note

    trial = desk.run(
        desk.warm(),
        settings=LONG,
        faults=[{"at": at, "kind": "heater-dead", "target": "plate"}],
        answers=[STAY],
        at={**watch.at, **{at + n + 0.3: look(at + n + 0.3) for n in range(400)}},
    )
    assert trial.alarms == [("A-COLD", "plate")]
    assert watch.flows_end() - cold[0] <= 6.0, "fed while cold at most 6 s"


@pytest.mark.parametrize("er04", [True, False])
def test_t13_no_feed_without_stirring(desk: Any, er04: bool) -> None:
    at = REFLUX_BEGINS + 60.0
    watch = desk.watch(at, 30)
    trial = desk.run(
        desk.reflux(),
        settings=LONG,
        faults=[{"at": at, "kind": "stirrer-stop", "target": "plate", "er04": er04}],
        answers=[STAY],
        at=watch.at,
    )
    assert trial.alarms == [("A-STIR", "plate")]
    assert watch.flows_end() - at <= 5.0
    assert "the stirrer reads 0 rpm" in trial.outcome.alarms[0]["done"]


@pytest.mark.parametrize("mode", ["A", "B"])
@pytest.mark.parametrize("seconds", [0, 20])
def test_t17_a_plate_that_lost_its_power_is_told_so_and_does_not_heat_on(desk: Any, mode: str, seconds: int) -> None:
    at = WARM_BEGINS + 60.0
    fault: dict[str, Any] = {"at": at, "target": "plate", "kind": "power-cycle"}
    if seconds:
        fault |= {"kind": "power-off", "for": f"{seconds} s"}
    watch = desk.watch(at, 120)
    trial = desk.run(
        desk.warm(),
        settings=LONG,
        faults=[fault],
        answers=[STAY],
        before=lambda bench: bench.devices["plate"].receive(f"SET_MODE_{mode}\r\n".encode()),
        at=watch.at,
    )
    told = [*trial.alarms, *trial.signs]
    assert ("A-POWER", "plate") in told and ("A-STIR", "plate") not in told
    assert len(trial.alarms) == 1
    back = at + seconds + 2.0
    assert watch.heat_ends() - back <= 10.0, "heat on at most 10 s after the link is back"
    assert watch.flows_end() - at <= 3.5 + 3.0
    trial.check_doses(complete=False)


def test_t17_a_plate_that_answers_again_is_not_trusted_whatever_it_reads(desk: Any) -> None:
    at = REFLUX_BEGINS + 60.0
    watch = desk.watch(at, 120)
    trial = desk.run(
        desk.reflux(),
        settings=LONG,
        faults=[{"at": at, "target": "plate", "kind": "lost-reply", "for": "15 s"}],
        answers=[STAY],
        at=watch.at,
    )
    assert trial.alarms == [("A-LINK", "plate")] and ("A-POWER", "plate") not in trial.signs
    assert watch.heat_ends() - (at + 15.0) <= 10.0
    assert watch.rows[at + 100.4]["plate"]["speed_rpm"] == pytest.approx(400, abs=5)
    assert any("answers again" in record["text"] for record in trial.of("note"))


def test_t17_a_plate_that_is_mended_goes_on_to_the_right_total(desk: Any) -> None:
    fault = {"at": WARM_BEGINS + 60.0, "target": "plate", "kind": "power-off", "for": "20 s"}
    trial = desk.run(desk.warm(), settings=LONG, faults=[fault], answers=[("hold.1", "resume", 90.0)])
    assert trial.verdict == "complete", trial.outcome.cause
    assert len(trial.alarms) == 1
    trial.check_doses()


def test_a_plate_that_is_not_heard_is_off_by_its_dead_man_and_the_record_says_so(desk: Any) -> None:
    at = WARM_BEGINS + 60.0
    watch = desk.watch(at, 60)
    trial = desk.run(
        desk.warm(),
        settings=LONG,
        faults=[{"at": at, "kind": "unplug", "target": "plate"}],
        answers=[STAY],
        at=watch.at,
    )
    assert trial.alarms == [("A-LINK", "plate")]
    assert watch.flows_end() - at <= 3.0 and watch.heat_ends() - at <= 30.0
    done = trial.of("done")[0]
    assert "plate is not heard: by its own dead-man it falls to 20.0 degC" in done["text"]
    assert done["text"] == trial.outcome.alarms[0]["done"]


@pytest.mark.parametrize("kind", ["unplug", "power-off"])
def test_c16_a_hub_is_one_alarm_with_the_rest_under_it(desk: Any, kind: str) -> None:
    devices = ("pump_a", "pump_b", "plate")
    trial = desk.run(
        settings=LONG,
        faults=[{"at": 180.0, "kind": kind, "target": device} for device in devices],
        answers=[STAY],
    )
    assert len(trial.alarms) == len(trial.of("alarm")) == 1
    seen = {device for _, device in [*trial.alarms, *trial.signs]}
    assert seen == set(devices)
    done = trial.outcome.alarms[0]["done"]
    assert all(f"{device} is not heard" in done for device in devices)
    trial.check_doses(complete=False)


QUENCH = """\
ruggli: 1
name: Quench
prompts: {timeout: 10 min, on_timeout: hold}
reagents:
  substrate: {name: substrate, role: substrate, molar_mass: 434.583 g/mol, limiting: true, amount: 1 mmol}
  water: {name: water, role: quench, molar_mass: 18.015 g/mol, equivalents: 5 eq}
  toluene: {name: toluene, role: solvent}
solutions:
  quench_solution: {solutes: [water], solvent: toluene, volume: 5 mL}
vessels:
  flask: {role: reaction}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: toluene, volume: 50 mL}, {what: substrate}]}
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
  - {id: end, do: quench, into: flask, solution: quench_solution, duration: 30 min, gate: {below: 40 degC}, MORE
     hold: {at_most: 1 h}}
"""


@pytest.mark.parametrize(("more", "bound"), [("", 5.0), ("interlocks: {quench: {above: 2 K}},", 2.0)])
def test_t16_a_quench_that_warms_its_vessel_is_stopped(desk: Any, more: str, bound: float) -> None:
    protocol = QUENCH.replace("MORE", more)
    calm = desk.run(protocol)
    assert (calm.verdict, calm.alarms) == ("complete", [])
    began = calm.of("started")[0]["t"]
    watch = desk.watch(began, 900)
    trial = desk.run(
        protocol,
        faults=[{"at": began + 20, "kind": "over-temperature", "target": "plate", "rate_K_per_min": 2.5}],
        answers=[STAY],
        at=watch.at,
    )
    assert trial.alarms == [("A-QUENCH", "plate")]
    told = trial.outcome.alarms[0]["time_s"]
    assert watch.flows_end() - told <= 3.0
    warmed = watch.rows[min(second for second in watch.rows if second >= told)]["plate"]["probe_temperature_degC"]
    assert warmed - 20.0 == pytest.approx(bound, abs=0.3)
