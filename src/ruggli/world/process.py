"""Other programs of ours: a module run in a process of its own, bytes in, bytes out."""

import os
import subprocess
import sys
from collections.abc import Sequence

from ruggli.errors import RuggliError
from ruggli.quantities.base import Seconds


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
