"""What several runs came to, side by side: by the journal of each."""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ruggli.app.records import journal_of
from ruggli.app.runs import INTERRUPTED
from ruggli.journal.reader import JournalView
from ruggli.quantities.base import Millilitres, Seconds
from ruggli.report.runclock import timed
from ruggli.report.samples import ResultRow, samples_of


@dataclass(frozen=True, slots=True)
class Compared:
    """One run.

    Attributes:
        run: its id.
        folder: its folder.
        protocol: name of the protocol.
        simulated: whether it was a dry run.
        settings: value of every parameter.
        verdict: how it ended, `interrupted` without an end.
        lasted: from the first record to the last.
        delivered: volume that the pumps delivered, at least and at most.
        results: the last figure of each result of an analysis.
        answers: what a person typed where an `operator` step asks for a value, by step.
    """

    run: str
    folder: str
    protocol: str
    simulated: bool
    settings: Mapping[str, str]
    verdict: str
    lasted: Seconds
    delivered: tuple[Millilitres, Millilitres]
    results: tuple[ResultRow, ...]
    answers: Mapping[str, str]


def compare(folders: Iterable[str]) -> tuple[Compared, ...]:
    """Runs in the order given.

    Args:
        folders: a folder of each run.

    Raises:
        JournalError: a journal cannot be read.
    """
    return tuple(_compared(folder, journal_of(folder)) for folder in folders)


def differing(runs: Sequence[Compared]) -> tuple[str, ...]:
    """The parameters in which the runs are not all alike; one that a run does not have counts."""
    names = dict.fromkeys(name for run in runs for name in run.settings)
    return tuple(name for name in names if len({run.settings.get(name) for run in runs}) > 1)


def _compared(folder: str, view: JournalView) -> Compared:
    first, records = view.records[0].data, timed(view.records)
    end = view.last("end")
    told = {} if end is None or any(record.number > end.number for record in view.of("session")) else end.data
    doses = told.get("doses", ())
    return Compared(
        run=os.path.basename(os.path.abspath(folder)),
        folder=folder,
        protocol=str(first["protocol"]["name"]),
        simulated=first.get("simulated") is True,
        settings={str(name): str(value) for name, value in first["parameters"].items()},
        verdict=str(told.get("verdict", INTERRUPTED)),
        lasted=records[-1].at,
        delivered=(
            Millilitres(math.fsum(float(dose["delivered_mL"][0]) for dose in doses)),
            Millilitres(math.fsum(float(dose["delivered_mL"][1]) for dose in doses)),
        ),
        results=_results(row for sample in samples_of(records) for row in sample.results),
        answers=_answers(view),
    )


def _results(rows: Iterable[ResultRow]) -> tuple[ResultRow, ...]:
    """Of each result the last figure, in the order in which they first came."""
    last: dict[tuple[str, str], ResultRow] = {}
    for row in rows:
        last[row.result, row.of] = row
    return tuple(last.values())


def _answers(view: JournalView) -> dict[str, str]:
    steps = view.records[0].data["plan"]["steps"]
    prompts = (step["work"].get("prompt") for step in steps if step["do"] == "operator")
    typed = {str(prompt["id"]) for prompt in prompts if prompt and prompt.get("dimension")}
    answers = ((str(record.data["id"]), str(record.data["answer"])) for record in view.of("answer"))
    return {name: answer for name, answer in answers if name in typed}
