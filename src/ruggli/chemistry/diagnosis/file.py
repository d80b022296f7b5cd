"""The answers file of a diagnosis: `ruggli: 1`, and under `answers` the answer by id of the question."""

from typing import Any

from ruggli.chemistry.diagnosis.tree import Tree
from ruggli.documents.model import Model
from ruggli.documents.nodes import Document
from ruggli.documents.place import did_you_mean, problem_at
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.reader import read_document
from ruggli.documents.validate import validate
from ruggli.quantities.fields import Name, Text


class DiagnosisFile(Model):
    """The whole file."""

    answers: dict[Name, Text]


def read_diagnosis_answers(data: bytes, file: str, tree: Tree) -> dict[str, str]:
    """Read an answers file.

    Args:
        data: the file's bytes.
        file: its name for messages.
        tree: the tree that is asked.

    Returns:
        The word of the answer by id of the question.

    Raises:
        ProblemsError: every error of the file, with line and column.
    """
    document = read_document(data, file)
    answers = validate(document, DiagnosisFile).answers
    problems = tuple(
        problem for key, word in answers.items() for problem in [_unknown(document, tree, key, word)] if problem
    )
    if problems:
        raise ProblemsError(problems)
    return answers


def _unknown(document: Document, tree: Tree, key: str, word: str) -> Problem | None:
    question = tree.questions.get(key)
    if question is not None and word in question.words:
        return None
    known = tuple(tree.questions) if question is None else question.words
    message = f"there is no question `{key}`" if question is None else f"the question {key} has no answer `{word}`"
    near = did_you_mean(key if question is None else word, known)
    remedy = f"did you mean `{near}`?" if near else "use one of these"
    path, at_key, bound = ("answers", key), question is None, ", ".join(known)
    value = key if question is None else word
    return problem_at(
        document, path, "E-REF", Severity.ERROR, message, value=value, bound=bound, remedy=remedy, at_key=at_key
    )


def diagnosis_schema(tree: Tree) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an answers file of a tree."""
    answers = {
        question.id: {"enum": list(question.words), "description": question.text}
        for question in tree.questions.values()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Ruggli diagnosis answers",
        "type": "object",
        "properties": {
            "ruggli": {"enum": [1, "1"], "description": "version of the file format"},
            "answers": {
                "type": "object",
                "properties": answers,
                "additionalProperties": False,
                "description": "answer by id of the question",
            },
        },
        "required": ["ruggli", "answers"],
        "additionalProperties": False,
    }
