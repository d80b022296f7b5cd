"""A file that has its place on the disk before it is needed: what is written into it needs no room any more."""

import os
from pathlib import Path
from typing import Final

from ruggli.errors import JournalError
from ruggli.world.disk import sync_folder

FILLING: Final = b"\n"
"""What an unused byte is: a file of lines stays one."""


class ReserveFile:
    """An `Appending` of a fixed size, filled from its beginning.

    It helps where the disk is full. On a file system that writes each change to a new place (Btrfs, ZFS, APFS) it
    helps only as far as that keeps room for itself; on a disk that fails it does not help.
    """

    def __init__(self, path: str, size: int) -> None:
        self.path = path
        self._left = size
        try:
            self._file = open(path, "xb", buffering=0)
            self._file.write(FILLING * size)
            os.fsync(self._file.fileno())
            self._file.seek(0)
            sync_folder(Path(path).parent)
        except OSError as error:
            raise JournalError(f"{path}: the reserve of the journal cannot be made: {error.strerror}") from error

    def append(self, data: bytes) -> None:
        """See `Appending`."""
        if len(data) > self._left:
            raise JournalError(f"{self.path}: the reserve of the journal is used up")
        try:
            self._left -= self._file.write(data)
        except OSError as error:
            raise JournalError(f"{self.path}: the reserve cannot be written: {error.strerror or error}") from error

    def sync(self) -> None:
        """See `Appending`."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise JournalError(f"{self.path}: the reserve cannot be synced: {error.strerror or error}") from error

    def close(self) -> None:
        """See `Appending`."""
        self._file.close()
