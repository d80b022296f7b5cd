"""The disk: whole files in, an append-only file out, folders, locks."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ruggli.errors import InputError, JournalError
from ruggli.world.os_lock import lock

LARGEST_FILE: Final = 512 * 1024 * 1024
"""Bytes; the journal of a run of 24 h has about a fiftieth of it."""


def read_file(path: str, what: str) -> bytes:
    """The bytes of a file that the user named: a regular file only, for a pipe or a device may never end.

    Raises:
        InputError: it cannot be read; the message says what was looked for and why.
    """
    if os.path.isdir(path):
        raise InputError(f"{path}: the {what} cannot be read: it is a folder")
    if os.path.exists(path) and not os.path.isfile(path):
        raise InputError(f"{path}: the {what} cannot be read: it is no regular file")
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > LARGEST_FILE:
                most = LARGEST_FILE // 2**20
                raise InputError(f"{path}: the {what} cannot be read: it has {size // 2**20} MiB, at most {most} MiB")
            return file.read()
    except OSError as error:
        raise InputError(f"{path}: the {what} cannot be read: {error.strerror or error}") from error


def exists(path: str) -> bool:
    """Whether something has this path."""
    return os.path.exists(path)


def is_file(path: str) -> bool:
    """Whether a file has this path (a folder does not count)."""
    return os.path.isfile(path)


def file_mode(path: str) -> int | None:
    """Permission bits where the system has them, else None."""
    try:
        return None if os.name == "nt" else os.stat(path).st_mode & 0o777
    except OSError:
        return None


def write_file(path: str, data: bytes) -> None:
    """Write a whole file, durable, or leave the old one: written beside and renamed.

    Raises:
        InputError: it cannot be written.
    """
    beside = path + ".part"
    try:
        with open(beside, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def write_new_file(path: str, data: bytes) -> None:
    """Write a file that must not exist yet.

    Raises:
        InputError: it exists, or cannot be written.
    """
    try:
        with open(path, "xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise InputError(f"{path}: exists already; choose another name") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def make_folder(path: str) -> None:
    """Make a new folder and its parents.

    Raises:
        InputError: it exists already or cannot be made.
    """
    try:
        os.makedirs(path)
    except OSError as error:
        raise InputError(f"{path}: the folder cannot be made: {error.strerror or error}") from error


def folders_in(path: str) -> Iterator[str]:
    """Names of the folders in `path`, sorted; none where `path` does not exist."""
    try:
        names = sorted(os.listdir(path))
    except OSError:
        return
    for name in names:
        if os.path.isdir(os.path.join(path, name)):
            yield name


def current_folder() -> str:
    """The folder that the program was started in."""
    return os.getcwd()


def environment(name: str) -> str | None:
    """A variable of the environment."""
    return os.environ.get(name)


def user_name() -> str:
    """The login name, for records; "" where the system does not tell."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


class AppendFile:
    """An append-only file that one process at a time has open.

    A failed write or sync must not be tried again: a repeated fsync can report success for data that are lost.
    """

    def __init__(self, path: str, *, new: bool) -> None:
        self.path = path
        try:
            self._file = open(path, "xb" if new else "ab", buffering=0)
            if new:
                sync_folder(Path(path).parent)
        except OSError as error:
            raise JournalError(f"{path}: the journal cannot be opened: {error.strerror or error}") from error
        try:
            lock(self._file.fileno())
        except OSError as error:
            self._file.close()
            raise JournalError(f"{path}: another process is at work on this run; wait for it, or end it") from error

    def append(self, data: bytes) -> None:
        """Hand bytes to the operating system: they survive a crash of this program."""
        try:
            written = self._file.write(data)
        except OSError as error:
            raise JournalError(f"{self.path}: the journal cannot be written: {error.strerror or error}") from error
        if written != len(data):
            raise JournalError(f"{self.path}: the journal took {written} of {len(data)} bytes; the disk is full")

    def sync(self) -> None:
        """Have the bytes on the disk: they survive a power cut."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise JournalError(f"{self.path}: the journal cannot be synced: {error.strerror or error}") from error

    def size(self) -> int:
        """Its length in bytes."""
        return os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def remove_file(path: str) -> None:
    """Remove a file. Raises `JournalError`."""
    try:
        os.remove(path)
    except OSError as error:
        raise JournalError(f"{path}: cannot be removed: {error.strerror or error}") from error


def cut_file(path: str, length: int) -> None:
    """Shorten a file to `length` bytes (a torn last record of a journal).

    Raises:
        JournalError: it cannot be done.
    """
    try:
        os.truncate(path, length)
    except OSError as error:
        raise JournalError(f"{path}: cannot be cut to its last good record: {error.strerror or error}") from error


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk. Raises `OSError`."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
