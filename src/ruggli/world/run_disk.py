"""The disk as a run needs it: its folder, its journal. On the computer, or (in `memory_disk`) in memory."""

from typing import Protocol

from ruggli.world.disk import AppendFile, cut_file, exists, make_folder, read_file, remove_file
from ruggli.world.reserve import ReserveFile


class Appending(Protocol):
    """An append-only file that is open.

    Attributes:
        path: its name, for people.
    """

    path: str

    def append(self, data: bytes) -> None:
        """Hand bytes to the system: they survive a crash of this program. Raises `JournalError`."""

    def sync(self) -> None:
        """Have the bytes on the disk: they survive a power cut. Raises `JournalError`."""

    def close(self) -> None:
        """No more bytes come."""


class RunDisk(Protocol):
    """Where a run keeps its folder."""

    def exists(self, path: str) -> bool:
        """Whether something has this path."""

    def make_folder(self, path: str) -> None:
        """Make a new folder and its parents. Raises `InputError`."""

    def append_to(self, path: str, *, new: bool) -> Appending:
        """Open an append-only file; one process at a time has it open. Raises `JournalError`."""

    def read(self, path: str, what: str) -> bytes:
        """The bytes of a file. Raises `InputError`."""

    def cut(self, path: str, length: int) -> None:
        """Shorten a file to `length` bytes. Raises `JournalError`."""

    def reserve(self, path: str, size: int) -> Appending:
        """A new file of lines that has its room on the disk already. Raises `JournalError`."""

    def remove(self, path: str) -> None:
        """Remove a file. Raises `JournalError`."""


class ComputerDisk:
    """The disk of this computer."""

    def exists(self, path: str) -> bool:
        """See `RunDisk`."""
        return exists(path)

    def make_folder(self, path: str) -> None:
        """See `RunDisk`."""
        make_folder(path)

    def append_to(self, path: str, *, new: bool) -> Appending:
        """See `RunDisk`."""
        return AppendFile(path, new=new)

    def read(self, path: str, what: str) -> bytes:
        """See `RunDisk`."""
        return read_file(path, what)

    def cut(self, path: str, length: int) -> None:
        """See `RunDisk`."""
        cut_file(path, length)

    def reserve(self, path: str, size: int) -> Appending:
        """See `RunDisk`."""
        return ReserveFile(path, size)

    def remove(self, path: str) -> None:
        """See `RunDisk`."""
        remove_file(path)
