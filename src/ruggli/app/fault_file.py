"""The faults file: what goes wrong on a simulated bench and with the computer, a list of fault objects."""

import re
from collections.abc import Mapping
from typing import Any

from ruggli.app.trial.host import DEVICE, HOST_KINDS, host_fault, is_host_fault
from ruggli.documents.place import did_you_mean, problem_at
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.reader import read_list
from ruggli.errors import InputError
from ruggli.rig.loader import RigFile

SECTION = "faults"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?(?:e[+-]?[0-9]+)?", re.ASCII)


def read_faults(data: bytes, file: str, rig: RigFile, *, dry: bool) -> tuple[Mapping[str, Any], ...]:
    """Read a faults file, YAML or JSON.

    Args:
        data: the file's bytes.
        file: its name for messages.
        rig: the bench that the faults strike; every `target` must be one of its devices, but those of the
            computer's side.
        dry: whether it is for a dry run; only there the computer can be struck too.

    Raises:
        ProblemsError: every fault that is not known or has no target, at its line and column.
    """
    document = read_list(data, file, SECTION)
    plain = document.plain()[SECTION]
    problems: list[Problem] = []
    found: list[Mapping[str, Any]] = []
    for index, item in enumerate(plain):
        value = _valued(item)
        try:
            if not isinstance(value, Mapping):
                raise InputError("a fault is a map such as {at: 2 h, target: pump_a, kind: stall}")
            target = _target(value)
        except InputError as error:
            problems.append(problem_at(document, (SECTION, index), "E-FAULT", Severity.ERROR, str(error), value=""))
            continue
        found.append(value)
        if is_host_fault(value) and not dry:
            place, message = (SECTION, index, "kind"), f"{value['kind']} strikes the computer, not the bench"
            remedy = "use `ruggli simulate`: only a dry run can be killed, put to sleep and so on"
            problems.append(problem_at(document, place, "E-FAULT", Severity.ERROR, message, remedy=remedy))
        if target is not None and target not in rig.rig.devices:
            place = (SECTION, index, "target")
            bound = f"one of {', '.join(rig.rig.devices)}"
            message = f"the rig has no device named {target}"
            problems.append(
                problem_at(document, place, "E-REF", Severity.ERROR, message, bound=bound, remedy="name a device")
            )
    if problems:
        raise ProblemsError(tuple(problems))
    return tuple(found)


def _target(fault: Mapping[str, Any]) -> str | None:
    """The device that a fault strikes, None for one of the computer's side. Raises `InputError`."""
    from ruggli_simulator.faults import KINDS, Fault

    if is_host_fault(fault):
        target = host_fault(fault).target
        return target if HOST_KINDS[str(fault["kind"])].target == DEVICE else None
    kind = fault.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        known = (*KINDS, *HOST_KINDS)
        guess = did_you_mean(str(kind), known)
        hint = f"; did you mean {guess}?" if guess else ""
        raise InputError(f"fault: unknown kind {kind!r}{hint}; known are {', '.join(known)}")
    return Fault.from_dict(fault).target


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
