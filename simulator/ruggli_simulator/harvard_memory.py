"""What a Harvard Pump 11 Elite keeps in its memory, its mechanics, and its table of syringes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimetres, Seconds
from ruggli_simulator.syringe import millilitres_per_millimetre

STEP = 25.4 / 24 / (400 * 16 * 2.4)
"""One microstep, mm: 24 threads an inch, 400 steps and 16 microsteps a turn, pulley 2.4:1.

From the `metrics` of a real pump; at 14.43 mm it gives exactly the limits that a Legato 100 was recorded to report.
"""
FASTEST_PERIOD, SLOWEST_PERIOD = 26e-6, 27.0
"""Shortest and longest time between two microsteps, s."""
SMALLEST_BORE, LARGEST_BORE = 0.1, 33.0
METRICS = (
    "Pump type          Pump 11",
    "Pump type string   11 ELITE I/W Single",
    "Steps per rev      400",
    "Gear ratio         1:1",
    "Pulley ratio       2.4:1",
    "Lead screw         24 threads per inch",
    "Microstepping      16 microsteps per step",
    "Low speed limit    27 seconds",
    "High speed limit   26 microseconds",
    "Min syringe size   0.1 mm",
    "Max syringe size   33 mm",
    "Min raw force %    20%",
    "Max raw force %    80%",
    "Encoder            100 lines",
    "Direction          Infuse/withdraw",
    "Limit switches     No",
)
SYRINGES: Mapping[str, tuple[str, Mapping[float, float]]] = {
    "bdp": ("BD Plasti-pak", {1: 4.699, 3: 8.585, 5: 11.99, 10: 14.43, 20: 19.05, 30: 21.59, 60: 26.59}),
    "has": ("Harvard stainless", {8: 9.525, 20: 19.13, 50: 28.6, 100: 34.9}),
    "hm2": ("Hamilton 1000", {1: 4.61, 2.5: 7.28, 5: 10.3, 10: 14.567, 25: 23.03, 50: 32.57}),
    "hos": ("Hoshi", {20: 20.45}),
    "tej": ("Terumo Japan", {1: 6.5, 3: 8.65, 5: 13.0, 10: 15.8, 20: 20.15, 30: 23.1, 50: 29.1}),
}
"""By the three letters of `syrmanu`: the maker, and inner diameters (mm) by volume (mL)."""
METHODS: Mapping[str, str] = {
    "i": "Quick Start - Infuse Only (qs i)",
    "w": "Quick Start - Withdraw Only (qs w)",
    "iw": "Quick Start - Infuse/Withdraw (qs iw)",
    "wi": "Quick Start - Withdraw/Infuse (qs wi)",
}


@dataclass(slots=True)
class Settings:
    """The settings; what is kept without power is a copy of this.

    Attributes:
        diameter: stored inner diameter.
        maker: as `syrmanu` shows it.
        svolume: volume of the syringe; a target may not be larger.
        rates: infuse and withdraw rate by `i` and `w`, with the seconds in the unit in which each was given.
        tvolume: target volume, None where there is none.
        ttime: target time, None where there is none.
        method: a key of `METHODS`.
    """

    address: int = 0
    diameter: Millimetres = Millimetres(14.567)
    maker: str = "Custom"
    svolume: Millilitres = Millilitres(10.0)
    rates: dict[str, tuple[MillilitresPerSecond, float]] = field(default_factory=dict)
    tvolume: Millilitres | None = None
    ttime: Seconds | None = None
    method: str = "iw"
    force: int = 50
    poll: str = "off"
    echo: bool = False
    dim: int = 100
    baud: int = 115200

    @property
    def sweep(self) -> float:
        """Volume per travel as the pump believes, mL/mm."""
        return millilitres_per_millimetre(self.diameter)

    @property
    def limits(self) -> tuple[MillilitresPerSecond, MillilitresPerSecond]:
        """Slowest and fastest rate for the stored diameter."""
        volume = STEP * self.sweep
        return MillilitresPerSecond(volume / SLOWEST_PERIOD), MillilitresPerSecond(volume / FASTEST_PERIOD)


def settings_of(options: Mapping[str, Any]) -> Settings:
    """The settings that a rig's options describe.

    Args:
        options: `address`, `bore_mm`, `syringe_volume_mL`, `rate_mL_per_min` (infuse and withdraw, default 1),
            `target_volume_mL` (default none), `poll` (`off`, `on`, `remote`), `method` (`i`, `w`, `iw`, `wi`).
    """
    rate = (MillilitresPerSecond(float(options.get("rate_mL_per_min", 1.0)) / 60), 60.0)
    target = options.get("target_volume_mL")
    return Settings(
        address=int(options.get("address", 0)),
        diameter=Millimetres(float(options.get("bore_mm", 14.567))),
        svolume=Millilitres(float(options.get("syringe_volume_mL", 10.0))),
        rates={"i": rate, "w": rate},
        tvolume=None if target is None else Millilitres(float(target)),
        method=str(options.get("method", "iw")),
        poll=str(options.get("poll", "off")),
    )
