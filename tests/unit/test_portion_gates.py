"""What a portion waits for, and the heat that it has to give: the runner, look by look, without a bench."""

import math

import pytest

from ruggli.devices.hotplate import HotplateReading
from ruggli.engine.alarm import Alarm
from ruggli.engine.orders import Decision
from ruggli.engine.recover import recover
from ruggli.engine.steps.dose import DoseRunner
from ruggli.engine.steps.portions import PortionsRunner
from ruggli.engine.view import View
from ruggli.journal.reader import JournalView, Record
from ruggli.plan.model import DoseWork, GatePlan, PlannedPrompt, PortionsWork
from ruggli.plan.portion_gates import BUBBLING, QUIET, HeatDue, PortionGates, read_ph
from ruggli.protocol.model import OnTimeout
from ruggli.quantities.base import Celsius, Kelvin, Rpm, Seconds

MINUTE = 60


def prompt(name: str, choices: tuple[str, ...] = ("done",), happy: str = "done") -> PlannedPrompt:
    return PlannedPrompt(name, "?", choices, None, happy, Seconds(60.0), Seconds(600.0), OnTimeout.HOLD)


def no_dose(name: str, work: DoseWork) -> DoseRunner:
    raise AssertionError(f"{name}: {work}")


def heat_due(*, kept_at: float | None = None, due: tuple[bool, ...] = (True, True, True)) -> HeatDue:
    at = None if kept_at is None else Celsius(kept_at)
    return HeatDue("hydride", Kelvin(0.5), Seconds(600.0), at, due)


class Series:
    """Three portions by hand, 15 min apart; a person who answers at once, and a flask that the test moves."""

    def __init__(self, heat: HeatDue | None = None, asked: PortionGates | None = None, *, probe: float = 20.0) -> None:
        self.work = PortionsWork(
            "flask",
            tuple(prompt(f"add.{number}") for number in (1, 2, 3)),
            (),
            Seconds(900.0),
            GatePlan(Celsius(30.0), Kelvin(1.0), Seconds(1800.0)),
            asked,
            heat,
        )
        self.runner = PortionsRunner("add", self.work, "plate", no_dose)
        self.view = View(now=Seconds(1000.0))
        self.probe = probe
        self.answers = {"add.1": "done", "add.2": "done", "add.3": "done"}
        self.asked: list[str] = []
        self.alarms: list[Alarm] = []
        self.records: list[tuple[str, dict[str, object]]] = []
        self.done = False
        if heat is not None:
            self.answers, answers = {}, self.answers
            self.look(119)
            assert self.asked == [], "first it is looked at for two minutes how the flask goes by itself"
            self.answers = answers

    def take(self, decision: Decision) -> None:
        self.records += [(entry.kind, dict(entry.data)) for entry in decision.entries]
        self.alarms += decision.alarms
        for item in decision.ask:
            self.asked.append(item.id)
            self.view.answers.pop(item.id, None)
            if item.id in self.answers:
                self.view.answers[item.id] = self.answers[item.id]
        self.done = self.done or decision.done

    def look(self, seconds: int = 1, per_minute: float = 0.0) -> None:
        for _ in range(seconds):
            if self.done:
                return
            self.view.now = Seconds(self.view.now + 1.0)
            self.probe += per_minute / 60.0
            self.view.plates["plate"] = HotplateReading(Celsius(self.probe), Celsius(25.0), Rpm(400.0))
            self.view.read_at["plate"] = self.view.now
            self.take(self.runner.decide(self.view))

    def heats(self) -> list[tuple[object, object]]:
        return [(row["portion"], row["what"]) for kind, row in self.records if kind == "portion_heat"]

    def crash(self) -> None:
        """A new process takes up what the journal has; its clock began anew."""
        kinds: list[tuple[str, dict[str, object]]] = [("step", {"step": "add", "what": "begin"}), *self.records]
        rows = tuple(Record(n, 0.0, "", kind, data) for n, (kind, data) in enumerate(kinds))
        state = recover(JournalView(rows, "", sealed=False, good_bytes=0, torn=0, damage=""))
        self.runner = PortionsRunner("add", self.work, "plate", no_dose)
        self.runner.restore(state.snapshot)
        self.view = View(now=Seconds(5.0))


class TestHeat:
    def test_a_portion_that_warms_its_flask_lets_the_next_one_come(self) -> None:
        series = Series(heat_due())
        for _ in range(3):
            series.look(5)
            series.look(3 * MINUTE, per_minute=0.5)
            series.look(12 * MINUTE, per_minute=-0.1)
        assert series.done
        assert series.heats() == [(1, "seen"), (2, "seen"), (3, "seen")]
        assert series.alarms == []

    def test_a_cold_flask_stops_the_series_after_the_first_portion(self) -> None:
        series = Series(heat_due(), probe=5.0)
        series.look(3600)
        assert series.asked == ["add.1"]
        (alarm,) = series.alarms
        assert (alarm.code, alarm.device, alarm.value) == ("A-NO-HEAT", "plate", "0.0 K")
        assert alarm.bound == "at least 0.5 K within 10 min"
        assert "portion 1 of 3 of hydride" in alarm.text
        assert series.heats() == [(1, "not seen")]

    def test_the_last_portion_is_watched_too(self) -> None:
        series = Series(heat_due())
        for _ in range(2):
            series.look(5)
            series.look(2 * MINUTE, per_minute=0.5)
            series.look(13 * MINUTE, per_minute=-0.1)
        series.look(3600)
        assert series.heats()[-1] == (3, "not seen")
        assert not series.done

    def test_going_on_all_the_same_is_a_persons_act_in_the_record(self) -> None:
        series = Series(heat_due(), probe=5.0)
        series.look(900)
        series.runner.interrupt(series.view)
        series.take(series.runner.restart(series.view))
        assert series.heats() == [(1, "not seen"), (1, "gone on")]
        series.look(1200)
        assert series.asked == ["add.1", "add.2"]
        assert series.heats()[-1] == (2, "not seen")

    @pytest.mark.parametrize("portion", [1, 3])
    def test_a_hold_for_another_reason_excuses_no_portion(self, portion: int) -> None:
        series = Series(heat_due(due=(portion == 1, False, portion == 3)))
        while len(series.asked) < portion:
            series.look()
        series.look(60)
        series.runner.interrupt(series.view)
        series.view.now = Seconds(series.view.now + 7200.0)
        series.take(series.runner.restart(series.view))
        series.look(500)
        assert series.alarms == [], "the time stood still in the hold"
        series.look(120)
        assert [alarm.code for alarm in series.alarms] == ["A-NO-HEAT"]

    def test_a_flask_that_warms_up_by_itself_gives_no_heat(self) -> None:
        """An ice bath that was taken away: 0.2 K/min all along, 2 K in the time of the watch."""
        series = Series(heat_due(), probe=5.0)
        series.answers.pop("add.1")
        series.look(10 * MINUTE, per_minute=0.2)
        series.view.answers["add.1"] = "done"
        series.look(12 * MINUTE, per_minute=0.2)
        assert series.heats() == [(1, "not seen")]

    def test_heat_on_top_of_its_own_warming_counts(self) -> None:
        series = Series(heat_due(), probe=5.0)
        series.answers.pop("add.1")
        series.look(10 * MINUTE, per_minute=0.2)
        series.view.answers["add.1"] = "done"
        series.look(12 * MINUTE, per_minute=0.3)
        assert series.heats() == [(1, "seen")]

    def test_the_heater_that_brings_a_flask_back_is_no_reaction(self) -> None:
        series = Series(heat_due(kept_at=25.0), probe=24.0)
        series.look(5)
        series.look(5 * MINUTE, per_minute=0.2)
        series.look(20 * MINUTE)
        assert series.heats() == [(1, "not seen")]

    def test_noise_of_a_probe_is_no_heat(self) -> None:
        series = Series(heat_due())
        for second in range(1500):
            series.probe = 20.0 + 0.15 * math.sin(second)
            series.look()
        assert series.heats() == [(1, "not seen")]

    def test_one_odd_reading_is_no_heat(self) -> None:
        series = Series(heat_due())
        for second in range(1500):
            series.probe = 26.0 if second % 100 in (40, 41) else 20.0
            series.look()
        assert series.heats() == [(1, "not seen")]

    def test_one_odd_reading_that_is_looked_at_again_and_again_is_no_heat(self) -> None:
        series = Series(heat_due())
        for second in range(1500):
            series.probe = 26.0 if second % 100 == 40 else 20.0
            series.look()
            for _ in range(4):  # orders to a pump have several looks in a second
                series.view.now = Seconds(series.view.now + 0.05)
                series.take(series.runner.decide(series.view))
            series.view.now = Seconds(series.view.now - 0.2)
        assert series.heats() == [(1, "not seen")]

    def test_one_odd_reading_when_the_portion_goes_in_is_no_heat(self) -> None:
        series = Series(heat_due())
        series.probe, series.answers = 14.0, {}
        while not series.asked:
            series.look()
        series.probe = 20.0
        series.look(5)
        series.probe, series.view.answers["add.1"] = 14.0, "done"
        series.look()
        series.probe = 20.0
        series.look(1500)
        assert series.heats() == [(1, "not seen")]

    @pytest.mark.parametrize("absurd", [850.0, -999.0])
    def test_readings_that_no_flask_can_have_are_no_heat(self, absurd: float) -> None:
        series = Series(heat_due())
        for second in range(1500):
            series.probe = absurd if second % 100 in (1, 40, 41, 42, 43) else 20.0
            series.look()
        assert series.heats()[:1] == [(1, "not seen")]

    def test_a_portion_without_substrate_is_not_watched(self) -> None:
        series = Series(heat_due(due=(False, False, False)))
        series.look(2000)
        assert series.done and series.heats() == []

    def test_after_a_crash_the_heat_is_waited_for_anew(self) -> None:
        series = Series(heat_due())
        series.look(30)
        series.crash()
        series.look(590)
        assert (series.alarms, series.asked) == ([], ["add.1"])
        series.look(30)
        assert [alarm.code for alarm in series.alarms] == ["A-NO-HEAT"]
        series.crash()
        series.look(650)
        assert [alarm.code for alarm in series.alarms] == ["A-NO-HEAT"] * 2, "nobody has decided yet"

    def test_warming_while_nobody_watched_is_not_taken_for_heat(self) -> None:
        series = Series(heat_due(), probe=5.0)
        series.look(30)
        series.crash()
        series.probe = 15.0
        series.look(650)
        assert series.heats() == [(1, "not seen")]

    def test_after_a_crash_a_portion_whose_heat_was_seen_is_over(self) -> None:
        series = Series(heat_due())
        series.look(5)
        series.look(2 * MINUTE, per_minute=0.5)
        series.crash()
        series.look(1000)
        assert series.asked == ["add.1", "add.2"]

    def test_after_a_crash_what_a_person_decided_holds(self) -> None:
        series = Series(heat_due())
        series.look(700)
        series.take(series.runner.restart(series.view))
        series.crash()
        series.look(1000)
        assert series.asked == ["add.1", "add.2"]


def gates(*, quiet: bool = True, ph: bool = False) -> PortionGates:
    return PortionGates(
        tuple(prompt(f"add.{n}.quiet", (QUIET, BUBBLING), QUIET) for n in (2, 3)) if quiet else (),
        tuple(prompt(f"add.{n}.ph", (), "5") for n in (1, 2, 3)) if ph else (),
        4.0,
        6.0,
    )


class TestQuestions:
    def test_the_next_portion_waits_while_it_is_bubbling(self) -> None:
        series = Series(asked=gates())
        series.answers["add.2.quiet"] = BUBBLING
        series.look(1000)
        assert series.asked == ["add.1", "add.2.quiet"], "not before the first"
        series.look(280)
        assert series.asked[2:] == ["add.2.quiet"], "asked again after 5 min"
        series.answers["add.2.quiet"] = QUIET
        series.look(330)
        assert series.asked[-2:] == ["add.2.quiet", "add.2"]
        answers = [(row["answer"], row["opens"]) for kind, row in series.records if kind == "portion_gate"]
        assert answers == [(BUBBLING, False), (BUBBLING, False), (QUIET, True)]

    def test_gas_without_end_is_an_alarm(self) -> None:
        series = Series(asked=gates())
        series.answers["add.2.quiet"] = BUBBLING
        series.look(900 + 1800 + 310)
        (alarm,) = series.alarms
        assert (alarm.code, alarm.device, alarm.value) == ("A-GATE", "operator", BUBBLING)

    def test_a_ph_outside_its_window_keeps_the_portion_back(self) -> None:
        series = Series(asked=gates(quiet=False, ph=True))
        series.answers["add.1.ph"] = "3.2"
        series.look(200)
        assert series.asked == ["add.1.ph"]
        series.answers["add.1.ph"] = "pH 4"
        series.look(310)
        assert series.asked == ["add.1.ph", "add.1.ph", "add.1"]

    def test_what_is_no_ph_is_refused_and_asked_again_at_once(self) -> None:
        series = Series(asked=gates(quiet=False, ph=True))
        series.answers["add.1.ph"] = "acidic"
        series.look(3)
        assert series.records[0][0] == "refused"
        assert series.asked == ["add.1.ph", "add.1.ph"]

    def test_an_old_answer_opens_nothing_after_a_hold(self) -> None:
        series = Series(asked=gates())
        series.look(1000)
        series.view.answers["add.2.quiet"] = QUIET
        series.runner.interrupt(series.view)
        series.runner.restart(series.view)
        series.look(10)
        assert series.asked == ["add.1", "add.2.quiet", "add.2.quiet"]

    @pytest.mark.parametrize(("text", "value"), [("5.2", 5.2), ("pH 5", 5.0), ("14", 14.0), ("0", 0.0)])
    def test_a_ph(self, text: str, value: float) -> None:
        assert read_ph(text) == value

    @pytest.mark.parametrize("text", ["", "14.1", "-1", "5,2", "five", "1e1", "nan", "٥", "5.2.1", "pH"])
    def test_no_ph(self, text: str) -> None:
        assert read_ph(text) is None
