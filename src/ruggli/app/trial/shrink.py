"""The smallest plan that still goes wrong: fewer faults, shorter ones, round times."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ruggli.app.trial.night_plan import NightPlan

MOST_TRIES = 500


class _Tries:
    """Counts how often the question was asked."""

    def __init__(self, breaks: Callable[[NightPlan], bool]) -> None:
        self.left = MOST_TRIES
        self._breaks = breaks

    def __call__(self, plan: NightPlan) -> bool:
        self.left -= 1
        return self.left >= 0 and self._breaks(plan)


def shrink(plan: NightPlan, breaks: Callable[[NightPlan], bool]) -> NightPlan:
    """Make a plan smaller as long as it still breaks what it broke.

    Args:
        plan: a plan that breaks something.
        breaks: whether a plan still does.

    Returns:
        A plan from which no single fault can be dropped, found in at most 500 tries.
    """
    tries = _Tries(breaks)
    smaller = _fewer(plan, tries)
    for index in range(len(smaller.faults)):
        for simpler in _simpler(smaller.faults[index]):
            faults = (*smaller.faults[:index], simpler, *smaller.faults[index + 1 :])
            candidate = replace(smaller, faults=faults)
            if tries(candidate):
                smaller = candidate
    return smaller


def _fewer(plan: NightPlan, breaks: Callable[[NightPlan], bool]) -> NightPlan:
    """Drop faults, halves first."""
    size = max(1, len(plan.faults) // 2)
    while plan.faults:
        dropped = False
        for start in range(0, len(plan.faults), size):
            rest = plan.faults[:start] + plan.faults[start + size :]
            if breaks(replace(plan, faults=rest)):
                plan, dropped = replace(plan, faults=rest), True
                break
        if not dropped:
            if size == 1:
                return plan
            size = max(1, size // 2)
        else:
            size = max(1, min(size, len(plan.faults)))
    return plan


def _simpler(fault: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same fault with rounder figures."""
    found = []
    for key in ("at", "for"):
        value = fault.get(key)
        if isinstance(value, float) and value != round(value):
            found.append({**fault, key: float(round(value))})
    return found
