"""The controller's end of the guardian: starts the process, tells it what to stop, and hears that it listens."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ruggli.app.runs import JOURNAL
from ruggli.engine.guardian import StopOrder
from ruggli.errors import JournalError, RuggliError
from ruggli.journal.reader import JournalView
from ruggli.quantities.base import Seconds
from ruggli.world.disk import AppendFile, exists
from ruggli.world.process import PipedProcess, own_number, spawn_piped
from ruggli.world.run_disk import RunDisk
from ruggli.world.time import boot_seconds, wait_really

MODULE = "ruggli.app.guardian"
GUARDIAN_FILE = "guardian.jsonl"
"""What the guardian saw, did and proved; beside the journal."""
BETWEEN_BEATS = 0.5
"""Seconds; a conductor that waits for many short answers says no more often that it lives."""
UNANSWERED = 10
"""Signs of life in a row without an answer: the guardian hangs. Counted, for a sleep of the computer is no silence."""
PARTING = Seconds(2.0)
LONGEST_STOP = Seconds(45.0)
LOOK = Seconds(0.1)


class GuardianProcess:
    """Implements `ruggli.engine.lifeline.GuardianLink` with a process of its own.

    Args:
        folder: the run's folder, for the guardian's record.
        bauds: baud rates by device, where the rig gives another than the factory's.
    """

    def __init__(self, folder: str, bauds: Mapping[str, int]) -> None:
        self._briefing = {"controller": own_number(), "record": f"{folder}/{GUARDIAN_FILE}", "bauds": dict(bauds)}
        self._orders: tuple[StopOrder, ...] = ()
        self._process: PipedProcess | None = None
        self._trouble = ""
        self._sent = self._answered = 0
        self._beat_at = 0.0
        self._start()

    def watch(self, orders: Sequence[StopOrder]) -> None:
        """See `GuardianLink`."""
        if tuple(orders) != self._orders:
            self._orders = tuple(orders)
            self._send({"orders": [order.as_json() for order in orders]})

    def beat(self) -> None:
        """See `GuardianLink`."""
        now = boot_seconds()
        if now - self._beat_at >= BETWEEN_BEATS:
            self._beat_at = now
            self._send({"beat": self._sent})

    def trouble(self) -> str:
        """See `GuardianLink`."""
        process = self._process
        if process is None or self._trouble:
            return self._trouble
        heard = process.pipe.receive()
        if heard is None:
            self._trouble = "the guardian's process has ended"
        else:
            self._answered += len(heard)
            if self._sent - self._answered > UNANSWERED:
                self._trouble = f"the guardian has not answered {self._sent - self._answered} signs of life"
        return self._trouble

    def renew(self) -> None:
        """See `GuardianLink`."""
        if not self.trouble():
            return
        if self._process is not None:
            self._process.close(Seconds(0.0))
        orders, self._orders = self._orders, ()
        self._start()
        self.watch(orders)

    def bye(self) -> None:
        """See `GuardianLink`."""
        if self._process is not None:
            self._send({"bye": True})
            self._process.close(PARTING)
            self._process = None

    def close(self) -> None:
        """Let go without a farewell: the guardian stops everything, as after a death."""
        if self._process is not None:
            self._process.close(Seconds(0.0))
            self._process = None

    def _start(self) -> None:
        self._trouble, self._sent, self._answered = "", 0, 0
        try:
            self._process = spawn_piped(MODULE)
        except RuggliError as error:
            self._process, self._trouble = None, str(error)
            return
        self._send({"watch": self._briefing})

    def _send(self, message: Mapping[str, Any]) -> None:
        if self._process is None:
            return
        self._sent += 1
        if not self._process.pipe.send(json.dumps(message).encode() + b"\n") and not self._trouble:
            self._trouble = "the guardian's process has ended, or does not read"


def await_guardian(folder: str, say: Callable[[str], None]) -> None:
    """Let the guardian of the session before come to its end: it holds its record locked, and the ports open.

    Where the run itself still goes on there is nothing to wait for: the locks of its ports refuse the newcomer by name.

    Raises:
        JournalError: the guardian goes on for too long.
    """
    try:
        AppendFile(f"{folder}/{JOURNAL}", new=False).close()
    except JournalError:
        return
    path, until = f"{folder}/{GUARDIAN_FILE}", boot_seconds() + LONGEST_STOP
    told = False
    while exists(path):
        try:
            AppendFile(path, new=False).close()
            return
        except JournalError:
            if boot_seconds() >= until:
                raise
        if not told:
            say("the guardian is still stopping the devices of the session before; waiting for it")
            told = True
        wait_really(LOOK)


def guardian_records(disk: RunDisk, folder: str, journal: JournalView) -> list[Mapping[str, Any]]:
    """What a guardian saw, did and proved in this run, and the journal does not have yet; a torn end is left out."""
    path = f"{folder}/{GUARDIAN_FILE}"
    if not disk.exists(path):
        return []
    records: list[Mapping[str, Any]] = []
    for line in disk.read(path, "guardian's record").split(b"\n")[:-1]:
        try:
            records.append(json.loads(line))
        except ValueError:
            records.append({"device": "controller", "what": "seen", "error": "this line of the record is damaged"})
    return records[len(journal.of("guardian")) :]
