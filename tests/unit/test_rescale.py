"""Rescaling: the text in place, there and back, what is kept, what is refused, and the comparison on the rig."""

import json
import math
import re
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest

from ruggli.app.builtin import find_protocol, find_rig, protocol_names
from ruggli.app.planning import Ask, prepare
from ruggli.app.rescaling import rescaled
from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema
from ruggli.documents.problem import ProblemsError
from ruggli.plan.larger_syringes import refills
from ruggli.plan.model import DoseWork, Plan
from ruggli.protocol.loader import read_protocol
from ruggli.protocol.parameters import resolve
from ruggli.protocol.rescale import Rescaled, rescale
from ruggli.protocol.schema import protocol_schema

MINIMAL = """\
# keep me: 7 mL
ruggli: 1
name: small   # 3 mmol in words
parameters:
  flow: {default: 1 mL/min, description: rate of the dose}
reagents:
  a: {name: a, role: substrate, molar_mass: 100 g/mol, limiting: true, amount: '2.50 mmol'}
  b: {name: b, role: reagent, molar_mass: 50 g/mol, equivalents: 1.2 eq}
  c: {name: c, role: additive, molar_mass: 50 g/mol, mass: "10 mg"}
  thf: {name: tetrahydrofuran, role: solvent}
solutions:
  s: {solutes: [a], solvent: thf, volume: 1e1 mL, note: 2 mL of it}
  t: {solutes: [b], solvent: thf, concentration: 0.5 M}
vessels:
  flask: {role: reaction, at_least: 50 mL}
steps:
  - {id: charge, do: charge, vessel: flask, contents: [{what: thf, volume: 20 mL}, {what: c}]}
  - {id: stir, do: stir, vessel: flask, speed: 300 rpm}
  - {id: one, do: dose, into: flask, solutions: [s], class: feed, rate: $flow, chase: {solvent: thf, volume: 1 mL}}
  - {id: two, do: dose, into: flask, solutions: [t], class: feed, duration: 10 min}
  - {id: x, do: extract, vessel: flask, solvent: thf, volume: 30 mL, times: 2}
"""


def scaled(text: str | bytes, to: str) -> Rescaled:
    read = read_protocol(text if isinstance(text, bytes) else text.encode(), "mine.yaml")
    return rescale(read.protocol, read.document, resolve(read.document, {}).uses, to)


def shipped(name: str) -> str:
    return find_protocol(name)[1].decode()


def plan(path: Path | str, rig: str | None = None) -> Plan:
    found = prepare(Ask(str(path), rig)).ready
    assert found is not None
    return found.plan


def large_rig(tmp_path: Path) -> str:
    """The shipped bench with a flask that takes everything."""
    text = find_rig("bench")[1].decode()
    path = tmp_path / "large.yaml"
    edited = [line.replace("250 mL", "20 L") if "250 mL" in line else line for line in text.split("\n")]
    edited = [line.replace("220 mL", "18 L") if "220 mL" in line else line for line in edited]
    path.write_text("\n".join(edited), encoding="utf-8")
    path.chmod(0o600)
    return str(path)


def test_only_what_belongs_to_the_scale_is_changed() -> None:
    found = scaled(MINIMAL, "5 mmol")
    assert found.factor == 2
    assert {edit.before: edit.after for edit in found.changes} == {
        "1 mL/min": "2 mL/min",
        "2.50 mmol": "5 mmol",
        "10 mg": "20 mg",
        "1e1 mL": "20 mL",
        "50 mL": "100 mL",
        "20 mL": "40 mL",
        "30 mL": "60 mL",
    }
    old, new = MINIMAL.split("\n"), found.text.split("\n")
    assert len(old) == len(new)
    changed = [number for number, (a, b) in enumerate(zip(old, new, strict=True), 1) if a != b]
    assert changed == sorted({edit.line for edit in found.changes})
    assert "amount: '5 mmol'}" in found.text and 'mass: "20 mg"}' in found.text
    assert "# keep me: 7 mL" in found.text and "chase: {solvent: thf, volume: 1 mL}" in found.text
    assert found.stale == (1, 3, 12)


@pytest.mark.parametrize("name", protocol_names())
@pytest.mark.parametrize("factor", [Fraction(5), Fraction(1, 4), Fraction(7, 2), Fraction(8)])
def test_there_and_back_is_the_same_file(name: str, factor: Fraction) -> None:
    reagents = read_protocol(shipped(name).encode(), name).protocol.reagents.values()
    amount = next(reagent.amount for reagent in reagents if reagent.limiting)
    assert amount is not None
    there = scaled(shipped(name), f"{float(Fraction(amount.number) * factor):g} {amount.unit}")
    back = scaled(there.text, str(amount))
    assert there.factor == factor and back.factor == 1 / factor
    assert back.text == shipped(name)


def test_there_and_back_is_the_same_plan_where_figures_do_not_come_out_even(tmp_path: Path) -> None:
    there = scaled(shipped("rcm-high-dilution"), "0.7 mmol")
    back = scaled(scaled(there.text, "0.3 mmol").text, "1 mmol")
    path = tmp_path / "back.yaml"
    path.write_text(back.text, encoding="utf-8")
    a, b = plan("rcm-high-dilution"), plan(path)
    assert [row.amount for row in a.reagents] == pytest.approx([row.amount for row in b.reagents], rel=1e-6)
    assert a.duration == pytest.approx(b.duration, rel=1e-6)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_stay(tmp_path: Path, end: str, mark: bytes) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(mark + MINIMAL.replace("\n", end).encode())
    found = rescaled(str(path), None, "5 mmol", "new.yaml")
    assert found.data.startswith(mark) and found.data.count(mark or b"\xef\xbb\xbf") == (1 if mark else 0)
    assert found.data[len(mark) :].decode().split(end) == scaled(MINIMAL, "5 mmol").text.split("\n")


@pytest.mark.parametrize(
    ("name", "to", "factor"), [("rcm-high-dilution", "5 mmol", 5.0), ("reductive-amination", "2.5 mmol", 0.25)]
)
def test_concentrations_equivalents_and_times_stay(tmp_path: Path, name: str, to: str, factor: float) -> None:
    rig = large_rig(tmp_path)
    path = tmp_path / "new.yaml"
    path.write_text(scaled(shipped(name), to).text, encoding="utf-8")
    before, after = plan(name, rig), plan(path, rig)
    assert not after.blocking(frozenset()), [p.line_text() for p in after.blocking(frozenset())]
    for solute, peak in before.peak.items():
        assert after.peak[solute] == pytest.approx(peak, rel=0.02)  # line volumes do not scale
    for a, b in zip(before.reagents, after.reagents, strict=True):
        assert b.equivalents == pytest.approx(a.equivalents, rel=1e-6, abs=1e-12)
        if a.role not in ("solvent",):
            assert b.amount == pytest.approx(factor * a.amount, rel=1e-3)
    for old, new in zip(before.steps, after.steps, strict=True):
        if isinstance(old.work, DoseWork) and isinstance(new.work, DoseWork) and old.do == "dose":
            for was, feed in zip(old.work.feeds, new.work.feeds, strict=True):
                time = feed.planned / feed.rate.held
                assert time == pytest.approx(was.planned / was.rate.held, rel=0.03)  # the line holds as much as before
        if old.do == "quench" and isinstance(new.work, DoseWork) and isinstance(old.work, DoseWork):
            assert new.work.feeds[0].rate.held == pytest.approx(old.work.feeds[0].rate.held, rel=1e-3)


def test_several_values_of_one_line_are_changed_where_each_stands() -> None:
    text = MINIMAL.replace("flow: {default: 1 mL/min,", "flow: {default: 1 mL/min, min: 0.5 mL/min, max: 9 mL/min,")
    line = scaled(text, "25 mmol").text.split("\n")[4]
    assert line == "  flow: {default: 10 mL/min, min: 5 mL/min, max: 90 mL/min, description: rate of the dose}"


def test_the_scale_may_be_a_parameter() -> None:
    text = MINIMAL.replace("'2.50 mmol'", "$n").replace(
        "parameters:\n", "parameters:\n  n: {default: 2.5 mmol, max: 4 mmol, description: n}\n"
    )
    found = scaled(text, "5 mmol")
    assert "  n: {default: 5 mmol, max: 8 mmol, description: n}" in found.text.split("\n")
    assert "amount: $n" in found.text and "volume: 20 mL, note" in found.text


def test_a_scale_by_mass_and_by_amount_where_the_file_gives_a_mass() -> None:
    text = MINIMAL.replace("amount: '2.50 mmol'", "mass: 250 mg")
    assert scaled(text, "0.5 g").factor == 2
    assert float(scaled(text, "5 mmol").factor) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("old", "new", "to", "code", "line"),
    [
        ("", "", "5 mL", "E-DIMENSION", 7),
        ("", "", "5", "E-UNIT", 7),
        ("", "", "5,0 mmol", "E-NUMBER", 7),
        ("", "", "", "E-NUMBER", 7),
        ("", "", "0 mmol", "E-RANGE", 7),
        ("", "", "-5 mmol", "E-RANGE", 7),
        ("", "", "2.5 mmol", "E-VALUE", 7),
        ("", "", "2500 umol", "E-VALUE", 7),
        ("limiting: true, ", "", "5 mmol", "E-MISSING", 7),
        ("", "", "1e14 mol", "E-NUMBER", 5),
    ],
)
def test_what_cannot_be_scaled_is_refused_with_its_place(old: str, new: str, to: str, code: str, line: int) -> None:
    text = MINIMAL.replace(old, new) if old else MINIMAL
    if "limiting" in old:
        text = text.replace(", equivalents: 1.2 eq", ", amount: 3 mmol")
    with pytest.raises(ProblemsError) as error:
        scaled(text, to)
    found = error.value.problems[0]
    assert (found.code, found.file) == (code, "mine.yaml"), found.line_text()
    assert found.remedy and found.line in (line, 6, 7)


def test_a_parameter_of_two_kinds_of_places_is_refused() -> None:
    text = MINIMAL.replace("flow: {default: 1 mL/min", "v: {default: 1 mL, description: d}\n  flow: {default: 1 mL/min")
    text = text.replace("volume: 1 mL}", "volume: $v}").replace("volume: 20 mL}", "volume: $v}")
    with pytest.raises(ProblemsError) as error:
        scaled(text, "5 mmol")
    found = error.value.problems[0]
    assert (found.code, found.path, found.value) == ("E-CONFLICT", "steps[2].chase.volume", "$v")
    assert "parameter of its own" in found.remedy


def test_a_value_over_two_lines_is_refused() -> None:
    text = MINIMAL.replace("volume: 1e1 mL", 'volume: "10\n    mL"')
    with pytest.raises(ProblemsError) as error:
        scaled(text, "5 mmol")
    found = error.value.problems[0]
    assert (found.code, found.line) == ("E-SYNTAX", 12) and "one line" in found.remedy


def test_the_planner_picks_syringes_again_and_larger_ones_are_named(tmp_path: Path) -> None:
    found = rescaled("reductive-amination", None, "2 mmol", "new.yaml")
    rows = {(row.name, row.what): (row.before, row.after) for row in found.changed}
    assert rows["saturated_bicarbonate", "fillings"] == ("2", "1")
    before, after = rows["saturated_bicarbonate", "syringe"]
    assert before.startswith("pump_a") and after.startswith("pump_b")
    assert rows["quench", "takes"] == ("1.083 h", "16 min")
    assert any("quench: the rate stays" in line for line in found.physical)
    larger = rescaled("rcm-high-dilution", large_rig(tmp_path), "5 mmol", "new.yaml")
    assert {row.device: row.refills for row in larger.larger} == {"pump_a": 4, "pump_b": 4}
    for row in larger.larger:  # and so it is on a rig that has it
        rig = Path(large_rig(tmp_path))
        make, size, unit = row.now.rsplit(" ", 2)
        other, *volume = row.label.rsplit(" ", 2)
        before, after = f"{{make: {make}, size: {size} {unit}}}", f"{{make: {other}, size: {' '.join(volume)}}}"
        text = rig.read_text("utf-8")
        assert before in text
        rig.write_text(text.replace(before, after), "utf-8")
        again = rescaled("rcm-high-dilution", str(rig), "5 mmol", "new.yaml").plan
        assert refills(again) == row.fewer < 4
    assert any("0.58 times" in line for line in larger.physical)
    assert math.isclose(float(larger.factor), 5.0)


def test_no_syringe_is_named_that_needs_as_many_fillings(tmp_path: Path) -> None:
    rig = Path(large_rig(tmp_path))
    text = rig.read_text("utf-8")
    assert "{make: Hamilton Gastight, size: 50 mL}" in text
    rig.write_text(text.replace("{make: Hamilton Gastight, size: 50 mL}", "{make: Monoject, size: 140 mL}"), "utf-8")
    found = rescaled("rcm-high-dilution", str(rig), "10 mmol", "new.yaml")
    row = next(row for row in found.plan.solutions if row.solution == "substrate_solution")
    assert row.syringe.startswith("Monoject 140 mL") and row.fillings > 1
    assert [line.device for line in found.larger] == ["pump_b"]
    assert not rescaled("rcm-high-dilution", None, "0.5 mmol", "new.yaml").larger


def command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    code = run(["rescale", *words])
    out = capsys.readouterr()
    return code, out.out + out.err


def test_from_the_command_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    code, out = command(capsys, "reductive-amination", "--to", "5 mmol", "--output", str(new))
    assert code == 0 and f"{new} written" in out
    assert plan(new).reagents[0].amount == pytest.approx(5.0)
    code, out = command(capsys, "reductive-amination", "--to", "5 mmol", "--output", str(new))
    assert code == 2 and "exists already" in out


def test_what_no_longer_fits_the_glass_is_told_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = command(capsys, "rcm-high-dilution", "--to", "5 mmol", "--json")
    data = json.loads(out)
    jsonschema.validate(data, output_schema("rescale"))
    assert (code, data["ok"], data["file"]) == (2, False, None)
    assert {problem["code"] for problem in data["new"]} == {"E-CAPACITY"}
    assert ["200 mL of 220 mL", "1 L of 220 mL"] in [[r["before"], r["after"]] for r in data["changed"]]
    code, out = command(capsys, "rcm-high-dilution", "--to", "5 mmol")
    assert code == 2 and "put a larger vessel on the rig" in out and "E-CAPACITY step charge" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("no-such", "--to", "5 mmol"), "no-such"),
        (("rcm-high-dilution",), "--to"),
        (("rcm-high-dilution", "--to", "five"), "E-NUMBER"),
        (("rcm-high-dilution", "--to", "5 mmol", "--rig", "no-such"), "no-such"),
    ],
)
def test_refusals(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str) -> None:
    code, out = command(capsys, *words)
    assert code == 2 and told in out and "Traceback" not in out


def test_every_absolute_quantity_of_a_protocol_is_scaled_or_known_to_stay() -> None:
    """A new field of the format has to be put on one of these lists, and the first one into `rescale`."""
    scaled_ = {
        "Reagent.amount", "Reagent.mass", "Solution.volume", "Vessel.at_least", "Portion.volume", "Dose.volume",
        "Dose.rate", "Portions.rate", "Extract.volume",
    }  # fmt: skip
    stays = {"Chase.volume", "Quench.rate", "Monitor.aliquot"}
    found = set()
    schema = protocol_schema()
    for name, model in schema["$defs"].items():
        for key, value in model.get("properties", {}).items():
            told = [value.get("description", ""), *(part.get("description", "") for part in value.get("anyOf", ()))]
            if any(re.match("(volume|amount|mass|flow rate), above", text) for text in told):
                found.add(f"{name}.{key}")
    assert found == scaled_ | stays
