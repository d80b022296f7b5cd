"""A reagent that is fed and used up: against closed forms and against SciPy."""

import math

import pytest
from scipy.integrate import solve_ivp

from ruggli.chemistry.feeding import Contents, Kinetics, Stretch, course, highest, last
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimoles, Seconds

EMPTY = Contents(Millilitres(80.0), Millimoles(0.0))


def fed(seconds: float, millilitres: float = 20.0, millimoles: float = 1.0, catalyst: float = 0.0) -> Stretch:
    flow = MillilitresPerSecond(millilitres / seconds)
    return Stretch(Seconds(seconds), flow, millimoles / seconds, catalyst / seconds)


def test_peak_of_a_slow_addition_with_volume_growth() -> None:
    """TC3 of the reference solutions: k 5e-4 1/s, 80 mL, 20 mL of 0.05 M in 28800 s: 7.96953e-4 M."""
    assert highest(EMPTY, [fed(28800.0)], Kinetics(5e-4)) == pytest.approx(7.96953e-4, rel=1e-3)


def test_without_reaction_the_peak_is_the_end() -> None:
    assert highest(EMPTY, [fed(3600.0)], Kinetics()) == pytest.approx(0.01)


def test_the_first_drop_in_an_empty_vessel_is_the_solution_itself() -> None:
    nothing = Contents(Millilitres(0.0), Millimoles(0.0))
    assert highest(nothing, [fed(3600.0)], Kinetics(1e-2)) == pytest.approx(0.05)


def test_a_constant_rate_is_exact_however_it_is_cut() -> None:
    """n = f/k (1 - e^(-kt)), whatever the volume does."""
    k, f = 1e-3, 1.0 / 7200
    whole = last(EMPTY, [fed(7200.0)], Kinetics(k))
    cut = last(EMPTY, [fed(1800.0, 5.0, 0.25)] * 4, Kinetics(k))
    assert whole.reagent == pytest.approx(f / k * (1 - math.exp(-k * 7200)), rel=1e-12)
    assert cut.reagent == pytest.approx(whole.reagent, rel=1e-12) and cut.volume == pytest.approx(whole.volume)


def test_a_catalyst_that_is_fed_too_and_decays_against_scipy() -> None:
    kinetics = Kinetics(1e-5, 0.5, 1e-4)
    stretches = [fed(3600.0, catalyst=0.05), fed(1800.0, 4.0, 0.6, 0.02)]

    def slope(time: float, state: list[float]) -> list[float]:
        stretch = stretches[0] if time < 3600.0 else stretches[1]
        volume, reagent, catalyst = state
        k = kinetics.constant + kinetics.per_catalyst * catalyst / volume
        return [stretch.flow, stretch.reagent - k * reagent, stretch.catalyst - kinetics.decay * catalyst]

    found = course(EMPTY, stretches, kinetics)
    state = [80.0, 0.0, 0.0]
    for begin, end in ((0.0, 3600.0), (3600.0, 5400.0)):
        solved = solve_ivp(slope, (begin, end - 1e-6), state, rtol=1e-10, atol=1e-14, method="LSODA")
        state = list(solved.y[:, -1])
        row = next(row for at, row in found if at == pytest.approx(end))
        assert row.volume == pytest.approx(state[0], rel=1e-6)
        assert row.reagent == pytest.approx(state[1], rel=2e-4)
        assert row.catalyst == pytest.approx(state[2], rel=1e-6)
