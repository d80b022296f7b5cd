"""Where a file brings cyanoborohydride and acid together: vessel by vessel, in the order of the steps (rule X-10)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import fsum

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.rules.facts import Event, Facts, Species

_BASES = (Trait.AMINE, Trait.NUCLEOPHILIC_BASE, Trait.BICARBONATE)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A step that brings the two together.

    Attributes:
        step: its id.
        hydride: the cyanoborohydride, which is in the vessel or comes in.
        acid: the same of the acid.
        forbidden: a strong acid, or an acidic quench; else a weak acid, which a person has to mind.
    """

    step: str
    hydride: Species
    acid: Species
    forbidden: bool


@dataclass(slots=True)
class _Contents:
    """What of the two is in a vessel; bases by amount, because they take a strong acid up."""

    hydride: Species | None = None
    acids: dict[str, Species] = field(default_factory=dict)
    strong: list[float] = field(default_factory=list)
    bases: list[float] = field(default_factory=list)


def meetings(facts: Facts) -> Iterator[Meeting]:
    """Every step that brings cyanoborohydride and an acid together; what is left of the hydride counts as hydride.

    A strong acid that came before the hydride and was met by as much base counts as gone. A purified product has
    neither of the two in it.
    """
    vessels: dict[str, _Contents] = {}
    for event in facts.events:
        if event.do == "purify":
            vessels.pop(event.vessel, None)
        yield from _step(facts, event, vessels.setdefault(event.vessel, _Contents()))


def _step(facts: Facts, event: Event, inside: _Contents) -> Iterator[Meeting]:
    arriving = [facts.species[key] for key in event.amounts if key in facts.species]
    acids = {species.key: species for species in arriving if _acid(species)}
    hydride = next((species for species in arriving if species.has(Trait.CYANOBOROHYDRIDE)), None)
    inside.acids |= acids
    inside.strong += [event.amounts[key] for key, species in acids.items() if species.has(Trait.STRONG_ACID)]
    inside.bases += [event.amounts[s.key] for s in arriving if s.role == "base" or s.has(*_BASES)]
    inside.hydride = inside.hydride or hydride
    if inside.hydride is None:
        return
    met = inside.acids if hydride is not None else acids
    for key, acid in met.items():
        bad = acid.has(Trait.STRONG_ACID) and (key in acids or fsum(inside.strong) > fsum(inside.bases))
        yield Meeting(event.step, inside.hydride, acid, bad or acid.role == "quench")


def _acid(species: Species) -> bool:
    return species.role == "acid" or species.has(Trait.ACETIC_ACID, Trait.STRONG_ACID)
