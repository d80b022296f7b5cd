"""A decision table on the results of an analysis: which row applies, and whether the table leaves anything open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final

from ruggli.protocol.monitor_step import AnswerAction, AnswerRule, Quantity, When
from ruggli.protocol.results import ResultKind

Values = Mapping[Quantity, float]
"""Results, each from 0 to 1."""

MOST_CELLS: Final = 20_000
"""Combinations of ranges that a table may have to be looked through for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of the range of one result in which no bound lies: a bound itself, or what is between two.

    Attributes:
        low: where it begins.
        high: where it ends; the same as `low` where the cell is one value.
    """

    low: float
    high: float

    @property
    def inside(self) -> float:
        """A value of it."""
        return self.low if self.low == self.high else (self.low + self.high) / 2.0

    def to(self, last: "Cell", kind: ResultKind) -> str:
        """The stretch from this cell to another one, for people: "from 50 % to below 95 %"."""
        if self.low == last.high:
            return kind.text(self.low)
        begin = f"from {kind.text(self.low)}" if self.low == self.high else f"above {kind.text(self.low)}"
        end = kind.text(last.high)
        return f"{begin} to {end}" if last.low == last.high else f"{begin} to below {end}"


def applies(rule: AnswerRule, values: Values) -> bool:
    """Whether a row applies to results."""
    if isinstance(rule.when, When):
        return all(bound.holds(values[quantity]) for quantity, bound in rule.when.bounds())
    return rule.when is not None


def rule_for(rules: Sequence[AnswerRule], values: Values) -> AnswerRule | None:
    """The first row that applies, or None where the table leaves this open."""
    return next((rule for rule in rules if applies(rule, values)), None)


def axes_of(rules: Sequence[AnswerRule]) -> dict[Quantity, list[Cell]]:
    """Every result that the table has a bound on, with its range cut at the bounds."""
    limits: dict[Quantity, dict[float, None]] = {}
    for rule in rules:
        if isinstance(rule.when, When):
            for quantity, bound in rule.when.bounds():
                limits.setdefault(quantity, {0.0: None, 1.0: None})[bound.limit] = None
    return {quantity: _cells(sorted(marks)) for quantity, marks in limits.items()}


def _cells(marks: Sequence[float]) -> list[Cell]:
    cells = [Cell(marks[0], marks[0])]
    for low, high in zip(marks, marks[1:], strict=False):
        cells += [Cell(low, high), Cell(high, high)]
    return cells


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with a table.

    Attributes:
        cells: how many combinations of ranges there are.
        gap: results for which no row applies, for people; "" where there are none.
        idle: numbers (from 0) of rows that never decide.
        happy: results that lead on, or None.
    """

    cells: int
    gap: str = ""
    idle: tuple[int, ...] = ()
    happy: dict[Quantity, float] | None = None


def judge(rules: Sequence[AnswerRule]) -> Judgement:
    """Look through every combination of results, up to `MOST_CELLS` of them; a larger table is not looked through."""
    axes = axes_of(rules)
    count = prod(len(cells) for cells in axes.values())
    if count > MOST_CELLS:
        return Judgement(count)
    gaps: list[tuple[Cell, ...]] = []
    deciding: dict[int, None] = {}
    happy: dict[Quantity, float] | None = None
    for cells in product(*axes.values()):
        values = {quantity: cell.inside for quantity, cell in zip(axes, cells, strict=True)}
        number = next((index for index, rule in enumerate(rules) if applies(rule, values)), None)
        if number is None:
            gaps.append(cells)
            continue
        deciding[number] = None
        if happy is None and rules[number].does is AnswerAction.GO_ON:
            happy = values
    idle = tuple(index for index in range(len(rules)) if index not in deciding)
    return Judgement(count, _gap(axes, gaps), idle, happy)


def _gap(axes: Mapping[Quantity, Sequence[Cell]], gaps: Sequence[tuple[Cell, ...]]) -> str:
    """The first stretch of the last result for which nothing is said, with the others as they are there."""
    if not gaps:
        return ""
    first = last = gaps[0]
    for cells in gaps[1:]:
        if cells[:-1] != first[:-1] or last[-1].high not in (cells[-1].low, cells[-1].high):
            break
        last = cells
    told = [
        f"{kind.words(name)} {begin.to(end, kind)}" for (kind, name), begin, end in zip(axes, first, last, strict=True)
    ]
    return ", ".join(told)
