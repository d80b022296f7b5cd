"""Records that no longer fitted into the journal, joined to it again."""

import json
from typing import Any


def reserved_lines(reserve: bytes) -> list[bytes]:
    """The whole records of a reserve, in their order; a torn last one is left out."""
    lines = [line for line in reserve.split(b"\n") if line.strip(b"\0 \r")]
    return lines[:-1] if lines and _number(lines[-1]) is None else lines


def kept_bytes(journal: bytes, lines: list[bytes]) -> int:
    """Length of the part of a journal that comes before the records of its reserve.

    The reserve begins with what was not yet synced when the disk failed, so that some of its records may stand in the
    journal too, whole or torn.
    """
    first = _number(lines[0]) if lines else None
    if first is None:
        return len(journal)
    end = 0
    for _ in range(first - 1):
        newline = journal.find(b"\n", end)
        if newline < 0:
            break
        end = newline + 1
    return end


def joined(journal: bytes, reserve: bytes) -> bytes:
    """A journal with the records of its reserve."""
    lines = reserved_lines(reserve)
    return journal[: kept_bytes(journal, lines)] + b"".join(line + b"\n" for line in lines)


def _number(line: bytes) -> int | None:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    number = record.get("n") if isinstance(record, dict) else None
    return number if isinstance(number, int) and number > 0 else None
