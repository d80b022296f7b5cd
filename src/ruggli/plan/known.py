"""Which reagents of a file are compounds that the chemistry knows."""

from ruggli.chemistry.compounds import Compound, Trait, compound_named
from ruggli.protocol.model import Reagent


def compound_of(reagent: Reagent) -> Compound | None:
    """The known compound that a reagent is, by its CAS number or else its name; None where it is none."""
    names = (reagent.cas or "", reagent.name)
    return next((compound for name in names if (compound := compound_named(name)) is not None), None)


def is_known(reagent: Reagent, *traits: Trait) -> bool:
    """Whether a reagent is a known compound with one of these traits."""
    compound = compound_of(reagent)
    return compound is not None and not compound.traits.isdisjoint(traits)
