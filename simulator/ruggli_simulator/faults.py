"""Faults as data: what goes wrong on the bench, on which device, when, and for how long.

A fault is an object such as `{"at": "2 h", "target": "pump_a", "kind": "stall"}`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ruggli.errors import InputError
from ruggli.quantities.base import Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import read_quantity

if TYPE_CHECKING:
    from ruggli_simulator.bench import Bench
    from ruggli_simulator.port import SimulatedPort

FOR_EVER = 10**9
COMMON = ("at", "call", "for", "target", "kind")


class Where(Enum):
    """What a fault strikes."""

    LINE = "line"
    DEVICE = "device"
    PUMP = "pump"
    HOTPLATE = "hotplate"
    BENCH = "bench"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault.

    Attributes:
        where: what it strikes.
        meaning: one line for people.
        settings: further keys with what they mean.
        heals: whether `for` may be given.
    """

    where: Where
    meaning: str
    settings: Mapping[str, str] = field(default_factory=dict)
    heals: bool = True


_NUMBERS: Mapping[str, tuple[float, float, bool]] = MappingProxyType(
    {
        "count": (1, FOR_EVER, True),
        "after": (0, FOR_EVER, True),
        "delay_s": (0, 3600, False),
        "keep": (0, 10_000, True),
        "position": (0, 10_000, True),
        "bit": (0, 7, True),
        "seed": (0, 2**63, True),
        "byte": (0, 255, True),
        "size": (1, 10_000, True),
        "interval_s": (0.001, 3600, False),
        "fraction": (0, 1, False),
        "factor": (0, 10, False),
        "bore_mm": (0.1, 50, False),
        "rate_K_per_min": (0.001, 1000, False),
        "by": (-10_000, 10_000, False),
        "set_temperature_degC": (0, 400, False),
        "set_speed_rpm": (0, 2000, False),
    }
)
"""Settings that are numbers: least, most, whole."""
_FLAGS = ("lasting", "er04", "heater", "stirrer")

_COUNTED = {"count": "how many are struck, default 1", "after": "how many pass first, default 0"}
_LASTING = {"lasting": "true: it outlives the next start"}

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "unplug": Kind(Where.LINE, "the port is gone; the devices behind it go on"),
        "replug": Kind(
            Where.LINE,
            "the port is there again and can be opened",
            {"port": "the name under which it turns up, default the old one"},
            heals=False,
        ),
        "lost-reply": Kind(Where.LINE, "the device acts, its reply does not arrive", _COUNTED),
        "late-reply": Kind(Where.LINE, "the reply comes late", {**_COUNTED, "delay_s": "by how much, default 1"}),
        "doubled-reply": Kind(Where.LINE, "the reply arrives twice", _COUNTED),
        "cut-reply": Kind(Where.LINE, "the reply breaks off", {**_COUNTED, "keep": "bytes that arrive, default half"}),
        "garbled-reply": Kind(
            Where.LINE,
            "one bit of the reply is flipped",
            {**_COUNTED, "position": "which byte", "bit": "which bit", "seed": "for a place by chance"},
        ),
        "lost-command": Kind(Where.LINE, "the command does not reach the device", _COUNTED),
        "babble": Kind(
            Where.LINE,
            "bytes without end and without meaning, in place of replies",
            {"byte": "default 85", "size": "bytes at once, default 64", "interval_s": "default 0.05"},
        ),
        "power-cycle": Kind(Where.DEVICE, "mains off and on; what the device forgets is forgotten", heals=False),
        "power-off": Kind(Where.DEVICE, "no mains: the device neither moves nor answers; 'for' brings them back"),
        "power-on": Kind(Where.DEVICE, "mains are back after power-off", heals=False),
        "dead-man-dead": Kind(Where.DEVICE, "the timer of the device's own dead-man never fires, though it is set"),
        "stall": Kind(Where.PUMP, "the motor is blocked and the pump notices", _LASTING),
        "silent-stall": Kind(Where.PUMP, "the motor stands, the pump says that it runs, its counter rests", _LASTING),
        "leak": Kind(Where.PUMP, "the counter runs, liquid is lost", {"fraction": "of what is pushed, default 1"}),
        "slow": Kind(Where.PUMP, "the motor is slower than set", {"factor": "of the speed set, default 0.5"}),
        "short-fill": Kind(
            Where.PUMP,
            "less is in the syringe than was said",
            {"fraction": "of the content that is missing, default 0.5"},
        ),
        "pump-panel": Kind(Where.PUMP, "a hand on the pump's front panel stops it", heals=False),
        "wrong-diameter": Kind(
            Where.PUMP,
            "somebody has stored another diameter",
            {"bore_mm": "the stored one, default 1.1 times the right one"},
            heals=False,
        ),
        "wrong-direction": Kind(Where.PUMP, "somebody has turned the stored direction", heals=False),
        "lost-counters": Kind(Where.PUMP, "the pump has forgotten what it has delivered", heals=False),
        "ignored-command": Kind(
            Where.PUMP, "commands that change something are refused", {"count": "how many, default 1"}, heals=False
        ),
        "probe-out": Kind(Where.HOTPLATE, "the external sensor hangs in the air"),
        "probe-broken": Kind(
            Where.HOTPLATE,
            "the external sensor's cable is cut; the safety circuit opens (Er06)",
            {
                "reply": "what IN_PV_1 answers: none, last, plate, far (-999), text (NaN), or jumps (a loose contact, "
                "the circuit stays closed)"
            },
        ),
        "frozen": Kind(Where.HOTPLATE, "both temperature readings stand still, control goes on"),
        "heater-stuck": Kind(Where.HOTPLATE, "full power, although switched off"),
        "heater-dead": Kind(Where.HOTPLATE, "no power, although switched on"),
        "stirrer-stop": Kind(
            Where.HOTPLATE,
            "the stirrer's motor is blocked (Er04: heater and motor go off)",
            {"er04": "false: the plate does not notice"},
        ),
        "stirrer-slip": Kind(Where.HOTPLATE, "the bar does not turn, the speed reading stays"),
        "over-temperature": Kind(
            Where.HOTPLATE,
            "the flask heats up by itself, past its boiling point too",
            {"rate_K_per_min": "default 20"},
        ),
        "wrong-echo": Kind(Where.HOTPLATE, "watchdog commands are echoed with another number", {"by": "default 1"}),
        "panel": Kind(
            Where.HOTPLATE,
            "a hand on the front panel",
            {
                "set_temperature_degC": "new set point",
                "set_speed_rpm": "new set point",
                "heater": "true: on",
                "stirrer": "true: on",
            },
            heals=False,
        ),
        "swap-ports": Kind(Where.BENCH, "the cables of two devices are exchanged", {"with": "the other device"}),
        "condenser-lost": Kind(Where.HOTPLATE, "the flask on the plate loses its condenser water"),
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        target: name of the device.
        kind: see `KINDS`.
        at: time since the bench's start, None where it strikes at once or at `call`.
        call: it strikes at the n-th request on the target's line, counted from the bench's start.
        duration: after which it heals, None where it stays.
        settings: further keys of its kind.
    """

    target: str
    kind: str
    at: Seconds | None = None
    call: int | None = None
    duration: Seconds | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "Fault":
        """Read a fault object. Raises `InputError` naming what is wrong and what is known."""
        if not isinstance(data, Mapping):
            raise InputError(f'fault {data!r}: expected an object such as {{"at": "2 h", "target": ..., "kind": ...}}')
        name = data.get("kind")
        kind = KINDS.get(name) if isinstance(name, str) else None
        if kind is None:
            raise InputError(f"fault: unknown kind {name!r}{_near(name, KINDS)}; known are {', '.join(KINDS)}")
        target = data.get("target")
        if not isinstance(target, str):
            raise InputError(f"fault {name}: got target {target!r}; expected the name of a device")
        for key in data:
            if key not in COMMON and key not in kind.settings:
                known = [*COMMON, *kind.settings]
                raise InputError(f"fault {name}: unknown key {key!r}{_near(key, known)}; known are {', '.join(known)}")
            _check_setting(f"fault {name}: {key!r}", key, data[key])
        if "for" in data and not kind.heals:
            raise InputError(f"fault {name}: it is over at once, so 'for' has no meaning; leave it out")
        if "at" in data and "call" in data:
            raise InputError(f"fault {name}: give 'at' (a time) or 'call' (a request number), not both")
        call = data.get("call")
        if call is not None and (isinstance(call, bool) or not isinstance(call, int) or call < 1):
            raise InputError(f"fault {name}: got call {call!r}; expected a whole number from 1 on")
        return Fault(
            target,
            str(name),
            _time(data["at"], f"fault {name}: 'at'") if "at" in data else None,
            call,
            _time(data["for"], f"fault {name}: 'for'") if "for" in data else None,
            {key: data[key] for key in kind.settings if key in data},
        )


def schedule(bench: "Bench", faults: Iterable[Mapping[str, Any] | Fault]) -> None:
    """Have `faults` strike at their time or call. All are checked first. Raises `InputError`."""
    read = [fault if isinstance(fault, Fault) else Fault.from_dict(fault) for fault in faults]
    for fault in read:
        _check_target(bench, fault)
    for fault in read:
        if fault.call is not None:
            _strike_at_call(bench.port_of(fault.target), fault, bench)
        elif fault.at is None or bench.started + fault.at <= bench.timers.now():
            strike(bench, fault)
        else:
            bench.timers.call_at(Seconds(bench.started + fault.at), _Strike(bench, fault))


def strike(bench: "Bench", fault: Fault) -> None:
    """Let a fault happen now, and plan its healing. Raises `InputError` where the device cannot have it."""
    bench.advance()
    _do(bench, fault, heal=False)
    bench.note_fault(fault, over=not KINDS[fault.kind].heals)
    if fault.duration is not None:
        bench.timers.call_at(Seconds(bench.timers.now() + fault.duration), _Strike(bench, fault, heal=True))


def mend(bench: "Bench") -> None:
    """What a person does who comes to a bench that stands still: plugs in, switches on, frees, resets; all of it."""
    bench.advance()
    for fault in bench.standing_faults():
        _do(bench, fault, heal=True)
        bench.note_mended(fault)
    for name, device in bench.devices.items():
        bench.port_of(name).inject("heal", {})
        truth = device.truth()
        if not truth["powered"]:
            device.inject("power-on", {})
        elif truth.get("display", "").startswith("Er"):
            device.power_cycle()


class _Strike:
    """A planned fault, or its planned end."""

    __slots__ = ("_bench", "_fault", "_heal")

    def __init__(self, bench: "Bench", fault: Fault, heal: bool = False) -> None:
        self._bench, self._fault, self._heal = bench, fault, heal

    def __call__(self) -> None:
        if self._heal:
            self._bench.advance()
            if self._fault in self._bench.standing_faults():
                _do(self._bench, self._fault, heal=True)
                self._bench.note_mended(self._fault)
        else:
            strike(self._bench, self._fault)


class _CallWatch:
    """Counts requests on a line by its tap and lets faults strike at their number; then gives the tap back."""

    def __init__(self, port: "SimulatedPort", bench: "Bench") -> None:
        self.waiting: list[Fault] = []
        self._port, self._bench = port, bench
        self._before = port.tap

    def __call__(self, direction: str, data: bytes) -> None:
        if self._before is not None:
            self._before(direction, data)
        if direction != ">":
            return
        due = [fault for fault in self.waiting if fault.call is not None and fault.call <= self._port.writes]
        self.waiting = [fault for fault in self.waiting if fault not in due]
        if not self.waiting and self._port.tap is self:
            self._port.tap = self._before
        for fault in due:
            strike(self._bench, fault)


def _strike_at_call(port: "SimulatedPort", fault: Fault, bench: "Bench") -> None:
    assert fault.call is not None
    if fault.call <= port.writes:
        raise InputError(
            f"fault {fault.kind}: call {fault.call} is past, {port.port} has had {port.writes} requests; "
            f"give a number from {port.writes + 1} on"
        )
    watch = port.tap
    if not isinstance(watch, _CallWatch):
        watch = port.tap = _CallWatch(port, bench)
    watch.waiting.append(fault)


def _do(bench: "Bench", fault: Fault, heal: bool) -> None:
    where, settings = KINDS[fault.kind].where, dict(fault.settings)
    try:
        if where is Where.LINE:
            if "port" in settings:
                bench.rename_port(fault.target, str(settings.pop("port")))
            _do_line(bench.port_of(fault.target), fault, settings, heal)
        elif where is Where.BENCH:
            bench.swap(fault.target, settings["with"])
        elif fault.kind == "condenser-lost":
            bench.set_condenser(fault.target, heal)
        elif fault.kind == "power-cycle":
            bench.devices[fault.target].power_cycle()
        elif heal and fault.kind == "power-off":
            bench.devices[fault.target].inject("power-on", {})
        elif heal and where is Where.PUMP:
            bench.devices[fault.target].inject("heal", {})
        else:
            bench.devices[fault.target].inject(fault.kind, {**settings, "heal": True} if heal else settings)
    except ValueError as problem:
        raise InputError(f"fault {fault.kind} on {fault.target!r}: {problem}") from problem


def _do_line(port: "SimulatedPort", fault: Fault, settings: dict[str, Any], heal: bool) -> None:
    if heal:
        port.inject("replug" if fault.kind == "unplug" else "heal", {})
    elif fault.duration is not None and "count" in KINDS[fault.kind].settings:
        port.inject(fault.kind, {"count": FOR_EVER, **settings})
    else:
        port.inject(fault.kind, settings)


def _check_target(bench: "Bench", fault: Fault) -> None:
    for name in (fault.target, fault.settings.get("with", fault.target)):
        if name not in bench.devices:
            raise InputError(
                f"fault {fault.kind}: there is no device {name!r} on the bench{_near(name, bench.devices)}; "
                f"it has {', '.join(bench.devices)}"
            )
    where = KINDS[fault.kind].where
    if where is Where.BENCH and "with" not in fault.settings:
        raise InputError(f"fault {fault.kind}: 'with' is missing; name the other device")
    is_pump = bench.is_pump(fault.target)
    if (where is Where.PUMP and not is_pump) or (where is Where.HOTPLATE and is_pump):
        raise InputError(f"fault {fault.kind}: it strikes a {where.value}, and {fault.target!r} is none")


def _check_setting(what: str, key: str, value: Any) -> None:
    if key in _FLAGS and not isinstance(value, bool):
        raise InputError(f"{what}: got {value!r}; expected true or false")
    if key in _NUMBERS:
        least, most, whole = _NUMBERS[key]
        is_number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            kind = "whole number" if whole else "number"
            raise InputError(f"{what}: got {value!r}; expected a {kind} from {least:g} to {most:g}")


def _time(value: Any, what: str) -> Seconds:
    if isinstance(value, str):
        try:
            seconds = read_quantity(value, Dimension.DURATION).base
        except InputError as problem:
            raise InputError(f"{what}: {problem}") from problem
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value)
    else:
        raise InputError(f'{what}: got {value!r}; expected seconds or text such as "2 h"')
    if not 0 <= seconds < inf:
        raise InputError(f"{what}: got {value!r}; expected 0 s or more")
    return Seconds(seconds)


def _near(name: Any, known: Iterable[str]) -> str:
    near = get_close_matches(str(name), list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""
