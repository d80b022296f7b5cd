"""Step classes: which a step may have, and which one counts when the step runs.

A class says what is safe when a step has to pause or to end early, so it has to fit the state of the vessel:

- `feed_at_reflux` needs a `heat` step to reflux before it.
- A step written as `feed_at_reflux` in a vessel that is kept at 45 degC or below counts as `feed`, so that one
  file serves reflux and room temperature; the plan says so (`N-CLASS`). A hotter vessel below reflux keeps the class:
  its heat goes off when the run ends early.
- `feed` keeps the heat on when the run ends early, so it is refused at reflux and warned about above 45 degC.
"""

from collections.abc import Iterator
from typing import Final

from ruggli.documents.problem import Severity
from ruggli.protocol.finding import Finding
from ruggli.protocol.model import (
    AnyStep,
    Cool,
    Dose,
    Heat,
    Hold,
    Monitor,
    Portions,
    Protocol,
    Quench,
    StepClass,
)
from ruggli.quantities.base import Celsius

WARM: Final = Celsius(45.0)
"""Hottest vessel that may stay heated with nobody there: "slightly elevated", the upper end of 15 to 45 degC."""

_RUNNING: Final = frozenset(StepClass)
ALLOWED: Final[dict[type, frozenset[StepClass]]] = {
    Dose: frozenset({StepClass.FEED, StepClass.FEED_AT_REFLUX}),
    Quench: frozenset({StepClass.QUENCH}),
    Portions: frozenset({StepClass.PORTION_ADDITION}),
    Heat: frozenset({StepClass.HEAT_ONLY, StepClass.FEED, StepClass.FEED_AT_REFLUX}),
    Hold: _RUNNING,
    Monitor: _RUNNING,
}
"""Classes that a kind of step may have."""

Classed = Dose | Quench | Portions | Heat | Hold | Monitor


def vessel_of(step: AnyStep) -> str | None:
    """The vessel that a step works on, or None."""
    if isinstance(step, Dose | Quench | Portions):
        return step.into
    return getattr(step, "vessel", None)


def temperature_step(protocol: Protocol, index: int) -> Heat | Cool | None:
    """The step that decides the temperature of the vessel while step `index` runs, or None where none was set."""
    vessel = vessel_of(protocol.steps[index])
    for step in reversed(protocol.steps[: index + 1]):
        if isinstance(step, Heat | Cool) and step.vessel == vessel:
            return step
    return None


def temperature_steps(protocol: Protocol) -> list[Heat | Cool | None]:
    """`temperature_step` of every step, in one pass."""
    last: dict[str | None, Heat | Cool] = {}
    found: list[Heat | Cool | None] = []
    for step in protocol.steps:
        if isinstance(step, Heat | Cool):
            last[step.vessel] = step
        found.append(last.get(vessel_of(step)))
    return found


def effective_class(protocol: Protocol, step_index: int) -> StepClass:
    """The class that counts when step `step_index` (0-based) runs; steps without a class are `heat_only`."""
    step = protocol.steps[step_index]
    if not isinstance(step, Classed):
        return StepClass.HEAT_ONLY
    if step.class_ is not StepClass.FEED_AT_REFLUX:
        return step.class_
    return _class_at_reflux(temperature_step(protocol, step_index))


def _class_at_reflux(state: Heat | Cool | None) -> StepClass:
    """What `feed_at_reflux` counts as where this step decides the temperature."""
    if isinstance(state, Heat) and state.to != "reflux" and state.to.base <= WARM:
        return StepClass.FEED
    return StepClass.FEED_AT_REFLUX


def check_classes(protocol: Protocol) -> Iterator[Finding]:
    """Classes that a step may not have, and classes that do not fit the temperature of the vessel."""
    states = temperature_steps(protocol)
    for index, step in enumerate(protocol.steps):
        if not isinstance(step, Classed):
            continue
        allowed = ALLOWED[type(step)]
        if step.class_ not in allowed:
            words = ", ".join(sorted(item.value for item in allowed))
            remedy = "write it as a step `do: quench`" if step.class_ is StepClass.QUENCH else f"write one of: {words}"
            yield Finding(
                ("steps", index, "class"),
                "E-VALUE",
                f"step {step.id} is a {step.do} and may not have the class {step.class_.value}",
                step.class_.value,
                words,
                remedy,
            )
        elif step.class_ is StepClass.FEED_AT_REFLUX:
            yield from _reflux_order(index, step, states[index])
        elif step.class_ is StepClass.FEED:
            yield from _kept_heat(index, step, states[index])


def _reflux_order(index: int, step: Classed, state: Heat | Cool | None) -> Iterator[Finding]:
    path = ("steps", index, "class")
    if isinstance(state, Heat) and state.to == "reflux":
        return
    if isinstance(state, Heat) and state.to != "reflux":
        if _class_at_reflux(state) is StepClass.FEED:
            yield Finding(
                path,
                "N-CLASS",
                f"step {step.id} counts as `feed`: {state.vessel} is kept at {state.to}, not at reflux",
                step.class_.value,
                severity=Severity.NOTE,
            )
        return
    vessel = vessel_of(step)
    now = f"step {state.id} cools it" if state else "nothing heats it before"
    yield Finding(
        path,
        "E-ORDER",
        f"step {step.id} is of class feed_at_reflux, but {vessel} is not at reflux then: {now}",
        step.class_.value,
        "a `heat` step `to: reflux` before it",
        "put the heat step first, or write class: feed",
    )


def _kept_heat(index: int, step: Classed, state: Heat | Cool | None) -> Iterator[Finding]:
    if not isinstance(state, Heat):
        return
    if state.to == "reflux":
        yield Finding(
            ("steps", index, "class"),
            "E-INTERLOCK",
            f"step {step.id} is of class feed, which keeps the heat on when the run ends early, "
            f"but {state.vessel} is at reflux",
            step.class_.value,
            f"feed at {WARM:g} degC at most",
            "write class: feed_at_reflux (dose) or heat_only",
        )
    elif state.to.base > WARM:
        yield Finding(
            ("steps", index, "class"),
            "W-CLASS",
            f"step {step.id} is of class feed, which keeps {state.vessel} at {state.to} when the run ends early",
            str(state.to),
            f"at most {WARM:g} degC",
            "write class: feed_at_reflux (dose) or heat_only: the heat then goes off",
            Severity.WARNING,
        )
