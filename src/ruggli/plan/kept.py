"""What a dose keeps low, with every number decided."""

from dataclasses import dataclass

from ruggli.protocol.model import InterlockAction
from ruggli.quantities.base import Celsius, Kelvin, Millilitres, Millimoles, Molar, Seconds


@dataclass(frozen=True, slots=True)
class UsedUp:
    """How fast a kept reagent disappears: in first order, at `constant + per_catalyst x [catalyst]`.

    Attributes:
        constant: 1/s; 0 where nothing is assumed to react, or where a catalyst decides.
        per_catalyst: L/mol/s, 0 where no catalyst decides.
        catalyst: reagent whose concentration counts, "" where none.
        decay: first-order decay of that catalyst, 1/s.
        text: under which assumption, for people.
    """

    constant: float
    per_catalyst: float = 0.0
    catalyst: str = ""
    decay: float = 0.0
    text: str = "nothing reacts"

    @property
    def reacts(self) -> bool:
        """Whether anything is assumed to react."""
        return self.constant > 0 or self.per_catalyst > 0


@dataclass(frozen=True, slots=True)
class KeptReagent:
    """A reagent whose concentration a dose keeps below a bound.

    Attributes:
        reagent: name in the file.
        below: the bound.
        used_up: see `UsedUp`.
        profile: `constant` or `ramped`.
        volume: liquid in the vessel at the start.
        present: amount of the reagent in the vessel at the start, as if none of it had reacted.
        catalyst_present: amount of the catalyst at the start, as if none of it had decayed.
        fed: amount that the dose brings in.
        highest: highest planned concentration.
        piled: most of it that is in the vessel unreacted at one time: what would still react if the feed stopped then.
        piled_at: time of that from the start of the flow.
    """

    reagent: str
    below: Molar
    used_up: UsedUp
    profile: str
    volume: Millilitres
    present: Millimoles
    catalyst_present: Millimoles
    fed: Millimoles
    highest: Molar
    piled: Millimoles
    piled_at: Seconds

    @property
    def share(self) -> float:
        """`piled` as part of what the dose brings in all."""
        return self.piled / self.fed


@dataclass(frozen=True, slots=True)
class PileRule:
    """How much of a kept reagent may pile up unreacted while a dose runs.

    Attributes:
        above: part of what the dose brings in all.
        action: `wait`, `hold` or `stop`.
        planned: temperature of the vessel for which the half-life is meant.
        activation: E/R of the reaction, K: how much slower it is where the vessel is colder.
    """

    above: float
    action: InterlockAction
    planned: Celsius
    activation: Kelvin


@dataclass(frozen=True, slots=True)
class RatioPlan:
    """Two reagents that flow in one ratio.

    Attributes:
        of: the one.
        to: the other.
        wanted: moles of `of` for each mole of `to`.
        lowest: lowest ratio in any stretch as the pumps hold their rates.
        highest: highest.
        whole: of the whole dose.
    """

    of: str
    to: str
    wanted: float
    lowest: float
    highest: float
    whole: float
