"""What a run is asked for, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruggli.app.notify_file import NotifyFile
from ruggli.documents.problem import Problem
from ruggli.engine.result import Verdict
from ruggli.plan.model import Plan
from ruggli.protocol.loader import ProtocolFile
from ruggli.quantities.base import Seconds
from ruggli.rig.loader import RigFile
from ruggli.rig.ports import PortKind, parse_port
from ruggli.world.operator import ScriptedAnswer


@dataclass(frozen=True, slots=True)
class Waiver:
    """A device may run unattended although it has no stop of its own; who says so, and why."""

    device: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A checked and planned run.

    Attributes:
        protocol: the checked protocol file; its bytes are the ones that run.
        rig: the checked rig file.
        plan: the plan of the two.
        simulate: virtual clock, ports replaced by simulated ones.
        speed: factor on the real clock; other than 1 only when all ports are `sim://`.
        runs: folder in which the run's folder is made.
        answers: scripted answers.
        terminal: whether a person sits at the terminal.
        unattended: nobody will be there.
        accepted: codes of warnings that were accepted.
        reasons: why, by code, where somebody said so.
        waivers: see `Waiver`.
        set_diameter: store planned bores in pumps that hold another one, without asking.
        report: write the report.
        seed: seed of the simulated bench.
        faults: faults for the simulated bench, as in a faults file.
        notify: where messages go; None where nobody is told. A dry run tells nobody.
    """

    protocol: ProtocolFile
    rig: RigFile
    plan: Plan
    simulate: bool
    runs: str
    speed: float = 1.0
    answers: tuple[ScriptedAnswer, ...] = ()
    terminal: bool = False
    unattended: bool = False
    accepted: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    set_diameter: bool = False
    report: bool = True
    seed: int = 0
    faults: tuple[Mapping[str, Any], ...] = ()
    notify: NotifyFile | None = None

    @property
    def only_simulated(self) -> bool:
        """Whether every port of the plan is `sim://`, so that the bench lives in this process."""
        return all(parse_port(device.port).kind is PortKind.SIM for device in self.plan.devices)


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What `simulate`, `run` and `resume` come to; `as_json` is what `--json` prints.

    Attributes:
        verdict: how it ended.
        cause: why, one sentence.
        run: id of the run ("" where none was begun).
        folder: its folder.
        report: path of the report, or None.
        virtual_seconds: time on the run's clock.
        wall_seconds: real time.
        exchanges: device round trips.
        doses: one for each solution of a step.
        peak_concentration: by solute, mol/L, in the receiving vessel.
        max_temperature: highest probe reading in degC, or None.
        prompts: questions and answers.
        alarms: alarms.
        still_on: what is still energised.
        problems: findings.
        flasks: what reacted in the simulated flasks, see `simulated_flask`; () on a real bench.
    """

    verdict: Verdict
    cause: str
    run: str
    folder: str
    report: str | None
    virtual_seconds: Seconds
    wall_seconds: Seconds
    exchanges: int
    doses: tuple[Mapping[str, Any], ...] = ()
    peak_concentration: Mapping[str, float] = field(default_factory=dict)
    max_temperature: float | None = None
    prompts: tuple[Mapping[str, Any], ...] = ()
    alarms: tuple[Mapping[str, Any], ...] = ()
    still_on: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    flasks: tuple[Mapping[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """One JSON object, units in the key names."""
        return {
            "verdict": self.verdict.value,
            "cause": self.cause,
            "run": self.run,
            "folder": self.folder,
            "report": self.report,
            "virtual_seconds": round(self.virtual_seconds, 3),
            "wall_seconds": round(self.wall_seconds, 3),
            "exchanges": self.exchanges,
            "doses": list(self.doses),
            "peak_concentration_mM": {name: round(value * 1000, 6) for name, value in self.peak_concentration.items()},
            "max_temperature_degC": self.max_temperature,
            "prompts": list(self.prompts),
            "alarms": list(self.alarms),
            "still_on": list(self.still_on),
            "problems": [problem.as_dict() for problem in self.problems],
            **({"simulated_flasks": list(self.flasks)} if self.flasks else {}),
        }
