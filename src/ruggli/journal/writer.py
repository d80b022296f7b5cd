"""Appending records."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ruggli.errors import JournalError
from ruggli.journal.chain import START, encode
from ruggli.world.clock import Clock

LONGEST_UNSYNCED = 2.0
"""Seconds of real time after which written records are synced (DESIGN 6)."""


class Sink(Protocol):
    """Where lines go: a file of `ruggli.world.run_disk`, or a list in tests."""

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


class Reserve(Sink, Protocol):
    """A sink that has its room already.

    Attributes:
        path: its name, for people.
    """

    path: str


class Journal:
    """The writer's end of a journal. The first failure is final: nothing is tried again in that file.

    What was not yet synced when it came, and all that is written later, goes into the reserve, chained on; whoever
    writes learns of the failure once. Without a reserve, or where it fails too, every further record is refused.

    Args:
        sink: where lines go.
        clock: the run's clock.
        real_seconds: real time, for the interval of syncing; under a virtual clock too.
        count: number of records that are there already.
        head: hash of the last of them.
        follower: see `Follower`.
        reserve: a file that has its room already.

    Attributes:
        in_reserve: whether records went there.
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
        reserve: Reserve | None = None,
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
        self._reserve = reserve
        self._loose: list[bytes] = []
        self.in_reserve = False

    def write(self, kind: str, data: Mapping[str, Any], *, durable: bool = False) -> int:
        """Append one record and return its number; with `durable` it is on the disk when this returns.

        Raises:
            JournalError: the disk does not take it.
        """
        wall = self._clock.wall().isoformat(timespec="milliseconds")
        line, head = encode(self.count + 1, self._clock.now(), wall, kind, data, self.head)
        if self._failure is not None:
            self._keep([line])
            self.count, self.head = self.count + 1, head
            return self.count
        try:
            self._sink.append(line)
        except JournalError as error:
            self._loose.append(line)
            self.count, self.head = self.count + 1, head
            raise self._failed(error) from error
        self.count, self.head, self._unsynced = self.count + 1, head, True
        if self._reserve is not None:
            self._loose.append(line)
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
            self._keep([])
            return
        try:
            self._sink.sync()
        except JournalError as error:
            raise self._failed(error) from error
        self._loose.clear()
        self._synced = self._real_seconds()
        self._unsynced = False

    def _failed(self, failure: JournalError) -> JournalError:
        """Go on in the reserve; returns what the writer is told."""
        self._failure = failure
        if self._reserve is None:
            return failure
        try:
            self._keep(self._loose)
        except JournalError as error:
            return JournalError(f"{failure}; {error}")
        self.in_reserve = True
        return JournalError(f"{failure}; the last records are in {self._reserve.path}")

    def _keep(self, lines: list[bytes]) -> None:
        """Have lines in the reserve, on the disk."""
        if self._reserve is None:
            raise JournalError(f"the journal has ended: {self._failure}")
        try:
            for line in lines:
                self._reserve.append(line)
            self._reserve.sync()
        except JournalError:
            self._reserve.close()
            self._reserve = None
            raise

    def seal(self) -> str:
        """End this session with a record that tells the number of records and the head; return the new head."""
        if self._follower is not None:
            self._write_all(self._follower.close())
        self.write("seal", {"records": self.count, "head": self.head}, durable=True)
        self._sink.close()
        if self._reserve is not None:
            self._reserve.close()
        return self.head
