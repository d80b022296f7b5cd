"""Collects what is wrong with a protocol on a rig, each finding with its place in the file."""

from ruggli.documents.nodes import Document
from ruggli.documents.problem import Problem, Severity, errors_first
from ruggli.documents.validate import problem_at

Path = tuple[str | int, ...]

_SEVERITIES = {"E": Severity.ERROR, "W": Severity.WARNING, "N": Severity.NOTE}


class Findings:
    """All findings of one plan, in the order in which they were made."""

    def __init__(self, protocol: Document, rig: Document) -> None:
        self._protocol, self._rig = protocol, rig
        self._problems: dict[Problem, None] = {}

    def add(
        self,
        code: str,
        message: str,
        at: Path,
        *,
        value: str = "",
        bound: str = "",
        remedy: str = "",
        in_rig: bool = False,
    ) -> None:
        """Add a finding; the first letter of the code (E, W, N) is its severity, `at` its place in the file."""
        document = self._rig if in_rig else self._protocol
        problem = problem_at(document, at, code, _SEVERITIES[code[0]], message, value=value, bound=bound, remedy=remedy)
        self._problems.setdefault(problem)

    def extend(self, problems: tuple[Problem, ...]) -> None:
        """Add findings that others made."""
        self._problems.update(dict.fromkeys(problems))

    @property
    def refuses(self) -> bool:
        """Whether there is an error among them."""
        return any(problem.severity is Severity.ERROR for problem in self._problems)

    @property
    def all(self) -> tuple[Problem, ...]:
        """Every finding, errors first, then in the order of the file."""
        return errors_first(self._problems)
