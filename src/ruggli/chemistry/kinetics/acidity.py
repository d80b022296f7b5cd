"""What pH does to a reductive amination in water or an alcohol, as chemistry.md B.7 has it (pKa: mark M, from memory).

Only free amine makes an imine, and only the protonated imine is reduced. The equilibrium of ammonium and iminium has no
proton in it, so acid slows both ways alike: an imine opens as far as it is not protonated; the iminium of a secondary
amine has no proton to lose, and its opening goes with the free amine. Acid helps the hydride to reduce the aldehyde.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import pow


@dataclass(frozen=True, slots=True)
class Acidity:
    """A pH that is kept.

    Attributes:
        ph: pH of the mixture.
        pka_amine: of the ammonium ions.
        pka_imine: of the protonated imines.
    """

    ph: float
    pka_amine: float = 10.0
    pka_imine: float = 7.0

    @property
    def free_amine(self) -> float:
        """Part of the amine that is free."""
        return 1.0 / (1.0 + pow(10.0, self.pka_amine - self.ph))

    @property
    def protonated_imine(self) -> float:
        """Part of the imine that is protonated."""
        return 1.0 / (1.0 + pow(10.0, self.ph - self.pka_imine))

    @property
    def proton(self) -> float:
        """Activity of the proton, 10^-pH."""
        return pow(10.0, -self.ph)

    def factors(self) -> Mapping[str, float]:
        """By constant, what its rate is multiplied with; constants that are left out do not change."""
        free, protonated = self.free_amine, self.protonated_imine
        return {
            "k_f": free,
            "k_r": 1.0 - protonated,
            "k_red": protonated,
            "k_c": free,
            "k_c_rev": 1.0 - protonated,
            "k_red_J2": protonated,
            "k_o": free,
            "k_o_rev": free,
        }
