"""Every byte that a controller sends, judged against what was durable in its record when it was sent."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ruggli.app.trial.scenario import Scenario
from ruggli.app.trial.wire import VERBS, harmless, starts
from ruggli.quantities.base import Celsius
from ruggli.world.memory_disk import MemoryDisk
from ruggli_simulator.bench import Bench

_STARTING = ("start", "heat_on")


class WireWatch:
    """Counts orders on the disk and commands on the wires.

    Args:
        scenario: which device is on which port.
        bench: whose ports are listened to.
        disk: where the record goes.
        safe: the set point that counts as off; setting it is a stop, and needs no record.
        violate: takes an invariant and what broke it.
    """

    def __init__(
        self, scenario: Scenario, bench: Bench, disk: MemoryDisk, safe: Celsius, violate: Callable[[str, str], None]
    ) -> None:
        self._disk = disk
        self._violate = violate
        self._records = 0
        self._guarded = False
        self._off = f"OUT_SP_1 {safe:.1f}"
        self._ordered: dict[str, int] = {}
        self._allowed: dict[str, int] = {}
        self._started: dict[str, int] = {}
        self._last: dict[str, str] = {}
        self._read: set[str] = set()
        for device in scenario.plan.devices:
            port = bench.port_of(device.name)
            port.listener = self._listener(device.name, VERBS[device.driver])

    def session_begins(self) -> None:
        """A new controller has to write its own orders before it acts."""
        self._ordered.clear()
        self._last.clear()
        self._read.clear()
        self._guarded = False

    def guarded(self) -> None:
        """What comes now is a guardian's: it keeps its own record, and may do nothing but stop."""
        self._guarded = True

    def note_record(self) -> None:
        """A record was written."""
        self._records += 1

    def note_settings(self, device: str) -> None:
        """The settings of a device were read in this session."""
        self._read.add(device)

    def note_orders(self, orders: Sequence[Mapping[str, Any]]) -> None:
        """The record that was just written has these orders."""
        for order in orders:
            device = order["device"]
            self._ordered[device] = self._records
            if order["verb"] in _STARTING:
                self._allowed[device] = self._allowed.get(device, 0) + 1

    def _listener(self, device: str, verb_of: Callable[[bytes], str]) -> Callable[[bytes], None]:
        last = self._last

        def listen(data: bytes) -> None:
            verb = verb_of(data)
            if verb:
                self._command(device, verb)
            elif device in last:
                del last[device]

        return listen

    def _command(self, device: str, verb: str) -> None:
        if harmless(verb) or verb == self._off or (self._guarded and not starts(verb)):
            return
        if self._last.get(device) == verb:
            self._violate("I15", f"{device}: {verb} was sent again without a question in between")
        self._last[device] = verb
        if verb.startswith(("VOL ", "tvolume ")) and _is_zero(verb):
            self._violate("D11", f"{device}: {verb}: a target of zero is endless")
        ordered = self._ordered.get(device)
        if ordered is None:
            self._violate("I7", f"{device}: {verb} without a durable order")
        elif ordered > self._records - self._disk.loose:
            self._violate("I7", f"{device}: {verb} before its order was durable")
        if starts(verb):
            if device not in self._read:
                self._violate("I9", f"{device}: {verb} before its settings were read in this session")
            self._started[device] = self._started.get(device, 0) + 1
            if self._started[device] > self._allowed.get(device, 0):
                self._violate("I3", f"{device}: {verb} more often than it was ordered")


def _is_zero(verb: str) -> bool:
    digits = "".join(letter for letter in verb.split()[1] if letter.isdigit())
    return digits != "" and not digits.strip("0")
