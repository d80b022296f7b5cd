"""New Era NE-1000 family on the wire: bytes in, values out. No port, no clock.

Page numbers are those of the NE-1000 manual, Pub. 1200-01 (V3.923), as the class docstring of the driver lists them.
"""

import re
from binascii import crc_hqx
from dataclasses import dataclass
from typing import Final

from ruggli.errors import BadReply

STX: Final = 0x02
ETX: Final = 0x03
STATUS: Final = "IWSPTUX"
"""Infusing, withdrawing, stopped, paused, timed pause, waiting for a trigger, purging."""
ALARM_KINDS: Final = {"R": "power", "S": "stall", "T": "dead-man", "E": "program", "O": "program"}
REFUSALS: Final = {
    "?": "the command is not recognised",
    "?NA": "the command is not applicable now",
    "?OOR": "the value is out of range",
    "?COM": "the command arrived damaged",
    "?IGN": "the command was ignored, a new phase started at the same moment",
}
SHORTEST_PACKET: Final = 7
"""Value of the length byte for the shortest reply, `aaS`."""
LONGEST_PACKET: Final = ord("0") - 1
"""No reply is longer, so that a digit after STX always means a basic reply."""

_NUMBER = r"(\d+\.?\d*|\.\d+)"
QUESTIONS: Final = {
    "DIA": re.compile(_NUMBER),
    "RAT": re.compile(_NUMBER + r"(UM|MM|UH|MH)"),
    "VOL": re.compile(_NUMBER + r"(UL|ML)"),
    "DIR": re.compile(r"(INF|WDR)"),
    "DIS": re.compile(r"I" + _NUMBER + r"W" + _NUMBER + r"(UL|ML)"),
    "PHN": re.compile(r"(\d{1,2})"),
    "FUN": re.compile(r"([A-Z]{2,3}.*)"),
    "SAF": re.compile(r"(\d{1,3})"),
    "PF": re.compile(r"(.*)"),
}
"""The data that answers each question. Numbers come as `1699.`, `1699` or `16.99`: clients disagree, all are read."""

_VERSION = re.compile(r"NE(\d+)(X\d+)?V(\d+\.\d+)")
_TEXT = re.compile(rb"(\d\d)(?:A\?([A-Z])|([" + STATUS.encode() + rb"])([ -~]*))")
_COUNTERS = re.compile(rb"(\d\d)([" + STATUS.encode() + rb"])I(\d+\.?\d*)W\d+\.?\d*(UL|ML)")


@dataclass(frozen=True, slots=True)
class Frame:
    """One packet from a pump.

    Attributes:
        address: 0-99, the pump that speaks.
        status: one of `STATUS`, or `A` for an alarm.
        alarm: letter of the alarm (see `ALARM_KINDS`), or "".
        data: what follows the status: an answer, a refusal (see `REFUSALS`), or "".
        safe: whether the packet was framed with length and CRC.
        garbage: bytes before the packet that belong to no packet.
    """

    address: int
    status: str
    alarm: str
    data: str
    safe: bool
    garbage: bytes = b""

    @property
    def refused(self) -> bool:
        """Whether the pump did not take the command (an alarm is not a refusal)."""
        return self.data.startswith("?")

    @property
    def text(self) -> str:
        """The packet without its frame, for messages."""
        return f"{self.address:02d}{self.status}{'?' if self.alarm else ''}{self.alarm}{self.data}"


def encode(address: int, command: str, safe: bool) -> bytes:
    """A command with its address, framed for basic mode (CR) or safe mode (length, CRC-16 with start value 0)."""
    text = f"{address}{command}".encode("ascii")
    if not safe:
        return text + b"\r"
    return bytes((STX, len(text) + 4)) + text + crc_hqx(text, 0).to_bytes(2, "big") + bytes((ETX,))


def take(buffer: bytearray) -> Frame | None:
    """Remove one packet, and what stands before it, from the front of `buffer`.

    Returns:
        None where no packet is complete yet; `buffer` is then unchanged.

    Raises:
        BadReply: a packet with a wrong CRC, length or content; it is removed, or at least its STX.
    """
    start = buffer.find(STX)
    while 0 <= start < len(buffer) - 1:
        length = buffer[start + 1]
        if not 0x30 <= length <= 0x39:
            return _take_safe(buffer, start, length)
        end = buffer.find(ETX, start)
        again = buffer.find(STX, start + 1, len(buffer) if end < 0 else end)
        if again < 0:
            return None if end < 0 else _parse(buffer, start, start + 1, end, end + 1, safe=False)
        start = again
    return None


def take_counters(buffer: bytearray, address: bytes) -> tuple[str, float] | None:
    """Remove the answer to DIS, where `buffer` is exactly that; the short way of `take` for what every poll brings.

    Args:
        buffer: what arrived.
        address: two digits, the pump that was asked.

    Returns:
        Status and infused volume in mL; None for everything else, and `buffer` is then unchanged.
    """
    if len(buffer) < SHORTEST_PACKET or buffer[0] != STX or buffer[-1] != ETX:
        return None
    if buffer[1] >= 0x30:
        found = _COUNTERS.fullmatch(buffer, 1, len(buffer) - 1)
    elif buffer[1] == len(buffer) - 1 and not crc_hqx(buffer[2:-1], 0):
        found = _COUNTERS.fullmatch(buffer, 2, len(buffer) - 3)
    else:
        return None
    if found is None:
        return None
    speaker, status, infused, unit = found.groups()
    if speaker != address:
        return None
    buffer.clear()
    return status.decode("ascii"), float(infused) * 0.001 if unit == b"UL" else float(infused)


def _take_safe(buffer: bytearray, start: int, length: int) -> Frame | None:
    """The safe packet at `start`. With its own CRC appended, the CRC of the data is 0."""
    if not SHORTEST_PACKET <= length <= LONGEST_PACKET:
        raise _broken(buffer, start + 1, f"reply with impossible length byte {length}")
    end = start + 1 + length
    if len(buffer) < end:
        return None
    if buffer[end - 1] != ETX:
        raise _broken(buffer, start + 1, f"reply of {length - 4} bytes does not end with ETX")
    if crc_hqx(buffer[start + 2 : end - 1], 0):
        raise _broken(buffer, end, "reply with wrong CRC")
    return _parse(buffer, start, start + 2, end - 3, end, safe=True)


def _parse(buffer: bytearray, start: int, first: int, last: int, end: int, *, safe: bool) -> Frame:
    found = _TEXT.fullmatch(buffer, first, last)
    if found is None:
        raise _broken(buffer, end, "reply is not address, status, data")
    address, alarm, status, data = found.groups()
    garbage = bytes(buffer[:start])
    del buffer[:end]
    if alarm is not None:
        return Frame(int(address), "A", alarm.decode("ascii"), "", safe, garbage)
    return Frame(int(address), status.decode("ascii"), "", data.decode("ascii"), safe, garbage)


def _broken(buffer: bytearray, end: int, message: str) -> BadReply:
    reply = readable(buffer)
    del buffer[:end]
    return BadReply(message, reply=reply)


def readable(data: bytes | bytearray) -> str:
    """Bytes as text for messages; every byte keeps its value."""
    return data.decode("latin-1")


def read_version(data: str) -> tuple[str, str] | None:
    """Model (`NE-1000`) and firmware (`3.923`, `X2 3.93`) from the answer to VER, `NE1000V3.923` or `NE1000X2V3.93`.

    Returns:
        None where the answer is none of a New Era pump.
    """
    found = _VERSION.fullmatch(data)
    return None if found is None else (f"NE-{found[1]}", f"{found[2] or ''} {found[3]}".strip())
