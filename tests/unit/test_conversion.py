"""The bound on the ring that `check` tells: against the kinetic model without losses, and never below it with them."""

import math
from pathlib import Path

import pytest

from ruggli.app.builtin import find_protocol
from ruggli.app.planning import Ask, prepare
from ruggli.chemistry.kinetics.macrocyclisation import Constants, Macrocyclisation
from ruggli.chemistry.kinetics.schedule import Feed, Portion, Schedule
from ruggli.chemistry.kinetics.solve import solve
from ruggli.documents.problem import Problem
from ruggli.plan.conversion import best_ring
from ruggli.quantities.base import Millilitres, Millimoles, Molar, Seconds

HOUR = 3600.0


def amounts(**found: float) -> dict[str, Millimoles]:
    return {name: Millimoles(amount) for name, amount in found.items()}


def feed(volume: float, hours: float, start: float = 0.0, **found: float) -> Feed:
    return Feed(Millilitres(volume), amounts(**found), Seconds(start * HOUR), Seconds(hours * HOUR))


SLOW = (feed(30.0, 6.0, M=1.0), feed(8.0, 6.0, Ru=0.05))
CASES = (
    Schedule(Millilitres(100.0), amounts(M=1.0, Ru=0.02), end=Seconds(5 * HOUR)),
    Schedule(Millilitres(160.0), amounts(), SLOW, end=Seconds(8 * HOUR)),
    Schedule(Millilitres(5.0), amounts(Ru=0.01), SLOW[:1], end=Seconds(7 * HOUR)),
    Schedule(
        Millilitres(40.0),
        amounts(M=0.2),
        (feed(0.0, 2.0, 1.0, Ru=0.02), feed(20.0, 3.0, 2.0, M=0.5)),
        (Portion(Seconds(4 * HOUR), amounts(M=0.3)), Portion(Seconds(0.5 * HOUR), amounts(Ru=0.01))),
        Seconds(6 * HOUR),
    ),
)


def ring(schedule: Schedule, constants: Constants) -> float:
    return solve(Macrocyclisation(constants), schedule, [schedule.end]).yields["C"]


@pytest.mark.parametrize("k", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("schedule", CASES)
def test_without_losses_the_bound_is_what_is_made(schedule: Schedule, k: float) -> None:
    assert best_ring(schedule, k) == pytest.approx(ring(schedule, Constants(k)), abs=2e-4)


@pytest.mark.parametrize("schedule", CASES)
def test_losses_only_make_less(schedule: Schedule) -> None:
    losses = Constants(1.0, effective_molarity=Molar(0.02), k_d=2e-5, k_iso=0.5, phi=0.3)
    assert ring(schedule, losses) < best_ring(schedule, 1.0)


def test_a_batch_and_a_slow_feed_have_their_closed_forms() -> None:
    """1 - exp(-k1 t), and 1 - (1 - exp(-alpha))/alpha exp(-k1 t_hold): chemistry.md B.4 and B.5, 5 mol% at 10 mM."""
    k1 = 5e-4
    batch = Schedule(Millilitres(100.0), amounts(M=1.0, Ru=0.05), end=Seconds(HOUR))
    assert best_ring(batch, 1.0) == pytest.approx(1.0 - math.exp(-k1 * HOUR))
    assert 1.0 - best_ring(batch, 1.0) == pytest.approx(0.165, abs=5e-4)
    slow = Schedule(Millilitres(100.0), amounts(Ru=0.05), (feed(0.0, 4.0, M=1.0),), end=Seconds(6 * HOUR))
    alpha = k1 * 4 * HOUR
    left = (1.0 - math.exp(-alpha)) / alpha * math.exp(-k1 * 2 * HOUR)
    assert best_ring(slow, 1.0) == pytest.approx(1.0 - left, abs=1e-4)


def test_nothing_comes() -> None:
    assert best_ring(Schedule(Millilitres(10.0), amounts(Ru=0.1), end=Seconds(10.0)), 1.0) == 1.0


def found(tmp_path: Path, *edits: tuple[str, str], **settings: str) -> list[Problem]:
    text = find_protocol("rcm-high-dilution")[1].decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return [p for p in prepare(Ask(str(path), settings=settings)).problems if p.code.endswith("CONVERSION")]


def test_one_mole_percent_at_one_millimolar_is_warned_of(tmp_path: Path) -> None:
    """Every figure within the document's ranges; not even the most favourable constant converts 95 %."""
    (problem,) = found(tmp_path, ("amount: 1 mmol", "amount: 0.2 mmol"), loading="1 mol%")
    assert problem.code == "W-CONVERSION" and problem.severity.value == "warning"
    assert "X-01" in problem.message and "mark E" in problem.value and problem.bound == "at least 95 %"
    assert problem.value.startswith("at most 13.7 % ring") and problem.line > 60


def test_where_only_the_default_fails_it_is_a_note(tmp_path: Path) -> None:
    (problem,) = found(tmp_path, loading="1 mol%")
    assert (problem.code, problem.severity.value) == ("N-CONVERSION", "note")


def test_the_shipped_protocol_has_neither(tmp_path: Path) -> None:
    assert found(tmp_path) == []


def test_nothing_is_said_of_a_plan_with_errors_or_without_constants(tmp_path: Path) -> None:
    assert found(tmp_path, ("cas: 246047-72-3", "cas: 0-00-0"), loading="1 mol%") == []
    assert found(tmp_path, loading="1 mol%", flask_volume="962 mL") == []
