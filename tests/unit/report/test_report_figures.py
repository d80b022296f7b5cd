"""What is drawn, and the drawing program."""

import math
import random
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from ruggli.app.reporting import draw as draw_elsewhere
from ruggli.app.reporting import write_report
from ruggli.errors import RuggliError
from ruggli.quantities.base import Millilitres, MillilitresPerSecond, Seconds
from ruggli.report.account import account_of
from ruggli.report.feeds import Episode
from ruggli.report.figures import BUCKETS, figure_data, thinned
from ruggli.report.plots import CHARACTER, place_labels
from ruggli.world.process import run_module

Lines = dict[str, dict[str, Any]]


def lines_of(run: Any, panel: str) -> Lines:
    data = figure_data(account_of(run.view))
    found = next(item for item in data["panels"] if item["name"] == panel)
    return {line["label"]: line for group in found["groups"] for line in group}


def test_planned_flow_is_moved_to_the_real_start_of_the_step(complete: Any) -> None:
    lines = lines_of(complete, "flow")
    planned = lines["diene_solution (pump_a), planned"]
    assert planned["values"][:4] == pytest.approx([0.0, 0.0, 0.6, 0.6])
    assert planned["times"][1] == pytest.approx(400 / 60)
    assert planned["times"][3] == pytest.approx(1400 / 60)
    actual = lines["diene_solution (pump_a), from the counter"]
    inside = [v for t, v in zip(actual["times"], actual["values"], strict=True) if 410 / 60 < t < 1390 / 60]
    assert min(inside) == pytest.approx(0.6, rel=0.02) and max(inside) == pytest.approx(0.6, rel=0.02)
    assert actual["values"][0] == actual["values"][-1] == 0.0


def test_solutes_far_apart_get_axes_of_their_own(complete: Any) -> None:
    data = figure_data(account_of(complete.view))
    panel = next(item for item in data["panels"] if item["name"] == "concentration in flask")
    assert [[line["label"] for line in group] for group in panel["groups"]] == [["diene", "base"], ["ru"]]
    assert max(panel["groups"][1][0]["values"]) == pytest.approx(0.5, rel=0.01)


def test_marks_and_axis(held: Any, resumed: Any) -> None:
    data = figure_data(account_of(held.view))
    assert data["unit"] == "min" and data["end"] == pytest.approx(4500 / 60)
    assert data["alarms"] == [{"at": pytest.approx(15.0), "label": "A1"}]
    assert data["spans"] == [{"start": pytest.approx(15.0), "end": pytest.approx(75.0), "hold": True}]
    assert len(data["prompts"]) == 3
    assert [span["hold"] for span in figure_data(account_of(resumed.view))["spans"]] == [False]


def test_nothing_is_drawn_where_nothing_was_measured(resumed: Any) -> None:
    for panel, label in (
        ("flow", "diene_solution (pump_a), from the counter"),
        ("volume", "diene_solution (pump_a), delivered"),
        ("temperature", "probe"),
    ):
        line = lines_of(resumed, panel)[label]
        shown = zip(line["times"], line["values"], strict=True)
        assert [time for time, value in shown if value is None] == [pytest.approx(900 / 60)]


def test_a_held_run_shows_the_plan_to_its_end(new_run: Callable[..., Any]) -> None:
    run = new_run().prepare().start(10.0).run_dose(400, 900)
    data = figure_data(account_of(run.view))
    assert data["last"] == pytest.approx(15.0) and data["end"] == pytest.approx(1400 / 60)


def test_a_stall_shows_in_the_flow() -> None:
    times = [float(second) for second in range(0, 601, 5)]
    counter = [min(3.0, 0.01 * time) for time in times]
    episode = Episode(
        Seconds(0.0),
        Millilitres(10.0),
        MillilitresPerSecond(0.01),
        Millilitres(0.001),
        Millilitres(0.0),
        Millilitres(0.0),
        times,
        counter,
    )
    rates = dict(zip(times, episode.rates(), strict=True))
    assert rates[100.0] == pytest.approx(0.01) and rates[0.0] == pytest.approx(0.01)
    assert rates[400.0] == pytest.approx(0.0, abs=1e-9) and rates[600.0] == pytest.approx(0.0, abs=1e-9)


def test_coarse_counters_give_smooth_rates() -> None:
    times = [float(second) for second in range(0, 36001, 5)]
    counter = [math.floor(0.0007 * time / 0.01) * 0.01 for time in times]
    episode = Episode(
        Seconds(0.0),
        Millilitres(30.0),
        MillilitresPerSecond(0.0007),
        Millilitres(0.01),
        Millilitres(0.0),
        Millilitres(0.0),
        times,
        counter,
    )
    assert max(abs(rate / 0.0007 - 1) for rate in episode.rates()) < 0.03


def test_thinning_keeps_every_extreme_and_every_gap() -> None:
    chance = random.Random(5)
    times = [float(index) for index in range(20000)]
    values: list[float | None] = [chance.random() for _ in times]
    values[12345], values[777] = 9.0, -9.0
    values[5000:5100] = [None] * 100
    kept_times, kept = thinned(times, values)
    assert len(kept) <= 4 * BUCKETS + 4
    assert max(v for v in kept if v is not None) == 9.0 and min(v for v in kept if v is not None) == -9.0
    assert kept_times[0] == 0.0 and kept_times[-1] == 19999.0
    shown = dict(zip(kept_times, kept, strict=True))
    assert shown[5000.0] is None and shown[4999.0] is not None and shown[5100.0] is not None


def test_thinning_keeps_a_jump_upright() -> None:
    times = [0.0, 4000.0, *(4000.0 + 5 * index for index in range(8000)), 44000.0]
    values: list[float | None] = [0.0, 0.0, *[1.0] * 8000, 0.0]
    kept_times, kept = thinned(times, values)
    early = [value for time, value in zip(kept_times, kept, strict=True) if time < 4000 - 44000 / BUCKETS]
    assert set(early) == {0.0} and kept_times[1] >= 4000 - 44000 / BUCKETS


@pytest.mark.parametrize("seed", range(20))
def test_labels_never_lie_over_each_other(seed: int) -> None:
    chance = random.Random(seed)
    end, width = 20.0, 6.4
    starts = sorted(chance.choice([chance.uniform(0, end), chance.uniform(5, 6)]) for _ in range(chance.randint(1, 25)))
    steps = [{"number": n, "name": "x" * chance.randint(2, 14), "start": s} for n, s in enumerate(starts, start=1)]
    labels = place_labels(steps, end, width)
    boxes = [(label.row, label.begin, label.begin + len(label.text) * CHARACTER * end / width) for label in labels]
    for index, (row, begin, finish) in enumerate(boxes):
        assert finish <= end + 1e-9
        assert not any(r == row and begin < f and b < finish for r, b, f in boxes[index + 1 :])
    named = set()
    for label in labels:
        first, _, last = label.text.split(" ")[0].partition("–")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == {step["number"] for step in steps}


def test_figures_are_drawn_elsewhere_and_need_nothing(held: Any) -> None:
    figures = draw_elsewhere(figure_data(account_of(held.view)))
    assert list(figures) == ["flow", "volume", "temperature", "concentration in flask", "stirring"]
    for name, text in figures.items():
        root = ElementTree.fromstring(text)
        assert root.tag.endswith("svg") and root.get("aria-label") == f"{name} against time"
        refers = [value for item in root.iter() for key, value in item.attrib.items() if key.endswith("href")]
        assert all(value.startswith("#") for value in refers)
        assert "<script" not in text and "metadata" not in text and "Alarm" not in text
        shown = " ".join("".join(item.itertext()) for item in root.iter() if item.tag.endswith("}text"))
        assert "time from the start of the run (min)" in shown and "A1" in shown and "3 add" in shown
        assert "SIMULATED" not in shown
    ids = [
        item.get("id") for text in figures.values() for item in ElementTree.fromstring(text).iter() if item.get("id")
    ]
    clips = [i for i in ids if i and i.startswith("p") and len(i) == 11]
    assert len(clips) == len(set(clips))


def test_a_steady_temperature_is_no_mountain_range(complete: Any) -> None:
    data = figure_data(account_of(complete.view))
    flat = [20.0 + 0.1 * (index % 2) for index in range(200)]
    line = {"label": "probe", "times": list(range(200)), "values": flat, "colour": 0, "style": "actual"}
    panel = next(item for item in data["panels"] if item["name"] == "temperature")
    text = draw_elsewhere({**data, "panels": [{**panel, "groups": [[line]]}]})["temperature"]
    words = "".join(ElementTree.fromstring(text).itertext()).split()
    assert "16" in words and "24" in words and "20.05" not in words


def test_simulated_figures_say_so(complete: Any) -> None:
    figures = draw_elsewhere(figure_data(account_of(complete.view)))
    assert all("SIMULATED" in text for text in figures.values())


def test_report_is_written_beside_the_journal(complete: Any, tmp_path: Any) -> None:
    (tmp_path / "journal.jsonl").write_bytes(complete.sink.data)
    page = write_report(str(tmp_path))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        "journal.jsonl",
        "report.html",
        "series.csv",
        "steps.csv",
        "doses.csv",
        "events.csv",
        "plan.json",
        "plan.txt",
    }
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.endswith("report.html") and text.count("<figure>") == 5 and "<svg role=" in text


def test_a_failing_program_says_why() -> None:
    with pytest.raises(RuggliError, match=r"ruggli\.report\.plots failed with exit code 1: .*JSONDecodeError"):
        run_module("ruggli.report.plots", b"no json", Seconds(60.0))


def test_a_slow_program_is_stopped() -> None:
    with pytest.raises(RuggliError, match=r"did not end within 0 s"):
        run_module("ruggli.report.plots", b"{}", Seconds(0.01))
