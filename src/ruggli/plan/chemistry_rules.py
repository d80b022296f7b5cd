"""Checks the plan against the rules of its chemistry: all where the protocol says what it makes, else a few."""

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.gas import quench_budget
from ruggli.chemistry.rules.book import breaches, code_of
from ruggli.chemistry.rules.facts import Closure, Facts
from ruggli.chemistry.rules.rule import Place, Weight, at_step
from ruggli.plan.context import Context
from ruggli.plan.findings import Path
from ruggli.quantities.base import Millimoles
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show


def check_chemistry(context: Context, facts: Facts) -> None:
    """Add a finding for each broken rule: `E-`, `W-` or `N-` and the id of the rule.

    Args:
        context: what the planner found out; takes the findings.
        facts: the planned protocol as chemistry.
    """
    for rule, breach in breaches(facts):
        source = "added, not in the source document" if rule.source == "added" else f"source document {rule.source}"
        against = "" if (breach.weight or rule.weight) is Weight.ADVICE else f"against rule {rule.id}: "
        context.findings.add(
            code_of(rule, breach),
            f"{against}{rule.statement} ({source})",
            _path(context, breach.place),
            value=breach.value,
            bound=rule.bound,
            remedy=rule.remedy,
        )
    _note_gas(context, facts)


def _note_gas(context: Context, facts: Facts) -> None:
    """What a quench with bicarbonate sets free after a triacetoxyborohydride."""
    hydride, quench = facts.with_trait(Trait.TRIACETOXYBOROHYDRIDE), facts.with_trait(Trait.BICARBONATE)
    if facts.closure is not Closure.REDUCTIVE_AMINATION or hydride is None or quench is None:
        return
    acid = facts.with_trait(Trait.ACETIC_ACID)
    put_in = Millimoles(0.0) if acid is None else facts.amount(acid[2].key)
    budget = quench_budget(facts.amount(facts.substrate), put_in, facts.amount(hydride[2].key))
    dioxide, hydrogen, liquid = (
        show(volume, Dimension.VOLUME) for volume in (budget.carbon_dioxide, budget.hydrogen, budget.bicarbonate)
    )
    context.findings.add(
        "N-GAS",
        f"the quench sets up to {dioxide} of carbon dioxide free, and hydride that was not used {hydrogen} of hydrogen",
        _path(context, at_step(quench[1].step)),
        value=f"{budget.acid:.3g} mmol of acid, two for each boron",
        bound=f"at least {liquid} of saturated bicarbonate",
        remedy="vent it, and quench slowly; gas at 25 degC and 101.3 kPa",
    )


def _path(context: Context, place: Place) -> Path:
    name: tuple[str | int, ...] = (place.name,) if place.name else ()
    if place.part == "steps":
        name = (next(n for n, step in enumerate(context.protocol.steps) if step.id == place.name),)
    return (place.part, *name, place.key) if place.key else (place.part, *name)
