"""Which glass on the bench is which vessel of the protocol."""

from collections.abc import Mapping

from ruggli.plan.findings import Findings
from ruggli.protocol.classes import vessel_of
from ruggli.protocol.model import Dose, Heat, Portions, Protocol, Quench, Stir, Vessel, VesselRole
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show
from ruggli.rig.model import Rig
from ruggli.rig.model import Vessel as Glass


def bind_vessels(protocol: Protocol, rig: Rig, findings: Findings) -> Mapping[str, str]:
    """The rig's vessel of each vessel of the protocol.

    The one of the same name, else the only one that is large enough and has what the protocol asks for. A vessel
    without glass on the rig is left out: its steps are done by hand.
    """
    bound: dict[str, str] = {name: name for name in protocol.vessels if name in rig.vessels}
    for name in bound:
        _check(name, protocol.vessels[name], rig.vessels[name], findings)
    for name, vessel in protocol.vessels.items():
        if name in bound or vessel.role is not VesselRole.REACTION:
            continue
        free = {key: glass for key, glass in rig.vessels.items() if key not in bound.values()}
        fitting = [key for key, glass in free.items() if _fits(protocol, name, vessel, glass)]
        if len(fitting) == 1:
            bound[name] = fitting[0]
            continue
        findings.add(
            "E-VESSEL",
            f"no vessel of the rig is clearly {name}" if fitting else f"the rig has no vessel that could be {name}",
            ("vessels", name),
            value=", ".join(f"{key} ({glass.working_volume})" for key, glass in rig.vessels.items()) or "none",
            bound=_needs(vessel),
            remedy=f"name the rig's vessel {name}, or name this vessel as the rig does",
        )
    return bound


def _fits(protocol: Protocol, name: str, vessel: Vessel, glass: Glass) -> bool:
    if vessel.at_least is not None and glass.working_volume.base < vessel.at_least.base:
        return False
    steps = [step for step in protocol.steps if vessel_of(step) == name]
    heated = any(isinstance(step, Heat | Stir) for step in steps)
    dosed = any(isinstance(step, Dose | Quench | Portions) for step in steps)
    return (
        (glass.condenser or not vessel.condenser)
        and (glass.position is not None or not heated)
        and (glass.stirred or not dosed)
    )


def _needs(vessel: Vessel) -> str:
    needs = ["exactly one vessel"]
    if vessel.at_least is not None:
        needs.append(f"with a working volume of at least {vessel.at_least}")
    if vessel.condenser:
        needs.append("with a condenser")
    return " ".join(needs)


def _check(name: str, vessel: Vessel, glass: Glass, findings: Findings) -> None:
    if vessel.at_least is not None and glass.working_volume.base < vessel.at_least.base:
        findings.add(
            "E-CAPACITY",
            f"vessel {name} of the rig is smaller than the protocol asks for",
            ("vessels", name, "at_least"),
            value=f"working volume {show(glass.working_volume.base, Dimension.VOLUME)}",
            bound=f"at least {vessel.at_least}",
            remedy="put a larger vessel on the rig, or scale the protocol down",
        )
    if vessel.condenser and not glass.condenser:
        findings.add(
            "E-VESSEL",
            f"the protocol wants a condenser on {name}, and the rig's {name} has none",
            ("vessels", name, "condenser"),
            value="no condenser",
            bound="condenser: true",
            remedy="fit a condenser and write `condenser: true` at the vessel in the rig file",
        )
