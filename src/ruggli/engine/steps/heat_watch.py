"""Whether a portion gives heat: how far the vessel warms above what it would have done by itself.

The rise is counted from a line. Without a heater that is the probe's temperature when the portion was given, rising on
as fast as it did in the minutes before, where it did. With one it is that temperature or the one at which the heater
keeps the vessel, whichever is higher; a vessel that was still on its way up may coast over it. So neither a flask that
is taken out of the cold nor its heater counts as a reaction.
"""

from collections import deque
from collections.abc import Mapping
from math import fsum
from typing import Any

from ruggli.engine.heater_checks.sensor import believable
from ruggli.engine.view import View
from ruggli.plan.portion_gates import HeatDue
from ruggli.quantities.base import Celsius, Kelvin, KelvinPerSecond, Seconds

HISTORY = Seconds(360.0)
"""How far back the vessel's own warming is looked at."""
ASIDE = Seconds(60.0)
"""The last of it is left out: the portion may have been in before somebody said so."""
LEAST = Seconds(60.0)
"""What is left of it must be this long; before, no portion is given."""
STEADY = KelvinPerSecond(0.1 / 60.0)
"""A heated vessel that warms more slowly has settled: its heater and the last digit of its probe do that."""
LOOKS = 3
"""A rise counts once so many readings in a row show it, and it is counted from the highest of as many: one odd reading
is no heat."""
COAST = Seconds(120.0)
"""For so long a heated vessel may go on warming as it did, over the temperature that it is kept at (mark E)."""


class HeatWatch:
    """Watches the vessel after one portion.

    Args:
        due: what is asked for.
        probe_of: the hotplate whose probe sits in the vessel.

    Attributes:
        best: largest rise that `LOOKS` readings in a row have shown.
        gone: for how long it was watched; a hold does not count.
    """

    def __init__(self, due: HeatDue, probe_of: str | None) -> None:
        self._due = due
        self._probe_of = probe_of
        self._history: deque[tuple[Seconds, Celsius]] = deque()
        self._base: Celsius | None = None
        self._drift = KelvinPerSecond(0.0)
        self._from: Seconds | None = None
        self._last: Seconds | None = None
        self._read_at: Seconds | None = None
        self._rises: deque[Kelvin] = deque(maxlen=LOOKS)
        self.best = Kelvin(0.0)
        self.gone = Seconds(0.0)

    def _probe(self, view: View) -> Celsius | None:
        probe = view.probe(self._probe_of)
        return probe if believable(probe) else None

    def note(self, view: View) -> None:
        """Before a portion: remember how the vessel goes by itself."""
        probe, read_at = self._probe(view), view.read_at.get(self._probe_of or "")
        if probe is None or read_at is None or (self._history and read_at <= self._history[-1][0]):
            return  # several looks may have the same reading
        self._history.append((read_at, probe))
        while view.now - self._history[0][0] > HISTORY:
            self._history.popleft()

    def ready(self, view: View) -> bool:
        """Whether it is known how the vessel goes by itself."""
        return bool(self._history) and view.now - self._history[0][0] >= LEAST + ASIDE

    def begin(self, view: View) -> None:
        """The portion goes in now."""
        probe = self._probe(view)
        latest = [row[1] for row in self._history][-LOOKS:]
        self._base, self._from = (None if probe is None else max([probe, *latest])), view.now
        self._drift = _drift([row for row in self._history if view.now - row[0] >= ASIDE])
        self._history.clear()
        self._rises.clear()
        self.best, self.gone, self._last = Kelvin(0.0), Seconds(0.0), None

    def look(self, view: View, *, counts: bool) -> None:
        """Take the latest reading; the time counts once the whole portion is in."""
        if counts and self._last is not None:
            self.gone = Seconds(self.gone + view.now - self._last)
        self._last = view.now if counts else None
        probe = self._probe(view)
        if probe is None:
            return
        if self._base is None or self._from is None:
            self._base, self._from = probe if self._base is None else max(probe, self._base), view.now
        read_at = view.read_at.get(self._probe_of or "")
        if read_at is None or read_at == self._read_at:
            return
        self._read_at = read_at
        self._rises.append(Kelvin(probe - self._line(view.now)))
        if len(self._rises) == LOOKS:
            self.best = Kelvin(max(self.best, min(self._rises)))

    def _line(self, now: Seconds) -> Celsius:
        assert self._base is not None and self._from is not None
        since, kept_at = now - self._from, self._due.kept_at
        if kept_at is None:
            return Celsius(self._base + self._drift * since)
        coasts = 0.0 if self._drift <= STEADY else self._drift * min(since, COAST)
        return Celsius(max(self._base, kept_at) + coasts)

    def pause(self) -> None:
        """The run holds: the time stands still."""
        self._last = None

    @property
    def seen(self) -> bool:
        """Whether the heat has come."""
        return self.best >= self._due.rise

    @property
    def over(self) -> bool:
        """Whether it had its time."""
        return self.gone >= self._due.within

    def as_dict(self) -> dict[str, Any]:
        """For the journal: from where the rise is counted."""
        return {"base_degC": self._base, "drift_K_per_min": round(self._drift * 60.0, 4)}

    def restore(self, told: Mapping[str, Any]) -> None:
        """Take up `as_dict`. Nobody knows what the vessel did meanwhile, so rise and time are counted anew.

        The rise is counted from the higher of the two temperatures.
        """
        base = told.get("base_degC")
        self._base = None if base is None else Celsius(float(base))
        self._from, self._drift = None, KelvinPerSecond(0.0)


def _drift(rows: list[tuple[Seconds, Celsius]]) -> KelvinPerSecond:
    """How fast a vessel warms, by least squares; 0 where it cools, or where too little is known."""
    if len(rows) < 2 or rows[-1][0] - rows[0][0] < LEAST:
        return KelvinPerSecond(0.0)
    at = fsum(time for time, _ in rows) / len(rows)
    level = fsum(probe for _, probe in rows) / len(rows)
    spread = fsum((time - at) ** 2 for time, _ in rows)
    return KelvinPerSecond(max(0.0, fsum((time - at) * (probe - level) for time, probe in rows) / spread))
