"""A thread that carries out pieces of work one after another; whoever hands them over never waits."""

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from ruggli.quantities.base import Seconds

T = TypeVar("T")


class Lane(Generic[T]):
    """One thread with a bounded queue. It dies with the process, so a piece of work that hangs keeps nothing alive.

    Args:
        name: name of the thread.
        handle: carries out one piece of work; an exception of its ends the lane.
        limit: how many pieces may wait.
    """

    def __init__(self, name: str, handle: Callable[[T], None], limit: int) -> None:
        self._handle = handle
        self._waiting: queue.Queue[T | None] = queue.Queue(limit)
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it still takes work."""
        return self._thread.is_alive()

    def put(self, item: T) -> bool:
        """Hand over one piece of work; False where the queue is full or the lane has ended."""
        try:
            self._waiting.put_nowait(item)
        except queue.Full:
            return False
        return self.alive

    def finish(self, timeout: Seconds) -> bool:
        """Carry out what waits and end; False where that took longer than `timeout` of real time."""
        try:
            self._waiting.put(None, timeout=timeout)
        except queue.Full:
            return False
        self._thread.join(timeout)
        return not self.alive

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None:
            self._handle(item)
