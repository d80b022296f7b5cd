"""What a progress display shows of a run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ruggli.engine.conductor import Conductor
from ruggli.quantities.base import Millilitres, Seconds
from ruggli.world.time import cpu_wall_seconds

SHORTEST_INTERVAL = 0.1
"""Seconds of real time: a display that is told more often shows nothing more, but slows a dry run down."""


@dataclass(frozen=True, slots=True)
class Status:
    """A run at one moment.

    Attributes:
        state: the run's state.
        step_number: 1-based.
        steps: number of steps.
        step_title: one line.
        phase: phase of the step.
        doses: solution, at least, at most, planned; mL.
        temperatures: by hotplate: probe, plate (degC, None where there is no reading), speed (rpm).
        elapsed: since the start of the run.
        remaining: planned time that is left.
        wall: now.
        eta: planned end.
        questions: ids of the questions that stand.
        alarms: number of alarms so far.
    """

    state: str
    step_number: int
    steps: int
    step_title: str
    phase: str
    doses: tuple[tuple[str, Millilitres, Millilitres, Millilitres], ...]
    temperatures: dict[str, tuple[float | None, float | None, float]]
    elapsed: Seconds
    remaining: Seconds
    wall: datetime
    eta: datetime
    questions: tuple[str, ...]
    alarms: int


class Watcher:
    """Tells a display how a run stands: not too often, and at once when step, state or alarms have changed.

    Args:
        watch: the display.
        started: when the run began, on its clock.
    """

    def __init__(self, watch: Callable[[Status], None], started: Seconds) -> None:
        self._watch = watch
        self._started = started
        self._told_at = -SHORTEST_INTERVAL
        self._told: object = None

    def __call__(self, conductor: Conductor) -> None:
        """Look at a run; called at every sample."""
        seen = (conductor.flow.index, conductor.machine.state, len(conductor.result.alarms))
        now = cpu_wall_seconds()
        if seen == self._told and now - self._told_at < SHORTEST_INTERVAL:
            return
        self._told, self._told_at = seen, now
        self._watch(status_of(conductor, self._started))


def status_of(conductor: Conductor, started: Seconds) -> Status:
    """Look at a run."""
    step, runner = conductor.step, conductor.runner
    rows = () if runner is None else runner.progress()
    done = max((row.at_least / row.planned for row in rows if row.planned > 0), default=0.0)
    last = conductor.plan.steps[-1]
    later = last.start + last.duration - (step.start + step.duration)
    remaining = Seconds(later + step.duration * (1 - done))
    wall = conductor.bench.loop.wall()
    return Status(
        state=conductor.machine.state.value,
        step_number=step.number,
        steps=len(conductor.plan.steps),
        step_title=step.title,
        phase=conductor.phase_seen,
        doses=tuple((row.solution, row.at_least, row.at_most, row.planned) for row in rows),
        temperatures={n: (r.probe, r.plate, r.speed) for n, r in conductor.view.plates.items()},
        elapsed=Seconds(conductor.now - started),
        remaining=remaining,
        wall=wall,
        eta=wall + timedelta(seconds=remaining),
        questions=tuple(prompt.id for prompt in conductor.desk.standing),
        alarms=len(conductor.result.alarms),
    )
