"""Bytes of the New Era NE-1000 family, as the pump's side reads and writes them.

Source: NE-1000 manual Pub. 1200-01, section on RS-232. Basic mode: text ended by CR, answered by STX aa S data ETX.
Safe mode: STX length data CRC ETX both ways; length counts itself, data, CRC and ETX; CRC is CCITT with start value 0.
"""

import re
from binascii import crc_hqx
from functools import lru_cache
from typing import NamedTuple

from ruggli.quantities.base import Seconds

STX, ETX, CR = 0x02, 0x03, 0x0D
OVERHEAD = 4
"""Length byte, two CRC bytes and ETX: the length of a packet without data."""
EVERY_PUMP = -1
"""Address of a command that begins with `*`."""
GAP = 0.5
"""Longest silence inside a safe-mode packet, s."""
LONGEST_LINE = 200
"""A basic line longer than this is noise."""
LARGEST = 9999.0
"""Largest number that the pump shows."""

COMMANDS = (
    ("RESET",)
    + ("DIA", "RAT", "VOL", "DIR", "RUN", "STP", "PUR", "DIS", "CLD", "PHN", "FUN", "SAF", "VER", "ADR")
    + ("LOC", "BUZ", "TRG", "DIN", "ROM", "OUT", "IN", "LN", "AL", "PF", "BP")
)
"""Longest first, so that the first one that fits is meant."""

PHASES = 41
"""Phases of a pumping program."""

_FUNCTION = re.compile(r"(RAT|FIL|INC|DEC|STP|LPS|LPE|EVR|CLD|BEP)|(JMP|PRI|PRL|LOP|PAS|IF|EVN|EVS|TRG|OUT)(\w[\w.]*)")
_NUMBER = re.compile(r"\d*\.?\d*")
_DROPPED = bytes(code for code in range(256) if code <= 0x20 or code >= 0x7F)


class Request(NamedTuple):
    """One command as it stands on the wire.

    Attributes:
        safe: whether it came as a safe-mode packet.
        intact: false for a packet with a wrong check sum or end.
        address: 0 where none is given, `EVERY_PUMP` for `*`.
        command: a name of `COMMANDS`, "" for the bare status query, "?" for anything else.
        data: what follows the name.
    """

    safe: bool
    intact: bool
    address: int
    command: str
    data: str


class Refusal(Exception):  # noqa: N818 - it is the pump's answer, not a failure of ours
    """The pump answers with an error: `?`, `?NA`, `?OOR`, `?COM` or `?IGN`."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


NOT_RECOGNISED, NOT_APPLICABLE, OUT_OF_RANGE, IGNORED = "?", "?NA", "?OOR", "?IGN"


@lru_cache(maxsize=512)
def whole_request(data: bytes) -> Request | None:
    """The request in `data` when that is exactly one basic line or one packet, else None."""
    if data[:1] == b"\x02":
        if len(data) < OVERHEAD + 1 or len(data) != data[1] + 1:
            return None
        body, check = data[2:-3], data[-3:-1]
        intact = data[-1] == ETX and crc_hqx(body, 0) == int.from_bytes(check, "big")
        return _request(body, safe=True, intact=intact)
    if data[-1:] != b"\r" or data.find(b"\r") != len(data) - 1 or STX in data:
        return None
    return _request(data, safe=False, intact=True)


def _request(body: bytes, *, safe: bool, intact: bool) -> Request:
    text = body.translate(None, _DROPPED).decode("ascii").upper()
    if text.startswith("*"):
        address, rest = EVERY_PUMP, text[1:]
    else:
        digits = len(text) - len(text.lstrip("0123456789"))
        address, rest = int(text[: min(digits, 2)] or "0"), text[min(digits, 2) :]
    if not rest:
        return Request(safe, intact, address, "", "")
    for name in COMMANDS:
        if rest.startswith(name):
            return Request(safe, intact, address, name, rest[len(name) :])
    return Request(safe, intact, address, "?", rest)


class Assembler:
    """Puts requests together from single bytes.

    Attributes:
        started: whether part of a request has arrived.
    """

    __slots__ = ("started", "_part", "_byte_at")

    def __init__(self) -> None:
        self.started = False
        self._part = bytearray()
        self._byte_at = Seconds(0.0)

    def take(self, byte: int, now: Seconds, basic: bool) -> Request | None:
        """Take one byte; returns the request that it completes.

        Args:
            byte: the byte.
            now: when it arrived; a packet is dropped after a gap of more than `GAP`.
            basic: whether lines are understood too, not only packets.
        """
        part = self._part
        if part and part[0] == STX and now - self._byte_at > GAP:
            part.clear()
        self._byte_at = now
        complete = False
        if part and part[0] == STX:
            part.append(byte)
            complete = len(part) == part[1] + 1
            if part[1] < OVERHEAD:
                part.clear()
        elif byte == STX:
            part[:] = b"\x02"
        elif basic and (byte == CR or byte > 0x20):
            part.append(byte)
            complete = byte == CR
            if len(part) > LONGEST_LINE:
                part.clear()
        request = whole_request(bytes(part)) if complete else None
        if complete:
            part.clear()
        self.started = bool(part)
        return request


def packet(text: str) -> bytes:
    """`text` as a safe-mode packet."""
    body = text.encode("ascii")
    return b"\x02%c%b%b\x03" % (len(body) + OVERHEAD, body, crc_hqx(body, 0).to_bytes(2, "big"))


def read_number(text: str) -> float:
    """A number as the pump takes it: up to 4 digits and a point, at most 3 of them after the point.

    Raises:
        Refusal: `?` for what is no number, `?OOR` for too many digits.
    """
    if not text or text == "." or not _NUMBER.fullmatch(text):
        raise Refusal(NOT_RECOGNISED)
    whole, _, decimals = text.partition(".")
    if len(whole) + len(decimals) > 4 or len(decimals) > 3:
        raise Refusal(OUT_OF_RANGE)
    return float(text)


def read_integer(text: str, lowest: int, highest: int) -> int:
    """A plain integer; raises `Refusal` as `read_number`."""
    if not text.isdecimal():
        raise Refusal(NOT_RECOGNISED)
    if not lowest <= int(text) <= highest:
        raise Refusal(OUT_OF_RANGE)
    return int(text)


def read_function(text: str) -> tuple[str, str]:
    """Function of a phase and its argument; raises `Refusal` as `read_number`."""
    found = _FUNCTION.fullmatch(text)
    if found is None:
        raise Refusal(NOT_RECOGNISED)
    if found[2] in ("JMP", "LOP"):
        read_integer(found[3], 1, PHASES if found[2] == "JMP" else 99)
    elif found[2] == "PAS":
        read_number(found[3])
    return found[1] or found[2], found[3] or ""


def write_number(value: float, point_at_end: bool = True) -> str:
    """A number as the pump shows it: 4 digits with a point; it stays at 9999 above.

    Args:
        value: not negative.
        point_at_end: `1699.` or `1699` (sources disagree).
    """
    if value < 9.9995:
        return f"{value:.3f}"
    if value < 99.995:
        return f"{value:.2f}"
    if value < 999.95:
        return f"{value:.1f}"
    return f"{min(value, LARGEST):.0f}{'.' if point_at_end else ''}"
