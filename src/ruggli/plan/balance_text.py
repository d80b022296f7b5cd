"""The mass balance of a plan as rows of text."""

from collections.abc import Iterable, Iterator

from ruggli.plan.balance_plan import BalancePlan, BalanceRow
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

HEAD = ("", "amount", "mass", "step or remark")
UNKNOWN = "-"


def balance_rows(balance: BalancePlan) -> Iterator[tuple[str, ...]]:
    """What goes in, what comes out if all closes to the ring, and both sums."""
    yield "in", "", "", balance.vessel
    yield from _rows(balance.goes_in)
    yield "in all, without solvents", "", _mass(balance.mass_in), ""
    yield "out, if all of it closes", "", "", balance.equation
    yield from _rows(balance.comes_out)
    yield "out in all", "", _mass(balance.mass_out), ""


def theoretical(balance: BalancePlan) -> str:
    """The ring at best, in words: formula, molar mass, mass."""
    ring = (
        f"ring ({balance.product}, {balance.molar_mass:.3f} g/mol)"
        if balance.product
        else (f"ring ({balance.molar_mass:.3f} g/mol)")
    )
    return f"theoretical yield: {_mass(balance.theoretical)} of {ring} from {_amount(balance.limiting)}"


def _rows(rows: Iterable[BalanceRow]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield (
            f"  {row.name}",
            _amount(row.amount),
            _mass(row.mass),
            ", ".join((*row.steps, *([row.note] * bool(row.note)))),
        )


def _amount(amount: float) -> str:
    return show(amount, Dimension.AMOUNT)


def _mass(mass: float | None) -> str:
    return UNKNOWN if mass is None else show(mass, Dimension.MASS)
