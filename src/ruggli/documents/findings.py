"""What pydantic finds wrong, said in the words of the file."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from ruggli.documents.nodes import Document, ListNode, MapNode, Path, Scalar, path_text
from ruggli.documents.place import clip, did_you_mean, problem_at
from ruggli.documents.problem import Problem, Severity
from ruggli.documents.shape import key_names, locate


def problems_of(document: Document, model: type[BaseModel], details: list[ErrorDetails]) -> list[Problem]:
    """The problems that pydantic's errors stand for, each once, with its place in the file."""
    found: dict[tuple[str, str], Problem] = {}
    guesses = set()
    for detail in details:
        if _is_short_for_a_refused_item(detail, details) or _is_word_beside_a_map(detail, details):
            continue
        path, holder = locate(document, model, detail["loc"])
        problem = _problem(document, path, holder, detail)
        if problem.code == "E-UNKNOWN-KEY" and holder is not None:
            guesses.add((path[:-1], did_you_mean(str(path[-1]), key_names(holder))))
        elif problem.code == "E-MISSING" and path and (path[:-1], path[-1]) in guesses:
            continue
        found.setdefault((problem.path, problem.code), problem)
    missing = {path_text((*parent, name)) for parent, name in guesses}  # said by "did you mean" already
    kept = [problem for problem in found.values() if problem.code != "E-MISSING" or problem.path not in missing]
    return _one_for_each_place(kept)


def _is_short_for_a_refused_item(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Whether a list counts as too short only because an item of it was refused: pydantic counts the good ones."""
    place = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in details
    )


def _is_word_beside_a_map(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Whether a word is missed where a map stands that was meant, and of which something else is refused."""
    place = detail["loc"][:-1]
    return detail["type"] == "literal_error" and any(
        len(other["loc"]) > len(place) + 1 and other["loc"][: len(place)] == place for other in details
    )


def _one_for_each_place(problems: list[Problem]) -> list[Problem]:
    """A value that may be a quantity or a word is refused twice; say the half that was meant, and name the other."""
    words = {problem.path: problem for problem in problems if problem.code == "E-VALUE" and problem.bound}
    told: list[Problem] = []
    for problem in problems:
        word = words.get(problem.path)
        others = word is not None and any(other.path == problem.path and other is not word for other in problems)
        if word is None or not others:
            told.append(problem)
        elif (problem is word) == word.remedy.startswith("did you mean"):
            told.append(problem if problem is word else replace(problem, bound=f"{problem.bound}, or {word.bound}"))
    return told


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
    message = f"key `{clip(key)}` is not known here"
    return problem_at(
        document, path, "E-UNKNOWN-KEY", Severity.ERROR, message, value=clip(key), remedy=remedy, at_key=True
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
    message = f"`{clip(node.text)}` is not one of the values of `{path_text(path[-1:])}`"
    return problem_at(document, path, "E-VALUE", Severity.ERROR, message, bound=", ".join(words), remedy=remedy)


_WANTED: Final = {
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
