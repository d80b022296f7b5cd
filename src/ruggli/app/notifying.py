"""Notifications of a run: what its journal says goes to the worker, and what came of it goes into the journal."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from ruggli.app.messages import Message, Scene, again, last_will, tell, together
from ruggli.app.notify_file import Event, NotifyFile
from ruggli.errors import InputError
from ruggli.journal.reader import Record
from ruggli.quantities.base import Seconds

WORKER: Final = "ruggli.app.notifier"

READY: Final = Seconds(20.0)
"""Longest time for a worker to begin."""
LONGEST_DELIVERY: Final = 90.0
"""Seconds after which a message of which nothing was heard counts as lost."""
FAREWELL: Final = Seconds(15.0)
"""Longest time that the end of a run waits for the messages about it."""
RESTART_SECONDS: Final = 60.0
"""A worker that is gone is started again, at most this often."""

ALL: Final = "all"
"""Stands for the name of a channel where every one of them is meant."""

GONE: Final = "the worker that sends messages has ended"

Happening = tuple[str, Mapping[str, Any]]
"""Kind and content of a record that is to be written."""


class Beside(Protocol):
    """A worker; `ruggli.world.worker.Worker`, or a list in tests."""

    @property
    def gone(self) -> bool:
        """Whether it has ended."""

    def send(self, line: str) -> bool:
        """Hand one line over; False where it is lost."""

    def take(self) -> list[str]:
        """The lines that it has written since."""

    def wait(self, timeout: Seconds) -> str | None:
        """The next line that it writes, or None."""

    def close(self, timeout: Seconds) -> None:
        """End it."""


@dataclass(slots=True)
class Standing:
    """A question that was told, and how often."""

    message: Message
    told_at: float
    times: int = 0


@dataclass(slots=True)
class Sent:
    """A message that the worker has, and the channels of which nothing was heard yet."""

    message: Message
    at: float
    waits: list[str]


class Herald:
    """Follows a journal. Nothing that goes wrong here is an exception: it becomes a record.

    Args:
        settings: the notify file.
        start: starts a worker.
        seconds: real time.

    Raises:
        InputError: Apprise is not installed, or an address is none that it can read.
        RuggliError: the worker could not be started.
    """

    def __init__(self, settings: NotifyFile, start: Callable[[], Beside], seconds: Callable[[], float]) -> None:
        self._settings = settings
        self._start = start
        self._seconds = seconds
        self._scene = Scene()
        self._willed = Scene()
        self._due: list[Message] = []
        self._standing: dict[str, Standing] = {}
        self._sent: dict[int, Sent] = {}
        self._number = 0
        self._found: list[Happening] = []
        self._worker = start()
        self._started_at = seconds()
        self._gone = False
        self._closed = False
        begin(self._worker, settings)

    def remember(self, records: Iterable[Record]) -> None:
        """Take note of what earlier sessions recorded; nothing of it is told."""
        for record in records:
            self._scene, _ = tell(self._scene, record.kind, record.data)
        self._scene = replace(self._scene, questions={})

    def wrote(self, kind: str, data: Mapping[str, Any]) -> None:
        """A record was written."""
        try:
            self._scene, message = tell(self._scene, kind, data)
            self._note(message)
            scene = self._scene
            if kind in ("open", "session") or (scene.step, scene.watched) != (self._willed.step, self._willed.watched):
                self._willed = scene
                self._will()
        except Exception as error:  # our own bug in the text of a message must not end a run
            self._failed(ALL, f"{type(error).__name__}: {error}", kind)

    def beat(self) -> list[Happening]:
        """Once a tick: tell what is due, and hand over what is to be recorded."""
        try:
            self._look(self._seconds())
        except Exception as error:
            self._failed(ALL, f"{type(error).__name__}: {error}", "")
        return self._take_found()

    def close(self) -> list[Happening]:
        """The run has ended: tell what is due, wait a little for what came of it, and let the worker go."""
        found = self.beat()
        until = self._seconds() + FAREWELL
        while self._sent and not self._worker.gone and (left := until - self._seconds()) > 0:
            line = self._worker.wait(Seconds(min(left, 0.5)))
            if line is not None:
                self._heard(line)
        self._lose("nothing was heard of it before the run ended")
        self._put({"do": "bye"})
        self._worker.close(Seconds(5.0))
        self._closed = True
        return [*found, *self._take_found()]

    def abandon(self) -> None:
        """The program fails: without a farewell, the worker sends the last will."""
        if not self._closed:
            self._worker.close(FAREWELL)

    # ---- parts ----

    def _look(self, now: float) -> None:
        self._mind(now)
        self._repeat(now)
        if self._due:
            self._deliver(together(tuple(self._due)), now)
            self._due.clear()
        for line in self._worker.take():
            self._heard(line)
        self._overdue(now)

    def _note(self, message: Message | None) -> None:
        questions = self._scene.questions
        for name in [name for name in self._standing if name not in questions]:
            del self._standing[name]
        if message is None or message.event not in self._settings.events:
            return
        self._due.append(message)
        if message.question:
            self._standing[message.question] = Standing(message, self._seconds())

    def _repeat(self, now: float) -> None:
        most = self._settings.repeat.at_most
        for item in self._standing.values():
            if item.times < most and now - item.told_at >= self._settings.interval(item.message.event):
                item.told_at, item.times = now, item.times + 1
                self._due.append(again(item.message, item.times, most))

    def _deliver(self, message: Message, now: float) -> None:
        self._number += 1
        names = [channel.name for channel in self._settings.channels]
        if self._put({"do": "send", "number": self._number, **wire(message)}):
            self._sent[self._number] = Sent(message, now, names)
            return
        why = GONE if self._worker.gone else "the worker does not keep up"
        for name in names:
            self._failed(name, why, message.title)

    def _heard(self, line: str) -> None:
        told = json.loads(line)
        sent = self._sent.get(told.get("number", -1))
        if sent is None or told["channel"] not in sent.waits:
            return
        sent.waits.remove(told["channel"])
        if not sent.waits:
            del self._sent[told["number"]]
        if told["ok"]:
            record = {"channel": told["channel"], "title": sent.message.title, "event": sent.message.event.value}
            self._write("notified", {**record, "seconds": told["seconds"]})
        else:
            self._failed(told["channel"], told["why"], sent.message.title)

    def _overdue(self, now: float) -> None:
        for number in [number for number, sent in self._sent.items() if now - sent.at > LONGEST_DELIVERY]:
            sent = self._sent.pop(number)
            for channel in sent.waits:
                self._failed(channel, f"nothing was heard of it within {LONGEST_DELIVERY:.0f} s", sent.message.title)

    def _mind(self, now: float) -> None:
        """A worker that is gone is told once, and started again."""
        if not self._worker.gone:
            return
        if not self._gone:
            self._gone = True
            for line in self._worker.take():
                self._heard(line)
            if not self._sent:
                self._failed(ALL, GONE, "")
            self._lose(GONE)
        if now - self._started_at < RESTART_SECONDS:
            return
        self._started_at = now
        try:
            self._worker = self._start()
        except Exception as error:
            self._failed(ALL, f"the worker could not be started again: {error}", "")
            return
        self._gone = False
        self._put(_channels(self._settings))
        self._will()

    def _lose(self, why: str) -> None:
        for sent in self._sent.values():
            for channel in sent.waits:
                self._failed(channel, why, sent.message.title)
        self._sent.clear()

    def _take_found(self) -> list[Happening]:
        found, self._found = self._found, []
        return found

    def _will(self) -> None:
        if Event.CRASH in self._settings.events:
            self._put({"do": "will", **wire(last_will(self._scene))})

    def _put(self, line: Mapping[str, Any]) -> bool:
        return self._worker.send(json.dumps(line))

    def _failed(self, channel: str, why: str, title: str) -> None:
        self._write("not_notified", {"channel": channel, "title": title, "why": why})

    def _write(self, kind: str, data: Mapping[str, Any]) -> None:
        self._found.append((kind, data))


def begin(worker: Beside, settings: NotifyFile) -> None:
    """Give a worker its channels and wait until it has them.

    Raises:
        InputError: Apprise is not installed, an address is none that it can read, or the worker does not begin.
    """
    worker.send(json.dumps(_channels(settings)))
    line = worker.wait(READY)
    told: dict[str, Any] = {"ready": False, "why": f"the worker did not begin within {READY:.0f} s", "refused": []}
    if line is not None:
        told = json.loads(line)
    if told["ready"] and not told["refused"]:
        return
    worker.close(Seconds(1.0))
    if not told["ready"]:
        raise InputError(f"E-NOTIFY messages cannot be sent: {told['why']}")
    names = ", ".join(told["refused"])
    raise InputError(
        f"E-NOTIFY the address of {names} is none that Apprise reads; write it as its documentation has it for the "
        "service, e.g. mailtos://USER:PASSWORD@example.org"
    )


def _channels(settings: NotifyFile) -> dict[str, Any]:
    rows = [{"name": channel.name, "url": channel.url.get_secret_value()} for channel in settings.channels]
    return {"do": "channels", "channels": rows}


def wire(message: Message) -> dict[str, str]:
    """A message as a worker takes it."""
    return {"title": message.title, "body": message.body, "type": message.weight.value}
