"""Timing whole processes, and printing figures. Used by the other scripts of this folder."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REFERENCE_SECONDS = 0.54
"""What the reference program takes on the machine for which the figures to reach were stated."""


@dataclass(frozen=True)
class Timing:
    """One process: wall s, peak memory in MB, standard output, user CPU s; None where the system does not tell."""

    seconds: float
    megabytes: float | None
    output: str
    cpu: float | None = None


def ruggli() -> str:
    """The program `ruggli` of this Python."""
    beside = shutil.which("ruggli", path=str(Path(sys.executable).parent))
    found = beside or shutil.which("ruggli")
    if found is None:
        sys.exit("there is no program `ruggli`: pip install . first")
    return found


def timed(command: Sequence[str]) -> Timing:
    """Run a command to its end and time it. Ends this program where the command fails."""
    with tempfile.TemporaryFile() as output:
        before = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - before
            cpu: float | None = usage.ru_utime
            code = process.returncode = os.waitstatus_to_exitcode(status)
            megabytes = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
        else:
            code, megabytes, cpu = process.wait(), None, None
            seconds = time.perf_counter() - before
        output.seek(0)
        text = output.read().decode()
    if code != 0:
        sys.exit(f"{' '.join(command)} ended with {code}:\n{text[-2000:]}")
    return Timing(seconds, megabytes, text, cpu)


def in_turn(commands: Sequence[Sequence[str]], rounds: int) -> list[list[Timing]]:
    """Time several commands in turn (A B A B ...), so that a machine whose speed changes treats them alike."""
    timings: list[list[Timing]] = [[] for _ in commands]
    for _ in range(rounds):
        for rows, command in zip(timings, commands, strict=True):
            rows.append(timed(command))
    return timings


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def seconds_of(timings: Sequence[Timing]) -> list[float]:
    """Wall seconds of each."""
    return [timing.seconds for timing in timings]


def verdict(value: float, bound: float) -> str:
    """`ok` where a value keeps its bound."""
    return "ok" if value <= bound else "MISSED"
