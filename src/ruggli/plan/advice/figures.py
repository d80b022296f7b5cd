"""The figures of a candidate: what targets ask for and what is made small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from ruggli.quantities.dimension import Dimension

if TYPE_CHECKING:
    from ruggli.chemistry.kinetics.solve import Solution
    from ruggli.plan.flask import PlannedFlask
    from ruggli.plan.model import Plan
    from ruggli.plan.reaction_plan import ReactionPlan


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that a target may name.

    Attributes:
        dimension: what it measures.
        words: what it is, for people.
        predicted: whether it comes from the kinetic model, and so has a band; the others are the plan's.
    """

    dimension: Dimension
    words: str
    predicted: bool = True


FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        "ring": Figure(Dimension.PERCENT, "part of the substrate that becomes ring"),
        "dimer": Figure(Dimension.PERCENT, "part of the substrate in linear and cyclic dimer"),
        "chains": Figure(Dimension.PERCENT, "part of the substrate in chains of three and more"),
        "isomer": Figure(Dimension.PERCENT, "part of the substrate that isomerises"),
        "left_over": Figure(Dimension.PERCENT, "part of the substrate that is left at the end"),
        "conversion": Figure(Dimension.PERCENT, "part of the substrate that has reacted at the end"),
        "peak": Figure(Dimension.CONCENTRATION, "highest concentration of the substrate in the flask"),
        "concentration": Figure(
            Dimension.CONCENTRATION, "substrate in the flask at the end as if nothing reacted", False
        ),
        "time": Figure(Dimension.DURATION, "planned time of the whole protocol", False),
        "solvent": Figure(Dimension.VOLUME, "all solvent of the protocol, losses included", False),
        "catalyst": Figure(Dimension.MOLE_PERCENT, "catalyst that reaches the flask", False),
    }
)
"""By the name that a target uses."""

COSTS: Final = ("time", "solvent", "catalyst")
"""What can be made small."""


def figures_of(plan: Plan, reaction: ReactionPlan, flask: PlannedFlask, solution: Solution) -> dict[str, float]:
    """Every figure, in base units.

    Args:
        plan: the plan.
        reaction: which reaction it carries out.
        flask: what goes into the flask.
        solution: what the model says of it, with one set of constants.
    """
    return {**_predicted(solution), **_planned(plan, reaction, flask)}


def _predicted(solution: Solution) -> dict[str, float]:
    yields = solution.yields
    left = yields.get("M", 0.0)
    return {
        "ring": yields.get("C", 0.0),
        "dimer": fsum((yields.get("D", 0.0), yields.get("CD", 0.0))),
        "chains": yields.get("U", 0.0),
        "isomer": yields.get("I", 0.0),
        "left_over": left,
        "conversion": 1.0 - left,
        "peak": solution.peak.concentration,
    }


def _planned(plan: Plan, reaction: ReactionPlan, flask: PlannedFlask) -> dict[str, float]:
    schedule = flask.schedule
    put_in = schedule.put_in(schedule.end)
    catalyst = next((name for name, species in reaction.species.items() if species == "Ru"), "")
    rows = {row.reagent: row for row in plan.reagents}
    return {
        "concentration": put_in.get("M", 0.0) / schedule.volume_at(schedule.end),
        "time": plan.duration,
        "solvent": fsum(row.volume or 0.0 for row in plan.reagents if row.role == "solvent"),
        "catalyst": rows[catalyst].equivalents if catalyst in rows else 0.0,
    }
