"""The strict YAML reader: bytes to a `Document` in which every value is text and every node has a place.

What YAML adds to plain lists and maps (anchors, aliases, tags, merge keys, several documents, duplicate keys,
directives) is refused while the parser's events arrive, before anything is built.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from ruggli.documents.nodes import Document, ListNode, MapNode, Mark, Node, Scalar, split_lines
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.text import (
    MAXIMUM_PROBLEMS,
    decode,
    forbidden_character,
    forbidden_message,
    mixed_script,
    refuse,
)
from ruggli.quantities.characters import described

MAXIMUM_DEPTH: Final = 20
MAXIMUM_NODES: Final = 10_000
"""Values, lists and maps; keys are not counted."""
MAXIMUM_SCALAR: Final = 4096

_TOO_DEEP: Final = "maximum nesting depth"
_SYNTAX: Final = (
    (
        "mapping values are not allowed",
        "a colon stands where none may",
        "put the value in quotes, or check the indentation",
    ),
    ("could not find expected ':'", "a key has no colon", "write `key: value`"),
    ("cannot start any token", "this character may not begin a value", "put the value in quotes"),
    ("end of stream", "the file ends within a quoted text", "close the quotes"),
    ("block end", "the indentation does not fit", "indent the keys of one map alike"),
    ("did not find expected key", "the indentation does not fit", "indent the keys of one map alike"),
    ("did not find expected '-' indicator", "the indentation does not fit", "indent the items of one list alike"),
    ("',' or", "a list or map in brackets is not closed", "close it, or put a comma between its parts"),
    ("node content", "a value is missing here, or a bracket is too many", "write the value, or remove the bracket"),
    ("document start", "text follows the end of the document", "remove what follows"),
    ("alphabetic", "this character may not begin a value", "put the value in quotes"),
    ("unknown escape", "this escape is not known", "double the backslash, or use single quotes"),
)


def read_document(data: bytes, file: str) -> Document:
    """Reads the bytes of a file.

    Args:
        data: the bytes.
        file: how the user named the file; for messages.

    Raises:
        ProblemsError: the file is refused; every problem has file, line and column.
    """
    text, notes, root = _read(data, file, "begin it with `ruggli: 1`")
    if not isinstance(root, MapNode):
        kind = "a list" if isinstance(root, ListNode) else "a single value"
        raise refuse(
            file, "E-TYPE", root.mark, f"{kind} stands where a map is wanted", kind, "a map", "write `key: value`"
        )
    return Document(file, text, hashlib.sha256(data).hexdigest(), root, notes)


def read_list(data: bytes, file: str, name: str) -> Document:
    """Reads the bytes of a file that holds a list; in the document the list stands under `name`.

    Args:
        data: the bytes.
        file: how the user named the file; for messages.
        name: the key of the list; paths begin with it.

    Raises:
        ProblemsError: the file is refused; every problem has file, line and column.
    """
    text, notes, root = _read(data, file, "write a list; `[]` is an empty one")
    if not isinstance(root, ListNode):
        kind = "a map" if isinstance(root, MapNode) else "a single value"
        remedy = "begin each item with `- `"
        raise refuse(file, "E-TYPE", root.mark, f"{kind} stands where a list is wanted", kind, "a list", remedy)
    whole = MapNode({name: root}, {name: root.mark}, root.mark)
    return Document(file, text, hashlib.sha256(data).hexdigest(), whole, notes)


def _read(data: bytes, file: str, when_empty: str) -> tuple[str, tuple[Problem, ...], Node]:
    text, notes = decode(data, file)
    root, problems = _parse(text, file)
    if problems:
        raise ProblemsError(tuple(problems[:MAXIMUM_PROBLEMS]))
    if root is None or (isinstance(root, Scalar) and not root.text):
        raise refuse(file, "E-EMPTY", Mark(1, 1), "the file is empty", remedy=when_empty)
    return text, notes, root


def _events(text: str) -> Iterator[Event]:
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    events: Iterator[Event] = yaml.parse(text, Loader=loader)
    return events


def _parse(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """The root of a text, and what is wrong with it.

    libyaml 0.2.6 gives up at 1000 levels, which it meets as far as 1024 characters ahead of the events that it hands
    over. Without what follows it hands these over, and the builder refuses at the first level that is too deep for us.
    """
    builder = _Builder(file)
    try:
        return builder.build(_events(text)), builder.problems
    except yaml.MarkedYAMLError as error:
        if _TOO_DEEP in str(error.problem) and error.problem_mark:
            return _parse(text[: error.problem_mark.index], file)
        return None, [*builder.problems, _syntax_problem(error, file, text)]
    except yaml.YAMLError as error:  # the reader's own checks; ours came before
        raise refuse(file, "E-SYNTAX", Mark(1, 1), f"the file is no YAML: {error}") from None


def _syntax_problem(error: yaml.MarkedYAMLError, file: str, text: str) -> Problem:
    place = error.problem_mark or error.context_mark
    mark = Mark(place.line + 1, place.column + 1) if place else Mark(1, 1)
    lines = split_lines(text)
    if mark.line > len(lines):  # the parser counts the end of a last line without line end as a line more
        mark = Mark(len(lines), len(lines[-1]) + 1)
    said = str(error.problem or error.context or "")
    for words, message, remedy in _SYNTAX:
        if words in said:
            return Problem("E-SYNTAX", Severity.ERROR, message, file, mark.line, mark.column, remedy=remedy)
    return Problem("E-SYNTAX", Severity.ERROR, said or "the file is no YAML", file, mark.line, mark.column)


class _Builder:
    """Turns the events of one file into nodes and collects what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._nodes = 0
        self._keys = 0

    def build(self, events: Iterator[Event]) -> Node | None:
        """The root node; None when the file holds nothing."""
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse("E-MULTIDOC", event, "a second document begins", "one document a file", "remove `---`")
                if event.version or event.tags:
                    self._add("E-SYNTAX", _mark(event), "a directive is not read", remedy="remove the line with `%`")
            elif isinstance(event, NodeEvent):
                root = self._node(event, events, 0)
        return root

    def _node(self, event: NodeEvent, events: Iterator[Event], depth: int) -> Node:
        self._nodes += 1
        if self._nodes > MAXIMUM_NODES + self._keys:
            self._refuse("E-COUNT", event, "the file has too many values", f"{MAXIMUM_NODES} values", "split it")
        self._check_extras(event)
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if isinstance(event, CollectionStartEvent):
            if depth >= MAXIMUM_DEPTH:
                self._refuse("E-DEPTH", event, "the nesting is too deep", f"{MAXIMUM_DEPTH} levels", "nest less")
            if isinstance(event, MappingStartEvent):
                return self._map(event, events, depth)
            return self._list(event, events, depth)
        return Scalar("", _mark(event))

    def _check_extras(self, event: NodeEvent) -> None:
        if isinstance(event, AliasEvent):
            self._add(
                "E-ALIAS", _mark(event), f"alias *{_clip(event.anchor or '')} is not read", remedy="repeat the value"
            )
        elif event.anchor is not None:
            self._add("E-ALIAS", _mark(event), f"anchor &{_clip(event.anchor or '')} is not read", remedy="remove it")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._add("E-TAG", _mark(event), f"tag {_clip(_short_tag(tag))} is not read", remedy="remove it")

    def _scalar(self, event: ScalarEvent) -> Scalar:
        mark, text = _mark(event), str(event.value)
        if len(text) > MAXIMUM_SCALAR:
            got, bound = f"{len(text)} characters", f"{MAXIMUM_SCALAR} characters"
            self._add("E-LENGTH", mark, "a value is too long", got, bound, "shorten it")
        odd = forbidden_character(text)  # by an escape: as itself it was refused before
        if odd:
            self._add("E-CHAR", mark, forbidden_message(odd), remedy="remove it")
        return Scalar(text, mark)

    def _list(self, event: CollectionStartEvent, events: Iterator[Event], depth: int) -> ListNode:
        items: list[Node] = []
        for inner in events:
            if isinstance(inner, SequenceEndEvent):
                break
            items.append(self._node(_as_node(inner), events, depth + 1))
        return ListNode(tuple(items), _mark(event))

    def _map(self, event: CollectionStartEvent, events: Iterator[Event], depth: int) -> MapNode:
        entries: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        for inner in events:
            if isinstance(inner, MappingEndEvent):
                break
            self._keys += 1
            key = self._key(self._node(_as_node(inner), events, depth + 1), keys)
            value = self._node(_as_node(next(events)), events, depth + 1)
            if key is not None:
                entries[key.text] = value
                keys[key.text] = key.mark
        return MapNode(entries, keys, _mark(event))

    def _key(self, key: Node, seen: dict[str, Mark]) -> Scalar | None:
        if not isinstance(key, Scalar) or not key.text.strip():
            self._add("E-KEY", key.mark, "a key must be text", remedy="write `key: value`")
            return None
        if key.text == "<<":
            self._add("E-MERGE", key.mark, "merge key `<<` is not read", remedy="repeat the values")
            return None
        odd = mixed_script(key.text)
        if odd is not None:
            message = f"letter {described(key.text[odd])} stands among Latin letters"
            mark = Mark(key.mark.line, key.mark.column + odd)
            self._add("E-CHAR", mark, message, key.text, "", "type the key again in Latin letters")
            return None
        first = seen.get(key.text)
        if first is not None:
            message = f"key `{_clip(key.text)}` stands twice, first at {first.line}:{first.column}"
            self._add("E-DUPKEY", key.mark, message, _clip(key.text), "", "keep one of the two")
            return None
        return key

    def _add(self, code: str, mark: Mark, message: str, value: str = "", bound: str = "", remedy: str = "") -> None:
        self.problems.append(
            Problem(code, Severity.ERROR, message, self._file, mark.line, mark.column, value, bound, remedy)
        )
        if len(self.problems) >= MAXIMUM_PROBLEMS:
            raise ProblemsError(tuple(self.problems))

    def _refuse(self, code: str, event: Event, message: str, bound: str, remedy: str) -> None:
        self._add(code, _mark(event), message, "", bound, remedy)
        raise ProblemsError(tuple(self.problems))


def _as_node(event: Event) -> NodeEvent:
    assert isinstance(event, NodeEvent)
    return event


def _mark(event: Event) -> Mark:
    place = event.start_mark
    return Mark(place.line + 1, place.column + 1) if place else Mark(1, 1)


def _short_tag(tag: str) -> str:
    return "!!" + tag[len("tag:yaml.org,2002:") :] if tag.startswith("tag:yaml.org,2002:") else tag


def _clip(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
