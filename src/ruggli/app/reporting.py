"""Writes the report of a run into its folder."""

import json
import os
from typing import Any

from ruggli.app.guarding import guardian_records
from ruggli.app.records import journal_of
from ruggli.quantities.base import Seconds
from ruggli.world.disk import write_file
from ruggli.world.process import run_module
from ruggli.world.run_disk import ComputerDisk

DRAWING_SECONDS = Seconds(120.0)
"""Longest time for drawing; the first time on a computer, the fonts are looked for."""

SOLVING_SECONDS = Seconds(60.0)


def write_report(run_folder: str) -> str:
    """Build the report from the run's journal and write it beside it.

    Args:
        run_folder: the run's folder.

    Returns:
        Path of the page.

    Raises:
        InputError: the journal cannot be read, or the report not be written.
        JournalError: it is no journal.
    """
    from ruggli.report.make import build_report

    view = journal_of(run_folder)
    report = build_report(view, draw, guardian_records(ComputerDisk(), run_folder, view), solve=solve)
    for name, data in report.files.items():
        write_file(os.path.join(run_folder, name), data)
    return os.path.join(run_folder, report.page)


def draw(data: dict[str, Any]) -> dict[str, str]:
    """Have the figures drawn by a process of their own. Raises `RuggliError`."""
    answer = json.loads(run_module("ruggli.report.plots", json.dumps(data).encode(), DRAWING_SECONDS))
    return {str(name): str(text) for name, text in answer.items()}


def solve(data: dict[str, Any]) -> dict[str, Any]:
    """Have a reaction solved by a process of its own. Raises `RuggliError`."""
    worker = "ruggli.chemistry.kinetics.worker"
    answer: dict[str, Any] = json.loads(run_module(worker, json.dumps(data).encode(), SOLVING_SECONDS))
    return answer
