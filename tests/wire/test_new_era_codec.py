"""New Era packets: golden bytes, whole, one byte at a time, with trailing bytes; damage."""

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from ruggli.errors import BadReply
from ruggli_drivers.new_era_codec import QUESTIONS, Frame, encode, read_version, take, take_counters

COMMANDS = [
    # address, command, safe, bytes on the wire
    (0, "VER", False, b"0VER\r"),
    (0, "DIA26.59", False, b"0DIA26.59\r"),
    (0, "RAT5.000MM", False, b"0RAT5.000MM\r"),
    (0, "", False, b"0\r"),
    (99, "STP", False, b"99STP\r"),
    (0, "VER", True, bytes.fromhex("02 08 30 56 45 52 48 09 03")),
    (0, "", True, bytes.fromhex("02 05 30 36 53 03")),
    (0, "SAF0", True, bytes.fromhex("02 09 30 53 41 46 30 59 AD 03")),
    (0, "SAF10", True, bytes.fromhex("02 0A 30 53 41 46 31 30 63 BE 03")),
    (0, "RUN", True, bytes.fromhex("02 08 30 52 55 4E 44 07 03")),
    (0, "STP", True, bytes.fromhex("02 08 30 53 54 50 B3 F9 03")),
    (0, "DIS", True, bytes.fromhex("02 08 30 44 49 53 30 46 03")),
]

REPLIES = [
    (b"\x0200A?R\x03", Frame(0, "A", "R", "", False)),
    (b"\x0200SNE1000V3.923\x03", Frame(0, "S", "", "NE1000V3.923", False)),
    (b"\x0200S\x03", Frame(0, "S", "", "", False)),
    (b"\x0200S26.59\x03", Frame(0, "S", "", "26.59", False)),
    (b"\x0200S?OOR\x03", Frame(0, "S", "", "?OOR", False)),
    (b"\x0200I\x03", Frame(0, "I", "", "", False)),
    (b"\x0200II0.250W0.000ML\x03", Frame(0, "I", "", "I0.250W0.000ML", False)),
    (b"\x0217P\x03", Frame(17, "P", "", "", False)),
    (bytes.fromhex("02 07 30 30 53 AA A6 03"), Frame(0, "S", "", "", True)),
    (bytes.fromhex("02 07 30 30 49 19 DD 03"), Frame(0, "I", "", "", True)),
    (bytes.fromhex("02 07 30 30 50 9A C5 03"), Frame(0, "P", "", "", True)),
    (bytes.fromhex("02 09 30 30 41 3F 54 05 40 03"), Frame(0, "A", "T", "", True)),
    (
        bytes.fromhex("02 13 30 30 53 4E 45 31 30 30 30 56 33 2E 39 32 33 96 49 03"),
        Frame(0, "S", "", "NE1000V3.923", True),
    ),
]

DAMAGED = [
    (bytes.fromhex("02 07 30 30 53 AA A7 03"), "CRC"),
    (bytes.fromhex("02 07 30 30 49 AA A6 03"), "CRC"),
    (bytes.fromhex("02 07 30 30 53 AA A6 04"), "ETX"),
    (bytes.fromhex("02 04 41 41 03"), "length"),
    (bytes.fromhex("02 FF 30 30 53 AA A6 03"), "length"),
    (b"\x0200Q\x03", "status"),
    (b"\x020AS\x03", "status"),
    (b"\x0200S26\xb959\x03", "status"),
    (b"\x0200A?\x03", "status"),
    (b"\x020\x03", "status"),
]


@pytest.mark.parametrize(("address", "command", "safe", "wire"), COMMANDS)
def test_command_has_the_golden_bytes(address: int, command: str, safe: bool, wire: bytes) -> None:
    assert encode(address, command, safe) == wire


@pytest.mark.parametrize(("wire", "frame"), REPLIES)
@pytest.mark.parametrize("trailing", [b"", b"\x02", b"\x0200", b"junk", b"\x0200S\x03", b"\x02\x07\x30"])
def test_reply_is_taken_once_and_leaves_what_follows(wire: bytes, frame: Frame, trailing: bytes) -> None:
    buffer = bytearray(wire + trailing)
    assert take(buffer) == frame
    assert bytes(buffer) == trailing


@pytest.mark.parametrize(("wire", "frame"), REPLIES)
def test_reply_comes_one_byte_at_a_time(wire: bytes, frame: Frame) -> None:
    buffer = bytearray()
    for byte in wire[:-1]:
        buffer.append(byte)
        before = bytes(buffer)
        assert take(buffer) is None
        assert bytes(buffer) == before
    buffer.append(wire[-1])
    assert take(buffer) == frame
    assert not buffer


@pytest.mark.parametrize(("wire", "frame"), REPLIES)
@pytest.mark.parametrize("garbage", [b"\xff", b"00S\x03", b"\x0200S26", b"\x020", b"\r\n"])
def test_garbage_before_a_reply_is_reported(wire: bytes, frame: Frame, garbage: bytes) -> None:
    buffer = bytearray(garbage + wire)
    taken = take(buffer)
    assert taken is not None
    assert taken.garbage == garbage
    assert taken.text == frame.text
    assert not buffer


@pytest.mark.parametrize(("wire", "word"), DAMAGED)
def test_damage_is_a_bad_reply_and_the_next_packet_survives(wire: bytes, word: str) -> None:
    buffer = bytearray(wire + b"\x0200P\x03")
    with pytest.raises(BadReply, match=word) as caught:
        take(buffer)
    assert caught.value.reply.encode("latin-1").startswith(wire)
    survivor = take(buffer)
    assert survivor is not None
    assert survivor.status == "P"


@pytest.mark.parametrize(
    ("question", "data", "groups"),
    [
        ("DIA", "26.59", ("26.59",)),
        ("DIA", "1699.", ("1699.",)),
        ("DIA", "1699", ("1699",)),
        ("DIA", ".5", (".5",)),
        ("RAT", "5.000MM", ("5.000", "MM")),
        ("RAT", "1699.MH", ("1699.", "MH")),
        ("VOL", "0.500ML", ("0.500", "ML")),
        ("DIR", "WDR", ("WDR",)),
        ("DIS", "I0.974W0.959ML", ("0.974", "0.959", "ML")),
        ("DIS", "I1699.W0.000UL", ("1699.", "0.000", "UL")),
        ("PHN", "01", ("01",)),
        ("FUN", "STP", ("STP",)),
        ("FUN", "LOP05", ("LOP05",)),
        ("SAF", "10", ("10",)),
        ("PF", "?", ("?",)),
    ],
)
def test_answers(question: str, data: str, groups: tuple[str, ...]) -> None:
    found = QUESTIONS[question].fullmatch(data)
    assert found is not None
    assert found.groups() == groups


@pytest.mark.parametrize(
    ("question", "data"),
    [
        ("DIA", ""),
        ("DIA", "."),
        ("DIA", "1.2.3"),
        ("RAT", "5.000"),
        ("RAT", "5.000ML"),
        ("VOL", "5.000MM"),
        ("DIS", ""),
    ],
)
def test_no_answers(question: str, data: str) -> None:
    assert QUESTIONS[question].fullmatch(data) is None


@pytest.mark.parametrize(
    ("data", "version"),
    [
        ("NE1000V3.923", ("NE-1000", "3.923")),
        ("NE4000X2V3.93", ("NE-4000", "X2 3.93")),
        ("11 ELITE I/W Single 3.0.4", None),
        ("", None),
    ],
)
def test_version(data: str, version: tuple[str, str] | None) -> None:
    assert read_version(data) == version


PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30)


def reply_bytes(address: int, status: str, data: str, safe: bool) -> bytes:
    if not safe:
        return f"\x02{address:02d}{status}{data}\x03".encode("ascii")
    # encode() writes the address without a leading zero; a command that begins with one stands for the second digit.
    text = f"{address:02d}{status}{data}"
    return encode(int(text[0]), text[1:], safe=True)


@seed(20261123)
@settings(max_examples=150, database=None, deadline=None)
@given(
    replies=st.lists(
        st.tuples(st.integers(0, 99), st.sampled_from("IWSPTUX"), PRINTABLE, st.booleans()), min_size=1, max_size=5
    ),
    cuts=st.lists(st.integers(0, 200), max_size=6),
)
def test_any_replies_in_any_pieces_come_out_in_order(
    replies: list[tuple[int, str, str, bool]], cuts: list[int]
) -> None:
    stream = b"".join(reply_bytes(*reply) for reply in replies)
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    buffer, taken = bytearray(), []
    for start, end in zip(places, places[1:], strict=False):
        buffer += stream[start:end]
        while (frame := take(buffer)) is not None:
            taken.append((frame.address, frame.status, frame.data, frame.safe))
    assert taken == replies
    assert not buffer


@seed(20261123)
@settings(max_examples=300, database=None, deadline=None)
@given(
    st.integers(0, 99),
    st.sampled_from("IWSPTUX"),
    st.from_regex(r"I(\d{1,4}\.\d{0,3}|\d{1,4})W\d\.\d{3}(UL|ML)", fullmatch=True, alphabet="0123456789.IWULM"),
    st.booleans(),
    st.one_of(st.none(), st.tuples(st.integers(0, 40), st.integers(1, 255))),
    st.sampled_from([b"", b"\x02", b"\x03", b"\x0200S\x03"]),
)
def test_the_short_way_of_a_poll_reads_what_the_long_way_reads_or_nothing(
    address: int, status: str, data: str, safe: bool, damage: tuple[int, int] | None, trailing: bytes
) -> None:
    wire = bytearray(reply_bytes(address, status, data, safe))
    if damage is not None:
        wire[damage[0] % len(wire)] ^= damage[1]
    wire += trailing
    long, short = bytearray(wire), bytearray(wire)
    quick = take_counters(short, b"%02d" % address)
    if quick is None:
        assert short == wire
        assert damage is not None or trailing
        return
    frame = take(long)
    assert frame is not None
    answer = QUESTIONS["DIS"].fullmatch(frame.data)
    assert answer is not None
    assert not long
    assert not short
    assert frame.address == address
    assert quick == (frame.status, float(answer[1]) * (0.001 if answer[3] == "UL" else 1))


def test_the_short_way_of_a_poll_leaves_another_address_alone() -> None:
    wire = bytearray(b"\x0207II0.250W0.000ML\x03")
    assert take_counters(wire, b"00") is None
    assert take_counters(wire, b"07") == ("I", 0.25)


@seed(20261123)
@settings(max_examples=300, database=None, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_consumed_or_kept_and_never_loop(noise: bytes) -> None:
    buffer = bytearray(noise)
    for _ in range(len(noise) + 1):
        size = len(buffer)
        try:
            if take(buffer) is None:
                assert len(buffer) == size
                return
        except BadReply:
            pass
        assert len(buffer) < size
    raise AssertionError("take did not come to an end")


@seed(20261123)
@settings(max_examples=150, database=None, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 255), st.sampled_from("ISP"))
def test_one_changed_byte_in_a_safe_reply_never_gives_a_frame(place: int, change: int, status: str) -> None:
    wire = bytearray(reply_bytes(0, status, "I12.34W0.000ML", safe=True))
    wire[place % len(wire)] ^= change
    try:
        frame = take(wire)
    except BadReply:
        return
    assert frame is None
