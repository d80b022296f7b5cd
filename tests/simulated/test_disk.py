"""The disk of a run: refused where it is full or slow, and what becomes of a run when it fails."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ruggli.app.doors import Doors, open_doors
from ruggli.app.preflight import LEAST_FREE, SYNCS
from ruggli.app.records import RESERVE_BYTES, put_back, records_of
from ruggli.app.run import resume
from ruggli.app.runs import JOURNAL, RESERVE
from ruggli.errors import JournalError
from ruggli.journal.reader import read_journal
from ruggli.quantities.base import Seconds
from ruggli.world.memory_disk import MemoryDisk
from ruggli.world.run_disk import ComputerDisk

LONG = {"addition_time": "2 h"}
DOSING = 1500.3


class FakeComputer:
    """A computer as it is told to be."""

    def __init__(self, *, awake: str = "", free: int = 2 * LEAST_FREE, syncs: tuple[float, ...] = ()) -> None:
        self.awake, self.free = awake, free
        self.syncs = list(syncs)
        self.kept = False

    def keep_awake(self, stack: ExitStack) -> str:
        if not self.awake:
            self.kept = True
            stack.callback(self._let_sleep)
        return self.awake

    def _let_sleep(self) -> None:
        self.kept = False

    def free_bytes(self, folder: str) -> int:
        return self.free

    def sync_seconds(self, folder: str, times: int) -> tuple[Seconds, ...]:
        assert times == SYNCS
        slowest = self.syncs.pop(0) if self.syncs else 0.01
        if slowest < 0:
            raise PermissionError(13, "Permission denied")
        return (*(Seconds(0.001) for _ in range(times - 1)), Seconds(slowest))


def on(computer: FakeComputer, disk: MemoryDisk | None = None, *, fails: str = "", at: float = 0.0) -> Any:
    """A world with this computer; its disk becomes full or broken at a moment."""

    def world(doors: Doors) -> None:
        doors.computer = computer
        if disk is not None:
            doors.disk = disk
        if fails:
            doors.loop.call_at(Seconds(at), lambda: setattr(disk, fails, True))

    return world


def codes(trial: Any) -> list[str]:
    return [problem.code for problem in trial.outcome.problems if problem.code in ("E-DISK", "W-SLEEP", "N-SLEEP")]


REFUSED = [
    (FakeComputer(free=LEAST_FREE - 1), "1.00 GB free"),
    (FakeComputer(free=0), "0.00 GB free"),
    (FakeComputer(syncs=(0.9, 0.3)), "300 ms"),
    (FakeComputer(syncs=(-1.0,)), "Permission denied"),
]


@pytest.mark.parametrize(("computer", "value"), REFUSED, ids=[value for _, value in REFUSED])
def test_a_disk_that_cannot_keep_the_record_is_refused(desk: Any, computer: FakeComputer, value: str) -> None:
    desk.world = on(computer)
    trial = desk.run(tapped=True)
    assert trial.verdict == "refused"
    assert codes(trial) == ["E-DISK"]
    assert value in trial.outcome.cause
    assert "--runs" in trial.outcome.cause
    assert trial.wire == [], "nothing was sent"
    assert trial.outcome.folder == ""


def test_the_figures_are_in_the_journal(desk: Any) -> None:
    computer = FakeComputer(free=LEAST_FREE, syncs=(0.9, 0.25))
    desk.world = on(computer)
    trial = desk.run()
    assert trial.verdict == "complete"
    (told,) = trial.of("computer")
    assert (told["kept_awake"], told["free_bytes"], told["sync_p99_ms"]) == (True, LEAST_FREE, 250.0)
    assert not computer.kept, "kept awake until the end, and no longer"
    assert not Path(trial.outcome.folder, RESERVE).exists()


@pytest.mark.parametrize("accepted", [True, False])
def test_an_unattended_run_on_a_computer_that_may_sleep(desk: Any, accepted: bool) -> None:
    desk.world = on(FakeComputer(awake="there is no session bus"))
    desk.accept = frozenset({"W-SLEEP"}) if accepted else frozenset()
    trial = desk.run(unattended=True)
    if accepted:
        assert trial.verdict == "complete", trial.outcome.cause
        assert trial.of("computer")[0]["why_not"] == "there is no session bus"
        assert "W-SLEEP" in trial.of("open")[0]["accepted"]
    else:
        assert (trial.verdict, codes(trial)) == ("refused", ["W-SLEEP"])
        assert "--accept W-SLEEP" in trial.outcome.cause


def test_an_attended_run_on_a_computer_that_may_sleep_is_told(desk: Any) -> None:
    desk.world = on(FakeComputer(awake="there is no session bus"))
    trial = desk.run()
    assert trial.verdict == "complete"
    (told,) = trial.of("computer")
    assert not told["kept_awake"]
    assert [problem["code"] for problem in told["problems"]] == ["N-SLEEP"]


@pytest.mark.parametrize("at", [DOSING, DOSING + 0.5, DOSING + 1000.0, 30.0])
def test_a_full_disk_stops_the_flows_and_keeps_the_last_records(desk: Any, at: float) -> None:
    disk = MemoryDisk()
    desk.world = on(FakeComputer(), disk, fails="full", at=at)
    trial = desk.run(settings=LONG, watch=[at + 6.0])
    assert trial.verdict == "error"
    assert RESERVE in trial.outcome.cause, "the message says where the last records are"
    assert trial.alarms == [("A-DISK", "journal")]
    folder = trial.outcome.folder
    view = read_journal(records_of(folder, disk))
    assert (view.damage, view.torn, view.sealed) == ("", 0, True)
    assert [record.kind for record in view.records[-3:]] == ["truth", "end", "seal"]
    assert view.last("alarm").data["code"] == "A-DISK"  # type: ignore[union-attr]
    alone = read_journal(disk.read(f"{folder}/{JOURNAL}", "journal"))
    assert len(alone.records) < len(view.records)
    devices = trial.bench.truth()["devices"]
    assert not any(device.get("motor_mm_per_s") for device in devices.values())
    assert devices["plate"]["speed_rpm"] > 300 or at < 60
    if at >= DOSING:
        trial.check_doses(complete=False)


def test_a_disk_that_fails_stops_the_flows_though_nothing_is_kept(desk: Any) -> None:
    disk = MemoryDisk()
    desk.world = on(FakeComputer(), disk, fails="broken", at=DOSING)
    trial = desk.run(settings=LONG)
    assert trial.verdict == "error"
    assert "input/output error" in trial.outcome.cause
    assert not any(device.get("motor_mm_per_s") for device in trial.bench.truth()["devices"].values())
    trial.check_doses(complete=False)


@pytest.mark.parametrize("fails", ["full", "broken"])
def test_a_pump_that_does_not_stop_is_named_though_the_disk_fails(desk: Any, fails: str) -> None:
    desk.world = on(FakeComputer(), MemoryDisk(), fails=fails, at=DOSING)
    gone = {"at": DOSING - 0.9, "kind": "lost-command", "target": "pump_b", "count": 99}
    trial = desk.run(settings=LONG, faults=[gone])
    assert trial.verdict == "error"
    signs = [(sign["code"], sign["device"]) for row in trial.outcome.alarms for sign in row["signs"]]
    if fails == "broken":  # told only by the next sync, after the lost line: the stop is a sign of that
        assert trial.alarms == [("A-LINK", "pump_b"), ("A-DISK", "journal")]
        assert signs == [("A-STOP-UNPROVED", "pump_b")]
    else:
        assert trial.alarms == [("A-DISK", "journal"), ("A-STOP-UNPROVED", "pump_b")], "first cause first"


def test_a_run_whose_disk_was_full_is_resumed_to_the_right_total(desk: Any) -> None:
    disk = MemoryDisk()
    desk.world = on(FakeComputer(), disk, fails="full", at=DOSING)
    trial = desk.run(settings=LONG)
    folder, bench = trial.outcome.folder, trial.bench
    before = len(read_journal(records_of(folder, disk)).records)
    opened = again(desk, disk, bench)
    with pytest.raises(JournalError, match="full"):
        resume(desk.request, folder, lambda line: None, lambda status: None, opened)
    assert len(read_journal(records_of(folder, disk)).records) == before, "what was in the reserve is there still"
    disk.full = False
    outcome = resume(desk.request, folder, lambda line: None, lambda status: None, opened)
    assert outcome.verdict.value == "complete", outcome.cause
    view = read_journal(disk.read(f"{folder}/{JOURNAL}", "journal"))
    assert view.sealed
    assert view.of("session")[0].number == before + 1
    assert not disk.exists(f"{folder}/{RESERVE}")
    for row in outcome.doses:
        assert row["truth_mL"] == pytest.approx(row["planned_mL"], rel=0.005)


def again(desk: Any, disk: MemoryDisk, bench: Any) -> Callable[[Any, ExitStack], Doors]:
    """Doors to the same disk and the same bench."""
    from ruggli.app.connect import Lines
    from ruggli.app.doors import simulated_ports
    from ruggli.world.ports import open_port

    def opened(request: Any, stack: ExitStack) -> Doors:
        loop = bench.timers.process()
        doors = open_doors(request, stack)
        lines = Lines(loop, simulated_ports(bench, stack), open_port)
        stack.callback(lines.close)
        return Doors(loop, lines, bench, disk, doors.signals, loop.now, computer=FakeComputer())

    return opened


def test_the_reserve_on_a_real_disk(tmp_path: Path) -> None:
    disk, folder = ComputerDisk(), str(tmp_path)
    path = f"{folder}/{RESERVE}"
    reserve = disk.reserve(path, 4096)
    assert Path(path).stat().st_size == 4096
    reserve.append(b'{"n":3,"hash":"x"}\n')
    reserve.sync()
    with pytest.raises(JournalError, match="used up"):
        reserve.append(b"." * 4096)
    reserve.close()
    assert Path(path).stat().st_size == 4096, "written in place"
    file = disk.append_to(f"{folder}/{JOURNAL}", new=True)
    file.append(b'{"n":1}\n{"n":2}\n{"n":3,"ha')
    file.close()
    file = disk.append_to(f"{folder}/{JOURNAL}", new=False)
    assert records_of(folder) == b'{"n":1}\n{"n":2}\n{"n":3,"hash":"x"}\n'
    put_back(folder, disk, file)
    assert Path(folder, JOURNAL).read_bytes() == b'{"n":1}\n{"n":2}\n{"n":3,"hash":"x"}\n'
    assert not disk.exists(path)
    file.close()
    with pytest.raises(JournalError, match="cannot be made"):
        disk.reserve(f"{folder}/no/{RESERVE}", RESERVE_BYTES)
