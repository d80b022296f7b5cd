"""The page: what a person sees, for runs that ended in every way."""

import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from ruggli.engine.result import Verdict
from ruggli.errors import RuggliError
from ruggli.report.account import COMPLETE, INTERRUPTED
from ruggli.report.make import LOOKS, build_report

Draw = Callable[[dict[str, Any]], dict[str, str]]


class Words(HTMLParser):
    """The visible text, and every tag that was not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.faults: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag == "style"
        self.text += " " if tag in ("td", "th", "p", "dt", "dd", "h2", "div") else ""
        if tag not in ("meta", "br", "circle", "path", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag == "style"
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data


def page_of(run: Any, draw: Draw) -> str:
    return build_report(run.view, draw).files["report.html"].decode()


def words_of(page: str) -> str:
    words = Words()
    words.feed(page)
    assert words.faults == [] and words.open == []
    return " ".join(words.text.split())


def test_complete_run(complete: Any, no_drawing: Draw) -> None:
    words = words_of(page_of(complete, no_drawing))
    assert "Complete all steps are done" in words
    assert "None: no alarm, no hold" in words
    assert "SIMULATED" in words
    assert "9.990 to 10.000 mL" in words
    assert "36.000 mL/h" not in words and "0.60000 mL/min" in words
    assert complete.view.head in words
    assert "a" * 64 in words and "b" * 64 in words
    assert "no certified safety system" in words
    assert "ruggli journal verify 2026-11-22-200000" in words
    assert "Charges and equivalents" in words and "250 mg" in words and "1 eq" in words


def test_it_needs_no_network_and_no_script(complete: Any, no_drawing: Draw) -> None:
    page = page_of(complete, no_drawing)
    assert "<script" not in page and "@import" not in page and "<link" not in page and "<img" not in page
    assert re.findall(r"(?:src|href)\s*=", page) == []
    assert "http://" not in page and "https://" not in page
    assert "default-src 'none'" in page


def test_held_run_puts_what_happened_first(held: Any, no_drawing: Draw) -> None:
    words = words_of(page_of(held, no_drawing))
    deviations = words[words.index("Deviations") : words.index("What ran")]
    assert words.index("Held pump_a: the motor has stalled") < words.index("What ran")
    assert "SIMULATED" not in words
    assert (
        "alarm A-STALL pump_a: the motor has stalled (value stalled at 5 mL, bound infusing); action: hold"
        in deviations
    )
    assert "held for 1 h, until 01:15:00" in deviations
    assert "delivered 4.990 to 5.000 mL, planned 10.000 mL: −5.005 mL (−50.05 %)" in deviations
    assert "hold.1: 'go' was not taken: answers: resume, stop, abort" in deviations
    assert "hold.1: nobody answered in time; then: hold" in deviations
    assert "plate may run without a stop of its own: watched (by anna)" in deviations
    assert "1 of 3 steps were not carried out: 3 add (not finished)" in deviations


def test_resumed_run(resumed: Any, no_drawing: Draw) -> None:
    words = words_of(page_of(resumed, no_drawing))
    assert "Complete, with deviations" in words
    assert "no controller for 1 h, until 01:15:00" in words
    assert "step 3 add took 1 h 18 min, planned 18 min 20 s" in words
    assert "of which held 1 h" in words


def test_damaged_journal_is_told_up_to_the_damage(complete: Any, no_drawing: Draw) -> None:
    lines = complete.sink.data.splitlines(keepends=True)
    lines[80] = lines[80].replace(b"400.0", b"401.0")
    complete.sink.data = b"".join(lines)
    words = words_of(page_of(complete, no_drawing))
    assert "THE JOURNAL IS DAMAGED. record 81: its hash does not fit" in words
    assert "covers the 80 records before the damage" in words
    assert "Interrupted how the run ended cannot be told: the journal is damaged" in words
    assert "not sealed" in words


def test_torn_journal(complete: Any, no_drawing: Draw) -> None:
    lines = complete.sink.data.splitlines(keepends=True)
    complete.sink.data = b"".join(lines[:80]) + lines[80][:20]
    words = words_of(page_of(complete, no_drawing))
    assert "The record breaks off. The last 20 bytes" in words
    assert "Interrupted" in words


def test_a_run_of_one_record(new_run: Callable[..., Any], no_drawing: Draw) -> None:
    run = new_run()
    run.sink.data = run.sink.data.splitlines(keepends=True)[0]
    words = words_of(page_of(run, no_drawing))
    assert "Interrupted the journal has no end" in words
    assert "Nothing was measured." in words
    assert "0.000 mL" in words


def test_a_run_without_plan_and_doses(new_run: Callable[..., Any], no_drawing: Draw) -> None:
    run = new_run()
    run = type(run)(plan=None)
    run.sink.data = b""
    run.journal = type(run.journal)(run.sink, run.clock, lambda: 0.0)
    run.journal.write("open", {"format": 1})
    run.journal.write("end", {"verdict": "refused", "cause": "pump_a does not answer", "doses": []})
    report = build_report(run.view, no_drawing)
    words = words_of(report.files["report.html"].decode())
    assert "Refused pump_a does not answer" in words
    assert "No dose by pump was planned." in words
    assert report.files["plan.txt"] == b"The journal holds no plan.\n"


def test_an_unknown_volume_is_told_as_one(new_run: Callable[..., Any], no_drawing: Draw) -> None:
    words = words_of(page_of(new_run().prepare().start(10.0).run_dose(400, 900), no_drawing))
    assert "delivered 4.990 to 10.000 mL" not in words
    assert "known only as 4.990 to 10.000 mL of 10.000 mL" in words
    assert "−5.010 to +0.000 mL" in words


def test_portions_by_pump_are_one_dose(portioned: Any, no_drawing: Draw) -> None:
    words = words_of(page_of(portioned, no_drawing))
    assert "add diene_solution pump_a 4.000 mL 3.960 to 4.000 mL" in words


def test_user_text_stays_text(new_run: Callable[..., Any], no_drawing: Draw) -> None:
    evil = '<script>alert("x")</script>'
    run = new_run(protocol={"name": evil, "file": '");} body{display:none', "sha256": "", "text": ""})
    run.write("note", text="</style><img src=x>")
    page = page_of(run, no_drawing)
    assert "<script" not in page and "<img" not in page
    style = page[page.index("<style>") : page.index("</style>")]
    assert "display:none" not in style and "<" not in style.removeprefix("<style>")
    assert evil in words_of(page)


def test_without_figures_the_report_says_so(complete: Any) -> None:
    def fails(data: dict[str, Any]) -> dict[str, str]:
        raise RuggliError("no fonts here")

    words = words_of(page_of(complete, fails))
    assert "The plots could not be drawn: no fonts here" in words


def test_deviating_durations_need_both_bounds(new_run: Callable[..., Any], no_drawing: Draw) -> None:
    def charged_for(seconds: float) -> str:
        run = new_run().step("charge", "begin").at(seconds).step("charge", "end")
        return words_of(page_of(run, no_drawing))

    assert "step 1 charge took" not in charged_for(419.0)
    assert "step 1 charge took 7 min 01 s, planned 5 min: +2 min 01 s (+40 %)" in charged_for(421.0)


def test_every_verdict_has_a_look_of_its_own() -> None:
    assert set(LOOKS) == {verdict.value for verdict in Verdict} | {INTERRUPTED}
    assert Verdict.COMPLETE.value == COMPLETE
    assert len({(look.shape, look.word) for look in LOOKS.values()}) == len(LOOKS)


@pytest.mark.parametrize("module", ["ruggli.report.make", "ruggli.app.reporting"])
def test_matplotlib_stays_out_of_this_process(module: str) -> None:
    code = f"import sys, {module}; sys.exit(any(name.startswith('matplotlib') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_what_the_guardian_did_is_told(complete: Any) -> None:
    told = {"time": "2026-11-24T02:11:05+00:00", "device": "pump_a", "what": "flow stopped"}
    proved = {**told, "proof": "stopped, read back", "error": "", "counter_mL": 1.25}
    failed = {**proved, "device": "plate", "what": "heat off", "proof": "", "error": "no reply", "counter_mL": None}
    files = build_report(complete.view, lambda data: {}, [proved, failed]).files
    for text in (files["report.html"].decode(), files["events.csv"].decode()):
        assert "pump_a: flow stopped: stopped, read back, its counter reads 1.25 mL" in text
        assert "plate: heat off: NOT PROVED: no reply" in text
    assert "guardian" not in build_report(complete.view, lambda data: {}).files["events.csv"].decode()
