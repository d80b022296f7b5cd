"""A test message to every channel of a notify file."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ruggli.app.messages import trial
from ruggli.app.notify_file import NotifyFile
from ruggli.app.notifying import Beside, begin, wire
from ruggli.quantities.base import Seconds

LONGEST: Final = Seconds(60.0)
"""Real time that a channel has to take the message."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of a message on one channel.

    Attributes:
        channel: its name.
        ok: whether the service took it.
        why: why not.
        seconds: how long it took.
    """

    channel: str
    ok: bool
    why: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {"channel": self.channel, "ok": self.ok, "why": self.why, "seconds": self.seconds}


def try_channels(settings: NotifyFile, start: Callable[[], Beside]) -> tuple[Delivery, ...]:
    """Send a test message through every channel and wait for what comes of it.

    Args:
        settings: the notify file.
        start: starts a worker.

    Raises:
        InputError: Apprise is not installed, or an address is none that it can read.
        RuggliError: the worker could not be started.
    """
    worker = start()
    begin(worker, settings)
    worker.send(json.dumps({"do": "send", "number": 1, **wire(trial())}))
    found: dict[str, Delivery] = {}
    while len(found) < len(settings.channels) and (line := worker.wait(LONGEST)) is not None:
        told = json.loads(line)
        found[told["channel"]] = Delivery(told["channel"], told["ok"], told["why"], told["seconds"])
    worker.send(json.dumps({"do": "bye"}))
    worker.close(Seconds(1.0))
    silent = f"nothing was heard of it within {LONGEST:.0f} s"
    names = (channel.name for channel in settings.channels)
    return tuple(found.get(name) or Delivery(name, False, silent, LONGEST) for name in names)
