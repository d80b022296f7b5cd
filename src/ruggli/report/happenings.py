"""What happened beside the plan: holds, gaps, alarms, questions, commands, notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ruggli.engine.samples import sample_name
from ruggli.quantities.base import Seconds
from ruggli.report.runclock import Timed


class SpanKind(Enum):
    """A stretch in which the plan did not go on."""

    HOLD = "held"
    GAP = "no controller"


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, of what kind, and why."""

    start: Seconds
    end: Seconds
    kind: SpanKind
    why: str

    @property
    def length(self) -> Seconds:
        """How long it took."""
        return Seconds(self.end - self.start)

    def within(self, start: Seconds, end: Seconds) -> Seconds:
        """How much of it lies between two times."""
        return Seconds(max(0.0, min(end, self.end) - max(start, self.start)))


@dataclass(slots=True)
class AlarmRow:
    """An alarm, or a sign of the one that it stands under.

    Attributes:
        at: when.
        code: its code.
        device: on which device.
        text: what was seen.
        value: measured value.
        bound: what it was measured against.
        action: what the engine had to do.
        step: in which step.
        done: what was done, "" where the record says nothing (records of older versions do not).
        signs: later signs of the same trouble.
    """

    at: Seconds
    code: str
    device: str
    text: str
    value: str
    bound: str
    action: str
    step: str
    done: str = ""
    signs: list["AlarmRow"] = field(default_factory=list)


@dataclass(slots=True)
class PromptRow:
    """One asking of a question, and what came of it.

    Attributes:
        id: id of the question.
        text: what was asked.
        asked: when.
        outcome: the answer, or what happened instead.
        closed: when, or None where it still stands at the end.
        by: who answered.
        answered: whether a person or a script did.
        timed_out: whether nobody answered in time.
        refused: answers that were not taken, with the reason.
    """

    id: str
    text: str
    asked: Seconds
    outcome: str = "no answer until the end of the record"
    closed: Seconds | None = None
    by: str = ""
    answered: bool = False
    timed_out: bool = False
    refused: list[tuple[Seconds, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A command, a note, a gate, a decision after an analysis, what the guardian did."""

    at: Seconds
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Happenings:
    """Everything that happened, each in the order of time."""

    spans: tuple[Span, ...]
    alarms: tuple[AlarmRow, ...]
    prompts: tuple[PromptRow, ...]
    notes: tuple[NoteRow, ...]


def happenings_of(records: Sequence[Timed]) -> Happenings:
    """Read them out of the records."""
    return Happenings(_spans(records), _alarms(records), _prompts(records), _notes(records))


def _spans(records: Sequence[Timed]) -> tuple[Span, ...]:
    found: list[Span] = []
    began: tuple[Seconds, str] | None = None
    last = Seconds(0.0)
    for item in records:
        data = item.record.data
        if item.record.kind == "session":
            if began is not None:
                found.append(Span(began[0], last, SpanKind.HOLD, began[1]))
                began = None
            found.append(Span(last, item.at, SpanKind.GAP, str(data.get("why", ""))))
        elif item.record.kind == "state":
            if data.get("to") == "holding" and began is None:
                began = (item.at, str(data.get("why", "")))
            elif began is not None and data.get("to") in ("running", "stopping", "aborting", "complete"):
                found.append(Span(began[0], item.at, SpanKind.HOLD, began[1]))
                began = None
        if item.record.kind != "seal":
            last = item.at
    if began is not None:
        found.append(Span(began[0], last, SpanKind.HOLD, began[1]))
    return tuple(found)


def _alarms(records: Sequence[Timed]) -> tuple[AlarmRow, ...]:
    rows: list[AlarmRow] = []
    for item in records:
        kind, data = item.record.kind, item.record.data
        if kind == "alarm":
            rows.append(_alarm(item))
        elif kind == "sign":
            first = _latest(rows, data.get("of"), data.get("of_device"))
            (rows if first is None else first.signs).append(_alarm(item))
        elif kind == "done":
            first = _latest(rows, data.get("code"), data.get("device"))
            if first is not None:
                first.done = str(data.get("text", ""))
    return tuple(rows)


def _alarm(item: Timed) -> AlarmRow:
    def told(key: str) -> str:
        return str(item.record.data.get(key, ""))

    return AlarmRow(
        item.at, told("code"), told("device"), told("text"), told("value"), told("bound"), told("action"), told("step")
    )


def _latest(rows: Sequence[AlarmRow], code: object, device: object) -> AlarmRow | None:
    return next((row for row in reversed(rows) if (row.code, row.device) == (code, device)), None)


def _prompts(records: Sequence[Timed]) -> tuple[PromptRow, ...]:
    rows: list[PromptRow] = []
    standing: dict[str, PromptRow] = {}
    for item in records:
        kind, data = item.record.kind, item.record.data
        if kind == "prompt":
            row = PromptRow(str(data["id"]), str(data.get("text", "")), item.at)
            rows.append(row)
            standing[row.id] = row
        elif kind == "session":
            for row in standing.values():
                row.outcome, row.closed = "not answered: the controller was gone", item.at
            standing.clear()
        elif kind in ("answer", "refused", "timeout", "withdrawn"):
            _close(standing, kind, item)
    return tuple(rows)


def _close(standing: dict[str, PromptRow], kind: str, item: Timed) -> None:
    data = item.record.data
    row = standing.get(str(data.get("id", "")))
    if row is None:
        return
    if kind == "refused":
        row.refused.append((item.at, str(data.get("answer", "")), str(data.get("why", ""))))
        return
    del standing[row.id]
    row.closed = item.at
    if kind == "answer":
        row.outcome, row.by, row.answered = str(data.get("answer", "")), str(data.get("by", "")), True
    elif kind == "timeout":
        row.outcome, row.timed_out = f"nobody answered in time; then: {data.get('then', '')}", True
    else:
        row.outcome = "withdrawn"


def guardian_note(at: Seconds, told: Mapping[str, Any]) -> NoteRow:
    """What the guardian saw, did or proved, with its own date and time."""
    error = told.get("error")
    proof = f"NOT PROVED: {error}" if error else str(told.get("proof", ""))
    what = f"{told.get('device', '')}: {told.get('what', '')}: {proof}"
    counter = told.get("counter_mL")
    counted = "" if counter is None else f", its counter reads {counter:.4g} mL"
    return NoteRow(at, "guardian", f"{told.get('time', '')} {what}{counted}")


def _notes(records: Sequence[Timed]) -> tuple[NoteRow, ...]:
    rows: list[NoteRow] = []
    for item in records:
        kind, data = item.record.kind, item.record.data
        if kind == "command":
            rows.append(NoteRow(item.at, "command", f"{data.get('command', '')}, by {data.get('by', '') or 'unknown'}"))
        elif kind == "note":
            rows.append(NoteRow(item.at, "note", str(data.get("text", ""))))
        elif kind == "gate":
            probe = data.get("probe_degC")
            at = "" if probe is None else f" (probe at {probe:.1f} °C)"
            rows.append(NoteRow(item.at, "gate", f"{data.get('step', '')}: {data.get('what', '')}{at}"))
        elif kind == "monitor":
            text = f"{data.get('step', '')}: {data.get('answer', '')!r}, {data.get('what', '')}"
            rows.append(NoteRow(item.at, "analysis", text))
        elif kind == "aliquot":
            text = f"{sample_name(int(data['number']))} taken by step {data['step']}"
            rows.append(NoteRow(item.at, "sample", text))
        elif kind == "guardian":
            rows.append(guardian_note(item.at, data))
        elif kind == "portion_given":
            text = f"{data.get('step', '')}: portion {data.get('portion', '')} of {data.get('of', '')} given"
            rows.append(NoteRow(item.at, "portion", text))
        elif kind == "portion_gate":
            opens = "the gate opens" if data.get("opens") else "the portion waits"
            rows.append(NoteRow(item.at, "gate", f"{data.get('id', '')}: {data.get('answer', '')!r}, {opens}"))
        elif kind == "portion_heat":
            rows.append(NoteRow(item.at, "portion", _heat(data)))
        elif kind in ("notified", "not_notified"):
            title, channel = data.get("title", ""), data.get("channel", "")
            came = "delivered" if kind == "notified" else f"not delivered: {data.get('why', '')}"
            rows.append(NoteRow(item.at, "message", f"{title}, by {channel}: {came}"))
        elif kind == "session":
            rows.append(NoteRow(item.at, "session", f"session {data.get('number', '')} begins: {data.get('why', '')}"))
    return tuple(rows)


def _heat(data: Mapping[str, Any]) -> str:
    """The heat of a portion, for people."""
    portion = f"{data.get('step', '')}: portion {data.get('portion', '')} of {data.get('of', '')}"
    seen = f"{data.get('rise_K', 0.0):.1f} K after {data.get('after_s', 0.0) / 60:.1f} min"
    if data.get("what") == "gone on":
        return f"{portion} gave no heat ({seen}); a person went on all the same"
    found = "gave its heat" if data.get("what") == "seen" else "gave no heat"
    return f"{portion} {found}: {seen}, at least {data.get('bound_K', 0.0):g} K"
