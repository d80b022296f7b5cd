"""Checks of a ring-closing metathesis: gas, glass, and what follows the addition."""

from ruggli.chemistry.rules.facts import Event, Facts
from ruggli.chemistry.rules.metathesis_feed import catalyst, end_of_reaction, feed, scavenging
from ruggli.chemistry.rules.rule import (
    ADVICE,
    NOT_APPLICABLE,
    Breach,
    Outcome,
    Place,
    at_reagent,
    at_step,
)
from ruggli.chemistry.rules.shown import hours, outside, over
from ruggli.quantities.base import Seconds


def _sparges(facts: Facts) -> list[Event]:
    """Every sparging before the addition."""
    found = feed(facts)
    return [] if found is None else [event for event in facts.events[: found[0]] if event.do == "sparge"]


def degassed(facts: Facts) -> Outcome:
    """RCM-08."""
    found = feed(facts)
    if found is None:
        return NOT_APPLICABLE
    return None if _sparges(facts) else Breach("no `sparge` step before the addition", at_step(found[1].step))


def degassed_long(facts: Facts) -> Outcome:
    """RCM-09."""
    found = _sparges(facts)
    short = [event for event in found if over(Seconds(1800.0), event.duration)]
    if not found:
        return NOT_APPLICABLE
    return Breach(hours(short[0].duration), at_step(short[0].step, "duration")) if short else None


def all_degassed(facts: Facts) -> Outcome:
    """RCM-10: the solvents of flask, substrate, catalyst and chase."""
    found = feed(facts)
    if found is None or not _sparges(facts):
        return NOT_APPLICABLE
    bubbled = {name for event in _sparges(facts) for name in event.what}
    for event in facts.events[: found[0] + 1]:
        if event.vessel != found[1].vessel or (event.vessel in bubbled and event.do == "charge"):
            continue
        solvents = [key for key in event.amounts if facts.species[key].role == "solvent" and not event.streams]
        missing = [key for key in solvents if key not in bubbled]
        missing += [s.solution for s in event.streams if s.solution not in bubbled and s.solvent not in bubbled]
        missing += [key for key in event.what if event.do == "dose" and key not in bubbled]
        if missing:
            return Breach(f"not degassed: {', '.join(missing)}", at_step(event.step))
    return None


def dried(facts: Facts) -> Outcome:
    """RCM-12."""
    found = feed(facts)
    if found is None:
        return NOT_APPLICABLE
    vessel = found[1].vessel
    return None if facts.flasks[vessel].dried else Breach("not said to be dried", Place("vessels", vessel))


def inert(facts: Facts) -> Outcome:
    """RCM-13: from the first thing that goes into the flask to the end of the last hold before the scavenger."""
    found = feed(facts)
    if found is None:
        return NOT_APPLICABLE
    numbers = [n for n, e in enumerate(facts.events) if e.vessel == found[1].vessel]
    stop = end_of_reaction(facts, found[0])
    last = max((n for n in numbers if n < stop and facts.events[n].do in ("hold", "dose")), default=found[0])
    bare = [facts.events[n] for n in numbers if n <= last and not facts.events[n].inert]
    return Breach(f"no inert gas during step {bare[0].step}", at_step(bare[0].step)) if bare else None


def condenser(facts: Facts) -> Outcome:
    """RCM-14."""
    found = feed(facts)
    if found is None:
        return NOT_APPLICABLE
    event = found[1]
    near = event.boiling_point is not None and event.temperature >= event.boiling_point - 10.0
    if not (near or event.reflux):
        return NOT_APPLICABLE
    value = f"no condenser, at {event.temperature:.4g} degC"
    return None if facts.flasks[event.vessel].condenser else Breach(value, Place("vessels", event.vessel))


def solvent_first(facts: Facts) -> Outcome:
    """RCM-15."""
    found = feed(facts)
    if found is None:
        return NOT_APPLICABLE
    volume = sum(event.volume for event in facts.events[: found[0]] if event.vessel == found[1].vessel)
    if volume <= 0 or found[1].speed <= 0:
        return Breach(f"{volume:.4g} mL in the flask, stirrer at {found[1].speed:.4g} rpm", at_step(found[1].step))
    return None


def hold(facts: Facts) -> Outcome:
    """RCM-25: shorter than 1 h is a warning, longer than 2 h advice."""
    found = feed(facts)
    if found is None:
        return NOT_APPLICABLE
    held = facts.held(found[0], end_of_reaction(facts, found[0]))
    step = facts.next_of("hold", found[0])
    place = at_step(found[1].step) if step is None else at_step(step[1].step, "duration")
    if over(3600.0, held):
        return Breach(hours(held), place)
    return Breach(hours(held), place, ADVICE) if over(held, 7200.0) else None


def monitored(facts: Facts) -> Outcome:
    """RCM-26."""
    found = feed(facts)
    if found is None:
        return NOT_APPLICABLE
    sample = facts.next_of("monitor", found[0])
    stop = facts.with_role("scavenger") or facts.next_of("filter", found[0])
    late = sample is not None and stop is not None and sample[0] > stop[0]
    return Breach("no `monitor` step in time", at_step(found[1].step)) if sample is None or late else None


def cooled(facts: Facts) -> Outcome:
    """RCM-27."""
    found = scavenging(facts)
    if found is None:
        return NOT_APPLICABLE
    hot = over(found[1].temperature, 30.0)
    return Breach(f"{found[1].temperature:.4g} degC", at_step(found[1].step)) if hot else None


def scavenged(facts: Facts) -> Outcome:
    """RCM-28."""
    arrival = facts.first(catalyst)
    if arrival is None:
        return NOT_APPLICABLE
    return None if scavenging(facts) is not None else Breach("no scavenger", at_reagent(arrival[2].key))


def scavenging_time(facts: Facts) -> Outcome:
    """RCM-29."""
    found = scavenging(facts)
    if found is None:
        return NOT_APPLICABLE
    stop = facts.next_of("filter", found[0]) or facts.next_of("concentrate", found[0])
    held = facts.held(found[0], len(facts.events) if stop is None else stop[0])
    step = facts.next_of("hold", found[0])
    place = at_step(found[1].step) if step is None else at_step(step[1].step, "duration")
    return Breach(hours(held), place) if outside(held, 7200.0, 4 * 3600.0) else None


def order(facts: Facts) -> Outcome:
    """RCM-30: of the steps that are there."""
    found = scavenging(facts)
    if found is None:
        return NOT_APPLICABLE
    return in_order(facts, ("filter", "concentrate", "purify"), found[0], found[1].step)


def in_order(facts: Facts, kinds: tuple[str, ...], number: int, step: str) -> Outcome:
    """Whether the first steps of some kinds come after a step, in this order; kinds that are not there do not count.

    Args:
        facts: the facts.
        kinds: the kinds, in the order that is right.
        number: number of the step that has to come first.
        step: its id.
    """
    last, before = number, step
    for kind in kinds:
        found = facts.next_of(kind, 0)
        if found is None:
            continue
        if found[0] < last:
            return Breach(f"{found[1].step} before {before}", at_step(found[1].step))
        last, before = found[0], found[1].step
    return None
