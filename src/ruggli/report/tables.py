"""The tables of a report, as rows of text: for the page and for the plan in plain text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ruggli.quantities.base import Celsius, Millilitres, MillilitresPerSecond, Millimoles, Molar, Seconds
from ruggli.report.account import Account
from ruggli.report.deviations import deviations_of, dose_deviation, dose_difference, step_deviates
from ruggli.report.happenings import AlarmRow
from ruggli.report.numbers import (
    NONE,
    amount,
    between,
    clock,
    concentration,
    date,
    duration,
    flow,
    longer,
    mass,
    measured_out,
    neat,
    plain,
    signed_volume,
    temperature,
    volume,
)
from ruggli.report.planned import Json, feeds_of, steps_of


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        title: what it is, "" for none.
        head: column heads.
        rows: cells, as many as heads.
        right: columns (0-based) that hold numbers.
        marked: rows (0-based) that deviate.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    marked: frozenset[int] = frozenset()


def deviation_table(account: Account) -> Table:
    """Where the run left its plan."""
    rows = [(NONE if d.at is None else clock(d.at), d.kind, d.text) for d in deviations_of(account)]
    return Table("", ("at", "kind", "what"), _neat(rows))


def identity_table(account: Account) -> Table:
    """Devices as they answered when the run began."""
    plan = {str(device["name"]): device for device in account.plan.get("devices", ())}
    last = {str(record.data["device"]): record.data for record in account.view.of("identity")}
    rows = []
    for name in dict.fromkeys([*plan, *last]):
        planned, told = plan.get(name, {}), last.get(name, {})
        bore, dead_man = planned.get("bore_mm"), planned.get("dead_man_s")
        rows.append(
            (
                name,
                str(told.get("driver") or planned.get("driver", NONE)),
                str(told.get("model") or "did not answer"),
                str(told.get("firmware") or NONE),
                str(told.get("serial_number") or NONE),
                str(planned.get("port", told.get("port", NONE))),
                NONE if bore is None else f"{bore:.2f} mm",
                "none" if dead_man is None else duration(Seconds(float(dead_man))),
            )
        )
    head = ("device", "driver", "model", "firmware", "serial no.", "port", "bore", "own stop after")
    return Table("", head, tuple(rows), frozenset({6, 7}))


def reagent_table(plan: Json) -> Table:
    """What was to be weighed and measured."""
    rows = [
        (
            str(row["name"]),
            str(row["role"]),
            amount(row["amount_mmol"]) if row["amount_mmol"] else NONE,
            f"{row['equivalents']:.4g} eq" if row["equivalents"] else NONE,
            NONE if row["mass_g"] is None else mass(row["mass_g"]),
            NONE if row["volume_mL"] is None else measured_out(row["volume_mL"]),
            neat(str(row["note"])),
        )
        for row in plan.get("reagents", ())
    ]
    head = ("reagent", "role", "amount", "equivalents", "mass", "volume", "note")
    return Table("", head, tuple(rows), frozenset({2, 3, 4, 5}))


def _contains(solutes: Mapping[str, float], solvent: str) -> str:
    parts = " + ".join(f"{concentration(Molar(value))} {name}" for name, value in solutes.items())
    return f"{parts} in {solvent}" if parts else solvent


def solution_table(plan: Json) -> Table:
    """What was to be made up, and into which syringe."""
    rows = [
        (
            str(row["solution"]),
            _contains(row["solutes_mol_per_L"], str(row["solvent"])),
            measured_out(row["dosed_mL"]),
            measured_out(row["make_up_mL"]),
            str(row["device"]) or "by hand",
            str(row["syringe"]) or NONE,
            str(row["fillings"]),
        )
        for row in plan.get("solutions", ())
    ]
    head = ("solution", "contains", "dosed", "made up", "pump", "syringe", "fillings")
    return Table("", head, tuple(rows), frozenset({2, 3, 6}))


def rate_table(account: Account) -> Table:
    """Flow rates as asked, as planned to be held, and as the pumps held them."""
    held: dict[tuple[str, str], list[float]] = {}
    for record in account.view.of("held"):
        rates = held.setdefault((str(record.data.get("step", "")), str(record.data.get("device", ""))), [])
        if record.data["rate_mL_s"] not in rates:
            rates.append(float(record.data["rate_mL_s"]))
    rows = []
    for feed in feeds_of(account.plan):
        read = list(dict.fromkeys(rate for name in feed.inner for rate in held.get((name, feed.device), ())))
        asked = feed.requested
        off = (read[0] if read else feed.held) / asked - 1 if asked else 0.0
        if feed.ramped:
            rates = [part.rate for part in feed.stretches]
            told = (_range(rates, asked), _range(read, asked), NONE)
            rows.append((feed.step, feed.solution, feed.device, f"{len(rates)} stretches", *told))
            continue
        rows.append(
            (
                feed.step,
                feed.solution,
                feed.device,
                flow(asked, asked),
                neat(feed.held_text),
                ", ".join(flow(MillilitresPerSecond(rate), asked) for rate in read) or NONE,
                f"{100 * off:+.3f} %".replace("-", "−"),
            )
        )
    head = ("step", "solution", "pump", "asked", "planned, as sent", "held, read back", "error")
    return Table("", head, tuple(rows), frozenset({3, 4, 5, 6}))


def _range(rates: Sequence[float], like: MillilitresPerSecond) -> str:
    """The slowest and the fastest of several rates."""
    if not rates:
        return NONE
    slow, fast = MillilitresPerSecond(min(rates)), MillilitresPerSecond(max(rates))
    return f"{flow(slow, like)} to {flow(fast, like)}"


def kept_table(account: Account) -> Table:
    """Concentrations that were to be kept low: the bound, what the counters prove, under which assumption."""
    rows, marked = [], set()
    for index, row in enumerate(account.kept):
        at, highest = row.highest
        if not row.good:
            marked.add(index)
        told = "kept" if row.good else "NOT kept"
        watched = NONE if row.watched is None else _share(row.watched, row.fed)
        rows.append(
            (
                row.step,
                row.reagent,
                f"{told} below {concentration(row.below)}: highest {concentration(highest)} at {clock(at)}",
                concentration(row.planned),
                row.assumed,
                _share(row.piled, row.fed),
                watched,
            )
        )
    head = ("step", "reagent", "by what was delivered at most", "planned", "assumed", "most unreacted at one time")
    return Table("", (*head, "by the interlock, with the temperature"), _neat(rows), frozenset(), frozenset(marked))


def _share(value: Millimoles, of: Millimoles) -> str:
    return f"{amount(value)}, {plain(100 * value / of, 3)} % of the dose"


def ratio_table(account: Account) -> Table:
    """Mole ratios of two feeds, as wanted and as the counters prove them."""
    rows = [
        (row.step, f"{row.of} to {row.to}", f"{plain(row.wanted, 4)} eq", _between(row.low, row.high))
        for row in account.ratios
    ]
    return Table("", ("step", "", "wanted", "delivered (at least to at most)"), tuple(rows), frozenset({2, 3}))


def _between(low: float, high: float) -> str:
    return f"{plain(low, 4)} to {plain(high, 4)} eq" if plain(low, 4) != plain(high, 4) else f"{plain(low, 4)} eq"


def step_table(account: Account) -> Table:
    """Steps, planned and actual."""
    rows, marked = [], set()
    for index, row in enumerate(account.steps):
        if step_deviates(row) or row.state != "done":
            marked.add(index)
        ended = row.lasted is not None and row.end is not None
        rows.append(
            (
                f"{row.number} {row.id}",
                neat(row.title),
                row.source or NONE,
                clock(row.planned_start),
                duration(row.planned),
                NONE if row.start is None else clock(row.start),
                NONE if row.lasted is None else duration(row.lasted),
                longer(Seconds(row.lasted - row.planned), row.planned) if ended and row.lasted is not None else NONE,
                duration(row.waited) if row.waited >= 1 else NONE,
                row.state,
            )
        )
    head = (
        "step",
        "what",
        "source",
        "planned at",
        "planned",
        "began at",
        "took",
        "difference",
        "held",
        "state",
    )
    return Table("", head, tuple(rows), frozenset({3, 4, 5, 6, 7, 8}), frozenset(marked))


def dose_table(account: Account) -> Table:
    """Doses: planned, delivered as an interval, in simulation what the vessel really holds."""
    truth = any(row.truth is not None for row in account.doses)
    rows, marked = [], set()
    for index, row in enumerate(account.doses):
        if dose_deviation(row):
            marked.add(index)
        cells = [row.step, row.solution, row.device, volume(row.planned), between(row.low, row.high)]
        cells.append(dose_difference(row))
        if truth:
            cells.append(NONE if row.truth is None else volume(row.truth))
            off = None if row.truth is None else signed_volume(Millilitres(row.truth - row.planned), row.planned)
            cells.append(off or NONE)
        rows.append(tuple(cells))
    head = ["step", "solution", "pump", "planned", "delivered (at least to at most)", "difference"]
    head += ["truth in simulation", "difference"] if truth else []
    return Table("", tuple(head), tuple(rows), frozenset(range(3, len(head))), frozenset(marked))


def volume_table(account: Account) -> Table:
    """The volume book: what each step was to change, and what was then in the vessel."""
    ends = {row.id: row.end for row in account.steps}
    vessels = {vessel.name: vessel for vessel in account.vessels}
    rows = []
    for row in account.plan.get("volumes", ()):
        end, vessel = ends.get(str(row["step"])), vessels.get(str(row["vessel"]))
        actual = None if end is None or vessel is None else vessel.volume_at(end)
        rows.append(
            (
                str(row["vessel"]),
                str(row["step"]),
                measured_out(row["change_mL"]),
                volume(row["after_mL"]),
                NONE if actual is None else volume(actual),
                measured_out(row["working_volume_mL"]),
            )
        )
    head = ("vessel", "step", "planned change", "planned in it", "then in it", "working volume")
    return Table("", head, tuple(rows), frozenset({2, 3, 4, 5}))


def peak_table(account: Account) -> Table:
    """Highest concentrations, planned and actual."""
    actual: dict[str, float] = {}
    for vessel in account.vessels:
        for solute, series in vessel.concentrations.items():
            actual[solute] = max(actual.get(solute, 0.0), *series)
    planned = account.plan.get("peak_mol_per_L", {})
    rows = [
        (
            solute,
            NONE if solute not in planned else concentration(Molar(float(planned[solute]))),
            NONE if solute not in actual else concentration(Molar(actual[solute])),
        )
        for solute in dict.fromkeys([*planned, *actual])
    ]
    return Table("", ("solute", "highest, planned", "highest, by what was delivered"), tuple(rows), frozenset({1, 2}))


def sample_table(account: Account) -> Table:
    """Samples with their results."""
    rows = [
        (
            row.name,
            row.step,
            clock(row.at),
            date(row.wall),
            row.method,
            row.vessel,
            measured_out(row.volume) if row.volume else NONE,
            ", ".join(result.text for result in row.results) or NONE,
        )
        for row in account.analyses
    ]
    head = ("sample", "step", "taken at", "date and time", "method", "from", "aliquot", "result")
    return Table("", head, tuple(rows), frozenset({2, 6}))


def alarm_table(account: Account) -> Table:
    """Alarms, each with what was done and with the later signs of the same trouble."""
    rows = []
    for alarm in account.happenings.alarms:
        rows.append(_alarm_row(alarm, alarm.code, f"{alarm.action}: {alarm.done}" if alarm.done else alarm.action))
        rows += [_alarm_row(sign, f"with it {sign.code}", sign.action) for sign in alarm.signs]
    return Table("", ("at", "code", "device", "what", "value", "bound", "action", "step"), _neat(rows))


def _alarm_row(row: AlarmRow, code: str, action: str) -> tuple[str, ...]:
    return (clock(row.at), code, row.device, row.text, row.value or NONE, row.bound or NONE, action, row.step)


def prompt_table(account: Account) -> Table:
    """Questions with their answers."""
    rows = []
    for row in account.happenings.prompts:
        took = NONE if row.closed is None else duration(Seconds(row.closed - row.asked))
        refused = "; ".join(f"refused at {clock(at)}: {answer!r}" for at, answer, _ in row.refused)
        outcome = f"{row.outcome} ({refused})" if refused else row.outcome
        rows.append((clock(row.asked), row.id, row.text, outcome, took, row.by or NONE))
    return Table("", ("asked at", "id", "question", "answer", "after", "by"), _neat(rows), frozenset({4}))


def note_table(account: Account) -> Table:
    """Commands, gates, analyses, notes."""
    rows = [(clock(row.at), row.kind, row.text) for row in account.happenings.notes]
    return Table("", ("at", "kind", "what"), _neat(rows))


def problem_table(plan: Json) -> Table:
    """What the planner found."""
    rows = []
    for row in plan.get("problems", ()):
        place = f"{row['file']}:{row['line']}" if row.get("line") else str(row.get("file", ""))
        text = str(row["message"]) + (f" (found {row['value']})" if row.get("value") else "")
        rows.append((str(row["severity"]), str(row["code"]), text, place or NONE))
    return Table("", ("severity", "code", "what", "place"), _neat(rows))


def planned_step_table(plan: Json) -> Table:
    """The planned timeline."""
    rows = [
        (
            str(step["number"]),
            str(step["id"]),
            clock(step["start_s"]),
            duration(step["duration_s"]),
            str(step["title"]) + (f" (by hand: {step['by_hand']})" if step["by_hand"] else ""),
        )
        for step in steps_of(plan)
    ]
    return Table("Timeline", ("no.", "step", "at", "takes", "what"), tuple(rows))


def temperature_table(plan: Json) -> Table:
    """Planned temperatures."""
    rows = []
    for row in plan.get("temperatures", ()):
        point = row["set_point_degC"]
        told = "heater off" if point is None else temperature(Celsius(point))
        rows.append((clock(row["start_s"]), str(row["vessel"]), told, temperature(Celsius(row["expected_degC"]))))
    return Table("Temperatures (times are estimates)", ("at", "vessel", "set point", "vessel at"), tuple(rows))


def planned_prompt_table(plan: Json) -> Table:
    """Planned questions."""
    rows = [(clock(row["when_s"]), str(row["id"]), str(row["text"])) for row in plan.get("prompts", ())]
    return Table("Needs a person", ("at", "prompt", "what"), tuple(rows))


def _neat(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(neat(cell) for cell in row) for row in rows)
