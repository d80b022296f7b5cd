"""Which reaction a plan carries out, for who solves it: the constants, and what of the plan is which species."""

from ruggli.chemistry.compounds import Trait, compound_named
from ruggli.chemistry.kinetics.amination_parameters import AMINATION, HYDRIDES, REFERENCE_PH, at_ph
from ruggli.chemistry.kinetics.parameters import INHIBITION, Catalyst, catalyst_of, effective_molarity
from ruggli.chemistry.solvents import solvent_named
from ruggli.errors import InputError
from ruggli.plan.flask import PlannedFlask, planned_flask
from ruggli.plan.model import Plan
from ruggli.plan.reaction_plan import ReactionPlan
from ruggli.protocol.model import Chemistry, Portions, Protocol, RingClosure, Role

BENZOQUINONE = "106-51-4"


def reaction_of(protocol: Protocol, plan: Plan) -> ReactionPlan:
    """The ring closure that a plan carries out, by metathesis or by reductive amination.

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
    substrate = chemistry.substrate or next((name for name, row in protocol.reagents.items() if row.limiting), None)
    if chemistry.ring_closure is RingClosure.METATHESIS:
        return _metathesis(protocol, chemistry, substrate, plan)
    if chemistry.ring_closure is RingClosure.REDUCTIVE_AMINATION:
        return _reductive_amination(protocol, chemistry, substrate, plan)
    raise InputError(
        f"there are no constants for ring closure by {chemistry.ring_closure.value}, only for metathesis and "
        "reductive-amination; `ruggli kinetics` solves it with yours"
    )


def _metathesis(protocol: Protocol, chemistry: Chemistry, substrate: str | None, plan: Plan) -> ReactionPlan:
    molarity = effective_molarity(chemistry.ring_size)
    if molarity is None:
        raise InputError(f"there are no constants for rings of {chemistry.ring_size}; they begin at rings of 5")
    known = _substrate(substrate)
    name, catalyst = _catalyst(protocol, plan)
    species = {known: "M", name: "Ru"}
    flask = _flask(plan, species, known)
    k_prime, *others = catalyst.at(flask.temperature)
    constants = (k_prime, molarity, *others)
    if any(reagent.cas == BENZOQUINONE for reagent in protocol.reagents.values()):
        constants += (INHIBITION,)
    return ReactionPlan(
        model="macrocyclisation",
        vessel=flask.vessel,
        species=species,
        ring_size=chemistry.ring_size,
        catalyst=catalyst.name,
        temperature=flask.temperature,
        over=flask.over,
        constants=constants,
        remark=_amines(protocol, plan, species, known),
    )


def _amines(protocol: Protocol, plan: Plan, species: dict[str, str], substrate: str) -> str:
    """Says that an amine that meets the catalyst is left out."""
    found = []
    for row in plan.reagents:
        reagent = protocol.reagents[row.reagent]
        compound = compound_named(reagent.cas or "") or compound_named(reagent.name)
        if row.reagent in species or compound is None or Trait.AMINE not in compound.traits:
            continue
        flask = planned_flask(plan, {**species, row.reagent: "B"}, substrate)
        if flask is not None and flask.schedule.put_in(flask.schedule.end).get("B", 0.0) > 0.0:
            found.append(compound.name)
    if not found:
        return ""
    return (
        f"{', '.join(found)} binds and kills the catalyst (rule X-15), which is left out here; `ruggli kinetics` "
        "reckons with it (K_B, k_B)"
    )


def _reductive_amination(protocol: Protocol, chemistry: Chemistry, substrate: str | None, plan: Plan) -> ReactionPlan:
    known = _substrate(substrate)
    species = {known: "A", _hydride(protocol, plan): "H"} | dict.fromkeys(_used(plan, Role.ACID), "AcOH")
    flask = _flask(plan, species, known)
    constants = tuple(constant.at_temperature(flask.temperature) for constant in AMINATION)
    protic = next(
        (name for name in flask.solvent_names if (found := solvent_named(name)) is not None and found.protic), None
    )
    ph, remark = _ph(protocol), ""
    if protic is not None and ph is None:
        remark = (
            f"{protic} is protic, and the protocol says no pH (`ph` in the gate of the portions): the constants are "
            f"taken as those of pH {REFERENCE_PH:g}"
        )
    elif protic is not None and ph is not None:
        constants = tuple(at_ph(constant, ph) for constant in constants)
        remark = f"{protic} is protic: the constants are those of pH {ph:g}, the middle of the window of the portions"
    return ReactionPlan(
        model="reductive-amination",
        vessel=flask.vessel,
        species=species,
        ring_size=chemistry.ring_size,
        catalyst=None,
        temperature=flask.temperature,
        over=flask.over,
        constants=constants,
        remark=remark,
    )


def _ph(protocol: Protocol) -> float | None:
    """The middle of the pH in which portions are added, where the protocol says one."""
    windows = (step.gate.ph for step in protocol.steps if isinstance(step, Portions))
    return next((float(window.from_ + window.to) / 2.0 for window in windows if window is not None), None)


def _substrate(found: str | None) -> str:
    if found is None:
        raise InputError("no reagent is the substrate; name it in `chemistry`, or mark the limiting reagent")
    return found


def _flask(plan: Plan, species: dict[str, str], substrate: str) -> PlannedFlask:
    flask = planned_flask(plan, species, substrate)
    if flask is None:
        raise InputError(f"no step brings {substrate} into a vessel with a liquid")
    return flask


def _used(plan: Plan, role: Role) -> list[str]:
    return [row.reagent for row in plan.reagents if row.role == role.value and row.amount > 0]


def _catalyst(protocol: Protocol, plan: Plan) -> tuple[str, Catalyst]:
    """The catalyst that the plan uses, with its constants."""
    used = _used(plan, Role.CATALYST)
    for name in used:
        found = catalyst_of(protocol.reagents[name].cas or "")
        if found is not None:
            return name, found
    told = ", ".join(used) or "none"
    raise InputError(
        f"there are no constants for the catalyst ({told}); they are known by CAS number, e.g. `cas: 246047-72-3` for "
        "Grubbs II"
    )


def _hydride(protocol: Protocol, plan: Plan) -> str:
    """The hydride that the plan uses, one for which the scheme is meant."""
    used = _used(plan, Role.REDUCTANT)
    for name in used:
        if protocol.reagents[name].cas in HYDRIDES:
            return name
    told = ", ".join(used) or "none"
    raise InputError(
        f"there are no constants for the hydride ({told}); they are known by CAS number, e.g. `cas: 56553-60-7` for "
        "sodium triacetoxyborohydride"
    )
