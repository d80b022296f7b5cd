"""How a run ended, and what is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ruggli.engine.samples import Sample, sample_of
from ruggli.engine.steps.runner import Progress
from ruggli.plan.acts import ChargeVessel
from ruggli.plan.model import DoseWork, Plan, PortionsWork, prompts_of
from ruggli.quantities.base import Millilitres


class Verdict(Enum):
    """How a run ended."""

    COMPLETE = "complete"
    HELD = "held"
    STOPPED = "stopped"
    ABORTED = "aborted"
    REFUSED = "refused"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Dosed:
    """What one solution of one step came to; a series of portions is one line."""

    step: str
    solution: str
    device: str
    planned: Millilitres
    at_least: Millilitres
    at_most: Millilitres


@dataclass(slots=True)
class Result:
    """Filled while the run goes on.

    Attributes:
        verdict: see `Verdict`.
        cause: why it ended so, one sentence.
        doses: finished and unfinished doses.
        samples: every sample that was taken, in order.
        alarms: every alarm with time and action.
        hottest: highest reading at the probe of each hotplate, degC.
        still_on: what is still energised at the end, for people.
    """

    verdict: Verdict = Verdict.ERROR
    cause: str = ""
    doses: list[Dosed] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    alarms: list[dict[str, Any]] = field(default_factory=list)
    hottest: Mapping[str, float] = field(default_factory=dict)
    still_on: list[str] = field(default_factory=list)

    def note(self, kind: str, data: Mapping[str, Any]) -> None:
        """Keep what a record says, where the result has a place for it."""
        if kind == "aliquot":
            self.samples.append(sample_of(data))


def dosed(step: str, rows: tuple[Progress, ...]) -> list[Dosed]:
    """Doses of one step, from its runner's progress."""
    return [Dosed(step, row.solution, row.device, row.planned, row.at_least, row.at_most) for row in rows]


def peaks(plan: Plan, done: frozenset[str], result: Result) -> dict[str, float]:
    """Highest concentration of each solute in the receiving vessels, mol/L, nothing reacting, by what was delivered.

    A charge or a dose only ever raises its own solutes, so the extremes are at the ends of steps; a sample changes no
    concentration, but leaves less for what follows to go into.
    """
    volume: dict[str, float] = {}
    amounts: dict[tuple[str, str], float] = {}
    highest: dict[str, float] = {}
    delivered = {(row.step, row.solution): (row.at_least + row.at_most) / 2 for row in result.doses}

    def take(vessel: str, added: float, solutes: Mapping[str, float]) -> None:
        volume[vessel] = volume.get(vessel, 0.0) + added
        for name, amount in solutes.items():
            amounts[vessel, name] = amounts.get((vessel, name), 0.0) + amount

    def take_out(vessel: str, removed: float) -> None:
        held = volume.get(vessel, 0.0)
        left = max(0.0, 1.0 - removed / held) if held > 0.0 else 1.0
        volume[vessel] = left * held
        for where, name in amounts:
            if where == vessel:
                amounts[where, name] *= left

    for step in plan.steps:
        if step.id in done:
            for prompt in prompts_of(step.work):
                for act in prompt.acts:
                    if isinstance(act, ChargeVessel):
                        take(act.vessel, act.volume, dict(act.solutes))
            for vessel in volume:
                _note(vessel, volume, amounts, highest)
        for sample in result.samples:
            if sample.step == step.id:
                take_out(sample.vessel, sample.volume)
        for work in _doses_of(step.work):
            for feed in work.feeds:
                share = delivered.get((step.id, feed.solution), 0.0) / len(_doses_of(step.work))
                take(work.vessel, share, {name: share * molar for name, molar in feed.solutes.items()})
            receiving = work.vessel
            _note(receiving, volume, amounts, highest)
    return highest


def _doses_of(work: object) -> tuple[DoseWork, ...]:
    if isinstance(work, DoseWork):
        return (work,)
    return work.doses if isinstance(work, PortionsWork) else ()


def _note(
    vessel: str, volume: Mapping[str, float], amounts: Mapping[tuple[str, str], float], highest: dict[str, float]
) -> None:
    held = volume.get(vessel, 0.0)
    if held <= 0:
        return
    for (where, name), amount in amounts.items():
        if where == vessel:
            highest[name] = max(highest.get(name, 0.0), amount / held)
