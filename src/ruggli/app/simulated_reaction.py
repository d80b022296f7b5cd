"""What reacts in the flask of a dry run: the plan's reaction as the description of a bench has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruggli.chemistry.kinetics.heats import BICARBONATE, HEATS, QUENCH
from ruggli.chemistry.kinetics.told import WORDS
from ruggli.plan.model import Plan
from ruggli.protocol.model import Protocol
from ruggli.rig.bench_reaction import BenchReaction
from ruggli.rig.model import Rig

MODEL = "macrocyclisation"


def reactions_of(protocol: Protocol, plan: Plan, rig: Rig) -> Mapping[str, Mapping[str, Any]]:
    """By vessel, what reacts in it, for `BenchDescription`; nothing where the plan has no reaction or the rig says off.

    Constants are the plan's, at the temperature that is planned for the reaction, and the rig file's instead of them.
    """
    planned, told = plan.reaction, rig.simulation.reaction
    if planned is None or not isinstance(told, BenchReaction):
        return {}
    species = dict(planned.species)
    constants = {constant.name: constant for constant in planned.constants}
    changed = {name: value for name, value in told.constants().items() if name in constants}
    return {
        planned.vessel: {
            "model": MODEL,
            "species": species,
            "constants": {name: constant.value for name, constant in constants.items()} | changed,
            "heats_kJ_mol": {heat.name: heat.value for heat in HEATS[MODEL]},
        }
    }
