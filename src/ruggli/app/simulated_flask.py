"""What the flasks of a simulated bench held, as data for others."""

from collections.abc import Mapping
from math import fsum
from typing import Any

from ruggli.chemistry.kinetics.flask_words import CAUTION
from ruggli.plan.acts import ChargeVessel
from ruggli.plan.model import Plan, prompts_of
from ruggli.quantities.base import Millilitres


def flasks_of(truth: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The vessels of a bench's truth in which something reacts; () where nothing does."""
    return tuple(
        {"vessel": name, **vessel["reaction"], "caution": CAUTION}
        for name, vessel in truth.get("vessels", {}).items()
        if "reaction" in vessel
    )


def came_in(vessel: Mapping[str, Any], solution: str) -> Millilitres:
    """What came into a vessel of a bench's truth of one solution: what it holds, and what was taken out as samples."""
    return Millilitres(
        vessel.get("liquids_mL", {}).get(solution, 0.0) + vessel.get("sampled_mL", {}).get(solution, 0.0)
    )


def charged_before(plan: Plan, step: str, vessel: str, solution: str) -> Millilitres:
    """What people put of a solution into a vessel in the steps before a step, as planned."""
    number = next(planned.number for planned in plan.steps if planned.id == step)
    prompts = (prompt for planned in plan.steps if planned.number < number for prompt in prompts_of(planned.work))
    acts = (act for prompt in prompts for act in prompt.acts if isinstance(act, ChargeVessel))
    return Millilitres(fsum(act.volume for act in acts if (act.vessel, act.name) == (vessel, solution)))
