"""From a document to a model: every finding of pydantic as a problem with its place in the file."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ruggli.documents.findings import problems_of
from ruggli.documents.nodes import Document, Path, Scalar
from ruggli.documents.place import did_you_mean as did_you_mean
from ruggli.documents.place import problem_at as problem_at
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.shape import key_names
from ruggli.quantities.reader import Reading

Model = TypeVar("Model", bound=BaseModel)


def validate(
    document: Document, model: type[Model], *, version_key: str = "ruggli", versions: tuple[str, ...] = ("1",)
) -> Model:
    """Reads a document as a model.

    Args:
        document: the document.
        model: a strict, frozen model that forbids unknown keys; may declare `version_key` or not.
        version_key: the key that tells the version of the file format.
        versions: the versions that are read.

    Raises:
        ProblemsError: the document is no such model; holds every problem, in the order of the file.
    """
    version = _version_problem(document, version_key, versions)
    if version is not None and version_key in document.root.entries:
        raise ProblemsError((version,))  # the rest means something else in another version
    data = document.plain()
    if version_key not in key_names(model):
        data.pop(version_key, None)
    problems = [version] if version is not None else []
    try:
        result = model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        found = problems_of(document, model, [item for item in details if item["loc"] != (version_key,)])
        problems += sorted(found, key=lambda problem: (problem.line, problem.column))
    else:
        if not problems:
            return result
    raise ProblemsError(tuple(problems))


def reading_notes(document: Document, model: BaseModel) -> tuple[Problem, ...]:
    """What was odd about the quantities that a validated model holds (`N-UNIT-CASE`), at their places."""
    return tuple(
        problem_at(
            document, path, note.code, Severity.NOTE, note.message, remedy=f"write {reading}", offset=note.offset
        )
        for path, reading in _readings(model, ())
        for note in reading.notes
    )


def _readings(value: object, path: Path) -> Iterable[tuple[Path, Reading]]:
    if isinstance(value, Reading):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _readings(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _readings(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _readings(item, (*path, index))


def _version_problem(document: Document, key: str, versions: tuple[str, ...]) -> Problem | None:
    found = document.root.entries.get(key)
    if isinstance(found, Scalar) and found.text in versions:
        return None
    bound, remedy = " or ".join(versions), f"begin the file with `{key}: {versions[-1]}`"
    if found is None:
        message = f"the version is missing: the file has no key `{key}`"
        return Problem("E-VERSION", Severity.ERROR, message, document.file, 1, 1, "", bound, remedy, key)
    return problem_at(
        document,
        (key,),
        "E-VERSION",
        Severity.ERROR,
        "this version of the file format is not read",
        bound=bound,
        remedy=remedy,
    )
