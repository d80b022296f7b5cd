"""Runs whose analyses take samples: what really left the flask, what is recorded, and what survives a crash."""

from pathlib import Path
from typing import Any

import pytest

from ruggli.journal.reader import read_journal
from ruggli.report.account import account_of
from ruggli.report.make import build_report

SETTINGS = {"addition_time": "1 min"}
TWICE = (("look.conversion", "80 %"), ("look.2.conversion", "97 %"))


def test_samples_leave_the_flask_and_the_balance(desk: Any) -> None:
    trial = desk.run(desk.sampled(), settings=SETTINGS, answers=TWICE)
    assert trial.verdict == "complete"
    flask = trial.bench.truth()["vessels"]["flask"]
    assert flask["volume_mL"] == pytest.approx(43.0, abs=0.05), "53 mL less two samples of 5 mL"
    account = account_of(read_journal(open_journal(trial)))
    (track,) = account.vessels
    assert track.volumes[-1] == pytest.approx(flask["volume_mL"], abs=0.05)
    left = track.concentrations["substrate"][-1] * track.volumes[-1]
    assert left == pytest.approx((48 / 53) * (43 / 48), rel=0.006), "of 1 mmol"
    assert track.concentrations["substrate"][-1] == pytest.approx(1 / 53, rel=0.006), "no concentration changes"


def test_what_a_sample_took_had_come_in(desk: Any) -> None:
    """A dry run compares each dose with what the bench saw come in; a sample that left since is no missing dose."""
    trial = desk.run(desk.sampled(), settings=SETTINGS, answers=TWICE)
    for row in trial.outcome.doses:
        low, high = row["delivered_mL"]
        assert low - 0.01 <= row["truth_mL"] <= high + 0.01, row
    flask = trial.bench.truth()["vessels"]["flask"]
    assert sum(flask["sampled_mL"].values()) == pytest.approx(10.0, abs=0.01)


def open_journal(trial: Any) -> bytes:
    return (Path(trial.outcome.folder) / "journal.jsonl").read_bytes()


def test_what_is_fed_after_a_sample_goes_into_less(desk: Any) -> None:
    """Two samples before the addition: the peak by what was delivered is that of the smaller flask."""
    before = desk.analysis().replace("5 mL", "10 mL").replace("id: look", "id: early")
    text = desk.dual().replace("  - id: add\n", f"{before}  - id: add\n")
    trial = desk.run(text, settings=SETTINGS, answers=(("early.conversion", "80 %"), ("early.2.conversion", "97 %")))
    assert trial.verdict == "complete"
    peak = trial.outcome.peak_concentration["substrate"]
    assert peak == pytest.approx(1 / 33, rel=0.006)
    truth = trial.bench.truth()["vessels"]["flask"]["peak_concentrations_mM"]["substrate"]
    assert 1000 * peak == pytest.approx(truth, rel=0.01)


def test_the_record_has_each_sample_with_its_results(desk: Any) -> None:
    trial = desk.run(desk.sampled(), settings=SETTINGS, answers=TWICE)
    assert [(row["number"], row["volume_mL"]) for row in trial.of("aliquot")] == [(1, 5.0), (2, 5.0)]
    assert [row["results"][0]["value"] for row in trial.of("analysis")] == [80.0, 97.0]
    first, second = (row["t"] for row in trial.of("aliquot"))
    assert second - first > 600.0
    files = build_report(read_journal(open_journal(trial)), lambda data: {}).files
    lines = files["analyses.csv"].decode().splitlines()
    assert lines[1].startswith("S1,look,") and lines[1].endswith("LC-MS,flask,5.0,conversion,,80.0,%")
    assert len(lines) == 5
    page = files["report.html"].decode()
    assert "<h2>Samples</h2>" in page and "conversion 97 %, area percent substrate 100 %" in page


def test_a_run_without_samples_has_no_such_file(desk: Any) -> None:
    trial = desk.run(settings=SETTINGS)
    files = build_report(read_journal(open_journal(trial)), lambda data: {}).files
    assert "analyses.csv" not in files and "<h2>Samples</h2>" not in files["report.html"].decode()


@pytest.mark.parametrize("wrong", ["97", "97 mL", "120 %", "97,0 %", "much"])
def test_a_wrong_answer_is_asked_again_with_the_reason(desk: Any, wrong: str) -> None:
    answers = (("look.conversion", wrong), ("look.conversion", "97 %"))
    trial = desk.run(desk.sampled(), settings=SETTINGS, answers=answers)
    assert trial.verdict == "complete"
    (refused,) = trial.of("refused")
    assert refused["id"] == "look.conversion" and "e.g. 95 %" in refused["why"]
    assert [row["results"][0]["value"] for row in trial.of("analysis")] == [97.0]


def test_the_table_stops_the_run(desk: Any) -> None:
    trial = desk.run(desk.sampled(), settings=SETTINGS, answers=(("look.conversion", "12 %"),))
    assert trial.verdict == "stopped" and "conversion 12 %" in trial.outcome.cause


def test_a_hold_keeps_the_sample(desk: Any) -> None:
    """Nobody enters the result in time, the run holds, and is resumed: the same sample, taken once."""
    answers = [("look.area_percent.substrate", "3 %", 5000.0), ("hold.1", "resume")]
    trial = desk.run(desk.sampled(), settings=SETTINGS, answers=answers)
    assert trial.verdict == "complete" and trial.of("timeout")
    assert len(trial.of("aliquot")) == len(trial.of("analysis")) == 1
    asked = [row["id"] for row in trial.of("prompt") if row["id"].startswith("look")]
    assert asked == ["look.sample", "look.conversion", "look.area_percent.substrate", "look.area_percent.substrate"]
