"""Bugs to plant: each breaks one safety rule in one place, as a slip of the pen would."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from ruggli.app.trial import night
from ruggli.devices.capability import PumpCapability
from ruggli.devices.pump import PumpState
from ruggli.engine import ending, prepare, run
from ruggli.engine.bench import Bench as EngineBench
from ruggli.engine.conductor import Conductor
from ruggli.engine.desk import Desk
from ruggli.engine.interval import Interval
from ruggli.engine.ledger import Episode, FeedLedger
from ruggli.engine.orders import Order, Verb
from ruggli.engine.station import Station
from ruggli.engine.steps import dose as dose_module
from ruggli.engine.steps import dose_alarms
from ruggli.engine.steps.dose import DoseRunner
from ruggli.engine.steps.portions import PortionsRunner
from ruggli.errors import BadReply, NoReply
from ruggli.journal.writer import Journal
from ruggli.protocol.model import OnTimeout
from ruggli.quantities.base import Celsius, Millilitres, Seconds
from ruggli.world.signals import SignalCommands
from ruggli_drivers.harvard_elite11 import HarvardElite11
from ruggli_drivers.ika_rct import IkaRct
from ruggli_drivers.new_era import NewEraPump
from ruggli_drivers.new_era_link import NewEraLink


@dataclass(frozen=True)
class Bug:
    """A bug: its name, the rule that it breaks, and what plants it."""

    name: str
    rule: str
    plant: Callable[[ExitStack], None]


def attribute(target: Any, name: str, make: Callable[[Any], Any]) -> Callable[[ExitStack], None]:
    """Replace an attribute by one made from the true one."""

    def plant(stack: ExitStack) -> None:
        stack.enter_context(patch.object(target, name, make(getattr(target, name))))

    return plant


def several(*plants: Callable[[ExitStack], None]) -> Callable[[ExitStack], None]:
    """Plant several patches as one bug."""

    def plant(stack: ExitStack) -> None:
        for one in plants:
            one(stack)

    return plant


def nothing(*_args: Any, **_more: Any) -> Iterator[Any]:
    """A task that does nothing."""
    return
    yield


def _never_durable(true: Any) -> Any:
    return lambda self, kind, data, *, durable=False: true(self, kind, data, durable=False)


def _run_twice(true: Any) -> Any:
    def command(self: Any, command: str, meaning: str) -> Any:
        trouble = yield from true(self, command, meaning)
        if trouble is not None and command == "RUN":
            trouble = yield from true(self, command, meaning)
        return trouble

    return command


def _deaf_to(kind: str) -> Callable[[Any], Any]:
    def make(true: Any) -> Any:
        def acknowledge(self: Any) -> Any:
            found = yield from true(self)
            return "" if found == kind else found

        return acknowledge

    return make


def _claims(true: Any) -> Any:
    def arm(self: Any, *args: Any) -> Any:
        return
        yield

    return arm


def _swapped(true: Any) -> Any:
    def intend(self: Any, state: Any, view: Any, draft: Any) -> None:
        true(self, state, view, draft)
        others = [feed.feed.device for feed in self._feeds if feed is not state]
        if others:
            draft.orders[-1] = replace(draft.orders[-1], device=others[0])

    return intend


def _first_only(true: Any) -> Any:
    def overtake(self: Any, orders: list[Order]) -> None:
        stops = [order for order in orders if order.verb is Verb.STOP]
        true(self, stops[:1] + [order for order in orders if order.verb is not Verb.STOP])

    return overtake


def _mode_one(true: Any) -> Any:
    def set_with_echo(self: Any, command: str, value: float) -> Any:
        return (yield from true(self, command.replace("OUT_WD2@", "OUT_WD1@"), value))

    return set_with_echo


def _silence_is_yes(true: Any) -> Any:
    def collect(self: Any, now: Any) -> Any:
        for item in self._standing.values():
            item.prompt = replace(item.prompt, on_timeout=OnTimeout.CONTINUE)
        return true(self, now)

    return collect


def _sync_swallowed(true: Any) -> Any:
    def sync(self: Any) -> None:
        try:
            true(self)
        except Exception:
            self._failure = None

    return sync


def _forgets_portions(true: Any) -> Any:
    def restore(self: Any, snapshot: Any) -> None:
        given = max(0, int(snapshot.get("given", 0)) - 1)
        true(self, {**snapshot, "given": given, "dose": None})

    return restore


def _times(factor: float) -> Callable[[Any], Any]:
    def make(true: Any) -> Any:
        def arm(self: Any, rate: Any, target: Any) -> Any:
            held = yield from true(self, rate * factor, target)
            return replace(held, rate=rate)

        return arm

    return make


def _bigger_target(factor: float) -> Callable[[Any], Any]:
    def make(true: Any) -> Any:
        def arm(self: Any, rate: Any, target: Any) -> Any:
            held = yield from true(self, rate, Millilitres(target * factor))
            return replace(held, target=target)

        return arm

    return make


def _hotter(true: Any) -> Any:
    def set_temperature(self: Any, set_point: Any) -> Any:
        return (yield from true(self, Celsius(min(300.0, set_point * 4))))

    return set_temperature


def _no_alarm(*codes: str) -> Callable[[ExitStack], None]:
    def make(true: Any) -> Any:
        def raise_alarm(self: Any, alarm: Any) -> Any:
            return None if alarm.code in codes else true(self, alarm)

        return raise_alarm

    return attribute(Conductor, "raise_alarm", make)


def _keep_heat(true: Any) -> Any:
    def stop_flows(conductor: Any, *, heat_off: bool) -> Any:
        return (yield from true(conductor, heat_off=False))

    return stop_flows


def _starts_afresh(true: Any) -> Any:
    def take_up(conductor: Any, state: Any) -> None:
        state.ledgers.clear()
        true(conductor, state)

    return take_up


def _optimist(true: Any) -> Any:
    def lost(self: Any, now: Any, run_on: Any) -> Any:
        found = true(self, now, run_on)
        return FeedLedger(Interval(found.settled.low, found.settled.low))

    return lost


def _stopped_is_done(true: Any) -> Any:
    def poll(self: Any) -> Any:
        reading = yield from true(self)
        if reading.state in (PumpState.STALLED, PumpState.STOPPED) and reading.infused > 0:
            return replace(reading, state=PumpState.TARGET_REACHED, alarm="")
        return reading

    return poll


def _always(value: Any) -> Callable[[Any], Any]:
    return lambda true: lambda *args, **more: value


def _no_bore_check(true: Any) -> Any:
    return math.inf


def _direction_kept(true: Any) -> Any:
    def hold(self: Any, question: str, wanted: Any, command: str, meaning: str) -> Any:
        if question == "DIR":
            return (yield from self.ask("DIR"))[1]
        return (yield from true(self, question, wanted, command, meaning))

    return hold


def _stale(true: Any) -> Any:
    def settle(self: Any) -> Any:
        self.owed = 0
        return
        yield

    return settle


def _zero_target(true: Any) -> Any:
    def held_volume(self: Any, volume: Any, bore: Any) -> Any:
        found = true(self, volume, bore)
        return found and replace(found, text="0.000")

    return held_volume


def _catches_up(true: Any) -> Any:
    def restart(self: Any, view: Any) -> Any:
        for state in self._feeds:
            faster = replace(state.feed.rate, held=state.feed.rate.held * 2)
            state.feed = replace(state.feed, rate=faster)
        return true(self, view)

    return restart


def _skips_prime(true: Any) -> Any:
    def prime(self: Any, view: Any) -> Any:
        self._to_arm("primed")
        return self._arm(view)

    return prime


def _settings_trusted(true: Any) -> Any:
    def setting_alarm(state: Any, held: Any) -> Any:
        return None

    return setting_alarm


def _half(true: Any) -> Any:
    def remaining(self: Any, until: Any) -> Any:
        return Millilitres(max(0.0, until - self.displaced.low * 0.9))

    return remaining


def _wall_time(true: Any) -> Any:
    return lambda self, item, now: true(self, item, Seconds(_wall(self)))


def _wall(desk: Any) -> float:
    stamp: float = desk._operator._bench.timers.wall().timestamp()
    return stamp - 1767290400.0


def _off_by_a_thousand(true: Any) -> Any:
    def read_counter(self: Any, answer: Any) -> Any:
        return true(self, answer) * 1000

    return read_counter


def _falls(true: Any) -> Any:
    def bug(self: Any, device: str, error: Exception) -> Any:
        raise error

    return bug


def _gives_up(true: Any) -> Any:
    def stop(self: Any) -> Any:
        try:
            yield from self._link.exchange("STP", urgent=True)
        except (NoReply, BadReply):
            return

    return stop


BUGS: tuple[Bug, ...] = (
    Bug("no record is synced before its command", "I7", attribute(Journal, "write", _never_durable)),
    Bug("RUN is sent again after a lost reply", "I15, D03", attribute(NewEraLink, "command", _run_twice)),
    Bug("VOL 0 is sent", "D11", attribute(PumpCapability, "held_volume", _zero_target)),
    Bug(
        "the power alarm is not asked for",
        "D02",
        several(
            attribute(NewEraPump, "acknowledge", _deaf_to("power")),
            attribute(Episode, "believes", _always(True)),
        ),
    ),
    Bug("a pump's dead-man is said to be armed and is not", "D04", attribute(NewEraPump, "arm_dead_man", _claims)),
    Bug(
        "a plate's dead-man is said to be armed and is not",
        "T01",
        several(attribute(IkaRct, "arm_dead_man", _claims), attribute(IkaRct, "feed_dead_man", _claims)),
    ),
    Bug("watchdog mode 1 instead of 2", "T14", attribute(IkaRct, "_set_with_echo", _mode_one)),
    Bug("the two pumps of a dose are exchanged", "D15", attribute(DoseRunner, "_intend", _swapped)),
    Bug("a hold stops the first pump only", "D16", attribute(EngineBench, "overtake", _first_only)),
    Bug(
        "a hold stops nothing",
        "I4",
        several(
            attribute(ending, "stop_flows", lambda true: nothing), attribute(run, "stop_flows", lambda true: nothing)
        ),
    ),
    Bug("silence counts as yes", "C11", attribute(Desk, "collect", _silence_is_yes)),
    Bug("a failed sync is passed over", "C05", attribute(Journal, "sync", _sync_swallowed)),
    Bug("a portion that was given is given again", "D18", attribute(PortionsRunner, "restore", _forgets_portions)),
    Bug("the rate is sixty times too high", "D20", attribute(NewEraPump, "arm", _times(60.0))),
    Bug("the rate is twice too high", "D20", attribute(NewEraPump, "arm", _times(2.0))),
    Bug("the target is 3 % too large", "D12", attribute(NewEraPump, "arm", _bigger_target(1.03))),
    Bug(
        "the target of the other family is 3 % too large", "D12", attribute(HarvardElite11, "arm", _bigger_target(1.03))
    ),
    Bug(
        "the set point is sent in another scale",
        "T04",
        several(attribute(IkaRct, "set_temperature", _hotter), _no_alarm("A-PANEL")),
    ),
    Bug("the link alarm is off", "D05", _no_alarm("A-LINK")),
    Bug("the stirring alarm is off", "T13", _no_alarm("A-STIR", "A-POWER")),
    Bug("the alarm for a cut probe is off", "T07", _no_alarm("A-PROBE")),
    Bug("the alarm for a counter that stands is off", "D07", _no_alarm("A-PROGRESS")),
    Bug("the stall alarm is off", "D06", _no_alarm("A-STALL")),
    Bug("the over-temperature alarm is off", "T04", _no_alarm("A-OVER-TEMPERATURE", "A-RUNAWAY")),
    Bug(
        "a pump that was stopped counts as done",
        "I2",
        several(attribute(NewEraPump, "poll", _stopped_is_done), attribute(HarvardElite11, "poll", _stopped_is_done)),
    ),
    Bug("heat is never switched off with the flows", "I6", attribute(ending, "stop_flows", _keep_heat)),
    Bug("a resumed dose begins anew", "D02", several(attribute(run, "take_up", _starts_afresh))),
    Bug("a lost counter is taken for the best case", "D02", attribute(FeedLedger, "lost", _optimist)),
    Bug("every counter is believed", "D21", attribute(Episode, "believes", _always(True))),
    Bug("what is not known is not asked", "D02", attribute(DoseRunner, "doubts", _always(()))),
    Bug(
        "settings are not compared",
        "D09",
        several(
            attribute(dose_module, "setting_alarm", _settings_trusted),
            attribute(dose_module, "BORE_TOLERANCE", _no_bore_check),
            attribute(prepare, "BORE_TOLERANCE", _no_bore_check),
        ),
    ),
    Bug(
        "the stored diameter is not compared",
        "D09",
        several(
            attribute(dose_module, "BORE_TOLERANCE", _no_bore_check),
            attribute(dose_alarms, "BORE_TOLERANCE", _no_bore_check),
            attribute(prepare, "BORE_TOLERANCE", _no_bore_check),
        ),
    ),
    Bug("the direction is not set", "D14", attribute(NewEraLink, "hold", _direction_kept)),
    Bug("a late reply is taken for the next one", "D21", attribute(NewEraLink, "_settle", _stale)),
    Bug("lost time is caught up", "rule 10", attribute(DoseRunner, "restart", _catches_up)),
    Bug("a dose begins before its syringe is there", "D13", attribute(DoseRunner, "_prime", _skips_prime)),
    Bug("what remains is reckoned too large", "I1", attribute(FeedLedger, "remaining", _half)),
    Bug("a question's time is measured by the date", "C04", attribute(Desk, "_is_over", _wall_time)),
    Bug("microlitres are read as millilitres", "D10", attribute(NewEraPump, "_read_counter", _off_by_a_thousand)),
    Bug("a request to end is not heard", "C03", attribute(SignalCommands, "terminate", lambda true: lambda self: None)),
    Bug("Ctrl-C is not heard", "C03", attribute(SignalCommands, "interrupt", lambda true: lambda self: None)),
    Bug("a stop is not proved", "C17", attribute(NewEraPump, "stop", _gives_up)),
    Bug("the guardian stops nothing", "C01", attribute(night, "stop_all", lambda true: nothing)),
    Bug("after a sleep a run goes on as if nothing had been", "C02", _no_alarm("A-AWAY", "A-DEADMAN")),
    Bug("a driver that fails is passed over", "C18", attribute(Station, "_bug", _falls)),
)


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """Have a bug in the program inside the `with` block."""
    with ExitStack() as stack:
        bug.plant(stack)
        yield
