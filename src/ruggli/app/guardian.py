"""The guardian's process: `python -m ruggli.app.guardian`, started by a run on real ports.

It listens to the controller's signs of life. When they stay away it kills the controller, and when the controller is
gone it opens the ports and stops everything. It opens no port while the controller lives. What it needs for stopping
is loaded after it listens.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

from ruggli.app.guardian_diary import Diary
from ruggli.engine.guardian import Act, Guard, decide, hear, look
from ruggli.quantities.base import Seconds
from ruggli.world.process import Pipe, ignore_requests_to_end, inherited_pipe, kill_process
from ruggli.world.time import boot_seconds, wall_now

SECOND_HALF = "ruggli.app.guardian_stop"
LOOK = Seconds(0.25)
"""Longest time between two looks at the clock."""


class Messages:
    """Takes the controller's lines out of what has arrived."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, data: bytes) -> list[Mapping[str, Any]]:
        """The messages that are complete."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in lines]


class Watch:
    """What the guardian has been told: whom it watches, and where its record is."""

    def __init__(self) -> None:
        self.controller = 0
        self.bauds: Mapping[str, int] = {}
        self.diary: Diary | None = None

    def brief(self, told: Mapping[str, Any]) -> None:
        """Take the briefing; the record is opened, and so locked, from now on."""
        self.controller, self.bauds = int(told["controller"]), told["bauds"]
        self.diary = Diary(told["record"], wall_now)

    def note(self, what: str, proof: str) -> None:
        """Keep what was seen or done."""
        if self.diary is not None:
            self.diary.note(what, proof)


def listen(pipe: Pipe, watch: Watch) -> Guard | None:
    """Watch the controller until it has to be replaced; None when it has said goodbye."""
    messages = Messages()
    guard = Guard(Seconds(boot_seconds()), Seconds(boot_seconds()))
    while True:
        data = pipe.receive()
        now = Seconds(boot_seconds())
        guard = look(guard, now)
        for message in messages.take(data or b""):
            if "watch" in message:
                watch.brief(message["watch"])
            else:
                guard = hear(guard, message, now)
            pipe.send(b".")
        act = decide(guard, now, pipe_open=data is not None)
        if act is Act.DONE:
            return None
        if act is Act.STOP:
            watch.note("seen", "the controller's process has ended" if data is None else "the controller does not end")
            return guard
        if act is Act.KILL:
            watch.note("seen", f"no sign of life for {now - guard.beat_at:.1f} s")
            killed = kill_process(watch.controller)
            watch.note("killed" if killed else "not killed", f"process {watch.controller}")
            guard = replace(guard, killed_at=now)
        if guard.orders:
            import_module(SECOND_HALF)  # loaded while there is time; again is nothing
        if not data:
            pipe.wait(LOOK)


def main() -> int:
    """Watch, and stop what there is to stop; the exit code is 0 when all is proved."""
    ignore_requests_to_end()
    watch = Watch()
    guard = listen(inherited_pipe(), watch)
    try:
        if guard is None or watch.diary is None:
            return 0
        from ruggli.app.guardian_stop import stop_everything

        return stop_everything(guard.orders, watch.bauds, watch.diary)
    except Exception as error:
        watch.note("failed", f"an error in the guardian itself: {type(error).__name__}: {error}")
        raise
    finally:
        if watch.diary is not None:
            watch.diary.close()


if __name__ == "__main__":
    sys.exit(main())
