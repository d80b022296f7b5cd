"""Every row Y of the bad-input corpus that the document reader judges, with code and place; and what is read."""

import random

import pytest
import yaml

from ruggli.documents import reader as reader_module
from ruggli.documents.nodes import Document, Mark
from ruggli.documents.problem import ProblemsError
from ruggli.documents.reader import MAXIMUM_DEPTH, MAXIMUM_NODES, read_document

NESTED = "".join(" " * depth + "a:\n" for depth in range(300)).encode()
LAUGHS = b"a: &a [lol, lol]\n" + b"".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [*{chr(97 + level)}, *{chr(97 + level)}]\n".encode() for level in range(9)
)

# row, bytes, code, line, column, words
REFUSED = [
    ("Y01", b"a: b\n" * 26215, "E-SIZE", 1, 1, "131072 bytes"),
    ("Y02", b"", "E-EMPTY", 1, 1, "ruggli: 1"),
    ("Y02-blank", b" \n\n", "E-EMPTY", 1, 1, "ruggli: 1"),
    ("Y02-marker", b"---\n", "E-EMPTY", 1, 1, "ruggli: 1"),
    ("Y03", b"# only\n# comments\n", "E-EMPTY", 1, 1, "ruggli: 1"),
    ("Y04", "a: 1\nbé: ".encode() + b"\xff\n", "E-ENCODING", 2, 5, "byte offset 10"),
    ("Y04-utf16", "a: 1\n".encode("utf-16"), "E-ENCODING", 1, 1, "UTF-8"),
    ("Y04-utf16-be", b"\xfe\xff\x00a", "E-ENCODING", 1, 1, "UTF-8"),
    ("Y04-latin", "a: µ".encode("latin-1"), "E-ENCODING", 1, 4, "UTF-8"),
    ("Y06", b"a: 1\nb: c\x00\n", "E-CHAR", 2, 5, "U+0000"),
    ("Y06-bell", b"a: \x07", "E-CHAR", 1, 4, "U+0007"),
    ("Y06-escape", b'a: "x\\x07"', "E-CHAR", 1, 4, "U+0007"),
    ("Y06-nel", "a: b\u0085c: d".encode(), "E-CHAR", 1, 5, "U+0085"),
    ("Y07", "name: a\u202eb".encode(), "E-CHAR", 1, 8, "bidirectional control U+202E"),
    ("Y07-escape", b'name: "a\\u202eb"', "E-CHAR", 1, 7, "bidirectional control U+202E"),
    ("Y07-invisible", "na\u200bme: a".encode(), "E-CHAR", 1, 3, "U+200B"),
    ("Y07-separator", "a: b\u2028c: d".encode(), "E-CHAR", 1, 5, "U+2028"),
    ("Y08", b"a:\n\tb: 1\n", "E-SYNTAX", 2, 1, "use spaces"),
    ("Y08-later", b"a:\tb\n", "E-SYNTAX", 1, 3, "use spaces"),
    ("Y09", LAUGHS, "E-ALIAS", 1, 4, "&a"),
    ("Y10", b"&a [*a]", "E-ALIAS", 1, 1, "&a"),
    ("Y10-undefined", b"a: *b", "E-ALIAS", 1, 4, "*b"),
    ("Y11", b"[" * 100_000, "E-DEPTH", 1, 21, "20 levels"),
    ("Y11-map", b"{a: " * 30_000, "E-DEPTH", 1, 81, "20 levels"),
    ("Y11-late", b"a: 1\nb: " + b"{a: [" * 5_000, "E-DEPTH", 2, 53, "20 levels"),
    ("Y11-block", b"- " * 30_000, "E-DEPTH", 1, 41, "20 levels"),
    ("Y11-after", b"a: {b c: [d]: e}\n" + b"f: " + b"[" * 5_000, "E-SYNTAX", 1, 13, "brackets"),
    ("Y12", NESTED, "E-DEPTH", 21, 21, "20 levels"),
    ("Y13", b"a: !!python/object/apply:os.system [id]", "E-TAG", 1, 4, "!!python/object/apply:os.system"),
    ("Y14", b"a: !!binary eA==", "E-TAG", 1, 4, "!!binary"),
    ("Y14-set", b"a: !!set {x}", "E-TAG", 1, 4, "!!set"),
    ("Y14-own", b"a: !custom 1", "E-TAG", 1, 4, "!custom"),
    ("Y14-str", b"a: !!str 1", "E-TAG", 1, 4, "!!str"),
    ("Y14-key", b"!!str a: 1", "E-TAG", 1, 1, "!!str"),
    ("Y15", b"<<: {a: 1}", "E-MERGE", 1, 1, "repeat the values"),
    ("Y16", b"{volume: 1 mL, volume: 9 mL}", "E-DUPKEY", 1, 16, "first at 1:2"),
    ("Y16-quoted", b"a: 1\n'a': 2\n", "E-DUPKEY", 2, 1, "first at 1:1"),
    ("Y17", b"a: 1\n---\nb: 2", "E-MULTIDOC", 2, 1, "second document"),
    ("Y17-end", b"a: 1\n...\n---\nb: 2", "E-MULTIDOC", 3, 1, "second document"),
    ("Y18", b"? [1,2]\n: 3", "E-KEY", 1, 3, "must be text"),
    ("Y18-map", b"{a: 1}: 3", "E-KEY", 1, 1, "must be text"),
    ("Y18-empty", b"'': 3", "E-KEY", 1, 1, "must be text"),
    ("Y20-list", b"- a\n- b\n", "E-TYPE", 1, 1, "a map is wanted"),
    ("Y20-value", b"abc", "E-TYPE", 1, 1, "a map is wanted"),
    ("Y23", b"steps: [" + b"1," * 10_001 + b"]", "E-COUNT", 1, 20005, "10000 values"),
    ("Y24", b"a: 1\nb: " + b"x" * 100_000, "E-LENGTH", 2, 4, "4096 characters"),
    ("Y25", "a: 1\nv\u043elume: 5 mL".encode(), "E-CHAR", 2, 2, "U+043E"),
    ("more-directive", b"%YAML 1.1\n---\na: 1", "E-SYNTAX", 1, 1, "directive"),
    ("more-bracket", b"a: [1, 2\n", "E-SYNTAX", 2, 1, "not closed"),
    ("more-bracket-no-line-end", b"a: 1\nb: [1, 2", "E-SYNTAX", 2, 9, "not closed"),
    ("more-bracket-many", b"a: }", "E-SYNTAX", 1, 4, "bracket is too many"),
    ("more-quote", b"a: 'x\n", "E-SYNTAX", 2, 1, "close the quotes"),
    ("more-colon", b"a: b: c", "E-SYNTAX", 1, 5, "colon"),
    ("more-at", b"a: @x", "E-SYNTAX", 1, 4, "quotes"),
    ("more-indent", b"a:\n    b: 1\n  c: 2\n", "E-SYNTAX", 3, 3, "indent"),
]


@pytest.fixture(params=["libyaml", "python"])
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both parsers that PyYAML may bring give the same refusals."""
    if request.param == "python":
        monkeypatch.delattr(yaml, "CBaseLoader", raising=False)
    elif not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without libyaml")
    return str(request.param)


@pytest.mark.parametrize(
    ("data", "code", "line", "column", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_row_is_refused(either_parser: str, data: bytes, code: str, line: int, column: int, words: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        read_document(data, "p.yaml")
    first = caught.value.problems[0]
    assert (first.code, first.file, first.line, first.column) == (code, "p.yaml", line, column)
    assert words in first.line_text()
    assert first.remedy


def test_every_row_of_the_reader_is_here() -> None:
    named = {row[0].split("-")[0] for row in REFUSED}
    elsewhere = {"Y05", "Y19", "Y21", "Y22", "Y26"}  # read with a note, below; the others are for validation
    assert {f"Y{number:02d}" for number in range(1, 26)} - elsewhere <= named


def read(text: str) -> Document:
    return read_document(text.encode(), "p.yaml")


def test_y05_byte_order_mark_is_read_with_a_note() -> None:
    document = read_document(b"\xef\xbb\xbfa: 1\n", "p.yaml")
    assert document.plain() == {"a": "1"}
    assert document.key_mark(("a",)) == Mark(1, 1)
    assert [note.code for note in document.notes] == ["N-BOM"]


def test_every_value_is_text() -> None:
    document = read("a: 010\nb: no\nc: 1:30\nd: .nan\ne: 2026-01-01\nf: ~\ng:\nh: 0x10\n'true': x\n1.5: y\n")
    assert document.plain() == {
        "a": "010", "b": "no", "c": "1:30", "d": ".nan", "e": "2026-01-01", "f": "~", "g": "", "h": "0x10",
        "true": "x", "1.5": "y",
    }  # fmt: skip


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(ProblemsError) as caught:
        read("a: &x 1\nb: !t 2\n<<: {}\nc: 1\nc: 2\n")
    assert [problem.code for problem in caught.value.problems] == ["E-ALIAS", "E-TAG", "E-MERGE", "E-DUPKEY"]


def test_places_of_keys_and_values() -> None:
    document = read('name: "µ x"\nsteps:\n  - do: dose\n    rate: "5 mL/h"\n  - [a, b]\n')
    assert document.mark(()) == Mark(1, 1)
    assert document.key_mark(("steps",)) == Mark(2, 1)
    assert document.mark(("steps",)) == Mark(3, 3)
    assert document.mark(("steps", 0)) == Mark(3, 5)
    assert document.key_mark(("steps", 0, "rate")) == Mark(4, 5)
    assert document.mark(("steps", 0, "rate")) == Mark(4, 11)
    assert document.mark(("steps", 0, "rate"), 2) == Mark(4, 14)
    assert document.mark(("steps", 1, 1)) == Mark(5, 9)
    assert document.mark(("steps", 0, "volume")) == Mark(3, 5)
    assert document.mark(("steps", 9, "volume")) == Mark(3, 3)


def test_offset_is_left_out_where_the_value_does_not_stand_as_it_reads() -> None:
    document = read('a: "\\x35 mL"\nb: |\n  5 mL\n')
    assert document.mark(("a",), 2) == Mark(1, 4)
    assert document.mark(("b",), 2) == Mark(2, 4)


def test_caret_stands_below_the_place() -> None:
    document = read("a: 1\nsteps: [x, y]\n")
    assert document.caret(2, 12) == "steps: [x, y]\n           ^"
    long = read("a: " + "x" * 1000 + "\n")
    shown, caret = long.caret(1, 504).split("\n")
    assert len(shown) < 110 and shown[caret.index("^")] == "x"


def test_line_ends_of_all_systems() -> None:
    for end in ("\n", "\r\n", "\r"):
        document = read(f"a: 1{end}b: 2{end}")
        assert document.plain() == {"a": "1", "b": "2"}
        assert document.caret(document.mark(("b",)).line, 4) == "b: 2\n   ^"


def test_plain_is_a_fresh_copy() -> None:
    document = read("a: [1]\n")
    document.plain()["a"] = "changed"
    assert document.plain() == {"a": ["1"]}


def test_hash_is_of_the_bytes() -> None:
    assert read("a: 1\n").sha256 == "37b128c59f1f5097f73f82691cb519f1f568667faab5ced1b4ab979d36837eae"


def test_limits_are_reached_but_not_passed() -> None:
    read("a: " + "[" * (MAXIMUM_DEPTH - 1) + "]" * (MAXIMUM_DEPTH - 1))
    read("a: [" + "1," * (MAXIMUM_NODES - 2) + "]")
    read("".join(f"k{number}: 1\n" for number in range(MAXIMUM_NODES - 1)))  # keys are not counted
    read("a: " + "x" * reader_module.MAXIMUM_SCALAR)


def test_mutated_files_are_read_or_refused() -> None:
    source = b"ruggli: 1\nname: x\nsteps:\n  - do: dose\n    rate: '5 \xc2\xb5L/min'\n    to: {a: [1, 2], b: \"c\"}\n"
    inserts = [
        b"\t",
        b"\x00",
        b"&a ",
        b"*a",
        b"!t ",
        b"---\n",
        b"<<: ",
        b"[",
        b"]",
        b"{",
        b"}",
        b"'",
        b'"',
        b": ",
        b"- ",
    ]
    inserts += [b"? ", b"|", b">", b"%", b"#", b"\xff", b"\n", b"  ", b"\xe2\x80\xae", b",", b"\\", b"@", b"`", b"..."]
    dice = random.Random(20261122)
    refused = 0
    for _ in range(3000):
        data = bytearray(source)
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(data) + 1)
            data[place : place + dice.choice((0, 0, 1, 3))] = dice.choice(inserts)
        try:
            read_document(bytes(data), "p.yaml")
        except ProblemsError as error:
            refused += 1
            assert all(problem.line and problem.column and problem.code.startswith("E-") for problem in error.problems)
    assert 1000 < refused < 3000
