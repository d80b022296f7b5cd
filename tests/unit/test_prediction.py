"""Predictions from a plan: what goes into the flask, the bands, what they are made of, and what is refused."""

import json
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from scipy.integrate import solve_ivp

from ruggli.app.builtin import find_protocol
from ruggli.app.planning import Ask, Ready, prepare
from ruggli.chemistry.kinetics.amination_parameters import AMINATION
from ruggli.chemistry.kinetics.forecast import spread
from ruggli.chemistry.kinetics.parameters import CATALYSTS, INHIBITION, Parameter, catalyst_of, effective_molarity
from ruggli.chemistry.kinetics.worker import parameter_as_json, read_parameter
from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema
from ruggli.errors import InputError
from ruggli.plan.flask import planned_flask
from ruggli.plan.jsonable import plan_as_json
from ruggli.plan.prediction import Prediction, predict
from ruggli.quantities.base import Celsius, KilojoulesPerMole, Millimoles

CHEMISTRY = "chemistry:\n  ring_closure: metathesis\n  ring_size: 7\n  source: L84\n"
MARKS = set("SVPCME")


def protocol_text(name: str = "rcm-high-dilution") -> str:
    return find_protocol(name)[1].decode()


def ready(tmp_path: Path, *edits: tuple[str, str], protocol: str = "rcm-high-dilution", **settings: str) -> Ready:
    text = protocol_text(protocol)
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    found = prepare(Ask(str(path), settings=settings))
    assert found.ready is not None, found.problems
    errors = {problem.code for problem in found.problems if problem.severity.value == "error"}
    assert errors <= {"E-RING", "E-RA-06", "E-PG-01"}, (
        found.problems
    )  # what an edit makes of the ring is not looked at here
    return found.ready


def predicted(tmp_path: Path, *edits: tuple[str, str], **settings: str) -> Prediction:
    found = ready(tmp_path, *edits, **settings)
    return predict(found.protocol.protocol, found.plan)


def test_the_flask_is_the_plans(tmp_path: Path) -> None:
    plan = ready(tmp_path).plan
    flask = planned_flask(plan, {"substrate": "M", "grubbs_2": "Ru"}, "substrate")
    assert flask is not None
    schedule = flask.schedule
    assert (flask.vessel, flask.temperature, schedule.volume, schedule.amounts) == ("flask", 39.8, 162.0, {})
    substrate, catalyst = schedule.feeds
    assert (substrate.volume, catalyst.volume) == (30.0, 8.0)
    assert substrate.amounts == {"M": pytest.approx(1.0)} and catalyst.amounts == {"Ru": pytest.approx(0.05)}
    assert substrate.duration == pytest.approx(6 * 3600, rel=0.03)
    cool = next(step for step in plan.steps if step.id == "cool")
    assert flask.start + schedule.end == pytest.approx(cool.start)


def test_the_shipped_protocol_is_expected_to_make_the_ring(tmp_path: Path) -> None:
    found = predicted(tmp_path)
    ring = found.forecast.yields["C"]
    assert 0.85 < ring.value < 0.97 and ring.low < 0.5 and ring.high > 0.99
    assert found.left_over < 0.1 and found.coupled < 0.02
    assert sum(band.value for band in found.forecast.yields.values()) == pytest.approx(1.0, abs=1e-6)
    assert all(band.low <= band.high for band in found.forecast.yields.values())


def test_little_catalyst_in_much_solvent_leaves_the_substrate(tmp_path: Path) -> None:
    """1 mol% at 1 mM: every figure within the document's ranges, and most of the substrate is left (X-01)."""
    found = predicted(tmp_path, ("amount: 1 mmol", "amount: 0.2 mmol"), loading="1 mol%")
    volume = found.flask.schedule.volume_at(found.flask.schedule.end)
    assert 0.2 / volume == pytest.approx(1e-3, rel=0.01)
    assert found.left_over > 0.8
    assert [told.rule for told in found.foreseen()] == ["X-01", "X-03"]


def test_all_at_once_couples_more(tmp_path: Path) -> None:
    slow = predicted(tmp_path)
    fast = predicted(tmp_path, addition_time="10 min")
    assert fast.coupled > 1.5 * slow.coupled
    assert fast.forecast.peak.value > slow.forecast.peak.value
    assert "X-03" in [told.rule for told in fast.foreseen()]
    assert "X-03" not in [told.rule for told in slow.foreseen()]


def test_twelve_hours_keep_every_rule(tmp_path: Path) -> None:
    assert list(predicted(tmp_path, addition_time="12 h").foreseen()) == []


def test_what_couples_is_foreseen(tmp_path: Path) -> None:
    """A ring of eight at 5 mM, added in ten minutes: effective molarity 20 mM."""
    found = predicted(tmp_path, ("ring_size: 7", "ring_size: 8"), addition_time="10 min")
    assert found.coupled > 0.1 and "X-02" in [told.rule for told in found.foreseen()]


def test_a_catalyst_that_waits_in_the_flask_is_foreseen(tmp_path: Path) -> None:
    found = predicted(tmp_path, addition_time="24 h")
    flask = replace(found.flask.schedule, amounts={"Ru": Millimoles(0.05)}, feeds=found.flask.schedule.feeds[:1])
    waiting = replace(found, flask=replace(found.flask, schedule=flask))
    assert "X-17" in [told.rule for told in waiting.foreseen()]
    assert "X-17" not in [told.rule for told in found.foreseen()]


def test_the_same_protocol_has_the_same_prediction(tmp_path: Path) -> None:
    assert predicted(tmp_path).forecast == predicted(tmp_path).forecast


def test_benzoquinone_suppresses_isomerisation(tmp_path: Path) -> None:
    keys = "name: benzoquinone, role: additive, cas: 106-51-4, molar_mass: 108.095 g/mol, mole_percent: 10 mol%"
    inhibitor = f"  inhibitor: {{{keys}}}\n"
    edits = (
        ("  triphenylphosphine:\n", inhibitor + "  triphenylphosphine:\n"),
        ("solutes: [substrate]", "solutes: [substrate, inhibitor]"),
    )
    without, with_it = predicted(tmp_path), predicted(tmp_path, *edits)
    assert INHIBITION in with_it.forecast.parameters
    assert with_it.forecast.yields["I"].value < 0.1 * without.forecast.yields["I"].value


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ((CHEMISTRY, ""), "does not say what it makes"),
        (("ring_closure: metathesis", "ring_closure: amide"), "only for metathesis and reductive-amination"),
        (("ring_size: 7", "ring_size: 4"), "begin at rings of 5"),
        (("cas: 246047-72-3", "cas: 0-00-0"), "no constants for the catalyst (grubbs_2)"),
    ],
)
def test_what_cannot_be_predicted_is_said(tmp_path: Path, edit: tuple[str, str], words: str) -> None:
    with pytest.raises(InputError) as caught:
        predicted(tmp_path, edit)
    assert words in str(caught.value)


def every_parameter() -> list[Parameter]:
    rings = [effective_molarity(size) for size in range(5, 31)]
    parameters = [ring for ring in rings if ring is not None] + [INHIBITION, *AMINATION]
    parameters += [constant.at_temperature(Celsius(40.0)) for constant in AMINATION]
    for catalyst in CATALYSTS:
        parameters += [catalyst.k_prime, catalyst.phi, catalyst.k_iso]
        parameters += [catalyst.k_d(Celsius(at)) for at in (20.0, 25.0, 40.0, 110.0)]
    return parameters


def test_every_constant_has_a_range_a_mark_and_a_source() -> None:
    for parameter in every_parameter():
        assert parameter.low <= parameter.value <= parameter.high
        assert parameter.mark in MARKS and parameter.source and parameter.unit
    assert effective_molarity(4) is None


def test_decay_goes_through_the_defaults() -> None:
    catalyst = catalyst_of("246047-72-3")
    assert catalyst is not None
    found = [catalyst.k_d(Celsius(at)).value for at in (25.0, 40.0, 110.0)]
    assert found == pytest.approx([5e-6, 2e-5, 1e-2], rel=1e-9)
    assert 5e-6 < catalyst.k_d(Celsius(32.0)).value < 2e-5 and catalyst.k_d(Celsius(15.0)).value < 5e-6


def test_a_constant_follows_arrhenius() -> None:
    """Ratio of k at two temperatures, against exp(-Ea/R (1/T - 1/T0)) reckoned by hand: 60 kJ/mol, 40 to 25 degC."""
    at_40 = Parameter("k", 1.0, 0.5, 3.0, "1/s", "E", "x", KilojoulesPerMole(60.0), Celsius(40.0))
    at_25 = at_40.at_temperature(Celsius(25.0))
    assert at_25.value == pytest.approx(0.31369, rel=1e-4)
    assert (at_25.reference, at_25.activation, at_25.mark) == (25.0, 60.0, "E")
    assert at_25.source == "x; brought to 25 degC with Ea 60 kJ/mol [E]"
    assert at_25.at_temperature(Celsius(30.04999)).source == "x; brought to 30.05 degC with Ea 60 kJ/mol [E]"
    wider = math.exp(20e3 / 8.314462618 * (1 / 298.15 - 1 / 313.15))
    assert at_25.low == pytest.approx(0.5 * at_25.value / wider) and at_25.high == pytest.approx(
        3.0 * at_25.value * wider
    )
    assert at_25.at_temperature(Celsius(40.0)).value == pytest.approx(1.0)
    assert at_40.at_temperature(Celsius(40.0)) is at_40
    fixed = Parameter("EM", 0.5, 0.03, 10.0, "mol/L", "E", "x")
    assert fixed.at_temperature(Celsius(110.0)) is fixed


def test_decay_has_the_activation_energy_between_its_defaults() -> None:
    """Who brings k_d from one temperature to another with it comes to the other default."""
    for catalyst in CATALYSTS:
        cold, hot = catalyst.k_d(Celsius(25.0)), catalyst.k_d(Celsius(39.999))
        assert cold.at_temperature(Celsius(40.0)).value == pytest.approx(catalyst.k_d(Celsius(40.0)).value)
        assert hot.at_temperature(Celsius(25.0)).value == pytest.approx(cold.value)
        assert cold.activation == pytest.approx(71.7, abs=0.1) and cold.reference == 25.0
    assert catalyst_of("246047-72-3").k_d(Celsius(60.0)).activation == pytest.approx(88.5, abs=1.0)  # type: ignore[union-attr]


def test_ranges_widen_away_from_what_is_known() -> None:
    catalyst = CATALYSTS[0]
    for make in (catalyst.k_prime.at_temperature, catalyst.k_iso.at_temperature, catalyst.k_d):
        spans = [made.high / made.low for made in (make(Celsius(at)) for at in (40.0, 30.0, 0.0, -20.0))]
        if make == catalyst.k_d:
            spans[1] = spans[0] * 1.01  # between two defaults
        assert spans == sorted(spans) and len(set(spans)) == 4


def test_a_constant_goes_through_json_whole() -> None:
    for parameter in every_parameter():
        assert read_parameter(json.loads(json.dumps(parameter_as_json(parameter)))) == parameter
    of_old = {"name": "q", "value": 0.5, "low": 0.1, "high": 0.9, "unit": "1", "mark": "E", "source": "x"}
    assert read_parameter(of_old).activation is None


def test_the_plan_has_its_constants_as_the_solver_reads_them(tmp_path: Path) -> None:
    plan = ready(tmp_path).plan
    assert plan.reaction is not None
    rows: Any = plan_as_json(plan)["reaction"]
    assert tuple(read_parameter(row) for row in rows["constants"]) == plan.reaction.constants
    assert {row["reference_degC"] for row in rows["constants"] if row["name"].startswith("k_")} == {39.8}


def amination(tmp_path: Path, *edits: tuple[str, str]) -> Ready:
    return ready(tmp_path, *edits, protocol="reductive-amination")


def test_a_reductive_amination_is_a_reaction(tmp_path: Path) -> None:
    reaction = amination(tmp_path).plan.reaction
    assert reaction is not None
    assert (reaction.model, reaction.catalyst, reaction.temperature) == ("reductive-amination", None, 25.0)
    assert reaction.species == {"amine": "A", "hydride": "H", "acetic_acid": "AcOH"}
    assert {constant.mark for constant in reaction.constants} == {"E"}
    found = {constant.name: constant.value for constant in reaction.constants}
    assert (found["k_f"], found["k_red"], found["k_red_J3"], found["k_H2"]) == (2e-3, 2e-2, 4e-2, 2e-5)
    warm = amination(tmp_path, ("to: 25 degC", "to: 27 degC")).plan.reaction
    assert warm is not None and warm.temperature == 27.0
    assert [k.value > cold.value for k, cold in zip(warm.constants, reaction.constants, strict=True)] == [True] * 11


def test_the_flask_of_a_reductive_amination(tmp_path: Path) -> None:
    plan = amination(tmp_path).plan
    flask = planned_flask(plan, {"amine": "A", "hydride": "H", "acetic_acid": "AcOH"}, "amine")
    assert flask is not None
    schedule = flask.schedule
    assert (flask.start, schedule.volume) == (300.0, 100.0) and dict(schedule.amounts) == pytest.approx({"A": 10.0})
    (acid,) = schedule.feeds
    assert acid.volume == pytest.approx(11.0) and dict(acid.amounts) == pytest.approx({"AcOH": 11.0})
    assert [portion.amounts["H"] for portion in schedule.portions] == pytest.approx([3.75] * 4)
    gaps = [later.time - sooner.time for sooner, later in pairwise(schedule.portions)]
    assert gaps == pytest.approx([900.0 + 120.0] * 3)
    cool = next(step for step in plan.steps if step.id == "heater_off")
    assert flask.start + schedule.end == pytest.approx(cool.start)


def test_the_reductive_amination_is_predicted(tmp_path: Path) -> None:
    """Against the equations of B.7 written out by themselves, portion by portion, with another solver."""
    found = predict_amination(tmp_path)
    k_f, k_r, k_red, k_ald, k_c, k_c_r, k_j2, k_o, k_o_r, k_j3, k_h2 = (
        2e-3, 4e-5, 2e-2, 2e-4, 1e-3, 1e-4, 2e-2, 3e-3, 3e-4, 4e-2, 2e-5,
    )  # fmt: skip
    acid = found.flask.schedule.feeds[0]

    def flow(time: float) -> float:
        return acid.volume / acid.duration if acid.start <= time < acid.end else 0.0

    def slope(time: float, y: Any) -> list[float]:
        a, i, h, hac, p, al, j2, dm, j3, oa, v = y
        r = [k_f * a, k_r * i, k_red * i * h / v, k_ald * a * h / v, k_c * a * a / v, k_c_r * j2, k_j2 * j2 * h / v,
             k_o * p * a / v, k_o_r * j3, k_j3 * j3 * h / v, k_h2 * h * hac / v]  # fmt: skip
        return [r[1] + 2 * r[5] + r[8] - r[0] - r[3] - 2 * r[4] - r[7], r[0] - r[1] - r[2],
                -r[2] - r[3] - r[6] - r[9] - r[10], flow(time) * 1.0 - r[10], r[2] - r[7] + r[8], r[3],
                r[4] - r[5] - r[6], r[6], r[7] - r[8] - r[9], r[9], flow(time)]  # fmt: skip

    state = [10.0] + [0.0] * 9 + [100.0]
    portions = {float(portion.time): float(portion.amounts["H"]) for portion in found.flask.schedule.portions}
    marks = sorted({0.0, acid.start, acid.end, *portions, found.flask.schedule.end})
    for start, end in pairwise(marks):
        solved = solve_ivp(slope, (start, end), state, method="BDF", rtol=1e-9, atol=1e-12, max_step=120.0)
        state = [float(value) for value in solved.y[:, -1]]
        state[2] += portions.get(end, 0.0)
    by_hand = {"A": state[0], "I": state[1], "P": state[4], "AL": state[5], "DM": 2 * state[7], "OA": 2 * state[9]}
    for name, amount in by_hand.items():
        assert found.forecast.yields[name].value == pytest.approx(amount / 10.0, rel=1e-4, abs=1e-7), name
    assert found.forecast.kept["H"].value == pytest.approx(state[2] / 15.0, rel=1e-4)
    assert list(found.foreseen()) == []


def predict_amination(tmp_path: Path, *edits: tuple[str, str]) -> Prediction:
    planned = amination(tmp_path, *edits)
    return predict(planned.protocol.protocol, planned.plan)


def test_a_concentrated_amination_makes_dimer(tmp_path: Path) -> None:
    """RA-22: 10 mmol in 10 mL instead of 100 mL."""
    found = predict_amination(tmp_path, ("default: 100 mL", "default: 10 mL"))
    assert found.coupled > 0.1
    assert [told.rule for told in found.foreseen()] == ["RA-22"]


def test_too_little_hydride_leaves_the_imine(tmp_path: Path) -> None:
    found = predict_amination(tmp_path, ("equivalents: 1.5 eq", "equivalents: 0.5 eq"))
    assert "X-01" in [told.rule for told in found.foreseen()] and found.left_over > 0.4


PUMPED = (
    ("cas: 56553-60-7", "cas: 25895-60-7"),
    ("    equivalents: 1.5 eq\n", ""),
    ("  saturated_bicarbonate:", "  hydride_solution: {solutes: [hydride], solvent: dce, volume: 8 mL, "
     "concentration: 1.5 M}\n  saturated_bicarbonate:"),
    ("    what: hydride\n    count: 4", "    what: hydride_solution\n    rate: 1 mL/min\n    count: 4"),
)  # fmt: skip


def test_portions_by_a_pump_are_feeds(tmp_path: Path) -> None:
    plan = amination(tmp_path, *PUMPED).plan
    assert plan.reaction is not None
    flask = planned_flask(plan, plan.reaction.species, "amine")
    assert flask is not None and flask.schedule.portions == ()
    acid, *feeds = flask.schedule.feeds
    assert [feed.volume for feed in feeds] == pytest.approx([2.0] * 4)
    assert [feed.amounts["H"] for feed in feeds] == pytest.approx([3.0] * 4)
    assert [feed.duration for feed in feeds] == pytest.approx([120.0] * 4, rel=0.05)
    step = next(step for step in plan.steps if step.id == "hydride")
    assert feeds[0].start + flask.start >= step.start and feeds[-1].end + flask.start <= step.start + step.duration + 1
    assert [later.start - sooner.end for sooner, later in pairwise(feeds)] == pytest.approx([900.0] * 3)


PROTIC = (
    ("name: 1,2-dichloroethane", "name: methanol"),
    ("cas: 107-06-2", "cas: 67-56-1"),
    ("name: sodium triacetoxyborohydride", "name: sodium cyanoborohydride"),
    ("cas: 56553-60-7", "cas: 25895-60-7"),
)  # fmt: skip


def at(low: str, high: str) -> tuple[str, str]:
    return ("      hysteresis: 1 K\n", f"      hysteresis: 1 K\n      ph: {{from: {low}, to: {high}}}\n")


def test_a_ph_counts_where_the_solvent_is_protic(tmp_path: Path) -> None:
    """The constants are those of pH 6; at pH 4 free amine is a hundredth, and acid helps to reduce the aldehyde."""
    reactions = [predict_amination(tmp_path, *PROTIC, at(low, high)).reaction for low, high in (("5", "7"), ("3", "5"))]
    six, four = ({k.name: k for k in reaction.constants} for reaction in reactions)
    assert six["k_f"].value == pytest.approx(2e-3) and four["k_f"].value == pytest.approx(2e-5, rel=1e-3)
    assert six["k_ald"].value == pytest.approx(2e-4 + 2e-5) and four["k_ald"].value == pytest.approx(2e-4 + 2e-3)
    assert four["k_red"].value == pytest.approx(2e-2 * (1 + 0.1) / (1 + 1e-3))
    assert four["k_red"].high / four["k_red"].low > six["k_red"].high / six["k_red"].low
    assert all(k.low <= k.value <= k.high for k in four.values())
    assert four["k_H2"] == six["k_H2"] and "pH 4" in four["k_f"].source
    assert "methanol is protic" in reactions[1].remark and "pH 4" in reactions[1].remark


def test_acid_costs_the_ring(tmp_path: Path) -> None:
    sour, mild = (predict_amination(tmp_path, *PROTIC, at(*window)) for window in (("2", "4"), ("5", "7")))
    assert sour.forecast.yields["AL"].value > 5 * mild.forecast.yields["AL"].value


def test_an_amine_that_is_left_out_is_told(tmp_path: Path) -> None:
    base = "  base: {name: triethylamine, role: base, cas: 121-44-8, molar_mass: 101.19 g/mol, equivalents: 1 eq}\n"
    edits = (
        ("  triphenylphosphine:\n", base + "  triphenylphosphine:\n"),
        ("solutes: [substrate]", "solutes: [substrate, base]"),
    )
    remark = predicted(tmp_path, *edits).reaction.remark
    assert "triethylamine" in remark and "X-15" in remark and "K_B" in remark
    assert predicted(tmp_path).reaction.remark == ""


def test_a_protic_solvent_without_a_ph_is_told(tmp_path: Path) -> None:
    found = predict_amination(tmp_path, *PROTIC)
    assert "methanol is protic" in found.reaction.remark and "says no pH" in found.reaction.remark
    usual = predict_amination(tmp_path)
    assert usual.reaction.remark == "" and usual.reaction.constants == found.reaction.constants


def test_samples_fill_the_ranges() -> None:
    parameters = (Parameter("a", 1.0, 0.1, 10.0, "M", "E", "x"), Parameter("b", 0.5, 0.0, 1.0, "1", "E", "x"))
    drawn = spread(parameters, 64)
    for name, middle in (("a", 1.0), ("b", 0.5)):
        values = sorted(row[name] for row in drawn)
        assert values[32] == pytest.approx(middle, rel=0.2) and len(set(values)) == 64
    corners = {(row["a"] > 1.0, row["b"] > 0.5) for row in drawn}
    assert len(corners) == 4


def told(tmp_path: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    path = tmp_path / "mine.yaml"
    path.write_text(protocol_text(), encoding="utf-8")
    code = run(["predict", str(path), "--json", *words])
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, output_schema("predict"))
    return code, data


def test_the_command_tells_bands_and_marks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, data = told(tmp_path, capsys)
    assert (code, data["ok"], data["catalyst"], data["ring_size"]) == (0, True, "Grubbs II", 7)
    assert len(data["times_s"]) == len(data["concentrations_M"]["C"]) == 61
    assert {parameter["mark"] for parameter in data["parameters"]} == {"E"}
    assert "order of magnitude" in data["caution"]
    assert [row["rule"] for row in data["against"]] == ["X-01"]


def test_a_short_amination_wants_hydride_and_time_not_catalyst(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--set", "reaction_time=1 min", "--set", "portion_interval=1 min", "--accept", "W-RA-13")
    assert run(["predict", "reductive-amination", "--json", *words]) == 0
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, output_schema("predict"))
    (broken,) = data["against"]
    assert broken["rule"] == "X-01" and broken["remedy"] == "more hydride, or a longer hold"
    assert (data["model"], data["catalyst"]) == ("reductive-amination", None)
    assert run(["predict", "reductive-amination", *words]) == 0
    out = capsys.readouterr().out
    assert "do: more hydride" in out and "hydride left over" in out and "imine left over" in out


def test_a_refused_plan_has_no_prediction(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, data = told(tmp_path, capsys, "--set", "flask_volume=962 mL")
    assert (code, data["ok"]) == (2, False)
    assert "E-CAPACITY" in {problem["code"] for problem in data["problems"]}


def test_a_warning_does_not_hide_the_prediction_that_it_points_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 mol% at 1 mM: `W-CONVERSION` says that `ruggli predict` tells more, and it does."""
    path = tmp_path / "mine.yaml"
    path.write_text(protocol_text().replace("amount: 1 mmol", "amount: 0.2 mmol"), encoding="utf-8")
    words = ["predict", str(path), "--set", "loading=1 mol%"]
    assert run(words) == 2
    out = capsys.readouterr().out
    assert "W-CONVERSION" in out and "11.6 % of the substrate is converted at the end; wanted: at least 95 %" in out
    assert out.rstrip().endswith("to go on all the same: --accept W-CONVERSION")
    assert run([*words, "--json"]) == 2
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, output_schema("predict"))
    assert data["ok"] is False and data["yields"]["M"]["value"] > 0.8
    assert "W-CONVERSION" in {problem["code"] for problem in data["problems"]}
    assert run([*words, "--accept", "W-CONVERSION"]) == 0


def test_people_see_units_bands_and_the_caution(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(protocol_text(), encoding="utf-8")
    assert run(["predict", str(path)]) == 0
    out = capsys.readouterr().out
    for part in ("ring of 7, Grubbs II, 39.8 degC", "left over", "highest concentration", "[E]", "order of magnitude"):
        assert part in out
