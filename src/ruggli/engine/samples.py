"""Samples of a run: their numbers, and what each took out of its vessel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruggli.quantities.base import Millilitres


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample that was taken.

    Attributes:
        number: from 1, over the whole run.
        step: the step that took it.
        vessel: out of which.
        volume: taken out; 0 mL where the protocol does not say.
    """

    number: int
    step: str
    vessel: str
    volume: Millilitres


def sample_name(number: int) -> str:
    """What stands on the vial: `S3`."""
    return f"S{number}"


def sample_of(data: Mapping[str, Any]) -> Sample:
    """The sample of an `aliquot` record."""
    return Sample(int(data["number"]), str(data["step"]), str(data["vessel"]), Millilitres(float(data["volume_mL"])))
