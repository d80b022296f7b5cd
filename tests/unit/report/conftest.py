"""A small run, written record by record as the engine writes it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ruggli.journal.reader import JournalView, read_journal
from ruggli.journal.writer import Journal
from ruggli.plan.acts import ChargeVessel
from ruggli.plan.jsonable import plan_as_json
from ruggli.plan.model import (
    DevicePlan,
    DoseWork,
    Feed,
    GatePlan,
    Guard,
    HeldRate,
    HoldRule,
    OperatorWork,
    Plan,
    PlannedPrompt,
    PlannedStep,
    PortionsWork,
    ReagentRow,
    Segment,
    SegmentKind,
    SolutionRow,
    StirWork,
    SyringePlan,
    VolumeRow,
    Work,
)
from ruggli.protocol.model import OnTimeout, StepClass
from ruggli.quantities.base import (
    Celsius,
    Grams,
    Kelvin,
    Millilitres,
    MillilitresPerSecond,
    Millimetres,
    Millimoles,
    Molar,
    Rpm,
    Seconds,
)

RATE = 0.01
"""mL/s at which both feeds of the dose are held."""


class HandClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.date = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)

    def now(self) -> Seconds:
        return Seconds(self.seconds)

    def wall(self) -> datetime:
        return self.date


class ListSink:
    """Takes the lines of a journal."""

    def __init__(self) -> None:
        self.data = b""

    def append(self, data: bytes) -> None:
        self.data += data

    def sync(self) -> None:
        pass

    def close(self) -> None:
        pass


def _prompt(name: str, text: str, when: float, takes: float, *acts: ChargeVessel) -> PlannedPrompt:
    return PlannedPrompt(
        name, text, ("done",), None, "done", Seconds(takes), Seconds(600), OnTimeout.HOLD, acts, Seconds(when)
    )


def _feed(solution: str, device: str, planned: float, solute: str, molar: float) -> Feed:
    rate = MillilitresPerSecond(RATE)
    return Feed(
        solution,
        device,
        SyringePlan("Glass 20 mL", Millimetres(19.0), Millilitres(20.0), Millilitres(0.2), Millilitres(0.3)),
        Millilitres(planned),
        HeldRate(rate, rate, "36.00 mL/h", rate, rate),
        "toluene",
        {solute: Molar(molar)},
    )


def _step(number: int, name: str, do: str, start: float, duration: float, work: Work) -> PlannedStep:
    rule = HoldRule(StepClass.FEED, Seconds(3600))
    return PlannedStep(
        name,
        number,
        do,
        f"{do} it",
        f"L{number}",
        "",
        Seconds(start),
        Seconds(duration),
        rule,
        Guard(hotplate="plate"),
        work,
        10 + number,
    )


def small_plan(*, portions: bool = False) -> Plan:
    """Charge 80 mL, stir, then 10 mL of each of two solutions in 1000 s (or 4 portions of 1 mL by one pump)."""
    put = ChargeVessel("flask", "toluene", "toluene", Millilitres(80.0), (("base", 2.0),))
    charge = _step(1, "charge", "charge", 0, 300, OperatorWork(_prompt("charge", "Put 80 mL in.", 0, 300, put)))
    stir = _step(2, "stir", "stir", 300, 0, StirWork("plate", Rpm(400.0)))
    feeds = (_feed("diene_solution", "pump_a", 10, "diene", 0.1), _feed("ru_solution", "pump_b", 10, "ru", 0.005))
    work: Work
    if portions:
        one = (_feed("diene_solution", "pump_a", 1, "diene", 0.1),)
        segment = Segment(SegmentKind.DOSE, (Millilitres(1.0),), (), Seconds(100.0))
        gate = GatePlan(Celsius(30.0), Kelvin(1.0))
        work = PortionsWork("flask", (), tuple(DoseWork("flask", one, (segment,)) for _ in range(4)), Seconds(60), gate)
    else:
        load = _prompt("add.load.pump_a", "Load both syringes.", 300, 100)
        work = DoseWork("flask", feeds, (Segment(SegmentKind.DOSE, (Millilitres(10.0),) * 2, (load,), Seconds(1000)),))
    add = _step(3, "add", "portions" if portions else "dose", 300, 1100, work)
    return Plan(
        protocol_name="Small",
        rig_name="desk",
        parameters={"volume": "10 mL"},
        unattended=False,
        steps=(charge, stir, add),
        devices=(
            DevicePlan("pump_a", "new-era", "NE-1000", "sim://pump_a", {}, Millimetres(19.0), Seconds(10), None),
            DevicePlan("plate", "ika-rct-digital", "RCT digital", "sim://plate", {}, None, None, Celsius(20.0)),
        ),
        reagents=(ReagentRow("diene", "the diene", "substrate", Millimoles(1.0), 1.0, Grams(0.25), None, "fresh"),),
        solutions=(
            SolutionRow(
                "diene_solution",
                "toluene",
                {"diene": Molar(0.1)},
                Millilitres(10.0),
                Millilitres(10.5),
                "pump_a",
                "Glass 20 mL",
                1,
            ),
        ),
        volumes=(
            VolumeRow("flask", "charge", Millilitres(80.0), Millilitres(80.0), Millilitres(150.0)),
            VolumeRow("flask", "add", Millilitres(20.0), Millilitres(100.0), Millilitres(150.0)),
        ),
        temperatures=(),
        atmosphere=None,
        peak={"diene": Molar(0.01)},
        duration=Seconds(1400.0),
        problems=(),
    )


class RunWriter:
    """Writes the records of a run; times are those of the run's clock, dates go along."""

    def __init__(self, plan: Plan | None = None, **opening: Any) -> None:
        self.clock = HandClock()
        self.sink = ListSink()
        self.journal = Journal(self.sink, self.clock, lambda: 0.0)
        self.delivered = {"pump_a": 0.0, "pump_b": 0.0}
        content: dict[str, Any] = {
            "format": 1,
            "run": "2026-11-22-200000",
            "protocol": {"name": "Small", "file": "small.yaml", "sha256": "a" * 64, "text": "ruggli: 1"},
            "rig": {"name": "desk", "file": "desk.yaml", "sha256": "b" * 64, "text": "ruggli: 1"},
            "parameters": {"volume": "10 mL"},
            "simulated": True,
            "speed": 1.0,
            "seed": 7,
            "unattended": False,
            "operator": "anna",
            "accepted": [],
            "waivers": [],
            "software": {"ruggli": "0.1.0", "python": "3.11.7", "system": "Linux"},
            "plan": plan_as_json(plan or small_plan()),
            "problems": [],
            "faults": [],
        }
        self.journal.write("open", {**content, **opening})
        self.state("idle", "preparing")
        self.state("preparing", "running")

    def at(self, seconds: float) -> "RunWriter":
        """Go to a time."""
        self.clock.date += timedelta(seconds=seconds - self.clock.seconds)
        self.clock.seconds = seconds
        return self

    def write(self, kind: str, **data: Any) -> "RunWriter":
        """A record of any kind."""
        self.journal.write(kind, data)
        return self

    def state(self, before: str, after: str, why: str = "") -> "RunWriter":
        self.journal.write("state", {"from": before, "to": after, "why": why})
        return self

    def step(self, name: str, what: str) -> "RunWriter":
        return self.write("step", step=name, number=1, do="x", title="x", what=what)

    def ask(self, name: str, text: str = "what?") -> "RunWriter":
        return self.write("prompt", id=name, text=text, choices=["done"], timeout_s=600.0, on_timeout="hold")

    def answer(self, name: str, answer: str = "done") -> "RunWriter":
        return self.write("answer", id=name, answer=answer, by="anna")

    def sample(self, step: str, dosed: bool = False, probe: float = 25.0) -> "RunWriter":
        record: dict[str, Any] = {
            "step": step,
            "pumps": {name: ["infusing" if dosed else "stopped", count] for name, count in self.delivered.items()},
            "plates": {"plate": [probe, probe + 5.0, 400.0]},
        }
        if dosed:
            record["dosed_mL"] = [
                [solution, device, max(0.0, self.delivered[device] - 0.01), self.delivered[device] + 0.01]
                for solution, device in (("diene_solution", "pump_a"), ("ru_solution", "pump_b"))
            ]
        return self.write("sample", **record)

    def prepare(self) -> "RunWriter":
        """Everything before the dose; its clock starts at 400 s."""
        self.step("charge", "begin").ask("charge")
        for second in range(0, 300, 50):
            self.at(second).sample("charge")
        self.at(300).answer("charge").step("charge", "end").step("stir", "begin").step("stir", "end")
        self.step("add", "begin").ask("add.load.pump_a").sample("add")
        self.at(400).answer("add.load.pump_a")
        orders = [{"device": "plate", "verb": "set_temperature", "args": [30.0]}]
        return self.write("order", step="add", orders=[*orders, {"device": "plate", "verb": "heat_on", "args": []}])

    def start(self, target: float, settled: float = 0.0, step: str = "add", both: bool = True) -> "RunWriter":
        """Intents, held settings and starts of the pumps."""
        for solution, device in self._feeds(both):
            own = {"step": step, "solution": solution, "device": device, "segment": 0}
            self.write(
                "intent",
                **own,
                target_mL=target,
                rate_mL_s=RATE,
                rate="36.00 mL/h",
                counter_before_mL=0.0,
                counter_step_mL=0.01,
                settled_mL=[settled, settled],
            )
            self.write("held", **own, rate_mL_s=RATE, target_mL=target, bore_mm=19.0)
            self.write("started", **own)
        return self

    def settle(
        self, low: float, high: float, counter: float | None, step: str = "add", both: bool = True
    ) -> "RunWriter":
        for solution, device in self._feeds(both):
            own = {"step": step, "solution": solution, "device": device, "segment": 0}
            self.write("settled", **own, how="target reached", counter_mL=counter, settled_mL=[low, high])
        return self

    def _feeds(self, both: bool) -> tuple[tuple[str, str], ...]:
        return (("diene_solution", "pump_a"), ("ru_solution", "pump_b"))[: 2 if both else 1]

    def run_dose(self, begin: float, end: float, start_volume: float = 0.0) -> "RunWriter":
        """Samples every 10 s while both pumps infuse at `RATE`, from `begin` on."""
        for second in range(int(begin) + 10, int(end) + 1, 10):
            volume = start_volume + RATE * (second - begin)
            self.delivered = dict.fromkeys(self.delivered, volume)
            self.at(second).sample("add", dosed=True)
        return self

    def end(self, verdict: str, cause: str, delivered: float | None, truth: float | None = None) -> "RunWriter":
        """The end record and the seal."""
        doses = []
        if delivered is not None:
            for solution, device in self._feeds(True):
                interval = [delivered - 0.01, delivered]
                row = {"step": "add", "solution": solution, "device": device, "planned_mL": 10.0}
                row_truth = {} if truth is None else {"truth_mL": truth}
                doses.append({**row, "delivered_mL": interval, **row_truth})
        self.write("end", verdict=verdict, cause=cause, doses=doses, max_temperature_degC=25.0, still_on=[])
        self.journal.seal()
        return self

    @property
    def view(self) -> JournalView:
        return read_journal(self.sink.data)


@pytest.fixture
def new_run() -> Callable[..., RunWriter]:
    """Begins a run; keyword arguments go into the `open` record."""
    return RunWriter


@pytest.fixture
def complete(new_run: Callable[..., RunWriter]) -> RunWriter:
    """A run as planned."""
    run = new_run().prepare().start(10.0).run_dose(400, 1400)
    run.settle(9.99, 10.0, 10.0).step("add", "end").state("running", "complete")
    return run.end("complete", "all steps are done", 10.0, truth=10.0)


@pytest.fixture
def held(new_run: Callable[..., RunWriter]) -> RunWriter:
    """A run that was held by a stall after 5 mL of 10, and stayed so."""
    run = new_run(waivers=[{"device": "plate", "reason": "watched", "by": "anna"}], simulated=False)
    run.prepare().start(10.0).run_dose(400, 900)
    run.write(
        "alarm",
        code="A-STALL",
        device="pump_a",
        text="the motor has stalled",
        value="stalled at 5 mL",
        bound="infusing",
        action="hold",
        step="add",
    )
    run.state("running", "holding", "pump_a: the motor has stalled").settle(4.99, 5.01, 5.0).state("holding", "held")
    run.ask("hold.1").at(1000).write("refused", id="hold.1", answer="go", why="answers: resume, stop, abort")
    run.at(4500).write("timeout", id="hold.1", then="hold").sample("add")
    return run.end("held", "pump_a: the motor has stalled", 5.0)


@pytest.fixture
def resumed(new_run: Callable[..., RunWriter]) -> RunWriter:
    """A run whose computer was switched off for an hour after 5 mL; its clock then starts anew."""
    run = new_run().prepare().start(10.0).run_dose(400, 900)
    run.clock.date += timedelta(hours=1)
    run.clock.seconds = 50.0
    run.write("session", number=2, why="resumed").settle(4.99, 5.01, 5.0)
    run.delivered = {"pump_a": 0.0, "pump_b": 0.0}
    run.state("preparing", "restarting").state("restarting", "running").at(60).start(5.0, settled=5.0)
    for second in range(70, 561, 10):
        count = RATE * (second - 60)
        run.delivered = {"pump_a": count, "pump_b": count}
        run.at(second).write(
            "sample",
            step="add",
            pumps={name: ["infusing", count] for name in run.delivered},
            plates={"plate": [25.0, 30.0, 400.0]},
            dosed_mL=[["diene_solution", "pump_a", 4.98 + count, 5.02 + count]],
        )
    run.settle(9.98, 10.0, 5.0).step("add", "end").state("running", "complete")
    return run.end("complete", "all steps are done", 10.0)


@pytest.fixture
def portioned(new_run: Callable[..., RunWriter]) -> RunWriter:
    """Four portions of 1 mL by one pump."""
    run = new_run(plan=small_plan(portions=True))
    run.step("add", "begin")
    for portion in range(1, 5):
        begin = 200.0 * portion
        run.at(begin).write("portion", step="add", portion=portion, of=4, probe_degC=25.0)
        run.start(1.0, step=f"add.{portion}", both=False)
        for second in range(10, 101, 10):
            count = RATE * second
            run.at(begin + second).write(
                "sample",
                step="add",
                pumps={"pump_a": ["infusing", count]},
                plates={},
                dosed_mL=[["diene_solution", "pump_a", max(0.0, count - 0.01), min(1.0, count + 0.01)]],
            )
        run.settle(0.99, 1.0, 1.0, step=f"add.{portion}", both=False)
        run.write("portion_given", step="add", portion=portion, of=4)
    return run.step("add", "end").write("end", verdict="complete", cause="all steps are done", doses=[])


@pytest.fixture
def no_drawing() -> Callable[[dict[str, Any]], dict[str, str]]:
    """Draws a stand-in for each panel."""

    def draw(data: Mapping[str, Any]) -> dict[str, str]:
        return {panel["name"]: f"<svg><!-- {panel['name']} --></svg>" for panel in data["panels"]}

    return draw
