"""The thermal model of the bench against the vendor's figures and the suggested plant model."""

from dataclasses import dataclass

import pytest

from ruggli.quantities.base import Celsius, Millilitres, Seconds
from ruggli_simulator.ika_heat import HeatControl
from ruggli_simulator.solvents import solvent_named
from ruggli_simulator.thermal import CONTACTS, USABLE_POWER_W, Flask, Plate, Probe
from ruggli_simulator.vessel import Vessel


@dataclass
class Trace:
    medium: list[float]
    plate: list[float]
    vessel: Vessel

    def rate(self, start: float, end: float) -> float:
        """K/min between two temperatures."""
        first = next(t for t, value in enumerate(self.medium) if value >= start)
        last = next(t for t, value in enumerate(self.medium) if value >= end)
        return (end - start) / (last - first) * 60


def heat(
    solvent: str,
    volume: float,
    capacity: float,
    contact: str = "block",
    set_point: float | None = None,
    seconds: int = 7200,
    condenser: bool = True,
    stirred: bool = True,
    probe: bool = True,
) -> Trace:
    """Heat from 20 degC; without a set point at full power."""
    vessel = Vessel("flask", Millilitres(capacity), condenser=condenser)
    vessel.charge("charge", solvent, Millilitres(volume), {"s": 1.0}, Seconds(0))  # type: ignore[dict-item]
    plate = Plate(Celsius(20))
    plate.flask = Flask(vessel, CONTACTS[contact])
    sensor = Probe(plate, "flask")
    control = HeatControl(er05_after=0.0)
    control.restart(sensor.temperature)
    trace = Trace([], [], vessel)
    for t in range(seconds):
        seen = sensor.temperature if probe else None
        power = USABLE_POWER_W if set_point is None else control.power_w(set_point, plate.temperature, seen)
        plate.step(power, stirred)
        sensor.step(stirred)
        vessel.settle(Seconds(t))
        trace.medium.append(vessel.temperature)
        trace.plate.append(plate.temperature)
    return trace


def test_one_litre_of_water_on_the_bare_plate_heats_as_the_vendor_says() -> None:
    # 6.5 K/min in an H1500 vessel; the suggested model gives 5.9 K/min.
    assert heat("water", 1000, 1500, "bare", seconds=600).rate(35, 55) == pytest.approx(6.2, abs=0.6)


@pytest.mark.parametrize(
    ("solvent", "volume"), [("toluene", 250), ("toluene", 500), ("water", 250), ("water", 500), ("dcm", 250)]
)
def test_a_block_heats_flasks_at_4_to_10_kelvin_a_minute_with_little_overshoot(solvent: str, volume: float) -> None:
    set_point = 38.0 if solvent == "dcm" else 60.0
    trace = heat(solvent, volume, 500, set_point=set_point)
    ninety = 20 + 0.9 * (set_point - 20)
    time = next(t for t, value in enumerate(trace.medium) if value >= ninety)
    assert 3.5 < (ninety - 20) / time * 60 < 10
    assert 0 < max(trace.medium) - set_point < 3
    assert trace.medium[-1] == pytest.approx(set_point, abs=0.2)


@pytest.mark.parametrize(("solvent", "boiling"), [("dcm", 39.8), ("toluene", 110.6)])
def test_reflux_is_a_plateau_and_an_unreachable_set_point_lets_the_plate_climb(solvent: str, boiling: float) -> None:
    trace = heat(solvent, 162, 250, set_point=boiling + 5, seconds=3 * 3600)
    assert max(trace.medium) == pytest.approx(boiling)
    assert trace.medium[-3600:] == pytest.approx([boiling] * 3600)
    assert 130 < trace.plate[-1] < 260
    assert trace.vessel.volume == pytest.approx(162)


def test_a_lower_set_point_brings_the_plate_down_and_keeps_the_flask_near_boiling() -> None:
    trace = heat("toluene", 162, 250, set_point=109.6, seconds=3 * 3600)
    assert trace.medium[-1] == pytest.approx(109.6, abs=0.3)
    assert max(trace.plate[-3600:]) < 125


def test_without_condenser_the_charge_boils_away_and_solutes_stay() -> None:
    trace = heat("dcm", 100, 250, seconds=1200, condenser=False)
    vessel = trace.vessel
    assert vessel.boiled_off > 50 and vessel.volume == pytest.approx(100 - vessel.boiled_off)
    assert vessel.truth()["amounts_mmol"] == {"s": 1.0}
    assert vessel.truth()["peak_concentrations_mM"]["s"] > 20


def test_vapour_needs_the_heat_of_vaporisation() -> None:
    vessel = Vessel("flask", Millilitres(250))
    vessel.charge("w", "water", Millilitres(100), {}, Seconds(0))
    vessel.boil_off(2256 * 10.0)
    assert vessel.volume == pytest.approx(100 - 10 / 0.998)


@pytest.mark.parametrize(("stirred", "power"), [(True, 400.0), (False, 200.0)])
def test_without_stirring_half_the_heat_gets_over(stirred: bool, power: float) -> None:
    vessel = Vessel("flask", Millilitres(500))
    vessel.charge("w", "water", Millilitres(500), {}, Seconds(0))
    vessel.cold = 0.0
    plate = Plate(Celsius(20))
    plate.temperature = 100.0
    plate.flask = Flask(vessel)
    plate.step(0.0, stirred)
    assert (vessel.temperature - 20) * (vessel.heat_capacity + plate.flask.glass) == pytest.approx(power)


def test_the_probe_lags_more_in_an_unstirred_flask() -> None:
    plate = Plate(Celsius(20))
    plate.flask = Flask(Vessel("flask", Millilitres(100), temperature=Celsius(60)))
    plate.flask.vessel.charge("w", "water", Millilitres(50), {}, Seconds(0))
    plate.flask.vessel.cold = 0
    fast, slow = Probe(plate, "flask"), Probe(plate, "flask")
    for _ in range(10):
        fast.step(True)
        slow.step(False)
    assert fast.temperature - 20 == pytest.approx(40 * (1 - 0.9**10))
    assert slow.temperature - 20 < 0.45 * (fast.temperature - 20)


def test_without_probe_the_plate_is_controlled() -> None:
    trace = heat("toluene", 250, 500, set_point=100, probe=False)
    assert trace.plate[-1] == pytest.approx(100, abs=6) and trace.medium[-1] < trace.plate[-1]


def test_everything_cools_to_the_room_and_rests_there() -> None:
    vessel = Vessel("flask", Millilitres(250), temperature=Celsius(80))
    plate = Plate(Celsius(20))
    plate.temperature = 120.0
    plate.flask = Flask(vessel)
    for _ in range(5 * 3600):
        plate.step(0.0, True)
    assert plate.temperature == 20.0 and vessel.temperature == 20.0


def test_cold_feed_cools_a_hot_flask_by_its_heat_capacity() -> None:
    vessel = Vessel("flask", Millilitres(250), temperature=Celsius(20))
    vessel.charge("w", "water", Millilitres(100), {}, Seconds(0))
    flask = Flask(vessel)
    flask.loss = 0.0
    vessel.cold, vessel.temperature = 0.0, 60.0
    vessel.charge("more", "water", Millilitres(100), {}, Seconds(0))
    flask.step(0.0, 20.0)
    water = 100 * 0.998 * 4.18
    assert vessel.temperature == pytest.approx(60 - 40 * water / (2 * water + flask.glass))


@pytest.mark.parametrize(("name", "fall"), [("water", 1.77), ("toluene", 2.2), ("dcm", 1.75), ("acetonitrile", 2.0)])
def test_boiling_points_fall_with_the_pressure(name: str, fall: float) -> None:
    solvent = solvent_named(name)
    assert solvent.boiling_point - solvent.boiling_point_at(950.0) == pytest.approx(fall, abs=0.35)
    assert solvent.boiling_point_at(1013.25) == solvent.boiling_point


@pytest.mark.parametrize("name", ["DCM", "dichloromethane", "Methylene  Chloride", "CH2Cl2"])
def test_solvents_have_aliases(name: str) -> None:
    assert solvent_named(name).name == "dichloromethane" and solvent_named(name).known


def test_an_unknown_solvent_is_like_water_and_says_so() -> None:
    solvent = solvent_named("moon dew")
    assert not solvent.known and solvent.name == "moon dew" and solvent.heat_capacity == 4.18
