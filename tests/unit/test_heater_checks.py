"""Checks of heaters and their sensors: at the bound, below it, patience, and what they leave alone."""

from collections.abc import Callable, Iterator

import pytest

from ruggli.devices.hotplate import HotplateReading
from ruggli.engine.alarm import Action, Alarm
from ruggli.engine.bench import Commanded
from ruggli.engine.heater_checks.trend import DEPTH_SECONDS, GRID_SECONDS, Trend
from ruggli.engine.heater_checks.watch import HeaterWatch
from ruggli.plan.rules import STANDARD, Rule, Rules
from ruggli.protocol.model import InterlockAction
from ruggli.quantities.base import Celsius, Kelvin, Rpm, Seconds

ROOM = Celsius(20.0)
Course = Callable[[float], tuple[float | None, float | None]]
"""Probe and plate after so many seconds."""


class Play:
    """A plate whose readings follow a course, one look a second."""

    def __init__(self, *, measured: bool = True, rules: Rules = STANDARD) -> None:
        self.watch = HeaterWatch("plate", measured, ROOM)
        self.told = Commanded(Celsius(80.0), True, Rpm(400.0))
        self.rules = rules
        self.now = 0.0
        self.speed = 400.0
        self.feeding = False
        self.by_hand = False
        self.flicker = 0.0

    def look(self, probe: float | None, plate: float | None) -> tuple[Alarm, ...]:
        reading = HotplateReading(
            None if probe is None else Celsius(probe), None if plate is None else Celsius(plate), Rpm(self.speed)
        )
        return self.watch.check(reading, Seconds(self.now), self.rules, self.told, self.feeding, self.by_hand)

    def follow(self, course: Course, seconds: int) -> Iterator[tuple[float, Alarm]]:
        """Every alarm with the seconds since the beginning of this course."""
        for second in range(1, seconds + 1):
            self.now += 1.0
            self.flicker = 0.1 - self.flicker  # a real reading never stands still
            probe, plate = course(float(second))
            for alarm in self.look(probe, None if plate is None else plate + self.flicker):
                yield second, alarm

    def first(self, course: Course, seconds: int = 1000) -> tuple[float, str] | None:
        """The first alarm: after how many seconds, and which."""
        return next(((second, alarm.code) for second, alarm in self.follow(course, seconds)), None)

    def off(self) -> None:
        self.told.heating, self.told.set_point = False, Celsius(20.0)


def steady(probe: float | None, plate: float | None) -> Course:
    return lambda second: (probe, plate)


class TestStuck:
    """T03."""

    def test_a_plate_that_rises_with_its_heater_off_is_found_within_65_s(self) -> None:
        play = Play()
        assert play.first(steady(75.0, 80.0), 100) is None
        play.off()
        found = play.first(lambda second: (75.0, 80.0 + second * 2.2 / 60))
        assert found is not None and found[1] == "A-HEATER-STUCK" and 60 <= found[0] <= 66
        assert play.watch.stuck

    def test_a_rise_of_2_kelvin_in_60_s_is_allowed_where_the_plate_is_near_the_room(self) -> None:
        play = Play()
        play.follow(steady(30.0, 35.0), 10)
        play.look(30.0, 35.0)
        play.off()
        assert play.first(lambda second: (30.0, 35.0 + min(second, 55.0) * 1.8 / 60), 400) is None
        assert not play.watch.unproved(play.told)

    def test_a_warm_plate_has_to_fall_2_kelvin_within_180_s(self) -> None:
        play = Play()
        assert play.first(steady(75.0, 80.0), 20) is None
        play.off()
        found = play.first(lambda second: (75.0, 80.0 - min(second, 100.0) * 1.7 / 100))
        assert found is not None and found[1] == "A-HEATER-STUCK" and 175 <= found[0] <= 183
        assert not play.watch.unproved(play.told), "stuck is no longer open"

    def test_a_fall_of_2_kelvin_proves_it_and_is_not_asked_for_again(self) -> None:
        play = Play()
        assert play.first(steady(75.0, 80.0), 20) is None
        play.off()
        assert play.watch.unproved(play.told), "before the next look already"
        assert play.first(lambda second: (75.0, 80.0 - min(second, 100.0) * 2.3 / 100), 600) is None
        assert not play.watch.unproved(play.told)

    def test_thirty_kelvin_above_the_room_is_where_falling_begins_to_count(self) -> None:
        for plate, stuck in ((49.5, False), (50.5, True)):
            play = Play()
            assert play.first(steady(45.0, plate), 20) is None
            play.off()
            assert (play.first(steady(45.0, plate), 400) is not None) is stuck

    def test_a_hot_flask_may_warm_the_plate_under_it(self) -> None:
        play = Play()
        play.look(90.0, 40.0)
        play.off()
        assert play.first(lambda second: (90.0 - second / 100, 40.0 + second * 5 / 60), 200) is None

    def test_without_a_probe_in_the_flask_every_rise_counts(self) -> None:
        play = Play(measured=False)
        play.look(90.0, 40.0)
        play.off()
        found = play.first(lambda second: (90.0, 40.0 + second * 5 / 60), 200)
        assert found is not None and found[1] == "A-HEATER-STUCK"

    def test_heating_again_forgets_it(self) -> None:
        play = Play()
        play.look(75.0, 80.0)
        play.off()
        assert play.first(lambda second: (75.0, 80.0 + second / 10), 100) is not None
        play.told.heating = True
        play.first(lambda second: (75.0, 90.0 + second / 10), 30)
        assert not play.watch.stuck


class TestProbe:
    """T06 and T07."""

    def test_a_probe_that_does_not_follow_its_plate_is_out(self) -> None:
        play = Play()
        found = play.first(lambda second: (25.0 + second * 1.5 / 180, 25.0 + second * 25 / 180))
        assert found is not None and found[1] == "A-PROBE-OUT" and 175 <= found[0] <= 190

    @pytest.mark.parametrize(("plate", "probe"), [(18.0, 0.0), (25.0, 2.5), (90.0, 3.0)])
    def test_less_plate_or_more_probe_is_none(self, plate: float, probe: float) -> None:
        play = Play()
        found = play.first(lambda second: (25.0 + second * probe / 180, 25.0 + second * plate / 180), 290)
        assert found is None

    def test_a_probe_that_falls_while_the_plate_climbs_is_found_sooner(self) -> None:
        play = Play()
        assert play.first(steady(60.0, 70.0), 30) is None
        found = play.first(lambda second: (60.0 - second / 3, 70.0 + second / 2))
        assert found is not None and found[1] == "A-PROBE-OUT" and found[0] <= 70

    def test_something_cold_that_a_person_pours_in_is_no_probe_that_is_out(self) -> None:
        play = Play()
        play.by_hand = True
        assert play.first(steady(60.0, 70.0), 30) is None
        assert play.first(lambda second: (max(50.0, 60.0 - second) + second / 10, 70.0 + second / 2), 100) is None

    def test_a_plateau_is_no_probe_that_is_out(self) -> None:
        play = Play()
        play.told.set_point = Celsius(44.0)
        assert play.first(lambda second: (40.0, 60.0 + second / 4), 250) is None

    def test_two_jumps_within_a_minute_are_absurd_one_is_a_hand(self) -> None:
        play = Play()
        assert play.first(steady(40.0, 60.0), 5) is None
        assert play.first(steady(56.0, 60.0), 5) is None
        assert play.first(steady(40.5, 60.0), 5) == (1, "A-PROBE")
        play = Play()
        play.first(steady(40.0, 60.0), 5)
        play.first(steady(56.0, 60.0), 61)
        assert play.first(steady(40.5, 60.0), 1) is None

    def test_fifteen_kelvin_are_no_jump(self) -> None:
        play = Play()
        for _ in range(5):
            assert play.first(steady(40.0, 60.0), 3) is None
            assert play.first(steady(55.0, 60.0), 3) is None

    def test_a_plate_sensor_that_falls_silent_is_told_a_plate_without_one_is_not(self) -> None:
        play = Play()
        play.first(steady(60.0, 70.0), 5)
        assert play.first(steady(60.0, None), 5) == (2, "A-PROBE")
        assert Play().first(steady(60.0, None), 60) is None
        play = Play()
        play.first(steady(60.0, 70.0), 5)
        assert play.first(steady(60.0, 351.0), 5) == (2, "A-PROBE")


class TestFrozen:
    """T08."""

    @staticmethod
    def still(play: Play, seconds: int, plate: float = 70.0) -> list[tuple[int, Alarm]]:
        play.told.set_point = Celsius(70.0 if plate > 50.0 else 25.0)
        found = []
        for second in range(seconds + 1):
            play.now += 1.0
            found += [(second, alarm) for alarm in play.look(69.5 if plate > 50.0 else 24.0, plate)]
        return found

    def test_thirty_minutes_to_the_last_digit(self) -> None:
        found = self.still(Play(), 1801)
        assert [second for second, _ in found] == [1800, 1801]
        assert found[0][1].code == "A-FROZEN" and found[0][1].action is Action.HOLD_HEAT_OFF

    def test_a_flicker_begins_anew(self) -> None:
        play = Play()
        assert self.still(play, 1790) == []
        play.now += 1.0
        play.look(69.5, 70.1)
        assert self.still(play, 1799) == []

    def test_an_idle_plate_is_only_told_and_one_that_is_off_not_even_that(self) -> None:
        found = self.still(Play(), 1800, plate=29.0)
        assert found[0][1].action is Action.NONE
        play = Play()
        play.off()
        assert self.still(play, 2000, plate=29.0) == []
        play.feeding = True
        assert self.still(play, 1801, plate=29.0) != []


class TestHeating:
    """T09."""

    def test_no_gain_far_from_the_set_point_is_told_within_ten_minutes(self) -> None:
        found = Play().first(lambda second: (30.0 + second * 1.8 / 180, 40.0))
        assert found is not None and found[1] == "A-NOT-HEATING" and 295 <= found[0] <= 310

    def test_a_gain_of_2_kelvin_is_enough(self) -> None:
        assert Play().first(lambda second: (30.0 + second * 2.1 / 180, 60.0), 1500) is None

    def test_a_cold_start_has_two_minutes(self) -> None:
        assert Play().first(lambda second: (30.0 + max(0.0, second - 110) * 2.1 / 180, 40.0 + second / 60), 600) is None

    def test_near_the_set_point_a_dead_plate_is_told_after_ten_minutes(self) -> None:
        play = Play()
        play.told.set_point = Celsius(25.0)
        found = play.first(steady(21.0, 21.0))
        assert found is not None and found[1] == "A-NOT-HEATING" and 590 <= found[0] <= 606

    @pytest.mark.parametrize(("probe", "plate"), [(21.0, 27.0), (23.6, 23.6)])
    def test_near_the_set_point_a_warm_plate_or_a_small_gap_is_none(self, probe: float, plate: float) -> None:
        play = Play()
        play.told.set_point = Celsius(25.0)
        assert play.first(steady(probe, plate), 1500) is None

    def test_ten_minutes_begin_when_the_plate_falls_back(self) -> None:
        play = Play()
        play.told.set_point = Celsius(25.0)
        assert play.first(steady(22.0, 30.0), 900) is None
        assert play.first(steady(22.0, 22.0), 590) is None
        found = play.first(steady(22.0, 22.0), 20)
        assert found is not None and found[1] == "A-NOT-HEATING"

    def test_a_new_set_point_counts_anew(self) -> None:
        play = Play()
        assert play.first(steady(30.0, 40.0), 280) is None
        play.told.set_point = Celsius(81.0)
        assert play.first(steady(30.0, 40.0), 280) is None

    def test_without_a_probe_the_plate_counts(self) -> None:
        found = Play(measured=False).first(steady(None, 40.0))
        assert found is not None and found[1] == "A-NOT-HEATING"
        assert Play(measured=False).first(lambda second: (None, 40.0 + second / 20), 700) is None

    def test_the_step_may_ask_for_less_or_only_to_be_told(self) -> None:
        rules = Rules(gain=Kelvin(1.0), heating=Rule(Seconds(180.0), InterlockAction.NONE))
        assert Play(rules=rules).first(lambda second: (30.0 + second * 1.2 / 180, 40.0), 800) is None
        _, alarm = next(Play(rules=rules).follow(steady(30.0, 40.0), 400))
        assert alarm.action is Action.NONE


class TestRunaway:
    """T11."""

    def settled(self, play: Play, probe: float = 60.0, plate: float = 70.0) -> Play:
        play.told.set_point = Celsius(60.0)
        assert play.first(steady(probe, plate), 310) is None
        return play

    def test_a_settled_vessel_that_warms_by_itself(self) -> None:
        play = self.settled(Play())
        found = play.first(lambda second: (60.0 + second * 3.6 / 60, 70.0))
        assert found is not None and found[1] == "A-RUNAWAY" and 30 <= found[0] <= 45

    def test_slower_than_3_kelvin_a_minute_is_none(self) -> None:
        play = self.settled(Play())
        assert play.first(lambda second: (60.0 + second * 2.7 / 60, 70.0), 200) is None

    def test_a_plate_that_rises_as_fast_explains_it(self) -> None:
        play = self.settled(Play())
        assert play.first(lambda second: (60.0 + second * 3.6 / 60, 70.0 + second * 4 / 60), 150) is None

    def test_a_vessel_that_heats_up_has_not_settled(self) -> None:
        play = Play()
        assert play.first(lambda second: (30.0 + second / 10, 90.0), 400) is None

    def test_a_new_set_point_has_to_settle_first(self) -> None:
        play = self.settled(Play())
        play.told.set_point = Celsius(75.0)
        assert play.first(lambda second: (60.0 + min(15.0, second / 10), 90.0), 200) is None

    def test_coming_back_from_something_cold_is_none(self) -> None:
        play = self.settled(Play())
        assert play.first(lambda second: (60.0 - second / 20, 75.0), 100) is None
        assert play.first(lambda second: (55.0 + second / 10, 75.0 - second / 60), 70) is None

    def test_coming_back_from_a_slow_fall_is_none(self) -> None:
        play = self.settled(Play())
        assert play.first(lambda second: (60.0 - second / 200, 66.0), 800) is None
        assert play.first(lambda second: (56.0 + second * 4 / 60, 75.0 - second / 60), 60) is None

    def test_a_vessel_hotter_than_its_plate_that_warms_is_found_within_two_looks(self) -> None:
        play = Play()
        play.told.set_point = Celsius(30.0)
        assert play.first(steady(30.0, 31.0), 60) is None
        play.off()
        found = play.first(lambda second: (30.0 + second / 10, 27.0))
        assert found is not None and found[1] == "A-RUNAWAY"
        assert found[0] in (22, 23), "hotter than the plate by more than 5 K from the 21st second on"

    def test_a_vessel_that_only_cools_slower_than_its_plate_is_none(self) -> None:
        play = Play()
        play.look(80.0, 85.0)
        play.off()
        assert play.first(lambda second: (80.0 - second / 100, 85.0 - second / 10), 400) is None

    def test_a_settled_vessel_that_stays_hotter_than_its_heated_plate_is_one(self) -> None:
        play = self.settled(Play())
        found = play.first(lambda second: (60.0, 70.0 - second / 20))
        assert found is not None and found[1] == "A-RUNAWAY"

    def test_what_a_person_pours_in_is_none_and_a_probe_elsewhere_says_nothing(self) -> None:
        play = self.settled(Play())
        play.by_hand = True
        assert play.first(lambda second: (60.0 + second / 5, 55.0), 40) is None
        play = Play(measured=False)
        play.told.set_point = Celsius(60.0)
        play.first(steady(60.0, 70.0), 310)
        assert play.first(lambda second: (60.0 + second / 5, 55.0), 40) is None

    def test_a_jump_is_not_believed_at_once(self) -> None:
        play = self.settled(Play())
        assert play.first(steady(90.0, 70.0), 8) is None
        assert play.first(steady(60.0, 70.0), 1) == (1, "A-PROBE")


class TestPower:
    """T17."""

    def test_a_plate_that_was_silent_and_whose_stirrer_stands_was_without_power(self) -> None:
        play = Play()
        play.look(60.0, 70.0)
        play.now, play.speed = 3.0, 0.0
        (alarm,) = play.look(60.0, 70.0)
        assert (alarm.code, alarm.action) == ("A-POWER", Action.HOLD_HEAT_OFF)

    @pytest.mark.parametrize(("silent", "speed"), [(2.0, 0.0), (3.0, 330.0)])
    def test_no_silence_or_a_stirrer_that_turns_is_none(self, silent: float, speed: float) -> None:
        play = Play()
        play.look(60.0, 70.0)
        play.now, play.speed = silent, speed
        assert play.look(60.0, 70.0) == ()


def test_an_old_reading_is_looked_at_once() -> None:
    play = Play()
    play.look(40.0, 60.0)
    play.now = 1.0
    play.look(60.0, 60.0)
    play.now = 2.0
    assert len(play.look(40.0, 60.0)) == 1
    assert play.look(40.0, 60.0) == ()


class TestTrend:
    def test_it_keeps_one_sample_in_five_seconds_and_ten_minutes_of_them(self) -> None:
        trend = Trend()
        taken = [second for second in range(1000) if trend.add(Seconds(float(second)), Celsius(1.0), Celsius(2.0))]
        assert taken[:4] == [0, 5, 10, 15]
        oldest = trend.ago(600.0, Seconds(999.0), Seconds(0.0))
        assert oldest is not None and oldest.at == 395.0
        assert trend.ago(DEPTH_SECONDS + 2 * GRID_SECONDS, Seconds(999.0), Seconds(0.0)) is None

    def test_nothing_counts_from_before(self) -> None:
        trend = Trend()
        for second in range(100):
            trend.add(Seconds(float(second)), Celsius(1.0), Celsius(2.0))
        assert trend.ago(60.0, Seconds(99.0), Seconds(50.0)) is None
        sample = trend.ago(40.0, Seconds(99.0), Seconds(50.0))
        assert sample is not None and sample.at == 55.0
