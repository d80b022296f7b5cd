"""The display on a terminal: what it shows, and that it makes room for a question."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from ruggli.app.planning import Ask, prepare
from ruggli.app.status import Status
from ruggli.cli.live import LiveProgress, live_progress
from ruggli.cli.output import is_terminal
from ruggli.cli.progress import PlainProgress, progress_on
from ruggli.plan.model import Plan
from ruggli.quantities.base import Millilitres, Seconds

START = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def status(**changed: object) -> Status:
    values: dict[str, object] = {
        "state": "running",
        "step_number": 3,
        "steps": 4,
        "step_title": "add substrate_solution to flask",
        "phase": "dose",
        "doses": (("substrate_solution", Millilitres(6.42), Millilitres(6.43), Millilitres(20.0)),),
        "temperatures": {"plate": (25.04, 41.0, 400.0)},
        "elapsed": Seconds(3600.0),
        "remaining": Seconds(4800.0),
        "wall": START,
        "eta": START + timedelta(seconds=4800),
        "questions": (),
        "alarms": 0,
    }
    return Status(**{**values, **changed})  # type: ignore[arg-type]


def plan() -> Plan:
    ready = prepare(Ask("slow-addition")).ready
    assert ready is not None
    return ready.plan


def shown(stream: io.StringIO, **changed: object) -> list[str]:
    with live_progress(stream, plan(), virtual=False) as progress:
        assert isinstance(progress, LiveProgress)
        return progress.lines(status(**changed))


def test_everything_that_matters_is_shown() -> None:
    text = "\n".join(shown(Terminal()))
    assert "running: step 3 of 4, add substrate_solution to flask" in text
    assert "substrate_solution: 6.42 to 6.43 of 20.00 mL" in text
    assert "plate: probe 25.0 degC, plate 41.0 degC, 400 rpm" in text
    local = (START + timedelta(seconds=4800)).astimezone()
    assert f"run ends about {local:%a %H:%M} (01:20:00 to go)" in text


def test_no_probe_is_no_number() -> None:
    assert "  plate: 0 rpm" in shown(Terminal(), temperatures={"plate": (None, None, 0.0)})


def test_the_next_prompt_has_a_time() -> None:
    whole = plan()
    charge = whole.prompts[0]
    rows = shown(Terminal(), step_number=0, remaining=Seconds(whole.duration), wall=START)
    when = (START + timedelta(seconds=charge.when)).astimezone()
    assert rows[-1] == f"  next prompt: {charge.id} about {when:%a %H:%M}"


def test_a_standing_question_leaves_room_to_type() -> None:
    stream = Terminal()
    with live_progress(stream, plan(), virtual=False) as progress:
        progress.watch(status())
        before = len(stream.getvalue())
        progress.watch(status(questions=("charge",), state="held"))
        progress.say("? charge: fill the flask")
        said = len(stream.getvalue())
        for _ in range(3):
            progress.watch(status(questions=("charge",), state="held"))
        assert before < said == len(stream.getvalue())
        progress.watch(status())
        after = stream.getvalue()[said:]
    assert "? charge: fill the flask" in stream.getvalue()
    assert "running: step 3" in after and "\x1b[1A" not in after.split("running: step 3")[0]


def test_what_has_ended_has_no_end_to_come() -> None:
    text = "\n".join(shown(Terminal(), state="complete"))
    assert "ends about" not in text and "next prompt" not in text


def test_lines_with_brackets_are_not_markup() -> None:
    stream = Terminal()
    with live_progress(stream, None, virtual=False) as progress:
        progress.say("? charge [done/stop] :warning: [bold]")
    assert "[done/stop] :warning: [bold]" in stream.getvalue()


def test_a_file_gets_plain_lines() -> None:
    stream = io.StringIO()
    with progress_on(stream, plan(), virtual=True) as progress:
        assert isinstance(progress, PlainProgress)
        for _ in range(3):
            progress.watch(status())
        progress.watch(status(state="holding", alarms=1))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "01:00:00  step 3 of 4: add substrate_solution to flask"
    assert lines[1] == "01:00:00  holding (substrate_solution 6.42 to 6.43 of 20.00 mL)"
    assert lines[2] == "01:00:00  alarm 1" and len(lines) == 3


def test_a_dumb_terminal_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert is_terminal(Terminal()) and not is_terminal(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not is_terminal(Terminal())
