"""What reacts in the flask of a dry run: the plan's reaction as the description of a bench has it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ruggli.chemistry.kinetics.heats import BICARBONATE, HEATS, QUENCH
from ruggli.chemistry.kinetics.parameters import Parameter
from ruggli.plan.model import Plan
from ruggli.protocol.model import Protocol
from ruggli.rig.bench_reaction import BenchReaction
from ruggli.rig.loader import RigFile
from ruggli_simulator.description import BenchDescription, ReactionDescription
from ruggli_simulator.scheme import CONSTANTS


def with_reaction(bench: BenchDescription, protocol: Protocol, plan: Plan, rig: RigFile) -> BenchDescription:
    """The bench with the plan's reaction in its vessel; the same where there is none, or the rig file says `off`.

    Constants are the plan's, at the temperature that is planned for the reaction, and the rig file's instead of them.
    """
    planned, told = plan.reaction, rig.rig.simulation.reaction
    if planned is None or not isinstance(told, BenchReaction):
        return bench
    species = dict(planned.species)
    constants = planned.constants
    if "HCO3" not in species.values() and planned.model == "reductive-amination":
        species |= {name: "HCO3" for name, reagent in protocol.reagents.items() if reagent.cas == BICARBONATE}
        constants = (*constants, QUENCH.at_temperature(planned.temperature))
    reaction = ReactionDescription.from_dict(
        {
            "model": planned.model,
            "species": species,
            "constants": _values(constants) | _known(told.constants(), planned.model),
            "activation_kJ_mol": {c.name: c.activation for c in constants if c.activation is not None},
            "reference_degC": {c.name: c.reference for c in constants if c.reference is not None},
            "heats_kJ_mol": _values(HEATS[planned.model]),
        }
    )
    vessels = (
        replace(vessel, reaction=reaction) if vessel.name == planned.vessel else vessel for vessel in bench.vessels
    )
    return replace(bench, vessels=tuple(vessels))


def _values(parameters: Iterable[Parameter]) -> dict[str, float]:
    return {parameter.name: float(parameter.value) for parameter in parameters}


def _known(constants: Mapping[str, float], model: str) -> dict[str, Any]:
    """Those of the rig file that the scheme has."""
    return {name: value for name, value in constants.items() if name in CONSTANTS[model]}
