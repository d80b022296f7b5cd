"""Where a reagent first meets the substrate: in a syringe, or in a vessel."""

from dataclasses import dataclass

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.rules.facts import Event, Facts, Species


@dataclass(frozen=True, slots=True)
class Meeting:
    """A reagent and the substrate in one liquid.

    Attributes:
        event: the step in which they meet; for a syringe the one that delivers it.
        reagent: the reagent.
        company: everything else that is there.
    """

    event: Event
    reagent: Species
    company: tuple[Species, ...]


def first_meeting(facts: Facts, *traits: Trait) -> Meeting | None:
    """The first time that a known compound with one of the traits is with the substrate, or None."""
    there: dict[str, dict[str, None]] = {}
    for event in facts.events:
        for solutes in (*(tuple(stream.amounts) for stream in event.streams), *event.mixtures):
            met = _meeting(facts, event, solutes, traits)
            if met is not None:
                return met
        inside = there.setdefault(event.vessel, {})
        inside.update(dict.fromkeys(event.amounts))
        met = _meeting(facts, event, tuple(inside), traits)
        if met is not None:
            return met
    return None


def _meeting(facts: Facts, event: Event, keys: tuple[str, ...], traits: tuple[Trait, ...]) -> Meeting | None:
    present = tuple(facts.species[key] for key in keys if key in facts.species)
    reagent = next((species for species in present if species.has(*traits)), None)
    if facts.substrate not in keys or reagent is None:
        return None
    return Meeting(event, reagent, present)
