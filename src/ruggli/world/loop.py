"""One thread, one heap of wake-up times, small resumable tasks. The same loop under both clocks."""

import heapq
import selectors
import socket
from collections import deque
from collections.abc import Callable, Sized
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

from ruggli.errors import NoReply, RuggliError
from ruggli.quantities.base import Seconds
from ruggli.world.line import Line
from ruggli.world.tasks import Task, Wait
from ruggli.world.time import RealTime, VirtualTime

T = TypeVar("T")


class Job(Generic[T]):
    """A task under way. `done` tells that it has ended, with `value` or with `error` (a `RuggliError`)."""

    __slots__ = ("done", "value", "error", "on_done", "_task", "_loop", "_token", "_line")

    def __init__(self, loop: "Loop", task: Task[T]) -> None:
        self.done = False
        self.value: T | None = None
        self.error: RuggliError | None = None
        self.on_done: Callable[[], None] | None = None
        self._task = task
        self._loop = loop
        self._token = 0
        self._line: Line | None = None

    def resume(self) -> None:
        """Run the task up to its next wait or to its end."""
        if self.done:
            return
        self._token += 1
        if self._line is not None:
            self._loop.forget(self._line)
            self._line = None
        try:
            wait = next(self._task)
        except StopIteration as end:
            self._finish(end.value, None)
        except RuggliError as error:
            self._finish(None, error)
        else:
            self.park(wait)

    def park(self, wait: Wait) -> None:
        """Have the loop resume the task when what it has yielded comes true."""
        loop, (until, line) = self._loop, wait
        if line is not None:
            self._line = line
            loop.expect(line, self)
        heapq.heappush(loop.heap, (until, loop.next_number(), self, self._token))

    def resume_soon(self) -> None:
        """Resume after what is running now, unless something else resumes the task before."""
        token = self._token
        self._loop.call_soon(lambda: self.wake(token))

    def wake(self, token: int) -> None:
        """Resume because the time has come, unless something else resumed the task before."""
        if token == self._token:
            self.resume()

    def cancel(self, reason: str) -> None:
        """End the task where it waits; its error is `NoReply(reason)`."""
        if not self.done:
            self._token += 1
            if self._line is not None:
                self._loop.forget(self._line)
                self._line = None
            self._task.close()
            self._finish(None, NoReply(reason))

    def _finish(self, value: T | None, error: RuggliError | None) -> None:
        self.done, self.value, self.error = True, value, error
        if self.on_done is not None:
            self.on_done()


class Loop:
    """Runs jobs and planned calls in the order of their time; implements `Timers`.

    Exceptions that are no `RuggliError` are our own bugs and leave `run` as they are.

    Args:
        source: the clock.
        outer: under a virtual clock, the loop of everything that goes on whatever this process does: the simulated
            bench, another process. It is brought up to each moment before this loop gets there.
    """

    def __init__(self, source: VirtualTime | RealTime, outer: "Loop | None" = None) -> None:
        self.heap: list[tuple[Seconds, int, Any, int]] = []
        self._source = source
        self._outer = outer
        self._virtual = source if isinstance(source, VirtualTime) else None
        self._ready: deque[Callable[[], None]] = deque()
        self._number = 0
        self._waiting: dict[int, Job[Any]] = {}
        self._attached: set[int] = set()
        self._selector: selectors.BaseSelector | None = None
        self._waker: tuple[socket.socket, socket.socket] | None = None
        self._gap = 0.0
        self._awake = Seconds(-1.0)
        self.now: Callable[[], Seconds] = source.now

    def wall(self) -> datetime:
        """Date and time with UTC offset."""
        return self._source.wall()

    @property
    def is_virtual(self) -> bool:
        """Whether time jumps."""
        return self._virtual is not None

    def real_seconds(self, seconds: float) -> float:
        """How long `seconds` of this clock last for the computer; virtual time is taken as it comes."""
        return self._source.real_delay(seconds) if isinstance(self._source, RealTime) else seconds

    def take_gap(self) -> float:
        """Real seconds for which something planned had to wait, at most, since the last call.

        A run always plans something within the next second, so this is how long the computer slept or this process
        stood still, on a clock that goes on meanwhile and in whatever the process was doing.
        """
        gap, self._gap = self._gap, 0.0
        return self.real_seconds(gap)

    def _note_gap(self, when: Seconds, now: Seconds) -> None:
        """What was planned for `when` is done only `now`; all that waits for the same reason counts once."""
        if when > self._awake:
            self._gap = max(self._gap, now - when)
            self._awake = now

    def next_number(self) -> int:
        """A number that orders events of one instant."""
        self._number += 1
        return self._number

    def call_at(self, when: Seconds, call: Callable[[], None]) -> None:
        """Call `call` at `when`."""
        heapq.heappush(self.heap, (when, self.next_number(), call, -1))

    def call_soon(self, call: Callable[[], None]) -> None:
        """Call `call` in this instant, after what is running now."""
        self._ready.append(call)

    def prepare(self, task: Task[T]) -> Job[T]:
        """A job that begins at its first `resume`."""
        return Job(self, task)

    def spawn(self, task: Task[T]) -> Job[T]:
        """Start a task; it runs at once up to its first wait."""
        job = Job(self, task)
        job.resume()
        return job

    def attach(self, line: Line) -> None:
        """Have bytes on `line` wake the job that waits for them."""
        descriptor = line.descriptor()
        key = id(line)
        self._attached.add(key)
        if descriptor is None and self._virtual is not None:
            line.on_bytes(partial(self._bytes_on, key))
        elif descriptor is None:
            line.on_bytes(lambda: self.call_from_elsewhere(lambda: self._bytes_on(key)))
        else:
            self._real_selector().register(descriptor, selectors.EVENT_READ, key)

    def detach(self, line: Line) -> None:
        """Forget a line before it is closed."""
        self._waiting.pop(id(line), None)
        self._attached.discard(id(line))
        descriptor = line.descriptor()
        if descriptor is not None and self._selector is not None:
            try:
                self._selector.unregister(descriptor)
            except (KeyError, ValueError):
                return

    def expect(self, line: Line, job: Job[Any]) -> None:
        """Note that `job` waits for bytes on `line`."""
        self._waiting[id(line)] = job

    def forget(self, line: Line) -> None:
        """Note that nobody waits for bytes on `line`."""
        self._waiting.pop(id(line), None)

    def call_from_elsewhere(self, call: Callable[[], None]) -> None:
        """Call `call` in the loop's thread; safe to call from another thread."""
        self._ready.append(call)
        self.wake_from_elsewhere()

    def wake_from_elsewhere(self) -> None:
        """End the current wait; safe to call from a signal handler or another thread."""
        if self._waker is not None:
            try:
                self._waker[1].send(b"\0")
            except OSError:
                return

    def run(self, job: Job[T], each_wait: Callable[[], None] | None = None) -> Job[T]:
        """Run until `job` has ended. `each_wait` is called whenever a real wait is over (signals, key strokes)."""
        while not job.done:
            while self._ready:
                self._ready.popleft()()
            if job.done:
                break
            if self._virtual is not None:
                self._jump(self._virtual)
            else:
                self._wait(each_wait)
        return job

    def close(self) -> None:
        """Give back what the loop holds."""
        if self._selector is not None:
            self._selector.close()
            self._selector = None
        if self._waker is not None:
            for end in self._waker:
                end.close()
            self._waker = None

    def _bytes_on(self, key: int) -> None:
        job = self._waiting.get(key)
        if job is not None:
            self._ready.append(job.resume)
            del self._waiting[key]

    def process(self) -> "Loop":
        """The loop of a process that lives in the world that this loop runs."""
        return Loop(self._source, self)

    def pass_time(self, until: Seconds) -> None:
        """Let virtual time pass in which this process does nothing (it sleeps, hangs, or is no more)."""
        if self._outer is not None:
            self._outer.pass_time(until)
            return
        source = self._virtual
        assert source is not None
        self.advance_to(until, ())
        source.seconds = max(source.seconds, until)

    def advance_to(self, until: Seconds, ready: Sized) -> None:
        """Run what is planned up to `until`, or until something is in `ready`."""
        source = self._virtual
        assert source is not None
        while self.heap and self.heap[0][0] <= until and not ready:
            self._jump(source)
            while self._ready:
                self._ready.popleft()()

    def _jump(self, source: VirtualTime) -> None:
        outer = self._outer
        if outer is not None and outer.heap and outer.heap[0][0] <= self.heap[0][0]:
            outer.advance_to(self.heap[0][0], self._ready)
            if self._ready:
                return
        when, _, target, token = heapq.heappop(self.heap)
        if when > source.seconds:
            source.seconds = when
        elif when < source.seconds:
            self._note_gap(when, source.seconds)
        if token < 0:
            target()
        else:
            target.wake(token)

    def _wait(self, each_wait: Callable[[], None] | None) -> None:
        selector = self._real_selector()
        source = self._source
        assert isinstance(source, RealTime)
        delay = source.real_delay(self.heap[0][0] - source.now()) if self.heap else 0.5
        stale_keys = []
        for key, _ in selector.select(min(delay, 0.5)):
            if key.data is None:
                if self._waker is not None:
                    self._waker[0].recv(4096)
            elif key.data in self._waiting:
                self._bytes_on(key.data)
            else:
                stale_keys.append(key)
        if stale_keys:
            self._rest(stale_keys)
        if each_wait is not None:
            each_wait()
        while self._ready:
            self._ready.popleft()()
        now = source.now()
        while self.heap and self.heap[0][0] <= now:
            when, _, target, token = heapq.heappop(self.heap)
            self._note_gap(when, now)
            if token < 0:
                target()
            else:
                target.wake(token)
            while self._ready:
                self._ready.popleft()()

    def _rest(self, keys: list[selectors.SelectorKey]) -> None:
        """Bytes that nobody waits for stay in the port; look at it again a little later instead of spinning."""
        selector = self._real_selector()
        for key in keys:
            selector.unregister(key.fileobj)
            again = partial(self._watch_again, key.fd, key.data)
            self.call_at(Seconds(self._source.now() + 0.02), again)

    def _watch_again(self, descriptor: int, key: int) -> None:
        if key not in self._attached:
            return
        try:
            self._real_selector().register(descriptor, selectors.EVENT_READ, key)
        except (KeyError, ValueError, OSError):
            return

    def _real_selector(self) -> selectors.BaseSelector:
        if self._selector is None:
            self._selector = selectors.DefaultSelector()
            self._waker = socket.socketpair()
            for end in self._waker:
                end.setblocking(False)
            self._selector.register(self._waker[0], selectors.EVENT_READ, None)
        return self._selector
