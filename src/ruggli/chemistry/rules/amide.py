"""The rules of amide coupling, AC-01 to AC-09. The source gives no times, temperatures or concentrations for it."""

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.rules.facts import Event, Facts, Species
from ruggli.chemistry.rules.meeting import first_meeting
from ruggli.chemistry.rules.metathesis_feed import end_of_reaction
from ruggli.chemistry.rules.rule import (
    ADVICE,
    ERROR,
    NOT_APPLICABLE,
    WARNING,
    Breach,
    Cause,
    M,
    NotApplicable,
    Outcome,
    Rule,
    S,
    Unchecked,
    at_reagent,
    at_step,
)

_COUPLING = (Trait.CARBODIIMIDE, Trait.AMINIUM, Trait.PHOSPHONIUM)


def _late(facts: Facts, *traits: Trait) -> tuple[Event, Species] | None | NotApplicable:
    """A coupling reagent that meets a free amine; not applicable where the file does not say which amine is free."""
    partners = {species.key: number for number, _, species in facts.arrivals(lambda s: s.role == "substrate")}
    found = facts.with_trait(*traits)
    if found is None or not partners:
        return NOT_APPLICABLE
    if len(partners) > 1:
        return None if max(partners.values()) > found[0] else (found[1], found[2])
    met = first_meeting(facts, *traits)
    if met is None:
        return NOT_APPLICABLE
    chain = facts.amines(facts.events.index(met.event))
    if "salt" not in chain and "free" not in chain:
        return NOT_APPLICABLE
    freed = "free" in chain or any(species.has(Trait.FREES_AMINE) for species in met.company)
    return (met.event, met.reagent) if freed else None


def activated_first(facts: Facts) -> Outcome:
    """AC-01."""
    late = _late(facts, *_COUPLING)
    if late is None or isinstance(late, NotApplicable):
        return late
    event, species = late
    weight = ERROR if species.has(Trait.AMINIUM) else WARNING
    return Breach(f"{species.name} meets the free amine", at_step(event.step), weight)


def guanidinium(facts: Facts) -> Outcome:
    """AC-06."""
    late = _late(facts, Trait.AMINIUM)
    if late is None or isinstance(late, NotApplicable):
        return late
    return Breach(f"{late[1].name} meets the free amine", at_step(late[0].step))


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


def hindered(facts: Facts) -> Outcome:
    """AC-04."""
    found = facts.with_trait(Trait.CARBODIIMIDE)
    if not facts.hindered or found is None:
        return NOT_APPLICABLE if not facts.hindered else None
    return Breach(f"{found[2].name}, and the coupling is hindered", at_reagent(found[2].key))


def base(facts: Facts) -> Outcome:
    """AC-05: bases of the reaction, not those of the work-up."""
    found, closing = facts.with_trait(Trait.PHOSPHONIUM, Trait.AMINIUM), facts.closing
    if found is None:
        return NOT_APPLICABLE
    end = len(facts.events) if closing is None else end_of_reaction(facts, max(closing[0], found[0]))
    bases = [species for number, _, species in facts.arrivals(lambda s: s.role == "base") if number < end]
    if not bases:
        return Breach("no base", at_reagent(found[2].key))
    bad = next((species for species in bases if species.has(Trait.NUCLEOPHILIC_BASE)), None)
    if bad is not None:
        return Breach(f"{bad.name}, a nucleophile", at_reagent(bad.key))
    if any(species.compound is None for species in bases):
        return NOT_APPLICABLE
    if "salt" in facts.amines(end) and not any(species.has(Trait.FREES_AMINE) for species in bases):
        return Breach(f"{bases[0].name}, which leaves the amine a salt", at_reagent(bases[0].key))
    return None


def urea(facts: Facts) -> Outcome:
    """AC-07: the insoluble urea of DCC by a filter, the basic one of EDC by an acid wash."""
    dcc_found, edc = facts.with_trait(Trait.DCC), facts.with_trait(Trait.EDC)
    if dcc_found is not None:
        filtered = facts.next_of("filter", dcc_found[0])
        return Breach("no `filter` step", at_step(dcc_found[1].step)) if filtered is None else None
    if edc is None:
        return NOT_APPLICABLE
    washes = facts.arrivals(lambda s: s.role == "acid" or s.has(Trait.WASH_ACID, Trait.ACETIC_ACID, Trait.STRONG_ACID))
    washed = any(number > edc[0] for number, _, _ in washes)
    return None if washed else Breach(f"no acid after {edc[2].name}", at_step(edc[1].step))


AMIDE: tuple[Rule, ...] = (
    Rule("AC-01", "The acid is activated before the amine is added", "acid and reagent, then amine",
         "add the amine last", WARNING, "L46", (S,), activated_first,
         "error with HATU, HBTU and TBTU; with one substrate that is acid and amine, from what its amine carries: "
         "`free` breaks it, `salt` does once a base frees it"),
    Rule("AC-02", "A carbodiimide is used with HOBt or Oxyma", "HOBt or Oxyma", "add one of them",
         WARNING, "L45, L101", (S,), additive,
         "error where a substrate is an amino acid drawn with its configuration; without RDKit, with any stereocentre"),
    Rule("AC-03", "DCC racemises a chiral amino acid by way of the oxazolone", "no DCC with a chiral substrate",
         "use PyBOP or HATU", WARNING, "L99", (S,), dcc),
    Rule("AC-04", "A hindered coupling wants PyBOP or HATU", "no carbodiimide", "use PyBOP, HATU or HBTU",
         ADVICE, "L46, L102", (S,), hindered, "checked where `chemistry` says `hindered: true`"),
    Rule("AC-05", "The base is no nucleophile", "a base such as DIPEA", "use N,N-diisopropylethylamine",
         WARNING, "L102", (S, M), base, "not checked for a base that is not known; one that leaves an ammonium salt a "
         "salt breaks it too (mark M)"),
    Rule("AC-06", "An aminium reagent does not meet the amine before the acid", "acid and reagent, then amine",
         "add the amine last, or keep it a salt until then: it forms a guanidinium salt", ERROR, "L46", (S,),
         guanidinium, "checked as AC-01"),
    Rule("AC-07", "The urea of a carbodiimide has to be taken out", "a `filter` step after DCC, an acid wash after EDC",
         "add it, or use another reagent", ADVICE, "L45", (S, M), urea, "checked for DCC and EDC"),
    Rule("AC-08", "A sluggish coupling calls for a panel of reagents", "a screen", "screen them with `ruggli panel`",
         ADVICE, "L44", (S,), Unchecked(Cause.ANALYSIS, "a low yield")),
    Rule("AC-09", "Low conversion comes from hindrance or an unstable active ester", "see diagnosis",
         "find out which", ADVICE, "L42", (S,), Unchecked(Cause.ANALYSIS, "a low yield")),
)  # fmt: skip
