"""What is run again and again: a protocol on a rig, planned once."""

from dataclasses import dataclass

from ruggli.app.benches import describe
from ruggli.app.files import Source
from ruggli.app.planning import Ready
from ruggli.app.request import RunRequest, Waiver
from ruggli.documents.problem import ProblemsError, Severity
from ruggli.plan.make import make_plan
from ruggli.plan.model import Plan
from ruggli.plan.settings import PlanSettings
from ruggli.protocol.loader import read_protocol
from ruggli.rig.loader import read_rig
from ruggli_simulator.description import BenchDescription

TESTER = "trial"
"""Who waives dead-men in a trial, and who answers."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A planned run that can be started any number of times.

    Attributes:
        name: for people and plans of faults.
        request: the run, on simulated devices, without report.
        bench: the simulated bench that the rig describes.
    """

    name: str
    request: RunRequest
    bench: BenchDescription

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.request.plan


def make_scenario(name: str, protocol: Source, rig: Source, settings: dict[str, str] | None = None) -> Scenario:
    """Read both files and plan them; warnings are accepted, missing dead-men waived.

    Args:
        name: name of the scenario.
        protocol: the protocol file.
        rig: the rig file.
        settings: parameters of the protocol, as text.

    Raises:
        ProblemsError: a file, or the plan, is refused.
    """
    from ruggli.app.drivers import cards
    from ruggli.app.structures import structures_of

    protocol_file = read_protocol(protocol.data, protocol.file, settings or {})
    rig_file = read_rig(rig.data, rig.file)
    plan = make_plan(protocol_file, rig_file, cards(), PlanSettings(), structures_of(protocol_file.protocol))
    return scenario_of(name, Ready(protocol_file, rig_file, plan))


def scenario_of(name: str, ready: Ready) -> Scenario:
    """The scenario of files that were planned already. Raises `ProblemsError` where the plan is refused."""
    plan = ready.plan
    errors = tuple(problem for problem in plan.problems if problem.severity is Severity.ERROR)
    if errors:
        raise ProblemsError(errors)
    request = RunRequest(
        protocol=ready.protocol,
        rig=ready.rig,
        plan=plan,
        simulate=True,
        runs="runs",
        accepted=frozenset(problem.code for problem in plan.problems if problem.severity is Severity.WARNING),
        waivers=tuple(Waiver(d.name, TESTER, TESTER) for d in plan.devices if d.dead_man is None),
        report=False,
    )
    return Scenario(name, request, describe(ready.rig))
