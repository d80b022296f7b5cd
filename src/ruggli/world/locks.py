"""One master for each physical port: a lock file a port, which the system unlocks when its process ends."""

import json
import os
import re
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any, Final

from ruggli.errors import InputError, LeaseLost, PortsTaken
from ruggli.world.host import this_host
from ruggli.world.lock_folder import lock_folder, make_lock_folder
from ruggli.world.os_lock import lock
from ruggli.world.time import wall_now

RECORD_BYTES: Final = 1024
"""Every record of a holder has this length, so that writing it is one write and nobody reads half of two."""

LOOK_SECONDS: Final = 0.02
LOOKS: Final = 50

TRIES: Final = 100
"""How often an opening is repeated when somebody removes the file in between."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a port.

    Attributes:
        lease: rises with each taking of the port.
        pid: number of the process.
        host: name of the computer.
        boot: which start of the computer.
        user: login name.
        run: id of the run, or what else the port is used for.
        since: ISO 8601 date and time, UTC.
    """

    lease: int
    pid: int
    host: str
    boot: str
    user: str
    run: str
    since: str

    def __str__(self) -> str:
        """For people."""
        who = f"process {self.pid}{f' of {self.user}' if self.user else ''} on {self.host}"
        return f"{who}, for {self.run or 'a run'}, since {self.since}"


class RigLock:
    """The ports that this process is master of. Made by `take_ports`.

    A lock file is never removed: two processes could then hold two files of one name.

    Attributes:
        holder: this process, as the lock files name it.
        ports: keys of the ports, sorted.
    """

    def __init__(self, files: Mapping[str, int], holder: Holder) -> None:
        self.holder = holder
        self.ports = tuple(files)
        self._files = dict(files)

    def sign(self, run: str) -> None:
        """Write into the lock files what the ports are used for."""
        self.holder = replace(self.holder, run=run)
        for descriptor in self._files.values():
            _write(descriptor, self.holder)

    def verify(self) -> None:
        """Compare the lease in every lock file with ours, and the files with those that we have locked.

        A file that somebody has removed (a cleaner of temporary files) is put back, if nobody else was faster. One
        that cannot be read proves nothing: it is the one that we have locked.

        Raises:
            LeaseLost: another process is master of a port now; nothing more may be sent.
            InputError: a removed file cannot be put back.
        """
        for port, descriptor in list(self._files.items()):
            path = lock_path(port)
            if not os.path.exists(path):
                self._put_back(port)
                continue
            found = read_holder(port)
            if not _is_at(descriptor, path) or (found is not None and found != self.holder):
                raise LeaseLost(_lost(port, found, self.holder))

    def release(self) -> None:
        """Give the ports back."""
        for descriptor in self._files.values():
            os.close(descriptor)
        self._files.clear()

    def _put_back(self, port: str) -> None:
        make_lock_folder(lock_folder())
        descriptor = _locked(port)
        if descriptor is None:
            raise LeaseLost(_lost(port, read_holder(port), self.holder))
        os.close(self._files[port])
        self._files[port] = descriptor
        _write(descriptor, self.holder)


def take_ports(keys: Iterable[str], run: str = "") -> RigLock:
    """Become master of ports, all or none, without waiting and before any of them is opened.

    Args:
        keys: names of `port_keys`.
        run: id of the run, or what else the ports are used for.

    Raises:
        PortsTaken: another process is master of one; what was taken is given back.
        InputError: the folder of locks cannot be used.
    """
    host, since = this_host(), wall_now().isoformat(timespec="milliseconds")
    files: dict[str, int] = {}
    make_lock_folder(lock_folder())
    try:
        for port in sorted(set(keys)):
            descriptor = _locked(port)
            if descriptor is None:
                raise PortsTaken(_taken(port, _winner(port)))
            files[port] = descriptor
    except BaseException:
        for descriptor in files.values():
            os.close(descriptor)
        raise
    before = [found.lease for port in files if (found := read_holder(port)) is not None]
    holder = Holder(max(before, default=0) + 1, host.pid, host.name, host.boot, host.user, run, since)
    taken = RigLock(files, holder)
    taken.sign(run)
    return taken


def _winner(port: str) -> Holder | None:
    """Who has just been faster, or has been master for long; it needs a moment to write its name."""
    for _ in range(LOOKS):
        time.sleep(LOOK_SECONDS)
        found = read_holder(port)
        if found is not None:
            return found
    return None


def lock_path(port: str) -> str:
    """The lock file of a port: readable, and different for different ports."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", port).strip("-")[-60:]
    return os.path.join(lock_folder(), f"{readable}-{sha256(port.encode()).hexdigest()[:12]}.lock")


def read_holder(port: str) -> Holder | None:
    """Who took the port last, or None where nobody did or it cannot be read."""
    try:
        with open(lock_path(port), "rb") as file:
            told: Any = json.loads(file.read(RECORD_BYTES))
        return Holder(**told)
    except (OSError, ValueError, TypeError):
        return None


def _locked(port: str) -> int | None:
    """A descriptor of the port's lock file with the lock on it, or None where another has it."""
    path = lock_path(port)
    for _ in range(TRIES):
        try:
            descriptor = _open(path)
        except FileExistsError:
            continue
        except OSError as error:
            raise InputError(
                f"E-LOCK {path}: the lock of {port} cannot be opened: {error.strerror or error}; "
                f"whoever made it can change its permissions"
            ) from error
        try:
            lock(descriptor)
        except OSError:
            os.close(descriptor)
            return None
        if _is_at(descriptor, path):
            return descriptor
        os.close(descriptor)
    return None


def _open(path: str) -> int:
    """Open the file, or make it for all users.

    One that exists is not opened by O_CREAT: Linux forbids it for files of others in a folder that all share.
    """
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666)
        if sys.platform != "win32":
            os.fchmod(descriptor, 0o666)  # a umask would keep other users out
        return descriptor


def _is_at(descriptor: int, path: str) -> bool:
    """Whether the open file is still the one of that path."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except OSError:
        return False


def _write(descriptor: int, holder: Holder) -> None:
    text = json.dumps(asdict(holder)).encode()
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, text.ljust(RECORD_BYTES - 1) + b"\n")


def _taken(port: str, found: Holder | None) -> str:
    who = "" if found is None else f": {found}"
    return (
        f"E-LOCK another process is master of {port}{who}. From here no port was opened and nothing was sent; "
        f"wait for the end of the other, or end it"
    )


def _lost(port: str, found: Holder | None, ours: Holder) -> str:
    who = "another process" if found is None else f"lease {found.lease}: {found}"
    return (
        f"{port}: this process is not master any more (it had lease {ours.lease} since {ours.since}); {who}. "
        f"Nothing more is sent from here; look at the run that goes on"
    )
