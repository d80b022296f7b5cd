"""A problem: what is wrong, where, the value, the bound and the remedy."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import Enum

from ruggli.errors import InputError


class Severity(Enum):
    """How much a problem weighs: errors refuse, warnings need `--accept CODE`, notes are only shown."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about a file or about a protocol on a rig.

    Attributes:
        code: stable name such as `E-UNIT`, `W-PORT`, `N-RESOLUTION`; what `--accept` takes.
        severity: see `Severity`.
        message: one sentence that says what is wrong, readable alone.
        file: the file as the user named it, or "" where none applies.
        line: 1-based line, or 0.
        column: 1-based column, or 0.
        value: what was found, with unit.
        bound: what is allowed, with unit.
        remedy: what to do, in the right form.
        path: place in the document, such as `steps[3].rate`.
    """

    code: str
    severity: Severity
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    value: str = ""
    bound: str = ""
    remedy: str = ""
    path: str = ""

    def as_dict(self) -> dict[str, object]:
        """The problem as plain JSON data."""
        return {**asdict(self), "severity": self.severity.value}

    def line_text(self) -> str:
        """The problem in one line: `file:line:col CODE message; got ...; expected ...; remedy`."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        parts = [f"{place} {self.code} {self.message}".strip()]
        parts += [f"got {self.value}"] if self.value else []
        parts += [f"expected {self.bound}"] if self.bound else []
        parts += [self.remedy] if self.remedy else []
        return "; ".join(parts)


def errors_first(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems by weight; those of one severity keep their order."""
    weight = list(Severity)
    return tuple(sorted(problems, key=lambda problem: weight.index(problem.severity)))


def blocking(problems: Iterable[Problem], accepted: frozenset[str]) -> tuple[Problem, ...]:
    """Errors, and warnings whose code is not in `accepted`, in their order."""
    return tuple(
        problem
        for problem in problems
        if problem.severity is Severity.ERROR or (problem.severity is Severity.WARNING and problem.code not in accepted)
    )


class ProblemsError(InputError):
    """A file was refused; `problems` holds every finding, errors first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(problem.line_text() for problem in problems[:10]))
        self.problems = problems
