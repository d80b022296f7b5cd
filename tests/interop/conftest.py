"""Other people's client libraries in environments of their own, and a bench of ours that they drive.

Nothing here runs, and nothing is installed, unless RUGGLI_INTEROP=1 says so.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from ruggli_simulator.description import BenchDescription
from ruggli_simulator.server import serve

PACKAGES = {"nesp-lib": "nesp-lib==2.0.0", "flowchem": "flowchem==1.1.6", "ika-control": "ika-control==0.7.0"}
PATIENCE = 30.0
"""Seconds of real time for anything that should take much less."""


@pytest.fixture(scope="session", autouse=True)
def opted_in() -> None:
    if os.environ.get("RUGGLI_INTEROP") != "1":
        pytest.skip("installs other people's packages; set RUGGLI_INTEROP=1 to run it (tests/interop/README.md)")


class Client:
    """`clients.py` in a process of its own, in the environment of its library."""

    def __init__(self, python: Path, library: str) -> None:
        self._process = subprocess.Popen(
            [str(python), str(Path(__file__).with_name("clients.py")), library],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._replies: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._replies.put(line)

    def do(self, name: str, **settings: Any) -> Any:
        """Have the library do something, which it must."""
        told = self._ask(name, settings)
        assert "error" not in told, told
        return told["value"]

    def fail(self, name: str, **settings: Any) -> tuple[str, str]:
        """Have the library do something that it must not: the class and the words of what it raised."""
        told = self._ask(name, settings)
        assert "error" in told, told
        return told["error"], told["text"]

    def _ask(self, name: str, settings: dict[str, Any]) -> Any:
        """One line each way. Raises `queue.Empty` where the library hangs."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": name, **settings}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._replies.get(timeout=PATIENCE))

    def kill(self) -> None:
        """End it without a good-bye."""
        self._process.kill()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


class Served:
    """A bench that is served in real time."""

    def __init__(self, description: dict[str, Any], pty: bool, speed: float) -> None:
        self.ready: dict[str, Any] = {}
        self._stop = threading.Event()
        self._started = threading.Event()
        self._thread = threading.Thread(
            target=serve,
            args=(BenchDescription.from_dict(description),),
            kwargs={"on_ready": self._note, "stop_event": self._stop, "pty": pty, "speed": speed},
        )
        self._thread.start()
        assert self._started.wait(PATIENCE)

    def _note(self, ready: dict[str, Any]) -> None:
        self.ready = ready
        self._started.set()

    def end(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def port(self, name: str, kind: str = "pty") -> str:
        return str(next(device[kind] for device in self.ready["devices"] if device["name"] == name))

    def truth(self) -> Any:
        with urlopen(f"{self.ready['control']}/truth", timeout=PATIENCE) as reply:
            return json.load(reply)

    def device(self, name: str) -> Any:
        return self.truth()["devices"][name]

    def liquid(self, name: str, vessel: str = "flask") -> float:
        """mL of a liquid in a vessel."""
        return float(self.truth()["vessels"][vessel]["liquids_mL"].get(name, 0.0))

    def fault(self, **fault: Any) -> None:
        request = Request(f"{self.ready['control']}/fault", json.dumps(fault).encode())
        with urlopen(request, timeout=PATIENCE) as reply:
            assert json.load(reply) == {"ok": True}

    def wait(self, true: Callable[[Any], bool]) -> Any:
        """The first truth of which `true` holds."""
        deadline = time.monotonic() + PATIENCE
        while not true(truth := self.truth()):
            assert time.monotonic() < deadline, truth
            time.sleep(0.02)
        return truth

    def wait_for_rest(self, pump: str) -> Any:
        return self.wait(lambda truth: truth["devices"][pump]["motor_mm_per_s"] == 0)

    def wait_for_volume(self, pump: str, volume_mL: float) -> Any:  # noqa: N803
        """Until at least this much of a pump's liquid is in the flask."""
        return self.wait(lambda truth: truth["vessels"]["flask"]["liquids_mL"].get(pump, 0.0) >= volume_mL)


@pytest.fixture(scope="session")
def environments(opted_in: None, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The interpreter of a library's environment, made when it is first asked for.

    They are made in the folder that RUGGLI_INTEROP_ENVIRONMENTS names and found there again by the next run, else in
    a temporary one.
    """
    kept = os.environ.get("RUGGLI_INTEROP_ENVIRONMENTS")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("environments")

    def environment(library: str) -> Path:
        package = PACKAGES[library]
        place = folder / package
        python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        finished = place / "installed"
        if not finished.exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", package], check=True)
            finished.touch()
        return python

    return environment


@pytest.fixture
def start_client(environments: Callable[[str], Path]) -> Iterator[Callable[[str], Client]]:
    """Starts clients by the name of their library; they are killed at the end of the test."""
    started: list[Client] = []

    def start(library: str) -> Client:
        started.append(Client(environments(library), library))
        return started[-1]

    yield start
    for client in started:
        client.kill()


@pytest.fixture
def start_bench() -> Iterator[Callable[..., Served]]:
    """Serves benches; they end with the test."""
    started: list[Served] = []

    def start(description: dict[str, Any], *, pty: bool = True, speed: float = 1.0) -> Served:
        started.append(Served(description, pty, speed))
        return started[-1]

    yield start
    for bench in started:
        bench.end()
