"""The fault matrix of reliability section 5 as data: how each fault is made, and what is expected in each phase."""

from collections.abc import Callable, Mapping
from typing import Any

from ruggli.app.trial.phases import PHASES
from ruggli.world.chance import Chance

Make = Callable[[Chance, str, tuple[str, ...], str], list[dict[str, Any]]]
"""From chance, a device, all pumps and the plate to fault objects without a time."""

TITLES: Mapping[str, str] = {
    "F1": "one reply lost",
    "F2": "link silent beyond the limit",
    "F3": "garbled byte",
    "F4": "truncated reply",
    "F5": "doubled or late reply",
    "F6": "babbling device",
    "F7": "wrong device on the port",
    "F8": "unplugged, stays out",
    "F9": "replugged under a new name",
    "F10": "power cycle, settings lost",
    "F11": "power cycle with auto-restart",
    "F12": "pump stall alarm",
    "F13": "silent stall or leak",
    "F14": "wrong diameter stored",
    "F15": "syringe short-filled",
    "F16": "command not taken",
    "F17": "over-temperature",
    "F18": "probe out, broken or frozen",
    "F19": "reaction runaway",
    "F20": "heater stuck on",
    "F21": "heater dead",
    "F22": "stirrer stops or slips",
    "F23": "wall clock step",
    "F24": "computer suspended 30 min",
    "F25": "control loop stalls",
    "F26": "disk full or fsync error",
    "F27": "journal damaged",
    "F28": "kill or power loss",
    "F29": "crash inside recovery",
    "F30": "second controller",
    "F31": "operator never answers",
    "F32": "hand on a front panel",
    "F34": "driver raises or hangs",
}
"""F33 (a hostile page) has no subject: nothing of this version listens on a network."""

EXPECTED: Mapping[str, str] = {
    "F1": "C C C C C C C C C C",
    "F2": "R H S D>H S D>H D>S H S A",
    "F3": "C C C C C C C C C C",
    "F4": "C C C C C C C C C C",
    "F5": "C C C C C C C C C C",
    "F6": "R H S D>H S D>H D>S H S A",
    "F7": "R R S H S H S H S A",
    "F8": "R H S D>H S D>H D>S H S A",
    "F9": "C C C H C H H C C C",
    "F10": "R H H H H H S H C A",
    "F11": "R H H H H H S H S A",
    "F12": "R H C H C H S C C A",
    "F13": "- H C H C H S C C A",
    "F14": "R R C H C H S C C A",
    "F15": "R H C H C H S C C A",
    "F16": "R H S H S H S H S A",
    "F17": "R S S S S S S S S A",
    "F18": "R R S S S S S S S A",
    "F19": "- - S S S S S S S A",
    "F20": "R S S S S S S S S A",
    "F21": "R C H H H H C H C A",
    "F22": "R H S S S S S S S A",
    "F23": "C C C C C C C C C C",
    "F24": "R H D>S D>H D>S D>H D>S H D>S A",
    "F25": "R G G G G G G G G G",
    "F26": "R H S H S H S H S R",
    "F27": "R H S H S H S H S A",
    "F28": "G G G G G G G G G G",
    "F29": "- G G G G G G G G G",
    "F30": "R R R R R R R R R R",
    "F31": "R H S H S H S H S A",
    "F32": "R H H H H H S H H A",
    "F34": "R H S D>H S D>H D>S H S A",
}
"""Reaction for P0 to P9, as the table of the reliability plan has it; `-` where a fault cannot happen."""


NEEDS_PLATE = frozenset({"F17", "F18", "F19", "F20", "F21", "F22"})
"""Faults that need a hotplate."""


def cells() -> tuple[tuple[str, str], ...]:
    """Every live cell: fault and phase."""
    return tuple(
        (fault, phase)
        for fault, row in EXPECTED.items()
        for phase, expected in zip(PHASES, row.split(), strict=True)
        if expected != "-"
    )


def expected(fault: str, phase: str) -> str:
    """The reaction that a cell asks for."""
    return EXPECTED[fault].split()[PHASES.index(phase)]


def make_faults(fault: str, chance: Chance, device: str, pumps: tuple[str, ...], plate: str) -> list[dict[str, Any]]:
    """Fault objects of one cell, without their time.

    Args:
        fault: `F1` to `F34`.
        chance: for sizes and variants.
        device: what a fault of any device strikes.
        pumps: pumps that matter in the phase.
        plate: the hotplate.
    """
    pump = chance.one_of(pumps)
    return _MAKERS[fault](chance, device, pump, plate, pumps)


def _one(kind: str, target: str, **settings: Any) -> list[dict[str, Any]]:
    return [{"kind": kind, "target": target, **settings}]


def _long(chance: Chance) -> float:
    return round(chance.between(20.0, 90.0), 1)


def _silent(chance: Chance, device: str, *_: Any) -> list[dict[str, Any]]:
    long = _long(chance)
    both = _one("lost-reply", device, **{"for": long})
    return both + (_one("lost-command", device, **{"for": long}) if chance.happens(0.5) else [])


def _late(chance: Chance, device: str, *_: Any) -> list[dict[str, Any]]:
    if chance.happens(0.4):
        return _one("doubled-reply", device, count=1 + chance.below(2))
    return _one("late-reply", device, delay_s=round(chance.between(0.05, 1.4), 2))


def _swap(chance: Chance, device: str, pump: str, plate: str, pumps: tuple[str, ...]) -> list[dict[str, Any]]:
    others = [name for name in (*pumps, plate) if name and name != pump]
    if not others:
        return _one("unplug", pump)
    return _one("swap-ports", pump, **{"with": chance.one_of(others)})


def _renamed(chance: Chance, device: str, *_: Any) -> list[dict[str, Any]]:
    out = round(chance.between(1.0, 25.0), 1)
    return [
        {"kind": "unplug", "target": device},
        {"kind": "replug", "target": device, "port": f"renamed-{device}", "later": out},
    ]


def _cycle(chance: Chance, device: str, *_: Any) -> list[dict[str, Any]]:
    if chance.happens(0.5):
        return _one("power-cycle", device)
    return _one("power-off", device, **{"for": round(chance.between(0.5, 30.0), 1)})


def _silent_stall(chance: Chance, device: str, pump: str, *_: Any) -> list[dict[str, Any]]:
    if chance.happens(0.7):
        return _one("silent-stall", pump, lasting=True)
    return _one("leak", pump, fraction=round(chance.between(0.1, 1.0), 2))


def _diameter(chance: Chance, device: str, pump: str, *_: Any) -> list[dict[str, Any]]:
    """A pump takes another diameter only at rest, so whoever sets it has stopped it before."""
    return [
        {"kind": "pump-panel", "target": pump},
        {"kind": "wrong-diameter", "target": pump, "bore_mm": round(chance.between(3.0, 26.0), 2)},
    ]


def _not_taken(chance: Chance, device: str, pump: str, plate: str, *_: Any) -> list[dict[str, Any]]:
    return _one("lost-command", device, count=1 + chance.below(3))


def _probe(chance: Chance, device: str, pump: str, plate: str, *_: Any) -> list[dict[str, Any]]:
    kind = chance.one_of(("probe-out", "probe-broken", "frozen"))
    settings = {"reply": chance.one_of(("none", "last", "plate"))} if kind == "probe-broken" else {}
    return _one(kind, plate, **settings)


def _stirrer(chance: Chance, device: str, pump: str, plate: str, *_: Any) -> list[dict[str, Any]]:
    if chance.happens(0.2):
        return _one("stirrer-slip", plate)
    return _one("stirrer-stop", plate, er04=chance.happens(0.5))


def _clock(chance: Chance, *_: Any) -> list[dict[str, Any]]:
    return _one("clock-step", "clock", by_s=chance.one_of((3600, -3600, 1, -1, 315360000, -315360000)))


def _disk(chance: Chance, *_: Any) -> list[dict[str, Any]]:
    return _one(chance.one_of(("disk-full", "sync-fails")), "disk")


def _kill(chance: Chance, *_: Any) -> list[dict[str, Any]]:
    settings: dict[str, Any] = {"disk": chance.one_of(("all", "nothing", "torn"))}
    if chance.happens(0.4):
        settings["power"] = True
    return _one("kill", "controller", **settings, **{"for": round(chance.between(1.0, 120.0), 1)})


def _kill_twice(chance: Chance, *_: Any) -> list[dict[str, Any]]:
    first = _kill(chance)
    gap = first[0]["for"] + round(chance.between(0.0, 12.0), 2)
    return first + [{**_kill(chance)[0], "later": gap}]


def _panel(chance: Chance, device: str, pump: str, plate: str, *_: Any) -> list[dict[str, Any]]:
    if device != plate:
        return _one("pump-panel", pump)
    choice = chance.below(3)
    if choice == 0:
        return _one("panel", plate, set_temperature_degC=round(chance.between(30.0, 200.0)))
    return _one("panel", plate, **({"stirrer": False} if choice == 1 else {"heater": False}))


def _driver(chance: Chance, device: str, *_: Any) -> list[dict[str, Any]]:
    return _one(chance.one_of(("driver-raises", "driver-hangs")), device, **{"for": _long(chance)})


_MAKERS: Mapping[str, Callable[..., list[dict[str, Any]]]] = {
    "F1": lambda c, d, *_: _one("lost-reply", d),
    "F2": _silent,
    "F3": lambda c, d, *_: _one("garbled-reply", d, position=c.below(12), bit=c.below(7)),
    "F4": lambda c, d, *_: _one("cut-reply", d, keep=c.below(8)),
    "F5": _late,
    "F6": lambda c, d, *_: _one("babble", d, byte=c.below(256), **{"for": _long(c)}),
    "F7": _swap,
    "F8": lambda c, d, *_: _one("unplug", d),
    "F9": _renamed,
    "F10": _cycle,
    "F11": _cycle,
    "F12": lambda c, d, p, *_: _one("stall", p),
    "F13": _silent_stall,
    "F14": _diameter,
    "F15": lambda c, d, p, *_: _one("short-fill", p, fraction=round(c.between(0.2, 0.9), 2)),
    "F16": _not_taken,
    "F17": lambda c, d, p, t, *_: _one("over-temperature", t, rate_K_per_min=round(c.between(10.0, 600.0))),
    "F18": _probe,
    "F19": lambda c, d, p, t, *_: _one("over-temperature", t, rate_K_per_min=round(c.between(3.5, 20.0), 1)),
    "F20": lambda c, d, p, t, *_: _one("heater-stuck", t),
    "F21": lambda c, d, p, t, *_: _one("heater-dead", t),
    "F22": _stirrer,
    "F23": _clock,
    "F24": lambda c, *_: _one("suspend", "controller", **{"for": round(c.between(10.0, 1800.0))}),
    "F25": lambda c, *_: _one("hang", "controller", **{"for": round(c.between(6.0, 60.0), 1)}),
    "F26": _disk,
    "F27": lambda c, *_: [{**_kill(c)[0], "damage": True}],
    "F28": _kill,
    "F29": _kill_twice,
    "F30": lambda c, *_: _one("second-controller", "controller"),
    "F31": lambda c, *_: _one("absent", "operator"),
    "F32": _panel,
    "F34": _driver,
}
