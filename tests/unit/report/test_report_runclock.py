"""The time axis through restarts of program and computer."""

import pytest

from ruggli.journal.reader import Record
from ruggli.report.runclock import timed


def record(time: float, wall: str, kind: str = "sample") -> Record:
    return Record(1, time, f"2026-11-22T{wall}+00:00", kind, {})


@pytest.mark.parametrize("clock", [3.0, 99999.0])
def test_a_session_takes_its_gap_from_the_date(clock: float) -> None:
    records = [
        record(500.0, "20:00:00"),
        record(510.0, "20:00:10"),
        record(clock, "20:01:10", "session"),
        record(clock + 5.0, "20:01:15"),
    ]
    assert [item.at for item in timed(records)] == pytest.approx([0.0, 10.0, 70.0, 75.0])


def test_within_a_session_the_date_does_not_matter() -> None:
    records = [record(500.0, "20:00:00"), record(510.0, "23:00:00"), record(520.0, "19:00:00")]
    assert [item.at for item in timed(records)] == pytest.approx([0.0, 10.0, 20.0])


def test_a_date_that_was_set_back_gives_no_gap() -> None:
    records = [record(500.0, "20:00:00"), record(3.0, "19:00:00", "session"), record(4.0, "19:00:01")]
    assert [item.at for item in timed(records)] == pytest.approx([0.0, 0.0, 1.0])


def test_no_records() -> None:
    assert timed([]) == ()
