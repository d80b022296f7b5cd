"""Questions to a person: how long they wait, and what they say."""

from ruggli.plan.acts import Act
from ruggli.plan.context import Context
from ruggli.plan.model import PlannedPrompt
from ruggli.plan.seats import Seat
from ruggli.protocol.model import Asked, OnTimeout
from ruggli.protocol.results import ResultKind
from ruggli.quantities.base import Millilitres, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

DONE = "done"
PATIENCE = Seconds(600.0)
"""How long a question waits where the file does not say; then the run holds."""

LOAD = Seconds(300.0)
CHARGE = Seconds(300.0)
WEIGH = Seconds(120.0)
SAMPLE = Seconds(600.0)
EXTRACT = Seconds(1200.0)
LOOK = Seconds(60.0)
HANDS = Seconds(600.0)
"""Times that a person takes: estimates, for the timeline and for scripted answers."""

AT_ONCE = Seconds(0.0)


def remark(note: str | None) -> str:
    """A step's note as a sentence behind another one."""
    return f" {note.rstrip('.')}." if note else ""


def ask(
    context: Context,
    step: Asked,
    prompt_id: str,
    text: str,
    takes: Seconds,
    *,
    acts: tuple[Act, ...] = (),
    choices: tuple[str, ...] = (DONE,),
    happy: str = DONE,
    dimension: Dimension | None = None,
    after: Seconds = AT_ONCE,
    result: ResultKind | None = None,
) -> PlannedPrompt:
    """A question of a step; waiting time and what follows it from the step, else from the file, else 10 min and hold.

    Args:
        context: the plan so far.
        step: the step that asks.
        prompt_id: stable id.
        text: what to do or to find out.
        takes: how long a person needs.
        acts: what the hands do.
        choices: allowed answers.
        happy: the answer of the happy path.
        dimension: dimension of a typed answer.
        after: planned time from the start of the step.
        result: the result of an analysis that is asked for.
    """
    defaults = context.protocol.prompts
    timeout = step.timeout or defaults.timeout
    return PlannedPrompt(
        id=prompt_id,
        text=text,
        choices=choices,
        dimension=dimension,
        happy=happy,
        takes=takes,
        timeout=PATIENCE if timeout is None else Seconds(timeout.base),
        on_timeout=step.on_timeout or defaults.on_timeout or OnTimeout.HOLD,
        acts=acts,
        when=Seconds(context.now + after),
        result=result,
    )


def volume_text(volume: float) -> str:
    """A volume for people."""
    return show(volume, Dimension.VOLUME)


def solution_text(context: Context, name: str) -> str:
    """What a solution is: `substrate (33.33 mM s7 in dichloromethane)`."""
    mixture = context.chemicals.mixtures[name]
    solutes = " and ".join(f"{show(value, Dimension.CONCENTRATION)} {key}" for key, value in mixture.solutes.items())
    return f"{name} ({solutes} in {context.chemicals.solvent_name(mixture.solvent)})"


def load_text(context: Context, seat: Seat, solution: str, fill: Millilitres, vessel: str, before: str | None) -> str:
    """The first filling of a syringe."""
    rinse = "" if before in (None, "", solution) else f"Rinse the syringe and line of {seat.device} free of {before}. "
    return (
        f"{rinse}Fill the {seat.syringe.label} syringe to {volume_text(fill)} with {solution_text(context, solution)}, "
        f"free of air, and put it into {seat.device}. Push by hand until the first drop leaves the line "
        f"({volume_text(seat.hold_up)}); then put the outlet into {vessel}."
    )


def refill_text(context: Context, seat: Seat, solution: str, fill: Millilitres) -> str:
    """A filling of a syringe whose line is full."""
    return (
        f"Take the syringe from {seat.device} without letting air into the line, fill it to {volume_text(fill)} "
        f"with {solution_text(context, solution)}, free of air, and put it back."
    )


def chase_text(context: Context, seat: Seat, solvent: str, solution: str, fill: Millilitres, push: Millilitres) -> str:
    """The change to the solvent that pushes the line's contents out."""
    return (
        f"Change the syringe in {seat.device} for a clean {seat.syringe.label} syringe with {volume_text(fill)} of "
        f"{context.chemicals.solvent_name(solvent)}, free of air, without letting air into the line: "
        f"{volume_text(push)} of it push the rest of {solution} into the vessel."
    )
