"""Finding one's way in pydantic models by the location that a pydantic error gives.

Such a location names fields by alias, and puts the tag of a union's chosen member between them:
`("steps", 3, "dose", "rate")` is `steps[3].rate` of the file, in the model whose tag is `dose`.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Tag
from pydantic.fields import FieldInfo

from ruggli.documents.nodes import Document, Path


def locate(
    document: Document, model: type[BaseModel], location: Iterable[str | int]
) -> tuple[Path, type[BaseModel] | None]:
    """The path in the file that a location means, and the model that holds its last key (None where unknown)."""
    path: Path = ()
    kind: Any = model
    holder: type[BaseModel] | None = None
    for part in location:
        if part == "[key]":  # the error is about the key that came before
            break
        kind, members = _members(kind)
        chosen = _choose(members, part)
        if chosen is not None:
            kind = chosen
            continue
        found = _bare(kind)
        if isinstance(found, type) and issubclass(found, BaseModel):
            holder = found
            field = _field(found, part)
            kind = field.annotation if field else None
        elif get_origin(found) in (list, tuple, set, frozenset) and isinstance(part, int):
            holder, kind = None, next(iter(get_args(found)), None)
        elif get_origin(found) is dict:
            holder, kind = None, get_args(found)[1]
        elif document.node((*path, part)) is None:
            continue
        path = (*path, part)
    return path, holder


def key_names(model: type[BaseModel]) -> list[str]:
    """The keys that a map of this model may have."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _bare(kind: Any) -> Any:
    """The type without `Annotated`, and without None where that leaves one type."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        rest = [member for member in get_args(kind) if member is not type(None)]
        if len(rest) == 1:
            return _bare(rest[0])
    return kind


def _members(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """The type without its outer wrapping, and the members when it is a union."""
    found = _bare(kind)
    if get_origin(found) in (Union, types.UnionType):
        return found, tuple(member for member in get_args(found) if member is not type(None))
    return found, ()


def _choose(members: tuple[Any, ...], part: str | int) -> Any:
    return next((member for member in members if str(part) in _tags(member)), None)


def _tags(member: Any) -> set[str]:
    """The words by which an error's location may name a member of a union."""
    tags = (
        {item.tag for item in get_args(member)[1:] if isinstance(item, Tag)}
        if get_origin(member) is Annotated
        else set()
    )
    found = _bare(member)
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        return tags
    tags.add(found.__name__)
    for field in found.model_fields.values():
        if get_origin(_bare(field.annotation)) is Literal:
            tags |= {
                str(value.value if isinstance(value, Enum) else value) for value in get_args(_bare(field.annotation))
            }
    return tags


def _field(model: type[BaseModel], part: str | int) -> FieldInfo | None:
    return next((field for name, field in model.model_fields.items() if part in (name, field.alias)), None)
