"""Alarms as a report tells them: with what was done, and with their later signs under them; old records too."""

from pathlib import Path
from typing import Any

import pytest

from ruggli.journal.reader import Record, read_journal
from ruggli.report.happenings import happenings_of
from ruggli.report.runclock import timed

OLD = Path(__file__).parents[2] / "journals" / "format-1"


def alarms(*records: tuple[float, str, dict[str, Any]]) -> Any:
    told = [
        Record(number, at, "2026-11-22T20:00:00+00:00", kind, data) for number, (at, kind, data) in enumerate(records)
    ]
    return happenings_of(timed(told)).alarms


def seen(code: str, device: str, **more: str) -> dict[str, Any]:
    what = {"code": code, "device": device, "text": "t", "value": "1", "bound": "2", "action": "hold", "step": "add"}
    return {**what, **more}


def test_signs_and_deeds_stand_with_their_alarm() -> None:
    found = alarms(
        (0.0, "alarm", seen("A-STALL", "pump_a")),
        (1.0, "done", {"code": "A-STALL", "device": "pump_a", "text": "flows 0 after 0.1 s"}),
        (50.0, "alarm", seen("A-LINK", "pump_a")),
        (50.0, "sign", seen("A-LINK", "pump_b", of="A-LINK", of_device="pump_a")),
        (50.4, "done", {"code": "A-LINK", "device": "pump_a", "text": "no pump is heard"}),
    )
    assert [(row.code, row.done, [(sign.code, sign.device) for sign in row.signs]) for row in found] == [
        ("A-STALL", "flows 0 after 0.1 s", []),
        ("A-LINK", "no pump is heard", [("A-LINK", "pump_b")]),
    ]


def test_a_sign_without_its_alarm_is_not_lost() -> None:
    found = alarms((0.0, "sign", seen("A-LINK", "pump_b", of="A-LINK", of_device="pump_a")))
    assert [(row.code, row.device) for row in found] == [("A-LINK", "pump_b")]


@pytest.mark.parametrize("path", sorted(OLD.glob("*.jsonl")), ids=lambda path: path.stem)
def test_records_of_older_versions_have_alarms_without_deeds(path: Path) -> None:
    view = read_journal(path.read_bytes())
    rows = happenings_of(timed(view.records)).alarms
    assert [row.code for row in rows] == [r.data["code"] for r in view.records if r.kind == "alarm"]
    assert all(row.done == "" and row.signs == [] for row in rows)


def test_gates_and_heat_of_portions_are_told() -> None:
    portion = {"step": "add", "portion": 2, "of": 3}
    heat = {**portion, "rise_K": 0.34, "bound_K": 0.5, "after_s": 600.0}
    records = (
        ("portion_gate", {"step": "add", "portion": 2, "id": "add.2.ph", "answer": "5.5", "opens": False}),
        ("portion_gate", {"step": "add", "portion": 2, "id": "add.2.quiet", "answer": "quiet", "opens": True}),
        ("portion_heat", {**heat, "what": "not seen"}),
        ("portion_heat", {**heat, "what": "gone on"}),
        ("portion_heat", {**heat, "what": "seen", "rise_K": 0.61, "after_s": 90.0}),
    )
    rows = happenings_of(
        timed([Record(n, float(n), "2026-11-24T20:00:00+00:00", *row) for n, row in enumerate(records)])
    )
    assert [row.text for row in rows.notes] == [
        "add.2.ph: '5.5', the portion waits",
        "add.2.quiet: 'quiet', the gate opens",
        "add: portion 2 of 3 gave no heat: 0.3 K after 10.0 min, at least 0.5 K",
        "add: portion 2 of 3 gave no heat (0.3 K after 10.0 min); a person went on all the same",
        "add: portion 2 of 3 gave its heat: 0.6 K after 1.5 min, at least 0.5 K",
    ]
