"""The journal: chain, seal, damage of every kind, and the first failure of the disk."""

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ruggli.app.run import check_resumable
from ruggli.errors import JournalError
from ruggli.journal.chain import FORMAT, START, digest_of, encode
from ruggli.journal.reader import JournalView, read_journal
from ruggli.journal.writer import LONGEST_UNSYNCED, Journal
from ruggli.quantities.base import Seconds
from ruggli.world.disk import AppendFile, cut_file


class Clock:
    def __init__(self) -> None:
        self.time = 12.5

    def now(self) -> Seconds:
        return Seconds(self.time)

    def wall(self) -> datetime:
        return datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Paper:
    """A sink in memory that notes what it was asked for, and may fail once."""

    breaks = False

    def __init__(self) -> None:
        self.data = b""
        self.synced = 0
        self.closed = False
        self.fails = False

    def append(self, data: bytes) -> None:
        if self.fails:
            self.fails = False
            self.data += data[:7]
            raise JournalError("no space left on device")
        self.data += data

    def sync(self) -> None:
        if self.breaks:
            self.breaks = False
            raise JournalError("input/output error")
        self.synced += 1

    def close(self) -> None:
        self.closed = True


def journal(paper: Paper, real: list[float] | None = None, **more: Any) -> Journal:
    seconds = [0.0] if real is None else real
    return Journal(paper, Clock(), lambda: seconds[0], **more)


def written(records: int = 4, sealed: bool = True) -> bytes:
    paper = Paper()
    book = journal(paper)
    book.write("open", {"format": FORMAT, "run": "r1", "text": 'toluène, 5 µL\n"quoted"'})
    for number in range(records):
        book.write("sample", {"probe": 20.0 + number, "pumps": {"pump_a": ["infusing", 0.1 * number]}})
    if sealed:
        book.seal()
    return paper.data


def kinds(view: JournalView) -> list[str]:
    return [record.kind for record in view.records]


def test_what_is_written_is_read() -> None:
    view = read_journal(written())
    assert kinds(view) == ["open", "sample", "sample", "sample", "sample", "seal"]
    assert (view.sealed, view.damage, view.torn) == (True, "", 0)
    assert view.records[0].data["text"] == 'toluène, 5 µL\n"quoted"'
    assert view.records[2].data == {"probe": 21.0, "pumps": {"pump_a": ["infusing", 0.1]}}
    assert (view.records[2].number, view.records[2].time) == (3, 12.5)
    assert view.records[2].wall == "2026-11-23T05:00:00.000+00:00"
    assert len(view.of("sample")) == 4
    last = view.last("sample")
    assert last is not None and last.data["probe"] == 23.0
    assert view.last("alarm") is None


def test_every_line_is_json_that_any_script_can_read_and_check() -> None:
    before = START
    for line in written().decode().splitlines():
        record = json.loads(line)
        carried, due = digest_of(line, before)
        assert carried == due == record["hash"]
        before = carried


def test_a_journal_without_a_seal_was_interrupted() -> None:
    view = read_journal(written(sealed=False))
    assert (view.sealed, view.damage, view.torn) == (False, "", 0)


def test_cut_at_every_byte_it_is_read_up_to_its_last_whole_record() -> None:
    data = written(records=2)
    ends = [index + 1 for index, byte in enumerate(data) if byte == 10]
    for length in range(len(data)):
        whole = [end for end in ends if end <= length]
        if not whole:
            with pytest.raises(JournalError):
                read_journal(data[:length])
            continue
        view = read_journal(data[:length])
        assert len(view.records) == len(whole)
        assert view.damage == ""
        assert (view.good_bytes, view.torn) == (whole[-1], length - whole[-1])
        assert only_what_was_written(view, read_journal(data))
        assert not view.sealed


def only_what_was_written(view: JournalView, whole: JournalView) -> bool:
    return view.records == whole.records[: len(view.records)]


def test_every_flipped_bit_is_noticed() -> None:
    """Nothing but a `JournalError` is raised, no record is read that was not written, and nothing is resumed."""
    data = written(records=2)
    whole = read_journal(data)
    for index in range(len(data)):
        for bit in range(8):
            spoilt = bytearray(data)
            spoilt[index] ^= 1 << bit
            try:
                view = read_journal(bytes(spoilt))
            except JournalError:
                continue
            assert not view.sealed, (index, bit)
            assert view.damage or view.torn, (index, bit)
            assert only_what_was_written(view, whole), (index, bit)
            if view.damage:
                with pytest.raises(JournalError, match="damaged journal never energises"):
                    check_resumable(view, bench_lives=True)


def lines_of(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("order", "good"),
    [((0, 2, 1, 3, 4, 5), 1), ((0, 1, 1, 2, 3, 4, 5), 2), ((0, 1, 3, 4, 5), 2), ((0, 1, 2, 3, 5), 4)],
    ids=["swapped", "doubled", "removed", "last one before the seal removed"],
)
def test_moved_records_end_the_good_part(order: tuple[int, ...], good: int) -> None:
    lines = lines_of(written())
    view = read_journal(b"".join(lines[index] for index in order))
    assert len(view.records) == good
    assert f"record {good + 1}" in view.damage
    assert not view.sealed


def test_a_record_of_another_journal_does_not_fit() -> None:
    mine, paper = lines_of(written()), Paper()
    book = journal(paper)
    book.write("open", {"format": FORMAT, "run": "r2"})
    for _ in range(3):
        book.write("sample", {"probe": 20.0})
    view = read_journal(b"".join([*mine[:3], lines_of(paper.data)[3]]))
    assert len(view.records) == 3 and view.damage


def rechained(records: list[dict[str, Any]]) -> bytes:
    """A journal of any content whose hashes fit: what a clumsy or foreign program may leave."""
    data, before = b"", START
    for record in records:
        number = record.pop("n")
        line, before = encode(number, record.pop("t"), "wall", record.pop("kind"), record, before)
        data += line
    return data


def opening(**more: Any) -> dict[str, Any]:
    return {"n": 1, "t": 0.0, "kind": "open", "format": FORMAT, **more}


def test_a_wrong_number_is_damage_even_where_the_hash_fits() -> None:
    view = read_journal(rechained([opening(), {"n": 3, "t": 0.0, "kind": "sample"}]))
    assert len(view.records) == 1 and "carries the number 3" in view.damage


def test_a_seal_that_tells_other_numbers_is_damage() -> None:
    view = read_journal(rechained([opening(), {"n": 2, "t": 0.0, "kind": "seal", "records": 7, "head": "x"}]))
    assert not view.sealed and "7 records" in view.damage


def test_a_record_with_fields_of_another_shape_is_damage_and_no_crash() -> None:
    data = written(records=1, sealed=False)
    head = read_journal(data).head
    for body in (
        '{"n":3}',
        '{"n":3,"t":"x","wall":"w","kind":"k"}',
        '{"n":3,"t":null,"wall":"w","kind":"k"}',
        "[1]",
        "3",
    ):
        digest = hashlib.sha256((head + body).encode()).hexdigest()
        view = read_journal(data + f'{body[:-1]},"hash":"{digest}"}}\n'.encode())
        assert len(view.records) == 2
        assert "record 3" in view.damage


def test_numbers_that_are_none_are_neither_written_nor_read() -> None:
    paper = Paper()
    book = journal(paper)
    book.write("open", {"format": FORMAT})
    for value in (float("nan"), float("inf"), -float("inf")):
        with pytest.raises(ValueError):
            book.write("sample", {"probe": value})
    book.write("sample", {"probe": 1.0})
    assert kinds(read_journal(paper.data)) == ["open", "sample"], "a refused record leaves no gap"
    spoilt = paper.data + b'{"n":3,"t":NaN,"wall":"w","kind":"k","hash":"' + b"0" * 64 + b'"}\n'
    assert "NaN" in read_journal(spoilt).damage


def test_what_is_no_journal_of_ours_is_refused() -> None:
    for data in (b"", b"\n", b"{}\n", b"hello\n", b"\xff\xfe\x00\n", b"[" * 100_000 + b"\n"):
        with pytest.raises(JournalError):
            read_journal(data)
    with pytest.raises(JournalError, match="does not open"):
        read_journal(rechained([{"n": 1, "t": 0.0, "kind": "sample"}]))


@pytest.mark.parametrize("version", [FORMAT + 1, 0, None, "1"])
def test_another_format_is_refused_by_its_version(version: Any) -> None:
    with pytest.raises(JournalError, match="E-VERSION"):
        read_journal(rechained([{**opening(), "format": version}]))


def test_a_second_session_goes_on_with_the_chain() -> None:
    first = written()
    view = read_journal(first)
    paper = Paper()
    book = journal(paper, count=len(view.records), head=view.head)
    book.write("session", {"number": 2})
    book.write("sample", {"probe": 1.0})
    both = read_journal(first + paper.data)
    assert kinds(both)[-3:] == ["seal", "session", "sample"]
    assert (both.sealed, both.damage) == (False, "")
    book.seal()
    both = read_journal(first + paper.data)
    assert both.sealed
    assert both.records[-1].data["records"] == len(both.records) - 1
    assert paper.closed


def test_durable_records_are_synced_and_others_within_two_seconds() -> None:
    paper, real = Paper(), [100.0]
    book = journal(paper, real)
    book.write("open", {"format": FORMAT}, durable=True)
    assert paper.synced == 1
    book.write("sample", {})
    book.beat()
    assert paper.synced == 1
    real[0] += LONGEST_UNSYNCED
    book.beat()
    assert paper.synced == 2
    real[0] += 60.0
    book.beat()
    assert paper.synced == 2, "nothing new, nothing to sync"


def test_the_first_failure_is_final() -> None:
    paper = Paper()
    book = journal(paper)
    book.write("open", {"format": FORMAT})
    paper.fails = True
    with pytest.raises(JournalError, match="no space"):
        book.write("sample", {})
    length = len(paper.data)
    for again in (lambda: book.write("end", {}), book.sync, book.seal):
        with pytest.raises(JournalError, match="no space"):
            again()
    assert len(paper.data) == length
    view = read_journal(paper.data)
    assert (kinds(view), view.torn) == (["open"], 7)


def test_a_sync_that_failed_is_not_tried_again() -> None:
    paper = Paper()
    book = journal(paper)
    paper.breaks = True
    with pytest.raises(JournalError, match="input/output"):
        book.write("open", {"format": FORMAT}, durable=True)
    with pytest.raises(JournalError, match="input/output"):
        book.sync()
    assert paper.synced == 0


class TestFile:
    def test_a_torn_end_is_cut_and_the_chain_goes_on(self, tmp_path: Path) -> None:
        path = tmp_path / "journal.jsonl"
        path.write_bytes(written(sealed=False) + b'{"n":6,"t":1')
        view = read_journal(path.read_bytes())
        assert view.torn == 12
        file = AppendFile(str(path), new=False)
        cut_file(str(path), view.good_bytes)
        book = Journal(file, Clock(), lambda: 0.0, count=len(view.records), head=view.head)
        book.write("session", {"number": 2}, durable=True)
        book.seal()
        again = read_journal(path.read_bytes())
        assert (again.sealed, kinds(again)[-2:]) == (True, ["session", "seal"])

    def test_a_new_journal_never_overwrites(self, tmp_path: Path) -> None:
        path = tmp_path / "journal.jsonl"
        path.write_bytes(b"mine")
        with pytest.raises(JournalError, match="cannot be opened"):
            AppendFile(str(path), new=True)
        assert path.read_bytes() == b"mine"

    def test_a_missing_folder_is_one_error(self, tmp_path: Path) -> None:
        with pytest.raises(JournalError, match="cannot be opened"):
            AppendFile(str(tmp_path / "no" / "journal.jsonl"), new=False)

    def test_only_one_process_appends(self, tmp_path: Path) -> None:
        path = str(tmp_path / "journal.jsonl")
        file = AppendFile(path, new=True)
        file.append(b"x")
        try:
            assert "another process is at work on this run" in _try_to_open(path)
        finally:
            file.close()
        assert _try_to_open(path) == ""
        assert Path(path).read_bytes() == b"x"


def _try_to_open(path: str) -> str:
    """What another process is told that opens the file."""
    code = "import sys; from ruggli.world.disk import AppendFile; AppendFile(sys.argv[1], new=False).close()"
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, timeout=60)
    return done.stderr
