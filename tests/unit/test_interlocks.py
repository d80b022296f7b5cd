"""Interlocks: bounds, patience, and what they do not look at."""

import pytest

from ruggli.devices.hotplate import HotplateReading
from ruggli.engine.alarm import Action
from ruggli.engine.bench import Trouble
from ruggli.engine.faults import alarm_of, late_alarm
from ruggli.engine.interlocks import LINK_SECONDS, PLATE_EXCESS, Interlocks
from ruggli.engine.orders import Order, Outcome, Verb
from ruggli.engine.view import View
from ruggli.errors import BadReply, DeviceAlarm, LinkLost, NoReply, Refused, WrongDevice
from ruggli.plan.model import Guard
from ruggli.plan.rules import STANDARD, Rule, Rules
from ruggli.protocol.model import InterlockAction
from ruggli.quantities.base import Celsius, Kelvin, Rpm, Seconds

GUARD = Guard("plate", Celsius(35.0), Celsius(50.0), Celsius(150.0), Rpm(400.0))
WELL = HotplateReading(Celsius(40.0), Celsius(90.0), Rpm(400.0))


def reading(probe: float | None = 40.0, plate: float | None = 90.0, speed: float = 400.0) -> HotplateReading:
    return HotplateReading(
        None if probe is None else Celsius(probe), None if plate is None else Celsius(plate), Rpm(speed)
    )


def see(view: View, second: float, read: HotplateReading) -> None:
    view.now, view.plates["plate"], view.asked_at["plate"] = Seconds(second), read, Seconds(second)


def first_alarm(
    broken: HotplateReading,
    *,
    guard: Guard = GUARD,
    feeding: bool = True,
    heating: bool = True,
    stirring: bool = True,
    seconds: int = 20,
) -> tuple[float, str] | None:
    """After how many seconds of this reading the first alarm comes, and which."""
    locks, view = Interlocks(), View()
    for second in range(seconds + 1):
        see(view, 1000.0 + second, broken)
        alarm = locks.check(guard, view, feeding=feeding, heating=heating, stirring=stirring)
        if alarm is not None:
            assert alarm.device == "plate" and alarm.value and alarm.bound
            return second, alarm.code
    return None


@pytest.mark.parametrize(
    ("broken", "after", "code"),
    [
        (reading(probe=50.1), STANDARD.hot.patience, "A-OVER-TEMPERATURE"),
        (reading(plate=150.0 + PLATE_EXCESS + 0.1), STANDARD.hot.patience, "A-PLATE"),
        (reading(probe=None), STANDARD.probe.patience, "A-PROBE"),
        (reading(speed=319.0), STANDARD.stirring.patience, "A-STIR"),
        (reading(probe=34.9), STANDARD.cold.patience, "A-COLD"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_alarm_comes_after_its_patience(broken: HotplateReading, after: float, code: str) -> None:
    assert first_alarm(broken) == (after, code)


@pytest.mark.parametrize(
    "well",
    [reading(50.0), reading(35.0), reading(plate=150.0 + PLATE_EXCESS), reading(speed=320.0), reading(plate=None)],
)
def test_a_bound_itself_is_allowed(well: HotplateReading) -> None:
    assert first_alarm(well) is None


def test_patience_begins_anew_after_a_good_reading() -> None:
    locks, view = Interlocks(), View()
    for second in range(40):
        hot = second % 5 != 4
        see(view, float(second), reading(probe=60.0 if hot else 45.0))
        assert locks.check(GUARD, view, feeding=True, heating=True, stirring=True) is None


def test_forgetting_begins_anew() -> None:
    locks, view = Interlocks(), View()
    for second in range(10):
        see(view, second, reading(probe=60.0))
        if second == 4:
            locks.forget()
        alarm = locks.check(GUARD, view, feeding=True, heating=True, stirring=True)
        assert (alarm is not None) is (second >= 9)


def test_cold_matters_only_while_something_flows() -> None:
    assert first_alarm(reading(probe=10.0), feeding=False) is None


def test_stirring_matters_only_where_it_was_commanded() -> None:
    assert first_alarm(reading(speed=0.0), stirring=False) is None
    assert first_alarm(reading(speed=0.0), guard=Guard("plate", speed=Rpm(0.0))) is None


def test_a_stirrer_that_stands_does_not_turn_because_the_step_has_changed() -> None:
    locks, view = Interlocks(), View()
    for second in range(3):
        if second:
            locks.begin()
        see(view, second, reading(speed=0.0))
        alarm = locks.check(GUARD, view, feeding=True, heating=True, stirring=True)
    assert alarm is not None and alarm.code == "A-STIR"


def test_a_vessel_that_is_too_hot_is_so_since_before_the_step() -> None:
    """Seed 51857: a step ended in the middle of the patience of its alarm, and the next one began anew."""
    locks, view = Interlocks(), View()
    for second in range(6):
        if second == 3:
            locks.begin()
        see(view, second, reading(probe=60.0))
        alarm = locks.check(GUARD, view, feeding=True, heating=True, stirring=True)
    assert alarm is not None and alarm.code == "A-OVER-TEMPERATURE"


def test_a_plate_that_was_not_heard_has_last_turned_when_it_was_heard() -> None:
    """Seed 1723: a plate without power for two seconds, in the middle of being asked."""
    locks, view = Interlocks(), View()
    see(view, 10, reading())
    assert locks.check(GUARD, view, feeding=True, heating=True, stirring=True) is None
    for silent in (11.0, 12.0, 12.9):
        view.now = Seconds(silent)
        assert locks.check(GUARD, view, feeding=True, heating=True, stirring=True) is None
    see(view, 13, reading(speed=0.0))
    alarm = locks.check(GUARD, view, feeding=True, heating=True, stirring=True)
    assert alarm is not None and alarm.code == "A-STIR"


def test_a_plate_that_turns_when_it_is_heard_again_has_turned() -> None:
    locks, view = Interlocks(), View()
    for second, speed in ((10.0, 400.0), (13.4, 400.0), (14.4, 0.0), (15.4, 0.0)):
        view.now = Seconds(second - 0.1)
        if view.plates:
            assert locks.check(GUARD, view, feeding=True, heating=True, stirring=True) is None
        see(view, second, reading(speed=speed))
        assert locks.check(GUARD, view, feeding=True, heating=True, stirring=True) is None


def test_a_missing_probe_without_heat_is_no_alarm_but_nothing_is_fed_blind() -> None:
    assert first_alarm(reading(probe=None), heating=False, feeding=False) is None
    assert first_alarm(reading(probe=None), heating=False) == (STANDARD.cold.patience, "A-COLD")


def test_without_a_plate_or_a_reading_there_is_nothing_to_check() -> None:
    assert first_alarm(reading(probe=500.0), guard=Guard()) is None
    assert Interlocks().check(GUARD, View(), feeding=True, heating=True, stirring=True) is None


def test_the_first_cause_comes_first() -> None:
    assert first_alarm(reading(probe=90.0, plate=500.0, speed=0.0), seconds=9) == (STANDARD.stirring.patience, "A-STIR")
    locks, view = Interlocks(), View()
    codes = []
    for second in range(9):
        see(view, float(second), reading(probe=90.0, plate=500.0, speed=0.0))
        alarm = locks.check(GUARD, view, feeding=True, heating=True, stirring=True)
        codes.append("" if alarm is None else alarm.code)
    assert codes[5:] == ["A-OVER-TEMPERATURE"] * 4, "heat goes off as soon as it may"


@pytest.mark.parametrize("broken", [reading(probe=90.0), reading(plate=500.0), reading(probe=None)])
def test_what_is_hot_or_blind_switches_the_heat_off(broken: HotplateReading) -> None:
    locks, view = Interlocks(), View()
    for second in range(7):
        see(view, float(second), broken)
        alarm = locks.check(GUARD, view, feeding=False, heating=True, stirring=True)
    assert alarm is not None and alarm.action is Action.HOLD_HEAT_OFF


class Course:
    """Interlocks of one step over a course of readings."""

    def __init__(self, guard: Guard) -> None:
        self.guard, self.locks, self.view = guard, Interlocks(), View()
        self.seconds = 0.0

    def hold(self, broken: HotplateReading, seconds: int, *, feeding: bool = True, wait: float = 3600.0) -> list[str]:
        """Codes of the alarms while this is read."""
        codes = []
        for _ in range(seconds):
            self.seconds += 1.0
            see(self.view, self.seconds, broken)
            alarm = self.locks.check(
                self.guard, self.view, feeding=feeding, heating=True, stirring=True, longest_wait=wait
            )
            if alarm is not None:
                codes.append(f"{alarm.code} {alarm.action.value}")
        return codes


def test_a_value_that_hovers_about_its_bound_is_one_alarm_and_never_below_it() -> None:
    course = Course(GUARD)
    seen = []
    for second in range(12):
        seen += course.hold(reading(probe=50.1 if second % 2 else 49.6), 1)
    assert seen and set(seen) == {"A-OVER-TEMPERATURE hold, heat off"}
    course = Course(GUARD)
    for second in range(12):
        assert course.hold(reading(probe=50.1 if second % 2 else 49.4), 1) == [], "half a kelvin below it has come back"


def test_the_hottest_of_the_rig_counts_in_two_looks() -> None:
    course = Course(Guard("plate", limit=Celsius(130.0)))
    assert course.hold(reading(probe=130.1), 1) == []
    assert course.hold(reading(probe=130.1), 1) == ["A-OVER-TEMPERATURE hold, heat off"]
    assert Course(Guard("plate", limit=Celsius(130.0))).hold(reading(probe=130.0), 30) == []


@pytest.mark.parametrize("probe", [-30.1, 350.1])
def test_absurd_readings_are_none(probe: float) -> None:
    guard = Guard("plate", hottest=Celsius(400.0))
    assert Course(guard).hold(reading(probe=probe), 2) == ["A-PROBE hold, heat off"]


def test_a_quench_is_measured_from_its_first_drop() -> None:
    course = Course(Guard("plate", rules=Rules(quench_rise=Kelvin(5.0))))
    assert course.hold(reading(probe=10.0), 5, feeding=False) == []
    assert course.hold(reading(probe=20.0), 5) == []
    assert course.hold(reading(probe=24.9), 50) == []
    course.locks.forget()
    assert course.hold(reading(probe=25.0), 3, feeding=False) == ["A-QUENCH hold, heat off"] * 2
    course.locks.begin()
    assert course.hold(reading(probe=25.0), 5) == [], "another step has another start"
    assert Course(Guard("plate")).hold(reading(probe=90.0), 9) == []


WAIT = Rules(cold=Rule(Seconds(3.0), InterlockAction.WAIT), stirring=Rule(Seconds(2.0), InterlockAction.WAIT))
WAITING = Guard("plate", Celsius(35.0), Celsius(50.0), Celsius(150.0), Rpm(400.0), rules=WAIT)


def test_a_step_waits_until_it_has_been_warm_for_a_while() -> None:
    course = Course(WAITING)
    assert course.hold(reading(probe=34.0), 4) == ["A-COLD wait"]
    assert course.locks.waits
    assert course.hold(reading(probe=34.0), 100, feeding=False) == []
    assert course.hold(reading(probe=35.4), 100, feeding=False) == [] and course.locks.waits, (
        "not yet half a kelvin above"
    )
    assert course.hold(reading(probe=35.6), 3, feeding=False) == [] and course.locks.waits
    assert course.hold(reading(probe=35.6), 1, feeding=False) == [] and not course.locks.waits


def test_a_step_that_waits_for_two_things_waits_for_both() -> None:
    course = Course(WAITING)
    course.hold(reading(probe=34.0), 4)
    assert course.hold(reading(probe=40.0, speed=0.0), 60, feeding=False)[0] == "A-STIR wait"
    assert course.locks.waits
    course.hold(reading(), 4, feeding=False)
    assert not course.locks.waits


def test_a_wait_ends_in_a_hold_and_other_interlocks_stay_awake() -> None:
    course = Course(WAITING)
    course.hold(reading(probe=34.0), 4)
    assert course.hold(reading(probe=34.0), 598, feeding=False, wait=600.0) == []
    assert course.hold(reading(probe=34.0), 3, feeding=False, wait=600.0) == ["A-WAIT hold"]
    course = Course(WAITING)
    course.hold(reading(probe=34.0), 4)
    assert course.hold(reading(probe=34.0, plate=200.0), 6, feeding=False)[:1] == ["A-PLATE hold, heat off"]


def test_where_nothing_is_added_a_wait_is_a_hold() -> None:
    assert Course(WAITING).hold(reading(speed=0.0), 3, feeding=False) == ["A-STIR hold"]


@pytest.mark.parametrize(
    ("action", "hot", "cold"),
    [
        (InterlockAction.STOP, "A-OVER-TEMPERATURE stop, heat off", "A-COLD stop"),
        (InterlockAction.ABORT, "A-OVER-TEMPERATURE abort", "A-COLD abort"),
    ],
)
def test_the_action_is_the_steps(action: InterlockAction, hot: str, cold: str) -> None:
    rules = Rules(hot=Rule(Seconds(5.0), action), cold=Rule(Seconds(3.0), action))
    guard = Guard("plate", Celsius(35.0), Celsius(50.0), rules=rules)
    assert Course(guard).hold(reading(probe=60.0), 6) == [hot]
    assert Course(guard).hold(reading(probe=30.0), 4) == [cold]


class TestLinks:
    def test_a_silent_device_has_patience_a_lost_port_none(self) -> None:
        silent, gone = Trouble(NoReply("no reply")), Trouble(LinkLost("gone"), True)
        assert late_alarm("pump", Seconds(LINK_SECONDS), silent) is None
        late = late_alarm("pump", Seconds(LINK_SECONDS + 0.1), silent)
        assert late is not None and late.code == "A-LINK" and "no reply" in late.text and late.value == "3.6 s"
        lost = late_alarm("pump", Seconds(0.5), gone)
        assert lost is not None and lost.code == "A-LINK"

    def test_another_device_and_an_alarm_are_no_link_trouble(self) -> None:
        other = late_alarm("pump", Seconds(0.0), Trouble(WrongDevice("a plate answers")))
        assert other is not None and other.code == "A-IDENTITY"
        stalled = late_alarm("pump", Seconds(0.0), Trouble(DeviceAlarm("stalled", kind="stall")))
        assert stalled is not None and stalled.code == "A-STALL"

    @pytest.mark.parametrize(
        ("verb", "error", "code"),
        [
            (Verb.ARM, NoReply("none"), "A-LINK"),
            (Verb.ARM, BadReply("noise"), "A-LINK"),
            (Verb.STOP, NoReply("none"), "A-STOP-UNPROVED"),
            (Verb.HEAT_OFF, BadReply("noise"), "A-STOP-UNPROVED"),
            (Verb.ARM, Refused("out of range"), "A-REFUSED"),
            (Verb.START, DeviceAlarm("power", kind="power"), "A-POWER"),
            (Verb.START, DeviceAlarm("odd", kind="other"), "A-PUMP"),
            (Verb.START, DeviceAlarm("dead-man", kind="dead-man"), "A-DEADMAN"),
        ],
    )
    def test_what_a_failed_order_means(self, verb: Verb, error: NoReply, code: str) -> None:
        alarm = alarm_of(Outcome(Order("pump", verb, (0.01, 2.0)), None, error))
        assert (alarm.code, alarm.device) == (code, "pump")
        assert alarm.text and alarm.value and alarm.bound
