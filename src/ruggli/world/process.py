"""Other programs of ours: a module run in a process of its own, bytes in, bytes out."""

import subprocess
import sys

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
