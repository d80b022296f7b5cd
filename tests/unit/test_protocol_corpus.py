"""Protocol files that are refused: rows S and Y of the bad-input corpus, each with code, line, column and remedy.

Rows Y01 to Y18 and Y24 (what YAML itself may hold) belong to the document reader; some of them pass through the loader
here. Rows S02 to S06 need a rig and are checks of the plan.
"""

import pytest

from ruggli.documents.problem import Problem, ProblemsError, Severity
from ruggli.protocol.classes import effective_class
from ruggli.protocol.loader import ProtocolFile, read_protocol
from ruggli.protocol.model import StepClass

BASE = """\
ruggli: 1
name: corpus
prompts: {timeout: 10 min, on_timeout: hold}
atmosphere: {gas: argon, start: charge, end: wait}
reagents:
  diene: {name: diene, role: substrate, molar_mass: 434.583 g/mol, limiting: true, amount: 1 mmol}
  ru: {name: catalyst, role: catalyst, molar_mass: 848.971 g/mol, mole_percent: 5 mol%}
  acid: {name: acetic acid, role: acid, molar_mass: 60.052 g/mol, equivalents: 1.1 eq}
  hydride: {name: hydride, role: reductant, molar_mass: 211.941 g/mol, equivalents: 1.5 eq}
  bicarbonate: {name: sodium bicarbonate, role: quench}
  sulfate: {name: sodium sulfate, role: drying_agent}
  toluene: {name: toluene, role: solvent}
  water: {name: water, role: solvent}
solutions:
  feed_a: {solutes: [diene], solvent: toluene, volume: 30 mL}
  feed_b: {solutes: [ru], solvent: toluene, volume: 8 mL}
  acid_feed: {solutes: [acid], solvent: toluene, concentration: 1 M}
  stock: {solutes: [bicarbonate], solvent: water, volume: 40 mL, concentration: 1.1 M}
vessels:
  flask: {role: reaction}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: toluene, volume: 50 mL}]}
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
  - {id: heat, do: heat, vessel: flask, to: reflux, hold: {at_most: 60 min}}
  - {id: add, do: dose, into: flask, solutions: [feed_a, feed_b], class: feed_at_reflux, duration: 6 h, hold: {at_most: 1 h}}
  - {id: wait, do: hold, vessel: flask, duration: 2 h, hold: {at_most: 1 h}}
  - {id: cool, do: cool, vessel: flask, to: 30 degC}
  - {id: acidify, do: dose, into: flask, solutions: [acid_feed], class: feed, rate: 44 mL/h, hold: {at_most: 1 h}}
  - {id: reduce, do: portions, into: flask, what: hydride, count: 4, interval: 15 min, gate: {below: 30 degC}, hold: {at_most: 1 h}}
  - {id: look, do: monitor, vessel: flask, method: TLC, question: Done?, answers: [{answer: yes, does: go_on}, {answer: no, does: wait, after: 1 h, at_most: 4}]}
  - {id: kill, do: quench, into: flask, solution: stock, rate: 1 mL/min, gate: {below: 30 degC}, hold: {at_most: 1 h}}
  - {id: extract, do: extract, vessel: flask, solvent: toluene, volume: 30 mL, times: 3}
  - {id: dry, do: dry, vessel: flask, agent: sulfate}
"""  # noqa: E501 - one step a line


def read(text: str, *, unattended: bool = False) -> ProtocolFile:
    return read_protocol(text.encode(), "p.yaml", {}, unattended=unattended)


def refused(text: str, *, unattended: bool = False) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsError) as caught:
        read(text, unattended=unattended)
    return caught.value.problems


def edited(*edits: str) -> str:
    """The base with `old >> new` replacements; each old text must stand in it exactly once."""
    text = BASE
    for edit in edits:
        old, new = edit.split(" >> ")
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def place_of(text: str, needle: str) -> tuple[int, int]:
    """Line and column of the `|` in a needle that stands once in the text."""
    plain = needle.replace("|", "")
    assert text.count(plain) == 1, needle
    before = text[: text.index(plain) + needle.index("|")]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_the_base_is_right() -> None:
    assert read(BASE).problems == ()
    assert read(BASE, unattended=True).protocol.unattended


ROWS = [
    # row, edit, code, place, value, words of message, bound or remedy
    ("Y19", "name: corpus >> name: corpus\ntrue: x", "E-UNKNOWN-KEY", "|true: x", "true", "not known"),
    ("Y19", "name: corpus >> name: corpus\n1.5: x", "E-UNKNOWN-KEY", "|1.5: x", "1.5", "not known"),
    ("Y19", "name: corpus >> name: corpus\nreagent: x", "E-UNKNOWN-KEY", "|reagent: x", "reagent", "`reagents`"),
    ("Y20", "solutes: [ru] >> solutes: ru", "E-TYPE", "solutes: |ru,", "ru", "a list"),
    ("Y20", "flask: {role: reaction} >> flask: [reaction]", "E-TYPE", "flask: |[reaction]", "", "a map"),
    (
        "Y21",
        "solvent: toluene, volume: 8 mL >> solvent: toluene, volum: 8 mL",
        "E-UNKNOWN-KEY",
        "|volum: 8",
        "volum",
        "`volume`",
    ),
    ("Y22", "ruggli: 1 >> ruggli: 1\ninclude: other.yaml", "E-UNKNOWN-KEY", "|include", "include", "not known"),
    ("Y26", "ruggli: 1\nname: corpus >> name: corpus", "E-VERSION", "|name: corpus", "", "begin the file"),
    ("Y26", "ruggli: 1 >> ruggli: 99", "E-VERSION", "ruggli: |99", "99", "not read"),
    ("N07", "rate: 44 mL/h >> rate: -5 mL/h", "E-RANGE", "rate: |-5 mL/h", "-5 mL/h", "above 0"),
    (
        "S01",
        "class: feed, rate: 44 mL/h >> class: feed, rate: 44 mL/h, duration: 1 h",
        "E-CONFLICT",
        "rate: |44 mL/h",
        "1.1 mL, 44 mL/h, 1 h",
        "takes 1.5 min, not 1 h",
    ),
    ("S07", "class: feed_at_reflux, duration: 6 h >> duration: 6 h", "E-MISSING", "|{id: add", "", "`class`"),
    (
        "S07",
        "class: feed_at_reflux >> class: feed_at_refluks",
        "E-MISSING",
        "class: |feed_at_refluks",
        "feed_at_refluks",
        "`feed_at_reflux`",
    ),
    ("S07", "class: feed_at_reflux >> class: quench", "E-VALUE", "class: |quench", "quench", "do: quench"),
    (
        "S07",
        "rate: 1 mL/min >> rate: 1 mL/min, class: feed",
        "E-VALUE",
        "rate: 1 mL/min, class: |feed",
        "feed",
        "quench",
    ),
    (
        "S08",
        "{id: add, do >> {id: early, do: cool, vessel: flask, to: 25 degC}\n  - {id: add, do",
        "E-ORDER",
        "class: |feed_at_reflux",
        "feed_at_reflux",
        "step early cools it",
    ),
    (
        "S09",
        "speed: 400 rpm >> speed: off",
        "E-INTERLOCK",
        "|{id: add,",
        "stirring off",
        "step stir turns stirring off",
    ),
    (
        "S09",
        "class: feed_at_reflux >> stir: off, class: feed_at_reflux",
        "E-INTERLOCK",
        "stir: |off",
        "stir: off",
        "not stirred",
    ),
    (
        "S09",
        "class: feed_at_reflux >> stir: false, class: feed_at_reflux",
        "E-INTERLOCK",
        "stir: |false",
        "stir: false",
        "not stirred",
    ),
    (
        "S10",
        "rate: 1 mL/min >> rate: 1 mL/min, resume: auto",
        "E-INTERLOCK",
        "resume: |auto",
        "resume: auto",
        "never resumes by itself",
    ),
    (
        "S10",
        "at_most: 1 h}}\n  - {id: extract >> at_most: 1 h, then: resume}}\n  - {id: extract",
        "E-INTERLOCK",
        "then: |resume",
        "then: resume",
        "never resumes by itself",
    ),
    (
        "S12",
        "question: Done? >> question: Done?, on_timeout: continue",
        "E-INTERLOCK",
        "on_timeout: |continue",
        "on_timeout: continue",
        "quench kill unasked",
    ),
    (
        "S12",
        "on_timeout: hold >> on_timeout: continue",
        "E-INTERLOCK",
        "on_timeout: |continue",
        "on_timeout: continue",
        "on_timeout: hold",
    ),
    (
        "S12",
        "rate: 1 mL/min >> rate: 1 mL/min, on_timeout: continue",
        "E-INTERLOCK",
        "on_timeout: |continue",
        "on_timeout: continue",
        "nobody has prepared",
    ),
    ("S13", "duration: 6 h >> duration: 49 h", "E-RANGE", "duration: |49 h", "49 h", "at most 48 h"),
    ("S13", "duration: 6 h >> duration: 0 s", "E-RANGE", "duration: |0 s", "0 s", "above 0 s"),
    ("S13", "to: reflux, hold >> to: reflux, within: 13 h, hold", "E-RANGE", "within: |13 h", "13 h", "at most 12 h"),
    ("S13", "duration: 2 h >> duration: 73 h", "E-RANGE", "duration: |73 h", "73 h", "at most 72 h"),
    ("S13", "after: 1 h >> after: 19 h", "E-RANGE", "after: |19 h", "19 h", "takes 76 h"),
    ("S13", "interval: 15 min >> interval: 15 h", "E-RANGE", "interval: |15 h", "15 h", "takes 45 h"),
    ("S13", "rate: 44 mL/h >> rate: 4.4 uL/h", "E-RANGE", "rate: |4.4 uL/h", "4.4 uL/h", "longer than"),
    ("S14", "id: wait, do: hold >> id: add, do: hold", "E-DUPID", "id: |add, do: hold", "add", "number 4 and number 5"),
    (
        "S14",
        "acid_feed: {solutes >> acid: {solutes",
        "E-DUPID",
        "  |acid: {solutes",
        "acid",
        "a reagent and of a solution",
    ),
    (
        "S15",
        "start: charge, end: wait >> start: wait, end: charge",
        "E-FLOW",
        "end: |charge",
        "charge",
        "comes before its start",
    ),
    ("S15", "after: 1 h, at_most: 4 >> after: 1 h", "E-FLOW", "|{answer: no", "no", "without end"),
    ("S15", "does: go_on}, {answer: no >> does: stop}, {answer: no", "E-FLOW", "answers: |[{", "", "never reached"),
    ("S16", "solutes: [ru] >> solutes: [rhu]", "E-REF", "solutes: [|rhu]", "rhu", "did you mean `ru`?"),
    (
        "S16",
        "solutions: [feed_a, feed_b] >> solutions: [feed_a, fed_b]",
        "E-REF",
        "feed_a, |fed_b]",
        "fed_b",
        "did you mean `feed_b`?",
    ),
    ("S16", "solutions: [acid_feed] >> solutions: [acid]", "E-REF", "solutions: [|acid]", "acid", "acid is a reagent"),
    (
        "S16",
        "do: hold, vessel: flask >> do: hold, vessel: flusk",
        "E-REF",
        "vessel: |flusk",
        "flusk",
        "did you mean `flask`?",
    ),
    (
        "S16",
        "into: flask, solutions: [acid_feed] >> into: flsk, solutions: [acid_feed]",
        "E-REF",
        "into: |flsk",
        "flsk",
        "`flask`",
    ),
    ("S16", "what: hydride >> what: hidride", "E-REF", "what: |hidride", "hidride", "`hydride`"),
    ("S16", "what: toluene >> what: tolune", "E-REF", "what: |tolune", "tolune", "`toluene`"),
    ("S16", "solution: stock >> solution: stok", "E-REF", "solution: |stok", "stok", "`stock`"),
    ("S16", "agent: sulfate >> agent: sulfat", "E-REF", "agent: |sulfat", "sulfat", "`sulfate`"),
    (
        "S16",
        "vessel: flask, solvent: toluene >> vessel: flask, solvent: acid",
        "E-REF",
        "vessel: flask, solvent: |acid",
        "acid",
        "role acid",
    ),
    ("S16", "end: wait >> end: wiat", "E-REF", "end: |wiat", "wiat", "`wait`"),
    (
        "S16",
        "duration: 6 h >> duration: 6 h, keep: {hydride: below 1 mM}",
        "E-REF",
        "{hydride: |below 1 mM}",
        "hydride",
        "does not add",
    ),
    ("S16", "duration: 6 h >> duration: 6 h, chase: {solvent: watr}", "E-REF", "solvent: |watr", "watr", "`water`"),
    (
        "S17",
        "solutions: [feed_a, feed_b] >> solutions: [feed_a, feed_a]",
        "E-CONFLICT",
        "feed_a, |feed_a]",
        "feed_a",
        "twice",
    ),
    ("S18", "count: 4 >> count: 0", "E-RANGE", "count: |0", "0", "whole number 1-200"),
    ("S18", "count: 4 >> count: -1", "E-RANGE", "count: |-1", "-1", "whole number 1-200"),
    ("S18", "count: 4 >> count: 1.5", "E-RANGE", "count: |1.5", "1.5", "whole number 1-200"),
    ("S18", "count: 4 >> count: 1000", "E-RANGE", "count: |1000", "1000", "whole number 1-200"),
    ("goto", "id: wait, do >> id: wait, goto: charge, do", "E-UNKNOWN-KEY", "|goto: charge", "goto", "not known"),
    (
        "class",
        "class: feed_at_reflux >> class: feed",
        "E-INTERLOCK",
        "class: |feed, duration: 6 h",
        "feed",
        "is at reflux",
    ),
    (
        "pace",
        "class: feed, rate: 44 mL/h >> class: feed",
        "E-MISSING",
        "|{id: acidify",
        "",
        "neither duration nor rate",
    ),
    (
        "pace",
        "class: feed, rate: 44 mL/h >> class: feed, keep: {acid: below 1 mM}",
        "E-MISSING",
        "|{id: acidify",
        "",
        "half_life",
    ),
    (
        "keep",
        "class: feed, rate: 44 mL/h >> class: feed, rate: 44 mL/h, keep: {acid: 1 mM}",
        "E-VALUE",
        "{acid: |1 mM}",
        "1 mM",
        "a bound on a concentration",
    ),
    (
        "keep",
        "class: feed, rate: 44 mL/h >> class: feed, rate: 44 mL/h, keep: {acid: below 1 mL}",
        "E-DIMENSION",
        "{acid: |below 1 mL}",
        "1 mL",
        "concentration",
    ),
    (
        "keep",
        "class: feed, rate: 44 mL/h >> class: feed, rate: 44 mL/h, keep: {acid: {below: 1 mM, half_life: soon}}",
        "E-NUMBER",
        "half_life: |soon",
        "soon",
        "or predicted",
    ),
    (
        "keep",
        "class: feed, rate: 44 mL/h >> class: feed, rate: 44 mL/h, keep: {acid: {below: 1 mM, profile: ramped}}",
        "E-CONFLICT",
        "profile: |ramped",
        "profile: ramped",
        "nothing uses acid up",
    ),
    (
        "keep",
        "class: feed, rate: 44 mL/h >> class: feed, rate: 44 mL/h, "
        "keep: {acid: {below: 1 mM, half_life: 9 min, profile: ramped}}",
        "E-CONFLICT",
        "profile: |ramped",
        "profile: ramped, rate: 44 mL/h",
        "finds its own time",
    ),
    (
        "keep",
        "duration: 6 h >> duration: 6 h, ratio: {of: amine, to: aldehyde}",
        "E-MISSING",
        "|ratio: {of",
        "",
        "given by nothing",
    ),
    (
        "keep",
        "duration: 6 h >> duration: 6 h, interlocks: {accumulation: {above: 20 %}}",
        "E-INTERLOCK",
        "|accumulation: {above",
        "accumulation",
        "half_life",
    ),
    (
        "keep",
        "duration: 6 h >> duration: 6 h, interlocks: {accumulation: {above: 95 %}}",
        "E-RANGE",
        "above: |95 %",
        "95 %",
        "at most 80 %",
    ),
    ("pace", "rate: 1 mL/min >> note: slowly", "E-MISSING", "|{id: kill", "", "neither rate nor duration"),
    (
        "pace",
        "rate: 1 mL/min >> rate: 1 mL/min, duration: 60 min",
        "E-CONFLICT",
        "rate: |1 mL/min",
        "40 mL, 1 mL/min, 60 min",
        "takes 40 min",
    ),
    ("pace", "duration: 6 h >> duration: 6 h, volume: 5 mL", "E-CONFLICT", "volume: |5 mL", "5 mL", "2 solutions"),
    (
        "gate",
        "to: 30 degC} >> to: 30 degC}\n  - {id: warm, do: heat, vessel: flask, to: 35 degC}",
        "E-CONFLICT",
        "interval: 15 min, gate: {below: |30 degC}",
        "30 degC",
        "keeps it at 35 degC",
    ),
    (
        "portions",
        "interval: 15 min >> interval: 15 min, rate: 1 mL/min",
        "E-CONFLICT",
        "15 min, rate: |1 mL/min",
        "1 mL/min",
        "by hand",
    ),
    (
        "amount",
        "amount: 1 mmol >> amount: 1 mmol, mass: 1 g",
        "E-CONFLICT",
        "mass: |1 g",
        "amount 1 mmol, mass 1 g",
        "2 ways",
    ),
    ("amount", ", equivalents: 1.5 eq >> ", "E-MISSING", "  |hydride: {", "", "no amount"),
    (
        "amount",
        "role: quench} >> role: quench, molar_mass: 84 g/mol, amount: 1 mmol}",
        "E-CONFLICT",
        "role: quench, molar_mass: 84 g/mol, amount: |1 mmol",
        "amount 1 mmol",
        "its solution",
    ),
    (
        "amount",
        "name: water, role: solvent >> name: water, role: solvent, mass: 1 g",
        "E-CONFLICT",
        "mass: |1 g",
        "mass 1 g",
        "is a solvent",
    ),
    ("limiting", "limiting: true, >> note: none,", "E-MISSING", "mole_percent: |5 mol%", "", "no reagent is marked"),
    (
        "limiting",
        "role: catalyst, >> role: catalyst, limiting: true,",
        "E-CONFLICT",
        "catalyst, limiting: |true",
        "diene, ru",
        "both the limiting",
    ),
    (
        "molar",
        "molar_mass: 848.971 g/mol, >> note: heavy,",
        "E-MISSING",
        "  |ru: {",
        "mole_percent 5 mol%",
        "no molar mass",
    ),
    (
        "purity",
        "role: catalyst, >> role: catalyst, purity: 101 %,",
        "E-RANGE",
        "purity: |101 %",
        "101 %",
        "at most 100 %",
    ),
    (
        "solution",
        "concentration: 1 M >> note: none",
        "E-MISSING",
        "  |acid_feed: {",
        "",
        "neither volume nor concentration",
    ),
    (
        "solution",
        "[acid], solvent: toluene >> [acid, hydride], solvent: toluene",
        "E-CONFLICT",
        "concentration: |1 M",
        "1 M",
        "2 solutes",
    ),
    (
        "use",
        "solutions: [acid_feed] >> solutions: [acid_feed], volume: 12 mL",
        "E-CAPACITY",
        "solutions: [|acid_feed]",
        "12 mL",
        "at most 1.1 mL",
    ),
    (
        "use",
        "{what: toluene, volume: 50 mL} >> {what: toluene, volume: 50 mL}, {what: acid_feed, volume: 1.1 mL}",
        "E-CONFLICT",
        "solutions: [|acid_feed]",
        "acid_feed",
        "nothing is left of acid_feed for step acidify: steps before it use 1.1 mL of 1.1 mL",
    ),
    (
        "use",
        "{what: toluene, volume: 50 mL} >> {what: toluene, volume: 50 mL}, {what: acid_feed}",
        "E-CONFLICT",
        "solutions: [|acid_feed]",
        "acid_feed",
        "used whole in step charge and again in step acidify",
    ),
    (
        "use",
        "{what: toluene, volume: 50 mL} >> {what: diene}, {what: toluene, volume: 50 mL}",
        "E-CONFLICT",
        "{what: |diene}",
        "diene",
        "used whole in solution feed_a",
    ),
    (
        "charge",
        "{what: toluene, volume: 50 mL} >> {what: toluene}",
        "E-MISSING",
        "[|{what: toluene}",
        "toluene",
        "without a volume",
    ),
]


@pytest.mark.parametrize(
    ("row", "edit", "code", "needle", "value", "words"), ROWS, ids=[f"{r[0]}-{r[1][-30:]}" for r in ROWS]
)
def test_row(row: str, edit: str, code: str, needle: str, value: str, words: str) -> None:
    text = edited(edit)
    problems = [problem for problem in refused(text) if problem.severity is Severity.ERROR]
    first = [problem for problem in problems if problem.code == code]
    assert first, [problem.line_text() for problem in problems]
    problem = first[0]
    assert (problem.line, problem.column) == place_of(text, needle), problem.line_text()
    assert problem.value == value
    assert words in f"{problem.message} {problem.bound} {problem.remedy}"
    assert problem.file == "p.yaml"
    assert problem.remedy


@pytest.mark.parametrize("goal", ["goto", "include"])
def test_goto_and_include_do_not_exist(goal: str) -> None:
    (problem,) = refused(edited(f"name: corpus >> name: corpus\n{goal}: x"))
    assert (problem.code, problem.line, problem.column) == ("E-UNKNOWN-KEY", 3, 1)


@pytest.mark.parametrize(
    ("row", "data", "code", "line", "column"),
    [
        ("Y02", b"", "E-EMPTY", 1, 1),
        ("Y08", BASE.replace("  flask", "\tflask").encode(), "E-SYNTAX", 20, 1),
        ("Y10", b"ruggli: 1\nname: &a [*a]\n", "E-ALIAS", 2, 7),
        ("Y13", b"ruggli: 1\nname: !!python/object/apply:os.system [id]\n", "E-TAG", 2, 7),
        ("Y15", b"ruggli: 1\n<<: {a: 1}\n", "E-MERGE", 2, 1),
        ("Y16", BASE.replace("name: corpus", "name: corpus\nname: two").encode(), "E-DUPKEY", 3, 1),
        ("Y17", b"ruggli: 1\n---\nb: 2\n", "E-MULTIDOC", 2, 1),
        ("Y25", BASE.replace("solvent: water, volume", "solvent: water, v\u043elume").encode(), "E-CHAR", 18, 52),
        ("Y22", BASE[: BASE.index("steps:")].encode(), "E-MISSING", 1, 1),
        ("Y23", (BASE + "  - {id: x, do: operator, text: x}\n" * 3000).encode(), "E-COUNT", None, None),
    ],
)
def test_what_yaml_may_not_hold_never_reaches_the_model(
    row: str, data: bytes, code: str, line: int | None, column: int | None
) -> None:
    with pytest.raises(ProblemsError) as caught:
        read_protocol(data, "p.yaml")
    problem = caught.value.problems[0]
    assert problem.code == code
    assert line is None or (problem.line, problem.column) == (line, column), problem.line_text()


def test_s11_a_question_without_end_is_refused_when_unattended() -> None:
    text = edited(", on_timeout: hold} >> }")
    assert read(text).protocol.unattended is False
    (problem,) = refused(text, unattended=True)
    assert (problem.code, problem.line) == ("E-MISSING", 22)
    assert "step charge (and 11 more)" in problem.message
    assert "on_timeout: hold" in problem.remedy


def test_s11_a_protocol_may_say_itself_that_it_is_unattended() -> None:
    (problem,) = refused(
        edited("prompts: {timeout: 10 min, on_timeout: hold} >> prompts: {on_timeout: hold}\nunattended: true")
    )
    assert "how long a question waits" in problem.message


def test_s19_a_hold_without_limit_is_refused_when_unattended() -> None:
    text = edited("duration: 2 h, hold: {at_most: 1 h}} >> duration: 2 h}")
    assert read(text).problems == ()
    (problem,) = refused(text, unattended=True)
    assert (problem.code, problem.line, problem.column) == ("E-MISSING", *place_of(text, "|{id: wait"))
    assert "hold" in problem.bound


def test_s13_a_reductive_amination_may_stir_24_hours() -> None:
    """Row S13 proposes that 13 h be refused; the issue bounds lengths by step class instead, and its text stands."""
    assert read(edited("duration: 2 h >> duration: 24 h")).problems == ()
    assert read(edited("duration: 6 h >> duration: 13 h")).problems == ()


def test_s12_reaches_back_to_the_analysis_and_no_further() -> None:
    question = "  - {id: ask, do: operator, text: Ready?, on_timeout: continue}\n"
    after = edited(f"  - {{id: kill >> {question}  - {{id: kill")
    (problem,) = refused(after)
    assert (problem.code, problem.line) == ("E-INTERLOCK", after[: after.index("id: ask")].count("\n") + 1)
    assert read(edited(f"  - {{id: look >> {question}  - {{id: look")).problems == ()


def test_i08_the_checked_bytes_are_the_ones_that_are_kept() -> None:
    """Row I08: nothing is read again, so a file that changes after the check changes nothing here."""
    data = bytearray(BASE.encode())
    checked = read_protocol(bytes(data), "p.yaml")
    data[:] = b"ruggli: 99\n"
    assert checked.document.text == BASE
    assert checked.sha256 == read(BASE).sha256
    assert checked.sha256 != read(BASE.replace("6 h", "7 h")).sha256


def test_every_error_is_told_and_in_the_order_of_the_file() -> None:
    text = edited("count: 4 >> count: 0", "solutes: [ru] >> solutes: ru", "duration: 2 h >> duration: 2")
    problems = refused(text)
    assert [problem.code for problem in problems] == ["E-TYPE", "E-UNIT", "E-RANGE"]
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)


def heated(to: str, step_class: str) -> str:
    return edited(f"to: reflux >> to: {to}", f"class: feed_at_reflux >> class: {step_class}")


@pytest.mark.parametrize(
    ("to", "written", "counts", "code"),
    [
        ("reflux", "feed_at_reflux", StepClass.FEED_AT_REFLUX, None),
        ("25 degC", "feed_at_reflux", StepClass.FEED, "N-CLASS"),
        ("40 degC", "feed_at_reflux", StepClass.FEED, "N-CLASS"),
        ("80 degC", "feed_at_reflux", StepClass.FEED_AT_REFLUX, None),
        ("25 degC", "feed", StepClass.FEED, None),
        ("80 degC", "feed", StepClass.FEED, "W-CLASS"),
    ],
)
def test_the_class_that_counts_follows_the_temperature(
    to: str, written: str, counts: StepClass, code: str | None
) -> None:
    text = heated(to, written)
    file = read(text)
    assert effective_class(file.protocol, 3) is counts
    assert [problem.code for problem in file.problems] == ([code] if code else [])
    if code:
        assert (file.problems[0].line, file.problems[0].column) == place_of(text, f"class: |{written}, duration: 6 h")


def test_steps_without_a_class_count_as_heat_only() -> None:
    assert effective_class(read(BASE).protocol, 0) is StepClass.HEAT_ONLY


def test_a_class_looks_at_its_own_vessel_only() -> None:
    text = edited(
        "flask: {role: reaction} >> flask: {role: reaction}\n  pot: {role: reaction}",
        "do: heat, vessel: flask >> do: heat, vessel: pot",
    )
    (problem,) = refused(text)
    assert problem.code == "E-ORDER"
    assert "nothing heats it before" in problem.message


def test_a_vessel_for_waste_needs_no_stirring() -> None:
    text = edited("speed: 400 rpm >> speed: off", "flask: {role: reaction} >> flask: {role: waste}")
    assert read(text).problems == ()


def test_rate_and_duration_that_agree_are_accepted() -> None:
    assert read(edited("rate: 1 mL/min >> rate: 1 mL/min, duration: 40 min")).problems == ()


def test_a_kept_concentration_with_a_half_life_sets_the_pace() -> None:
    pace = "class: feed, keep: {acid: {below: 1 mM, half_life: 10 min}}"
    assert read(edited(f"class: feed, rate: 44 mL/h >> {pace}")).problems == ()


def test_s12_without_an_analysis_the_last_question_counts() -> None:
    look = next(line for line in BASE.splitlines(keepends=True) if "id: look" in line)
    early = "  - {id: early, do: operator, text: Ready?, on_timeout: continue}\n"
    late = "  - {id: late, do: operator, text: Sure?}\n"
    assert read(BASE.replace(look, early + late)).problems == ()
    (problem,) = refused(BASE.replace(look, late + early))
    assert (problem.code, problem.line) == ("E-INTERLOCK", 31)


def test_a_gate_with_its_hysteresis_must_open_again() -> None:
    warm = "to: 30 degC} >> to: 30 degC}\n  - {id: warm, do: heat, vessel: flask, to: 25 degC}"
    four = "15 min, gate: {below: 30 degC} >> 15 min, gate: {below: 30 degC, hysteresis: 4 K}"
    assert read(edited(warm, four)).problems == ()
    text = edited(warm, four.replace("4 K", "5 K"))
    problem = refused(text)[0]
    assert (problem.code, problem.value, problem.bound) == ("E-CONFLICT", "30 degC", "above 25 degC")
    assert "below 30 degC less 5 K" in problem.message


def test_an_atmosphere_may_last_one_step() -> None:
    assert read(edited("end: wait >> end: charge")).problems == ()


def test_odd_case_of_a_unit_is_noted_at_its_place() -> None:
    text = edited("volume: 8 mL >> volume: 8 ml")
    (note,) = read(text).problems
    assert (note.code, note.line, note.column) == ("N-UNIT-CASE", *place_of(text, "volume: 8 |ml"))


def test_a_mass_counts_by_purity_and_molar_mass() -> None:
    text = edited(
        "amount: 1 mmol >> mass: 0.869166 g, purity: 50 %",
        "class: feed, rate: 44 mL/h >> class: feed, rate: 44 mL/h, duration: 90 s",
    )
    assert read(text).problems == ()
    assert refused(text.replace("0.869166 g", "0.9 g"))[0].code == "E-CONFLICT"
