"""Codec of the IKA RCT digital against transcripts (heater-protocols.md 1.1, 1.2, 1.8)."""

import math

import pytest

from ruggli_drivers.ika_rct_codec import believable, echo_of, encode, name_of, number_text, reading, take

LINES = [
    (b"RCT digital\r\n", b"RCT digital"),
    (b"RCT digital \r\n", b"RCT digital"),
    (b"370.0 3\r\n", b"370.0 3"),
    (b"60.0 1 \r \n", b"60.0 1"),
    (b"20.0\r\n", b"20.0"),
    (b"60\n", b"60"),
    (b"\r\n22.6 2\r\n", b"22.6 2"),
]
# line, channel, value
READINGS = [
    (b"370.0 3", 3, 370.0),
    (b"60.0 1", 1, 60.0),
    (b"25.0 1", 1, 25.0),
    (b"300.0 4", 4, 300.0),
    (b"640.0 4", 4, 640.0),
    (b"22.6 2", 2, 22.6),
    (b"-3.5 1", 1, -3.5),
    (b"300 4", 4, 300.0),
]


@pytest.mark.parametrize(("data", "line"), LINES)
def test_lines_whole_in_pieces_and_with_trailing_bytes(data: bytes, line: bytes) -> None:
    for trailing in (b"", b"25.0", b"25.0 1\r\n"):
        buffer = bytearray(data + trailing)
        assert take(buffer) == line
        assert bytes(buffer) == trailing
    buffer = bytearray()
    taken = []
    for byte in data:
        buffer.append(byte)
        taken.append(take(buffer))
    assert [found for found in taken if found is not None] == [line]
    assert taken[-1] == line


def test_incomplete_line_is_left() -> None:
    buffer = bytearray(b"25.0 1\r")
    assert take(buffer) is None
    assert bytes(buffer) == b"25.0 1\r"


@pytest.mark.parametrize(("line", "channel", "value"), READINGS)
def test_readings_answer_their_channel_only(line: bytes, channel: int, value: float) -> None:
    for other in (1, 2, 3, 4):
        assert reading(other)(line) == (value if other == channel else None)
    assert echo_of(line) is None
    assert name_of(line) is None


@pytest.mark.parametrize(
    "line", [b"--- 1", b"nan 1", b"inf 1", b"1e3 1", b"2,5 1", b"12.3.4 1", b"Err 1", b"\xff5.0 1"]
)
def test_channel_without_number(line: bytes) -> None:
    without = reading(1, without_number=math.nan)(line)
    assert without is not None
    assert math.isnan(without)
    assert reading(1)(line) is None
    assert reading(2, without_number=math.nan)(line) is None


@pytest.mark.parametrize("line", [b"25.0", b"1", b"---", b"25.0 12", b"25.0 0", b"25.01", b"RCT digital"])
def test_lines_of_no_channel(line: bytes) -> None:
    assert reading(1, without_number=math.nan)(line) is None


@pytest.mark.parametrize(
    ("line", "value"),
    [(b"60", 60.0), (b"60.0", 60.0), (b"0.0", 0.0), (b"60.0 s", 60.0), (b"RCT digital", None), (b"60.0 2", None)],
)
def test_echoes(line: bytes, value: float | None) -> None:
    assert echo_of(line) == value


@pytest.mark.parametrize(
    ("value", "text"), [(60.0, "60"), (300, "300"), (62.5, "62.5"), (20.04, "20"), (0.0, "0"), (1500.0, "1500")]
)
def test_numbers_on_the_wire(value: float, text: str) -> None:
    assert number_text(value) == text
    assert encode(f"OUT_SP_42@{text}") == b"OUT_SP_42@" + text.encode() + b"\r\n"


def test_believable_temperatures() -> None:
    values = [-20.1, -20.0, 25.0, 400.0, 400.1, 850.0, math.nan, math.inf]
    assert [believable(value) for value in values] == [False, True, True, True, False, False, False, False]
