"""Faults of the computer, its disk, its clock and its people, as data beside the faults of the bench."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ruggli.errors import InputError
from ruggli.quantities.base import Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import read_quantity

DEVICE = "device"
"""Target of a kind that strikes one of the rig's devices, by its name."""


@dataclass(frozen=True, slots=True)
class HostKind:
    """One kind of fault beside the bench.

    Attributes:
        target: what it strikes: `controller`, `disk`, `clock`, `operator`, or `device`, the name of one.
        meaning: one line for people.
        lasts: whether `for` says how long.
        settings: further keys with what they mean.
    """

    target: str
    meaning: str
    lasts: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)


HOST_KINDS: Mapping[str, HostKind] = MappingProxyType(
    {
        "suspend": HostKind("controller", "the computer sleeps; what stands on the bench goes on"),
        "hang": HostKind("controller", "the program stands still"),
        "kill": HostKind(
            "controller",
            "the program is killed, and resumed after 'for'",
            settings={
                "disk": "what the disk keeps of unsynced records: all, nothing or torn; default all",
                "power": "true: every device loses its mains too",
                "damage": "true: one bit of the journal is flipped",
            },
        ),
        "terminate": HostKind("controller", "the system asks the program to end (log-off, shutdown)", lasts=False),
        "interrupt": HostKind("controller", "Ctrl-C", lasts=False),
        "second-controller": HostKind("controller", "the same run is started a second time", lasts=False),
        "disk-full": HostKind("disk", "no byte is taken any more"),
        "sync-fails": HostKind("disk", "the disk takes bytes and cannot keep them"),
        "clock-step": HostKind(
            "clock", "date and time of the computer are set", lasts=False, settings={"by_s": "by how many seconds"}
        ),
        "absent": HostKind("operator", "nobody answers"),
        "driver-raises": HostKind(DEVICE, "the driver of this device fails with an error of its own"),
        "driver-hangs": HostKind(DEVICE, "the driver of this device never comes back"),
    }
)

FOR_EVER = Seconds(1e9)
_COMMON = ("at", "call", "for", "target", "kind")


@dataclass(frozen=True, slots=True)
class HostFault:
    """One fault of the computer's side.

    Attributes:
        kind: see `HOST_KINDS`.
        target: see `HostKind.target`.
        at: seconds since the start of the night, or None where `call` says when.
        call: it strikes at the n-th call that the program makes to a port or the disk; half numbers do not exist, an
            even one is before the call, an odd one after it.
        duration: how long it lasts.
        settings: further keys of its kind.
    """

    kind: str
    target: str
    at: Seconds | None
    call: int | None
    duration: Seconds
    settings: Mapping[str, Any]


def is_host_fault(data: Mapping[str, Any]) -> bool:
    """Whether a fault object is one of this module."""
    kind = data.get("kind")
    return isinstance(kind, str) and kind in HOST_KINDS


def host_fault(data: Mapping[str, Any]) -> HostFault:
    """Read a fault object. Raises `InputError` naming what is wrong and what is known."""
    name = str(data.get("kind"))
    kind = HOST_KINDS[name]
    target = data.get("target")
    if kind.target != DEVICE and target != kind.target:
        raise InputError(f"fault {name}: got target {target!r}; expected {kind.target}")
    if not isinstance(target, str):
        raise InputError(f"fault {name}: got target {target!r}; expected the name of a device")
    for key in data:
        if key not in _COMMON and key not in kind.settings:
            known = ", ".join((*_COMMON, *kind.settings))
            raise InputError(f"fault {name}: unknown key {key!r}; known are {known}")
    if "for" in data and not kind.lasts:
        raise InputError(f"fault {name}: it is over at once, so 'for' has no meaning; leave it out")
    call = data.get("call")
    if (call is None) == ("at" not in data):
        raise InputError(f"fault {name}: give 'at' (a time) or 'call' (a number of calls)")
    if call is not None and (isinstance(call, bool) or not isinstance(call, int) or call < 0):
        raise InputError(f"fault {name}: got call {call!r}; expected a whole number from 0 on")
    disk = data.get("disk", "all")
    if disk not in ("all", "nothing", "torn"):
        raise InputError(f"fault {name}: got disk {disk!r}; expected all, nothing or torn")
    step = data.get("by_s", 3600)
    if isinstance(step, bool) or not isinstance(step, int | float) or abs(step) > 1e9:
        raise InputError(f"fault {name}: got by_s {step!r}; expected a number of seconds")
    for key in ("power", "damage"):
        if not isinstance(data.get(key, False), bool):
            raise InputError(f"fault {name}: got {key} {data[key]!r}; expected true or false")
    return HostFault(
        name,
        target,
        None if call is not None else _seconds(data["at"], f"fault {name}: 'at'"),
        call,
        _seconds(data["for"], f"fault {name}: 'for'") if "for" in data else _default(name),
        {key: data[key] for key in kind.settings if key in data},
    )


def _default(kind: str) -> Seconds:
    return {"suspend": Seconds(1800.0), "hang": Seconds(15.0), "kill": Seconds(30.0)}.get(kind, FOR_EVER)


def _seconds(value: Any, what: str) -> Seconds:
    if isinstance(value, str):
        try:
            seconds = read_quantity(value, Dimension.DURATION).base
        except InputError as problem:
            raise InputError(f"{what}: {problem}") from problem
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f'{what}: got {value!r}; expected seconds or text such as "2 h"')
    else:
        seconds = float(value)
    if not 0 <= seconds < FOR_EVER:
        raise InputError(f"{what}: got {value!r}; expected 0 s or more, and less than {FOR_EVER:g} s")
    return Seconds(seconds)
