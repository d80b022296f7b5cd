"""A panel of runs: one protocol planned, and on request dry-run, once for each combination of settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ruggli.app.planning import Ask, Prepared, prepare
from ruggli.documents.place import did_you_mean, problem_at
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.plan.panel import combinations

if TYPE_CHECKING:
    from ruggli.app.planning import Ready
    from ruggli.app.request import RunOutcome

MOST_RUNS = 100
"""Runs of the largest panel."""


@dataclass(frozen=True, slots=True)
class PanelRun:
    """One run of a panel.

    Attributes:
        number: from 1.
        settings: what this run changes, by parameter.
        ask: what is asked for, these settings in it.
        ready: both files and the plan.
        prepared: the same with everything that was found.
        blocking: errors, and warnings that were not accepted.
    """

    number: int
    settings: Mapping[str, str]
    ask: Ask
    ready: Ready
    prepared: Prepared
    blocking: tuple[Problem, ...]


def plan_panel(ask: Ask, over: Mapping[str, Sequence[str]], accepted: frozenset[str]) -> tuple[PanelRun, ...]:
    """Plan every run of a panel.

    Args:
        ask: the protocol, the rig and what all runs have in common.
        over: by parameter, the values that it takes.
        accepted: codes of warnings that are accepted.

    Returns:
        The runs in order; one that its plan refuses is among them, with what blocks it.

    Raises:
        ProblemsError: a file cannot be read, a parameter does not exist, a value is not allowed, or too many runs.
        InputError: there is no such file.
    """
    first = prepare(ask)
    if first.ready is None:
        raise ProblemsError(first.problems)
    wrong = _wrong(first.ready, over)
    if wrong:
        raise ProblemsError(wrong)
    runs: list[PanelRun] = []
    refused: list[Problem] = []
    for number, settings in enumerate(combinations(over), start=1):
        asked = replace(ask, settings={**ask.settings, **settings})
        prepared = prepare(asked)
        if prepared.ready is None:
            refused += [problem for problem in prepared.problems if problem.severity is Severity.ERROR]
            continue
        blocking = prepared.blocking(accepted)
        runs.append(PanelRun(number, settings, asked, prepared.ready, prepared, blocking))
    if refused:
        raise ProblemsError(tuple(dict.fromkeys(refused)))
    return tuple(runs)


def _wrong(ready: Ready, over: Mapping[str, Sequence[str]]) -> tuple[Problem, ...]:
    names = list(ready.protocol.parameters)
    document = ready.protocol.document
    found = []
    for name in over:
        if name not in names:
            near = did_you_mean(name, names)
            found.append(
                problem_at(
                    document,
                    ("parameters",),
                    "E-REF",
                    Severity.ERROR,
                    f"--over {name}: the protocol has no parameter of this name",
                    value=name,
                    bound=f"one of {', '.join(names)}" if names else "none: the file declares no parameters",
                    remedy=f"did you mean {near}?" if near else "name a parameter of the protocol",
                    at_key=True,
                )
            )
    number = 1
    for values in over.values():
        number *= len(values)
    if number > MOST_RUNS:
        message = f"the panel has {number} runs"
        remedy = "leave values out, or make two panels"
        found.append(
            Problem("E-COUNT", Severity.ERROR, message, value=str(number), bound=f"at most {MOST_RUNS}", remedy=remedy)
        )
    return tuple(found)


def dry_run_of(run: PanelRun, accepted: frozenset[str], reasons: Mapping[str, str], runs: str) -> RunOutcome:
    """Dry-run one run of a panel, without report.

    Args:
        run: a run that nothing blocks.
        accepted: codes of warnings that are accepted.
        reasons: why, by code.
        runs: the folder of runs.

    Raises:
        JournalError: the record cannot be kept.
    """
    from ruggli.app.dry_run import dry_run
    from ruggli.app.request import RunRequest

    request = RunRequest(
        protocol=run.ready.protocol,
        rig=run.ready.rig,
        plan=run.ready.plan,
        simulate=True,
        runs=runs,
        unattended=run.ask.unattended,
        accepted=accepted,
        reasons=reasons,
        waivers=run.ask.waivers,
        report=False,
    )
    return dry_run(request, lambda line: None, lambda status: None).outcome
