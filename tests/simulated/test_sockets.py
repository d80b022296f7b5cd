"""The real clock and real sockets: a served bench in one process, `ruggli run` in another."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served import MAIN, ServedBench, served

PATIENCE = 60.0
RESOLUTION = 0.0011
"""mL, of the counter of a New Era pump with a syringe wider than 14 mm."""

PROTOCOL = """\
ruggli: 1
name: Two short feeds
parameters:
  addition_time: {default: 12 s, min: 5 s, max: 1 h, description: time of the addition}
prompts: {timeout: 10 min, on_timeout: hold}
reagents:
  substrate: {name: substrate, role: substrate, molar_mass: 434.583 g/mol, limiting: true, amount: 1 mmol}
  catalyst: {name: catalyst, role: catalyst, molar_mass: 848.971 g/mol, mole_percent: 5 mol%}
  toluene: {name: toluene, role: solvent}
solutions:
  substrate_solution: {solutes: [substrate], solvent: toluene, volume: 2 mL}
  catalyst_solution: {solutes: [catalyst], solvent: toluene, volume: 1 mL}
vessels:
  flask: {role: reaction}
steps:
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
  - id: add
    do: dose
    into: flask
    solutions: [substrate_solution, catalyst_solution]
    class: feed
    duration: $addition_time
    hold: {at_most: 2 h}
"""


class Bench(ServedBench):
    """A served bench and a folder with a protocol, a rig and answers for it."""

    def delivered(self) -> dict[str, float]:
        """What each pump has really pushed into the flask, mL, by pump: nobody has loaded a solution."""
        held: dict[str, float] = self.truth()["vessels"]["flask"]["liquids_mL"]
        return held

    def start(self, *words: str, say: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
        files = ["--runs", str(self.folder / "runs"), "--no-report", "--json", *say]
        return subprocess.Popen(
            [*MAIN, *words, *files],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
        )

    def run(self, addition_time: str = "8 s") -> "subprocess.Popen[str]":
        words = ("run", "two.yaml", "--rig", "rig.yaml", "--set", f"addition_time={addition_time}")
        return self.start(*words, "--answers", "answers.yaml")

    def journal(self) -> list[dict[str, Any]]:
        """What the latest run has written so far, up to its last whole line."""
        found = sorted((self.folder / "runs").glob("*/journal.jsonl"))
        if not found:
            return []
        lines = found[-1].read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines]

    def wait_for_start(self, process: "subprocess.Popen[str]") -> None:
        """Until both pumps run."""
        deadline = time.monotonic() + PATIENCE
        while len([record for record in self.journal() if record["kind"] == "started"]) < 2:
            assert process.poll() is None and time.monotonic() < deadline, process.communicate()
            time.sleep(0.05)


def ended(process: "subprocess.Popen[str]") -> tuple[int, Any]:
    out, err = process.communicate(timeout=PATIENCE)
    assert out, err
    return process.returncode, json.loads(out)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """The built-in bench in a process of its own."""
    with served(tmp_path, PROTOCOL) as control:
        yield Bench(control, tmp_path)


def test_a_short_dose_reaches_its_end(bench: Bench) -> None:
    code, outcome = ended(bench.run())
    assert (code, outcome["verdict"], outcome["alarms"]) == (0, "complete", [])
    assert [row["planned_mL"] for row in outcome["doses"]] == [2.0, 1.0]
    for row in outcome["doses"]:
        assert bench.delivered()[row["device"]] == pytest.approx(row["planned_mL"], rel=0.005)
        assert row["delivered_mL"][1] <= row["planned_mL"]
        assert "truth_mL" not in row, "a controller does not know the truth of a bench that it only talks to"
    assert outcome["wall_seconds"] == pytest.approx(outcome["virtual_seconds"], abs=1.0)


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_in_mid_dose_and_resumed_to_the_right_total(bench: Bench, seed: int) -> None:
    moment = random.Random(seed).uniform(0.5, 6.0)
    process = bench.run()
    bench.wait_for_start(process)
    time.sleep(moment)
    process.kill()
    process.communicate()
    assert 0 < sum(bench.delivered().values()) < 3.0
    runs = [path.name for path in (bench.folder / "runs").iterdir()]
    code, outcome = ended(bench.start("resume", runs[0], say=("--answers", "answers.yaml")))
    assert (code, outcome["verdict"]) == (0, "complete"), outcome
    assert [row["planned_mL"] for row in outcome["doses"]] == [2.0, 1.0]
    for row in outcome["doses"]:
        truth, planned, (low, high) = bench.delivered()[row["device"]], row["planned_mL"], row["delivered_mL"]
        assert 0.995 * planned <= truth <= planned + RESOLUTION
        assert low - RESOLUTION <= truth <= high + RESOLUTION


FAULTS = [
    ({"kind": "stall", "target": "pump_a"}, "A-STALL"),
    ({"kind": "unplug", "target": "pump_b"}, "A-LINK"),
    ({"kind": "stirrer-stop", "target": "plate"}, "A-STIR"),
]


@pytest.mark.parametrize(("fault", "code"), FAULTS, ids=[code for _, code in FAULTS])
def test_a_fault_holds_the_run_and_stops_the_partner(bench: Bench, fault: dict[str, Any], code: str) -> None:
    process = bench.run("60 s")
    bench.wait_for_start(process)
    bench.post("fault", fault)
    returned, outcome = ended(process)
    assert (returned, outcome["verdict"]) == (1, "held")
    assert [(alarm["code"], alarm["device"]) for alarm in outcome["alarms"]] == [(code, fault["target"])]
    devices = bench.truth()["devices"]
    partner = "pump_b" if fault["target"] == "pump_a" else "pump_a"
    assert devices[partner]["motor_mm_per_s"] == 0
    if fault["kind"] == "unplug":
        return
    for row in outcome["doses"]:
        low, high = row["delivered_mL"]
        assert low - RESOLUTION <= bench.delivered()[row["device"]] <= high + RESOLUTION


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to one process")
def test_ctrl_c_without_a_terminal_ends_in_the_safe_state(bench: Bench) -> None:
    process = bench.run("60 s")
    bench.wait_for_start(process)
    process.send_signal(signal.SIGINT)
    code, outcome = ended(process)
    assert (code, outcome["verdict"]) == (1, "held")
    devices = bench.truth()["devices"]
    assert devices["pump_a"]["motor_mm_per_s"] == devices["pump_b"]["motor_mm_per_s"] == 0
    assert devices["plate"]["speed_rpm"] == pytest.approx(400, abs=5)


ENDS = [(("SIGTERM",), "stopped"), (("SIGHUP",), "stopped"), (("SIGINT", "SIGINT"), "stopped"), (("SIGINT",), "held")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other ways to end a program")
@pytest.mark.parametrize(("names", "verdict"), ENDS, ids=["-".join(names) for names, _ in ENDS])
def test_a_signal_stops_the_flows_within_3_s_and_seals_the_journal(
    bench: Bench, names: tuple[str, ...], verdict: str
) -> None:
    process = bench.run("60 s")
    bench.wait_for_start(process)
    began = time.monotonic()
    for name in names:
        process.send_signal(getattr(signal, name))
        time.sleep(0.02)  # two of a kind that come at once are one
    while any(device.get("motor_mm_per_s") for device in bench.truth()["devices"].values()):
        assert time.monotonic() - began < 3.0
    code, outcome = ended(process)
    assert (code, outcome["verdict"]) == (1, verdict)
    assert bench.journal()[-1]["kind"] == "seal"
    assert bench.truth()["devices"]["plate"]["speed_rpm"] == pytest.approx(400, abs=5), "the class keeps stirring"
    for row in outcome["doses"]:
        low, high = row["delivered_mL"]
        assert low - RESOLUTION <= bench.delivered()[row["device"]] <= high + RESOLUTION


def test_a_newcomer_is_refused_by_name_and_the_first_goes_on(bench: Bench) -> None:
    process = bench.run("10 s")
    bench.wait_for_start(process)
    runs = sorted((bench.folder / "runs").iterdir())
    for words in (("run", "two.yaml", "--rig", "rig.yaml"), ("resume", runs[0].name)):
        code, outcome = ended(bench.start(*words, say=("--answers", "answers.yaml")))
        assert (code, outcome["verdict"]) == (2, "refused")
        assert [problem["code"] for problem in outcome["problems"]] == ["E-LOCK"]
        assert f"process {process.pid}" in outcome["cause"]
        assert runs[0].name in outcome["cause"]
    asked = subprocess.run([*MAIN, "rig", "check", "rig.yaml"], cwd=bench.folder, capture_output=True, text=True)
    assert asked.returncode == 2
    assert "E-LOCK" in asked.stderr
    assert sorted((bench.folder / "runs").iterdir()) == runs, "who is refused leaves no run behind"
    code, outcome = ended(process)
    assert (code, outcome["verdict"]) == (0, "complete")
    assert [record["ports"] for record in bench.journal() if record["kind"] == "lease"] != []


def test_a_run_that_goes_on_cannot_be_resumed_beside(bench: Bench) -> None:
    process = bench.run("10 s")
    bench.wait_for_start(process)
    runs = [path.name for path in (bench.folder / "runs").iterdir()]
    code, outcome = ended(bench.start("resume", runs[0]))
    assert code != 0
    assert "another process" in json.dumps(outcome)
    code, outcome = ended(process)
    assert (code, outcome["verdict"]) == (0, "complete")
    assert bench.journal()[-1]["kind"] == "seal"


def test_a_protocol_that_was_edited_is_not_resumed(bench: Bench) -> None:
    process = bench.run("60 s")
    bench.wait_for_start(process)
    bench.post("fault", {"kind": "stall", "target": "pump_a"})
    ended(process)
    path = bench.folder / "two.yaml"
    path.write_text(path.read_text().replace("2 mL", "3 mL"), encoding="utf-8")
    runs = [found.name for found in (bench.folder / "runs").iterdir()]
    code, outcome = ended(bench.start("resume", runs[0]))
    assert code == 2
    assert "E-CHANGED" in json.dumps(outcome)
    devices = bench.truth()["devices"]
    assert devices["pump_a"]["motor_mm_per_s"] == devices["pump_b"]["motor_mm_per_s"] == 0
