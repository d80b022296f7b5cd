"""One night: a scenario with faults from its start to an end, over crashes and resumes, in one simulated world."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ruggli.app.connect import Place
from ruggli.app.doors import Doors, simulated_ports
from ruggli.app.hands import Hands
from ruggli.app.reach import OrderReach, opening_at_once
from ruggli.app.request import RunOutcome, RunRequest
from ruggli.app.run import Say, Watch, execute, resume
from ruggli.app.runs import JOURNAL
from ruggli.app.status import Status
from ruggli.app.trial.calls import Calls
from ruggli.app.trial.host import FOR_EVER, HostFault, host_fault, is_host_fault
from ruggli.app.trial.judge import Judge
from ruggli.app.trial.lines import SpoilableChannel, TrialLines
from ruggli.app.trial.night_plan import NightPlan
from ruggli.app.trial.person import Person
from ruggli.app.trial.scenario import Scenario
from ruggli.app.trial.scripted_person import ScriptedPerson
from ruggli.app.trial.violation import Violation
from ruggli.engine.last_stop import stop_all
from ruggli.engine.result import Verdict
from ruggli.engine.stop_orders import stop_orders
from ruggli.errors import InputError, PortsTaken, RuggliError
from ruggli.journal.reader import read_journal
from ruggli.quantities.base import Seconds
from ruggli.world.chance import Chance
from ruggli.world.locks import take_ports
from ruggli.world.loop import Loop
from ruggli.world.memory_disk import MemoryDisk, Survives
from ruggli.world.ports import open_port
from ruggli.world.signals import SignalCommands
from ruggli.world.time import VirtualTime
from ruggli_simulator.bench import Bench
from ruggli_simulator.description import BenchDescription
from ruggli_simulator.faults import mend, schedule

DATE = datetime(2026, 1, 1, 18, 0, tzinfo=UTC)
"""Every night begins then."""

AFTERMATH = 45.0
"""Seconds for which the bench is watched when the program has ended."""

NOTICED = 0.2
"""Seconds until a guardian has seen that the pipe is closed."""

HANGS = 6.0
"""Seconds without a sign of life after which a guardian kills the program, with a look's time."""

LOCK_NAMES = 64
"""So many nights with a second controller may run at the same time on one computer."""

MOST_SESSIONS = 6

ENDLESS = 24 * 3600.0
"""Virtual seconds beyond three times the planned length after which a session hangs: holds are limited to less."""

_OF_THE_HOST = (b"open", b"session", b"end", b"seal")
"""Records that tell of the computer, of Python's version or of real time, or carry a hash over those."""

BROKEN_OFF = "broken off: "
"""Begins the reaction of a session that ended with an error; its text follows."""


def _nothing_said(line: str) -> None:
    """Nobody reads."""


def _nothing_watched(status: Status) -> None:
    """Nobody watches."""


class EndlessError(BaseException):
    """A session goes on long after it should have ended; nothing catches this but the night."""


class Killed(BaseException):
    """The process is gone; nothing catches this."""

    def __init__(self, fault: HostFault) -> None:
        super().__init__(fault.kind)
        self.fault = fault


@dataclass(slots=True)
class NightResult:
    """What came of a night.

    Attributes:
        verdict: of the last session; `killed` where none ended.
        outcome: of the last session that ended, or None.
        violations: what must not be.
        trace: SHA-256 over everything that was recorded and over what the bench holds.
        sessions: number of sessions.
        seconds: virtual seconds.
        ended: virtual seconds when the last session ended; the bench was watched for a while longer.
        exchanges: requests on all lines.
        struck: kinds of faults that took effect.
        alarms: codes of alarms that were raised.
        edges: changes of the run's state, `from>to`.
        reactions: how each session ended, in order: `held`, `stopped`, `refused`, `killed`, ...
        truth: what the bench holds at the end.
        second: `refused` where a second controller was.
        calls: moments of calls, where they were counted.
        journal: the record.
    """

    verdict: str = "killed"
    outcome: RunOutcome | None = None
    violations: list[Violation] = field(default_factory=list)
    trace: str = ""
    sessions: int = 0
    seconds: float = 0.0
    ended: float = 0.0
    exchanges: int = 0
    struck: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    reactions: list[str] = field(default_factory=list)
    truth: Mapping[str, Any] = field(default_factory=dict)
    second: str = ""
    calls: int = 0
    journal: bytes = b""


class Night:
    """Runs one night.

    Args:
        scenario: what is run.
        plan: what goes wrong.
        count_calls: count every call to a port or the disk even where no fault asks for it.
        disk: where the record goes; None for one of its own.
        date: when the night begins.
        say: takes lines for whoever looks on.
        watch: called at every sample.
    """

    def __init__(
        self,
        scenario: Scenario,
        plan: NightPlan,
        *,
        count_calls: bool = False,
        disk: MemoryDisk | None = None,
        date: datetime = DATE,
        say: Say = _nothing_said,
        watch: Watch = _nothing_watched,
    ) -> None:
        self.scenario = scenario
        self.plan = plan
        self.result = NightResult()
        self.time = VirtualTime(date)
        self.around = Loop(self.time)
        bench = _going_on(scenario.bench) if plan.auto_restart else scenario.bench
        self.bench = Bench(bench, self.around, plan.seed)
        self.disk = MemoryDisk() if disk is None else disk
        self._say, self._watch = say, watch
        self.chance = Chance(plan.seed).stream("night")
        self.judge = Judge(scenario, self.bench, self.disk, self.time, auto_restart=plan.auto_restart)
        self.person = self._somebody()
        self.signals = SignalCommands()
        self._host = [host_fault(fault) for fault in plan.faults if is_host_fault(fault)]
        self._waiting = list(self._host)
        counted = count_calls or any(fault.call is not None for fault in self._host)
        self.calls = Calls() if counted else None
        self._lines: TrialLines | None = None
        self._loop: Loop | None = None
        self._place: Place | None = None
        self._locks = ""
        self._most_seconds = ENDLESS + 3.0 * scenario.plan.duration

    def run(self) -> NightResult:
        """From the evening to the end."""
        result = self.result
        schedule(self.bench, [fault for fault in self.plan.faults if not is_host_fault(fault)])
        self._place_host_calls()
        with ExitStack() as stack:
            self._place = self._places(simulated_ports(self.bench, stack))
            if any(fault.kind == "second-controller" for fault in self._host):
                self._become_master(stack)
            folder = ""
            for _ in range(MOST_SESSIONS):
                result.sessions += 1
                ended = self._session(folder)
                folder = self.folder
                if ended:
                    break
            self._aftermath()
        self.judge.final(result, self._journal_damage())
        result.truth = self.bench.truth()
        result.seconds = self.time.seconds
        result.exchanges = sum(port.writes for port in self.bench.ports.values())
        result.struck = [*self.judge.struck, *(fault.kind for fault in self._host if fault not in self._waiting)]
        result.violations = self.judge.violations
        result.calls = 0 if self.calls is None else self.calls.count
        self._read_journal(folder)
        return result

    def _somebody(self) -> Person | ScriptedPerson:
        """Who answers: a script where the run has one."""
        script = self.scenario.request.answers
        if script:
            return ScriptedPerson(script, Hands(self.bench, self.scenario.plan))
        return Person(self.bench, self.scenario.plan, self.plan.habits, self.judge.displaced)

    def _places(self, place: Place) -> Place:
        """Adapters are found by their serial numbers, whatever the system calls them now."""
        ports = dict(self.bench.ports)
        return lambda port: place(ports[port].port)

    # ---- sessions ----

    def _session(self, folder: str) -> bool:
        """One session; False when another one has to follow."""
        result, request = self.result, self.scenario.request
        self.signals = SignalCommands()
        self.judge.session_begins()
        try:
            if folder:
                if self._is_over(folder):
                    return True
                outcome = resume(request, folder, self._say, self._watch, self._open)
            else:
                outcome = execute(request, self._say, self._watch, self._open)
        except Killed as killed:
            result.ended = self.time.seconds
            result.reactions.append("killed")
            self._after_kill(killed.fault)
            return False
        except EndlessError:
            self.judge.violate("I11", f"the session goes on {self._most_seconds / 3600:.0f} h after it began")
            result.ended = self.time.seconds
            return True
        except RuggliError as error:
            result.verdict, result.reactions = "broken off", [*result.reactions, f"{BROKEN_OFF}{error}"]
            self.judge.session_ended()
            self._rest(60.0)
            return not self._mended()
        result.outcome, result.verdict, result.ended = outcome, outcome.verdict.value, self.time.seconds
        result.reactions.append(outcome.verdict.value)
        if outcome.verdict in (Verdict.COMPLETE, Verdict.STOPPED, Verdict.ABORTED):
            return True
        if outcome.verdict is Verdict.REFUSED and not folder:
            return True
        self.judge.session_ended()
        self._rest(60.0)
        return not self._mended()

    def _is_over(self, folder: str) -> bool:
        """Whether a run that was killed had reached its end already."""
        view = read_journal(self.disk.read(f"{folder}/{JOURNAL}", "journal"))
        ended, session = view.last("end"), view.last("session")
        if ended is None or (session is not None and session.number > ended.number):
            return False
        self.result.verdict = str(ended.data["verdict"])
        return self.result.verdict == Verdict.COMPLETE.value

    def _mended(self) -> bool:
        """The person comes in the morning, if one comes at all."""
        self.person.away = min(self.person.away, self.time.now())
        self.disk.full = self.disk.broken = False
        mend(self.bench)
        self.person.holds += 1
        return self.person.holds <= self.plan.habits.resumes

    def _open(self, request: RunRequest, stack: ExitStack) -> Doors:
        assert self._place is not None
        loop = self.around.process()
        stack.callback(loop.close)
        lines = TrialLines(loop, self._place, self.calls)
        stack.callback(lines.close)
        self._loop, self._lines = loop, lines
        loop.call_at(Seconds(self.time.now() + self._most_seconds), _give_up)
        for fault in self._waiting:
            if fault.at is not None:
                loop.call_at(max(fault.at, self.time.now()), _Strike(self, fault))
        self.disk.before = self.disk.after = None
        if self.calls is not None:
            self.disk.before = self.disk.after = self.calls.moment
        return Doors(
            loop, lines, self.bench, self.disk, self.signals, self.time.now, user="trial", operator=self.person
        )

    def _rest(self, seconds: float) -> None:
        self.around.pass_time(Seconds(self.time.now() + seconds))
        self.bench.advance()

    def _after_kill(self, fault: HostFault) -> None:
        settings = fault.settings
        self.judge.killed(power=bool(settings.get("power")))
        self.disk.crash(Survives(settings.get("disk", "all")), self.chance.below)
        self.disk.full = self.disk.broken = False
        folder = self.folder
        if settings.get("damage") and folder:
            size = len(self.disk.read(f"{folder}/{JOURNAL}", "journal"))
            self.disk.damage(f"{folder}/{JOURNAL}", self.chance.below(max(1, size)), self.chance.below(7))
        if settings.get("power"):
            self.bench.advance()
            for device in self.bench.devices.values():
                device.power_cycle()
        until = self.time.now() + fault.duration
        if self.plan.guardian:
            self._guard()
        if fault.duration < FOR_EVER:
            self._rest(max(0.0, until - self.time.now()))

    def _guard(self) -> None:
        """The guardian has seen the program go: it opens the ports and stops everything."""
        assert self._place is not None
        self._rest(NOTICED)
        loop = self.around.process()
        reach = OrderReach(loop, opening_at_once(self._place, open_port), {})
        orders = stop_orders(self.scenario.plan, self.judge.policy)
        self.judge.guarded()
        loop.run(loop.spawn(stop_all(loop, orders, reach, lambda record: None)))
        reach.close()
        loop.close()

    def _aftermath(self) -> None:
        self.judge.session_ended()
        self._rest(AFTERMATH)

    # ---- faults of the computer's side ----

    def _place_host_calls(self) -> None:
        if self.calls is None:
            return
        for fault in self._host:
            if fault.call is not None:
                self.calls.at[fault.call] = _Strike(self, fault)

    def strike(self, fault: HostFault) -> None:
        """Let a fault of the computer's side happen now. Raises `Killed`."""
        if fault not in self._waiting:
            return
        self._waiting.remove(fault)
        self.judge.host_fault(fault)
        kind, now = fault.kind, self.time.now()
        assert self._loop is not None and self._lines is not None
        if kind == "kill":
            raise Killed(fault)
        if kind == "hang" and self.plan.guardian and fault.duration > HANGS:
            self._loop.pass_time(Seconds(now + HANGS))
            raise Killed(fault)
        if kind in ("suspend", "hang"):
            self._loop.pass_time(Seconds(now + fault.duration))
        elif kind == "terminate":
            self.signals.terminate()
        elif kind == "interrupt":
            self.signals.interrupt()
        elif kind == "clock-step":
            self.time.step_wall(float(fault.settings.get("by_s", 3600)))
        elif kind == "absent":
            self.person.away = Seconds(now + fault.duration)
        elif kind in ("disk-full", "sync-fails"):
            self._spoil_disk(kind, True)
            self._later(fault, lambda: self._spoil_disk(kind, False))
        elif kind in ("driver-raises", "driver-hangs"):
            self._spoil_driver(fault.target, kind.removeprefix("driver-"))
            self._later(fault, lambda: self._spoil_driver(fault.target, ""))
        elif kind == "second-controller":
            self._second()

    def _later(self, fault: HostFault, call: Any) -> None:
        if fault.duration < FOR_EVER:
            self.around.call_at(Seconds(self.time.now() + fault.duration), call)

    def _spoil_disk(self, kind: str, spoilt: bool) -> None:
        if kind == "disk-full":
            self.disk.full = spoilt
        else:
            self.disk.broken = spoilt

    def _spoil_driver(self, device: str, how: str) -> None:
        assert self._lines is not None
        port = next((d.port for d in self.scenario.plan.devices if d.name == device), "")
        channel = self._lines.channels.get(port)
        if isinstance(channel, SpoilableChannel):
            channel.spoilt = how

    def _second(self) -> None:
        """The same run is started again, as a second process would: it takes the ports first, and nothing else."""
        sent = sum(port.writes for port in self.bench.ports.values())

        def opened(request: RunRequest, stack: ExitStack) -> Doors:
            stack.callback(take_ports(self._keys(), "a second controller").release)
            return self._open(request, stack)

        loop, lines = self._loop, self._lines
        try:
            execute(self.scenario.request, _nothing_said, _nothing_watched, opened)
        except PortsTaken:
            self.result.second = "refused"
        else:
            self.judge.violate("I12", "a second controller was let in beside the first")
        self._loop, self._lines = loop, lines
        if sum(port.writes for port in self.bench.ports.values()) != sent:
            self.judge.violate("I12", "a second controller sent bytes")

    def _keys(self) -> list[str]:
        return [f"{self._locks}-{device.port}" for device in self.scenario.plan.devices]

    def _become_master(self, stack: ExitStack) -> None:
        """Take the locks as a run on real ports does; in nights that see a second controller."""
        for number in range(LOCK_NAMES):
            self._locks = f"night-{number}"
            try:
                stack.callback(take_ports(self._keys(), "a night").release)
                return
            except PortsTaken:
                continue
        raise InputError(f"{LOCK_NAMES} nights with a second controller run at the same time; wait for one to end")

    # ---- what is left ----

    def _journal_damage(self) -> str:
        """What is wrong with the record although nobody has damaged it, "" where nothing is."""
        folder = self.folder
        if not folder or any(fault.settings.get("damage") for fault in self._host):
            return ""
        if self.result.sessions == 1 and self.plan.seed % 8:
            return ""  # nothing has interrupted the writing: looked at now and then
        return read_journal(self.disk.read(f"{folder}/{JOURNAL}", "journal")).damage

    @property
    def folder(self) -> str:
        """The run's folder; "" where a crash came before its first record, so that it has to be started anew."""
        for folder in reversed(self.disk.folders()):
            path = f"{folder}/{JOURNAL}"
            if self.disk.exists(path) and b"\n" in self.disk.read(path, "journal"):
                return folder
        return ""

    def _read_journal(self, folder: str) -> None:
        digest = hashlib.sha256()
        result = self.result
        if folder:
            result.journal = self.disk.read(f"{folder}/{JOURNAL}", "journal")
            for line in result.journal.splitlines():
                body, mark, _ = line.rpartition(b',"hash":"')
                kind = line[line.find(b'"kind":"') + 8 :].partition(b'"')[0]
                if mark and kind not in _OF_THE_HOST:
                    digest.update(body)
                if kind in (b"alarm", b"state"):
                    self._take(kind, line)
        digest.update(json.dumps([result.verdict, result.sessions, result.exchanges, result.truth]).encode())
        result.trace = digest.hexdigest()

    def _take(self, kind: bytes, line: bytes) -> None:
        try:
            record = json.loads(line)
        except ValueError:
            return  # damaged on purpose
        if kind == b"alarm":
            self.result.alarms.append(str(record.get("code")))
        else:
            self.result.edges.append(f"{record.get('from')}>{record.get('to')}")


def _going_on(bench: BenchDescription) -> BenchDescription:
    """The bench with devices that go on by themselves when their power returns."""
    options: dict[str, dict[str, Any]] = {"new-era": {"power_fail_restart": True}, "ika-rct-digital": {"mode": "B"}}
    devices = tuple(
        replace(device, options={**device.options, **options.get(device.driver, {})}) for device in bench.devices
    )
    return replace(bench, devices=devices)


def _give_up() -> None:
    raise EndlessError


class _Strike:
    """A planned fault of the computer's side."""

    __slots__ = ("_night", "_fault")

    def __init__(self, night: Night, fault: HostFault) -> None:
        self._night, self._fault = night, fault

    def __call__(self) -> None:
        self._night.strike(self._fault)
