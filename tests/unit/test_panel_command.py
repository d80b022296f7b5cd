"""`ruggli panel`: one protocol over lists of settings, as a plan for several runs."""

import json
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ruggli.app.builtin import find_protocol
from ruggli.app.planning import Ask, prepare
from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema
from ruggli.plan.panel import combinations

Captured = pytest.CaptureFixture[str]
AMIDE = "amide-macrocyclisation"
REAGENTS = "coupling_reagent=hatu,pybop,edc"


def told(capsys: Captured, *words: str) -> tuple[int, dict[str, Any]]:
    code = run(["panel", *words, "--json"])
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, output_schema("panel"))
    return code, data


def text(capsys: Captured, *words: str) -> tuple[int, str, str]:
    code = run(["panel", *words])
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def test_each_run_is_the_plan_of_its_settings(capsys: Captured) -> None:
    code, data = told(capsys, AMIDE, "--over", REAGENTS, "--set", "addition_time=3 h")
    assert (code, data["ok"], len(data["runs"])) == (0, True, 3)
    assert [one["settings"] for one in data["runs"]] == [{"coupling_reagent": n} for n in ("hatu", "pybop", "edc")]
    for one in data["runs"]:
        ready = prepare(Ask(AMIDE, settings={**one["settings"], "addition_time": "3 h"})).ready
        assert ready is not None
        assert one["duration_s"] == ready.plan.duration
        masses = {row["reagent"]: row["mass_g"] for row in one["reagents"]}
        assert masses == {row.reagent: row.mass for row in ready.plan.reagents}
        assert set(masses) & {"hatu", "pybop", "edc"} == {one["settings"]["coupling_reagent"]}
    assert data["duration_s"] == pytest.approx(sum(one["duration_s"] for one in data["runs"]))


def test_the_shopping_list_is_the_sum_with_losses(capsys: Captured) -> None:
    """0.5 mmol reach the vessel in 20 mL, and 20.2 mL are made up: 1 % more is weighed, three times."""
    _, data = told(capsys, AMIDE, "--over", REAGENTS)
    rows = {row["reagent"]: row for row in data["shopping"]}
    assert rows["substrate"]["mass_g"] == pytest.approx(3 * 0.5e-3 * 302.758 * 1.01, rel=1e-3)
    assert rows["substrate"]["amount_mmol"] == pytest.approx(1.5)
    assert (rows["substrate"]["runs"], rows["hatu"]["runs"]) == (3, 1)
    assert rows["dichloromethane"]["volume_mL"] == pytest.approx(480)
    each = [next(r["mass_g"] for r in one["reagents"] if r["reagent"] == "oxyma") for one in data["runs"]]
    assert rows["oxyma"]["mass_g"] == pytest.approx(sum(each))


def test_two_parameters_give_all_combinations() -> None:
    found = combinations({"a": ("1", "2"), "b": ("x", "y", "z")})
    assert len(found) == 6 and found[0] == {"a": "1", "b": "x"} and found[1] == {"a": "1", "b": "y"}
    assert found[-1] == {"a": "2", "b": "z"}


def test_a_command_line_plans_its_run(capsys: Captured) -> None:
    words = ("--over", "temperature=25 degC,30 degC", "--rig", "bench-harvard", "--set", "hold_time=1 h")
    _, data = told(capsys, AMIDE, *words)
    for one in data["runs"]:
        command = shlex.split(one["command"])
        assert command[:3] == ["ruggli", "run", AMIDE]
        assert run(["plan", *command[2:], "--json"]) == 0
        planned = json.loads(capsys.readouterr().out)
        assert planned["duration_s"] == one["duration_s"]
        assert planned["parameters"]["temperature"] == one["settings"]["temperature"]
        assert planned["parameters"]["hold_time"] == "1 h" and planned["rig_name"] == data["rig_name"]


def test_an_accepted_warning_is_in_the_command(capsys: Captured) -> None:
    words = ("rcm-high-dilution", "--over", "addition_time=3 h,4 h")
    code, data = told(capsys, *words)
    assert (code, [one["ok"] for one in data["runs"]]) == (2, [False, True])
    assert data["ok"] is False and data["duration_s"] == data["runs"][1]["duration_s"]
    code, data = told(capsys, *words, "--accept", "W-RCM-04=a fast catalyst")
    assert (code, [one["ok"] for one in data["runs"]]) == (0, [True, True])
    assert shlex.split(data["runs"][0]["command"])[-2:] == ["--accept", "W-RCM-04=a fast catalyst"]


def test_a_refused_run_stands_in_the_table_with_its_place(capsys: Captured) -> None:
    code, out, _ = text(capsys, "rcm-high-dilution", "--over", "addition_time=3 h,4 h")
    assert code == 2 and "refused: W-RCM-04" in out
    line = next(n for n, row in enumerate(find_protocol("rcm-high-dilution")[1].decode().splitlines(), start=1)
                if row.strip() == "duration: $addition_time")  # fmt: skip
    assert f"rcm-high-dilution.yaml:{line}:" in out
    assert "1 runs one after the other" not in out and "1 run " in out
    assert not [row for row in out.splitlines() if row.strip().startswith("1  ") and "ruggli run" in row]


@pytest.mark.parametrize(
    ("over", "words"),
    [
        (("coupling=hatu",), ("E-REF", "did you mean coupling_reagent?")),
        (("coupling_reagent=hatu,dcc",), ("E-VALUE", "hatu, hbtu, pybop, edc", ":31:")),
        (("temperature=25 degC,60 degC",), ("E-RANGE", "22 degC to 45 degC")),
        (("coupling_reagent=hatu,hbtu,pybop,edc", "additive=oxyma,hobt", "solvent=dichloromethane,dmf",
          "hold_time=1h,2h,3h,4h,5h,6h,7h"), ("E-COUNT", "at most 100")),
    ],
)  # fmt: skip
def test_what_the_protocol_does_not_know_is_refused_with_its_place(
    capsys: Captured, over: tuple[str, ...], words: tuple[str, ...]
) -> None:
    code, out, err = text(capsys, AMIDE, *(word for one in over for word in ("--over", one)))
    assert code == 2 and "Start" not in out
    assert all(word in out + err for word in words), out + err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--over", "coupling_reagent"),
        ("--over", "coupling_reagent=hatu,,edc"),
        ("--over", "coupling_reagent=hatu,hatu"),
        ("--over", "coupling_reagent=hatu", "--over", "coupling_reagent=edc"),
        ("--over", "coupling_reagent=hatu", "--set", "coupling_reagent=edc"),
    ],
)
def test_wrong_options_are_told(capsys: Captured, words: tuple[str, ...]) -> None:
    code, _, err = text(capsys, AMIDE, *words)
    assert code == 2 and "--over" in err


def test_a_refusal_is_json_too(capsys: Captured) -> None:
    code, data = told(capsys, AMIDE, "--over", "coupling_reagent=dcc")
    assert (code, data["ok"], data["verdict"]) == (2, False, "refused")
    assert data["problems"][0]["line"] == 31


def test_dry_runs_tell_verdict_and_truth(capsys: Captured, tmp_path: Path) -> None:
    words = ("slow-addition", "--over", "volume=5 mL,10 mL", "--set", "addition_time=3 min")
    code, data = told(capsys, *words, "--simulate", "--runs", str(tmp_path))
    assert (code, data["ok"]) == (0, True)
    for one, volume in zip(data["runs"], (5.0, 10.0), strict=True):
        (dose,) = one["dry_run"]["doses"]
        assert one["dry_run"]["verdict"] == "complete"
        assert dose["planned_mL"] == pytest.approx(volume, rel=0.01)
        assert dose["truth_mL"] == pytest.approx(dose["planned_mL"], rel=0.005)
        assert Path(one["dry_run"]["folder"]).is_dir()
    code, out, _ = text(capsys, *words, "--simulate", "--runs", str(tmp_path))
    assert code == 0 and "Dry runs" in out and out.count("complete") == 4
