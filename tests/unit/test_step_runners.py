"""Pure decisions of the steps that do not dose: heating, cooling, stirring, holding, portions, questions."""

import pytest

from ruggli.devices.hotplate import HotplateReading
from ruggli.engine.orders import Decision, Order, Outcome, Verb
from ruggli.engine.steps.asking import MonitorRunner, OperatorRunner
from ruggli.engine.steps.dose import DoseRunner
from ruggli.engine.steps.holding import HoldRunner
from ruggli.engine.steps.portions import PortionsRunner
from ruggli.engine.steps.stir import StirRunner
from ruggli.engine.steps.thermal import REACHED_SECONDS, REFLUX_SECONDS, CoolRunner, HeatRunner
from ruggli.engine.view import View
from ruggli.plan.model import (
    CoolWork,
    DoseWork,
    GatePlan,
    HeatWork,
    HoldWork,
    MonitorWork,
    OperatorWork,
    PlannedPrompt,
    PortionsWork,
    StirWork,
)
from ruggli.protocol.model import AnswerRule, OnTimeout
from ruggli.quantities.base import Celsius, Kelvin, Rpm, Seconds

Runner = HeatRunner | CoolRunner | StirRunner | HoldRunner | PortionsRunner | OperatorRunner | MonitorRunner


def prompt(name: str) -> PlannedPrompt:
    return PlannedPrompt(name, "?", ("done",), None, "done", Seconds(60.0), Seconds(600.0), OnTimeout.HOLD)


def heat_work(
    *, reflux: bool = False, measured: bool = True, first: float = 70.0, hold: float = 62.0, cap: float | None = 90.0
) -> HeatWork:
    return HeatWork(
        "plate",
        "flask",
        Celsius(60.0),
        reflux,
        Celsius(first),
        Celsius(hold),
        None if cap is None else Celsius(cap),
        measured,
        None if measured else prompt("heat.confirm"),
        Seconds(3600.0),
    )


class Play:
    """A runner, a view, and orders that succeed at once."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.view = View()
        self.view.now = Seconds(1000.0)
        self.orders: list[Order] = []
        self.deaf = False

    def plate(self, probe: float | None = 20.0, plate: float = 30.0, speed: float = 400.0) -> None:
        reading = HotplateReading(None if probe is None else Celsius(probe), Celsius(plate), Rpm(speed))
        self.view.plates["plate"] = reading
        self.view.read_at["plate"] = self.view.now

    def look(self, seconds: float = 1.0) -> Decision:
        self.view.now = Seconds(self.view.now + seconds)
        if "plate" in self.view.read_at:
            self.view.read_at["plate"] = self.view.now
        decision = self.runner.decide(self.view)
        self.orders += decision.orders
        if not self.deaf:
            for order in decision.orders:
                self.runner.outcome(Outcome(order, None, None), self.view)
        return decision

    def until_done(self, limit: int = 1000) -> int:
        for second in range(1, limit):
            if self.look().done:
                return second
        pytest.fail(f"not done after {limit} s")

    def told(self) -> list[str]:
        return [" ".join([order.verb.value, *(f"{value:g}" for value in order.args)]) for order in self.orders]


class TestHeat:
    def test_it_sets_then_heats_and_trims_once_the_vessel_has_stayed(self) -> None:
        play = Play(HeatRunner("heat", heat_work()))
        play.plate(20.0)
        first = play.look()
        assert play.told() == ["set_temperature 70", "heat_on"]
        assert first.entries[0].durable
        play.look()
        play.plate(59.5)
        assert play.until_done() == pytest.approx(REACHED_SECONDS + 2, abs=1)
        assert play.told()[2:] == ["set_temperature 62"]
        assert play.look().done, "over is over"

    def test_leaving_the_band_begins_the_wait_anew(self) -> None:
        play = Play(HeatRunner("heat", heat_work()))
        play.plate(60.0)
        for _ in range(40):
            assert not play.look().done
        play.plate(62.0)
        play.look()
        play.plate(60.0)
        assert play.until_done() > REACHED_SECONDS

    def test_reflux_is_two_kelvin_for_five_minutes(self) -> None:
        play = Play(HeatRunner("heat", heat_work(reflux=True)))
        play.plate(58.1)
        assert play.until_done() >= REFLUX_SECONDS
        play = Play(HeatRunner("heat", heat_work(reflux=True)))
        play.plate(57.9)
        assert not any(play.look(10.0).done for _ in range(100))

    def test_the_set_point_comes_down_before_the_plate_reaches_its_cap(self) -> None:
        play = Play(HeatRunner("heat", heat_work()))
        play.plate(30.0, plate=79.0)
        play.look()
        play.look()
        play.plate(31.0, plate=80.5)
        play.look()
        assert play.told()[-1] == "set_temperature 62"
        play.plate(32.0, plate=70.0)
        play.look()
        assert play.told()[-1] == "set_temperature 62"
        play.plate(33.0, plate=59.0)
        play.look()
        assert play.told()[-1] == "set_temperature 70"

    def test_a_heat_up_that_never_ends_is_an_alarm(self) -> None:
        play = Play(HeatRunner("heat", heat_work()))
        play.plate(30.0)
        alarms = [alarm for _ in range(40) for alarm in play.look(100.0).alarms]
        assert alarms[0].code == "A-NOT-HEATING" and alarms[0].device == "plate"
        assert "60 min" in alarms[0].text and alarms[0].value == "30.0 degC"

    def test_a_vessel_that_stays_too_warm_has_not_cooled(self) -> None:
        play = Play(HeatRunner("heat", heat_work()))
        play.plate(95.0)
        alarms = [alarm for _ in range(40) for alarm in play.look(100.0).alarms]
        assert alarms[0].code == "A-NOT-COOLING" and alarms[0].value == "95.0 degC"

    def test_without_a_probe_a_person_confirms(self) -> None:
        play = Play(HeatRunner("heat", heat_work(measured=False)))
        play.plate(None)
        play.look()
        assert [p.id for p in play.look().ask] == ["heat.confirm"]
        assert not play.look(9000.0).ask
        play.view.answers["heat.confirm"] = "done"
        assert play.until_done() <= 3
        assert play.told()[-1] == "set_temperature 62"

    def test_a_trim_that_failed_is_sent_again_after_the_hold(self) -> None:
        play = Play(HeatRunner("heat", heat_work()))
        play.plate(60.0)
        play.look()
        play.look()
        for _ in range(100):
            play.deaf = True
            if "set_temperature 62" in play.told():
                break
            play.look()
        assert not play.look().done, "not over before the set point is known to be there"
        play.runner.interrupt(play.view)
        play.runner.restart(play.view)
        play.deaf = False
        play.until_done()
        assert play.told().count("set_temperature 62") == 2

    def test_nothing_is_trimmed_where_nothing_changes(self) -> None:
        play = Play(HeatRunner("heat", heat_work(first=60.0, hold=60.0)))
        play.plate(60.0)
        play.until_done()
        assert play.told() == ["set_temperature 60", "heat_on"]


class TestCool:
    def make(self, *, measured: bool = True) -> Play:
        confirm = None if measured else prompt("cool.confirm")
        work = CoolWork("plate", "flask", Celsius(30.0), Celsius(20.0), measured, confirm, Seconds(3600.0))
        return Play(CoolRunner("cool", work))

    def test_the_heater_goes_off_first(self) -> None:
        play = self.make()
        play.plate(80.0)
        assert not play.look().done
        assert play.told() == ["heat_off 20"]
        assert not play.look().done
        play.plate(31.0)
        assert play.until_done() == 1

    def test_it_waits_for_a_reading_and_not_for_ever(self) -> None:
        play = self.make()
        play.plate(None)
        play.look()
        alarms = [alarm for _ in range(40) for alarm in play.look(100.0).alarms]
        assert alarms[0].code == "A-NOT-COOLING" and alarms[0].value == "no reading"

    def test_without_a_probe_a_person_confirms(self) -> None:
        play = self.make(measured=False)
        play.plate(None)
        play.look()
        assert [p.id for p in play.look().ask] == ["cool.confirm"]
        play.view.answers["cool.confirm"] = "done"
        assert play.until_done() == 1


class TestStir:
    def test_it_is_proved_by_the_measured_speed(self) -> None:
        play = Play(StirRunner("stir", StirWork("plate", Rpm(400.0))))
        play.plate(speed=0.0)
        play.look()
        assert play.told() == ["set_speed 400", "stir_on"]
        assert not play.look().done
        play.plate(speed=319.0)
        assert not play.look().done
        play.plate(speed=320.0)
        assert play.look().done

    def test_a_stirrer_that_does_not_turn_is_an_alarm(self) -> None:
        play = Play(StirRunner("stir", StirWork("plate", Rpm(400.0))))
        play.plate(speed=100.0)
        alarms = [alarm for _ in range(40) for alarm in play.look().alarms]
        assert alarms[0].code == "A-STIR" and alarms[0].value == "100 rpm"

    def test_off_is_proved_too(self) -> None:
        play = Play(StirRunner("stir", StirWork("plate", Rpm(0.0))))
        play.plate(speed=400.0)
        play.look()
        assert play.told() == ["stir_off"]
        assert not play.look().done
        play.plate(speed=5.0)
        assert play.look().done


class TestHold:
    def test_only_running_time_counts(self) -> None:
        play = Play(HoldRunner("rest", HoldWork("flask", Seconds(60.0))))
        for _ in range(31):
            play.look()
        play.runner.interrupt(play.view)
        play.view.now = Seconds(play.view.now + 7200.0)
        play.runner.restart(play.view)
        assert play.until_done() == 30

    def test_it_goes_on_from_a_snapshot(self) -> None:
        play = Play(HoldRunner("rest", HoldWork("flask", Seconds(60.0))))
        play.runner.restore({"phase": "hold", "gone_s": 50.0})
        play.runner.restart(play.view)
        assert play.until_done() == 10
        assert play.runner.snapshot()["gone_s"] == pytest.approx(60.0)


def no_dose(name: str, work: DoseWork) -> DoseRunner:
    raise AssertionError(f"{name}: {work}")


class TestPortionsByHand:
    def make(self, count: int = 3) -> Play:
        prompts = tuple(prompt(f"add.{number}") for number in range(1, count + 1))
        gate = GatePlan(Celsius(30.0), Kelvin(1.0))
        return Play(PortionsRunner("add", PortionsWork("flask", prompts, (), Seconds(60.0), gate), "plate", no_dose))

    def asked(self, play: Play, seconds: int) -> list[str]:
        return [p.id for _ in range(seconds) for p in play.look().ask]

    def test_each_waits_for_the_one_before_for_the_interval_and_for_the_gate(self) -> None:
        play = self.make()
        play.plate(25.0)
        assert self.asked(play, 200) == ["add.1"]
        play.view.answers["add.1"] = "done"
        assert self.asked(play, 59) == []
        play.plate(29.5)
        assert self.asked(play, 50) == [], "after the first it has to be cooler by the hysteresis"
        play.plate(29.0)
        assert self.asked(play, 2) == ["add.2"]
        play.view.answers["add.2"] = "done"
        assert self.asked(play, 70) == ["add.3"]
        play.view.answers["add.3"] = "done"
        assert play.until_done() == 1

    def test_none_is_given_into_a_warm_vessel_or_one_of_unknown_temperature(self) -> None:
        play = self.make()
        for probe in (30.1, None):
            play.plate(probe)
            assert self.asked(play, 100) == []

    def test_a_gate_that_stays_shut_is_an_alarm_and_not_an_endless_wait(self) -> None:
        play = self.make()
        play.plate(35.0)
        alarms = [(second, alarm) for second in range(8000) for alarm in play.look().alarms]
        assert [alarm.code for _, alarm in alarms] == ["A-GATE", "A-GATE"]
        assert (alarms[0][0], alarms[0][1].device, alarms[0][1].value) == (3600, "plate", "35.0 degC")

    def test_one_that_was_answered_is_not_asked_for_again(self) -> None:
        play = self.make()
        play.plate(25.0)
        self.asked(play, 3)
        play.view.answers["add.1"] = "done"
        play.runner.interrupt(play.view)
        play.runner.restart(play.view)
        assert self.asked(play, 50) == []
        assert play.runner.snapshot()["given"] == 1

    def test_after_a_crash_the_interval_begins_anew(self) -> None:
        play = self.make()
        play.plate(25.0)
        play.runner.restore({"phase": "gate", "given": 1})
        assert self.asked(play, 60) == []
        assert self.asked(play, 5) == ["add.2"]


class TestQuestions:
    def test_an_operator_step_asks_once_and_again_after_a_hold(self) -> None:
        play = Play(OperatorRunner("filter", OperatorWork(prompt("filter"))))
        assert [p.id for _ in range(5) for p in play.look().ask] == ["filter"]
        play.runner.restart(play.view)
        assert [p.id for _ in range(5) for p in play.look().ask] == ["filter"]
        play.view.answers["filter"] = "done"
        assert play.look().done

    def monitor(self, at_most: int = 2, then: str = "stop") -> Play:
        rules = [
            {"answer": "consumed", "does": "go_on"},
            {"answer": "not yet", "does": "wait", "after": "30 min", "at_most": str(at_most), "then": then},
            {"answer": "stop", "does": "stop"},
        ]
        prompts = tuple(prompt(f"tlc.{number}") for number in range(1, at_most + 2))
        work = MonitorWork("flask", prompts, tuple(AnswerRule.model_validate(rule) for rule in rules))
        return Play(MonitorRunner("tlc", work))

    def answer(self, play: Play, text: str) -> Decision:
        for _ in range(3):
            for asked in play.look().ask:
                play.view.answers[asked.id] = text
        return play.runner.decide(play.view)

    def test_an_answer_goes_on(self) -> None:
        play = self.monitor()
        assert self.answer(play, "consumed").done

    def test_an_answer_waits_and_asks_again_at_most_n_times(self) -> None:
        play = self.monitor(at_most=2)
        self.answer(play, "not yet")
        assert not play.look(1700.0).ask
        assert [p.id for p in play.look(100.0).ask] == ["tlc.2"]
        play.view.answers["tlc.2"] = "not yet"
        play.look()
        assert [p.id for p in play.look(1900.0).ask] == ["tlc.3"]
        play.view.answers["tlc.3"] = "not yet"
        decision = play.look()
        assert "asked 3 times" in decision.stop

    def test_an_answer_stops(self) -> None:
        play = self.monitor()
        play.look()
        play.view.answers["tlc.1"] = "stop"
        assert "'stop'" in play.look().stop

    def test_a_resumed_monitor_knows_how_often_it_asked(self) -> None:
        play = self.monitor()
        play.runner.restore({"phase": "wait", "asking": 1})
        assert [p.id for p in play.look().ask] == ["tlc.2"]


def test_orders_of_other_steps_do_not_count() -> None:
    play = Play(HeatRunner("heat", heat_work()))
    play.deaf = True
    play.plate(20.0)
    play.look()
    play.runner.outcome(Outcome(Order("plate", Verb.FEED_DEAD_MAN), None, None), play.view)
    play.runner.outcome(Outcome(Order("other", Verb.HEAT_ON), None, None), play.view)
    assert play.look() == Decision()
