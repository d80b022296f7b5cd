r"""The NAMUR wire of an IKA plate: bytes in, values out; no port, no clock.

A question is answered by one line: a number, one blank and the channel digit of the question (`45.3 1`), or a text
(`IN_NAME`). `OUT_...@n` is answered by the number alone. Lines end CR LF, in the manual blank CR LF; what stands
around a line is stripped (heater-protocols 1.1, 1.2).
"""

import re
from collections.abc import Callable
from functools import lru_cache

_NUMBER_TEXT = rb"[-+]?(?:\d+(?:\.\d*)?|\.\d+)"
_NUMBER = re.compile(_NUMBER_TEXT)
_LETTER = re.compile(rb"[A-Za-z]")

COLDEST_BELIEVED, HOTTEST_BELIEVED = -20.0, 400.0
"""degC; a sensor value outside is a sensor fault (heater-protocols 1.7)."""


def encode(command: str) -> bytes:
    """Bytes of one command."""
    return command.encode("ascii") + b"\r\n"


def number_text(value: float) -> str:
    """A number for the wire: one decimal, left out where it is zero (`60`, `62.5`)."""
    return f"{value:.1f}".removesuffix(".0")


def take(buffer: bytearray) -> bytes | None:
    """Consume one reply line and return it stripped; None while it is incomplete. Empty lines are no replies."""
    while (end := buffer.find(b"\n")) >= 0:
        line = bytes(buffer[:end]).strip()
        del buffer[: end + 1]
        if line:
            return line
    return None


def reading(channel: int, without_number: float | None = None) -> Callable[[bytes], float | None]:
    """Make the reader of replies to `IN_PV_x` and `IN_SP_x`.

    Args:
        channel: the digit x.
        without_number: what a line of this channel without a number means: NaN for a sensor that may be missing.

    Returns:
        A function of a line: its number, or None where it answers something else.
    """
    own = re.compile(rb"(?:(" + _NUMBER_TEXT + rb")|.+)[ \t]+%d" % channel, re.DOTALL)

    def read(line: bytes) -> float | None:
        match = own.fullmatch(line)
        if match is None:
            return None
        number = match[1]
        return without_number if number is None else float(number)

    return read


def alone(read: Callable[[bytes], float | None]) -> Callable[[bytes], float | None]:
    """Make of a reader of lines one of bytes that are exactly one line as it came, the usual case.

    A plate repeats itself, so what was read once is remembered.

    Returns:
        A function of bytes: the number, or None where they are not one line or answer something else.
    """

    @lru_cache(maxsize=4096)
    def read_whole(arrived: bytes) -> float | None:
        return read(arrived.strip()) if arrived.find(b"\n") == len(arrived) - 1 else None

    return read_whole


def echo_of(line: bytes) -> float | None:
    """Reply to `OUT_...@n`: the number that was set (`60` or `60.0`); None for everything else, also for a reading."""
    tokens = line.split()
    if len(tokens) == 2 and re.fullmatch(rb"[1-9]", tokens[1]):
        return None
    return float(tokens[0]) if _NUMBER.fullmatch(tokens[0]) else None


def name_of(line: bytes) -> str | None:
    """Reply to `IN_NAME`; None for a line without letters."""
    return line.decode("ascii", "backslashreplace") if _LETTER.search(line) else None


def believable(temperature: float) -> bool:
    """Whether a sensor value can be a temperature on this plate, degC. NaN is none."""
    return COLDEST_BELIEVED <= temperature <= HOTTEST_BELIEVED
