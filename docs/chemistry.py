"""Tables of the rules of the chemistry, made from the rules themselves."""

from tables import table

from ruggli.chemistry.compounds import COMPOUNDS
from ruggli.chemistry.protection import CONDITIONS, SURVIVAL, Fate
from ruggli.chemistry.rules.book import CHECKED_FOR, RULES
from ruggli.chemistry.rules.rule import Cause, Mark, Rule, Unchecked

_MARKS = {
    Mark.STATED: "stated in the source document",
    Mark.COMPUTED: "computed or derived",
    Mark.MEMORY: "remembered from the literature, not looked up again",
    Mark.DEFAULT: "chosen by engineering judgement; not a measurement",
    Mark.PUBLISHED: "read in a public page, mostly an abstract",
}
_WEIGHTS = {"E": "error", "W": "warning", "N": "advice"}


def _weight(rule: Rule) -> str:
    usual = _WEIGHTS[rule.weight.value]
    return f"{usual}; {rule.varies}" if rule.varies else usual


def _row(rule: Rule) -> tuple[str, ...]:
    return (
        f"`{rule.id}`",
        rule.statement,
        rule.bound,
        _weight(rule),
        rule.source,
        ", ".join(mark.value for mark in rule.marks),
        "no" if isinstance(rule.check, Unchecked) else "yes",
    )


def rules() -> str:
    """Every rule."""
    return table(
        ("rule", "what it asks", "bound", "weight", "source", "mark", "checked"), (tuple(_row(r)) for r in RULES)
    )


def marks() -> str:
    """What the marks mean."""
    return table(("mark", "meaning"), ((mark.value, _MARKS[mark]) for mark in Mark))


def unchecked() -> str:
    """The rules that no file can be checked against, and why."""
    return table(
        ("rule", "why it is not checked", "what is missing"),
        (
            (f"`{rule.id}`", rule.check.cause.value, rule.check.lacks)
            for cause in Cause
            for rule in RULES
            if isinstance(rule.check, Unchecked) and rule.check.cause is cause
        ),
    )


def checked_for() -> str:
    """How many rules each reaction is checked against."""
    rows = []
    for closure, found in CHECKED_FOR.items():
        families = dict.fromkeys(rule.id.rpartition("-")[0] for rule in found)
        number = sum(not isinstance(rule.check, Unchecked) for rule in found)
        rows.append((f"`{closure.value}`", ", ".join(families), f"{number} of {len(found)}"))
    return table(("`ring_closure`", "rules", "checked from the file"), rows)


_FATES = {"yes": "stays", "mostly": "mostly stays", "no": "goes"}


def _fate(fate: Fate) -> str:
    return f"{_FATES[fate.survives]} [{fate.mark}]{f'; {fate.note}' if fate.note else ''}"


def survival() -> str:
    """What each group survives: conditions down, groups across."""
    rows = ((condition.value, *(_fate(row[condition]) for row in SURVIVAL.values())) for condition in CONDITIONS)
    return table(("what it meets", *(f"`{group}`" for group in SURVIVAL)), rows)


def compounds() -> str:
    """The reagents that the rules know."""
    rows = (
        (c.name, ", ".join(c.aliases), c.cas, ", ".join(sorted(trait.value for trait in c.traits))) for c in COMPOUNDS
    )
    return table(("reagent", "also", "CAS", "what it is to a rule"), rows)
