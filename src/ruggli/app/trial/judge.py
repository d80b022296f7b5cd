"""The judge of a night.

Looks at the truth of the bench every second and at every byte on the wires, never at what the controller believes. What
it asks of the record is only what the record promises to people.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ruggli.app.trial.bounds import (
    ALARMS,
    ANSWER_BOUND,
    COLD_BOUND,
    COUNTED,
    DEAF,
    DEAF_BOUND,
    ENDS,
    FLOW,
    GUARDED,
    HEAT_DEAD_MAN_SLACK,
    HOT_BOUND,
    LONGEST_TAKES,
    MOST_VIOLATIONS,
    NO_CONTROLLER,
    OTHER_RATE,
    RATE_SLACK,
    READ_BY_EYE,
    STANDS_BOUND,
    STIR_BOUND,
    STIR_FAULTS,
    UNFELT,
    WAKING,
)
from ruggli.app.trial.due import Due
from ruggli.app.trial.expectations import Facts, facts_of
from ruggli.app.trial.host import FOR_EVER, HostFault
from ruggli.app.trial.scenario import Scenario
from ruggli.app.trial.violation import Violation
from ruggli.app.trial.wire_watch import WireWatch
from ruggli.plan.policy import POLICIES, ClassPolicy, Heat
from ruggli.quantities.base import Millilitres, Seconds
from ruggli.world.memory_disk import MemoryDisk
from ruggli.world.time import VirtualTime
from ruggli_simulator.bench import Bench
from ruggli_simulator.faults import Fault

if TYPE_CHECKING:
    from ruggli.app.trial.night import NightResult

_READ = frozenset(
    {b"order", b"step", b"intent", b"alarm", b"state", b"settings", b"prompt", b"answer", b"timeout", b"withdrawn"}
)
"""Kinds of records that the judge looks into."""


class Judge:
    """Collects violations.

    Args:
        scenario: what is run.
        bench: the truth.
        disk: where the record goes.
        time: the clock.
        auto_restart: whether devices go on by themselves when their power returns.

    Attributes:
        violations: what must not be, in order.
        struck: kinds of bench faults that have struck.
    """

    def __init__(
        self, scenario: Scenario, bench: Bench, disk: MemoryDisk, time: VirtualTime, *, auto_restart: bool = False
    ) -> None:
        self.violations: list[Violation] = []
        self.struck: list[str] = []
        self.facts: Facts = facts_of(scenario)
        self._auto_restart = auto_restart
        self._bench = bench
        self._time = time
        self._drives = {name: bench.drive(name) for name in self.facts.pumps}
        self._plate = None if self.facts.plate is None else bench.plate(self.facts.plate)
        self._wire = WireWatch(scenario, bench, disk, self.facts.safe, self.violate)
        self._base: dict[tuple[str, str], float] = {}
        self._step = ""
        self._since: dict[str, float] = {}
        self._due: list[Due] = []
        self._skew = 3.0
        self._gone_at: float | None = None
        self._guarded_at: float | None = None
        self._takes = {prompt.id: prompt.takes for prompt in scenario.plan.prompts}
        self._asked: dict[str, float] = {}
        self._flowed: set[str] = set()
        self._alarms: list[tuple[float, str, str]] = []
        self._holds: list[float] = []
        self._said: set[tuple[str, str]] = set()
        self._received: dict[str, tuple[str, float, float]] = {}
        self._host_kinds: set[str] = set()
        self._host_struck = self._power_lost = self._left_alone = self._plate_driver = False
        self._target = ""
        self._reading_stands = self._turned = False
        self._away_from = self._away_until = 0.0
        self._driverless: dict[str, float] = {}
        bench.watcher = self._look
        bench.on_fault = self._fault
        disk.noted = self._note

    def violate(self, invariant: str, text: str) -> None:
        """Note a broken invariant; each once."""
        key = (invariant, text.split(":")[0])
        if key in self._said or len(self.violations) >= MOST_VIOLATIONS:
            return
        self._said.add(key)
        self.violations.append(Violation(invariant, self._time.now(), text))

    # ---- what happens ----

    def session_begins(self) -> None:
        """A controller is there."""
        self._gone_at = self._guarded_at = None
        self._away_until = 0.0
        self._due.clear()
        self._asked.clear()
        self._since.clear()
        self._wire.session_begins()

    def killed(self, *, power: bool) -> None:
        """The controller is gone, and perhaps the mains of everything."""
        self._power_lost = self._power_lost or power
        self._leave()

    def guarded(self) -> None:
        """A guardian stops everything from now on."""
        self._guarded_at = self._time.now()
        self._wire.guarded()

    @property
    def policy(self) -> ClassPolicy:
        """The safe behaviour of the step under way."""
        return POLICIES[self.facts.step_class(self._step)]

    def session_ended(self) -> None:
        """A controller has ended by itself."""
        self._leave()

    def _leave(self) -> None:
        self._gone_at = self._time.now()
        self._flowed = set(self._flowing())
        self._asked.clear()

    def host_fault(self, fault: HostFault) -> None:
        """A fault of the computer's side strikes."""
        self._host_struck = True
        self._host_kinds.add(fault.kind)
        if fault.kind in NO_CONTROLLER and fault.kind != "kill":
            if self._time.now() >= self._away_until:
                self._away_from = self._time.now()
            self._away_until = max(self._away_until, self._time.now() + fault.duration + WAKING)
        if fault.target == self.facts.plate:
            self._plate_driver = True
        if fault.kind in DEAF:
            self._driverless[fault.target] = self._time.now() + fault.duration
        self._left_alone = self._left_alone or fault.kind in NO_CONTROLLER or fault.kind in DEAF
        bound = FLOW.get(fault.kind)
        if bound is None:
            return
        self._skew += max(bound, DEAF_BOUND)
        device = fault.target if fault.target in self._drives or fault.target == self.facts.plate else ""
        lasting = fault.kind in ENDS or fault.duration > DEAF_BOUND + 1
        if lasting and (self._matters(device) if device else self._flowing()):
            until = self._time.now() + fault.duration
            self._expect_rest(fault.kind, bound, device, lambda: fault.duration >= FOR_EVER or self._time.now() < until)

    def _fault(self, fault: Fault) -> None:
        self.struck.append(fault.kind)
        self._target = fault.target
        tells_on = fault.kind == "probe-broken" and fault.settings.get("reply", "none") != "none"
        self._reading_stands = self._reading_stands or fault.kind == "frozen" or tells_on
        bound = FLOW.get(fault.kind)
        if bound is None or fault.settings.get("reply", "none") != "none":
            return  # a probe that goes on telling a temperature cannot be seen to be cut
        lasting = fault.duration is None or fault.duration > max(bound, DEAF_BOUND) + 1
        if fault.kind in COUNTED and fault.duration is None:
            lasting = int(fault.settings.get("count", 1)) > 100
        self._skew += max(bound, DEAF_BOUND) if fault.kind in DEAF else bound
        self._left_alone = self._left_alone or fault.kind in DEAF
        if not lasting or not self._matters(fault.target):
            return
        if fault.kind == "probe-broken" and (self._plate is None or self._plate.heats_to is None):
            return  # a flask that nobody heats may be fed without a probe
        if fault.kind == "power-cycle" and fault.target == self.facts.plate and self._auto_restart:
            return  # a plate that stirs again by itself after two seconds cannot be seen to have stood
        over = fault.kind in ("power-cycle", "swap-ports", "wrong-diameter", "wrong-direction", "pump-panel")
        self._expect_rest(fault.kind, bound, fault.target, lambda: over or fault in self._bench.standing_faults())

    def _expect_rest(self, kind: str, bound: float, device: str, standing: Callable[[], bool]) -> None:
        """Nothing may flow after the bound; a struck pump that does not hear has its dead-man, if it has one."""
        now = self._time.now()
        deaf = device if kind in DEAF else ""
        guarded = {name for name, pump in self.facts.pumps.items() if pump.dead_man is not None}
        self._due.append(
            Due(now + bound, kind, standing, lambda n: n != deaf and (kind not in NO_CONTROLLER or n in guarded))
        )
        if deaf in guarded:
            self._due.append(Due(now + DEAF_BOUND, kind, standing, lambda n: n == deaf, by_itself=True))

    def _matters(self, target: str) -> bool:
        """Whether what flows now depends on this device."""
        flowing = self._flowing()
        return bool(flowing) and (target == self.facts.plate or target in flowing)

    def _flowing(self) -> list[str]:
        return [name for name, drive in self._drives.items() if drive.flowing]

    def _note(self, line: bytes) -> None:
        """What the record says of steps, intents, orders and alarms."""
        self._wire.note_record()
        start = line.find(b'"kind":"') + 8
        if line[start : line.find(b'"', start)] not in _READ:
            return
        record = json.loads(line)
        kind = record["kind"]
        if kind == "order":
            self._wire.note_orders(record["orders"])
        elif kind == "settings":
            self._wire.note_settings(record["device"])
        elif kind == "prompt":
            if record["timeout_s"] is not None:
                takes = self._takes.get(record["id"], LONGEST_TAKES)
                self._asked[record["id"]] = self._time.now() + record["timeout_s"] + takes
        elif kind in ("answer", "timeout", "withdrawn"):
            self._asked.pop(record["id"], None)
        elif kind == "step" and record["what"] == "begin":
            self._step = record["step"]
        elif kind == "intent" and "target_mL" in record:
            key = record["step"], record["device"]
            if key not in self._base:
                self._base[key] = self._drives[record["device"]].tubing.received
        elif kind == "alarm":
            self._alarms.append((self._time.now(), record["code"], record["device"]))
        elif kind == "state" and record["to"] == "holding":
            self._holds.append(self._time.now())
            self._due = [due for due in self._due if due.at < self._time.now() + 4.0]
        elif kind == "state" and record["to"] == "running":
            self._due.clear()

    def displaced(self, step: str, device: str) -> Millilitres:
        """What has really left a syringe into a vessel since a dose began."""
        received = self._drives[device].tubing.received
        return Millilitres(received - self._base.get((step, device), received))

    # ---- every second ----

    def _look(self, now: Seconds) -> None:
        flowing = self._flowing()
        for limit in self.facts.limits:
            held = self._bench.vessel(limit.vessel).delivered(limit.solution)
            if held > limit.most:
                self.violate("I1", f"{limit.solution}: {held:.4f} mL in {limit.vessel}, at most {limit.most:.4f} mL")
        if self._due:
            self._check_due(now, flowing)
        if flowing:
            self._check_feed(now, flowing)
        else:
            self._since.pop("stir", None)
            self._since.pop("cold", None)
            self._received.clear()
        if self._gone_at is not None:
            self._check_gone(now, flowing)
        elif self._asked:
            self._check_questions(now)
        if self._plate is not None:
            step = self.facts.steps.get(self._step)
            if step is not None and 0 < 0.79 * step.speed <= self._plate.speed:
                self._turned = True
            self._check_heat(now)

    def _check_due(self, now: float, flowing: list[str]) -> None:
        left = []
        for due in self._due:
            if now < due.at:
                left.append(due)
            elif flowing and due.standing():
                watched = [name for name in flowing if due.who(name) and (due.by_itself or self._reached(name, now))]
                if watched:
                    self.violate("I4", f"{due.fault}: {', '.join(watched)} flows {now - due.at:.0f} s after its bound")
        self._due = left

    def _reached(self, name: str, now: float) -> bool:
        """Whether anything can stop a pump now: while the program or the pump hears nothing, only its dead-man can."""
        if now < self._away_until:
            return self.facts.pumps[name].dead_man is not None
        if now < self._driverless.get(name, 0.0):
            return False
        return not any(
            fault.kind in DEAF and name in (fault.target, fault.settings.get("with"))
            for fault in self._bench.standing_faults()
        )

    def _check_feed(self, now: float, flowing: list[str]) -> None:
        plate, facts = self._plate, self.facts
        for name in flowing:
            if self._drives[name].withdrawing:
                self.violate("D14", f"{name}: the plunger goes back")
            self._check_rate(name, now)
        step = facts.steps.get(self._step)
        if plate is None or step is None or self._gone_at is not None or now < self._away_until:
            return
        reached = [name for name in flowing if self._reached(name, now)]
        stands = bool(reached) and step.speed > 0 and plate.speed < 0.79 * step.speed
        if self._lasts("stir", stands, now, STIR_BOUND):
            self.violate("I14", f"{', '.join(reached)}: flows at {plate.speed:.0f} rpm for {STIR_BOUND:.0f} s")
        probe = plate.probe
        if probe is not None and step.coolest is not None:
            bound = STANDS_BOUND if self._reading_stands else COLD_BOUND
            if self._lasts("cold", bool(reached) and probe.temperature < step.coolest - 0.3, now, bound):
                self.violate("I14", f"{', '.join(reached)}: flows at {probe.temperature:.1f} degC, too cold")
        self._check_skew()

    def _check_rate(self, name: str, now: float) -> None:
        """What came in a second of a step, against what may come in one."""
        received, before = self._drives[name].tubing.received, self._received.get(name)
        self._received[name] = self._step, now, received
        step = self.facts.steps.get(self._step)
        rate = 0.0 if step is None else step.rates.get(name, 0.0)
        if before is None or before[0] != self._step or rate == 0.0 or not OTHER_RATE.isdisjoint(self.struck):
            return
        most = RATE_SLACK * rate * (now - before[1]) + 1e-6
        came = received - before[2]
        if came > most:
            self.violate("D20", f"{name}: {came:.4f} mL in {now - before[1]:.1f} s, at most {most:.4f} mL")

    def _check_skew(self) -> None:
        step = self.facts.steps.get(self._step)
        if step is None or len(step.feeds) < 2 or "leak" in self.struck:
            return
        if self._left_alone and any(self.facts.pumps[feed.device].dead_man is None for feed in step.feeds):
            return  # waived: where no controller reaches it, nothing stops it before its target
        parts = []
        for feed in step.feeds:
            parts.append(min(1.0, self.displaced(self._step, feed.device) / feed.displaced))
        skew = max(parts) - min(parts)
        allowed = max(0.02, self._skew * step.part_each_second)
        if skew > allowed:
            self.violate("D16", f"{self._step}: feeds differ by {100 * skew:.1f} %, at most {100 * allowed:.1f} %")

    def _check_questions(self, now: float) -> None:
        """A question that nobody answers is over in its time; while the program stands still it cannot be."""
        if not self._host_kinds.isdisjoint(NO_CONTROLLER):
            return
        for name, until in self._asked.items():
            if now > until + ANSWER_BOUND:
                self.violate("I16", f"{name}: nobody has answered, and {now - until:.0f} s after its time it waits on")

    def _check_gone(self, now: float, flowing: list[str]) -> None:
        assert self._gone_at is not None
        gone = now - self._gone_at
        if self._guarded_at is not None and now - self._guarded_at > GUARDED and flowing and not self._deaf():
            self.violate("I4", f"{', '.join(flowing)}: flows {now - self._guarded_at:.0f} s after the guardian acted")
        if not self._auto_restart and not self._flowed.issuperset(flowing):
            begun = ", ".join(name for name in flowing if name not in self._flowed)
            self.violate("I9", f"{begun}: begins to flow {gone:.0f} s after the controller has gone")
        self._flowed = set(flowing)
        for name in flowing:
            dead_man = self.facts.pumps[name].dead_man
            if dead_man is not None and gone > dead_man + 1.5:
                self.violate("I4", f"{name}: flows {gone:.0f} s after the controller has gone")
        plate = self._plate
        silence = self.facts.plate_dead_man
        if plate is None or silence is None or gone <= silence + HEAT_DEAD_MAN_SLACK:
            return
        self._check_heat_alone(gone)
        step = self.facts.steps.get(self._step)
        stands = step is not None and step.speed > 0 and plate.speed < 0.79 * step.speed
        if step is not None and stands and self._turned and not self._plate_struck():
            self.violate("I6", f"{self.facts.plate}: stirs at {plate.speed:.0f} of {step.speed:.0f} rpm, left alone")

    def _check_heat_alone(self, alone: float) -> None:
        """Where no controller reaches the plate, its dead-man has taken the heat away; but for what a hand has set."""
        plate, silence = self._plate, self.facts.plate_dead_man
        assert plate is not None
        if silence is None or alone <= silence + HEAT_DEAD_MAN_SLACK or "panel" in self.struck:
            return
        heats = plate.heats_to
        if self.policy.end_heat is Heat.OFF and heats is not None and heats > self.facts.safe + 0.6:
            text = f"heats to {heats:.1f} degC {alone:.0f} s after the controller has gone"
            self.violate("I5", f"{self.facts.plate}: {text}")

    def _deaf(self) -> bool:
        """Whether a standing fault keeps a device from hearing anybody."""
        return any(fault.kind in DEAF for fault in self._bench.standing_faults())

    def _plate_struck(self) -> bool:
        """Whether a fault may have changed how the plate stirs."""
        return self._power_lost or self._plate_driver or any(kind in STIR_FAULTS for kind in self.struck)

    def _check_heat(self, now: float) -> None:
        plate, step = self._plate, self.facts.steps.get(self._step)
        assert plate is not None
        if step is None or self._gone_at is not None:
            return
        if self._deaf() or self._plate_driver or "frozen" in self.struck:
            return  # found by standing still within 30 min (T08); what does not hear, by its dead-man
        if now < self._away_until:
            if now < self._away_until - WAKING:
                self._check_heat_alone(now - self._away_from)
            return
        heats, probe = plate.heats_to, plate.probe
        if heats is not None and heats <= self.facts.safe + 0.6:
            heats = None
        hot = probe is not None and step.hottest is not None and probe.temperature > step.hottest + 0.5
        if self._lasts("hot", hot and heats is not None, now, HOT_BOUND):
            assert probe is not None
            self.violate(
                "I5", f"{self.facts.plate}: heats to {heats} degC with the flask at {probe.temperature:.1f} degC"
            )
        cap = self.facts.plate_cap
        if cap is not None and self._lasts("cap", heats is not None and plate.plate.temperature > cap + 10.5, now, 9.0):
            self.violate("I5", f"{self.facts.plate}: the plate is at {plate.plate.temperature:.0f} degC and heats")

    def _lasts(self, name: str, broken: bool, now: float, patience: float) -> bool:
        if not broken:
            self._since.pop(name, None)
            return False
        return now - self._since.setdefault(name, now) > patience

    # ---- in the morning ----

    def final(self, result: "NightResult", damage: str) -> None:
        """The end of the night.

        Args:
            result: what came of it.
            damage: what is wrong with the record.
        """
        if damage:
            self.violate("I7", f"the record is damaged: {damage}")
        self._check_names(result)
        flowing = self._flowing()
        if flowing:
            watched = [name for name in flowing if self.facts.pumps[name].dead_man is not None]
            if watched or result.verdict != "killed":
                self.violate("I6", f"{', '.join(flowing)}: flows after the end of the night")
        self._check_end(result)
        outcome = result.outcome
        if outcome is None:
            return
        leaks = "leak" in self.struck
        for row in outcome.doses:
            self._check_dose(dict(row), outcome.verdict.value, leaks)

    def _check_names(self, result: "NightResult") -> None:
        """Where one thing went wrong, the first alarm names it."""
        if self._alarms and not self.struck and self._host_kinds and self._host_kinds <= UNFELT:
            at, code, device = self._alarms[0]
            self.violate("I18", f"{', '.join(sorted(self._host_kinds))} alone: {code} of {device} at {at:.1f} s")
        codes = ALARMS.get(self.struck[0] if len(self.struck) == 1 else "", frozenset())
        if not codes or self._host_struck or not self._alarms:
            return
        at, code, device = self._alarms[0]
        if code not in codes or device != self._target:
            self.violate("I10", f"{self.struck[0]} of {self._target} was told as {code} of {device} at {at:.1f} s")

    def _check_end(self, result: "NightResult") -> None:
        plate = self._plate
        if plate is None or not self._step:
            return
        heats = plate.heats_to
        off = result.verdict in ("complete", "aborted") or self.policy.end_heat is Heat.OFF
        if off and heats is not None and heats > self.facts.safe + 0.6:
            self.violate("I6", f"{self.facts.plate}: heats to {heats:.1f} degC at the end, after {result.verdict}")

    def _check_dose(self, row: dict[str, Any], verdict: str, leaks: bool) -> None:
        limit = next((item for item in self.facts.limits if item.solution == row["solution"]), None)
        if limit is None:
            return
        planned, truth, step = row["planned_mL"], row["truth_mL"], limit.resolution
        low, high = row["delivered_mL"]
        if verdict == "complete" and not leaks and abs(truth - planned) > 0.01 * planned + 2 * step:
            self.violate("I2", f"{row['solution']}: complete with {truth:.4f} of {planned:.4f} mL")
        slack = 2 * step + READ_BY_EYE
        if truth < low - slack and not leaks or truth > high + slack:
            self.violate("I8", f"{row['solution']}: {truth:.4f} mL, the record says {low:.4f} to {high:.4f} mL")
