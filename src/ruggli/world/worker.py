"""A program of ours that works beside this one: lines in, lines out, and nobody here ever waits for it unasked."""

import queue
import subprocess
import sys
from contextlib import suppress

from ruggli.errors import RuggliError
from ruggli.quantities.base import Seconds
from ruggli.world.lane import Lane

LONGEST_QUEUE = 64
"""Lines that may wait for a worker that does not read."""


class Worker:
    """`python -m module` in a process of its own that Ctrl-C and the closing of the terminal do not reach.

    It is to end by itself when its standard input ends, which also happens when this process dies in any way.
    What it complains of is thrown away, for that could hold the secrets that it was given.

    Args:
        module: full name of the module.

    Raises:
        RuggliError: it could not be started.
    """

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-m", module]
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        try:
            if sys.platform == "win32":
                flags = subprocess.CREATE_NEW_PROCESS_GROUP
                self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, creationflags=flags)
            else:
                self._process = subprocess.Popen(
                    command, stdin=pipe, stdout=pipe, stderr=nothing, start_new_session=True
                )
        except OSError as error:
            raise RuggliError(f"{module} could not be started: {error.strerror or error}") from error
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._writer: Lane[bytes] = Lane(f"to {module}", self._write, LONGEST_QUEUE)
        self._reader: Lane[bool] = Lane(f"from {module}", self._read, 1)
        self._reader.put(True)

    @property
    def gone(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    @property
    def process_id(self) -> int:
        """Its number in the system."""
        return self._process.pid

    def send(self, line: str) -> bool:
        """Hand one line over; False where it is gone or too slow, and the line is lost."""
        return not self.gone and self._writer.put(line.encode() + b"\n")

    def take(self) -> list[str]:
        """The lines that it has written since."""
        found = []
        while (line := self.wait(Seconds(0.0))) is not None:
            found.append(line)
        return found

    def wait(self, timeout: Seconds) -> str | None:
        """The next line that it writes, or None where none came within `timeout` of real time."""
        try:
            return self._lines.get(timeout=timeout) if timeout else self._lines.get_nowait()
        except queue.Empty:
            return None

    def close(self, timeout: Seconds) -> None:
        """End its input, and kill it when it has not ended within `timeout` of real time."""
        if self._writer.finish(timeout):
            self._end_input()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._end_input()
        self._reader.finish(timeout)

    def _end_input(self) -> None:
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def _write(self, line: bytes) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(OSError, ValueError):  # it is gone: `gone` tells
            pipe.write(line)
            pipe.flush()

    def _read(self, _start: bool) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        with pipe:
            for line in pipe:
                self._lines.put(line.decode("utf-8", "replace").rstrip("\r\n"))
