"""The notify file: what it says, what is refused, and that nothing of an address is ever shown."""

from typing import Any

import jsonschema
import pytest
import yaml

from ruggli.app.notify_check import notify_problems
from ruggli.app.notify_file import Event, notify_schema, read_notify
from ruggli.documents.problem import ProblemsError

SECRET = "Xq7-secret_Token9"
GOOD = f"""ruggli: 1
channels:
  - {{name: mail, url: "mailtos://me:{SECRET}@example.org"}}
  - {{name: phone, url: "pover://user@{SECRET}"}}
events: [hold, alarm, end]
repeat: {{hold: 2 min, prompt: 30 min, at_most: 5}}
"""


def test_a_whole_file() -> None:
    found = read_notify(GOOD.encode(), "notify.yaml")
    assert [channel.name for channel in found.channels] == ["mail", "phone"]
    assert found.channels[1].url.get_secret_value() == f"pover://user@{SECRET}"
    assert found.events == (Event.HOLD, Event.ALARM, Event.END)
    assert (found.interval(Event.HOLD), found.interval(Event.PROMPT), found.repeat.at_most) == (120.0, 1800.0, 5)


def test_the_defaults() -> None:
    found = read_notify(b"ruggli: 1\nchannels: [{name: a, url: 'json://localhost'}]\n", "n")
    assert found.events == tuple(Event)
    assert (found.interval(Event.HOLD), found.interval(Event.PROMPT), found.repeat.at_most) == (60.0, 600.0, 30)


def test_neither_the_model_nor_the_record_shows_an_address() -> None:
    found = read_notify(GOOD.encode(), "notify.yaml")
    assert SECRET not in repr(found) + str(found) + found.model_dump_json() + str(found.told())


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (f"ruggli: 1\nchannels: [{{name: a, url: {SECRET}}}]\n", "E-VALUE", (2, 27)),
        (f"ruggli: 1\nchannels: [{{name: a, {SECRET}: x, url: 'json://h'}}]\n", "E-UNKNOWN-KEY", (2, 22)),
        (f"ruggli: 1\nchannels: [{{name: '{SECRET}/', url: 'json://h'}}]\n", "E-VALUE", (2, 37)),
        (f"ruggli: 1\nchannels: [{{name: a, url: *{SECRET}}}]\n", "E-ALIAS", (2, 27)),
        (f"ruggli: 1\nchannels: [{{name: a, url: !{SECRET} x}}]\n", "E-TAG", (2, 27)),
        (f"ruggli: 1\nchannels: [{{name: a, url: 'json://h'}}]\nevents: [{SECRET}]\n", "E-VALUE", (3, 10)),
        (f"ruggli: 1\nchannels: [{{name: a, url: 'json://h'}}]\nrepeat: {{hold: {SECRET}}}\n", "E-NUMBER", (3, 16)),
        (f"ruggli: 1\nchannels: [{{name: a, url: 'json://h'}}]\nrepeat: {{hold: 5 {SECRET}}}\n", "E-UNIT", (3, 18)),
        (f"ruggli: 1\nchannels: [{{name: a, url: 'json://h'}}]\nrepeat: {{at_most: {SECRET}}}\n", "E-RANGE", (3, 19)),
        (f"ruggli: {SECRET}\nchannels: []\n", "E-VERSION", (1, 9)),
        (f"ruggli: 1\nchannels: []\n{SECRET}: 1\n{SECRET}: 2\n", "E-DUPKEY", (4, 1)),
        (f"{SECRET}\n", "E-TYPE", (1, 1)),
        (
            f"ruggli: 1\nchannels: [{{name: a, url: 'json://h'}}, {{name: a, url: 'x://{SECRET}'}}]\n",
            "E-DUPID",
            (2, 47),
        ),
        (f"ruggli: 1\nchannels: {SECRET}\n", "E-TYPE", (2, 11)),
        ("ruggli: 1\nchannels: []\n", "E-COUNT", (2, 11)),
        ("ruggli: 1\n", "E-MISSING", (1, 1)),
        ("ruggli: 1\nchannels: [{name: a, url: 'json://h'}]\nrepeat: {hold: 1 s}\n", "E-RANGE", (3, 16)),
    ],
)
def test_what_is_wrong_is_told_at_its_place_and_without_the_secret(
    text: str, code: str, place: tuple[int, int]
) -> None:
    with pytest.raises(ProblemsError) as caught:
        read_notify(text.encode(), "notify.yaml")
    told = [(problem.code, (problem.line, problem.column)) for problem in caught.value.problems]
    assert (code, place) in told
    assert SECRET.lower() not in (str(caught.value) + str(caught.value.problems)).lower()


def test_a_typing_error_is_still_shown() -> None:
    with pytest.raises(ProblemsError) as caught:
        read_notify(b"ruggli: 1\nchanels: []\n", "n")
    assert "`chanels`" in str(caught.value) and "did you mean `channels`" in str(caught.value)


def test_the_schema_accepts_the_file_and_underlines_what_is_wrong() -> None:
    jsonschema.Draft202012Validator.check_schema(notify_schema())
    validator = jsonschema.Draft202012Validator(notify_schema())
    data: dict[str, Any] = yaml.safe_load(GOOD)
    validator.validate(data)
    for wrong in ({**data, "channels": []}, {**data, "event": ["end"]}, {"ruggli": 1}, {**data, "events": ["ende"]}):
        assert not validator.is_valid(wrong)


def test_an_unattended_run_on_a_real_bench_wants_two_channels() -> None:
    two = read_notify(GOOD.encode(), "n")
    one = read_notify(b"ruggli: 1\nchannels: [{name: a, url: 'json://localhost'}]\n", "n")
    cases = [(None, True, False), (one, True, False), (two, True, False), (None, False, False), (None, True, True)]
    codes = [
        [problem.code for problem in notify_problems(notify, unattended=unattended, simulated=simulated)]
        for notify, unattended, simulated in cases
    ]
    assert codes == [["W-NOTIFY"], ["N-NOTIFY"], [], [], []]


def test_without_apprise_the_remedy_is_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ruggli.app.notify_check.find_spec", lambda name: None)
    (problem,) = notify_problems(read_notify(GOOD.encode(), "n"), unattended=False, simulated=True)
    assert (problem.code, problem.remedy) == ("E-NOTIFY", 'pip install "ruggli[notify]"')
