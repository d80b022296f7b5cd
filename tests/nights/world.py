"""The scenarios of the seeds, and what is kept of a night."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruggli.app.builtin import find_protocol, find_rig
from ruggli.app.files import Source
from ruggli.app.trial.night import Night, NightResult
from ruggli.app.trial.night_plan import NightPlan, night_plan
from ruggli.app.trial.phases import baseline_of
from ruggli.app.trial.scenario import Scenario, make_scenario
from ruggli.app.trial.seeds import Seeds
from ruggli.app.trial.shrink import shrink

FOLDER = Path(__file__).parent / "scenarios"
SHORT = (
    ("all-phases", "all-phases.yaml", "three-pumps.yaml"),
    ("reflux", "reflux.yaml", "bench"),
    ("refill", "refill.yaml", "bench-harvard"),
)
LONG = (
    ("rcm 8 h", "rcm-high-dilution", "bench", {"addition_time": "8 h", "scavenger_time": "10 min"}),
    ("rcm 12 h", "rcm-high-dilution", "bench", {"addition_time": "11 h", "scavenger_time": "10 min"}),
)


PINNED = Path(__file__).parent / "pinned.json"
"""First digits of the traces of a few short seeds: the same on every Python from 3.11 on, and on every system whose
floating-point numbers and whose `exp`, `log` and `pow` are those of the machine that pinned them (x86-64, glibc)."""

SPECIAL = Path(__file__).parent / "special.json"
"""Nights for what the seeds do not bring: requests to end, a pump left withdrawing, replies late in a row."""

SPECIAL_ROWS: list[dict[str, Any]] = json.loads(SPECIAL.read_text(encoding="utf-8"))

PINNED_SEEDS = tuple(range(0, 400, 20))
DIGITS = 16


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of one night."""

    seed: int
    verdict: str
    violations: tuple[str, ...]
    cell: tuple[str, str] | None
    seen: str
    struck: tuple[str, ...]
    alarms: tuple[str, ...]
    edges: tuple[str, ...]
    seconds: float
    cpu: float
    trace: str


def source(name: str, find: Any) -> Source:
    """A file of the scenarios' folder, or one that ships."""
    path = FOLDER / name
    return Source(name, path.read_bytes()) if path.suffix else Source(*find(name))


def rows_of(first: int, count: int) -> list[Row]:
    """Seeds of short nights, in a process of its own."""
    world = World.here()
    return [world.row(seed, twice=seed % 100 == 0) for seed in range(first, first + count)]


def seen(result: NightResult) -> str:
    """The reaction of the run, by the letters of the matrix."""
    first = next((reaction for reaction in result.reactions if reaction != "killed"), "")
    if first == "refused":
        return "R"
    if "killed" in result.reactions:
        return "G"
    held = any(edge.endswith(">holding") for edge in result.edges)
    if "running>stopping" in result.edges or "preparing>stopping" in result.edges:
        return "S"
    if first in ("error", "broken off") or first.startswith("broken off"):
        return "S"
    return "H" if held else "C"


class World:
    """Scenarios with their baselines, made once in a process."""

    def __init__(self) -> None:
        short = [
            make_scenario(name, source(protocol, find_protocol), source(rig, find_rig)) for name, protocol, rig in SHORT
        ]
        self.scenarios: dict[str, Scenario] = {scenario.name: scenario for scenario in short}
        self.short = self._seeds(short)
        self._long: Seeds | None = None

    @staticmethod
    @cache
    def here() -> "World":
        """The one of this process."""
        return World()

    @property
    def long(self) -> Seeds:
        """Seeds of long nights."""
        if self._long is None:
            made = [
                make_scenario(name, Source(*find_protocol(protocol)), Source(*find_rig(rig)), settings)
                for name, protocol, rig, settings in LONG
            ]
            self.scenarios |= {scenario.name: scenario for scenario in made}
            self._long = self._seeds(made)
        return self._long

    def _seeds(self, scenarios: list[Scenario]) -> Seeds:
        plates = {s.name: next(d.name for d in s.plan.devices if d.safe is not None) for s in scenarios}
        pumps = {s.name: tuple(d.name for d in s.plan.devices if d.bore is not None) for s in scenarios}
        return Seeds({s.name: baseline_of(s) for s in scenarios}, pumps, plates)

    def plan(self, seed: int, *, long: bool) -> NightPlan:
        """The night of a seed."""
        return self.long.anywhere(seed) if long else self.short.plan(seed)

    def run(self, plan: NightPlan) -> NightResult:
        """One night."""
        return Night(self.scenarios[plan.scenario], plan).run()

    def row(self, seed: int, *, long: bool = False, twice: bool = False) -> Row:
        """The night of a seed and what is kept of it; `twice` checks that it repeats."""
        cell = None if long else self.short.cell_of(seed)
        return self.row_of(self.plan(seed, long=long), cell=cell, twice=twice)

    def row_of(self, plan: NightPlan, *, cell: tuple[str, str] | None = None, twice: bool = False) -> Row:
        """A night and what is kept of it."""
        began = time.process_time()
        try:
            result = self.run(plan)
        except Exception as error:
            text = f"I11: the program fell with {type(error).__name__}: {error}"
            return Row(plan.seed, "fell", (text,), None, "", (), (), (), 0.0, time.process_time() - began, "")
        cpu = time.process_time() - began
        violations = [str(violation) for violation in result.violations]
        if twice and self.run(plan).trace != result.trace:
            violations.append("I17: the same seed has another trace")
        return Row(
            plan.seed,
            result.verdict,
            tuple(violations),
            cell,
            seen(result),
            tuple(result.struck),
            tuple(result.alarms),
            tuple(result.edges),
            result.seconds,
            cpu,
            result.trace,
        )

    def wrong_with(self, special: Mapping[str, Any]) -> str:
        """What is wrong with a night of `SPECIAL`: a violation, or another end or other alarms than it says; or ""."""
        row = self.row_of(night_plan(special["plan"]))
        if row.violations:
            return "; ".join(row.violations)
        came, wanted = (row.verdict, list(row.alarms)), (special["verdict"], special["alarms"])
        return "" if came == wanted else f"{came} instead of {wanted}"

    def traces(self) -> dict[str, str]:
        """What `PINNED` should hold."""
        return {str(seed): self.run(self.plan(seed, long=False)).trace[:DIGITS] for seed in PINNED_SEEDS}

    def one(self, seed: int | None, path: Path | None, *, long: bool, show: bool, shrink_it: bool) -> int:
        """One night, shown."""
        if path is not None:
            plan = night_plan(json.loads(path.read_text(encoding="utf-8")))
        else:
            assert seed is not None
            plan = self.plan(seed, long=long)
        if long or plan.scenario not in self.scenarios:
            assert self.long
        if shrink_it:
            plan = shrink(plan, self._breaks(plan))
        print(json.dumps(plan.as_json()))
        result = self.run(plan)
        if show:
            for line in result.journal.splitlines():
                _print_record(json.loads(line))
        print(f"{result.verdict} after {result.seconds:.0f} s in {result.sessions} sessions: {result.reactions}")
        for violation in result.violations:
            print(violation)
        print(f"trace {result.trace}")
        return 1 if result.violations else 0

    def _breaks(self, plan: NightPlan) -> Any:
        """Whether another plan breaks the first invariant that this one breaks."""
        wanted = {violation.invariant for violation in self.run(plan).violations[:1]}

        def breaks(other: NightPlan) -> bool:
            return bool(wanted & {violation.invariant for violation in self.run(other).violations})

        return breaks


def _print_record(record: Mapping[str, Any]) -> None:
    if record["kind"] in ("open", "sample"):
        return
    rest = {key: value for key, value in record.items() if key not in ("n", "t", "wall", "kind", "hash")}
    print(f"{record['t']:9.2f} {record['kind']:9} {str(rest)[:240]}")
