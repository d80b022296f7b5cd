"""Reads a protocol file: bytes in, a checked protocol out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ruggli.documents.nodes import Document, MapNode, Path, Scalar, path_text
from ruggli.documents.problem import Problem, ProblemsError, Severity, errors_first
from ruggli.documents.reader import read_document
from ruggli.documents.validate import problem_at, reading_notes, validate
from ruggli.protocol.checks import check_protocol
from ruggli.protocol.finding import Finding
from ruggli.protocol.interlocks import check_raw
from ruggli.protocol.model import Protocol
from ruggli.protocol.parameters import Resolved, Use, resolve


@dataclass(frozen=True, slots=True)
class ProtocolFile:
    """A protocol with the document it was read from.

    Attributes:
        protocol: what the file says, with every parameter's value in place.
        document: the file as written, for places in messages.
        parameters: every parameter's value as used, quantities in their canonical form.
        problems: warnings and notes.
    """

    protocol: Protocol
    document: Document
    parameters: Mapping[str, str]
    problems: tuple[Problem, ...]

    @property
    def sha256(self) -> str:
        """Hash of the bytes that were read."""
        return self.document.sha256


def read_protocol(
    data: bytes, file: str, settings: Mapping[str, str] | None = None, *, unattended: bool = False
) -> ProtocolFile:
    """Read a protocol file and check it as far as it can be judged without a rig.

    The bytes come once from the caller, so that what was checked is what is run.

    Args:
        data: the file's bytes.
        file: its name as the user gave it, for messages.
        settings: parameters that override the file's defaults, by name; the values as text.
        unattended: check and return it as an unattended protocol, whatever the file says.

    Raises:
        ProblemsError: every error of the file and of the settings, with line and column, in the order of the file.
    """
    return check_document(read_document(data, file), settings, unattended=unattended)


def check_document(
    document: Document, settings: Mapping[str, str] | None = None, *, unattended: bool = False
) -> ProtocolFile:
    """As `read_protocol`, of a file that is read already: for one that is tried with many settings."""
    resolved = resolve(document, settings or {})
    raw = [_problem(resolved, finding) for finding in check_raw(resolved.document.plain())]
    problems = [*document.notes, *resolved.problems, *raw]
    try:
        protocol = validate(resolved.document, Protocol)
    except ProblemsError as error:
        told = (_old_ceiling(_unknown_class(problem), resolved.document) for problem in error.problems)
        problems += _at_uses(resolved, told)
        raise ProblemsError(_ordered(problems)) from None
    if unattended:
        protocol = protocol.model_copy(update={"unattended": True})
    problems += _at_uses(resolved, reading_notes(resolved.document, protocol))
    problems += _at_uses(resolved, [_problem(resolved, finding) for finding in check_protocol(protocol)])
    ordered = _ordered(problems)
    if any(problem.severity is Severity.ERROR for problem in ordered):
        raise ProblemsError(ordered)
    return ProtocolFile(protocol, document, resolved.values, ordered)


def _problem(resolved: Resolved, finding: Finding) -> Problem:
    document, path = resolved.document, finding.path
    at_key = isinstance(document.node(path), MapNode) and isinstance(path[-1], str)
    return problem_at(
        document,
        path,
        finding.code,
        finding.severity,
        finding.message,
        value=finding.value,
        bound=finding.bound,
        remedy=finding.remedy,
        at_key=at_key,
    )


def _at_uses(resolved: Resolved, problems: Iterable[Problem]) -> list[Problem]:
    """Problems at the use of a parameter name it; none where the parameter itself is refused."""
    uses = {path_text(path): (path, use) for path, use in resolved.uses.items()}
    refused = {problem.path for problem in resolved.problems if problem.severity is Severity.ERROR}
    found = []
    for problem in problems:
        if problem.path in refused:
            continue
        if problem.path in uses and problem.code != "E-UNKNOWN-KEY":
            path, use = uses[problem.path]
            if not _is_refused(use, refused):
                found.append(_of_use(_at_start(resolved.document, problem, path), use))
        else:
            found.append(problem)
    return found


def _unknown_class(problem: Problem) -> Problem:
    """S07: a class that does not exist leaves the step without one."""
    if problem.code != "E-VALUE" or not problem.path.endswith(".class"):
        return problem
    return replace(problem, code="E-MISSING", message=f"the step has no known class: {problem.message}")


def _old_ceiling(problem: Problem, document: Document) -> Problem:
    """A file of an older version: says how a bound on a concentration is written now."""
    if problem.code != "E-UNKNOWN-KEY" or problem.value != "ceiling":
        return problem
    keys = problem.path.replace("[", ".").replace("]", "").split(".")
    node = document.node(tuple(int(key) if key.isdecimal() else key for key in keys))
    told = node.entries if isinstance(node, MapNode) else {}
    texts = {key: part.text for key, part in told.items() if isinstance(part, Scalar)}
    rest = "".join(f", half_life: {texts['half_life']}" for key in texts if key == "half_life")
    bound = f"{{{texts.get('solute', 'REAGENT')}: {{below: {texts.get('below', '5 mM')}{rest}}}}}"
    return replace(problem, message="`ceiling` is written `keep` now", remedy=f"write `keep: {bound}`")


def _is_refused(use: Use, refused: set[str]) -> bool:
    own = f"parameters.{use.parameter}"
    return any(path == own or path.startswith(f"{own}.") for path in refused)


def _at_start(document: Document, problem: Problem, path: Path) -> Problem:
    """An offset into the parameter's value means nothing where `$NAME` stands."""
    mark = document.mark(path)
    return replace(problem, line=mark.line, column=mark.column)


def _of_use(problem: Problem, use: Use) -> Problem:
    return replace(problem, message=f"{problem.message} (parameter {use.parameter} = {use.value})")


def _ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Errors first, in the order of the file; one problem a place where an interlock says it better."""
    found = list(problems)
    if any(problem.severity is Severity.ERROR for problem in found):
        found = [problem for problem in found if problem.code != "N-UNUSED"]
    better = {problem.path for problem in found if problem.code == "E-INTERLOCK"}
    kept = [p for p in found if p.code not in ("E-UNKNOWN-KEY", "E-VALUE", "E-TYPE") or p.path not in better]
    return errors_first(sorted(kept, key=lambda problem: (problem.line, problem.column)))
