"""What a ring closure leaves: the stoichiometry of each reaction, for molar masses and for formulas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ruggli.chemistry.rules.facts import Closure
from ruggli.quantities.formula import Formula, read_formula

ETHYLENE: Final = read_formula("C2H4")
WATER: Final = read_formula("H2O")
HYDROGEN: Final = read_formula("H")
OXYGEN: Final = read_formula("O")


@dataclass(frozen=True, slots=True)
class Leaving:
    """What the substrate loses on the way to the ring.

    Attributes:
        lost: atoms that the ring has less than the substrate.
        words: the reaction, for people.
    """

    lost: Formula
    words: str


LEAVING: Final[Mapping[Closure, Leaving]] = {
    Closure.METATHESIS: Leaving(ETHYLENE, "substrate -> ring + ethylene"),
    Closure.REDUCTIVE_AMINATION: Leaving(OXYGEN, "substrate + hydride + acid -> ring + water + borates"),
    Closure.AMIDE: Leaving(WATER, "substrate -> ring + water, which the coupling reagent takes up"),
}
"""By the reaction that closes the ring; terminal alkenes are taken for a metathesis."""


def less(formula: Formula, lost: Formula) -> Formula | None:
    """A formula without some atoms, in the order of Hill; None where it does not have them."""
    counts = dict(formula.counts)
    for symbol, number in lost.counts:
        if counts.get(symbol, 0) < number:
            return None
        counts[symbol] -= number
    left = {symbol: number for symbol, number in sorted(counts.items()) if number}
    text = "".join(symbol + (str(left[symbol]) if left[symbol] > 1 else "") for symbol in _hill(left))
    return Formula(text, tuple(left.items()))


def _hill(counts: Mapping[str, int]) -> Sequence[str]:
    """Carbon, hydrogen, then the alphabet; without carbon the alphabet alone."""
    first = [symbol for symbol in ("C", "H") if symbol in counts] if "C" in counts else []
    return [*first, *(symbol for symbol in counts if symbol not in first)]
