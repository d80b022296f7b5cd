"""A dry run: one session on a simulated bench, or, where the computer itself fails, as many as it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ruggli.app.request import RunOutcome, RunRequest
from ruggli.app.run import Say, Watch, execute, with_report
from ruggli.app.runs import JOURNAL
from ruggli.app.simulated_flask import flasks_of
from ruggli.app.trial.host import is_host_fault
from ruggli.engine.result import Verdict
from ruggli.errors import InputError
from ruggli.journal.reader import read_journal
from ruggli.quantities.base import Seconds
from ruggli.world.time import cpu_wall_seconds, wall_now

if TYPE_CHECKING:
    from ruggli.app.trial.kept_disk import KeptDisk


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a dry run came to.

    Attributes:
        outcome: of the last session.
        reactions: how each session ended, `killed`, `held`, `complete`, ...; () where no fault of the computer's side
            was asked for.
        violations: what the bench and the wires showed in those sessions that must not be (see `faultsweep`).
    """

    outcome: RunOutcome
    reactions: tuple[str, ...] = ()
    violations: tuple[str, ...] = ()


def dry_run(request: RunRequest, say: Say, watch: Watch) -> DryRun:
    """Run a plan with a virtual clock on the simulated bench.

    With faults of the computer's side the program is killed and resumed in this process, on the same bench.

    Args:
        request: what to run; `simulate` is set.
        say: takes lines for the person at the terminal.
        watch: called at every sample.

    Raises:
        InputError: a fault is none that there is, or the record cannot be written.
    """
    if not any(is_host_fault(fault) for fault in request.faults):
        return DryRun(execute(request, say, watch))

    from ruggli.app.benches import describe
    from ruggli.app.simulated_reaction import with_reaction
    from ruggli.app.trial.kept_disk import KeptDisk
    from ruggli.app.trial.night import BROKEN_OFF, Night
    from ruggli.app.trial.night_plan import NightPlan
    from ruggli.app.trial.person import Habits
    from ruggli.app.trial.scenario import Scenario

    began = cpu_wall_seconds()
    name = request.protocol.protocol.name
    bench = with_reaction(describe(request.rig), request.protocol.protocol, request.plan, request.rig)
    scenario = Scenario(name, replace(request, report=False), bench)
    habits = Habits(resumes=0) if request.answers else Habits()
    disk = KeptDisk()
    night = Night(
        scenario,
        NightPlan(name, request.faults, request.seed, habits),
        disk=disk,
        date=wall_now(),
        say=say,
        watch=watch,
    )
    result = night.run()
    if result.outcome is None and not night.folder:
        raise InputError(result.reactions[-1].removeprefix(BROKEN_OFF))
    disk.keep()
    outcome = result.outcome
    if outcome is None or outcome.verdict.value != result.verdict:
        outcome = _of_record(request, disk, night.folder, result.verdict, result.reactions)
    whole = replace(
        outcome,
        virtual_seconds=Seconds(result.ended),
        wall_seconds=Seconds(cpu_wall_seconds() - began),
        exchanges=result.exchanges,
    )
    return DryRun(
        with_report(whole, request.report), tuple(result.reactions), tuple(str(found) for found in result.violations)
    )


def _of_record(request: RunRequest, disk: "KeptDisk", folder: str, verdict: str, reactions: list[str]) -> RunOutcome:
    """The outcome of a run whose last session could not tell it: what its record says."""
    told: Mapping[str, Any] = {}
    truth: Mapping[str, Any] = {}
    if folder:
        view = read_journal(disk.read(f"{folder}/{JOURNAL}", "journal"))
        ended, held = view.last("end"), view.last("truth")
        told = {} if ended is None else ended.data
        truth = {} if held is None else held.data
    over = verdict in (item.value for item in Verdict)
    return RunOutcome(
        verdict=Verdict(verdict) if over else Verdict.ERROR,
        cause=str(told.get("cause", "")) if over else reactions[-1],
        run=folder.rpartition("/")[2],
        folder=folder,
        report=None,
        virtual_seconds=Seconds(0.0),
        wall_seconds=Seconds(0.0),
        exchanges=0,
        doses=tuple(told.get("doses", ())),
        still_on=tuple(told.get("still_on", ())),
        problems=request.plan.problems,
        flasks=flasks_of(truth),
    )
