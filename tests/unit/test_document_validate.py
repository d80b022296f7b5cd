"""What pydantic finds is named with code, place, value, bound and remedy, in the words of the file."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ruggli.documents.nodes import path_text
from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.documents.reader import read_document
from ruggli.documents.show import render_problems
from ruggli.documents.validate import did_you_mean, problem_at, reading_notes, validate
from ruggli.quantities.dimension import Dimension
from ruggli.quantities.fields import (
    Amount,
    Bool,
    FlowRate,
    Fraction,
    Name,
    RotationalSpeed,
    Temperature,
    Text,
    Volume,
    field,
    whole,
)
from ruggli.quantities.reader import Reading


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Dose(Strict):
    do: Literal["dose"]
    rate: FlowRate
    volume: Volume | None = None
    dead: Annotated[Reading, field(Dimension.VOLUME, ge="0 mL", le="1 mL")] | None = None
    portions: Annotated[int, whole(ge=1, le=200)] = 1


class Heat(Strict):
    do: Literal["heat"]
    to: Temperature
    keep_stirring: Bool = True
    duty: Fraction | None = None

    @model_validator(mode="after")
    def _not_too_hot(self) -> "Heat":
        if self.to.base > 300:
            raise ValueError("no plate gets that hot")
        return self


class Reagent(Strict):
    amount: Amount
    role: Literal["substrate", "catalyst", "solvent"] = "substrate"
    label: Text = "-"


class Setup(Strict):
    steps: Annotated[list[Annotated[Dose | Heat, Field(discriminator="do")]], Field(min_length=1, max_length=5)]
    name: Name = "x"
    reagents: dict[Name, Reagent] = {}
    first: Annotated[Dose | Heat, Field(discriminator="do")] | None = None
    long_name: Volume | None = Field(default=None, alias="long-name")


STEP = "steps:\n  - {do: dose, rate: 5 mL/h}\n"


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsError) as caught:
        validate(read_document(text.encode(), "p.yaml"), Setup)
    return caught.value.problems


# name, text, code, line, column, path, words of message, bound or remedy
CASES = [
    ("Y19-true", "ruggli: 1\ntrue: x\n" + STEP, "E-UNKNOWN-KEY", 2, 1, "true", "keys here: steps, name"),
    ("Y19-number", "ruggli: 1\n1.5: x\n" + STEP, "E-UNKNOWN-KEY", 2, 1, "1.5", "not known"),
    ("Y19-no", "ruggli: 1\nno: x\n" + STEP, "E-UNKNOWN-KEY", 2, 1, "no", "not known"),
    ("Y20-list", "ruggli: 1\nsteps: {a: 1}\n", "E-TYPE", 2, 8, "steps", "a map stands where a list"),
    ("Y20-map", "ruggli: 1\nreagents: [a]\n" + STEP, "E-TYPE", 2, 11, "reagents", "a list stands where a map"),
    ("Y20-step", "ruggli: 1\nsteps:\n  - dose\n", "E-TYPE", 3, 5, "steps[0]", "single value stands where a map"),
    ("Y20-model", "ruggli: 1\nreagents: {a: 5 mL}\n" + STEP, "E-TYPE", 2, 15, "reagents.a", "where a map is wanted"),
    ("Y20-value", "ruggli: 1\nname: [a]\n" + STEP, "E-TYPE", 2, 7, "name", "a list stands where a single value"),
    ("Y20-nothing", "ruggli: 1\nsteps:\n", "E-TYPE", 2, 7, "steps", "nothing stands where a list"),
    (
        "Y21",
        "ruggli: 1\nsteps:\n  - do: dose\n    volum: 5 mL\n    rate: 5 mL/h\n",
        "E-UNKNOWN-KEY", 4, 5, "steps[0].volum", "did you mean `volume`?",
    ),
    ("Y21-alias", "ruggli: 1\nlong_nam: 1 mL\n" + STEP, "E-UNKNOWN-KEY", 2, 1, "long_nam", "did you mean `long-name`?"),
    ("Y22", "ruggli: 1\nname: a\n", "E-MISSING", 1, 1, "steps", "`steps` is missing"),
    ("Y22-inner", "ruggli: 1\nsteps:\n  - do: dose\n", "E-MISSING", 3, 5, "steps[0].rate", "`rate` is missing"),
    ("Y22-tag", "ruggli: 1\nsteps:\n  - rate: 5 mL/h\n", "E-MISSING", 3, 5, "steps[0].do", "`do` is missing"),
    ("Y23", "ruggli: 1\nsteps:\n" + "  - {do: dose, rate: 5 mL/h}\n" * 6, "E-COUNT", 3, 3, "steps", "at most 5"),
    ("Y23-none", "ruggli: 1\nsteps: []\n", "E-COUNT", 2, 8, "steps", "at least 1"),
    ("Y26-missing", "name: a\n" + STEP, "E-VERSION", 1, 1, "ruggli", "`ruggli: 1`"),
    ("Y26-other", "ruggli: 99\nsteps: 5\n", "E-VERSION", 1, 9, "ruggli", "`ruggli: 1`"),
    ("Y26-list", "ruggli: [1]\nsteps: 5\n", "E-VERSION", 1, 9, "ruggli", "`ruggli: 1`"),
    ("tag", "ruggli: 1\nsteps: [{do: haet, to: 5 degC}]\n", "E-VALUE", 2, 14, "steps[0].do", "did you mean `heat`?"),
    ("tag-list", "ruggli: 1\nsteps: [{do: [dose]}]\n", "E-TYPE", 2, 14, "steps[0].do", "single value is wanted"),
    (
        "choice",
        "ruggli: 1\nreagents: {a: {amount: 1 mmol, role: solvant}}\n" + STEP,
        "E-VALUE", 2, 38, "reagents.a.role", "did you mean `solvent`?",
    ),
    ("name", "ruggli: 1\nname: my run\n" + STEP, "E-VALUE", 2, 9, "name", "letters"),
    ("name-greek", "ruggli: 1\nname: xα\n" + STEP, "E-CHAR", 2, 8, "name", "U+03B1"),
    ("name-long", f"ruggli: 1\nname: {'a' * 65}\n" + STEP, "E-LENGTH", 2, 7, "name", "64 characters"),
    ("key-name", "ruggli: 1\nreagents: {a b: {amount: 1 mmol}}\n" + STEP, "E-VALUE", 2, 12, "reagents.a b", "letters"),
    ("quantity", "ruggli: 1\nsteps: [{do: dose, rate: '5,5 mL/h'}]\n", "E-NUMBER", 2, 28, "steps[0].rate", "5.5 mL/h"),
    ("unit", "ruggli: 1\nsteps:\n  - do: heat\n    to: 80 C\n", "E-UNIT", 4, 12, "steps[0].to", "degC"),
    ("dimension", "ruggli: 1\nsteps: [{do: dose, rate: 5 mL}]\n", "E-DIMENSION", 2, 28, "steps[0].rate", "5 mL/h"),
    ("range", "ruggli: 1\nsteps: [{do: dose, rate: -5 mL/h}]\n", "E-RANGE", 2, 26, "steps[0].rate", "above 0 mL/h"),
    (
        "own-range",
        "ruggli: 1\nsteps: [{do: dose, rate: 5 mL/h, dead: 1001 uL}]\n",
        "E-RANGE", 2, 40, "steps[0].dead", "at least 0 mL and at most 1 mL",
    ),
    ("optional-union", "ruggli: 1\nfirst: {do: heat, to: 5}\n" + STEP, "E-UNIT", 2, 24, "first.to", "unit is missing"),
    (
        "bool",
        "ruggli: 1\nsteps: [{do: heat, to: 5 degC, keep_stirring: yes}]\n",
        "E-VALUE", 2, 47, "steps[0].keep_stirring", "true or false",
    ),
    ("fraction", "ruggli: 1\nsteps: [{do: heat, to: 5 °C, duty: 2}]\n", "E-RANGE", 2, 36, "steps[0].duty", "at most 1"),
    ("number", "ruggli: 1\nsteps: [{do: heat, to: 5 °C, duty: '0,5'}]\n", "E-NUMBER", 2, 36, "steps[0].duty", "plain"),
    ("model", "ruggli: 1\nsteps: [{do: heat, to: 301 degC}]\n", "E-VALUE", 2, 9, "steps[0]", "no plate gets that hot"),
    (
        "text",
        "ruggli: 1\nreagents: {a: {amount: 1 mmol, label: ''}}\n" + STEP,
        "E-VALUE", 2, 39, "reagents.a.label", "empty",
    ),
]  # fmt: skip
CASES += [
    (
        f"S18-{portions}",
        f"ruggli: 1\nsteps: [{{do: dose, rate: 5 mL/h, portions: '{portions}'}}]\n",
        "E-RANGE", 2, 44, "steps[0].portions", "whole number from 1 to 200",
    )
    for portions in ("0", "-1", "1.5", "1,000", "1e2", "201", "many", "007", "٣")
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "path", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_case_is_named(text: str, code: str, line: int, column: int, path: str, words: str) -> None:
    found = problems(text)
    assert len(found) == 1, found
    (problem,) = found
    assert (problem.code, problem.file, problem.line, problem.column, problem.path) == (
        code,
        "p.yaml",
        line,
        column,
        path,
    )
    assert words in f"{problem.message} {problem.bound} {problem.remedy}"
    assert problem.severity is Severity.ERROR


def test_a_good_file_becomes_a_model() -> None:
    text = (
        "ruggli: 1\nlong-name: 3 mL\nreagents: {a: {amount: 1 mmol}}\n"
        + STEP
        + "  - {do: heat, to: 40 degC, keep_stirring: false}\n"
    )
    setup = validate(read_document(text.encode(), "p.yaml"), Setup)
    dose, heat = setup.steps
    assert isinstance(dose, Dose) and str(dose.rate) == "5 mL/h" and dose.rate.base == 5 / 3600
    assert isinstance(heat, Heat) and heat.keep_stirring is False
    assert str(setup.reagents["a"].amount) == "1 mmol"
    assert str(setup.long_name) == "3 mL"
    assert Setup.model_validate(setup.model_dump(by_alias=True)) == setup
    assert Setup.model_validate_json(setup.model_dump_json(by_alias=True)) == setup


def test_a_model_may_declare_the_version() -> None:
    class Versioned(Strict):
        ruggli: Literal["1"]

    assert validate(read_document(b"ruggli: 1\n", "p.yaml"), Versioned).ruggli == "1"
    with pytest.raises(ProblemsError) as caught:
        validate(read_document(b"other: 1\n", "p.yaml"), Versioned)
    assert [problem.code for problem in caught.value.problems] == ["E-VERSION", "E-UNKNOWN-KEY"]


def test_all_problems_come_in_the_order_of_the_file() -> None:
    found = problems(
        "name: a b\nreagents:\n  r: {amount: 5 ml, rol: solvent}\n"
        "steps:\n  - {do: dose, rate: 5}\n  - {do: heat, to: 353 K}\n"
    )
    assert [problem.code for problem in found] == [
        "E-VERSION", "E-VALUE", "E-DIMENSION", "E-UNKNOWN-KEY", "E-UNIT", "E-UNIT",
    ]  # fmt: skip
    assert [problem.path for problem in found][-1] == "steps[1].to"


def test_one_mistyped_key_is_one_problem() -> None:
    (problem,) = problems("ruggli: 1\nsteps: [{do: dose, raet: 5 mL/h}]\n")
    assert (problem.code, problem.remedy) == ("E-UNKNOWN-KEY", "did you mean `rate`?")


def test_a_list_with_a_refused_item_is_not_called_too_short() -> None:
    class Feeds(Strict):
        volumes: Annotated[tuple[Volume, ...], Field(min_length=1)]

        model_config = ConfigDict(strict=False)

    def told(text: str) -> list[str]:
        with pytest.raises(ProblemsError) as caught:
            validate(read_document(text.encode(), "p.yaml"), Feeds)
        return [problem.code for problem in caught.value.problems]

    assert told("ruggli: 1\nvolumes: [5]\n") == ["E-UNIT"]
    assert told("ruggli: 1\nvolumes: []\n") == ["E-COUNT"]


def test_odd_case_is_noted_at_its_place() -> None:
    document = read_document(
        b"ruggli: 1\nreagents: {a: {amount: 1 mmol}}\nsteps:\n  - {do: dose, rate: 5 ml/h}\n", "p.yaml"
    )
    (note,) = reading_notes(document, validate(document, Setup))
    assert (note.code, note.severity, note.line, note.column) == ("N-UNIT-CASE", Severity.NOTE, 4, 24)
    assert (note.path, note.remedy) == ("steps[0].rate", "write 5 mL/h")


def test_problem_at_a_key_and_at_a_value() -> None:
    document = read_document(b"ruggli: 1\nsteps:\n  - {do: dose, rate: 5 mL/h}\n", "p.yaml")
    at_value = problem_at(document, ("steps", 0, "rate"), "E-X", Severity.ERROR, "wrong", bound="b", remedy="r")
    assert (at_value.line, at_value.column, at_value.value, at_value.path) == (3, 22, "5 mL/h", "steps[0].rate")
    at_key = problem_at(document, ("steps", 0, "rate"), "W-X", Severity.WARNING, "odd", value="", at_key=True)
    assert (at_key.column, at_key.value) == (16, "")
    absent = problem_at(document, ("steps", 0, "volume"), "E-X", Severity.ERROR, "absent")
    assert (absent.line, absent.column, absent.path) == (3, 5, "steps[0].volume")


def test_did_you_mean() -> None:
    assert did_you_mean("volum", ["volume", "rate"]) == "volume"
    assert did_you_mean("RATE", ["volume", "rate"]) == "rate"
    assert did_you_mean("zzz", ["volume", "rate"]) == ""


def test_path_text() -> None:
    assert path_text(("steps", 3, "rate")) == "steps[3].rate"
    assert path_text(()) == ""


def test_rendered_problem_has_excerpt_caret_value_bound_and_remedy() -> None:
    text = "ruggli: 1\nsteps:\n  - {do: dose, rate: 5 mL}\n"
    document = read_document(text.encode(), "p.yaml")
    assert render_problems(problems(text), {"p.yaml": document}).splitlines() == [
        "p.yaml:3:24 E-DIMENSION `5 mL` is a volume, and a flow rate is wanted",
        "      - {do: dose, rate: 5 mL}",
        "                           ^",
        "    got: 5 mL",
        "    expected: above 0 mL/h",
        "    do: write e.g. 5 mL/h",
    ]


def test_at_most_ten_errors_are_shown_and_the_rest_is_counted() -> None:
    errors = [Problem(f"E-{number}", Severity.ERROR, "wrong", "p.yaml", number, 1) for number in range(1, 14)]
    warning = Problem("W-A", Severity.WARNING, "odd", "p.yaml", 1, 1)
    text = render_problems([warning, *errors], {})
    assert "E-10 wrong" in text and "E-11 wrong" not in text
    assert text.splitlines()[10:] == ["... and 3 more errors", "p.yaml:1:1 W-A odd"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [("400", "E-UNIT", "or off"), ("of", "E-VALUE", "did you mean `off`"), ("5,5 rpm", "E-NUMBER", "or off")],
)
def test_a_quantity_or_a_word_is_refused_once(text: str, code: str, words: str) -> None:
    class Stirred(Strict):
        ruggli: str
        speed: RotationalSpeed | Literal["off"]

    with pytest.raises(ProblemsError) as caught:
        validate(read_document(f"ruggli: 1\nspeed: {text}\n".encode(), "p.yaml"), Stirred)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert words in problem.line_text()
