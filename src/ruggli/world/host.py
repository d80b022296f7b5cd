"""This computer and this process, as records name them."""

import os
import socket
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from ruggli.world.disk import user_name
from ruggli.world.time import wall_now

BOOT_ID = "/proc/sys/kernel/random/boot_id"


@dataclass(frozen=True, slots=True)
class Host:
    """Where a process lives.

    Attributes:
        name: name of the computer.
        boot: which start of the computer this is: an id that the system gives, else the minute of the start.
        pid: number of the process.
        user: login name, "" where the system does not tell.
    """

    name: str
    boot: str
    pid: int
    user: str


def this_host() -> Host:
    """This computer, this start of it, this process."""
    return Host(socket.gethostname(), _boot(), os.getpid(), user_name())


@cache
def _boot() -> str:
    if sys.platform == "linux":
        try:
            with open(BOOT_ID, encoding="ascii") as file:
                return file.read().strip()
        except OSError:
            pass
    started = wall_now() - timedelta(seconds=time.monotonic())
    return started.strftime("%Y-%m-%dT%H:%MZ")
