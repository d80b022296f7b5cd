"""Reading a journal: up to its last good record, and saying what is wrong after it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruggli.errors import JournalError
from ruggli.journal.chain import FORMAT, START, digest_of

LARGEST = 1 << 30
"""Bytes; a larger file is no journal of ours."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: sequence number, time, date, kind, and everything else as `data`."""

    number: int
    time: float
    wall: str
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JournalView:
    """What a journal says.

    Attributes:
        records: the records up to the last good one.
        head: hash of the last good record.
        sealed: whether the last record is a seal that fits.
        good_bytes: length of the good part.
        torn: bytes after the good part that are the beginning of one record (a crash while writing); 0 otherwise.
        damage: what is wrong after the good part, "" where nothing is. A damaged journal never energises anything.
    """

    records: tuple[Record, ...]
    head: str
    sealed: bool
    good_bytes: int
    torn: int
    damage: str

    def of(self, kind: str) -> tuple[Record, ...]:
        """All records of one kind."""
        return tuple(record for record in self.records if record.kind == kind)

    def last(self, kind: str) -> Record | None:
        """The last record of one kind, or None."""
        return next((record for record in reversed(self.records) if record.kind == kind), None)


def read_journal(data: bytes) -> JournalView:
    """Read and verify a journal.

    Raises:
        JournalError: it is no journal, or of a newer format.
    """
    if len(data) > LARGEST:
        raise JournalError(f"E-JOURNAL the file has {len(data)} bytes; a journal has at most {LARGEST} bytes")
    records: list[Record] = []
    head, position, damage, torn, sealed = START, 0, "", 0, False
    while position < len(data):
        end = data.find(b"\n", position)
        if end < 0:
            torn = len(data) - position
            break
        record, digest, why = _read_line(data[position:end], len(records) + 1, head)
        if record is None:
            damage = why
            break
        if record.kind == "seal":
            told = record.data.get("records")
            if told != len(records) or record.data.get("head") != head:
                damage = f"record {record.number}: the seal tells {told} records, {len(records)} are here"
                break
        sealed = record.kind == "seal"
        records.append(record)
        head, position = digest, end + 1
    if not records:
        raise JournalError(f"E-JOURNAL the first record is missing or damaged{': ' + damage if damage else ''}")
    if records[0].kind != "open":
        raise JournalError("E-JOURNAL the first record does not open a run")
    version = records[0].data.get("format")
    if version != FORMAT:
        raise JournalError(f"E-VERSION the journal has format {version!r}; this program reads format {FORMAT}")
    return JournalView(tuple(records), head, sealed and not damage and not torn, position, torn, damage)


def _read_line(line: bytes, number: int, head: str) -> tuple[Record | None, str, str]:
    try:
        text = line.decode("utf-8")
        content = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return None, "", f"record {number}: not readable as JSON ({error})"
    if not isinstance(content, dict):
        return None, "", f"record {number}: not an object"
    carried, due = digest_of(text, head)
    if not carried or carried != due:
        return None, "", f"record {number}: its hash does not fit the chain; it was changed, moved or removed"
    if content.get("n") != number:
        return None, "", f"record {number}: carries the number {content.get('n')!r}"
    fields = {key: value for key, value in content.items() if key not in ("n", "t", "wall", "kind", "hash")}
    time, wall, kind = content.get("t"), content.get("wall"), content.get("kind")
    if not isinstance(time, int | float) or not isinstance(wall, str) or not isinstance(kind, str):
        return None, "", f"record {number}: has no time, no date or no kind"
    return Record(number, float(time), wall, kind, fields), carried, ""


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no number")
