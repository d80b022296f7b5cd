"""The checks of the added rules."""

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.rules.cyanide import meetings
from ruggli.chemistry.rules.facts import Closure, Event, Facts
from ruggli.chemistry.rules.losses import lost
from ruggli.chemistry.rules.metathesis_feed import catalyst, feed
from ruggli.chemistry.rules.rule import NOT_APPLICABLE, Breach, Outcome, Place, at_reagent, at_step
from ruggli.chemistry.rules.shown import over
from ruggli.chemistry.structures.interface import Group

_ROOM = 25.0


def _metathesis(facts: Facts) -> tuple[int, Event] | None:
    return feed(facts) if facts.closure is Closure.METATHESIS else None


def _solvents(facts: Facts, number: int, vessel: str) -> set[str]:
    found = facts.arrivals(lambda species: species.role == "solvent")
    return {species.name for n, event, species in found if n <= number and event.vessel == vessel}


def refluxing_toluene(facts: Facts) -> Outcome:
    """X-05."""
    found = _metathesis(facts)
    if found is None:
        return NOT_APPLICABLE
    event = found[1]
    wrong = event.reflux and "toluene" in _solvents(facts, found[0], event.vessel) and event.temperature > 100.0
    return Breach(f"toluene at {event.temperature:.4g} degC", at_step(event.step)) if wrong else None


def slow_start(facts: Facts) -> Outcome:
    """X-06."""
    found, grubbs = _metathesis(facts), facts.with_trait(Trait.GRUBBS_2)
    if found is None or grubbs is None:
        return NOT_APPLICABLE
    cold = not over(found[1].temperature, _ROOM)
    return Breach(f"{grubbs[2].name} at {found[1].temperature:.4g} degC", at_step(found[1].step)) if cold else None


def phosphine_eaten(facts: Facts) -> Outcome:
    """X-07."""
    quinone, phosphine = facts.with_trait(Trait.INHIBITOR), facts.with_trait(Trait.TRIPHENYLPHOSPHINE)
    if facts.closure is not Closure.METATHESIS or quinone is None or phosphine is None:
        return NOT_APPLICABLE
    ruthenium = facts.first(catalyst)
    metal = 0.0 if ruthenium is None else facts.amount(ruthenium[2].key)
    bound = facts.amount(quinone[2].key) + metal
    there = facts.amount(phosphine[2].key)
    value = f"{there:.3g} mmol of {phosphine[2].name}, {bound:.3g} mmol of quinone and ruthenium"
    return None if over(there, bound) else Breach(value, at_reagent(phosphine[2].key))


def phosphine_stays(facts: Facts) -> Outcome:
    """X-08."""
    found = facts.with_trait(Trait.TRIPHENYLPHOSPHINE)
    if facts.closure is not Closure.METATHESIS or found is None or found[2].role != "scavenger":
        return NOT_APPLICABLE
    purified = facts.next_of("purify", found[0])
    return Breach("no `purify` step after it", at_step(found[1].step)) if purified is None else None


def methanol(facts: Facts) -> Outcome:
    """X-09."""
    found = facts.with_trait(Trait.TRIACETOXYBOROHYDRIDE)
    if found is None:
        return NOT_APPLICABLE
    wrong = "methanol" in _solvents(facts, found[0], found[1].vessel)
    return Breach(f"{found[2].name} in methanol", at_step(found[1].step)) if wrong else None


def cyanide(facts: Facts) -> Outcome:
    """X-10: the first step that brings the two together, in the order of the file."""
    if facts.with_trait(Trait.CYANOBOROHYDRIDE) is None:
        return NOT_APPLICABLE
    found = next((meeting for meeting in meetings(facts) if meeting.forbidden), None)
    return None if found is None else Breach(f"{found.hydride.name} and {found.acid.name}", at_step(found.step))


def closed(facts: Facts) -> Outcome:
    """X-11."""
    gassy = feed(facts) if facts.closure is Closure.METATHESIS else None
    known = (Trait.TRIACETOXYBOROHYDRIDE, Trait.CYANOBOROHYDRIDE, Trait.BICARBONATE)
    source = facts.first(lambda species: species.role == "reductant" or species.has(*known))
    vessel = gassy[1].vessel if gassy is not None else source[1].vessel if source is not None else ""
    if vessel not in facts.flasks or facts.flasks[vessel].vented is None:
        return NOT_APPLICABLE
    return None if facts.flasks[vessel].vented else Breach("vented: false", Place("vessels", vessel, "vented"))


def basified(facts: Facts) -> Outcome:
    """X-13."""
    quench, extract = facts.with_trait(Trait.BICARBONATE), facts.next_of("extract", 0)
    if facts.closure is not Closure.REDUCTIVE_AMINATION or quench is None or extract is None or extract[0] < quench[0]:
        return NOT_APPLICABLE
    bases = [n for n, _, _ in facts.arrivals(lambda species: species.role == "base") if quench[0] < n < extract[0]]
    return None if bases else Breach(f"{quench[2].name} alone (pH about 8.3)", at_step(extract[1].step))


def slurry(facts: Facts) -> Outcome:
    """X-14."""
    found = facts.with_trait(Trait.TRIACETOXYBOROHYDRIDE)
    if found is None:
        return NOT_APPLICABLE
    stream = next((s for s in found[1].streams if found[2].key in s.amounts), None)
    return None if stream is None else Breach(f"{found[2].name} by pump", Place("solutions", stream.solution))


BASIC = frozenset({Group.TERTIARY_AMINE, Group.PYRIDINE, Group.IMINE})
"""Groups of a substrate that slow metathesis; a primary or secondary amine is RCM-22's."""


def amine(facts: Facts) -> Outcome:
    """X-15: what the file names, and the structure of the substrate where it was read."""
    scavenger = facts.with_role("scavenger")
    if _metathesis(facts) is None:
        return NOT_APPLICABLE
    substrate = facts.species.get(facts.substrate)
    basic = sorted(group.value for group in BASIC & (substrate.groups or frozenset())) if substrate else []
    if substrate is not None and basic:
        return Breach(f"{substrate.name}: {', '.join(basic)}", at_reagent(substrate.key))
    found = facts.with_trait(Trait.AMINE)
    if found is None or (scavenger is not None and found[0] > scavenger[0]):
        return None
    return Breach(found[2].name, at_reagent(found[2].key))


def carried_off(facts: Facts) -> Outcome:
    """X-16."""
    sparges = [(n, event) for n, event in enumerate(facts.events) if event.do == "sparge"]
    if facts.closure is not Closure.METATHESIS or not sparges:
        return NOT_APPLICABLE
    wet = {s.solution for e in facts.events for s in e.streams if facts.species[s.solvent].name == "dichloromethane"}
    for number, event in sparges:
        for name in event.what:
            if name in wet or (name in facts.flasks and "dichloromethane" in _solvents(facts, number, name)):
                return Breach(f"{name} is sparged, {event.duration / 60:.4g} min", at_step(event.step))
    return None


def saturated(facts: Facts) -> Outcome:
    """X-20."""
    return lost(facts, "X-20")


def unprotected(facts: Facts) -> Outcome:
    """X-21: groups other than Boc with acid and Cbz with hydrogenolysis, which are PG-02 and PG-03."""
    return lost(facts, "X-21")


def n_vinyl(facts: Facts) -> Outcome:
    """X-18."""
    return _structure(facts, Closure.METATHESIS, Group.N_VINYL)


def amino_aldehyde(facts: Facts) -> Outcome:
    """X-19: the amine or amide leaves by beta-elimination, whatever it carries."""
    return _structure(facts, Closure.REDUCTIVE_AMINATION, Group.AMINO_ALDEHYDE)


def _structure(facts: Facts, closure: Closure, group: Group) -> Outcome:
    substrate = facts.species.get(facts.substrate)
    if facts.closure is not closure or substrate is None or substrate.groups is None:
        return NOT_APPLICABLE
    found = group in substrate.groups
    return Breach(f"{substrate.name}: {group.value}", at_reagent(substrate.key)) if found else None
