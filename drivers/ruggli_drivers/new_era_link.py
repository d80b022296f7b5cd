"""The conversation with one New Era pump: questions that may be repeated, commands that may not."""

import re
from collections.abc import Callable
from typing import TypeVar

from ruggli.errors import BadReply, BenchError, DeviceAlarm, NoReply, Refused
from ruggli.quantities.base import Seconds
from ruggli.world.channel import Channel
from ruggli.world.tasks import Task
from ruggli_drivers.new_era_codec import ALARM_KINDS, QUESTIONS, REFUSALS, Frame, encode, readable, take

REPEATS = 2
"""How often a question is repeated after a doubtful reply. Commands never are."""
BEFORE_STOP = Seconds(0.1)
"""How long a stop waits for the reply to an abandoned question: a command sent into a reply may be lost."""
LONGEST_SETTLING = 4
"""A line that is still talking after this many reply times is no conversation."""
MISHEARD = ("?", "?COM")
"""Refusals that a damaged packet causes too; a question is then repeated."""

Error = TypeVar("Error", bound=BenchError)


class NewEraLink:
    """Exchanges with one address of a line.

    No packet carries the number of its exchange. So a line that owes a reply has to give it, or fall silent for a
    whole reply time, before the next packet is sent.

    Attributes:
        name: name of the device in the rig file, for errors.
        channel: the conversation over the line.
        address: 0 to 99.
        timeout: how long a reply may take.
        safe: whether packets are sent in safe framing. The framing of a reply says itself what it is.
        owed: replies that may still come.
        latched: kind of an alarm that came outside of an exchange and was not reported yet, or "".
        met: whether the pump was ever understood.
        alarms: number of alarms heard; what was known of the pump before the last one is doubtful.
    """

    __slots__ = (
        "name",
        "channel",
        "address",
        "timeout",
        "safe",
        "owed",
        "latched",
        "met",
        "alarms",
        "_reported",
        "_shaken",
    )

    def __init__(self, name: str, channel: Channel, address: int, timeout: Seconds) -> None:
        self.name = name
        self.channel = channel
        self.address = address
        self.timeout = timeout
        self.safe = False
        self.owed = 0
        self.latched = ""
        self.met = False
        self.alarms = 0
        self._reported = ""
        self._shaken = False

    def exchange(self, command: str, *, urgent: bool = False) -> Task[Frame]:
        """Send `command` once and return the pump's packet, be it an answer, a refusal or an alarm.

        Args:
            command: the command without its address.
            urgent: do not wait until the line is quiet; the reply may then belong to an earlier exchange.

        Raises:
            NoReply: nothing came.
            BadReply: something else came.
        """
        self.channel.fill()
        self._absorb()
        if self.owed:
            yield from self._await_owed() if urgent else self._settle()
        self.owed += 1
        self.channel.send(encode(self.address, command, self.safe))
        return (yield from self.reply(command, Seconds(self.channel.now() + self.timeout)))

    def reply(self, command: str, until: Seconds) -> Task[Frame]:
        """Wait for the pump's packet. Raises as `exchange`."""
        try:
            return (yield from self._packet(command, until))
        except (NoReply, BadReply):
            self.doubt()
            raise

    def _packet(self, command: str, until: Seconds) -> Task[Frame]:
        channel = self.channel
        while True:
            frame = self._take(command)
            if frame is None:
                if not (yield from channel.wait(until)):
                    break
            elif frame.address == self.address:
                # An alarm that the pump sent by itself looks like a reply, and so does a very late reply.
                self.owed = 1 if self._shaken or (frame.alarm and self.safe) else max(0, self.owed - 1)
                self._shaken = False
                self.met = True
                self._reported = frame.alarm
                self.alarms += frame.alarm != ""
                return frame
            elif not frame.alarm:
                raise self.error(
                    BadReply, f"address {frame.address} answers for address {self.address}", command, frame
                )
        if channel.buffer:
            cut = readable(channel.buffer)
            raise self.error(BadReply, f"no complete reply within {self.timeout:g} s", command, cut)
        raise self.error(NoReply, f"no reply within {self.timeout:g} s; check power, cable and address", command)

    def heard(self) -> None:
        """Note that the one reply owed has come, and was an answer."""
        self.owed = 0
        self.met = True
        self._reported = ""

    def doubt(self) -> None:
        """Note that a reply may still come, and that the next one may be it."""
        self.owed = max(1, self.owed)
        self._shaken = True

    def ask(self, question: str, repeats: int = REPEATS) -> Task[tuple[str, re.Match[str]]]:
        """Ask, at most `repeats` times more after a doubtful reply.

        Returns:
            The status letter, and the match of the answer with its pattern in `QUESTIONS`.

        Raises:
            NoReply: nothing came.
            BadReply: no answer to this question came.
            DeviceAlarm: the pump answered with an alarm, which is thereby acknowledged.
            Refused: the pump does not answer this question.
        """
        for _ in range(repeats + 1):
            trouble: BenchError
            try:
                frame = yield from self.exchange(question)
            except (NoReply, BadReply) as error:
                trouble = error
                continue
            if frame.alarm:
                raise self.alarm(question, frame)
            answer = QUESTIONS[question].fullmatch(frame.data)
            if answer is not None:
                return frame.status, answer
            if not frame.refused:
                trouble = self.error(BadReply, f"no answer to {question}", question, frame)
                self.doubt()
                continue
            trouble = self.refused(f"question {question} not answered", question, frame)
            if frame.data not in MISHEARD:
                break
        raise trouble

    def hold(
        self, question: str, wanted: Callable[[re.Match[str]], bool], command: str, meaning: str
    ) -> Task[re.Match[str]]:
        """Make the pump hold a setting: write it once unless it is held already, and read it back.

        Args:
            question: the question that reads the setting.
            wanted: whether an answer is the wanted value.
            command: the command that sets it.
            meaning: the setting with value and unit, for people.

        Raises:
            Refused: the pump holds something else.
            NoReply, BadReply: the command's fate is unknown, and the setting is not held.
            DeviceAlarm: the pump answered with an alarm.
        """
        _, answer = yield from self.ask(question)
        if wanted(answer):
            return answer
        trouble = yield from self.command(command, meaning)
        _, answer = yield from self.ask(question)
        if wanted(answer):
            return answer
        raise trouble or self.refused(f"{meaning} was sent, the pump holds {answer[0]}", command)

    def command(self, command: str, meaning: str) -> Task[BenchError | None]:
        """Send a command once.

        Returns:
            None when it was taken; the error when its fate is not known and a question must settle it.

        Raises:
            Refused: the pump did not take it.
            DeviceAlarm: the pump answered with an alarm, so the command was not executed.
        """
        try:
            frame = yield from self.exchange(command)
        except (NoReply, BadReply) as error:
            return error
        if frame.alarm:
            raise self.alarm(command, frame)
        if frame.refused and frame.data not in MISHEARD:
            raise self.refused(f"{meaning} not taken", command, frame)
        return self.refused(f"{meaning} not taken", command, frame) if frame.refused else None

    def alarm(self, command: str, frame: Frame) -> DeviceAlarm:
        """The error for an alarm; what was latched is reported with it."""
        self.latched = ""
        kind = ALARM_KINDS.get(frame.alarm, "other")
        message = f"alarm {frame.alarm} ({kind}); the command was not executed"
        return DeviceAlarm(
            message, kind=kind, device=self.name, port=self.channel.port, command=command, reply=frame.text
        )

    def refused(self, message: str, command: str, frame: Frame | None = None) -> Refused:
        """The error for a refusal, with its meaning."""
        reason = REFUSALS.get(frame.data, "") if frame else ""
        return self.error(Refused, f"{message}: {reason}" if reason else message, command, frame or "")

    def error(self, kind: type[Error], message: str, command: str, reply: Frame | str = "") -> Error:
        """An error that names device, port, command and reply."""
        text = reply.text if isinstance(reply, Frame) else reply
        sent = f"{self.address}{command}" if command else ""
        return kind(message, device=self.name, port=self.channel.port, command=sent, reply=text)

    def _take(self, command: str) -> Frame | None:
        try:
            return take(self.channel.buffer)
        except BadReply as error:
            raise self.error(BadReply, error.message, command, error.reply) from None

    def _absorb(self) -> None:
        """Read packets that came outside of an exchange: late replies, and alarms that the pump sent by itself."""
        while True:
            try:
                frame = take(self.channel.buffer)
            except BadReply:
                continue
            if frame is None:
                return
            if frame.address != self.address:
                continue
            if frame.alarm and frame.alarm != self._reported:
                self.latched = ALARM_KINDS.get(frame.alarm, "other")
                self.alarms += 1
            if not (frame.alarm and self.safe):
                self.owed = max(0, self.owed - 1)

    def _settle(self) -> Task[None]:
        """Wait until what is owed has come, or the line has been silent for a whole reply time."""
        channel = self.channel
        limit = channel.now() + LONGEST_SETTLING * self.timeout
        while self.owed and (yield from channel.wait(Seconds(channel.now() + self.timeout))):
            self._absorb()
            if channel.now() > limit:
                raise self.error(BadReply, "the line does not fall silent", "", readable(channel.buffer[:80]))
        if self.owed:
            channel.buffer.clear()
            self.owed = 0

    def _await_owed(self) -> Task[None]:
        """Give an owed reply a moment, then go on without it."""
        channel = self.channel
        until = Seconds(channel.now() + BEFORE_STOP)
        while self.owed and (yield from channel.wait(until)):
            self._absorb()
        if self.owed:
            channel.buffer.clear()
