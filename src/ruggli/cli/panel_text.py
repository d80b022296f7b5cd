"""A panel as tables for people, and as JSON."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ruggli.cli.output import count
from ruggli.documents.problem import Severity
from ruggli.plan.jsonable import plain_row
from ruggli.plan.panel import shopping
from ruggli.plan.text import clock, section
from ruggli.quantities.base import Grams, Millilitres, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import show

if TYPE_CHECKING:
    from ruggli.app.panel import PanelRun
    from ruggli.app.planning import Ask
    from ruggli.app.request import RunOutcome
    from ruggli.plan.panel import ShoppingRow

WIDEST = 6
"""Runs that a table of amounts shows one by one; of more it shows the total."""

Over = Mapping[str, Sequence[str]]
Came = Mapping[int, "RunOutcome"]


def panel_text(ask: Ask, over: Over, runs: Sequence[PanelRun], accept: Sequence[str], came: Came) -> str:
    """The runs, what each needs and what all need, how long they take, and how each is started."""
    return "\n".join(_lines(ask, over, runs, accept, came))


def _lines(ask: Ask, over: Over, runs: Sequence[PanelRun], accept: Sequence[str], came: Came) -> Iterator[str]:
    yield f"{ask.protocol}, {count(len(runs), 'run')} on {runs[0].ready.plan.rig_name}"
    yield from section("Runs", ("run", *over, "takes", "found"), [_row(run) for run in runs])
    if came:
        head = ("run", "verdict", "dose", "planned", "delivered", "in the vessel")
        yield from section("Dry runs", head, [row for run in runs for row in _dry(run, came.get(run.number))])
    going = [run for run in runs if not run.blocking]
    rows = shopping([run.ready.plan for run in going])
    each = going if len(going) <= WIDEST else []
    columns = ("reagent", *(f"run {run.number}" for run in each), "all")
    table = [(row.name, *(_needed(run, row) for run in each), _measure(row.mass, row.volume)) for row in rows]
    yield from section("Weigh and measure (what stays in lines and syringes included)", columns, table)
    total = duration_of(going)
    yield ""
    long = f"{clock(total)} ({show(total, Dimension.DURATION)})"
    yield f"{count(len(going), 'run')} one after the other: {long}, cleaning not counted"
    starts = [(str(run.number), command_of(run, accept)) for run in going]
    yield from section("Start", ("run", "command"), starts)


def duration_of(runs: Sequence[PanelRun]) -> Seconds:
    """Planned time of runs that follow each other."""
    return Seconds(math.fsum(run.ready.plan.duration for run in runs))


def command_of(run: PanelRun, accept: Sequence[str]) -> str:
    """The command line that starts a run."""
    ask = run.ask
    words = ["ruggli", "run", ask.protocol]
    words += ["--rig", ask.rig] if ask.rig is not None else []
    for name, value in ask.settings.items():
        words += ["--set", f"{name}={value.strip()}"]
    words += ["--unattended"] if ask.unattended else []
    for waiver in ask.waivers:
        words += ["--waive", waiver.device, "--reason", waiver.reason, "--by", waiver.by]
    for code in accept:
        words += ["--accept", code]
    words += ["--notify", ask.notify] if ask.notify is not None else []
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """Double quotes, which every shell reads, where nothing in a word means more in them."""
    if re.fullmatch(r"[A-Za-z0-9 .,;:/%()=+_\-]*", word, re.ASCII) and " " in word:
        return f'"{word}"'
    return shlex.quote(word)


def _row(run: PanelRun) -> tuple[str, ...]:
    takes = show(run.ready.plan.duration, Dimension.DURATION)
    values = (run.ready.protocol.parameters[name] for name in run.settings)
    return (str(run.number), *values, takes, _found(run))


def _found(run: PanelRun) -> str:
    """Codes of errors and warnings, and how many notes."""
    problems = run.prepared.problems
    codes = dict.fromkeys(problem.code for problem in problems if problem.severity is not Severity.NOTE)
    notes = sum(problem.severity is Severity.NOTE for problem in problems)
    words = [*codes, *([count(notes, "note")] if notes else [])]
    return f"{'refused: ' if run.blocking else ''}{', '.join(words) or '-'}"


def _dry(run: PanelRun, outcome: RunOutcome | None) -> Iterator[tuple[str, ...]]:
    if outcome is None:
        yield (str(run.number), "refused", *4 * ("-",))
        return
    verdict = f"{outcome.verdict.value}{f': {outcome.cause}' if outcome.verdict.value != 'complete' else ''}"
    for dose in outcome.doses or ({},):
        if not dose:
            yield (str(run.number), verdict, *4 * ("-",))
            continue
        least, most = dose["delivered_mL"]
        truth = dose.get("truth_mL")
        yield (
            str(run.number),
            verdict,
            f"{dose['step']}, {dose['solution']}",
            f"{dose['planned_mL']:.3f} mL",
            f"{least:.3f} to {most:.3f} mL",
            "-" if truth is None else f"{truth:.3f} mL",
        )


def _needed(run: PanelRun, row: ShoppingRow) -> str:
    found = next((one for one in run.ready.plan.reagents if one.reagent == row.reagent), None)
    return "-" if found is None else _measure(found.mass, found.volume)


def _measure(mass: Grams | None, volume: Millilitres | None) -> str:
    """What a person measures: the volume of a liquid, else the mass."""
    if volume is not None:
        return show(volume, Dimension.VOLUME)
    return "-" if mass is None else show(mass, Dimension.MASS)


def panel_as_json(ask: Ask, over: Over, runs: Sequence[PanelRun], accept: Sequence[str], came: Came) -> dict[str, Any]:
    """The panel as JSON data; `dry_run` only where there was one."""
    going = [run for run in runs if not run.blocking]
    done = all(outcome.verdict.value == "complete" for outcome in came.values())
    return {
        "ok": len(going) == len(runs) and done,
        "protocol": ask.protocol,
        "rig_name": runs[0].ready.plan.rig_name,
        "over": {name: list(values) for name, values in over.items()},
        "runs": [_run_as_json(run, accept, came.get(run.number)) for run in runs],
        "shopping": [plain_row(row) for row in shopping([run.ready.plan for run in going])],
        "duration_s": duration_of(going),
    }


def _run_as_json(run: PanelRun, accept: Sequence[str], outcome: RunOutcome | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": run.number,
        "settings": dict(run.settings),
        "ok": not run.blocking,
        "duration_s": run.ready.plan.duration,
        "reagents": [plain_row(row) for row in run.ready.plan.reagents],
        "command": command_of(run, accept),
        "problems": [problem.as_dict() for problem in run.prepared.problems],
    }
    return told if outcome is None else {**told, "dry_run": outcome.as_json()}
