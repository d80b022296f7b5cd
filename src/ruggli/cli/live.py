"""Progress on a terminal: a few lines that are kept up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ruggli.cli.progress import volumes
from ruggli.plan.model import prompts_of
from ruggli.plan.text import clock
from ruggli.world.time import cpu_wall_seconds

if TYPE_CHECKING:
    from ruggli.app.status import Status
    from ruggli.plan.model import Plan

SHORTEST_REDRAW = 0.2
"""Seconds of real time between two drawings: a dry run is not slowed down by its display."""

QUESTION = "? "
"""How the line of a question begins."""
ENDED = frozenset({"complete", "stopped", "aborted"})


class LiveProgress:
    """The run as a few lines that change in place; drawn by whoever calls, no thread of its own."""

    def __init__(self, console: Console, plan: Plan | None, virtual: bool) -> None:
        self._console = console
        self._live: Live | None = None
        self._virtual = virtual
        self._drawn = -SHORTEST_REDRAW
        self._step = 0
        self._state = ""
        self._alarms = 0
        self._total = 0.0 if plan is None else plan.duration
        self._prompts = (
            ()
            if plan is None
            else tuple((step.number, prompt) for step in plan.steps for prompt in prompts_of(step.work))
        )

    def say(self, text: str) -> None:
        """A line above the display; below it where it is a question, for the answer is typed there."""
        try:
            if text.startswith(QUESTION):
                self.rest()
            self._console.print(Text(text), soft_wrap=True)
        except (OSError, ValueError):
            self._console.quiet = True

    def rest(self) -> None:
        """Leave what is shown as it is; the next drawing begins below it, and what was typed meanwhile stays."""
        live, self._live = self._live, None
        if live is not None:
            live.stop()

    def watch(self, status: Status) -> None:
        """Draw again, not too often; while a question stands the display makes room for what is typed."""
        if status.alarms > self._alarms:
            self._alarms = status.alarms
            self.say(f"! alarm {status.alarms} in step {status.step_number}: {status.step_title}")
        changed = (status.step_number, status.state) != (self._step, self._state)
        now = cpu_wall_seconds()
        if not changed and now - self._drawn < SHORTEST_REDRAW:
            return
        self._drawn, self._step, self._state = now, status.step_number, status.state
        try:
            if status.questions and not self._virtual:
                self.rest()
                return
            if self._live is None:
                self._live = Live(
                    console=self._console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
                )
                self._live.start()
            self._live.update(Text("\n".join(self.lines(status)), no_wrap=True, overflow="ellipsis"), refresh=True)
        except (OSError, ValueError):
            self._console.quiet = True

    def lines(self, status: Status) -> list[str]:
        """What is shown of a run."""
        rows = [f"{status.state}: step {status.step_number} of {status.steps}, {status.step_title}"]
        rows += [f"  {name}: {volumes(least, most, planned)}" for name, least, most, planned in status.doses]
        rows += [f"  {name}: {_plate(reading)}" for name, reading in status.temperatures.items()]
        rows.append(self._times(status))
        rows += self._next_prompt(status)
        return rows

    def _times(self, status: Status) -> str:
        ends = f", run ends about {status.eta.astimezone():%a %H:%M} ({clock(status.remaining)} to go)"
        alarms = f", alarms: {status.alarms}" if status.alarms else ""
        label = "dry run, " if self._virtual else ""
        return f"  {label}{clock(status.elapsed)} since the start{'' if status.state in ENDED else ends}{alarms}"

    def _next_prompt(self, status: Status) -> list[str]:
        if status.state in ENDED:
            return []
        if status.questions:
            return [f"  waits for an answer: {', '.join(status.questions)}"]
        done = self._total - status.remaining
        for number, prompt in self._prompts:
            if number > status.step_number or (number == status.step_number and prompt.when > done + 1):
                when = status.wall + timedelta(seconds=max(0.0, prompt.when - done))
                return [f"  next prompt: {prompt.id} about {when.astimezone():%a %H:%M}"]
        return []


def _plate(reading: tuple[float | None, float | None, float]) -> str:
    probe, plate, speed = reading
    parts = [] if probe is None else [f"probe {probe:.1f} degC"]
    parts += [] if plate is None else [f"plate {plate:.1f} degC"]
    return ", ".join([*parts, f"{speed:.0f} rpm"])


@contextmanager
def live_progress(stream: TextIO, plan: Plan | None, *, virtual: bool) -> Iterator[LiveProgress]:
    """A live display on a terminal; what it last showed stays."""
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    progress = LiveProgress(console, plan, virtual)
    try:
        yield progress
    finally:
        try:
            progress.rest()
        except (OSError, ValueError):
            console.quiet = True
