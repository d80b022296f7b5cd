"""Interlocks as a file sets them: what a step may change, within which bounds, and what it is refused."""

import pytest

from ruggli.documents.problem import Problem, ProblemsError
from ruggli.plan.guards import QUENCH_RISE, rules_of
from ruggli.plan.rules import STANDARD, Rules
from ruggli.protocol.loader import read_protocol
from ruggli.protocol.model import InterlockAction

PROTOCOL = """\
ruggli: 1
name: test
prompts: {timeout: 10 min, on_timeout: hold}
reagents:
  a: {name: a, role: substrate, molar_mass: 100 g/mol, limiting: true, amount: 1 mmol}
  w: {name: water, role: quench, molar_mass: 18 g/mol, equivalents: 5 eq}
  toluene: {name: toluene, role: solvent}
solutions:
  s: {solutes: [a], solvent: toluene, volume: 5 mL}
  q: {solutes: [w], solvent: toluene, volume: 5 mL}
vessels:
  flask: {role: reaction}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: toluene, volume: 50 mL}]}
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
  - {id: warm, do: heat, vessel: flask, to: 60 degC WARM}
  - {id: add, do: dose, into: flask, solutions: [s], class: feed_at_reflux, duration: 1 h ADD}
  - {id: end, do: quench, into: flask, solution: q, duration: 1 h, gate: {below: 70 degC} QUENCH}
"""


def rules(*, warm: str = "", add: str = "", quench: str = "") -> dict[str, Rules]:
    text = PROTOCOL
    for word, value in (("WARM", warm), ("ADD", add), ("QUENCH", quench)):
        text = text.replace(f" {word}", f", interlocks: {value}" if value else "")
    steps = read_protocol(text.encode(), "p.yaml").protocol.steps
    return {step.id: rules_of(step, getattr(step, "interlocks", None)) for step in steps}


def refusal(**settings: str) -> Problem:
    with pytest.raises(ProblemsError) as caught:
        rules(**settings)
    (problem,) = caught.value.problems
    return problem


def test_a_file_that_says_nothing_has_the_standard() -> None:
    found = rules()
    assert found["add"] == STANDARD
    assert found["end"].quench_rise == QUENCH_RISE


def test_every_key_reaches_its_rule() -> None:
    add = (
        "{hot: {for: 4 s, action: stop}, cold: {for: 2 s, action: wait}, stirring: {for: 3 s, action: abort}, "
        "probe: {action: stop}, frozen: {for: 10 min, action: none}, heating: {gain: 1 K, for: 5 min, action: none}, "
        "runaway: {above_plate: 10 K, ramp: 60 K/h, for: 20 s, action: abort}}"
    )
    found = rules(add=add)["add"]
    assert (found.hot.patience, found.hot.action) == (4.0, InterlockAction.STOP)
    assert (found.cold.patience, found.cold.action) == (2.0, InterlockAction.WAIT)
    assert (found.stirring.patience, found.stirring.action) == (3.0, InterlockAction.ABORT)
    assert (found.probe.patience, found.probe.action) == (1.0, InterlockAction.STOP)
    assert (found.frozen.patience, found.frozen.action) == (600.0, InterlockAction.NONE)
    assert (found.gain, found.heating.patience, found.heating.action) == (1.0, 300.0, InterlockAction.NONE)
    assert (found.above_plate, found.runaway.patience, found.runaway.action) == (10.0, 20.0, InterlockAction.ABORT)
    assert found.ramp == pytest.approx(1 / 60)
    assert rules(quench="{quench: {above: 8 K}}")["end"].quench_rise == 8.0


@pytest.mark.parametrize(
    "setting",
    [
        "{hot: {above: 21 K}}",
        "{hot: {for: 6 s}}",
        "{cold: {below: 25 K}}",
        "{cold: {for: 4 s}}",
        "{stirring: {for: 5 s}}",
        "{frozen: {for: 31 min}}",
        "{heating: {gain: 0.1 K}}",
        "{heating: {for: 9 min}}",
        "{runaway: {above_plate: 16 K}}",
        "{runaway: {ramp: 11 K/min}}",
        "{runaway: {for: 31 s}}",
    ],
)
def test_no_bound_is_looser_than_its_range(setting: str) -> None:
    problem = refusal(add=setting)
    assert problem.code == "E-RANGE" and problem.line == 17 and problem.value and "at most" in problem.bound


@pytest.mark.parametrize("name", ["hot", "cold", "stirring", "probe", "runaway"])
def test_an_interlock_for_safety_is_not_switched_off(name: str) -> None:
    problem = refusal(add=f"{{{name}: {{action: none}}}}")
    assert problem.code == "E-INTERLOCK" and "may not be switched off" in problem.message
    assert "hold, stop, abort" in problem.remedy


@pytest.mark.parametrize("name", ["hot", "probe", "runaway", "heating", "frozen"])
def test_what_asks_a_person_does_not_wait(name: str) -> None:
    problem = refusal(add=f"{{{name}: {{action: wait}}}}")
    assert problem.code == "E-INTERLOCK" and "asks a person" in problem.message


def test_a_word_that_is_no_action() -> None:
    assert refusal(add="{cold: {action: pause}}").code == "E-VALUE"


@pytest.mark.parametrize(
    ("step", "setting"),
    [("warm", "{cold: {below: 3 K}}"), ("warm", "{stirring: {action: wait}}"), ("add", "{quench: {above: 3 K}}")],
)
def test_an_interlock_that_would_never_count_is_refused(step: str, setting: str) -> None:
    problem = refusal(**{step: setting})
    assert problem.code == "E-INTERLOCK" and "does not work there" in problem.message
