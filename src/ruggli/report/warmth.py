"""At which temperature a vessel really was, as one figure for its rate constants."""

from collections.abc import Mapping, Sequence
from math import exp, fsum, log
from typing import Any

from ruggli.chemistry.gas import GAS_CONSTANT
from ruggli.chemistry.kinetics.parameters import ZERO
from ruggli.quantities.base import Celsius, Seconds
from ruggli.report.account import Account

ACTIVATION = 83144.0
"""J/mol, the usual one of a mean kinetic temperature."""


COLDEST = Celsius(-100.0)
"""A reading below it is none of a flask."""


def mean_kinetic(readings: Sequence[float]) -> Celsius:
    """The temperature at which a rate constant is its mean over evenly spaced readings in degC.

    A warm hour counts more than a cold one.
    """
    slope = ACTIVATION / GAS_CONSTANT
    first = 1.0 / (readings[0] + ZERO)
    mean = fsum(exp(-slope * (1.0 / (reading + ZERO) - first)) for reading in readings) / len(readings)
    return Celsius(1.0 / (first - log(mean) / slope) - ZERO)


def temperature_of(account: Account, vessel: str, start: Seconds, end: Seconds) -> Celsius | None:
    """The mean kinetic temperature of a vessel between two times of the run; None where no probe was in it."""
    plate = _plate(account.plan, vessel)
    readings = [
        reading
        for track in account.plates
        if track.name == plate
        for time, reading in zip(track.times, track.probe, strict=True)
        if reading is not None and reading > COLDEST and start <= time <= end
    ]
    return mean_kinetic(readings) if readings else None


def _plate(plan: Mapping[str, Any], vessel: str) -> str:
    """The hotplate whose probe is in a vessel, or ""."""
    measured = {str(device["name"]) for device in plan["devices"] if device.get("measured")}
    works = (step["work"] for step in plan["steps"])
    found = (str(work["hotplate"]) for work in works if work.get("vessel") == vessel and "hotplate" in work)
    return next((name for name in found if name in measured), "")
