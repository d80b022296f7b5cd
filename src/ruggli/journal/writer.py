"""Appending records."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ruggli.errors import JournalError
from ruggli.journal.chain import START, encode
from ruggli.world.clock import Clock

LONGEST_UNSYNCED = 2.0
"""Seconds of real time after which written records are synced (DESIGN 6)."""


class Sink(Protocol):
    """Where lines go: `ruggli.world.disk.AppendFile`, or a list in tests."""

    def append(self, data: bytes) -> None:
        """Take bytes."""

    def sync(self) -> None:
        """Make them durable."""

    def close(self) -> None:
        """No more bytes come."""


class Follower(Protocol):
    """Whoever has to know what is recorded while it is. Never raises; what it found comes back as records."""

    def wrote(self, kind: str, data: Mapping[str, Any]) -> None:
        """A record was written."""

    def beat(self) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """Called every tick; records that are to be written."""

    def close(self) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """Called before the seal; the last records that are to be written."""


class Journal:
    """The writer's end of a journal. The first failure is final: no record is retried.

    Args:
        sink: where lines go.
        clock: the run's clock.
        real_seconds: real time, for the interval of syncing; under a virtual clock too.
        count: number of records that are there already.
        head: hash of the last of them.
        follower: see `Follower`.
    """

    def __init__(
        self,
        sink: Sink,
        clock: Clock,
        real_seconds: Callable[[], float],
        *,
        count: int = 0,
        head: str = START,
        follower: Follower | None = None,
    ) -> None:
        self.count = count
        self.head = head
        self._sink = sink
        self._clock = clock
        self._follower = follower
        self._real_seconds = real_seconds
        self._synced = real_seconds()
        self._unsynced = False
        self._failure: JournalError | None = None

    def write(self, kind: str, data: Mapping[str, Any], *, durable: bool = False) -> int:
        """Append one record and return its number; with `durable` it is on the disk when this returns.

        Raises:
            JournalError: the disk does not take it.
        """
        wall = self._clock.wall().isoformat(timespec="milliseconds")
        line, head = encode(self.count + 1, self._clock.now(), wall, kind, data, self.head)
        if self._failure is not None:
            raise JournalError(f"the journal has ended: {self._failure}")
        try:
            self._sink.append(line)
        except JournalError as error:
            self._failure = error
            raise
        self.count, self.head, self._unsynced = self.count + 1, head, True
        if durable:
            self.sync()
        if self._follower is not None:
            self._follower.wrote(kind, data)
        return self.count

    def beat(self) -> None:
        """Called every tick: sync when records have waited for 2 s of real time."""
        if self._follower is not None:
            self._write_all(self._follower.beat())
        if self._unsynced and self._real_seconds() - self._synced >= LONGEST_UNSYNCED:
            self.sync()

    def _write_all(self, records: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        for kind, data in records:
            self.write(kind, data)

    def sync(self) -> None:
        """Have everything on the disk."""
        if self._failure is not None:
            raise JournalError(f"the journal has ended: {self._failure}")
        try:
            self._sink.sync()
        except JournalError as error:
            self._failure = error
            raise
        self._synced = self._real_seconds()
        self._unsynced = False

    def seal(self) -> str:
        """End this session with a record that tells the number of records and the head; return the new head."""
        if self._follower is not None:
            self._write_all(self._follower.close())
        self.write("seal", {"records": self.count, "head": self.head}, durable=True)
        self._sink.close()
        return self.head
