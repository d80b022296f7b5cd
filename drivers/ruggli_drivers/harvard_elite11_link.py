"""Questions and commands to a Pump 11 Elite: when to repeat, what to pass over, what to raise."""

from collections.abc import Callable
from typing import TypeVar

from ruggli.errors import BadReply, BenchError, DeviceAlarm, NoReply, Refused
from ruggli.quantities.base import Seconds
from ruggli.world.channel import Channel
from ruggli.world.tasks import Task
from ruggli_drivers.harvard_elite11_codec import (
    Reply,
    Status,
    encode,
    status_of,
    take_acknowledgement,
    take_answer,
    take_status,
)

T = TypeVar("T")
E = TypeVar("E", bound=BenchError)

ATTEMPTS = 3
QUIET = Seconds(0.25)
"""Pause before a question is repeated: a late reply arrives in it and is discarded."""


class HarvardLink:
    """One pump on one line. What arrives between exchanges is stale: it is dropped before the next one begins.

    Only an unsolicited `T*` can be among it that is no late reply, and what it says stands in the next `status` too.
    """

    def __init__(self, name: str, channel: Channel, address: int, timeout: Seconds) -> None:
        self._name = name
        self._channel = channel
        self._address = address
        self._timeout = timeout
        self._status_bytes = encode("status", address)

    def status(self) -> Task[Status]:
        """Ask for `status`."""
        return self.ask("status", status_of)

    def poll_status(self) -> Task[Status]:
        """Ask for `status` on the short way; what comes in pieces or not at once is left to `ask`."""
        channel = self._channel
        buffer = channel.buffer
        try:
            channel.fill()
            if buffer:
                del buffer[:]
            channel.send(self._status_bytes)
            until = Seconds(channel.now() + self._timeout)
            if (yield from channel.wait(until)):
                status = take_status(buffer)
                if status is not None and (status.address or 0) == self._address:
                    return status
        except BenchError as error:
            raise self._located(error, "status") from None
        return (yield from self.ask("status", status_of, asked_until=until))

    def ask(
        self, command: str, read: Callable[[Reply], T | None], lines: int = 1, asked_until: Seconds | None = None
    ) -> Task[T]:
        """Ask a question, at most `ATTEMPTS` times.

        Args:
            command: the question.
            read: its codec; None means that the reply answers something else, and it is passed over.
            lines: text lines of the answer.
            asked_until: deadline of a first attempt that is already under way.

        Raises:
            NoReply: nothing came.
            BadReply: only other things came.
            Refused: the pump answered with an error message.
        """
        channel = self._channel
        last: Reply | None = None
        garbled = b""
        try:
            for attempt in range(ATTEMPTS):
                if attempt:
                    yield from channel.pause(QUIET)
                if attempt or asked_until is None:
                    self._send(command)
                    until = Seconds(channel.now() + self._timeout)
                else:
                    until = asked_until
                while True:
                    while (reply := take_answer(channel.buffer, lines)) is not None:
                        last = reply
                        if reply.refused:
                            break
                        value = read(reply) if (reply.address or 0) == self._address else None
                        if value is not None:
                            return value
                    if reply is not None or not (yield from channel.wait(until)):
                        break
                garbled = bytes(channel.buffer) or garbled
        except BenchError as error:
            raise self._located(error, command) from None
        if last is not None and last.refused:
            raise self.error(Refused, "the pump refuses the question", command, last.text)
        said = last.text if last is not None else garbled.decode("ascii", "backslashreplace")
        if said:
            raise self.error(BadReply, "what came is no answer to the question", command, said)
        raise self.error(NoReply, f"no reply in {ATTEMPTS} x {self._timeout:g} s; check cable and power", command, "")

    def command(self, command: str) -> Task[Reply | None]:
        """Send a command once.

        Returns:
            None where no acknowledgement came: it may have been executed, so read back.

        Raises:
            Refused: the pump answered with an error message, and did not execute it.
        """
        channel = self._channel
        try:
            self._send(command)
            until = Seconds(channel.now() + self._timeout)
            while True:
                while (reply := take_acknowledgement(channel.buffer)) is not None:
                    if reply.refused:
                        raise self.error(Refused, "the pump refuses the command", command, reply.text)
                    if not reply.lines and (reply.address or 0) == self._address:
                        return reply
                if not (yield from channel.wait(until)):
                    return None
        except BenchError as error:
            raise self._located(error, command) from None

    def quiet(self) -> Task[None]:
        """Let a late reply arrive."""
        return self._channel.pause(QUIET)

    def error(self, branch: type[E], message: str, command: str, reply: str) -> E:
        """An error that says which device on which port."""
        return branch(message, device=self._name, port=self._channel.port, command=command, reply=reply)

    def alarm(self, message: str, kind: str, command: str, reply: str) -> DeviceAlarm:
        """As `error`, for an alarm of the device."""
        port = self._channel.port
        return DeviceAlarm(message, kind=kind, device=self._name, port=port, command=command, reply=reply)

    def _send(self, command: str) -> None:
        self._channel.fill()
        del self._channel.buffer[:]
        self._channel.send(encode(command, self._address))

    def _located(self, error: BenchError, command: str) -> BenchError:
        error.device = error.device or self._name
        error.port = error.port or self._channel.port
        error.command = error.command or command
        return error
