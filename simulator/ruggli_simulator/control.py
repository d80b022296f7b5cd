"""What a served bench answers to HTTP requests: `GET /truth`, `POST /fault`, `POST /act`.

Pure: bytes in, bytes out; the sockets are in `server`. Requests whose Host or Origin is not this machine are refused,
so that a web page open in a browser cannot reach the bench.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ruggli.errors import InputError
from ruggli_simulator.bench import Bench

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LARGEST_REQUEST = 1 << 20
_REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}


def is_complete(request: bytes) -> bool:
    """Whether a request has arrived with its whole body (or is too large to wait for)."""
    head, separator, body = request.partition(b"\r\n\r\n")
    if not separator:
        return len(request) > LARGEST_REQUEST
    return len(body) >= _length(_headers(head)) or len(body) > LARGEST_REQUEST


def answer(bench: Bench, request: bytes, problems: Sequence[str] = ()) -> bytes:
    """The whole reply to one complete request.

    Args:
        bench: what is asked about.
        request: head and body.
        problems: what planned faults could not do; part of the truth.
    """
    status, data = _answer(bench, request, problems)
    body = json.dumps(data).encode("utf-8") + b"\n"
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


def _answer(bench: Bench, request: bytes, problems: Sequence[str]) -> tuple[int, dict[str, Any]]:
    head, _, body = request.partition(b"\r\n\r\n")
    parts = head.split(b"\r\n", 1)[0].decode("latin-1").split()
    if len(parts) != 3 or len(request) > LARGEST_REQUEST:
        return 400, {"error": "this is no HTTP request, or it is larger than 1 MB"}
    method, target, _ = parts
    headers = _headers(head)
    origin = headers.get("origin")
    if not _is_here("//" + headers.get("host", "")) or (origin is not None and not _is_here(origin)):
        return 403, {"error": "only requests to and from this machine are answered (127.0.0.1, localhost)"}
    path = urlsplit(target).path
    if path == "/truth":
        if method != "GET":
            return 405, {"error": "/truth takes GET"}
        return 200, {**bench.truth(), "problems": list(problems)}
    if path not in ("/fault", "/act"):
        return 404, {"error": f"there is no {path}; there are GET /truth, POST /fault, POST /act"}
    if method != "POST":
        return 405, {"error": f"{path} takes POST with a JSON object"}
    try:
        data = json.loads(body)
        if not isinstance(data, Mapping):
            return 400, {"error": "expected a JSON object"}
        if path == "/act":
            return 200, {"ok": True, **bench.perform(data)}
        bench.inject(data)
    except (InputError, ValueError, TypeError, KeyError) as problem:
        return 400, {"error": str(problem)}
    return 200, {"ok": True}


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _length(headers: Mapping[str, str]) -> int:
    text = headers.get("content-length", "0")
    return int(text) if text.isdecimal() else 0


def _is_here(url: str) -> bool:
    try:
        return urlsplit(url).hostname in LOOPBACK
    except ValueError:
        return False
