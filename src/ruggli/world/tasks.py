"""Resumable tasks: generators that yield what they wait for.

A task is a generator. It yields a `Wait`; the loop resumes it when the line has bytes or the time has come.
Device work is written as tasks (`reply = yield from channel.ask(...)`), so that the same driver runs under
the virtual and the real clock and nothing blocks.
"""

from collections.abc import Generator
from typing import Any, NamedTuple, TypeVar

from ruggli.quantities.base import Seconds
from ruggli.world.line import Line

T = TypeVar("T")


class Wait(NamedTuple):
    """Resume me at `until` on the loop's clock, or earlier when `line` has bytes to read."""

    until: Seconds
    line: Line | None = None


Task = Generator[Wait, Any, T]
