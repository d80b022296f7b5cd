"""The tables of a plan: what to weigh and what to make up."""

import math
from collections.abc import Iterable

from ruggli.plan.context import Context
from ruggli.plan.model import ReagentRow, SolutionRow
from ruggli.protocol.model import Role
from ruggli.quantities.base import Grams, Millilitres, Millimoles
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show


def solution_rows(context: Context) -> tuple[SolutionRow, ...]:
    """Every solution that is used; `make_up` is what is dosed and what stays in line and syringe."""
    rows: list[SolutionRow] = []
    for name, mixture in context.chemicals.mixtures.items():
        use = context.uses.get(name)
        if use is None:
            continue
        rows.append(
            SolutionRow(
                solution=name,
                solvent=context.chemicals.solvent_name(mixture.solvent),
                solutes=mixture.solutes,
                dosed=use.dosed,
                make_up=Millilitres(use.dosed + use.lost),
                device=use.device,
                syringe=use.syringe,
                fillings=use.fillings,
            )
        )
    return tuple(rows)


def reagent_rows(context: Context, solutions: Iterable[SolutionRow]) -> tuple[ReagentRow, ...]:
    """Every reagent that is used, in the order of the file; solvents by volume."""
    made = {row.solution: row for row in solutions}
    rows: list[ReagentRow] = []
    for key, substance in context.chemicals.substances.items():
        if substance.role is Role.SOLVENT:
            volume = context.poured.get(key, 0.0)
            volume += math.fsum(
                row.make_up for row in made.values() if context.chemicals.mixtures[row.solution].solvent == key
            )
            if volume > 0:
                amount = substance.amount_in(Millilitres(volume)) or Millimoles(0.0)
                mass = None if substance.density is None else Grams(volume * substance.density)
                rows.append(
                    ReagentRow(
                        reagent=key,
                        name=substance.name,
                        role="solvent",
                        amount=amount,
                        equivalents=0.0,
                        mass=mass,
                        volume=Millilitres(volume),
                        note=substance.note,
                        smiles=substance.smiles,
                        formula=substance.formula,
                        molar_mass=substance.molar_mass,
                    )
                )
            continue
        arriving, weighed = context.added.get(key, 0.0), context.added.get(key, 0.0)
        for row in made.values():
            arriving += row.solutes.get(key, 0.0) * row.dosed
            weighed += row.solutes.get(key, 0.0) * row.make_up
        if weighed <= 0:
            continue
        amount = Millimoles(arriving)
        basis = substance.equivalents / substance.amount if substance.amount else 0.0
        rows.append(
            ReagentRow(
                reagent=key,
                name=substance.name,
                role=substance.role.value,
                amount=amount,
                equivalents=basis * arriving,
                mass=substance.mass(Millimoles(weighed)),
                volume=substance.volume(Millimoles(weighed)),
                note=_note(substance.note, substance.mass(amount), arriving, weighed),
                smiles=substance.smiles,
                formula=substance.formula,
                molar_mass=substance.molar_mass,
            )
        )
    return tuple(rows)


def _note(note: str, mass: Grams | None, arriving: float, weighed: float) -> str:
    if weighed <= arriving * (1 + 1e-9):
        return note
    reaches = show(arriving, Dimension.AMOUNT) if mass is None else show(mass, Dimension.MASS)
    loss = f"{reaches} reach the vessel; the rest stays in line and syringe"
    return f"{note}; {loss}" if note else loss
