"""Doses that keep a concentration low: ramps, and the interlock on what piles up, judged by what the bench holds."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from simulated.test_runs_crashed import DUAL, Crash, check

from ruggli.app.runs import JOURNAL
from ruggli.engine.pile_watch import AGAIN
from ruggli.journal.reader import read_journal
from ruggli.report.account import Account, account_of
from ruggli.report.deviations import deviations_of
from ruggli.report.figures import figure_data
from ruggli.report.kept import kept_of
from ruggli.report.tables import kept_table

RAMP = "keep: {substrate: {below: 2 mM, half_life: 6 min, profile: ramped}}"
PILE = """keep: {substrate: {below: 20 mM, half_life: 4 min}}
    interlocks: {cold: {below: 20 K, action: wait}, heating: {action: none}PILED}"""
WARM_BEGINS = 565.0
"""When the feed begins in the warm protocol, as in the tests of heaters."""
LARGE = {"volume_a": "20 mL", "volume_b": "10 mL"}
LONG = {"addition_time": "40 min"}
HALF_LIFE, ACTIVATION, PLANNED, FED, BOUND = 240.0, 9600.0, 80.0, 2.0, 0.22
COLD = {"at": WARM_BEGINS + 600.0, "kind": "heater-dead", "target": "plate", "for": "15 min"}


def kept(protocol: str, keep: str) -> str:
    return protocol.replace("    duration: $addition_time\n", f"    {keep}\n")


def piling(protocol: str, rule: str = ", accumulation: {above: 22 %}") -> str:
    keep = PILE.replace("PILED", rule)
    return protocol.replace("    duration: $addition_time\n", f"    duration: $addition_time\n    {keep}\n")


def after_priming(rows: dict[float, Any]) -> dict[float, Any]:
    """The rows from the first with a flow on: what priming pushes out of the line before is air."""
    first = min(second for second, row in rows.items() if flows(row))
    return {second: row for second, row in rows.items() if second >= first}


def unreacted(watched: dict[float, Any]) -> dict[float, float]:
    """By second, the part of the dose that had not reacted, from the true delivery and the true temperature."""
    found: dict[float, float] = {}
    rows = after_priming(watched)
    amount, last = 0.0, min(rows)
    before = rows[last]["pump_a"]["left_line_mL"]
    for second, row in rows.items():
        warm = row["plate"]["probe_temperature_degC"]
        slow = min(1.0, math.exp(-ACTIVATION * (1 / (warm + 273.15) - 1 / (PLANNED + 273.15))))
        given = row["pump_a"]["left_line_mL"]
        amount = amount * math.exp(-math.log(2) / HALF_LIFE * slow * (second - last)) + given - before
        before, last = given, second
        found[second] = amount / FED
    return found


def true_peak(watched: dict[float, Any]) -> float:
    """Highest true concentration of the substrate in mol/L with the half-life of `RAMP`."""
    rows = list(after_priming(watched).values())
    amount = before = top = 0.0
    for row in rows:
        given, other = (row[pump]["left_line_mL"] - rows[0][pump]["left_line_mL"] for pump in ("pump_a", "pump_b"))
        amount = amount * math.exp(-math.log(2) / 360.0) + 1.0 / 20.0 * (given - before)
        before, top = given, max(top, amount / (50.0 + given + other))
    return top


def flows(row: Any) -> bool:
    return bool(row["pump_a"]["motor_mm_per_s"] or row["pump_b"]["motor_mm_per_s"])


# ---- ramps ----


def test_a_ramp_runs_and_the_true_concentration_stays_below_its_bound(desk: Any) -> None:
    watch = desk.watch(100.0, 3000)
    trial = desk.run(kept(desk.dual(), RAMP), settings=LARGE, at=watch.at)
    assert (trial.verdict, trial.alarms) == ("complete", []), trial.outcome.cause
    trial.check_doses()
    work = next(step.work for step in trial.plan.steps if step.id == "add")
    assert len(work.segments) > 4 and work.kept[0].profile == "ramped"
    assert 0.95 * 0.002 < true_peak(watch.rows) < 0.002, "as fast as the bound allows, and never above it"


@pytest.mark.parametrize("rig", ["bench", "bench-harvard"])
def test_both_feeds_of_a_ramp_keep_their_ratio_in_every_stretch(desk: Any, rig: str) -> None:
    trial = desk.run(kept(desk.dual(), RAMP), rig, settings=LARGE)
    assert trial.verdict == "complete", trial.outcome.cause
    trial.check_doses()
    intents: dict[int, dict[str, float]] = {}
    for record in trial.of("intent"):
        if "target_mL" in record:
            intents.setdefault(record["segment"], {})[record["device"]] = record["rate_mL_s"]
    assert len(intents) > 4
    for rates in intents.values():
        assert rates["pump_a"] / rates["pump_b"] == pytest.approx(2.0, rel=2e-3)
    assert len({rates["pump_a"] for rates in intents.values()}) > 4, "a ramp has many rates"


@pytest.mark.parametrize("at", [250.0, 900.0])
def test_a_hold_in_a_ramp_resumes_in_its_stretch(desk: Any, at: float) -> None:
    fault = {"at": at, "kind": "stall", "target": "pump_a", "for": "20 s"}
    trial = desk.run(kept(desk.dual(), RAMP), settings=LARGE, faults=[fault], answers=[("hold.1", "resume", 60.0)])
    assert trial.verdict == "complete" and len(trial.alarms) == 1, (trial.alarms, trial.outcome.cause)
    trial.check_doses()
    held = {record["segment"]: record["rate_mL_s"] for record in trial.of("intent") if record["device"] == "pump_b"}
    work = next(step.work for step in trial.plan.steps if step.id == "add")
    assert all(rate == work.rate_of(segment, 1).held for segment, rate in held.items())


@pytest.mark.parametrize("records", [*range(190, 420, 23)])
def test_a_ramp_is_killed_and_resumed(desk: Any, records: int) -> None:
    crash = Crash(desk)
    if not crash.kill(records, kept(desk.dual(), RAMP), settings=LARGE):
        pytest.fail("the run was over before")
    crash.lose("synced")
    crash.down(20.0)
    check(crash, crash.resume(), {"substrate_solution": 20.0, "catalyst_solution": 10.0})


# ---- the start of a dose ----


def test_a_dose_starts_with_its_first_drop_in_the_flask(desk: Any) -> None:
    """Plan, ledger, report and truth agree: the line is full when the pump starts; what leaves it counts at once."""
    seen: list[tuple[float, float, float]] = []

    def look(bench: Any) -> None:
        truth = bench.truth()
        liquid = truth["vessels"]["flask"]["liquids_mL"].get("substrate_solution", 0.0)
        seen.append((bench.timers.now(), truth["devices"]["pump_a"]["counter_infused_mL"], liquid))

    at = {100.0 + second: look for second in range(0, 400, 2)}
    trial = desk.run(desk.dual(), settings={"addition_time": "5 min"}, at=at)
    assert trial.verdict == "complete"
    assert all(abs(liquid - counted) <= 0.001 for _, counted, liquid in seen if liquid or counted)
    started = next(record["t"] for record in trial.of("started") if record["device"] == "pump_a")
    first = next(second for second, _, liquid in seen if liquid > 0)
    assert abs(first - started) <= 4.0
    track = next(track for track in account(trial).feeds if track.feed.device == "pump_a")
    assert track.episodes[0].start == pytest.approx(started - trial.records[0]["t"], abs=1.0)
    assert track.feed.stretches[0].low == 0.0 and track.feed.stretches[-1].high == track.feed.planned


# ---- what the report says ----


def account(trial: Any) -> Account:
    return account_of(read_journal((Path(trial.outcome.folder) / JOURNAL).read_bytes()))


def test_the_report_proves_the_bound_from_the_counters(desk: Any) -> None:
    watch = desk.watch(100.0, 3000)
    told = account(desk.run(kept(desk.dual(), RAMP), settings=LARGE, at=watch.at))
    (row,) = told.kept
    at, highest = row.highest
    truth = true_peak(watch.rows)
    assert truth <= highest <= 1.01 * truth and highest < row.below and row.good
    assert row.times[0] < at <= row.times[-1] and row.planned == pytest.approx(highest, rel=0.01)
    text = kept_table(told).rows[0]
    assert text[2].startswith("kept below 2 mM: highest 1.9") and "half-life of 6 min" in text[4]
    assert not any(deviation.kind == "concentration" for deviation in deviations_of(told))
    assert [panel["name"] for panel in figure_data(told)["panels"]].count("kept") == 1


def test_the_report_says_when_a_bound_was_not_kept(desk: Any) -> None:
    """The plan of the record is given a bound that the run was not planned for."""
    trial = desk.run(kept(desk.dual(), RAMP), settings=LARGE)
    known = account(trial)
    plan = json.loads(json.dumps(known.plan))
    work = next(step["work"] for step in plan["steps"] if step["id"] == "add")
    work["kept"][0]["below_mol_per_L"] = 0.0019
    starts = {row.id: row.start for row in known.steps if row.start is not None}
    told = replace(known, kept=kept_of(plan, known.feeds, known.vessels, known.samples, starts))
    assert not told.kept[0].good and kept_table(told).marked == {0}
    (deviation,) = [found for found in deviations_of(told) if found.kind == "concentration"]
    assert "up to 1.9" in deviation.text and "below 1.9 mM" in deviation.text


def test_the_report_proves_the_ratio(desk: Any) -> None:
    ratio = "duration: 20 min\n    ratio: {of: catalyst, to: substrate, mole_percent: 4 mol%}"
    trial = desk.run(kept(desk.dual(), ratio), settings=LARGE)
    assert trial.verdict == "complete", trial.outcome.cause
    (row,) = account(trial).ratios
    held = trial.bench.truth()["vessels"]["flask"]["liquids_mL"]
    truth = 0.05 / 10.0 * held["catalyst_solution"] / (1.0 / 20.0 * held["substrate_solution"])
    assert row.low <= truth * 1.0001 and truth <= row.high * 1.0001
    assert row.high - row.low < 0.0001 and truth == pytest.approx(0.04, rel=1e-3)
    assert held["catalyst_solution"] == pytest.approx(8.0, abs=0.02), "a part of the solution only"


# ---- what piles up ----


def test_a_cold_flask_makes_the_feed_wait_until_what_piled_up_has_reacted(desk: Any) -> None:
    watch = desk.watch(WARM_BEGINS - 60.0, 4500)
    trial = desk.run(piling(desk.warm()), settings=LONG, faults=[COLD], at=watch.at)
    assert trial.verdict == "complete", trial.outcome.cause
    assert [code for code, _ in trial.alarms] == ["A-NOT-HEATING", "A-ACCUMULATION"]
    alarm = trial.outcome.alarms[1]
    assert (alarm["action"], alarm["bound"]) == ("wait", "at most 22 %") and "mmol" in alarm["value"]
    share = unreacted(watch.rows)
    assert BOUND - 0.01 < max(share.values()) <= BOUND + 0.005, "what had not reacted, by the true temperature"
    wait, go_on = (record["t"] for record in trial.of("gate"))
    still = [second for second, row in watch.rows.items() if wait + 2 < second < go_on - 2 and flows(row)]
    assert still == [] and go_on - wait > 120
    again = min(share, key=lambda second: abs(second - go_on))
    assert share[again] == pytest.approx(AGAIN * BOUND, abs=0.005)
    trial.check_doses()


def test_without_the_interlock_more_piles_up(desk: Any) -> None:
    watch = desk.watch(WARM_BEGINS - 60.0, 3600)
    trial = desk.run(piling(desk.warm(), ""), settings=LONG, faults=[COLD], at=watch.at)
    assert "A-ACCUMULATION" not in dict(trial.alarms)
    assert max(unreacted(watch.rows).values()) > BOUND + 0.02
    assert not any("unreacted_mmol" in record for record in trial.of("sample"))


def test_it_may_hold_instead_and_the_book_goes_on_while_held(desk: Any) -> None:
    rule = ", accumulation: {above: 22 %, action: hold}"
    answers = [("hold.1", "resume", 600.0)]
    trial = desk.run(piling(desk.warm(), rule), settings=LONG, faults=[COLD], answers=answers)
    assert trial.verdict == "complete", trial.outcome.cause
    held = [row for row in trial.of("sample") if row["step"] == "add" and "unreacted_mmol" in row]
    by_time = {row["t"]: row["unreacted_mmol"]["substrate"] for row in held}
    alarm = next(row for row in trial.outcome.alarms if row["code"] == "A-ACCUMULATION")
    rest = {at: row for at, row in by_time.items() if alarm["time_s"] + 20 < at < alarm["time_s"] + 500}
    amounts = [row[0] for row in rest.values()]
    assert len(amounts) > 50 and amounts == sorted(amounts, reverse=True) and amounts[-1] < 0.9 * amounts[0]
    assert len({row[1] for row in rest.values()}) == 1, "nothing flows while it is held"
    trial.check_doses()


def test_a_wait_that_does_not_end_holds(desk: Any) -> None:
    protocol = piling(desk.warm()).replace("at_most: 1 h", "at_most: 10 min")
    cold = {**COLD, "for": "2 h"}
    trial = desk.run(protocol, settings=LONG, faults=[cold], answers=[("hold.1", "stop", 30.0)])
    told = [code for code, _ in trial.alarms if code != "A-NOT-HEATING"]
    assert told[0] == "A-ACCUMULATION" and trial.verdict == "stopped"
    trial.check_doses(complete=False)


@pytest.mark.parametrize("disk", ["all", "synced"])
def test_after_a_crash_the_book_is_taken_up_and_the_dead_time_counts_for_nothing(desk: Any, disk: str) -> None:
    """Where the disk has no sample of the dose any more, all of it that is delivered counts as unreacted."""
    crash = Crash(desk)
    protocol = piling(desk.warm())
    assert crash.kill(470, protocol, settings=LONG)
    before = [json.loads(line) for line in crash.path.read_text().splitlines()]
    samples = [row for row in before if row["kind"] == "sample" and row["step"] == "add"]
    known = samples[-1]["unreacted_mmol"]["substrate"]
    assert known[0] > 0.05
    crash.lose(disk)
    crash.down(240.0)
    check(crash, crash.resume(), DUAL)
    after = [json.loads(line) for line in crash.path.read_text().splitlines()]
    begun = next(number for number, row in enumerate(after) if row["kind"] == "session" and number > 10)
    resumed = [row for row in after[begun:] if row["kind"] == "sample" and "unreacted_mmol" in row]
    looked = next(row for row in resumed if row["t"] > resumed[0]["t"])
    assert looked["t"] - resumed[0]["t"] < 10
    amount, fed = looked["unreacted_mmol"]["substrate"]
    assert fed >= known[1] and amount >= 0.95 * known[0], "four minutes without a look are none of reaction"
    assert fed < known[1] + 0.01
    if disk == "all":
        assert amount <= known[0] + fed - known[1], "what had reacted before stays so"
    else:
        assert 0.98 * fed < amount <= fed
