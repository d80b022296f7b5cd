"""All rules, and which of them a reaction is checked against."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ruggli.chemistry.rules.added import ADDED
from ruggli.chemistry.rules.amide import AMIDE
from ruggli.chemistry.rules.conflicts import CONFLICTS
from ruggli.chemistry.rules.facts import Closure, Facts
from ruggli.chemistry.rules.metathesis import METATHESIS
from ruggli.chemistry.rules.protecting_groups import PROTECTING_GROUPS
from ruggli.chemistry.rules.reductive_amination import REDUCTIVE_AMINATION
from ruggli.chemistry.rules.rule import Breach, Rule, Unchecked

RULES: tuple[Rule, ...] = (*METATHESIS, *REDUCTIVE_AMINATION, *AMIDE, *PROTECTING_GROUPS, *ADDED, *CONFLICTS)
"""Every rule, in the order of the reference table."""

ALWAYS: tuple[Rule, ...] = tuple(rule for rule in ADDED if rule.id == "X-10")
"""The rules that every file is checked against: what they forbid may kill."""
_OF_GROUPS = tuple(rule for rule in ADDED if rule.id == "X-21")
"""What was added about protecting groups; the other added rules are about metathesis and reductive amination."""

CHECKED_FOR: Mapping[Closure, tuple[Rule, ...]] = MappingProxyType(
    {
        Closure.METATHESIS: (*METATHESIS, *PROTECTING_GROUPS, *ADDED, *CONFLICTS),
        Closure.REDUCTIVE_AMINATION: (*REDUCTIVE_AMINATION, *PROTECTING_GROUPS, *ADDED, *CONFLICTS),
        Closure.AMIDE: (*AMIDE, *PROTECTING_GROUPS, *ALWAYS, *_OF_GROUPS, *CONFLICTS),
    }
)
"""The rules that a reaction is checked against."""


def breaches(facts: Facts) -> Iterator[tuple[Rule, Breach]]:
    """Every rule of the reaction that is broken, with what was found."""
    for rule in ALWAYS if facts.closure is None else CHECKED_FOR[facts.closure]:
        if not isinstance(rule.check, Unchecked):
            outcome = rule.check(facts)
            if isinstance(outcome, Breach):
                yield rule, outcome


def code_of(rule: Rule, breach: Breach) -> str:
    """The code of a finding, such as `W-RCM-04`."""
    return f"{(breach.weight or rule.weight).value}-{rule.id}"
