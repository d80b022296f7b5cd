"""One alarm for each fault: the first is an alarm, what follows from the same trouble is a sign of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ruggli.engine.alarm import TELLS, Action, Alarm
from ruggli.quantities.base import Seconds

Write = Callable[[str, Mapping[str, Any], bool], None]

TOGETHER_SECONDS = 60.0
"""Alarms of other devices that come so soon after the first belong to it (a hub, a mains strip; hazard C16)."""

ABSENCE = "A-PROMPT"
"""That nobody answers explains nothing that comes after it, and nothing explains it."""

UNHEARD = frozenset({"A-LINK", "A-POWER", "A-IDENTITY"})

THERMAL = frozenset(
    {
        "A-COLD",
        "A-FROZEN",
        "A-NO-HEAT",
        "A-NOT-HEATING",
        "A-OVER-TEMPERATURE",
        "A-PLATE",
        "A-PROBE",
        "A-PROBE-OUT",
        "A-QUENCH",
        "A-RUNAWAY",
    }
)
"""No loss of another device explains these."""


@dataclass(slots=True)
class Trouble:
    """One fault: its alarm, when that came, and what has been seen of which device since."""

    row: dict[str, Any]
    at: Seconds
    seen: set[tuple[str, str]]

    def explains(self, alarm: Alarm, now: Seconds) -> bool:
        """Whether an alarm is a later sign of this."""
        code, device = alarm.code, alarm.device
        if code in (ABSENCE, "A-HEATER-STUCK", "A-DISK"):
            return False  # a heater that is stuck or a disk that is full needs a person, whatever came before
        together = now - self.at <= TOGETHER_SECONDS
        if code == "A-STOP-UNPROVED":
            unheard = any((device, lost) in self.seen for lost in UNHEARD)
            return unheard or (together and any(lost in UNHEARD for _, lost in self.seen))
        known = any(name == device for name, _ in self.seen)
        return known or (together and code not in THERMAL)


class AlarmBook:
    """Keeps the alarms of a run.

    Args:
        rows: alarms with what belongs to them; the result's list.
        write: the journal.
    """

    def __init__(self, rows: list[dict[str, Any]], write: Write) -> None:
        self._rows = rows
        self._write = write
        self._troubles: list[Trouble] = []
        self._open: list[dict[str, Any]] = []

    def take(self, alarm: Alarm, now: Seconds, step: str) -> None:
        """Note an alarm, or a sign of the one before."""
        told = alarm.as_dict()
        known = next((trouble for trouble in reversed(self._troubles) if trouble.explains(alarm, now)), None)
        if known is not None:
            known.seen.add((alarm.device, alarm.code))
            known.row["signs"].append({**told, "time_s": now})
            of = {"of": known.row["code"], "of_device": known.row["device"]}
            self._write("sign", {**told, **of, "step": step}, False)
            return
        row = {**told, "time_s": now, "done": "", "signs": []}
        self._rows.append(row)
        self._open.append(row)
        self._write("alarm", {**told, "step": step}, False)
        if alarm.action in TELLS:
            self._say(row, "the run goes on" if alarm.action is Action.NONE else "the flows stop and the step waits")
        elif alarm.code != ABSENCE:
            self._troubles.append(Trouble(row, now, {(alarm.device, alarm.code)}))

    def done(self, text: str) -> None:
        """What was done about the alarms that have no such line yet."""
        for row in list(self._open):
            self._say(row, text)

    def _say(self, row: dict[str, Any], text: str) -> None:
        row["done"] = text
        self._open.remove(row)
        self._write("done", {"code": row["code"], "device": row["device"], "text": text}, False)

    @property
    def waits_for_done(self) -> Seconds | None:
        """When the oldest alarm was raised of which it is not yet told what was done, or None."""
        return None if not self._open else Seconds(self._open[0]["time_s"])

    def settled(self) -> None:
        """The run goes on: what comes now is a new trouble."""
        self._troubles.clear()
