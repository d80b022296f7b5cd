"""Conflicts inside the source document, or between it and the literature: reported, never settled in silence."""

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.rules.facts import Closure, Facts
from ruggli.chemistry.rules.metathesis_feed import WARM, catalyst, feed
from ruggli.chemistry.rules.rule import (
    ADVICE,
    CHEMISTRY,
    NOT_APPLICABLE,
    Breach,
    C,
    M,
    Outcome,
    Rule,
    S,
    V,
    at_reagent,
    at_step,
)
from ruggli.chemistry.rules.shown import over
from ruggli.quantities.base import Molar


def ring(facts: Facts) -> Outcome:
    """CONFLICT-1."""
    if facts.closure is not Closure.METATHESIS:
        return NOT_APPLICABLE
    return Breach("ring_size: 7", CHEMISTRY) if facts.ring_size == 7 else None


def hot(facts: Facts) -> Outcome:
    """CONFLICT-2."""
    found = feed(facts) if facts.closure is Closure.METATHESIS else None
    if found is None:
        return NOT_APPLICABLE
    wrong = found[1].reflux and over(found[1].temperature, WARM)
    return Breach(f"reflux at {found[1].temperature:.4g} degC", at_step(found[1].step)) if wrong else None


def stable(facts: Facts) -> Outcome:
    """CONFLICT-3."""
    if facts.closure is not Closure.METATHESIS:
        return NOT_APPLICABLE
    found = facts.with_trait(Trait.PHOSPHINE_FREE)
    return None if found is None else Breach(found[2].name, at_reagent(found[2].key))


def culprit(facts: Facts) -> Outcome:
    """CONFLICT-4."""
    if facts.closure is not Closure.METATHESIS:
        return NOT_APPLICABLE
    found = facts.with_trait(Trait.INHIBITOR)
    return None if found is None else Breach(found[2].name, at_reagent(found[2].key))


def acid(facts: Facts) -> Outcome:
    """CONFLICT-5."""
    found, hydride = facts.with_trait(Trait.ACETIC_ACID), facts.with_trait(Trait.TRIACETOXYBOROHYDRIDE)
    if facts.closure is not Closure.REDUCTIVE_AMINATION or hydride is None:
        return NOT_APPLICABLE
    return None if found is None else Breach(found[2].name, at_reagent(found[2].key))


def acidity(facts: Facts) -> Outcome:
    """CONFLICT-6."""
    if facts.closure is not Closure.REDUCTIVE_AMINATION:
        return NOT_APPLICABLE
    found = facts.with_trait(Trait.CYANOBOROHYDRIDE)
    return None if found is None else Breach(found[2].name, at_reagent(found[2].key))


def ruthenium_left(facts: Facts) -> Outcome:
    """CONFLICT-7."""
    if facts.closure is not Closure.METATHESIS:
        return NOT_APPLICABLE
    found = facts.with_role("scavenger")
    return None if found is None else Breach(found[2].name, at_step(found[1].step))


def guanidinium(facts: Facts) -> Outcome:
    """CONFLICT-8."""
    if facts.closure is not Closure.AMIDE:
        return NOT_APPLICABLE
    found = facts.with_trait(Trait.PHOSPHONIUM, Trait.AMINIUM)
    return None if found is None else Breach(found[2].name, at_reagent(found[2].key))


def air(facts: Facts) -> Outcome:
    """CONFLICT-9."""
    if facts.closure is not Closure.METATHESIS:
        return NOT_APPLICABLE
    found = facts.next_of("sparge", 0)
    return None if found is None else Breach("a `sparge` step", at_step(found[1].step))


def corner(facts: Facts) -> Outcome:
    """CONFLICT-10: up to 2 mol% and 2 mM. At 1 mol% and 1 mM more than 90 % are left of what there was at its end."""
    found, arrival = feed(facts), facts.first(catalyst)
    basis = facts.amount(facts.substrate)
    if facts.closure is not Closure.METATHESIS or found is None or arrival is None or basis <= 0:
        return NOT_APPLICABLE
    share, final = 100 * facts.amount(arrival[2].key) / basis, facts.concentration(found[0])
    if final is None or over(share, 2.0) or over(final, Molar(0.002)):
        return None
    return Breach(f"{share:.3g} mol%, {1000 * final:.3g} mM", at_step(found[1].step))


CONFLICTS: tuple[Rule, ...] = (
    Rule("CONFLICT-1", "The source calls the substrate a diallylic amine, and two N-allyl groups close to eight atoms",
         "N-allyl and N-vinyl for a ring of seven", "draw the ring that the alkenes close", ADVICE, "L84", (C,), ring),
    Rule("CONFLICT-2", "The source asks for about 40 degC and allows refluxing toluene",
         "15 degC to 45 degC, or reflux", "dichloromethane at reflux (39.8 degC) satisfies both",
         ADVICE, "L67, L130, L136", (S, C), hot),
    Rule("CONFLICT-3", "The source calls these catalysts less prone to isomerise; without phosphine others saw more",
         "disputed: Nelson and Percy, 1,8-nonadiene at 298 K", "look for isomers", ADVICE, "L69", (S, V), stable),
    Rule("CONFLICT-4", "The source blames ruthenium hydrides for isomers; two likely ones were found too slow",
         "disputed", "a quinone may help all the same", ADVICE, "L64, L68", (S, V), culprit),
    Rule("CONFLICT-5", "The source calls acetic acid crucial; others found it unnecessary with aldehydes, but faster",
         "disputed: Abdel-Magid", "keep the acid; without it allow more time", ADVICE, "L119", (S, V), acid),
    Rule("CONFLICT-6", "The source says pH 4 to 6; cyanoborohydride reduces the iminium at pH 6 to 7, the carbonyl "
         "at pH 3 to 4", "disputed: Borch", "pH 5 to 7 satisfies selectivity; pH 4 is the risky end",
         ADVICE, "L39", (S, V), acidity),
    Rule("CONFLICT-7", "The source stirs the scavenger for 2 to 4 h; a vendor asks for 16 h at 80 degC",
         "2 h to 4 h, or 4 to 8 eq of silica for 16 h at 80 degC", "expect ruthenium in the product; measure it",
         ADVICE, "L138", (S, V), ruthenium_left),
    Rule("CONFLICT-8", "Guanidinium salts come from aminium reagents, not from phosphonium reagents such as PyBOP",
         "HATU, HBTU, TBTU", "add the amine last with these", ADVICE, "L46", (S, M), guanidinium),
    Rule("CONFLICT-9", "The source always degasses; some metathesis bears air in ethyl acetate, yet air speeds decay",
         "disputed", "keep degassing", ADVICE, "L130", (S, V), air),
    Rule("CONFLICT-10", "A hold of 1 to 2 h is too short at the dilute, low-loading end of the source's own ranges",
         "more than 2 mol% or more than 2 mM", "hold longer, or use more catalyst", ADVICE, "L137", (S, C), corner),
)  # fmt: skip
