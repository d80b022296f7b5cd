"""The faults file: what goes wrong on a simulated bench, a list of fault objects."""

import re
from collections.abc import Mapping
from typing import Any

from ruggli.documents.place import problem_at
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.reader import read_list
from ruggli.errors import InputError
from ruggli.rig.loader import RigFile

SECTION = "faults"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?(?:e[+-]?[0-9]+)?", re.ASCII)


def read_faults(data: bytes, file: str, rig: RigFile) -> tuple[Mapping[str, Any], ...]:
    """Read a faults file, YAML or JSON.

    Args:
        data: the file's bytes.
        file: its name for messages.
        rig: the bench that the faults strike; every `target` must be one of its devices.

    Raises:
        ProblemsError: every fault that is not known or has no target, at its line and column.
    """
    from ruggli_simulator.faults import Fault

    document = read_list(data, file, SECTION)
    plain = document.plain()[SECTION]
    problems: list[Problem] = []
    found: list[Mapping[str, Any]] = []
    for index, item in enumerate(plain):
        value = _valued(item)
        try:
            if not isinstance(value, Mapping):
                raise InputError("a fault is a map such as {at: 2 h, target: pump_a, kind: stall}")
            target = Fault.from_dict(value).target
        except InputError as error:
            problems.append(problem_at(document, (SECTION, index), "E-FAULT", Severity.ERROR, str(error), value=""))
            continue
        found.append(value)
        if target not in rig.rig.devices:
            place = (SECTION, index, "target")
            bound = f"one of {', '.join(rig.rig.devices)}"
            message = f"the rig has no device named {target}"
            problems.append(
                problem_at(document, place, "E-REF", Severity.ERROR, message, bound=bound, remedy="name a device")
            )
    if problems:
        raise ProblemsError(tuple(problems))
    return tuple(found)


def _valued(item: object) -> object:
    """Texts that are numbers, true or false as such: the strict reader knows texts only."""
    if isinstance(item, Mapping):
        return {key: _valued(part) for key, part in item.items()}
    if isinstance(item, list):
        return [_valued(part) for part in item]
    if not isinstance(item, str):
        return item
    if item in ("true", "false"):
        return item == "true"
    if _NUMBER.fullmatch(item):
        return int(item) if item.lstrip("-").isdecimal() else float(item)
    return item
