"""Reads a rig file: bytes in, a checked rig out."""

from dataclasses import dataclass

from ruggli.documents.nodes import Document
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.reader import read_document
from ruggli.documents.validate import reading_notes, validate
from ruggli.rig.consistency import rig_problems
from ruggli.rig.model import Rig


@dataclass(frozen=True, slots=True)
class RigFile:
    """A rig with the document it was read from.

    Attributes:
        rig: what the file says; it agrees with itself.
        document: the file, for places in messages.
        problems: warnings and notes.
    """

    rig: Rig
    document: Document
    problems: tuple[Problem, ...]

    @property
    def sha256(self) -> str:
        """Hash of the bytes that were read."""
        return self.document.sha256


def read_rig(data: bytes, file: str) -> RigFile:
    """Read and check a rig file as far as it can be judged alone.

    What needs more is elsewhere: `ruggli.rig.checks` (attended or not, what the disk says) and
    `ruggli.plan.driver_checks` (what the drivers declare).

    Args:
        data: the file's bytes.
        file: its name as the user gave it, for messages.

    Raises:
        ProblemsError: every error of the file, with line and column.
    """
    document = read_document(data, file)
    rig = validate(document, Rig)
    problems = (*document.notes, *reading_notes(document, rig), *rig_problems(rig, document))
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise ProblemsError(tuple(sorted(problems, key=lambda problem: problem.severity is not Severity.ERROR)))
    return RigFile(rig, document, problems)
