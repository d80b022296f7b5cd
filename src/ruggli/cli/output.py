"""Standard output and error: text that never crashes a console, one JSON object, what a terminal can do."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from ruggli.documents.problem import Problem, Severity


def prepare_streams() -> None:
    """Characters that a console or a redirected file cannot hold are replaced: `run > log.txt` never ends a run."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def write(text: str, stream: TextIO | None = None) -> None:
    """One text with an end of line, at once."""
    print(text, file=sys.stdout if stream is None else stream, flush=True)


def write_json(data: Mapping[str, Any], *, indent: int | None = 2) -> None:
    """The one object of `--json`: plain ASCII, on standard output."""
    write(json.dumps(data, indent=indent, allow_nan=False))


def is_terminal(stream: TextIO) -> bool:
    """Whether a person looks at a screen that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "") != "dumb"


def write_problems(
    problems: Iterable[Problem], texts: Mapping[str, str], *, notes: bool = True, stream: TextIO | None = None
) -> None:
    """Problems with their lines and carets, at most ten of each severity; without `notes` only their number.

    Args:
        problems: what was found.
        texts: by file name, the text for excerpts.
        notes: whether notes are shown.
        stream: where to, standard output unless told.
    """
    found = list(problems)
    if not notes:
        number = sum(problem.severity is Severity.NOTE for problem in found)
        found = [problem for problem in found if problem.severity is not Severity.NOTE]
        if number:
            write(f"{count(number, 'note')} (`ruggli check` shows {'them' if number > 1 else 'it'})", stream)
    if found:
        from ruggli.documents.show import render_problems

        write(render_problems(found, texts), stream)


def summary(problems: Iterable[Problem]) -> str:
    """How many of which severity: `2 errors, 1 note`; "nothing found" for none."""
    found = list(problems)
    numbers = [(severity, sum(problem.severity is severity for problem in found)) for severity in Severity]
    parts = [count(number, severity.value) for severity, number in numbers if number]
    return ", ".join(parts) or "nothing found"


def count(number: int, word: str) -> str:
    """`1 note`, `2 notes`."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def unaccepted(problems: Iterable[Problem]) -> str:
    """What to type where nothing but warnings stands in the way, else ""."""
    found = list(problems)
    if not found or any(problem.severity is not Severity.WARNING for problem in found):
        return ""
    codes = dict.fromkeys(problem.code for problem in found)
    return "to go on all the same: " + " ".join(f"--accept {code}" for code in codes)
