"""Progress without a terminal: one line a step and an event, no control codes."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruggli.app.status import Status
    from ruggli.plan.model import Plan


class Progress(Protocol):
    """What a run tells while it goes on. Nothing here may ever end a run: a printer fails alone."""

    def say(self, text: str) -> None:
        """A line for the person."""

    def watch(self, status: Status) -> None:
        """The run as it is now."""


class PlainProgress:
    """Lines on a stream.

    Args:
        stream: where they go.
        virtual: whether the run's clock is a virtual one; then times are counted from the start.
    """

    def __init__(self, stream: TextIO, *, virtual: bool) -> None:
        self._stream: TextIO | None = stream
        self._virtual = virtual
        self._step = 0
        self._state = ""
        self._alarms = 0

    def say(self, text: str) -> None:
        """Print a line; a stream that is gone is left alone from then on."""
        if self._stream is None:
            return
        try:
            print(text, file=self._stream, flush=True)
        except (OSError, ValueError):
            self._stream = None

    def watch(self, status: Status) -> None:
        """A line when the step, the state or the number of alarms has changed."""
        if status.step_number != self._step:
            self._step = status.step_number
            until = "" if self._virtual else f", run ends about {status.eta.astimezone():%a %H:%M}"
            self.say(f"{self._time(status)}  step {status.step_number} of {status.steps}: {status.step_title}{until}")
        if status.state != self._state:
            if self._state or status.state != "running":
                self.say(f"{self._time(status)}  {status.state}{_delivered(status)}")
            self._state = status.state
        if status.alarms != self._alarms:
            self._alarms = status.alarms
            self.say(f"{self._time(status)}  alarm {status.alarms}")

    def _time(self, status: Status) -> str:
        if not self._virtual:
            return f"{status.wall.astimezone():%H:%M:%S}"
        from ruggli.plan.text import clock

        return clock(status.elapsed)


def _delivered(status: Status) -> str:
    parts = (f"{name} {volumes(least, most, planned)}" for name, least, most, planned in status.doses)
    text = "; ".join(parts)
    return f" ({text})" if text else ""


def volumes(least: float, most: float, planned: float) -> str:
    """Delivered against planned: `6.42 to 6.43 of 20.00 mL`; one number where both bounds read alike."""
    low, high = f"{least:.2f}", f"{most:.2f}"
    bounds = low if low == high else f"{low} to {high}"
    return f"{bounds} of {planned:.2f} mL"


@contextmanager
def _plain(stream: TextIO, virtual: bool) -> Iterator[Progress]:
    yield PlainProgress(stream, virtual=virtual)


def progress_on(stream: TextIO, plan: Plan | None, *, virtual: bool) -> AbstractContextManager[Progress]:
    """The progress display that suits a stream: live on a terminal, lines elsewhere.

    Args:
        stream: where it is shown.
        plan: the plan, for the next prompt; None where it is not known.
        virtual: whether the run's clock is a virtual one.
    """
    from ruggli.cli.output import is_terminal

    if is_terminal(stream):
        from ruggli.cli.live import live_progress

        return live_progress(stream, plan, virtual=virtual)
    return _plain(stream, virtual)
