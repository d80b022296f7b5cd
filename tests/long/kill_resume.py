"""Kill a run over sockets at random moments and resume it; hold it by faults. Prints a table, asks for nothing.

    python tests/long/kill_resume.py [--times 10] [--seed 1] [--jobs 1] [--no-heat]

With `--jobs` several rows run at a time. Each row is a served bench of its own, a real clock and real sockets. The last
row heats a flask first (it takes two minutes), so that an over-temperature has a bound to break.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from served import MAIN, ServedBench, served  # noqa: E402

RESOLUTION = 0.001

PROTOCOL = """\
ruggli: 1
name: Two short feeds
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
  - {id: charge, do: charge, vessel: flask, contents: [{what: toluene, volume: 20 mL}]}
  - {id: stir, do: stir, vessel: flask, speed: 400 rpm}
HEAT  - id: add
    do: dose
    into: flask
    solutions: [substrate_solution, catalyst_solution]
    class: feed
    duration: TIME
    hold: {at_most: 2 h}
COOL"""
COOL = "  - {id: cool, do: cool, vessel: flask, to: 25 degC}\n"
HEAT = "  - {id: warm, do: heat, vessel: flask, to: 21 degC, class: feed, hold: {at_most: 2 h}}\n"


class EndedEarlyError(Exception):
    """A run was refused before a pump ran: nothing to kill. On a loaded computer a device may not be asked in time."""


class Bench(ServedBench):
    """A served bench with the files of one run."""

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """A controller in a process of its own."""
        options = ["--runs", "runs", "--no-report", "--json", "--answers", "answers.yaml"]
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([*MAIN, *words, *options], cwd=self.folder, text=True, **pipes)

    def wait_for_start(self, process: "subprocess.Popen[str]") -> None:
        """Until both pumps run."""
        while process.poll() is None:
            for path in (self.folder / "runs").glob("*/journal.jsonl"):
                if path.read_bytes().count(b'"kind":"started"') >= 2:
                    return
            time.sleep(0.05)
        raise EndedEarlyError(json.loads(process.communicate()[0])["cause"])

    def run_name(self) -> str:
        """The one run in the folder."""
        return next((self.folder / "runs").iterdir()).name


@contextmanager
def serve(duration: str, heat: str = "") -> Iterator[Bench]:
    """The built-in bench in a process of its own, with toluene in the flask."""
    text = PROTOCOL.replace("HEAT", heat).replace("TIME", duration).replace("COOL", COOL if heat else "")
    with tempfile.TemporaryDirectory() as name, served(Path(name), text) as control:
        bench = Bench(control, Path(name))
        bench.post("act", {"act": "charge", "vessel": "flask", "name": "t", "solvent": "toluene", "volume_mL": 20})
        yield bench


def kill_and_resume(moment: float) -> tuple[str, str, bool]:
    """What happened, the figures, and whether they are right."""
    with serve("12 s") as bench:
        process = bench.start("run", "two.yaml", "--rig", "rig.yaml")
        bench.wait_for_start(process)
        time.sleep(moment)
        process.kill()
        process.communicate()
        before = bench.truth()["vessels"]["flask"]["liquids_mL"]
        outcome = json.loads(bench.start("resume", bench.run_name()).communicate()[0])
        held = bench.truth()["vessels"]["flask"]["liquids_mL"]
        right, figures = outcome["verdict"] == "complete" and len(outcome["doses"]) == 2, []
        for row in outcome["doses"]:
            pump, planned = row["device"], row["planned_mL"]
            right = right and 0.995 * planned <= held.get(pump, 0.0) <= planned + RESOLUTION
            figures.append(f"{before.get(pump, 0.0):.4f} -> {held.get(pump, 0.0):.4f} of {planned:g} mL")
        return f"killed after {moment:.2f} s, resumed: {outcome['verdict']}", ", ".join(figures), right


def fault(data: dict[str, Any], code: str, heat: str = "") -> tuple[str, str, bool]:
    """A fault in mid-dose."""
    with serve("60 s", heat) as bench:
        process = bench.start("run", "two.yaml", "--rig", "rig.yaml")
        bench.wait_for_start(process)
        time.sleep(2.0)
        bench.post("fault", data)
        outcome = json.loads(process.communicate()[0])
        devices = bench.truth()["devices"]
        partner = "pump_b" if data["target"] == "pump_a" else "pump_a"
        speed = devices[partner]["motor_mm_per_s"]
        alarms = [(alarm["code"], alarm["device"]) for alarm in outcome["alarms"]]
        right = outcome["verdict"] == "held" and alarms == [(code, data["target"])] and speed == 0
        told = "; ".join(f"{found} {device}" for found, device in alarms)
        return f"{data['kind']} of {data['target']}: {outcome['verdict']}", f"{told}; partner {speed:g} mm/s", right


def main() -> int:
    """Run everything; 0 when all rows are right."""
    parser = argparse.ArgumentParser(description="Kill and resume over sockets; faults over sockets.")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-heat", action="store_true", help="leave out the row that heats first")
    parser.add_argument("--jobs", type=int, default=1, help="rows at a time")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(f"seed {options.seed}")
    wrong = early = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        started = [pool.submit(row) for row in rows(chance, options.times, not options.no_heat)]
        for done in as_completed(started):
            try:
                what, figures, right = done.result()
            except EndedEarlyError as error:
                early += 1
                print(f"early  {error}", flush=True)
                continue
            wrong += not right
            print(f"{'ok   ' if right else 'WRONG'}  {what:<48}  {figures}", flush=True)
    print(f"{len(started)} rows, {wrong} wrong, {early} ended before a pump ran")
    return 1 if wrong else 0


def rows(chance: random.Random, times: int, heated: bool) -> Iterator[Callable[[], tuple[str, str, bool]]]:
    """What gives one row each."""
    for _ in range(times):
        yield partial(kill_and_resume, chance.uniform(0.2, 11.0))
    yield partial(fault, {"kind": "stall", "target": "pump_a"}, "A-STALL")
    yield partial(fault, {"kind": "unplug", "target": "pump_b"}, "A-LINK")
    if heated:
        over = {"kind": "over-temperature", "target": "plate", "rate_K_per_min": 600}
        yield partial(fault, over, "A-RUNAWAY", HEAT)


if __name__ == "__main__":
    sys.exit(main())
