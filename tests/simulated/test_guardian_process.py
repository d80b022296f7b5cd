"""The guardian as a process: killed and hanging controllers over real sockets, and controllers without a guardian."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from served import MAIN, ServedBench, served

if sys.platform == "win32":
    pytest.skip("SIGKILL and SIGSTOP", allow_module_level=True)

PATIENCE = 40.0
PUMPS = ("pump_a", "pump_b")

PROTOCOL = """\
ruggli: 1
name: Two feeds into a warm flask
prompts: {timeout: 10 min, on_timeout: hold}
reagents:
  substrate: {name: substrate, role: substrate, molar_mass: 434.583 g/mol, limiting: true, amount: 1 mmol}
  catalyst: {name: catalyst, role: catalyst, molar_mass: 848.971 g/mol, mole_percent: 5 mol%}
  toluene: {name: toluene, role: solvent}
solutions:
  substrate_solution: {solutes: [substrate], solvent: toluene, volume: 4 mL}
  catalyst_solution: {solutes: [catalyst], solvent: toluene, volume: 2 mL}
vessels:
  flask: {role: reaction}
steps:
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
  - id: add
    do: dose
    into: flask
    solutions: [substrate_solution, catalyst_solution]
    class: feed
    duration: 30 min
    hold: {at_most: 2 h}
"""


@dataclass
class Scene(ServedBench):
    """A served bench, and a run on it in a process of its own."""

    process: "subprocess.Popen[str] | None" = None

    def devices(self) -> dict[str, Any]:
        devices: dict[str, Any] = self.truth()["devices"]
        return devices

    def flowing(self) -> int:
        devices = self.devices()
        return sum(devices[name]["motor_mm_per_s"] > 0 for name in PUMPS)

    def counted(self) -> float:
        """mL by the pumps' own counters, the lesser of the two."""
        devices = self.devices()
        return float(min(devices[name]["counter_infused_mL"] for name in PUMPS))

    def start(self, *words: str) -> "subprocess.Popen[str]":
        options = ["--runs", "runs", "--no-report", "--json", "--answers", "answers.yaml"]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
        return subprocess.Popen([*MAIN, *words, *options], cwd=self.folder, text=True, **pipes)

    def run(self, *words: str) -> "subprocess.Popen[str]":
        """Start the run; returns when both pumps flow and their counters show it."""
        process = self.start("run", "two.yaml", "--rig", "rig.yaml", *words)
        self.wait(lambda: process.poll() is not None or self.counted() > 0.003)
        assert process.poll() is None, process.communicate()
        return process

    def wait(self, until: Any) -> float:
        """Seconds until it is so."""
        began = time.monotonic()
        while not until():
            assert time.monotonic() - began < PATIENCE
            time.sleep(0.02)
        return time.monotonic() - began

    def guardian(self, controller: int) -> int:
        told = subprocess.check_output(["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], text=True)
        found = [line.split() for line in told.splitlines() if "ruggli.app.guardian" in line]
        return next(int(pid) for pid, parent, *_ in found if int(parent) == controller)

    def run_folder(self) -> Path:
        return next((self.folder / "runs").iterdir())

    def records(self) -> list[dict[str, Any]]:
        path = self.run_folder() / "guardian.jsonl"
        return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []

    def journal(self, kind: str) -> list[dict[str, Any]]:
        lines = (self.run_folder() / "journal.jsonl").read_bytes().splitlines()
        return [record for record in map(json.loads, lines) if record["kind"] == kind]

    def copied(self) -> list[dict[str, Any]]:
        frame = ("n", "t", "wall", "kind", "hash")
        return [
            {key: value for key, value in record.items() if key not in frame} for record in self.journal("guardian")
        ]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], stdout=subprocess.PIPE, text=True).stdout
    return not told.strip().startswith("Z") and told.strip() != ""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with served(tmp_path, PROTOCOL) as control:
        yield Scene(control, tmp_path)


def test_a_killed_controller_is_replaced_within_three_seconds_and_resume_takes_the_record_over(scene: Scene) -> None:
    process = scene.run()
    guardian = scene.guardian(process.pid)
    process.kill()
    took = scene.wait(lambda: scene.flowing() == 0)
    assert took <= 3.0
    process.communicate()
    scene.wait(lambda: not is_alive(guardian))
    told = {(record["device"], record["what"]): record for record in scene.records()}
    assert told["controller", "seen"]["proof"] == "the controller's process has ended"
    devices = scene.devices()
    for name in PUMPS:
        record = told[name, "flow stopped"]
        assert record["proof"] and not record["error"]
        assert record["counter_mL"] == pytest.approx(devices[name]["counter_infused_mL"], abs=0.0011)
    assert told["plate", "heat kept"]["proof"]
    resumed = scene.start("resume", scene.run_folder().name)
    scene.wait(lambda: resumed.poll() is not None or scene.flowing() == 2)
    assert resumed.poll() is None, resumed.communicate()
    assert scene.copied() == scene.records()
    resumed.send_signal(signal.SIGTERM)
    resumed.communicate(timeout=PATIENCE)
    assert scene.copied() == scene.records(), "and nothing twice"


def test_a_controller_that_hangs_is_killed_and_replaced_within_eight_seconds(scene: Scene) -> None:
    process = scene.run()
    process.send_signal(signal.SIGSTOP)
    took = scene.wait(lambda: scene.flowing() == 0)
    assert 3.0 <= took <= 8.0
    process.communicate(timeout=5)
    assert process.returncode == -signal.SIGKILL
    told = [record["what"] for record in scene.records() if record["device"] == "controller"]
    assert told == ["seen", "killed", "seen"]


def test_an_orderly_end_leaves_nothing_behind(scene: Scene) -> None:
    process = scene.run()
    guardian = scene.guardian(process.pid)
    os.kill(guardian, signal.SIGTERM)
    os.kill(guardian, signal.SIGINT)
    time.sleep(0.5)
    assert is_alive(guardian), "it goes on whatever asks it to end"
    process.send_signal(signal.SIGTERM)
    outcome = json.loads(process.communicate(timeout=PATIENCE)[0])
    assert outcome["verdict"] == "stopped" and outcome["alarms"] == []
    assert not is_alive(guardian)
    assert sorted(path.name for path in scene.run_folder().iterdir()) == ["journal.jsonl"]


@pytest.mark.parametrize("unattended", [True, False])
def test_a_guardian_that_dies_is_noticed(scene: Scene, unattended: bool) -> None:
    said = [] if not unattended else [
        "--unattended", "--accept", "W-NOTIFY", "--accept", "W-SLEEP",
        *(word for name in (*PUMPS, "plate") for word in ("--waive", name)),
        *("--reason", "a test", "--by", "tester"),
    ]  # fmt: skip
    process = scene.run(*said)
    os.kill(scene.guardian(process.pid), signal.SIGKILL)
    scene.wait(lambda: scene.journal("alarm"))
    alarm = scene.journal("alarm")[0]
    assert (alarm["code"], alarm["device"]) == ("A-GUARDIAN", "guardian")
    if unattended:
        assert scene.wait(lambda: scene.flowing() == 0) <= 3.0
    else:
        time.sleep(2.5)
        assert scene.flowing() == 2
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert len(scene.journal("alarm")) == 1


def test_a_guardian_that_hangs_is_noticed(scene: Scene) -> None:
    process = scene.run()
    guardian = scene.guardian(process.pid)
    os.kill(guardian, signal.SIGSTOP)
    took = scene.wait(lambda: scene.journal("alarm"))
    assert 4.0 <= took <= 13.0
    assert "has not answered" in scene.journal("alarm")[0]["text"]
    os.kill(guardian, signal.SIGKILL)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
