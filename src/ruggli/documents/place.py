"""A problem about what stands at a path of a document."""

import difflib
from collections.abc import Iterable
from typing import Final

from ruggli.documents.nodes import Document, Path, Scalar, path_text
from ruggli.documents.problem import Problem, Severity

_MAXIMUM_SHOWN: Final = 60


def problem_at(
    document: Document,
    path: Path,
    code: str,
    severity: Severity,
    message: str,
    *,
    value: str | None = None,
    bound: str = "",
    remedy: str = "",
    at_key: bool = False,
    offset: int = 0,
) -> Problem:
    """A problem about what stands at a path.

    Args:
        document: the document.
        path: keys and indices; where the file has nothing there, the place is the nearest map or list above.
        code: stable name.
        severity: error, warning or note.
        message: one sentence.
        value: what was found; None takes the text of the file.
        bound: what is allowed.
        remedy: what to do.
        at_key: place it at the key and not at the value.
        offset: the offending character in the value.
    """
    mark = document.key_mark(path) if at_key else document.mark(path, offset)
    shown = _value_text(document, path) if value is None else value
    return Problem(
        code, severity, message, document.file, mark.line, mark.column, shown, bound, remedy, path_text(path)
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The known word that a mistyped one comes nearest to, or ""."""
    names = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return names[near[0]] if near else ""


def _value_text(document: Document, path: Path) -> str:
    node = document.node(path)
    return clip(node.text) if isinstance(node, Scalar) else ""


def clip(text: str) -> str:
    """A text on one line, short enough to stand in a message."""
    line = " ".join(text.split())
    return line if len(line) <= _MAXIMUM_SHOWN else line[: _MAXIMUM_SHOWN - 3] + "..."
