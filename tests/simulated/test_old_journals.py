"""Journals of the first released format are read as ever, and their damage is never taken for a record."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ruggli
from ruggli.app import resuming
from ruggli.app.resuming import restore_request
from ruggli.app.run import check_resumable
from ruggli.cli.program import run
from ruggli.errors import ChangedError, JournalError
from ruggli.journal.reader import JournalView, read_journal

OLD = Path(__file__).parents[1] / "journals" / "format-1"
VERDICTS = {"complete": "complete", "held": "held", "resumed": "complete"}
RECORDS = {"complete": 769, "held": 652, "resumed": 822}


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of runs with the three, as they lay there."""
    folder = tmp_path / "runs"
    for name in VERDICTS:
        (folder / name).mkdir(parents=True)
        shutil.copy(OLD / f"{name}.jsonl", folder / name / "journal.jsonl")
    monkeypatch.setenv("RUGGLI_RUNS", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", VERDICTS)
def test_they_are_whole_and_say_what_they_said(name: str, runs: Path) -> None:
    view = ruggli.open_run(str(runs / name))
    assert (view.sealed, view.damage, view.torn, len(view.records)) == (True, "", 0, RECORDS[name])
    ended = view.last("end")
    assert ended is not None and ended.data["verdict"] == VERDICTS[name]
    (dose,) = ended.data["doses"]
    least, most = dose["delivered_mL"]
    assert least <= dose["truth_mL"] <= most


@pytest.mark.parametrize("name", VERDICTS)
def test_they_are_verified(capsys: pytest.CaptureFixture[str], name: str, runs: Path) -> None:
    code, data = told(capsys, "journal", "verify", name)
    assert (code, data["sealed"], data["records"], data["damage"]) == (0, True, RECORDS[name], "")


def test_they_are_listed(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    _, data = told(capsys, "runs")
    assert {row["run"]: row["verdict"] for row in data["runs"]} == VERDICTS
    assert all(row["protocol"] == "Slow addition" and row["simulated"] for row in data["runs"])


@pytest.mark.parametrize("name", VERDICTS)
def test_they_are_reported(capsys: pytest.CaptureFixture[str], name: str, runs: Path) -> None:
    code, data = told(capsys, "report", name)
    assert code == 0
    page = Path(data["report"]).read_text("utf-8")
    assert "Slow addition" in page and VERDICTS[name] in page.lower()
    assert ("A-STALL" in page) == (name != "complete")
    (row,) = (runs / name / "doses.csv").read_text("utf-8").splitlines()[1:]
    assert "substrate_solution" in row


@pytest.mark.parametrize("name", VERDICTS)
def test_resuming_them_is_refused_with_the_reason(capsys: pytest.CaptureFixture[str], name: str, runs: Path) -> None:
    code, data = told(capsys, "resume", name)
    why = "simulated bench that ended with its process" if name == "held" else "there is nothing to resume"
    assert code == 2 and why in data["problems"][0]["message"]
    assert (runs / name / "journal.jsonl").read_bytes() == (OLD / f"{name}.jsonl").read_bytes()


def of_a_bench_that_lives(**changes: Any) -> JournalView:
    """The held one as if its bench were served by another process, with another plan where `changes` say so."""
    view = read_journal((OLD / "held.jsonl").read_bytes())
    first = view.records[0]
    data = {**first.data, "in_process": False, "plan": {**first.data["plan"], **changes}}
    return replace(view, records=(replace(first, data=data), *view.records[1:]))


def test_the_held_one_is_planned_again_or_refused_as_changed() -> None:
    """Never another plan than the one that began the run: a version that plans otherwise says so."""
    view = of_a_bench_that_lives()
    check_resumable(view)
    try:
        request = restore_request(view, answers=(), terminal=False, report=False)
    except ChangedError as error:
        assert "E-CHANGED this version of Ruggli plans the protocol differently" in str(error)
        assert "0.1.0" in str(error) and "finish the run with that version, or start a new run" in str(error)
    else:
        assert request.plan.steps[-1].id == view.of("step")[-1].data["step"]


def test_the_held_one_with_another_plan_is_refused_as_changed() -> None:
    other = of_a_bench_that_lives(duration_s=1.0)
    with pytest.raises(ChangedError, match=r"^E-CHANGED this version of Ruggli plans .* differently.*0\.1\.0"):
        restore_request(other, answers=(), terminal=False, report=False)


def test_a_warning_that_this_version_words_otherwise_is_no_other_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    first = of_a_bench_that_lives().records[0].data["plan"]
    reworded = of_a_bench_that_lives(problems=[{"code": "W-OLD", "message": "as it was said before"}])
    monkeypatch.setattr(resuming, "plan_as_json", lambda plan: first)
    assert restore_request(reworded, answers=(), terminal=False, report=False).plan.steps


def test_what_this_version_predicts_otherwise_is_no_other_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    first = of_a_bench_that_lives().records[0].data["plan"]
    monkeypatch.setattr(resuming, "plan_as_json", lambda plan: {**first, "reaction": {"model": "another"}})
    assert restore_request(of_a_bench_that_lives(), answers=(), terminal=False, report=False).plan.steps


# ---- damage ----


def small() -> bytes:
    """Some records of a real journal: its opening is long, the others are as a run writes them."""
    return b"".join((OLD / "held.jsonl").read_bytes().splitlines(keepends=True)[:12])


def view_of(data: bytes) -> JournalView | None:
    try:
        return read_journal(data)
    except JournalError:
        return None


def test_cut_anywhere_it_has_only_records_that_were_written() -> None:
    data = small()
    whole = read_journal(data)
    for length in (*range(0, len(data), 97), *range(len(data) - 700, len(data))):
        view = view_of(data[:length])
        if view is None:
            continue
        assert view.records == whole.records[: len(view.records)]
        assert (view.damage, view.good_bytes + view.torn) == ("", length)


@pytest.mark.parametrize("number", [3, 6, 9])
def test_with_any_bit_of_a_record_flipped_it_is_damaged_and_not_resumed(number: int) -> None:
    data = small()
    whole = read_journal(data)
    lines = data.splitlines(keepends=True)
    start = len(b"".join(lines[: number - 1]))
    for index in range(start, start + len(lines[number - 1])):
        for bit in range(8):
            spoilt = bytearray(data)
            spoilt[index] ^= 1 << bit
            view = read_journal(bytes(spoilt))
            assert view.records == whole.records[: number - 1] and view.damage, (index, bit)
            with pytest.raises(JournalError, match="never energises"):
                check_resumable(view, bench_lives=True)


def test_a_flipped_bit_of_the_opening_leaves_no_journal() -> None:
    data = small()
    for index in range(0, data.index(b"\n"), 11):
        spoilt = bytearray(data)
        spoilt[index] ^= 1 << index % 8
        assert view_of(bytes(spoilt)) is None, index


def test_a_damaged_run_is_refused_by_resume(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    path = runs / "held" / "journal.jsonl"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(bytes(data))
    code, told_data = told(capsys, "resume", "held")
    assert code != 0 and told_data["problems"][0]["code"] == "E-JOURNAL"
    assert path.read_bytes() == bytes(data)
