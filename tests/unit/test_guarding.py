"""The pipe between two processes, and the guardian's process at the other end of it."""

import json
import socket
from pathlib import Path

import pytest

from ruggli.app import guardian_stop
from ruggli.app.guardian_diary import Diary
from ruggli.app.guarding import GUARDIAN_FILE, GuardianProcess, await_guardian, guardian_records
from ruggli.app.runs import JOURNAL
from ruggli.engine.guardian import StopOrder
from ruggli.errors import InputError, JournalError, PortsTaken
from ruggli.journal.reader import JournalView, Record
from ruggli.quantities.base import Seconds
from ruggli.world.disk import AppendFile
from ruggli.world.process import LARGEST_BACKLOG, Pipe, own_number, spawn_piped
from ruggli.world.run_disk import ComputerDisk
from ruggli.world.tasks import Task
from ruggli.world.time import wall_now

PUMP = StopOrder("pump", "new-era", "NE-1000", "socket://127.0.0.1:9", {})


def test_a_pipe_never_waits_and_tells_of_its_end() -> None:
    ours, theirs = (Pipe(end) for end in socket.socketpair())
    assert ours.receive() == b""
    assert theirs.send(b"one\n") and theirs.send(b"two\n")
    ours.wait(Seconds(5.0))
    assert ours.receive() == b"one\ntwo\n"
    theirs.send(b"last\n")
    theirs.close()
    assert ours.receive() == b"last\n"
    assert ours.receive() is None
    assert not ours.send(b"nobody hears")
    ours.close()


def test_who_does_not_read_is_noticed_without_waiting() -> None:
    ours, theirs = (Pipe(end) for end in socket.socketpair())
    sent = 0
    while ours.send(b"x" * 4096):
        sent += 4096
        assert sent < 100 * LARGEST_BACKLOG
    theirs.close()
    ours.close()


def test_the_guardian_answers_every_message_and_leaves_at_the_farewell(tmp_path: Path) -> None:
    process = spawn_piped("ruggli.app.guardian")
    told = {"controller": own_number(), "record": str(tmp_path / GUARDIAN_FILE), "bauds": {}}
    for message in ({"watch": told}, {"orders": [PUMP.as_json()]}, {"beat": 1}):
        assert process.pipe.send(json.dumps(message).encode() + b"\n")
    answers = b""
    while len(answers) < 3:
        process.pipe.wait(Seconds(20.0))
        answers += process.pipe.receive() or b""
    with pytest.raises(JournalError):
        AppendFile(str(tmp_path / GUARDIAN_FILE), new=False)
    process.pipe.send(b'{"bye": true}\n')
    process.close(Seconds(20.0))
    assert not process.is_alive()
    assert list(tmp_path.iterdir()) == [], "nothing happened, so nothing is told"


def test_a_guardian_whose_controller_went_before_its_first_step_does_nothing(tmp_path: Path) -> None:
    process = spawn_piped("ruggli.app.guardian")
    told = {"controller": own_number(), "record": str(tmp_path / GUARDIAN_FILE), "bauds": {}}
    process.pipe.send(json.dumps({"watch": told}).encode() + b"\n")
    process.close(Seconds(20.0))
    assert not process.is_alive()
    assert list(tmp_path.iterdir()) == []


def test_another_guardian_takes_the_place_of_one_that_is_gone(tmp_path: Path) -> None:
    guardian = GuardianProcess(str(tmp_path), {})
    guardian.watch([PUMP])
    first = guardian._process
    assert first is not None and guardian.trouble() == ""
    guardian.renew()
    assert guardian._process is first, "one that answers stays"
    first._process.kill()
    first._process.wait()
    assert "has ended" in guardian.trouble()
    guardian.renew()
    assert guardian._process is not first and guardian.trouble() == ""
    guardian.bye()
    guardian.beat()
    assert guardian.trouble() == ""


def test_records_that_the_journal_has_are_not_taken_twice(tmp_path: Path) -> None:
    lines = [{"device": "pump", "what": "flow stopped", "proof": "stopped, read back"}, {"device": "plate"}]
    text = "".join(json.dumps(line) + "\n" for line in lines) + '{"device": "to'
    (tmp_path / GUARDIAN_FILE).write_text(text)
    known = Record(7, 0.0, "", "guardian", lines[0])
    nothing = JournalView((), "", False, 0, 0, "")
    assert guardian_records(ComputerDisk(), str(tmp_path), nothing) == lines
    assert guardian_records(ComputerDisk(), str(tmp_path), JournalView((known,), "", False, 0, 0, "")) == lines[1:]
    assert guardian_records(ComputerDisk(), str(tmp_path / "none"), nothing) == []


def test_resume_waits_for_a_guardian_that_is_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = AppendFile(str(tmp_path / JOURNAL), new=True)
    file = AppendFile(str(tmp_path / GUARDIAN_FILE), new=False)
    await_guardian(str(tmp_path), lambda text: pytest.fail("the run itself goes on: its ports' locks refuse by name"))
    journal.close()
    file.close()
    (tmp_path / GUARDIAN_FILE).unlink()
    await_guardian(str(tmp_path), lambda text: pytest.fail("there is none"))
    file = AppendFile(str(tmp_path / GUARDIAN_FILE), new=False)
    said: list[str] = []
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            file.close()

    monkeypatch.setattr("ruggli.app.guarding.wait_really", wait)
    await_guardian(str(tmp_path), said.append)
    assert len(waits) == 3 and len(said) == 1 and "guardian" in said[0]
    file = AppendFile(str(tmp_path / GUARDIAN_FILE), new=False)
    monkeypatch.setattr("ruggli.app.guarding.LONGEST_STOP", Seconds(0.0))
    with pytest.raises(JournalError):
        await_guardian(str(tmp_path), said.append)
    file.close()


@pytest.mark.parametrize(
    ("taken", "stopped", "what"), [(2, True, ""), (10**6, False, "left alone"), (None, True, "without lock")]
)
def test_no_port_is_opened_before_the_guardian_is_its_master(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int | None, stopped: bool, what: str
) -> None:
    """Locks of the dead are waited for, another master is left alone, locks that cannot be used hinder nothing."""
    tries, clock, asked = [0], [0.0], []

    def become_master(ports: list[str], stack: object, use: str) -> None:
        tries[0] += 1
        if taken is None:
            raise InputError("E-LOCK the folder cannot be used")
        if tries[0] <= taken:
            raise PortsTaken("process 7 is master of this port")

    def stop_all(*words: object) -> Task[tuple[()]]:
        asked.append(tries[0])
        return ()
        yield

    def wait(seconds: float) -> None:
        clock[0] += seconds

    monkeypatch.setattr(guardian_stop, "become_master", become_master)
    monkeypatch.setattr(guardian_stop, "stop_all", stop_all)
    monkeypatch.setattr(guardian_stop, "wait_really", wait)
    monkeypatch.setattr(guardian_stop, "boot_seconds", lambda: clock[0])
    diary = Diary(str(tmp_path / GUARDIAN_FILE), wall_now)
    code = guardian_stop.stop_everything([PUMP], {}, diary)
    diary.close()
    assert (code == 0, bool(asked)) == (stopped, stopped)
    lines = [json.loads(line) for line in (tmp_path / GUARDIAN_FILE).read_text().splitlines()] if what else []
    assert [line["what"] for line in lines] == ([what] if what else [])
    assert clock[0] >= 29.0 or what != "left alone"
