"""Gas and quench budgets against the reference batch (TC9)."""

import pytest

from ruggli.chemistry.gas import gas_volume, quench_budget
from ruggli.quantities.base import Celsius, Millimoles


def test_tc9_the_worked_batch() -> None:
    found = quench_budget(Millimoles(10.0), Millimoles(11.0), Millimoles(15.0))
    assert found.acid == pytest.approx(41.0)
    assert found.carbon_dioxide == pytest.approx(1003.08, rel=1e-5)
    assert found.bicarbonate == pytest.approx(37.1, abs=0.05)
    assert found.hydrogen == pytest.approx(122.327, rel=1e-5)


def test_a_mole_of_gas() -> None:
    assert gas_volume(Millimoles(1000.0)) == pytest.approx(24465.4, rel=1e-5)
    assert gas_volume(Millimoles(1000.0), Celsius(0.0)) == pytest.approx(22414.0, rel=1e-5)


def test_too_little_hydride_leaves_none() -> None:
    assert quench_budget(Millimoles(10.0), Millimoles(11.0), Millimoles(8.0)).hydrogen == 0.0
