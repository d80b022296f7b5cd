"""A diagnosis: answers of the terminal, of a file and of a run, and the way that they lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ruggli.app.records import journal_of
from ruggli.app.run_answers import Known, answers_of
from ruggli.app.run_facts import facts_of
from ruggli.chemistry.diagnosis.tree import Tree
from ruggli.chemistry.diagnosis.walk import Given, Way, walk


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How far a diagnosis has come; frozen, each answer makes a new one.

    Attributes:
        tree: what is asked.
        known: what the run says, by id of the question.
        filed: words of the answers file.
        typed: words of the terminal, which go before the others.
        reopened: questions that are asked whatever the run and the file say, for a person went back to them.
        note: something to be told about the run, or "".
    """

    tree: Tree
    known: Mapping[str, Known] = field(default_factory=dict)
    filed: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    reopened: frozenset[str] = frozenset()
    note: str = ""

    @property
    def way(self) -> Way:
        """As far as the answers lead."""
        return walk(self.tree, self._given())

    @property
    def unused(self) -> tuple[str, ...]:
        """Questions that the file answers and that are not on the way, in the order of the file."""
        passed = {step.question.id for step in self.way.passed}
        return tuple(key for key in self.filed if key not in passed)

    def answer(self, question: str, word: str) -> "Diagnosis":
        """With an answer from the terminal."""
        return replace(self, typed={**self.typed, question: word})

    def back(self) -> "Diagnosis":
        """One question back, which is then asked; the same where none was passed."""
        passed = self.way.passed
        if not passed:
            return self
        last = passed[-1].question.id
        kept = {key: word for key, word in self.typed.items() if key != last}
        return replace(self, typed=kept, reopened=self.reopened | {last})

    def _given(self) -> dict[str, Given]:
        given = {
            key: Given(known.word, "run", known.why)
            for key, known in self.known.items()
            if known.word is not None and key not in self.reopened
        }
        for key, word in self.filed.items():
            if key not in self.reopened:
                given[key] = Given(word, "file", self._run_says(key))
        given |= {key: Given(word, "terminal", self._run_says(key)) for key, word in self.typed.items()}
        return given

    def _run_says(self, key: str) -> str:
        known = self.known.get(key)
        if known is None:
            return ""
        return f"the run says: {known.why}" + ("" if known.word is None else f", so {known.word}")


def begin(tree: Tree, folder: str | None, filed: Mapping[str, str]) -> Diagnosis:
    """Begin a diagnosis.

    Args:
        tree: what is asked.
        folder: folder of the run, or None.
        filed: words of the answers file, by id of the question.

    Raises:
        InputError: the journal cannot be read.
        JournalError: it is no journal.
    """
    if folder is None:
        return Diagnosis(tree, filed=filed)
    facts = facts_of(journal_of(folder))
    return Diagnosis(tree, answers_of(facts), filed, note=facts.note)
