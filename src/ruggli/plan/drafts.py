"""What planning one step yields, before it has its place in the timeline."""

from dataclasses import dataclass

from ruggli.plan.acts import Act
from ruggli.plan.context import Context, VesselState
from ruggli.plan.model import OperatorWork, Work
from ruggli.plan.prompts import ask
from ruggli.protocol.model import AnyStep, Asked
from ruggli.quantities.base import Seconds


@dataclass(frozen=True, slots=True)
class Draft:
    """One step.

    Attributes:
        title: one line for people.
        work: see `Work`.
        duration: planned time, answers included.
        state: the vessel that the step works on, or None.
        by_hand: why a person does what a device could do ("" otherwise).
    """

    title: str
    work: Work
    duration: Seconds
    state: VesselState | None = None
    by_hand: str = ""


def by_hand(
    context: Context,
    index: int,
    step: Asked,
    title: str,
    text: str,
    takes: Seconds,
    why: str,
    *,
    state: VesselState | None = None,
    acts: tuple[Act, ...] = (),
) -> Draft:
    """A step that a device could do and this rig cannot: a person does it with the same data, and a note says why."""
    context.findings.add(
        "N-BY-HAND",
        f"step {step.id} is done by hand: {why}",
        ("steps", index),
        remedy="the prompt says what to do; or add the device to the rig file",
    )
    prompt = ask(context, step, step.id, text, takes, acts=acts)
    return Draft(title, OperatorWork(prompt), takes, state, why)


def refused(context: Context, step: AnyStep, title: str, state: VesselState | None = None) -> Draft:
    """Stands in the timeline for a step that cannot be planned; an error says why, at the latest this one."""
    if not context.findings.refuses:
        context.findings.add(
            "E-PLAN",
            f"step {step.id} cannot be planned on this rig",
            ("steps", context.protocol.steps.index(step)),
            remedy="try a larger syringe, another time, or a smaller volume",
        )
    prompt = ask(context, step, step.id, f"{title}: refused, see the problems", Seconds(0.0))
    return Draft(title, OperatorWork(prompt), Seconds(0.0), state)
