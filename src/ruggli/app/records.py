"""Where the records of a run are: its journal, and the reserve of it that is used when the disk is full."""

from typing import Final

from ruggli.app.runs import JOURNAL, RESERVE
from ruggli.errors import JournalError
from ruggli.journal.reader import JournalView, read_journal
from ruggli.journal.reserve import joined, kept_bytes, reserved_lines
from ruggli.world.run_disk import Appending, ComputerDisk, RunDisk

RESERVE_BYTES: Final = 1 << 20
"""Room for some thousand records: those of 2 s that were not yet synced, and those of the way to the safe state."""


def records_of(folder: str, disk: RunDisk | None = None) -> bytes:
    """The bytes of a run's journal, with the records of its reserve where there are any. Raises `InputError`."""
    disk = ComputerDisk() if disk is None else disk
    data = disk.read(f"{folder}/{JOURNAL}", "journal")
    reserve = f"{folder}/{RESERVE}"
    return joined(data, disk.read(reserve, "reserve of the journal")) if disk.exists(reserve) else data


def journal_of(folder: str, disk: RunDisk | None = None) -> JournalView:
    """The record of a run. Raises `InputError` and, naming the file, `JournalError`."""
    data = records_of(folder, disk)
    try:
        return read_journal(data)
    except JournalError as error:
        raise JournalError(
            f"{error} (in {folder}/{JOURNAL}); nothing mends a record: look for a copy of the file, or another run"
        ) from error


def reserve_used(folder: str) -> bool:
    """Whether the last records of a run are in its reserve."""
    disk, reserve = ComputerDisk(), f"{folder}/{RESERVE}"
    return disk.exists(reserve) and bool(reserved_lines(disk.read(reserve, "reserve of the journal")))


def put_back(folder: str, disk: RunDisk, file: Appending) -> None:
    """Move the records of a reserve to the end of their journal, where there is room again.

    Args:
        folder: the run's folder.
        disk: its disk.
        file: the journal, open.

    Raises:
        JournalError: there is no room yet; the reserve stays as it is.
    """
    journal, reserve = f"{folder}/{JOURNAL}", f"{folder}/{RESERVE}"
    if not disk.exists(reserve):
        return
    lines = reserved_lines(disk.read(reserve, "reserve of the journal"))
    if lines:
        disk.cut(journal, kept_bytes(disk.read(journal, "journal"), lines))
        file.append(b"".join(line + b"\n" for line in lines))
        file.sync()
    disk.remove(reserve)
