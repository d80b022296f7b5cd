"""A vessel and what is really in it."""

from typing import Any

from ruggli.quantities.base import Celsius, Millilitres, Millimoles, Molar, Seconds
from ruggli_simulator.description import ReactionDescription
from ruggli_simulator.liquid import Liquid
from ruggli_simulator.reaction import Reaction
from ruggli_simulator.solvents import STANDARD_PRESSURE_HPA, Solvent, solvent_named

ROOM = Celsius(20.0)
BOILING_SHARE = 0.05
"""A solvent below this share of the volume does not set the boiling point (a simple rule, no phase diagram)."""


class _Feed:
    """A liquid as it arrives: everything that has to be looked up, looked up once."""

    __slots__ = ("liquid", "name", "solvent", "heat_capacity", "solutes")

    def __init__(self, liquid: Liquid) -> None:
        solvent = solvent_named(liquid.solvent)
        self.liquid = liquid
        self.name = liquid.name
        self.solvent = solvent
        self.heat_capacity = solvent.density * solvent.heat_capacity
        self.solutes = tuple(liquid.solutes.items())


class Vessel:
    """Contents by amounts: mL of each solvent, mmol of each solute, mL of each solution that came in.

    Amounts are kept as put in; what becomes of them is told by the `reaction`, where there is one. Volumes are ideal
    (they add up). What overflows or is taken out has the composition of the whole.

    Attributes:
        name: name in the description.
        capacity: brimful volume.
        condenser: True where vapour comes back.
        volume: present volume of liquid.
        temperature: of the contents.
        hottest: highest temperature of the contents so far.
        heat_capacity: of the contents, J/K.
        cold: heat capacity (J/K) that has arrived at room temperature and is not yet mixed into `temperature`.
        boiling_point: of the mixture, or None where it is empty.
        overflow: volume lost over the brim.
        boiled_off: volume lost as vapour.
        reaction: what reacts, or None.
    """

    __slots__ = (
        "name",
        "capacity",
        "condenser",
        "volume",
        "temperature",
        "hottest",
        "heat_capacity",
        "cold",
        "boiling_point",
        "overflow",
        "boiled_off",
        "reaction",
        "_pressure_hpa",
        "_liquids",
        "_sampled",
        "_solvents",
        "_amounts",
        "_peaks",
        "_feeds",
        "_volatile",
        "_changed",
        "_sorted_at",
    )

    def __init__(
        self,
        name: str,
        capacity: Millilitres,
        *,
        condenser: bool = False,
        temperature: Celsius = ROOM,
        pressure_hpa: float = STANDARD_PRESSURE_HPA,
    ) -> None:
        self.name = name
        self.capacity = capacity
        self.condenser = condenser
        self.volume = 0.0
        self.temperature = float(temperature)
        self.hottest = float(temperature)
        self.heat_capacity = 0.0
        self.cold = 0.0
        self.boiling_point: float | None = None
        self.overflow = 0.0
        self.boiled_off = 0.0
        self.reaction: Reaction | None = None
        self._pressure_hpa = pressure_hpa
        self._liquids: dict[str, float] = {}
        self._sampled: dict[str, float] = {}
        self._solvents: dict[str, float] = {}
        self._amounts: dict[str, float] = {}
        self._peaks: dict[str, tuple[float, float]] = {}
        self._feeds: dict[int, _Feed] = {}
        self._volatile: Solvent | None = None
        self._changed = False
        self._sorted_at = 0.0

    def receive(self, liquid: Liquid, volume: Millilitres) -> None:
        """Take up `volume` of `liquid` at room temperature, as it drops from a line."""
        feed = self._feeds.get(id(liquid))
        if feed is None:
            feed = self._feeds[id(liquid)] = _Feed(liquid)
            self._liquids.setdefault(feed.name, 0.0)
            self._solvents.setdefault(feed.solvent.name, 0.0)
            for solute, _ in feed.solutes:
                self._amounts.setdefault(solute, 0.0)
        self._liquids[feed.name] += volume
        self._solvents[feed.solvent.name] += volume
        heat_capacity = feed.heat_capacity * volume
        self.heat_capacity += heat_capacity
        self.cold += heat_capacity
        amounts = self._amounts
        for solute, concentration in feed.solutes:
            amounts[solute] += concentration * volume
        self.volume += volume
        self._changed = True
        if self.volume > self.capacity:
            self._spill()

    def charge(
        self, name: str, solvent: str | None, volume: Millilitres, solutes: dict[str, Millimoles], now: Seconds
    ) -> None:
        """Put in `volume` of `solvent` (may be none) under the name `name`, with amounts of solutes."""
        for solute, amount in solutes.items():
            self._amounts[solute] = self._amounts.get(solute, 0.0) + amount
        if volume > 0:
            self.receive(Liquid(name, solvent or "water"), volume)
        if self.reaction is not None:
            self.reaction.take_in(self._amounts, self.volume, now)
        self._changed = True
        self.settle(now)

    def react(self, described: ReactionDescription | None, now: Seconds) -> None:
        """Let what is there, as put in, react as described from now on; None: let nothing react."""
        self.reaction = None if described is None else Reaction(described, self._amounts, self.volume, now)

    def step_reaction(self, glass: float, now: Seconds) -> float:
        """One grid step of what reacts, in glass of this heat capacity (J/K); returns the heat that it gives, W."""
        reaction = self.reaction
        if reaction is None:
            return 0.0
        reaction.on_grid(self._amounts, self.volume, self.temperature, self.heat_capacity + glass, now)
        return reaction.power_w

    def remove(self, volume: Millilitres) -> None:
        """Take out `volume` of the mixture (all, where there is less), and keep count of what it was."""
        share = max(0.0, 1 - volume / self.volume) if self.volume > 0 else 0.0
        for name, held in self._liquids.items():
            self._sampled[name] = self._sampled.get(name, 0.0) + (1 - share) * held
        self._scale(share)

    def empty(self) -> None:
        """Take everything out, solids too."""
        self._scale(0.0)
        self._amounts = dict.fromkeys(self._amounts, 0.0)

    def boil_off(self, heat_j: float) -> None:
        """Spend `heat_j` joules on vapour that is lost: the solvent that boils first becomes less."""
        solvent = self._volatile
        if solvent is None:
            return
        there = self._solvents[solvent.name]
        volume = min(there, heat_j / (solvent.vaporisation_heat * solvent.density))
        self._solvents[solvent.name] = there - volume
        self.heat_capacity = max(0.0, self.heat_capacity - volume * solvent.density * solvent.heat_capacity)
        self.volume = max(0.0, self.volume - volume)
        self.boiled_off += volume
        self._changed = True
        if volume == there:
            self._volatile = None

    def settle(self, now: Seconds) -> None:
        """After liquid has moved: find the boiling point and note concentration peaks. Called at each grid point."""
        if not self._changed:
            return
        self._changed = False
        volume = self.volume
        if abs(volume - self._sorted_at) > 0.002 * volume or self._volatile is None:
            self._find_boiling_point()
        if volume <= 0:
            return
        peaks = self._peaks
        for solute, amount in self._amounts.items():
            concentration = amount / volume
            peak = peaks.get(solute)
            if peak is None or concentration > peak[0]:
                peaks[solute] = (concentration, now)

    def concentration(self, solute: str) -> Molar:
        """Present concentration of `solute`."""
        return Molar(self._amounts.get(solute, 0.0) / self.volume if self.volume > 0 else 0.0)

    def delivered(self, liquid: str) -> Millilitres:
        """Volume of the solution `liquid` that came in and was not taken out or spilt."""
        return Millilitres(self._liquids.get(liquid, 0.0))

    def truth(self) -> dict[str, Any]:
        """Contents as plain JSON data."""
        volume = self.volume
        reaction = self.reaction
        reacted = {} if reaction is None else {"reaction": reaction.truth(self._amounts, volume, self.temperature)}
        return {
            "volume_mL": volume,
            "temperature_degC": self.temperature,
            "max_temperature_degC": self.hottest,
            "boiling_point_degC": self.boiling_point,
            "condenser": self.condenser,
            "liquids_mL": dict(self._liquids),
            **({"sampled_mL": dict(self._sampled)} if self._sampled else {}),
            "solvents_mL": dict(self._solvents),
            "unknown_solvents": sorted({f.solvent.name for f in self._feeds.values() if not f.solvent.known}),
            "amounts_mmol": dict(self._amounts),
            "concentrations_mM": {s: 1000 * n / volume if volume > 0 else 0.0 for s, n in self._amounts.items()},
            "peak_concentrations_mM": {s: 1000 * peak for s, (peak, _) in self._peaks.items()},
            "peak_concentration_times_s": {s: when for s, (_, when) in self._peaks.items()},
            "overflow_mL": self.overflow,
            "boiled_off_mL": self.boiled_off,
            **reacted,
        }

    def _find_boiling_point(self) -> None:
        self._sorted_at = self.volume
        present = [solvent_named(n) for n, v in self._solvents.items() if v > 0 and v >= BOILING_SHARE * self.volume]
        pressure = self._pressure_hpa
        self._volatile = min(present, key=lambda s: s.boiling_point_at(pressure), default=None)
        self.boiling_point = None if self._volatile is None else self._volatile.boiling_point_at(pressure)

    def _spill(self) -> None:
        excess = self.volume - self.capacity
        self._scale(self.capacity / self.volume)
        self.overflow += excess

    def _scale(self, share: float) -> None:
        for book in (self._liquids, self._solvents, self._amounts):
            for name in book:
                book[name] *= share
        if self.reaction is not None:
            self.reaction.scale(share)
        self.volume *= share
        self.heat_capacity *= share
        self.cold *= share
        self._changed = True
