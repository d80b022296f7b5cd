"""The one loop that decides: observe, interlocks, step, act, record. Runs a plan from its first step to its end."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from ruggli.devices.capability import PumpCapability
from ruggli.engine.alarm import HEAT_OFF, HOLDS, STOPS, TELLS, Action, Alarm
from ruggli.engine.alarm_book import AlarmBook
from ruggli.engine.bench import Bench
from ruggli.engine.dead_men import arm_before_heat, dead_man_orders
from ruggli.engine.desk import Desk
from ruggli.engine.faults import AWAY_SECONDS, alarm_of, away_alarm, late_alarm, panel_alarm
from ruggli.engine.flow import Flow
from ruggli.engine.interlocks import LINK_SECONDS
from ruggli.engine.lifeline import GuardianLink, Lifeline
from ruggli.engine.orders import NOTHING_TO_DO, QUESTIONS, Decision, Order, Outcome, Verb
from ruggli.engine.plate_watch import PlateWatch
from ruggli.engine.result import Result, Verdict, dosed, peaks
from ruggli.engine.run_settings import RunSettings
from ruggli.engine.states import WATCHED, RunMachine, RunState
from ruggli.engine.steps.dose import DoseRunner
from ruggli.engine.steps.make import make_runner
from ruggli.engine.steps.runner import Runner
from ruggli.engine.view import View
from ruggli.engine.waiting import LONGEST_ORDER, PERIOD, settle
from ruggli.errors import NoReply
from ruggli.journal.writer import Journal
from ruggli.plan.model import Plan, PlannedPrompt, PlannedStep
from ruggli.plan.policy import POLICIES, ClassPolicy
from ruggli.protocol.model import OnTimeout
from ruggli.quantities.base import Seconds
from ruggli.world.operator import Command, Operator
from ruggli.world.signals import SignalCommands
from ruggli.world.tasks import Task, Wait

RECHECK_SECONDS = 60.0
"""How often a hotplate's set points are read back while nothing changes (hazard C13)."""

LONGEST_SAMPLE_PERIOD = 5.0
"""Seconds between two records of what is seen, at most: after a crash no more than this is unknown."""

SAMPLES_A_STEP = 500
"""Records of a step that are enough to draw it; a long step gets more."""

QUIET = QUESTIONS | {Verb.FEED_DEAD_MAN}
"""Orders that need no record: questions, and the sign of life."""


class Conductor:
    """Conducts one run. `self.result` is complete when `run` has ended.

    Args:
        plan: what to do.
        bench: devices.
        journal: the record.
        operator: who answers.
        settings: see `RunSettings`.
        commands: commands that come from elsewhere (signals).
        watch: called at every sample, for a progress display.
        prove_mastery: called in every tick and before each command that moves something; raises `LeaseLost`.
        guardian: who stops everything when this process dies or hangs.
    """

    def __init__(
        self,
        plan: Plan,
        bench: Bench,
        journal: Journal,
        operator: Operator,
        settings: RunSettings,
        commands: SignalCommands,
        watch: Callable[["Conductor"], None],
        prove_mastery: Callable[[], None],
        guardian: GuardianLink,
    ) -> None:
        self.plan = plan
        self.bench = bench
        self.view: View = bench.view
        self.journal = journal
        self.operator = operator
        self.settings = settings
        self.machine = RunMachine()
        self.plates = PlateWatch(plan)
        self.desk = Desk(operator, self._write)
        self.result = Result()
        self.alarms = AlarmBook(self.result.alarms, self._write)
        self.flow = Flow()
        self.runner: Runner | None = None
        self.phase_seen = ""
        self.commands = commands
        self.lifeline = Lifeline(guardian, journal, plan, settings.unattended)
        self._watch = watch
        self.prove_mastery = prove_mastery
        self._phase: Enum | None = None
        self._sample_period = 5.0
        self._next = 0.0

    def poke(self) -> None:
        """A command has come: look at once instead of at the next tick."""
        self.bench.poked = True
        self.bench.wake()

    # ---- small helpers ----

    def _write(self, kind: str, data: Mapping[str, Any], durable: bool) -> None:
        self.journal.write(kind, data, durable=durable)

    @property
    def now(self) -> Seconds:
        """The run's clock."""
        return self.bench.loop.now()

    @property
    def step(self) -> PlannedStep:
        """The current step, or the last one when all are done."""
        return self.plan.steps[min(self.flow.index, len(self.plan.steps) - 1)]

    @property
    def policy(self) -> ClassPolicy:
        """The safe behaviour of the current step."""
        return POLICIES[self.step.hold.step_class]

    def change(self, trigger: str, why: str = "") -> None:
        """Fire an edge of the run's machine and record it."""
        before = self.machine.state
        self.machine.trigger(trigger)
        record = {"from": before.value, "to": self.machine.state.value, "why": why}
        self.journal.write("state", record, durable=trigger in ("prepare", "rest", "stopped", "aborted", "finish"))

    # ---- the steps ----

    def conduct(self) -> Task[None]:
        """Run steps until all are done, or the run is held for good, stopped or aborted."""
        self._next = self.now
        for name in self.bench.devices:
            self.view.read_at.setdefault(name, self.now)
        while self.flow.ending is None:
            if self.runner is None and not self._begin_step():
                self.flow.ending = (Verdict.COMPLETE, "all steps are done")
                break
            yield from self.tick(feeding=self._feeds())
            if self.flow.hold_cause is not None or self.flow.ending is not None:
                break
            yield from self._decide()
            if self.flow.hold_cause is not None:
                break
            if self.flow.ending is None:  # a stop is kept waiting by nothing
                yield from self.keep_dead_men()

    def _begin_step(self) -> bool:
        if self.flow.index >= len(self.plan.steps):
            return False
        step = self.step
        self.runner = self.make(step)
        self.plates.begin()
        self.lifeline.watch(self.policy)
        self._sample_period = min(LONGEST_SAMPLE_PERIOD, max(PERIOD, step.duration / SAMPLES_A_STEP))
        record = {"step": step.id, "number": step.number, "do": step.do, "title": step.title, "what": "begin"}
        self.journal.write("step", record)
        self._phase, self.phase_seen = None, ""
        return True

    def make(self, step: PlannedStep) -> Runner:
        """A fresh runner for a step."""
        capabilities = {
            name: device.capability
            for name, device in self.bench.devices.items()
            if isinstance(device.capability, PumpCapability)
        }
        run_on = {device.name: device.dead_man for device in self.plan.devices if device.dead_man is not None}
        return make_runner(step, capabilities, run_on, len(self.result.samples))

    def _end_step(self) -> None:
        step, runner = self.step, self.runner
        assert runner is not None
        self.keep_doses(step.id, runner)
        self.flow.done.add(step.id)
        self.journal.write("step", {"step": step.id, "number": step.number, "what": "end"}, durable=True)
        self.runner = None
        self.flow.index += 1

    def keep_doses(self, step: str, runner: Runner) -> None:
        """Keep what the step has delivered."""
        rows = dosed(step, runner.progress())
        self.result.doses = [row for row in self.result.doses if row.step != step] + rows

    def _feeds(self) -> bool:
        runner = self.runner
        inner = getattr(runner, "current", runner)
        return isinstance(inner, DoseRunner) and inner.feeding

    # ---- one tick ----

    def tick(self, *, feeding: bool, watched: bool = True) -> Task[None]:
        """Wait for the next look, observe, check, take commands and answers. An alarm sets `flow.hold_cause`.

        Stirring is checked only where `watched`; temperatures always are.
        """
        bench = self.bench
        now = bench.loop.now()
        if self._next <= now - PERIOD:
            self._next = now
        while now < self._next and not bench.poked:
            yield Wait(Seconds(self._next))
            now = bench.loop.now()
        self.prove_mastery()
        self._mind_gap()
        if bench.poked:
            bench.poked = False
            self.take_commands()
            if self.flow.ending is not None or self.flow.hold_cause is not None:
                return
        else:
            self._next += PERIOD
        bench.poll()
        if bench.busy:
            yield from bench.settle(0.9 * PERIOD, interruptible=True)
        view = self.view
        view.now = now = bench.loop.now()
        if bench.outcomes:
            self._stray_outcomes()
        if bench.powerless:
            open_accounts = () if self.runner is None else self.runner.unsettled()
            self.flow.lost_counters |= bench.powerless.intersection(open_accounts)
            bench.powerless.clear()
        self._link(now)
        for alarm in self.plates.check(self.step, bench, self.runner, feeding=feeding, watched=watched):
            self.raise_alarm(alarm)
        self._feed_dead_men(now)
        self._collect(now)
        self.take_commands()
        if now - self.flow.sampled_at >= self._sample_period:
            self.sample(now)
        self.sign_of_life()

    def sign_of_life(self) -> None:
        """The control loop goes on, and its checks have passed."""
        alarm = self.lifeline.beat()
        if alarm is not None:
            self.raise_alarm(alarm)

    def _stray_outcomes(self) -> None:
        for outcome in self.bench.take_outcomes():
            self._outcome(outcome, self.runner)

    def _outcome(self, outcome: Outcome, runner: Runner | None) -> None:
        """Hand the end of an order to the step, and raise the alarm that it calls for."""
        follow = None if runner is None else runner.outcome(outcome, self.view)
        if outcome.error is not None:
            self.raise_alarm(alarm_of(outcome))
            return
        if outcome.order.verb is Verb.READ_SETTINGS and outcome.order.device in self.bench.commanded:
            alarm = panel_alarm(outcome)
            if alarm is not None:
                self.raise_alarm(alarm)
        if follow is not None:
            self.apply(follow)

    def _link(self, now: Seconds) -> None:
        for name, read_at in self.view.read_at.items():
            trouble = self.bench.trouble.get(name)
            if trouble is not None or now - read_at > LINK_SECONDS:
                alarm = late_alarm(name, Seconds(now - read_at), trouble)
                if alarm is not None:
                    self.raise_alarm(alarm)

    def _mind_gap(self) -> None:
        """After a sleep of the computer nobody has watched, so what flows is stopped (rule 9).

        A run that is held has nothing that flows and asks already; there the gap is only noted.
        """
        gap = self.bench.loop.take_gap()
        if gap <= AWAY_SECONDS:
            return
        if self.machine.state in WATCHED:
            self.raise_alarm(away_alarm(gap))
        else:
            self.journal.write("note", {"text": f"{away_alarm(gap).text} for {gap:.0f} s"}, durable=True)

    def _feed_dead_men(self, now: Seconds) -> None:
        """Signs of life go out here, after the checks of this tick, and nowhere else."""
        for name, told in self.bench.commanded.items():
            if told.dead_man is not None and now - told.fed_at >= told.dead_man[0] / 3 - PERIOD / 2:
                told.fed_at = now
                self.bench.submit((Order(name, Verb.FEED_DEAD_MAN),))
            elif told.heating and now - self.flow.rechecked_at.get(name, 0.0) >= RECHECK_SECONDS:
                self.flow.rechecked_at[name] = now
                self.bench.submit((Order(name, Verb.READ_SETTINGS),))

    def _collect(self, now: Seconds) -> None:
        if not self.desk.waits:
            return
        answers, expired = self.desk.collect(now)
        self.view.answers.update(answers)
        for item in expired:
            if item.then is OnTimeout.CONTINUE or self.machine.state is RunState.HELD:
                continue
            text = f"nobody answered {item.prompt.id}"
            action = Action.HOLD if item.then is OnTimeout.HOLD else Action.STOP
            limit = (
                "an answer" if item.prompt.timeout is None else f"an answer within {item.prompt.timeout / 60:.0f} min"
            )
            self.raise_alarm(Alarm("A-PROMPT", "operator", text, "no answer", limit, action))

    def take_commands(self) -> None:
        """Act on what a person or a signal asks for."""
        command = self.commands.take() or self.operator.command()
        if command is None:
            return
        self.journal.write("command", {"command": command.value, "by": self.operator.name}, durable=False)
        if command is Command.STOP:
            self.flow.ending = (Verdict.STOPPED, "a person stopped the run")
        elif command is Command.ABORT:
            self.flow.ending = (Verdict.ABORTED, "a person aborted the run")
        elif command is Command.HOLD and self.machine.state in (RunState.RUNNING, RunState.RESTARTING):
            self.flow.hold_cause = Alarm("A-OPERATOR", "operator", "a person asked for a hold", "hold", "")
        elif command is Command.RESUME and self.machine.state is RunState.HELD:
            for prompt in self.desk.standing:
                if "resume" in prompt.choices:
                    self.view.answers[prompt.id] = "resume"

    def raise_alarm(self, alarm: Alarm) -> None:
        """One alarm for each fault: recorded once while it stands, first cause first."""
        key = (alarm.code, alarm.device)
        told = (*key, self.step.id if alarm.action is Action.WAIT else "")
        if key in self.flow.active or (alarm.action in TELLS and told in self.flow.told):
            return
        self.flow.told.add(told) if alarm.action in TELLS else self.flow.active.add(key)
        self.alarms.take(alarm, self.now, self.step.id)
        if alarm.code == "A-POWER":
            self.flow.lost_counters.add(alarm.device)
        if alarm.action in STOPS and self.flow.ending is None:
            self.flow.ending = (Verdict.STOPPED, alarm.text)
        elif alarm.action is Action.ABORT:
            self.flow.ending = (Verdict.ABORTED, alarm.text)
        elif alarm.action in HOLDS and self.flow.hold_cause is None:
            self.flow.hold_cause = alarm
        if alarm.action in HEAT_OFF:
            self.flow.heat_off = True

    def sample(self, now: Seconds) -> None:
        """Record what is seen."""
        self.flow.sampled_at = now
        view, runner = self.view, self.runner
        record: dict[str, Any] = {
            "step": self.step.id,
            "pumps": {name: [r.state.value, round(r.infused, 6)] for name, r in view.pumps.items()},
            "plates": {name: [r.probe, r.plate, r.speed] for name, r in view.plates.items()},
            **self.plates.pile.noted(),
        }
        if runner is not None:
            rows = runner.progress()
            if rows:
                record["dosed_mL"] = [[p.solution, p.device, round(p.at_least, 6), round(p.at_most, 6)] for p in rows]
            elif self.step.do == "hold":
                record["snapshot"] = runner.snapshot()
        self.journal.write("sample", record)
        self._watch(self)

    # ---- deciding and acting ----

    def _decide(self) -> Task[None]:
        for _ in range(40):
            runner = self.runner
            if runner is None:
                if self.flow.ending is not None or not self._begin_step():
                    return
                continue
            decision = runner.decide(self.view)
            if runner.phase is not self._phase:
                self._note_phase(runner)
            acted = decision is not NOTHING_TO_DO and self.apply(decision)
            if self.bench.busy:
                yield from self.bench.settle(PERIOD, interruptible=True)
                self.view.now = self.bench.loop.now()
            if self.bench.outcomes:
                acted = self._take(runner) or acted
            if self.flow.hold_cause is not None or self.flow.ending is not None:
                return
            if decision.done:
                self._note_phase(runner)
                self._end_step()
                yield from self.keep_dead_men()
            elif not acted:
                return
            else:
                yield from self.keep_dead_men()

    def _take(self, runner: Runner) -> bool:
        outcomes = self.bench.take_outcomes()
        for outcome in outcomes:
            self._outcome(outcome, runner)
        return bool(outcomes)

    def _note_phase(self, runner: Runner) -> None:
        self._phase, self.phase_seen = runner.phase, runner.phase.value
        record = {"step": self.step.id, "phase": self.phase_seen, "snapshot": runner.snapshot()}
        self.journal.write("phase", record)

    def apply(self, decision: Decision) -> bool:
        """Journal, then act. True when anything was asked for."""
        for entry in decision.entries:
            self.journal.write(entry.kind, entry.data)
            self.result.note(entry.kind, entry.data)
        guards = arm_before_heat(self.plan, self.bench, decision.orders)
        actuating = [*guards, *(order for order in decision.orders if order.verb not in QUIET)]
        if actuating:
            self.note_orders(actuating)
        elif any(entry.durable for entry in decision.entries):
            self.journal.sync()
        for alarm in decision.alarms:
            self.raise_alarm(alarm)
        if decision.alarms:
            return True
        self.bench.submit([*guards, *decision.orders] if guards else decision.orders)
        for prompt in decision.ask:
            self.ask(prompt)
        if decision.stop:
            self.flow.ending = (Verdict.STOPPED, decision.stop)
        return bool(decision.orders or decision.entries)

    def note_orders(self, orders: list[Order]) -> None:
        """Have orders on the disk before their first byte, and be sure that this process may still give them."""
        told = [{"device": o.device, "verb": o.verb.value, "args": list(o.args)} for o in orders]
        self.journal.write("order", {"step": self.step.id, "orders": told}, durable=True)
        self.prove_mastery()

    def ask(self, prompt: PlannedPrompt) -> None:
        """Put a question; an earlier answer to it is void."""
        self.view.answers.pop(prompt.id, None)
        self.desk.ask(prompt, self.now)

    # ---- dead-men ----

    def keep_dead_men(self) -> Task[None]:
        """Have every hotplate's dead-man fit what was commanded and the class of the current step.

        Not while orders are under way: what they command is not known to hold yet.
        """
        if self.bench.busy:
            return
        orders = dead_man_orders(self.plan, self.bench, self.policy)
        if orders:
            yield from self.order_now(orders, interruptible=True)

    def order_now(self, orders: list[Order], *, interruptible: bool = False) -> Task[list[Outcome]]:
        """Carry out orders and wait for them (see `Bench.settle`); errors become alarms.

        An order of the step that ends meanwhile is the step's: it waits for that end.
        """
        actuating = [order for order in orders if order.verb not in QUIET]
        if actuating:
            self.note_orders(actuating)
        self.bench.submit(orders)
        yield from settle(self, LONGEST_ORDER, interruptible=interruptible)
        self.view.now = self.now
        ended = []
        for outcome in self.bench.take_outcomes():
            if not any(outcome.order is order for order in orders):
                self._outcome(outcome, self.runner)
                continue
            ended.append(outcome)
            if outcome.error is not None:
                self.raise_alarm(alarm_of(outcome))
        return ended

    def ask_device(self, order: Order) -> Task[Any]:
        """Put a question to a device and return its answer. Raises the `RuggliError` that came instead."""
        self.bench.submit([order])
        yield from settle(self, LONGEST_ORDER)
        for outcome in self.bench.take_outcomes():
            if outcome.order is order:
                if outcome.error is not None:
                    raise outcome.error
                return outcome.value
        raise NoReply(f"no end of {order.verb.value} within {LONGEST_ORDER:.0f} s", device=order.device)

    # ---- for the report ----

    def give_up(self) -> None:
        """The session ends and the pumps were not proved to rest: what they may still have given counts."""
        if self.runner is not None:
            self.runner.abandon(frozenset(self.bench.pumps))
        self.finish_result()

    def finish_result(self) -> None:
        """Fill in what is known at the end."""
        if self.runner is not None:
            self.keep_doses(self.step.id, self.runner)
        self.result.hottest = dict(self.bench.tally.hottest)
        self.result.still_on = self.bench.still_on()

    def peak_concentrations(self) -> dict[str, float]:
        """Highest concentration of each solute so far, mol/L."""
        return peaks(self.plan, frozenset(self.flow.done), self.result)
