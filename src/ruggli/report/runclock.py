"""The time axis of a report: seconds from the first record, through resumed sessions and restarts of the computer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ruggli.journal.reader import Record
from ruggli.quantities.base import Seconds


@dataclass(frozen=True, slots=True)
class Timed:
    """A record and its time since the first one."""

    at: Seconds
    record: Record


def timed(records: Sequence[Record]) -> tuple[Timed, ...]:
    """All records with the time since the first.

    Within a session the run's own clock counts. It starts anew with the computer, so the gap before a `session`
    record (or before a clock that runs backwards) is taken from the date and time.
    """
    result: list[Timed] = []
    offset, before, at = -records[0].time if records else 0.0, None, 0.0
    for record in records:
        if before is not None and (record.kind == "session" or record.time < before.time):
            offset = at + wall_gap(before, record) - record.time
        at = record.time + offset
        result.append(Timed(Seconds(at), record))
        before = record
    return tuple(result)


def wall_gap(before: Record, after: Record) -> float:
    """Seconds between two records by date and time; 0 where the computer's clock was set back or is not readable."""
    try:
        return max(0.0, (datetime.fromisoformat(after.wall) - datetime.fromisoformat(before.wall)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
