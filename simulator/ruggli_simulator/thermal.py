"""Heat on the bench: plate (with block or bath), flasks, probe; stepped on one grid of whole seconds.

Two masses and a probe, as suggested in `heater-protocols.md` 7.2 and fitted to the vendor's figures in 7.1 (600 W, 1 L
of water in an H1500 vessel at 6.5 K/min). Every number is an estimate. The grid belongs to the bench, not to whoever
polls: between two grid points a reading holds its last value, so that results do not depend on polling.
"""

from dataclasses import dataclass

from ruggli.quantities.base import Celsius, Seconds
from ruggli_simulator.vessel import Vessel

STEP_S = 1.0
"""The grid."""

USABLE_POWER_W = 570.0
"""Of the 600 W of an RCT digital."""

PLATE_LOSS_W_K = 0.9
REFERENCE_CAPACITY_ML = 500.0
"""Flask to which the next two figures belong; others scale with their surface."""
FLASK_LOSS_W_K = 0.35
GLASS_J_K = 170.0

PROBE_LAG_S = 10.0
UNSTIRRED_LAG = 4.0
GAS_LAG = 10.0
UNSTIRRED_CONTACT = 0.5

REST_K = 1e-3
"""Closer to the room than this, and without heat, a node is at room temperature."""

COVERED_SHARE = 0.3
"""A flask filled below this share of its capacity touches its heater with less than its full contact area."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How a flask stands on a plate.

    Attributes:
        name: `bare`, `block` or `bath`.
        plate_j_k: heat capacity of plate with block or bath, J/K.
        conductance_w_k: plate to the stirred contents of a vessel of `capacity_ml`, W/K.
        capacity_ml: the vessel that the conductance was estimated for; others scale with their surface.
    """

    name: str
    plate_j_k: float
    conductance_w_k: float
    capacity_ml: float


CONTACTS = {
    contact.name: contact
    for contact in (
        Contact("bare", 550.0, 12.0, 1500.0),
        Contact("block", 1500.0, 5.0, 500.0),
        Contact("bath", 1900.0, 7.0, 500.0),
    )
}


class Flask:
    """A vessel as a thermal node.

    Attributes:
        vessel: the contents.
        contact: how it stands.
        glass: heat capacity of the glass, J/K.
        conductance: plate to contents, stirred, W/K.
        loss: contents to room, W/K.
        ramp: extra heating of the contents in K/s that no controller asked for (fault `over-temperature`).
        power: heat of what reacts in it, W.
    """

    __slots__ = ("vessel", "contact", "glass", "conductance", "loss", "ramp", "power")

    def __init__(self, vessel: Vessel, contact: Contact = CONTACTS["block"]) -> None:
        surface = (vessel.capacity / REFERENCE_CAPACITY_ML) ** (2 / 3)
        self.vessel = vessel
        self.contact = contact
        self.glass = GLASS_J_K * surface
        self.conductance = contact.conductance_w_k * (vessel.capacity / contact.capacity_ml) ** (2 / 3)
        self.loss = FLASK_LOSS_W_K * surface
        self.ramp = 0.0
        self.power = 0.0

    def react(self, now: Seconds) -> None:
        """One grid step of what reacts, before heat moves."""
        self.power = self.vessel.step_reaction(self.glass, now)

    def step(self, heat_w: float, ambient: float) -> None:
        """One grid step with `heat_w` flowing in from the plate."""
        vessel = self.vessel
        total = vessel.heat_capacity + self.glass
        temperature = vessel.temperature
        if vessel.cold:
            temperature += (ambient - temperature) * vessel.cold / total
            vessel.cold = 0.0
        temperature += (heat_w + self.power - self.loss * (temperature - ambient)) * STEP_S / total
        if self.ramp:
            # A closed or superheated flask: the boiling plateau does not hold it.
            temperature += self.ramp * STEP_S
        else:
            boiling = vessel.boiling_point
            if boiling is not None and temperature > boiling:
                if not vessel.condenser:
                    vessel.boil_off((temperature - boiling) * total)
                temperature = boiling
        vessel.temperature = temperature
        if temperature > vessel.hottest:
            vessel.hottest = temperature

    def cool(self, ambient: float) -> None:
        """One grid step away from any plate."""
        vessel = self.vessel
        away = vessel.temperature - ambient
        if away or self.ramp or self.power:
            self.step(0.0, ambient)
            if abs(away) < REST_K and not self.ramp and not self.power:
                vessel.temperature = ambient
        vessel.cold = 0.0


class Plate:
    """Plate with its block or bath and the flask that stands on it.

    Attributes:
        temperature: of plate and block, degC.
        flask: what stands on it, or None.
        ambient: room, degC.
    """

    __slots__ = ("temperature", "flask", "ambient")

    def __init__(self, ambient: Celsius) -> None:
        self.temperature = float(ambient)
        self.ambient = float(ambient)
        self.flask: Flask | None = None

    def step(self, power_w: float, stirred: bool) -> None:
        """One grid step with `power_w` from the heater."""
        ambient = self.ambient
        temperature = self.temperature
        flask = self.flask
        if flask is None:
            loss = PLATE_LOSS_W_K * (temperature - ambient)
            self.temperature = temperature + (power_w - loss) * STEP_S / CONTACTS["bare"].plate_j_k
            return
        vessel = flask.vessel
        driven = power_w or flask.ramp or flask.power
        if not driven and temperature == ambient and abs(vessel.temperature - ambient) < REST_K:
            vessel.temperature = ambient
            vessel.cold = 0.0
            return
        share = vessel.volume / vessel.capacity
        conductance = flask.conductance if share >= COVERED_SHARE else flask.conductance * (0.2 + 0.8 * share / 0.3)
        if not stirred:
            conductance *= UNSTIRRED_CONTACT
        heat = conductance * (temperature - vessel.temperature)
        gain = power_w - heat - PLATE_LOSS_W_K * (temperature - ambient)
        temperature += gain * STEP_S / flask.contact.plate_j_k
        self.temperature = ambient if not power_w and abs(temperature - ambient) < REST_K else temperature
        flask.step(heat, ambient)


class Probe:
    """A Pt1000 with its lag.

    Attributes:
        plate: the plate it is plugged into.
        place: `flask` (in the medium), `block` (in the heat-on block) or `air` (fallen out).
        temperature: of the sensor tip.
    """

    __slots__ = ("plate", "place", "temperature")

    def __init__(self, plate: Plate, place: str) -> None:
        self.plate = plate
        self.place = place
        self.temperature = plate.ambient

    def step(self, stirred: bool) -> None:
        """One grid step, after the plate's."""
        plate = self.plate
        flask = plate.flask
        lag = PROBE_LAG_S
        if self.place == "block":
            around = plate.temperature
        elif self.place == "flask" and flask is not None:
            around = flask.vessel.temperature
            if flask.vessel.volume <= 0:
                lag *= GAS_LAG
            elif not stirred:
                lag *= UNSTIRRED_LAG
        else:
            around = plate.ambient
            lag *= GAS_LAG / UNSTIRRED_LAG
        self.temperature += (around - self.temperature) * STEP_S / lag
