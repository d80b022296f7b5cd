"""From a document to a model: every finding of pydantic as a problem with its place in the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ruggli.documents.nodes import Document, ListNode, MapNode, Path, Scalar, path_text
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.shape import key_names, locate
from ruggli.quantities.reader import Reading

Model = TypeVar("Model", bound=BaseModel)

_MAXIMUM_SHOWN = 60


def validate(
    document: Document, model: type[Model], *, version_key: str = "ruggli", versions: tuple[str, ...] = ("1",)
) -> Model:
    """Reads a document as a model.

    Args:
        document: the document.
        model: a strict, frozen model that forbids unknown keys; may declare `version_key` or not.
        version_key: the key that tells the version of the file format.
        versions: the versions that are read.

    Raises:
        ProblemsError: the document is no such model; holds every problem, in the order of the file.
    """
    version = _version_problem(document, version_key, versions)
    if version is not None and version_key in document.root.entries:
        raise ProblemsError((version,))  # the rest means something else in another version
    data = document.plain()
    if version_key not in key_names(model):
        data.pop(version_key, None)
    problems = [version] if version is not None else []
    try:
        result = model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        found = _problems(document, model, [item for item in details if item["loc"] != (version_key,)])
        problems += sorted(found, key=lambda problem: (problem.line, problem.column))
    else:
        if not problems:
            return result
    raise ProblemsError(tuple(problems))


def problem_at(
    document: Document,
    path: Path,
    code: str,
    severity: Severity,
    message: str,
    *,
    value: str | None = None,
    bound: str = "",
    remedy: str = "",
    at_key: bool = False,
    offset: int = 0,
) -> Problem:
    """A problem about what stands at a path.

    Args:
        document: the document.
        path: keys and indices; where the file has nothing there, the place is the nearest map or list above.
        code: stable name.
        severity: error, warning or note.
        message: one sentence.
        value: what was found; None takes the text of the file.
        bound: what is allowed.
        remedy: what to do.
        at_key: place it at the key and not at the value.
        offset: the offending character in the value.
    """
    mark = document.key_mark(path) if at_key else document.mark(path, offset)
    shown = _value_text(document, path) if value is None else value
    return Problem(
        code, severity, message, document.file, mark.line, mark.column, shown, bound, remedy, path_text(path)
    )


def reading_notes(document: Document, model: BaseModel) -> tuple[Problem, ...]:
    """What was odd about the quantities that a validated model holds (`N-UNIT-CASE`), at their places."""
    return tuple(
        problem_at(
            document, path, note.code, Severity.NOTE, note.message, remedy=f"write {reading}", offset=note.offset
        )
        for path, reading in _readings(model, ())
        for note in reading.notes
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The known word that a mistyped one comes nearest to, or ""."""
    names = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return names[near[0]] if near else ""


def _readings(value: object, path: Path) -> Iterable[tuple[Path, Reading]]:
    if isinstance(value, Reading):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _readings(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _readings(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _readings(item, (*path, index))


def _version_problem(document: Document, key: str, versions: tuple[str, ...]) -> Problem | None:
    found = document.root.entries.get(key)
    if isinstance(found, Scalar) and found.text in versions:
        return None
    bound, remedy = " or ".join(versions), f"begin the file with `{key}: {versions[-1]}`"
    if found is None:
        message = f"the version is missing: the file has no key `{key}`"
        return Problem("E-VERSION", Severity.ERROR, message, document.file, 1, 1, "", bound, remedy, key)
    return problem_at(
        document,
        (key,),
        "E-VERSION",
        Severity.ERROR,
        "this version of the file format is not read",
        bound=bound,
        remedy=remedy,
    )


def _problems(document: Document, model: type[BaseModel], details: list[ErrorDetails]) -> list[Problem]:
    found: dict[tuple[str, str], Problem] = {}
    guesses = set()
    for detail in details:
        path, holder = locate(document, model, detail["loc"])
        problem = _problem(document, path, holder, detail)
        if problem.code == "E-UNKNOWN-KEY" and holder is not None:
            guesses.add((path[:-1], did_you_mean(str(path[-1]), key_names(holder))))
        elif problem.code == "E-MISSING" and path and (path[:-1], path[-1]) in guesses:
            continue
        found.setdefault((problem.path, problem.code), problem)
    missing = {path_text((*parent, name)) for parent, name in guesses}  # said by "did you mean" already
    return [problem for problem in found.values() if problem.code != "E-MISSING" or problem.path not in missing]


def _problem(document: Document, path: Path, holder: type[BaseModel] | None, detail: ErrorDetails) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind.startswith(("E-", "W-", "N-")):
        return _own_problem(document, path, kind, context, at_key=detail["loc"][-1:] == ("[key]",))
    if kind == "extra_forbidden":
        return _unknown_key(document, path, holder)
    if kind == "missing":
        message = f"`{path[-1]}` is missing" if path else "a value is missing"
        return problem_at(
            document, path, "E-MISSING", Severity.ERROR, message, value="", remedy=f"write `{path[-1]}: ...`"
        )
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _union_problem(document, path, kind, context)
    if kind in ("literal_error", "enum"):
        return _choice_problem(document, path, str(context.get("expected", "")))
    return _plain_problem(document, path, kind, detail["msg"], context)


def _own_problem(document: Document, path: Path, code: str, context: Mapping[str, Any], *, at_key: bool) -> Problem:
    offset = int(context.get("offset", 0))
    return problem_at(
        document,
        path,
        code,
        Severity.ERROR,
        str(context.get("message", "")),
        value=str(context["value"]) if context.get("value") else None,
        bound=str(context.get("bound", "")),
        remedy=str(context.get("remedy", "")),
        at_key=at_key,
        offset=0 if at_key else offset,
    )


def _unknown_key(document: Document, path: Path, holder: type[BaseModel] | None) -> Problem:
    key = str(path[-1])
    known = key_names(holder) if holder else []
    guess = did_you_mean(key, known)
    remedy = f"did you mean `{guess}`?" if guess else f"keys here: {', '.join(known)}" if known else "remove it"
    message = f"key `{_clip(key)}` is not known here"
    return problem_at(
        document, path, "E-UNKNOWN-KEY", Severity.ERROR, message, value=_clip(key), remedy=remedy, at_key=True
    )


def _union_problem(document: Document, path: Path, kind: str, context: Mapping[str, Any]) -> Problem:
    key = str(context.get("discriminator", "")).strip("'")
    if kind == "union_tag_not_found":
        message = f"`{key}` is missing"
        remedy = f"write `{key}: ...`"
        if not isinstance(document.node(path), MapNode):
            return _plain_problem(document, path, "dict_type", "", {})
        return problem_at(document, (*path, key), "E-MISSING", Severity.ERROR, message, value="", remedy=remedy)
    return _choice_problem(document, (*path, key), str(context.get("expected_tags", "")))


def _choice_problem(document: Document, path: Path, expected: str) -> Problem:
    node = document.node(path)
    if not isinstance(node, Scalar):
        return _plain_problem(document, path, "string_type", "", {})
    words = [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",")]
    guess = did_you_mean(node.text, words)
    remedy = f"did you mean `{guess}`?" if guess else f"write {' or '.join(words) if len(words) < 3 else 'one of them'}"
    message = f"`{_clip(node.text)}` is not one of the values of `{path_text(path[-1:])}`"
    return problem_at(document, path, "E-VALUE", Severity.ERROR, message, bound=", ".join(words), remedy=remedy)


_WANTED = {
    "list_type": ("a list", "begin each item with `- `"),
    "tuple_type": ("a list", "begin each item with `- `"),
    "dict_type": ("a map", "write `key: value`"),
    "model_type": ("a map", "write `key: value`"),
    "model_attributes_type": ("a map", "write `key: value`"),
    "string_type": ("a single value", "write one value"),
}


def _plain_problem(document: Document, path: Path, kind: str, said: str, context: Mapping[str, Any]) -> Problem:
    if kind.endswith(("_type", "_parsing", "is_instance_of")):
        wanted, remedy = _WANTED.get(kind, ("another kind of value", said))
        message = f"{_kind_text(document, path)} stands where {wanted} is wanted"
        return problem_at(document, path, "E-TYPE", Severity.ERROR, message, bound=wanted, remedy=remedy)
    if kind in ("too_long", "too_short"):
        limit = context.get("max_length", context.get("min_length", ""))
        bound = f"{'at most' if kind == 'too_long' else 'at least'} {limit}"
        message = f"{path_text(path[-1:]) or 'the list'} has {context.get('actual_length')} items"
        return problem_at(
            document, path, "E-COUNT", Severity.ERROR, message, bound=bound, remedy=f"write {bound} items"
        )
    if kind.startswith("string_too_"):
        limit = context.get("max_length", context.get("min_length", ""))
        bound = f"{'at most' if kind.endswith('long') else 'at least'} {limit} characters"
        return problem_at(document, path, "E-LENGTH", Severity.ERROR, "the text has the wrong length", bound=bound)
    if kind.startswith(("greater_than", "less_than")):
        return problem_at(document, path, "E-RANGE", Severity.ERROR, said, remedy="write a value in the range")
    message = str(context["error"]) if "error" in context else said
    return problem_at(document, path, "E-VALUE", Severity.ERROR, message)


def _kind_text(document: Document, path: Path) -> str:
    node = document.node(path)
    if isinstance(node, MapNode):
        return "a map"
    if isinstance(node, ListNode):
        return "a list"
    return "nothing" if node is None or not node.text else "a single value"


def _value_text(document: Document, path: Path) -> str:
    node = document.node(path)
    return _clip(node.text) if isinstance(node, Scalar) else ""


def _clip(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAXIMUM_SHOWN else line[: _MAXIMUM_SHOWN - 3] + "..."
