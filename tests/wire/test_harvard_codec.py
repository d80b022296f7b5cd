"""Codec of the Pump 11 Elite against transcripts (pump-protocols.md 2.3 to 2.9)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from ruggli_drivers.harvard_elite11_codec import (
    Reply,
    Status,
    diameter_of,
    encode,
    limits_of,
    name_of,
    rate_of,
    serial_number_of,
    status_of,
    take_acknowledgement,
    take_answer,
    take_status,
    target_of,
    time_target_set,
    volume_of,
)

T = TypeVar("T")

# reply bytes, reader, value, prompt, address
ANSWERS: list[tuple[bytes, Callable[[Reply], Any], Any, bytes, int | None]] = [
    (b"\n11 ELITE I/W Single 3.0.4\r\n:", name_of, ("11 ELITE I/W Single", "3.0.4"), b":", None),
    (b"\n00:11 ELITE I/W Single 3.0.4\r\n00:", name_of, ("11 ELITE I/W Single", "3.0.4"), b":", 0),
    (b"\n00:PHD ULTRA 2.1.0\r\n00:", name_of, ("", ""), b":", 0),
    (b"\n14.4300 mm\r\n:", diameter_of, Decimal("14.43"), b":", None),
    (b"\n7.2620 mm\r\n:\x11", diameter_of, Decimal("7.262"), b":", None),
    (b"\n8.6284 ml\r\n:", volume_of, Decimal("8.6284"), b":", None),
    (b"\n250 ul\r\n>", volume_of, Decimal("0.25"), b">", None),
    (b"\n500 ul\r\nT*", volume_of, Decimal("0.5"), b"T*", None),
    (b"\n1.69023 ul\r\n>\x11", volume_of, Decimal("0.00169023"), b">", None),
    (b"\n0 ul\r\n:", volume_of, Decimal(0), b":", None),
    (b"\n199.49 ul\r\n*", target_of, Decimal("0.19949"), b"*", None),
    (b"\nTarget volume not set\r\n:", target_of, Decimal(0), b":", None),
    (b"\nTarget volume not set.\r\n:", target_of, Decimal(0), b":", None),
    (b"\n1 ml/min\r\n:", rate_of, Decimal(60), b":", None),
    (b"\n02:1 ml/min\r\n02>", rate_of, Decimal(60), b">", 2),
    (b"\n02>1 ml/min\r\n02>", rate_of, Decimal(60), b">", 2),
    (b"\n199.49 ul/min\r\n:", rate_of, Decimal("11.9694"), b":", None),
    (b"\n5 ml/hr\r\n>*", rate_of, Decimal(5), b">*", None),
    (b"\n2 ul/sec\r\n<", rate_of, Decimal("7.2"), b"<", None),
    (b"\n25.0404 nl/min to 26.0035 ml/min\r\n:", limits_of, (Decimal("0.001502424"), Decimal("1560.21")), b":", None),
    (b"\n12:30 seconds\r\n12:", time_target_set, True, b":", 12),
    (b"\n00:03:00\r\n:", time_target_set, True, b":", None),
    (b"\n00:00:03:00\r\n00:", time_target_set, True, b":", 0),
    (b"\nTarget time not set\r\n:", time_target_set, False, b":", None),
    (
        b"\nFirmware:      v3.0.6\r\nPump address:  0\r\nSerial number: D101754\r\n:",
        serial_number_of,
        "D101754",
        b":",
        None,
    ),
    (
        b"\n07:Firmware:      v3.0.6\r\n07:Pump address:  7\r\n07:Serial number: D1\r\n07:",
        serial_number_of,
        "D1",
        b":",
        7,
    ),
]

# reply bytes, status, moving, stalled, target reached
STATUSES = [
    (
        b"\n83333333333 3000 250000000000 I...I.\r\n>",
        Status(83333333333, 250000000000, b"I...I.", b">", None),
        True,
        False,
        False,
    ),
    (b"\n0 6000 500000000000 i...IT\r\nT*", Status(0, 500000000000, b"i...IT", b"T*", None), False, False, True),
    (b"\n0 6000 400 i.S.I.\r\n*\x11", Status(0, 400, b"i.S.I.", b"*", None), False, True, False),
    (b"\n03:0 0 0 w...W.\r\n03:", Status(0, 0, b"w...W.", b":", 3), False, False, False),
    (b"\n0 0 0 i...i\r\n:", Status(0, 0, b"i...i", b":", None), False, False, False),
    (b"\n138888889 3 416666667 i...i\r\n:", Status(138888889, 416666667, b"i...i", b":", None), True, False, False),
    (b"\n0 3 416666667 i.s.i\r\n:", Status(0, 416666667, b"i.s.i", b":", None), False, True, False),
]

REFUSALS = [
    b"\nArgument error: 2\r\n   Target volume out of range\r\n:\x11",
    b"\nArgument error: 200\r\n   Unknown syringe\r\n:\x11",
    b"\nCommand error: irun\r\n   No target\r\n:",
    b"\nUnknown command\r\n:",
    b"\nRange error: gang\r\n   1 to 2\r\n:",
    b"\nOut of range\r\n*",
    b"\n02:Argument error: 2\r\n02:   Target volume out of range\r\n02:",
]


def fed(buffer: bytearray, byte: int) -> bytearray:
    buffer.append(byte)
    return buffer


def lines_of(data: bytes) -> int:
    return data.count(b"\r\n")


def in_pieces(take: Callable[[bytearray], T | None], data: bytes) -> tuple[T, bytes]:
    """Feed byte by byte until a reply is complete; the reply and what was not needed for it."""
    buffer = bytearray()
    for count, byte in enumerate(data, 1):
        buffer.append(byte)
        reply = take(buffer)
        if reply is not None:
            return reply, bytes(buffer) + data[count:]
    raise AssertionError(f"incomplete: {data!r}")


@pytest.mark.parametrize(("data", "read", "value", "prompt", "address"), ANSWERS)
def test_answers_whole_in_pieces_and_with_trailing_bytes(
    data: bytes, read: Callable[[Reply], object], value: object, prompt: bytes, address: int | None
) -> None:
    for trailing in (b"", b"\nT*", b"\n12 ul\r\n:"):
        buffer = bytearray(data + trailing)
        reply = take_answer(buffer, lines_of(data))
        assert reply is not None
        assert (read(reply), reply.prompt, reply.address, bytes(buffer)) == (value, prompt, address, trailing)
        assert not reply.refused
    buffer = bytearray()
    pieces = [reply for byte in data if (reply := take_answer(fed(buffer, byte), lines_of(data))) is not None]
    reply, rest = pieces[0], bytes(buffer)
    assert len(pieces) == 1
    assert (read(reply), reply.prompt[:1], reply.address) == (value, prompt[:1], address)
    assert rest in (b"", b"\x11", b"*")


@pytest.mark.parametrize(("data", "status", "moving", "stalled", "reached"), STATUSES)
def test_status_both_forms(data: bytes, status: Status, moving: bool, stalled: bool, reached: bool) -> None:
    buffer = bytearray(data + b"\nT*")
    assert take_status(buffer) == status
    assert bytes(buffer) == b"\nT*"
    assert in_pieces(take_status, data)[0] == status
    reply = take_answer(bytearray(data))
    assert reply is not None
    assert status_of(reply) == status
    assert (status.moving, status.stalled, status.target_reached) == (moving, stalled, reached)


@pytest.mark.parametrize("data", REFUSALS)
def test_every_error_class_is_a_refusal_to_questions_and_commands(data: bytes) -> None:
    for take in (take_answer, take_acknowledgement):
        reply = take(bytearray(data))
        assert reply is not None
        assert reply.refused
        assert "02:" not in reply.text
    assert in_pieces(take_answer, data)[0].refused


@pytest.mark.parametrize(
    "data",
    [
        b"\nT*\n250 ul\r\n>",
        b"\nT*\x11\n250 ul\r\n>",
        b"\n\nT*250 ul\r\n>",
        b"\n25\nT*0 ul\r\n>",
        b"\n250 ul\nT*\r\n>",
        b"\x11\n:\n250 ul\r\n>",
        b"ivolume\r\n250 ul\r\n>",
        b"3000 25 I...I.\r\n>\n250 ul\r\n>",
    ],
    ids=["front", "front-xon", "line-start", "inside", "line-end", "late-xon-and-prompt", "echo", "stale-tail"],
)
def test_unasked_bytes_around_an_answer(data: bytes) -> None:
    for reply in (take_answer(bytearray(data)), in_pieces(take_answer, data)[0]):
        assert reply is not None
        assert volume_of(reply) == Decimal("0.25")


def test_target_prompt_between_text_and_prompt_ends_the_answer_and_leaves_a_stray() -> None:
    buffer = bytearray(b"\n250 ul\r\nT*\n>\n300 ul\r\n>")
    first, second = take_answer(buffer), take_answer(buffer)
    assert first is not None
    assert second is not None
    assert (volume_of(first), first.prompt) == (Decimal("0.25"), b"T*")
    assert (volume_of(second), second.prompt) == (Decimal("0.3"), b">")


def test_status_with_target_prompt_in_front_and_behind() -> None:
    buffer = bytearray(b"\nT*\n0 6000 500 i...IT\r\nT*\n:")
    assert take_status(buffer) == Status(0, 500, b"i...IT", b"T*", None)
    assert bytes(buffer) == b"\n:"


@pytest.mark.parametrize("prompt", [b":", b">", b"<", b"*", b"T*"])
def test_acknowledgements(prompt: bytes) -> None:
    for data in (b"\n" + prompt, b"\n" + prompt + b"\x11", b"\n04" + prompt):
        reply = take_acknowledgement(bytearray(data))
        assert reply is not None
        assert (reply.lines, reply.prompt) == ((), prompt)
    buffer = bytearray(b"\n" + prompt + b"\n250 ul\r\n:")
    assert take_acknowledgement(buffer) is not None
    assert bytes(buffer) == b"\n250 ul\r\n:"


@pytest.mark.parametrize("data", [b"", b"\n", b"\nT", b"\n0", b"\n250 ul", b"\n250 ul\r", b"\n250 ul\r\n", b"250 ul\r"])
def test_incomplete_is_nothing_and_consumes_nothing(data: bytes) -> None:
    buffer = bytearray(data)
    assert take_answer(buffer) is None
    assert take_status(buffer) is None
    assert take_acknowledgement(buffer) is None
    assert bytes(buffer) == data


@pytest.mark.parametrize("text", [b"250 ulx", b"250", b"2,5 ul", b"250 l", b"-1 ul", b"1 ml/day", b"nan ul", b"1e3 ul"])
def test_other_texts_are_no_values(text: bytes) -> None:
    reply = Reply((text,), b":", None)
    readers: list[Callable[[Reply], object]] = [volume_of, rate_of, diameter_of, limits_of, status_of, time_target_set]
    assert [read(reply) for read in readers] == [None] * 6


def test_commands_on_the_wire() -> None:
    assert encode("irun", 0) == b"irun\r"
    assert encode("irate 3.2 ul/min", 12) == b"12irate 3.2 ul/min\r"
