"""`ruggli drivers`: what there is, and on what it was verified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ruggli.cli.options import json_option
from ruggli.cli.output import write, write_json

if TYPE_CHECKING:
    from ruggli.devices.capability import Capability, DeadMan, DriverCard


@click.command()
@json_option
def drivers(as_json: bool) -> None:
    """List the drivers: name in the rig file, devices, limits, line settings, and on what each was verified."""
    from ruggli.app.drivers import cards

    found = list(cards().values())
    if as_json:
        write_json({"drivers": [_as_json(card) for card in found]})
        return
    for card in found:
        write(f"{card.name}: {card.devices}")
        write(f"  {card.kind.value}; {card.settings}")
        for model, capability in card.capabilities.items():
            write(f"  model {model}: {_limits(capability)}")
        for line in card.verified:
            write(f"  evidence: {line}")


def _as_json(card: DriverCard) -> dict[str, Any]:
    return {
        "name": card.name,
        "devices": card.devices,
        "kind": card.kind.value,
        "settings": card.settings,
        "models": [{"name": name, **_limits_as_json(capability)} for name, capability in card.capabilities.items()],
        "verified": list(card.verified),
    }


def _limits_as_json(capability: Capability) -> dict[str, Any]:
    from ruggli.devices.capability import PumpCapability

    told: dict[str, Any] = {"dead_man": _dead_man(capability.dead_man), "stop_proof": capability.stop_proof.value}
    if isinstance(capability, PumpCapability):
        return told | {
            "slowest_mm_per_s": capability.slowest_mm_s,
            "fastest_mm_per_s": capability.fastest_mm_s,
            "narrowest_bore_mm": capability.narrowest,
            "widest_bore_mm": capability.widest,
        }
    return told | {
        "coolest_degC": capability.coolest,
        "hottest_degC": capability.hottest,
        "slowest_rpm": capability.slowest,
        "fastest_rpm": capability.fastest,
    }


def _dead_man(dead_man: DeadMan | None) -> dict[str, Any] | None:
    if dead_man is None:
        return None
    return {"shortest_s": dead_man.shortest, "longest_s": dead_man.longest, "effect": dead_man.effect}


def _limits(capability: Capability) -> str:
    from ruggli.devices.capability import PumpCapability

    dead_man = capability.dead_man
    stop = (
        "no dead-man"
        if dead_man is None
        else f"dead-man {dead_man.shortest:g} s to {dead_man.longest:g} s: {dead_man.effect}"
    )
    if isinstance(capability, PumpCapability):
        return f"bores {capability.narrowest:g} mm to {capability.widest:g} mm; {stop}"
    return (
        f"{capability.coolest:g} degC to {capability.hottest:g} degC, "
        f"{capability.slowest:g} rpm to {capability.fastest:g} rpm; {stop}"
    )
