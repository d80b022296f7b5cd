"""A way and its leaf as plain JSON data."""

from typing import Any

from ruggli.chemistry.diagnosis.tree import Leaf, Lines
from ruggli.chemistry.diagnosis.walk import Passed


def passed_as_json(step: Passed) -> dict[str, Any]:
    """A question that was answered."""
    question, given = step.question, step.given
    return {
        "id": question.id,
        "question": question.text,
        "answer": given.word,
        "from": given.origin,
        "why": given.why,
        "basis": question.basis.value,
        "sources": _lines(question.sources),
    }


def leaf_as_json(leaf: Leaf) -> dict[str, Any]:
    """What to do."""
    return {
        "id": leaf.id,
        "recommendation": leaf.recommendation,
        "basis": leaf.basis.value,
        "sources": _lines(leaf.sources),
        "caution": leaf.caution,
        "command": leaf.command,
        "changes": [{"part": one.part, "where": one.where, "snippet": one.snippet} for one in leaf.changes],
    }


def _lines(sources: tuple[Lines, ...]) -> list[list[int]]:
    return [[part.first, part.last] for part in sources]
