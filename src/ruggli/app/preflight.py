"""What is asked of the computer before a run in real time: that it stays awake, and a disk that can keep the record."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from ruggli.documents.problem import Problem, Severity
from ruggli.world.computer import Computer

LEAST_FREE = 1_000_000_000
"""Bytes; a journal of a run of 24 h has about a hundredth of it (hazard C05)."""

LONGEST_SYNC = 0.25
"""Seconds, 99 of 100 appends: every command that moves something waits for one."""

SYNCS = 20


@dataclass(frozen=True, slots=True)
class Preflight:
    """What was found.

    Attributes:
        problems: what speaks against the run.
        record: the figures, for the journal.
    """

    problems: tuple[Problem, ...]
    record: dict[str, Any]


def preflight(computer: Computer, runs: str, stack: ExitStack, *, unattended: bool) -> Preflight:
    """Keep the computer awake, and measure the disk of the runs.

    Args:
        computer: the computer.
        runs: folder of the runs.
        stack: ends the keeping awake.
        unattended: whether nobody will be there.
    """
    asleep = computer.keep_awake(stack)
    problems = [_may_sleep(asleep, unattended)] if asleep else []
    record: dict[str, Any] = {"kept_awake": not asleep, "why_not": asleep}
    try:
        free = computer.free_bytes(runs)
        slowest = _p99(computer, runs)
        if slowest > LONGEST_SYNC:
            slowest = min(slowest, _p99(computer, runs))  # another program may have written just then
    except OSError as error:
        problem = Problem(
            "E-DISK",
            Severity.ERROR,
            f"the disk of the runs cannot be written: {error.strerror or error}",
            value=runs,
            bound="a folder that this user may write",
            remedy="choose another folder with --runs",
        )
        return Preflight((*problems, problem), record)
    record |= {"free_bytes": free, "sync_p99_ms": round(slowest * 1000, 1)}
    if free < LEAST_FREE:
        problems.append(_disk(f"the disk of {runs} is nearly full", f"{free / 1e9:.2f} GB free", "at least 1 GB free"))
    if slowest > LONGEST_SYNC:
        value, bound = f"{slowest * 1000:.0f} ms", f"at most {LONGEST_SYNC * 1000:.0f} ms"
        problems.append(_disk(f"the disk of {runs} takes too long until a record is safe on it", value, bound))
    return Preflight(tuple(problems), record)


def _p99(computer: Computer, runs: str) -> float:
    taken = sorted(computer.sync_seconds(runs, SYNCS))
    return taken[int(0.99 * (len(taken) - 1) + 0.5)]


def _disk(message: str, value: str, bound: str) -> Problem:
    remedy = "make room, or choose a folder on another disk of this computer with --runs"
    return Problem("E-DISK", Severity.ERROR, message, value=value, bound=bound, remedy=remedy)


def _may_sleep(why: str, unattended: bool) -> Problem:
    return Problem(
        "W-SLEEP" if unattended else "N-SLEEP",
        Severity.WARNING if unattended else Severity.NOTE,
        f"this computer may go to sleep during the run, which would stop all flows: {why}",
        value="sleep is not kept off",
        bound="awake to the end of the run",
        remedy="switch sleep off in the settings of the system"
        + (", then say so with --accept W-SLEEP" if unattended else ""),
    )
