"""From the journal of an interrupted run to the state in which it can be taken up."""

from dataclasses import dataclass, field
from typing import Any

from ruggli.engine.conductor import Conductor
from ruggli.engine.interval import NOTHING, Interval
from ruggli.engine.ledger import NEVER, Episode, FeedLedger
from ruggli.engine.orders import Verb
from ruggli.engine.result import Dosed
from ruggli.engine.samples import Sample, sample_of
from ruggli.engine.steps.dose import DoseRunner
from ruggli.engine.steps.portions import PortionsRunner
from ruggli.journal.reader import JournalView, Record
from ruggli.plan.model import DoseWork, PlannedStep, PortionsWork
from ruggli.quantities.base import Celsius, Millilitres, MillilitresPerSecond, Rpm, Seconds

LONG_AGO = Seconds(float("-inf"))
"""When a counter was last read by another session: its clock may have started anew with the computer."""


@dataclass(slots=True)
class Plate:
    """What a hotplate was last told."""

    set_point: float = 0.0
    heating: bool = False
    speed: float = 0.0


@dataclass(slots=True)
class Recovered:
    """What the journal proves.

    Attributes:
        step: id of the step under way, "" where none had begun.
        done: ids of the steps that ended.
        snapshot: of the runner of that step, at its last change of phase.
        ledgers: by inner step (a portion has its own) and device.
        plates: what hotplates were last told.
        answers: answers that were given in the step under way.
        doses: totals of the steps that ended, from `settled` records.
        samples: every sample that was taken.
        verdict: of the last session, or None where it was cut off.
        last_time: time of the last record.
        piled: what had not reacted in the step under way, by the latest sample; see `PileWatch.noted`.
    """

    step: str = ""
    done: list[str] = field(default_factory=list)
    snapshot: dict[str, Any] = field(default_factory=dict)
    ledgers: dict[tuple[str, str], FeedLedger] = field(default_factory=dict)
    plates: dict[str, Plate] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    settled: dict[tuple[str, str, str], Interval] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    verdict: str | None = None
    last_time: float = 0.0
    piled: dict[str, Any] = field(default_factory=dict)


def recover(view: JournalView) -> Recovered:
    """Replay the records. Pure."""
    state = Recovered()
    for record in view.records:
        state.last_time = record.time
        replay = _REPLAY.get(record.kind)
        if replay is not None:
            replay(state, record)
    return state


def _step(state: Recovered, record: Record) -> None:
    step = str(record.data["step"])
    if record.data["what"] == "end":
        state.done.append(step)
        state.step, state.snapshot, state.answers, state.piled = "", {}, {}, {}
    elif step != state.step:
        state.step, state.snapshot, state.answers, state.piled = step, {}, {}, {}


def _phase(state: Recovered, record: Record) -> None:
    if record.data.get("step") == state.step:
        state.snapshot = dict(record.data["snapshot"])


def _portion_given(state: Recovered, record: Record) -> None:
    """Durable, unlike the snapshot that follows it: no portion is given twice (hazard D18)."""
    if record.data.get("step") == state.step:
        given = {"given": record.data["portion"], "dose": None, "heat": record.data.get("heat")}
        state.snapshot = {**state.snapshot, **given}


def _portion_heat(state: Recovered, record: Record) -> None:
    """The heat came, or a person went on without it; as long as neither is so, it is waited for."""
    if record.data.get("step") == state.step and record.data["what"] != "not seen":
        state.snapshot = {**state.snapshot, "heat": None}


def _aliquot(state: Recovered, record: Record) -> None:
    """Durable, unlike the snapshot that follows it: no number is given twice, and no sample taken twice."""
    sample = sample_of(record.data)
    state.samples.append(sample)
    if sample.step == state.step:
        state.snapshot = {**state.snapshot, "number": sample.number, "taken": True, "told": False}


def _analysis(state: Recovered, record: Record) -> None:
    if record.data.get("step") == state.step:
        state.snapshot = {**state.snapshot, "told": True}


def _sample(state: Recovered, record: Record) -> None:
    data = record.data
    if "snapshot" in data and data.get("step") == state.step:
        state.snapshot = dict(data["snapshot"])
    if data.get("step") == state.step:
        state.piled = dict(data.get("unreacted_mmol", {}))
    for name, reading in data.get("pumps", {}).items():
        for key, ledger in state.ledgers.items():
            episode = ledger.episode
            if key[1] == name and episode is not None and episode.started != NEVER:  # before, it counts another episode
                state.ledgers[key] = ledger.saw(Millilitres(float(reading[1])), LONG_AGO)


def _intent(state: Recovered, record: Record) -> None:
    data = record.data
    device = str(data["device"])
    if "target_mL" in data:
        low, high = data["settled_mL"]
        settled = Interval(Millilitres(low), Millilitres(high))
        episode = Episode(
            target=Millilitres(data["target_mL"]),
            rate=MillilitresPerSecond(data["rate_mL_s"]),
            before=Millilitres(data["counter_before_mL"]),
            step=Millilitres(data["counter_step_mL"]),
            started=NEVER,
            seen=Millilitres(0.0),
            seen_at=LONG_AGO,
        )
        state.ledgers[str(data["step"]), device] = FeedLedger(settled, episode)


def _settled(state: Recovered, record: Record) -> None:
    data = record.data
    low, high = data["settled_mL"]
    interval = Interval(Millilitres(low), Millilitres(high))
    state.ledgers[str(data["step"]), str(data["device"])] = FeedLedger(interval)
    state.settled[str(data["step"]), str(data["solution"]), str(data["device"])] = interval


def _order(state: Recovered, record: Record) -> None:
    for order in record.data["orders"]:
        verb, args = order["verb"], order["args"]
        if verb == Verb.START.value:
            _start(state, str(order["device"]))
        plate = state.plates.setdefault(str(order["device"]), Plate())
        if verb == Verb.SET_TEMPERATURE.value:
            plate.set_point = float(args[0])
        elif verb == Verb.HEAT_ON.value:
            plate.heating = True
        elif verb == Verb.HEAT_OFF.value:
            plate.heating = False
        elif verb == Verb.SET_SPEED.value:
            plate.speed = float(args[0])
        elif verb == Verb.STIR_OFF.value:
            plate.speed = 0.0


def _start(state: Recovered, device: str) -> None:
    for key, ledger in state.ledgers.items():
        if key[1] == device:
            state.ledgers[key] = ledger.started(LONG_AGO)


def _answer(state: Recovered, record: Record) -> None:
    state.answers[str(record.data["id"])] = str(record.data["answer"])


def _end(state: Recovered, record: Record) -> None:
    state.verdict = str(record.data["verdict"])


def _session(state: Recovered, record: Record) -> None:
    state.verdict = None


_REPLAY = {
    "step": _step,
    "phase": _phase,
    "portion_given": _portion_given,
    "portion_heat": _portion_heat,
    "aliquot": _aliquot,
    "analysis": _analysis,
    "sample": _sample,
    "intent": _intent,
    "settled": _settled,
    "order": _order,
    "answer": _answer,
    "end": _end,
    "session": _session,
}


def take_up(conductor: Conductor, state: Recovered) -> None:
    """Put a fresh conductor into the recovered state; nothing is sent."""
    plan, flow = conductor.plan, conductor.flow
    ids = [step.id for step in plan.steps]
    flow.done = set(state.done)
    flow.index = ids.index(state.step) if state.step else len([step for step in ids if step in flow.done])
    for name, plate in state.plates.items():
        told = conductor.bench.commanded.get(name)
        if told is not None:
            told.set_point, told.heating, told.speed = Celsius(plate.set_point), plate.heating, Rpm(plate.speed)
    conductor.result.doses = [row for step in plan.steps if step.id in flow.done for row in _delivered(step, state)]
    conductor.result.samples = list(state.samples)
    if not state.step:
        return
    if state.piled:
        conductor.plates.pile.restore(state.step, state.piled)
    runner = conductor.make(conductor.step)
    runner.restore(_with_portions(conductor.step, state))
    conductor.view.answers.update(state.answers)
    inner = runner.current if isinstance(runner, PortionsRunner) else runner
    if isinstance(inner, DoseRunner):
        for device in conductor.bench.pumps:
            ledger = state.ledgers.get((inner.step, device))
            if ledger is not None and inner.has(device):
                inner.restore_ledger(device, ledger)
    conductor.runner = runner


def _with_portions(step: PlannedStep, state: Recovered) -> dict[str, Any]:
    """The snapshot, with what the portions that were given came to: their settlements are durable, it is not."""
    given = int(state.snapshot.get("given", 0))
    if not isinstance(step.work, PortionsWork) or not given:
        return state.snapshot
    rows: dict[tuple[str, str], Interval] = {}
    for number, dose in enumerate(step.work.doses[:given], 1):
        for feed in dose.feeds:
            known = state.settled.get((f"{step.id}.{number}", feed.solution, feed.device), NOTHING)
            more = Interval(Millilitres(min(feed.planned, known.low)), Millilitres(min(feed.planned, known.high)))
            rows[feed.solution, feed.device] = rows.get((feed.solution, feed.device), NOTHING) + more
    before = [[solution, device, known.low, known.high] for (solution, device), known in rows.items()]
    return {**state.snapshot, "before_mL": before}


def _delivered(step: PlannedStep, state: Recovered) -> list[Dosed]:
    """What a step that has ended delivered; portions are summed, and what a chase pushed is not the solution's."""
    work, rows = step.work, dict[tuple[str, str], tuple[float, Interval]]()
    portions = work.doses if isinstance(work, PortionsWork) else ()
    doses = [(f"{step.id}.{number}", dose) for number, dose in enumerate(portions, 1)]
    doses += [(step.id, work)] if isinstance(work, DoseWork) else []
    for name, dose in doses:
        for feed in dose.feeds:
            known = state.settled.get((name, feed.solution, feed.device), NOTHING)
            low, high = min(feed.planned, known.low), min(feed.planned, known.high)
            planned, before = rows.get((feed.solution, feed.device), (0.0, NOTHING))
            more = Interval(Millilitres(low), Millilitres(high))
            rows[feed.solution, feed.device] = planned + feed.planned, before + more
    return [
        Dosed(step.id, solution, device, Millilitres(planned), known.low, known.high)
        for (solution, device), (planned, known) in rows.items()
    ]
