"""The mass balance of a planned ring closure: what goes in, what forms if all of it closes, and what is left over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from ruggli.chemistry.balance import ETHYLENE, HYDROGEN, LEAVING, WATER, less
from ruggli.chemistry.gas import gas_volume
from ruggli.chemistry.rules.facts import Closure
from ruggli.chemistry.structures.interface import SmilesError, Structures
from ruggli.plan.acts import ChargeVessel
from ruggli.plan.balance_plan import BalancePlan, BalanceRow
from ruggli.plan.flask import planned_flask
from ruggli.plan.model import DoseWork, Plan, PlannedStep, PortionsWork, ReagentRow, prompts_of
from ruggli.protocol.model import Protocol, Role
from ruggli.quantities.base import Grams, GramsPerMole, Millimoles
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.formula import Formula, FormulaError, read_formula
from ruggli.quantities.reader import show

NEEDED = {Closure.METATHESIS: (Role.CATALYST,), Closure.REDUCTIVE_AMINATION: (Role.REDUCTANT,), Closure.AMIDE: ()}
"""Roles of what has to be in before the reaction can be over."""


NOTHING = 1e-9
"""Part of an amount that counts as nothing left."""


def balance_of(protocol: Protocol, plan: Plan, structures: Structures | None) -> BalancePlan | None:
    """The balance of the reaction that a protocol says it carries out.

    None where it says nothing, where the substrate goes into no liquid, has no molar mass, or cannot lose what leaves.

    Args:
        protocol: the protocol; says with `chemistry` what it makes.
        plan: its plan.
        structures: what reads a SMILES, or None.
    """
    chemistry = protocol.chemistry
    if chemistry is None:
        return None
    closure = Closure(chemistry.ring_closure.value)
    rows = {row.reagent: row for row in plan.reagents}
    substrate = chemistry.substrate or next((name for name, row in protocol.reagents.items() if row.limiting), "")
    whole = rows[substrate].molar_mass if substrate in rows else None
    if whole is None:
        return None
    needed = {name for name, row in rows.items() if row.role in [role.value for role in NEEDED[closure]]}
    flask = planned_flask(plan, {name: name for name in [substrate, *sorted(needed)]}, substrate)
    if flask is None:
        return None
    steps = plan.steps
    if flask.over is not None:
        steps = steps[: next(step.number for step in steps if step.id == flask.over) - 1]
    goes_in = tuple(_reagents_in(rows, list(_arrivals(steps, flask.vessel))))
    chain = _chain(protocol, substrate, structures, whole)
    if chain is None or all(row.reagent != substrate for row in goes_in):
        return None
    return _balanced(closure, flask.vessel, rows, substrate, chain, goes_in)


def _arrivals(steps: Iterable[PlannedStep], vessel: str) -> Iterator[tuple[str, str, float]]:
    """Step, reagent and amount of everything that goes into a vessel."""
    for step in steps:
        for prompt in prompts_of(step.work):
            for act in prompt.acts:
                if isinstance(act, ChargeVessel) and act.vessel == vessel:
                    yield from ((step.id, reagent, amount) for reagent, amount in act.solutes)
        work = step.work
        doses = (work,) if isinstance(work, DoseWork) else work.doses if isinstance(work, PortionsWork) else ()
        for dose in doses:
            for feed in dose.feeds if dose.vessel == vessel else ():
                yield from ((step.id, reagent, molar * feed.planned) for reagent, molar in feed.solutes.items())


def _reagents_in(rows: dict[str, ReagentRow], arrivals: list[tuple[str, str, float]]) -> Iterator[BalanceRow]:
    for reagent in dict.fromkeys(reagent for _, reagent, _ in arrivals):
        amount = Millimoles(fsum(found for _, name, found in arrivals if name == reagent))
        steps = tuple(dict.fromkeys(step for step, name, _ in arrivals if name == reagent))
        row = rows[reagent]
        if row.role != Role.SOLVENT.value and amount > 0.0:
            yield BalanceRow(reagent, row.name, steps, amount, _mass(amount, row.molar_mass))


def _mass(amount: float, molar_mass: float | None) -> Grams | None:
    return None if molar_mass is None else Grams(amount * molar_mass / 1000.0)


@dataclass(frozen=True, slots=True)
class _Chain:
    """The open chain without its counter-ion: its formula, or None where nobody knows it, and its molar mass."""

    formula: Formula | None
    molar_mass: GramsPerMole


def _chain(protocol: Protocol, substrate: str, structures: Structures | None, whole: GramsPerMole) -> _Chain | None:
    """What of the substrate closes to the ring; None of a salt whose structure cannot be read."""
    reagent = protocol.reagents[substrate]
    parts = (reagent.smiles or "").split(".")
    if len(parts) == 1 and reagent.formula is not None:
        return _Chain(reagent.formula, whole)
    if reagent.smiles is None or structures is None:
        return _Chain(None, whole) if len(parts) == 1 else None
    try:
        smiles, molecule = max(
            ((part, structures.molecule(part)) for part in parts), key=lambda pair: pair[1].molar_mass
        )
        formula = read_formula(molecule.formula)
    except (SmilesError, FormulaError):
        return _Chain(None, whole) if len(parts) == 1 else None  # told by `check_structures`, or with isotopes
    if len(parts) == 1:
        return _Chain(formula, whole)
    neutral = formula
    for _ in range(smiles.count("+]")):
        neutral = less(neutral, HYDROGEN) or neutral
    return _Chain(neutral, neutral.molar_mass)


def _balanced(
    closure: Closure,
    vessel: str,
    rows: Mapping[str, ReagentRow],
    substrate: str,
    chain: _Chain,
    goes_in: tuple[BalanceRow, ...],
) -> BalancePlan | None:
    lost = LEAVING[closure].lost
    product = None if chain.formula is None else less(chain.formula, lost)
    if chain.molar_mass <= lost.molar_mass or (chain.formula is not None and product is None):
        return None
    molar_mass = GramsPerMole(chain.molar_mass - lost.molar_mass)
    there = {row.reagent: row for row in goes_in}
    extent, spent = there[substrate].amount, dict[str, Millimoles]()
    hydride, acid = (_first(goes_in, rows, role) for role in (Role.REDUCTANT, Role.ACID))
    if closure is Closure.REDUCTIVE_AMINATION:
        extent = Millimoles(min(extent, 0.0 if hydride is None else hydride.amount))
        spent |= {row.reagent: Millimoles(min(extent, row.amount)) for row in (hydride, acid) if row is not None}
    spent[substrate] = extent
    formula_text = "" if product is None else str(product)
    formed = [BalanceRow("", "ring", (), extent, _mass(extent, molar_mass), formula_text)]
    if closure is Closure.METATHESIS:
        gas = f"{show(gas_volume(extent), Dimension.VOLUME)} of gas at 25 degC and 1 atm"
        formed.append(BalanceRow("", "ethylene", (), extent, _mass(extent, ETHYLENE.molar_mass), gas))
    else:
        wet = extent if closure is Closure.AMIDE else Millimoles(0.0 if acid is None else spent[acid.reagent])
        formed.append(BalanceRow("", "water", (), wet, _mass(wet, WATER.molar_mass)))
    if closure is Closure.REDUCTIVE_AMINATION:
        gone = [_mass(amount, rows[name].molar_mass) for name, amount in spent.items()]
        made = _sum([row.mass for row in formed])
        used = _sum(gone)
        borates = None if used is None or made is None else Grams(used - made)
        formed.append(BalanceRow("", "borates", (), extent, borates, "what becomes of the hydride with the acid"))
    counter = (rows[substrate].molar_mass or 0.0) - chain.molar_mass
    if counter > NOTHING * chain.molar_mass:
        salt = "of the substrate's salt, such as HCl, with the base"
        formed.append(BalanceRow("", "counter-ion", (), extent, _mass(extent, counter), salt))
    remark = "left over" if closure is not Closure.AMIDE else "or what becomes of it"
    left = [
        BalanceRow(row.reagent, row.name, (), rest, _mass(rest, rows[row.reagent].molar_mass), remark)
        for row in goes_in
        if (rest := Millimoles(row.amount - spent.get(row.reagent, 0.0))) > NOTHING * row.amount
    ]
    comes_out = (*(row for row in formed if row.amount > 0.0), *left)
    return BalancePlan(
        vessel=vessel,
        equation=LEAVING[closure].words,
        substrate=substrate,
        limiting=extent,
        product=formula_text,
        molar_mass=molar_mass,
        theoretical=Grams(extent * molar_mass / 1000.0),
        goes_in=goes_in,
        comes_out=comes_out,
        mass_in=_sum([row.mass for row in goes_in]),
        mass_out=_sum([row.mass for row in comes_out]),
    )


def _first(goes_in: Iterable[BalanceRow], rows: Mapping[str, ReagentRow], role: Role) -> BalanceRow | None:
    return next((row for row in goes_in if rows[row.reagent].role == role.value), None)


def _sum(masses: Sequence[Grams | None]) -> Grams | None:
    """The sum, or None where one is not known."""
    known = [mass for mass in masses if mass is not None]
    return Grams(fsum(known)) if len(known) == len(masses) else None
