"""Messages are made from records: what each says, and which records say nothing to a person who is away."""

from typing import Any

import pytest

from ruggli.app.messages import Message, Scene, Weight, again, last_will, tell, together
from ruggli.app.notify_file import Event

OPEN = {"run": "2026-11-23-180000", "protocol": {"name": "ring closing"}, "rig": {"name": "hood 3"}}
BEGIN = {"step": "add", "number": 5, "do": "dose", "title": "add substrate", "what": "begin"}
STALL = {
    "code": "A-STALL",
    "device": "pump_a",
    "text": "the motor has stalled",
    "value": "stalled",
    "bound": "running",
    "action": "hold",
    "step": "add",
}
HELD = {
    "id": "hold.1",
    "text": "Held in step 5 (add substrate): pump_a: the motor has stalled. Flows are 0, heat stays on",
    "choices": ["resume", "stop", "abort"],
    "timeout_s": 7200.0,
    "on_timeout": "stop",
}
END = {
    "verdict": "held",
    "cause": "pump_a: the motor has stalled",
    "doses": [{"step": "add", "solution": "substrate", "delivered_mL": [3.1, 3.2], "planned_mL": 20.0}],
    "still_on": ["plate"],
}


def told(*records: tuple[str, dict[str, Any]]) -> tuple[Scene, list[Message]]:
    scene = Scene()
    messages: list[Message] = []
    before: list[tuple[str, dict[str, Any]]] = [("open", OPEN), ("step", BEGIN)]
    for kind, data in [*before, *records]:
        scene, message = tell(scene, kind, data)
        messages += [message] if message else []
    return scene, messages


def test_an_alarm_says_run_step_what_value_bound_what_was_done_and_what_is_asked() -> None:
    _, (message,) = told(("alarm", STALL))
    assert (message.event, message.weight) == (Event.ALARM, Weight.FAILURE)
    assert message.title == "Ruggli ALARM: ring closing on hood 3, step 5: pump_a: the motor has stalled"
    assert message.body.splitlines() == [
        "Run: 2026-11-23-180000 (ring closing on hood 3)",
        "Step: 5 (add substrate)",
        "What: pump_a: the motor has stalled (A-STALL)",
        "Value: stalled",
        "Bound: running",
        "Done: all flows are stopped and the run is held",
        "Asked: nothing yet; a question follows",
    ]


def test_a_lost_link_is_an_event_of_its_own() -> None:
    _, (message,) = told(("alarm", {**STALL, "code": "A-LINK"}))
    assert message.event is Event.LINK and "LINK LOST" in message.title


def test_a_hold_asks_and_stands_until_it_is_answered() -> None:
    scene, (message,) = told(("prompt", HELD))
    assert (message.event, message.question) == (Event.HOLD, "hold.1")
    assert "Flows are 0, heat stays on" in message.body
    assert (
        "answer hold.1 with resume, stop, abort at the terminal of the run; unanswered after 2 h: stop" in message.body
    )
    assert list(scene.questions) == ["hold.1"]


@pytest.mark.parametrize("kind", ["answer", "withdrawn", "timeout"])
def test_an_answer_withdrawal_or_timeout_ends_the_question(kind: str) -> None:
    scene, messages = told(("prompt", HELD), (kind, {"id": "hold.1", "then": "stop"}))
    assert scene.questions == {}
    assert len(messages) == (2 if kind == "timeout" else 1)


def test_the_end_says_what_was_delivered_what_is_on_and_what_to_do() -> None:
    scene, messages = told(("prompt", HELD), ("end", END))
    body = messages[-1].body
    assert "Delivered: add, substrate: 3.1 to 3.2 of 20 mL" in body
    assert "Still on: plate" in body and "ruggli resume 2026-11-23-180000" in body
    assert (messages[-1].weight, scene.questions) == (Weight.FAILURE, {})
    _, (good,) = told(("end", {"verdict": "complete", "cause": "all steps are done", "doses": []}))
    assert good.weight is Weight.SUCCESS and "Still on: nothing" in good.body


@pytest.mark.parametrize("kind", ["sample", "order", "phase", "notified", "not_notified", "seal", "session", "note"])
def test_other_records_say_nothing(kind: str) -> None:
    assert told((kind, {"what": "x"}))[1] == []


def test_one_fault_with_many_signs_is_one_message() -> None:
    _, alarms = told(("alarm", {**STALL, "code": "A-LINK"}), ("alarm", {**STALL, "code": "A-LINK", "device": "pump_b"}))
    one = together(tuple(alarms))
    assert one.title.endswith("pump_a: the motor has stalled (and 1 more)")
    assert "pump_a" in one.body and "pump_b" in one.body
    assert together((alarms[0],)) is alarms[0]


def test_a_repeated_question_says_so() -> None:
    _, (message,) = told(("prompt", HELD))
    assert again(message, 2, 30).title.endswith("(told again, 2 of 30)")


def test_the_last_will_names_run_and_step_and_claims_nothing_that_is_not_known() -> None:
    scene, _ = told()
    will = last_will(scene)
    assert will.event is Event.CRASH and "step 5" in will.title
    assert "nothing that is known here" in will.body and "ruggli resume 2026-11-23-180000" in will.body


GUARDIAN = {"device": "pump_a", "what": "flow stopped", "proof": "", "error": "no reply", "counter_mL": None}
LOST = {
    **STALL,
    "code": "A-GUARDIAN",
    "device": "guardian",
    "text": "the guardian's process has ended",
    "action": "none",
}


def test_a_crash_under_a_guardian_says_who_may_act_and_never_that_it_did() -> None:
    scene, _ = told(("lease", {"number": 3}))
    body = last_will(scene).body
    assert "or hung and was ended by its guardian" in body
    assert "nothing that is known here; a guardian was to stop every device that it can reach" in body
    assert "guardian.jsonl" in body and "stops by itself" in body
    assert "has stopped" not in body and "are stopped" not in body


def test_a_crash_without_a_guardian_does_not_name_one() -> None:
    for records in ((), (("alarm", LOST),), (("lease", {"number": 3}), ("session", {"number": 2}))):
        assert "guardian" not in last_will(told(*records)[0]).body.lower()


def test_a_guardian_that_was_lost_is_not_counted_upon() -> None:
    scene, (message,) = told(("lease", {"number": 3}), ("alarm", LOST))
    assert "guardian" in message.title
    body = last_will(scene).body
    assert "the guardian was lost before" in body and "was to stop" not in body
    again_watched, _ = told(("lease", {}), ("alarm", LOST), ("session", {"number": 2}), ("lease", {}))
    assert "was to stop" in last_will(again_watched).body


def test_what_a_guardian_could_not_prove_is_told_and_what_it_proved_is_not() -> None:
    proved = {**GUARDIAN, "error": "", "proof": "standing, read back"}
    _, messages = told(("guardian", proved), ("guardian", GUARDIAN))
    (message,) = messages
    assert (message.event, message.weight) == (Event.ALARM, Weight.FAILURE)
    assert "pump_a" in message.title and "no reply" in message.body and "go to the bench" in message.body
    _, (damaged,) = told(("guardian", {"device": "controller", "what": "seen", "error": "this line is damaged"}))
    assert "this line is damaged" in damaged.body


def test_a_title_fits_a_telephone() -> None:
    _, (message,) = told(("alarm", {**STALL, "text": "x" * 500}))
    assert len(message.title) == 120
