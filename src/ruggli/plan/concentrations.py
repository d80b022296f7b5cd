"""Planned concentrations in the receiving vessel: peaks without reaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ruggli.plan.context import VesselState
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Millimoles, Molar


@dataclass(frozen=True, slots=True)
class Inflow:
    """One feed as the vessel sees it: `solution` mL with solutes, then `after` mL of solvent, at one rate."""

    solutes: Mapping[str, Molar]
    rate: MillilitresPerSecond
    solution: Millilitres
    after: Millilitres


def peaks(state: VesselState, inflows: Sequence[Inflow]) -> dict[str, Molar]:
    """Highest concentration of each solute during a dose, without reaction.

    Between two moments at which a feed begins or ends, amounts and volume are straight lines in time and their
    quotient has no maximum inside: the ends decide.
    """
    moments = {0.0}
    for flow in inflows:
        moments |= {flow.solution / flow.rate, (flow.solution + flow.after) / flow.rate}
    result: dict[str, Molar] = {}
    for moment in sorted(moments):
        volume, amounts = float(state.volume), dict(state.amounts)
        for flow in inflows:
            volume += min(flow.rate * moment, flow.solution + flow.after)
            for solute, value in flow.solutes.items():
                arrived = value * min(flow.rate * moment, flow.solution)
                amounts[solute] = Millimoles(amounts.get(solute, 0.0) + arrived)
        if volume > 0:
            for solute, amount in amounts.items():
                result[solute] = Molar(max(result.get(solute, 0.0), amount / volume))
    return result
