"""The pumping program of a New Era pump: phases, motor, counters."""

from collections.abc import Callable
from math import inf

from ruggli.quantities.base import MillilitresPerSecond, Millimetres, MillimetresPerSecond, Seconds
from ruggli_simulator.drive import Drive
from ruggli_simulator.new_era_memory import RATE_UNITS, Memory, Model, Phase
from ruggli_simulator.new_era_wire import PHASES, Refusal

STEPS = 1000
"""A program that takes more steps than this without pumping or waiting is in an endless loop."""


class Program:
    """What the pump executes between two commands.

    Rate, pause, stop, jump, loop, clear, beep and output phases are executed; on any other function the program stops
    with alarm E.

    Args:
        memory: what the pump keeps without power.
        model: its limits.
        drive: its motor.
        raise_alarm: told the letter of an alarm when the program has stopped with it.

    Attributes:
        memory: as above; may be exchanged while the motor stands.
        status: the letter of the reply: I, W, S, P, T or X.
        infused: counter without the motion under way, mL.
        withdrawn: as `infused`.
        running: number of the phase under way.
        live_rate: a rate set while pumping, in the unit of the running phase; it is not stored.
        infusing: direction of the motor.
        pause_until: when a pause phase ends.
    """

    __slots__ = (
        "memory",
        "status",
        "infused",
        "withdrawn",
        "running",
        "live_rate",
        "infusing",
        "pause_until",
        "_model",
        "_drive",
        "_raise_alarm",
        "_done",
        "_ordered",
        "_sweep",
        "_pause_left",
        "_loops",
    )

    def __init__(self, memory: Memory, model: Model, drive: Drive, raise_alarm: Callable[[str], None]) -> None:
        self.memory = memory
        self._model = model
        self._drive = drive
        self._raise_alarm = raise_alarm
        self.forget()

    def forget(self) -> None:
        """Lose everything that does not outlive the mains; the motor must stand."""
        self.status = "S"
        self.infused = self.withdrawn = 0.0
        self.running = 1
        self.live_rate: float | None = None
        self.infusing = True
        self.pause_until = inf
        self._done = self._ordered = 0.0
        self._sweep = self.memory.sweep
        self._pause_left = 0.0
        self._loops: list[list[int]] = []

    @property
    def pumping(self) -> bool:
        """Whether a program runs (in a pause phase too) or the pump purges."""
        return self.status not in "SP"

    def counters(self) -> tuple[float, float]:
        """Infused and withdrawn volume in mL, with the motion under way."""
        if not self._drive.moving:
            return self.infused, self.withdrawn
        moved = self._drive.travel * self._sweep
        return (self.infused + moved, self.withdrawn) if self.infusing else (self.infused, self.withdrawn + moved)

    def run(self, now: Seconds, number: int) -> None:
        """Start with phase `number`. Raises `Refusal` when its rate is out of range."""
        self._loops.clear()
        self.begin(now, number, at_command=True)

    def resume(self, now: Seconds) -> None:
        """Go on where the program was paused. Raises `Refusal` when the rate is out of range."""
        if self.memory.phases[self.running - 1].function == "PAS":
            self.status = "T"
            self.pause_until = now + self._pause_left
        else:
            self.move(now)

    def stop(self, now: Seconds) -> None:
        """STP: a running program is paused, a paused one or a purge ends."""
        pause = self.pumping and self.status != "X"
        if self.status == "T":
            self._pause_left = self.pause_until - now
        self.halt(now)
        self.status = "P" if pause else "S"
        if not pause:
            self.live_rate = None

    def fail(self, now: Seconds, letter: str) -> None:
        """Stop with an alarm."""
        self.halt(now)
        self.status = "S"
        self._raise_alarm(letter)

    def purge(self, now: Seconds, infusing: bool) -> None:
        """Pump at top speed until it is stopped."""
        self.infusing = infusing
        self.status = "X"
        self._start(now, self._model.fastest / 60, inf)

    def reverse(self, now: Seconds, infusing: bool) -> None:
        """Change the direction of the running phase at once."""
        self.halt(now)
        self.infusing = infusing
        self.move(now)

    def change_rate(self, now: Seconds, rate: float) -> None:
        """Change the rate of the running phase at once, without storing it."""
        self.halt(now)
        self.live_rate = rate
        self.move(now)

    def begin(self, now: Seconds, number: int, at_command: bool = False) -> None:
        """Go on with phase `number`, and through those that take no time. Raises `Refusal` only `at_command`."""
        for _ in range(STEPS):
            if number > PHASES:
                self.fail(now, "O")
                return
            self.running, self._done = number, 0.0
            phase = self.memory.phases[number - 1]
            if phase.function == "RAT":
                self._begin_rate(now, phase, at_command)
                return
            if phase.function == "STP":
                self.status = "S"
                return
            if phase.function == "PAS":
                self.status = "T"
                self.pause_until = now + float(phase.argument or 0)
                return
            following = self._pass_through(phase, number)
            if following is None:
                break
            number = following
        self.fail(now, "E")

    def motion_ended(self, now: Seconds) -> None:
        """The drive has ended a motion by itself."""
        if self._drive.stalled:
            self._bank(self._drive.travel * self._sweep)
            self.fail(now, "S")
        else:
            self._bank(self._ordered)
            self.begin(now, self.running + 1)

    def pause_ended(self, now: Seconds) -> None:
        """A pause phase is over."""
        self.pause_until = inf
        self.begin(now, self.running + 1)

    def halt(self, now: Seconds) -> None:
        """Stop motor and waiting; the counters keep what was moved."""
        if self._drive.moving:
            self._bank(self._drive.stop(now) * self._sweep)
        self.pause_until = inf

    def move(self, now: Seconds) -> None:
        """Start or resume the motor for the running phase. Raises `Refusal` when the rate is out of range."""
        memory = self.memory
        phase = memory.phases[self.running - 1]
        flow = phase.flow if self.live_rate is None else self.live_rate * RATE_UNITS[phase.rate_unit]
        speed = memory.speed(self._model, MillilitresPerSecond(flow))
        self.status = "I" if self.infusing else "W"
        self._start(now, speed, max(0.0, memory.millilitres(phase.volume) - self._done) if phase.volume else inf)

    def _begin_rate(self, now: Seconds, phase: Phase, at_command: bool) -> None:
        self.live_rate = None
        if phase.direction != "STK":
            self.infusing = phase.direction == "INF"
        try:
            self.move(now)
        except Refusal:
            if at_command:
                raise
            self.fail(now, "E")

    def _pass_through(self, phase: Phase, number: int) -> int | None:
        """The phase after one that takes no time, None where the simulated pump cannot execute it."""
        if phase.function == "JMP":
            return int(phase.argument or 0) or None
        if phase.function == "LPS":
            self._loops.append([number, 0])
        elif phase.function == "LOP":
            if not self._loops:
                return None
            self._loops[-1][1] += 1
            if self._loops[-1][1] < int(phase.argument or 1):
                return self._loops[-1][0] + 1
            self._loops.pop()
        elif phase.function == "CLD":
            self.infused = self.withdrawn = 0.0
        elif phase.function not in ("BEP", "OUT"):
            return None
        return number + 1

    def _start(self, now: Seconds, speed: float, volume: float) -> None:
        self._ordered = volume
        self._sweep = self.memory.sweep
        signed = MillimetresPerSecond(speed if self.infusing else -speed)
        self._drive.start(now, signed, Millimetres(volume / self._sweep))

    def _bank(self, volume: float) -> None:
        """Add what a motion has moved to the counters."""
        self._done += volume
        if self.infusing:
            self.infused += volume
        else:
            self.withdrawn += volume
