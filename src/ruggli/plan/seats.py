"""The pumps of a rig as places where a solution can be: syringe, line, limits; and which solution sits where."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ruggli.devices.capability import DriverCard, PumpCapability, barrel_area_mm2
from ruggli.plan.demands import Delivery, Demand
from ruggli.plan.findings import Findings
from ruggli.plan.matching import cheapest
from ruggli.quantities.base import Millilitres, MillilitresPerSecond
from ruggli.rig.geometry import SyringeSpec, hold_up, resolve_syringe
from ruggli.rig.model import Device, Rig

_IMPOSSIBLE = 10**15
_REFILL = 10**9
_OTHER_LINE = 10**8
_EDGE_OF_RANGE = 10**6
_WELL_INSIDE = 3.0
"""A rate this many times above the slowest, and below the fastest, is well inside the pump's range."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A pump with its syringe and its line.

    Attributes:
        device: name in the rig.
        vessel: the rig's vessel in which the line ends.
        capability: limits of this model.
        syringe: the syringe.
        hold_up: volume of the line.
        stroke_volume: most that a filling may be: the syringe's size, or what the pump's travel allows.
    """

    device: str
    vessel: str
    capability: PumpCapability
    syringe: SyringeSpec
    hold_up: Millilitres
    stroke_volume: Millilitres

    @property
    def slowest(self) -> MillilitresPerSecond:
        """Slowest flow with this syringe."""
        return self.capability.slowest(self.syringe.bore)

    @property
    def fastest(self) -> MillilitresPerSecond:
        """Fastest flow with this syringe."""
        return self.capability.fastest(self.syringe.bore)

    @property
    def accepts_bore(self) -> bool:
        """Whether the pump takes a syringe of this bore."""
        return self.capability.narrowest <= self.syringe.bore <= self.capability.widest

    def fillings(self, volume: Millilitres) -> int | None:
        """Fillings for a volume and a dry line, or None where no filling is left after line and dead volume."""
        useful = self.stroke_volume - self.syringe.dead_volume - self.hold_up
        return None if useful <= 0 else max(1, math.ceil(volume / useful - 1e-9))


def model_of(device: Device, cards: Mapping[str, DriverCard]) -> str | None:
    """The model in the driver's card, or None where driver or model is not known."""
    card = cards.get(device.driver)
    if card is None:
        return None
    model = device.model if device.model is not None else next(iter(card.capabilities), None)
    return model if model in card.capabilities else None


def seats_of(rig: Rig, cards: Mapping[str, DriverCard]) -> tuple[Seat, ...]:
    """Every pump with a syringe and a line, in the order of the rig file."""
    seats: list[Seat] = []
    for name, device in rig.devices.items():
        model = model_of(device, cards)
        if model is None or device.tubing is None:
            continue
        capability = cards[device.driver].capabilities[model]
        syringe = resolve_syringe(device)
        if not isinstance(capability, PumpCapability) or syringe is None:
            continue
        travel = capability.longest_travel_mm
        reach = math.inf if travel is None else barrel_area_mm2(syringe.bore) * travel / 1000
        volume = Millilitres(min(syringe.size, reach))
        seats.append(Seat(name, device.tubing.to, capability, syringe, hold_up(device.tubing), volume))
    return tuple(seats)


def seat_solutions(
    deliveries: Mapping[int, Delivery], vessels: Mapping[str, str], seats: Sequence[Seat], findings: Findings
) -> Mapping[tuple[int, str], Seat]:
    """The seat of each (step index, solution); a solution without a seat is left out.

    Exact: with pumps enough each solution keeps its own pump for the whole protocol; otherwise each step is decided
    for itself. Fewest refills first, then a rate well inside the pump's range, then the order of the rig file.
    """
    result: dict[tuple[int, str], Seat] = {}
    for vessel in dict.fromkeys(delivery.vessel for delivery in deliveries.values()):
        mine = [delivery for delivery in deliveries.values() if delivery.vessel == vessel]
        here = [seat for seat in seats if seat.vessel == vessels.get(vessel)]
        if here:
            result.update(_seat_vessel(mine, here, findings))
    return result


def _seat_vessel(
    deliveries: Sequence[Delivery], seats: Sequence[Seat], findings: Findings
) -> dict[tuple[int, str], Seat]:
    jobs: dict[str, list[tuple[Delivery, Demand]]] = {}
    for delivery in deliveries:
        for demand in delivery.demands:
            jobs.setdefault(demand.solution, []).append((delivery, demand))
    if len(jobs) <= len(seats):
        rows = [
            [
                sum(_cost(delivery, demand, seat) for delivery, demand in uses) + order * (len(jobs) - place)
                for order, seat in enumerate(seats)
            ]
            for place, uses in enumerate(jobs.values())
        ]
        chosen = cheapest(rows)
        if all(row[seat] < _IMPOSSIBLE for row, seat in zip(rows, chosen, strict=True)):
            return {
                (delivery.index, solution): seats[seat]
                for (solution, uses), seat in zip(jobs.items(), chosen, strict=True)
                for delivery, _ in uses
            }
    result: dict[tuple[int, str], Seat] = {}
    lines: dict[str, str] = {}
    for delivery in deliveries:
        if len(delivery.demands) > len(seats):
            continue
        rows = [
            [
                _cost(delivery, demand, seat)
                + (_OTHER_LINE if lines.get(seat.device, demand.solution) != demand.solution else 0)
                + order * (len(delivery.demands) - place)
                for order, seat in enumerate(seats)
            ]
            for place, demand in enumerate(delivery.demands)
        ]
        for demand, seat in zip(delivery.demands, cheapest(rows), strict=True):
            held = lines.get(seats[seat].device, demand.solution)
            if held != demand.solution:
                findings.add(
                    "N-LINE",
                    f"{seats[seat].device} pumps {held} first and {demand.solution} later",
                    ("steps", delivery.index),
                    remedy=f"rinse syringe and line of {seats[seat].device} in between; the prompt says so",
                )
            lines[seats[seat].device] = demand.solution
            result[delivery.index, demand.solution] = seats[seat]
    return result


def _cost(delivery: Delivery, demand: Demand, seat: Seat) -> int:
    fillings = seat.fillings(demand.volume)
    if fillings is None or not seat.accepts_bore:
        return _IMPOSSIBLE
    rate = delivery.flow(demand)
    if rate is None:
        return (fillings - 1) * _REFILL
    if not seat.slowest <= rate <= seat.fastest:
        return _IMPOSSIBLE
    inside = seat.slowest * _WELL_INSIDE <= rate <= seat.fastest / _WELL_INSIDE
    return (fillings - 1) * _REFILL + (0 if inside else _EDGE_OF_RANGE)
