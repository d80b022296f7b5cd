"""From a planned step to its runner."""

from collections.abc import Mapping

from ruggli.devices.capability import PumpCapability
from ruggli.engine.steps.asking import MonitorRunner, OperatorRunner
from ruggli.engine.steps.dose import DoseRunner
from ruggli.engine.steps.holding import HoldRunner
from ruggli.engine.steps.portions import PortionsRunner
from ruggli.engine.steps.runner import Runner
from ruggli.engine.steps.sampling import SamplingRunner
from ruggli.engine.steps.stir import StirRunner
from ruggli.engine.steps.thermal import CoolRunner, HeatRunner
from ruggli.plan.model import (
    CoolWork,
    DoseWork,
    HeatWork,
    HoldWork,
    MonitorWork,
    OperatorWork,
    PlannedStep,
    PortionsWork,
    StirWork,
)
from ruggli.quantities.base import Seconds


def make_runner(
    step: PlannedStep, capabilities: Mapping[str, PumpCapability], run_on: Mapping[str, Seconds], samples: int = 0
) -> Runner:
    """The runner of a step, in its first phase.

    Args:
        step: the step.
        capabilities: of every pump.
        run_on: for how long a pump may run after its host fell silent (its dead-man), by pump.
        samples: how many samples the run has taken.
    """
    work, probe_of = step.work, step.guard.hotplate

    def dose(name: str, dose_work: DoseWork) -> DoseRunner:
        return DoseRunner(name, dose_work, capabilities, run_on, probe_of)

    if isinstance(work, DoseWork):
        return dose(step.id, work)
    if isinstance(work, PortionsWork):
        return PortionsRunner(step.id, work, probe_of, dose)
    if isinstance(work, HeatWork):
        return HeatRunner(step.id, work)
    if isinstance(work, CoolWork):
        return CoolRunner(step.id, work)
    if isinstance(work, StirWork):
        return StirRunner(step.id, work)
    if isinstance(work, HoldWork):
        return HoldRunner(step.id, work)
    if isinstance(work, MonitorWork):
        return MonitorRunner(step.id, work) if work.sampling is None else SamplingRunner(step.id, work, samples)
    assert isinstance(work, OperatorWork)
    return OperatorRunner(step.id, work)
