"""Conversions that were measured, for who corrects a prediction by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ruggli.quantities.base import Seconds

UNCERTAINTY: Final = 0.05
"""Standard deviation of a conversion where nobody says, mark E: 5 percentage points."""
WANTED: Final = 0.95
"""Conversion for which the time is told."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A conversion of the substrate that was in the flask by then.

    Attributes:
        time: since the start of the schedule.
        conversion: part of the substrate put in by then that is no longer there, 0 to 1.
        uncertainty: one standard deviation of it.
        name: of the sample, for people.
    """

    time: Seconds
    conversion: float
    uncertainty: float = UNCERTAINTY
    name: str = ""


def measured_as_json(measured: Measured) -> dict[str, Any]:
    """Plain data: time in s, parts of 1."""
    return {
        "name": measured.name,
        "time_s": measured.time,
        "conversion": measured.conversion,
        "uncertainty": measured.uncertainty,
    }


def read_measured(row: Mapping[str, Any]) -> Measured:
    """What `measured_as_json` gave."""
    return Measured(
        Seconds(float(row["time_s"])), float(row["conversion"]), float(row["uncertainty"]), str(row["name"])
    )
