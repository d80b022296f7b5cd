"""From a fault of the controller to plunger speed 0 and heater off, over real sockets and real processes.

    python tests/long/guardian_times.py [--tries 30] [--pumps 2] [--what kill,hang,both,heat-kill,heat-hang,heat-both]

A served bench, `ruggli run` on it, and the truth of the bench asked every 10 ms. `kill`: SIGKILL to the controller;
`hang`: SIGSTOP to it; `both`: SIGKILL to controller and guardian, so that only the devices' dead-men are left. With
`heat-` the fault falls into a step that heats; without, into a dose of `--pumps` pumps (a plate is always there too).
Bounds: 3 s, 8 s, 10 s (pumps) and 30 s (heat) after the fault; the look of 10 ms is in the figures.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from served import MAIN  # noqa: E402

if sys.platform == "win32":
    raise SystemExit("SIGKILL, SIGSTOP and ps are needed")

BOUNDS = {"kill": 3.0, "hang": 8.0, "both": 10.0, "heat-kill": 3.0, "heat-hang": 8.0, "heat-both": 30.0}
LOOK = 0.01

RIG_PUMP = """\
  pump_{n}:
    driver: new-era
    model: NE-1000
    port: {{url: "sim://pump_{n}"}}
    syringe: {{make: Hamilton Gastight, size: 50 mL}}
    tubing: {{bore: 0.8 mm, length: 0.6 m, to: flask}}
    dead_man: 10 s
"""
RIG = """\
ruggli: 1
name: bench for the guardian
devices:
{pumps}  plate: {{driver: ika-rct-digital, port: {{url: "sim://plate"}}, dead_man: 30 s, plate_cap: 150 degC}}
vessels:
  flask:
    capacity: 2000 mL
    working_volume: 1800 mL
    condenser: true
    position: {{hotplate: plate, probe: flask, contact: block}}
"""
PROTOCOL = """\
ruggli: 1
name: a dose to be cut short
prompts: {{timeout: 10 min, on_timeout: hold}}
reagents:
  substrate: {{name: substrate, role: substrate, molar_mass: 434.583 g/mol, limiting: true, amount: 1 mmol}}
  toluene: {{name: toluene, role: solvent}}
{reagents}solutions:
{solutions}vessels:
  flask: {{role: reaction}}
steps:
  - {{id: charge, do: charge, vessel: flask, contents: [{{what: toluene, volume: 50 mL}}]}}
  - {{id: stir, do: stir, vessel: flask, speed: 400 rpm}}
{heat}  - id: add
    do: dose
    into: flask
    solutions: [{names}]
    class: feed
    duration: 1 h
    hold: {{at_most: 1 h}}
"""
HEAT = "  - {id: warm, do: heat, vessel: flask, to: 60 degC, class: heat_only, hold: {at_most: 1 h}}\n"
COOL = "  - {id: cool, do: cool, vessel: flask, to: 30 degC}\n"


def protocol(pumps: int, *, heat: bool) -> str:
    """A protocol with one solution for each pump."""
    reagents = "".join(
        f"  r{n}: {{name: r{n}, role: reagent, molar_mass: 100 g/mol, equivalents: 0.5 eq}}\n" for n in range(1, pumps)
    )
    solutes = ["substrate", *(f"r{n}" for n in range(1, pumps))]
    solutions = "".join(
        f"  s{n}: {{solutes: [{solute}], solvent: toluene, volume: 20 mL}}\n" for n, solute in enumerate(solutes)
    )
    names = ", ".join(f"s{n}" for n in range(pumps))
    return PROTOCOL.format(reagents=reagents, solutions=solutions, names=names, heat=HEAT + COOL if heat else "")


@dataclass
class Scene:
    """A served bench and a folder with the files of its runs."""

    control: str
    folder: Path
    pumps: int

    def devices(self) -> dict[str, Any]:
        """What the devices really do."""
        with urlopen(f"{self.control}/truth", timeout=10) as reply:
            devices: dict[str, Any] = json.load(reply)["devices"]
            return devices

    def active(self, *, heat: bool) -> bool:
        """Whether all that the scenario wants to see stopped is on; False for "none is"."""
        devices = self.devices()
        if heat:
            return bool(devices["plate"]["heater"]) and devices["plate"]["set_temperature_degC"] > 30
        return any(device.get("motor_mm_per_s", 0) > 0 for device in devices.values())

    def all_flow(self) -> bool:
        """Whether every pump flows."""
        speeds = [device["motor_mm_per_s"] for device in self.devices().values() if "motor_mm_per_s" in device]
        return all(speed > 0 for speed in speeds)

    def start(self, name: str) -> "subprocess.Popen[bytes]":
        """A controller in a process of its own."""
        words = ["run", name, "--rig", "rig.yaml", "--runs", "runs", "--no-report", "--json"]
        quiet: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        return subprocess.Popen([*MAIN, *words, "--answers", f"{name}.answers"], cwd=self.folder, **quiet)

    def write(self, name: str, text: str) -> None:
        """A protocol and the answers to all that it asks."""
        (self.folder / name).write_text(text, encoding="utf-8")
        words = [*MAIN, "plan", name, "--rig", "rig.yaml", "--json"]
        done = subprocess.run(words, cwd=self.folder, stdout=subprocess.PIPE, text=True)
        plan = json.loads(done.stdout)
        if done.returncode:
            raise SystemExit(json.dumps(plan["problems"], indent=1))
        answers = [{"id": prompt["id"], "answer": prompt["happy"], "after": "0.1 s"} for prompt in plan["prompts"]]
        (self.folder / f"{name}.answers").write_text(json.dumps(answers), encoding="utf-8")


@contextmanager
def served(pumps: int) -> Iterator[Scene]:
    """A bench with this many pumps and a plate, each behind a TCP port of its own."""
    rig = RIG.format(pumps="".join(RIG_PUMP.format(n=n) for n in range(pumps)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rig.yaml").write_text(rig, encoding="utf-8")
        words = [*MAIN, "simulator", "serve", "rig.yaml", "--json"]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(words, cwd=folder, text=True, **pipes) as server:
            try:
                assert server.stdout is not None
                told = json.loads(server.stdout.readline())
                for device in told["devices"]:
                    rig = rig.replace(f'sim://{device["name"]}"', f'{device["url"]}"')
                (folder / "rig.yaml").write_text(rig, encoding="utf-8")
                scene = Scene(told["control"], folder, pumps)
                scene.write("dose", protocol(pumps, heat=False))
                scene.write("heat", protocol(pumps, heat=True))
                yield scene
            finally:
                server.kill()


def guardian_of(controller: int) -> int:
    """The number of the guardian's process (Linux)."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(controller)], stdout=subprocess.PIPE, text=True)
    numbers = [int(text) for text in found.stdout.split()]
    if len(numbers) != 1:
        raise SystemExit(f"the controller has {len(numbers)} children: {numbers}")
    return numbers[0]


def once(scene: Scene, what: str) -> float:
    """Seconds from the fault until nothing is on."""
    heat = what.startswith("heat-")
    process = scene.start("heat" if heat else "dose")
    deadline = time.monotonic() + 60
    while not (scene.active(heat=True) if heat else scene.all_flow()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{what}: the run did not get there")
        time.sleep(0.05)
    time.sleep(1.5)
    guardian = guardian_of(process.pid)
    began = time.monotonic()
    if what.endswith("both"):
        os.kill(guardian, signal.SIGKILL)
    os.kill(process.pid, signal.SIGSTOP if what.endswith("hang") else signal.SIGKILL)
    while scene.active(heat=heat):
        if time.monotonic() - began > 60:
            return float("inf")
        time.sleep(LOOK)
    took = time.monotonic() - began
    process.wait(20)
    if heat and not what.endswith("both"):
        os.kill(guardian, signal.SIGKILL)  # it would look for half a minute whether the plate falls
    while subprocess.run(["ps", "-p", str(guardian)], stdout=subprocess.DEVNULL).returncode == 0:
        time.sleep(0.05)
    return took


def main() -> int:
    """Run everything; 0 when all times are within their bounds."""
    parser = argparse.ArgumentParser(description="Times from a fault of the controller to the stop of everything.")
    parser.add_argument("--tries", type=int, default=30)
    parser.add_argument("--pumps", type=int, default=2)
    parser.add_argument("--what", default=",".join(BOUNDS))
    options = parser.parse_args()
    late = 0
    with served(options.pumps) as scene:
        for what in options.what.split(","):
            times = sorted(once(scene, what) for _ in range(options.tries))
            bound = BOUNDS[what]
            over = sum(took > bound for took in times)
            late += over
            print(
                f"{what:<10} {options.pumps} pumps, 1 plate, {len(times)} tries: "
                f"median {statistics.median(times):.2f} s, longest {times[-1]:.2f} s, bound {bound:g} s, {over} late",
                flush=True,
            )
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
