"""What a plan refuses: for each rule a case that fails and one that passes, and the numbers of the worked examples."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from ruggli.devices.capability import DriverCard
from ruggli.documents.problem import Severity
from ruggli.plan.acts import ChargeVessel, Load, Prime
from ruggli.plan.jsonable import plan_as_json
from ruggli.plan.make import make_plan
from ruggli.plan.model import (
    CoolWork,
    DoseWork,
    HeatWork,
    MonitorWork,
    OperatorWork,
    Plan,
    PortionsWork,
    SegmentKind,
)
from ruggli.plan.settings import PlanSettings
from ruggli.plan.text import plan_text
from ruggli.protocol.loader import read_protocol
from ruggli.rig.loader import read_rig
from ruggli_drivers import harvard_elite11, ika_rct, new_era

SHIPPED = Path(__file__).parents[2] / "protocols"
CARDS: Mapping[str, DriverCard] = {module.CARD.name: module.CARD for module in (new_era, harvard_elite11, ika_rct)}

PROTOCOL = """\
ruggli: 1
name: test
prompts: {timeout: 10 min, on_timeout: hold}
reagents:
  diene: {name: diene, role: substrate, molar_mass: 434.583 g/mol, limiting: true, amount: 1 mmol}
  grubbs: {name: Grubbs II, role: catalyst, molar_mass: 848.971 g/mol, mole_percent: 5 mol%}
  acid: {name: acetic acid, role: acid, molar_mass: 60.052 g/mol, density: 1.042 g/mL, equivalents: 1.1 eq}
  dcm: {name: dichloromethane, role: solvent}
  toluene: {name: toluene, role: solvent}
solutions:
  a: {solutes: [diene], solvent: dcm, volume: 30 mL}
  b: {solutes: [grubbs], solvent: dcm, volume: 8 mL}
  s: {solutes: [acid], solvent: dcm, concentration: 0.1 M}
vessels:
  flask: {role: reaction}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: dcm, volume: 162 mL}]}
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
"""
REFLUX = "{id: heat, do: heat, vessel: flask, to: reflux}"
COOL = "{id: cool, do: cool, vessel: flask, to: 28 degC}"

PUMP_A = "{make: Hamilton Gastight, size: 50 mL, dead_volume: 0.2 mL}"
PUMP_B = "{make: Hamilton Gastight, size: 25 mL, dead_volume: 0.2 mL}"
LINE = "{bore: 0.8 mm, length: 0.6 m, to: flask}"


def pump(name: str, syringe: str = PUMP_A, line: str = LINE, driver: str = "new-era") -> str:
    port = f'{{url: "sim://{name}"}}'
    return f"  {name}: {{driver: {driver}, port: {port}, syringe: {syringe}, tubing: {line}}}\n"


PLATE = '  plate: {driver: ika-rct-digital, port: {url: "sim://plate"}, plate_cap: 150 degC}\n'
GUARDED_PLATE = PLATE.replace("150 degC", "150 degC, dead_man: 30 s")
FLASK = (
    "  flask: {capacity: 250 mL, working_volume: 220 mL, condenser: true, position: {hotplate: plate, probe: flask}}\n"
)
TWO = pump("pump_a") + pump("pump_b", PUMP_B) + PLATE


def rig_text(devices: str = TWO, vessels: str = FLASK, more: str = "") -> str:
    return f"ruggli: 1\nname: bench\ndevices:\n{devices}vessels:\n{vessels}{more}"


def plan_of(
    *steps: str,
    rig: str | None = None,
    protocol: str = PROTOCOL,
    unattended: bool = False,
    waivers: frozenset[str] = frozenset(),
    replace: tuple[tuple[str, str], ...] = (),
) -> Plan:
    text = protocol + "".join(f"  - {step}\n" for step in steps)
    for old, new in replace:
        assert old in text
        text = text.replace(old, new)
    protocol_file = read_protocol(text.encode(), "p.yaml")
    rig_file = read_rig((rig or rig_text()).encode(), "r.yaml")
    return make_plan(protocol_file, rig_file, CARDS, PlanSettings(unattended, waivers))


def codes(plan: Plan, severity: Severity = Severity.ERROR) -> set[str]:
    return {problem.code for problem in plan.problems if problem.severity is severity}


def dose(solutions: str = "a", more: str = "duration: 6 h", step_class: str = "feed") -> str:
    return f"{{id: add, do: dose, into: flask, solutions: [{solutions}], class: {step_class}, {more}}}"


def dose_work(plan: Plan, step: str = "add") -> DoseWork:
    work = next(found.work for found in plan.steps if found.id == step)
    assert isinstance(work, DoseWork), plan.problems
    return work


CHASE = "duration: 6 h, chase: {solvent: dcm}"
NO_CONDENSER = FLASK.replace("condenser: true, ", "")
BARE = "  flask: {capacity: 250 mL, working_volume: 220 mL, condenser: true}\n"
UNSTIRRED = FLASK.replace("condenser: true", "condenser: true, stirred: false")

REFUSALS = [
    ("E-RANGE", [dose(more="rate: 60 mL/min")], rig_text(), [dose(more="rate: 30 mL/min")], rig_text()),
    ("E-RANGE", [dose("b", "volume: 2 mL, duration: 47 h")], rig_text(pump("p", "{size: 140 mL, bore: 38 mm}") + PLATE),
     [dose("b", "volume: 2 mL, duration: 47 h")], rig_text()),
    ("E-RANGE", ["{id: fast, do: stir, vessel: flask, speed: 2000 rpm}"], rig_text(),
     ["{id: fast, do: stir, vessel: flask, speed: 1200 rpm}"], rig_text()),
    ("E-CAPACITY", [dose()], rig_text(vessels=FLASK.replace("220 mL", "180 mL")), [dose()], rig_text()),
    ("E-CAPACITY", [dose()], rig_text(pump("p", PUMP_B, "{bore: 4 mm, length: 2 m, to: flask}") + PLATE),
     [dose()], rig_text()),
    ("E-CAPACITY", [dose("b", "duration: 6 h, chase: {solvent: dcm}")],
     rig_text(pump("p", PUMP_A, "{bore: 4 mm, length: 0.7 m, to: flask}") + PLATE), [dose("b", CHASE)], rig_text()),
    ("E-LIMIT", [REFLUX, COOL], rig_text(vessels=NO_CONDENSER), [REFLUX, COOL], rig_text()),
    ("E-LIMIT", ["{id: heat, do: heat, vessel: flask, to: 45 degC}", COOL], rig_text(),
     ["{id: heat, do: heat, vessel: flask, to: 35 degC}", COOL], rig_text(vessels=NO_CONDENSER)),
    ("E-LIMIT", [REFLUX, COOL], rig_text(more="limits: {highest_temperature: 43 degC}\n"),
     [REFLUX, COOL], rig_text(more="limits: {highest_temperature: 45 degC}\n")),
    ("E-LIMIT", [REFLUX, COOL], rig_text(TWO.replace("150 degC", "55 degC")),
     [REFLUX, COOL], rig_text(TWO.replace("150 degC", "60 degC"))),
    ("E-NO-PUMP", [dose("a, b")], rig_text(pump("p") + PLATE), [dose("a, b")], rig_text()),
    ("E-INTERLOCK", [dose()], rig_text(vessels=UNSTIRRED), [dose()], rig_text()),
    ("E-INTERLOCK",
     ["{id: q, do: quench, into: flask, solution: s, rate: 1 mL/min, gate: {below: 30 degC}}"],
     rig_text(vessels=FLASK.replace("probe: flask", "probe: none")),
     ["{id: q, do: quench, into: flask, solution: s, rate: 1 mL/min, gate: {below: 30 degC}}"], rig_text()),
    ("E-KEEP", [dose(more="duration: 6 h, keep: {diene: below 1 mM}")], rig_text(),
     [dose(more="duration: 6 h, keep: {diene: below 6 mM}")], rig_text()),
    ("E-KEEP", [dose(more="duration: 1 h, keep: {diene: {below: 1 mM, half_life: 30 min}}")], rig_text(),
     [dose(more="duration: 12 h, keep: {diene: {below: 1 mM, half_life: 30 min}}")], rig_text()),
    ("E-VESSEL", [dose()], rig_text(TWO.replace("to: flask", "to: pot"),
     "  pot: {capacity: 2 L, working_volume: 1 L}\n  jar: {capacity: 2 L, working_volume: 1 L}\n"),
     [dose()], rig_text()),
    ("E-RESOLUTION", [dose("b", "volume: 0.0009 mL, duration: 2 min")],
     rig_text(pump("p", "{make: Hamilton Gastight, size: 25 mL}") + PLATE),
     [dose("b", "volume: 5 mL, duration: 6 h")], rig_text()),
]  # fmt: skip


@pytest.mark.parametrize(("code", "bad", "bad_rig", "good", "good_rig"), REFUSALS)
def test_a_rule_refuses_and_lets_pass(code: str, bad: list[str], bad_rig: str, good: list[str], good_rig: str) -> None:
    refused = plan_of(*bad, rig=bad_rig)
    assert code in codes(refused), refused.problems
    problem = next(problem for problem in refused.problems if problem.code == code)
    assert problem.line > 0 and problem.value and problem.bound and problem.remedy
    assert refused.blocking(frozenset())
    passed = plan_of(*good, rig=good_rig)
    assert codes(passed) == set()


def test_out_of_range_names_a_syringe_that_would_do() -> None:
    plan = plan_of(
        dose("b", "volume: 2 mL, duration: 47 h"), rig=rig_text(pump("p", "{size: 140 mL, bore: 38 mm}") + PLATE)
    )
    problem = next(problem for problem in plan.problems if problem.code == "E-RANGE")
    assert "syringe (bore" in problem.remedy and "42.55 uL/h" in problem.value and "mL/min" in problem.bound


def test_a_small_resolution_error_is_noted_and_the_held_value_shown() -> None:
    plan = plan_of(dose("b", "duration: 12 h"))
    notes = [problem for problem in plan.problems if problem.code == "N-RESOLUTION"]
    rate = dose_work(plan).feeds[0].rate
    assert len(notes) == 1 and rate.text in notes[0].message
    assert 0 < abs(rate.error) <= 1e-3


def test_twelve_hours_of_thirty_millilitres_on_the_ne_1000() -> None:
    rate = dose_work(plan_of(dose(more="duration: 12 h"))).feeds[0].rate
    assert rate.requested * 3600 == pytest.approx(2.5)
    assert rate.text in ("2.500 mL/h", "2500 uL/h") and rate.error == pytest.approx(0.0, abs=1e-12)


def test_a_volume_that_the_wire_cannot_carry_is_refused_above_one_in_a_thousand() -> None:
    plan = plan_of(dose("b", "volume: 1.5039 mL, duration: 1 h"))
    assert "E-RESOLUTION" not in codes(plan)
    coarse = plan_of(dose("b", "volume: 0.1009 mL, duration: 1 h"))
    assert "E-RESOLUTION" in codes(coarse)


def test_the_dead_man_of_an_unattended_run() -> None:
    rig = rig_text(pump("pump_a", driver="harvard-pump-11-elite") + GUARDED_PLATE)
    hold = "duration: 6 h, hold: {at_most: 1 h}"
    assert "N-DEADMAN" in codes(plan_of(dose(more=hold), rig=rig), Severity.NOTE)
    assert "E-DEADMAN" in codes(plan_of(dose(more=hold), rig=rig, unattended=True))
    waived = plan_of(dose(more=hold), rig=rig, unattended=True, waivers=frozenset({"pump_a"}))
    assert codes(waived) == set()
    assert next(device for device in waived.devices if device.name == "pump_a").dead_man is None


def guarded(dead_man: str) -> str:
    return pump("pump_a").replace("driver: new-era", f"driver: new-era{dead_man}")


@pytest.mark.parametrize(
    ("devices", "refused"),
    [
        (guarded(", dead_man: 10 s") + GUARDED_PLATE, ""),
        (guarded("") + GUARDED_PLATE, "pump_a has no dead-man in the rig file"),
        (guarded(", dead_man: 10 s") + PLATE, "plate has no dead-man in the rig file"),
        (guarded(", dead_man: 10 s") + GUARDED_PLATE.replace("30 s", "31 s"), "plate stays hot for long"),
    ],
)
def test_an_unattended_run_takes_no_dead_man_by_default(devices: str, refused: str) -> None:
    ask = dose(more="duration: 6 h, hold: {at_most: 1 h}")
    plan = plan_of(ask, rig=rig_text(devices), unattended=True)
    found = [problem for problem in plan.problems if problem.code == "E-DEADMAN"]
    assert [problem.message.startswith(refused) for problem in found] == ([True] if refused else [])
    assert "E-DEADMAN" not in codes(plan_of(ask, rig=rig_text(devices)))
    assert all("--waive" in problem.remedy and "dead_man: " in problem.remedy for problem in found)


def test_a_coarse_dead_man_is_a_warning_when_nobody_is_there() -> None:
    ask = dose(more="duration: 10 min, hold: {at_most: 1 h}")
    rig = rig_text(guarded(", dead_man: 10 s") + GUARDED_PLATE)
    plan = plan_of(ask, rig=rig, unattended=True)
    assert "W-DEADMAN-COARSE" in codes(plan, Severity.WARNING)
    assert "N-DEADMAN-COARSE" in codes(plan_of(ask, rig=rig), Severity.NOTE)
    assert plan.devices[0].dead_man == 5.0, "10 s of the rig are shortened for a dose of 10 min"


def test_an_unattended_run_asks_for_hold_limits_even_where_the_file_is_attended() -> None:
    assert "E-MISSING" in codes(plan_of(dose(), unattended=True))
    assert "E-MISSING" not in codes(plan_of(dose()))


@pytest.mark.parametrize(("duration", "seconds"), [("6 h", 10.0), ("30 min", 9.0), ("10 min", 5.0)])
def test_the_dead_man_of_a_pump_follows_its_shortest_dose(duration: str, seconds: float) -> None:
    plan = plan_of(dose(more=f"duration: {duration}"))
    assert plan.devices[0].dead_man == pytest.approx(seconds, abs=1.0)
    assert ("N-DEADMAN-COARSE" in codes(plan, Severity.NOTE)) is (duration == "10 min")


def test_a_heater_left_on_is_a_warning() -> None:
    assert "W-HEAT-ON" in codes(plan_of(REFLUX), Severity.WARNING)
    assert "W-HEAT-ON" not in codes(plan_of(REFLUX, COOL), Severity.WARNING)


def test_rcm_final_concentration_and_masses() -> None:
    no_loss = rig_text(
        pump("pump_a", PUMP_A.replace("0.2 mL", "0.0001 nL"))
        + pump("pump_b", PUMP_B.replace("0.2 mL", "0.0001 nL"))
        + PLATE
    )
    plan = plan_of(dose("a, b", CHASE), rig=no_loss)
    assert plan.volumes[-1].after == pytest.approx(200.0)
    assert plan.peak["diene"] == pytest.approx(0.005, rel=0.002)
    rows = {row.reagent: row for row in plan.reagents}
    assert rows["diene"].mass == pytest.approx(0.4346, abs=5e-5)
    assert rows["grubbs"].mass == pytest.approx(0.0424, abs=5e-5)


def test_with_a_chase_the_line_is_not_in_the_balance_and_without_it_is() -> None:
    hold_up = 3.141592653589793 / 4 * 0.8**2 * 600 / 1000
    with_chase, without = plan_of(dose(more=CHASE)), plan_of(dose())
    assert with_chase.solutions[0].make_up == pytest.approx(30.2)
    assert without.solutions[0].make_up == pytest.approx(30.2 + hold_up)
    mass = without.reagents[0].mass
    assert mass == pytest.approx(0.434583 * (30.2 + hold_up) / 30)
    chased, plain = dose_work(with_chase), dose_work(without)
    assert [segment.kind for segment in chased.segments] == [SegmentKind.DOSE, SegmentKind.CHASE]
    assert chased.segments[0].until[0] == pytest.approx(30 - hold_up)
    assert chased.segments[1].until[0] == pytest.approx(30.0)
    assert plain.segments[-1].until[0] == pytest.approx(30.0)
    assert sum(segment.duration for segment in chased.segments) == pytest.approx(6 * 3600, rel=1e-3)
    load = chased.segments[0].prompts[0].acts[0]
    assert isinstance(load, Load) and load.volume == pytest.approx(30.2)
    assert isinstance(chased.segments[0].prompts[0].acts[1], Prime)


def test_two_solutions_with_chase_end_their_doses_together() -> None:
    work = dose_work(plan_of(dose("a, b", CHASE)))
    first, second = (work.segments[0].until[n] / work.feeds[n].rate.held for n in (0, 1))
    assert first == pytest.approx(second, rel=1e-3)


def test_a_dose_larger_than_its_syringe_is_split_at_a_planned_refill() -> None:
    plan = plan_of(dose(), rig=rig_text(pump("p", PUMP_B) + PLATE), replace=(("volume: 30 mL", "volume: 40 mL"),))
    work = dose_work(plan)
    assert [segment.until[0] for segment in work.segments] == [pytest.approx(20.0), pytest.approx(40.0)]
    ids = [prompt.id for segment in work.segments for prompt in segment.prompts]
    assert ids == ["add.load.p", "add.refill1.p"]
    refill = work.segments[1].prompts[0]
    assert [type(act) for act in refill.acts] == [Load]
    fills = [act.volume for s in work.segments for p in s.prompts for act in p.acts if isinstance(act, Load)]
    assert fills == [pytest.approx(20.2 + 0.30159, abs=1e-4), pytest.approx(20.2)]
    assert all(fill <= 25.0 for fill in fills)
    assert plan.solutions[0].fillings == 2


def test_the_partner_shares_the_boundaries_and_is_not_refilled() -> None:
    rig = rig_text(pump("p", PUMP_B) + pump("q", PUMP_B) + PLATE)
    work = dose_work(plan_of(dose("a, b"), rig=rig))
    assert [len(segment.until) for segment in work.segments] == [2, 2]
    assert [prompt.id for prompt in work.segments[1].prompts] == ["add.refill1.p"]
    assert work.segments[0].until[1] == pytest.approx(4.0)


def test_pumps_go_where_they_need_the_fewest_refills() -> None:
    rig = rig_text(pump("small", PUMP_B) + pump("large") + PLATE)
    feeds = dose_work(plan_of(dose("a, b"), rig=rig)).feeds
    assert {feed.solution: feed.device for feed in feeds} == {"a": "large", "b": "small"}


def test_equal_pumps_are_taken_in_the_order_of_the_rig() -> None:
    feeds = dose_work(plan_of(dose("a, b"), rig=rig_text(pump("first") + pump("second") + PLATE))).feeds
    assert [(feed.solution, feed.device) for feed in feeds] == [("a", "first"), ("b", "second")]


def test_the_highest_concentration_is_kept_while_later_doses_dilute() -> None:
    later = (dose(name).replace("id: add", f"id: add_{name}") for name in ("b", "s"))
    plan = plan_of(dose(), *later)
    assert plan.peak["diene"] == pytest.approx(1 / 192)


def test_one_pump_for_two_solutions_is_loaded_anew_and_rinsed() -> None:
    second = "{id: more, do: dose, into: flask, solutions: [b], class: feed, duration: 1 h}"
    plan = plan_of(dose(), second, rig=rig_text(pump("p") + PLATE))
    assert codes(plan) == set() and "N-LINE" in codes(plan, Severity.NOTE)
    text = dose_work(plan, "more").segments[0].prompts[0].text
    assert text.startswith("Rinse the syringe and line of p free of a.")


def test_a_step_without_a_device_is_done_by_hand_with_the_same_data() -> None:
    steps = (
        "{id: heat, do: heat, vessel: flask, to: 35 degC}",
        "{id: q, do: quench, into: flask, solution: s, rate: 1 mL/min, gate: {below: 36 degC}}",
    )
    plan = plan_of(*steps, rig=rig_text(PLATE, BARE))
    notes = [problem for problem in plan.problems if problem.code == "N-BY-HAND"]
    assert codes(plan) == set() and len(notes) == 3
    quench = plan.steps[-1]
    assert isinstance(quench.work, OperatorWork) and quench.by_hand
    (act,) = quench.work.prompt.acts
    assert isinstance(act, ChargeVessel) and act.volume == pytest.approx(11.0)
    assert dict(act.solutes) == {"acid": pytest.approx(1.1)}
    assert quench.work.prompt.id == "q" and "11 mL" in quench.work.prompt.text


@pytest.mark.parametrize(
    ("probe", "first", "hold", "measured"),
    [("flask", 44.0, 39.0, True), ("block", 64.0, 54.0, False), ("none", 64.0, 54.0, False)],
)
def test_set_points_at_reflux(probe: str, first: float, hold: float, measured: bool) -> None:
    plan = plan_of(REFLUX, COOL, rig=rig_text(vessels=FLASK.replace("probe: flask", f"probe: {probe}")))
    heat, cool = plan.steps[2].work, plan.steps[3].work
    assert isinstance(heat, HeatWork) and isinstance(cool, CoolWork)
    assert (heat.first_set_point, heat.hold_set_point, heat.measured) == (first, hold, measured)
    assert (heat.confirm is None) is measured
    if heat.confirm is not None and cool.confirm is not None:
        assert (heat.confirm.id, cool.confirm.id) == ("heat.confirm", "cool.confirm")
        assert heat.confirm.takes == plan.steps[2].duration > 120.0, "put at once, answered once the vessel is there"
    hottest = max(39.8, 0.0 if measured else first) + 10.0
    for step in plan.steps[2:]:
        assert step.guard.hottest == pytest.approx(hottest), "a probe outside the vessel is as hot as the plate"


def test_a_hotplate_cannot_cool_below_the_room() -> None:
    for to, expected in (("5 degC", {"E-LIMIT"}), ("20 degC", set())):
        plan = plan_of(f"{{id: heat, do: heat, vessel: flask, to: {to}, class: feed}}", COOL)
        assert codes(plan) == expected
    (problem,) = (p for p in plan_of("{id: h, do: heat, vessel: flask, to: 5 degC}").problems if p.code == "E-LIMIT")
    assert (problem.value, problem.bound) == ("5 degC", "at least 20 degC, the room")


def test_a_vessel_that_is_to_come_down_is_not_too_hot_for_it() -> None:
    steps = [f"{{id: h{to}, do: heat, vessel: flask, to: {to} degC}}" for to in (35, 22)]
    plan = plan_of(*steps, COOL)
    assert [step.guard.hottest for step in plan.steps[-3:]] == [45.0, 45.0, 32.0]
    assert plan.steps[-2].duration > 1800.0, "a hotplate only lets it cool"


def test_toluene_at_reflux() -> None:
    plan = plan_of(REFLUX, COOL, replace=(("what: dcm", "what: toluene"),))
    work = plan.steps[2].work
    assert isinstance(work, HeatWork)
    assert (work.target, work.first_set_point, work.hold_set_point) == (110.6, 115.0, 110.0)


def test_guards_follow_the_temperature() -> None:
    plan = plan_of(
        REFLUX, dose(more="duration: 6 h, interlocks: {cold: {below: 3 K}}", step_class="feed_at_reflux"), COOL
    )
    guard = plan.steps[3].guard
    assert guard.hotplate == "plate" and guard.speed == 400.0 and guard.plate_cap == 150.0
    assert guard.coolest == pytest.approx(36.8) and guard.hottest == pytest.approx(49.8)
    room = plan_of(dose()).steps[2].guard
    assert (room.coolest, room.hottest) == (None, 35.0)  # the rig does not state its room


def test_the_hold_rule_is_the_class_narrowed_by_the_file() -> None:
    plan = plan_of(dose(more="duration: 6 h, hold: {at_most: 30 min}"))
    assert plan.steps[2].hold.longest == 1800.0
    wide = plan_of(dose(more="duration: 6 h, hold: {at_most: 20 h}"))
    assert wide.steps[2].hold.longest == 4 * 3600.0 and "N-HOLD" in codes(wide, Severity.NOTE)


def test_a_kept_concentration_with_half_life_sets_the_time() -> None:
    plan = plan_of(dose(more="keep: {diene: {below: 1 mM, half_life: 30 min}}"))
    work = dose_work(plan)
    seconds = sum(segment.duration for segment in work.segments)
    assert codes(plan) == set() and 2 * 3600 < seconds < 6 * 3600
    faster = plan_of(
        dose(more=f"duration: {0.95 * seconds:.0f} s, keep: {{diene: {{below: 1 mM, half_life: 30 min}}}}")
    )
    assert "E-KEEP" in codes(faster)


def test_portions_by_hand_and_by_pump() -> None:
    hand = "{id: p, do: portions, into: flask, what: grubbs, count: 4, interval: 15 min, gate: {below: 30 degC}}"
    by_hand = plan_of(hand, replace=(("  b: {solutes: [grubbs], solvent: dcm, volume: 8 mL}\n", ""),)).steps[2].work
    assert isinstance(by_hand, PortionsWork)
    assert [prompt.id for prompt in by_hand.prompts] == ["p.1", "p.2", "p.3", "p.4"]
    assert "10.61 mg" in by_hand.prompts[0].text
    pumped = hand.replace("what: grubbs", "what: a, rate: 1 mL/min")
    plan = plan_of(pumped, rig=rig_text(pump("p", PUMP_B) + PLATE))
    work = plan.steps[2].work
    assert isinstance(work, PortionsWork) and len(work.doses) == 4
    ids = [prompt.id for one in work.doses for segment in one.segments for prompt in segment.prompts]
    assert ids == ["p.load.p", "p.refill1.p"]
    assert sum(one.feeds[0].planned for one in work.doses) == pytest.approx(30.0)


def test_an_analysis_asks_again_as_often_as_it_may() -> None:
    rules = "{answer: done, does: go_on}, {answer: not yet, does: wait, after: 30 min, at_most: 3}"
    plan = plan_of(f"{{id: tlc, do: monitor, vessel: flask, method: TLC, question: 'Done?', answers: [{rules}]}}")
    work = plan.steps[2].work
    assert isinstance(work, MonitorWork)
    assert [prompt.id for prompt in work.prompts] == ["tlc", "tlc.2", "tlc.3", "tlc.4"]
    assert work.prompts[0].happy == "done" and work.prompts[0].choices == ("done", "not yet")


def test_prompts_are_in_time_order_and_ids_are_unique() -> None:
    plan = plan_of(REFLUX, dose("a, b", CHASE, "feed_at_reflux"), COOL)
    times = [prompt.when for prompt in plan.prompts]
    ids = [prompt.id for prompt in plan.prompts]
    assert times == sorted(times) and len(ids) == len(set(ids))
    assert all(prompt.timeout == 600.0 for prompt in plan.prompts)


def test_steps_follow_each_other_without_gap() -> None:
    plan = plan_of(REFLUX, dose(step_class="feed_at_reflux"), COOL)
    for before, after in zip(plan.steps, plan.steps[1:], strict=False):
        assert after.start == pytest.approx(before.start + before.duration)
    assert plan.duration == pytest.approx(plan.steps[-1].start + plan.steps[-1].duration)


@pytest.mark.parametrize(
    "name", ["slow-addition", "rcm-high-dilution", "reductive-amination", "amide-macrocyclisation"]
)
@pytest.mark.parametrize("bench", ["bench", "bench-harvard"])
def test_shipped_protocols_plan_on_the_shipped_benches(name: str, bench: str) -> None:
    protocol = read_protocol((SHIPPED / f"{name}.yaml").read_bytes(), name)
    rig = read_rig((SHIPPED / "rigs" / f"{bench}.yaml").read_bytes(), bench)
    plan = make_plan(protocol, rig, CARDS, PlanSettings())
    assert codes(plan) == set(), plan.problems
    assert not [step.id for step in plan.steps if step.by_hand]
    data = plan_as_json(plan)
    assert json.loads(json.dumps(data)) == data
    assert "ends after" in plan_text(plan)


def test_json_keys_carry_units() -> None:
    data = json.loads(json.dumps(plan_as_json(plan_of(dose("a, b", CHASE)))))
    step = data["steps"][2]
    assert step["duration_s"] > 6 * 3600 and step["work"]["kind"] == "dose"
    feed = step["work"]["feeds"][0]
    assert feed["planned_mL"] == 30.0 and feed["rate"]["held_mL_per_s"] > 0 and feed["syringe"]["bore_mm"] == 32.57
    assert feed["solutes_mol_per_L"] == {"diene": pytest.approx(1 / 30)}
    assert step["work"]["segments"][0]["until_mL"][0] < 30 and data["peak_mol_per_L"]["diene"] > 0
    assert step["work"]["segments"][0]["prompts"][0]["acts"][0]["act"] == "load"
