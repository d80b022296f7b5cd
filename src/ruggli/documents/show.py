"""Problems as people read them: place, message, the line with a caret, value, bound and remedy."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from ruggli.documents.nodes import Document, excerpt, split_lines
from ruggli.documents.problem import Problem, errors_first


def render_problems(problems: Iterable[Problem], documents: Mapping[str, Document | str], limit: int = 10) -> str:
    """Problems as text: errors, then warnings, then notes; of each at most `limit`, and how many more there are.

    Args:
        problems: what was found.
        documents: by file name, the documents (or, for a file that could not be read, its text) for the excerpts.
        limit: how many of each severity are shown.
    """
    blocks = []
    for severity, group in groupby(errors_first(problems), key=lambda problem: problem.severity):
        found = list(group)
        blocks += [render_problem(problem, documents.get(problem.file)) for problem in found[:limit]]
        if len(found) > limit:
            more = len(found) - limit
            blocks.append(f"... and {more} more {severity.value}{'s' if more > 1 else ''}")
    return "\n".join(blocks)


def render_problem(problem: Problem, source: Document | str | None = None) -> str:
    """One problem as a few lines."""
    place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part)
    lines = [f"{place} {problem.code} {problem.message}".strip()]
    if source is not None and problem.line:
        text = source if isinstance(source, str) else source.text
        every = split_lines(text)
        line = every[problem.line - 1] if problem.line <= len(every) else ""
        lines += [f"    {part}" for part in excerpt(line, problem.column or 1).split("\n")]
    for word, text in (("got", problem.value), ("expected", problem.bound), ("do", problem.remedy)):
        lines += [f"    {word}: {text}"] if text else []
    return "\n".join(lines)
