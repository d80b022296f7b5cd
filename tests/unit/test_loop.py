"""The loop under both clocks: order, waking by bytes, cancelling, stale wake-ups; and the channel on top of it."""

import random
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ruggli.errors import BadReply, LinkLost, NoReply
from ruggli.quantities.base import Seconds
from ruggli.world.channel import BUFFER_LIMIT, Channel
from ruggli.world.loop import Loop
from ruggli.world.tasks import Task, Wait
from ruggli.world.time import RealTime, VirtualTime

START = datetime(2026, 11, 23, tzinfo=UTC)


class Line:
    """A line in memory: what was written, and bytes that arrive when told."""

    port = "test://line"

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.arrived = b""
        self.gone = False
        self._tell: Callable[[], None] = lambda: None

    def write(self, data: bytes) -> None:
        if self.gone:
            raise LinkLost("gone", port=self.port)
        self.written.append(data)

    def read(self) -> bytes:
        if self.gone:
            raise LinkLost("gone", port=self.port)
        data, self.arrived = self.arrived, b""
        return data

    def close(self) -> None:
        self.gone = True

    def descriptor(self) -> int | None:
        return None

    def on_bytes(self, call: Callable[[], None]) -> None:
        self._tell = call

    def arrive(self, data: bytes) -> None:
        self.arrived += data
        self._tell()


def virtual() -> Loop:
    return Loop(VirtualTime(START))


def sleep(until: float, value: Any = None) -> Task[Any]:
    yield Wait(Seconds(until))
    return value


def nothing() -> Task[int]:
    return 7
    yield


class TestVirtualClock:
    def test_time_jumps_to_the_next_moment(self) -> None:
        loop = virtual()
        job = loop.run(loop.spawn(sleep(43_200.0, "done")))
        assert (job.value, loop.now(), job.error) == ("done", 43_200.0, None)
        assert loop.wall() == datetime(2026, 11, 23, 12, tzinfo=UTC)
        assert loop.is_virtual

    def test_a_task_that_never_waits_is_over_at_once(self) -> None:
        loop = virtual()
        job = loop.spawn(nothing())
        assert job.done and job.value == 7
        assert loop.run(job) is job

    def test_calls_run_in_the_order_of_their_time_and_of_their_planning(self) -> None:
        loop, seen = virtual(), list[str]()
        for name, when in (("c", 3.0), ("a", 1.0), ("b1", 2.0), ("b2", 2.0), ("b3", 2.0)):
            loop.call_at(Seconds(when), lambda name=name: seen.append(name))  # type: ignore[misc]
        loop.run(loop.spawn(sleep(9.0)))
        assert seen == ["a", "b1", "b2", "b3", "c"]

    def test_random_plans_run_in_order(self) -> None:
        chance, loop, seen = random.Random(5), virtual(), list[tuple[float, int]]()
        for number in range(500):
            when = chance.choice([1.0, 2.0, 3.0]) * chance.randint(0, 9)
            loop.call_at(Seconds(when), lambda item=(when, number): seen.append(item))  # type: ignore[misc]
        loop.run(loop.spawn(sleep(100.0)))
        assert seen == sorted(seen)
        assert len(seen) == 500

    def test_a_plan_in_the_past_runs_now_and_time_never_runs_back(self) -> None:
        loop, seen = virtual(), list[float]()

        def later() -> None:
            loop.call_at(Seconds(1.0), lambda: seen.append(loop.now()))

        loop.call_at(Seconds(5.0), later)
        loop.run(loop.spawn(sleep(6.0)))
        assert seen == [5.0]

    def test_errors_end_a_job_and_bugs_leave_the_loop(self) -> None:
        def fails(error: Exception) -> Task[None]:
            yield Wait(Seconds(1.0))
            raise error

        loop = virtual()
        job = loop.run(loop.spawn(fails(NoReply("silent"))))
        assert isinstance(job.error, NoReply)
        with pytest.raises(ZeroDivisionError):
            loop.run(loop.spawn(fails(ZeroDivisionError())))

    def test_a_cancelled_job_ends_where_it_waits(self) -> None:
        loop, closed, ended = virtual(), list[bool](), list[str]()

        def task() -> Task[None]:
            try:
                yield Wait(Seconds(50.0))
            finally:
                closed.append(True)

        job = loop.spawn(task())
        job.on_done = lambda: ended.append(str(job.error))
        loop.call_at(Seconds(2.0), lambda: job.cancel("no end within 2 s"))
        loop.run(job)
        assert (loop.now(), closed, ended) == (2.0, [True], ["no end within 2 s"])
        assert isinstance(job.error, NoReply)
        job.cancel("again")
        assert ended == ["no end within 2 s"]
        loop.run(loop.spawn(sleep(100.0)))

    def test_a_job_that_is_over_is_not_resumed(self) -> None:
        loop, steps = virtual(), list[int]()

        def task() -> Task[None]:
            steps.append(1)
            yield Wait(Seconds(5.0))
            steps.append(2)

        job = loop.spawn(task())
        job.resume()
        assert steps == [1, 2] and job.done
        loop.run(loop.spawn(sleep(10.0)))
        assert steps == [1, 2], "the wake-up of a wait that is over does nothing"

    def test_resume_soon_yields_to_an_earlier_wake_up(self) -> None:
        loop, steps = virtual(), list[float]()

        def task() -> Task[None]:
            for _ in range(3):
                yield Wait(Seconds(loop.now() + 1.0))
                steps.append(loop.now())

        job = loop.spawn(task())
        job.resume_soon()
        job.resume_soon()
        loop.run(job)
        assert steps == [0.0, 1.0, 2.0], "two wishes for the same wait resume it once"

    def test_call_soon_comes_before_time_moves(self) -> None:
        loop, seen = virtual(), list[float]()
        loop.call_at(Seconds(1.0), lambda: loop.call_soon(lambda: seen.append(loop.now())))
        loop.call_at(Seconds(1.5), lambda: seen.append(loop.now()))
        loop.run(loop.spawn(sleep(2.0)))
        assert seen == [1.0, 1.5]


class TestChannel:
    def connected(self) -> tuple[Loop, Line, Channel]:
        loop, line = virtual(), Line()
        loop.attach(line)
        return loop, line, Channel(line, loop)

    def test_bytes_wake_the_one_who_waits(self) -> None:
        loop, line, channel = self.connected()
        loop.call_at(Seconds(0.2), lambda: line.arrive(b"O"))
        loop.call_at(Seconds(0.3), lambda: line.arrive(b"K\r"))

        def ask() -> Task[tuple[bytes, float]]:
            channel.send(b"?")
            while not channel.buffer.endswith(b"\r"):
                assert (yield from channel.wait(Seconds(5.0)))
            return bytes(channel.buffer), loop.now()

        job = loop.run(loop.spawn(ask()))
        assert job.value == (b"OK\r", 0.3)
        assert (line.written, channel.exchanges) == ([b"?"], 1)

    def test_a_wait_ends_at_its_time(self) -> None:
        loop, _, channel = self.connected()
        job = loop.run(loop.spawn(channel.wait(Seconds(0.5))))
        assert (job.value, loop.now()) == (False, 0.5)

    def test_bytes_that_are_there_are_taken_without_waiting(self) -> None:
        loop, line, channel = self.connected()
        line.arrive(b"early")
        job = loop.spawn(channel.wait(Seconds(5.0)))
        assert job.done and job.value is True
        assert (bytes(channel.buffer), loop.now()) == (b"early", 0.0)
        assert channel.fill() is False

    def test_bytes_for_nobody_wake_nobody(self) -> None:
        loop, line, channel = self.connected()
        job = loop.spawn(channel.pause(Seconds(1.0)))
        line.arrive(b"noise")
        loop.run(job)
        assert loop.now() == 1.0
        assert channel.fill() and bytes(channel.buffer) == b"noise"

    def test_a_cancelled_wait_is_not_woken_by_late_bytes(self) -> None:
        loop, line, channel = self.connected()
        job = loop.spawn(channel.wait(Seconds(5.0)))
        line.arrive(b"x")
        job.cancel("overtaken")
        second = loop.spawn(channel.wait(Seconds(5.0)))
        loop.run(second)
        assert second.value is True and bytes(channel.buffer) == b"x"
        assert isinstance(job.error, NoReply)

    def test_a_babbling_device_is_cut_off(self) -> None:
        loop, line, channel = self.connected()

        def babble() -> None:
            line.arrive(b"U" * 1000)
            loop.call_at(Seconds(loop.now() + 0.01), babble)

        babble()

        def listen() -> Task[None]:
            while True:
                yield from channel.wait(Seconds(60.0))

        job = loop.run(loop.spawn(listen()))
        assert isinstance(job.error, BadReply)
        assert job.error.port == "test://line" and str(BUFFER_LIMIT) in str(job.error)
        assert loop.now() < 1.0 and not channel.buffer

    def test_a_lost_port_is_an_error_of_whoever_talks(self) -> None:
        loop, line, channel = self.connected()
        job = loop.spawn(channel.wait(Seconds(5.0)))
        line.gone = True
        line.arrive(b"")
        loop.run(job)
        assert isinstance(job.error, LinkLost) and loop.now() == 0.0
        with pytest.raises(LinkLost):
            channel.send(b"?")

    def test_a_port_that_was_opened_again_starts_with_an_empty_buffer(self) -> None:
        loop, line, channel = self.connected()
        line.arrive(b"half a re")
        channel.fill()
        loop.detach(line)
        line.close()
        fresh = Line()
        loop.attach(fresh)
        channel.attach(fresh)
        assert not channel.buffer
        job = loop.spawn(channel.wait(Seconds(5.0)))
        fresh.arrive(b"whole")
        loop.run(job)
        assert bytes(channel.buffer) == b"whole"


class SocketLine(Line):
    """A line with a descriptor."""

    def __init__(self, end: socket.socket) -> None:
        super().__init__()
        end.setblocking(False)
        self.end = end

    def write(self, data: bytes) -> None:
        self.end.send(data)

    def read(self) -> bytes:
        try:
            return self.end.recv(4096)
        except BlockingIOError:
            return b""

    def descriptor(self) -> int | None:
        return self.end.fileno()


class TestRealClock:
    """A fast clock: a second of the run lasts a thousandth of a real one."""

    def test_scaled_time_passes(self) -> None:
        loop = Loop(RealTime(speed=1000.0))
        before = loop.now()
        loop.run(loop.spawn(sleep(before + 20.0)))
        assert 20.0 <= loop.now() - before < 2000.0
        assert not loop.is_virtual
        assert loop.real_seconds(1000.0) == pytest.approx(1.0)
        loop.close()

    def test_bytes_on_a_descriptor_wake_the_one_who_waits(self) -> None:
        loop = Loop(RealTime())
        mine, theirs = socket.socketpair()
        with mine, theirs:
            line = SocketLine(mine)
            loop.attach(line)
            channel = Channel(line, loop)
            theirs.send(b"unheard")
            job = loop.spawn(sleep(loop.now() + 0.05))
            loop.run(job)
            assert channel.fill() and bytes(channel.buffer) == b"unheard"
            channel.buffer.clear()

            def reply() -> None:
                theirs.send(b"!")

            def ask() -> Task[bytes]:
                channel.send(b"?")
                assert theirs.recv(10) == b"?"
                loop.call_at(Seconds(loop.now() + 0.01), reply)
                assert (yield from channel.wait(Seconds(loop.now() + 5.0)))
                return bytes(channel.buffer)

            began = loop.now()
            assert loop.run(loop.spawn(ask())).value == b"!"
            assert loop.now() - began < 2.0
            loop.detach(line)
        loop.close()

    def test_a_closed_connection_that_nobody_listens_to_does_not_spin(self) -> None:
        loop = Loop(RealTime())
        mine, theirs = socket.socketpair()
        looks = 0

        def count() -> None:
            nonlocal looks
            looks += 1

        with mine:
            loop.attach(SocketLine(mine))
            theirs.close()
            loop.run(loop.spawn(sleep(loop.now() + 0.2)), count)
        assert looks < 40
        loop.close()

    def test_another_thread_ends_the_wait(self) -> None:
        loop, seen = Loop(RealTime()), list[float]()
        job = loop.spawn(sleep(loop.now() + 30.0))

        def call() -> None:
            seen.append(loop.now())
            job.cancel("called from elsewhere")

        thread = threading.Timer(0.02, lambda: loop.call_from_elsewhere(call))
        began = loop.now()
        thread.start()
        loop.run(job)
        thread.join()
        assert loop.now() - began < 5.0 and len(seen) == 1
        loop.close()
