"""The schemes of reactions by the word that a kinetics file and a plan have for them, from constants by name."""

from collections.abc import Mapping

from ruggli.chemistry.kinetics import reductive_amination
from ruggli.chemistry.kinetics.macrocyclisation import Constants, Macrocyclisation
from ruggli.chemistry.kinetics.model import Model
from ruggli.chemistry.kinetics.reductive_amination import ReductiveAmination
from ruggli.quantities.base import Molar

MACROCYCLISATION = "macrocyclisation"
REDUCTIVE_AMINATION = "reductive-amination"


def model_of(scheme: str, known: Mapping[str, float]) -> Model:
    """The model of a reaction.

    Args:
        scheme: the word for it.
        known: its constants, by the names of `Parameter`.
    """
    if scheme == REDUCTIVE_AMINATION:
        constants = {name.lower(): value for name, value in known.items()}
        return ReductiveAmination(reductive_amination.Constants(**constants))
    return Macrocyclisation(
        Constants(
            k_ring=known["k_prime"],
            effective_molarity=Molar(known["EM"]),
            k_d=known["k_d"],
            phi=known["phi"],
            k_iso=known["k_iso"],
            q=known.get("q", 0.0),
        )
    )
