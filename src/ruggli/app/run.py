"""Simulating, running and resuming: the composition root."""

import platform
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any

from ruggli import __version__
from ruggli.app.connect import connect
from ruggli.app.doors import Doors, OpenDoors, open_doors
from ruggli.app.guarding import guardian_records
from ruggli.app.hands import Hands
from ruggli.app.preflight import Preflight, preflight
from ruggli.app.proofs import proved_identities
from ruggli.app.records import RESERVE_BYTES, journal_of, put_back
from ruggli.app.request import RunOutcome, RunRequest
from ruggli.app.runs import JOURNAL, RESERVE
from ruggli.app.simulated_flask import came_in, charged_before, flasks_of
from ruggli.app.status import Status, Watcher
from ruggli.documents.problem import Problem, Severity
from ruggli.documents.problem import blocking as blocking_problems
from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.bench import Bench
from ruggli.engine.conductor import Conductor
from ruggli.engine.ending import make_safe
from ruggli.engine.recover import Recovered, recover
from ruggli.engine.result import Verdict
from ruggli.engine.run import resume as resume_task
from ruggli.engine.run import run as run_task
from ruggli.engine.run_settings import RunSettings
from ruggli.engine.view import View
from ruggli.errors import BenchError, InputError, JournalError, LeaseLost, RuggliError
from ruggli.journal.chain import FORMAT
from ruggli.journal.reader import JournalView
from ruggli.journal.writer import Journal
from ruggli.plan.jsonable import plan_as_json
from ruggli.quantities.base import Seconds
from ruggli.world.loop import Job
from ruggli.world.operator import Operator, ScriptedOperator, TerminalOperator
from ruggli.world.run_disk import Appending, RunDisk
from ruggli.world.tasks import Task

Say = Callable[[str], None]
Watch = Callable[[Status], None]


def refused(request: RunRequest, problems: tuple[Problem, ...], cause: str) -> RunOutcome:
    """The outcome of a run that was refused before anything was sent."""
    return RunOutcome(
        verdict=Verdict.REFUSED,
        cause=cause,
        run="",
        folder="",
        report=None,
        virtual_seconds=Seconds(0.0),
        wall_seconds=Seconds(0.0),
        exchanges=0,
        problems=problems or request.plan.problems,
    )


def execute(request: RunRequest, say: Say, watch: Watch, opened: OpenDoors = open_doors) -> RunOutcome:
    """Run a plan: dry (virtual clock, simulated ports) or on the bench.

    Args:
        request: what to run.
        say: takes lines for the person at the terminal.
        watch: called at every sample.
        opened: opens what the run reaches of the outside.

    Returns:
        How it ended; a refusal has sent nothing but questions.

    Raises:
        PortsTaken: another process is master of a port; none was opened.
    """
    blocking = request.plan.blocking(request.accepted)
    if blocking:
        return refused(request, request.plan.problems, blocking[0].message)
    if request.speed != 1.0 and not request.only_simulated:
        problem = Problem(
            "E-SPEED",
            Severity.ERROR,
            "a run can be speeded up only when all its ports are simulated ones (sim://)",
            value=f"--speed {request.speed:g}",
            bound="--speed 1",
            remedy="leave --speed out, or use `ruggli simulate`",
        )
        return refused(request, (*request.plan.problems, problem), problem.message)
    with ExitStack() as stack:
        doors = opened(request, stack)
        began = doors.stopwatch()
        found = _preflight(request, doors, stack, request.runs, say)
        unfit = blocking_problems(found.problems, request.accepted)
        if unfit:
            return refused(request, (*request.plan.problems, *found.problems), unfit[0].line_text())
        run_id, folder = _new_folder(doors.disk, request.runs, doors.loop.wall())
        file = doors.disk.append_to(f"{folder}/{JOURNAL}", new=True)
        stack.callback(file.close)
        reserve = _reserve(doors, folder)
        journal = Journal(file, doors.loop, doors.stopwatch, follower=doors.herald, reserve=reserve)
        journal.write("open", _opening(request, run_id, doors), durable=True)
        _note_computer(journal, doors, run_id, found)
        operator = _operator(request, doors, say)
        conductor = _conductor(request, doors, folder, journal, operator, watch)
        if isinstance(conductor, BenchError):
            outcome = _never_begun(request, doors, journal, run_id, folder, str(conductor), began)
        else:
            outcome = _carry_out(conductor, doors, journal, request, run_id, folder, began, None)
    return with_report(outcome, request.report)


def resume(request: RunRequest, folder: str, say: Say, watch: Watch, opened: OpenDoors = open_doors) -> RunOutcome:
    """Continue an interrupted run from its journal and reconciled counters.

    Args:
        request: as `execute`; protocol, rig and plan as `restore_request` found them.
        folder: the run's folder.
        say: takes lines for the person at the terminal.
        watch: called at every sample.
        opened: opens what the run reaches of the outside.

    Raises:
        JournalError: the journal does not allow it.
        PortsTaken: another process is master of a port; none was opened.
    """
    path = f"{folder}/{JOURNAL}"
    with ExitStack() as stack:
        doors = opened(request, stack)
        began = doors.stopwatch()
        found = _preflight(request, doors, stack, folder, say)
        unfit = blocking_problems(found.problems, request.accepted)
        if unfit:
            return refused(request, (*request.plan.problems, *found.problems), unfit[0].line_text())
        file = doors.disk.append_to(path, new=False)
        stack.callback(file.close)
        view = journal_of(folder, doors.disk)
        check_resumable(view, bench_lives=doors.simulated is not None)
        put_back(folder, doors.disk, file)
        run_id = str(view.records[0].data["run"])
        if view.torn:
            doors.disk.cut(path, view.good_bytes)
        count, head, herald = len(view.records), view.head, doors.herald
        if herald is not None:
            herald.remember(view.records)
        reserve = _reserve(doors, folder)
        journal = Journal(file, doors.loop, doors.stopwatch, count=count, head=head, follower=herald, reserve=reserve)
        number = len(view.of("session")) + 2
        record = {"number": number, "why": "resumed", "torn_bytes": view.torn, "operator": doors.user}
        record |= _accepted(request)
        journal.write("session", {**record, "software": _software()}, durable=True)
        _note_computer(journal, doors, run_id, found)
        for told in guardian_records(doors.disk, folder, view):
            journal.write("guardian", told)
        operator = _operator(request, doors, say)
        conductor = _conductor(request, doors, folder, journal, operator, watch)
        if isinstance(conductor, BenchError):
            outcome = _never_begun(request, doors, journal, run_id, folder, str(conductor), began)
        else:
            outcome = _carry_out(conductor, doors, journal, request, run_id, folder, began, recover(view))
    return with_report(outcome, request.report)


def check_resumable(view: JournalView, *, bench_lives: bool = False) -> None:
    """Refuse what cannot be resumed.

    Args:
        view: the journal.
        bench_lives: whether the simulated bench that the run was on is there still.

    Raises:
        JournalError: damaged, or the run is over.
        InputError: the run was on a simulated bench that ended with its process.
    """
    if view.damage:
        raise JournalError(
            f"E-JOURNAL {view.damage}. A damaged journal never energises anything; look at the run with "
            f"`ruggli report`, and start a new run"
        )
    first = view.records[0].data
    ended = view.last("end")
    session = view.last("session")
    over = ended is not None and (session is None or ended.number > session.number)
    begun = bool(view.of("step"))
    resumable = (Verdict.HELD.value, Verdict.ERROR.value, *((Verdict.REFUSED.value,) if begun else ()))
    if over and ended is not None and ended.data["verdict"] not in resumable:
        raise JournalError(f"the run has ended ({ended.data['verdict']}); there is nothing to resume")
    if first.get("in_process") and not bench_lives:
        raise InputError(
            "this run was on a simulated bench that ended with its process, so there is nothing to go on with; "
            "`ruggli simulator serve` keeps a simulated bench alive across runs"
        )


# ---- parts of a session ----


def _new_folder(disk: RunDisk, runs: str, now: datetime) -> tuple[str, str]:
    stamp = now.strftime("%Y-%m-%d-%H%M%S")
    for number in range(1000):
        name = stamp if number == 0 else f"{stamp}-{number}"
        folder = f"{runs}/{name}"
        if not disk.exists(folder):
            disk.make_folder(folder)
            return name, folder
    raise InputError(f"{runs}: no free name for a run at {stamp}")


def _reserve(doors: Doors, folder: str) -> Appending | None:
    """Room for the last records of a run in real time; a dry run is begun again when its disk is full."""
    return None if doors.computer is None else doors.disk.reserve(f"{folder}/{RESERVE}", RESERVE_BYTES)


def _preflight(request: RunRequest, doors: Doors, stack: ExitStack, folder: str, say: Say) -> Preflight:
    """What the computer is fit for; what is only to be known is told at once."""
    if doors.computer is None:
        return Preflight((), {})
    found = preflight(doors.computer, folder, stack, unattended=request.plan.unattended)
    for problem in found.problems:
        if problem.severity is not Severity.ERROR:
            say(problem.line_text())
    return found


def _note_computer(journal: Journal, doors: Doors, run_id: str, found: Preflight) -> None:
    if doors.mastery is not None:
        doors.mastery.sign(run_id)
        journal.write("lease", doors.mastery.record(), durable=True)
    if found.record:
        problems = [problem.as_dict() for problem in found.problems]
        journal.write("computer", {**found.record, "problems": problems}, durable=True)


def _software() -> dict[str, str]:
    return {
        "ruggli": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
    }


def _opening(request: RunRequest, run_id: str, doors: Doors) -> dict[str, Any]:
    protocol, rig = request.protocol, request.rig
    return {
        "format": FORMAT,
        "run": run_id,
        "created": doors.loop.wall().isoformat(timespec="seconds"),
        "protocol": {
            "name": protocol.protocol.name,
            "file": protocol.document.file,
            "sha256": protocol.sha256,
            "text": protocol.document.text,
        },
        "rig": {"name": rig.rig.name, "file": rig.document.file, "sha256": rig.sha256, "text": rig.document.text},
        "parameters": dict(protocol.parameters),
        "simulated": request.simulate,
        "in_process": doors.simulated is not None,
        "speed": request.speed,
        "seed": request.seed,
        "unattended": request.plan.unattended,
        "operator": doors.user,
        **_accepted(request),
        "notify": None if request.notify is None else request.notify.told(),
        "waivers": [{"device": w.device, "reason": w.reason, "by": w.by} for w in request.waivers],
        "software": _software(),
        "plan": plan_as_json(request.plan),
        "problems": [problem.as_dict() for problem in request.plan.problems],
        "faults": [dict(fault) for fault in request.faults],
    }


def _accepted(request: RunRequest) -> dict[str, object]:
    """Codes of accepted warnings and, where somebody gave any, the reasons."""
    codes: dict[str, object] = {"accepted": sorted(request.accepted)}
    return {**codes, "accepted_reasons": dict(request.reasons)} if request.reasons else codes


def _operator(request: RunRequest, doors: Doors, say: Say) -> Operator:
    if doors.operator is not None:
        return doors.operator
    hands = None
    if doors.simulated is not None:
        hands = Hands(doors.simulated, request.plan)
    if request.simulate or not request.terminal:
        name = "scripted answers" if request.answers else "the happy path" if request.simulate else "nobody"
        return ScriptedOperator(request.answers, happy=request.simulate, name=name, hands=hands)
    return TerminalOperator(say, doors.user or "operator", request.answers, doors.signals.wake, hands)


def _conductor(
    request: RunRequest, doors: Doors, folder: str, journal: Journal, operator: Operator, watch: Watch
) -> Conductor | BenchError:
    try:
        devices = connect(request.plan, request.rig.rig, doors.lines)
    except BenchError as error:
        return error
    started = doors.loop.now()
    return Conductor(
        request.plan,
        Bench(doors.loop, devices, View()),
        journal,
        operator,
        RunSettings(request.set_diameter, request.plan.unattended, proved_identities(request)),
        doors.signals,
        Watcher(watch, started),
        _nothing if doors.mastery is None else doors.mastery.prove,
        doors.guard(request, folder),
    )


def _nothing() -> None:
    """There is nothing to prove: the bench lives in this process."""


def _carry_out(
    conductor: Conductor,
    doors: Doors,
    journal: Journal,
    request: RunRequest,
    run_id: str,
    folder: str,
    began: float,
    recovered: Recovered | None,
) -> RunOutcome:
    loop, result = doors.loop, conductor.result
    started = loop.now()
    task = run_task(conductor) if recovered is None else resume_task(conductor, recovered)
    doors.signals.on_command(lambda: loop.call_from_elsewhere(conductor.poke))
    try:
        error = _conducted(conductor, doors, task).error
        if error is not None and not isinstance(error, LeaseLost):
            _conducted(conductor, doors, make_safe(conductor, _cause(error)))
    except LeaseLost as lost:
        error = lost
    except Exception:
        _conducted(conductor, doors, make_safe(conductor))
        raise
    if error is not None:
        result.verdict, result.cause = Verdict.ERROR, str(error)
        conductor.give_up()
    truth: Mapping[str, Any] = {} if doors.simulated is None else doors.simulated.truth()
    outcome = RunOutcome(
        verdict=result.verdict,
        cause=result.cause,
        run=run_id,
        folder=folder,
        report=None,
        virtual_seconds=Seconds(loop.now() - started),
        wall_seconds=Seconds(doors.stopwatch() - began),
        exchanges=conductor.bench.exchanges(),
        doses=_doses(conductor, truth),
        peak_concentration=conductor.peak_concentrations(),
        max_temperature=max(result.hottest.values(), default=None),
        prompts=tuple(conductor.desk.history),
        alarms=tuple(result.alarms),
        still_on=tuple(result.still_on),
        problems=request.plan.problems + _refusal(result.verdict, result.cause),
        flasks=flasks_of(truth),
    )
    _close_journal(journal, doors, outcome, truth)
    if error is None:
        conductor.lifeline.bye()  # after an error the guardian stops everything once more, and proves it
    return outcome


def _cause(error: RuggliError) -> Alarm | None:
    """The alarm of a record that broke off."""
    if not isinstance(error, JournalError):
        return None
    text = "the record of the run cannot be kept"
    return Alarm("A-DISK", "journal", text, str(error), "every record on the disk", Action.NONE)


def _conducted(conductor: Conductor, doors: Doors, task: Task[None]) -> Job[None]:
    """Run a task of the conductor to its end. Raises `LeaseLost`."""
    job = doors.loop.prepare(task)
    conductor.bench.belongs_to(job)
    job.resume()
    return doors.loop.run(job, None if doors.mastery is None else doors.mastery.prove_after_gap)


def _doses(conductor: Conductor, truth: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    vessels = {step.id: getattr(step.work, "vessel", "") for step in conductor.plan.steps}
    rows = []
    for dose in conductor.result.doses:
        row: dict[str, Any] = {
            "step": dose.step,
            "solution": dose.solution,
            "device": dose.device,
            "planned_mL": round(dose.planned, 6),
            "delivered_mL": [round(dose.at_least, 6), round(dose.at_most, 6)],
        }
        if truth:
            vessel = vessels[dose.step]
            came = came_in(truth["vessels"].get(vessel, {}), dose.solution)
            charged = charged_before(conductor.plan, dose.step, vessel, dose.solution)
            row["truth_mL"] = round(came - charged, 6)
        rows.append(row)
    return tuple(rows)


def _close_journal(journal: Journal, doors: Doors, outcome: RunOutcome, truth: Mapping[str, Any]) -> None:
    record = replace(outcome, flasks=()).as_json()
    for key in ("report", "folder", "run", "problems", "prompts", "alarms"):
        record.pop(key)
    try:
        if truth:
            journal.write("truth", truth)
        journal.write("end", record)
        journal.seal()
        if doors.computer is not None and not journal.in_reserve:
            doors.disk.remove(f"{outcome.folder}/{RESERVE}")
    except JournalError:
        if journal.in_reserve:
            journal.seal()
        if doors.herald is not None:  # the record is lost, a person who is away is told all the same
            doors.herald.wrote("end", record)
            doors.herald.close()
        if outcome.verdict is not Verdict.ERROR:
            raise


def _never_begun(
    request: RunRequest, doors: Doors, journal: Journal, run_id: str, folder: str, cause: str, began: float
) -> RunOutcome:
    outcome = RunOutcome(
        verdict=Verdict.REFUSED,
        cause=cause,
        run=run_id,
        folder=folder,
        report=None,
        virtual_seconds=Seconds(0.0),
        wall_seconds=Seconds(doors.stopwatch() - began),
        exchanges=0,
        problems=request.plan.problems + _refusal(Verdict.REFUSED, cause),
    )
    journal.write("end", {"verdict": "refused", "cause": cause, "doses": []})
    journal.seal()
    return outcome


def _refusal(verdict: Verdict, cause: str) -> tuple[Problem, ...]:
    """What the bench refused, as a finding beside those of the plan."""
    if verdict is not Verdict.REFUSED:
        return ()
    return (Problem("E-BENCH", Severity.ERROR, cause, remedy="`ruggli rig check` asks every device who it is"),)


def with_report(outcome: RunOutcome, wanted: bool) -> RunOutcome:
    """The outcome with its report written beside the journal, where one is wanted and anything was begun."""
    if not wanted or not outcome.folder or outcome.verdict is Verdict.REFUSED:
        return outcome
    from ruggli.app.reporting import write_report

    try:
        return replace(outcome, report=write_report(outcome.folder))
    except RuggliError as error:
        print(f"the report could not be written: {error}", file=sys.stderr)
        return outcome
