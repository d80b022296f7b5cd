"""Controllers started at once on one rig: one is master, the others send nothing.

    python tests/long/races.py [--races 1000] [--programs 50] [--seed 1]

The rig stands behind TCP ports that count, at their own end, the connections and the bytes of each. A race starts 2 to
8 controllers that wait for one moment; they are processes with the program loaded already, or (`--programs`) real
`ruggli run` processes. One must win; every port must have seen one connection, which is the winner's.
"""

import argparse
import json
import multiprocessing
import os
import random
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from serial.urlhandler import protocol_socket

from ruggli.app.builtin import find_rig
from ruggli.app.doors import open_doors
from ruggli.app.drivers import line_settings
from ruggli.app.planning import Ask, prepare
from ruggli.app.request import RunRequest
from ruggli.errors import PortsTaken, RuggliError
from ruggli.world.lock_folder import LOCKS_VARIABLE

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from served import MAIN  # noqa: E402

MOST_RACERS = 8
START_SECONDS = 0.003
"""From the order to the moment of a race; all wait for it without sleeping."""
PATIENCE = 60.0
PORTS = ("pump_a", "pump_b", "plate")
PROTOCOL = """\
ruggli: 1
name: One feed
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
    duration: 1 h
    hold: {at_most: 2 h}
"""


@dataclass
class Counted:
    """What one client has done to one port."""

    port: str
    peer: tuple[str, int] = ("", 0)
    bytes: int = 0


@dataclass
class CountingPorts:
    """TCP ports that answer nothing, and note who connects and how many bytes each client sends."""

    clients: list[Counted] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._open: dict[socket.socket, Counted] = {}
        self._lock = threading.Lock()
        for port in PORTS:
            listener = socket.create_server(("127.0.0.1", 0), backlog=64)
            listener.setblocking(False)
            self._selector.register(listener, selectors.EVENT_READ, port)
            self.numbers[port] = int(listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def take(self) -> list[Counted]:
        """Everybody who has come since the last call and is gone again; waits for those who are here.

        Connections of our own come after all that were made before, and tell when those have been counted.
        """
        last = {port: socket.create_connection(("127.0.0.1", number)) for port, number in self.numbers.items()}
        # with the port that they lead to: two connections to different ports may have one number at our end
        ours = {(port, end.getsockname()) for port, end in last.items()}
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with self._lock:
                if ours <= {(client.port, client.peer) for client in self.clients}:
                    for end in last.values():
                        end.close()
                    if not self._open:
                        taken, self.clients = self.clients, []
                        return [client for client in taken if (client.port, client.peer) not in ours]
            time.sleep(0.001)
        raise SystemExit("a client did not go")

    def wait_for_master(self) -> None:
        """Return when every port is open and bytes have come, or after `PATIENCE`: losers can be quicker than it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with self._lock:
                opened = {client.port for client in self.clients} == set(PORTS)
                if opened and any(client.bytes for client in self.clients):
                    return
            time.sleep(0.001)

    def hang_up(self) -> None:
        """End all connections."""
        with self._lock:
            for client in self._open:
                client.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                with self._lock:
                    self._look(key.fileobj, key.data)

    def _look(self, end: Any, port: str) -> None:
        if end not in self._open:
            client, peer = end.accept()
            client.setblocking(False)
            self._open[client] = Counted(port, peer)
            self.clients.append(self._open[client])
            self._selector.register(client, selectors.EVENT_READ, port)
            return
        try:
            data = end.recv(4096)
        except OSError:
            data = b""
        if data:
            self._open[end].bytes += len(data)
        else:
            self._selector.unregister(end)
            del self._open[end]
            end.close()


def racer(folder: str, orders: Connection) -> None:
    """A controller with everything loaded: at each given moment open the doors of a run and write to each port."""
    hasty = SimpleNamespace(sleep=lambda seconds: None)
    vars(protocol_socket)["time"] = hasty  # pyserial waits 0.3 s after it has closed a socket
    request = make_request(Path(folder))
    orders.send(("ready", ""))
    while (moment := orders.recv()) is not None:
        while time.monotonic() < moment:
            pass
        with ExitStack() as stack:
            try:
                doors = open_doors(request, stack)
                for device in request.plan.devices:
                    channel = doors.lines.open(device.port, line_settings(device.driver, None))
                    channel.send(b"?\r")
                orders.send(("won", ""))
                orders.recv()
            except PortsTaken as refused:
                orders.send(("refused", str(refused)))
                orders.recv()
            except RuggliError as error:
                orders.send(("error", str(error)))
                orders.recv()
        orders.send(("gone", ""))


class Racers:
    """Processes that wait for a race."""

    def __init__(self, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._orders = []
        for _ in range(MOST_RACERS):
            ours, theirs = context.Pipe()
            context.Process(target=racer, args=(str(folder), theirs), daemon=True).start()
            self._orders.append(ours)
        for orders in self._orders:
            orders.recv()

    def race(self, number: int) -> list[tuple[str, str]]:
        """How each of `number` controllers fared; all have let go when this returns."""
        moment = time.monotonic() + START_SECONDS
        running = self._orders[:number]
        for orders in running:
            orders.send(moment)
        told = [orders.recv() for orders in running]
        for orders in running:
            orders.send("over")
        for orders in running:
            orders.recv()
        return told

    def end(self) -> None:
        """Send everybody home."""
        for orders in self._orders:
            orders.send(None)


def one_race(racers: Racers, ports: CountingPorts, number: int) -> str:
    """Run one race; says what was wrong."""
    told = racers.race(number)
    return judge(ports.take(), [how for how, _ in told], [text for how, text in told if how == "refused"])


def judge(clients: list[Counted], ends: list[str], refusals: list[str]) -> str:
    """What is wrong; "" when one has won, each port has seen one client, and each loser says who is master."""
    counts = Counter(ends)
    if counts["won"] != 1 or counts["refused"] != len(ends) - 1:
        return f"{dict(counts)}"
    if Counter(client.port for client in clients) != Counter(PORTS):
        return f"connections: {dict(Counter(client.port for client in clients))}"
    if not any(client.bytes for client in clients):
        return "the winner sent nothing"
    unclear = [text for text in refusals if "another process is master of" not in text or "since" not in text]
    return f"a refusal does not say who: {unclear[0]}" if unclear else ""


def program_race(folder: Path, ports: CountingPorts, number: int) -> str:
    """As `one_race`, with real programs; when all others have ended the line is cut for the one that is left."""
    words = [*MAIN, "run", "one.yaml", "--rig", "rig.yaml", "--runs", "runs", "--no-report", "--json"]
    programs = [
        subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(number)
    ]
    deadline = time.monotonic() + PATIENCE
    while sum(program.poll() is None for program in programs) > 1:
        if time.monotonic() > deadline:
            raise SystemExit(f"more than one of {number} programs goes on after {PATIENCE:.0f} s")
        time.sleep(0.01)
    ports.wait_for_master()
    ports.hang_up()
    told = [json.loads(program.communicate(timeout=PATIENCE)[0]) for program in programs]
    codes = {program.returncode for program in programs}
    ends = ["refused" if "E-LOCK" in json.dumps(outcome["problems"]) else "won" for outcome in told]
    refusals = [outcome["cause"] for outcome, how in zip(told, ends, strict=True) if how == "refused"]
    wrong = judge(ports.take(), ends, refusals)
    return wrong or ("" if codes == {2} else f"exit codes {codes}")


def make_files(folder: Path, ports: CountingPorts) -> None:
    """Write protocol and rig."""
    rig = find_rig("bench")[1].decode()
    for port, number in ports.numbers.items():
        rig = rig.replace(f"sim://{port}", f"socket://127.0.0.1:{number}")
    (folder / "rig.yaml").write_text(rig, encoding="utf-8")
    (folder / "one.yaml").write_text(PROTOCOL, encoding="utf-8")


def make_request(folder: Path) -> RunRequest:
    """The request that all controllers have."""
    ready = prepare(Ask(str(folder / "one.yaml"), str(folder / "rig.yaml"))).ready
    assert ready is not None
    return RunRequest(ready.protocol, ready.rig, ready.plan, simulate=False, runs=str(folder / "runs"))


def main() -> None:
    """Race, print a line for each thousandth and what was wrong; exit code 1 where anything was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--races", type=int, default=1000)
    parser.add_argument("--programs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    ports = CountingPorts()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ[LOCKS_VARIABLE] = str(folder / "locks")
        make_files(folder, ports)
        racers = Racers(folder)
        wrong, losers, began = [], 0, time.monotonic()
        for number in range(options.races + options.programs):
            size = dice.randint(2, MOST_RACERS)
            losers += size - 1
            real = number >= options.races
            why = program_race(folder, ports, size) if real else one_race(racers, ports, size)
            if why:
                wrong.append(f"race {number} of {size} {'programs' if real else 'processes'}: {why}")
                print(wrong[-1], flush=True)
        racers.end()
        print(
            f"seed {options.seed}: {options.races} races of processes and {options.programs} of programs, "
            f"{losers} losers, {len(wrong)} races went wrong, {time.monotonic() - began:.0f} s"
        )
        raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
