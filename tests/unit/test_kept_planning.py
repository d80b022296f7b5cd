"""Planning of doses that keep a concentration low: paces, ramps, ratios, drops, and what is refused."""

from itertools import pairwise
from typing import Any

import pytest
from unit.test_plan_refusals import LINE, PLATE, PUMP_A, codes, dose, dose_work, plan_of, pump, rig_text

from ruggli.app.builtin import find_protocol, find_rig
from ruggli.app.drivers import cards
from ruggli.chemistry.drops import drop_volume
from ruggli.chemistry.feeding import Contents, Kinetics, highest
from ruggli.chemistry.solvents import SOLVENTS, solvent_named
from ruggli.documents.problem import ProblemsError, Severity
from ruggli.plan.flask import planned_flask
from ruggli.plan.jsonable import plan_as_json
from ruggli.plan.legs import legs_of, stretches_of
from ruggli.plan.make import make_plan
from ruggli.plan.model import DoseWork, Plan, SegmentKind
from ruggli.plan.pacing import MARGIN, MOST_PIECES
from ruggli.plan.settings import PlanSettings
from ruggli.plan.text import plan_text
from ruggli.protocol.loader import read_protocol
from ruggli.quantities.base import Millimetres, Seconds
from ruggli.rig.loader import read_rig

RAMPED = "keep: {diene: {below: 1 mM, half_life: 30 min, profile: ramped}}"
CONSTANT = RAMPED.replace(", profile: ramped", "")
ALONE = rig_text(pump("pump_a") + PLATE)


def flowing(work: DoseWork) -> float:
    return sum(segment.duration for segment in work.segments)


def note(plan: Plan, code: str) -> Any:
    return next(problem for problem in plan.problems if problem.code == code)


def peak(work: DoseWork) -> float:
    row = (work.kept or ())[0]
    start = Contents(row.volume, row.present, row.catalyst_present)
    kinetics = Kinetics(row.used_up.constant, row.used_up.per_catalyst, row.used_up.decay)
    return highest(start, stretches_of(legs_of(work, row.reagent, row.used_up.catalyst)), kinetics)


@pytest.mark.parametrize("more", ["", ", chase: {solvent: dcm}"])
@pytest.mark.parametrize("solutions", ["a", "a, b"])
def test_a_ramp_is_faster_than_one_rate_and_keeps_the_bound(solutions: str, more: str) -> None:
    ramp = dose_work(plan_of(dose(solutions, RAMPED + more)))
    one = dose_work(plan_of(dose(solutions, CONSTANT + more)))
    assert flowing(ramp) < 0.9 * flowing(one)
    for work in (ramp, one):
        (row,) = work.kept or ()
        assert 0.97 * 0.001 < peak(work) == row.highest < 0.001
        assert row.piled <= row.fed and row.share > 0.1
    assert 5 <= len([s for s in ramp.segments if s.kind is SegmentKind.DOSE]) <= MOST_PIECES


def test_every_stretch_gives_all_feeds_in_one_ratio_and_the_whole_dose() -> None:
    work = dose_work(plan_of(dose("a, b", RAMPED)))
    assert work.segments[-1].until == (30.0, 8.0)
    for number, segment in enumerate(work.segments):
        before = work.segments[number - 1].until if number else (0.0, 0.0)
        rates = [work.rate_of(number, feed) for feed in (0, 1)]
        times = [(segment.until[feed] - before[feed]) / rates[feed].held for feed in (0, 1)]
        assert times[0] == pytest.approx(times[1], rel=3e-3)
        assert rates[0].held / rates[1].held == pytest.approx(30 / 8, rel=1e-3)
        assert all(rate.slowest <= rate.held <= rate.fastest and abs(rate.error) <= 1e-3 for rate in rates)
    rates_of_a = [work.rate_of(number, 0).held for number in range(1, len(work.segments))]
    assert rates_of_a == sorted(rates_of_a), "as the flask fills, more may flow"


def test_the_dead_man_of_a_pump_follows_the_fastest_stretch() -> None:
    plan = plan_of(dose("a", RAMPED), rig=rig_text(pump("pump_a") + PLATE))
    work = dose_work(plan)
    dead_man = next(device.dead_man for device in plan.devices if device.name == "pump_a")
    fastest = max(work.rate_of(number, 0).held for number in range(len(work.segments)))
    assert flowing(work) > 3600 and dead_man is not None and dead_man < 10
    assert dead_man * fastest <= 0.0051 * 30
    steady = plan_of(dose("a", CONSTANT), rig=rig_text(pump("pump_a") + PLATE))
    assert next(device.dead_man for device in steady.devices if device.name == "pump_a") == Seconds(10.0)


def test_a_ramp_over_several_fillings_asks_for_each_refill_once() -> None:
    rig = rig_text(pump("pump_a", PUMP_A.replace("50", "10")) + PLATE)
    plan = plan_of(dose("a", RAMPED), rig=rig)
    work = dose_work(plan)
    asked = [prompt.id for segment in work.segments for prompt in segment.prompts]
    assert asked == ["add.load.pump_a", "add.refill1.pump_a", "add.refill2.pump_a", "add.refill3.pump_a"]
    ends = [segment.until[0] for segment in work.segments]
    assert ends == sorted(ends) and ends[-1] == 30.0 and peak(work) < 0.001


def test_the_longest_chase_counts_in_the_bound() -> None:
    long = rig_text(pump("pump_a", line=LINE.replace("0.6 m", "8 m")) + PLATE)
    slow = "keep: {diene: {below: 2 mM, half_life: 4 h}}, chase: {solvent: dcm}"
    work = dose_work(plan_of(dose("a", slow), rig=long))
    assert 0.97 * 0.002 < peak(work) < 0.002 and work.segments[-1].kind is SegmentKind.CHASE


def test_several_bounds_hold_all_at_once() -> None:
    both = "keep: {diene: {below: 2 mM, half_life: 30 min}, grubbs: {below: 20 uM, half_life: 30 min}}"
    plan = plan_of(dose("a, b", both))
    work = dose_work(plan)
    assert [row.reagent for row in work.kept or ()] == ["diene", "grubbs"]
    assert all(row.highest < row.below for row in work.kept or ())
    tight = (work.kept or ())[1]
    assert tight.highest == pytest.approx(tight.below, rel=2 * MARGIN), "the tighter one decides"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("duration: 6 h, keep: {diene: below 1 mM}", "if nothing reacts"),
        ("duration: 1 h, " + CONSTANT, "with a half-life of 30 min"),
        ("keep: {diene: {below: 0.01 mM, half_life: 10 h, profile: ramped}}", "even over"),
    ],
)
def test_a_bound_that_cannot_be_kept_is_refused_with_a_way_out(more: str, words: str) -> None:
    plan = plan_of(dose("a", more), rig=ALONE)
    problem = note(plan, "E-KEEP")
    assert words in problem.message and problem.value.endswith("M") and problem.bound.startswith("below")
    assert "into flask first" in problem.remedy
    assert plan.steps[2].title.startswith("add a")
    if "duration: 1 h" in more:
        hours = problem.remedy.split("at least ")[1].split(",")[0]
        assert "E-KEEP" not in codes(plan_of(dose("a", f"duration: {hours}, {CONSTANT}"), rig=ALONE))


def test_no_hand_keeps_a_concentration() -> None:
    """An acid without a pump may be added by hand, but not along a bound."""
    add = "rate: 44 mL/h, keep: {acid: below 20 mM}"
    by_hand = plan_of(dose("s", "rate: 44 mL/h"), rig=rig_text(PLATE))
    assert "E-NO-PUMP" not in codes(by_hand) and by_hand.steps[2].by_hand
    assert "E-NO-PUMP" in codes(plan_of(dose("s", add), rig=rig_text(PLATE)))


def test_a_plan_without_a_bound_says_nothing_of_one() -> None:
    step: Any = plan_as_json(plan_of(dose("a")))["steps"]
    work = step[2]["work"]
    assert not {"kept", "pile", "ratio", "drops"} & set(work) and "rates" not in work["segments"][0]


# ---- predicted ----


def test_the_solver_of_the_reaction_sees_a_ramp_as_it_flows() -> None:
    plan = rcm("{substrate: {below: 1 mM, half_life: 20 min, profile: ramped}}")
    flask = planned_flask(plan, {"substrate": "M", "grubbs_2": "Ru"}, "substrate")
    work = dose_work(plan, "addition")
    assert flask is not None and len(flask.schedule.feeds) == 2 * (len(work.segments) - 1)
    for number, species in enumerate(("M", "Ru")):
        feeds = [feed for feed in flask.schedule.feeds if species in feed.amounts]
        assert sum(feed.volume for feed in feeds) == pytest.approx(work.feeds[number].planned)
        rates = [feed.volume / feed.duration for feed in feeds]
        assert rates[0] > 3 * rates[1] and all(late.start >= early.end - 1 for early, late in pairwise(feeds))


def rcm(keep: str) -> Plan:
    text = find_protocol("rcm-high-dilution")[1].decode()
    text = text.replace("    duration: $addition_time\n", f"    keep: {keep}\n")
    file = read_protocol(text.encode(), "p.yaml")
    return make_plan(file, read_rig(find_rig("bench")[1], "r.yaml"), cards(), PlanSettings(False, frozenset()))


def test_a_prediction_takes_the_slow_end_and_says_so() -> None:
    plan = rcm("{substrate: {below: 4.5 mM, half_life: predicted}}")
    row = (dose_work(plan, "addition").kept or ())[0]
    assert (row.used_up.constant, row.used_up.per_catalyst, row.used_up.catalyst) == (0.0, 0.1, "grubbs_2")
    assert row.used_up.decay == pytest.approx(5 * 1.965e-5, rel=0.01) and row.highest < 0.0045
    told = note(plan, "N-KEEP")
    assert told.severity is Severity.NOTE and "mark E" in told.message and "0.1 to 10" in told.bound
    assert "the slow end of the prediction" in plan_text(plan)
    assert peak(dose_work(plan, "addition")) == row.highest


def test_what_nobody_can_predict_is_refused() -> None:
    for keep, words in (
        ("{grubbs_2: {below: 1 mM, half_life: predicted}}", "those of the substrate"),
        ("{substrate: {below: 3 mM, half_life: predicted}}", "even over"),
    ):
        assert words in note(rcm(keep), "E-KEEP").message
    plan = plan_of(dose("a", "keep: {diene: {below: 1 mM, half_life: predicted}}"))
    assert "does not say that it closes a ring" in note(plan, "E-KEEP").message


# ---- what piles up ----


def test_the_interlock_is_planned_and_refused_where_it_would_trip_at_once() -> None:
    keep = "duration: 6 h, keep: {diene: {below: 20 mM, half_life: 30 min}}, interlocks: {accumulation: {above: 30 %}}"
    rule = dose_work(plan_of(dose("a", keep))).pile
    assert rule is not None and (rule.above, rule.action.value, rule.planned) == (0.3, "wait", 20.0)
    tight = plan_of(dose("a", keep.replace("30 %", "5 %")))
    problem = note(tight, "E-INTERLOCK")
    assert "even as planned" in problem.message and "% of the dose" in problem.value
    blind = rig_text(
        vessels="  flask: {capacity: 250 mL, working_volume: 220 mL, position: {hotplate: plate, probe: block}}\n"
    )
    assert "no probe tells" in note(plan_of(dose("a", keep), rig=blind), "E-INTERLOCK").message


# ---- ratios ----

RATIO = "duration: 6 h, ratio: {of: grubbs, to: diene, equivalents: 0.05 eq}"


def test_a_ratio_takes_the_part_of_a_solution_that_it_asks_for() -> None:
    plan = plan_of(dose("a, b", RATIO.replace("0.05", "0.04")))
    work = dose_work(plan)
    assert [feed.planned for feed in work.feeds] == pytest.approx([30.0, 6.4])
    assert work.ratio is not None and work.ratio.whole == pytest.approx(0.04)
    assert work.ratio.lowest == pytest.approx(0.04, rel=1e-3) == work.ratio.highest
    assert note(plan, "N-RATIO").value == "6.4 mL"
    made = next(row for row in plan.solutions if row.solution == "b")
    assert made.dosed == pytest.approx(6.4)


def test_a_ratio_that_the_solutions_cannot_give_is_refused_with_the_one_that_they_can() -> None:
    problem = note(plan_of(dose("a, b", RATIO.replace("0.05", "0.06"))), "E-RATIO")
    assert "gives 0.05 eq" in problem.value and "9.6 mL" in problem.bound and "0.05 eq" in problem.remedy


def test_a_chase_bends_a_ratio_and_is_told_or_refused() -> None:
    chased = RATIO + ", chase: {solvent: dcm}"
    plan = plan_of(dose("a, b", chased))
    told = note(plan, "N-RATIO")
    assert "2.8 % off" in told.message and dose_work(plan).ratio is not None
    long = LINE.replace("0.6 m", "2 m")
    rig = rig_text(pump("pump_a", line=LINE) + pump("pump_b", line=long) + PLATE)
    assert "E-RATIO" in codes(plan_of(dose("a, b", chased), rig=rig))


def test_a_ramp_keeps_its_ratio() -> None:
    ratio = dose_work(plan_of(dose("a, b", RAMPED + ", ratio: {of: grubbs, to: diene, mole_percent: 5 mol%}"))).ratio
    assert ratio is not None and ratio.lowest == pytest.approx(0.05, rel=1e-3) == ratio.highest


# ---- drops ----

ABOVE = LINE.replace("}", ", outlet: above}")


def test_drops_of_common_liquids_are_as_large_as_they_are() -> None:
    """About 20 drops of water in a mL from a pipette tip of 4 mm; organic solvents give smaller ones."""
    water = solvent_named("water")
    assert water is not None
    assert 0.045 < drop_volume("water", water.density, Millimetres(4.0)) < 0.065
    for solvent in SOLVENTS:
        assert 0.004 < drop_volume(solvent.name, solvent.density) < 0.026, solvent.name
    assert drop_volume("toluene", None, Millimetres(0.8)) == pytest.approx(drop_volume("toluene", None) / 2)


def test_a_slow_feed_from_above_is_told_with_a_remedy_and_a_submerged_one_is_not() -> None:
    slow = dose("a", "duration: 40 h")
    plan = plan_of(slow, rig=rig_text(pump("pump_a", line=ABOVE) + PLATE))
    told = note(plan, "N-DROPS")
    (drops,) = dose_work(plan).drops or ()
    assert drops.period == pytest.approx(drops.size / (30 / (40 * 3600)), rel=1e-3) and drops.period > 10
    assert drops.spikes["diene"] == pytest.approx(1 / 30 * drops.size / 162, rel=1e-3)
    assert "33.33 mM" in told.message and "submerged" in told.remedy and "mark M" in told.value
    assert "falls" in plan_text(plan)
    for line in (LINE, ABOVE.replace("above", "submerged"), ABOVE.replace("above", "above, tip: 0.3 mm")):
        other = plan_of(slow, rig=rig_text(pump("pump_a", line=line) + PLATE))
        assert not any(problem.code == "N-DROPS" for problem in other.problems), line


def test_a_drop_that_passes_a_bound_is_told() -> None:
    few = (("162 mL", "6 mL"),)
    exact = plan_of(
        dose("a", "duration: 6 h, keep: {diene: {below: 30 mM, half_life: 30 min}}"), rig=ALONE, replace=few
    )
    assert not any(problem.code == "N-DROPS" for problem in exact.problems)
    row = (dose_work(exact).kept or ())[0]
    close = f"duration: 6 h, keep: {{diene: {{below: {1000 * row.highest + 0.001:.3f} mM, half_life: 30 min}}}}"
    assert "past its bound" in note(plan_of(dose("a", close), rig=ALONE, replace=few), "N-DROPS").message


def test_near_its_slowest_rate_a_narrower_syringe_is_named() -> None:
    plan = plan_of(dose("b", "rate: 80 uL/h, volume: 2 mL"), rig=ALONE)
    told = note(plan, "N-SYRINGE")
    assert "Hamilton Gastight 10 mL" in told.remedy and "14.57 mm" in told.remedy and "uL/h to" in told.remedy
    better = rig_text(pump("pump_a", PUMP_A.replace("50 mL", "10 mL")) + PLATE)
    plan = plan_of(dose("b", "rate: 80 uL/h, volume: 2 mL"), rig=better)
    assert not any(problem.code == "N-SYRINGE" for problem in plan.problems)


# ---- an older file ----


def test_a_file_with_a_ceiling_is_told_how_it_is_written_now() -> None:
    with pytest.raises(ProblemsError) as caught:
        plan_of(dose("a", "duration: 6 h, ceiling: {solute: diene, below: 3 mM, half_life: 10 min}"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.message) == ("E-UNKNOWN-KEY", "`ceiling` is written `keep` now")
    assert problem.remedy == "write `keep: {diene: {below: 3 mM, half_life: 10 min}}`"
    again = problem.remedy.split("`")[1]
    assert codes(plan_of(dose("a", f"duration: 6 h, {again}"))) <= {"E-KEEP"}
