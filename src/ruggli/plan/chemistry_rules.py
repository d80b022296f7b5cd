"""Checks the plan against the rules of its chemistry, where the protocol says what it makes."""

from ruggli.chemistry.rules.book import breaches, code_of
from ruggli.chemistry.rules.rule import Place, Weight
from ruggli.chemistry.structures.interface import Structures
from ruggli.plan.chemistry_facts import facts_of
from ruggli.plan.context import Context
from ruggli.plan.findings import Path
from ruggli.plan.model import PlannedStep


def check_chemistry(context: Context, steps: tuple[PlannedStep, ...], structures: Structures | None) -> None:
    """Add a finding for each broken rule: `E-`, `W-` or `N-` and the id of the rule.

    Args:
        context: what the planner found out; takes the findings.
        steps: the planned steps.
        structures: what reads a SMILES, or None.
    """
    chemistry = context.protocol.chemistry
    if chemistry is None:
        return
    for rule, breach in breaches(facts_of(context, chemistry, steps, structures)):
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


def _path(context: Context, place: Place) -> Path:
    name: tuple[str | int, ...] = (place.name,) if place.name else ()
    if place.part == "steps":
        name = (next(n for n, step in enumerate(context.protocol.steps) if step.id == place.name),)
    return (place.part, *name, place.key) if place.key else (place.part, *name)
