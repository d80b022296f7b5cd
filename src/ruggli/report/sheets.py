"""Tables for other programs: CSV with a unit in every column name, numbers as numbers, points for decimals."""

import csv
import io
from collections.abc import Sequence

from ruggli.quantities.base import Seconds
from ruggli.report.account import Account

Cell = str | float | int | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(columns: Sequence[tuple[str, Sequence[Cell]]]) -> bytes:
    """A CSV file (UTF-8, RFC 4180) of named columns, each of texts or of numbers.

    A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_safe([name for name, _ in columns]))
    writer.writerows(zip(*(_safe(values) for _, values in columns), strict=True))
    return out.getvalue().encode()


def _safe(cells: Sequence[Cell]) -> Sequence[Cell]:
    if not any(isinstance(cell, str) for cell in cells):
        return cells
    return ["'" + cell if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in cells]


def _from_rows(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    return as_csv([(name, [row[column] for row in rows]) for column, name in enumerate(head)])


def series_csv(account: Account) -> bytes:
    """Every sample, in full: never thinned out."""
    times = [item.at for item in account.samples]
    steps = [str(item.record.data.get("step", "")) for item in account.samples]
    columns: list[tuple[str, Sequence[Cell]]] = [
        ("time_s", [round(at, 3) for at in times]),
        ("date_time", [item.record.wall for item in account.samples]),
        ("step", steps),
    ]
    pumps = [item.record.data.get("pumps", {}) for item in account.samples]
    for name in dict.fromkeys(name for readings in pumps for name in readings):
        read = [readings.get(name) for readings in pumps]
        columns.append((f"{name}_state", [None if pair is None else pair[0] for pair in read]))
        columns.append((f"{name}_counter_mL", [None if pair is None else pair[1] for pair in read]))
    columns += _feed_columns(account, times) + _plate_columns(account, times) + _vessel_columns(account, times)
    return as_csv(columns)


def _feed_columns(account: Account, times: Sequence[Seconds]) -> list[tuple[str, Sequence[Cell]]]:
    begun = {row.id: row.start for row in account.steps}
    columns: list[tuple[str, Sequence[Cell]]] = []
    for track in account.feeds:
        name, start = f"{track.feed.step}_{track.feed.solution}", begun.get(track.feed.step)
        points = track.at(times)
        since = [None if start is None or at < start else Seconds(at - start) for at in times]
        due = [None if passed is None else round(track.feed.due(passed), 6) for passed in since]
        rate = [None if passed is None else round(3600 * track.feed.due_rate(passed), 6) for passed in since]
        columns += [
            (f"{name}_planned_mL", due),
            (f"{name}_at_least_mL", [None if point is None else round(point.low, 6) for point in points]),
            (f"{name}_at_most_mL", [None if point is None else round(point.high, 6) for point in points]),
            (f"{name}_planned_mL_per_h", rate),
            (f"{name}_flow_mL_per_h", [round(3600 * value, 6) for value in track.rate_at(times)]),
        ]
    return columns


def _plate_columns(account: Account, times: Sequence[Seconds]) -> list[tuple[str, Sequence[Cell]]]:
    columns: list[tuple[str, Sequence[Cell]]] = []
    for plate in account.plates:
        at = {time: index for index, time in enumerate(plate.times)}
        rows = [at.get(time) for time in times]
        columns += [
            (f"{plate.name}_set_point_degC", plate.set_point_at(times)),
            (f"{plate.name}_probe_degC", [None if row is None else plate.probe[row] for row in rows]),
            (f"{plate.name}_plate_degC", [None if row is None else plate.plate[row] for row in rows]),
            (f"{plate.name}_speed_rpm", [None if row is None else plate.speed[row] for row in rows]),
        ]
    return columns


def _vessel_columns(account: Account, times: Sequence[Seconds]) -> list[tuple[str, Sequence[Cell]]]:
    columns: list[tuple[str, Sequence[Cell]]] = []
    for vessel in account.vessels:
        at = {time: index for index, time in enumerate(vessel.times)}
        rows = [at.get(time) for time in times]
        columns.append((f"{vessel.name}_volume_mL", [None if i is None else round(vessel.volumes[i], 6) for i in rows]))
        for solute, series in vessel.concentrations.items():
            values = [None if i is None else round(1000 * series[i], 6) for i in rows]
            columns.append((f"{vessel.name}_{solute}_mM", values))
    return columns


def steps_csv(account: Account) -> bytes:
    """The step table."""
    head = ("number", "step", "what", "source", "planned_start_s", "planned_s", "start_s", "took_s", "held_s", "state")
    rows: list[Sequence[Cell]] = [
        (
            row.number,
            row.id,
            row.title,
            row.source,
            _time(row.planned_start),
            _time(row.planned),
            _time(row.start),
            _time(row.lasted),
            _time(row.waited),
            row.state,
        )
        for row in account.steps
    ]
    return _from_rows(head, rows)


def doses_csv(account: Account) -> bytes:
    """The dose table."""
    head = ("step", "solution", "device", "planned_mL", "at_least_mL", "at_most_mL", "difference_mL", "truth_mL")
    rows: list[Sequence[Cell]] = [
        (
            row.step,
            row.solution,
            row.device,
            round(row.planned, 6),
            round(row.low, 6),
            round(row.high, 6),
            round(row.middle - row.planned, 6),
            None if row.truth is None else round(row.truth, 6),
        )
        for row in account.doses
    ]
    return _from_rows(head, rows)


def analyses_csv(account: Account) -> bytes:
    """The samples, a line for each result; one line without figures for a sample that has none."""
    head = ("sample", "step", "taken_s", "date_time", "method", "vessel", "aliquot_mL", "result", "of", "value", "unit")
    rows: list[Sequence[Cell]] = []
    for row in account.analyses:
        told = (row.name, row.step, _time(row.at), row.wall, row.method, row.vessel, round(row.volume, 6))
        if not row.results:
            rows.append((*told, "", "", None, ""))
        rows += [(*told, found.result, found.of, found.value, found.unit) for found in row.results]
    return _from_rows(head, rows)


def events_csv(account: Account) -> bytes:
    """Alarms, holds, questions, answers, commands and notes, in the order of time."""
    told = account.happenings
    rows: list[tuple[float, str, str, str]] = []
    for alarm in told.alarms:
        for kind, row in (("alarm", alarm), *(("sign", sign) for sign in alarm.signs)):
            rows.append((row.at, kind, f"{row.code} {row.device}", _joined(row.text, row.value, row.bound, row.done)))
    for span in told.spans:
        rows.append((span.start, f"{span.kind.value}: begin", "", span.why))
        rows.append((span.end, f"{span.kind.value}: end", "", ""))
    for prompt in told.prompts:
        rows.append((prompt.asked, "question", prompt.id, prompt.text))
        rows += [(at, "refused answer", prompt.id, _joined(answer, why)) for at, answer, why in prompt.refused]
        if prompt.closed is not None:
            rows.append((prompt.closed, "answer" if prompt.answered else "no answer", prompt.id, prompt.outcome))
    rows += [(note.at, note.kind, "", note.text) for note in told.notes]
    ordered = sorted(rows, key=lambda row: row[0])
    return _from_rows(("time_s", "kind", "of", "text"), [(round(at, 3), *rest) for at, *rest in ordered])


def _joined(*texts: str) -> str:
    return "; ".join(text for text in texts if text)


def _time(value: Seconds | None) -> float | None:
    return None if value is None else round(value, 3)
