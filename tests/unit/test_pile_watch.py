"""How fast the book of what piles up lets a reaction count, by what the probe says."""

import pytest

from ruggli.engine.pile_watch import slower
from ruggli.plan.kept import PileRule
from ruggli.protocol.model import InterlockAction
from ruggli.quantities.base import Celsius, Kelvin

RULE = PileRule(0.2, InterlockAction.WAIT, Celsius(40.0), Kelvin(9600.0))


def test_as_planned_it_counts_whole_and_never_as_more() -> None:
    assert slower(RULE, Celsius(40.0)) == 1.0
    assert slower(RULE, Celsius(60.0)) == 1.0


def test_a_colder_flask_counts_as_slower() -> None:
    assert slower(RULE, Celsius(20.0)) == pytest.approx(0.1236, rel=1e-3), "E/R = 9600 K from 40 to 20 degC"


@pytest.mark.parametrize("probe", [None, -999.0, -274.0, -273.15, -30.1, 350.1, 850.0])
def test_a_reading_that_no_flask_can_have_counts_as_none(probe: float | None) -> None:
    assert slower(RULE, None if probe is None else Celsius(probe)) == 0.0
