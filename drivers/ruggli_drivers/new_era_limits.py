"""What the models of the New Era NE-1000 family can do, as data."""

from decimal import Decimal

from ruggli.devices.capability import DeadMan, DriverCard, Kind, PumpCapability
from ruggli.devices.numbers import NumberFormat, WireUnit
from ruggli.quantities.base import Millimetres, Seconds

RATE_UNITS = (
    WireUnit("uL/min", "UM", Decimal("0.001"), Decimal(60)),
    WireUnit("mL/min", "MM", Decimal(1), Decimal(60)),
    WireUnit("uL/h", "UH", Decimal("0.001"), Decimal(3600)),
    WireUnit("mL/h", "MH", Decimal(1), Decimal(3600)),
)
MICROLITRES = (WireUnit("uL", "UL", Decimal("0.001")),)
MILLILITRES = (WireUnit("mL", "ML", Decimal(1)),)
WIDEST_IN_MICROLITRES = 14.0
NUMBERS = NumberFormat(digits=4, decimals=3, largest=Decimal(9999))
SLOWEST_MM_S = 0.04205 / 3600
"""0.004205 cm/h: NE-1000 manual 12.5 as a published driver cites it; gives the published 0.73 uL/h with 4.699 mm."""
FASTEST_MM_S = {"NE-1000": 51.005 / 60, "NE-4000": 180.8 / 60}
"""5.1005 cm/min (same source; gives the published 1699 mL/h with 26.59 mm), and 18.08 cm/min, derived from a table of
syringes. The slowest speed of the NE-4000 and the limits of the other models are in no source that could be read."""


def units_for(bore: Millimetres) -> tuple[WireUnit, ...]:
    """Unit of volumes that the pump takes up when this bore is stored: microlitres up to 14.00 mm, else millilitres."""
    return MICROLITRES if bore <= WIDEST_IN_MICROLITRES else MILLILITRES


CAPABILITIES = {
    model: PumpCapability(
        slowest_mm_s=SLOWEST_MM_S,
        fastest_mm_s=fastest,
        narrowest=Millimetres(0.1),
        widest=Millimetres(50.0),
        number_format=NUMBERS,
        rate_units=RATE_UNITS,
        volume_units=units_for,
        counter_units=units_for,
        counter_format=NUMBERS,
        longest_travel_mm=None,
        dead_man=DeadMan(Seconds(1), Seconds(255), "motor and pumping program stop, alarm T"),
    )
    for model, fastest in FASTEST_MM_S.items()
}

CARD = DriverCard(
    name="new-era",
    devices="New Era NE-1000, NE-4000",
    kind=Kind.PUMP,
    capabilities=dict(CAPABILITIES),
    settings="19200 baud 8N1 (300 to 19200 selectable), no flow control, address 0 to 99",
    verified=(
        "codec and driver: transcripts and packets written after the manual",
        "NE-4000: slowest speed not known, that of the NE-1000 is used; a pump that is too slow answers ?OOR",
        "hardware: no",
    ),
)
