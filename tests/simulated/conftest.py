"""Whole runs in process: plan, run on a simulated bench, and look at the truth, the wire and the journal afterwards."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import ruggli_simulator.bench as benches
from ruggli.app.builtin import find_protocol, find_rig
from ruggli.app.doors import Doors, open_doors
from ruggli.app.drivers import cards
from ruggli.app.records import records_of
from ruggli.app.request import RunOutcome, RunRequest, Waiver
from ruggli.app.run import execute
from ruggli.documents.problem import Severity
from ruggli.plan.make import make_plan
from ruggli.plan.model import Plan
from ruggli.plan.settings import PlanSettings
from ruggli.protocol.loader import read_protocol
from ruggli.quantities.base import Seconds
from ruggli.rig.loader import read_rig
from ruggli.world.disk import AppendFile
from ruggli.world.operator import ScriptedAnswer
from ruggli.world.run_disk import ComputerDisk, RunDisk
from ruggli.world.signals import SignalCommands

DUAL = """\
ruggli: 1
name: Two feeds
description: Two solutions are added together to a stirred flask.
parameters:
  addition_time: {default: 2 min, min: 10 s, max: 24 h, description: time of the addition}
  volume_a: {default: 2 mL, min: 0.1 mL, max: 200 mL, description: volume of the first solution}
  volume_b: {default: 1 mL, min: 0.1 mL, max: 20 mL, description: volume of the second solution}
prompts: {timeout: 10 min, on_timeout: hold}
reagents:
  substrate: {name: substrate, role: substrate, molar_mass: 434.583 g/mol, limiting: true, amount: 1 mmol}
  catalyst: {name: catalyst, role: catalyst, molar_mass: 848.971 g/mol, mole_percent: 5 mol%}
  toluene: {name: toluene, role: solvent}
solutions:
  substrate_solution: {solutes: [substrate], solvent: toluene, volume: $volume_a}
  catalyst_solution: {solutes: [catalyst], solvent: toluene, volume: $volume_b}
vessels:
  flask: {role: reaction}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: toluene, volume: 50 mL}]}
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
  - {id: warm, do: heat, vessel: flask, to: 25 degC, class: feed, hold: {at_most: 2 h}}
  - id: add
    do: dose
    into: flask
    solutions: [substrate_solution, catalyst_solution]
    class: feed
    duration: $addition_time
    hold: {at_most: 2 h}
  - {id: rest, do: hold, vessel: flask, duration: 1 min, class: feed, hold: {at_most: 2 h}}
"""


PORTIONS = """\
ruggli: 1
name: hydride in portions
chemistry: {ring_closure: reductive-amination, ring_size: 7}
parameters:
  rate: {default: by_vent, words: [by_vent], min: 0.1 mL/min, max: 20 mL/min, description: rate of the quench}
prompts: {timeout: 10 min, on_timeout: hold}
reagents:
  amine: {name: amino-aldehyde, role: substrate, molar_mass: 216.281 g/mol, amount: 50 mmol, limiting: true}
  acid: {name: acetic acid, role: acid, cas: 64-19-7, molar_mass: 60.052 g/mol, density: 1.042 g/mL,
         equivalents: 1.1 eq}
  hydride: {name: NaBH(OAc)3, role: reductant, cas: 56553-60-7, molar_mass: 211.941 g/mol, equivalents: 1.5 eq}
  bicarbonate: {name: NaHCO3, role: quench, cas: 144-55-8, molar_mass: 84.007 g/mol}
  dce: {name: DCE, role: solvent}
  water: {name: water, role: solvent}
solutions:
  saturated: {solutes: [bicarbonate], solvent: water, volume: 40 mL, concentration: 1.1 M}
vessels:
  flask: {role: reaction, vented: true}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: dce, volume: 250 mL}, {what: amine}]}
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
  - {id: acidify, do: charge, vessel: flask, contents: [{what: acid}]}
  - {id: imine, do: hold, vessel: flask, duration: 1 h, class: feed}
  - id: hydride
    do: portions
    into: flask
    what: hydride
    count: 3
    interval: 15 min
    gate: {below: 30 degC, hysteresis: 1 K, quiet: ask}
    heat: {rise: 0.5 K, within: 10 min}
  - {id: ask, do: operator, text: Is it consumed?}
  - {id: quench, do: quench, into: flask, solution: saturated, rate: $rate, gate: {below: 30 degC}}
"""


def large_flask(ambient: str, vent: str) -> Callable[[str], str]:
    """The bench with a vented 1 L flask that stands on the plate without a block, in a room of this temperature."""
    changes = {
        "capacity: 250 mL": "capacity: 1 L",
        "working_volume: 220 mL": f"working_volume: 800 mL\n    vent: {vent}",
        "contact: block": "contact: bare",
        "ambient: 20 degC": f"ambient: {ambient}",
    }

    def change(text: str) -> str:
        for old, new in changes.items():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        return text

    return change


ANALYSIS = """\
  - id: look
    do: monitor
    vessel: flask
    method: LC-MS
    question: How much is left?
    aliquot: 5 mL
    results: {conversion: true, area_percent: [substrate]}
    answers:
      - {when: {conversion: at least 95 %}, does: go_on}
      - {when: {conversion: below 50 %}, does: stop}
      - {when: otherwise, does: wait, after: 10 min, at_most: 4}
"""


@dataclass
class Trial:
    """What came of one run, and what really happened.

    Attributes:
        outcome: what `execute` returned.
        bench: the simulated bench.
        records: of the journal.
        wire: what was sent and received, with the port and the virtual second.
        order: journal syncs (`sync`), journal lines (`line`) and bytes sent (`sent`) in the order in which they came.
        flows: plunger speeds by second and device, where they were watched.
    """

    outcome: RunOutcome
    plan: Plan
    bench: benches.Bench
    records: list[dict[str, Any]]
    wire: list[tuple[float, str, str, bytes]]
    order: list[tuple[str, Any]]
    flows: dict[float, dict[str, float]] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        return self.outcome.verdict.value

    @property
    def alarms(self) -> list[tuple[str, str]]:
        return [(alarm["code"], alarm["device"]) for alarm in self.outcome.alarms]

    @property
    def signs(self) -> list[tuple[str, str]]:
        """Later signs of all alarms."""
        return [(sign["code"], sign["device"]) for alarm in self.outcome.alarms for sign in alarm["signs"]]

    def dose(self, solution: str) -> Mapping[str, Any]:
        return next(row for row in self.outcome.doses if row["solution"] == solution)

    def sent(self, port: str) -> list[bytes]:
        return [data for _, name, direction, data in self.wire if name == port and direction == ">"]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [record for record in self.records if record["kind"] == kind]

    def check_doses(self, *, complete: bool = True) -> None:
        """Truth within 0.5 % of planned (when complete), never above it, and inside what the ledger says."""
        assert self.outcome.doses
        for row in self.outcome.doses:
            planned, truth = row["planned_mL"], row["truth_mL"]
            low, high = row["delivered_mL"]
            resolution = 0.011
            assert truth <= planned * 1.005 + resolution, row
            assert low - 0.005 * planned - resolution <= truth <= high + 0.005 * planned + resolution, row
            assert high <= planned + 1e-9, row
            if complete:
                assert truth >= planned * 0.995 - resolution, row


class Watch:
    """The truth of the plate and the pumps, second by second from `since` on."""

    def __init__(self, since: float, seconds: int) -> None:
        self.rows: dict[float, Mapping[str, Any]] = {}
        self.at: dict[float, Callable[[Any], None]] = {
            since + second + 0.4: self._look(since + second + 0.4) for second in range(seconds)
        }

    def _look(self, second: float) -> Callable[[Any], None]:
        def look(bench: Any) -> None:
            self.rows[second] = bench.truth()["devices"]

        return look

    def first(self, what: Callable[[Mapping[str, Any]], bool]) -> float:
        """The first second of which `what` is true, and of all after it."""
        last = max((second for second, row in self.rows.items() if not what(row)), default=0.0)
        return min(second for second in self.rows if second > last)

    def flows_end(self) -> float:
        return self.first(lambda row: row["pump_a"]["motor_mm_per_s"] == row["pump_b"]["motor_mm_per_s"] == 0)

    def heat_ends(self) -> float:
        return self.first(lambda row: row["plate"]["heater_power_W"] == 0)


@dataclass
class Desk:
    """Makes trials; `world` may change what a run reaches of the outside."""

    runs: Path
    monkeypatch: pytest.MonkeyPatch
    signals: SignalCommands = field(default_factory=SignalCommands)
    sink: type[AppendFile] = AppendFile
    world: Callable[[Doors], None] | None = None
    accept: frozenset[str] = frozenset()
    request: RunRequest | None = None
    bench: benches.Bench | None = None

    def dual(self, *, solvent: str = "toluene", to: str = "25 degC", step_class: str = "feed") -> str:
        """The protocol of two feeds, changed."""
        text = DUAL.replace("toluene", solvent).replace("to: 25 degC", f"to: {to}")
        text = text.replace("    class: feed\n", f"    class: {step_class}\n")
        return text if step_class == "feed" else text.replace("class: feed,", "class: heat_only,").replace("2 h", "1 h")

    def portions(
        self, *answers: Any, ambient: str = "20 degC", vent: str = "100 mL/min", rate: str = "by_vent", **more: Any
    ) -> Trial:
        """Three portions of a hydride by hand into 250 mL, and a quench by the vent."""
        mend = large_flask(ambient, vent)
        return self.run(PORTIONS, settings={"rate": rate}, mend=mend, answers=answers, **more)

    def portions_planned(self, rate: str) -> Plan:
        """The plan of `portions` with another rate of the quench."""
        return self.plan(PORTIONS, settings={"rate": rate}, mend=large_flask("20 degC", "100 mL/min"))[2]

    def reflux(self) -> str:
        """The protocol of two feeds at reflux of dichloromethane."""
        return self.dual(solvent="dichloromethane", to="reflux", step_class="feed_at_reflux")

    def warm(self) -> str:
        """The protocol of two feeds at 80 degC in toluene."""
        return self.dual(to="80 degC", step_class="feed_at_reflux")

    def analysis(self) -> str:
        """An analysis with samples of 5 mL and a decision table."""
        return ANALYSIS

    def sampled(self) -> str:
        """The protocol of two feeds, and an analysis with samples at its end."""
        return DUAL + ANALYSIS

    def watch(self, since: float, seconds: int) -> Watch:
        """See `Watch`."""
        return Watch(since, seconds)

    def plan(
        self,
        protocol: str = DUAL,
        rig: str = "bench",
        settings: Mapping[str, str] | None = None,
        *,
        unattended: bool = False,
        waived: Sequence[str] = (),
        mend: Callable[[str], str] = lambda text: text,
    ) -> tuple[Any, Any, Plan]:
        source = ("dual.yaml", protocol.encode()) if "\n" in protocol else find_protocol(protocol)
        protocol_file = read_protocol(source[1], source[0], settings or {}, unattended=unattended)
        name, data = find_rig(rig)
        rig_file = read_rig(mend(data.decode()).encode(), name)
        plan = make_plan(protocol_file, rig_file, cards(), PlanSettings(unattended, frozenset(waived)))
        return protocol_file, rig_file, plan

    def run(
        self,
        protocol: str = DUAL,
        rig: str = "bench",
        settings: Mapping[str, str] | None = None,
        *,
        faults: Sequence[Mapping[str, Any]] = (),
        answers: Sequence[tuple[str, str] | tuple[str, str, float]] = (),
        at: Mapping[float, Callable[[benches.Bench], object]] | None = None,
        before: Callable[[benches.Bench], object] | None = None,
        watch: Sequence[float] = (),
        tapped: bool = False,
        quick: bool = True,
        unattended: bool = False,
        waivers: Sequence[str] = (),
        set_diameter: bool = False,
        mend: Callable[[str], str] = lambda text: text,
    ) -> Trial:
        """Plan and run.

        `quick` answers every planned question after 1 s, `watch` are virtual seconds at which plunger speeds are looked
        at, `at` are calls at a second.
        """
        protocol_file, rig_file, plan = self.plan(
            protocol, rig, settings, unattended=unattended, waived=waivers, mend=mend
        )
        made: list[benches.Bench] = []
        wire: list[tuple[float, str, str, bytes]] = []
        order: list[tuple[str, Any]] = []
        flows: dict[float, dict[str, float]] = {}
        desk = self

        class Watched(benches.Bench):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                made.append(self)
                desk.bench = self
                if before is not None:
                    before(self)
                if tapped:
                    for name, port in self.ports.items():
                        port.tap = self._tap(name)
                for second in watch:
                    self.timers.call_at(Seconds(second), self._look(second))
                for second, call in (at or {}).items():
                    self.timers.call_at(Seconds(second), self._call(call))

            def _call(self, call: Callable[[benches.Bench], object]) -> Callable[[], None]:
                def act() -> None:
                    self.advance()
                    call(self)

                return act

            def _look(self, second: float) -> Callable[[], None]:
                def look() -> None:
                    truth = self.truth()["devices"]
                    flows[second] = {n: d["motor_mm_per_s"] for n, d in truth.items() if "motor_mm_per_s" in d}

                return look

            def _tap(self, name: str) -> Callable[[str, bytes], None]:
                def tap(direction: str, data: bytes) -> None:
                    wire.append((self.timers.now(), name, direction, data))
                    if direction == ">":
                        order.append(("sent", (name, data)))

                return tap

        class Noted(self.sink):  # type: ignore[name-defined,misc]
            def append(self, data: bytes) -> None:
                order.append(("line", data))
                super().append(data)

            def sync(self) -> None:
                order.append(("sync", None))
                if desk.sink is not AppendFile:
                    super().sync()

        said = {answer[0] for answer in answers}
        script = [ScriptedAnswer(a[0], a[1], Seconds(a[2] if len(a) > 2 else 1.0)) for a in answers]
        if quick:
            script += [ScriptedAnswer(p.id, p.happy, Seconds(1.0)) for p in plan.prompts if p.id not in said]
        request = RunRequest(
            protocol=protocol_file,
            rig=rig_file,
            plan=plan,
            simulate=True,
            runs=str(self.runs),
            answers=tuple(script),
            unattended=unattended,
            accepted=frozenset(p.code for p in plan.problems if p.severity is Severity.WARNING) | self.accept,
            waivers=tuple(Waiver(name, "a test", "tester") for name in waivers),
            set_diameter=set_diameter,
            report=False,
            faults=tuple(faults),
        )
        self.request = request

        disks: list[RunDisk] = []

        class NotedDisk(ComputerDisk):
            def append_to(self, path: str, *, new: bool) -> Noted:
                return Noted(path, new=new)

        def opened(request: RunRequest, stack: ExitStack) -> Doors:
            doors = open_doors(request, stack)
            doors.disk, doors.signals = NotedDisk(), desk.signals
            if desk.world is not None:
                desk.world(doors)
            disks.append(doors.disk)
            return doors

        with self.monkeypatch.context() as patch:
            patch.setattr(benches, "Bench", Watched)
            outcome = execute(request, lambda line: None, lambda status: None, opened)
        records = []
        if outcome.folder:
            text = records_of(outcome.folder, disks[-1]).decode()
            records = [json.loads(line) for line in text.splitlines()]
        return Trial(outcome, plan, made[0], records, wire, order, flows)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk for whole runs."""
    return Desk(tmp_path, monkeypatch)
