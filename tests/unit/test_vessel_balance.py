"""The books of a vessel: what came in, what left, what is there."""

import pytest

from ruggli.quantities.base import Celsius, Millilitres, Millimoles, Molar, Seconds
from ruggli_simulator.liquid import Liquid
from ruggli_simulator.vessel import Vessel

STOCK = Liquid("stock", "DCM", {"substrate": Molar(0.1)})
CATALYST = Liquid("catalyst solution", "DCM", {"catalyst": Molar(0.00625)})


def flask(capacity: float = 250.0, charge: float = 162.0) -> Vessel:
    vessel = Vessel("flask", Millilitres(capacity))
    vessel.charge("solvent", "dichloromethane", Millilitres(charge), {}, Seconds(0))
    return vessel


def test_two_feeds_end_at_the_amounts_that_came_in() -> None:
    vessel = flask()
    for second in range(1000):
        vessel.receive(STOCK, Millilitres(0.03))
        vessel.receive(CATALYST, Millilitres(0.008))
        vessel.settle(Seconds(second))
    truth = vessel.truth()
    assert truth["volume_mL"] == pytest.approx(200)
    assert truth["liquids_mL"] == pytest.approx({"solvent": 162, "stock": 30, "catalyst solution": 8})
    assert truth["solvents_mL"] == pytest.approx({"dichloromethane": 200})
    assert truth["amounts_mmol"] == pytest.approx({"substrate": 3.0, "catalyst": 0.05})
    assert truth["concentrations_mM"] == pytest.approx({"substrate": 15.0, "catalyst": 0.25})
    assert truth["peak_concentrations_mM"] == pytest.approx(truth["concentrations_mM"])
    assert vessel.delivered("stock") == pytest.approx(30)
    assert vessel.concentration("substrate") == pytest.approx(0.015)


def test_a_peak_stays_when_more_solvent_dilutes() -> None:
    vessel = flask(charge=90)
    vessel.charge("stock", "dcm", Millilitres(10), {"substrate": Millimoles(1.0)}, Seconds(60))
    vessel.charge("rinse", "dcm", Millilitres(100), {}, Seconds(120))
    truth = vessel.truth()
    assert truth["peak_concentrations_mM"] == pytest.approx({"substrate": 10.0})
    assert truth["peak_concentration_times_s"] == {"substrate": 60.0}
    assert truth["concentrations_mM"] == pytest.approx({"substrate": 5.0})


def test_overflow_is_recorded_and_takes_its_share_of_everything() -> None:
    vessel = flask(capacity=100, charge=90)
    vessel.charge("stock", "dcm", Millilitres(10), {"substrate": Millimoles(1.0)}, Seconds(0))
    vessel.charge("too much", "dcm", Millilitres(25), {}, Seconds(1))
    truth = vessel.truth()
    assert truth["overflow_mL"] == pytest.approx(25) and truth["volume_mL"] == pytest.approx(100)
    assert truth["amounts_mmol"]["substrate"] == pytest.approx(0.8)
    assert sum(truth["liquids_mL"].values()) == pytest.approx(100)


def test_remove_and_empty() -> None:
    vessel = flask(charge=100)
    vessel.charge("solid", None, Millilitres(0), {"hydride": Millimoles(4)}, Seconds(0))
    vessel.remove(Millilitres(25))
    assert vessel.volume == pytest.approx(75) and vessel.truth()["amounts_mmol"]["hydride"] == pytest.approx(3)
    vessel.remove(Millilitres(1000))
    assert vessel.volume == 0 and vessel.concentration("hydride") == Molar(0)
    vessel.charge("solid", None, Millilitres(0), {"hydride": Millimoles(4)}, Seconds(0))
    vessel.empty()
    assert vessel.truth()["amounts_mmol"]["hydride"] == 0


def test_the_lowest_boiling_solvent_sets_the_plateau_above_a_trace() -> None:
    vessel = Vessel("flask", Millilitres(250))
    vessel.charge("a", "toluene", Millilitres(97), {}, Seconds(0))
    vessel.charge("b", "dcm", Millilitres(3), {}, Seconds(0))
    assert vessel.boiling_point == 110.6
    vessel.charge("b", "dcm", Millilitres(10), {}, Seconds(0))
    assert vessel.boiling_point == 39.8


def test_boiling_dry_gives_way_to_the_next_solvent() -> None:
    vessel = Vessel("flask", Millilitres(250))
    vessel.charge("a", "water", Millilitres(50), {}, Seconds(0))
    vessel.charge("b", "dcm", Millilitres(50), {}, Seconds(0))
    for second in range(30):
        vessel.boil_off(1000.0)
        vessel.settle(Seconds(second))
    left = vessel.truth()["solvents_mL"]
    assert left["dichloromethane"] < 0.05 * vessel.volume and vessel.boiling_point == 100.0
    capacity = left["water"] * 0.998 * 4.18 + left["dichloromethane"] * 1.326 * 1.19
    assert vessel.heat_capacity == pytest.approx(capacity)


def test_unknown_solvents_are_named_in_the_truth() -> None:
    vessel = Vessel("flask", Millilitres(250), temperature=Celsius(22))
    vessel.charge("a", "moon dew", Millilitres(5), {}, Seconds(0))
    assert vessel.truth()["unknown_solvents"] == ["moon dew"] and vessel.truth()["temperature_degC"] == 22
