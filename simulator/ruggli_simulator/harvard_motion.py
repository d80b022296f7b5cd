"""Runs of a Harvard Pump 11 Elite: motor, targets, counters of volume and time."""

from math import inf

from ruggli.quantities.base import Millimetres, MillimetresPerSecond, Seconds
from ruggli_simulator.drive import Drive
from ruggli_simulator.harvard_memory import Settings

IDLE, INFUSING, WITHDRAWING, STALLED, REACHED = ":", ">", "<", "*", "T*"
"""The states, as their prompts."""
SLACK = 1e-12
"""A target within this (mL, s) of its counter is reached."""


class Motion:
    """What the pump does between two commands.

    Attributes:
        settings: the settings in force; may be exchanged while the motor stands.
        state: one of the prompts above.
        flags: the six flags of `status`.
        infusing: direction of the present or last run.
        flow: rate of the motor in mL/s, 0 when it stands.
        time_up: when the target time of the present run will be reached.
    """

    __slots__ = (
        "settings",
        "state",
        "flags",
        "infusing",
        "flow",
        "time_up",
        "_drive",
        "_infused",
        "_withdrawn",
        "_infuse_time",
        "_withdraw_time",
        "_ordered",
        "_began",
        "_sweep",
    )

    def __init__(self, settings: Settings, drive: Drive) -> None:
        self.settings = settings
        self._drive = drive
        self.forget()

    def forget(self) -> None:
        """Lose everything that does not outlive the mains; the motor must stand."""
        self._infused = self._withdrawn = 0.0
        self._infuse_time = self._withdraw_time = 0.0
        self.infusing = True
        self.flow = 0.0
        self.time_up = inf
        self._ordered = inf
        self._began = Seconds(0.0)
        self._sweep = self.settings.sweep
        self.show(IDLE)

    @property
    def running(self) -> bool:
        """Whether the pump says that it runs."""
        return self.state in (INFUSING, WITHDRAWING)

    def show(self, state: str) -> None:
        """Go into `state`."""
        self.state = state
        letter = "I" if self.infusing else "W"
        stall, target = "S" if state == STALLED else ".", "T" if state == REACHED else "."
        self.flags = f"{letter if self.running else letter.lower()}.{stall}.{letter}{target}"

    def volumes(self) -> tuple[float, float]:
        """Infused and withdrawn volume in mL, with the run under way."""
        if not self._drive.moving:
            return self._infused, self._withdrawn
        moved = self._drive.travel * self._sweep
        return (self._infused + moved, self._withdrawn) if self.infusing else (self._infused, self._withdrawn + moved)

    def times(self, now: Seconds) -> tuple[float, float]:
        """Infuse and withdraw time in s, with the run under way."""
        infuse, withdraw = self._infuse_time, self._withdraw_time
        if not self._drive.moving:
            return infuse, withdraw
        run = now - self._began
        return (infuse + run, withdraw) if self.infusing else (infuse, withdraw + run)

    def present(self, now: Seconds) -> tuple[float, float]:
        """Volume in mL and time in s in the direction of the present or last run."""
        volume, time = (self._infused, self._infuse_time) if self.infusing else (self._withdrawn, self._withdraw_time)
        if self._drive.moving:
            return volume + self._drive.travel * self._sweep, time + now - self._began
        return volume, time

    def clear_volumes(self, ways: str) -> None:
        """Set the counters of the ways named (`i`, `w`) to zero."""
        self._infused = 0.0 if "i" in ways else self._infused
        self._withdrawn = 0.0 if "w" in ways else self._withdrawn

    def clear_times(self, ways: str) -> None:
        """Set the times of the ways named (`i`, `w`) to zero."""
        self._infuse_time = 0.0 if "i" in ways else self._infuse_time
        self._withdraw_time = 0.0 if "w" in ways else self._withdraw_time

    def start(self, now: Seconds, infusing: bool) -> None:
        """Run towards the nearer of the targets, or find them reached; a run under way is banked first."""
        self.halt(now)
        self.infusing = infusing
        settings = self.settings
        done, elapsed = self.present(now)
        volume = inf if settings.tvolume is None else settings.tvolume - done
        time = inf if settings.ttime is None else settings.ttime - elapsed
        if volume <= SLACK or time <= SLACK:
            self.show(REACHED)
            return
        self.flow, self._ordered = settings.rates["i" if infusing else "w"][0], volume
        self._began, self.time_up = now, now + time
        self._sweep = settings.sweep
        speed = self.flow / self._sweep
        signed = MillimetresPerSecond(speed if infusing else -speed)
        self._drive.start(now, signed, Millimetres(volume / self._sweep))
        self.show(INFUSING if infusing else WITHDRAWING)

    def halt(self, now: Seconds) -> None:
        """Stop the motor; the counters keep what was moved. The state stays."""
        if self._drive.moving:
            self._bank(now, self._drive.stop(now) * self._sweep)

    def motor_ended(self, now: Seconds) -> None:
        """The drive has ended the run by itself."""
        stalled = self._drive.stalled
        self._bank(now, self._drive.travel * self._sweep if stalled else self._ordered)
        self.show(STALLED if stalled else REACHED)

    def time_ended(self, now: Seconds) -> None:
        """The target time has come."""
        self.halt(now)
        self.show(REACHED)

    def _bank(self, now: Seconds, volume: float) -> None:
        run = now - self._began
        if self.infusing:
            self._infused += volume
            self._infuse_time += run
        else:
            self._withdrawn += volume
            self._withdraw_time += run
        self.time_up = inf
        self.flow = 0.0
