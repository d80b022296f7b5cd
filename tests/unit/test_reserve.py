"""The reserve of a journal: when it is used, how it is joined again, what verifying a run says of it."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ruggli.app.records import RESERVE_BYTES, records_of
from ruggli.app.runs import JOURNAL, RESERVE
from ruggli.cli.program import run as ruggli
from ruggli.errors import JournalError
from ruggli.journal.chain import FORMAT
from ruggli.journal.reader import read_journal
from ruggli.journal.reserve import joined, kept_bytes, reserved_lines
from ruggli.journal.writer import Journal
from ruggli.world.computer import ThisComputer
from ruggli.world.memory_disk import MemoryDisk
from ruggli.world.time import VirtualTime

LINES = [json.dumps({"n": number}).encode() for number in range(1, 7)]


def text(*numbers: int) -> bytes:
    return b"".join(LINES[number - 1] + b"\n" for number in numbers)


JOINED = [
    (text(1, 2, 3), b"\n" * 50, text(1, 2, 3)),
    (text(1, 2, 3), text(4, 5) + b"\n" * 50, text(1, 2, 3, 4, 5)),
    (text(1, 2, 3), text(3, 4) + b"\n" * 50, text(1, 2, 3, 4)),
    (text(1, 2) + LINES[2][:4], text(3, 4) + b"\n\n", text(1, 2, 3, 4)),
    (text(1, 2), text(3) + LINES[3][:5] + b"\n\n\n", text(1, 2, 3)),
    (text(1, 2), LINES[2][:5] + b"\n\n", text(1, 2)),
    (text(1, 2), b"\0" * 100, text(1, 2)),
    (text(1), text(4), text(1, 4)),
    (text(1, 2), b"", text(1, 2)),
    (text(1, 2), b"[]\n", text(1, 2)),
]


@pytest.mark.parametrize(("journal", "reserve", "whole"), JOINED)
def test_records_are_joined_by_their_numbers(journal: bytes, reserve: bytes, whole: bytes) -> None:
    assert joined(journal, reserve) == whole
    lines = reserved_lines(reserve)
    assert journal[: kept_bytes(journal, lines)] + b"".join(line + b"\n" for line in lines) == whole


def journal_on(disk: MemoryDisk, *, size: int = RESERVE_BYTES, reserved: bool = True) -> Journal:
    file = disk.append_to(f"run/{JOURNAL}", new=True)
    reserve = disk.reserve(f"run/{RESERVE}", size) if reserved else None
    journal = Journal(file, VirtualTime(datetime(2026, 11, 24, tzinfo=UTC)), lambda: 0.0, reserve=reserve)
    journal.write("open", {"format": FORMAT, "run": "run"}, durable=True)
    return journal


def test_a_full_disk_is_told_once_and_the_chain_goes_on_in_the_reserve() -> None:
    disk = MemoryDisk()
    journal = journal_on(disk)
    journal.write("note", {"text": "on the disk"}, durable=True)
    journal.write("note", {"text": "not yet synced"})
    disk.full = True
    with pytest.raises(JournalError, match=f"full; the last records are in run/{RESERVE}"):
        journal.write("note", {"text": "the one that did not fit"})
    journal.write("note", {"text": "later"}, durable=True)
    journal.beat()
    journal.sync()
    journal.seal()
    view = read_journal(records_of("run", disk))
    assert [record.data.get("text") for record in view.records[1:5]] == [
        "on the disk",
        "not yet synced",
        "the one that did not fit",
        "later",
    ]
    assert (view.sealed, view.damage, view.torn) == (True, "", 0)


def test_what_a_failed_sync_may_have_lost_is_in_the_reserve() -> None:
    disk = MemoryDisk()
    journal = journal_on(disk)
    journal.write("note", {"text": "not yet synced"})
    calls = []

    def fail(call: str) -> None:
        calls.append(call)
        if call == "sync":
            raise JournalError("input/output error")

    disk.before = fail
    with pytest.raises(JournalError, match="input/output error; the last records"):
        journal.write("note", {"text": "to be durable"}, durable=True)
    journal.write("note", {"text": "later"}, durable=True)
    assert calls == ["append", "sync"], "nothing is tried again in the journal"
    kept = read_journal(disk.read(f"run/{JOURNAL}", "journal")).records[:1]
    view = read_journal(records_of("run", disk))
    assert view.records[0] == kept[0]
    assert [record.data["text"] for record in view.records[1:]] == ["not yet synced", "to be durable", "later"]


@pytest.mark.parametrize("size", [0, 200])
def test_a_reserve_that_is_used_up_ends_the_record(size: int) -> None:
    disk = MemoryDisk()
    journal = journal_on(disk, size=size)
    disk.full = True
    with pytest.raises(JournalError):
        journal.write("note", {"text": "x" * 100})
    with pytest.raises(JournalError):
        for _ in range(3):
            journal.write("note", {"text": "x" * 100})
    with pytest.raises(JournalError, match="the journal has ended"):
        journal.write("note", {})
    assert read_journal(records_of("run", disk)).damage == ""


def test_without_a_reserve_every_further_record_is_refused() -> None:
    disk = MemoryDisk()
    journal = journal_on(disk, reserved=False)
    disk.full = True
    for _ in range(2):
        with pytest.raises(JournalError):
            journal.write("note", {})


def test_verifying_says_where_the_last_records_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    disk = MemoryDisk()
    journal = journal_on(disk)
    disk.full = True
    with pytest.raises(JournalError):
        journal.write("note", {"text": "last"})
    journal.seal()
    for name in (JOURNAL, RESERVE):
        (tmp_path / name).write_bytes(disk.read(f"run/{name}", "file"))
    assert ruggli(["journal", "verify", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert f"the last of them are in {tmp_path / RESERVE}" in out
    assert "whole and sealed" in out
    assert ruggli(["journal", "verify", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reserve"] == str(tmp_path / RESERVE)
    (tmp_path / RESERVE).unlink()
    assert ruggli(["journal", "verify", str(tmp_path)]) == 1


def test_this_computer_is_asked(tmp_path: Path) -> None:
    computer = ThisComputer()
    runs = str(tmp_path / "not" / "yet")
    assert computer.free_bytes(runs) > 0
    taken = computer.sync_seconds(runs, 3)
    assert len(taken) == 3
    assert all(seconds > 0 for seconds in taken)
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"
    with ExitStack() as stack:
        why = computer.keep_awake(stack)
        assert why == "" or "keep.running" in why
