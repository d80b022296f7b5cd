"""How large a drop is that falls from a needle or a tube: Tate's law.

A drop falls when its weight passes what the surface holds: V = f x pi x d x gamma / (rho x g), with the outer diameter
d of a tip that the liquid wets, and f = 0.62, the part of the hanging drop that falls (Harkins and Brown found 0.60 to
0.72 for tips of this size) [M]. Surface tensions at 20 degC as handbooks have them [M]: warm solvents and solutes lower
them, so a true drop is up to a third smaller.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ruggli.quantities.base import GramsPerMillilitre, Millilitres, Millimetres

FALLS: Final = 0.62
GRAVITY: Final = 9.80665
"""m/s2."""
TIP: Final = Millimetres(1.6)
"""Outer diameter of a line whose tip the rig file does not give: the usual 1/16 inch tube [E]."""
UNKNOWN: Final = (25.0, GramsPerMillilitre(0.9))
"""Surface tension in mN/m and density of a liquid that nobody knows [E]."""

SURFACE_TENSION: Final[Mapping[str, float]] = MappingProxyType(
    {
        "dichloromethane": 28.0,
        "toluene": 28.5,
        "1,2-dichloroethane": 32.2,
        "methanol": 22.5,
        "ethanol": 22.1,
        "2-propanol": 21.7,
        "ethyl acetate": 23.9,
        "tetrahydrofuran": 26.4,
        "1,4-dioxane": 33.0,
        "diethyl ether": 17.0,
        "acetonitrile": 29.3,
        "acetone": 23.7,
        "chloroform": 27.1,
        "n-hexane": 18.4,
        "n-heptane": 20.1,
        "N,N-dimethylformamide": 37.1,
        "dimethyl sulfoxide": 43.5,
        "acetic acid": 27.6,
        "water": 72.8,
    }
)
"""mN/m at 20 degC, by the names of `ruggli.chemistry.solvents` [M]."""


def drop_volume(solvent: str, density: GramsPerMillilitre | None, tip: Millimetres = TIP) -> Millilitres:
    """Volume of a falling drop.

    Args:
        solvent: name as in `ruggli.chemistry.solvents`; of another liquid the tension is that of a usual organic one.
        density: of the liquid, or None where nobody says.
        tip: outer diameter of the needle or tube.
    """
    tension, weight = SURFACE_TENSION.get(solvent, UNKNOWN[0]), UNKNOWN[1] if density is None else density
    return Millilitres(1e-3 * FALLS * math.pi * tip * tension / (weight * GRAVITY))
