"""A reaction in a vessel: its species, stepped on the bench's grid, with the heat and the gas that come of it.

The species are amounts of their own beside what the vessel keeps of what was put in. What came in since the last step
is the difference to what was seen then; it is taken to have flowed in evenly. So nothing is to be done when liquid
drops, and what is taken out, spilt or emptied takes its share of every species with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, exp, fsum
from typing import Any

from ruggli.quantities.base import Celsius, Seconds
from ruggli_simulator.description import ReactionDescription
from ruggli_simulator.scheme import Scheme, Step, macrocyclisation, reductive_amination

LONG_S = 10
SHORT_S = 1
"""Steps of the reaction, in grid points: the long one while nothing happens fast."""

CALM = 0.2
"""Largest part of a species that a long step may turn over, and largest warming in K for it."""

FINE = 0.25
"""Largest part of a species that a sub-step may turn over."""

MOST_SUBSTEPS = 8
"""In one step; a faster reaction is one that mixing decides, and its steps are bounded by what is there."""

ROUGH_SUBSTEPS = 4
"""In one step, where steps are bounded."""

GAS_CONSTANT = 8.314462618
"""J/mol/K."""

GAS_ML_PER_MMOL = 24.4654
"""Of an ideal gas at 25 degC and 1013.25 hPa."""

LEAST_HEAT_J = 1e-5
"""Less than this waits until more has come together."""

NOTHING_MMOL = 1e-15
"""What a species may fall below nothing by rounding."""

LEAST_VOLUME = 1e-6
"""mL; in less nothing reacts."""


@dataclass(frozen=True, slots=True)
class _Moved:
    """After some time: amounts in mmol, heat set free in J, fastest turnover at its end in 1/s, gas made in mL."""

    state: list[float]
    heat_j: float
    turnover: float
    gas: dict[str, float]


class Reaction:
    """The species of one vessel and their course.

    Args:
        described: model, constants and which solute is which species.
        amounts: what the vessel holds as put in, mmol by solute; taken as not having reacted.
        volume: of the vessel's contents, mL.
        now: the present time.

    Attributes:
        power_w: heat that flows into the contents, W; constant between two steps.
        heat_j: heat set free so far, J.
    """

    def __init__(
        self, described: ReactionDescription, amounts: Mapping[str, float], volume: float, now: Seconds
    ) -> None:
        self.described = described
        self.power_w = 0.0
        self.heat_j = 0.0
        self.scheme = scheme = scheme_of(described)
        self._index = {name: place for place, name in enumerate(scheme.species)}
        self._state = [0.0] * len(scheme.species)
        self._seen: dict[str, float] = {}
        self._volume = volume
        self._laws = [_law(step, self._index) for step in scheme.steps]
        self._changes = [_places(step.changes, self._index) for step in scheme.steps]
        self._bounds = [_places(step.bounds, self._index) for step in scheme.steps]
        heats = described.heats
        self._driving = [
            tuple((place, needed) for place, needed in bounds if place in law)
            for bounds, law in zip(self._bounds, self._laws, strict=True)
        ]
        self._heats = [heats.get(step.constant, 0.0) for step in scheme.steps]
        self._ks = [step.k for step in scheme.steps]
        self._for_temperature: float | None = None
        self._gases = [(name, self._index[name]) for name in scheme.gases]
        self._made = dict.fromkeys(scheme.gases, 0.0)
        self._fastest = dict.fromkeys(scheme.gases, 0.0)
        self._peaks = [(0.0, float(now))] * len(scheme.species)
        self._owed_j = 0.0
        self._elapsed = 0
        self._interval = SHORT_S
        self.take_in(amounts, volume, now)

    def take_in(self, amounts: Mapping[str, float], volume: float, now: Seconds) -> None:
        """What has come in since the last step is there now, all at once: hands have put something in."""
        for place, amount in self._inflow(amounts):
            self._state[place] += amount
        self._see(amounts)
        self._volume = volume
        self._interval = SHORT_S
        if volume >= LEAST_VOLUME:
            self._note_peaks(volume, now)

    def scale(self, share: float) -> None:
        """This share of the contents is left."""
        self._state = [amount * share for amount in self._state]
        self._seen = {solute: amount * share for solute, amount in self._seen.items()}
        self._volume *= share

    def bind(self, species: Sequence[str]) -> None:
        """What there is of these species is bound, and reacts no more. Raises `ValueError` for one that is unknown."""
        unknown = [name for name in species if name not in self._index]
        if unknown:
            raise ValueError(f"nothing here is {unknown[0]!r}; there are {', '.join(self._index)}")
        for name in species:
            self._state[self._index[name]] = 0.0

    def on_grid(
        self, amounts: Mapping[str, float], volume: float, temperature: float, heat_capacity: float, now: Seconds
    ) -> None:
        """A grid point; most of them only count.

        Args:
            amounts: what the vessel holds as put in, mmol by solute.
            volume: of the contents, mL.
            temperature: of the contents, degC.
            heat_capacity: of contents and glass, J/K.
            now: the time of the grid point.
        """
        self._elapsed += 1
        if self._elapsed < self._interval:
            return
        seconds, self._elapsed = float(self._elapsed), 0
        inflow = self._inflow(amounts)
        self._see(amounts)
        moved = self._moved_on(seconds, inflow, volume, temperature)
        self._state, self._volume = moved.state, volume
        self.heat_j += moved.heat_j
        for name, made in moved.gas.items():
            self._made[name] += made
            self._fastest[name] = max(self._fastest[name], made / seconds * 60)
        power = abs(moved.heat_j) / seconds
        calm = moved.turnover * LONG_S <= CALM and power * LONG_S <= CALM * heat_capacity
        self._interval = LONG_S if calm else SHORT_S
        owed = self._owed_j + moved.heat_j
        self._owed_j, self.power_w = (owed, 0.0) if abs(owed) < LEAST_HEAT_J else (0.0, owed / self._interval)
        if volume >= LEAST_VOLUME and (moved.turnover > 0.0 or inflow):
            self._note_peaks(volume, now)

    def truth(self, amounts: Mapping[str, float], volume: float, temperature: float) -> dict[str, Any]:
        """Species, yields, gas and heat at the last grid point as plain JSON data; looking changes nothing.

        What has come in since that grid point is in it, not having reacted.
        """
        scheme, put_in = self.scheme, self._put_in(amounts)
        moved = self._moved_on(float(self._elapsed), self._inflow(amounts), volume, temperature)
        told = dict(zip(scheme.species, moved.state, strict=True))
        told |= {name: fsum(told[part] for part in parts) for name, parts in scheme.sums.items()}
        fed = fsum(number * put_in.get(name, 0.0) for name, number in scheme.units.items())
        dissolved = [name for name in told if name not in scheme.gases]
        peaks = {name: self._peaks[self._index[name]] for name in dissolved if name in self._index}
        return {
            "model": self.described.model,
            "species_mmol": told,
            "concentrations_mM": {name: 1000 * told[name] / volume if volume > 0 else 0.0 for name in dissolved},
            "peak_concentrations_mM": {name: 1000 * peak for name, (peak, _) in peaks.items()},
            "peak_concentration_times_s": {name: when for name, (_, when) in peaks.items()},
            "units_put_in_mmol": fed,
            "yields": {name: number * told[name] / fed for name, number in scheme.units.items()} if fed > 0 else {},
            "gas_mL": {name: self._made[name] + made for name, made in moved.gas.items()},
            "fastest_gas_mL_min": dict(self._fastest),
            "heat_J": self.heat_j + moved.heat_j,
            "power_W": self.power_w,
        }

    # Books.

    def _inflow(self, amounts: Mapping[str, float]) -> list[tuple[int, float]]:
        """Gain of each state since what was seen last, in mmol."""
        found = []
        for solute, species in self.described.species.items():
            gained = amounts.get(solute, 0.0) - self._seen.get(solute, 0.0)
            if gained:
                found.append((self._index[species], gained))
        return found

    def _see(self, amounts: Mapping[str, float]) -> None:
        self._seen = {solute: amounts.get(solute, 0.0) for solute in self.described.species}

    def _put_in(self, amounts: Mapping[str, float]) -> dict[str, float]:
        found: dict[str, float] = {}
        for solute, species in self.described.species.items():
            found[species] = found.get(species, 0.0) + amounts.get(solute, 0.0)
        return found

    def _note_peaks(self, volume: float, now: Seconds) -> None:
        peaks = self._peaks
        for place, amount in enumerate(self._state):
            if amount > peaks[place][0] * volume:
                peaks[place] = (amount / volume, float(now))

    # Rates.

    def _moved_on(self, seconds: float, inflow: list[tuple[int, float]], volume: float, temperature: float) -> "_Moved":
        """What the state is after so many seconds, in which this flowed in evenly and the volume became this one."""
        state = self._state.copy()
        before = [state[place] for _, place in self._gases]
        heat = turnover = 0.0
        if volume < LEAST_VOLUME or not seconds:
            for place, amount in inflow:
                state[place] += amount
        else:
            if temperature != self._for_temperature:
                self._set_temperature(temperature)
            start = self._volume if self._volume >= LEAST_VOLUME else volume
            state, heat = self._react(state, seconds, inflow, start, volume)
            turnover = self._turnover(state, volume)
        made = {
            name: (state[place] - amount) * GAS_ML_PER_MMOL
            for (name, place), amount in zip(self._gases, before, strict=True)
        }
        return _Moved(state, heat, turnover, made)

    def _react(
        self, state: list[float], seconds: float, inflow: list[tuple[int, float]], start: float, end: float
    ) -> tuple[list[float], float]:
        """The state after some sub-steps and the heat set free, J."""
        reached = state.copy()
        for place, amount in inflow:
            reached[place] += amount
        speed = self._turnover(reached, min(start, end))
        if speed <= 0.0:
            return reached, self._neutralise(reached)
        wanted = seconds * speed / FINE
        exact = wanted <= MOST_SUBSTEPS
        count = max(1, ceil(wanted)) if exact else ROUGH_SUBSTEPS
        length, slope = seconds / count, (end - start) / seconds
        gain = [(place, amount / seconds) for place, amount in inflow]
        heat = 0.0
        for number in range(count):
            volume = start + slope * length * number
            moved = self._runge_kutta(state, length, gain, volume, slope) if exact else None
            state, extents = self._bounded(state, length, gain, volume) if moved is None else moved
            heat -= fsum(h * extent for h, extent in zip(self._heats, extents, strict=True))
            heat += self._neutralise(state)
        return state, heat

    def _speeds(self, state: list[float], volume: float) -> list[float]:
        """Events of each step, mmol/s."""
        return [_speed(k, law, state, volume) for k, law in zip(self._ks, self._laws, strict=True)]

    def _moved(
        self, state: list[float], extents: list[float], part: float, gain: list[tuple[int, float]], seconds: float
    ) -> list[float]:
        moved = state.copy()
        for place, rate in gain:
            moved[place] += rate * seconds
        for extent, changes in zip(extents, self._changes, strict=True):
            if extent:
                extent *= part
                for place, change in changes:
                    moved[place] += change * extent
        return moved

    def _runge_kutta(
        self, state: list[float], length: float, gain: list[tuple[int, float]], volume: float, slope: float
    ) -> tuple[list[float], list[float]] | None:
        """State and extents after one step of fourth order; None where a species would fall below nothing."""
        half = 0.5 * length
        middle, end = volume + slope * half, volume + slope * length
        first = self._speeds(state, volume)
        second = self._speeds(self._moved(state, first, half, gain, half), middle)
        third = self._speeds(self._moved(state, second, half, gain, half), middle)
        fourth = self._speeds(self._moved(state, third, length, gain, length), end)
        sixth = length / 6.0
        extents = [sixth * (a + 2.0 * (b + c) + d) for a, b, c, d in zip(first, second, third, fourth, strict=True)]
        moved = self._moved(state, extents, 1.0, gain, length)
        least = min(moved)
        if least < -NOTHING_MMOL:
            return None
        return (moved if least >= 0.0 else [max(0.0, amount) for amount in moved]), extents

    def _bounded(
        self, state: list[float], length: float, gain: list[tuple[int, float]], volume: float
    ) -> tuple[list[float], list[float]]:
        """Step after step as if alone, none beyond what is there: of first order, and stable at any speed."""
        state = state.copy()
        for place, rate in gain:
            state[place] += rate * length
        extents = []
        for k, law, bounds, changes in zip(self._ks, self._laws, self._bounds, self._changes, strict=True):
            most = min(max(0.0, state[place]) / needed for place, needed in bounds)
            speed = _speed(k, law, state, volume) if most > 0.0 else 0.0
            extent = most * (1.0 - exp(-speed * length / most)) if speed > 0.0 else 0.0
            for place, change in changes:
                state[place] += change * extent
            extents.append(extent)
        return state, extents

    def _neutralise(self, state: list[float]) -> float:
        """Let react what does so as it is mixed; returns the heat set free, J."""
        heat = 0.0
        for step in self.scheme.at_once:
            extent = min(state[self._index[name]] for name in step.reactants)
            if extent > 0.0:
                for name, change in step.changes.items():
                    state[self._index[name]] += change * extent
                heat -= self.described.heats.get(step.constant, 0.0) * extent
        return heat

    def _turnover(self, state: list[float], volume: float) -> float:
        """Part of the species that turns over fastest, 1/s."""
        fastest = 0.0
        losses: dict[int, float] = {}
        for speed, driving in zip(self._speeds(state, volume), self._driving, strict=True):
            if speed > 0.0:
                for place, needed in driving:
                    losses[place] = losses.get(place, 0.0) + needed * speed
        for place, loss in losses.items():
            if loss > fastest * state[place]:
                fastest = loss / state[place]
        return fastest

    def _set_temperature(self, temperature: float) -> None:
        self._for_temperature = temperature
        described, kelvin = self.described, temperature + 273.15
        factors: dict[str, float] = {}
        for name, energy in described.activation.items():
            reference = described.reference.get(name, Celsius(25.0)) + 273.15
            factors[name] = exp(1000.0 * energy / GAS_CONSTANT * (1.0 / reference - 1.0 / kelvin))
        ring = factors.get("k_intra", factors.get("k_prime", 1.0))
        self._ks = [
            step.k * factors.get(step.constant, ring if step.constant == "couple" else 1.0)
            for step in self.scheme.steps
        ]


def scheme_of(described: ReactionDescription) -> Scheme:
    """The scheme with the described constants."""
    if described.model == "macrocyclisation":
        return macrocyclisation(described.constants, described.variant)
    return reductive_amination(described.constants)


def _speed(k: float, law: tuple[int, int, int], state: list[float], volume: float) -> float:
    """Events of one step, mmol/s."""
    first, second, third = law
    speed = k * state[first]
    if second >= 0:
        speed *= state[second] / volume
        if third >= 0:
            speed *= state[third] / volume
    return speed


def _law(step: Step, index: Mapping[str, int]) -> tuple[int, int, int]:
    first, second, third = (*(index[name] for name in step.reactants), -1, -1)[:3]
    return first, second, third


def _places(amounts: Mapping[str, float], index: Mapping[str, int]) -> tuple[tuple[int, float], ...]:
    return tuple((index[name], float(amount)) for name, amount in amounts.items() if amount)
