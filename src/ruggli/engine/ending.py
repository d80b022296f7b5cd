"""Holding, restarting and ending: what flows stops first, the rest is the class of the step."""

from contextlib import suppress
from dataclasses import replace

from ruggli.devices.pump import PumpSettings
from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.conductor import Conductor
from ruggli.engine.dead_men import arm_before_heat
from ruggli.engine.deeds import own_stop, what_was_done
from ruggli.engine.faults import alarm_of
from ruggli.engine.interlocks import too_hot_plate
from ruggli.engine.orders import Order, Outcome, Verb
from ruggli.engine.prepare import reach_again, reconnect
from ruggli.engine.proof import prove_heat_off
from ruggli.engine.result import Verdict
from ruggli.engine.steps.dose import DoseRunner
from ruggli.engine.steps.holding import HoldRunner
from ruggli.engine.steps.portions import PortionsRunner
from ruggli.engine.waiting import settle
from ruggli.errors import DeviceAlarm, JournalError
from ruggli.plan.model import CoolWork, HeatWork, PlannedPrompt
from ruggli.plan.policy import Heat
from ruggli.protocol.model import OnTimeout
from ruggli.quantities.base import Celsius, Millilitres, Seconds
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.reader import read_quantity
from ruggli.world.tasks import Task

STOP_SECONDS = 6.0
"""How long a stop may take to be proved before it counts as not proved."""

ALARMS_IN_A_ROW = 3
"""A pump that answers with more alarms than this is not read."""

WARM_UP_SECONDS = 3600.0
"""How long a restart waits for temperature and stirring."""


def make_safe(conductor: Conductor, cause: Alarm | None = None) -> Task[None]:
    """The last thing that a program does which cannot go on: its disk is full, or it has a bug.

    The cause, and a stop that could not be proved, are told, and recorded where a record can be kept.
    """
    conductor.prove_mastery()
    bench, heat_off = conductor.bench, conductor.policy.end_heat is Heat.OFF
    orders = [Order(name, Verb.STOP) for name in bench.pumps]
    for device in conductor.plan.devices:
        told = bench.commanded.get(device.name)
        if heat_off and told is not None and told.heating and device.safe is not None:
            orders.append(Order(device.name, Verb.HEAT_OFF, (device.safe,)))
    bench.overtake(orders)
    if cause is not None:
        with suppress(JournalError):
            conductor.raise_alarm(cause)
    yield from bench.settle(STOP_SECONDS)
    for outcome in bench.take_outcomes():
        if outcome.error is not None and outcome.order.verb in (Verb.STOP, Verb.HEAT_OFF):
            with suppress(JournalError):
                _unproved(conductor, outcome)


def stop_flows(conductor: Conductor, *, heat_off: bool) -> Task[None]:
    """Stop every pump, on every line at once; where asked, switch the heat off. The stop goes out before its record."""
    bench = conductor.bench
    orders = [Order(name, Verb.STOP) for name in bench.pumps if _reachable(conductor, name)]
    for device in conductor.plan.devices:
        told = bench.commanded.get(device.name)
        if told is None or device.safe is None or not heat_off:
            continue
        if told.heating or conductor.plates.heaters[device.name].stuck:
            if _reachable(conductor, device.name):
                orders.append(Order(device.name, Verb.HEAT_OFF, (device.safe,)))
    conductor.prove_mastery()
    bench.overtake(orders)
    conductor.note_orders(orders)
    yield from settle(conductor, STOP_SECONDS)
    for outcome in bench.take_outcomes():
        if outcome.error is not None and outcome.order.verb in (Verb.STOP, Verb.HEAT_OFF):
            _unproved(conductor, outcome)
    conductor.view.now = conductor.now


def _reachable(conductor: Conductor, name: str) -> bool:
    trouble = conductor.bench.trouble.get(name)
    return trouble is None or not trouble.lost


def _unproved(conductor: Conductor, outcome: Outcome) -> None:
    alarm = alarm_of(outcome)
    device = next(device for device in conductor.plan.devices if device.name == outcome.order.device)
    text = f"{alarm.text}; {own_stop(device)}"
    conductor.raise_alarm(Alarm("A-STOP-UNPROVED", alarm.device, text, alarm.value, alarm.bound, Action.NONE))


def hold(conductor: Conductor) -> Task[None]:
    """Go from running to held; on return somebody has decided: `flow.ending` is set, or the run goes on."""
    cause = conductor.flow.hold_cause
    assert cause is not None
    conductor.flow.holds += 1
    policy = conductor.policy
    if conductor.runner is not None:
        conductor.runner.interrupt(conductor.view)
    conductor.desk.withdraw_all()
    conductor.change("hold", f"{cause.device}: {cause.text}")
    off = conductor.flow.heat_off or policy.hold_heat is Heat.OFF
    yield from stop_flows(conductor, heat_off=off)
    conductor.alarms.done(what_was_done(conductor, conductor.alarms.waits_for_done))
    yield from settle_counters(conductor)
    conductor.change("rest")
    question = _question(conductor, cause)
    conductor.flow.hold_cause, conductor.flow.heat_off = None, False
    yield from _held(conductor, cause, question)


def settle_counters(conductor: Conductor) -> Task[None]:
    """Read the counters of the pumps at rest and settle the ledger with them."""
    if conductor.runner is None:
        return
    conductor.bench.take_outcomes()
    settings: dict[str, PumpSettings | None] = {}
    names = [name for name in conductor.bench.pumps if _reachable(conductor, name)]
    for _ in range(ALARMS_IN_A_ROW):
        conductor.bench.submit([Order(name, Verb.READ_SETTINGS) for name in names])
        yield from settle(conductor, STOP_SECONDS)
        names = []
        for outcome in conductor.bench.take_outcomes():
            if outcome.order.verb is Verb.READ_SETTINGS and isinstance(outcome.value, PumpSettings):
                settings[outcome.order.device] = outcome.value
            elif isinstance(outcome.error, DeviceAlarm):  # told once, and so acknowledged: the counter comes next
                names.append(outcome.order.device)
                if outcome.error.kind == "power":
                    conductor.flow.lost_counters.add(outcome.order.device)
        if not names:
            break
    lost = frozenset(conductor.flow.lost_counters | conductor.bench.powerless)
    conductor.view.now = conductor.now
    for entry in conductor.runner.counters(settings, lost, conductor.view):
        conductor.journal.write(entry.kind, entry.data, durable=True)
    conductor.flow.lost_counters -= set(settings)


def _held(conductor: Conductor, cause: Alarm, prompt: PlannedPrompt) -> Task[None]:
    flow, rule = conductor.flow, conductor.step.hold
    conductor.ask(prompt)
    began, cooled = conductor.now, False
    away: dict[str, None] = {}
    while flow.ending is None:
        yield from conductor.tick(feeding=False, watched=False)
        flow.hold_cause = None
        if flow.heat_off:
            flow.heat_off = False
            yield from stop_flows(conductor, heat_off=True)
        if conductor.alarms.waits_for_done is not None:
            conductor.alarms.done(what_was_done(conductor, None))
        yield from _distrust_returning_plates(conductor, away)
        answer = conductor.view.answers.pop(prompt.id, None)
        standing = any(item.id == prompt.id for item in conductor.desk.standing)
        if answer is not None:
            conductor.desk.withdraw_all()
        if answer == "resume":
            why = yield from restart(conductor)
            if not why:
                return
            began, cooled = conductor.now, False
            conductor.ask(replace(prompt, text=f"Not resumed: {why}. {prompt.text}"))
        elif answer == "stop":
            flow.ending = (Verdict.STOPPED, f"held ({cause.text}); a person stopped the run")
        elif answer == "abort":
            flow.ending = (Verdict.ABORTED, f"held ({cause.text}); a person aborted the run")
        elif standing and conductor.now - began < rule.longest:
            continue
        elif standing and rule.then == "heat_off" and _heats(conductor) and not cooled:
            yield from stop_flows(conductor, heat_off=True)
            conductor.desk.withdraw_all()
            began, cooled = conductor.now, True  # once: a plate that is not heard counts as heating for ever
            conductor.ask(prompt)
        else:
            flow.ending = (Verdict.HELD, f"{cause.device}: {cause.text}")


def _distrust_returning_plates(conductor: Conductor, away: dict[str, None]) -> Task[None]:
    """A plate that answers again may have been without power and heat by itself (mode B): its heat goes off (T17)."""
    bench = conductor.bench
    for device in conductor.plan.devices:
        told = bench.commanded.get(device.name)
        if told is None or device.safe is None:
            continue
        if conductor.bench.unheard(device.name):
            away[device.name] = None
        elif device.name in away:
            del away[device.name]
            if told.heating:
                text = f"{device.name} answers again; it may have lost its power, so its heat is switched off"
                conductor.journal.write("note", {"text": text})
                yield from conductor.order_now([Order(device.name, Verb.HEAT_OFF, (device.safe,))])


def _heats(conductor: Conductor) -> bool:
    return any(told.heating for told in conductor.bench.commanded.values())


def _question(conductor: Conductor, cause: Alarm) -> PlannedPrompt:
    policy, rule = conductor.policy, conductor.step.hold
    rows = "; ".join(
        f"{row.solution}: {row.at_least:.5g} to {row.at_most:.5g} of {row.planned:.5g} mL"
        for row in (() if conductor.runner is None else conductor.runner.progress())
    )
    return PlannedPrompt(
        id=f"hold.{conductor.flow.holds}",
        text=(
            f"Held in step {conductor.step.number} ({conductor.step.title}): {_why(cause)}. "
            f"Flows are 0, heat {'is off' if conductor.flow.heat_off else policy.hold_heat.value}, "
            f"stirring goes on. {rows}{'. ' if rows else ''}Mend the cause, then: resume, stop or abort"
        ),
        choices=("resume", "stop", "abort"),
        dimension=None,
        happy="",
        takes=Seconds(300.0),
        timeout=rule.longest,
        on_timeout=OnTimeout.STOP,
    )


def _why(cause: Alarm) -> str:
    if cause.code == "A-OPERATOR":
        return cause.text
    return f"{cause.device}: {cause.text} (value {cause.value or '-'}, bound {cause.bound or '-'})"


def restart(conductor: Conductor, *, reconnected: bool = False) -> Task[str]:
    """Read everything again, reconcile, restore heat and stirring, go on; "", or why it stays held."""
    conductor.change("restart")
    conductor.lifeline.renew(conductor.policy)
    known = frozenset(conductor.flow.active)
    conductor.flow.active.clear()
    conductor.plates.forget(conductor.now)
    why = "" if reconnected else (yield from reconnect(conductor))
    if not why:
        yield from settle_counters(conductor)
        unsettled = () if conductor.runner is None else conductor.runner.unsettled()
        why = f"the counter of {', '.join(unsettled)} could not be read" if unsettled else ""
    if not why:
        why = yield from _resolve_doubts(conductor)
    if not why:
        why = yield from _restore(conductor)
    if why or conductor.flow.ending is not None or conductor.flow.hold_cause is not None:
        cause = conductor.flow.hold_cause
        reason = why or ("" if cause is None else cause.text)
        conductor.change("hold", f"the restart failed: {reason}")
        yield from stop_flows(conductor, heat_off=False)
        conductor.change("rest")
        conductor.flow.hold_cause = None
        conductor.flow.active |= known
        conductor.journal.write("note", {"text": f"not resumed: {reason}"}, durable=True)
        return reason
    conductor.change("go_on")
    conductor.alarms.settled()
    conductor.commands.settled()
    conductor.flow.active.clear()
    conductor.plates.forget(conductor.now)
    if conductor.runner is not None:
        conductor.apply(conductor.runner.restart(conductor.view))
    return ""


def _resolve_doubts(conductor: Conductor) -> Task[str]:
    runner = conductor.runner
    prompts = () if runner is None else runner.doubts()
    for prompt in prompts:
        conductor.ask(prompt)
    while any(prompt.id not in conductor.view.answers for prompt in prompts):
        yield from conductor.tick(feeding=False, watched=False)
        conductor.flow.hold_cause = None
        if conductor.flow.ending is not None or not conductor.desk.standing:
            missing = ", ".join(prompt.id for prompt in prompts if prompt.id not in conductor.view.answers)
            if missing:
                return f"how much was delivered is not known within 0.5 %, and nobody said ({missing})"
    dose = runner.current if isinstance(runner, PortionsRunner) else runner
    for prompt in prompts:
        assert isinstance(dose, DoseRunner)
        read = read_quantity(conductor.view.answers.pop(prompt.id), Dimension.VOLUME)
        entry = dose.assume(prompt.id.rpartition(".")[2], Millilitres(read.base))
        conductor.journal.write(entry.kind, entry.data, durable=True)
    return ""


def _restore(conductor: Conductor) -> Task[str]:
    """Heat and stirring as the plan has them here, then wait until the step's guard holds."""
    hotplate = conductor.step.guard.hotplate
    if hotplate is not None and hotplate not in conductor.view.plates:
        yield from conductor.tick(feeding=False, watched=False)  # a resume has not looked yet
    hot = _too_hot(conductor)
    if hot:
        return hot
    orders: list[Order] = []
    for name, told in conductor.bench.commanded.items():
        told.dead_man = None
        if told.speed > 0:
            orders += [Order(name, Verb.SET_SPEED, (told.speed,)), Order(name, Verb.STIR_ON)]
        set_point = _set_point_here(conductor, name)
        if set_point is not None:
            orders += [Order(name, Verb.SET_TEMPERATURE, (set_point,)), Order(name, Verb.HEAT_ON)]
    guards = arm_before_heat(conductor.plan, conductor.bench, tuple(orders))
    for outcome in (yield from conductor.order_now([*guards, *orders])) if orders else []:
        if outcome.error is not None:
            return f"{outcome.order.device}: {outcome.error}"
    yield from conductor.keep_dead_men()
    began = conductor.now
    while not _guarded(conductor):
        yield from conductor.tick(feeding=False, watched=False)
        cause = conductor.flow.hold_cause
        if conductor.flow.ending is not None or cause is not None:
            return "it was interrupted" if cause is None else f"{cause.device}: {cause.text}"
        if conductor.now - began > WARM_UP_SECONDS:
            return "temperature or stirring did not come back within 60 min"
    return ""


def _set_point_here(conductor: Conductor, hotplate: str) -> Celsius | None:
    """What a heater is set to in the current step, or None where it is off or where the step sets it itself."""
    if isinstance(conductor.step.work, HeatWork | CoolWork) and conductor.step.work.hotplate == hotplate:
        return None
    for step in reversed(conductor.plan.steps[: conductor.flow.index]):
        if isinstance(step.work, HeatWork | CoolWork) and step.work.hotplate == hotplate:
            return step.work.hold_set_point if isinstance(step.work, HeatWork) else None
    return None


def _guarded(conductor: Conductor) -> bool:
    guard = conductor.step.guard
    if guard.hotplate is None:
        return True
    reading = conductor.view.plates.get(guard.hotplate)
    if reading is None or conductor.view.read_at[guard.hotplate] < conductor.now - 2.0:
        return False
    needs = isinstance(conductor.runner, DoseRunner | PortionsRunner | HoldRunner)
    warm = not needs or guard.coolest is None or (reading.probe is not None and reading.probe >= guard.coolest)
    told = conductor.bench.commanded[guard.hotplate]
    return warm and reading.speed >= 0.8 * told.speed


def _too_hot(conductor: Conductor) -> str:
    guard = conductor.step.guard
    reading = None if guard.hotplate is None else conductor.view.plates.get(guard.hotplate)
    if reading is None:
        return ""
    for what, is_at, most in (("vessel", reading.probe, guard.hottest), ("plate", reading.plate, too_hot_plate(guard))):
        if is_at is not None and most is not None and is_at > most:
            return f"{guard.hotplate}: the {what} is at {is_at:.1f} degC, at most {most:.1f} degC; let it cool first"
    return ""


def end(conductor: Conductor) -> Task[None]:
    """Bring the bench to the end state of the current step's class, and prove it."""
    ending = conductor.flow.ending
    assert ending is not None
    verdict, cause = ending
    conductor.result.verdict, conductor.result.cause = verdict, cause
    conductor.desk.withdraw_all()
    trigger = {Verdict.STOPPED: "stop", Verdict.ABORTED: "abort"}.get(verdict)
    if trigger is not None:
        conductor.change(trigger, cause)
    if conductor.runner is not None:
        conductor.runner.interrupt(conductor.view)
    off = verdict in (Verdict.ABORTED, Verdict.COMPLETE) or conductor.policy.end_heat is Heat.OFF
    off = off or (verdict is Verdict.HELD and conductor.step.hold.then == "heat_off") or conductor.flow.heat_off
    yield from stop_flows(conductor, heat_off=off)
    if off and (yield from _plate_is_back(conductor)):
        yield from stop_flows(conductor, heat_off=True)
    if conductor.alarms.waits_for_done is not None:
        conductor.alarms.done(what_was_done(conductor, conductor.alarms.waits_for_done))
    yield from settle_counters(conductor)
    if conductor.runner is not None:
        silent = {name for name in conductor.bench.pumps if name in conductor.bench.trouble}
        conductor.runner.abandon(frozenset(silent.union(conductor.runner.unsettled())))
    trigger = yield from _proved(conductor, trigger)
    yield from _release(conductor)
    if trigger is not None:
        conductor.change("aborted" if verdict is Verdict.ABORTED else "stopped")
    elif verdict is Verdict.COMPLETE:
        conductor.change("finish")
    conductor.sample(conductor.now)
    conductor.finish_result()


def _plate_is_back(conductor: Conductor) -> Task[bool]:
    """Look once more for a plate that was lost as it heated: its dead-man may keep the heat of an earlier step."""
    back = False
    for device in conductor.plan.devices:
        told = conductor.bench.commanded.get(device.name)
        if told is not None and told.heating and not _reachable(conductor, device.name):
            back = (yield from reach_again(conductor, device)) or back
    return back


def _proved(conductor: Conductor, trigger: str | None) -> Task[str | None]:
    """Wait for the proof that heat is off; a complete run whose heater goes on heating is a stopped one."""
    stuck = yield from prove_heat_off(conductor)
    if not stuck:
        return trigger
    yield from stop_flows(conductor, heat_off=True)
    conductor.alarms.done(what_was_done(conductor, None))
    result = conductor.result
    result.cause += f"; the heater of {', '.join(stuck)} does not go off: go there and cut its mains"
    if result.verdict is Verdict.COMPLETE:
        result.verdict = Verdict.STOPPED
        conductor.change("stop", result.cause)
        return "stop"
    return trigger


def _release(conductor: Conductor) -> Task[None]:
    """Dead-men off where nothing is left to guard; an unproved stop and a plate that goes on heating keep theirs."""
    orders = []
    for device in conductor.plan.devices:
        known = conductor.flow.active
        unproved = ("A-STOP-UNPROVED", device.name) in known or ("A-HEATER-STUCK", device.name) in known
        if device.dead_man is None or unproved or not _reachable(conductor, device.name):
            continue
        told = conductor.bench.commanded.get(device.name)
        if told is None or (told.dead_man is not None and not told.heating):
            orders.append(Order(device.name, Verb.DISARM_DEAD_MAN))
    conductor.note_orders(orders)
    conductor.bench.submit(orders)
    yield from settle(conductor, STOP_SECONDS)
    for outcome in conductor.bench.take_outcomes():
        if outcome.error is not None:
            conductor.journal.write("note", {"text": f"{outcome.order.device}: dead-man not released: {outcome.error}"})
