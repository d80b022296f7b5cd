"""The heat that portions have to give: what the file asks for, against what the chemistry lets expect."""

from ruggli.chemistry.compounds import Trait
from ruggli.chemistry.heat import HYDRIDE_STEP, LEAST, MOST, adiabatic_rise, used_by_portions
from ruggli.chemistry.solvents import solvent_named
from ruggli.plan.context import Context, VesselState
from ruggli.plan.known import is_known
from ruggli.plan.portion_gates import HeatDue
from ruggli.protocol.model import HeatCheck, Portions
from ruggli.quantities.base import JoulesPerKelvin, Kelvin, Millilitres, Millimoles, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

PART = 0.5
"""Part of the adiabatic rise that a real flask shows: it loses heat while the reagent dissolves (mark E)."""


def heat_due(context: Context, index: int, step: Portions, state: VesselState) -> HeatDue | None:
    """What `heat` of a portions step asks for, with what is expected; call it before the portions are in the books.

    `E-INTERLOCK` where no probe tells the vessel's temperature, `W-HEAT-RISE` where too little heat is to be expected.
    """
    check = step.heat
    if check is None:
        return None
    if not state.measured or context.plate(state) is None:
        context.findings.add(
            "E-INTERLOCK",
            f"step {step.id} watches the heat of {state.name}, whose temperature no probe tells",
            ("steps", index, "heat"),
            value=f"probe: {state.probe.value}",
            bound="probe: flask",
            remedy="put the probe into the vessel and write `probe: flask` in the rig file",
        )
        return None
    rise = Kelvin(check.rise.base)
    expected = _expected(context, step, state)
    due = tuple(number == 0 or PART * found >= rise for number, found in enumerate(expected))
    if expected:
        _tell(context, index, step, state, check, expected, due)
    every = due or (True,) * step.count
    return HeatDue(step.what, rise, Seconds(check.within.base), state.target, every, expected)


def _tell(
    context: Context,
    index: int,
    step: Portions,
    state: VesselState,
    check: HeatCheck,
    expected: tuple[Kelvin, ...],
    due: tuple[bool, ...],
) -> None:
    least, most = (_kelvin(Kelvin(bound / HYDRIDE_STEP * expected[0])) for bound in (LEAST, MOST))
    first = f"{_kelvin(expected[0])} ({least} to {most})"
    rest = f", the others by {', '.join(_kelvin(found) for found in expected[1:])}" if len(expected) > 1 else ""
    spared = [str(number) for number, watched in enumerate(due, 1) if not watched]
    hints = [f"portions that too little substrate is left for are not watched: {', '.join(spared)}"] if spared else []
    if state.target is not None:
        hints.append("a heater that keeps the vessel's temperature gives way, so the probe shows only part of it")
    context.findings.add(
        "N-HEAT",
        f"the first portion of step {step.id} should warm {state.name} by {first}{rest}, if no heat is lost",
        ("steps", index, "heat"),
        value=f"{HYDRIDE_STEP:g} kJ/mol of substrate (mark E), {show(state.volume, Dimension.VOLUME)} in {state.name}",
        bound=f"{check.rise} within {check.within}",
        remedy="; ".join(hints),
    )
    if check.rise.base > PART * expected[0]:
        context.findings.add(
            "W-HEAT-RISE",
            f"step {step.id} waits for more heat than a portion may show",
            ("steps", index, "heat", "rise"),
            value=str(check.rise),
            bound=f"at most {_kelvin(Kelvin(PART * expected[0]))}, half of what a portion gives if no heat is lost",
            remedy="ask for less, or make fewer portions",
        )


def _kelvin(value: Kelvin) -> str:
    return f"{value:.2g} K"


def _expected(context: Context, step: Portions, state: VesselState) -> tuple[Kelvin, ...]:
    """Adiabatic rise of each portion, () where nobody knows it: only the heat of a mild hydride is known."""
    chemicals, reagents = context.chemicals, context.protocol.reagents
    mixture = chemicals.mixtures.get(step.what)
    solutes = (step.what,) if mixture is None else tuple(mixture.solutes)
    hydride = next(
        (key for key in solutes if is_known(reagents[key], Trait.TRIACETOXYBOROHYDRIDE, Trait.CYANOBOROHYDRIDE)), None
    )
    limiting = next((key for key, reagent in reagents.items() if reagent.limiting), "")
    capacity = _capacity(state, context, Millilitres(0.0 if mixture is None else mixture.rest))
    if hydride is None or capacity is None or limiting not in state.amounts:
        return ()
    amount = chemicals.substances[hydride].amount if mixture is None else mixture.solutes[hydride] * mixture.rest
    left = Millimoles(max(0.0, state.amounts[limiting] - state.amounts.get(hydride, 0.0)))
    used = used_by_portions(Millimoles(amount), step.count, left)
    return tuple(adiabatic_rise(portion, HYDRIDE_STEP, capacity) for portion in used)


def _capacity(state: VesselState, context: Context, more: Millilitres) -> JoulesPerKelvin | None:
    """Of the contents and what comes in with the portions; of several solvents the one that takes up most heat.

    None where a solvent, or its heat capacity, is not known.
    """
    volume, each = state.volume + more, []
    for key in sorted(state.solvents):
        known = solvent_named(context.chemicals.solvent_name(key))
        if known is None or known.heat_capacity is None:
            return None
        each.append(known.density * known.heat_capacity)
    return JoulesPerKelvin(volume * max(each)) if each and volume > 0 else None
