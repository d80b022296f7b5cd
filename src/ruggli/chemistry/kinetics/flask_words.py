"""What people call what a simulated flask holds and gives off."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ruggli.chemistry.kinetics.schemes import MACROCYCLISATION, REDUCTIVE_AMINATION

CAUTION: Final = "Simulated flask: constants are defaults, mark E, or the rig file's; nothing is measured"
"""What has to stand beside everything that a simulated flask holds."""

GASES: Final[Mapping[str, str]] = MappingProxyType({"E": "ethylene", "H2": "hydrogen", "CO2": "carbon dioxide"})

_REAGENTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        MACROCYCLISATION: {"Ru": "live catalyst", "H": "species that isomerises"},
        REDUCTIVE_AMINATION: {
            "H": "hydride",
            "AcOH": "acetic acid",
            "BA": "acid bound to boron",
            "HCO3": "bicarbonate",
        },
    }
)


def reagent_words(scheme: str) -> Mapping[str, str]:
    """The species that hold no substrate."""
    return _REAGENTS[scheme]
