"""Errors as people and programs see them: a text, an exit code, and with `--json` one object."""

import re
import sys
import traceback
from types import MappingProxyType
from typing import Any

from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.errors import BenchError, InputError, JournalError, RuggliError

_RUNS = ("simulate", "run", "resume")
_CODES = MappingProxyType({InputError: "E-INPUT", BenchError: "E-BENCH", JournalError: "E-JOURNAL"})


def problems_of(error: BaseException) -> tuple[Problem, ...]:
    """An error as problems."""
    if isinstance(error, ProblemsError):
        return error.problems
    text = str(error)
    told = re.fullmatch(r"(E-[A-Z]+) (.+)", text, re.DOTALL)
    if told is not None and isinstance(error, RuggliError):
        return (Problem(told[1], Severity.ERROR, told[2]),)
    code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), "E-INTERNAL")
    return (Problem(code, Severity.ERROR, text or type(error).__name__),)


def failure(command: str, verdict: str, problems: tuple[Problem, ...]) -> dict[str, Any]:
    """The object of `--json` where a command did not come to its own: `ok` false, `verdict`, `problems`.

    Args:
        command: full name of the command; those that run something have all the keys of an outcome.
        verdict: `refused`, `aborted` or `error`.
        problems: why.
    """
    told: dict[str, Any] = {"ok": False, "verdict": verdict}
    if command in _RUNS:
        told |= {
            "cause": problems[0].message if problems else "",
            "run": "",
            "folder": "",
            "report": None,
            "virtual_seconds": 0.0,
            "wall_seconds": 0.0,
            "exchanges": 0,
            "doses": [],
            "peak_concentration_mM": {},
            "max_temperature_degC": None,
            "prompts": [],
            "alarms": [],
            "still_on": [],
        }
    return {**told, "problems": [problem.as_dict() for problem in problems]}


def keep_traceback(error: BaseException) -> str:
    """Write the traceback into a file of its own and return the path; "" where that cannot be done."""
    import os
    import tempfile

    from ruggli.world.disk import write_new_file

    text = "".join(traceback.format_exception(error)) + f"\ncommand line: {sys.argv[1:]}\npython: {sys.version}\n"
    try:
        path = os.path.join(tempfile.mkdtemp(prefix="ruggli-error-"), "traceback.txt")
        write_new_file(path, text.encode("utf-8", "backslashreplace"))
    except (OSError, RuggliError):
        return ""
    return path
