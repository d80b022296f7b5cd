"""A disk in memory that fails when it is told to, and that a power cut robs of what was not synced."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from ruggli.errors import InputError, JournalError


class Survives(Enum):
    """What a crash leaves of bytes that were written and not synced."""

    ALL = "all"
    NOTHING = "nothing"
    TORN = "torn"


@dataclass(slots=True)
class _File:
    data: bytearray = field(default_factory=bytearray)
    synced: int = 0
    open: bool = False


class MemoryDisk:
    """A `RunDisk` in memory.

    Attributes:
        before: called with the name of each call (`append`, `sync`) before it happens; may raise.
        after: as `before`, once it has happened.
        noted: called with each record that was taken.
        loose: records that were taken since the last sync.
        full: no byte is taken any more.
        broken: every sync fails.
    """

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._folders: dict[str, None] = {}
        self.before: Callable[[str], None] | None = None
        self.after: Callable[[str], None] | None = None
        self.noted: Callable[[bytes], None] | None = None
        self.loose = 0
        self.full = False
        self.broken = False

    def exists(self, path: str) -> bool:
        """See `RunDisk`."""
        return path in self._files or path in self._folders

    def make_folder(self, path: str) -> None:
        """See `RunDisk`."""
        self._folders[path] = None

    def append_to(self, path: str, *, new: bool) -> "MemoryFile":
        """See `RunDisk`."""
        if new == (path in self._files):
            raise JournalError(f"{path}: the journal cannot be opened: {'it exists' if new else 'there is none'}")
        file = self._files.setdefault(path, _File())
        if file.open:
            raise JournalError(f"{path}: another process is at work on this run; wait for it, or end it")
        file.open = True
        return MemoryFile(self, path, file)

    def read(self, path: str, what: str) -> bytes:
        """See `RunDisk`."""
        if path not in self._files:
            raise InputError(f"{path}: the {what} cannot be read: there is none")
        return bytes(self._files[path].data)

    def cut(self, path: str, length: int) -> None:
        """See `RunDisk`."""
        file = self._files[path]
        del file.data[length:]
        file.synced = min(file.synced, length)

    def folders(self) -> tuple[str, ...]:
        """Folders, in the order in which they were made."""
        return tuple(self._folders)

    def files(self) -> tuple[str, ...]:
        """Files, in the order in which they were made."""
        return tuple(self._files)

    def reserve(self, path: str, size: int) -> "MemoryReserve":
        """See `RunDisk`."""
        self._files[path] = file = _File(bytearray(b"\n" * size), size)
        return MemoryReserve(self, path, file)

    def remove(self, path: str) -> None:
        """See `RunDisk`."""
        del self._files[path]

    def synced(self, path: str) -> int:
        """How many bytes of a file would survive a power cut."""
        return self._files[path].synced

    def crash(self, survives: Survives, chance: Callable[[int], int]) -> None:
        """The process that had files open is gone, and perhaps the power with it.

        Args:
            survives: what is left of unsynced bytes.
            chance: a number below its argument; where `TORN` tears.
        """
        for file in self._files.values():
            loose = len(file.data) - file.synced
            if survives is Survives.NOTHING:
                del file.data[file.synced :]
            elif survives is Survives.TORN and loose:
                del file.data[file.synced + chance(loose) :]
            file.synced = len(file.data)
            file.open = False

    def damage(self, path: str, position: int, bit: int) -> None:
        """Flip one bit of a file."""
        data = self._files[path].data
        if data:
            data[position % len(data)] ^= 1 << bit


class MemoryFile:
    """An `Appending` of a `MemoryDisk`."""

    def __init__(self, disk: MemoryDisk, path: str, file: _File) -> None:
        self._disk = disk
        self._file = file
        self.path = path

    def append(self, data: bytes) -> None:
        """See `Appending`; a full disk takes half of it."""
        disk = self._disk
        if disk.before is not None:
            disk.before("append")
        if disk.full:
            self._file.data += data[: len(data) // 2]
            raise JournalError(f"{self.path}: the journal took {len(data) // 2} of {len(data)} bytes; the disk is full")
        self._file.data += data
        disk.loose += 1
        if disk.noted is not None:
            disk.noted(data)
        if disk.after is not None:
            disk.after("append")

    def sync(self) -> None:
        """See `Appending`."""
        disk = self._disk
        if disk.before is not None:
            disk.before("sync")
        if disk.broken:
            raise JournalError(f"{self.path}: the journal cannot be synced: input/output error")
        self._file.synced = len(self._file.data)
        disk.loose = 0
        if disk.after is not None:
            disk.after("sync")

    def close(self) -> None:
        """See `Appending`."""
        self._file.open = False


class MemoryReserve:
    """A reserve of a `MemoryDisk`: a full disk does not touch it, a broken one does."""

    def __init__(self, disk: MemoryDisk, path: str, file: _File) -> None:
        self._disk = disk
        self._file = file
        self._position = 0
        self.path = path

    def append(self, data: bytes) -> None:
        """See `Appending`."""
        end = self._position + len(data)
        if end > len(self._file.data):
            raise JournalError(f"{self.path}: the reserve of the journal is used up")
        self._file.data[self._position : end] = data
        self._position = end

    def sync(self) -> None:
        """See `Appending`."""
        if self._disk.broken:
            raise JournalError(f"{self.path}: the reserve cannot be synced: input/output error")

    def close(self) -> None:
        """See `Appending`."""
