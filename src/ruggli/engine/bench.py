"""The bench as the engine works with it: stations, readings, outcomes, what was commanded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ruggli.devices.capability import Capability, HotplateCapability, PumpCapability
from ruggli.devices.hotplate import HotplateReading
from ruggli.devices.pump import PumpReading
from ruggli.engine.interlocks import LINK_SECONDS, STIR_PART
from ruggli.engine.orders import Order, Outcome, Verb
from ruggli.engine.station import Device, Reading, Station
from ruggli.engine.view import View
from ruggli.errors import LinkLost, RuggliError
from ruggli.quantities.base import Celsius, Rpm, Seconds
from ruggli.world.loop import Job, Loop
from ruggli.world.tasks import Task, Wait


@dataclass(frozen=True, slots=True)
class Connected:
    """A device of the plan with its driver.

    Attributes:
        name: name in the rig file.
        driver: what talks to it.
        capability: its limits.
        port: the port, for people; devices that share it share a station.
        reopen: close and open the port again; raises `LinkLost`.
        exchanges: number of requests so far on the port.
    """

    name: str
    driver: Device
    capability: Capability
    port: str
    reopen: Callable[[], None]
    exchanges: Callable[[], int]


@dataclass(slots=True)
class Commanded:
    """What a hotplate was last told."""

    set_point: Celsius = Celsius(0.0)
    heating: bool = False
    speed: Rpm = Rpm(0.0)
    dead_man: tuple[float, float, float] | None = None
    fed_at: Seconds = Seconds(0.0)


@dataclass(slots=True)
class Trouble:
    """Why a device could not be read."""

    error: RuggliError
    lost: bool = False


@dataclass(slots=True)
class Tally:
    """Counters for the report; `stopped_at` is when each pump's latest stop was proved."""

    hottest: dict[str, float] = field(default_factory=dict)
    stopped_at: dict[str, Seconds] = field(default_factory=dict)


class Bench:
    """Stations behind one door. Decisions never see it; the conductor does.

    Attributes:
        poked: a command has come; the conductor looks at it before anything else, and clears this.
    """

    def __init__(self, loop: Loop, devices: Mapping[str, Connected], view: View) -> None:
        self.loop = loop
        self.devices = dict(devices)
        self.view = view
        self.outcomes: list[Outcome] = []
        self.trouble: dict[str, Trouble] = {}
        self.commanded: dict[str, Commanded] = {}
        self.tally = Tally()
        self.powerless: set[str] = set()
        self.poked = False
        self._armed = False
        by_port: dict[str, dict[str, Device]] = {}
        for device in self.devices.values():
            by_port.setdefault(device.port, {})[device.name] = device.driver
            if isinstance(device.capability, HotplateCapability):
                self.commanded[device.name] = Commanded()
        self.stations = tuple(
            Station(loop, port, drivers, self._read, self._ended, self._failed, self._woke)
            for port, drivers in by_port.items()
        )
        self._station_of = {name: station for station in self.stations for name in station.devices}
        self._job: Job[Any] | None = None

    def belongs_to(self, job: Job[Any]) -> None:
        """The conductor's job, which is woken when stations come to rest."""
        self._job = job

    def wake(self) -> None:
        """Have the conductor look at once."""
        if self._job is not None:
            self._job.resume_soon()

    @property
    def pumps(self) -> tuple[str, ...]:
        """Names of the pumps."""
        return tuple(n for n, device in self.devices.items() if isinstance(device.capability, PumpCapability))

    @property
    def plates(self) -> tuple[str, ...]:
        """Names of the hotplates."""
        return tuple(self.commanded)

    def unheard(self, name: str) -> bool:
        """Whether a device is lost or silent for longer than its patience; one bad poll is neither."""
        trouble = self.trouble.get(name)
        return trouble is not None and (trouble.lost or self.loop.now() - self.view.read_at[name] > LINK_SECONDS)

    def exchanges(self) -> int:
        """Requests sent so far, on all ports."""
        return sum({device.port: device.exchanges() for device in self.devices.values()}.values())

    def still_on(self) -> list[str]:
        """What is left energised, for people: as commanded, and as read where that differs."""
        rows = []
        for name, told in self.commanded.items():
            if told.heating:
                falls = ""
                if told.dead_man is not None:
                    falls = f" (its dead-man takes it to {told.dead_man[1]:.1f} degC within {told.dead_man[0]:.0f} s)"
                rows.append(f"{name} heats to {told.set_point:.1f} degC{falls}")
            reading = self.view.plates.get(name)
            if told.speed > 0 and (reading is None or reading.speed >= STIR_PART * told.speed):
                rows.append(f"{name} stirs at {told.speed:.0f} rpm")
            elif told.speed > 0 and reading is not None:
                rows.append(f"{name} was told to stir at {told.speed:.0f} rpm and reads {reading.speed:.0f} rpm")
        return rows

    # ---- orders ----

    def submit(self, orders: tuple[Order, ...] | list[Order]) -> None:
        """Queue orders on their stations."""
        for order in orders:
            self._station_of[order.device].submit(order)

    def overtake(self, orders: list[Order]) -> None:
        """Have these orders overtake everything, on all their lines at once."""
        for station in self.stations:
            mine = [order for order in orders if order.device in station.devices]
            if mine:
                station.overtake(mine)

    def take_outcomes(self) -> list[Outcome]:
        """Outcomes since the last call."""
        taken, self.outcomes = self.outcomes, []
        return taken

    def poll(self) -> None:
        """Read every device once."""
        for station in self.stations:
            station.poll()

    @property
    def busy(self) -> bool:
        """Whether any station works."""
        for station in self.stations:  # noqa: SIM110 - asked in every tick; a generator costs four times as much
            if station.busy:
                return True
        return False

    def settle(self, seconds: float, *, interruptible: bool = False) -> Task[bool]:
        """Wait until all stations rest, at most `seconds`; False when that was not enough.

        Where `interruptible`, a command that comes ends the waiting: a stop is not kept waiting by a slow device.
        """
        if not self.busy:
            return True
        until = Seconds(self.loop.now() + seconds)
        while self.busy and self.loop.now() < until and not (interruptible and self.poked):
            self._armed = True
            yield Wait(until)
            self._armed = False
        return not self.busy

    def _woke(self) -> None:
        if self._armed and self._job is not None and not self.busy:
            self._armed = False
            self._job.resume_soon()

    # ---- what comes back ----

    def _read(self, name: str, reading: Reading, asked_at: Seconds) -> None:
        view = self.view
        if isinstance(reading, PumpReading):
            view.pumps[name] = reading
            if reading.alarm == "power":
                self.powerless.add(name)  # it tells once, and perhaps to a step that is not listening
        else:
            view.plates[name] = reading
            self._heat_up(name, reading)
        view.read_at[name], view.asked_at[name] = self.loop.now(), asked_at
        if self.trouble:
            self.trouble.pop(name, None)

    def _heat_up(self, name: str, reading: HotplateReading) -> None:
        probe = reading.probe
        if probe is not None and probe > self.tally.hottest.get(name, -273.15):
            self.tally.hottest[name] = probe

    def _failed(self, name: str, error: RuggliError) -> None:
        self.trouble[name] = Trouble(error, isinstance(error, LinkLost))

    def _ended(self, outcome: Outcome) -> None:
        """Note an order; a heater that may be on counts as on, so that it is switched off."""
        if outcome.error is None or outcome.order.verb is Verb.HEAT_ON:
            self._note(outcome.order)
            if outcome.order.verb is Verb.STOP:
                self.tally.stopped_at[outcome.order.device] = self.loop.now()
                if outcome.value == "power":
                    self.powerless.add(outcome.order.device)
        if isinstance(outcome.error, LinkLost):
            self.trouble[outcome.order.device] = Trouble(outcome.error, True)
        told = self.commanded.get(outcome.order.device)
        if told is not None and told.heating and outcome.order.verb is Verb.READ_SETTINGS:
            outcome = replace(outcome, set_point=told.set_point)  # the next order may change it before anybody looks
        self.outcomes.append(outcome)

    def _note(self, order: Order) -> None:
        if order.verb is Verb.CLEAR_COUNTER:
            self.view.pumps.pop(order.device, None)  # what was read before says nothing of the counter now
        told = self.commanded.get(order.device)
        if told is None:
            return
        if order.verb is Verb.SET_TEMPERATURE:
            told.set_point = Celsius(order.args[0])
        elif order.verb is Verb.HEAT_ON:
            told.heating = True
        elif order.verb is Verb.HEAT_OFF:
            told.set_point, told.heating = Celsius(order.args[0]), False
        elif order.verb is Verb.SET_SPEED:
            told.speed = Rpm(order.args[0])
        elif order.verb is Verb.STIR_OFF:
            told.speed = Rpm(0.0)
        elif order.verb is Verb.ARM_DEAD_MAN:
            told.dead_man = (order.args[0], order.args[1], order.args[2])
            told.fed_at = self.loop.now()
        elif order.verb is Verb.FEED_DEAD_MAN:
            told.fed_at = self.loop.now()
        elif order.verb is Verb.DISARM_DEAD_MAN:
            told.dead_man = None
