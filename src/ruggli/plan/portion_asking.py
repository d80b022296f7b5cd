"""What a person is asked before a portion: has the gas died down, and what is the pH?"""

from collections.abc import Callable

from ruggli.chemistry.solvents import Solvent, solvent_named
from ruggli.plan.context import Context, VesselState
from ruggli.plan.model import PlannedPrompt
from ruggli.plan.portion_gates import ASK_AGAIN, BUBBLING, QUIET, PortionGates
from ruggli.plan.prompts import LOOK, ask
from ruggli.protocol.model import Portions
from ruggli.quantities.base import Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

At = Callable[[int], Seconds]
"""Planned time of a portion, from its number (0 is the first)."""


def looks(step: Portions) -> Seconds:
    """How long the questions before one portion take."""
    return Seconds(LOOK * ((step.gate.quiet is not None) + (step.gate.ph is not None)))


def portion_gates(
    context: Context, index: int, step: Portions, state: VesselState, at: At, *, by_hand: bool
) -> PortionGates | None:
    """The questions of a series, None where the file asks none.

    `E-PH` where a pH means nothing in the vessel, `E-INTERLOCK` where nobody is there to be asked.
    """
    gate = step.gate
    if gate.quiet is None and gate.ph is None:
        return None
    _check_person(context, index, step, by_hand=by_hand)
    quiet: tuple[PlannedPrompt, ...] = ()
    again = show(ASK_AGAIN, Dimension.DURATION)
    if gate.quiet is not None:
        text = (
            f"Look into {state.name}: has the effervescence died down? While it is still bubbling the next portion "
            f"waits, and you are asked again in {again}."
        )
        quiet = tuple(
            ask(
                context,
                step,
                f"{step.id}.{number + 1}.quiet",
                text,
                LOOK,
                choices=(QUIET, BUBBLING),
                happy=QUIET,
                after=at(number),
            )
            for number in range(1, step.count)
        )
    if gate.ph is None:
        return PortionGates(quiet)
    low, high = float(gate.ph.from_), float(gate.ph.to)
    _check_ph(context, index, step, state)
    text = (
        f"Measure the pH in {state.name} and type it, a number such as 5.2. Portions are added from pH {low:g} to "
        f"{high:g}; outside, bring it there: you are asked again in {again}."
    )
    middle = f"{(low + high) / 2:g}"
    ph = tuple(
        ask(context, step, f"{step.id}.{number + 1}.ph", text, LOOK, choices=(), happy=middle, after=at(number))
        for number in range(step.count)
    )
    return PortionGates(quiet, ph, low, high)


def _check_person(context: Context, index: int, step: Portions, *, by_hand: bool) -> None:
    if context.unattended and not by_hand:
        context.findings.add(
            "E-INTERLOCK",
            f"step {step.id} asks a person before a portion, and the run is unattended",
            ("steps", index, "gate", "ph" if step.gate.quiet is None else "quiet"),
            bound="a person at the bench",
            remedy="run it with somebody there, or remove the question: the temperature gate and `heat` need nobody",
        )


def _check_ph(context: Context, index: int, step: Portions, state: VesselState) -> None:
    names = [context.chemicals.solvent_name(key) for key in sorted(state.solvents)]
    known = [solvent for name in names if (solvent := solvent_named(name)) is not None]
    if len(known) < len(names) or not known or any(map(_protic, known)):
        return
    context.findings.add(
        "E-PH",
        f"step {step.id} asks for the pH of {state.name}, and a pH means nothing in what it holds",
        ("steps", index, "gate", "ph"),
        value=", ".join(names),
        bound="water or an alcohol in the vessel",
        remedy="remove `ph`, and set the acidity by the equivalents of acid that go in before",
    )


def _protic(solvent: Solvent) -> bool:
    return solvent.protic
