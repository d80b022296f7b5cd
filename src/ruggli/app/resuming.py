"""Taking up an interrupted run: the request it was, from its journal, if nothing has changed since."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from ruggli.app.drivers import cards
from ruggli.app.guarding import await_guardian
from ruggli.app.notify_file import NotifyFile
from ruggli.app.records import journal_of
from ruggli.app.request import RunOutcome, RunRequest, Waiver
from ruggli.app.run import check_resumable, resume
from ruggli.app.status import Status
from ruggli.app.structures import structures_of
from ruggli.errors import ChangedError
from ruggli.journal.reader import JournalView
from ruggli.plan.jsonable import plan_as_json
from ruggli.plan.make import make_plan
from ruggli.plan.settings import PlanSettings
from ruggli.protocol.loader import read_protocol
from ruggli.rig.loader import read_rig
from ruggli.world.disk import exists, read_file
from ruggli.world.operator import ScriptedAnswer


def resume_run(
    folder: str,
    *,
    answers: tuple[ScriptedAnswer, ...],
    terminal: bool,
    report: bool,
    notify: NotifyFile | None = None,
    accept: frozenset[str] = frozenset(),
    reasons: Mapping[str, str] | None = None,
    say: Callable[[str], None],
    watch: Callable[[Status], None],
) -> RunOutcome:
    """Continue the run in `folder` from its journal and the counters of its pumps.

    Args:
        folder: the run's folder.
        answers: scripted answers.
        terminal: whether a person sits at the terminal.
        report: write the report at the end.
        notify: where messages go.
        accept: codes of warnings that are accepted beside those of the start.
        reasons: why, by code.
        say: takes lines for the person.
        watch: called at every sample.

    Raises:
        JournalError: the journal is damaged, or the run is over.
        ChangedError: protocol, rig or plan are not those that the run was started with.
        InputError: nothing is left to go on with.
        PortsTaken: another process is master of a port; none was opened.
    """
    await_guardian(folder, say)
    view = journal_of(folder)
    check_resumable(view)
    request = restore_request(view, answers=answers, terminal=terminal, report=report)
    given = {**request.reasons, **(reasons or {})}
    wanted = replace(request, notify=notify, accepted=request.accepted | accept, reasons=given)
    return resume(wanted, folder, say, watch)


def restore_request(
    view: JournalView, *, answers: tuple[ScriptedAnswer, ...], terminal: bool, report: bool
) -> RunRequest:
    """The request that a journal was opened with. Raises `ChangedError`."""
    first = view.records[0].data
    for what in ("protocol", "rig"):
        _unchanged(what, first[what])
    protocol = read_protocol(
        first["protocol"]["text"].encode(),
        first["protocol"]["file"],
        first["parameters"],
        unattended=first["unattended"],
    )
    rig = read_rig(first["rig"]["text"].encode(), first["rig"]["file"])
    waivers = tuple(Waiver(item["device"], item["reason"], item["by"]) for item in first["waivers"])
    settings = PlanSettings(first["unattended"], frozenset(waiver.device for waiver in waivers))
    plan = make_plan(protocol, rig, cards(), settings, structures_of(protocol.protocol))
    if _what_runs(plan_as_json(plan)) != _what_runs(first["plan"]):
        raise ChangedError(
            "E-CHANGED this version of Ruggli plans the protocol differently from the one that began the run "
            f"({first['software']['ruggli']}); finish the run with that version, or start a new run"
        )
    return RunRequest(
        protocol=protocol,
        rig=rig,
        plan=plan,
        simulate=False,
        runs="",
        speed=float(first["speed"]),
        answers=answers,
        terminal=terminal,
        unattended=bool(first["unattended"]),
        accepted=frozenset(first["accepted"]),
        reasons=first.get("accepted_reasons", {}),
        waivers=waivers,
        report=report,
        seed=int(first["seed"]),
    )


def _what_runs(plan: Mapping[str, object]) -> dict[str, object]:
    """A plan without what is only said about it: a version may word a warning, or predict, otherwise."""
    return {key: value for key, value in plan.items() if key not in ("problems", "balance", "reaction")}


def _unchanged(what: str, recorded: dict[str, str]) -> None:
    """Refuse when the file that the run was started from is there and is another one now (row C08)."""
    import hashlib

    path = recorded["file"]
    if not exists(path):
        return
    now = hashlib.sha256(read_file(path, what)).hexdigest()
    if now != recorded["sha256"]:
        raise ChangedError(
            f"E-CHANGED {path}: the {what} file has changed since the run began (it had SHA-256 "
            f"{recorded['sha256'][:12]}, it has {now[:12]} now); put the old file back (its text is in the journal), "
            f"or start a new run"
        )
