"""Parameters of a protocol: declared, overridden from outside, put in place before anything is checked."""

import pytest

from ruggli.documents.problem import Problem, ProblemsError
from ruggli.protocol.loader import ProtocolFile, read_protocol
from ruggli.protocol.model import Dose, Heat, Portions, Stir

TEXT = """\
ruggli: 1
name: parameters
parameters:
  time: {default: 2 h, min: 3 min, max: 24 h, description: time of the addition}
  volume: {default: 20 mL, description: volume of the solution}
  temperature: {default: reflux, words: [reflux], min: 15 degC, max: 110 degC, description: of the flask}
  solvent: {default: toluene, words: [toluene, dichloromethane], description: solvent}
  count: {default: 4, min: 2, max: 10, description: portions}
  title: {default: a free text, description: any words}
reagents:
  diene: {name: diene, role: substrate, molar_mass: 434.583 g/mol, limiting: true, amount: 1 mmol}
  hydride: {name: hydride, role: reductant, molar_mass: 211.941 g/mol, equivalents: 1.5 eq}
  toluene: {name: toluene, role: solvent}
  dichloromethane: {name: dichloromethane, role: solvent}
solutions:
  feed: {solutes: [diene], solvent: $solvent, volume: $volume}
vessels:
  flask: {role: reaction}
steps:
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm, note: $title}
  - {id: heat, do: heat, vessel: flask, to: $temperature}
  - {id: add, do: dose, into: flask, solutions: [feed], class: feed_at_reflux, duration: $time}
  - {id: cool, do: cool, vessel: flask, to: 25 degC}
  - {id: reduce, do: portions, into: flask, what: hydride, count: $count, interval: 15 min, gate: {below: 30 degC}}
"""


def read(text: str = TEXT, **settings: str) -> ProtocolFile:
    return read_protocol(text.encode(), "p.yaml", settings)


def refused(text: str = TEXT, **settings: str) -> Problem:
    with pytest.raises(ProblemsError) as caught:
        read(text, **settings)
    assert len(caught.value.problems) == 1, [problem.line_text() for problem in caught.value.problems]
    return caught.value.problems[0]


def edited(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def test_defaults_stand_where_parameters_are_used() -> None:
    file = read()
    stir, heat, add, _, reduce = file.protocol.steps
    assert isinstance(add, Dose) and isinstance(heat, Heat) and isinstance(stir, Stir) and isinstance(reduce, Portions)
    assert add.duration is not None and add.duration.base == 7200
    assert heat.to == "reflux"
    assert reduce.count == 4
    assert stir.note == "a free text"
    assert file.protocol.solutions["feed"].solvent == "toluene"
    assert file.parameters == {
        "time": "2 h",
        "volume": "20 mL",
        "temperature": "reflux",
        "solvent": "toluene",
        "count": "4",
        "title": "a free text",
    }
    assert file.problems == ()
    assert "$time" in file.document.text


@pytest.mark.parametrize("text", ["10h", "10 h", " 10 h ", "600 min", "10.0 h"])
def test_a_setting_overrides_with_or_without_space(text: str) -> None:
    file = read(time=text)
    add = file.protocol.steps[2]
    assert isinstance(add, Dose) and add.duration is not None
    assert add.duration.base == 36000
    assert file.parameters["time"] in ("10 h", "600 min")


def test_a_word_may_give_way_to_a_value_in_the_range() -> None:
    heat = read(temperature="40 degC").protocol.steps[1]
    assert isinstance(heat, Heat) and heat.to != "reflux"
    assert heat.to.base == 40


@pytest.mark.parametrize(("time", "side"), [("1 min", "below"), ("25 h", "above")])
def test_a_value_outside_the_range_is_refused(time: str, side: str) -> None:
    problem = refused(time=time)
    assert problem.code == "E-RANGE"
    assert (problem.value, problem.bound) == (time, "3 min to 24 h")
    assert f"parameter time = {time} (given by --set) is {side}" in problem.message
    assert (problem.line, problem.column) == (4, 3)


def test_the_bounds_themselves_are_allowed() -> None:
    assert read(time="3 min").parameters["time"] == "3 min"
    assert read(time="24 h").parameters["time"] == "24 h"


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        ({"time": "30 mL"}, "E-DIMENSION", "is a volume, and a time is wanted"),
        ({"volume": "2 h"}, "E-DIMENSION", "is a time, and a volume is wanted"),
        ({"volume": "5,5 mL"}, "E-NUMBER", "comma"),
        ({"time": "5"}, "E-UNIT", "time = 5"),
        ({"time": "1 000 min"}, "E-NUMBER", "space"),
        ({"count": "4 mL"}, "E-NUMBER", "no plain number"),
        ({"count": "11"}, "E-RANGE", "above"),
        ({"solvent": "tolune"}, "E-VALUE", "none of its words"),
        ({"temperature": "refluks"}, "E-NUMBER", "temperature = refluks"),
        ({"temperature": "120 degC"}, "E-RANGE", "above"),
    ],
)
def test_a_wrong_setting_is_refused(settings: dict[str, str], code: str, words: str) -> None:
    problem = refused(**settings)
    assert problem.code == code
    assert words in problem.message
    assert problem.line > 3
    assert problem.value == next(iter(settings.values()))
    assert problem.remedy


def test_remedies_name_the_nearest_word() -> None:
    assert refused(solvent="tolune").remedy == "did you mean `toluene`?"
    assert refused(temperature="refluks").remedy == "did you mean `reflux`?"
    assert refused(temperature="120 degC").bound == "15 degC to 110 degC or reflux"


def test_an_unknown_setting_lists_the_parameters() -> None:
    problem = refused(tiem="3 h")
    assert (problem.code, problem.value, problem.line, problem.column) == ("E-REF", "tiem", 3, 1)
    assert problem.remedy == "did you mean `time`?"
    assert problem.bound == "one of time, volume, temperature, solvent, count, title"


def test_a_setting_where_the_file_has_no_parameters() -> None:
    text = "ruggli: 1\nname: x\nreagents: {}\nvessels: {}\nsteps:\n  - {id: a, do: operator, text: x}\n"
    problem = refused(text, time="3 h")
    assert problem.code == "E-REF"
    assert problem.bound == "none: the file declares no parameters"


def test_an_unknown_use_is_refused_at_its_place() -> None:
    problem = refused(edited("duration: $time", "duration: $tiem"))
    assert (problem.code, problem.line, problem.column) == ("E-REF", 22, 90)
    assert problem.remedy == "did you mean `time`?"


def test_a_value_that_does_not_fit_its_place_names_the_parameter() -> None:
    problem = refused(edited("duration: $time", "rate: $time"))
    assert (problem.code, problem.line, problem.column) == ("E-DIMENSION", 22, 86)
    assert problem.message.endswith("(parameter time = 2 h)")
    assert problem.value == "2 h"


def test_an_unknown_key_is_marked_at_the_key_whatever_its_value() -> None:
    problem = refused(edited("duration: $time", "durration: $time"))
    assert (problem.code, problem.line, problem.column) == ("E-UNKNOWN-KEY", 22, 80)
    assert "parameter" not in problem.message


def test_a_check_that_fails_at_a_use_names_the_parameter() -> None:
    problem = refused(edited("[toluene, dichloromethane]", "[toluene, diene]"), solvent="diene")
    assert (problem.code, problem.line, problem.column) == ("E-REF", 16, 37)
    assert problem.message.endswith("(parameter solvent = diene)")


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("default: 2 h", "default: 25 h", "E-RANGE", (4, 19)),
        ("default: 2 h", "default: 2 mL", "E-DIMENSION", (4, 19)),
        ("min: 3 min", "min: three", "E-NUMBER", (4, 29)),
        ("min: 3 min", "min: 3 mL", "E-DIMENSION", (4, 40)),
        ("min: 3 min", "min: 30 h", "E-CONFLICT", (4, 40)),
        ("default: toluene", "default: benzene", "E-VALUE", (7, 22)),
        ("default: 2 h", "default: $volume", "E-REF", (4, 19)),
        (", description: solvent}", "}", "E-MISSING", (7, 12)),
        ("{default: toluene,", "{defalt: toluene,", "E-UNKNOWN-KEY", (7, 13)),
    ],
)
def test_a_wrong_declaration_is_refused_at_its_place(old: str, new: str, code: str, place: tuple[int, int]) -> None:
    with pytest.raises(ProblemsError) as caught:
        read(edited(old, new))
    found = [problem for problem in caught.value.problems if problem.code == code]
    assert found, [problem.line_text() for problem in caught.value.problems]
    assert (found[0].line, found[0].column) == place


def test_a_parameter_that_is_used_nowhere_is_noted() -> None:
    (note,) = read(edited(", note: $title", "")).problems
    assert (note.code, note.line, note.column) == ("N-UNUSED", 9, 3)


def test_odd_case_of_a_unit_is_noted_once() -> None:
    file = read(volume="5 ml")
    assert [note.code for note in file.problems] == ["N-UNIT-CASE"]
    assert file.parameters["volume"] == "5 mL"


def test_only_whole_values_are_parameters() -> None:
    stir = read(edited("note: $title", "note: costs $title or so")).protocol.steps[0]
    assert stir.note == "costs $title or so"
    assert refused(edited("duration: $time", "duration: 2 $time")).code.startswith("E-")


def test_the_hash_is_that_of_the_file_and_not_of_the_settings() -> None:
    assert read().sha256 == read(time="3 h").sha256
