"""The plan as plain JSON data: the shape of `ruggli plan --json` and of the journal.

Keys are the names of the fields of `ruggli.plan.model`, with the unit where the value has one: `duration_s`,
`planned_mL`, `requested_mL_per_s`, `solutes_mol_per_L`. Works carry their kind as `kind`.
"""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, cast

from ruggli.documents.model import Model
from ruggli.documents.problem import Problem
from ruggli.plan.acts import ChargeVessel, Load, Prime, Remove, Warm
from ruggli.plan.model import (
    CoolWork,
    DoseWork,
    HeatWork,
    HeldRate,
    HoldWork,
    MonitorWork,
    OperatorWork,
    Plan,
    PlannedPrompt,
    PortionsWork,
    Segment,
    StirWork,
)
from ruggli.protocol.monitor_step import AnswerRule
from ruggli.protocol.results import ResultKind, Threshold
from ruggli.quantities.base import (
    Celsius,
    Grams,
    GramsPerMole,
    Kelvin,
    KelvinPerSecond,
    KilojoulesPerMole,
    Millilitres,
    MillilitresPerSecond,
    Millimetres,
    Millimoles,
    Molar,
    Rpm,
    Seconds,
)
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import Reading

_UNITS: Mapping[Any, str] = types.MappingProxyType(
    {
        Seconds: "s",
        Millilitres: "mL",
        MillilitresPerSecond: "mL_per_s",
        Millimetres: "mm",
        Celsius: "degC",
        Kelvin: "K",
        KelvinPerSecond: "K_per_s",
        Rpm: "rpm",
        Millimoles: "mmol",
        Molar: "mol_per_L",
        Grams: "g",
        GramsPerMole: "g_per_mol",
        KilojoulesPerMole: "kJ_per_mol",
    }
)
_KINDS: Mapping[type, str] = types.MappingProxyType(
    {
        OperatorWork: "operator",
        StirWork: "stir",
        HeatWork: "heat",
        CoolWork: "cool",
        DoseWork: "dose",
        PortionsWork: "portions",
        HoldWork: "hold",
        MonitorWork: "monitor",
    }
)
_OPTIONAL: Mapping[type, frozenset[str]] = types.MappingProxyType(
    {
        Plan: frozenset({"reaction", "balance"}),
        OperatorWork: frozenset({"more"}),
        Segment: frozenset({"rates"}),
        DoseWork: frozenset({"kept", "pile", "ratio", "drops"}),
        PortionsWork: frozenset({"asked", "heat"}),
        MonitorWork: frozenset({"sampling"}),
        PlannedPrompt: frozenset({"result"}),
        AnswerRule: frozenset({"when"}),
    }
)
"""Fields that are left out where they are None: a plan that does not use them reads as it always did."""


def plan_as_json(plan: Plan) -> dict[str, object]:
    """The whole plan as JSON data; stable: the same plan gives the same text."""
    data = _of_dataclass(plan)
    data["prompts"] = [_plain(prompt) for prompt in plan.prompts]
    return data


def plain_row(row: object) -> object:
    """One row of a plan's tables, or of a panel's, as JSON data."""
    return _plain(row)


def _of_dataclass(value: Any) -> dict[str, object]:
    kind = _KINDS.get(type(value))
    result: dict[str, object] = {} if kind is None else {"kind": kind}
    optional = _OPTIONAL.get(type(value), frozenset())
    for name, key in _keys(cast(Callable[..., Any], type(value))):
        found = getattr(value, name)
        if found is not None or name not in optional:
            result[key] = _plain(found)
    if isinstance(value, HeldRate):
        result["error"] = value.error
    return result


@cache
def _keys(cls: Callable[..., Any]) -> tuple[tuple[str, str], ...]:
    hints = typing.get_type_hints(cls)
    named = ((field.name, _unit(hints[field.name])) for field in fields(cast(Any, cls)))
    return tuple((name, f"{name}_{unit}" if unit else name) for name, unit in named)


def _unit(hint: Any) -> str:
    if hint in _UNITS:
        return _UNITS[hint]
    return next((unit for part in typing.get_args(hint) if (unit := _unit_of_part(part))), "")


def _unit_of_part(part: Any) -> str:
    return "" if part in (str, int, type(None), Ellipsis) else _unit(part)


def _plain(value: Any) -> object:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Load | Prime | ChargeVessel | Warm | Remove | Problem):
        return value.as_dict()
    if isinstance(value, Dimension):
        return value.label
    if isinstance(value, ResultKind):
        return value.word
    if isinstance(value, Threshold):
        return value.words
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Reading):
        return {"value": float(value.number), "unit": value.unit}
    if isinstance(value, Model):
        optional = _OPTIONAL.get(type(value), frozenset())
        told = ((name, getattr(value, name)) for name in type(value).model_fields)
        return {name: _plain(found) for name, found in told if found is not None or name not in optional}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return _of_dataclass(value)
    raise TypeError(f"a plan holds no {type(value).__name__}")
