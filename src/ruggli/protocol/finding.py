"""What a check of a protocol finds, before the document says where that stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from ruggli.documents.nodes import Path
from ruggli.documents.problem import Severity
from ruggli.documents.validate import did_you_mean


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about a protocol.

    Attributes:
        path: place in the document, such as `("steps", 3, "rate")`; a key that is absent means its parent's place.
        code: see `Problem.code`.
        message: one sentence that says what is wrong, readable alone.
        value: what was found, with unit.
        bound: what is allowed, with unit.
        remedy: what to do, in the right form.
        severity: see `Severity`.
    """

    path: Path
    code: str
    message: str
    value: str = ""
    bound: str = ""
    remedy: str = ""
    severity: Severity = Severity.ERROR


def nearest(name: str, known: Iterable[str]) -> str:
    """A remedy for a name that is not known: the nearest one, else the list."""
    names = sorted(known)
    guess = did_you_mean(name, names)
    if guess:
        return f"did you mean `{guess}`?"
    return f"use one of: {', '.join(names[:20])}" if names else "declare it"
