"""The mass balance of a run: what was to go in and what went in, what that can give, and what was isolated of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum

from ruggli.protocol.results import ResultKind
from ruggli.quantities.base import Grams, Millilitres, Millimoles
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import read_quantity
from ruggli.report.account import Account
from ruggli.report.inputs import Input, inputs_of
from ruggli.report.numbers import NONE, amount, mass, measured_out, plain
from ruggli.report.planned import Json, steps_of
from ruggli.report.tables import Table

MORE_THAN_ALL = 1.005
"""Part of the theoretical yield above which a product cannot be pure and dry."""


@dataclass(frozen=True, slots=True)
class Isolated:
    """The product as it was weighed.

    Attributes:
        weighed: its mass.
        purity: as a part of its mass; 1 where nobody told it.
        told: whether somebody did.
        share: isolated yield on the limiting reagent that went in, as a part; None where it cannot be reckoned.
    """

    weighed: Grams
    purity: float
    told: bool
    share: float | None


@dataclass(frozen=True, slots=True)
class BalanceView:
    """The tables of the balance, and sentences below them."""

    goes_in: Table
    comes_out: Table
    sentences: tuple[str, ...]


def balance_view(account: Account) -> BalanceView | None:
    """The balance of a run; None where its plan has none and nothing was weighed."""
    planned, product = account.plan.get("balance"), isolated_of(account)
    if planned is None:
        if product is None:
            return None
        empty = Table("", (), ())
        return BalanceView(empty, empty, (f"Isolated: {mass(product.weighed)}.",))
    inputs = {row.reagent: row for row in inputs_of(account, str(planned["vessel"]))}
    return BalanceView(
        goes_in=_goes_in(planned, inputs),
        comes_out=_comes_out(planned),
        sentences=(*_sentences(planned, inputs, product), *_samples(account, str(planned["vessel"]))),
    )


def isolated_of(account: Account) -> Isolated | None:
    """What was typed of the product; None where nothing was."""
    answers = {str(record.data["id"]): str(record.data["answer"]) for record in account.view.of("answer")}
    for step in steps_of(account.plan):
        prompt = step["work"].get("prompt")
        if step["do"] != "purify" or prompt is None or prompt["choices"] or prompt["id"] not in answers:
            continue
        weighed = Grams(float(read_quantity(answers[prompt["id"]], Dimension.MASS).base))
        typed = next((answers[more["id"]] for more in step["work"].get("more") or () if more["id"] in answers), None)
        purity = 1.0 if typed is None else ResultKind.PURITY.read(typed)
        return Isolated(weighed, purity, typed is not None, _share(account, weighed * purity))
    return None


def _share(account: Account, pure: float) -> float | None:
    planned = account.plan.get("balance")
    if planned is None:
        return None
    substrate = next(row for row in inputs_of(account, planned["vessel"]) if row.reagent == planned["substrate"])
    best = _best(planned, substrate)
    return pure / best if best > 0.0 else None


def _best(planned: Json, substrate: Input) -> Grams:
    """Mass of the ring at best, of what went in."""
    part = float(planned["limiting_mmol"]) / substrate.planned if substrate.planned > 0.0 else 0.0
    return Grams(substrate.middle * part * float(planned["molar_mass_g_per_mol"]) / 1000.0)


def _samples(account: Account, vessel: str) -> Iterator[str]:
    """What analyses took out."""
    taken = [record.data for record in account.view.of("aliquot") if record.data["vessel"] == vessel]
    volume = Millilitres(fsum(float(row["volume_mL"]) for row in taken))
    if volume > 0.0:
        number = "1 sample" if len(taken) == 1 else f"{len(taken)} samples"
        yield f"Taken out by {number}: {measured_out(volume)} of the mixture; it is missing in what is isolated."


def _goes_in(planned: Json, inputs: dict[str, Input]) -> Table:
    rows = []
    for row in planned["goes_in"]:
        found = inputs[row["reagent"]]
        went = amount(found.low) if found.low == found.high else f"{amount(found.low)} to {amount(found.high)}"
        rows.append((row["name"], ", ".join(row["steps"]), amount(Millimoles(row["amount_mmol"])), went, _mass(row)))
    rows.append(("in all, without solvents", "", "", "", _grams(planned["mass_in_g"])))
    return Table("", ("reagent", "step", "planned", "went in", "mass as planned"), tuple(rows), frozenset({2, 3, 4}))


def _comes_out(planned: Json) -> Table:
    rows = [
        (row["name"], amount(Millimoles(row["amount_mmol"])), _mass(row), row["note"]) for row in planned["comes_out"]
    ]
    rows.append(("out in all", "", _grams(planned["mass_out_g"]), ""))
    return Table("", ("substance", "amount", "mass", "remark"), tuple(rows), frozenset({1, 2}))


def _mass(row: Json) -> str:
    return _grams(row["mass_g"])


def _grams(value: float | None) -> str:
    return NONE if value is None else mass(Grams(value))


def _sentences(planned: Json, inputs: dict[str, Input], product: Isolated | None) -> Iterator[str]:
    substrate = inputs[planned["substrate"]]
    formula = f"{planned['product']}, " if planned["product"] else ""
    ring = f"ring ({formula}{float(planned['molar_mass_g_per_mol']):.3f} g/mol)"
    best = _best(planned, substrate)
    yield f"Theoretical yield of what went in ({amount(substrate.middle)}): {mass(best)} of {ring}."
    if product is None:
        return
    purity = f"purity {plain(100 * product.purity, 3)} % as typed" if product.told else "taken for pure"
    share = "" if product.share is None else f": isolated yield {plain(100 * product.share, 3)} %"
    yield f"Isolated: {mass(product.weighed)}, {purity}{share} on {planned['substrate']}."
    if product.share is not None and product.share > MORE_THAN_ALL:
        yield "That is more than all of it can give: look for solvent, salts or by-products in it."
