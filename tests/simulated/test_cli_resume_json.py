"""What `ruggli resume --json` prints, over a served bench: taken up to its end, over, and out of reach."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import jsonschema
import pytest

from ruggli.app.builtin import find_rig
from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema

PROTOCOL = """\
ruggli: 1
name: One short feed
prompts: {timeout: 10 min, on_timeout: hold}
reagents:
  substrate: {name: substrate, role: substrate, molar_mass: 434.583 g/mol, limiting: true, amount: 1 mmol}
  toluene: {name: toluene, role: solvent}
solutions:
  substrate_solution: {solutes: [substrate], solvent: toluene, volume: 1 mL}
vessels:
  flask: {role: reaction}
steps:
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
  - {id: add, do: dose, into: flask, solutions: [substrate_solution], class: feed, duration: 5 s, hold: {at_most: 1 h}}
"""


@dataclass
class Desk:
    """A served bench, a protocol and a rig for it, and the command line in this process."""

    bench: "subprocess.Popen[str]"
    control: str
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def ruggli(self, *words: str) -> tuple[int, Any]:
        """The exit code and the one object that was printed."""
        code = run([*words, "--json"])
        return code, json.loads(self.capsys.readouterr().out)

    def files(self) -> tuple[str, ...]:
        return str(self.folder / "one.yaml"), "--rig", str(self.folder / "rig.yaml")

    def runs(self) -> tuple[str, ...]:
        return "--no-report", "--runs", str(self.folder / "runs")

    def begin(self) -> Any:
        """Begin a run whose first question nobody answers."""
        code, told = self.ruggli("run", *self.files(), *self.runs())
        assert (code, told["verdict"]) == (1, "held"), told
        return told

    def resume(self, run_id: str) -> tuple[int, Any]:
        code, told = self.ruggli("resume", run_id, "--answers", str(self.folder / "answers.yaml"), *self.runs())
        jsonschema.validate(told, output_schema("resume"))
        return code, told

    def delivered(self) -> float:
        with urlopen(f"{self.control}/truth", timeout=10) as reply:
            return float(json.load(reply)["vessels"]["flask"]["liquids_mL"].get("pump_a", 0.0))


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    serve = [sys.executable, "-c", "from ruggli.cli import main; main()", "simulator", "serve", "bench", "--json"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as bench:
        try:
            assert bench.stdout is not None
            told = json.loads(bench.stdout.readline())
            rig = find_rig("bench")[1].decode()
            for device in told["devices"]:
                rig = rig.replace(f"sim://{device['name']}", device["url"])
            (tmp_path / "rig.yaml").write_text(rig, encoding="utf-8")
            (tmp_path / "one.yaml").write_text(PROTOCOL, encoding="utf-8")
            desk = Desk(bench, told["control"], tmp_path, capsys)
            _, plan = desk.ruggli("plan", *desk.files())
            answers = [{"id": prompt["id"], "answer": prompt["happy"], "after": "0.1 s"} for prompt in plan["prompts"]]
            (tmp_path / "answers.yaml").write_text(json.dumps(answers), encoding="utf-8")
            yield desk
        finally:
            bench.kill()


def test_taken_up_to_its_end_and_then_over(desk: Desk) -> None:
    first = desk.begin()
    code, told = desk.resume(first["run"])
    assert (code, told["ok"], told["verdict"], told["alarms"]) == (0, True, "complete", [])
    assert (told["run"], told["folder"], told["report"]) == (first["run"], first["folder"], None)
    assert [prompt["answer"] for prompt in told["prompts"]] == ["done"]
    (dose,) = told["doses"]
    assert (dose["step"], dose["solution"], dose["device"]) == ("add", "substrate_solution", "pump_a")
    assert (dose["planned_mL"], "truth_mL" in dose) == (1.0, False)
    low, high = dose["delivered_mL"]
    assert low <= high <= 1.0
    assert low - 1e-3 <= desk.delivered() <= high + 1e-3
    assert told["still_on"] == ["plate stirs at 400 rpm"]

    code, again = desk.resume(first["run"])
    assert (code, again["ok"], again["verdict"], again["doses"]) == (2, False, "refused", [])
    assert [problem["code"] for problem in again["problems"]] == ["E-JOURNAL"]
    code, missing = desk.resume("never-begun")
    assert (code, missing["verdict"], missing["run"]) == (2, "refused", "")
    assert [problem["code"] for problem in missing["problems"]] == ["E-INPUT"]


def test_a_bench_out_of_reach_is_refused_and_ends_nothing(desk: Desk) -> None:
    first = desk.begin()
    desk.bench.kill()
    desk.bench.wait()
    for _ in range(2):
        code, told = desk.resume(first["run"])
        assert (code, told["ok"], told["verdict"]) == (2, False, "refused")
        assert (told["run"], told["exchanges"], told["doses"]) == (first["run"], 0, [])
        errors = [problem for problem in told["problems"] if problem["severity"] == "error"]
        assert [problem["code"] for problem in errors] == ["E-BENCH"]
        assert told["cause"].startswith("socket://127.0.0.1:")
