"""Ctrl-C and termination as commands: once holds and asks, twice stops; a termination request stops."""

import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ruggli.world.operator import Command


class SignalCommands:
    """Commands that came as signals.

    Attributes:
        terminating: whether the system wants this program to end, which leaves no time to watch anything.
    """

    def __init__(self) -> None:
        self.terminating = False
        self._commands: deque[Command] = deque()
        self._interrupts = 0
        self._wake: Callable[[], None] | None = None

    def take(self) -> Command | None:
        """The next command, or None."""
        return self._commands.popleft() if self._commands else None

    def settled(self) -> None:
        """The run goes on: the next Ctrl-C counts as the first again."""
        self._interrupts = 0

    def on_command(self, wake: Callable[[], None]) -> None:
        """Have `wake` called whenever a command has come; from a signal handler or another thread."""
        self._wake = wake

    def wake(self) -> None:
        """Tell that a command may have come (from a signal, or from the terminal's thread)."""
        if self._wake is not None:
            self._wake()

    def interrupt(self) -> None:
        """Ctrl-C."""
        self._interrupts += 1
        self._commands.append(Command.HOLD if self._interrupts == 1 else Command.STOP)
        self.wake()

    def terminate(self) -> None:
        """SIGTERM, console closed, log-off."""
        self.terminating = True
        self._commands.append(Command.STOP)
        self.wake()

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Handle signals inside the `with` block."""

        def on_interrupt(_number: int, _frame: FrameType | None) -> None:
            self.interrupt()

        def on_terminate(_number: int, _frame: FrameType | None) -> None:
            self.terminate()

        handlers = {signal.SIGINT: on_interrupt, signal.SIGTERM: on_terminate}
        for name in ("SIGHUP", "SIGBREAK"):
            if hasattr(signal, name):
                handlers[getattr(signal, name)] = on_terminate
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
