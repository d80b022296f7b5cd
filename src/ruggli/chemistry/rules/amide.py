"""The rules of amide coupling, AC-01 to AC-09. The source gives no times, temperatures or concentrations for it."""

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.rules.facts import Event, Facts, Species
from ruggli.chemistry.rules.rule import (
    ADVICE,
    ERROR,
    NOT_APPLICABLE,
    WARNING,
    Breach,
    Cause,
    Outcome,
    Rule,
    S,
    Unchecked,
    at_reagent,
    at_step,
)

_COUPLING = (Trait.CARBODIIMIDE, Trait.AMINIUM, Trait.PHOSPHONIUM)


def _late_reagent(facts: Facts, *traits: Trait) -> tuple[Event, Species] | None:
    """A coupling reagent that arrives when two or more partners, so the amine too, are all in the vessel."""
    found = facts.with_trait(*traits)
    partners = {species.key: number for number, _, species in facts.arrivals(lambda s: s.role == "substrate")}
    if found is None or len(partners) < 2 or max(partners.values()) > found[0]:
        return None
    return found[1], found[2]


def _two_partners(facts: Facts, *traits: Trait) -> bool:
    partners = {species.key for _, _, species in facts.arrivals(lambda s: s.role == "substrate")}
    return len(partners) > 1 and facts.with_trait(*traits) is not None


def activated_first(facts: Facts) -> Outcome:
    """AC-01."""
    if not _two_partners(facts, *_COUPLING):
        return NOT_APPLICABLE
    late = _late_reagent(facts, *_COUPLING)
    if late is None:
        return None
    event, species = late
    weight = ERROR if species.has(Trait.AMINIUM) else WARNING
    return Breach(f"{species.name} after acid and amine", at_step(event.step), weight)


def guanidinium(facts: Facts) -> Outcome:
    """AC-06."""
    if not _two_partners(facts, Trait.AMINIUM):
        return NOT_APPLICABLE
    late = _late_reagent(facts, Trait.AMINIUM)
    return None if late is None else Breach(f"{late[1].name} meets the free amine", at_step(late[0].step))


def additive(facts: Facts) -> Outcome:
    """AC-02."""
    found = facts.with_trait(Trait.CARBODIIMIDE)
    if found is None:
        return NOT_APPLICABLE
    if facts.with_trait(Trait.ANTI_RACEMISATION) is not None:
        return None
    chiral = facts.first(lambda species: species.role == "substrate" and species.chiral) is not None
    value = f"{found[2].name} alone{', with a chiral substrate' if chiral else ''}"
    return Breach(value, at_reagent(found[2].key), ERROR if chiral else WARNING)


def dcc(facts: Facts) -> Outcome:
    """AC-03."""
    found = facts.with_trait(Trait.DCC)
    chiral = facts.first(lambda species: species.role == "substrate" and species.chiral)
    if found is None:
        return NOT_APPLICABLE
    return None if chiral is None else Breach(f"{found[2].name} with {chiral[2].name}", at_reagent(found[2].key))


def base(facts: Facts) -> Outcome:
    """AC-05."""
    found = facts.with_trait(Trait.PHOSPHONIUM, Trait.AMINIUM)
    if found is None:
        return NOT_APPLICABLE
    bases = facts.with_role("base")
    if bases is None:
        return Breach("no base", at_reagent(found[2].key))
    if bases[2].compound is None:
        return NOT_APPLICABLE
    bad = bases[2].has(Trait.NUCLEOPHILIC_BASE)
    return Breach(f"{bases[2].name}, a nucleophile", at_reagent(bases[2].key)) if bad else None


def urea(facts: Facts) -> Outcome:
    """AC-07, for the insoluble urea of DCC; for EDC the file has no word for an acid wash."""
    found = facts.with_trait(Trait.DCC)
    if found is None:
        return NOT_APPLICABLE
    filtered = facts.next_of("filter", found[0])
    return Breach("no `filter` step", at_step(found[1].step)) if filtered is None else None


AMIDE: tuple[Rule, ...] = (
    Rule("AC-01", "The acid is activated before the amine is added", "acid and reagent, then amine",
         "add the amine last", WARNING, "L46", (S,), activated_first,
         "error with HATU, HBTU and TBTU; checked where the file has two substrates"),
    Rule("AC-02", "A carbodiimide is used with HOBt or Oxyma", "HOBt or Oxyma", "add one of them",
         WARNING, "L45, L101", (S,), additive, "error where the structure of a substrate marks a stereocentre"),
    Rule("AC-03", "DCC racemises a chiral amino acid by way of the oxazolone", "no DCC with a chiral substrate",
         "use PyBOP or HATU", WARNING, "L99", (S,), dcc),
    Rule("AC-04", "A hindered coupling wants PyBOP or HATU", "no carbodiimide", "use PyBOP, HATU or HBTU",
         ADVICE, "L46, L102", (S,), Unchecked(Cause.NO_WORD, "whether the coupling is hindered")),
    Rule("AC-05", "The base is no nucleophile", "a base such as DIPEA", "use N,N-diisopropylethylamine",
         WARNING, "L102", (S,), base, "not checked for a base that is not known"),
    Rule("AC-06", "An aminium reagent does not meet the amine before the acid", "acid and reagent, then amine",
         "add the amine last: it forms a guanidinium salt", ERROR, "L46", (S,), guanidinium,
         "checked where the file has two substrates"),
    Rule("AC-07", "The urea of a carbodiimide has to be taken out", "a `filter` step after DCC",
         "add it, or use another reagent", ADVICE, "L45", (S,), urea, "checked for DCC only"),
    Rule("AC-08", "A sluggish coupling calls for a panel of reagents", "a screen", "try PyBOP and HATU",
         ADVICE, "L44", (S,), Unchecked(Cause.ANALYSIS, "a low yield")),
    Rule("AC-09", "Low conversion comes from hindrance or an unstable active ester", "see diagnosis",
         "find out which", ADVICE, "L42", (S,), Unchecked(Cause.ANALYSIS, "a low yield")),
)  # fmt: skip
