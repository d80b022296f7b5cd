"""Numbers as the report prints them."""

import pytest

from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Seconds
from ruggli.report import numbers


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 s"),
        (2.04, "2.0 s"),
        (59.9, "60 s"),
        (59.99, "1 min"),
        (90.0, "1 min 30 s"),
        (3599.7, "1 h"),
        (3630.0, "1 h"),
        (3660.0, "1 h 01 min"),
        (-150.0, "−2 min 30 s"),
        (90000.0, "25 h"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert numbers.duration(Seconds(seconds)) == text


def test_volumes_and_differences() -> None:
    assert numbers.between(Millilitres(9.98), Millilitres(10.0)) == "9.980 to 10.000 mL"
    assert numbers.between(Millilitres(10.0), Millilitres(10.0)) == "10.000 mL"
    assert numbers.signed_volume(Millilitres(-0.05), Millilitres(10.0)) == "−0.050 mL (−0.50 %)"
    assert numbers.longer(Seconds(130.0), Seconds(1300.0)) == "+2 min 10 s (+10 %)"
    assert numbers.longer(Seconds(0.4), Seconds(10.0)) == "0 s"


def test_flow_keeps_the_unit_of_what_was_asked() -> None:
    asked = MillilitresPerSecond(5.0 / 3600)
    assert numbers.flow(MillilitresPerSecond(4.999 / 3600), asked) == "4.9990 mL/h"
    assert numbers.flow(MillilitresPerSecond(1.0 / 60), MillilitresPerSecond(1.0 / 60)) == "1.0000 mL/min"


def test_no_exponent_ever() -> None:
    assert numbers.plain(123456.0, 3) == "123456" and numbers.plain(1.2e-7, 2) == "0.00000012"


def test_clock_and_date() -> None:
    assert numbers.clock(Seconds(90061.0)) == "25:01:01"
    assert numbers.date("2026-11-22T20:15:00.123+00:00") == "2026-11-22 20:15:00 +00:00"
