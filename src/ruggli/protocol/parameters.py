"""Parameters: values that a user may change from outside, put in the place of `$NAME` before anything is checked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ruggli.documents.nodes import Document, ListNode, MapNode, Node, Path, Scalar, walk
from ruggli.documents.problem import Problem, Severity
from ruggli.documents.validate import problem_at
from ruggli.protocol.finding import nearest
from ruggli.protocol.parameter_value import SECTION, parameter_text, parameter_value

USE_PATTERN: Final = r"\$[A-Za-z0-9][A-Za-z0-9_-]*"
"""A whole value that stands for a parameter."""


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a parameter's value stands.

    Attributes:
        parameter: name of the parameter.
        value: its value, as text.
    """

    parameter: str
    value: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A document with every parameter in its place.

    Attributes:
        document: the same places, with values for `$NAME`.
        values: the value of every parameter, quantities in their canonical form.
        uses: by path, where parameters are used.
        problems: what is wrong with parameters and settings.
    """

    document: Document
    values: Mapping[str, str]
    uses: Mapping[Path, Use]
    problems: tuple[Problem, ...] = field(default=())


def resolve(document: Document, settings: Mapping[str, str]) -> Resolved:
    """Put the parameters' values in place.

    Args:
        document: the protocol file as read.
        settings: values by name that override the defaults (`--set NAME=VALUE`).
    """
    declared = _declared(document)
    problems = list(_unknown_settings(document, settings, declared))
    values: dict[str, str] = {}
    for name in declared:
        values[name], found = parameter_value(document, name, settings.get(name))
        problems += found
        if settings.get(name) is not None and any(problem.severity is Severity.ERROR for problem in found):
            values[name], _ = parameter_value(document, name, None)  # the rest is checked with the default
    uses: dict[Path, Use] = {}
    for path, node in walk(document.root):
        if not isinstance(node, Scalar) or not re.fullmatch(USE_PATTERN, node.text, re.ASCII):
            continue
        name = node.text[1:]
        if path[0] == SECTION:
            if len(path) < 3 or path[2] != "description":
                problems.append(_nested(document, path))
        elif name in values:
            uses[path] = Use(name, values[name])
        else:
            problems.append(_unknown_use(document, path, name, values))
    problems += _unused(document, values, uses)
    root = _substituted(document.root, (), uses)
    assert isinstance(root, MapNode)
    return Resolved(replace(document, root=root), values, uses, tuple(problems))


def _declared(document: Document) -> list[str]:
    section = document.root.entries.get(SECTION)
    entries = section.entries if isinstance(section, MapNode) else {}
    return [name for name in entries if parameter_text(document, name, "default") is not None]


def _substituted(node: Node, path: Path, uses: Mapping[Path, Use]) -> Node:
    if isinstance(node, Scalar):
        return Scalar(uses[path].value, node.mark) if path in uses else node
    if isinstance(node, ListNode):
        return replace(node, items=tuple(_substituted(item, (*path, n), uses) for n, item in enumerate(node.items)))
    return replace(node, entries={key: _substituted(item, (*path, key), uses) for key, item in node.entries.items()})


def _unknown_settings(document: Document, settings: Mapping[str, str], declared: list[str]) -> Iterator[Problem]:
    bound = f"one of {', '.join(declared)}" if declared else "none: the file declares no parameters"
    for name in settings:
        if name not in declared:
            message = f"--set {name}: the protocol has no parameter of this name"
            yield problem_at(
                document, (SECTION,), "E-REF", Severity.ERROR, message,
                value=name, bound=bound, remedy=nearest(name, declared), at_key=True,
            )  # fmt: skip


def _unknown_use(document: Document, path: Path, name: str, values: Mapping[str, str]) -> Problem:
    bound = ", ".join(f"${known}" for known in values)
    remedy = nearest(name, values)
    message = f"there is no parameter named {name}"
    return problem_at(document, path, "E-REF", Severity.ERROR, message, bound=bound, remedy=remedy)


def _nested(document: Document, path: Path) -> Problem:
    message = "a parameter may not be defined by another parameter"
    return problem_at(document, path, "E-REF", Severity.ERROR, message, remedy="write the value itself")


def _unused(document: Document, values: Mapping[str, str], uses: Mapping[Path, Use]) -> Iterator[Problem]:
    used = {use.parameter for use in uses.values()}
    for name in values:
        if name not in used:
            message = f"parameter {name} is used nowhere: setting it changes nothing"
            remedy = f"write ${name} where its value belongs, or remove it"
            path: Path = (SECTION, name)
            yield problem_at(document, path, "N-UNUSED", Severity.NOTE, message, remedy=remedy, at_key=True)
