"""From bytes to text that shows what it says: size, encoding and characters of a file."""

import re
import unicodedata
from typing import Final

from ruggli.documents.nodes import Mark, split_lines
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.quantities.characters import described

MAXIMUM_BYTES: Final = 128 * 1024
MAXIMUM_PROBLEMS: Final = 100

_BIDIRECTIONAL: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE: Final = "\u00ad\u180e\u200b-\u200d\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_FORBIDDEN: Final = re.compile(
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_BIDIRECTIONAL}{_INVISIBLE}\ufdd0-\ufdef\ufffe\uffff]"
)


def decode(data: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file, without byte order mark, and notes.

    Raises:
        ProblemsError: `E-SIZE`, `E-ENCODING`, `E-CHAR` or `E-SYNTAX` (tab).
    """
    if len(data) > MAXIMUM_BYTES:
        raise refuse(
            file,
            "E-SIZE",
            Mark(1, 1),
            "the file is too large",
            f"{len(data)} bytes",
            f"{MAXIMUM_BYTES} bytes",
            "split it",
        )
    notes: tuple[Problem, ...] = ()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse(
            file, "E-ENCODING", Mark(1, 1), "the file is UTF-16 (byte offset 0)", "", "UTF-8", "save it as UTF-8"
        )
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        message = "the file begins with a byte order mark, which is not needed"
        notes = (Problem("N-BOM", Severity.NOTE, message, file, 1, 1, remedy="save it as UTF-8 without it"),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        lines = split_lines(data[: error.start].decode("utf-8"))
        message = f"byte 0x{data[error.start]:02X} at byte offset {error.start} is not UTF-8"
        mark = Mark(len(lines), len(lines[-1]) + 1)
        raise refuse(file, "E-ENCODING", mark, message, "", "UTF-8", "save it as UTF-8") from None
    problems = _odd_characters(text, file)
    if problems:
        raise ProblemsError(problems)
    return text, notes


def _odd_characters(text: str, file: str) -> tuple[Problem, ...]:
    if not _FORBIDDEN.search(text) and "\t" not in text:
        return ()
    problems: list[Problem] = []
    for number, line in enumerate(split_lines(text), 1):
        tab = line.find("\t")
        if tab >= 0:
            remedy = "use spaces"
            problems.append(
                _error(file, "E-SYNTAX", Mark(number, tab + 1), "a tab stands in the text", "tab", "", remedy)
            )
        for found in _FORBIDDEN.finditer(line):
            message = forbidden_message(found[0])
            problems.append(_error(file, "E-CHAR", Mark(number, found.start() + 1), message, "", "", "remove it"))
        if len(problems) >= MAXIMUM_PROBLEMS:
            break
    return tuple(problems[:MAXIMUM_PROBLEMS])


def forbidden_character(text: str) -> str:
    """The first character that no text of a document may hold, or ""."""
    found = _FORBIDDEN.search(text)
    return found[0] if found else ""


def forbidden_message(character: str) -> str:
    """What is wrong with a forbidden character."""
    if re.match(f"[{_BIDIRECTIONAL}]", character):
        return f"bidirectional control {described(character)} hides what the text says"
    if re.match(f"[{_INVISIBLE}]", character):
        return f"invisible character {described(character)} stands in the text"
    return f"control character {described(character)} stands in the text"


def mixed_script(key: str) -> int | None:
    """Index of the first letter that is not Latin in a text that has Latin letters too; such letters look alike."""
    if key.isascii():
        return None
    scripts = [unicodedata.name(c, "?").split()[0] if c.isalpha() and c != "\u00b5" else "" for c in key]
    if "LATIN" not in scripts:
        return None
    return next((index for index, script in enumerate(scripts) if script not in ("", "LATIN")), None)


def refuse(
    file: str, code: str, mark: Mark, message: str, value: str = "", bound: str = "", remedy: str = ""
) -> ProblemsError:
    """A refusal with one problem."""
    return ProblemsError((_error(file, code, mark, message, value, bound, remedy),))


def _error(file: str, code: str, mark: Mark, message: str, value: str, bound: str, remedy: str) -> Problem:
    return Problem(code, Severity.ERROR, message, file, mark.line, mark.column, value, bound, remedy)
