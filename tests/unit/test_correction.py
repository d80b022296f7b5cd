"""A prediction corrected by measured conversions: the truth is in the band, and the band is narrower."""

from collections.abc import Mapping

import pytest

from ruggli.chemistry.kinetics.correction import Correction, correct, correction_as_json
from ruggli.chemistry.kinetics.forecast import spread
from ruggli.chemistry.kinetics.measured import Measured
from ruggli.chemistry.kinetics.model import Model
from ruggli.chemistry.kinetics.parameters import CATALYSTS, Parameter, effective_molarity
from ruggli.chemistry.kinetics.schedule import Feed, Schedule
from ruggli.chemistry.kinetics.schemes import MACROCYCLISATION, model_of
from ruggli.chemistry.kinetics.solve import solve
from ruggli.quantities.base import Celsius, Millilitres, Millimoles, Seconds

HOUR = 3600.0
MOLARITY = effective_molarity(7)
assert MOLARITY is not None
PARAMETERS: tuple[Parameter, ...] = (*CATALYSTS[0].at(Celsius(40.0)), MOLARITY)


def feed(volume: float, species: str, amount: float) -> Feed:
    return Feed(Millilitres(volume), {species: Millimoles(amount)}, Seconds(0.0), Seconds(6 * HOUR))


FLASK = Schedule(Millilitres(162.0), {}, (feed(30.0, "M", 1.0), feed(8.0, "Ru", 0.05)), (), Seconds(9 * HOUR))
TIMES = [Seconds(FLASK.end * index / 60) for index in range(61)]


def make(known: Mapping[str, float]) -> Model:
    return model_of(MACROCYCLISATION, known)


def truth(constants: Mapping[str, float], *hours: float) -> tuple[list[float], dict[str, float]]:
    """Conversions at some hours, and the yields at the end."""
    times = [Seconds(HOUR * hour) for hour in hours]
    solution = solve(make(constants), FLASK, times)
    found = [1.0 - moment.amounts["M"] / FLASK.put_in(moment.time)["M"] for moment in solution.moments]
    return found, solution.yields


def corrected(*measured: tuple[float, float], uncertainty: float = 0.05) -> Correction:
    items = [Measured(Seconds(HOUR * hour), value, uncertainty) for hour, value in measured]
    return correct(make, PARAMETERS, FLASK, TIMES, items)


def test_the_truth_is_in_nine_of_ten_bands_and_they_are_narrower() -> None:
    """Flasks whose constants lie between those of the samples, even at the ends of their ranges."""
    inside = {"conversion": 0, "C": 0, "k_prime": 0}
    for number in range(5, 65, 10):
        parts = [(0.21 + number * 0.618 * (1 + place / 7)) % 1.0 for place in range(len(PARAMETERS))]
        constants = {p.name: p.at(part) for p, part in zip(PARAMETERS, parts, strict=True)}
        (first, second, end), yields = truth(constants, 3.0, 7.0, 9.0)
        found = corrected((3.0, first), (7.0, second))
        after = found.corrected
        assert after is not None, found.counting
        assert after.conversion.high - after.conversion.low < found.before.high - found.before.low
        inside["conversion"] += after.conversion.low - 0.02 <= end <= after.conversion.high + 0.02
        inside["C"] += after.yields["C"].low - 0.02 <= yields["C"] <= after.yields["C"].high + 0.02
        inside["k_prime"] += after.constants["k_prime"].low <= constants["k_prime"] <= after.constants["k_prime"].high
    assert min(inside.values()) >= 5, inside


def test_a_low_conversion_lowers_and_a_high_one_raises() -> None:
    low, high = corrected((3.0, 0.15)).corrected, corrected((3.0, 0.9)).corrected
    assert low is not None and high is not None
    assert low.conversion.high < high.conversion.low
    assert low.yields["C"].value < high.yields["C"].value


def test_a_surer_measurement_narrows_more() -> None:
    sure, unsure = corrected((6.0, 0.75), uncertainty=0.03), corrected((6.0, 0.75), uncertainty=0.2)
    assert sure.corrected is not None and unsure.corrected is not None
    widths = [found.conversion.high - found.conversion.low for found in (sure.corrected, unsure.corrected)]
    assert widths[0] < widths[1]
    assert sure.counting < unsure.counting <= 256


def test_an_unsure_measurement_changes_nothing() -> None:
    found = corrected((6.0, 0.75), uncertainty=100.0)
    assert found.corrected is not None and found.counting == pytest.approx(256, rel=1e-3)
    assert found.corrected.conversion.low == pytest.approx(found.before.low, abs=1e-6)
    assert found.corrected.conversion.high == pytest.approx(found.before.high, abs=1e-6)


def test_what_no_constant_explains_is_said() -> None:
    """No flask loses conversion, and none is through after six minutes."""
    found = corrected((3.0, 0.9), (6.0, 0.1))
    assert found.corrected is None
    assert correction_as_json(found)["corrected"] is None
    beyond = corrected((0.1, 0.99), uncertainty=0.02)
    assert beyond.corrected is None and beyond.far == (0,)


def test_the_time_to_95_percent_is_that_of_the_flask() -> None:
    constants = {p.name: p.value for p in PARAMETERS} | {"k_prime": 5.0}
    (first, second), _ = truth(constants, 3.0, 6.0)
    after = corrected((3.0, first), (6.0, second), uncertainty=0.02).corrected
    assert after is not None
    reached = after.reached.value
    total = FLASK.put_in(FLASK.end)["M"]
    moment = solve(make(constants), FLASK, [Seconds(reached)]).moments[0]
    reacted = FLASK.put_in(moment.time)["M"] - moment.amounts["M"]
    assert reacted / total == pytest.approx(0.95, abs=0.02)


def test_a_slow_flask_does_not_reach_it() -> None:
    after = corrected((3.0, 0.1), (6.0, 0.3)).corrected
    assert after is not None
    assert correction_as_json(corrected((3.0, 0.1), (6.0, 0.3)))["corrected"]["reached_s"]["value"] is None


def test_the_same_measurements_give_the_same_correction() -> None:
    assert corrected((3.0, 0.5)) == corrected((3.0, 0.5))
    assert spread(PARAMETERS, 256)[:64] == spread(PARAMETERS, 64)
