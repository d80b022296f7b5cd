"""What a New Era pump keeps without power, and what its models can do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres
from ruggli_simulator.new_era_wire import OUT_OF_RANGE, PHASES, Refusal
from ruggli_simulator.syringe import millilitres_per_millimetre

LARGE_BORE = 14.0
"""Above this inner diameter (mm) the pump counts in mL, at or below it in uL."""
SMALLEST_BORE, LARGEST_BORE = 0.1, 50.0
RATE_UNITS: Mapping[str, float] = {"UM": 1e-3 / 60, "MM": 1 / 60, "UH": 1e-3 / 3600, "MH": 1 / 3600}
"""mL/s in one of each unit."""
VOLUME_UNITS: Mapping[str, float] = {"UL": 1e-3, "ML": 1.0}
"""mL in one of each unit."""
FLAGS = ("LN", "AL", "PF", "LOC", "BP", "DIN", "ROM")
"""Switches that are 0 or 1."""


@dataclass(frozen=True, slots=True)
class Model:
    """Plunger speeds of a model, mm/min.

    NE-1000: 0.004205 cm/h to 5.1005 cm/min (manual 12.5, as a public driver cites it; it reproduces two published
    flow limits). NE-4000: fastest derived from the table of its manual; its slowest is not known and taken as equal.
    """

    code: str
    slowest: float
    fastest: float


MODELS: Mapping[str, Model] = {
    "NE-1000": Model("NE1000", 0.04205 / 60, 51.005),
    "NE-4000": Model("NE4000", 0.04205 / 60, 180.8),
}


@dataclass(slots=True)
class Phase:
    """One phase of the pumping program. Numbers are as they stand on the wire; the unit of `volume` is the pump's."""

    function: str = "STP"
    argument: str = ""
    rate: float = 0.0
    rate_unit: str = "MH"
    volume: float = 0.0
    direction: str = "INF"

    @property
    def flow(self) -> MillilitresPerSecond:
        """The rate in the base unit."""
        return MillilitresPerSecond(self.rate * RATE_UNITS[self.rate_unit])


@dataclass(slots=True)
class Memory:
    """Non-volatile memory."""

    address: int = 0
    diameter: Millimetres = Millimetres(26.59)
    volume_unit: str = "ML"
    safe_timeout: int = 0
    phases: list[Phase] = field(default_factory=lambda: _factory_program())
    flags: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(FLAGS, False))
    trigger: str = "FT"

    def restore_factory(self) -> None:
        """Set everything back to what a new pump has; the diameter stays."""
        self.address, self.safe_timeout, self.trigger = 0, 0, "FT"
        self.phases = _factory_program()
        self.flags = dict.fromkeys(FLAGS, False)

    @property
    def sweep(self) -> float:
        """Volume per travel as the pump believes, mL/mm."""
        return millilitres_per_millimetre(self.diameter)

    def millilitres(self, number: float) -> Millilitres:
        """A volume number of the pump in mL."""
        return Millilitres(number * VOLUME_UNITS[self.volume_unit])

    def speed(self, model: Model, flow: MillilitresPerSecond) -> float:
        """Plunger speed for `flow` in mm/s. Raises `Refusal` (`?OOR`) outside of what the model can do."""
        speed = flow / self.sweep
        if not model.slowest * (1 - 1e-9) <= speed * 60 <= model.fastest * (1 + 1e-9):
            raise Refusal(OUT_OF_RANGE)
        return speed


def _factory_program() -> list[Phase]:
    return [Phase("RAT")] + [Phase() for _ in range(PHASES - 1)]


def memory_of(options: Mapping[str, Any]) -> Memory:
    """The memory that a rig's options describe.

    Args:
        options: `address`, `bore_mm`, `volume_unit` (`UL`, `ML`; default by diameter), `safe_mode_s`,
            `power_fail_restart`, `phases`: a mapping from phase number to `function`, `argument`, `rate`,
            `rate_unit` (`UM`, `MM`, `UH`, `MH`), `volume`, `direction` (`INF`, `WDR`).
    """
    memory = Memory()
    memory.address = int(options.get("address", 0))
    memory.diameter = Millimetres(float(options.get("bore_mm", memory.diameter)))
    memory.volume_unit = str(options.get("volume_unit", "ML" if memory.diameter > LARGE_BORE else "UL"))
    memory.safe_timeout = int(options.get("safe_mode_s", 0))
    memory.flags["PF"] = bool(options.get("power_fail_restart", False))
    for number, settings in options.get("phases", {}).items():
        memory.phases[int(number) - 1] = Phase(
            function=str(settings.get("function", "RAT")),
            argument=str(settings.get("argument", "")),
            rate=float(settings.get("rate", 0.0)),
            rate_unit=str(settings.get("rate_unit", "MH")),
            volume=float(settings.get("volume", 0.0)),
            direction=str(settings.get("direction", "INF")),
        )
    return memory
