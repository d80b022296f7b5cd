"""The tables beside the page."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from ruggli.report.make import build_report
from ruggli.report.sheets import as_csv

Draw = Callable[[dict[str, Any]], dict[str, str]]


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_series_hold_every_sample_with_units(complete: Any, no_drawing: Draw) -> None:
    report = build_report(complete.view, no_drawing)
    rows = rows_of(report.files["series.csv"])
    assert len(rows) == len(complete.view.of("sample"))
    row = next(row for row in rows if row["time_s"] == "900.0")
    assert row["step"] == "add" and row["date_time"].startswith("2026-11-22T20:15:00")
    assert float(row["add_diene_solution_planned_mL"]) == pytest.approx(5.0)
    assert float(row["add_diene_solution_at_least_mL"]) == pytest.approx(4.99)
    assert float(row["add_diene_solution_at_most_mL"]) == pytest.approx(5.01)
    assert float(row["add_diene_solution_flow_mL_per_h"]) == pytest.approx(36.0)
    assert float(row["add_diene_solution_planned_mL_per_h"]) == pytest.approx(36.0)
    assert [row[f"plate_{name}"] for name in ("set_point_degC", "probe_degC", "plate_degC", "speed_rpm")] == [
        "30.0",
        "25.0",
        "30.0",
        "400.0",
    ]
    assert float(row["flask_volume_mL"]) == pytest.approx(90.0)
    assert float(row["flask_diene_mM"]) == pytest.approx(1000 * 0.1 * 5 / 90, rel=1e-5)
    assert float(row["flask_base_mM"]) == pytest.approx(1000 * 2.0 / 90, rel=1e-5)
    before = next(row for row in rows if row["time_s"] == "250.0")
    assert before["flask_volume_mL"] == "" and before["plate_set_point_degC"] == ""


def test_resumed_series_go_on_in_time_and_volume(resumed: Any, no_drawing: Draw) -> None:
    rows = rows_of(build_report(resumed.view, no_drawing).files["series.csv"])
    times = [float(row["time_s"]) for row in rows]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(900 + 3600 + 510)
    low = [float(row["add_diene_solution_at_least_mL"] or 0) for row in rows]
    assert low == sorted(low) and low[-1] == pytest.approx(9.98)
    assert {round(float(row["add_diene_solution_flow_mL_per_h"])) for row in rows if 4520 < float(row["time_s"])} == {
        36
    }


def test_doses_steps_and_events(held: Any, no_drawing: Draw) -> None:
    files = build_report(held.view, no_drawing).files
    dose = rows_of(files["doses.csv"])[0]
    assert dose["planned_mL"] == "10.0" and dose["at_most_mL"] == "5.0" and dose["truth_mL"] == ""
    steps = rows_of(files["steps.csv"])
    assert [row["state"] for row in steps] == ["done", "done", "not finished"]
    assert float(steps[2]["held_s"]) == pytest.approx(3600)
    events = rows_of(files["events.csv"])
    assert [float(row["time_s"]) for row in events] == sorted(float(row["time_s"]) for row in events)
    kinds = [row["kind"] for row in events]
    assert kinds[-6:] == ["alarm", "held: begin", "question", "refused answer", "held: end", "no answer"]


def test_without_an_end_the_dose_may_have_gone_to_its_target(new_run: Callable[..., Any], no_drawing: Draw) -> None:
    run = new_run().prepare().start(10.0).run_dose(400, 900)
    dose = rows_of(build_report(run.view, no_drawing).files["doses.csv"])[0]
    assert float(dose["at_least_mL"]) == pytest.approx(4.99)
    assert float(dose["at_most_mL"]) == pytest.approx(10.0)


def test_plan_is_the_journaled_one(complete: Any, no_drawing: Draw) -> None:
    files = build_report(complete.view, no_drawing).files
    assert json.loads(files["plan.json"]) == complete.view.records[0].data["plan"]
    text = files["plan.txt"].decode()
    assert text.startswith("Small on desk\nwith volume = 10 mL\n")
    assert "diene_solution" in text and "Put 80 mL in." in text and "00:05:00" in text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_text_is_no_formula(text: str) -> None:
    data = as_csv([("a", [text]), ("b", [-1.5]), (text, ["x"])])
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert rows[1] == ["'" + text, "-1.5", "x"]
    assert rows[0][2] == "'" + text


def test_missing_numbers_stay_empty() -> None:
    assert as_csv([("a", [None, 2.0]), ("b", ["x", 'y,"z"'])]) == b'a,b\r\n,x\r\n2.0,"y,""z"""\r\n'
