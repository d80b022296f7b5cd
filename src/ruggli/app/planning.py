"""From two named files to a plan, with everything that is wrong found at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ruggli.app.bench_ports import only_simulated
from ruggli.app.files import Source, protocol_source, rig_source
from ruggli.app.notify_check import notify_problems
from ruggli.app.notify_file import NotifyFile, read_notify
from ruggli.documents.problem import Problem, ProblemsError, Severity, blocking, errors_first
from ruggli.plan.model import Plan
from ruggli.protocol.loader import ProtocolFile, read_protocol
from ruggli.rig.checks import check_permissions
from ruggli.rig.loader import RigFile, read_rig
from ruggli.world.disk import read_file

if TYPE_CHECKING:
    from ruggli.app.request import Waiver


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be prepared.

    Attributes:
        protocol: path or shipped name.
        rig: path or shipped name; None is the built-in bench.
        settings: `--set`, by name.
        unattended: nobody will be there.
        waivers: see `Waiver`.
        notify: path of the notify file, or None.
    """

    protocol: str
    rig: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    unattended: bool = False
    waivers: tuple[Waiver, ...] = ()
    notify: str | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """Two files that could be read, and their plan as made: the journal keeps it, and `resume` makes it again."""

    protocol: ProtocolFile
    rig: RigFile
    plan: Plan
    notify: NotifyFile | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What came of an `Ask`.

    Attributes:
        ready: the files and the plan, or None where a file was refused.
        problems: everything that was found, errors first.
        texts: by file name, the text of what was read, for excerpts.
    """

    ready: Ready | None
    problems: tuple[Problem, ...]
    texts: Mapping[str, str]

    def blocking(self, accepted: frozenset[str]) -> tuple[Problem, ...]:
        """Errors, and warnings whose code is not in `accepted`."""
        return blocking(self.problems, accepted)


def prepare(ask: Ask) -> Prepared:
    """Read both files, check them against each other and against the drivers, and plan.

    A refused protocol does not hide what is wrong with the rig.

    Raises:
        InputError: a file is not there.
    """
    sources = protocol_source(ask.protocol), rig_source(ask.rig)
    texts = {source.file: source.text for source in sources}
    problems: list[Problem] = []
    protocol = _protocol(sources[0], ask, problems)
    rig = _rig(sources[1], ask, problems)
    notify = _notify(ask, problems)
    if protocol is None or rig is None:
        return Prepared(None, errors_first(dict.fromkeys(problems)), texts)

    from ruggli.app.drivers import cards
    from ruggli.app.structures import structures_of
    from ruggli.plan.make import make_plan
    from ruggli.plan.settings import PlanSettings

    settings = PlanSettings(ask.unattended, frozenset(waiver.device for waiver in ask.waivers))
    plan = make_plan(protocol, rig, cards(), settings, structures_of(protocol.protocol))
    told = notify_problems(notify, unattended=plan.unattended, simulated=only_simulated(rig)) if not problems else ()
    found = [*plan.problems, *problems, *_unknown_waivers(rig, ask), *told]
    if plan.unattended:
        found += lacking_proofs(rig, plan, ask.waivers, Severity.NOTE)
    return Prepared(Ready(protocol, rig, plan, notify), errors_first(dict.fromkeys(found)), texts)


def _protocol(source: Source, ask: Ask, problems: list[Problem]) -> ProtocolFile | None:
    try:
        return read_protocol(source.data, source.file, ask.settings, unattended=ask.unattended)
    except ProblemsError as error:
        problems += error.problems
        return None


def _rig(source: Source, ask: Ask, problems: list[Problem]) -> RigFile | None:
    try:
        rig = read_rig(source.data, source.file)
    except ProblemsError as error:
        problems += error.problems
        return None
    problems += check_permissions(rig, source.mode, ask.unattended)
    return rig


def _notify(ask: Ask, problems: list[Problem]) -> NotifyFile | None:
    if ask.notify is None:
        return None
    try:
        return read_notify(read_file(ask.notify, "notify file"), ask.notify)
    except ProblemsError as error:
        problems += error.problems
        return None


def lacking_proofs(rig: RigFile, plan: Plan, waivers: tuple[Waiver, ...], severity: Severity) -> tuple[Problem, ...]:
    """Dead-men of the plan that nobody has proved (`ruggli rig prove`), judged with `severity`."""
    from ruggli.app.proofs import missing_proofs
    from ruggli.world.time import wall_now

    devices = [device.name for device in plan.devices if device.dead_man is not None]
    return missing_proofs(rig, devices, [waiver.device for waiver in waivers], wall_now(), severity)


def _unknown_waivers(rig: RigFile, ask: Ask) -> list[Problem]:
    from ruggli.documents.place import did_you_mean

    found = []
    for waiver in ask.waivers:
        if waiver.device not in rig.rig.devices:
            guess = did_you_mean(waiver.device, rig.rig.devices)
            found.append(
                Problem(
                    "E-REF",
                    Severity.ERROR,
                    f"--waive {waiver.device}: the rig has no device of this name",
                    value=waiver.device,
                    bound=f"one of {', '.join(rig.rig.devices)}",
                    remedy=f"did you mean {guess}?" if guess else "name a device of the rig file",
                )
            )
    return found
