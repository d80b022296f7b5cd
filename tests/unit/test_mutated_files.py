"""Mutated files, the tier of every day; and that what judges them can find something."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ruggli.documents.problem import Problem, ProblemsError, Severity

TOOL = Path(__file__).parents[1] / "long" / "mutated_files.py"
KEPT = sorted((Path(__file__).parents[1] / "regress" / "files").glob("*.*.yaml"))
"""Files that once brought a reader down, by `what.KIND.yaml`."""


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutated_files", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutated_files"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def base(tool: ModuleType) -> Any:
    return tool.corpus()


def told(*words: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, str(TOOL), *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_two_thousand_files() -> None:
    code, output = told("--count", "2000", "--seed", "7", "--jobs", "1")
    assert code == 0, output
    assert "violations: 0" in output and "planned" in output


def test_the_canary_is_seen() -> None:
    code, output = told("--count", "150", "--jobs", "2", "--canary")
    assert code == 1
    assert "violations: 2" in output and "--seed 1 --only 13:" in output and "--only 110:" in output


def test_the_same_seed_gives_the_same_file(tool: ModuleType, base: Any) -> None:
    assert [tool.make_case(3, n, base) for n in range(200)] == [tool.make_case(3, n, base) for n in range(200)]
    assert len({tool.make_case(3, n, base)[1] for n in range(200)}) > 190
    assert [tool.Chance(1).next(), tool.Chance(2).next()] == [0x910A2DEC89025CC1, 0x975835DE1C9756CE]


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        (KeyError("x"), "KeyError"),
        (ProblemsError((Problem("E-X", Severity.ERROR, "text", "protocol.yaml", 0, 1),)), "is no place"),
        (ProblemsError((Problem("E-X", Severity.ERROR, "text", "protocol.yaml", 9, 1),)), "is no place"),
        (ProblemsError((Problem("E-X", Severity.ERROR, "text", "", 1, 1),)), "is no place"),
        (ProblemsError(()), "without an error"),
    ],
)
def test_a_planted_bug_is_seen(
    tool: ModuleType, base: Any, monkeypatch: pytest.MonkeyPatch, planted: Exception, words: str
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise planted

    monkeypatch.setattr(tool, "read_protocol", broken)
    assert words in tool.judge("protocol", b"a: 1\n", base)[1]


def test_a_shown_secret_is_seen(tool: ModuleType, base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ruggli.app.notify_file._without_secrets", lambda problem: problem)
    text = f"ruggli: 1\nchannels: [{{name: a, url: {tool.SECRET}}}]\n"
    assert tool.judge("notify", text.encode(), base)[1] == "a secret is shown"


def test_a_file_is_shrunk_to_what_matters(tool: ModuleType, base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes, *_arguments: object, **_options: object) -> None:
        if b"@" in data:
            raise KeyError("x")
        raise ProblemsError((Problem("E-X", Severity.ERROR, "text", "protocol.yaml", 1, 1),))

    monkeypatch.setattr(tool, "read_protocol", broken)
    assert tool.shrink("protocol", b"one: 1\ntwo: @2\nthree: 3\n", base) == b"@"


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_what_once_brought_a_reader_down_is_refused(tool: ModuleType, base: Any, path: Path) -> None:
    came, wrong = tool.judge(path.name.split(".")[-2], path.read_bytes(), base)
    assert wrong == "" and came.startswith("refused")
