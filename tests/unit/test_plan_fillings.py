"""Fillings never hold or give more than they may; pumps are assigned at the lowest cost."""

import itertools
import random

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from ruggli.plan.fillings import Run, charges, split
from ruggli.plan.matching import cheapest
from ruggli.plan.rates import held_down
from ruggli.plan.seats import Seat
from ruggli.quantities.base import Millilitres, Millimetres
from ruggli.rig.geometry import SyringeSpec
from ruggli_drivers import new_era

CAPABILITY = next(iter(new_era.CARD.capabilities.values()))


def seat_of(size: float, bore: float, dead: float, hold_up: float) -> Seat:
    spec = SyringeSpec("", Millilitres(size), Millimetres(bore), Millilitres(dead), None, f"{size:g} mL")
    return Seat("pump", "flask", CAPABILITY, spec, Millilitres(hold_up), Millilitres(size))  # type: ignore[arg-type]


@seed(20261123)
@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    volumes=st.lists(st.floats(0.5, 265), min_size=1, max_size=4),  # 100 fillings of 2.7 mL at least
    size=st.sampled_from([(5.0, 10.30), (10.0, 13.0), (10.0, 14.57), (25.0, 23.03), (50.0, 32.57)]),
    dead=st.floats(0.001, 0.3),
    hold_up=st.floats(0.001, 2.0),
)
def test_held_volumes_never_exceed_the_plan_nor_fillings_the_syringe(
    volumes: list[float], size: tuple[float, float], dead: float, hold_up: float
) -> None:
    seat = seat_of(*size, dead, hold_up)
    runs = [Run(seat, Millilitres(volume), Millilitres(hold_up)) for volume in volumes]
    rows = split(runs)
    assert rows is not None
    for column, run in enumerate(runs):
        ends = [row[column] for row in rows]
        pieces = [end - begin for begin, end in zip([0.0, *ends], ends, strict=False)]
        held = [held_down(seat, Millilitres(piece)) for piece in pieces]
        assert sum(held) <= run.displaced + 1e-9
        assert ends[-1] == run.displaced and all(piece > 0 for piece in pieces)
        fills = charges(run, ends)
        assert fills[0] is not None
        left = 0.0
        for number, (fill, piece) in enumerate(zip(fills, pieces, strict=True)):
            if fill is not None:
                assert fill <= seat.stroke_volume + 1e-6
                left = fill - (hold_up if number == 0 else 0.0)
            left -= piece
            assert left >= dead - 1e-6


def test_a_line_that_leaves_no_room_cannot_be_filled() -> None:
    seat = seat_of(10.0, 14.57, 0.2, 12.0)
    assert split([Run(seat, Millilitres(5.0), Millilitres(12.0))]) is None


@pytest.mark.parametrize("jobs", [1, 2, 3, 4])
def test_the_assignment_is_the_cheapest_of_all(jobs: int) -> None:
    numbers = random.Random(7)
    for _ in range(40):
        seats = numbers.randint(jobs, 6)
        costs = [[numbers.randint(0, 30) for _ in range(seats)] for _ in range(jobs)]
        chosen = cheapest(costs)
        assert len(set(chosen)) == jobs
        best = min(
            sum(costs[job][seat] for job, seat in enumerate(seats_of_jobs))
            for seats_of_jobs in itertools.permutations(range(seats), jobs)
        )
        assert sum(costs[job][seat] for job, seat in enumerate(chosen)) == best


def test_fewer_seats_than_jobs_is_an_error() -> None:
    with pytest.raises(ValueError, match="fewer seats"):
        cheapest([[1], [2]])


def test_a_sum_beyond_the_largest_number_of_the_wire_is_still_split() -> None:
    """A bore up to 14 mm counts in uL, at most 9999: 30 mL come in pieces that each fit, though their sum does not."""
    seat = seat_of(5.0, 10.30, 0.1, 0.3)
    rows = split([Run(seat, Millilitres(30.0), Millilitres(0.3))])
    assert rows is not None and len(rows) > 6
    assert rows[-1] == (30.0,)
