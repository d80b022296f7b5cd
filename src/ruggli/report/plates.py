"""The course of each hotplate: set point, probe, plate, stirring speed."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from ruggli.quantities.base import Celsius, Rpm, Seconds
from ruggli.report.runclock import Timed


@dataclass(slots=True)
class PlateTrack:
    """What a hotplate was told and what it read.

    Attributes:
        name: name in the rig file.
        times: times of the readings.
        probe: at the external sensor, None where there was no reading.
        plate: of the plate, None where there was no reading.
        speed: measured stirring speed.
        told: changes of the set point; None while the heater is off.
    """

    name: str
    times: list[Seconds] = field(default_factory=list)
    probe: list[Celsius | None] = field(default_factory=list)
    plate: list[Celsius | None] = field(default_factory=list)
    speed: list[Rpm] = field(default_factory=list)
    told: list[tuple[Seconds, Celsius | None]] = field(default_factory=list)

    def set_point_at(self, times: Sequence[float]) -> list[Celsius | None]:
        """The set point at each of `times`, None while the heater is off."""
        marks = [at for at, _ in self.told]
        return [self.told[index - 1][1] if (index := bisect_right(marks, now)) else None for now in times]

    @property
    def hottest(self) -> Celsius | None:
        """Highest reading of the probe."""
        return max((value for value in self.probe if value is not None), default=None)


def plates_of(records: Sequence[Timed]) -> tuple[PlateTrack, ...]:
    """Every hotplate that was read, in the order of its first reading."""
    tracks: dict[str, PlateTrack] = {}
    set_points: dict[str, float] = {}
    heating: dict[str, bool] = {}
    told: dict[str, list[tuple[Seconds, Celsius | None]]] = {}
    for item in records:
        if item.record.kind == "sample":
            for name, (probe, plate, speed) in item.record.data.get("plates", {}).items():
                track = tracks.setdefault(name, PlateTrack(name))
                track.times.append(item.at)
                track.probe.append(probe)
                track.plate.append(plate)
                track.speed.append(speed)
        elif item.record.kind == "order":
            for order in item.record.data.get("orders", ()):
                name, verb = str(order["device"]), order["verb"]
                if verb == "set_temperature":
                    set_points[name] = float(order["args"][0])
                elif verb in ("heat_on", "heat_off"):
                    heating[name] = verb == "heat_on"
                else:
                    continue
                now = Celsius(set_points[name]) if heating.get(name) and name in set_points else None
                told.setdefault(name, []).append((item.at, now))
    for name, track in tracks.items():
        track.told = told.get(name, [])
    return tuple(tracks.values())
