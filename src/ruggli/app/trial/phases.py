"""When a scenario is in which phase, and which requests make something happen: from a night without faults."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ruggli.app.trial.expectations import doses_of
from ruggli.app.trial.night import Night, NightResult
from ruggli.app.trial.night_plan import NightPlan
from ruggli.app.trial.scenario import Scenario
from ruggli.app.trial.wire import VERBS, starts

PHASES = ("P0", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9")
"""Check, prime, heat-up, dose, hold, portions, quench, waiting for a person, cool-down, resume."""


STARTS_COUNT = 4
"""How many times as likely a fault strikes a request that energises as one that only sets something."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a scenario does when nothing goes wrong.

    Attributes:
        windows: by phase, stretches of virtual seconds.
        steps: by phase, the pumps that move in it.
        calls: by device, the requests that change something: number and virtual second; `STARTS_COUNT` times where one
            energises.
        requests: by device, number of all requests.
        seconds: length of the whole.
        moments: moments of calls to ports and disk, see `Calls`.
    """

    windows: Mapping[str, tuple[tuple[float, float], ...]]
    steps: Mapping[str, tuple[str, ...]]
    calls: Mapping[str, tuple[tuple[int, float], ...]]
    requests: Mapping[str, int]
    seconds: float
    moments: int


def baseline_of(scenario: Scenario) -> Baseline:
    """Run a scenario without faults. Raises `ValueError` where that does not end complete."""
    night = Night(scenario, NightPlan(scenario.name), count_calls=True)
    calls: dict[str, list[tuple[int, float]]] = {}
    for device in scenario.plan.devices:
        _watch_calls(night, device.name, VERBS[device.driver], calls)
    result = night.run()
    if result.verdict != "complete" or result.violations:
        raise ValueError(f"{scenario.name}: {result.verdict}, {[str(violation) for violation in result.violations]}")
    windows, moving = _windows(result, scenario)
    requests = {d.name: night.bench.port_of(d.name).writes for d in scenario.plan.devices}
    numbers = {name: tuple(found) for name, found in calls.items()}
    return Baseline(windows, moving, numbers, requests, result.seconds, result.calls)


def _watch_calls(night: Night, device: str, verb_of: object, calls: dict[str, list[tuple[int, float]]]) -> None:
    port = night.bench.port_of(device)
    before, found = port.listener, calls.setdefault(device, [])
    assert before is not None and callable(verb_of)

    def listen(data: bytes) -> None:
        before(data)
        if verb := verb_of(data):
            found.extend([(port.writes, night.time.seconds)] * (STARTS_COUNT if starts(verb) else 1))

    port.listener = listen


def _windows(
    result: NightResult, scenario: Scenario
) -> tuple[dict[str, tuple[tuple[float, float], ...]], dict[str, tuple[str, ...]]]:
    """Stretches of each phase, from the records of steps, phases and questions."""
    found: dict[str, list[tuple[float, float]]] = {}
    moving: dict[str, dict[str, None]] = {}
    feeds = {step.id: [feed.device for work in doses_of(step) for feed in work.feeds] for step in scenario.plan.steps}
    kinds = {step.id: step.do for step in scenario.plan.steps}
    step, phase, since = "", "", 0.0
    for line in result.journal.splitlines():
        record = json.loads(line)
        if record["kind"] not in ("step", "phase"):
            continue
        now = record["t"]
        name = _phase_of(kinds.get(step, ""), phase)
        if name and now > since:
            found.setdefault(name, []).append((since, now))
            for device in feeds.get(step, ()):
                moving.setdefault(name, {})[device] = None
        since = now
        if record["kind"] == "step":
            step, phase = record["step"] if record["what"] == "begin" else "", ""
        else:
            phase = record["phase"]
    return {name: tuple(rows) for name, rows in found.items()}, {name: tuple(rows) for name, rows in moving.items()}


def _phase_of(do: str, phase: str) -> str:
    if do in ("charge", "monitor", "operator", "sparge"):
        return "P7"
    if do == "heat":
        return "P2"
    if do == "cool":
        return "P8"
    if do == "hold":
        return "P4"
    if do == "portions":
        return "P5"
    if phase in ("prime", "chase"):
        return "P1"
    if do == "quench":
        return "P6"
    return "P3" if do == "dose" else ""
