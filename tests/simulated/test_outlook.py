"""What a run is expected to make: its additions by the record, the rest by the plan, corrected by what was entered."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ruggli.app.builtin import find_protocol
from ruggli.app.reporting import solve
from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema
from ruggli.errors import InputError
from ruggli.journal.reader import JournalView, read_journal
from ruggli.report.account import account_of
from ruggli.report.make import build_report
from ruggli.report.outlook import outlook_of

SAMPLED = """\
  - id: analysis
    do: monitor
    vessel: flask
    method: LC-MS
    question: How much of the diene is left?
    aliquot: 0.05 mL
    results: {conversion: true, uncertainty: 3 %}
    answers:
      - {when: {conversion: at least 5 %}, does: go_on}
      - {when: otherwise, does: stop}

"""


def ring_closure() -> str:
    """The shipped ring closure, with a conversion at its end."""
    text = find_protocol("rcm-high-dilution")[1].decode()
    start, end = text.index("  - id: analysis\n"), text.index("  - id: cool\n")
    return text[:start] + SAMPLED + text[end:]


def view_of(trial: Any) -> JournalView:
    return read_journal((Path(trial.outcome.folder) / "journal.jsonl").read_bytes())


def cut(view: JournalView, hours: float) -> JournalView:
    """As much of the record as there is after some hours: the run goes on."""
    lines = [record for record in view.records if record.time <= 3600 * hours]
    return JournalView(**{**{name: getattr(view, name) for name in view.__dataclass_fields__}, "records": tuple(lines)})


def fed(asked: dict[str, Any], species: str) -> float:
    schedule = asked["schedule"]
    feeds = [float(feed["amounts_mmol"].get(species, 0.0)) for feed in schedule["feeds"]]
    return sum(feeds, start=float(schedule["amounts_mmol"].get(species, 0.0)))


def test_what_is_to_come_is_what_the_plan_has_left(desk: Any) -> None:
    view = view_of(desk.run(ring_closure(), answers=[("analysis.conversion", "60 %")]))
    whole = outlook_of(account_of(view))
    assert whole.to_come == 0.0 and len(whole.asked["measured"]) == 1
    assert fed(whole.asked, "M") == pytest.approx(1.0, rel=0.005) and fed(whole.asked, "Ru") == pytest.approx(
        0.05, rel=0.005
    )
    rate = sum(track.feed.held for track in account_of(view).feeds)
    for hours in (1.0, 3.0, 5.0):
        found = outlook_of(account_of(cut(view, hours)))
        assert found.now == pytest.approx(3600 * hours, abs=10.0) and found.start == whole.start
        assert found.to_come == pytest.approx(38.0 - rate * (found.now - found.start), abs=0.15)
        assert fed(found.asked, "M") == pytest.approx(1.0, rel=0.005)
        assert found.end == pytest.approx(whole.end, abs=1300.0), "hands are quicker here: chase, analysis"
        assert found.asked["measured"] == []
    late = outlook_of(account_of(cut(view, 8.7)))
    assert late.to_come == 0.0
    with pytest.raises(InputError, match="no substrate is in the flask"):
        outlook_of(account_of(cut(view, 0.02)))


def test_the_conversion_that_was_entered_moves_the_prediction(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    trial = desk.run(ring_closure(), answers=[("analysis.conversion", "60 %")])
    assert run(["outlook", trial.outcome.folder, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, output_schema("outlook"))
    (measured,) = told["correction"]["measured"]
    assert (measured["name"], measured["conversion"], measured["uncertainty"]) == ("S1", 0.6, 0.03)
    assert measured["expected"]["value"] > 0.85
    after = told["correction"]["corrected"]
    assert 0.54 < after["conversion"]["low"] < after["conversion"]["high"] < 0.70
    assert after["yields"]["C"]["high"] < 0.70 < told["yields"]["C"]["value"]
    assert after["reached_s"]["low"] is None, "95 % is not reached before the end"
    assert run(["outlook", trial.outcome.folder]) == 0
    text = capsys.readouterr().out
    assert "60 % (± 3 points)" in text and "mark E" in text and "not before the end" in text
    page = build_report(view_of(trial), lambda data: {}, solve=solve).files["report.html"].decode()
    assert "Corrected by what was measured" in page and "60 % (± 3 points)" in page


def test_what_no_constants_explain_is_said(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    trial = desk.run(ring_closure(), answers=[("analysis.conversion", "8 %")])
    assert run(["outlook", trial.outcome.folder]) == 0
    text = capsys.readouterr().out
    assert "S1 (8 %), so nothing is corrected" in text and "doubt the figure" in text


def test_a_run_without_a_reaction_has_no_outlook(desk: Any) -> None:
    view = view_of(desk.run(settings={"addition_time": "1 min"}))
    with pytest.raises(InputError, match="no reaction with constants"):
        outlook_of(account_of(view))
