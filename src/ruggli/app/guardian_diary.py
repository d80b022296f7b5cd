"""The guardian's record: one JSON object a line, beside the journal."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from ruggli.errors import JournalError
from ruggli.world.disk import AppendFile, remove_file


class Diary:
    """Each line is on the disk before the next act. A full disk ends no stop.

    The file is locked for as long as the guardian lives: `resume` waits for that.

    Args:
        path: where it is.
        wall: date and time.
    """

    def __init__(self, path: str, wall: Callable[[], datetime]) -> None:
        self._path = path
        self._wall = wall
        self._empty = True
        try:
            self._file: AppendFile | None = AppendFile(path, new=False)
        except JournalError:
            self._file = None

    def write(self, what: Mapping[str, Any]) -> None:
        """Keep one thing that was seen, done or proved."""
        if self._file is None:
            return
        line = {"time": self._wall().isoformat(timespec="milliseconds"), **what}
        try:
            self._file.append(json.dumps(line).encode() + b"\n")
            self._file.sync()
            self._empty = False
        except JournalError:
            self._file = None

    def note(self, what: str, proof: str) -> None:
        """Keep what was seen of the controller, or done to it."""
        self.write({"device": "controller", "what": what, "proof": proof, "error": "", "counter_mL": None})

    def close(self) -> None:
        """Close it; one into which nobody has ever written goes away."""
        if self._file is not None:
            empty = self._empty and self._file.size() == 0
            self._file.close()
            if empty:
                with suppress(JournalError):
                    remove_file(self._path)
