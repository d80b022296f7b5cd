"""From a rig file to the simulated bench that stands for it."""

from typing import Any

from ruggli.rig.geometry import hold_up, resolve_syringe
from ruggli.rig.loader import RigFile
from ruggli.rig.model import Device, Rig, Vessel
from ruggli.rig.ports import port_text
from ruggli_simulator.description import BenchDescription


def describe(rig: RigFile) -> BenchDescription:
    """The bench as the rig file and its `simulation` part say. Raises `InputError`."""
    model = rig.rig
    ambient = 20.0 if model.limits.ambient is None else model.limits.ambient.base
    return BenchDescription.from_dict(
        {
            "ambient_degC": ambient,
            "devices": [_device(model, name, device) for name, device in model.devices.items()],
            "vessels": [_vessel(model, name, vessel) for name, vessel in model.vessels.items()],
        }
    )


def _device(rig: Rig, name: str, device: Device) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": name,
        "driver": device.driver,
        "port": port_text(device.port),
        "model": device.model or "",
        "address": device.address,
    }
    syringe = resolve_syringe(device)
    if syringe is not None:
        physical = rig.simulation.physical_bore.get(name)
        stored = rig.simulation.stored_bore.get(name)
        told["syringe"] = {
            "capacity_mL": syringe.size,
            "bore_mm": syringe.bore if physical is None else physical.base,
            "stored_bore_mm": syringe.bore if stored is None else stored.base,
        }
    if device.tubing is not None:
        compliance = rig.simulation.compliance.get(name)
        told["line"] = {
            "holdup_mL": hold_up(device.tubing),
            "to": device.tubing.to,
            "compliance_mL": 0.0 if compliance is None else compliance.base,
        }
    return told


def _vessel(rig: Rig, name: str, vessel: Vessel) -> dict[str, Any]:
    position = vessel.position
    contents = rig.simulation.contents.get(name)
    told: dict[str, Any] = {
        "name": name,
        "capacity_mL": vessel.capacity.base,
        "hotplate": None if position is None else position.hotplate,
        "contact": "block" if position is None else position.contact,
        "condenser": vessel.condenser,
        "probe": "none" if position is None else position.probe.value,
    }
    if contents is not None:
        solvent = rig.simulation.solvent.get(name, "water")
        told["contents"] = [{"name": solvent, "solvent": solvent, "volume_mL": contents.base}]
    return told
