"""The rules of protecting groups, PG-01 to PG-05; checked from `nitrogens` of the key `chemistry`."""

from collections.abc import Mapping
from types import MappingProxyType

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.rules.facts import Closure, Facts
from ruggli.chemistry.rules.metathesis_feed import end_of_reaction
from ruggli.chemistry.rules.rule import (
    CHEMISTRY,
    ERROR,
    NOT_APPLICABLE,
    WARNING,
    Breach,
    Cause,
    M,
    Outcome,
    Rule,
    S,
    Unchecked,
    at_step,
)

REMOVED_BY: Mapping[str, str] = MappingProxyType(
    {
        "Boc": "acid",
        "Cbz": "hydrogenolysis",
        "Bn": "hydrogenolysis",
        "Fmoc": "base",
        "Ts": "reduction",
        "Ns": "thiolate",
    }
)
"""How each group goes. Boc and Cbz from the source (L91, L92), the others [M]."""


def orthogonal(facts: Facts) -> Outcome:
    """PG-01. The same group twice is kept in a metathesis, where both nitrogens are bystanders."""
    known = [group for group in facts.nitrogens if group in REMOVED_BY]
    if len(known) < 2:
        return NOT_APPLICABLE
    if len(set(known)) == 1 and facts.closure is Closure.METATHESIS:
        return None
    ways = {REMOVED_BY[group] for group in known}
    return Breach(f"{' and '.join(known)}, both removed by {min(ways)}", CHEMISTRY) if len(ways) == 1 else None


def _meets(facts: Facts, group: str, trait: Trait) -> Outcome:
    """Whether a group meets what removes it before the reaction is over; afterwards that may be meant."""
    if group not in facts.nitrogens:
        return NOT_APPLICABLE
    found, closing = facts.with_trait(trait), facts.closing
    late = found is not None and closing is not None and found[0] >= end_of_reaction(facts, closing[0])
    return None if found is None or late else Breach(f"{group} meets {found[2].name}", at_step(found[1].step))


def boc(facts: Facts) -> Outcome:
    """PG-02."""
    return _meets(facts, "Boc", Trait.STRONG_ACID)


def cbz(facts: Facts) -> Outcome:
    """PG-03."""
    return _meets(facts, "Cbz", Trait.HYDROGENOLYSIS)


def one_free(facts: Facts) -> Outcome:
    """PG-05."""
    if len(facts.nitrogens) < 2 or facts.closure is Closure.METATHESIS:
        return NOT_APPLICABLE
    return Breach("both free", CHEMISTRY) if facts.nitrogens.count("free") > 1 else None


PROTECTING_GROUPS: tuple[Rule, ...] = (
    Rule("PG-01", "Two protected nitrogens are freed under different conditions", "two ways of removal",
         "choose a group that goes another way, such as Boc beside Cbz", ERROR, "L88", (S, M), orthogonal),
    Rule("PG-02", "A Boc group meets no strong acid before the ring is closed", "no TFA, HCl or the like",
         "leave the acid out, or protect otherwise", ERROR, "L91", (S, M), boc),
    Rule("PG-03", "A Cbz group meets no hydrogenolysis before the ring is closed", "no hydrogen, no Pd/C",
         "leave it out, or protect otherwise", ERROR, "L92", (S, M), cbz),
    Rule("PG-04", "A mono-protected diamine is built up stepwise", "alkylate or acylate, deprotect, close the ring",
         "keep this order", WARNING, "L95", (S,),
         Unchecked(Cause.NO_WORD, "the steps before the ring closure, which are other protocols")),
    Rule("PG-05", "A diamine with both nitrogens free condenses with itself", "at most one free nitrogen",
         "protect one", WARNING, "L95, L40", (S,), one_free),
)  # fmt: skip
