"""The kinetics file: what it says, what is refused and where; the command and its schema."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ruggli.chemistry.kinetics.file import kinetics_schema
from ruggli.chemistry.kinetics.load import Case, read_kinetics
from ruggli.chemistry.kinetics.macrocyclisation import Macrocyclisation, Variant
from ruggli.chemistry.kinetics.reductive_amination import Constants, ReductiveAmination
from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema
from ruggli.documents.problem import ProblemsError

HEAD = "ruggli: 1\nkinetics: macrocyclisation\n"
RING = f"""{HEAD}variant: dimer-terminal
constants: {{k_prime: 1 1/M/s, EM: 20 mM, k_d: 0.072 1/h, phi: 0.3, k_iso: 0.5 L/mol/s, q: 0.95, k_cd: 6 L/mol/min}}
flask: {{volume: 0.08 L, amounts: {{Ru: 0.05 mmol}}}}
feeds:
  - {{volume: 20 mL, concentrations: {{M: 0.05 mol/L}}, start: 1 min, duration: 8 h}}
  - {{volume: 0 mL, amounts: {{Ru: 10 umol}}, duration: 1 h}}
portions:
  - {{time: 2 h, amounts: {{M: 1e-5 mol}}}}
times: [10 h, 0 s]
"""
AMINATION = """ruggli: 1
kinetics: reductive-amination
title: test case
constants: {k_f: 2e-3 s-1, k_r: 4e-5 s^-1, k_red: 2e-2 L/mol/s, k_ald: 2e-4 L/(mol*s), k_c: 1e-3 L/mol/s,
  k_c_rev: 1e-4 1/s, k_red_J2: 0.02 L/mol/s, k_o: 3e-3 L/mol/s, k_o_rev: 3e-4 1/s,
  k_red_J3: 0.04 L/mol/s, k_H2: 2e-5 L/mol/s}
flask: {volume: 100 mL, amounts: {A: 10 mmol, AcOH: 11 mmol}}
portions: [{time: 0 s, amounts: {H: 7.5 mmol}}, {time: 1800 s, amounts: {H: 7.5 mmol}}]
times: [4 h, 24 h]
"""


def read(text: str) -> Case:
    return read_kinetics(text.encode(), "k.yaml")


def test_a_ring_closure_is_read_to_base_units() -> None:
    case = read(RING)
    model, schedule = case.model, case.schedule
    assert isinstance(model, Macrocyclisation) and model.variant is Variant.DIMER_TERMINAL
    known = model.constants
    assert (known.k_ring, known.catalysed, known.effective_molarity) == (1.0, True, 0.02)
    assert (known.k_d, known.phi, known.k_iso, known.q, known.k_cd) == pytest.approx((2e-5, 0.3, 0.5, 0.95, 0.1))
    assert (schedule.volume, schedule.amounts, schedule.end) == (80.0, {"Ru": 0.05}, 36000.0)
    slow, instant = schedule.feeds
    assert (slow.volume, slow.amounts, slow.start, slow.duration) == (20.0, {"M": 1.0}, 60.0, 28800.0)
    assert (instant.volume, instant.amounts, instant.start) == (0.0, {"Ru": 0.01}, 0.0)
    assert [(portion.time, portion.amounts) for portion in schedule.portions] == [(7200.0, {"M": 0.01})]
    assert case.times == (36000.0, 0.0)


def test_a_reductive_amination_is_read_whole() -> None:
    case = read(AMINATION)
    assert isinstance(case.model, ReductiveAmination) and case.title == "test case"
    assert case.model.constants == Constants(2e-3, 4e-5, 2e-2, 2e-4, 1e-3, 1e-4, 2e-2, 3e-3, 3e-4, 4e-2, 2e-5)


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("kinetics: macrocyclisation", "kinetics: polymerisation", "E-VALUE", "macrocyclisation"),
        ("kinetics: macrocyclisation", "kinetics: polymerisation", "E-VALUE", "reductive-amination"),
        ("kinetics: macrocyclisation", "kinetics: reductive-aminaton", "E-VALUE", "did you mean `reductive-amination`"),
        ("k_prime: 1 1/M/s, ", "", "E-MISSING", "ring closure is missing"),
        ("k_prime: 1 1/M/s", "k_prime: 1 1/M/s, k_intra: 1 1/s", "E-CONFLICT", "k_intra"),
        ("k_prime: 1 1/M/s", "k_prime: 1 1/s", "E-DIMENSION", "second-order"),
        ("k_prime: 1 1/M/s", "k_prime: -1 1/M/s", "E-RANGE", "at least 0"),
        ("k_prime: 1 1/M/s", "k_intra: 1 1/s", "E-DIMENSION", "first-order"),
        ("phi: 0.3", "phi: 1.3", "E-RANGE", "at most 1"),
        ("EM: 20 mM", "EM: 0 mM", "E-RANGE", "above 0"),
        ("k_d: 0.072 1/h", "kd: 0.072 1/h", "E-UNKNOWN-KEY", "k_d"),
        ("variant: dimer-terminal", "variant: dimer", "E-VALUE", "dimer-terminal"),
        ("volume: 0.08 L, amounts: {Ru", "volume: 0 L, amounts: {Ru", "E-RANGE", "above 0"),
        ("amounts: {Ru: 0.05", "amounts: {N: 0.05", "E-REF", "follows from M and D"),
        ("amounts: {Ru: 0.05", "amounts: {Rh: 0.05", "E-REF", "no species `Rh`"),
        ("mol/L}, start: 1 min", "mol/L}, amounts: {M: 1 mmol}", "E-CONFLICT", "amounts and concentrations"),
        ("0 mL, amounts: {Ru: 10 umol}", "0 mL, concentrations: {Ru: 10 uM}", "E-CONFLICT", "without volume"),
        ("duration: 1 h", "duration: 0 h", "E-RANGE", "above 0"),
        ("times: [10 h, 0 s]", "times: []", "E-COUNT", ""),
        ("times: [10 h, 0 s]", "times: [-1 s]", "E-RANGE", "at least 0"),
        ("times: [10 h, 0 s]", "times: [10]", "E-UNIT", "unit is missing"),
    ],
)
def test_what_is_refused(old: str, new: str, code: str, words: str) -> None:
    assert old in RING
    with pytest.raises(ProblemsError) as caught:
        read(RING.replace(old, new, 1))
    problems = caught.value.problems
    found = next((problem for problem in problems if problem.code == code), None)
    assert found is not None, problems
    assert words in f"{found.message} {found.bound} {found.remedy}", found
    assert found.line > 0 and found.column > 0


def test_a_variant_has_no_place_in_a_reductive_amination() -> None:
    with pytest.raises(ProblemsError) as caught:
        read(AMINATION.replace("title: test case", "variant: step-growth"))
    assert [problem.code for problem in caught.value.problems] == ["E-UNKNOWN-KEY"]


@pytest.mark.parametrize("text", [RING, AMINATION])
def test_the_schema_takes_what_the_reader_takes(text: str) -> None:
    jsonschema.Draft202012Validator.check_schema(kinetics_schema())
    canonical = text.replace("1 1/M/s", "1 L/mol/s").replace("s^-1", "1/s").replace("s-1", "1/s")
    data = yaml.safe_load(canonical.replace("L/(mol*s)", "L/mol/s"))
    validator = jsonschema.Draft202012Validator(kinetics_schema())
    assert not list(validator.iter_errors(data))
    data["constants"]["k_x"] = "1 1/s"
    assert list(validator.iter_errors(data))


def solved(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> tuple[int, dict[str, Any]]:
    path = tmp_path / "k.yaml"
    path.write_text(text, encoding="utf-8")
    code = run(["kinetics", str(path), "--json"])
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, output_schema("kinetics"))
    return code, data


def test_the_command_tells_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, data = solved(tmp_path, capsys, RING)
    assert (code, data["ok"], [moment["time_s"] for moment in data["times"]]) == (0, True, [36000.0, 0.0])
    last, first = data["times"]
    assert (first["volume_L"], last["volume_L"]) == (0.08, 0.1)
    assert first["amounts_mol"]["Ru"] == pytest.approx(5e-5) and first["amounts_mol"]["M"] == 0.0
    assert last["concentrations_M"]["C"] == pytest.approx(last["amounts_mol"]["C"] / 0.1)
    assert set(data["yields"]) == {"M", "D", "C", "CD", "I", "U"}
    assert data["peak"]["species"] == "M" and 0 < data["peak"]["time"] < 36000


def test_amounts_of_the_whole_scheme_in_a_reductive_amination(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, data = solved(tmp_path, capsys, AMINATION)
    assert (code, data["substrate"], data["peak"]["value"]) == (0, "A", pytest.approx(0.1))
    assert sum(data["yields"].values()) == pytest.approx(1.0)


def test_a_refusal_is_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, data = solved(tmp_path, capsys, RING.replace("20 mM", "20 mmol"))
    assert (code, data["ok"]) == (2, False)
    assert [(problem["code"], problem["line"]) for problem in data["problems"]] == [("E-DIMENSION", 4)]


def test_people_see_units_and_where_constants_are_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "k.yaml"
    path.write_text(AMINATION, encoding="utf-8")
    assert run(["kinetics", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("test case: reductive-amination, concentrations in mmol/L")
    assert "highest concentration of A: 100 mM after 0 s" in out
    assert "constants are those of the file" in out


def test_a_flask_in_which_nothing_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"{HEAD}constants: {{k_intra: 1 1/s}}\nflask: {{volume: 1 mL}}\ntimes: [0 s]\n"
    code, data = solved(tmp_path, capsys, text)
    assert (code, data["yields"], data["peak"]["value"]) == (0, {}, 0.0)


def test_constants_are_read_as_the_scheme_writes_them_too() -> None:
    printed = AMINATION
    for name, written in (
        ("k_c_rev", "k_c,rev"),
        ("k_o_rev", "k_o,rev"),
        ("k_red_J2", "k_red(J2)"),
        ("k_red_J3", "k_red(J3)"),
    ):
        printed = printed.replace(f"{name}:", f'"{written}":')
    assert printed != AMINATION
    found, wanted = read(printed).model, read(AMINATION).model
    assert isinstance(found, ReductiveAmination) and isinstance(wanted, ReductiveAmination)
    assert found.constants == wanted.constants


def test_a_constant_is_not_given_twice() -> None:
    with pytest.raises(ProblemsError):
        read(AMINATION.replace("k_o_rev:", '"k_c,rev": 1 1/s, k_o_rev:'))


OPTIONS = RING.replace("k_cd: 6 L/mol/min}", "k_cd: 6 L/mol/min, k_d2: 0.5 L/mol/s, K_B: 1 L/mmol, k_B: 1e-3 L/mol/s, "
                       "k_init: 7e-5 1/s}").replace("{Ru: 0.05 mmol}", "{Ru0: 0.05 mmol, B: 10 umol}")  # fmt: skip


def test_the_options_of_the_catalyst_are_read() -> None:
    model = read(OPTIONS).model
    assert isinstance(model, Macrocyclisation)
    known = model.constants
    assert (known.k_d2, known.k_bind, known.k_b, known.k_init) == (0.5, 1000.0, 1e-3, 7e-5)
    assert read(OPTIONS).schedule.amounts == {"Ru0": 0.05, "B": 0.01}


WARM = RING.replace("flask: {", "temperature: 40 degC\nactivation:\n  k_prime: {energy: 60 kJ/mol, at: 25 degC}\n"
                    "  k_d: {energy: 25 kcal/mol, at: 55 degC}\nflask: {", 1)  # fmt: skip


def test_constants_are_brought_to_the_temperature() -> None:
    """60 kJ/mol from 25 to 40 degC: 3.188 times; 25 kcal/mol from 55 to 40 degC: 0.159 times, as chemistry.md has it
    (3.40e-5 to 5.4e-6)."""
    model, cold = read(WARM).model, read(RING).model
    assert isinstance(model, Macrocyclisation) and isinstance(cold, Macrocyclisation)
    assert model.constants.k_ring == pytest.approx(3.188, rel=1e-3)
    assert model.constants.k_d / cold.constants.k_d == pytest.approx(5.4e-6 / 3.40e-5, rel=0.01)
    assert model.constants.k_iso == cold.constants.k_iso


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("temperature: 40 degC\n", "", "E-MISSING", "temperature is missing"),
        ("  k_d: {energy", "  phi: {energy", "E-REF", "no rate constant `phi`"),
        ("  k_d: {energy", "  k_d2: {energy", "E-REF", "no rate constant `k_d2`"),
        ("60 kJ/mol", "-60 kJ/mol", "E-RANGE", "at least 0"),
        ("60 kJ/mol", "1e6 kJ/mol", "E-RANGE", "at most 300"),
        ("temperature: 40 degC", "temperature: -273.1 degC", "E-RANGE", "at least -100"),
        ("60 kJ/mol, at: 25 degC", "60 kJ/mol", "E-MISSING", "at"),
        ("60 kJ/mol", "60 kJ", "E-UNIT", ""),
    ],
)
def test_what_is_refused_of_a_temperature(old: str, new: str, code: str, words: str) -> None:
    assert old in WARM
    with pytest.raises(ProblemsError) as caught:
        read(WARM.replace(old, new, 1))
    found = [problem for problem in caught.value.problems if problem.code == code]
    assert found and words in f"{found[0].message} {found[0].bound} {found[0].path}" and found[0].line > 3


def test_a_temperature_that_changes_nothing_is_refused() -> None:
    with pytest.raises(ProblemsError) as caught:
        read(RING.replace("flask: {", "temperature: 40 degC\nflask: {", 1))
    assert [(p.code, p.line) for p in caught.value.problems] == [("E-MISSING", 5)]


def acid(ph: float, **more: str) -> str:
    text = AMINATION.replace("kinetics: reductive-amination\n", f"kinetics: reductive-amination\npH: {ph}\n")
    return text.replace("k_H2:", "".join(f"{name}: {value}, " for name, value in more.items()) + "k_H2:")


def constants_at(ph: float, **more: str) -> Constants:
    model = read(acid(ph, **more)).model
    assert isinstance(model, ReductiveAmination)
    return model.constants


def test_acid_does_not_cost_iminium_but_slows_it() -> None:
    """Below both pKa the equilibrium is the same at every pH, 10^(pKa of the imine - pKa of the amine) of the neutral
    one; both ways go with the free amine. Near the pKa of the imine less and less of it is reduced."""
    neutral = constants_at(14.0)
    k_2, k_4 = constants_at(2.0), constants_at(4.0)
    assert k_2.k_f / k_2.k_r == pytest.approx(k_4.k_f / k_4.k_r, rel=2e-3)
    assert k_4.k_f / k_4.k_r == pytest.approx(1e-3 * 2e-3 / 4e-5, rel=2e-3)
    assert k_4.k_f / k_2.k_f == pytest.approx(100.0, rel=1e-5)
    assert neutral.k_f == pytest.approx(2e-3, rel=1e-3) and neutral.k_red == pytest.approx(2e-2 * 1e-7, rel=1e-3)
    assert constants_at(7.0).k_red == pytest.approx(1e-2)
    assert constants_at(7.0, pKa_imine="8").k_red == pytest.approx(2e-2 / 1.1)
    assert constants_at(10.0, pKa_amine="9").k_f == pytest.approx(2e-3 / 1.1)
    assert k_2.k_red_j3 == neutral.k_red_j3 == 4e-2


def test_acid_lets_the_hydride_take_the_aldehyde() -> None:
    """Selectivity k_red i [I] / ((k0 + kH 10^-pH) [A]) at pH 3 and pH 6."""
    at_3, at_6 = constants_at(3.0, k_ald_H="20 L/mol/s"), constants_at(6.0, k_ald_H="20 L/mol/s")
    assert at_3.k_ald == pytest.approx(2e-4 + 2e-2) and at_6.k_ald == pytest.approx(2e-4 + 2e-5)
    assert at_6.k_red / at_6.k_ald > 50 * at_3.k_red / at_3.k_ald


def test_acid_costs_alcohol(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Imine is made fast enough at either pH here; at pH 3 the aldehyde is taken, at pH 6 the imine."""
    fast = {"k_ald_H": "20 L/mol/s", "pKa_amine": "7"}
    yields = {ph: solved(tmp_path, capsys, acid(ph, **fast))[1]["yields"] for ph in (3.0, 6.0)}
    assert yields[3.0]["AL"] > 0.3 and yields[6.0]["AL"] < 0.1 < 0.6 < yields[6.0]["P"]


@pytest.mark.parametrize("name", ["k_ald_H: 20 L/mol/s", "pKa_amine: 9", "pKa_imine: 8"])
def test_constants_of_acid_need_a_ph(name: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        read(AMINATION.replace("k_H2:", f"{name}, k_H2:"))
    (problem,) = caught.value.problems
    assert problem.code == "E-MISSING" and "pH" in problem.remedy and problem.line == 6


@pytest.mark.parametrize("text", [OPTIONS, WARM, acid(6.0, k_ald_H="20 L/mol/s", pKa_amine="9.5")])
def test_the_schema_takes_the_options_too(text: str) -> None:
    canonical = text.replace("1 1/M/s", "1 L/mol/s").replace("s^-1", "1/s").replace("s-1", "1/s")
    data = yaml.safe_load(canonical.replace("L/(mol*s)", "L/mol/s"))
    assert not list(jsonschema.Draft202012Validator(kinetics_schema()).iter_errors(data))
