"""A step that states no volume of a solution takes what the parts before it leave, in every book of the plan."""

import math
from pathlib import Path

import pytest

from ruggli.app.builtin import find_protocol
from ruggli.app.planning import Ask, prepare
from ruggli.plan.acts import ChargeVessel
from ruggli.plan.model import DoseWork, Plan, prompts_of

CHARGED = "        volume: $flask_volume\n"


def write(tmp_path: Path, *edits: tuple[str, str]) -> str:
    text = find_protocol("rcm-high-dilution")[1].decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def plan_of(tmp_path: Path, *edits: tuple[str, str]) -> Plan:
    found = prepare(Ask(write(tmp_path, *edits))).ready
    assert found is not None
    return found.plan


def part(volume: str) -> tuple[str, str]:
    return CHARGED, f"{CHARGED}      - what: catalyst_solution\n        volume: {volume}\n"


def test_two_of_eight_are_charged_and_six_are_dosed(tmp_path: Path) -> None:
    whole, plan = plan_of(tmp_path), plan_of(tmp_path, part("2 mL"))
    (charge,) = (step for step in plan.steps if step.id == "charge")
    acts = (act for prompt in prompts_of(charge.work) for act in prompt.acts)
    poured = {act.name: act for act in acts if isinstance(act, ChargeVessel)}["catalyst_solution"]
    assert poured.volume == 2.0
    assert dict(poured.solutes) == pytest.approx({"grubbs_2": 0.0125})
    (dose,) = (step.work for step in plan.steps if step.id == "addition")
    assert isinstance(dose, DoseWork)
    fed = {feed.solution: feed for feed in dose.feeds}
    assert fed["catalyst_solution"].planned == pytest.approx(6.0, rel=1e-3)
    assert fed["catalyst_solution"].solutes == {"grubbs_2": pytest.approx(0.05 / 8)}
    assert fed["substrate_solution"].planned == pytest.approx(30.0, rel=1e-3)
    row = {row.solution: row for row in plan.solutions}["catalyst_solution"]
    assert row == {row.solution: row for row in whole.solutions}["catalyst_solution"]
    assert row.make_up == pytest.approx(8.2)  # and the dead volume of one syringe
    amounts = {row.reagent: row.amount for row in plan.reagents}
    assert amounts["grubbs_2"] == pytest.approx(0.05)
    assert plan.volumes[-1].after == pytest.approx(whole.volumes[-1].after, rel=1e-3)
    assert plan.peak["grubbs_2"] == pytest.approx(whole.peak["grubbs_2"], rel=1e-3)


def test_two_parts_leave_the_rest_too(tmp_path: Path) -> None:
    again = "      - what: catalyst_solution\n        volume: 3 mL\n"
    plan = plan_of(tmp_path, (CHARGED, part("2 mL")[1] + again))
    (dose,) = (step.work for step in plan.steps if step.id == "addition")
    assert isinstance(dose, DoseWork)
    assert dose.feeds[1].planned == pytest.approx(3.0, rel=1e-3)


def test_rcm_05_says_that_it_is_a_part_and_the_loading_counts_all_of_it(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, part("2 mL"))
    (told,) = (problem for problem in plan.problems if problem.code == "W-RCM-05")
    assert "a part of Grubbs catalyst, second generation goes in at once" in str(told)
    assert not [problem for problem in plan.problems if problem.code == "W-RCM-16"]


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        ((part("8 mL"),), "nothing is left of catalyst_solution for step addition"),
        ((part("9 mL"),), "above the volume that is made up"),
        (
            (part("2 mL"), ("      - what: triphenylphosphine\n", "      - what: catalyst_solution\n")),
            "used whole in step addition and again in step scavenge",
        ),
    ],
)
def test_refusals(tmp_path: Path, edits: tuple[tuple[str, str], ...], told: str) -> None:
    found = prepare(Ask(write(tmp_path, *edits)))
    assert found.ready is None
    assert any(told in str(problem) for problem in found.problems)


def test_a_part_that_leaves_less_than_the_line_holds_is_refused(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, part("7.8 mL"))
    line = math.pi * 0.8**2 / 4 * 600 / 1000
    (told,) = (problem for problem in plan.problems if problem.code == "E-CAPACITY")
    assert line > 0.2 and "the line of pump_b alone holds more" in str(told)
