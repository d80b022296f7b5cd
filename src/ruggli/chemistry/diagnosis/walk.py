"""The way through a tree, as far as answers lead."""

from collections.abc import Mapping
from dataclasses import dataclass

from ruggli.chemistry.diagnosis.tree import Leaf, Question, Tree


@dataclass(frozen=True, slots=True)
class Given:
    """An answer.

    Attributes:
        word: one of the words of its question.
        origin: where it comes from: `run`, `file` or `terminal`.
        why: what it rests on, with units, or "".
    """

    word: str
    origin: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A question on the way, and the answer to it."""

    question: Question
    given: Given


@dataclass(frozen=True, slots=True)
class Way:
    """The questions that were answered, in order, and where that leads: the next question, or a leaf."""

    passed: tuple[Passed, ...]
    at: Question | Leaf


def walk(tree: Tree, answers: Mapping[str, Given]) -> Way:
    """Follow the answers from the start.

    Args:
        tree: the tree; without cycles.
        answers: by id of the question; those of questions beside the way play no part.

    Returns:
        The way to the first question without an answer, or to a leaf.

    Raises:
        KeyError: an answer's word is none of its question.
    """
    passed: list[Passed] = []
    here = tree.start
    while here in tree.questions:
        question = tree.questions[here]
        given = answers.get(here)
        if given is None:
            return Way(tuple(passed), question)
        choice = question.choice(given.word)
        if choice is None:
            raise KeyError(f"{here} has no answer {given.word!r}; its answers are {', '.join(question.words)}")
        passed.append(Passed(question, given))
        here = choice.to
    return Way(tuple(passed), tree.leaves[here])
