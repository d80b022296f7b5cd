"""Records what a pulled cable looks like: the real program at a terminal, against a served bench.

    python docs/recordings/make.py            writes docs/recordings/cable.txt; takes about two minutes

`ruggli simulator serve bench` stands for the bench, in a process of its own. `ruggli run` talks to it over sockets, by
the real clock, at a pseudo-terminal, and a person of a few lines types the answers. What is kept is what the program
printed and what the terminal echoed; lines that begin with `#` say what was done to the bench and what it held. Not for
Windows, which has no pseudo-terminal.
"""

import json
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from ruggli.app.builtin import find_rig

HERE = Path(__file__).resolve().parent
RUGGLI = [sys.executable, "-c", "from ruggli.cli import main; main()"]
DOSE = ["run", "slow-addition", "--rig", "served.yaml", "--set", "addition_time=1min", "--set", "volume=2mL"]
MID_DOSE_MILLILITRES = 0.6
QUESTION = re.compile(rb"^\? (\S+): ", re.MULTILINE)
WIDTH = 120
HEAD = """\
# Made by `python docs/recordings/make.py`: what the program printed at a terminal, wrapped to 120 columns. Left out is
# only why the computer of the recording could not be kept awake. Lines that begin with # were not at the terminal.
"""
PATIENCE = 180.0


class Bench:
    """A served bench; `record` notes what is done to it."""

    def __init__(self, told: Any) -> None:
        self.devices = {device["name"]: device["url"] for device in told["devices"]}
        self._control = told["control"]

    def truth(self) -> Any:
        """What it physically holds."""
        with urlopen(f"{self._control}/truth", timeout=10) as reply:
            return json.load(reply)

    def in_flask(self, pump: str) -> float:
        """Millilitres of a pump's liquid that have arrived in the flask."""
        return float(self.truth()["vessels"]["flask"]["liquids_mL"].get(pump, 0.0))

    def post(self, path: str, data: dict[str, Any]) -> None:
        """`POST /fault` or `POST /act`."""
        request = Request(f"{self._control}/{path}", json.dumps(data).encode(), {"Content-Type": "application/json"})
        with urlopen(request, timeout=10):
            return


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    """The built-in bench in a process of its own, with its rig file in the folder and toluene in the flask."""
    words = [*RUGGLI, "simulator", "serve", "bench", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            bench = Bench(json.loads(server.stdout.readline()))
            rig = find_rig("bench")[1].decode()
            for name, address in bench.devices.items():
                rig = rig.replace(f"sim://{name}", address)
            (folder / "served.yaml").write_text(rig, encoding="utf-8")
            bench.post(
                "act", {"act": "charge", "vessel": "flask", "name": "toluene", "solvent": "toluene", "volume_mL": 50}
            )
            yield bench
        finally:
            server.kill()


class Terminal:
    """A program at a pseudo-terminal, and everything that was seen there."""

    def __init__(self, words: Sequence[str], folder: Path) -> None:
        self.seen = b"$ ruggli " + " ".join(words).encode() + b"\n"
        environment = {**os.environ, "TERM": "dumb", "COLUMNS": "120", "RUGGLI_LOCKS": str(folder / "locks")}
        self._here, there = pty.openpty()
        self._process = subprocess.Popen(
            [*RUGGLI, *words], stdin=there, stdout=there, stderr=there, cwd=folder, env=environment
        )
        os.close(there)
        self._read_to = len(self.seen)

    def note(self, text: str) -> None:
        """What is done beside the terminal."""
        self.seen += f"# {text}\n".encode()

    def type(self, text: str) -> None:
        """Keys, with Enter; the terminal echoes them."""
        os.write(self._here, text.encode() + b"\n")

    def wait(self, done: Callable[[bytes], bool]) -> bytes:
        """Read until what has come since the last wait is enough. Raises `TimeoutError`."""
        until = time.monotonic() + PATIENCE
        while not done(self.seen[self._read_to :]):
            if time.monotonic() > until:
                raise TimeoutError(self.seen.decode(errors="replace"))
            if not self._take() and self._process.poll() is not None:
                break
        new, self._read_to = self.seen[self._read_to :], len(self.seen)
        return new

    def _take(self) -> bool:
        if not select.select([self._here], [], [], 0.1)[0]:
            return False
        try:
            data = os.read(self._here, 65536)
        except OSError:
            return False  # the program has ended and nobody else holds the terminal
        self.seen += data.replace(b"\r\n", b"\n")
        return bool(data)

    def lines(self) -> list[str]:
        """What was seen, in lines as wide as a page."""
        rows = (re.sub(r"^(N-SLEEP [^:]*: ).*", r"\1…", row) for row in self.seen.decode().splitlines())
        return [piece for row in rows for piece in textwrap.wrap(row, WIDTH, subsequent_indent="    ") or [""]]


def answer(terminal: Terminal, question: bytes, text: str) -> None:
    """Wait for a question, think for a second, type."""
    terminal.wait(lambda new: any(found[1] == question for found in QUESTION.finditer(new)) and new.endswith(b")\n"))
    time.sleep(1.0)
    terminal.type(text)


def wait_for(bench: Bench, true: Callable[[Any], bool], terminal: Terminal) -> None:
    """Until the bench is so; what is printed meanwhile is read."""
    terminal.wait(lambda new: true(bench.truth()))


def record(bench: Bench, folder: Path) -> list[str]:
    """The run, the cable, the hold, the cable again, and the end."""
    terminal = Terminal(DOSE, folder)
    plan = [*RUGGLI, "plan", *DOSE[1:], "--json"]
    prompts = json.loads(subprocess.check_output(plan, cwd=folder, text=True, stderr=subprocess.DEVNULL))["prompts"]
    for prompt in prompts:
        answer(terminal, prompt["id"].encode(), prompt["happy"])
    wait_for(bench, lambda truth: bench.in_flask("pump_a") >= MID_DOSE_MILLILITRES, terminal)
    terminal.note("the cable of pump_a is pulled (POST /fault unplug)")
    bench.post("fault", {"target": "pump_a", "kind": "unplug"})
    terminal.wait(lambda new: b"? hold.1: " in new)
    wait_for(bench, lambda truth: truth["devices"]["pump_a"]["motor_mm_per_s"] == 0, terminal)
    terminal.note(
        f"the bench: pump_a stands, stopped by its own dead-man; {bench.in_flask('pump_a'):.3f} mL are in the flask"
    )
    bench.post("fault", {"target": "pump_a", "kind": "replug"})
    terminal.note("the cable is plugged in again (POST /fault replug)")
    time.sleep(2.0)
    terminal.type("resume")
    terminal.wait(lambda new: False)
    terminal.note(f"the bench: {bench.in_flask('pump_a'):.3f} mL of 2 mL are in the flask")
    return terminal.lines()


def main() -> int:
    """Record and write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(folder) as bench:
            rows = record(bench, folder)
        text = "\n".join(row.replace(str(folder), "…") for row in rows) + "\n"
    (HERE / "cable.txt").write_text(HEAD + text, encoding="utf-8", newline="\n")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
