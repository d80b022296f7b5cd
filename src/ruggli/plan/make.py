"""Makes the plan: a protocol, a rig and what drivers declare, to every number that the engine will use."""

from collections.abc import Mapping
from dataclasses import replace

from ruggli.chemistry.structures.interface import Structures
from ruggli.devices.capability import DriverCard
from ruggli.errors import InputError
from ruggli.plan.balance import balance_of
from ruggli.plan.chemicals import chemicals_of
from ruggli.plan.chemistry_facts import facts_of
from ruggli.plan.chemistry_rules import check_chemistry
from ruggli.plan.confirmations import confirmed
from ruggli.plan.context import Context
from ruggli.plan.conversion import check_conversion
from ruggli.plan.demands import deliveries_of
from ruggli.plan.dosing import plan_dose
from ruggli.plan.drafts import Draft
from ruggli.plan.driver_checks import check_drivers
from ruggli.plan.equipment import device_plans
from ruggli.plan.findings import Findings
from ruggli.plan.guards import guard_of, hold_rule
from ruggli.plan.hands import plan_charge, plan_operator, plan_sparge, plan_work_up
from ruggli.plan.heating import plan_cool, plan_heat, plan_hold, plan_stir
from ruggli.plan.model import AtmospherePlan, Plan, PlannedStep
from ruggli.plan.monitoring import plan_monitor
from ruggli.plan.portioning import plan_portions
from ruggli.plan.reaction import reaction_of
from ruggli.plan.rings import check_ring
from ruggli.plan.seats import seat_solutions, seats_of
from ruggli.plan.settings import PlanSettings
from ruggli.plan.structures import check_structures
from ruggli.plan.tables import reagent_rows, solution_rows
from ruggli.plan.vessels import bind_vessels
from ruggli.protocol.attendance import check_attendance
from ruggli.protocol.loader import ProtocolFile
from ruggli.protocol.model import (
    AnyStep,
    Charge,
    Cool,
    Dose,
    Heat,
    Hold,
    Monitor,
    Operator,
    Portions,
    Protocol,
    Quench,
    Sparge,
    Stir,
)
from ruggli.quantities.base import Seconds
from ruggli.rig.checks import check_ports
from ruggli.rig.loader import RigFile


def make_plan(
    protocol: ProtocolFile,
    rig: RigFile,
    cards: Mapping[str, DriverCard],
    settings: PlanSettings,
    structures: Structures | None = None,
) -> Plan:
    """Bind a protocol to a rig and decide every number. Pure.

    Args:
        protocol: a checked protocol file.
        rig: a checked rig file.
        cards: what each driver declares, by driver name.
        settings: what the caller decides.
        structures: what reads a SMILES, or None where nothing does; then a note says that no structure was checked.

    Returns:
        The plan with everything that was found; `Plan.blocking` says what refuses it. A step that cannot be planned
        stands in the timeline as a question that nobody will be asked.
    """
    findings = Findings(protocol.document, rig.document)
    findings.extend(protocol.problems)
    findings.extend(rig.problems)
    unattended = settings.unattended or protocol.protocol.unattended
    findings.extend(check_ports(rig, unattended))
    findings.extend(check_drivers(rig, cards))
    if unattended and not protocol.protocol.unattended:
        _check_attendance(protocol.protocol, findings)
    check_ring(protocol.protocol, structures, findings)
    known = check_structures(protocol.protocol, structures, findings)
    context = _context(known, rig, cards, findings, unattended)
    steps = tuple(_planned(context, index, step, protocol) for index, step in enumerate(protocol.protocol.steps))
    _check_end(context)
    facts = facts_of(context, steps, structures)
    check_chemistry(context, facts)
    steps = confirmed(steps, facts)
    solutions = solution_rows(context)
    plan = Plan(
        protocol_name=protocol.protocol.name,
        rig_name=rig.rig.name,
        parameters=protocol.parameters,
        unattended=unattended,
        steps=steps,
        devices=device_plans(context, steps, settings),
        reagents=reagent_rows(context, solutions),
        solutions=solutions,
        volumes=tuple(context.volumes),
        temperatures=tuple(context.temperatures),
        atmosphere=_atmosphere(protocol.protocol, steps),
        peak=dict(context.peak),
        duration=context.now,
        problems=findings.all,
    )
    plan = replace(plan, balance=balance_of(protocol.protocol, plan, structures))
    try:
        reaction = reaction_of(protocol.protocol, plan)
    except InputError:
        return plan  # `ruggli predict` says why
    check_conversion(plan, reaction, findings)
    return replace(plan, reaction=reaction, problems=findings.all)


def _context(
    protocol: Protocol, rig: RigFile, cards: Mapping[str, DriverCard], findings: Findings, unattended: bool
) -> Context:
    chemicals = chemicals_of(protocol, findings)
    bound = bind_vessels(protocol, rig.rig, findings)
    deliveries = deliveries_of(protocol, chemicals)
    seats = seats_of(rig.rig, cards)
    seated = seat_solutions(deliveries, bound, seats, findings)
    return Context(
        protocol, rig.rig, cards, chemicals, bound, deliveries, seats, seated, findings, unattended=unattended
    )


def _planned(context: Context, index: int, step: AnyStep, protocol: ProtocolFile) -> PlannedStep:
    context.index = index
    draft = _draft(context, index, step)
    mark = protocol.document.mark(("steps", index))
    planned = PlannedStep(
        id=step.id,
        number=index + 1,
        do=step.do,
        title=draft.title,
        source=step.source or "",
        by_hand=draft.by_hand,
        start=context.now,
        duration=draft.duration,
        hold=hold_rule(context, index, step),
        guard=guard_of(context, step, draft.state),
        work=draft.work,
        line=mark.line,
    )
    context.now = Seconds(context.now + draft.duration)
    return planned


def _draft(context: Context, index: int, step: AnyStep) -> Draft:
    if isinstance(step, Dose | Quench):
        return plan_dose(context, index, step)
    if isinstance(step, Portions):
        return plan_portions(context, index, step)
    if isinstance(step, Heat):
        return plan_heat(context, index, step)
    if isinstance(step, Cool):
        return plan_cool(context, index, step)
    if isinstance(step, Stir):
        return plan_stir(context, index, step)
    if isinstance(step, Hold):
        return plan_hold(context, index, step)
    if isinstance(step, Charge):
        return plan_charge(context, index, step)
    if isinstance(step, Sparge):
        return plan_sparge(context, step)
    if isinstance(step, Monitor):
        return plan_monitor(context, index, step)
    if isinstance(step, Operator):
        return plan_operator(context, step)
    return plan_work_up(context, step)


def _check_attendance(protocol: Protocol, findings: Findings) -> None:
    for found in check_attendance(protocol.model_copy(update={"unattended": True})):
        findings.add(found.code, found.message, found.path, value=found.value, bound=found.bound, remedy=found.remedy)


def _check_end(context: Context) -> None:
    last = len(context.protocol.steps) - 1
    for state in context.states.values():
        if state.set_point is not None:
            context.findings.add(
                "W-HEAT-ON",
                f"the protocol ends with the heater under {state.name} on",
                ("steps", last),
                value=f"set point {state.set_point:g} degC",
                bound="heater off",
                remedy="end with a `cool` step, or accept it",
            )


def _atmosphere(protocol: Protocol, steps: tuple[PlannedStep, ...]) -> AtmospherePlan | None:
    if protocol.atmosphere is None:
        return None
    gas = protocol.atmosphere
    first = next(step for step in steps if step.id == gas.start)
    last = next(step for step in steps if step.id == gas.end)
    return AtmospherePlan(gas.gas, gas.start, gas.end, first.start, Seconds(last.start + last.duration))
