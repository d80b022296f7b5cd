"""`ruggli simulator serve` as another program sees it: a process, its first line, its ports, its end."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import jsonschema
import pytest

from ruggli.app.builtin import find_rig
from ruggli.cli.program import run
from ruggli.cli.shapes import output_schema

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ended by a signal of Unix")

Process = subprocess.Popen[str]


@pytest.fixture
def served() -> Iterator[tuple[Process, dict[str, Any]]]:
    """The built-in bench in a process of its own."""
    words = [sys.executable, "-c", "from ruggli.cli import main; main()", "simulator", "serve", "bench", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def rig_over_sockets(told: dict[str, Any], folder: Path) -> str:
    text = find_rig("bench")[1].decode()
    for device in told["devices"]:
        text = text.replace(f"sim://{device['name']}", device["url"])
    path = folder / "rig.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_first_line_and_truth(served: tuple[Process, dict[str, Any]]) -> None:
    _, told = served
    jsonschema.validate(told, output_schema("simulator serve"))
    assert [device["name"] for device in told["devices"]] == ["pump_a", "pump_b", "plate"]
    with urlopen(f"{told['control']}/truth", timeout=5) as reply:
        assert set(json.load(reply)["devices"]) == {"pump_a", "pump_b", "plate"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_cleanly(served: tuple[Process, dict[str, Any]], number: signal.Signals) -> None:
    process, _ = served
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")


def test_rig_check_asks_the_devices(
    served: tuple[Process, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = rig_over_sockets(served[1], tmp_path)
    assert run(["rig", "check", rig, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, output_schema("rig check"))
    assert [device["state"] for device in data["devices"]] == ["answers"] * 3
    assert data["devices"][0]["identity"].startswith("NE-1000")


def test_another_device_on_the_port_is_named(
    served: tuple[Process, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pump = served[1]["devices"][0]
    text = find_rig("bench")[1].decode().replace("sim://plate", pump["url"])
    path = tmp_path / "rig.yaml"
    path.write_text(text, encoding="utf-8")
    assert run(["rig", "check", str(path), "--json"]) == 2
    data = json.loads(capsys.readouterr().out)
    wrong = [problem for problem in data["problems"] if problem["severity"] == "error"]
    assert [problem["path"] for problem in wrong] == ["devices.plate.port"] and wrong[0]["line"]
    assert data["devices"][2]["state"] == "no answer"


def test_a_port_that_nobody_serves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = find_rig("bench")[1].decode().replace("sim://plate", "socket://127.0.0.1:1")
    (tmp_path / "rig.yaml").write_text(text, encoding="utf-8")
    assert run(["rig", "check", str(tmp_path / "rig.yaml")]) == 2
    assert "E-BENCH" in capsys.readouterr().out
