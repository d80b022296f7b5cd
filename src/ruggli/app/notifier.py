"""The worker that sends messages, in a process of its own: `python -m ruggli.app.notifier`, JSON lines in and out.

In: `{"do": "channels", "channels": [{"name": ..., "url": ...}]}` once, then `{"do": "send", "number": ...,
"title": ..., "body": ..., "type": ...}`, `{"do": "will", "title": ...}` (what to send when the input ends without a
farewell) and `{"do": "bye"}`. Out: `{"ready": ..., "why": ..., "refused": [...]}` once, then one line for each message
and channel: `{"number": ..., "channel": ..., "ok": ..., "why": ..., "seconds": ...}`. No line holds an address or a
part of one.
"""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from ruggli.quantities.base import Seconds
from ruggli.world.lane import Lane
from ruggli.world.time import cpu_wall_seconds

LONGEST_QUEUE: Final = 32
"""Messages that may wait for one channel."""
LONGEST_OUTPUT: Final = 4096
"""Results that may wait for whoever feeds this worker."""
FAREWELL: Final = Seconds(30.0)
"""Longest time for the messages that still wait when the input ends."""
INSTALL: Final = 'pip install "ruggli[notify]"'
WILL: Final = 0
"""The number of the message that is sent when the program which feeds this one has died."""

Line = Mapping[str, Any]
Say = Callable[[Line], None]


def secrets_of(url: str) -> tuple[str, ...]:
    """Every part of an address that may be a secret or tell where it leads, the longest first."""
    rest = url.partition("://")[2]
    parts = {part for text in (rest, unquote(rest)) for part in (text, *re.split(r"[/:@?&=,#+;\s]+", text))}
    return tuple(sorted((part for part in parts if len(part) > 2), key=lambda part: (-len(part), part)))


def without(text: str, secrets: tuple[str, ...]) -> str:
    """A text in which no secret is left, on one line."""
    for secret in secrets:
        text = re.sub(re.escape(secret), "***", text, flags=re.IGNORECASE)
    return " ".join(text.split())[:300]


class Complaints(logging.Handler):
    """What Apprise complains of, by thread: one thread serves one channel."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._said: dict[str, list[str]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one complaint."""
        self._said.setdefault(record.threadName or "", []).append(record.getMessage())

    def take(self, thread: str) -> str:
        """What was said on a thread since."""
        return " ".join(self._said.pop(thread, ()))


class Sending:
    """One channel: its address, and the thread that sends to it.

    Args:
        name: name of the channel.
        url: its address.
        service: Apprise's plug-in for this address; called itself, so that it works in the thread of this channel.
        complaints: see `Complaints`.
        say: takes what came of each message.
    """

    def __init__(self, name: str, url: str, service: Any, complaints: Complaints, say: Say) -> None:
        self.name = name
        self._service = service
        self._secrets = secrets_of(url)
        self._complaints = complaints
        self._say = say
        self._lane: Lane[Line] = Lane(name, self._send, LONGEST_QUEUE)

    def put(self, line: Line) -> None:
        """Have one message sent when those before it are."""
        if not self._lane.put(line):
            self._tell(line, False, f"{LONGEST_QUEUE} messages wait for this channel already", 0.0)

    def finish(self) -> None:
        """Send what waits."""
        self._lane.finish(FAREWELL)

    def _send(self, line: Line) -> None:
        began = cpu_wall_seconds()
        try:
            arrived = bool(self._service.notify(body=line["body"], title=line["title"], notify_type=line["type"]))
            said = self._complaints.take(self.name)
            why = "" if arrived else said or "the service did not take it"
        except Exception as error:  # a plug-in's bug is a failed message, and the next one is tried again
            arrived, why = False, f"{type(error).__name__}: {error}"
        self._tell(line, arrived, why, cpu_wall_seconds() - began)

    def _tell(self, line: Line, arrived: bool, why: str, seconds: float) -> None:
        told = {"number": line["number"], "channel": self.name, "ok": arrived}
        self._say({**told, "why": without(why, self._secrets), "seconds": round(seconds, 3)})


def open_channels(channels: Iterable[Line], say: Say) -> list[Sending] | None:
    """The channels whose addresses Apprise can read, told to whoever feeds this worker; None without Apprise."""
    try:
        import apprise
    except ImportError:
        say({"ready": False, "why": f"Apprise is not installed: {INSTALL}", "refused": []})
        return None
    complaints = Complaints()
    logger = logging.getLogger("apprise")
    logger.addHandler(complaints)
    logger.propagate = False
    opened, refused = [], []
    for channel in channels:
        service = apprise.Apprise.instantiate(channel["url"])
        if service is None:
            refused.append(channel["name"])
        else:
            opened.append(Sending(channel["name"], channel["url"], service, complaints, say))
    say({"ready": True, "why": "", "refused": refused})
    return opened


def serve(lines: Iterable[Line], say: Say) -> None:
    """Send what comes until the input ends; without a farewell the last will is sent.

    Args:
        lines: what to do.
        say: takes what came of it.
    """
    opened: list[Sending] | None = []
    will: Line | None = None
    for line in lines:
        what = line["do"]
        if what == "channels":
            opened = open_channels(line["channels"], say)
        elif what == "will":
            will = line
        elif what == "bye":
            will = None
            break
        else:
            for channel in opened or ():
                channel.put(line)
    for channel in opened or ():
        if will is not None:
            channel.put({**will, "number": WILL})
    for channel in opened or ():
        channel.finish()


def main() -> None:
    """Serve standard input and output, until the input ends."""
    output = sys.stdout

    def write(line: Line) -> None:
        try:
            print(json.dumps(line), file=output, flush=True)
        except OSError:  # nobody reads any more; the last will still has to go out
            return

    voice = Lane("output", write, LONGEST_OUTPUT)

    def say(line: Line) -> None:
        voice.put(line)

    serve((json.loads(line) for line in sys.stdin.buffer), say)
    voice.finish(FAREWELL)


if __name__ == "__main__":
    main()
