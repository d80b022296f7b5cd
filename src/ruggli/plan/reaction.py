"""Which reaction a plan carries out, for who solves it: the constants, and what of the plan is which species."""

from ruggli.chemistry.kinetics.parameters import INHIBITION, Catalyst, Parameter, catalyst_of, effective_molarity
from ruggli.errors import InputError
from ruggli.plan.flask import planned_flask
from ruggli.plan.model import Plan
from ruggli.plan.reaction_plan import ReactionPlan
from ruggli.protocol.model import Protocol, RingClosure, Role

BENZOQUINONE = "106-51-4"


def reaction_of(protocol: Protocol, plan: Plan) -> ReactionPlan:
    """The ring closure by metathesis that a plan carries out.

    Args:
        protocol: the protocol; says with `chemistry` what it makes.
        plan: its plan.

    Raises:
        InputError: the protocol does not say enough, or there are no constants for what it says.
    """
    chemistry = protocol.chemistry
    if chemistry is None:
        raise InputError(
            "the protocol does not say what it makes; write e.g. `chemistry: {ring_closure: metathesis, ring_size: 7}`"
        )
    if chemistry.ring_closure is not RingClosure.METATHESIS:
        raise InputError(
            f"there are no constants for ring closure by {chemistry.ring_closure.value}, only for metathesis; "
            "`ruggli kinetics` solves it with yours"
        )
    molarity = effective_molarity(chemistry.ring_size)
    if molarity is None:
        raise InputError(f"there are no constants for rings of {chemistry.ring_size}; they begin at rings of 5")
    substrate = chemistry.substrate or next((name for name, row in protocol.reagents.items() if row.limiting), None)
    if substrate is None:
        raise InputError("no reagent is the substrate; name it in `chemistry`, or mark the limiting reagent")
    name, catalyst = _catalyst(protocol, plan)
    flask = planned_flask(plan, {substrate: "M", name: "Ru"}, substrate)
    if flask is None:
        raise InputError(f"no step brings {substrate} into a vessel with a liquid")
    constants: tuple[Parameter, ...] = (
        catalyst.k_prime,
        molarity,
        catalyst.k_d(flask.temperature),
        catalyst.phi,
        catalyst.k_iso,
    )
    if any(reagent.cas == BENZOQUINONE for reagent in protocol.reagents.values()):
        constants += (INHIBITION,)
    species = {substrate: "M", name: "Ru"}
    return ReactionPlan(flask.vessel, species, chemistry.ring_size, catalyst.name, flask.temperature, constants)


def _catalyst(protocol: Protocol, plan: Plan) -> tuple[str, Catalyst]:
    """The catalyst that the plan uses, with its constants."""
    used = [row.reagent for row in plan.reagents if row.role == Role.CATALYST.value and row.amount > 0]
    for name in used:
        found = catalyst_of(protocol.reagents[name].cas or "")
        if found is not None:
            return name, found
    told = ", ".join(used) or "none"
    raise InputError(
        f"there are no constants for the catalyst ({told}); they are known by CAS number, e.g. `cas: 246047-72-3` for "
        "Grubbs II"
    )
