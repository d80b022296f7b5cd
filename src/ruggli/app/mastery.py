"""Being the one master of a bench: taken before its first port is opened, proved before each command that moves."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

from ruggli.world.locks import RigLock, take_ports
from ruggli.world.port_key import port_keys
from ruggli.world.time import boot_seconds

AWAY_SECONDS = 5.0
"""Whoever stood still for longer may have been taken for dead, and another may be master (hazard C10)."""


class Mastery:
    """This process is master of the ports of its bench.

    Args:
        lock: the locks of the ports.
    """

    def __init__(self, lock: RigLock) -> None:
        self._lock = lock
        self._looked_at = boot_seconds()

    def sign(self, run: str) -> None:
        """Tell whoever is refused which run this is."""
        self._lock.sign(run)

    def record(self) -> dict[str, Any]:
        """The lease, for the journal."""
        told = asdict(self._lock.holder)
        return {key: told[key] for key in ("lease", "pid", "host", "boot", "user", "since")} | {
            "ports": list(self._lock.ports)
        }

    def prove(self) -> None:
        """Compare the lease in the lock files with ours. Raises `LeaseLost`."""
        self._looked_at = boot_seconds()
        self._lock.verify()

    def prove_after_gap(self) -> None:
        """As `prove`, if this process stood still; called after every wait, before anything is sent."""
        now = boot_seconds()
        away = now - self._looked_at > AWAY_SECONDS
        self._looked_at = now
        if away:
            self._lock.verify()


def become_master(ports: Iterable[str], stack: ExitStack, use: str = "") -> Mastery:
    """Take the ports of a bench, until the stack unwinds.

    Args:
        ports: as the rig names them.
        stack: gives them back.
        use: what they are used for, for whoever is refused meanwhile.

    Raises:
        PortsTaken: another process is master of one; none was opened.
    """
    lock = take_ports((key for port in ports for key in port_keys(port)), use)
    stack.callback(lock.release)
    return Mastery(lock)
