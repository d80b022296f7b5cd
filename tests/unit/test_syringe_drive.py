"""The physics half of a syringe pump: exact, and independent of how time is sliced."""

import random
from math import pi

import pytest

from ruggli.quantities.base import Millilitres, Millimetres, MillimetresPerSecond, Seconds
from ruggli_simulator.drive import Drive
from ruggli_simulator.line import Tubing
from ruggli_simulator.liquid import Liquid
from ruggli_simulator.syringe import millilitres_per_millimetre

SUBSTRATE = Liquid("substrate", "DCM", {})
CHASE = Liquid("chase", "DCM", {})
BORE = Millimetres(14.43)
NOW = Seconds(0.0)
SWEEP = millilitres_per_millimetre(BORE)


class Flask:
    def __init__(self) -> None:
        self.volumes: dict[str, float] = {}

    def receive(self, liquid: Liquid, volume: Millilitres) -> None:
        self.volumes[liquid.name] = self.volumes.get(liquid.name, 0.0) + volume

    @property
    def total(self) -> float:
        return sum(self.volumes.values())


def bench(
    volume: float = 10.0, hold_up: float = 0.0, compliance: float = 0.0, bore: float = BORE, capacity: float = 12.0
) -> tuple[Drive, Flask]:
    flask = Flask()
    drive = Drive(Tubing(Millilitres(hold_up), flask), compliance=Millilitres(compliance))
    drive.load(NOW, SUBSTRATE, Millilitres(volume), Millimetres(bore), capacity=Millilitres(capacity))
    return drive, flask


def start(drive: Drive, rate: float, volume: float, now: float = 0.0) -> None:
    """Order a motion as a pump with the nominal bore stored does: rate in mL/s, volume in mL."""
    drive.start(Seconds(now), MillimetresPerSecond(rate / SWEEP), Millimetres(abs(volume) / SWEEP))


def slices(kind: str) -> list[float]:
    if kind == "one":
        return [10.0]
    if kind == "ten":
        return [float(second) for second in range(1, 11)]
    source = random.Random(20261122)
    return sorted(source.uniform(0, 10) for _ in range(200)) + [10.0]


@pytest.mark.parametrize("kind", ["one", "ten", "random"])
@pytest.mark.parametrize("compliance", [0.0, 0.2])
@pytest.mark.parametrize("hold_up", [0.0, 0.3])
def test_the_result_does_not_depend_on_the_slices(kind: str, compliance: float, hold_up: float) -> None:
    drive, flask = bench(hold_up=hold_up, compliance=compliance)
    start(drive, 0.1, 0.77)
    for now in slices(kind):
        drive.advance(Seconds(now))
    reference, expected = bench(hold_up=hold_up, compliance=compliance)
    start(reference, 0.1, 0.77)
    reference.advance(Seconds(10.0))
    assert flask.total == pytest.approx(expected.total, abs=1e-9)
    assert drive.travel * SWEEP == pytest.approx(0.77, abs=1e-12)
    assert not drive.moving and not drive.stalled
    if compliance == 0:
        assert flask.total == pytest.approx(0.77 - hold_up, abs=1e-9)


def test_the_end_of_a_motion_is_known_and_exact() -> None:
    drive, flask = bench()
    start(drive, 0.05, 0.5, now=100.0)
    assert drive.ends_at == pytest.approx(110.0, abs=1e-12)
    drive.advance(Seconds(105.0))
    assert drive.moving and flask.total == pytest.approx(0.25, abs=1e-12)
    drive.advance(Seconds(5000.0))
    assert flask.total == pytest.approx(0.5, abs=1e-12)


def test_a_syringe_with_exactly_the_dose_is_emptied_without_a_stall() -> None:
    drive, flask = bench(volume=0.5)
    start(drive, 0.05, 0.5)
    for now in slices("random"):
        drive.advance(Seconds(now))
    assert not drive.stalled
    assert flask.total == pytest.approx(0.5, abs=1e-9)


def test_rounding_in_the_plunger_position_does_not_turn_an_exact_dose_into_a_stall() -> None:
    source = random.Random(3)
    for _ in range(50):
        dose = source.uniform(0.1, 9.0)
        drive, flask = bench(volume=dose)
        first = dose * source.uniform(0.1, 0.9)
        start(drive, 0.1, first)
        for share in sorted(source.random() for _ in range(20)):
            drive.advance(Seconds(share * first / 0.1))
        drive.advance(Seconds(1e4))
        start(drive, 0.03, dose - first, now=2e4)
        drive.advance(Seconds(1e6))
        assert not drive.stalled
        assert flask.total == pytest.approx(dose, abs=1e-9)


def test_the_end_of_travel_is_a_stall() -> None:
    drive, flask = bench(volume=0.3)
    start(drive, 0.1, 0.5)
    assert drive.ends_at == pytest.approx(3.0)
    drive.advance(Seconds(9.0))
    assert drive.stalled and not drive.moving
    assert drive.travel * SWEEP == pytest.approx(0.3, abs=1e-12)
    assert flask.total == pytest.approx(0.3, abs=1e-12)


def test_the_plunger_comes_out_at_capacity() -> None:
    drive, _ = bench(volume=10.0, capacity=10.4)
    start(drive, -0.1, 1.0)
    drive.advance(Seconds(20.0))
    assert drive.stalled and drive.travel * SWEEP == pytest.approx(0.4)


def test_a_wrong_physical_bore_changes_the_truth_and_not_the_counter() -> None:
    drive, flask = bench(bore=2 * BORE)
    start(drive, 0.05, 0.5)
    drive.advance(Seconds(10.0))
    assert drive.travel * SWEEP == pytest.approx(0.5)
    assert flask.total == pytest.approx(2.0)


def test_an_unprimed_line_delivers_its_air_first() -> None:
    drive, flask = bench(hold_up=0.3)
    start(drive, 0.1, 1.0)
    drive.advance(Seconds(3.0))
    assert flask.total == pytest.approx(0.0, abs=1e-12)
    drive.advance(Seconds(10.0))
    assert flask.total == pytest.approx(0.7)


def test_priming_takes_the_hold_up_from_the_syringe_and_nothing_reaches_the_vessel() -> None:
    drive, flask = bench(volume=1.0, hold_up=0.3)
    assert drive.prime(NOW) == pytest.approx(0.3)
    assert flask.total == 0.0
    assert drive.prime(NOW) == 0.0
    start(drive, 0.1, 1.0)
    drive.advance(Seconds(20.0))
    assert drive.stalled
    assert flask.total == pytest.approx(0.7)


def test_a_chase_pushes_the_rest_of_the_line_out_first() -> None:
    drive, flask = bench(volume=1.0, hold_up=0.3)
    drive.prime(NOW)
    start(drive, 0.1, 0.7)
    drive.advance(Seconds(7.0))
    drive.unload(Seconds(10.0))
    drive.load(Seconds(10.0), CHASE, Millilitres(2.0), Millimetres(BORE))
    start(drive, 0.1, 0.4, now=10.0)
    drive.advance(Seconds(14.0))
    assert flask.volumes == {"substrate": pytest.approx(1.0), "chase": pytest.approx(0.1)}


def test_withdrawing_pulls_air_and_the_next_push_delivers_it_again() -> None:
    drive, flask = bench(volume=5.0, hold_up=0.3)
    drive.prime(NOW)
    start(drive, -0.1, 0.5)
    drive.advance(Seconds(5.0))
    content = drive.truth()["syringe"]["content"]
    assert [slug["liquid"] for slug in content] == ["substrate", "air"]
    assert sum(slug["volume_mL"] for slug in content) == pytest.approx(5.2)
    start(drive, 0.1, 0.5, now=5.0)
    drive.advance(Seconds(10.0))
    assert flask.total == 0.0
    assert [slug["liquid"] for slug in drive.tubing.truth()] == ["substrate"]
    assert drive.prime(Seconds(10.0)) == 0.0


def test_compliance_delays_the_first_volume() -> None:
    drive, flask = bench(compliance=0.2)
    start(drive, 0.1, 1.0)
    drive.advance(Seconds(10.0))
    assert flask.total == pytest.approx(1.0 - 0.2 * (1 - 2.718281828459045**-5))
    assert drive.travel * SWEEP == pytest.approx(1.0)


def test_a_stall_in_motion_ends_it_at_once_and_the_next_start_goes_on() -> None:
    drive, flask = bench()
    heard: list[float] = []
    drive.changed = lambda: heard.append(drive.ends_at)
    start(drive, 0.1, 1.0)
    drive.advance(Seconds(4.0))
    drive.inject("stall", {})
    assert heard == [4.0]
    drive.advance(Seconds(4.0))
    assert drive.stalled and flask.total == pytest.approx(0.4)
    start(drive, 0.1, 0.6, now=5.0)
    drive.advance(Seconds(20.0))
    assert not drive.stalled and flask.total == pytest.approx(1.0)


def test_a_lasting_stall_stops_every_start_until_it_is_healed() -> None:
    drive, flask = bench()
    drive.inject("stall", {"lasting": True})
    for _ in range(2):
        start(drive, 0.1, 1.0)
        drive.advance(Seconds(0.0))
        assert drive.stalled
    drive.inject("heal", {})
    start(drive, 0.1, 1.0)
    drive.advance(Seconds(10.0))
    assert flask.total == pytest.approx(1.0)


def test_a_silent_stall_freezes_the_counter_and_the_liquid_but_not_the_motion() -> None:
    drive, flask = bench()
    start(drive, 0.1, 1.0)
    drive.advance(Seconds(4.0))
    drive.inject("silent-stall", {})
    drive.advance(Seconds(4000.0))
    assert drive.moving
    assert drive.travel * SWEEP == pytest.approx(0.4) and flask.total == pytest.approx(0.4)


def test_a_leak_moves_the_counter_and_not_the_liquid() -> None:
    drive, flask = bench()
    drive.inject("leak", {"fraction": 0.75})
    start(drive, 0.1, 1.0)
    drive.advance(Seconds(10.0))
    assert drive.travel * SWEEP == pytest.approx(1.0)
    assert flask.total == pytest.approx(0.25) and drive.leaked == pytest.approx(0.75)


def test_a_slow_motor_keeps_its_way_and_comes_late() -> None:
    drive, flask = bench()
    start(drive, 0.1, 1.0)
    drive.advance(Seconds(5.0))
    drive.inject("slow", {"factor": 0.5})
    assert drive.ends_at == pytest.approx(15.0)
    drive.advance(Seconds(15.0))
    assert flask.total == pytest.approx(1.0)


def test_an_unknown_fault_is_refused() -> None:
    drive, _ = bench()
    with pytest.raises(ValueError, match="does not know the fault 'explode'"):
        drive.inject("explode", {})


def test_liquid_is_conserved_over_a_random_history() -> None:
    source = random.Random(7)
    drive, flask = bench(volume=8.0, hold_up=0.5, compliance=0.05)
    primed, now = drive.prime(NOW), 0.0
    for _ in range(300):
        start(drive, source.choice([0.2, 0.05, -0.1]), source.uniform(0.01, 0.6), now)
        for _ in range(source.randrange(1, 4)):
            now += source.uniform(0.0, 4.0)
            drive.advance(Seconds(now))
        drive.stop(Seconds(now))
    in_line = sum(slug["volume_mL"] for slug in drive.tubing.truth() if slug["liquid"] != "air")
    assert drive.syringe is not None
    in_syringe = sum(slug.volume for slug in drive.syringe.content.slugs if slug.liquid)
    assert primed == pytest.approx(0.5)
    assert flask.total + in_line + in_syringe == pytest.approx(8.0, abs=1e-9)
    assert flask.total > 1.0


def test_sweep_is_the_area() -> None:
    assert millilitres_per_millimetre(Millimetres(10.0)) == pytest.approx(pi * 25 / 1000)
