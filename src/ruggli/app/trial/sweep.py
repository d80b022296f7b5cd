"""Every fault of the matrix at many times of one protocol: what a safety review wants to see."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruggli.app.simulated_flask import came_in, charged_before
from ruggli.app.trial.matrix import EXPECTED, NEEDS_PLATE, TITLES
from ruggli.app.trial.night import Night, NightResult
from ruggli.app.trial.night_plan import NightPlan
from ruggli.app.trial.phases import Baseline, baseline_of
from ruggli.app.trial.scenario import Scenario
from ruggli.app.trial.seeds import Seeds


@dataclass(frozen=True, slots=True)
class Struck:
    """What came of one fault at one time.

    Attributes:
        fault: `F1` to `F34`.
        at: virtual seconds from the start.
        verdict: how the night ended.
        alarms: codes of the alarms.
        hottest: highest temperature in a vessel, degC.
        concentration: highest concentration of a solute over its planned peak; 1 is as planned.
        over: largest dose beyond its plan, as a part of it (never below 0).
        under: largest part of a dose that is missing where the night ended complete.
        unknown: largest part of a dose that the record leaves open.
        violations: invariants that were broken, in words.
    """

    fault: str
    at: float
    verdict: str
    alarms: tuple[str, ...]
    hottest: float
    concentration: float
    over: float
    under: float
    unknown: float
    violations: tuple[str, ...]


@dataclass(slots=True)
class SweepRow:
    """One fault over all its times."""

    fault: str
    title: str
    nights: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    alarms: dict[str, int] = field(default_factory=dict)
    hottest: float = -273.15
    concentration: float = 0.0
    over: float = 0.0
    under: float = 0.0
    unknown: float = 0.0
    violations: list[str] = field(default_factory=list)

    def add(self, struck: Struck) -> None:
        """Take one night."""
        self.nights += 1
        self.verdicts[struck.verdict] = self.verdicts.get(struck.verdict, 0) + 1
        for code in dict.fromkeys(struck.alarms):
            self.alarms[code] = self.alarms.get(code, 0) + 1
        self.hottest = max(self.hottest, struck.hottest)
        self.concentration = max(self.concentration, struck.concentration)
        self.over, self.under = max(self.over, struck.over), max(self.under, struck.under)
        self.unknown = max(self.unknown, struck.unknown)
        self.violations += [f"{text} ({self.fault} at {struck.at:.0f} s)" for text in struck.violations]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data, units in the key names."""
        return {
            "fault": self.fault,
            "title": self.title,
            "nights": self.nights,
            "verdicts": self.verdicts,
            "alarms": self.alarms,
            "max_temperature_degC": round(self.hottest, 2),
            "worst_concentration_percent_of_planned_peak": round(100 * self.concentration, 2),
            "worst_over_dose_percent": round(100 * self.over, 3),
            "worst_under_dose_when_complete_percent": round(100 * self.under, 3),
            "worst_unknown_dose_percent": round(100 * self.unknown, 3),
            "violations": self.violations,
        }


class Sweep:
    """Makes and runs the nights of a sweep.

    Args:
        scenario: the protocol on its rig.
        seed: for sizes and targets of faults.

    Attributes:
        baseline: what the scenario does when nothing goes wrong.
    """

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        self.scenario = scenario
        self.baseline: Baseline = baseline_of(scenario)
        devices = scenario.plan.devices
        plate = next((device.name for device in devices if device.safe is not None), "")
        pumps = tuple(device.name for device in devices if device.bore is not None)
        self._seeds = Seeds({scenario.name: self.baseline}, {scenario.name: pumps}, {scenario.name: plate})
        self._plate = plate
        self._seed = seed

    def plans(self, faults: Sequence[str], times: int) -> Iterator[tuple[str, float, NightPlan]]:
        """For each fault, nights in which it strikes at times spread evenly over the run."""
        for fault in faults:
            if fault in NEEDS_PLATE and not self._plate:
                continue
            for number in range(times):
                at = self.baseline.seconds * (number + 0.5) / times
                seed = self._seed * 1_000_003 + list(EXPECTED).index(fault) * 1_009 + number
                yield fault, at, self._seeds.at(self.scenario.name, fault, at, seed)

    def strike(self, fault: str, at: float, plan: NightPlan) -> Struck:
        """Run one night."""
        result = Night(self.scenario, plan).run()
        over, under, unknown = self._doses(result)
        vessels = result.truth["vessels"].values()
        return Struck(
            fault,
            at,
            result.verdict,
            tuple(result.alarms),
            max((vessel["max_temperature_degC"] for vessel in vessels), default=-273.15),
            self._concentration(result),
            over,
            under,
            unknown,
            tuple(str(violation) for violation in result.violations),
        )

    def _concentration(self, result: NightResult) -> float:
        worst = 0.0
        for vessel in result.truth["vessels"].values():
            for solute, level in vessel["peak_concentrations_mM"].items():
                planned = self.scenario.plan.peak.get(solute, 0.0) * 1000
                if planned > 0:
                    worst = max(worst, level / planned)
        return worst

    def _doses(self, result: NightResult) -> tuple[float, float, float]:
        over = under = unknown = 0.0
        for row in () if result.outcome is None else result.outcome.doses:
            planned, (low, high) = row["planned_mL"], row["delivered_mL"]
            held = self._held(result, row["step"], row["solution"])
            over = max(over, held / planned - 1)
            unknown = max(unknown, (high - low) / planned)
            if result.verdict == "complete":
                under = max(under, 1 - held / planned)
        return over, under, unknown

    def _held(self, result: NightResult, step: str, solution: str) -> float:
        """What came into all vessels of a solution, less what people had charged of it before the dose."""
        vessels: Mapping[str, Any] = result.truth["vessels"]
        plan = self.scenario.plan
        return math.fsum(
            came_in(vessel, solution) - charged_before(plan, step, name, solution) for name, vessel in vessels.items()
        )


def gather(rows: Sequence[Struck]) -> list[SweepRow]:
    """One row for each fault, in the order of the matrix."""
    found: dict[str, SweepRow] = {}
    for struck in rows:
        found.setdefault(struck.fault, SweepRow(struck.fault, TITLES[struck.fault])).add(struck)
    return [found[fault] for fault in EXPECTED if fault in found]
