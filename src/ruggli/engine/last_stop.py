"""Stopping everything without the controller: all lines at once, each stop proved and recorded.

The same task runs in the guardian's process on real ports and in a dry run on a virtual clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from ruggli.devices.hotplate import Hotplate, HotplateReading
from ruggli.devices.pump import Pump
from ruggli.engine.guardian import StopOrder
from ruggli.engine.station import Device
from ruggli.errors import LinkLost, RuggliError
from ruggli.quantities.base import Celsius, Millilitres, Seconds
from ruggli.world.loop import Job, Loop
from ruggli.world.tasks import Task, Wait

PATIENCE = Seconds(30.0)
"""How long a stop is tried before it counts as not proved."""
AGAIN = Seconds(0.25)
"""Pause before a device is tried again."""
LOOK = Seconds(0.05)
TREND_LOOK = Seconds(2.0)
FALL = 0.5
"""A plate that has come down by this much (K) from its hottest is falling."""
COLD = 5.0
"""A plate within this (K) of its safe set point has nothing to fall from."""

Reach = Callable[[StopOrder, bool], Task[Device]]
"""Opens the line of an order (again, when told so) and puts a driver on it; raises `RuggliError`."""


@dataclass(frozen=True, slots=True)
class StopRecord:
    """How one stop went.

    Attributes:
        device: name in the rig.
        what: `flow stopped`, `heat off`, `plate falls`, `heat kept`.
        at: seconds on the loop's clock.
        proof: what proves it, "" where nothing does.
        error: why it is not proved, "" where it is.
        counter: volume infused by the pump's own counter, or None.
    """

    device: str
    what: str
    at: Seconds
    proof: str = ""
    error: str = ""
    counter: Millilitres | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data, units in the key names."""
        return {
            "device": self.device,
            "what": self.what,
            "at_s": round(self.at, 3),
            "proof": self.proof,
            "error": self.error,
            "counter_mL": self.counter,
        }


Record = Callable[[StopRecord], None]


def stop_all(
    loop: Loop, orders: tuple[StopOrder, ...], reach: Reach, record: Record, patience: Seconds = PATIENCE
) -> Task[tuple[StopRecord, ...]]:
    """Stop every device, every line at once; try again until proved or until `patience` is over.

    Args:
        loop: where the jobs of the lines run.
        orders: what to stop.
        reach: see `Reach`.
        record: called with every record as soon as it is known.
        patience: how long to try.

    Returns:
        All records, in the order in which they came.
    """
    records: list[StopRecord] = []

    def keep(entry: StopRecord) -> None:
        records.append(entry)
        record(entry)

    until = Seconds(loop.now() + patience)
    lines: dict[str, list[StopOrder]] = {}
    for order in orders:
        lines.setdefault(order.port, []).append(order)
    jobs: list[Job[None]] = [loop.spawn(_line(loop, line, reach, keep, until)) for line in lines.values()]
    while any(not job.done for job in jobs):
        yield Wait(Seconds(loop.now() + LOOK))
    return tuple(records)


def _line(loop: Loop, orders: list[StopOrder], reach: Reach, keep: Record, until: Seconds) -> Task[None]:
    """All devices of one line: first every stop, then the trend of the plates."""
    open_orders = list(orders)
    falling: list[tuple[StopOrder, Hotplate]] = []
    reasons: dict[str, str] = {}
    lost = False
    while open_orders:
        for order in tuple(open_orders):
            again, lost = lost, False
            try:
                device = yield from reach(order, again)
                if order.safe is None:
                    yield from _stop_pump(loop, order, cast(Pump, device), keep)
                else:
                    yield from _stop_plate(loop, order, cast(Hotplate, device), keep)
                    if not order.keep_heat:
                        falling.append((order, cast(Hotplate, device)))
            except RuggliError as error:
                reasons[order.device] = str(error)
                lost = isinstance(error, LinkLost)
            except Exception as error:  # a driver's own bug must not keep the other devices from being stopped
                reasons[order.device] = f"the driver failed with {type(error).__name__}: {error}"
            else:
                open_orders.remove(order)
        if not open_orders:
            break
        if loop.now() + AGAIN >= until:
            for order in open_orders:
                what = "flow stopped" if order.safe is None else "heat off"
                keep(StopRecord(order.device, what, loop.now(), error=reasons[order.device]))
            break
        yield Wait(Seconds(loop.now() + AGAIN))
    for order, plate in falling:
        yield from _watch_fall(loop, order, plate, keep, until)


def _stop_pump(loop: Loop, order: StopOrder, pump: Pump, keep: Record) -> Task[None]:
    if order.dead_man:
        pump.assume_dead_man()
    yield from pump.stop()
    at = loop.now()
    reading = yield from pump.poll()
    alarm = f", alarm {reading.alarm}" if reading.alarm else ""
    keep(StopRecord(order.device, "flow stopped", at, f"{reading.state.value}, read back{alarm}", "", reading.infused))


def _stop_plate(loop: Loop, order: StopOrder, plate: Hotplate, keep: Record) -> Task[None]:
    assert order.safe is not None
    if order.keep_heat:
        settings = yield from plate.read_settings()
        proof = f"set point {settings.temperature:.1f} degC read back; the class of the step keeps it"
        keep(StopRecord(order.device, "heat kept", loop.now(), proof))
        return
    yield from plate.heat_off(order.safe)
    keep(StopRecord(order.device, "heat off", loop.now(), f"set point {order.safe:.1f} degC read back"))


def _watch_fall(loop: Loop, order: StopOrder, plate: Hotplate, keep: Record, until: Seconds) -> Task[None]:
    """A set point read back says nothing about the heater: the plate has to fall."""
    assert order.safe is not None
    began, hottest, latest, trouble = loop.now(), None, None, ""
    while True:
        try:
            latest = _warmth((yield from plate.poll()))
        except RuggliError as error:
            latest, trouble = None, str(error)
        if latest is not None:
            hottest = latest if hottest is None else max(hottest, latest)
            text = f"{hottest:.1f} -> {latest:.1f} degC in {loop.now() - began:.0f} s"
            if latest <= order.safe + COLD:
                keep(StopRecord(order.device, "plate falls", loop.now(), f"{latest:.1f} degC: it is cold"))
                return
            if latest <= hottest - FALL:
                keep(StopRecord(order.device, "plate falls", loop.now(), text))
                return
            trouble = f"{text}: no fall of {FALL} K"
        if loop.now() + TREND_LOOK >= until:
            keep(StopRecord(order.device, "plate falls", loop.now(), error=trouble or "it gives no temperature"))
            return
        yield Wait(Seconds(loop.now() + TREND_LOOK))


def _warmth(reading: HotplateReading) -> Celsius | None:
    return reading.probe if reading.plate is None else reading.plate
