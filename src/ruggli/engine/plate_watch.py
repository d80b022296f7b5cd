"""Every plate's heater watch, and the interlocks of the current step."""

from ruggli.engine.alarm import Alarm
from ruggli.engine.bench import Bench
from ruggli.engine.heater_checks.watch import HeaterWatch
from ruggli.engine.interlocks import Interlocks
from ruggli.engine.pile_watch import PileWatch
from ruggli.engine.steps.runner import Runner
from ruggli.plan.model import OperatorWork, Plan, PlannedStep
from ruggli.plan.rules import STANDARD
from ruggli.quantities.base import Seconds

NOTHING_WRONG: tuple[Alarm, ...] = ()


class PlateWatch:
    """What is checked of all plates in every look.

    Args:
        plan: for the plates and the room.

    Attributes:
        heaters: watch of each plate, by name.
        interlocks: of the current step.
        pile: what piles up in the current step.
    """

    def __init__(self, plan: Plan) -> None:
        self.interlocks = Interlocks()
        self.pile = PileWatch()
        self.heaters = {
            device.name: HeaterWatch(device.name, device.measured, device.room)
            for device in plan.devices
            if device.safe is not None
        }

    def begin(self) -> None:
        """A new step."""
        self.interlocks.begin()

    def forget(self, now: Seconds) -> None:
        """Gains and patience count anew (a restart)."""
        self.interlocks.forget()
        self.pile.forget()
        for heater in self.heaters.values():
            heater.forget(now)

    def check(
        self, step: PlannedStep, bench: Bench, runner: Runner | None, *, feeding: bool, watched: bool
    ) -> tuple[Alarm, ...]:
        """What is wrong, first cause first.

        Args:
            step: the current step.
            bench: readings, and what was commanded.
            runner: of that step, for what it has delivered; None between two steps.
            feeding: whether anything flows.
            watched: whether stirring matters now.
        """
        view, guard = bench.view, step.guard
        found = NOTHING_WRONG
        for name, heater in self.heaters.items():
            reading = view.plates.get(name)
            if reading is not None:
                found += heater.check(
                    reading,
                    view.read_at[name],
                    guard.rules if guard.hotplate == name else STANDARD,
                    bench.commanded[name],
                    feeding,
                    isinstance(step.work, OperatorWork),
                )
        if guard.hotplate is None:
            return found
        told = bench.commanded[guard.hotplate]
        broken = self.interlocks.check(
            guard,
            view,
            feeding=feeding,
            heating=told.heating,
            stirring=watched and told.speed > 0,
            longest_wait=step.hold.longest,
        )
        piled = self.pile.check(step, runner, view, feeding=feeding)
        view.waits = self.interlocks.waits or self.pile.waits
        if piled is not None:
            found += (piled,)
        if broken is None or (broken.code == "A-STIR" and any(alarm.code == "A-POWER" for alarm in found)):
            return found  # a plate that lost its power stands because of that
        return (*found, broken)
