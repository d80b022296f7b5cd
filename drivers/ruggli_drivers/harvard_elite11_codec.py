r"""The wire of the Harvard Pump 11 Elite: bytes in, values out; no port, no clock.

A reply is `LF text CR` for each text line and then `LF prompt`, and the prompt has no terminator (pump-protocols 2.3).
How a reply is known to be complete, without the 0.1 s of silence that flowchem waits for:

* the reply to a question is complete when a prompt follows at least one text line. A bare prompt in front of it is the
  unsolicited `LF T*`, or the tail of something stale: it is read and passed over;
* the reply to a command is complete at its prompt; text in front of the prompt is the pump's error message;
* an XON behind the prompt (`poll on`) belongs to it, in front of a reply (late, or behind an echo) it is passed over.

So the codec reads `poll on` and `poll off` alike and the driver changes neither. It could not rely on `poll on`: the
setting may not be sent before the pump has been identified, and a power cycle may take it away unseen.
A `T*` in the middle of a text line is taken out of it: a new reply would begin with LF.
`>` may be the first half of `>*` (limit switch). It is taken as it stands; a late `*` is passed over by the next reply.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

_PROMPT = rb"T\*|[<>]\*?|[:*]"
_STRAYS = rb"[^\n]*(?:\n(?:\d\d)?(?:" + _PROMPT + rb")\x11?)*"
_PROMPT_LINE = rb"\n(\d\d)?(" + _PROMPT + rb")\x11?"
_ANSWER = re.compile(_STRAYS + rb"((?:\n[^\r\n\x11]+\r)+)" + _PROMPT_LINE)
_ACKNOWLEDGEMENT = re.compile(rb"[^\n]*((?:\n[^\r\n\x11]+\r)*)" + _PROMPT_LINE)
_STATUS_FIELDS = rb"(\d+) (\d+) (\d+) ([IiWw][IiWw.][Ss.][Tt.][IiWw][Tt.]?)"
_STATUS = re.compile(_STRAYS + rb"\n(?:\d\d(?:T\*|[:<>*]))?" + _STATUS_FIELDS + rb"\r" + _PROMPT_LINE)
_TARGET_INSIDE_TEXT = re.compile(rb"(?<=[^\r])\n(?:\d\d)?T\*(?=[^\n\x11])")
_LINE_PREFIX = re.compile(rb"\d\d(?:T\*|[:<>*])")

_NUMBER = rb"(\d+(?:\.\d*)?|\.\d+)"
_DIAMETER = re.compile(_NUMBER + rb" mm")
_VOLUME = re.compile(_NUMBER + rb" ([munp])l", re.IGNORECASE)
_RATE_TEXT = _NUMBER + rb" ([munp])l/(h|hr|m|min|s|sec)"
_RATE = re.compile(_RATE_TEXT, re.IGNORECASE)
_LIMITS = re.compile(_RATE_TEXT + rb" to " + _RATE_TEXT, re.IGNORECASE)
_NAME = re.compile(rb"(.*\b11 ELITE\b.*?)(?: +v?(\d+(?:\.\d+)+))?", re.IGNORECASE)
_SERIAL = re.compile(rb"Serial number: *(\S+)", re.IGNORECASE)
_VOLUME_NOT_SET = re.compile(rb"Target volume not set\.?", re.IGNORECASE)
_TIME = re.compile(rb"(Target time not set)\.?|\d+(?:\.\d+)? seconds|\d+:\d\d:\d\d", re.IGNORECASE)
_ERROR = re.compile(rb"error|unknown command|out of range", re.IGNORECASE)

_MILLILITRES = {b"m": Decimal(1), b"u": Decimal("1e-3"), b"n": Decimal("1e-6"), b"p": Decimal("1e-9")}
_PER_HOUR = {b"h": 1, b"m": 60, b"s": 3600}


@dataclass(frozen=True, slots=True)
class Reply:
    """One complete reply.

    Attributes:
        lines: text lines without address prefix.
        prompt: `:` idle, `>` infusing, `<` withdrawing, `*` stalled, `T*` target reached, `>*` `<*` limit switch.
        address: address prefix of the prompt, None where there is none.
    """

    lines: tuple[bytes, ...]
    prompt: bytes
    address: int | None

    @property
    def refused(self) -> bool:
        """Whether the text is one of the pump's error messages (pump-protocols 2.4)."""
        return any(_ERROR.search(line) for line in self.lines)

    @property
    def text(self) -> str:
        """The whole reply in one readable line."""
        parts = [line.strip() for line in self.lines] + [self.prompt]
        return b" | ".join(parts).decode("ascii", "backslashreplace")


class Status(NamedTuple):
    """Reply to `status`. A tuple, because it is read in every poll.

    Attributes:
        rate: fL/s, 0 when idle.
        volume: infused volume since `civolume`, fL.
        flags: six flags (11 Elite, Legato), or five (PHD Ultra, all lower case).
        prompt: see `Reply`.
        address: see `Reply`.
    """

    rate: int
    volume: int
    flags: bytes
    prompt: bytes
    address: int | None

    @property
    def moving(self) -> bool:
        """Whether the motor turns. The five-flag form has no capitals, so there the rate decides."""
        return self.flags[:1].isupper() or self.prompt in (b">", b"<") or (len(self.flags) == 5 and self.rate > 0)

    @property
    def withdrawing(self) -> bool:
        """Whether the direction is withdraw."""
        return self.flags[:1] in (b"W", b"w")

    @property
    def stalled(self) -> bool:
        """Whether the pump reports a stall, by flag or by prompt."""
        return self.flags[2:3] in (b"S", b"s") or self.prompt == b"*"

    @property
    def target_reached(self) -> bool:
        """Whether the pump says that the target was reached."""
        return self.flags[5:6] in (b"T", b"t") or self.prompt == b"T*"


def encode(command: str, address: int) -> bytes:
    """Bytes of one command. Address 0 is sent without prefix, and then replies carry none; others directly in front."""
    return f"{address or ''}{command}\r".encode("ascii")


def take_answer(buffer: bytearray, lines: int = 1) -> Reply | None:
    """Consume one reply with text (to a question, or an error message); None while it is incomplete.

    Args:
        buffer: bytes that have arrived.
        lines: text lines of the expected answer. An address prefix looks like a prompt (`07:`) until the rest of its
            line has come, so that a reply of several lines cannot be told from its first lines.
    """
    return _take(buffer, _ANSWER, lines)


def take_acknowledgement(buffer: bytearray) -> Reply | None:
    """Consume one reply that may be a bare prompt (to a command); None while it is incomplete."""
    return _take(buffer, _ACKNOWLEDGEMENT, 0)


def take_status(buffer: bytearray) -> Status | None:
    """Consume one reply to `status`; None, with nothing consumed, where the buffer does not hold one."""
    match = _STATUS.match(buffer)
    if match is None:
        return None
    rate, _, volume, flags, address, prompt = match.groups()
    del buffer[: match.end()]
    return Status(int(rate), int(volume), flags, prompt, int(address) if address else None)


def _take(buffer: bytearray, pattern: re.Pattern[bytes], expected: int) -> Reply | None:
    match = pattern.match(buffer)
    if match is None:
        if _TARGET_INSIDE_TEXT.search(buffer) is None:
            return None
        buffer[:] = _TARGET_INSIDE_TEXT.sub(b"", buffer)
        match = pattern.match(buffer)
        if match is None:
            return None
    text, address, prompt = match.groups()
    lines = [line[1:] for line in text.split(b"\r")[:-1]]
    if address is not None:
        lines = [_LINE_PREFIX.sub(b"", line, count=1) for line in lines]
    reply = Reply(tuple(lines), prompt, None if address is None else int(address))
    if len(lines) < expected and not reply.refused:
        return None
    del buffer[: match.end()]
    return reply


def status_of(reply: Reply) -> Status | None:
    """Reply to `status`, whole."""
    match = re.fullmatch(_STATUS_FIELDS, reply.lines[0]) if len(reply.lines) == 1 else None
    return match and Status(int(match[1]), int(match[3]), match[4], reply.prompt, reply.address)


def diameter_of(reply: Reply) -> Decimal | None:
    """Reply to `diameter`, mm."""
    match = _only_line(_DIAMETER, reply)
    return match and Decimal(match[1].decode())


def volume_of(reply: Reply) -> Decimal | None:
    """Reply to `ivolume` or `svolume`, mL. The pump picks the unit by itself."""
    match = _only_line(_VOLUME, reply)
    return match and Decimal(match[1].decode()) * _MILLILITRES[match[2].lower()]


def target_of(reply: Reply) -> Decimal | None:
    """Reply to `tvolume`, mL; 0 where no target is set: the pump would run for ever."""
    return Decimal(0) if _only_line(_VOLUME_NOT_SET, reply) else volume_of(reply)


def rate_of(reply: Reply) -> Decimal | None:
    """Reply to `irate`, mL/h (the one unit in which every rate unit of the pump is an exact decimal)."""
    match = _only_line(_RATE, reply)
    return match and _rate(match[1], match[2], match[3])


def limits_of(reply: Reply) -> tuple[Decimal, Decimal] | None:
    """Reply to `irate lim`: slowest and fastest rate for the stored diameter, mL/h."""
    match = _only_line(_LIMITS, reply)
    return match and (_rate(match[1], match[2], match[3]), _rate(match[4], match[5], match[6]))


def name_of(reply: Reply) -> tuple[str, str] | None:
    """Reply to `ver`: model and firmware; model is "" where another device answers."""
    if len(reply.lines) != 1:
        return None
    match = _NAME.fullmatch(reply.lines[0].strip())
    return ("", "") if match is None else (match[1].decode("ascii", "backslashreplace"), (match[2] or b"").decode())


def serial_number_of(reply: Reply) -> str:
    """Serial number in the reply to `version`; "" where there is none."""
    found = [match[1] for line in reply.lines if (match := _SERIAL.match(line.strip()))]
    return found[0].decode("ascii", "backslashreplace") if found else ""


def time_target_set(reply: Reply) -> bool | None:
    """Reply to `ttime`: whether a target time is set."""
    match = _only_line(_TIME, reply)
    return None if match is None else match[1] is None


def _only_line(pattern: re.Pattern[bytes], reply: Reply) -> re.Match[bytes] | None:
    return pattern.fullmatch(reply.lines[0].strip()) if len(reply.lines) == 1 else None


def _rate(number: bytes, volume: bytes, time: bytes) -> Decimal:
    return Decimal(number.decode()) * _MILLILITRES[volume.lower()] * _PER_HOUR[time[:1].lower()]
