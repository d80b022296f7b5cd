"""Checks of a reductive amination."""

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.rules.facts import Event, Facts, Species
from ruggli.chemistry.rules.metathesis_work import in_order
from ruggli.chemistry.rules.rule import (
    CHEMISTRY,
    ERROR,
    NOT_APPLICABLE,
    WARNING,
    Breach,
    Outcome,
    Place,
    at_reagent,
    at_step,
)
from ruggli.chemistry.rules.shown import hours, molar, outside, over
from ruggli.quantities.base import Molar

_POURED = ("charge", "operator")


def _hydride(facts: Facts) -> tuple[int, Event, Species] | None:
    known = (Trait.TRIACETOXYBOROHYDRIDE, Trait.CYANOBOROHYDRIDE)
    return facts.first(lambda species: species.role == "reductant" or species.has(*known))


def _quench(facts: Facts) -> tuple[int, Event, Species] | None:
    return facts.first(lambda species: species.role == "quench" or species.has(Trait.BICARBONATE))


def concentration(facts: Facts) -> Outcome:
    """RA-01: before anything but solvent and substrate goes in."""
    closing = facts.closing
    others = facts.first(lambda species: species.role not in ("solvent", "substrate"))
    if closing is None:
        return NOT_APPLICABLE
    number = closing[0] if others is None else max(closing[0], others[0] - 1)
    found = facts.concentration(number)
    if found is None:
        return NOT_APPLICABLE
    wrong = outside(found, Molar(0.05), Molar(0.2))
    return Breach(molar(found), at_step(closing[1].step)) if wrong else None


def basis(facts: Facts) -> Outcome:
    """RA-02."""
    if facts.substrate and facts.substrate == facts.limiting and facts.amount(facts.substrate) > 0:
        return None
    name = facts.limiting or "none"
    place = at_reagent(facts.substrate) if facts.substrate else CHEMISTRY
    return Breach(f"limiting: {name}; substrate: {facts.amount(facts.substrate):.4g} mmol", place)


def solvent(facts: Facts) -> Outcome:
    """RA-03: what is in the vessel when the hydride comes."""
    hydride = _hydride(facts)
    if hydride is None:
        return NOT_APPLICABLE
    for number, _, species in facts.arrivals(lambda species: species.role == "solvent"):
        if number <= hydride[0] and species.name not in ("1,2-dichloroethane", "methanol"):
            return Breach(species.name, at_reagent(species.key))
    return None


def acid(facts: Facts) -> Outcome:
    """RA-04."""
    hydride = _hydride(facts)
    acetic = facts.with_trait(Trait.ACETIC_ACID)
    other = facts.with_role("acid")
    basis_amount = facts.amount(facts.substrate)
    if hydride is None or basis_amount <= 0:
        return NOT_APPLICABLE
    if acetic is None:
        if other is None:
            return Breach("no acid", at_step(hydride[1].step), ERROR)
        return Breach(f"{other[2].name} and no acetic acid", at_reagent(other[2].key))
    share = facts.amount(acetic[2].key) / basis_amount
    return Breach(f"{share:.3g} eq", at_reagent(acetic[2].key, "equivalents")) if outside(share, 1.0, 1.5) else None


def acid_first(facts: Facts) -> Outcome:
    """RA-05."""
    hydride = _hydride(facts)
    acids = facts.with_role("acid") or facts.with_trait(Trait.ACETIC_ACID)
    if hydride is None or acids is None:
        return NOT_APPLICABLE
    late = acids[0] >= hydride[0]
    return Breach(f"{acids[1].step} after {hydride[1].step}", at_step(acids[1].step)) if late else None


def hydride_amount(facts: Facts) -> Outcome:
    """RA-06."""
    found = facts.with_trait(Trait.TRIACETOXYBOROHYDRIDE)
    basis_amount = facts.amount(facts.substrate)
    if found is None or basis_amount <= 0:
        return NOT_APPLICABLE
    share = facts.amount(found[2].key) / basis_amount
    place = at_reagent(found[2].key, "equivalents")
    if over(1.0, share):
        return Breach(f"{share:.3g} eq", place, ERROR)
    return Breach(f"{share:.3g} eq", place) if outside(share, 1.4, 2.0) else None


def hydride(facts: Facts) -> Outcome:
    """RA-07."""
    found = _hydride(facts)
    if found is None:
        return Breach("no hydride", CHEMISTRY)
    mild = found[2].has(Trait.TRIACETOXYBOROHYDRIDE, Trait.CYANOBOROHYDRIDE)
    return None if mild else Breach(found[2].name, at_reagent(found[2].key))


def portions(facts: Facts) -> Outcome:
    """RA-09: a solution that is dosed slowly is no bolus."""
    found = _hydride(facts)
    if found is None:
        return NOT_APPLICABLE
    event = found[1]
    if event.do in _POURED:
        return Breach(f"{found[2].name} all at once (`{event.do}`)", at_step(event.step))
    return Breach("1 portion", at_step(event.step, "count")) if event.do == "portions" and event.count < 2 else None


def stirred(facts: Facts) -> Outcome:
    """RA-10."""
    found = _hydride(facts)
    if found is None:
        return NOT_APPLICABLE
    return Breach(f"{found[1].speed:.4g} rpm", at_step(found[1].step)) if found[1].speed <= 0 else None


def _reaction(facts: Facts) -> list[Event]:
    """The steps from the hydride to before the quench."""
    hydride, quench = _hydride(facts), _quench(facts)
    if hydride is None:
        return []
    return list(facts.events[hydride[0] : len(facts.events) if quench is None else quench[0]])


def room_temperature(facts: Facts) -> Outcome:
    """RA-11."""
    steps = [event for event in _reaction(facts) if event.do in ("portions", "dose", "charge", "hold")]
    wrong = [event for event in steps if outside(event.temperature, 15.0, 30.0)]
    if not steps:
        return NOT_APPLICABLE
    return Breach(f"{wrong[0].temperature:.4g} degC", at_step(wrong[0].step)) if wrong else None


def vented(facts: Facts) -> Outcome:
    """RA-12."""
    found = _hydride(facts)
    open_ = None if found is None else facts.flasks[found[1].vessel].vented
    if found is None or open_ is None:
        return NOT_APPLICABLE
    return None if open_ else Breach("vented: false", Place("vessels", found[1].vessel, "vented"))


def time(facts: Facts) -> Outcome:
    """RA-13."""
    steps = _reaction(facts)
    if not steps:
        return NOT_APPLICABLE
    held = facts.held(facts.events.index(steps[0]), facts.events.index(steps[-1]) + 1)
    step = next((event for event in steps if event.do == "hold"), None)
    place = at_step(steps[0].step) if step is None else at_step(step.step, "duration")
    return Breach(hours(held), place) if outside(held, 4 * 3600.0, 24 * 3600.0) else None


def monitored(facts: Facts) -> Outcome:
    """RA-14."""
    steps = _reaction(facts)
    if not steps:
        return NOT_APPLICABLE
    seen = any(event.do == "monitor" for event in steps)
    return None if seen else Breach("no `monitor` step", at_step(steps[0].step))


def asked(facts: Facts) -> Outcome:
    """RA-15."""
    steps, quench = _reaction(facts), _quench(facts)
    if not steps or quench is None:
        return NOT_APPLICABLE
    seen = any(event.do in ("monitor", "operator") for event in steps)
    return None if seen else Breach("nobody is asked", at_step(quench[1].step))


def quench(facts: Facts) -> Outcome:
    """RA-16."""
    hydride, found = _hydride(facts), _quench(facts)
    if hydride is None:
        return NOT_APPLICABLE
    if found is None:
        return Breach("no quench", at_step(hydride[1].step))
    if found[1].do not in ("quench", "dose"):
        return Breach(f"{found[2].name} all at once (`{found[1].do}`)", at_step(found[1].step))
    known = found[2].has(Trait.BICARBONATE)
    return None if known else Breach(found[2].name, at_reagent(found[2].key), WARNING)


def extractions(facts: Facts) -> Outcome:
    """RA-17."""
    quench, found = _quench(facts), facts.next_of("extract", 0)
    if quench is None:
        return NOT_APPLICABLE
    if found is None:
        return Breach("no `extract` step", at_step(quench[1].step))
    names = [facts.species[key].name for key in found[1].what]
    good = all(name in ("dichloromethane", "ethyl acetate") for name in names)
    value = f"{found[1].count} with {', '.join(names)}"
    return None if good and found[1].count >= 3 else Breach(value, at_step(found[1].step, "times"))


def order(facts: Facts) -> Outcome:
    """RA-18: of the steps that are there."""
    found = facts.next_of("extract", 0)
    if found is None:
        return NOT_APPLICABLE
    return in_order(facts, ("dry", "filter", "concentrate", "purify"), found[0], found[1].step)


def one_protected(facts: Facts) -> Outcome:
    """RA-21."""
    if len(facts.nitrogens) < 2:
        return NOT_APPLICABLE
    return Breach("both free", CHEMISTRY) if facts.nitrogens.count("free") > 1 else None
