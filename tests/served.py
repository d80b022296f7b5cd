"""The built-in bench, served in a process of its own, and a folder with the files of one run on it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from ruggli.app.builtin import find_rig

MAIN = [sys.executable, "-c", "from ruggli.cli import main; main()"]
"""`ruggli`, by the interpreter that runs the tests."""


@dataclass
class ServedBench:
    """A served bench, and the folder with `two.yaml`, `rig.yaml` and `answers.yaml` for it."""

    control: str
    folder: Path

    def truth(self) -> Any:
        """`GET /truth`."""
        with urlopen(f"{self.control}/truth", timeout=10) as reply:
            return json.load(reply)

    def post(self, path: str, data: dict[str, Any]) -> None:
        """`POST /fault` or `POST /act`."""
        request = Request(f"{self.control}/{path}", json.dumps(data).encode(), {"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as reply:
            assert json.load(reply)["ok"]


@contextmanager
def served(folder: Path, protocol: str) -> Iterator[str]:
    """Serve the bench and write the files of a run, whose questions are answered after 0.1 s; the control URL."""
    words = [*MAIN, "simulator", "serve", "bench", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            told = json.loads(server.stdout.readline())
            rig = find_rig("bench")[1].decode()
            for device in told["devices"]:
                rig = rig.replace(f"sim://{device['name']}", device["url"])
            (folder / "rig.yaml").write_text(rig, encoding="utf-8")
            (folder / "two.yaml").write_text(protocol, encoding="utf-8")
            words = [*MAIN, "plan", "two.yaml", "--rig", "rig.yaml", "--json"]
            prompts = json.loads(subprocess.check_output(words, cwd=folder, text=True))["prompts"]
            answers = [{"id": prompt["id"], "answer": prompt["happy"], "after": "0.1 s"} for prompt in prompts]
            (folder / "answers.yaml").write_text(json.dumps(answers), encoding="utf-8")
            yield told["control"]
        finally:
            server.kill()
