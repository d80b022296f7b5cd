"""A document as read: text values, maps and lists, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ruggli.documents.problem import Problem

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indices from the top of a document."""
Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"

_EXCERPT_WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column count from 1, the column in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: always text."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class MapNode:
    """A map; `keys` gives the place of each key."""

    entries: Mapping[str, Node]
    keys: Mapping[str, Mark]
    mark: Mark


Node: TypeAlias = Scalar | ListNode | MapNode


@dataclass(frozen=True, slots=True)
class Document:
    """A strictly read file.

    Attributes:
        file: the file as the user named it.
        text: its text, without byte order mark.
        sha256: hash of its bytes, hexadecimal.
        root: the top map.
        notes: oddities that were accepted.
        lines: the lines of the text, without their ends.
    """

    file: str
    text: str
    sha256: str
    root: MapNode
    notes: tuple[Problem, ...] = ()
    lines: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(split_lines(self.text)))

    def plain(self) -> dict[str, Plain]:
        """The document as nested maps, lists and texts; a fresh copy."""
        return {key: _plain(value) for key, value in self.root.entries.items()}

    def node(self, path: Path) -> Node | None:
        """What stands at a path, or None."""
        found: Node | None = self.root
        for part in path:
            if isinstance(found, MapNode) and isinstance(part, str):
                found = found.entries.get(part)
            elif isinstance(found, ListNode) and isinstance(part, int) and 0 <= part < len(found.items):
                found = found.items[part]
            else:
                return None
        return found

    def mark(self, path: Path, offset: int = 0) -> Mark:
        """The place of the value at a path; of the nearest value above it that the file has, if need be.

        Args:
            path: keys and indices.
            offset: a character within the value; counted only when the value stands on its line as it reads.
        """
        while self.node(path) is None:
            path, offset = path[:-1], 0
        node = self.node(path)
        assert node is not None
        if not offset or not isinstance(node, Scalar):
            return node.mark
        rest = self.line(node.mark.line)[node.mark.column - 1 :]
        for quote in ("", "'", '"'):
            if rest.startswith(quote + node.text):
                return Mark(node.mark.line, node.mark.column + len(quote) + offset)
        return node.mark

    def key_mark(self, path: Path) -> Mark:
        """The place of the key at the end of a path; of the value when that is a list item."""
        parent = self.node(path[:-1])
        if path and isinstance(parent, MapNode) and path[-1] in parent.keys:
            return parent.keys[str(path[-1])]
        return self.mark(path)

    def line(self, number: int) -> str:
        """A line of the text, counted from 1; "" beyond its end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def caret(self, line: int, column: int) -> str:
        """Two lines: the line of the text (cut to about 100 characters around the place), and a caret below it."""
        return excerpt(self.line(line), column)


def split_lines(text: str) -> list[str]:
    """Lines as YAML counts them."""
    return re.split(r"\r\n|\r|\n", text)


def excerpt(line: str, column: int) -> str:
    """A line cut to about 100 characters around a column, and a caret below that column."""
    start = max(0, column - 1 - _EXCERPT_WIDTH // 2) if len(line) > _EXCERPT_WIDTH else 0
    shown = "".join(character if character.isprintable() else "?" for character in line[start : start + _EXCERPT_WIDTH])
    head = "..." if start else ""
    tail = "..." if start + _EXCERPT_WIDTH < len(line) else ""
    return f"{head}{shown}{tail}\n{' ' * (len(head) + max(0, column - 1 - start))}^"


def path_text(path: Path) -> str:
    """A path for people: `steps[3].rate`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node below and including `node`, with its path, in the order of the file."""
    yield path, node
    if isinstance(node, MapNode):
        for key, value in node.entries.items():
            yield from walk(value, (*path, key))
    elif isinstance(node, ListNode):
        for index, value in enumerate(node.items):
            yield from walk(value, (*path, index))


def _plain(node: Node) -> Plain:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, ListNode):
        return [_plain(item) for item in node.items]
    return {key: _plain(value) for key, value in node.entries.items()}
