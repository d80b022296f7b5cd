"""The tree of a low yield: whole, without cycles, every way tried; its answers file; its changes fit a protocol."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import TypeAdapter

from ruggli.app.builtin import find_protocol
from ruggli.app.diagnosing import Diagnosis
from ruggli.chemistry.diagnosis.file import diagnosis_schema, read_diagnosis_answers
from ruggli.chemistry.diagnosis.low_yield import LOW_YIELD
from ruggli.chemistry.diagnosis.tree import LAST_LINE, Basis, Leaf, Question, sources_text
from ruggli.chemistry.diagnosis.walk import Given, walk
from ruggli.documents.problem import ProblemsError
from ruggli.protocol.model import AnyStep, Atmosphere, Chemistry, Model, Reagent, RingClosure

QUESTIONS, LEAVES = LOW_YIELD.questions, LOW_YIELD.leaves
STEPS: dict[str, tuple[str, str]] = {
    "charge": ("rcm-high-dilution", "charge"),
    "dose": ("rcm-high-dilution", "addition"),
    "heat": ("rcm-high-dilution", "heat"),
    "hold": ("rcm-high-dilution", "completion"),
    "sparge": ("rcm-high-dilution", "degas"),
    "portions": ("reductive-amination", "hydride"),
    "extract": ("reductive-amination", "extract"),
}
"""Steps of shipped protocols into which the changes go, by the kind of step."""


def ways(here: str = LOW_YIELD.start, before: tuple[tuple[str, str], ...] = ()) -> Iterator[tuple[dict[str, str], str]]:
    """Every way through the tree: the answers, and the leaf."""
    if here in LEAVES:
        yield dict(before), here
        return
    assert here not in dict(before), f"{here} leads back to itself"
    for choice in QUESTIONS[here].choices:
        yield from ways(choice.to, (*before, (here, choice.word)))


WAYS = list(ways())


def test_the_tree_is_whole() -> None:
    targets = [choice.to for question in QUESTIONS.values() for choice in question.choices]
    assert set(targets) == (set(QUESTIONS) | set(LEAVES)) - {LOW_YIELD.start}
    assert {leaf for _, leaf in WAYS} == set(LEAVES)
    assert {key for answers, _ in WAYS for key in answers} == set(QUESTIONS)
    assert (len(QUESTIONS), len(LEAVES), len(WAYS)) == (21, 21, 23)
    assert all(key == part.id for table in (QUESTIONS, LEAVES) for key, part in table.items())


def test_every_question_has_all_its_answers() -> None:
    for question in QUESTIONS.values():
        wanted = tuple(part.value for part in RingClosure) if question.id == "root" else ("yes", "no")
        assert question.words == wanted
        assert question.text.endswith("?") and question.why and question.sources


@pytest.mark.parametrize("part", [*QUESTIONS.values(), *LEAVES.values()], ids=lambda part: part.id)
def test_sources_stand_in_the_document(part: Question | Leaf) -> None:
    assert all(1 <= lines.first <= lines.last <= LAST_LINE == 182 for lines in part.sources)
    assert bool(part.sources) is (part.basis is not Basis.ADDED)
    assert sources_text(part.sources, part.basis)


def test_what_is_implied_and_what_was_added_is_marked() -> None:
    parts: list[Question | Leaf] = [*QUESTIONS.values(), *LEAVES.values()]
    assert {part.id for part in parts if part.basis is Basis.IMPLIED} == {
        "R8", "A5", "rec_degas_load", "rec_acid_and_hydride",
    }  # fmt: skip
    assert {part.id for part in parts if part.basis is Basis.ADDED} == {
        "rec_model", "rec_more_time_or_catalyst", "rec_workup", "rec_analyse",
    }  # fmt: skip
    assert sources_text((), Basis.ADDED).startswith("added") and "implied" in sources_text((), Basis.IMPLIED)


@pytest.mark.parametrize(("answers", "leaf"), WAYS, ids=["-".join(answers) for answers, _ in WAYS])
def test_every_way_is_walked(answers: dict[str, str], leaf: str) -> None:
    given = {key: Given(word, "file") for key, word in answers.items()}
    way = walk(LOW_YIELD, given)
    assert way.at == LEAVES[leaf]
    assert {step.question.id: step.given.word for step in way.passed} == answers
    for count, missing in enumerate(answers):
        short = walk(LOW_YIELD, {key: value for key, value in given.items() if key != missing})
        assert short.at == QUESTIONS[missing] and len(short.passed) == count


@pytest.mark.parametrize(
    ("answers", "leaf"),
    [
        ("root=metathesis R1=yes R2=yes", "rec_dilute"),
        ("root=metathesis R1=yes R2=no R3=yes", "rec_slow_add"),
        ("root=metathesis R1=no R4=yes R5=no", "rec_BQ_then_catalyst"),
        ("root=metathesis R1=no R4=no R6=yes R7=no R8=no", "rec_degas_load"),
        ("root=reductive-amination A1=yes A2=no A2b=yes", "rec_mono_protect"),
        ("root=reductive-amination A1=no A3=no A4=no A5=yes", "rec_acid_and_hydride"),
        ("root=amide C1=yes C2=yes", "rec_HOBt_Oxyma"),
        ("root=amide C1=no C3=no C4=no C5=no C6=yes", "rec_dilute"),
    ],
)
def test_ways_that_were_read_in_the_document(answers: str, leaf: str) -> None:
    given = {key: Given(word, "file") for key, _, word in (part.partition("=") for part in answers.split())}
    assert walk(LOW_YIELD, given).at == LEAVES[leaf]


def test_an_answer_of_another_question_is_an_error() -> None:
    with pytest.raises(KeyError, match="root has no answer 'yes'"):
        walk(LOW_YIELD, {"root": Given("yes", "file")})


def test_disputed_advice_carries_its_caution() -> None:
    for leaf, words in (
        ("rec_BQ_then_catalyst", "Nelson and Percy"),
        ("rec_lower_T", "110.6 degC"),
        ("rec_pH_reagent", "hydrogen cyanide"),
        ("rec_acid_and_hydride", "Abdel-Magid"),
        ("rec_more_time_or_catalyst", "L137"),
        ("rec_preactivate", "PyBOP"),
        ("rec_analyse", "eight-membered"),
    ):
        assert words in LEAVES[leaf].caution


# ---- changes ----


def plain(name: str) -> Any:
    """A shipped protocol as texts, with the defaults of its parameters in place."""
    text = find_protocol(name)[1].decode()
    for key, parameter in yaml.load(text, yaml.BaseLoader)["parameters"].items():
        text = text.replace(f"${key}", parameter["default"])
    return yaml.load(text, yaml.BaseLoader)


def fits(part: str, keys: dict[str, Any]) -> None:
    """A change put where it belongs is read by the models of the protocol file."""
    if part in STEPS:
        name, step_id = STEPS[part]
        step = next(step for step in plain(name)["steps"] if step["id"] == step_id)
        TypeAdapter(AnyStep).validate_python({**step, **keys})
    elif part == "reagents":
        for reagent in keys.values():
            Reagent.model_validate(reagent)
    elif part == "reagent":
        Reagent.model_validate({"name": "x", "role": "catalyst", **keys})
    else:
        assert part == "file"
        for key, value in keys.items():
            model: type[Model] = {"chemistry": Chemistry}.get(key, Atmosphere)
            model.model_validate(value)


CHANGES = [(leaf.id, change) for leaf in LEAVES.values() for change in leaf.changes]


@pytest.mark.parametrize(("leaf", "change"), CHANGES, ids=[f"{leaf}-{change.part}" for leaf, change in CHANGES])
def test_changes_are_keys_of_a_protocol(leaf: str, change: Any) -> None:
    keys = yaml.load(change.snippet, yaml.BaseLoader)
    assert isinstance(keys, dict) and keys and change.where.startswith(("in ", "under "))
    if change.part in STEPS:
        assert f"`{change.part}` step" in change.where
    fits(change.part, keys)


def test_a_change_with_an_unknown_key_would_be_seen() -> None:
    with pytest.raises(ValueError, match="durations"):
        fits("dose", {"durations": "8 h"})
    with pytest.raises(ValueError, match="mole_percent"):
        fits("reagent", {"mole_percent": "5 %%"})


# ---- the answers file ----


def test_answers_are_read() -> None:
    text = b"ruggli: 1\nanswers:\n  root: metathesis\n  R1: yes\n"
    assert read_diagnosis_answers(text, "a.yaml", LOW_YIELD) == {"root": "metathesis", "R1": "yes"}


@pytest.mark.parametrize(
    ("text", "place", "code", "words"),
    [
        ("ruggli: 1\nanswers:\n  rot: amide\n", (3, 3), "E-REF", "did you mean `root`"),
        ("ruggli: 1\nanswers:\n  root: amid\n", (3, 9), "E-REF", "did you mean `amide`"),
        ("ruggli: 1\nanswers:\n  root: amide\n  C1: maybe\n", (4, 7), "E-REF", "use one of these"),
        ("ruggli: 1\nanswers:\n  R1: Yes\n", (3, 7), "E-REF", "did you mean `yes`"),
        ("ruggli: 1\nanswers:\n  R1: yes\n  R1: no\n", (4, 3), "E-DUPKEY", "keep one"),
        ("ruggli: 1\nanswers: [R1]\n", (2, 10), "E-TYPE", "key: value"),
        ("ruggli: 1\nanswer:\n  R1: yes\n", (2, 1), "E-UNKNOWN-KEY", "did you mean `answers`"),
        ("ruggli: 1\n", (1, 1), "E-MISSING", "answers"),
        ("answers:\n  R1: yes\n", (1, 1), "E-VERSION", "ruggli: 1"),
    ],
)
def test_a_wrong_file_is_refused_at_its_place(text: str, place: tuple[int, int], code: str, words: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        read_diagnosis_answers(text.encode(), "a.yaml", LOW_YIELD)
    problem = caught.value.problems[0]
    assert (problem.file, (problem.line, problem.column), problem.code) == ("a.yaml", place, code)
    assert words in f"{problem.message} {problem.remedy}"


def test_the_schema_knows_questions_and_answers() -> None:
    schema = diagnosis_schema(LOW_YIELD)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({"ruggli": 1, "answers": {"root": "amide", "C1": "no"}}, schema)
    for wrong in ({"rot": "amide"}, {"C1": "maybe"}, {"root": "yes"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"ruggli": 1, "answers": wrong}, schema)


# ---- going back ----


def test_back_asks_again_what_a_file_answered() -> None:
    diagnosis = Diagnosis(LOW_YIELD, filed={"root": "metathesis", "R1": "yes"})
    assert diagnosis.way.at == QUESTIONS["R2"]
    diagnosis = diagnosis.back()
    assert diagnosis.way.at == QUESTIONS["R1"]
    diagnosis = diagnosis.answer("R1", "no")
    assert diagnosis.way.at == QUESTIONS["R4"] and diagnosis.unused == ()
    diagnosis = diagnosis.back().back()
    assert diagnosis.way.at == QUESTIONS["root"] and diagnosis.back() == diagnosis
    assert diagnosis.answer("root", "amide").unused == ("R1",)
