"""Checks of a ring-closing metathesis: concentration, addition, catalyst, temperature."""

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.rules.facts import Event, Facts, Species, Stream
from ruggli.chemistry.rules.rule import (
    CHEMISTRY,
    NOT_APPLICABLE,
    WARNING,
    Breach,
    Outcome,
    Place,
    at_reagent,
    at_step,
)
from ruggli.chemistry.rules.shown import hours, molar, outside, over
from ruggli.chemistry.structures.interface import Group
from ruggli.quantities.base import Celsius, Molar, Seconds

HIGHEST, LOWEST = Molar(0.010), Molar(0.001)
"""L136."""
ADDITION = (Seconds(4 * 3600.0), Seconds(12 * 3600.0))
"""L136."""
LOADING = (0.01, 0.05)
"""Catalyst for each substrate, L135."""
WARM = Celsius(45.0)
"""Upper end of "slightly elevated"; the source names 40 degC (L67)."""


def catalyst(species: Species) -> bool:
    """Whether a species is the catalyst: a known one, or by its role one that is not known."""
    return species.has(Trait.RUTHENIUM) or (species.role == "catalyst" and species.compound is None)


def feed(facts: Facts) -> tuple[int, Event] | None:
    """The step in which a pump delivers the substrate, or None."""
    closing = facts.closing
    return closing if closing is not None and closing[1].do in ("dose", "portions") and closing[1].streams else None


def scavenging(facts: Facts) -> tuple[int, Event] | None:
    """The step with which the scavenger arrives, or None."""
    found = facts.with_role("scavenger")
    return None if found is None else (found[0], found[1])


def end_of_reaction(facts: Facts, start: int) -> int:
    """Number of the first step after `start` that is no longer reaction: scavenger, cooling, quench or work-up."""
    found = scavenging(facts)
    after = ("cool", "quench", "filter", "concentrate", "extract", "purify")
    ends = [n for n, event in enumerate(facts.events) if n > start and event.do in after]
    ends += [found[0]] if found is not None and found[0] > start else []
    return min(ends, default=len(facts.events))


def _stream(event: Event, key: str) -> Stream | None:
    return next((stream for stream in event.streams if key in stream.amounts), None)


def too_concentrated(facts: Facts) -> Outcome:
    """RCM-01."""
    closing = facts.closing
    final = None if closing is None else facts.concentration(closing[0])
    if closing is None or final is None:
        return NOT_APPLICABLE
    return Breach(molar(final), at_step(closing[1].step)) if over(final, HIGHEST) else None


def too_dilute(facts: Facts) -> Outcome:
    """RCM-02; what is above the range is RCM-01."""
    closing = facts.closing
    final = None if closing is None else facts.concentration(closing[0])
    if closing is None or final is None:
        return NOT_APPLICABLE
    return Breach(molar(final), at_step(closing[1].step)) if over(LOWEST, final) else None


def substrate_at_once(facts: Facts) -> Outcome:
    """RCM-03: no part of it goes in by hand."""
    arrivals = [event for _, event, species in facts.arrivals(lambda species: species.key == facts.substrate)]
    if not arrivals:
        return Breach("the substrate goes into no vessel", CHEMISTRY)
    by_hand = next((event for event in arrivals if not event.streams), None)
    return None if by_hand is None else Breach(f"`{by_hand.do}`, by hand", at_step(by_hand.step))


def addition_time(facts: Facts) -> Outcome:
    """RCM-04."""
    found = feed(facts)
    if found is None:
        return NOT_APPLICABLE
    wrong = outside(found[1].duration, *ADDITION)
    return Breach(hours(found[1].duration), at_step(found[1].step, "duration")) if wrong else None


def own_syringe(facts: Facts) -> Outcome:
    """RCM-05: both in one solution is an error, a catalyst that is not dosed a warning."""
    arrival = facts.first(catalyst)
    if arrival is None or facts.closing is None:
        return NOT_APPLICABLE
    _, event, species = arrival
    for stream in event.streams:
        if species.key in stream.amounts and facts.substrate in stream.amounts:
            return Breach("substrate and catalyst in one syringe", Place("solutions", stream.solution))
    if event.do not in ("dose", "portions"):
        fed = any(species.key in stream.amounts for later in facts.events for stream in later.streams)
        what = f"a part of {species.name}" if fed else species.name
        return Breach(f"{what} goes in at once (`{event.do}`)", at_step(event.step), WARNING)
    return None


def same_time(facts: Facts) -> Outcome:
    """RCM-06."""
    found, arrival = feed(facts), facts.first(catalyst)
    if found is None or arrival is None or arrival[1].do != "dose":
        return NOT_APPLICABLE
    a, b = found[1], arrival[1]
    if abs(a.duration - b.duration) > 0.1 * a.duration or abs(a.start - b.start) > 0.1 * a.duration:
        value = f"substrate {hours(a.duration)}, catalyst {hours(b.duration)}, in different steps"
        return Breach(value, at_step(b.step))
    return None


def gas_tight(facts: Facts) -> Outcome:
    """RCM-07."""
    found, arrival = feed(facts), facts.first(catalyst)
    streams = () if found is None else found[1].streams
    if found is not None and arrival is not None and arrival[1] is not found[1]:
        streams += arrival[1].streams
    known = [stream for stream in streams if stream.gas_tight is not None]
    if found is None or not known:
        return NOT_APPLICABLE
    leaky = [stream.solution for stream in known if not stream.gas_tight]
    return Breach(f"not gas-tight: {', '.join(leaky)}", at_step(found[1].step, "solutions")) if leaky else None


def loading(facts: Facts) -> Outcome:
    """RCM-16."""
    arrival = facts.first(catalyst)
    basis = facts.amount(facts.substrate)
    if basis <= 0:
        return NOT_APPLICABLE
    if arrival is None:
        return Breach("no catalyst", CHEMISTRY)
    share = facts.amount(arrival[2].key) / basis
    wrong = outside(share, *LOADING)
    return Breach(f"{100 * share:.3g} mol%", at_reagent(arrival[2].key, "mole_percent")) if wrong else None


def little_solvent(facts: Facts) -> Outcome:
    """RCM-17."""
    found, arrival = feed(facts), facts.first(catalyst)
    if found is None or arrival is None:
        return NOT_APPLICABLE
    a, b = _stream(found[1], facts.substrate), _stream(arrival[1], arrival[2].key)
    if a is None or b is None or a is b:
        return NOT_APPLICABLE
    value = f"{b.volume:.4g} mL of catalyst solution, {a.volume:.4g} mL of substrate solution"
    return Breach(value, Place("solutions", b.solution)) if over(b.volume, 0.33 * a.volume) else None


def _tell(event: Event) -> str:
    return f"{event.temperature:.4g} degC{' (reflux)' if event.reflux else ''}"


def mild(facts: Facts) -> Outcome:
    """RCM-18: during the addition and the hold after it."""
    found = feed(facts)
    if found is None:
        return NOT_APPLICABLE
    steps = [found[1]]
    steps += [e for e in facts.events[found[0] + 1 : end_of_reaction(facts, found[0])] if e.do in ("dose", "hold")]
    wrong = [event for event in steps if event.vessel == found[1].vessel and outside(event.temperature, 15.0, WARM)]
    return Breach(_tell(wrong[0]), at_step(wrong[0].step)) if wrong else None


def room_or_reflux(facts: Facts) -> Outcome:
    """RCM-19."""
    found = feed(facts)
    if found is None:
        return NOT_APPLICABLE
    kept = found[1].reflux or not outside(found[1].temperature, 15.0, 30.0)
    return None if kept else Breach(_tell(found[1]), at_step(found[1].step))


def inhibitor(facts: Facts) -> Outcome:
    """RCM-20."""
    found = feed(facts)
    if found is None:
        return NOT_APPLICABLE
    event = found[1]
    long, hot = event.duration >= Seconds(6 * 3600.0), event.temperature >= 40.0
    if facts.with_trait(Trait.INHIBITOR) is not None or not (long or hot):
        return None
    return Breach(f"none, with {hours(event.duration)} at {_tell(event)}", at_step(event.step))


def solvent(facts: Facts) -> Outcome:
    """RCM-11."""
    others = [
        species
        for _, _, species in facts.arrivals(lambda species: species.role == "solvent")
        if species.name not in ("dichloromethane", "toluene")
    ]
    before = feed(facts)
    if before is None:
        return NOT_APPLICABLE
    return Breach(others[0].name, at_reagent(others[0].key)) if others else None


def no_free_amine(facts: Facts) -> Outcome:
    """RCM-22, by the structure of the substrate, or as far as the file states what the nitrogens carry."""
    groups = _groups(facts)
    if groups is not None and Group.AMINE in groups:
        return Breach(f"{facts.species[facts.substrate].name}: {Group.AMINE.value}", at_reagent(facts.substrate))
    if not facts.nitrogens:
        return NOT_APPLICABLE if groups is None else None
    return Breach("a nitrogen of the ring is free", CHEMISTRY) if "free" in facts.nitrogens else None


def no_thiol(facts: Facts) -> Outcome:
    """RCM-23, by the structure of the substrate."""
    groups = _groups(facts)
    if groups is None:
        return NOT_APPLICABLE
    name = facts.species[facts.substrate].name if facts.substrate in facts.species else facts.substrate
    return Breach(f"{name}: {Group.THIOL.value}", at_reagent(facts.substrate)) if Group.THIOL in groups else None


def _groups(facts: Facts) -> frozenset[Group] | None:
    substrate = facts.species.get(facts.substrate)
    return None if substrate is None else substrate.groups


def protected(facts: Facts) -> Outcome:
    """RCM-24, as far as the file states what the nitrogens carry: a carbonyl or a sulfonyl group."""
    if not facts.nitrogens:
        return NOT_APPLICABLE
    bare = [group for group in facts.nitrogens if group not in ("amide", "Boc", "Cbz", "Fmoc", "Ts", "Ns")]
    return Breach(", ".join(facts.nitrogens), CHEMISTRY) if bare else None
