"""Pure decisions of a dose: what is ordered when, for readings and answers that a test makes up."""

from dataclasses import replace
from typing import Any

import pytest

from ruggli.devices.capability import PumpCapability
from ruggli.devices.hotplate import HotplateReading
from ruggli.devices.pump import PumpReading, PumpSettings, PumpState
from ruggli.engine.interval import Interval
from ruggli.engine.ledger import FeedLedger
from ruggli.engine.orders import Decision, Order, Outcome, Verb
from ruggli.engine.steps.dose import DoseRunner
from ruggli.engine.view import View
from ruggli.errors import NoReply
from ruggli.plan.model import (
    DoseWork,
    Feed,
    GatePlan,
    HeldRate,
    PlannedPrompt,
    Segment,
    SegmentKind,
    SyringePlan,
)
from ruggli.protocol.model import OnTimeout
from ruggli.quantities.base import (
    Celsius,
    Kelvin,
    Millilitres,
    MillilitresPerSecond,
    Millimetres,
    Rpm,
    Seconds,
)
from ruggli_drivers.new_era_limits import CAPABILITIES

BORE = Millimetres(26.59)
RATE = MillilitresPerSecond(0.01)
PUMP = CAPABILITIES["NE-1000"]
GATE = GatePlan(Celsius(30.0), Kelvin(1.0))


def feed(device: str, planned: float) -> Feed:
    syringe = SyringePlan("60 mL", BORE, Millilitres(60.0), Millilitres(0.1), Millilitres(0.3))
    rate = HeldRate(RATE, RATE, "36.00 mL/h", MillilitresPerSecond(1e-6), MillilitresPerSecond(0.4))
    return Feed(f"solution of {device}", device, syringe, Millilitres(planned), rate, "toluene", {})


def prompt(name: str) -> PlannedPrompt:
    return PlannedPrompt(name, "Load", ("done",), None, "done", Seconds(60.0), Seconds(600.0), OnTimeout.HOLD)


def segment(*until: float, asks: str = "", kind: SegmentKind = SegmentKind.DOSE) -> Segment:
    prompts = (prompt(asks),) if asks else ()
    return Segment(kind, tuple(Millilitres(volume) for volume in until), prompts, Seconds(100.0))


class Play:
    """A dose and pumps that do what they are told, as far as the test lets them."""

    def __init__(
        self, *segments: Segment, planned: tuple[float, ...] = (2.0, 1.0), gate: GatePlan | None = None
    ) -> None:
        self.names = ["a", "b"][: len(planned)]
        feeds = tuple(feed(name, volume) for name, volume in zip(self.names, planned, strict=True))
        work = DoseWork("flask", feeds, segments or (segment(*planned),), gate)
        capabilities: dict[str, PumpCapability] = dict.fromkeys(self.names, PUMP)
        run_on = dict.fromkeys(self.names, Seconds(10.0))
        self.runner = DoseRunner("add", work, capabilities, run_on, "plate")
        self.view = View()
        self.view.now = Seconds(100.0)
        self.pumps = {
            name: PumpSettings(BORE, RATE, Millilitres(0.0), True, Millilitres(0.0), PumpState.STOPPED)
            for name in self.names
        }
        self.said: list[Decision] = []
        self.orders: list[Order] = []
        self.mute: set[tuple[str, Verb]] = set()
        self.held: dict[str, dict[str, Any]] = {}

    # ---- what the pumps do ----

    def carry_out(self, order: Order) -> Outcome:
        name, pump = order.device, self.pumps[order.device]
        if (name, order.verb) in self.mute:
            return Outcome(order, None, NoReply("silent", device=name))
        value: Any = None
        if order.verb is Verb.CLEAR_COUNTER:
            self.pumps[name] = replace(pump, infused=Millilitres(0.0))
        elif order.verb is Verb.ARM:
            rate, target = order.args
            held = {"rate": MillilitresPerSecond(rate), "target": Millilitres(target), **self.held.get(name, {})}
            self.pumps[name] = value = replace(pump, **held)
        elif order.verb is Verb.START:
            self.pumps[name] = replace(pump, state=PumpState.INFUSING)
        elif order.verb is Verb.STOP:
            self.pumps[name] = replace(pump, state=PumpState.STOPPED)
        elif order.verb is Verb.READ_SETTINGS:
            value = pump
        return Outcome(order, value, None)

    def take(self, decision: Decision) -> None:
        self.said.append(decision)
        for order in decision.orders:
            self.orders.append(order)
            outcome = self.carry_out(order)
            self.take_again(self.runner.outcome(outcome, self.view))

    def take_again(self, decision: Decision) -> None:
        if decision.orders or decision.entries or decision.alarms:
            self.take(decision)

    def look(self, times: int = 1) -> None:
        """Decide so often, without time passing."""
        for _ in range(times):
            self.take(self.runner.decide(self.view))

    def settle(self) -> None:
        """Decide until nothing more is asked for."""
        for _ in range(30):
            before = len(self.orders), self.runner.phase
            self.look()
            if (len(self.orders), self.runner.phase) == before:
                return
        pytest.fail("the dose never rests")

    def poll(self, seconds: float = 1.0, **counters: float | PumpReading) -> None:
        """Time passes, and both pumps are read."""
        self.view.now = Seconds(self.view.now + seconds)
        for name, pump in self.pumps.items():
            told = counters.get(name, pump.infused)
            if isinstance(told, PumpReading):
                reading = told
            else:
                self.pumps[name] = replace(pump, infused=Millilitres(told))
                reading = PumpReading(pump.state, Millilitres(told))
            self.view.pumps[name] = reading
            self.view.read_at[name] = self.view.now

    def finish(self, name: str, counter: float) -> None:
        self.pumps[name] = replace(self.pumps[name], infused=Millilitres(counter), state=PumpState.TARGET_REACHED)

    def start(self) -> None:
        self.settle()
        assert self.phase == "DOSE"

    @property
    def phase(self) -> str:
        """Its name: the phase changes behind the type checker's back."""
        return self.runner.phase.name

    def verbs(self) -> list[str]:
        return [f"{order.device} {order.verb.value}" for order in self.orders]

    def alarms(self) -> list[tuple[str, str]]:
        return [(alarm.code, alarm.device) for decision in self.said for alarm in decision.alarms]

    def entries(self, kind: str) -> list[dict[str, Any]]:
        return [dict(entry.data) for decision in self.said for entry in decision.entries if entry.kind == kind]

    def warm(self, probe: float | None) -> None:
        reading = HotplateReading(None if probe is None else Celsius(probe), Celsius(40.0), Rpm(400.0))
        self.view.plates["plate"] = reading

    def totals(self) -> list[tuple[float, float]]:
        return [(row.at_least, row.at_most) for row in self.runner.progress()]


class TestStarting:
    def test_all_are_read_then_armed_then_started_together(self) -> None:
        play = Play()
        play.start()
        assert play.verbs() == ["a read_settings", "b read_settings", "a arm", "b arm", "a start", "b start"]
        assert [order.args for order in play.orders if order.verb is Verb.ARM] == [(0.01, 2.0), (0.01, 1.0)]

    def test_intents_are_durable_and_in_the_decision_that_arms(self) -> None:
        play = Play()
        play.start()
        for decision in play.said:
            armed = [order.device for order in decision.orders if order.verb is Verb.ARM]
            told = [entry.data["device"] for entry in decision.entries if entry.kind == "intent" and entry.durable]
            assert armed == told
        intents = play.entries("intent")
        assert [intent["target_mL"] for intent in intents] == [2.0, 1.0]
        assert intents[0]["settled_mL"] == [0.0, 0.0]

    def test_nobody_starts_before_everybody_is_armed(self) -> None:
        play = Play()
        play.mute = {("b", Verb.ARM)}
        play.look(6)
        assert "a arm" in play.verbs() and not any(verb.endswith("start") for verb in play.verbs())

    def test_a_counter_that_is_not_zero_is_cleared_and_read_again(self) -> None:
        play = Play()
        play.pumps["a"] = replace(play.pumps["a"], infused=Millilitres(7.5))
        play.start()
        mine = [verb for verb in play.verbs() if verb.startswith("a")]
        assert mine == ["a read_settings", "a clear_counter", "a read_settings", "a arm", "a start"]
        assert play.entries("clear")[0]["counter_mL"] == 7.5

    def test_questions_come_first_and_once(self) -> None:
        play = Play(segment(2.0, 1.0, asks="add.load"))
        play.look(3)
        assert [p.id for decision in play.said for p in decision.ask] == ["add.load"]
        assert play.orders == []
        play.view.answers["add.load"] = "done"
        play.start()

    def test_another_bore_stops_it_before_any_setting(self) -> None:
        play = Play()
        play.pumps["b"] = replace(play.pumps["b"], bore=Millimetres(20.0))
        play.look(4)
        assert play.alarms() == [("A-BORE", "b")]
        assert {order.verb for order in play.orders} == {Verb.READ_SETTINGS}

    def test_a_pump_that_runs_already_stops_it_before_any_setting(self) -> None:
        play = Play()
        play.pumps["a"] = replace(play.pumps["a"], state=PumpState.INFUSING)
        play.look(4)
        assert play.alarms() == [("A-RUNNING", "a")]
        assert {order.verb for order in play.orders} == {Verb.READ_SETTINGS}

    @pytest.mark.parametrize(
        ("held", "code"),
        [
            ({"rate": MillilitresPerSecond(0.6)}, "A-SETTING"),
            ({"rate": MillilitresPerSecond(0.00999)}, "A-SETTING"),
            ({"target": Millilitres(2000.0)}, "A-SETTING"),
            ({"target": Millilitres(2.001)}, "A-SETTING"),
            ({"infusing": False}, "A-SETTING"),
            ({"bore": Millimetres(14.0)}, "A-BORE"),
        ],
        ids=str,
    )
    def test_what_is_held_must_be_what_was_meant(self, held: dict[str, Any], code: str) -> None:
        play = Play()
        play.held["a"] = held
        play.look(6)
        assert play.alarms() == [(code, "a")]
        assert not any(verb.endswith("start") for verb in play.verbs())

    def test_a_warm_vessel_is_not_fed(self) -> None:
        play = Play(gate=GATE)
        play.warm(31.0)
        play.settle()
        assert play.phase == "ARM" and not play.entries("intent")
        play.warm(None)
        play.settle()
        assert not play.entries("intent"), "nor is one whose temperature nobody knows"
        play.warm(29.0)
        play.start()


class TestRunning:
    def test_it_is_over_when_both_have_reached_and_their_counters_say_so(self) -> None:
        play = Play()
        play.start()
        for second in range(1, 101):
            play.poll(a=0.01 * second, b=0.01 * second)
            play.look()
        play.finish("b", 1.0)
        for second in range(101, 201):
            play.poll(a=0.01 * second, b=1.0)
            play.look()
        assert play.phase == "DOSE"
        play.finish("a", 2.0)
        play.poll(a=2.0, b=1.0)
        play.settle()
        assert play.phase == "DONE" and play.alarms() == []
        assert play.totals() == [pytest.approx((1.999, 2.0)), pytest.approx((0.999, 1.0))]
        assert [entry["how"] for entry in play.entries("settled")] == ["target reached"] * 2

    def test_a_reading_from_before_the_start_proves_nothing(self) -> None:
        play = Play(planned=(2.0,))
        play.poll(a=PumpReading(PumpState.TARGET_REACHED, Millilitres(2.0)))
        play.start()
        play.look(3)
        assert play.phase == "DOSE"

    @pytest.mark.parametrize(
        ("reading", "code"),
        [
            (PumpReading(PumpState.STALLED, Millilitres(0.1), "stall"), "A-STALL"),
            (PumpReading(PumpState.ALARM, Millilitres(0.1), "power"), "A-POWER"),
            (PumpReading(PumpState.ALARM, Millilitres(0.1), "dead-man"), "A-DEADMAN"),
            (PumpReading(PumpState.ALARM, Millilitres(0.1), "other"), "A-PUMP"),
            (PumpReading(PumpState.STOPPED, Millilitres(0.1)), "A-PANEL"),
            (PumpReading(PumpState.PAUSED, Millilitres(0.1)), "A-PANEL"),
            (PumpReading(PumpState.WITHDRAWING, Millilitres(0.1)), "A-PANEL"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_a_pump_that_does_not_run_is_an_alarm(self, reading: PumpReading, code: str) -> None:
        play = Play()
        play.start()
        play.poll(10.0, a=0.1, b=0.1)
        play.look()
        play.poll(a=reading, b=0.11)
        play.look()
        assert play.alarms() == [(code, "a")]

    @pytest.mark.parametrize(
        ("counter", "seconds", "text"),
        [(0.5, 61.0, "lags"), (0.9, 50.0, "ahead"), (2.1, 215.0, "past"), (0.0, 12.0, "lags")],
    )
    def test_a_counter_that_is_not_where_it_should_be(self, counter: float, seconds: float, text: str) -> None:
        play = Play(planned=(2.0,))
        play.start()
        play.poll(seconds, a=counter)
        play.look()
        play.poll(a=counter)
        play.look()
        codes = {code for code, _ in play.alarms()}
        assert codes in ({"A-PROGRESS"}, {"A-OVERRUN"})
        assert text in next(said for said in play.said if said.alarms).alarms[0].text

    def test_one_garbled_counter_is_no_alarm_and_a_counter_that_has_run_back_is_one(self) -> None:
        play = Play(planned=(2.0,))
        play.start()
        play.poll(50.0, a=0.5)
        play.look()
        for garbled in (0.1, 1.9):
            play.poll(a=garbled)
            play.look()
            play.poll(a=0.53)
            play.look()
        assert play.alarms() == []
        assert play.totals()[0][1] < 0.6, "what was garbled is not counted"
        for _ in range(2):
            play.poll(a=0.1)
            play.look()
        assert play.alarms() == [("A-COUNTER", "a")]

    def test_a_counter_that_stands_is_an_alarm_after_its_patience(self) -> None:
        play = Play(segment(0.004), planned=(0.004,))
        slow = replace(feed("a", 0.004).rate, held=MillilitresPerSecond(1e-5))
        work = DoseWork("flask", (replace(feed("a", 0.004), rate=slow),), (segment(0.004),))
        play.runner = DoseRunner("add", work, {"a": PUMP}, {}, None)
        play.start()
        for _ in range(40):
            play.poll(10.0)
            play.look()
            if play.alarms():
                break
        assert play.alarms() == [("A-PROGRESS", "a")]
        assert play.view.now - 100.0 > 300.0, "three steps of the counter at this rate take 300 s"

    def test_the_running_settings_are_read_back_after_a_fiftieth_of_the_dose(self) -> None:
        """2 mL at 0.01 mL/s take 200 s: every 5 s; the longest doses are read back every minute."""
        play = Play(planned=(2.0,))
        play.start()
        before = len(play.orders)
        for second in range(1, 23):
            play.poll(a=0.01 * second)
            play.look()
        read = [order for order in play.orders[before:] if order.verb is Verb.READ_SETTINGS]
        assert len(read) == 4

    def test_changed_settings_are_an_alarm_and_the_counter_proves_nothing_since_the_check_before(self) -> None:
        """Not even what was read in the last good check: cables may have been exchanged in the middle of it."""
        play = Play(planned=(2.0,))
        play.start()
        for second in range(1, 62):
            play.poll(a=0.01 * second)
            play.look()
        assert play.alarms() == []
        play.pumps["a"] = replace(play.pumps["a"], rate=MillilitresPerSecond(0.02))
        for second in range(62, 125):
            play.poll(a=0.01 * second)
            play.look()
            if play.alarms():
                break
        assert play.alarms() == [("A-SETTING", "a")]
        play.runner.interrupt(play.view)
        play.runner.counters({"a": play.pumps["a"]}, frozenset(), play.view)
        low, high = play.totals()[0]
        assert low == pytest.approx(0.549, abs=0.02) and high == 2.0

    def test_where_another_pump_answers_no_counter_is_proof(self) -> None:
        """Seed 20748: the cables of two like pumps were exchanged, and one of them stood."""
        play = Play(planned=(2.0, 2.0))
        play.start()
        for second in range(1, 21):
            play.poll(a=0.01 * second, b=0.01 * second)
            play.look()
        play.pumps["b"] = replace(play.pumps["b"], bore=Millimetres(20.0))
        for second in range(21, 40):
            play.poll(a=0.01 * second, b=0.01 * second)
            play.look()
            if play.alarms():
                break
        assert play.alarms() == [("A-BORE", "b")]
        play.runner.interrupt(play.view)
        play.runner.counters({"a": play.pumps["a"], "b": play.pumps["b"]}, frozenset(), play.view)
        (low_a, high_a), (low_b, high_b) = play.totals()
        assert low_a == pytest.approx(0.199, abs=0.02) and 0.2 < high_a < 0.4, "by its rate since the check before"
        assert low_b == pytest.approx(0.149, abs=0.02) and high_b == 2.0
        assert {prompt.id for prompt in play.runner.doubts()} == {"add.doubt.a", "add.doubt.b"}

    def test_a_target_that_the_counter_denies(self) -> None:
        play = Play(planned=(2.0,))
        play.start()
        play.poll(199.0, a=1.99)
        play.look()
        play.finish("a", 1.9)
        play.poll(a=PumpReading(PumpState.TARGET_REACHED, Millilitres(1.99)))
        play.pumps["a"] = replace(play.pumps["a"], infused=Millilitres(1.9))
        play.settle()
        assert play.alarms() == [("A-COUNTER", "a")]


class TestSegments:
    def test_a_refill_is_asked_for_and_the_ledger_goes_on(self) -> None:
        play = Play(segment(1.2, 0.6), segment(2.0, 1.0, asks="add.refill"))
        play.start()
        for name, counter in (("a", 1.2), ("b", 0.6)):
            play.finish(name, counter)
        play.poll(120.0, a=1.2, b=0.6)
        play.settle()
        assert play.phase == "PRIME"
        assert [p.id for decision in play.said for p in decision.ask] == ["add.refill"]
        play.pumps = {name: replace(pump, state=PumpState.STOPPED) for name, pump in play.pumps.items()}
        play.view.answers["add.refill"] = "done"
        play.start()
        targets = [order.args[1] for order in play.orders if order.verb is Verb.ARM]
        assert targets == pytest.approx([1.2, 0.6, 0.8, 0.4])

    def test_a_feed_with_nothing_left_is_not_armed(self) -> None:
        play = Play(segment(1.2, 1.0), segment(2.0, 1.0))
        play.start()
        play.finish("a", 1.2)
        play.finish("b", 1.0)
        play.poll(120.0, a=1.2, b=1.0)
        play.settle()
        armed = [order.device for order in play.orders if order.verb is Verb.ARM]
        assert armed == ["a", "b", "a"]

    def test_a_chase_pushes_the_line_out_and_counts_no_more_than_planned(self) -> None:
        play = Play(segment(2.0), segment(2.3, asks="add.chase", kind=SegmentKind.CHASE), planned=(2.0,))
        play.start()
        play.finish("a", 2.0)
        play.poll(200.0, a=2.0)
        play.settle()
        assert play.phase == "CHASE"
        play.view.answers["add.chase"] = "done"
        play.pumps["a"] = replace(play.pumps["a"], state=PumpState.STOPPED)
        play.start()
        play.finish("a", 0.3)
        play.poll(30.0, a=0.3)
        play.settle()
        assert play.phase == "DONE"
        assert play.totals() == [pytest.approx((2.0, 2.0))]

    def test_a_dose_that_is_over_sends_nothing(self) -> None:
        play = Play()
        for name, volume in (("a", 2.0), ("b", 1.0)):
            play.runner.restore_ledger(name, FeedLedger(Interval(Millilitres(volume), Millilitres(volume))))
        play.settle()
        assert play.phase == "DONE"
        assert {order.verb for order in play.orders} == {Verb.READ_SETTINGS}
        assert play.entries("intent") == []

    def test_a_rest_below_the_resolution_is_left(self) -> None:
        play = Play(planned=(2.0,))
        play.runner.restore_ledger("a", FeedLedger(Interval(Millilitres(1.999), Millilitres(1.9995))))
        play.settle()
        assert play.phase == "DONE" and play.entries("intent") == []


class TestGate:
    def test_it_shuts_settles_waits_for_the_hysteresis_and_goes_on_with_the_rest(self) -> None:
        play = Play(gate=GATE)
        play.warm(25.0)
        play.start()
        play.poll(50.0, a=0.5, b=0.5)
        play.look()
        play.warm(30.1)
        play.look()
        assert play.phase == "GATED"
        assert play.verbs()[-4:] == ["a stop", "a read_settings", "b stop", "b read_settings"]
        assert [entry["how"] for entry in play.entries("settled")] == ["interrupted; counter read at rest"] * 2
        for probe in (30.0, 29.5, 29.1):
            play.warm(probe)
            play.settle()
            assert play.phase == "GATED"
        play.warm(29.0)
        play.start()
        targets = [order.args[1] for order in play.orders if order.verb is Verb.ARM]
        assert targets[2:] == pytest.approx([2.0 - 0.501, 1.0 - 0.501])

    def test_one_that_stays_shut_is_an_alarm_and_not_an_endless_wait(self) -> None:
        for shut_from_the_start in (True, False):
            play = Play(gate=replace(GATE, patience=Seconds(600.0)))
            play.warm(35.0 if shut_from_the_start else 25.0)
            play.settle() if shut_from_the_start else play.start()
            play.poll(50.0, a=0.5, b=0.5)
            play.warm(35.0)
            play.settle()
            play.view.now = Seconds(play.view.now + 500.0)
            play.settle()
            assert play.alarms() == []
            play.view.now = Seconds(play.view.now + 100.0)
            play.look()
            assert play.alarms() == [("A-GATE", "plate")]
            play.runner.interrupt(play.view)
            play.runner.restart(play.view)
            play.settle()
            assert play.alarms() == [("A-GATE", "plate")], "the wait begins anew"

    def test_it_does_not_open_before_both_have_been_read_at_rest(self) -> None:
        play = Play(gate=GATE)
        play.warm(25.0)
        play.start()
        play.poll(50.0, a=0.5, b=0.5)
        play.look()
        play.mute = {("b", Verb.STOP)}
        play.warm(31.0)
        for order in play.runner.decide(play.view).orders:
            if order.device == "a":
                play.take_again(play.runner.outcome(play.carry_out(order), play.view))
        play.warm(20.0)
        play.look(3)
        assert play.phase == "GATED"


class TestInterruptions:
    def interrupted(self, *, counters: tuple[float, float] = (0.5, 0.5), lost: frozenset[str] = frozenset()) -> Play:
        play = Play()
        play.start()
        play.poll(50.0, a=0.5, b=0.5)
        play.look()
        play.runner.interrupt(play.view)
        for name, counter in zip("ab", counters, strict=True):
            play.pumps[name] = replace(play.pumps[name], state=PumpState.STOPPED, infused=Millilitres(counter))
        play.runner.counters({name: play.pumps[name] for name in "ab"}, lost, play.view)
        return play

    def test_the_rest_is_delivered_after_a_restart_and_no_more(self) -> None:
        play = self.interrupted(counters=(0.502, 0.498))
        assert play.phase == "INTERRUPTED" and not play.runner.feeding
        assert play.runner.doubts() == ()
        play.runner.restart(play.view)
        play.start()
        targets = [order.args[1] for order in play.orders if order.verb is Verb.ARM][2:]
        assert targets == pytest.approx([2.0 - 0.503, 1.0 - 0.501], abs=0.0011)
        assert play.entries("intent")[-1]["settled_mL"] == pytest.approx([0.499, 0.501])

    def test_a_lost_counter_assumes_the_worst_and_is_asked_about(self) -> None:
        play = self.interrupted(counters=(0.0, 0.5), lost=frozenset({"a"}))
        play.view.now = Seconds(play.view.now + 60.0)
        assert [question.id for question in play.runner.doubts()] == []
        play = Play()
        play.start()
        play.poll(50.0, a=0.5, b=0.5)
        play.look()
        play.runner.interrupt(play.view)
        play.view.now = Seconds(play.view.now + 60.0)
        play.runner.counters({"a": replace(play.pumps["a"], infused=Millilitres(0.0))}, frozenset({"a"}), play.view)
        low, high = play.totals()[0]
        assert (low, high) == pytest.approx((0.499, 0.501 + 18.0 * 0.01))
        (doubt,) = play.runner.doubts()
        assert doubt.id == "add.doubt.a" and "mL" in doubt.text and doubt.on_timeout is OnTimeout.STOP
        entry = play.runner.assume("a", Millilitres(0.52))
        assert entry.durable and entry.data["settled_mL"] == [0.52, 0.52]
        assert play.runner.doubts() == ()

    def test_a_counter_that_ran_back_is_a_lost_one(self) -> None:
        play = self.interrupted(counters=(0.1, 0.5))
        low, high = play.totals()[0]
        assert low == pytest.approx(0.499) and high >= 0.501

    def test_a_pump_that_was_not_read_stays_open(self) -> None:
        play = Play()
        play.start()
        play.poll(50.0, a=0.5, b=0.5)
        play.look()
        play.runner.interrupt(play.view)
        entries = play.runner.counters({"a": play.pumps["a"]}, frozenset(), play.view)
        assert [entry.data["device"] for entry in entries] == ["a"]
        play.runner.abandon(frozenset({"b"}))
        low, high = play.totals()[1]
        assert (low, high) == pytest.approx((0.499, 0.501 + 18.0 * 0.01)), "it may run on until its dead-man"

    def test_interrupted_while_priming_it_asks_again(self) -> None:
        play = Play(segment(2.0, 1.0, asks="add.load"))
        play.look()
        play.runner.interrupt(play.view)
        play.runner.restart(play.view)
        play.look()
        assert [p.id for decision in play.said for p in decision.ask] == ["add.load"] * 2

    def test_what_a_snapshot_and_the_ledgers_say_is_taken_up(self) -> None:
        play = Play(segment(1.2, 0.6), segment(2.0, 1.0))
        play.runner.restore({"segment": 1, "phase": "dose"})
        for name, volume in (("a", 1.5), ("b", 0.7)):
            play.runner.restore_ledger(name, FeedLedger(Interval(Millilitres(volume), Millilitres(volume))))
        assert play.phase == "INTERRUPTED"
        assert play.runner.snapshot() == {"segment": 1, "phase": "dose"}
        play.runner.restart(play.view)
        play.start()
        assert [order.args[1] for order in play.orders if order.verb is Verb.ARM] == pytest.approx([0.5, 0.3])
