"""Structures for the planner, where a protocol has any."""

from ruggli.chemistry.structures.find import find_structures
from ruggli.chemistry.structures.interface import Structures
from ruggli.protocol.model import Protocol


def structures_of(protocol: Protocol) -> Structures | None:
    """What reads the SMILES of a protocol; None without RDKit, and without a SMILES, so that RDKit is not imported."""
    return find_structures() if any(reagent.smiles for reagent in protocol.reagents.values()) else None
