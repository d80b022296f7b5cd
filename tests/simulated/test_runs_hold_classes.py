"""A hold is chemistry: per class what stops, what stays, for how long, and what follows, by the truth of the bench."""

from typing import Any

import pytest

from ruggli.world.operator import Command

REFLUX_BEGINS, WARM_BEGINS, ROOM_BEGINS = 462.0, 565.0, 140.0
LONG = {"addition_time": "10 min"}
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
  - {id: warm, do: heat, vessel: flask, to: 40 degC}
  - {id: end, do: quench, into: flask, solution: quench_solution, duration: 30 min, gate: {below: 60 degC}}
"""


def held(desk: Any, protocol: str, at: float, *answers: tuple[str, str, float]) -> tuple[Any, dict[str, Any]]:
    """A run that a person holds at a time, and the truth 30 s later."""
    seen: dict[str, Any] = {}
    trial = desk.run(
        protocol,
        settings=LONG if "addition_time" in protocol else {},
        at={
            at: lambda bench: desk.signals._commands.append(Command.HOLD),
            at + 30: lambda bench: seen.update(bench.truth()["devices"]),
        },
        answers=answers or [("hold.1", "resume", 90_000.0)],
    )
    assert "held" in [record["to"] for record in trial.of("state")]
    return trial, seen


@pytest.mark.parametrize(
    ("what", "step_class", "heats", "heats_at_the_end", "hours"),
    [
        ("room", "feed", True, True, 2.0),
        ("reflux", "feed_at_reflux", True, False, 1.0),
        ("rest", "heat_only", False, False, 1.0),
        ("quench", "quench", False, False, 1.0),
    ],
)
def test_what_stops_what_stays_for_how_long_and_what_follows(
    desk: Any, what: str, step_class: str, heats: bool, heats_at_the_end: bool, hours: float
) -> None:
    protocol, at = {
        "room": (desk.dual(), ROOM_BEGINS + 60),
        "reflux": (desk.reflux(), REFLUX_BEGINS + 60),
        "rest": (desk.warm(), WARM_BEGINS + 600 + 40),
        "quench": (QUENCH, 700.0),
    }[what]
    trial, seen = held(desk, protocol, at)
    begun = [record["step"] for record in trial.of("step") if record["what"] == "begin"]
    step = next(step for step in trial.plan.steps if step.id == begun[-1])
    assert step.hold.step_class.value == step_class
    assert seen["pump_a"]["motor_mm_per_s"] == 0 and seen.get("pump_b", {}).get("motor_mm_per_s", 0) == 0
    assert seen["plate"]["heater"] is heats
    assert seen["plate"]["speed_rpm"] == pytest.approx(400, abs=5)
    assert trial.verdict == "held"
    last = trial.bench.truth()["devices"]["plate"]
    assert last["heater"] is heats_at_the_end
    assert last["speed_rpm"] == pytest.approx(400, abs=5), "stirring goes on in every end"
    ended = next(r["t"] for r in trial.of("end"))
    proof = 200.0 if heats and not heats_at_the_end else 5.0
    assert -2.0 <= ended - at - hours * 3600.0 <= proof
    trial.check_doses(complete=False)


def test_a_hold_time_counts_only_while_the_vessel_is_warm(desk: Any) -> None:
    protocol = desk.warm().replace("duration: 1 min", "duration: 10 min")
    at = WARM_BEGINS + 600 + 120
    trial, seen = held(desk, protocol, at, ("hold.1", "resume", 1200.0))
    assert seen["plate"]["heater"] is False
    assert trial.verdict == "complete", trial.outcome.cause
    began = next(r["t"] for r in trial.of("step") if r["step"] == "rest" and r["what"] == "begin")
    ended = next(r["t"] for r in trial.of("step") if r["step"] == "rest" and r["what"] == "end")
    held_from = next(r["t"] for r in trial.of("state") if r["to"] == "holding")
    samples = [(r["t"], r["plates"]["plate"][0]) for r in trial.of("sample") if began <= r["t"] <= ended]
    assert min(probe for _, probe in samples) < 70.0, "it went cold while held"
    again = next(r["t"] for r in trial.of("state") if r["to"] == "running" and r["t"] > held_from)
    warm = next(probe for t, probe in samples if t >= again)
    assert warm >= 74.5
    assert (held_from - began) + (ended - again) == pytest.approx(600.0, abs=5)


def test_c11_nobody_answers_anything(desk: Any) -> None:
    trial = desk.run(quick=False, answers=[("charge", "done", 9e4), ("hold.1", "resume", 9e4)])
    asked = trial.of("prompt")[0]
    charge = trial.plan.prompts[0]
    holds = next(r["t"] for r in trial.of("state") if r["to"] == "holding")
    assert charge.timeout == 600.0
    assert holds - asked["t"] == pytest.approx(600.0 + charge.takes, abs=2)
    ended = trial.of("end")[0]["t"]
    assert trial.verdict == "held" and ended - holds == pytest.approx(3600.0, abs=5)
    plate = trial.bench.truth()["devices"]["plate"]
    assert plate["heater"] is False


def test_both_feeds_of_a_dose_stop_and_start_together(desk: Any) -> None:
    watch = desk.watch(ROOM_BEGINS + 55, 60)
    trial = desk.run(
        settings=LONG,
        at={
            **watch.at,
            ROOM_BEGINS + 60: lambda bench: desk.signals._commands.append(Command.HOLD),
        },
        answers=[("hold.1", "resume", 20.0)],
    )
    assert trial.verdict == "complete"
    pairs = [(row["pump_a"]["motor_mm_per_s"] > 0, row["pump_b"]["motor_mm_per_s"] > 0) for row in watch.rows.values()]
    assert (False, False) in pairs and (True, True) in pairs
    assert sum(a is not b for a, b in pairs) <= 2, "skew at most 2 s"
    trial.check_doses()
