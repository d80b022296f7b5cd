"""Other programs of ours: a module run in a process of its own, bytes in, bytes out, or beside us with a pipe."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from ruggli.errors import RuggliError
from ruggli.quantities.base import Seconds

LARGEST_BACKLOG = 65536
"""Bytes that may wait for the other process; more means that it does not read."""


def run_module(module: str, data: bytes, timeout: Seconds) -> bytes:
    """Run `python -m module` with `data` on its standard input, and return what it wrote to its standard output.

    Args:
        module: full name of the module.
        data: its standard input.
        timeout: real time after which it is killed.

    Raises:
        RuggliError: it could not be started, took too long, or failed; with the last line of what it complained of.
    """
    try:
        done = subprocess.run([sys.executable, "-m", module], input=data, capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise RuggliError(f"{module} did not end within {timeout:.0f} s and was stopped") from error
    except OSError as error:
        raise RuggliError(f"{module} could not be started: {error.strerror or error}") from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise RuggliError(f"{module} failed with exit code {done.returncode}: {lines[-1] if lines else 'no message'}")
    return done.stdout


def run_modules(module: str, shares: Sequence[bytes], timeout: Seconds) -> list[bytes]:
    """Run `python -m module` once for each share, all at the same time, and return what they wrote, in that order.

    Raises:
        RuggliError: one could not be started, took too long, or failed; the others are ended.
    """
    started: list[subprocess.Popen[bytes]] = []
    pipe = subprocess.PIPE
    try:
        for share in shares:
            process = subprocess.Popen([sys.executable, "-m", module], stdin=pipe, stdout=pipe, stderr=pipe)
            started.append(process)
            assert process.stdin is not None
            process.stdin.write(share)
            process.stdin.close()
            process.stdin = None
        answers = []
        for process in started:
            out, complaint = process.communicate(timeout=timeout)
            if process.returncode:
                lines = complaint.decode(errors="replace").strip().splitlines()
                why = lines[-1] if lines else "no message"
                raise RuggliError(f"{module} failed with exit code {process.returncode}: {why}")
            answers.append(out)
        return answers
    except subprocess.TimeoutExpired as error:
        raise RuggliError(f"{module} did not end within {timeout:.0f} s and was stopped") from error
    except OSError as error:
        raise RuggliError(f"{module} could not be started: {error.strerror or error}") from error
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
                process.communicate()


def processors() -> int:
    """How many processors this computer has."""
    return os.cpu_count() or 1


class Pipe:
    """One end of a two-way pipe between two processes. Never blocks, and ends when the other process ends."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self._lost = False
        self._unsent = b""

    def send(self, data: bytes) -> bool:
        """Hand bytes over without waiting; False when the other end is gone or has not read for long."""
        if self._lost:
            return False
        self._unsent += data
        try:
            self._unsent = self._unsent[self._end.send(self._unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self._lost = True
        return not self._lost and len(self._unsent) < LARGEST_BACKLOG

    def receive(self) -> bytes | None:
        """What has arrived, b"" where nothing has, None when the other end is gone and all is read."""
        try:
            data = self._end.recv(LARGEST_BACKLOG)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        self._lost = self._lost or not data
        return data or None

    def wait(self, seconds: Seconds) -> None:
        """Wait until something has arrived or the other end is gone, at most `seconds` of real time."""
        select.select([self._end], [], [], seconds)

    def close(self) -> None:
        """Close this end."""
        self._lost = True
        self._end.close()


class PipedProcess:
    """A module of ours that runs beside this process, on the other end of a pipe."""

    def __init__(self, process: "subprocess.Popen[bytes]", pipe: Pipe) -> None:
        self._process = process
        self.pipe = pipe

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def close(self, patience: Seconds) -> None:
        """Close the pipe and wait for its end; one that does not end by itself is left to itself."""
        self.pipe.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.returncode = 0  # it has a task of its own to end; nobody waits for it


def spawn_piped(module: str) -> PipedProcess:
    """Start `python -m module` in a session of its own, so that a Ctrl-C at the terminal does not reach it.

    The module takes its end by `inherited_pipe`. On Windows the socket is handed over through standard input.

    Raises:
        RuggliError: it could not be started.
    """
    ours, theirs = socket.socketpair()
    words = [sys.executable, "-P", "-m", module]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP
            process = subprocess.Popen(words, stdin=subprocess.PIPE, creationflags=flags, **quiet)
            assert process.stdin is not None
            shared = theirs.share(process.pid)
            process.stdin.write(len(shared).to_bytes(4, "big") + shared)
            process.stdin.close()
        else:
            process = subprocess.Popen(words, stdin=theirs.fileno(), start_new_session=True, **quiet)
    except OSError as error:
        ours.close()
        raise RuggliError(f"{module} could not be started: {error.strerror or error}") from error
    finally:
        theirs.close()
    return PipedProcess(process, Pipe(ours))


def inherited_pipe() -> Pipe:
    """The end of the pipe of a module that was started by `spawn_piped`."""
    if sys.platform == "win32":
        length = int.from_bytes(sys.stdin.buffer.read(4), "big")
        return Pipe(socket.fromshare(sys.stdin.buffer.read(length)))
    return Pipe(socket.socket(fileno=0))


def ignore_requests_to_end() -> None:
    """Go on whatever the terminal, a log-off or a shutdown asks for; only a kill ends this process."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def own_number() -> int:
    """The number of this process."""
    return os.getpid()


def kill_process(number: int) -> bool:
    """End a process at once, whatever it does; False where it is gone or belongs to somebody else."""
    try:
        if sys.platform == "win32":
            os.kill(number, signal.SIGTERM)  # which ends a process at once there
        else:
            os.kill(number, signal.SIGKILL)
    except OSError:
        return False
    return True
