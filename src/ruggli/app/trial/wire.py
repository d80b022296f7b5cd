"""What goes over the wires, read with the simulator's eyes: which bytes make something move or change."""

from collections.abc import Callable
from functools import lru_cache

from ruggli_simulator import harvard_wire, new_era_wire

QUESTION = ""


@lru_cache(maxsize=4096)
def new_era_verb(data: bytes) -> str:
    """The command of a New Era packet with its data; "" for a question or noise."""
    request = new_era_wire.whole_request(data)
    if request is None or (not request.data and request.command not in ("RUN", "STP", "PUR", "RESET")):
        return QUESTION
    return f"{request.command} {request.data}".strip()


_HARVARD_ACTIONS = frozenset(
    {"irun", "wrun", "run", "rrun", "stp", "stop", "civolume", "cwvolume", "cvolume", "ctvolume", "cttime", "citime"}
)


@lru_cache(maxsize=4096)
def harvard_verb(data: bytes) -> str:
    """The command of a Harvard line with its arguments; "" for a question or noise."""
    request = harvard_wire.whole_request(data)
    if request is None or (not request.arguments and request.command not in _HARVARD_ACTIONS):
        return QUESTION
    if request.arguments and request.arguments[0] in ("lim", "?"):
        return QUESTION
    return " ".join((request.command, *request.arguments))


@lru_cache(maxsize=4096)
def ika_verb(data: bytes) -> str:
    """A NAMUR command that changes something; "" for a question or noise."""
    text = data.decode("ascii", "replace").strip()
    return QUESTION if text.startswith("IN_") else text


VERBS: dict[str, Callable[[bytes], str]] = {
    "new-era": new_era_verb,
    "harvard-pump-11-elite": harvard_verb,
    "ika-rct-digital": ika_verb,
}

STARTS = ("RUN", "irun", "run", "START_1")
"""First words of commands that energise."""

HARMLESS = (
    "STP",
    "stp",
    "stop",
    "STOP_1",
    "OUT_WD2@",
    "OUT_SP_12@",
    "OUT_SP_42@",
    "SET_MODE_A",
    "SAF",
    "poll",
    "nvram",
    "echo",
)
"""First words of what may be sent without a durable record before it: stops, and dead-men."""


def starts(verb: str) -> bool:
    """Whether a command energises a pump or a heater."""
    return verb.split(" ", 1)[0] in STARTS


def harmless(verb: str) -> bool:
    """Whether a command needs no record before it."""
    return verb.startswith(HARMLESS)
