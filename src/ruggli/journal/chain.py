"""How records are written and chained: one JSON object a line, each hash over the one before and its own text."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

FORMAT = 1
"""Version of the journal format; stands in the first record."""

START = "0" * 64
"""The hash before the first record."""

_TEXT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False).encode


def encode(number: int, now: float, wall: str, kind: str, data: Mapping[str, Any], before: str) -> tuple[bytes, str]:
    """One line of the journal and its hash.

    Args:
        number: 1-based sequence number.
        now: seconds on the clock that counts suspend.
        wall: ISO 8601 date and time with UTC offset.
        kind: what the record is about, one word.
        data: its content, plain JSON data, finite numbers only.
        before: hash of the record before.
    """
    head = f'{{"n":{number},"t":{round(now, 4)!r},"wall":"{wall}","kind":"{kind}"'
    body = f"{head},{_TEXT(data)[1:]}" if data else head + "}"
    digest = hashlib.sha256((before + body).encode()).hexdigest()
    return f'{body[:-1]},"hash":"{digest}"}}\n'.encode(), digest


def digest_of(line: str, before: str) -> tuple[str, str]:
    """The hash that a line carries, and the one that it should carry; ("", "") where it carries none."""
    body, mark, tail = line.rpartition(',"hash":"')
    if not mark or len(tail) != 66 or not tail.endswith('"}'):
        return "", ""
    return tail[:64], hashlib.sha256((before + body + "}").encode()).hexdigest()
