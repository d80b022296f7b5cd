"""Predictions from a plan: what goes into the flask, the bands, what they are made of, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ruggli.app.builtin import find_protocol
from ruggli.app.planning import Ask, Ready, prepare
from ruggli.chemistry.kinetics.forecast import spread
from ruggli.chemistry.kinetics.parameters import CATALYSTS, INHIBITION, Parameter, catalyst_of, effective_molarity
from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema
from ruggli.errors import InputError
from ruggli.plan.flask import planned_flask
from ruggli.plan.prediction import Prediction, predict
from ruggli.quantities.base import Celsius, Millimoles

CHEMISTRY = "chemistry:\n  ring_closure: metathesis\n  ring_size: 7\n  source: L84\n"
MARKS = set("SVPCME")


def protocol_text() -> str:
    return find_protocol("rcm-high-dilution")[1].decode()


def ready(tmp_path: Path, *edits: tuple[str, str], **settings: str) -> Ready:
    text = protocol_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    found = prepare(Ask(str(path), settings=settings))
    assert found.ready is not None, found.problems
    errors = {problem.code for problem in found.problems if problem.severity.value == "error"}
    assert errors <= {"E-RING", "E-PG-01"}, found.problems  # what an edit makes of the ring is not looked at here
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
        (("ring_closure: metathesis", "ring_closure: amide"), "only for metathesis"),
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
    parameters = [ring for ring in rings if ring is not None] + [INHIBITION]
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


def test_a_refused_plan_has_no_prediction(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, data = told(tmp_path, capsys, "--set", "flask_volume=962 mL")
    assert (code, data["ok"]) == (2, False)
    assert "E-CAPACITY" in {problem["code"] for problem in data["problems"]}


def test_people_see_units_bands_and_the_caution(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(protocol_text(), encoding="utf-8")
    assert run(["predict", str(path)]) == 0
    out = capsys.readouterr().out
    for part in ("ring of 7, Grubbs II, 39.8 degC", "left over", "highest concentration", "[E]", "order of magnitude"):
        assert part in out
