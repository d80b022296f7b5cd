"""Analyses in a protocol file: typed results, decision tables without gaps, and what a sample takes out."""

from typing import Any

import pytest

from ruggli.app.builtin import find_rig
from ruggli.app.drivers import cards
from ruggli.documents.problem import ProblemsError
from ruggli.errors import InputError
from ruggli.plan.jsonable import plan_as_json
from ruggli.plan.make import make_plan
from ruggli.plan.model import MonitorWork, Plan
from ruggli.plan.settings import PlanSettings
from ruggli.protocol.decision import judge, rule_for
from ruggli.protocol.loader import read_protocol
from ruggli.protocol.monitor_step import AnswerRule
from ruggli.protocol.results import ResultKind
from ruggli.rig.loader import read_rig

BASE = """\
ruggli: 1
name: sampled
prompts: {timeout: 10 min, on_timeout: hold}
reagents:
  toluene: {name: toluene, role: solvent}
  diene: {name: diene, role: substrate, molar_mass: 400 g/mol, amount: 1 mmol, limiting: true}
vessels:
  flask: {role: reaction}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: toluene, volume: 50 mL}, {what: diene}]}
  - id: look
    do: monitor
    vessel: flask
    method: LC-MS
    question: How much of the diene is left?
    aliquot: 0.5 mL
    results: {conversion: true, area_percent: [diene, dimer]}
    answers:
      - {when: {conversion: at least 95 %}, does: go_on}
      - {when: {conversion: below 50 %}, does: stop}
      - {when: otherwise, does: wait, after: 1 h, at_most: 3}
  - {id: cool, do: cool, vessel: flask, to: 25 degC}
"""


def problems(*edits: tuple[str, str]) -> list[tuple[str, str]]:
    text = BASE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    try:
        read_protocol(text.encode(), "sampled.yaml", {})
    except ProblemsError as error:
        return [(problem.code, problem.message) for problem in error.problems]
    return []


def planned(*edits: tuple[str, str]) -> Plan:
    text = BASE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    name, data = find_rig("bench")
    return make_plan(
        read_protocol(text.encode(), "sampled.yaml", {}),
        read_rig(data, name),
        cards(),
        PlanSettings(False, frozenset()),
    )


def test_the_file_is_sound() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("edit", "code", "words"),
    [
        (("method: LC-MS", "method: TLC"), "E-CONFLICT", "TLC does not tell `area_percent`"),
        (("method: LC-MS", "method: visual"), "E-CONFLICT", "visual does not tell `conversion`"),
        (("area_percent: [diene, dimer]", "rf: [diene]"), "E-CONFLICT", "LC-MS does not tell `rf`"),
        (("[diene, dimer]", "[dine]"), "E-REF", "dine, which is no reagent and no product"),
        (("[diene, dimer]", "[diene, diene]"), "E-CONFLICT", "twice"),
        (("conversion: true, area_percent: [diene, dimer]", "conversion: false"), "E-MISSING", "ask for nothing"),
        (("conversion: true,", "uncertainty: 3 %,"), "E-CONFLICT", "the uncertainty is that of the conversion"),
        (("    aliquot", "    value: percent\n    aliquot"), "E-CONFLICT", "`results` and `value`"),
        (("{when: otherwise,", "{answer: none,"), "E-CONFLICT", "the answer `none` is never given"),
        (("{when: otherwise,", "{"), "E-MISSING", "does not say to what it applies"),
        (("{when: otherwise,", "{when: {},"), "E-MISSING", "empty `when`"),
        (("{conversion: below 50 %}", "{area_percent: {ring: below 5 %}}"), "E-REF", "looks at area_percent ring"),
        (("below 50 %", "less than 50 %"), "E-VALUE", "no bound"),
        (("below 50 %", "below 50"), "E-UNIT", "unit is missing"),
        (("below 50 %", "below 101 %"), "E-RANGE", "at most 100 %"),
        (("on_timeout: hold", "on_timeout: continue"), "E-CONFLICT", "goes on without them"),
        (("aliquot: 0.5 mL", "aliquot: 0.5 g"), "E-DIMENSION", "volume"),
        (("after: 1 h, ", ""), "E-MISSING", "`otherwise` waits"),
    ],
)
def test_what_makes_no_sense_is_refused(edit: tuple[str, str], code: str, words: str) -> None:
    found = problems(edit)
    assert any(of == code and words in message for of, message in found), found


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("{when: otherwise,", "{when: {conversion: at least 60 %},"), "conversion from 50 % to below 60 %"),
        (("{when: otherwise,", "{when: {conversion: above 50 %},"), "at conversion 50 %"),
        (("{when: otherwise,", "{when: {conversion: at most 90 %},"), "conversion above 90 % to below 95 %"),
        (("{conversion: at least 95 %}", "{conversion: at least 95 %, area_percent: {dimer: below 5 %}}"), ""),
        (
            ("{when: otherwise,", "{when: {conversion: at least 50 %, area_percent: {dimer: below 5 %}},"),
            "conversion 50 %, area_percent dimer from 5 % to 100 %",
        ),
    ],
)
def test_a_gap_is_named(edit: tuple[str, str], words: str) -> None:
    found = problems(edit)
    assert (found == []) if not words else any(words in message for _, message in found), found


def test_a_row_that_never_decides_is_refused() -> None:
    found = problems(("{conversion: below 50 %}", "{conversion: at least 96 %}"))
    assert [(code, "never decides" in message) for code, message in found] == [("E-CONFLICT", True)]
    found = problems(("{conversion: below 50 %}", "{conversion: below 95 %}"))
    assert any("the row `otherwise` never decides" in message for _, message in found)


def test_figures_need_results() -> None:
    found = problems(("    results: {conversion: true, area_percent: [diene, dimer]}\n", ""))
    assert [code for code, _ in found] == ["E-CONFLICT"] * 3


WORDS = (
    ("    results: {conversion: true, area_percent: [diene, dimer]}\n", ""),
    ("when: {conversion: at least 95 %}", "answer: complete"),
    ("when: {conversion: below 50 %}", "answer: dead"),
    ("when: otherwise", "answer: incomplete"),
)


def test_nobody_takes_a_sample_by_saying_nothing() -> None:
    assert problems(*WORDS) == []
    silent = ("on_timeout: hold", "on_timeout: continue")
    assert [code for code, message in problems(*WORDS, silent) if "counts it as taken" in message] == ["E-CONFLICT"]
    assert problems(*WORDS, silent, ("    aliquot: 0.5 mL\n", "")) == []


def test_the_plan_of_an_analysis_without_figures_reads_as_it_always_did() -> None:
    """A run that another version began is taken up only where the plan is the same."""
    aliquot = ("    aliquot: 0.5 mL\n", "")
    for edits, keys in (((*WORDS, aliquot), set()), ((), {"when"})):
        work = next(step["work"] for step in steps_of(planned(*edits)) if step["id"] == "look")
        assert [set(rule) & {"when"} for rule in work["rules"]] == [keys] * 3


def steps_of(plan: Plan) -> Any:
    return plan_as_json(plan)["steps"]


def rules(*rows: dict[str, object]) -> tuple[AnswerRule, ...]:
    return tuple(AnswerRule.model_validate(row) for row in rows)


CONVERSION = (ResultKind.CONVERSION, "")


def test_the_first_row_that_applies_decides() -> None:
    table = rules(
        {"when": {"conversion": "at least 95 %"}, "does": "go_on"},
        {"when": {"conversion": "below 50 %"}, "does": "stop"},
        {"when": "otherwise", "does": "stop"},
    )
    for value, number in ((0.95, 0), (1.0, 0), (0.9499, 2), (0.5, 2), (0.4999, 1), (0.0, 1)):
        assert rule_for(table, {CONVERSION: value}) is table[number]
    assert judge(table).happy == {CONVERSION: 0.95}


def test_a_huge_table_is_not_looked_through() -> None:
    rows: list[dict[str, object]] = [
        {"when": {"area_percent": {name: f"below {bound} %"}}, "does": "go_on"}
        for name in ("a", "b", "c", "d")
        for bound in range(1, 12)
    ]
    assert judge(rules(*rows)).cells > 20_000 and judge(rules(*rows)).gap == ""


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (ResultKind.CONVERSION, "95 %", 0.95),
        (ResultKind.CONVERSION, "0 %", 0.0),
        (ResultKind.CONVERSION, "95", None),
        (ResultKind.CONVERSION, "101 %", None),
        (ResultKind.CONVERSION, "-1 %", None),
        (ResultKind.CONVERSION, "95,5 %", None),
        (ResultKind.AREA_PERCENT, "12.5 %", 0.125),
        (ResultKind.AREA_PERCENT, "0.5", None),
        (ResultKind.RF, "0.35", 0.35),
        (ResultKind.RF, "1", 1.0),
        (ResultKind.RF, "35 %", None),
        (ResultKind.RF, "1.2", None),
        (ResultKind.RF, "0,35", None),
    ],
)
def test_results_are_read_strictly(kind: ResultKind, text: str, value: float | None) -> None:
    if value is None:
        with pytest.raises(InputError, match="write "):
            kind.read(text)
    else:
        assert kind.read(text) == pytest.approx(value, abs=1e-12)


def test_a_sample_is_taken_out_of_the_volume_book() -> None:
    before, row = planned().volumes[-2:]
    assert (row.step, float(row.change)) == ("look", -0.5)
    assert row.after == pytest.approx(before.after - 0.5)


def test_all_samples_have_to_be_in_the_vessel() -> None:
    assert planned(("0.5 mL", "12.5 mL")).blocking(frozenset()) == ()
    (problem,) = planned(("0.5 mL", "12.6 mL")).blocking(frozenset())
    assert problem.code == "E-CAPACITY" and "4 times 12.6 mL" in (problem.value or "")


def test_questions_in_order_with_an_answer_that_leads_on() -> None:
    work = next(step.work for step in planned().steps if step.id == "look")
    assert isinstance(work, MonitorWork) and work.askings == 4
    assert [prompt.id for prompt in work.questions(1)] == [
        "look.2.sample",
        "look.2.conversion",
        "look.2.area_percent.diene",
        "look.2.area_percent.dimer",
    ]
    assert [prompt.happy for prompt in work.questions(0)] == ["done", "95 %", "50 %", "50 %"]
