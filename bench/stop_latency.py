"""From a person's STOP to the last stop byte on the wire, with eight pumps, a real clock and real sockets.

    python bench/stop_latency.py [--tries 200] [--load 4] [--latency 0.03] [--seed 1]

A served bench notes when each stop command arrives at it; `ruggli run` lives in a process of its own. In turn the stop
is a termination signal and the word `stop` typed at the terminal, at a random moment of the control loop. With
`--load N` that many other processes keep the processors busy meanwhile.
"""

import argparse
import io
import json
import multiprocessing
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from measure import verdict
from serial.urlhandler import protocol_socket

from ruggli.app.benches import describe
from ruggli.app.files import open_rig
from ruggli.app.planning import Ask, prepare
from ruggli.cli import main as ruggli
from ruggli.quantities.base import Seconds
from ruggli_simulator import server

BOUND = 0.1
"""Seconds, 99 of 100 tries."""
PUMPS = 8
PATIENCE = 30.0

RIG = """\
ruggli: 1
name: eight pumps
devices:
{pumps}
  plate: {{driver: ika-rct-digital, port: {{url: "{plate}"}}, dead_man: 30 s, plate_cap: 150 degC}}
vessels:
  flask:
    capacity: 250 mL
    working_volume: 220 mL
    stirred: true
    position: {{hotplate: plate, probe: flask, contact: block}}
"""
PUMP = """\
  pump_{number}:
    driver: {driver}
    port: {{url: "{url}"}}
    syringe: {{make: Hamilton Gastight, size: 10 mL}}
    tubing: {{bore: 0.8 mm, length: 0.6 m, to: flask}}
"""
PROTOCOL = """\
ruggli: 1
name: Eight feeds
prompts: {{timeout: 10 min, on_timeout: hold}}
reagents:
  toluene: {{name: toluene, role: solvent}}
{reagents}
solutions:
{solutions}
vessels:
  flask: {{role: reaction}}
steps:
  - {{id: stir, do: stir, vessel: flask, speed: 400 rpm}}
  - id: add
    do: dose
    into: flask
    solutions: [{names}]
    class: feed
    duration: 5 h
    hold: {{at_most: 2 h}}
"""


def rig_text(url: dict[str, str]) -> str:
    drivers = ["new-era"] * (PUMPS // 2) + ["harvard-pump-11-elite"] * (PUMPS // 2)
    pumps = [PUMP.format(number=n, driver=driver, url=url[f"pump_{n}"]) for n, driver in enumerate(drivers)]
    return RIG.format(pumps="".join(pumps).rstrip(), plate=url["plate"])


def protocol_text() -> str:
    numbers = range(PUMPS)
    basis = "limiting: true, amount: 1 mmol"
    reagents = [
        f"  r{n}: {{name: r{n}, role: reagent, molar_mass: 100 g/mol, {'equivalents: 1 eq' if n else basis}}}"
        for n in numbers
    ]
    solutions = [f"  s{n}: {{solutes: [r{n}], solvent: toluene, volume: 5 mL}}" for n in numbers]
    names = ", ".join(f"s{n}" for n in numbers)
    return PROTOCOL.format(reagents="\n".join(reagents), solutions="\n".join(solutions), names=names)


def serve(path: str, latency: Any, told: Connection, stops: Connection) -> None:
    """A served bench that sends the port and the moment of every stop command that arrives.

    `latency` holds what every device takes for a reply, in seconds.
    """

    class Tapped(server.Bench):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            for name, port in self.ports.items():
                port.tap = self._tap(name, port)

        def _tap(self, name: str, port: Any) -> Any:
            def tap(direction: str, data: bytes) -> None:
                port._latency = Seconds(latency.value)
                if direction == ">" and b"STP" in data.upper():
                    stops.send((name, time.monotonic()))

            return tap

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server.Bench = Tapped  # type: ignore[misc]
    never = multiprocessing.Event()
    server.serve(describe(open_rig(path)), on_ready=told.send, stop_event=never)


class Terminal(io.TextIOWrapper):
    """A pipe that passes for a keyboard."""

    def isatty(self) -> bool:
        return True


def control(folder: str, words: Sequence[str], keys: int) -> None:
    """`ruggli run` in this process."""
    vars(protocol_socket)["time"] = SimpleNamespace(sleep=lambda seconds: None)  # after closing, pyserial waits 0.3 s
    os.chdir(folder)
    sys.stdin = Terminal(open(keys, "rb"))
    sys.stdout = open("out.txt", "w", encoding="utf-8")
    sys.stderr = open("err.txt", "w", encoding="utf-8")
    sys.argv = ["ruggli", *words]
    ruggli()


def burn() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        sum(range(10_000))


def started(folder: Path) -> bool:
    found = sorted(folder.glob("runs/*/journal.jsonl"))
    return bool(found) and found[-1].read_bytes().count(b'"kind":"started"') >= PUMPS


def one_try(
    folder: Path, stops: Connection, by_signal: bool, dice: random.Random, latency: Any, seconds: float
) -> float:
    """Seconds from the stop to the last pump's first stop command; the devices are slow once the pumps run."""
    latency.value = 0.0
    for old in folder.glob("runs/*/journal.jsonl"):
        old.unlink()
    words = ["run", "eight.yaml", "--rig", "eight-rig.yaml", "--answers", "answers.yaml", "--runs", "runs"]
    reader, writer = os.pipe()
    os.set_inheritable(reader, True)
    child = multiprocessing.get_context("fork").Process(
        target=control, args=(str(folder), [*words, "--no-report", "--set-diameter"], reader)
    )
    child.start()
    os.close(reader)
    deadline = time.monotonic() + PATIENCE
    while not started(folder):
        if not child.is_alive() or time.monotonic() > deadline:
            sys.exit(f"the run did not start: {(folder / 'out.txt').read_text()}{(folder / 'err.txt').read_text()}")
        time.sleep(0.02)
    latency.value = seconds
    time.sleep(dice.uniform(1.0, 2.0))
    while stops.poll():
        stops.recv()
    asked = time.monotonic()
    if by_signal:
        assert child.pid is not None
        os.kill(child.pid, signal.SIGTERM)
    else:
        os.write(writer, b"stop\n")
    heard: dict[str, float] = {}
    while len(heard) < PUMPS:
        if not stops.poll(PATIENCE):
            sys.exit(f"only {sorted(heard)} were stopped within {PATIENCE:.0f} s")
        name, moment = stops.recv()
        heard.setdefault(name, moment)
    child.join(PATIENCE)
    os.close(writer)
    if child.exitcode != 1:
        sys.exit(f"exit code {child.exitcode}, not 1")
    return max(heard.values()) - asked


def show(title: str, seconds: Sequence[float]) -> None:
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    half = statistics.median(ordered)
    print(
        f"{title:>8}: {len(ordered)} tries, p50 {half * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms, "
        f"max {ordered[-1] * 1e3:.1f} ms  {verdict(p99, BOUND)}",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=200)
    parser.add_argument("--load", type=int, default=0, help="processes that keep the processors busy")
    parser.add_argument("--latency", type=float, default=0.03, help="what a device takes for a reply, in seconds")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        devices = [*(f"pump_{n}" for n in range(PUMPS)), "plate"]
        (folder / "eight.yaml").write_text(protocol_text(), encoding="utf-8")
        rig = folder / "eight-rig.yaml"
        rig.write_text(rig_text({device: f"sim://{device}" for device in devices}), encoding="utf-8")
        told, tell = multiprocessing.Pipe(duplex=False)
        stops, note = multiprocessing.Pipe(duplex=False)
        latency = multiprocessing.Value("d", 0.0)
        helpers = [
            multiprocessing.get_context("fork").Process(target=serve, args=(str(rig), latency, tell, note), daemon=True)
        ]
        helpers += [multiprocessing.get_context("fork").Process(target=burn, daemon=True) for _ in range(options.load)]
        for helper in helpers:
            helper.start()
        url = {row["name"]: row["url"] for row in told.recv()["devices"]}
        rig.write_text(rig_text(url), encoding="utf-8")
        prepared = prepare(Ask(str(folder / "eight.yaml"), str(rig)))
        if prepared.ready is None:
            sys.exit("\n".join(problem.line_text() for problem in prepared.problems))
        answers = [{"id": p.id, "answer": p.happy, "after": "0.01 s"} for p in prepared.ready.plan.prompts]
        (folder / "answers.yaml").write_text(json.dumps(answers), encoding="utf-8")
        seconds: dict[str, list[float]] = {"signal": [], "terminal": []}
        for number in range(options.tries):
            kind = ("signal", "terminal")[number % 2]
            seconds[kind].append(one_try(folder, stops, kind == "signal", dice, latency, options.latency))
        for kind, found in seconds.items():
            show(kind, found)
        for helper in helpers:
            helper.terminate()


if __name__ == "__main__":
    main()
