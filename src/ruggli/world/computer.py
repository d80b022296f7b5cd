"""What a run in real time needs of the computer that it lives on: that it stays awake, a disk with room and pace."""

import os
import shutil
import tempfile
from contextlib import ExitStack
from typing import Protocol

from ruggli.quantities.base import Seconds
from ruggli.world.time import cpu_wall_seconds

SAMPLE = b"." * 511 + b"\n"
"""About as long as a record of a journal."""


class Computer(Protocol):
    """The computer, as a run asks it before it begins."""

    def keep_awake(self, stack: ExitStack) -> str:
        """Keep it from going to sleep until the stack unwinds; "", or why that is not possible."""

    def free_bytes(self, folder: str) -> int:
        """Room on the disk of a folder, or of the place where it will be made. Raises `OSError`."""

    def sync_seconds(self, folder: str, times: int) -> tuple[Seconds, ...]:
        """How long each of some small appends takes until it is on that disk. Raises `OSError`."""


class ThisComputer:
    """The computer that this program runs on."""

    def keep_awake(self, stack: ExitStack) -> str:
        """See `Computer`. Sleep that a person or a closed lid asks for cannot be kept off."""
        from wakepy import keep

        mode = stack.enter_context(keep.running(on_fail="pass"))
        return "" if mode.active else " ".join(mode.result.get_failure_text().split())

    def free_bytes(self, folder: str) -> int:
        """See `Computer`."""
        return shutil.disk_usage(_standing(folder)).free

    def sync_seconds(self, folder: str, times: int) -> tuple[Seconds, ...]:
        """See `Computer`."""
        taken = []
        with tempfile.TemporaryFile(dir=_standing(folder), buffering=0) as file:
            for _ in range(times):
                before = cpu_wall_seconds()
                file.write(SAMPLE)
                os.fsync(file.fileno())
                taken.append(Seconds(cpu_wall_seconds() - before))
        return tuple(taken)


def _standing(folder: str) -> str:
    """The nearest folder above that is there."""
    path = os.path.abspath(folder)
    while not os.path.isdir(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    return path
