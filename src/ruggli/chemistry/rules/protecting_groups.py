"""The rules of protecting groups, PG-01 to PG-05; checked from what the nitrogens carry and what the steps bring."""

from collections.abc import Mapping
from types import MappingProxyType

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.rules.facts import Closure, Facts
from ruggli.chemistry.rules.losses import lost
from ruggli.chemistry.rules.meeting import first_meeting
from ruggli.chemistry.rules.rule import (
    CHEMISTRY,
    ERROR,
    NOT_APPLICABLE,
    WARNING,
    Breach,
    M,
    Outcome,
    Rule,
    S,
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
    known = [group for group in _pair(facts) if group in REMOVED_BY]
    if len(known) < 2:
        return NOT_APPLICABLE
    if len(set(known)) == 1 and facts.closure is Closure.METATHESIS:
        return None
    ways = {REMOVED_BY[group] for group in known}
    return Breach(f"{' and '.join(known)}, both removed by {min(ways)}", CHEMISTRY) if len(ways) == 1 else None


def boc(facts: Facts) -> Outcome:
    """PG-02."""
    return lost(facts, "PG-02")


def cbz(facts: Facts) -> Outcome:
    """PG-03."""
    return lost(facts, "PG-03")


def stepwise(facts: Facts) -> Outcome:
    """PG-04: where every nitrogen is protected, one is freed before what closes the ring meets the chain."""
    if facts.closure is Closure.METATHESIS or not facts.carried or not set(facts.carried) <= set(REMOVED_BY):
        return NOT_APPLICABLE
    closers: tuple[Trait, ...] = (Trait.CARBODIIMIDE, Trait.AMINIUM, Trait.PHOSPHONIUM)
    if facts.closure is Closure.REDUCTIVE_AMINATION:
        closers = (Trait.TRIACETOXYBOROHYDRIDE, Trait.CYANOBOROHYDRIDE)
    met = first_meeting(facts, *closers)
    if met is None:
        return NOT_APPLICABLE
    before = facts.events[: facts.events.index(met.event)]
    there = {event.vessel for event in before if facts.substrate in event.amounts} | {""}
    if any(group in facts.carried for event in before if event.vessel in there for group in event.removes):
        return None
    value = f"{met.reagent.name} meets a chain whose nitrogens carry {' and '.join(facts.carried)}"
    return Breach(value, at_step(met.event.step))


def one_free(facts: Facts) -> Outcome:
    """PG-05."""
    pair = _pair(facts)
    if len(pair) < 2 or facts.closure is Closure.METATHESIS:
        return NOT_APPLICABLE
    return Breach("both free", CHEMISTRY) if pair.count("free") > 1 else None


def _pair(facts: Facts) -> tuple[str, ...]:
    """What the two nitrogens of the ring carry; a structure with more of them does not say which two they are."""
    return facts.carried if facts.nitrogens or len(facts.seen) == 2 else ()


_LATE = "warning after the ring closure"

PROTECTING_GROUPS: tuple[Rule, ...] = (
    Rule("PG-01", "Two protected nitrogens are freed under different conditions", "two ways of removal",
         "choose a group that goes another way, such as Boc beside Cbz", ERROR, "L88", (S, M), orthogonal),
    Rule("PG-02", "A Boc group that has to stay meets no strong acid, and acid is what takes it off",
         "no TFA, HCl or the like", "leave the acid out, protect otherwise, or write `removes: [Boc]` at the step",
         ERROR, "L91", (S, M), boc, _LATE),
    Rule("PG-03", "A Cbz group that has to stay meets no hydrogenolysis, and that is what takes it off",
         "no hydrogen, no Pd/C", "leave it out, protect otherwise, or write `removes: [Cbz]` at the step",
         ERROR, "L92", (S, M), cbz, _LATE),
    Rule("PG-04", "A protected diamine is freed at one nitrogen before its ring is closed",
         "alkylate or acylate, deprotect, close the ring",
         "free one nitrogen in an earlier step, with `removes`", WARNING, "L95", (S,), stepwise,
         "checked where all nitrogens carry a group that the rules know"),
    Rule("PG-05", "A diamine with both nitrogens free condenses with itself", "at most one free nitrogen",
         "protect one", WARNING, "L95, L40", (S,), one_free),
)  # fmt: skip
