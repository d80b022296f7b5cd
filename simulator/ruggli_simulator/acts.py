"""What the hands of the operator do on the bench, as plain data.

Each act is an object with the key `act`; quantities stand in keys that carry their unit.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ruggli.errors import InputError
from ruggli.quantities.base import Celsius, Millilitres, Millimetres, Millimoles, Molar
from ruggli_simulator.description import ReactionDescription
from ruggli_simulator.liquid import Liquid

if TYPE_CHECKING:
    from ruggli_simulator.bench import Bench

KEYS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "load": (
        frozenset({"device", "solution", "solvent", "volume_mL"}),
        frozenset({"bore_mm", "capacity_mL", "solutes"}),
    ),
    "unload": (frozenset({"device"}), frozenset()),
    "prime": (frozenset({"device"}), frozenset()),
    "connect": (frozenset({"device", "vessel"}), frozenset()),
    "charge": (frozenset({"vessel", "name"}), frozenset({"solvent", "volume_mL", "solutes"})),
    "place": (frozenset({"vessel", "hotplate"}), frozenset()),
    "remove": (frozenset({"vessel", "volume_mL"}), frozenset()),
    "empty": (frozenset({"vessel"}), frozenset()),
    "set": (frozenset({"vessel"}), frozenset({"condenser", "probe", "temperature_degC"})),
    "react": (frozenset({"vessel", "reaction"}), frozenset()),
    "bind": (frozenset({"vessel", "species"}), frozenset()),
}
"""For each act its necessary and its optional keys.

`load`: a syringe into a pump; `bore_mm` and `capacity_mL` default to the described ones, `solutes` in mol/L by name.
`prime`: push by hand, over waste, until the line holds nothing but what the syringe holds.
`connect`: the line's end into a vessel (null: over waste).
`charge`: into a vessel, `solutes` in mmol by name; without `volume_mL` a solid.
`place`: onto a plate, or off (null). `set`: `condenser` true or false, `probe` one of flask, block, air,
`temperature_degC` of the contents (warmed or cooled by hand).
`react`: the contents of a vessel, from now on, as the object `reaction` says (`ReactionDescription`); null: no more.
`bind`: what a vessel holds of these species of its reaction is bound, as by a scavenger; where nothing reacts, nothing.
"""


def perform(bench: "Bench", act: Mapping[str, Any]) -> dict[str, Any]:
    """Do one act; returns what came of it. Raises `ValueError` for one that is unknown, misshapen or impossible."""
    name = str(act.get("act"))
    if name not in KEYS:
        near = get_close_matches(name, KEYS, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ValueError(f"unknown act {name!r}; {hint}Known are {', '.join(KEYS)}")
    needed, optional = KEYS[name]
    given = act.keys() - {"act"}
    if needed - given or given - needed - optional:
        wrong = ", ".join(sorted(needed - given | given - needed - optional))
        raise ValueError(
            f"act {name!r}: missing or unknown: {wrong}; it takes {', '.join(sorted(needed))}"
            + (f" and may take {', '.join(sorted(optional))}" if optional else "")
        )
    bench.advance()
    return _DOERS[name](bench, act) or {}


def _load(bench: "Bench", act: Mapping[str, Any]) -> None:
    name = act["device"]
    drive, described = bench.drive(name), bench.syringe(name)
    bore = act.get("bore_mm") or (described and described.bore)
    capacity = act.get("capacity_mL") or (described and described.capacity)
    if not bore:
        raise ValueError(f"load {name!r}: no bore_mm is given and the bench describes no syringe for this pump")
    solutes = {str(solute): Molar(float(level)) for solute, level in (act.get("solutes") or {}).items()}
    drive.load(
        bench.now,
        Liquid(act["solution"], act["solvent"], solutes),
        Millilitres(float(act["volume_mL"])),
        Millimetres(float(bore)),
        capacity=Millilitres(float(capacity) if capacity else float("inf")),
    )


def _unload(bench: "Bench", act: Mapping[str, Any]) -> None:
    bench.drive(act["device"]).unload(bench.now)


def _prime(bench: "Bench", act: Mapping[str, Any]) -> dict[str, Any]:
    return {"primed_mL": bench.drive(act["device"]).prime(bench.now)}


def _connect(bench: "Bench", act: Mapping[str, Any]) -> None:
    vessel = act["vessel"]
    bench.drive(act["device"]).connect(bench.now, None if vessel is None else bench.vessel(vessel))


def _charge(bench: "Bench", act: Mapping[str, Any]) -> None:
    solutes = {str(solute): Millimoles(float(amount)) for solute, amount in (act.get("solutes") or {}).items()}
    volume = Millilitres(float(act.get("volume_mL") or 0.0))
    bench.vessel(act["vessel"]).charge(act["name"], act.get("solvent"), volume, solutes, bench.now)


def _place(bench: "Bench", act: Mapping[str, Any]) -> None:
    bench.place(act["vessel"], act["hotplate"])


def _remove(bench: "Bench", act: Mapping[str, Any]) -> None:
    bench.vessel(act["vessel"]).remove(Millilitres(float(act["volume_mL"])))


def _empty(bench: "Bench", act: Mapping[str, Any]) -> None:
    bench.vessel(act["vessel"]).empty()


def _set(bench: "Bench", act: Mapping[str, Any]) -> None:
    vessel = bench.vessel(act["vessel"])
    if "condenser" in act:
        vessel.condenser = bool(act["condenser"])
    if "probe" in act:
        bench.seat_probe(act["vessel"], act["probe"])
    if "temperature_degC" in act:
        vessel.temperature = Celsius(float(act["temperature_degC"]))


def _react(bench: "Bench", act: Mapping[str, Any]) -> None:
    told = act["reaction"]
    try:
        described = None if told is None else ReactionDescription.from_dict(told)
    except InputError as problem:
        raise ValueError(str(problem)) from problem
    bench.react(act["vessel"], described)


def _bind(bench: "Bench", act: Mapping[str, Any]) -> None:
    reaction = bench.vessel(act["vessel"]).reaction
    if reaction is not None:
        reaction.bind([str(name) for name in act["species"]])


_DOERS: Mapping[str, Callable[["Bench", Mapping[str, Any]], dict[str, Any] | None]] = {
    "load": _load,
    "unload": _unload,
    "prime": _prime,
    "connect": _connect,
    "charge": _charge,
    "place": _place,
    "remove": _remove,
    "empty": _empty,
    "set": _set,
    "react": _react,
    "bind": _bind,
}
