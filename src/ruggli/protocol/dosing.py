"""How a dose, a quench or portions are paced: given once, and without contradiction."""

from collections.abc import Iterator
from typing import Final

from ruggli.documents.nodes import Path
from ruggli.protocol.classes import temperature_steps
from ruggli.protocol.finding import Finding
from ruggli.protocol.lengths import LONGEST
from ruggli.protocol.model import Cool, Dose, Gate, Heat, Portions, Profile, Protocol, Quench
from ruggli.protocol.uses import rest_of
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import Reading, show

AGREEMENT: Final = 0.005
"""Volume, rate and duration given together must agree within 0.5 %: people round."""


def check_dosing(protocol: Protocol) -> Iterator[Finding]:
    """Pace, volume, kept concentrations, ratio, gate and pairs of solutions."""
    states = temperature_steps(protocol)
    for index, step in enumerate(protocol.steps):
        path: Path = ("steps", index)
        if isinstance(step, Dose):
            yield from _dose(path, step)
            yield from _solutions(path, step)
            volume = step.volume.base if step.volume else rest_of(protocol, step.solutions[0])
            yield from _pace(path, step, volume)
            yield from _keep(protocol, path, step)
            yield from _ratio(protocol, path, step)
        elif isinstance(step, Quench):
            if step.rate is None and step.duration is None:
                yield _missing(path, f"quench {step.id} has neither rate nor duration", "write e.g. `rate: 1 mL/min`")
            yield from _pace(path, step, rest_of(protocol, step.solution))
        elif isinstance(step, Portions):
            yield from _portions(protocol, path, step)
        if isinstance(step, Dose | Quench | Portions) and step.gate is not None:
            yield from _gate(index, step.gate, step.id, states[index])


def _missing(path: Path, message: str, remedy: str) -> Finding:
    return Finding(path, "E-MISSING", message, "", "duration or rate", remedy)


def _dose(path: Path, step: Dose) -> Iterator[Finding]:
    bounds = list((step.keep or {}).values())
    if step.duration is None and step.rate is None and not any(bound.half_life for bound in bounds):
        remedy = "write e.g. `duration: 6 h`"
        if bounds:
            remedy = "write e.g. `duration: 6 h`, or give the bound in `keep` a `half_life` that sets the pace"
        yield _missing(path, f"dose {step.id} has neither duration nor rate", remedy)
    if step.volume is not None and len(step.solutions) > 1:
        yield Finding(
            (*path, "volume"),
            "E-CONFLICT",
            f"dose {step.id} gives one volume for {len(step.solutions)} solutions",
            str(step.volume),
            "no volume: each solution is dosed whole",
            "give the volumes with the solutions",
        )


def _solutions(path: Path, step: Dose) -> Iterator[Finding]:
    for number, name in enumerate(step.solutions):
        if name in step.solutions[:number]:
            yield Finding(
                (*path, "solutions", number),
                "E-CONFLICT",
                f"dose {step.id} names the solution {name} twice",
                name,
                "each solution once",
                "remove one, or declare a second solution",
            )


def _pace(path: Path, step: Dose | Quench, volume: float | None) -> Iterator[Finding]:
    """S01: volume, rate and duration together must agree; a rate alone must not take for ever."""
    if step.rate == "by_vent":
        if step.duration is not None:
            yield Finding(
                (*path, "rate"),
                "E-CONFLICT",
                f"{step.do} {step.id} gives a duration, and a rate that follows from the vent",
                f"by_vent, {step.duration}",
                "one of the two",
                "remove the duration",
            )
        return
    if step.rate is None or volume is None:
        if step.rate is not None and step.duration is not None:
            yield Finding(
                (*path, "rate"),
                "E-CONFLICT",
                f"{step.do} {step.id} gives rate and duration, and its volume is not known here",
                f"{step.rate}, {step.duration}",
                "one of the two",
                "remove one of them",
            )
        return
    takes = volume / step.rate.base
    values = f"{show(volume, Dimension.VOLUME)} at {step.rate}"
    if step.duration is None:
        longest = LONGEST[step.class_]
        if takes > longest:
            yield Finding(
                (*path, "rate"),
                "E-RANGE",
                f"{step.do} {step.id}: {values} takes {show(takes, Dimension.DURATION)}, "
                f"longer than a step of class {step.class_.value} may take",
                str(step.rate),
                f"at least {show(volume / longest, Dimension.FLOW_RATE)}",
                "check the unit, or dose faster",
            )
    elif abs(takes / step.duration.base - 1) > AGREEMENT:
        yield Finding(
            (*path, "rate"),
            "E-CONFLICT",
            f"{step.do} {step.id}: {values} takes {show(takes, Dimension.DURATION)}, not {step.duration}",
            f"{show(volume, Dimension.VOLUME)}, {step.rate}, {step.duration}",
            f"{show(volume / step.duration.base, Dimension.FLOW_RATE)} for {step.duration}",
            "remove the rate or the duration",
        )


def _solutes(protocol: Protocol, step: Dose) -> dict[str, list[str]]:
    """The solutions of a dose that bring each solute."""
    found: dict[str, list[str]] = {}
    for name in step.solutions:
        for solute in protocol.solutions[name].solutes if name in protocol.solutions else ():
            found.setdefault(solute, []).append(name)
    return found


def _keep(protocol: Protocol, path: Path, step: Dose) -> Iterator[Finding]:
    solutes = _solutes(protocol, step)
    for name, bound in (step.keep or {}).items():
        if name in protocol.reagents and name not in solutes:
            yield Finding(
                (*path, "keep", name),
                "E-REF",
                f"dose {step.id} bounds the concentration of {name}, which it does not add",
                name,
                f"one of {', '.join(solutes)}",
                "name a solute of one of its solutions",
            )
        if bound.profile is not Profile.RAMPED:
            continue
        place = (*path, "keep", name, "profile")
        if bound.half_life is None:
            yield Finding(
                place,
                "E-CONFLICT",
                f"dose {step.id} is ramped along a bound on {name}, and nothing uses {name} up",
                "profile: ramped",
                "profile: ramped with a half_life",
                "add `half_life: 20 min` (yours) or `half_life: predicted`",
            )
        for key, given in (("duration", step.duration), ("rate", step.rate)):
            if given is not None:
                yield Finding(
                    place,
                    "E-CONFLICT",
                    f"dose {step.id} is ramped and has a {key}: a ramp finds its own time",
                    f"profile: ramped, {key}: {given}",
                    "one of the two",
                    f"remove `{key}` or `profile`",
                )


def _ratio(protocol: Protocol, path: Path, step: Dose) -> Iterator[Finding]:
    ratio = step.ratio
    if ratio is None:
        return
    place = (*path, "ratio")
    if (ratio.equivalents is None) == (ratio.mole_percent is None):
        both = ratio.equivalents is not None
        yield Finding(
            place,
            "E-CONFLICT" if both else "E-MISSING",
            f"the ratio of dose {step.id} is given {'twice' if both else 'by nothing'}",
            f"{ratio.equivalents}, {ratio.mole_percent}" if both else "",
            "one of equivalents, mole_percent",
            "remove one" if both else "write e.g. `equivalents: 0.05 eq`",
        )
    solutes = _solutes(protocol, step)
    for key, name in (("of", ratio.of), ("to", ratio.to)):
        if name in protocol.reagents and len(solutes.get(name, ())) != 1:
            yield Finding(
                (*place, key),
                "E-REF",
                f"the ratio of dose {step.id} names {name}, which is in {len(solutes.get(name, ()))} of its solutions",
                name,
                f"one of {', '.join(solutes)}",
                "name a solute of exactly one of its solutions",
            )
    if solutes.get(ratio.of, [ratio.of]) == solutes.get(ratio.to, [ratio.to]):
        yield Finding(
            place,
            "E-CONFLICT",
            f"the ratio of dose {step.id} is between two solutes of one solution, where it cannot change",
            f"{ratio.of}, {ratio.to}",
            "solutes of two solutions",
            "remove `ratio`, or name the solutes of two solutions",
        )


def _portions(protocol: Protocol, path: Path, step: Portions) -> Iterator[Finding]:
    window = step.gate.ph
    if window is not None and window.from_ >= window.to:
        yield Finding(
            (*path, "gate", "ph", "from"),
            "E-CONFLICT",
            f"step {step.id} has a window of pH that is empty",
            f"from {window.from_} to {window.to}",
            "`from` below `to`",
            "exchange the two, or widen the window",
        )
    if step.what in protocol.solutions and step.rate is None:
        message = f"step {step.id} adds portions of the solution {step.what} without a rate"
        yield Finding(path, "E-MISSING", message, step.what, "rate", "add e.g. `rate: 1 mL/min`")
    elif step.what in protocol.reagents and step.rate is not None:
        message = f"step {step.id} adds {step.what} by hand, which has no rate"
        yield Finding((*path, "rate"), "E-CONFLICT", message, str(step.rate), "no rate", "remove it")


def _gate(index: int, gate: Gate, step_id: str, state: Heat | Cool | None) -> Iterator[Finding]:
    """A gate must be above the temperature at which the vessel is kept, else nothing ever flows."""
    if not isinstance(state, Heat) or not isinstance(state.to, Reading):
        return
    reopens = gate.below.base - (gate.hysteresis.base if gate.hysteresis else 0.0)
    if reopens <= state.to.base:
        hysteresis = f" less {gate.hysteresis}" if gate.hysteresis else ""
        yield Finding(
            ("steps", index, "gate", "below"),
            "E-CONFLICT",
            f"step {step_id} waits for {state.vessel} to be below {gate.below}{hysteresis}, "
            f"but step {state.id} keeps it at {state.to}",
            str(gate.below),
            f"above {state.to}",
            "raise the gate, or cool the vessel first",
        )
