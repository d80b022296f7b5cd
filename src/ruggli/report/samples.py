"""Samples that were taken for analysis, and what they showed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ruggli.engine.samples import sample_name
from ruggli.quantities.base import Millilitres, Seconds
from ruggli.report.runclock import Timed


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One result: which one, of which substance ("" for the conversion), and its figure in `unit` ("1": a number)."""

    result: str
    of: str
    value: float
    unit: str

    @property
    def text(self) -> str:
        """For people: `conversion 95 %`."""
        what = " ".join(filter(None, (self.result.replace("_", " "), self.of)))
        return f"{what} {self.value:.4g}" + ("" if self.unit == "1" else f" {self.unit}")


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sample.

    Attributes:
        number: over the whole run.
        step: the step that took it.
        at: when it was taken, by the answer of the person who took it.
        wall: the same as date and time.
        method: of the analysis.
        vessel: out of which.
        volume: taken out; 0 mL where the protocol does not say.
        results: what it showed; () where nothing was entered.
    """

    number: int
    step: str
    at: Seconds
    wall: str
    method: str
    vessel: str
    volume: Millilitres
    results: tuple[ResultRow, ...]

    @property
    def name(self) -> str:
        """What stands on the vial."""
        return sample_name(self.number)


def samples_of(records: Sequence[Timed]) -> tuple[SampleRow, ...]:
    """Every sample, in the order in which they were taken."""
    answered: dict[str, Timed] = {}
    taken: dict[int, tuple[Timed, dict[str, Any]]] = {}
    results: dict[int, tuple[ResultRow, ...]] = {}
    for item in records:
        data = item.record.data
        if item.record.kind == "answer":
            answered[str(data.get("id", ""))] = item
        elif item.record.kind == "aliquot":
            taken[int(data["number"])] = answered.get(str(data["prompt"]), item), dict(data)
        elif item.record.kind == "analysis":
            results[int(data["number"])] = tuple(
                ResultRow(str(row["result"]), str(row["of"]), float(row["value"]), str(row["unit"]))
                for row in data["results"]
            )
    return tuple(
        SampleRow(
            number,
            str(data["step"]),
            item.at,
            item.record.wall,
            str(data["method"]),
            str(data["vessel"]),
            Millilitres(float(data["volume_mL"])),
            results.get(number, ()),
        )
        for number, (item, data) in sorted(taken.items())
    )
