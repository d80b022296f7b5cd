"""What `simulate` and `run` share: from the command line to a request, and from the outcome to the screen."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ruggli.cli.codes import ENDED_OTHERWISE, REFUSED
from ruggli.cli.options import read_accepted, read_ask, read_reasons
from ruggli.cli.output import summary, unaccepted, write, write_json, write_problems
from ruggli.errors import JournalError

if TYPE_CHECKING:
    from ruggli.app.planning import Prepared, Ready
    from ruggli.app.request import RunOutcome, RunRequest
    from ruggli.documents.problem import Problem


def start(options: Mapping[str, Any], *, simulate: bool) -> int:
    """Prepare, run and show; returns the exit code."""
    accepted = read_accepted(options["accept"])
    ask = read_ask(options)
    as_json: bool = options["as_json"]

    from ruggli.app.planning import prepare

    prepared = prepare(ask)
    blocking = prepared.blocking(accepted)
    if blocking or prepared.ready is None:
        return _refuse(prepared, blocking, as_json)
    request, problems = _request(options, prepared.ready, simulate)
    if problems:
        return _refuse(replace(prepared, problems=(*problems, *prepared.problems)), problems, as_json)

    from ruggli.app.dry_run import DryRun, dry_run
    from ruggli.app.run import execute
    from ruggli.cli.progress import progress_on

    stream = sys.stderr if as_json else sys.stdout
    if not as_json:
        write_problems(prepared.problems, prepared.texts, notes=False)
    try:
        with progress_on(stream, request.plan, virtual=simulate) as progress:
            if simulate:
                came = dry_run(request, progress.say, progress.watch)
            else:
                came = DryRun(execute(request, progress.say, progress.watch))
    except JournalError as error:
        return _broken_off(error, as_json)
    outcome, known = came.outcome, frozenset(request.plan.problems)
    later = tuple(problem for problem in outcome.problems if problem not in known)
    return show(replace(outcome, problems=(*later, *prepared.problems)), as_json, came.reactions, came.violations)


def show(outcome: RunOutcome, as_json: bool, reactions: tuple[str, ...] = (), violations: tuple[str, ...] = ()) -> int:
    """Print what a run came to; returns the exit code.

    Args:
        outcome: of the run, or of its last session.
        as_json: print one JSON object.
        reactions: how each session ended, where a dry run went through several.
        violations: what the bench showed in it that must not be; the exit code is then 1.
    """
    from ruggli.cli.outcome import exit_code, outcome_text

    code = exit_code(outcome) or int(bool(violations))
    if as_json:
        sessions: dict[str, Any] = {}
        if reactions:
            sessions = {"sessions": len(reactions), "reactions": reactions, "violations": violations}
        write_json({"ok": code == 0, **outcome.as_json(), **sessions})
    else:
        write(outcome_text(outcome, reactions, violations))
    return code


def _broken_off(error: JournalError, as_json: bool) -> int:
    """The record could not be kept: what was begun is over, and it is no refusal."""
    from ruggli.cli.failures import failure, problems_of

    if as_json:
        write_json(failure("run", "error", problems_of(error)))
    else:
        write(f"error: {error}", sys.stderr)
    return ENDED_OTHERWISE


def _refuse(prepared: Prepared, blocking: tuple[Problem, ...], as_json: bool) -> int:
    if as_json:
        from ruggli.cli.failures import failure

        cause = blocking[0].message if blocking else ""
        write_json({**failure("run", "refused", prepared.problems), "cause": cause})
        return REFUSED
    write_problems(prepared.problems, prepared.texts, notes=False)
    write(f"refused: {summary(blocking)}; nothing was started")
    if unaccepted(blocking):
        write(unaccepted(blocking))
    return REFUSED


def _request(options: Mapping[str, Any], ready: Ready, simulate: bool) -> tuple[RunRequest, tuple[Problem, ...]]:
    from ruggli.app.request import RunRequest
    from ruggli.app.runs import runs_folder

    answers: tuple[Any, ...] = ()
    faults: tuple[Mapping[str, Any], ...] = ()
    if options["answers"] is not None:
        from ruggli.app.answers import read_answers
        from ruggli.world.disk import read_file

        answers = read_answers(read_file(options["answers"], "answers file"), options["answers"], ready.plan)
    if options["faults"] is not None:
        from ruggli.app.fault_file import read_faults
        from ruggli.world.disk import read_file

        given = read_file(options["faults"], "faults file")
        faults = read_faults(given, options["faults"], ready.rig, dry=simulate)
    ask = read_ask(options)
    request = RunRequest(
        protocol=ready.protocol,
        rig=ready.rig,
        plan=ready.plan,
        simulate=simulate,
        runs=runs_folder(options["runs"]),
        speed=1.0 if simulate else options["speed"],
        answers=answers,
        terminal=sys.stdin is not None and sys.stdin.isatty(),
        unattended=ask.unattended,
        accepted=read_accepted(options["accept"]),
        reasons=read_reasons(options["accept"]),
        waivers=ask.waivers,
        set_diameter=options["set_diameter"],
        report=not options["no_report"],
        seed=options["seed"],
        faults=faults,
        notify=ready.notify,
    )
    return request, () if simulate else _bench_problems(request)


def _bench_problems(request: RunRequest) -> tuple[Problem, ...]:
    """What speaks against a run on this bench and not against its dry run."""
    from ruggli.app.bench_ports import missing_ports, only_simulated
    from ruggli.app.planning import lacking_proofs
    from ruggli.documents.problem import Problem, Severity

    if only_simulated(request.rig):
        return ()
    found = list(missing_ports(request.rig))
    if request.plan.unattended:
        found += lacking_proofs(request.rig, request.plan, request.waivers, Severity.ERROR)
    remedy = "leave it out, or use `ruggli simulate`"
    for given, option in ((request.speed != 1.0, f"--speed {request.speed:g}"), (bool(request.faults), "--faults")):
        if given:
            message = f"{option.split()[0]} is for runs in which every port of the rig is a simulated one (sim://)"
            code = "E-SPEED" if "speed" in option else "E-FAULT"
            found.append(Problem(code, Severity.ERROR, message, value=option, remedy=remedy))
    return tuple(found)
