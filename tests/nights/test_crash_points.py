"""A part of `tests/long/crash_points.py` in every run of the tests."""

import pytest
from long.crash_points import crash, double, single

EVERY = 301


@pytest.mark.timeout(300)
def test_killed_at_moments_all_over_and_resumed() -> None:
    points = list(single(EVERY))
    assert len(points) > 80
    wrong = [(point, text) for point, _, _, text in map(crash, points) if text]
    assert wrong == []


@pytest.mark.timeout(300)
def test_killed_twice() -> None:
    wrong = [(point, text) for point, _, _, text in map(crash, double(60, seed=3)) if text]
    assert wrong == []
