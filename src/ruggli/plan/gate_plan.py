"""The gate of an addition, with every number decided."""

from dataclasses import dataclass

from ruggli.quantities.base import Celsius, Kelvin, Seconds


@dataclass(frozen=True, slots=True)
class GatePlan:
    """A feed or portion waits while the vessel is above `below`, and goes on under `below - hysteresis`.

    Attributes:
        below: where the gate shuts.
        hysteresis: see above.
        patience: for how long the step may wait at it; then the run holds.
    """

    below: Celsius
    hysteresis: Kelvin
    patience: Seconds = Seconds(3600.0)
