"""The parts of a diagnosis: questions with answers that lead on, and leaves with what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

LAST_LINE = 182
"""Lines of the source document."""


class Basis(Enum):
    """Whether the source document states it as advice, its procedures imply it, or it was added here."""

    STATED = "stated"
    IMPLIED = "implied"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of the source document, both counted in, from 1."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"L{self.first}" if self.first == self.last else f"L{self.first} to L{self.last}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a question: the word that is written, what it means, and where it leads.

    Attributes:
        word: what an answers file says.
        to: id of the next question or leaf.
        meaning: more than the word says, or "".
    """

    word: str
    to: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the product, the substrate or the run.

    Attributes:
        id: stable id; what an answers file names.
        text: the question.
        why: why it is asked.
        choices: its answers.
        sources: lines of the source document.
        basis: see `Basis`.
    """

    id: str
    text: str
    why: str
    choices: tuple[Choice, ...]
    sources: tuple[Lines, ...]
    basis: Basis = Basis.STATED

    @property
    def words(self) -> tuple[str, ...]:
        """The words of its answers."""
        return tuple(choice.word for choice in self.choices)

    def choice(self, word: str) -> Choice | None:
        """The answer of that word, or None."""
        return next((choice for choice in self.choices if choice.word == word), None)


@dataclass(frozen=True, slots=True)
class Change:
    """What to write in the protocol file.

    Attributes:
        part: what the snippet is a part of: a kind of step (`dose`), the map `reagents`, one entry of it (`reagent`),
            or the top of the file (`file`).
        where: in which step or part, for people.
        snippet: YAML keys. Names and amounts in it are examples where `where` says so.
    """

    part: str
    where: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """The end of a way: what to do.

    Attributes:
        id: stable id.
        recommendation: what to do, with units.
        sources: lines of the source document; () where it was added.
        basis: see `Basis`.
        caution: where other literature, or the document itself, says otherwise; "" where nothing is known.
        changes: what does it in the protocol file; () where no key does.
        command: the command line that helps, "" where none does; PROTOCOL stands for the file.
    """

    id: str
    recommendation: str
    sources: tuple[Lines, ...]
    basis: Basis = Basis.STATED
    caution: str = ""
    changes: tuple[Change, ...] = ()
    command: str = ""


@dataclass(frozen=True, slots=True)
class Tree:
    """Questions and leaves by id, and the first question."""

    start: str
    questions: Mapping[str, Question]
    leaves: Mapping[str, Leaf]


def lines(first: int, last: int | None = None) -> Lines:
    """Lines `first` to `last`, or the one."""
    return Lines(first, first if last is None else last)


def yes_no(yes: str, no: str) -> tuple[Choice, Choice]:
    """The answers yes and no, and where they lead."""
    return Choice("yes", yes), Choice("no", no)


def sources_text(sources: tuple[Lines, ...], basis: Basis) -> str:
    """Where something stands, for people: `L31 to L32, L62`, and its basis where it is not stated there."""
    where = ", ".join(map(str, sources))
    if basis is Basis.ADDED:
        return f"added by Ruggli; see {where}" if where else "added by Ruggli, not in the source document"
    return f"{where} (implied by the procedure)" if basis is Basis.IMPLIED else where
