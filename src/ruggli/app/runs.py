"""The folder of runs: where it is, which runs are in it, which one is meant."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ruggli.errors import InputError, RuggliError
from ruggli.world.disk import current_folder, environment, exists, folders_in, read_file

FOLDER_VARIABLE = "RUGGLI_RUNS"
DEFAULT_FOLDER = "ruggli-runs"
JOURNAL = "journal.jsonl"
RESERVE = "journal-reserve.jsonl"
REPORT = "report.html"
LAST = "last"
INTERRUPTED = "interrupted"
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in the list.

    Attributes:
        run: its id, the name of its folder.
        folder: its folder.
        verdict: how it ended; `interrupted` without an end, `unreadable` where the journal cannot be read.
        protocol: name of the protocol, "" where it is not known.
        rig: name of the rig.
        started: ISO 8601 date and time of the first record, "" where it is not known.
        duration: seconds from the first to the last record, or None.
        simulated: whether it was a dry run, or None.
        report: path of the report, or None.
    """

    run: str
    folder: str
    verdict: str
    protocol: str
    rig: str
    started: str
    duration: float | None
    simulated: bool | None
    report: str | None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "run": self.run,
            "folder": self.folder,
            "verdict": self.verdict,
            "protocol": self.protocol,
            "rig": self.rig,
            "started": self.started,
            "duration_s": self.duration,
            "simulated": self.simulated,
            "report": self.report,
        }


def runs_folder(option: str | None) -> str:
    """The folder of runs: the option, else `RUGGLI_RUNS`, else `ruggli-runs` in the current folder."""
    return option or environment(FOLDER_VARIABLE) or os.path.join(current_folder(), DEFAULT_FOLDER)


def list_runs(runs: str) -> tuple[RunRow, ...]:
    """Every run in the folder, oldest first.

    Only the first and the last records of a journal are looked at, and its chain is not verified: that is what
    `ruggli journal verify` is for.
    """
    folders = (os.path.join(runs, name) for name in folders_in(runs))
    return tuple(_row(folder) for folder in folders if exists(os.path.join(folder, JOURNAL)))


def find_run(name: str, runs: str) -> str:
    """The folder of a run.

    Args:
        name: its id, or its folder, or the path of its journal; or `last`, the run that began last.
        runs: the folder of runs.

    Raises:
        InputError: there is no such run.
    """
    beside = os.path.dirname(name) if os.path.basename(name) == JOURNAL else name
    for folder in (beside or ".", os.path.join(runs, name)):
        if exists(os.path.join(folder, JOURNAL)):
            return folder
    rows = list_runs(runs)
    if name == LAST and rows:
        return max(rows, key=lambda row: row.started).folder
    names = [os.path.basename(row.folder) for row in rows]
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}? " if near else f"the last one is {names[-1]}; " if names else ""
    raise InputError(f"{name}: there is no such run in {runs}; {hint}`ruggli runs` lists them")


def _row(folder: str) -> RunRow:
    run = os.path.basename(folder)
    report = os.path.join(folder, REPORT)
    path = report if exists(report) else None
    try:
        lines = read_file(os.path.join(folder, JOURNAL), "journal").splitlines()
    except RuggliError:
        lines = []
    first = _record(lines[0]) if lines else None
    if first is None or first.get("kind") != "open":
        return RunRow(run, folder, UNREADABLE, "", "", "", None, None, path)
    last, end = _last(lines)
    return RunRow(
        run=run,
        folder=folder,
        verdict=INTERRUPTED if end is None else str(end.get("verdict", UNREADABLE)),
        protocol=_name(first.get("protocol")),
        rig=_name(first.get("rig")),
        started=str(first.get("wall", "")),
        duration=None if last is None else _between(first, last),
        simulated=first.get("simulated") is True,
        report=path,
    )


def _last(lines: list[bytes]) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """The last record that can be read, and the record of the end when no session follows it."""
    last = None
    for line in reversed(lines):
        record = _record(line)
        if record is None:
            continue
        last = last or record
        if record.get("kind") == "end":
            return last, record
        if record.get("kind") != "seal":
            break
    return last, None


def _record(line: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _name(part: object) -> str:
    return str(part.get("name", "")) if isinstance(part, Mapping) else ""


def _between(first: Mapping[str, Any], last: Mapping[str, Any]) -> float | None:
    try:
        start, end = (datetime.fromisoformat(str(record.get("wall"))) for record in (first, last))
        return round((end - start).total_seconds(), 3)
    except (ValueError, TypeError):
        return None
