"""How long things may take: bounds by step class and by kind of step, so that a slipped unit is refused.

One flat bound would be wrong: 13 h is a slip for a heat-up and an ordinary night for a reductive amination.

| what | at most |
|---|---|
| dose, hold or analysis of class `feed` or `feed_at_reflux` | 48 h |
| portions, in all | 24 h |
| quench | 12 h |
| hold or analysis (all repeats) of class `heat_only` | 72 h |
| heat-up, `within` | 12 h |
| cooling, `within`; sparge; drying; `takes` of an operator; hold limit | 24 h |
| waiting for an answer (`timeout`) | 72 h |
"""

from collections.abc import Iterator
from typing import Final

from ruggli.documents.nodes import Path
from ruggli.protocol.finding import Finding
from ruggli.protocol.model import (
    AnyStep,
    Cool,
    Dose,
    Dry,
    Heat,
    Hold,
    Monitor,
    Operator,
    Portions,
    Protocol,
    Quench,
    Sparge,
    StepClass,
)
from ruggli.quantities.base import Seconds
from ruggli.quantities.reader import Reading

_HOUR: Final = 3600

LONGEST: Final[dict[StepClass, Seconds]] = {
    StepClass.FEED: Seconds(48 * _HOUR),
    StepClass.FEED_AT_REFLUX: Seconds(48 * _HOUR),
    StepClass.PORTION_ADDITION: Seconds(24 * _HOUR),
    StepClass.QUENCH: Seconds(12 * _HOUR),
    StepClass.HEAT_ONLY: Seconds(72 * _HOUR),
}
"""Longest step of a class."""
LONGEST_HEAT_UP: Final = Seconds(12 * _HOUR)
LONGEST_BY_HAND: Final = Seconds(24 * _HOUR)
"""Sparging, drying, cooling, an operator's work, and the longest hold."""
LONGEST_WAIT: Final = Seconds(72 * _HOUR)
"""For an answer."""


def check_lengths(protocol: Protocol) -> Iterator[Finding]:
    """Every length that is longer than anything a chemist means."""
    yield from _within(("prompts", "timeout"), protocol.prompts.timeout, LONGEST_WAIT, "waiting for an answer")
    for index, step in enumerate(protocol.steps):
        path: Path = ("steps", index)
        yield from _step(path, step)
        yield from _within((*path, "timeout"), step.timeout, LONGEST_WAIT, f"step {step.id}: waiting for an answer")
        policy = getattr(step, "hold", None)
        if policy is not None:
            what = f"step {step.id}: a hold"
            yield from _within((*path, "hold", "at_most"), policy.at_most, LONGEST_BY_HAND, what)


def _step(path: Path, step: AnyStep) -> Iterator[Finding]:
    if isinstance(step, Dose | Quench | Hold):
        what = f"step {step.id}, a {step.do} of class {step.class_.value},"
        yield from _within((*path, "duration"), step.duration, LONGEST[step.class_], what)
    elif isinstance(step, Portions):
        total = step.interval.base * max(1, step.count - 1)
        what = f"step {step.id}: {step.count} portions {step.interval} apart"
        yield from _total((*path, "interval"), total, str(step.interval), LONGEST[step.class_], what)
    elif isinstance(step, Monitor):
        for number, rule in enumerate(step.answers):
            if rule.after is not None:
                total = rule.after.base * (rule.at_most or 1)
                what = f"step {step.id}: asking again after `{rule.answer}`, in all,"
                place = (*path, "answers", number, "after")
                yield from _total(place, total, str(rule.after), LONGEST[step.class_], what)
    elif isinstance(step, Heat):
        yield from _within((*path, "within"), step.within, LONGEST_HEAT_UP, f"step {step.id}: heating up")
    elif isinstance(step, Cool):
        yield from _within((*path, "within"), step.within, LONGEST_BY_HAND, f"step {step.id}: cooling")
    elif isinstance(step, Sparge | Dry):
        yield from _within((*path, "duration"), step.duration, LONGEST_BY_HAND, f"step {step.id}, a {step.do},")
    elif isinstance(step, Operator):
        yield from _within((*path, "takes"), step.takes, LONGEST_BY_HAND, f"step {step.id}, an operator's work,")


def _within(path: Path, length: Reading | None, longest: Seconds, what: str) -> Iterator[Finding]:
    if length is not None:
        yield from _total(path, length.base, str(length), longest, what)


def _total(path: Path, total: float, value: str, longest: Seconds, what: str) -> Iterator[Finding]:
    if total > longest:
        message = f"{what} takes {_hours(total)}, longer than a step of this kind may take"
        yield Finding(
            path, "E-RANGE", message, value, f"at most {_hours(longest)}", "check the unit, or split the step"
        )


def _hours(seconds: float) -> str:
    return f"{round(seconds / _HOUR, 2):g} h"
