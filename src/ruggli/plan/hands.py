"""Steps that a person does on every bench."""

from ruggli.plan.acts import Act, ChargeVessel
from ruggli.plan.context import Context, Use, VesselState
from ruggli.plan.drafts import Draft
from ruggli.plan.model import OperatorWork
from ruggli.plan.prompts import CHARGE, EXTRACT, HANDS, ask, remark, solution_text, volume_text
from ruggli.protocol.model import (
    Asked,
    Charge,
    Concentrate,
    Dry,
    Extract,
    Filter,
    Operator,
    Portion,
    Purify,
    Role,
    Sparge,
)
from ruggli.protocol.results import ResultKind
from ruggli.quantities.base import Millilitres, Millimoles, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

_CONCENTRATE = Seconds(1800.0)
_PURIFY = Seconds(3600.0)
NOTHING = "0 mg"
"""What a dry run isolates."""


def _operator(
    context: Context,
    step: Asked,
    title: str,
    text: str,
    takes: Seconds,
    state: VesselState | None,
    acts: tuple[Act, ...] = (),
) -> Draft:
    note = remark(step.note)
    prompt = ask(context, step, step.id, f"{text}{note}", takes, acts=acts)
    return Draft(title, OperatorWork(prompt), takes, state)


def plan_sparge(context: Context, step: Sparge) -> Draft:
    """Bubble inert gas."""
    what = ", ".join(_name(context, name) for name in step.what)
    text = f"Bubble {step.gas} through {what} for {step.duration}."
    return _operator(context, step, f"sparge {what} with {step.gas}", text, Seconds(step.duration.base), None)


def _name(context: Context, name: str) -> str:
    known = context.chemicals.substances.get(name)
    return name if known is None else known.name


def plan_charge(context: Context, index: int, step: Charge) -> Draft:
    """Put things into a vessel by hand."""
    state = context.state(step.vessel)
    described: list[str] = []
    acts: list[Act] = []
    for number, portion in enumerate(step.contents):
        text, act = _content(context, state, portion)
        described.append(text)
        acts.append(act)
        context.pour(state, step.id, ("steps", index, "contents", number), act.volume)
        for solute, amount in act.solutes:
            state.amounts[solute] = Millimoles(state.amounts.get(solute, 0.0) + amount)
    context.note_peak(state)
    what = ", ".join(described)
    title = f"charge {state.name} with {', '.join(portion.what for portion in step.contents)}"
    done = tuple(acts) if state.glass is not None else ()
    return _operator(context, step, title, f"Put {what} into {state.name}.", CHARGE, state, done)


def _content(context: Context, state: VesselState, portion: Portion) -> tuple[str, ChargeVessel]:
    chemicals = context.chemicals
    stated = None if portion.volume is None else Millilitres(portion.volume.base)
    mixture = chemicals.mixtures.get(portion.what)
    if mixture is not None:
        volume = mixture.rest if stated is None else stated
        use = context.uses.setdefault(mixture.key, Use())
        use.dosed = Millilitres(use.dosed + volume)
        state.solvents.add(mixture.solvent)
        solutes = tuple((solute, float(value * volume)) for solute, value in mixture.solutes.items())
        solvent = chemicals.solvent_name(mixture.solvent)
        act = ChargeVessel(state.name, mixture.key, solvent, volume, solutes)
        return f"{volume_text(volume)} of {solution_text(context, mixture.key)}", act
    substance = chemicals.substances[portion.what]
    if substance.role is Role.SOLVENT:
        volume = Millilitres(0.0) if stated is None else stated
        state.solvents.add(substance.key)
        context.poured[substance.key] = Millilitres(context.poured.get(substance.key, 0.0) + volume)
        return f"{volume_text(volume)} of {substance.name}", ChargeVessel(
            state.name, substance.name, substance.name, volume, ()
        )
    amount = substance.amount if stated is None else substance.amount_in(stated) or substance.amount
    liquid = stated if stated is not None else substance.volume(amount)
    mass = substance.mass(amount)
    context.added[substance.key] = Millimoles(context.added.get(substance.key, 0.0) + amount)
    measured = [show(mass, Dimension.MASS)] if mass is not None and amount else []
    measured += [volume_text(liquid)] if liquid is not None else []
    text = f"{' = '.join(measured) or show(amount, Dimension.AMOUNT)} of {substance.name}"
    volume = Millilitres(0.0) if liquid is None else liquid
    return text, ChargeVessel(state.name, substance.key, "", volume, ((substance.key, float(amount)),))


def plan_work_up(context: Context, step: Extract | Dry | Filter | Concentrate | Purify) -> Draft:
    """A step of the work-up; from here on the vessel's volume is not followed."""
    state = context.state(step.vessel)
    state.open = False
    if isinstance(step, Extract):
        solvent = context.chemicals.solvent_name(step.solvent)
        volume = Millilitres(step.volume.base * step.times)
        context.poured[step.solvent] = Millilitres(context.poured.get(step.solvent, 0.0) + volume)
        text = (
            f"Extract what is in {state.name} {step.times} times with {step.volume} of {solvent}; combine the extracts."
        )
        return _operator(context, step, f"extract with {solvent}", text, EXTRACT, state)
    if isinstance(step, Dry):
        agent = _name(context, step.agent)
        takes = HANDS if step.duration is None else Seconds(step.duration.base)
        text = f"Dry the organic phase over {agent}" + (f" for {step.duration}." if step.duration is not None else ".")
        return _operator(context, step, f"dry over {agent}", text, takes, state)
    if isinstance(step, Filter):
        return _operator(context, step, "filter", f"Filter off {step.remove}.", HANDS, state)
    if isinstance(step, Concentrate):
        bath = f", bath at {step.bath}" if step.bath is not None else ""
        text = f"Remove the solvent under reduced pressure{bath}."
        return _operator(context, step, "concentrate", text, _CONCENTRATE, state)
    if step.product_mass is None:
        return _operator(context, step, "purify", f"Purify by {step.method}.", _PURIFY, state)
    text = f"Purify by {step.method}. Weigh the product, dry and free of solvent, and type its mass.{remark(step.note)}"
    mass = ask(context, step, step.id, text, _PURIFY, choices=(), happy=NOTHING, dimension=Dimension.MASS)
    if step.purity is None:
        return Draft("purify", OperatorWork(mass), _PURIFY, state)
    text = "Type the purity of the product, as a part of its mass."
    purity = ask(
        context,
        step,
        f"{step.id}.purity",
        text,
        HANDS,
        choices=(),
        happy=ResultKind.PURITY.example,
        after=_PURIFY,
        result=ResultKind.PURITY,
    )
    return Draft("purify", OperatorWork(mass, (purity,)), Seconds(_PURIFY + HANDS), state)


def plan_operator(context: Context, step: Operator) -> Draft:
    """Anything else that a person does."""
    takes = HANDS if step.takes is None else Seconds(step.takes.base)
    if step.value is None:
        return _operator(context, step, step.id, step.text, takes, None)
    prompt = ask(context, step, step.id, step.text, takes, choices=(), happy=step.value.example, dimension=step.value)
    return Draft(step.id, OperatorWork(prompt), takes)
