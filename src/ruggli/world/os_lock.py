"""Locks of the operating system on open files: taken without waiting, lifted when the process ends, however it ends."""

import os
import sys
from typing import Final

LOCK_AT: Final = 1 << 40
"""Byte that is locked on Windows; far beyond any content, for it refuses to read a locked byte."""


def lock(descriptor: int) -> None:
    """Lock an open file against every other process (and every other opening in this one). Raises `OSError`."""
    if sys.platform == "win32":
        import msvcrt

        place = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, LOCK_AT, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(descriptor, place, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
