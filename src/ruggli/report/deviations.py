"""Where a run left its plan, first things first."""

from collections.abc import Iterator
from dataclasses import dataclass

from ruggli.quantities.base import Millilitres, Seconds
from ruggli.report.account import COMPLETE, Account, DoseRow, StepRow
from ruggli.report.happenings import SpanKind
from ruggli.report.numbers import between, clock, concentration, duration, longer, signed_volume, volume

STEP_PART = 0.10
"""A step deviates when its duration differs by more than this part of the plan ..."""

STEP_SECONDS = 120.0
"""... and by more than this."""

DOSE_PART = 0.005
"""A dose deviates when what was delivered is surely more than this part of the plan off it."""

UNKNOWN_PART = 0.01
"""A dose deviates when it is known to no better than this part of the plan."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One deviation: when (None for the whole run), of what kind, what."""

    at: Seconds | None
    kind: str
    text: str


def deviations_of(account: Account) -> tuple[Deviation, ...]:
    """All of them: the record and the end first, then doses, then in the order of time."""
    in_time = sorted(
        [*_alarms(account), *_spans(account), *_steps(account), *_prompts(account)],
        key=lambda item: 0.0 if item.at is None else item.at,
    )
    return (*_record(account), *_ending(account), *_doses(account), *_kept(account), *in_time, *_allowed(account))


def _record(account: Account) -> Iterator[Deviation]:
    view = account.view
    if view.damage:
        yield Deviation(None, "damaged record", f"{view.damage}; what follows is the part before it")
    if view.torn:
        yield Deviation(None, "cut record", f"the last record is cut off after {view.torn} bytes")


def _ending(account: Account) -> Iterator[Deviation]:
    if account.verdict != COMPLETE:
        yield Deviation(account.duration, account.verdict, account.cause)
    left = [step for step in account.steps if step.state != "done"]
    if left and account.verdict != COMPLETE:
        names = ", ".join(f"{step.number} {step.id} ({step.state})" for step in left)
        yield Deviation(None, "steps left", f"{len(left)} of {len(account.steps)} steps were not carried out: {names}")


def _doses(account: Account) -> Iterator[Deviation]:
    for row in account.doses:
        text = dose_deviation(row)
        if text:
            yield Deviation(None, "dose", f"{row.step}, {row.solution} ({row.device}): {text}")


def _kept(account: Account) -> Iterator[Deviation]:
    for row in account.kept:
        at, highest = row.highest
        if not row.good:
            text = f"{row.step}: {row.reagent} was up to {concentration(highest)}, assuming {row.assumed}; "
            yield Deviation(at, "concentration", f"{text}it was to be kept below {concentration(row.below)}")


def dose_deviation(row: DoseRow) -> str:
    """What is wrong with a dose, "" where nothing is."""
    slack = DOSE_PART * row.planned
    found = []
    if row.high < row.planned - slack or row.low > row.planned + slack:
        found.append(f"delivered {between(row.low, row.high)}, planned {volume(row.planned)}: {dose_difference(row)}")
    if is_uncertain(row):
        found.append(f"known only as {between(row.low, row.high)} of {volume(row.planned)}")
    if row.truth is not None and not row.low - slack <= row.truth <= row.high + slack:
        found.append(f"the simulated vessel holds {volume(row.truth)}, the ledger says {between(row.low, row.high)}")
    return "; ".join(found)


def is_uncertain(row: DoseRow) -> bool:
    """Whether a dose is known to no better than 1 % of its plan."""
    return row.high - row.low > UNKNOWN_PART * row.planned


def dose_difference(row: DoseRow) -> str:
    """Delivered less planned: from the middle of the interval, or as an interval where that is wide."""
    if not is_uncertain(row):
        return signed_volume(Millilitres(row.middle - row.planned), row.planned)
    return f"{row.low - row.planned:+.3f} to {row.high - row.planned:+.3f} mL".replace("-", "−")


def step_deviates(row: StepRow) -> bool:
    """Whether a step that ended was clearly longer or shorter than planned."""
    if row.end is None or row.lasted is None:
        return False
    difference = abs(row.lasted - row.planned)
    return difference > STEP_SECONDS and difference > STEP_PART * row.planned


def _steps(account: Account) -> Iterator[Deviation]:
    for row in account.steps:
        if step_deviates(row) and row.lasted is not None:
            text = f"step {row.number} {row.id} took {duration(row.lasted)}, planned {duration(row.planned)}: "
            text += longer(Seconds(row.lasted - row.planned), row.planned)
            text += f", of which held {duration(row.waited)}" if row.waited >= 1 else ""
            yield Deviation(row.end, "duration", text)


def _alarms(account: Account) -> Iterator[Deviation]:
    for row in account.happenings.alarms:
        bound = f" (value {row.value or '–'}, bound {row.bound or '–'})" if row.value or row.bound else ""
        action = f"; action: {row.action}" if row.action else ""
        done = f": {row.done}" if row.done else ""
        signs = ", ".join(f"{sign.code} {sign.device}" for sign in row.signs)
        more = f"; with it {signs}" if signs else ""
        yield Deviation(row.at, f"alarm {row.code}", f"{row.device}: {row.text}{bound}{action}{done}{more}")


def _spans(account: Account) -> Iterator[Deviation]:
    for span in account.happenings.spans:
        until = f"{duration(span.length)}, until {clock(span.end)}"
        if span.kind is SpanKind.HOLD:
            yield Deviation(span.start, "hold", f"held for {until}: {span.why or 'no reason recorded'}")
        else:
            text = f"no controller for {until}, then taken up again from reconciled counters"
            yield Deviation(span.start, "interruption", text)


def _prompts(account: Account) -> Iterator[Deviation]:
    told = " ".join(alarm.text for alarm in account.happenings.alarms if alarm.code == "A-PROMPT").split()
    for row in account.happenings.prompts:
        for at, answer, why in row.refused:
            yield Deviation(at, "refused answer", f"{row.id}: {answer!r} was not taken: {why}")
        if row.timed_out and row.closed is not None and row.id not in told:
            yield Deviation(row.closed, "no answer", f"{row.id}: {row.outcome}")


def _allowed(account: Account) -> Iterator[Deviation]:
    opening = account.opening
    for waiver in opening.get("waivers", ()):
        text = f"{waiver.get('device', '')} may run without a stop of its own: {waiver.get('reason', '')}"
        yield Deviation(None, "waiver", f"{text} (by {waiver.get('by', '') or 'unknown'})")
    accepted = {str(code) for code in opening.get("accepted", ())}
    reasons = opening.get("accepted_reasons", {})
    for problem in opening.get("problems", ()):
        if problem.get("severity") == "warning" and problem.get("code") in accepted:
            given = str(reasons.get(problem["code"], ""))
            why = f"; reason: {given}" if given else ""
            yield Deviation(None, "accepted warning", f"{problem['code']}: {problem.get('message', '')}{why}")
    for fault in opening.get("faults", ()):
        what = ", ".join(f"{key} {value}" for key, value in fault.items())
        yield Deviation(None, "planted fault", f"the simulated bench was given a fault: {what}")
