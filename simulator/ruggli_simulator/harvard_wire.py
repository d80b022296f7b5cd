"""Text of the Harvard Pump 11 Elite family: words, units, numbers, as the pump's side reads and writes them.

Sources: PHD Ultra manual 5419-002 and Legato manuals 5617-xxx for the form of commands and replies; a public recording
of a Legato 100 (firmware 3.0.6) for the bytes of numbers, units and errors.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Seconds

COMMANDS = (
    ("address", "baud", "citime", "civolume", "crate", "ctime", "cttime", "ctvolume", "cvolume", "cwtime", "cwvolume")
    + ("diameter", "dim", "echo", "force", "iramp", "irate", "irun", "itime", "ivolume", "load", "metrics", "nvram")
    + ("poll", "rrun", "run", "status", "stop", "stp", "svolume", "syrmanu", "ttime", "tvolume", "ver", "version")
    + ("wramp", "wrate", "wrun", "wtime", "wvolume")
)
SHORTEST = 4
"""A word may be cut to its first four letters."""

_VOLUMES = {"l": 1e3, "ml": 1.0, "m": 1.0, "ul": 1e-3, "u": 1e-3, "nl": 1e-6, "n": 1e-6, "pl": 1e-9, "p": 1e-9}
_TIMES = {"hr": 3600.0, "h": 3600.0, "min": 60.0, "m": 60.0, "sec": 1.0, "s": 1.0}
_SPELLED = {3600.0: "hr", 60.0: "min", 1.0: "sec"}
_STEPS = (("ml", 1.0), ("ul", 1e-3), ("nl", 1e-6), ("pl", 1e-9))
_LINE = re.compile(r"@?(\d{1,2})?:?@?\s*(.*)", re.DOTALL)
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)\s*([a-z/]*)")


class Request(NamedTuple):
    """One command line.

    Attributes:
        address: the address in front of it, None where there is none.
        command: a word of `COMMANDS`, "" for an empty line, "?" for an unknown word.
        word: the word as it was typed.
        arguments: the words that follow, in lower case.
    """

    address: int | None
    command: str
    word: str
    arguments: tuple[str, ...]


class Refusal(Exception):  # noqa: N818 - it is the pump's answer, not a failure of ours
    """The pump answers with an error of two lines.

    Args:
        kind: `Argument`, `Command` or `Range`.
        word: the word that is wrong.
        text: what is wrong with it.
    """

    def __init__(self, kind: str, word: str, text: str) -> None:
        super().__init__(kind, word, text)
        self.lines = [f"{kind} error: {word}", f"   {text}"]


@lru_cache(maxsize=512)
def whole_request(data: bytes) -> Request | None:
    """The request in `data` when that is exactly one line (ended by CR or CR LF), else None."""
    line = data[:-1] if data[-1:] == b"\n" else data
    if line.find(b"\r") != len(line) - 1 or not line:
        return None
    return read_line(line[:-1])


def read_line(line: bytes) -> Request:
    """The request in a line without its end."""
    text = line.replace(b"\n", b"").decode("ascii", "replace").strip().lower()
    found = _LINE.fullmatch(text)
    address, rest = (found[1], found[2]) if found else (None, text)
    words = rest.split()
    number = None if address is None else int(address)
    if not words:
        return Request(number, "", "", ())
    return Request(number, _command(words[0]), words[0], tuple(words[1:]))


def _command(word: str) -> str:
    if word in COMMANDS:
        return word
    if len(word) >= SHORTEST:
        for command in COMMANDS:
            if command.startswith(word):
                return command
    return "?"


def read_volume(arguments: tuple[str, ...]) -> Millilitres:
    """`0.5 ml`, `500 u`, `0.5ml`. Raises `Refusal`."""
    number, unit = read_number(arguments)
    if unit not in _VOLUMES:
        raise Refusal("Argument", unit or arguments[0], "Unknown units")
    return Millilitres(number * _VOLUMES[unit])


def read_rate(arguments: tuple[str, ...]) -> tuple[MillilitresPerSecond, float]:
    """`5 ml/min`, `0.2 u/m`: the rate, and the seconds in its time unit. Raises `Refusal`."""
    number, unit = read_number(arguments)
    volume, _, time = unit.partition("/")
    if volume not in _VOLUMES or time not in _TIMES:
        raise Refusal("Argument", unit or arguments[0], "Unknown units")
    return MillilitresPerSecond(number * _VOLUMES[volume] / _TIMES[time]), _TIMES[time]


def read_number(arguments: tuple[str, ...]) -> tuple[float, str]:
    """A number with any number of decimals, and the unit after it. Raises `Refusal`."""
    found = _NUMBER.fullmatch(" ".join(arguments))
    if found is None:
        raise Refusal("Argument", arguments[0], "Invalid number")
    return float(found[1]), found[2]


def read_time(arguments: tuple[str, ...]) -> Seconds:
    """Seconds, or hh:mm:ss. Raises `Refusal`."""
    parts = arguments[0].split(":")
    if len(parts) == 3 and all(part.isdecimal() for part in parts):
        hours, minutes, seconds = (int(part) for part in parts)
        return Seconds(hours * 3600 + minutes * 60 + seconds)
    return Seconds(read_number(arguments[:1])[0])


def write_number(value: float) -> str:
    """Up to six significant digits, without trailing zeros and without an exponent."""
    text = f"{value:.6g}"
    return text if "e" not in text else f"{value:.9f}".rstrip("0").rstrip(".") if value < 1 else f"{value:.0f}"


def write_volume(value: Millilitres) -> str:
    """A volume in the largest unit in which it is at least 1."""
    for unit, factor in _STEPS:
        if value >= factor:
            return f"{write_number(value / factor)} {unit}"
    return f"{write_number(value / 1e-9)} pl" if value > 0 else "0 ul"


def write_rate(value: MillilitresPerSecond, time: float) -> str:
    """A rate per `time` seconds (1, 60 or 3600)."""
    return f"{write_volume(Millilitres(value * time))}/{_SPELLED[time]}"


def write_time(value: Seconds) -> str:
    """`30 seconds` below a minute, hh:mm:ss above."""
    if value < 60:
        return f"{write_number(value)} seconds"
    whole = int(value)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
