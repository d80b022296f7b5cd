"""What a notebook or a service calls, as `ruggli.load_protocol` and so on: load, plan, simulate, look at a run."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ruggli.app.files import open_protocol, open_rig
from ruggli.app.planning import Ask, prepare
from ruggli.app.records import journal_of
from ruggli.app.request import RunOutcome, RunRequest
from ruggli.app.runs import runs_folder
from ruggli.documents.problem import ProblemsError
from ruggli.errors import InputError
from ruggli.journal.reader import JournalView
from ruggli.plan.model import Plan
from ruggli.protocol.loader import ProtocolFile
from ruggli.rig.loader import RigFile
from ruggli.world.operator import ScriptedAnswer


def load_protocol(name_or_path: str, settings: Mapping[str, str] | None = None) -> ProtocolFile:
    """Read and check a protocol: a path, or the name of a shipped one; `settings` as `--set`. Raises `InputError`."""
    return open_protocol(name_or_path, settings)


def load_rig(name_or_path: str | None = None) -> RigFile:
    """Read and check a rig; None is the built-in simulated bench. Raises `InputError`."""
    return open_rig(name_or_path)


def plan_protocol(protocol: str, rig: str | None = None, settings: Mapping[str, str] | None = None) -> Plan:
    """Plan a protocol on a rig; `Plan.problems` says what was found, `Plan.blocking` what refuses it.

    Raises:
        ProblemsError: a file is refused, so that nothing can be planned.
    """
    prepared = prepare(Ask(protocol, rig, settings or {}))
    if prepared.ready is None:
        raise ProblemsError(prepared.problems)
    return prepared.ready.plan


def simulate(
    protocol: str,
    rig: str | None = None,
    settings: Mapping[str, str] | None = None,
    *,
    answers: Sequence[ScriptedAnswer] = (),
    faults: Sequence[Mapping[str, Any]] = (),
    accept: Collection[str] | Mapping[str, str] = (),
    runs: str | None = None,
    report: bool = False,
    seed: int = 0,
) -> RunOutcome:
    """Dry-run a protocol through the real engine and drivers on the simulated bench that a rig describes.

    Args:
        protocol: path or shipped name.
        rig: path or shipped name; None is the built-in bench.
        settings: parameters, as `--set`.
        answers: scripted answers; the rest follows the happy path.
        faults: fault objects, as in a faults file; of the computer's side too.
        accept: codes of warnings that are accepted; as a mapping with the reason of each, which is recorded.
        runs: folder of runs; None as the command line has it.
        report: write the report.
        seed: seed of the bench's noise.

    Raises:
        InputError: what is to be accepted is no warning, or its reason is empty.
        ProblemsError: a file, or the plan, is refused.
    """
    from ruggli.app.dry_run import dry_run

    accepted, reasons = _accepted(accept)
    prepared = prepare(Ask(protocol, rig, settings or {}))
    if prepared.ready is None or prepared.blocking(accepted):
        raise ProblemsError(prepared.problems)
    ready = prepared.ready
    request = RunRequest(
        protocol=ready.protocol,
        rig=ready.rig,
        plan=ready.plan,
        simulate=True,
        runs=runs_folder(runs),
        answers=tuple(answers),
        accepted=accepted,
        reasons=reasons,
        report=report,
        seed=seed,
        faults=tuple(faults),
    )
    return dry_run(request, lambda line: None, lambda status: None).outcome


def _accepted(accept: Collection[str] | Mapping[str, str]) -> tuple[frozenset[str], dict[str, str]]:
    """Codes and reasons. Raises `InputError`."""
    if isinstance(accept, str):
        raise InputError(f"accept={accept!r}: give a list of codes, or a mapping of codes to reasons")
    reasons = {code: reason.strip() for code, reason in accept.items()} if isinstance(accept, Mapping) else {}
    for code in accept:
        if not code.startswith("W-"):
            raise InputError(f"accept {code}: only warnings (W-...) can be accepted, errors must be mended")
    for code, reason in reasons.items():
        if not reason:
            raise InputError(f"accept {code}: write a reason, or give the codes as a list")
    return frozenset(accept), reasons


def open_run(folder: str) -> JournalView:
    """The journal of a run, read and verified: `records`, `of(kind)`, `last(kind)`. Raises `JournalError`.

    The first record says which warnings were accepted (`accepted`) and why (`accepted_reasons`, where anybody said it).
    """
    return journal_of(folder)
